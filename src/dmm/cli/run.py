"""`dmm run`: feed a machine a text or streams, and print or write its answers."""

import argparse
import math
from collections.abc import Sequence

from dmm.cli.arguments import add_dot_clip, parameters
from dmm.cli.engine import add_engine_options, running
from dmm.cli.printing import print_columns, print_json, to_json, write_out
from dmm.cli.streams import Stream, add_streams, streams_of
from dmm.engines import run as answers
from dmm.engines import too_large
from dmm.machine.files import load_machine
from dmm.vvalue.tree import VValue

DIGITS = 6  # for people; JSON has them all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    parser.add_argument("machine", metavar="MACHINE", help="a machine file or a bare network matrix")
    add_streams(parser)
    add_dot_clip(parser)
    add_engine_options(parser, engine="interpret", dtype="float64")
    parser.add_argument("--out", metavar="FILE", help="write inputs and outputs as JSON Lines instead of printing them")
    parser.add_argument("--json", action="store_true", help='print {"outputs": [...]}, a list of answers per stream')


def run(arguments: argparse.Namespace) -> int:
    """Run the machine on every stream, then print or write."""
    machine = load_machine(arguments.machine, parameters=parameters(arguments))
    streams = streams_of(arguments)
    outputs = []
    with running(arguments.machine, arguments.engine):
        for stream in streams:
            outputs.append(answers(machine, stream, engine=arguments.engine, dtype=arguments.dtype))
            _require_finite(outputs[-1], arguments.dtype)
    if arguments.out is not None:
        records = zip(streams, outputs, strict=True)
        write_out(arguments.out, "".join(to_json({"inputs": x, "outputs": y}) + "\n" for x, y in records))
    if arguments.json:
        print_json({"outputs": outputs})
    elif arguments.out is None:
        _print_for_people(streams, outputs)
    return 0


def _require_finite(outputs: Stream, dtype: str) -> None:
    for tick, answer in enumerate(outputs, 1):
        if not all(math.isfinite(x) for _, x in answer.items()):
            raise too_large(tick, dtype)


def _print_for_people(streams: Sequence[Stream], outputs: Sequence[Stream]) -> None:
    for number, (stream, replies) in enumerate(zip(streams, outputs, strict=True), 1):
        if len(streams) > 1:
            print(f"stream {number} of {len(streams)}" if number == 1 else f"\nstream {number} of {len(streams)}")
        lines = zip(stream, replies, strict=True)
        rows = [(str(tick), str(item), str(_rounded(answer))) for tick, (item, answer) in enumerate(lines, 1)]
        print_columns(("tick", "item", "answer"), rows)


def _rounded(answer: VValue) -> VValue:
    return answer.map_leaves(lambda x: float(f"{x:.{DIGITS}g}"))
