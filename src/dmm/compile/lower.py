"""Lowering: planned stages become a function on arrays.

Inside, a group's values are `[members, time, paths]`: members first, so that a block of links is one matrix product,
paths last, so that a neuron type takes all members and ticks as leading axes. A link that delays by one tick is one
shift along time for all that a block takes from the values of new groups (`Pool`), and nothing else. The matrices of
all blocks come from the vector of weights by one gather. Stages that must go tick by tick are in `loop`.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dmm.compile.loop import run_loop
from dmm.compile.plan import Memories, StagePlan
from dmm.compile.pool import Array, Pool, Values, arranged, split
from dmm.compile.schedule import Group
from dmm.compile.up import Stopped, is_stopped, up
from dmm.compile.wiring import Block, Target, Wiring
from dmm.vvalue.flat import FlatVValue, pick


class Given(NamedTuple):
    """What every stage of a run is given.

    All weights, followed by a zero; the values `[members, paths]` before the first tick, `None` if all are zero; where
    no gradient flows.
    """

    weights: Array
    state: Values | None
    stopped: Stopped


def run_plan(plans: tuple[StagePlan, ...], given: Given, stream: Array) -> dict[int, Array]:
    """The values `[members, time, paths]` of every group, for a stream `[time, paths]`."""
    matrices = _matrices(plans, given.weights)
    pool = Pool(plans, given.state)
    for stage in plans:
        received = down(stage.outside, matrices, pool.taken, jnp.zeros((1, stream.shape[0], 0), given.weights.dtype))
        for g, places in stage.feed.items():
            received[g] = FlatVValue(jnp.stack([pick(stream, row) for row in places]), stage.groups[g].reads)
        if stage.inside:
            pool.values |= run_loop(stage, given.stopped, matrices, received, given.state)
        else:
            pool.values |= _at_once(stage, given, received)
    return pool.values


Matrices = dict[int, Array]  # by the identity of their block


def _matrices(plans: tuple[StagePlan, ...], weights: Array) -> Matrices:
    """The matrices `[targets, sources]` of all blocks."""
    wirings = [wiring for plan in plans for wiring in (plan.outside, *plan.inside)]
    blocks = [block for wiring in wirings for block in wiring.blocks]
    if not blocks:
        return {}
    entries = jnp.take(weights, np.concatenate([block.index.ravel() for block in blocks]), mode="clip")
    parts = split(entries, [block.index.size for block in blocks], 0)
    return {id(block): part.reshape(block.index.shape) for block, part in zip(blocks, parts, strict=True)}


# -- the down movement -------------------------------------------------------------------------------------------------


def down(
    wiring: Wiring, matrices: Matrices, sources: Callable[[Block], Array], nothing: Array
) -> dict[int, FlatVValue]:
    """What every target group receives, `[members, time, paths]`, on the paths that can carry anything.

    `nothing` `[1, time, 0]` is what one member receives where there are none.
    """
    products = []
    for number, block in enumerate(wiring.blocks):
        product = jnp.tensordot(matrices[id(block)], sources(block), 1)
        spans = sorted({piece[1:] for target in wiring.targets for piece in target.pieces if piece.block == number})
        products.append(dict(zip(spans, split(product, [stop - start for start, stop in spans], 0), strict=True)))
    return {target.group: _assemble(target, products, nothing) for target in wiring.targets}


def _assemble(target: Target, products: list[dict[tuple[int, int], Array]], nothing: Array) -> FlatVValue:
    if not len(target.covers):
        return FlatVValue(jnp.broadcast_to(nothing, (target.members, *nothing.shape[1:])), target.covers)
    pieces = [products[block][start, stop] for block, start, stop in target.pieces]
    return FlatVValue(arranged(pieces, target.order), target.covers)


# -- the up movement ---------------------------------------------------------------------------------------------------


def _at_once(stage: StagePlan, given: Given, received: Mapping[int, FlatVValue]) -> dict[int, Array]:
    values = {g: up(group, given.stopped, received[g]) for g, group in stage.groups.items()}
    for g, memories in stage.memory.items():
        before = None if given.state is None else given.state[g]
        values[g] = _running_sum(stage.groups[g], given, memories, values[g], before)
    return values


def _running_sum(group: Group, given: Given, memories: Memories, new: Array, before: Array | None) -> Array:
    """y(t) = w y(t-1) + f(x(t)), where x leaves the memory out: what additivity makes of the loop."""
    decay = given.weights[memories.places] if memories.fixed is None else memories.fixed
    before = jnp.zeros((new.shape[0], new.shape[2]), new.dtype) if before is None else before
    total = jnp.moveaxis(_scan_linear(decay, jnp.moveaxis(new, 1, 0), before), 0, 1)
    assert group.type.memory is not None
    if is_stopped(group.type.name, group.type.memory.input, given.stopped):
        total = jax.lax.stop_gradient(total - new) + new
    return total


def _scan_linear(decay: Any, new: Array, before: Array) -> Array:
    """y(t) = decay y(t-1) + new(t), with y(0) = before; decay `[members]`, new `[time, members, paths]`."""
    plain = isinstance(decay, np.ndarray) and bool((decay == 1).all())  # an accumulator as it comes
    decay = jnp.asarray(decay, new.dtype)[:, None]
    if jax.default_backend() == "cpu":  # a loop of additions: an eighth of the compile time, and no slower
        return jax.lax.scan(lambda y, x: ((y if plain else decay * y) + x,) * 2, before, new)[1]

    def combine(early: tuple[Array, Array], late: tuple[Array, Array]) -> tuple[Array, Array]:
        return early[0] * late[0], early[1] * late[0] + late[1]

    new = new.at[0].add(decay * before)
    factors = jnp.broadcast_to(decay, (new.shape[0], new.shape[1], 1))
    return jax.lax.associative_scan(combine, (factors, new))[1]
