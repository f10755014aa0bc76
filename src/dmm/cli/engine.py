"""The choice of engine on the command line, and what goes wrong in an engine."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from dmm.cli.cache import use_compilation_cache
from dmm.engines import DTYPES, ENGINES


def add_engine_options(parser: argparse.ArgumentParser, *, engine: str, dtype: str) -> None:
    """`--engine` and `--dtype`, with the command's own defaults."""
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default=engine,
        help=f"the compiler is fast on large machines, the interpreter takes any (default: {engine})",
    )
    parser.add_argument("--dtype", choices=DTYPES, default=dtype, help=f"precision (default: {dtype})")


@contextmanager
def running(machine: str, engine: str) -> Iterator[None]:
    """Within it a machine runs in an engine that is set up; what goes wrong is told with the machine's name."""
    if engine == "compile":
        use_compilation_cache()
    try:
        yield
    except FloatingPointError as failure:
        raise FloatingPointError(f"{machine}: {failure}") from None
    except ValueError as problem:
        hint = " (the interpreter is --engine interpret)" if engine == "compile" and _is_refusal(problem) else ""
        raise ValueError(f"{machine}: {problem}{hint}") from None


def _is_refusal(problem: ValueError) -> bool:
    from dmm.compile.abstract import CompileError

    return isinstance(problem, CompileError)
