"""`dmm explain`: why a machine answered what it did in a tick."""

import argparse
import sys

from dmm.cli.arguments import add_dot_clip, count, parameters
from dmm.cli.engine import running
from dmm.cli.printing import print_json
from dmm.cli.streams import add_one_stream, stream_of
from dmm.machine.files import load_machine
from dmm.reasons.contributions import DEPTH, contributions

PLAIN = str.maketrans({"─": "-", "│": "|", "├": "|", "└": "`"})
"""The lines of an outline where a terminal has no better ones."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    parser.add_argument("machine", metavar="MACHINE", help="a machine file or a bare network matrix")
    add_one_stream(parser)
    parser.add_argument("--tick", metavar="T", type=count, help="the tick of the answer (default: the last)")
    parser.add_argument(
        "--output",
        metavar="PATH",
        help="what to explain: a part of the answer, as in dict-1, or of what any neuron emits, as in accum.dict.a "
        "(default: all of the answer that is not zero)",
    )
    parser.add_argument(
        "--depth", metavar="N", type=count, default=DEPTH, help=f"go back N links at most (default: {DEPTH})"
    )
    add_dot_clip(parser)
    parser.add_argument("--json", action="store_true", help="print JSON, with all digits")


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation."""
    machine = load_machine(arguments.machine, parameters=parameters(arguments))
    stream = stream_of(arguments)
    with running(arguments.machine, "interpret"):
        found = contributions(machine, stream, arguments.tick, output=arguments.output, depth=arguments.depth)
    if arguments.json:
        print_json(found.as_json())
    else:
        print(_shown(str(found)))
    return 0


def _shown(outline: str) -> str:
    try:
        "└├│─".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return outline.translate(PLAIN)
    return outline
