"""V-values as notebooks show them: a tree that folds, without script, in the colours of the notebook around it.

What is too long is cut, and what was left out is said in numbers: a network matrix may have twenty thousand leaves.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from dmm.vvalue.labels import format_label
from dmm.vvalue.support import Path, Support
from dmm.vvalue.text import format_number, format_vvalue
from dmm.vvalue.tree import Number, VValue

if TYPE_CHECKING:
    from dmm.vvalue.flat import FlatVValue

MOST_LEAVES = 400  # of a value that is written out
MOST_LABELS = 60  # below one node
MOST_OPEN = 60  # leaves of a tree that is shown with all branches open
LONGEST_LABEL, LONGEST_NUMBER = 60, 32  # characters
MOST_ROWS, MOST_COLUMNS = 6, 16  # of the leaves of a flat V-value

_TREE = "font-family:monospace;line-height:1.5;overflow-wrap:anywhere"
_BRANCH = "margin-left:.45em;padding-left:1em;border-left:1px solid rgba(128,128,128,.6)"
_LEAVES = "display:flex;flex-wrap:wrap;column-gap:1.5em"
_QUIET = "opacity:.75"
_CELL = "text-align:right;white-space:nowrap;padding:0 .6em"


# -- trees -------------------------------------------------------------------------------------------------------------


def shown(v: VValue) -> dict[str, str]:
    """What a notebook shows of a tree: its text form, and the same as HTML that folds.

    >>> shown(VValue({"a": 1, "b": {"c": 2}}))["text/plain"]
    '{a: 1, b: {c: 2}}'
    """
    return {"text/plain": _text(v), "text/html": f'<div style="{_TREE}">{"".join(_tree(v))}</div>'}


def _text(v: VValue) -> str:
    leaves = len(v)
    if leaves <= MOST_LEAVES:
        return _visible(format_vvalue(v))
    first = VValue.from_paths(islice(v.items(), MOST_LEAVES))
    return f"{_visible(format_vvalue(first))}\n... and {_many(leaves - MOST_LEAVES, 'more leaf')}"


def _tree(v: VValue) -> Iterator[str]:
    """The root and what is below it: the first leaves in sorted order, as many as there is room for."""
    leaves = len(v)
    first = v if leaves <= MOST_LEAVES else VValue.from_paths(islice(v.items(), MOST_LEAVES))
    if v.scalar or not v.children:
        yield f"<div>{_number(v.scalar)}</div>"
    yield from _branches(v, first, leaves <= MOST_OPEN)


def _branches(v: VValue, first: VValue, is_open: bool) -> Iterator[str]:
    """What is below a node, as far as `first` has it: leaves side by side, larger sub-values as branches that fold."""
    labels = first.labels[:MOST_LABELS]
    row: list[str] = []
    for label in labels:
        path, below = _chain(label, v[label])
        name = _path(path)
        if not below.children:
            row.append(f"<span>{name}: {_number(below.scalar)}</span>")
            continue
        yield from _row(row)
        row = []
        own = f": {_number(below.scalar)} +" if below.scalar else ""
        size = f'<span style="{_QUIET}">{_many(len(below) - bool(below.scalar), "leaf")}</span>'
        inner = "".join(_branches(below, first[path], is_open))
        state = " open" if is_open else ""
        yield f'<details{state}><summary>{name}{own} {size}</summary><div style="{_BRANCH}">{inner}</div></details>'
    yield from _row(row)
    if left := v.labels[len(labels) :]:
        leaves = sum(len(v[label]) for label in left)
        yield _remark(f"… and {_many(len(left), 'more label')} with {_many(leaves, 'leaf')}")


def _row(leaves: Sequence[str]) -> Iterator[str]:
    if leaves:
        yield f'<div style="{_LEAVES}">{"".join(leaves)}</div>'


def _chain(label: str, v: VValue) -> tuple[Path, VValue]:
    """The path from a label down to the first node that has a number or several branches, and that node."""
    path: Path = (label,)
    while len(v.children) == 1 and not v.scalar:
        (label,) = v.children
        path, v = (*path, label), v[label]
    return path, v


# -- arrays ------------------------------------------------------------------------------------------------------------


def shown_flat(flat: "FlatVValue") -> dict[str, str]:
    """What a notebook shows of a flat V-value: its shape and support, and the first of its numbers, if it has any yet.

    >>> from dmm.vvalue.flat import flatten
    >>> print(shown_flat(flatten([VValue({"a": 1}), VValue({"b": 2})]))["text/plain"])
    FlatVValue of 2 paths, leaves float32 [2, 2]
    support {a, b}
    [0] {a: 1}
    [1] {b: 2}
    """
    support, leaves = flat.support, flat.leaves
    head = f"FlatVValue of {_many(len(support), 'path')}"
    shape = getattr(leaves, "shape", None)
    if shape is None:
        return {"text/plain": repr(flat)}
    head += f", leaves {leaves.dtype} [{', '.join(map(str, shape))}]"
    rows, left = _rows(leaves)
    lines = [head, f"support {_visible(str(support)[: 20 * LONGEST_LABEL])}"]
    lines += [f"{_place(place)}{_text(_value(support, row))}" for place, row in rows]
    lines += [f"... and {_many(left, 'more V-value')}"] * bool(left)
    page = f"<div>{escape(head)}</div>"
    page += (
        _table(support, rows) if len(shape) > 1 else "".join(x for _, row in rows for x in _tree(_value(support, row)))
    )
    page += _remark(f"… and {_many(left, 'more V-value')}") if left else ""
    return {"text/plain": "\n".join(lines), "text/html": f'<div style="{_TREE}">{page}</div>'}


def _rows(leaves: Any) -> tuple[list[tuple[tuple[int, ...], np.ndarray]], int]:
    """The first V-values by their places on the leading axes, and how many more there are; none while traced."""
    import jax

    if isinstance(leaves, jax.core.Tracer):
        return [], 0
    places = list(islice(np.ndindex(*leaves.shape[:-1]), MOST_ROWS))
    return [(place, np.asarray(leaves[place])) for place in places], int(np.prod(leaves.shape[:-1])) - len(places)


def _value(support: Support, row: np.ndarray) -> VValue:
    """The tree of numbers over a support; those that are not finite stay as they are."""
    places = VValue.from_paths((path, n) for n, path in enumerate(support, 1))
    numbers = row.tolist()
    return places.map_leaves(lambda n: numbers[n - 1])


def _table(support: Support, rows: Sequence[tuple[tuple[int, ...], np.ndarray]]) -> str:
    """A row for each V-value, a column for each path."""
    paths, style = support.paths[:MOST_COLUMNS], f' style="{_CELL}"'
    head = "".join(f"<th{style}>{_path(path)}</th>" for path in paths)
    left = len(support) - len(paths)
    more = f"<th{style}>… and {_many(left, 'more path')}</th>" if left else ""
    body = "".join(
        f"<tr><th{style}>{_place(place)}</th>{''.join(f'<td{style}>{_number(x)}</td>' for x in row[: len(paths)])}</tr>"
        for place, row in rows
    )
    table = f"<table><thead><tr><th></th>{head}{more}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div style="overflow-x:auto">{table}</div>'


def _place(place: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, place))}] " if place else ""


# -- words -------------------------------------------------------------------------------------------------------------


def _path(path: Path) -> str:
    return f"<b>{escape('.'.join(map(_label, path))) or '·'}</b>"


def _label(label: str) -> str:
    text = _visible(format_label(label))
    return text if len(text) <= LONGEST_LABEL else f"{text[:LONGEST_LABEL]}… ({len(text) - LONGEST_LABEL} more)"


def _number(x: Number) -> str:
    text = format_number(x)
    if len(text) > LONGEST_NUMBER:  # a fraction
        text = f"{text[:LONGEST_NUMBER]}… ({_many(len(text) - LONGEST_NUMBER, 'more character')})"
    return escape(text)


def _visible(text: str) -> str:
    """The text with escapes for characters that have no picture, among them halves that no file may hold."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _many(number: int, noun: str) -> str:
    if number != 1:
        noun = noun.removesuffix("f") + "ves" if noun.endswith("leaf") else noun + "s"
    return f"{number:,} {noun}"


def _remark(text: str) -> str:
    return f'<div style="{_QUIET}">{escape(text)}</div>'
