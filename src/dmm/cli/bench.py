"""`dmm bench`: the benchmarks behind the figures of the documentation."""

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from dmm.cli.printing import print_columns, print_json

FOLDER = Path(__file__).resolve().parents[3] / "benchmarks"
"""Where they are in a checkout of the source; they are no part of the installed package."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="one benchmark (default: all that take no minutes)")
    parser.add_argument("--json", action="store_true", help="print one JSON object: {benchmark: {figure: value}}")


def run(arguments: argparse.Namespace) -> int:
    """Measure, then print all figures; 1 where a bound is missed."""
    names = _chosen(arguments.name)
    results = {}
    for name in names:
        if sys.stderr.isatty():
            print(f"measuring {name}", file=sys.stderr)
        results[name] = import_module(f"benchmarks.{name}").measure()
    facts = import_module("benchmarks.result").circumstances()
    if arguments.json:
        print_json({**{name: result.as_json() for name, result in results.items()}, "circumstances": facts})
    else:
        _print_for_people(results, facts)
    return 0 if all(result.met for result in results.values()) else 1


def _chosen(name: str | None) -> list[str]:
    if not (FOLDER / "__init__.py").is_file():
        raise ValueError(
            f"there is no folder {FOLDER}; benchmarks come with a checkout of the source; run dmm from one"
        )
    sys.path.insert(0, str(FOLDER.parent))
    benchmarks = import_module("benchmarks")
    if name is None:
        return [name for name in benchmarks.BENCHMARKS if name not in benchmarks.LONG]
    if name not in benchmarks.BENCHMARKS:
        raise ValueError(f"there is no benchmark {name!r}; there is {', '.join(benchmarks.BENCHMARKS)}")
    return [name]


def _print_for_people(results: dict[str, Any], facts: dict[str, Any]) -> None:
    for name, result in results.items():
        print(name)
        verdicts = {True: "yes", False: "NO"}
        rows = [(x.name, str(x), x.bound, verdicts[x.met] if x.bound else "") for x in result.figures]
        print_columns(("figure", "value", "bound", "met"), rows)
        print()
        if result.rows:
            print_columns(result.head, [[str(entry) for entry in row] for row in result.rows])
            print()
    print(", ".join(f"{fact}: {value}" for fact, value in facts.items()))
