"""Examples files: JSON Lines, a record per stream, `{"inputs": [...], "targets": [...]}`, an item per step.

An item is a number (a scalar), a string (`"a"` means `{"a": 1}`), `null` (zero; as a target: not scored), or nested
objects with numbers at the leaves.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dmm.tasks.task import Example, item
from dmm.vvalue.tree import VValue

MAX_BYTES = 64 * 2**20


def load_examples(path: str | os.PathLike[str]) -> list[Example]:
    """The examples in a file; `ValueError` names the file and the line of the first mistake."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ValueError(f"{path}: more than {MAX_BYTES // 2**20} MB; split the file")
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as problem:
        raise ValueError(f"{path}: byte {problem.start} is not UTF-8 text; write JSON Lines") from None
    except OSError as problem:
        reason = (problem.strerror or "cannot be read").lower()
        raise ValueError(f"{path}: {reason}; check the name and its permissions") from None
    examples = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                examples.append(parse_example(line))
            except (ValueError, TypeError) as problem:
                raise ValueError(f"{path}, line {number}: {problem}") from None
    if not examples:
        raise ValueError(f'{path}: no records; write one {{"inputs": [...], "targets": [...]}} per line')
    return examples


def parse_example(line: str) -> Example:
    """One record.

    >>> print(*parse_example('{"inputs": ["a", null, 2.5, {"b": {"c": 1}}]}').inputs)
    {a: 1} 0 2.5 {b: {c: 1}}
    """
    try:
        record = json.loads(line)
    except json.JSONDecodeError as problem:
        raise ValueError(f"broken JSON at column {problem.colno} ({problem.msg.lower()}); mend it there") from None
    except RecursionError:
        raise ValueError("absurdly deep nesting; flatten the items") from None
    if not isinstance(record, dict) or not isinstance(record.get("inputs"), list):
        raise ValueError('not an object with a list of "inputs"; write {"inputs": [...], "targets": [...]}')
    unknown = sorted(set(record) - {"inputs", "targets"})
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}; a record has inputs and targets")
    inputs = tuple(_item(x, "inputs", i) for i, x in enumerate(record["inputs"]))
    if not inputs:
        raise ValueError("the stream is empty; give at least one input")
    targets = record.get("targets")
    if targets is None:
        return Example(inputs, None)
    if not isinstance(targets, list) or len(targets) != len(inputs):
        found = len(targets) if isinstance(targets, list) else "no list"
        raise ValueError(f"{len(inputs)} inputs but {found} targets; give one target per input, null where none")
    return Example(inputs, tuple(None if x is None else _item(x, "targets", i) for i, x in enumerate(targets)))


def _item(x: Any, place: str, step: int) -> VValue:
    try:
        return item(x)
    except (ValueError, TypeError) as problem:
        raise ValueError(f"{place}[{step}]: {problem}") from None


def format_examples(examples: Iterable[Example]) -> str:
    """The examples as an examples file has them: `load_examples` reads the same back.

    >>> print(format_examples([Example((VValue({"a": 1}), VValue()), (VValue(1), None))]), end="")
    {"inputs": [{"a": 1}, 0], "targets": [1, null]}
    """
    return "".join(json.dumps(_record(example), default=float) + "\n" for example in examples)


def _record(example: Example) -> dict[str, Any]:
    record = {"inputs": [x.to_nested() for x in example.inputs]}
    if example.targets is not None:
        record["targets"] = [None if x is None else x.to_nested() for x in example.targets]
    return record
