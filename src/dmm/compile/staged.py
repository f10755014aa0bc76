"""The program of a machine whose links stay: planned stages, run one after the other."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax.numpy as jnp
import numpy as np

from dmm.compile.lower import Given, run_plan
from dmm.compile.plan import StagePlan
from dmm.compile.program import Program, Run
from dmm.compile.schedule import Schedule
from dmm.compile.up import Stopped
from dmm.vvalue.flat import FlatVValue, flatten, pick
from dmm.vvalue.support import Path, Support


@dataclass(frozen=True, eq=False)
class StagedProgram(Program):
    """A machine whose links stay: stages, most of them for the whole stream at once."""

    schedule: Schedule
    plans: tuple[StagePlan, ...]
    stopped: Stopped

    def _run(self, weights: FlatVValue, stream: FlatVValue, state: FlatVValue | None) -> Run:
        hard = jnp.asarray([*(float(x) for _, x in self.machine.hard.items()), 0.0], weights.leaves.dtype)
        vector = jnp.concatenate([weights.leaves, hard])
        if state is None and self.machine.initial:
            state = self.start(weights)
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

    def start(self, weights: FlatVValue) -> FlatVValue:
        """The state before the first tick, on `self.state`."""
        return flatten(self.machine.initial.restrict(self.state), self.state, weights.leaves.dtype)

    # -- supports --------------------------------------------------------------------------------------------------

    @property
    def moving(self) -> int:
        """How many numbers all neurons together receive and emit in a tick."""
        groups = [group for plan in self.plans for group in plan.groups.values()]
        return sum(len(group.members) * (len(group.reads) + len(group.emits)) for group in groups)

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
