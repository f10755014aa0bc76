"""`dmm report`: one page about one or several runs of synthesis."""

import argparse
from pathlib import Path

from dmm.cli.cache import use_compilation_cache
from dmm.cli.printing import write_out

PAGE = "report.html"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    parser.add_argument("runs", metavar="RUN", nargs="+", help="the folder of a run, as 'dmm synth' made it")
    parser.add_argument(
        "--out", metavar="FILE", help=f"the page to write (default: RUN/{PAGE}; of several runs, name one)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the page, and print where it is."""
    out = arguments.out
    if out == "":
        raise ValueError("--out is empty; name a file")
    if out is None and len(arguments.runs) > 1:
        raise ValueError(f"{len(arguments.runs)} runs have no folder in common; name a file for the page with --out")
    use_compilation_cache()
    from dmm.report.page import report_html

    page = report_html(arguments.runs)
    out = str(Path(arguments.runs[0]) / PAGE) if out is None else out
    write_out(out, page)
    print(out)
    return 0
