"""The cycle of a self-referential machine: the network matrix of a tick is among the outputs of the tick before.

An update that a neuron emits at tick t is in the matrix after the up movement of t + 1, and first carries at t + 2.
Neurons are active while the matrix has a row for them; the others emit nothing.

Source: arXiv:1712.07447, section 4.3; arXiv:1610.00831, section 4.
"""

from collections.abc import Callable, Iterator
from operator import is_
from typing import Any

from dmm.machine.check import HaltedError
from dmm.machine.machine import Machine
from dmm.vvalue.support import Path
from dmm.vvalue.tree import ZERO, VValue, weighted_sum


class Governed:
    """The movements of a self-referential machine, one tick after another.

    What a call returns depends on its arguments alone. But what did not change since the last call is not computed
    again: a row of the matrix is read once, and a neuron that receives the very same inputs is not asked twice.
    """

    def __init__(self, machine: Machine):
        self._machine = machine
        self._own = machine.own_matrix or ("", "")
        self._active: dict[str, _Active] = {}

    def tick(self, before: VValue, fed: Callable[[str], VValue], number: int) -> tuple[VValue, VValue]:
        """The inputs and the outputs of all active neurons; `fed` tells what a source receives.

        `number` is that of the tick, for the message of `HaltedError`.
        """
        rows = before[self._own].children
        if not rows:
            raise HaltedError.lost(self._machine, number)
        known, self._active = self._active, {}
        inputs, outputs = {}, {}
        for name, row in rows.items():
            active = self._active[name] = known.get(name) or self._begin(name, number)
            if not active.is_source:
                inputs[name] = active.hear(row, before)
            else:
                inputs[name] = fed(name)
            outputs[name] = active.say(inputs[name])
        return before.join(inputs), before.join(outputs)

    def _begin(self, name: str, number: int) -> "_Active":
        try:
            return _Active(self._machine, name)
        except KeyError:
            raise HaltedError(
                f"tick {number}: the network matrix has a row for {name!r}, which is no neuron of the machine and "
                f"whose name tells no type; add the neuron, or name it after its type, as in accum-2"
            ) from None


class _Active:
    """A neuron while it is active, with what it heard, received and emitted last."""

    def __init__(self, machine: Machine, name: str):
        kind = machine.type_of(name)
        self.is_source = kind.source
        settings = kind.settings(machine.neuron(name).parameters)
        self._apply: Callable[[VValue], VValue] = lambda v: kind(v, **settings)
        self._row = ZERO
        self._terms: dict[str, tuple[VValue, tuple[Path, ...], list[Any]]] = {}  # by input: its part of the row
        self._paths: list[Path] = []
        self._heard: list[VValue] = []
        self._received = self._asked = ZERO
        self._emitted: VValue = self._apply(ZERO)

    def hear(self, row: VValue, before: VValue) -> VValue:
        """The down movement: what this row of the matrix makes of the outputs before."""
        if row is not self._row:
            known, self._row, self._heard = self._terms, row, []
            self._terms = {label: _terms(part, known.get(label)) for label, part in row.children.items()}
            self._paths = [path for _, paths, _ in self._terms.values() for path in paths]
        heard = [before[path] for path in self._paths]
        if len(heard) != len(self._heard) or not all(map(is_, heard, self._heard)):
            self._heard, values = heard, iter(heard)
            self._received = before.join(
                {label: _combined(weights, values) for label, (_, _, weights) in self._terms.items()}
            )
        return self._received

    def say(self, received: VValue) -> VValue:
        """The up movement: what the neuron emits to what it receives."""
        if received is not self._asked:
            self._asked, self._emitted = received, self._apply(received)
        return self._emitted


def _terms(part: VValue, known: tuple[VValue, Any, Any] | None) -> tuple[VValue, tuple[Path, ...], list[Any]]:
    """That part of a row, the paths that it combines, in order, and their weights."""
    if known and known[0] is part:
        return known
    terms = list(part.items())
    return part, tuple(path for path, _ in terms), [weight for _, weight in terms]


def _combined(weights: list[Any], values: Iterator[VValue]) -> VValue:
    if len(weights) == 1 and weights[0] == 1:
        return next(values)
    return weighted_sum((weight, next(values)) for weight in weights)
