"""The entry point: which command, and what its outcome means to the shell.

Exit status: 0 done, 1 a check failed, 2 the user's mistake, 130 interrupted; all but the first with one sentence on
standard error.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

COMMANDS = {
    "synth": ("dmm.cli.synth", "induce a circuit from the example streams of a task"),
    "eval": ("dmm.cli.eval", "compare machines with a teacher on a text"),
    "run": ("dmm.cli.run", "feed a machine a text or streams, and print its answers"),
    "live": ("dmm.cli.live", "run a machine and edit it while it runs"),
    "trace": ("dmm.cli.trace", "tell what every neuron said, tick by tick"),
    "explain": ("dmm.cli.explain", "tell why a machine answered what it did"),
    "show": ("dmm.cli.show", "read a machine to a person"),
    "report": ("dmm.cli.report", "write a page about one or several runs of synthesis"),
    "bench": ("dmm.cli.bench", "measure the figures of the documentation on this computer"),
}
"""Each command's module, which offers `add_arguments(parser)` and `run(arguments) -> status`, and what it does."""

FAILED, MISTAKE, INTERRUPTED, UNHEARD = 1, 2, 130, 141


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence, without the usage in front."""

    def error(self, message: str) -> NoReturn:
        self.exit(MISTAKE, f"{self.prog}: {message}; see '{self.prog} --help'\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run `dmm` with these arguments (default: those of the process); returns the exit status."""
    _print_anything()
    given = sys.argv[1:] if argv is None else list(argv)
    name = f"dmm {given[0]}" if given and given[0] in COMMANDS else "dmm"
    try:
        status = _run(given)
        if sys.stdout is not None:  # as it is where a shell has closed it
            sys.stdout.flush()
    except SystemExit as end:  # of argparse, after help or an error
        status = int(end.code or 0)
    except KeyboardInterrupt:
        status = _fail(INTERRUPTED, name, "interrupted")
    except BrokenPipeError:  # whoever read our output has gone, as `head` does
        _discard_output()
        status = UNHEARD
    except MemoryError:
        status = _fail(MISTAKE, name, "not enough memory; take a shorter stream or a smaller machine")
    except FloatingPointError as failure:
        status = _fail(FAILED, name, str(failure))
    except OSError as problem:
        status = _fail(MISTAKE, name, _sentence(problem))
    except ValueError as problem:
        status = _fail(MISTAKE, name, str(problem))
    return status


def _run(given: list[str]) -> int:
    """Hand over to the command; without one, to the general help, the version, or an error about its absence."""
    if not given or given[0] not in COMMANDS:
        _general_parser().parse_args(given)
        raise AssertionError("the general parser exits")
    module_name, summary = COMMANDS[given[0]]
    module = import_module(module_name)
    summary = summary[0].upper() + summary[1:] + "."
    parser = Parser(prog=f"dmm {given[0]}", description=summary, allow_abbrev=False)
    module.add_arguments(parser)
    return int(module.run(parser.parse_args(given[1:])))


def _general_parser() -> Parser:
    parser = Parser(
        prog="dmm",
        description="Dataflow matrix machines: trained into circuits that a person can read.",
        epilog="'dmm COMMAND --help' tells more about a command.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(dest="COMMAND", metavar="COMMAND", required=True, title="commands")
    for name, (_, summary) in COMMANDS.items():
        commands.add_parser(name, help=summary)
    return parser


class _Version(argparse.Action):
    """Like argparse's own, but the version is looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        print(f"dmm {import_module('dmm').__version__}")
        parser.exit()


def _fail(status: int, name: str, sentence: str) -> int:
    print(f"{name}: {' '.join(sentence.splitlines())}", file=sys.stderr)
    return status


def _sentence(problem: OSError) -> str:
    place = f"{problem.filename}: " if problem.filename is not None else ""
    return f"{place}{(problem.strerror or str(problem)).lower()}; check the name, its folder and their permissions"


def _print_anything() -> None:
    """Let characters that the terminal cannot show be printed as escapes, not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    """Keep Python from reporting, when it flushes at exit, that nobody reads."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
