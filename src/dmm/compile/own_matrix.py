"""Self-referential machines as programs: the links are a part of the state.

Which links there can ever be follows with the supports: the least fixed point of the cycle over ticks, read abstractly.
A tick is then one sum of products, weights of links times what they carry, for every group of equal neurons, and the
type of the group. Nothing else but the loop over ticks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dmm.compile.abstract import CompileError, behaviour
from dmm.compile.program import Program, Run
from dmm.compile.supports import Supports, item_places, refuse_growth, settings_key, source_support
from dmm.compile.up import Stopped
from dmm.machine.check import HaltedError
from dmm.machine.machine import Machine
from dmm.neurons.base import NeuronType
from dmm.vvalue.flat import FlatVValue, flatten, matrix_terms
from dmm.vvalue.support import Path, Support
from dmm.vvalue.tree import ZERO, VValue

Array = Any
UNROLLED = 4  # ticks in one turn of the loop: a tick is so small that the turn itself would cost as much


def compile_governed(machine: Machine, stream: Support, links: Support | None, stopped: Stopped) -> Program:
    """The program of a self-referential machine without errors; see `compile_machine`."""
    if stopped:
        raise ValueError("stopped gradients are those of published machines, which do not change; leave stopped out")
    own = machine.own_matrix or ("", "")
    lost = (machine.matrix + machine.hard).support - links if links is not None else Support()
    if lost:
        raise ValueError(f"links lacks {'.'.join(lost.paths[0])}, with which the machine starts; add it")
    supports = governed_supports(machine, stream, links)
    return GovernedProgram(machine, stream, supports, _groups(machine, stream, supports, own), own)


def governed_supports(machine: Machine, stream: Support, links: Support | None = None) -> Supports:
    """What every neuron of a self-referential machine can receive and emit, its matrix included.

    From the outputs before the first tick on, until nothing is new. `CompileError` where that never is.
    """
    own = machine.own_matrix or ("", "")
    first = machine.first_outputs
    outputs = {name: first[name].support for name in (*machine.neurons, *first.labels)}
    asked: dict[str, Support] = {}  # the inputs about which a neuron was asked last
    while True:
        state = _together(outputs)
        matrix = Support(path[2:] for path in state if path[:2] == own)
        carried: dict[str, list[Path]] = {}
        for path in matrix_terms(matrix, state, 2)[3]:
            carried.setdefault(path[0], []).append(path[1:])
        inputs = {name: _received(machine, name, stream, carried.get(name, ())) for name in (*outputs, *matrix.labels)}
        settled = True
        for name in matrix.labels:
            if asked.get(name) == inputs[name]:
                continue
            asked[name] = inputs[name]
            emitted = behaviour(machine.type_of(name), settings_key(machine, name), inputs[name]).outputs
            if name == own[0] and links is not None:
                emitted = Support(path for path in emitted if path[0] != own[1] or path[1:] in links)
            known = outputs.get(name, Support())
            if not emitted <= known:
                settled = False
                outputs[name] = known | emitted
                refuse_growth(name, outputs[name])
        if settled:
            return Supports(inputs, outputs)


def _received(machine: Machine, name: str, stream: Support, carried: Sequence[Path]) -> Support:
    try:
        kind = machine.type_of(name)
    except KeyError:
        raise CompileError(
            f"the network matrix can get a row for {name!r}, which is no neuron of the machine and whose name tells no "
            f"type; add the neuron, or bound the links with links=..."
        ) from None
    if kind.source:
        return source_support(machine, name, stream) or Support()
    return Support(path for path in carried if path and kind.has_input(path[0]))


def _together(parts: Mapping[str, Support]) -> Support:
    return Support(path for name, part in parts.items() for path in part.under(name))


class Group(NamedTuple):
    """Neurons of one type, parameters and supports, and how they are moved.

    Their outputs are `size` numbers from `start` on in the state of a program, member by member. `weights` and `values`
    `[members, paths, most]` say where in that state the factors of what each path receives stand, or what is fed to
    sources stands in the item of the stream; `rows` `[members, most]` where the links stand that keep a member active,
    if it must be asked. The place after the last holds a zero.
    """

    type: NeuronType
    settings: tuple[tuple[str, Any], ...]
    members: tuple[str, ...]
    reads: Support
    emits: Support
    start: int
    weights: np.ndarray
    values: np.ndarray
    rows: np.ndarray | None

    @property
    def size(self) -> int:
        """The numbers it emits."""
        return len(self.members) * len(self.emits)


def _groups(machine: Machine, stream: Support, supports: Supports, own: Path) -> tuple[Group, ...]:
    alike: dict[Any, list[str]] = {}
    for name, emits in supports.outputs.items():
        key = settings_key(machine, name)
        asked = bool(machine.type_of(name).source or machine.apply(name, ZERO))
        alike.setdefault((machine.type_of(name), key, supports.inputs[name], emits, asked), []).append(name)
    place: dict[Path, int] = {}
    for (_, _, _, emits, _), names in alike.items():
        for path in (path for name in names for path in emits.under(name)):
            place[path] = len(place)
    links = Support(path[2:] for path in place if path[:2] == own)
    into, rows = _terms(links, place, own)
    groups, start = [], 0
    for (kind, key, reads, emits, asked), names in alike.items():
        if kind.source:
            weights = np.zeros((len(names), 0, 0), np.int32)
            values = np.stack([item_places(machine, name, reads, stream) for name in names])
        else:
            terms = [[into.get((name, *path), []) for path in reads] for name in names]
            weights, values = (_table(terms, side, len(place)) for side in (0, 1))
        active = _table([[rows.get(name, [])] for name in names], None, len(place))[:, 0] if asked else None
        groups.append(Group(kind, key, tuple(names), reads, emits, start, weights, values, active))
        start += groups[-1].size
    return tuple(groups)


def _terms(links: Support, place: Mapping[Path, int], own: Path) -> tuple[dict[Path, list[Any]], dict[str, list[int]]]:
    """For each path of what is received, the places of its factors; for each neuron, those of the links to it."""
    state = Support(place)
    into: dict[Path, list[tuple[int, int]]] = {}
    weights, values, sums, carried = matrix_terms(links, state, 2)
    at_link, at_value = [place[(*own, *path)] for path in links], [place[path] for path in state]
    for w, v, k in zip(weights.tolist(), values.tolist(), sums.tolist(), strict=True):
        into.setdefault(carried.paths[k], []).append((at_link[w], at_value[v]))
    rows: dict[str, list[int]] = {}
    for path, where in zip(links, at_link, strict=True):
        if path:
            rows.setdefault(path[0], []).append(where)
    return into, rows


def _table(terms: list[list[list[Any]]], side: int | None, none: int) -> np.ndarray:
    """`[members, paths, most]`, filled up with `none`."""
    most = max((len(part) for row in terms for part in row), default=0)
    table = np.full((len(terms), len(terms[0]), most), none, np.int32)
    for i, row in enumerate(terms):
        for j, part in enumerate(row):
            table[i, j, : len(part)] = part if side is None else [term[side] for term in part]
    return table


@dataclass(frozen=True, eq=False)
class GovernedProgram(Program):
    """A self-referential machine: the program of one tick, in a loop.

    Its weights are those with which it starts. Where the network matrix is lost, all answers that follow are zero, and
    `run` raises `HaltedError`, as the interpreter does.
    """

    groups: tuple[Group, ...]
    own: tuple[str, str]

    def _run(self, weights: FlatVValue, stream: FlatVValue, state: FlatVValue | None) -> Run:
        return self._watched(weights, stream, state)[0]

    def _watched(self, weights: FlatVValue, stream: FlatVValue, state: FlatVValue | None) -> tuple[Run, Array]:
        """The run, and whether there was a network matrix after each tick."""
        before = self._start(weights) if state is None else state.leaves[self._order]
        before = before.astype(jnp.result_type(before, stream.leaves))
        after, (answers, alive) = jax.lax.scan(self._tick, before, stream.leaves, unroll=UNROLLED)
        return Run(FlatVValue(answers, self.answers), FlatVValue(after[self._back], self.state)), alive

    def start(self, weights: FlatVValue) -> FlatVValue:
        """The state before the first tick, on `self.state`: the network matrix among it."""
        return FlatVValue(self._start(weights)[self._back], self.state)

    def _tick(self, before: Array, item: Array) -> tuple[Array, tuple[Array, Array]]:
        padded = jnp.concatenate([before, jnp.zeros(1, before.dtype)])
        after = jnp.concatenate([self._move(group, padded, item) for group in self.groups])
        return after, (after[self._read], jnp.any(after[self._matrix] != 0))

    def _move(self, group: Group, before: Array, item: Array) -> Array:
        if group.type.source:
            received = item[group.values]
        else:
            received = jnp.sum(before[group.weights] * before[group.values], axis=-1)
        emitted = group.type(FlatVValue(received, group.reads), **dict(group.settings))
        leaves = emitted.restrict(group.emits).extend(group.emits).leaves
        if group.rows is not None:
            leaves = jnp.where(jnp.any(before[group.rows] != 0, axis=-1, keepdims=True), leaves, 0)
        return leaves.reshape(-1)

    def _start(self, weights: FlatVValue) -> Array:
        untrained = self.machine.with_matrix(ZERO).first_outputs
        fixed = flatten(untrained, self.state, weights.leaves.dtype).leaves[self._order]
        places = np.array([self._place[(*self.own, *path)] for path in self.links], np.int32)
        return fixed.at[places].add(weights.leaves)

    def _run_trees(self, stream: Sequence[VValue], before: FlatVValue | None) -> Run:
        run: Run
        run, alive = self._jitted_watched(self.weights, flatten(stream, self.stream), before)
        lost = np.flatnonzero(~np.asarray(alive[:-1]))
        if len(lost):
            raise HaltedError.lost(self.machine, int(lost[0]) + 2)
        return run

    @cached_property
    def _jitted_watched(self) -> Any:
        return jax.jit(self._watched)

    # -- supports --------------------------------------------------------------------------------------------------

    @property
    def moving(self) -> int:
        """How many numbers all neurons together receive and emit in a tick."""
        return sum(len(group.members) * (len(group.reads) + len(group.emits)) for group in self.groups)

    @cached_property
    def state(self) -> Support:
        """The support of the state: paths (neuron, output, ...) of all outputs, the matrix among them."""
        return Support(self._place)

    @cached_property
    def answers(self) -> Support:
        """The support of the answers."""
        return Support(path[self._dropped :] for path in self._place if path[0] in self.machine.readouts)

    @property
    def _dropped(self) -> int:
        return int(len(self.machine.readouts) == 1)

    @cached_property
    def _place(self) -> dict[Path, int]:
        """Where every path of the state stands inside."""
        paths = (path for group in self.groups for name in group.members for path in group.emits.under(name))
        return {path: i for i, path in enumerate(paths)}

    @cached_property
    def _order(self) -> np.ndarray:
        return np.array([self.state.index[path] for path in self._place], np.int32)

    @cached_property
    def _back(self) -> np.ndarray:
        return np.array([self._place[path] for path in self.state], np.int32)

    @cached_property
    def _matrix(self) -> np.ndarray:
        return np.array([i for path, i in self._place.items() if path[:2] == self.own and len(path) > 2], np.int32)

    @cached_property
    def _read(self) -> np.ndarray:
        prefix = self.machine.readouts if self._dropped else ()
        return np.array([self._place[(*prefix, *path)] for path in self.answers], np.int32)
