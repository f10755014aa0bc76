"""Runs that are to be looked into, which have to consist of numbers: what is too large is refused where it arises."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dmm.interpret.cycle import Tick, trace
from dmm.machine.machine import Machine
from dmm.vvalue.support import Path, show_path
from dmm.vvalue.tree import ZERO, VValue


def finite_trace(machine: Machine, stream: Iterable[VValue], number: Callable[[Any], Any] = float) -> tuple[Tick, ...]:
    """As `trace`, all at once; `FloatingPointError` names the first neuron and tick with a number that is too large.

    >>> m = Machine().add("sum").add("const_1").link("sum.x", "sum.sum", 1e200).link("sum.y", "const_1.const_1")
    >>> finite_trace(m.read("sum"), [VValue()] * 9)
    Traceback (most recent call last):
    FloatingPointError: sum.sum at tick 4 is too large for float64; take a shorter stream
    """
    ticks: list[Tick] = []
    before = Tick(ZERO, ZERO)
    for tick in trace(machine, stream, number=number):
        ticks.append(tick)
        for values, known in zip((tick.outputs, tick.inputs), (before.outputs, before.inputs), strict=True):
            for path in _too_large(values, known):
                place = f"{show_path(path[:2])} at tick {len(ticks)}"
                raise FloatingPointError(f"{place} is too large for float64; take a shorter stream")
        before = tick
    return tuple(ticks)


def _too_large(values: VValue, known: VValue, path: Path = ()) -> Iterator[Path]:
    """The paths of what is not finite; what is the very same value as before has been looked at."""
    if not _is_finite(values.scalar):
        yield path
    for label in values.labels:
        if (part := values[label]) is not known[label]:
            yield from _too_large(part, known[label], (*path, label))


def _is_finite(x: Any) -> bool:
    return not isinstance(x, float) or math.isfinite(x)
