"""`dmm show`: read a machine to a person."""

import argparse
import json

from dmm.circuits.forms import FORMS, ROUNDED, show
from dmm.cli.arguments import count
from dmm.cli.printing import print_json, write_out
from dmm.machine.files import load_machine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    parser.add_argument("machine", metavar="MACHINE", help="a machine file or a bare network matrix")
    parser.add_argument("--as", dest="form", choices=FORMS, default="equations", help="the form (default: equations)")
    parser.add_argument("--digits", metavar="N", type=count, help="round the weights to N digits (default: exact)")
    parser.add_argument(
        "--rescale", action="store_true", help="bring weights to 1 first, where that changes no answer (gauge fixing)"
    )
    parser.add_argument("--out", metavar="FILE", help="write to this file instead of printing")


def run(arguments: argparse.Namespace) -> int:
    """Print the machine in the chosen form, or write it."""
    if arguments.digits is not None and arguments.form not in ROUNDED:
        raise ValueError(f"--digits is for {', '.join(ROUNDED)}, not for {arguments.form}; leave it out")
    machine = load_machine(arguments.machine)
    if arguments.rescale:
        from dmm.synthesis.simplify import fix_gauge

        machine = fix_gauge(machine)
    try:
        text = show(machine, arguments.form, digits=arguments.digits)
    except ValueError as problem:
        raise ValueError(f"{arguments.machine}: {problem}") from None
    if arguments.out is not None:
        write_out(arguments.out, text.rstrip("\n") + "\n")
    elif arguments.form == "json":
        print_json(json.loads(text), indent=1)
    else:
        print(text.rstrip("\n"))
    return 0
