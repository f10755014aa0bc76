"""A compiled machine: a pure function on flat V-values, and the supports it speaks in."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import jax

from dmm.compile.supports import Supports
from dmm.machine.machine import Machine
from dmm.vvalue.flat import FlatVValue, flatten, unflatten
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue


class Run(NamedTuple):
    """What a program returns: the answers, an item per tick, and the state after the last tick."""

    answers: FlatVValue
    state: FlatVValue


@dataclass(frozen=True, eq=False)
class Program(ABC):
    """A machine compiled for streams over one support.

    Call it as `program(weights, stream, state)`: a pure function, to be used under `jax.jit`, `jax.grad`, `jax.vmap`.
    Weights are a flat V-value on the machine's links, so a gradient with respect to them is one, too.
    """

    machine: Machine
    stream: Support
    supports: Supports

    def __call__(self, weights: FlatVValue, stream: FlatVValue, state: FlatVValue | None = None) -> Run:
        """The answers `[..., time, paths]` and the state `[..., paths]` after the last tick.

        `weights` lies on `self.links`, `stream` `[..., time, paths]` on `self.stream` or a part of it, `state` (what an
        earlier call returned; default: what the machine starts with) on `self.state`. `ValueError` for another support.
        """
        require(weights.support == self.links, "weights", "the links of this program (see program.weights)")
        if weights.leaves.ndim != 1:
            raise ValueError(
                f"weights have the shape {weights.leaves.shape}, not one axis; use jax.vmap for a population"
            )
        require(stream.support <= self.stream, "stream", f"{self.stream}, for which it was compiled")
        require(stream.leaves.ndim >= 2, "stream", "a time axis before the last; flatten a list of V-values")
        before = self.state if state is None else state.support
        require(before == self.state, "state", "that of program.state; pass on what an earlier call returned")
        if stream.leaves.ndim > 2:
            return jax.vmap(self, in_axes=(None, 0, None if state is None else 0))(weights, stream, state)
        return self._run(weights, stream.extend(self.stream), state)

    @abstractmethod
    def _run(self, weights: FlatVValue, stream: FlatVValue, state: FlatVValue | None) -> Run:
        """The answers and the state after one stream `[time, paths]` on `self.stream`."""

    @abstractmethod
    def start(self, weights: FlatVValue) -> FlatVValue:
        """The state before the first tick, on `self.state`."""

    @property
    @abstractmethod
    def state(self) -> Support:
        """The support of the state: paths (neuron, output, ...) of all outputs that the next tick needs."""

    @property
    @abstractmethod
    def answers(self) -> Support:
        """The support of the answers."""

    @property
    @abstractmethod
    def moving(self) -> int:
        """How many numbers all neurons together receive and emit in a tick."""

    @cached_property
    def links(self) -> Support:
        """The support of the weights: the trained links."""
        return self.machine.matrix.support

    @cached_property
    def weights(self) -> FlatVValue:
        """The machine's own weights."""
        return flatten(self.machine.matrix, self.links)

    # -- trees in, trees out ---------------------------------------------------------------------------------------

    def run(self, stream: Sequence[VValue], state: VValue | None = None) -> tuple[list[VValue], VValue]:
        """As `interpret.run`: answers and state as trees, with the machine's own weights.

        `ValueError` for a state with values where no stream over `self.stream` could have put them.
        """
        for path, _ in state.items() if state is not None else ():
            known = self.supports.outputs.get(path[0]) if path else None
            require(
                known is None or path[1:] in known, f"state, with {'.'.join(path)},", "one of this program's stream"
            )
        before = None if state is None else flatten(state.restrict(self.state), self.state)
        answers, after = self._run_trees(stream, before)
        return unflatten(answers), unflatten(after)

    def _run_trees(self, stream: Sequence[VValue], before: FlatVValue | None) -> Run:
        run: Run = self._jitted(self.weights, flatten(stream, self.stream), before)
        return run

    @cached_property
    def _jitted(self) -> Any:
        return jax.jit(self.__call__)


def require(holds: bool, name: str, expected: str) -> None:
    """Raise `ValueError` about the support of `name` unless it holds that it is as expected."""
    if not holds:
        raise ValueError(f"the support of {name} is not {expected}")
