"""`dmm trace`: what every neuron said at every tick."""

import argparse
import shutil
import sys
from typing import TYPE_CHECKING

from dmm.cli.arguments import add_dot_clip, count, parameters
from dmm.cli.engine import running
from dmm.cli.printing import print_json, to_json, write_out
from dmm.cli.streams import add_one_stream, stream_of
from dmm.machine.files import load_machine
from dmm.machine.machine import Machine
from dmm.report.trace import record

if TYPE_CHECKING:
    from dmm.report.trace import Trace

FORMS = ("text", "svg", "html")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    parser.add_argument("machine", metavar="MACHINE", help="a machine file or a bare network matrix")
    add_one_stream(parser)
    parser.add_argument("--from", dest="first", metavar="T", type=count, default=1, help="the first tick (default: 1)")
    parser.add_argument("--to", dest="last", metavar="T", type=count, help="the last tick (default: the last one)")
    parser.add_argument(
        "--neurons", metavar="NAMES", help="these neurons, between commas (default: all that the answer depends on)"
    )
    parser.add_argument("--inputs", action="store_true", help="show what neurons received, too")
    parser.add_argument("--all", action="store_true", help="show ticks in which nothing changes, too")
    parser.add_argument("--as", dest="form", choices=FORMS, help="a table, a picture, or a page with both (text)")
    parser.add_argument("--out", metavar="FILE", help="write to this file instead of printing")
    add_dot_clip(parser)
    parser.add_argument(
        "--json",
        action="store_true",
        help='print {"ticks": [...]}, objects of tick, item, inputs, outputs and answer, with all digits',
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the machine, then print or write what its neurons received and emitted."""
    if arguments.json and arguments.form is not None:
        raise ValueError(f"--json and --as {arguments.form} are two forms; choose one of them")
    if arguments.all and arguments.form == "svg":
        raise ValueError("--all is for tables, and a picture shows every tick; leave it out")
    machine = load_machine(arguments.machine, parameters=parameters(arguments))
    stream = stream_of(arguments)
    names = None if arguments.neurons is None else _named(machine, arguments.neurons)
    first, last = arguments.first, arguments.last or len(stream)
    if not first <= last <= len(stream):
        raise ValueError(f"no ticks {first} to {last}; the stream has {len(stream)}: give --from and --to among them")
    with running(arguments.machine, "interpret"):
        trace = record(machine, stream[:last]).part(first)
    if arguments.out is not None:
        write_out(arguments.out, _text(trace, names, arguments, width=None).rstrip("\n") + "\n")
    elif arguments.json:
        print_json({"ticks": [*trace.rows(names)]})
    else:
        width = shutil.get_terminal_size().columns if on_a_terminal() else None
        print(_text(trace, names, arguments, width=width).rstrip("\n"))
    return 0


def _text(trace: "Trace", names: list[str] | None, arguments: argparse.Namespace, *, width: int | None) -> str:
    """The trace in the form that was asked for."""
    if arguments.json:
        return to_json({"ticks": [*trace.rows(names)]})
    if arguments.form == "svg":
        return trace.svg(names, inputs=arguments.inputs)
    if arguments.form == "html":
        return trace.html(names, inputs=arguments.inputs, folded=not arguments.all)
    return trace.table(names, inputs=arguments.inputs, folded=not arguments.all, width=width)


def _named(machine: Machine, text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in machine.neurons:
            raise ValueError(f"--neurons: there is no neuron {name!r}; there are {', '.join(machine.neurons)}")
    return names


def on_a_terminal() -> bool:
    """Whether what is printed has to fit."""
    return sys.stdout.isatty()
