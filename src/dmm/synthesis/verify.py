"""Verification: judging a circuit by streams that no stage of its synthesis has seen."""

from collections.abc import Sequence
from typing import NamedTuple

from dmm.engines import run
from dmm.machine.machine import Machine
from dmm.tasks.task import Stream, Task
from dmm.vvalue.tree import VValue


class Verdict(NamedTuple):
    """The largest absolute error of any answer on the held-out streams, and whether all answers were equal.

    Equality is that of float64 arithmetic in the interpreter, so `exact` means exact, not close.
    """

    max_error: float
    exact: bool
    streams: int
    ticks: int


def verify(machine: Machine, task: Task, *, count: int = 32, factor: int = 10, seed: int = 1) -> Verdict:
    """Compare the machine with the task's teacher in the interpreter, on random streams.

    `count` streams, each `factor` times as long as the longest training stream, drawn by `seed`.

    >>> from dmm.tasks.duplicates import DUPLICATES
    >>> verify(DUPLICATES.teacher, DUPLICATES, count=2, factor=2)
    Verdict(max_error=0.0, exact=True, streams=2, ticks=46)
    """
    ticks = factor * task.training_ticks
    worst = max(max_error(machine, task.teacher, stream) for stream in task.held_out(seed, count, ticks))
    return Verdict(worst, worst == 0, count, ticks)


def max_error(machine: Machine, teacher: Machine | Sequence[VValue], stream: Stream) -> float:
    """The largest absolute difference between the machine's answers to a stream and the teacher's, or given ones."""
    return max(float(difference.max_norm()) for difference in differences(machine, teacher, stream))


def differences(machine: Machine, teacher: Machine | Sequence[VValue], stream: Stream) -> list[VValue]:
    """The answers of the machine minus those of the teacher, tick by tick, in float64."""
    expected = run(teacher, stream) if isinstance(teacher, Machine) else teacher
    return [a - b for a, b in zip(run(machine, stream), expected, strict=True)]
