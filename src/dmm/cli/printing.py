"""What the commands print: one JSON document for programs, aligned columns for people."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from dmm.machine.files import write_atomically
from dmm.vvalue.tree import VValue


def print_json(document: Any, indent: int | None = None) -> None:
    """Print one JSON document. Where the terminal cannot show a character, all of them are escaped as JSON does it."""
    print(to_json(document, indent, ascii_only=not _is_unicode(sys.stdout.encoding)))


def to_json(document: Any, indent: int | None = None, *, ascii_only: bool = False) -> str:
    """JSON text of plain data, of V-values as nested objects, and of any kind of real number."""
    return json.dumps(document, indent=indent, default=_plain, ensure_ascii=ascii_only, allow_nan=False)


def print_columns(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under their heads, every column but the last as wide as its widest entry."""
    table = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        print("  ".join(entry.ljust(width) for entry, width in zip(row, widths, strict=True)).rstrip())


def write_out(path: str, text: str) -> None:
    """Write what `--out` asks for, all of it or nothing; `ValueError` where that cannot be."""
    try:
        write_atomically(path, text)
    except OSError as problem:
        reason = (problem.strerror or "cannot be written").lower()
        raise ValueError(f"--out {path}: {reason}; name a file in a folder that exists and can be written") from None


def _plain(x: Any) -> Any:
    return x.to_nested() if isinstance(x, VValue) else float(x)


def _is_unicode(encoding: str | None) -> bool:
    return (encoding or "").lower().replace("_", "-").startswith("utf")
