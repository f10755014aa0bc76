"""The pool: the values of groups as blocks take them, most of them delayed by one tick.

What is cut from a group is cut by one `split` for all parts, whose transpose is one concatenation; what a block takes
usually begins with what an earlier block took, so that only the rest is cut, stacked and shifted anew. This keeps the
compiled program small, and the work of the gradient linear in the number of stages.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from dmm.compile.plan import StagePlan
from dmm.compile.wiring import Block, Part
from dmm.vvalue.flat import pick

Array = Any
Values = Mapping[int, Array]
"""Arrays `[members, ..., paths]` by the number of their group."""

MOST_RUNS = 24  # pieces that are put together one by one; more are reordered by a gather


class Pool:
    """The values of all groups so far, and what blocks take of them: stacked, sources first, and delayed."""

    def __init__(self, plans: tuple[StagePlan, ...], state: Values | None):
        self.values: dict[int, Array] = {}
        self._state = state
        self._wanted = _wanted(plans)
        self._parts: dict[int, dict[bytes, Array]] = {}
        self._stacks: dict[int, dict[tuple[tuple[int, bytes], ...], Array]] = {0: {}, 1: {}}  # by their delay

    def taken(self, block: Block) -> Array:
        """The values `[sources, time, paths]` that the block takes, as late as it takes them."""
        key, stacks = tuple((g, rows.tobytes()) for g, rows in block.sources), self._stacks[block.delay]
        known = next((n for n in range(len(key), 0, -1) if key[:n] in stacks), 0)
        stack = [stacks[key[:known]]] if known else []
        if known < len(key):
            new = joined([self._part(part) for part in block.sources[known:]])
            stack.append(_shifted(new, self._before(block.sources[known:])) if block.delay else new)
        stacks[key] = joined(stack)
        return stacks[key]

    def _part(self, part: Part) -> Array:
        if part.group not in self._parts:
            wanted = self._wanted[part.group]
            cut = _cut(self.values[part.group], list(wanted.values()))
            self._parts[part.group] = dict(zip(wanted, cut, strict=True))
        return self._parts[part.group][part.rows.tobytes()]

    def _before(self, parts: tuple[Part, ...]) -> Array | None:
        state = self._state
        return None if state is None else joined([rows_of(state[g], rows) for g, rows in parts])


def _wanted(plans: tuple[StagePlan, ...]) -> dict[int, dict[bytes, np.ndarray]]:
    """The rows that blocks take of each group, in order."""
    wanted: dict[int, dict[bytes, np.ndarray]] = {}
    for part in (part for plan in plans for block in plan.outside.blocks for part in block.sources):
        wanted.setdefault(part.group, {})[part.rows.tobytes()] = part.rows
    return {g: dict(sorted(rows.items(), key=lambda item: item[1].max())) for g, rows in wanted.items()}


def _cut(values: Array, parts: list[np.ndarray]) -> list[Array]:
    """`values[..., rows]` for each of the parts; one split where they are ranges that cover the values."""
    held = [rows[rows >= 0] for rows in parts]
    if not np.array_equal(np.concatenate(held), np.arange(values.shape[-1])):
        return [rows_of(values, rows) for rows in parts]
    pieces = split(values, [len(rows) for rows in held], values.ndim - 1)
    return [rows_of(x, np.where(r >= 0, r - h[0], -1)) for x, r, h in zip(pieces, parts, held, strict=True)]


def rows_of(values: Array, rows: np.ndarray) -> Array:
    """`values[..., rows]`, where -1 stands for zero."""
    held = rows[rows >= 0]
    if len(held) == len(rows):
        return pick(values, rows)
    first = int(np.argmax(rows >= 0))
    values = pick(values, held)
    if np.all(rows[first : first + len(held)] >= 0):
        return _padded(values, -1, first, len(rows) - first - len(held))
    return jnp.take(_padded(values, -1, 0, 1), np.where(rows < 0, len(held), np.cumsum(rows >= 0) - 1), axis=-1)


def _shifted(values: Array, before: Array | None) -> Array:
    """One tick later: `before` (or zero) in front, and without the last."""
    if before is None:
        return _padded(values, 1, 1, -1)
    return jnp.concatenate([before[:, None], values], axis=1)[:, : values.shape[1]]


def _padded(values: Array, axis: int, low: int, high: int) -> Array:
    widths = [(0, 0, 0)] * values.ndim
    widths[axis] = (low, high, 0)
    return jax.lax.pad(values, jnp.zeros((), values.dtype), widths)


def split(values: Array, sizes: list[int], axis: int) -> list[Array]:
    return [values] if len(sizes) == 1 else list(jax.lax.split(values, sizes, axis=axis))


def joined(parts: list[Array], axis: int = 0) -> Array:
    return parts[0] if len(parts) == 1 else jnp.concatenate(parts, axis=axis)


def arranged(pieces: list[Array], order: np.ndarray) -> Array:
    """`concatenate(pieces)[..., order]` along the last axis, in runs that are cut from one piece each."""
    origin = [(piece, row) for piece, x in enumerate(pieces) for row in range(x.shape[-1])]
    runs = _runs([origin[place] for place in order])
    if len(runs) > MOST_RUNS:
        return pick(jnp.concatenate(pieces, axis=-1), order)
    return joined([pick(pieces[piece], np.arange(start, stop)) for piece, start, stop in runs], -1)


def _runs(rows: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """(piece, start, stop) for (piece, row) after (piece, row)."""
    runs: list[tuple[int, int, int]] = []
    for piece, row in rows:
        if runs and (runs[-1][0], runs[-1][2]) == (piece, row):
            runs[-1] = (piece, runs[-1][1], row + 1)
        else:
            runs.append((piece, row, row + 1))
    return runs
