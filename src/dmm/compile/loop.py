"""The loop over time: a stage whose ticks wait for each other.

A tick is small: what it costs is less its arithmetic than the number of its operations. Hence three differences from
what runs at once. Values meet the matrices paths first, `[paths, sources] @ [sources, targets]`, so that the last axis
is a long one. Labels of a group that hold the same paths move together, as one axis more. And the gradient of the
weights is not added up tick by tick: what a change of the matrices brings is received from outside the loop, so that
its transpose is one product for all ticks.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dmm.compile.plan import StagePlan
from dmm.compile.pool import Array, Values, arranged, joined, rows_of, split
from dmm.compile.up import Stopped, up
from dmm.compile.wiring import Block, Part, Target, Wiring
from dmm.vvalue.flat import FlatVValue
from dmm.vvalue.support import Support

Matrices = Mapping[int, Array]  # by the identity of their block; here `[sources, targets]`
Received = dict[int, FlatVValue]  # by group, `[time, members, paths]`


def run_loop(
    stage: StagePlan, stopped: Stopped, matrices: Matrices, received: Mapping[int, FlatVValue], state: Values | None
) -> dict[int, Array]:
    """The values `[members, time, paths]` of every group of a loop.

    `matrices` `[targets, sources]` are those of all blocks; `received` `[members, time, paths]` comes from outside the
    loop, `state` `[members, paths]` is before the first tick (`None`: all zero).
    """
    within = {target.group: target.covers for wiring in stage.inside for target in wiring.targets}
    outside = {g: _widened(x, x.support | within[g]) for g, x in received.items()}
    dtype = jnp.result_type(*(x.leaves for x in outside.values()))
    before = {
        g: jnp.zeros((len(x.members), len(x.emits)), dtype) if state is None else state[g]
        for g, x in stage.groups.items()
    }
    turned = {id(block): matrices[id(block)].T for wiring in stage.inside for block in wiring.blocks}
    by_tick = jax.tree.map(lambda x: jnp.moveaxis(x, 1, 0), outside)
    values = _differentiable(stage, stopped)(turned, by_tick, before)
    return {g: jnp.moveaxis(x, 0, 1) for g, x in values.items()}


def _differentiable(stage: StagePlan, stopped: Stopped) -> jax.custom_jvp[dict[int, Array]]:
    """`_ticks`, with a derivative whose part that is due to the matrices comes from outside the loop."""
    loop = jax.custom_jvp(partial(_ticks, stage, stopped))

    @loop.defjvp
    def derivative(
        at: tuple[Matrices, Received, Values], along: tuple[Matrices, Received, Values]
    ) -> tuple[dict[int, Array], dict[int, Array]]:
        matrices, outside, state = at
        changes, brought, moved = along
        values, push = jax.linearize(partial(_ticks, stage, stopped, matrices), outside, state)
        before = {g: jnp.concatenate([state[g][None], x])[:-1] for g, x in values.items()}
        for wiring in stage.inside:
            brought = brought | _down(wiring, changes, before, values, brought)
        return values, push(brought, moved)

    return loop


def _ticks(
    stage: StagePlan, stopped: Stopped, matrices: Matrices, outside: Received, state: Values
) -> dict[int, Array]:
    """The values `[time, members, paths]` of every group."""

    def tick(before: Values, outside: Received) -> tuple[dict[int, Array], dict[int, Array]]:
        after: dict[int, Array] = {}
        for wiring in stage.inside:  # wave by wave
            received = _down(wiring, matrices, before, after, outside)
            after |= {g: up(stage.groups[g], stopped, x) for g, x in received.items()}
        return after, after

    return jax.lax.scan(tick, {g: state[g] for g in stage.groups}, outside)[1]


# -- the down movement inside; leading axes are none, in a tick, or time -----------------------------------------------


def _down(wiring: Wiring, matrices: Matrices, before: Values, after: Values, outside: Received) -> Received:
    """What the groups receive, `[..., members, paths]`: from outside, and from the values of the loop itself.

    These, `[..., members, paths]`, are those of the tick before, and of the same tick as far as they are known.
    """
    bands = {target.group: _bands(target, wiring.blocks) for target in wiring.targets}
    columns = []
    for number, block in enumerate(wiring.blocks):
        product = _sources(block, before if block.delay else after) @ matrices[id(block)]
        starts = sorted(x.starts[number] for of_group in bands.values() for x in of_group if number in x.starts)
        sizes = np.diff([*starts, product.shape[-1]]).tolist()
        columns.append(dict(zip(starts, split(product, sizes, product.ndim - 1), strict=True)))
    received = {target.group: outside[target.group] for target in wiring.targets}
    for target in wiring.targets:
        if len(target.covers):
            inputs = joined([_inputs(band, target.members, columns) for band in bands[target.group]], -1)
            received[target.group] += _widened(FlatVValue(inputs, target.covers), outside[target.group].support)
    return received


def _widened(x: FlatVValue, support: Support) -> FlatVValue:
    """`x.extend(support)`, as padding where that will do: `extend` has no quick gradient."""
    return FlatVValue(
        rows_of(x.leaves, np.array([x.support.index.get(path, -1) for path in support], np.int32)), support
    )


def _sources(block: Block, values: Values) -> Array:
    """The values `[..., paths, sources]` that the block takes."""
    parts = []
    for group, rows in _alike(block.sources):
        cells = jnp.swapaxes(_cells(values[group], rows), -1, -3)  # [..., paths, labels, members]
        parts.append(cells.reshape(*cells.shape[:-2], -1))
    return joined(parts, -1)


def _alike(parts: Sequence[Part]) -> list[tuple[int, np.ndarray]]:
    """Parts as (group, rows `[labels, paths]`): as one, where the next label's rows are a step beyond the last's."""
    merged: list[tuple[int, np.ndarray]] = []
    for group, rows in parts:
        if merged and merged[-1][0] == group and _are_cells(longer := np.vstack([merged[-1][1], rows])):
            merged[-1] = group, longer
        else:
            merged.append((group, rows[None]))
    return merged


def _are_cells(rows: np.ndarray) -> bool:
    """Whether the rows are the same range of every cell, of cells of equal width that follow each other."""
    cells, paths = rows.shape
    first, width = rows[0, 0], max(rows[1, 0] - rows[0, 0], 1)
    ranges = first + width * np.arange(cells)[:, None] + np.arange(paths)
    return bool(first >= 0 and first % width + paths <= width and np.array_equal(rows, ranges))


def _cells(values: Array, rows: np.ndarray) -> Array:
    """`values[..., rows]`, shape `[..., members, labels, paths]`."""
    labels, paths = rows.shape
    if labels == 1:
        return rows_of(values, rows[0])[..., None, :]
    width = int(rows[1, 0] - rows[0, 0])
    cell, start = divmod(int(rows[0, 0]), width)
    places = np.arange(cell * width, (cell + labels) * width)
    whole = rows_of(values, np.where(places < values.shape[-1], places, -1))
    return whole.reshape(*values.shape[:-1], labels, width)[..., start : start + paths]


class Band(NamedTuple):
    """Labels of a group, one after the other, whose inputs are put together alike.

    `starts` says which blocks bring their paths, and where in the block's targets, members of the first label first,
    they are; `order` is that of the paths of a label in what these blocks bring of it, side by side.
    """

    labels: int
    starts: dict[int, int]
    order: tuple[int, ...]


def _bands(target: Target, blocks: Sequence[Block]) -> list[Band]:
    sizes = [len(block.sources[0].rows) for block in blocks]
    origin = [(piece, row) for piece in target.pieces for row in range(sizes[piece.block])]
    bands: list[Band] = []
    for _, paths in groupby(zip(target.covers, target.order, strict=True), key=lambda path: path[0][0]):
        places = [origin[place] for _, place in paths]
        starts = {piece.block: piece.start for piece, _ in places}
        offsets = dict(zip(starts, np.cumsum([0, *(sizes[block] for block in starts)]).tolist(), strict=False))
        order = tuple(offsets[piece.block] + row for piece, row in places)
        if bands and (tuple(bands[-1].starts), bands[-1].order) == (tuple(starts), order):
            bands[-1] = bands[-1]._replace(labels=bands[-1].labels + 1)
        else:
            bands.append(Band(1, starts, order))
    return bands


def _inputs(band: Band, members: int, columns: Sequence[Mapping[int, Array]]) -> Array:
    """The inputs of a band `[..., members, labels * paths]`, from the products `[..., paths, targets]`."""
    pieces = []
    for block, start in band.starts.items():
        product = columns[block][start]
        apart = product.reshape(*product.shape[:-1], band.labels, members)
        pieces.append(jnp.swapaxes(apart, -1, -3))
    cells = arranged(pieces, np.array(band.order))
    return cells.reshape(*cells.shape[:-2], -1)
