"""The streams that a command feeds to a machine: a text, or the inputs of an examples file."""

import argparse
from collections.abc import Sequence

from dmm.cli.arguments import add_stream_options, characters_of, count
from dmm.tasks.examples import load_examples
from dmm.tasks.streams import characters, spread
from dmm.vvalue.tree import VValue

Stream = Sequence[VValue]


def add_streams(parser: argparse.ArgumentParser) -> None:
    """`--text` or `--stream`, and `--every` and `--ticks`; the last alone for a stream of silence."""
    streams = parser.add_mutually_exclusive_group()
    streams.add_argument("--text", metavar="S", type=characters_of, help="feed these characters, the last one repeated")
    streams.add_argument("--stream", metavar="FILE", help="feed the inputs of an examples file (JSON Lines)")
    add_stream_options(parser, "character or input")


def streams_of(arguments: argparse.Namespace) -> list[Stream]:
    """All streams that were asked for."""
    if arguments.text is not None:
        return [characters(arguments.text, every=arguments.every, ticks=arguments.ticks)]
    if arguments.stream is None:
        if arguments.ticks is None:
            raise ValueError("no stream is given; name one with --text or --stream, or --ticks alone for silence")
        return [[VValue()] * arguments.ticks]
    examples = load_examples(arguments.stream)
    return [spread(example.inputs, every=arguments.every, ticks=arguments.ticks) for example in examples]


def add_one_stream(parser: argparse.ArgumentParser) -> None:
    """As `add_streams`, and `--record`, for a command that looks into a single stream."""
    add_streams(parser)
    parser.add_argument("--record", metavar="N", type=count, help="which record of FILE, if it has several")


def stream_of(arguments: argparse.Namespace) -> Stream:
    """The stream that was asked for; `ValueError` where several could be meant, or none."""
    streams, number = streams_of(arguments), arguments.record
    if arguments.stream is None and number is not None:
        raise ValueError("--record belongs to --stream; leave it out, or name a file")
    if number is None and len(streams) > 1:
        raise ValueError(f"{arguments.stream}: {len(streams)} records; choose one with --record, 1 to {len(streams)}")
    if number is not None and number > len(streams):
        raise ValueError(f"{arguments.stream}: no record {number}; choose one from 1 to {len(streams)}")
    return streams[(number or 1) - 1]
