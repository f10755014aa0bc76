"""`dmm show`: read a machine to a person."""

import argparse
import json

from dmm.cli.arguments import count
from dmm.cli.printing import print_json
from dmm.machine.files import load_machine, machine_to_json
from dmm.machine.machine import Machine
from dmm.machine.text import format_machine


def _equations(machine: Machine, digits: int | None) -> None:
    print(format_machine(machine, digits=digits, legend=True))


def _json(machine: Machine, digits: int | None) -> None:
    if digits is not None:
        raise ValueError("--digits rounds equations, for reading, and JSON is exact; leave it out")
    print_json(json.loads(machine_to_json(machine)), indent=1)


FORMS = {"equations": _equations, "json": _json}
"""A new form is one function and one row here."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    parser.add_argument("machine", metavar="MACHINE", help="a machine file or a bare network matrix")
    parser.add_argument("--as", dest="form", choices=FORMS, default="equations", help="the form (default: equations)")
    parser.add_argument("--digits", metavar="N", type=count, help="round the weights to N digits (default: exact)")


def run(arguments: argparse.Namespace) -> int:
    """Print the machine in the chosen form."""
    FORMS[arguments.form](load_machine(arguments.machine), arguments.digits)
    return 0
