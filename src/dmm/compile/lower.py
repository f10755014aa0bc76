"""Lowering: a schedule becomes a function on arrays.

Inside, a group's values are `[time, paths, members]`: members last, so that a block of links is one matrix product.
Every link delays by one tick, which is one shift along time for each group (`_delayed`), and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dmm.compile.demand import Demand
from dmm.compile.schedule import Group, Kind, Schedule, Stage
from dmm.compile.supports import source_support
from dmm.compile.wiring import Block, Target, Wiring, wire
from dmm.machine.machine import Machine
from dmm.vvalue.flat import FlatVValue, pick
from dmm.vvalue.support import Path, Support

Array = Any
Values = Mapping[int, Array]
"""Arrays by the number of their group."""
Stopped = Mapping[str, tuple[str, ...] | None]
"""Inputs, by type name, through which no gradient flows; `None` means all of them."""


@dataclass(frozen=True)
class StagePlan:
    """A stage with its wiring: from earlier stages, and, for loops and running sums, from itself."""

    kind: Kind
    groups: dict[int, Group]
    outside: Wiring
    inside: Wiring
    feed: dict[int, np.ndarray]  # for each group of sources: where its members' items stand in the stream
    memory: dict[int, np.ndarray]  # for each running sum: where the weights of its members' memories stand


def plan(machine: Machine, demand: Demand, schedule: Schedule, stream: Support) -> tuple[StagePlan, ...]:
    """The wiring of every stage."""
    numbered = dict(enumerate(schedule.groups()))
    paths = (*machine.matrix.support, *machine.hard.support)
    weight_index = {path: i for i, path in enumerate(paths)}
    plans, first = [], 0
    for stage in schedule.stages:
        own = {g: numbered[g] for g in range(first, first + len(stage.groups))}
        first += len(stage.groups)
        plans.append(_plan_stage(machine, demand, stage, numbered, own, weight_index, stream))
    return tuple(plans)


def _plan_stage(
    machine: Machine,
    demand: Demand,
    stage: Stage,
    numbered: dict[int, Group],
    own: dict[int, Group],
    weight_index: dict[Path, int],
    stream: Support,
) -> StagePlan:
    members = {name for group in own.values() for name in group.members}
    links = [link for name in members for link in demand.links[name]]
    inside = [link for link in links if link.source in members]
    outside = [link for link in links if link.source not in members]
    memory = {}
    if stage.kind is Kind.RUNNING_SUM:
        place = {link.neuron: weight_index[link[:4]] for link in inside}
        memory = {g: np.array([place[name] for name in group.members]) for g, group in own.items()}
        inside = []
    feed = {}
    for g, group in own.items():
        if group.type.source:
            items = [_item_places(machine, name, group, stream) for name in group.members]
            feed[g] = np.stack(items, axis=-1)
    return StagePlan(
        stage.kind,
        own,
        wire(numbered, own, sorted(outside), weight_index),
        wire(numbered, own, sorted(inside), weight_index),
        feed,
        memory,
    )


def _item_places(machine: Machine, name: str, group: Group, stream: Support) -> np.ndarray:
    prefix = (name,) if len(machine.sources) > 1 else ()
    assert source_support(machine, name, stream) is not None
    return np.array([stream.index[prefix + path] for path in group.reads], np.int32)


# -- running -----------------------------------------------------------------------------------------------------------


class Given(NamedTuple):
    """What every stage of a run is given: all weights followed by a zero, and the values before the first tick."""

    weights: Array
    state: Values
    stopped: Stopped


def run_plan(plans: tuple[StagePlan, ...], given: Given, stream: Array) -> dict[int, Array]:
    """The values `[time, paths, members]` of every group, for a stream `[time, paths]`."""
    values: dict[int, Array] = {}
    delayed: dict[int, Array] = {}
    for stage in plans:
        inputs = down(stage.outside, given.weights, delayed, stream.shape[:1])
        for g, places in stage.feed.items():
            inputs[g] = jnp.stack([pick(stream, column) for column in places.T], axis=-1)
        run = {Kind.AT_ONCE: _at_once, Kind.RUNNING_SUM: _running_sum, Kind.LOOP: _loop}[stage.kind]
        values |= run(stage, given, inputs)
        delayed |= {g: _delayed(values[g], given.state[g]) for g in stage.groups}
    return values


def down(wiring: Wiring, weights: Array, values: Values, lead: tuple[int, ...]) -> dict[int, Array]:
    """The down movement: the inputs `[*lead, reads, members]` of every target group from the outputs of all groups."""
    products = [_product(block, weights, values) for block in wiring.blocks]
    nothing = jnp.zeros(lead, weights.dtype)
    return {target.group: _assemble(target, products, nothing) for target in wiring.targets}


def _product(block: Block, weights: Array, values: Values) -> Array:
    sources = jnp.concatenate([_rows(values[g], rows) for g, rows in block.sources], axis=-1)
    return sources @ weights[block.index]


def _assemble(target: Target, products: list[Array], nothing: Array) -> Array:
    pieces = [products[piece.block][..., piece.start : piece.stop] for piece in target.pieces]
    if target.missing or not pieces:
        pieces.append(jnp.broadcast_to(nothing[..., None, None], (*nothing.shape, target.missing, target.members)))
    return _rows(jnp.concatenate(pieces, axis=-2), target.order)


def _rows(values: Array, rows: np.ndarray) -> Array:
    """`values[..., rows, :]`, as a slice where it is one."""
    n = len(rows)
    if n == values.shape[-2] and np.array_equal(rows, np.arange(n)):
        return values
    if n and np.array_equal(rows, np.arange(rows[0], rows[0] + n)):
        return values[..., int(rows[0]) : int(rows[0]) + n, :]
    return jnp.take(values, rows, axis=-2, unique_indices=True, mode="clip")


def _delayed(values: Array, before: Array) -> Array:
    return jnp.concatenate([before[None], values[:-1]])[: values.shape[0]]


def _up(group: Group, stopped: Stopped, inputs: Array) -> Array:
    """The up movement of a group: its type, applied to inputs `[..., reads, members]`."""

    def one(leaves: Array) -> Array:
        received = _stop(FlatVValue(leaves, group.reads), group.type.name, stopped)
        emitted = group.type(received, **dict(group.settings))
        return emitted.restrict(group.emits).extend(group.emits).leaves

    return jax.vmap(one, in_axes=-1, out_axes=-1)(inputs)


def _stop(v: FlatVValue, kind: str, stopped: Stopped) -> FlatVValue:
    mask = np.array([any(_is_stopped(kind, label, stopped) for label in path[:1]) for path in v.support], bool)
    if not mask.any():
        return v
    return FlatVValue(jnp.where(mask, jax.lax.stop_gradient(v.leaves), v.leaves), v.support)


def _is_stopped(kind: str, label: str, stopped: Stopped) -> bool:
    labels = stopped.get(kind, ())
    return labels is None or label in labels


def _at_once(stage: StagePlan, given: Given, inputs: Values) -> dict[int, Array]:
    return {g: _up(group, given.stopped, inputs[g]) for g, group in stage.groups.items()}


def _running_sum(stage: StagePlan, given: Given, inputs: Values) -> dict[int, Array]:
    """y(t) = w y(t-1) + f(x(t)), where x leaves the memory out: what additivity makes of the loop."""
    values = {}
    for g, group in stage.groups.items():
        new = _up(group, given.stopped, inputs[g])
        total = _scan_linear(given.weights[stage.memory[g]], new, given.state[g])
        assert group.type.memory is not None
        if _is_stopped(group.type.name, group.type.memory.input, given.stopped):
            total = jax.lax.stop_gradient(total - new) + new
        values[g] = total
    return values


def _scan_linear(decay: Array, new: Array, before: Array) -> Array:
    """y(t) = decay y(t-1) + new(t), with y(0) = before; decay `[members]`."""
    decay = decay[None, :]

    if jax.default_backend() == "cpu":  # a loop of additions: an eighth of the compile time, and no slower
        return jax.lax.scan(lambda y, x: (decay * y + x,) * 2, before, new)[1]

    def combine(early: tuple[Array, Array], late: tuple[Array, Array]) -> tuple[Array, Array]:
        return early[0] * late[0], early[1] * late[0] + late[1]

    new = new.at[0].add(decay * before)
    factors = jnp.broadcast_to(decay, (new.shape[0], *decay.shape))
    return jax.lax.associative_scan(combine, (factors, new))[1]


def _loop(stage: StagePlan, given: Given, inputs: Values) -> dict[int, Array]:
    def tick(before: dict[int, Array], outside: dict[int, Array]) -> tuple[dict[int, Array], dict[int, Array]]:
        inside = down(stage.inside, given.weights, before, ())
        after = {g: _up(group, given.stopped, outside[g] + inside[g]) for g, group in stage.groups.items()}
        return after, after

    values: dict[int, Array] = jax.lax.scan(tick, {g: given.state[g] for g in stage.groups}, dict(inputs))[1]
    return values
