"""How well a machine does what another one does, on one stream: the measure of the published experiments."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dmm.engines import run, too_large
from dmm.machine.machine import Machine
from dmm.vvalue.tree import VValue


@dataclass(frozen=True)
class Evaluation:
    """Squared errors of a machine's answers, and its size.

    `loss` sums them over all ticks and outputs, `max_squared_error` is the largest single one; `links` counts the
    trained links.
    """

    loss: float
    max_squared_error: float
    ticks: int
    links: int


def evaluate(
    machine: Machine,
    stream: Sequence[VValue],
    *,
    against: Machine | Sequence[VValue],
    engine: str = "compile",
    dtype: str = "float32",
) -> Evaluation:
    """Compare the machine's answers to `stream` with those of another machine, or with given ones, an item per tick.

    Answers are V-values: every leaf of either side is an output, and zero on the side that lacks it. `engine` and
    `dtype` are those of `dmm.run`. `ValueError` for an empty stream or given answers of another length,
    `FloatingPointError` where answers leave the range of `dtype`: a figure that is returned is a finite one.

    >>> from dmm.tasks.duplicates import teacher
    >>> from dmm.tasks.streams import characters
    >>> doubled = teacher().link("output.dict-1", "compare.true")
    >>> evaluate(doubled, characters("aaa", ticks=8), against=teacher(), engine="interpret")
    Evaluation(loss=14.0, max_squared_error=9.0, ticks=8, links=8)
    """
    stream = list(stream)
    if not stream:
        raise ValueError("the stream is empty; give at least one item")
    answers = run(machine, stream, engine=engine, dtype=dtype)
    expected = run(against, stream, engine=engine, dtype=dtype) if isinstance(against, Machine) else against
    if len(expected) != len(stream):
        raise ValueError(f"there are {len(expected)} answers to compare with, for {len(stream)} ticks; give one a tick")
    loss, largest = 0.0, 0.0
    for tick, (x, y) in enumerate(zip(answers, expected, strict=True), 1):
        errors = _squared_errors(x, y)
        loss += sum(errors)
        largest = max([largest, *errors])
        if not math.isfinite(loss):
            raise too_large(tick, dtype)
    return Evaluation(loss, largest, ticks=len(stream), links=len(machine.matrix))


def _squared_errors(x: VValue, y: VValue) -> list[float]:
    """One for each output; subtracted and squared in Python's float, whatever the type of the answers."""
    difference = x.map_leaves(float) - y.map_leaves(float)
    return [error * error for _, error in difference.items()]
