"""A compiled machine: a pure function on flat V-values, and the supports it speaks in."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dmm.compile.lower import Given, run_plan
from dmm.compile.plan import StagePlan
from dmm.compile.schedule import Schedule
from dmm.compile.supports import Supports
from dmm.compile.up import Stopped
from dmm.machine.machine import Machine
from dmm.vvalue.flat import FlatVValue, flatten, pick, unflatten
from dmm.vvalue.support import Path, Support
from dmm.vvalue.tree import VValue


class Run(NamedTuple):
    """What a program returns: the answers, an item per tick, and the state after the last tick."""

    answers: FlatVValue
    state: FlatVValue


@dataclass(frozen=True, eq=False)
class Program:
    """A machine compiled for streams over one support.

    Call it as `program(weights, stream, state)`: a pure function, to be used under `jax.jit`, `jax.grad`, `jax.vmap`.
    Weights are a flat V-value on the machine's links, so a gradient with respect to them is one, too.
    """

    machine: Machine
    stream: Support
    supports: Supports
    schedule: Schedule
    plans: tuple[StagePlan, ...]
    stopped: Stopped

    def __call__(self, weights: FlatVValue, stream: FlatVValue, state: FlatVValue | None = None) -> Run:
        """The answers `[..., time, paths]` and the state `[..., paths]` after the last tick.

        `weights` lies on `self.links`, `stream` `[..., time, paths]` on `self.stream` or a part of it, `state` (what an
        earlier call returned; default: all outputs zero) on `self.state`. `ValueError` for another support.
        """
        _require(weights.support == self.links, "weights", "the links of this program (see program.weights)")
        if weights.leaves.ndim != 1:
            raise ValueError(
                f"weights have the shape {weights.leaves.shape}, not one axis; use jax.vmap for a population"
            )
        _require(stream.support <= self.stream, "stream", f"{self.stream}, for which it was compiled")
        _require(stream.leaves.ndim >= 2, "stream", "a time axis before the last; flatten a list of V-values")
        before = self.state if state is None else state.support
        _require(before == self.state, "state", "that of program.state; pass on what an earlier call returned")
        if stream.leaves.ndim > 2:
            return jax.vmap(self, in_axes=(None, 0, None if state is None else 0))(weights, stream, state)
        return self._run(weights, stream.extend(self.stream), state)

    def _run(self, weights: FlatVValue, stream: FlatVValue, state: FlatVValue | None) -> Run:
        hard = jnp.asarray([*(float(x) for _, x in self.machine.hard.items()), 0.0], weights.leaves.dtype)
        vector = jnp.concatenate([weights.leaves, hard])
        before = None if state is None else self._unpack(state)
        values = run_plan(self.plans, Given(vector, before, self.stopped), stream.leaves)
        nothing = stream.leaves[:, :0]
        answers = FlatVValue(_collect(values, self._answer_paths, self.answers, nothing), self.answers)
        if not stream.leaves.shape[0]:
            nowhere = FlatVValue(jnp.zeros(len(self.state), nothing.dtype), self.state)
            return Run(answers, nowhere if state is None else state)
        last = {g: value[:, -1] for g, value in values.items()}
        return Run(answers, FlatVValue(_collect(last, self._state_paths, self.state, nothing[0]), self.state))

    def _unpack(self, state: FlatVValue) -> dict[int, Any]:
        places = self._state_places.items()
        return {g: pick(state.leaves, place.reshape(-1)).reshape(place.shape) for g, place in places}

    # -- supports --------------------------------------------------------------------------------------------------

    @cached_property
    def links(self) -> Support:
        """The support of the weights: the trained links."""
        return self.machine.matrix.support

    @cached_property
    def weights(self) -> FlatVValue:
        """The machine's own weights."""
        return flatten(self.machine.matrix, self.links)

    @cached_property
    def state(self) -> Support:
        """The support of the state: paths (neuron, output, ...) of all outputs that the next tick needs."""
        return Support(path for path, _, _, _ in self._state_paths)

    @cached_property
    def answers(self) -> Support:
        """The support of the answers."""
        return Support(path for path, _, _, _ in self._answer_paths)

    @cached_property
    def _state_paths(self) -> list[tuple[Path, int, int, int]]:
        return [
            ((name, *path), g, member, row)
            for plan in self.plans
            for g, group in plan.groups.items()
            for member, name in enumerate(group.members)
            for row, path in enumerate(group.emits)
        ]

    @cached_property
    def _answer_paths(self) -> list[tuple[Path, int, int, int]]:
        readouts = self.machine.readouts
        bare = len(readouts) == 1
        return [(p[1:] if bare else p, g, i, j) for p, g, i, j in self._state_paths if p[0] in readouts]

    @cached_property
    def _state_places(self) -> dict[int, np.ndarray]:
        """For each group, where its values `[members, paths]` stand in the state."""
        places = {
            g: np.zeros((len(x.members), len(x.emits)), np.int32) for p in self.plans for g, x in p.groups.items()
        }
        for path, g, member, row in self._state_paths:
            places[g][member, row] = self.state.index[path]
        return places

    # -- trees in, trees out ---------------------------------------------------------------------------------------

    def run(self, stream: Sequence[VValue], state: VValue | None = None) -> tuple[list[VValue], VValue]:
        """As `interpret.run`: answers and state as trees, with the machine's own weights.

        `ValueError` for a state with values where no stream over `self.stream` could have put them.
        """
        for path, _ in state.items() if state is not None else ():
            known = self.supports.outputs.get(path[0]) if path else None
            _require(
                known is None or path[1:] in known, f"state, with {'.'.join(path)},", "one of this program's stream"
            )
        before = None if state is None else flatten(state.restrict(self.state), self.state)
        answers, after = self._jitted(self.weights, flatten(stream, self.stream), before)
        return unflatten(answers), unflatten(after)

    @cached_property
    def _jitted(self) -> Any:
        return jax.jit(self.__call__)


def _collect(values: dict[int, Any], paths: list[tuple[Path, int, int, int]], support: Support, nothing: Any) -> Any:
    """The chosen entries of the groups' values `[members, ..., paths]` as leaves `[..., n]` in the support's order.

    `nothing` `[..., 0]` is the answer where nothing is chosen.
    """
    stacked, offset = [nothing], 0
    place: dict[Path, int] = {}
    for g in sorted({g for _, g, _, _ in paths}):
        members, rows = values[g].shape[0], values[g].shape[-1]
        stacked.append(jnp.moveaxis(values[g], 0, -2).reshape(*nothing.shape[:-1], members * rows))
        place |= {path: offset + member * rows + row for path, h, member, row in paths if h == g}
        offset += members * rows
    return pick(jnp.concatenate(stacked, axis=-1), np.array([place[path] for path in support], np.int32))


def _require(holds: bool, name: str, expected: str) -> None:
    if not holds:
        raise ValueError(f"the support of {name} is not {expected}")
