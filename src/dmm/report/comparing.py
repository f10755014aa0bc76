"""Answers beside their targets, stream by stream, in the interpreter: what the pictures and tables of answers show.

How much is computed is decided by counting, never by a clock, so that a page about the same run is always the same.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from dmm.machine.machine import Machine
from dmm.report.folder import Run
from dmm.report.stream_picture import Series
from dmm.synthesis.answers import interpreted
from dmm.synthesis.questions import drawn
from dmm.tasks.task import Example, Stream, Task
from dmm.vvalue.labels import format_label
from dmm.vvalue.support import Path
from dmm.vvalue.tree import VValue

SEED = 70_001  # of random streams; one that a run itself hardly draws by
RANDOM_STREAMS, TIMES_AS_LONG = 4, 2
WORK = 60_000  # ticks times links that are interpreted
OVERHEAD = 20  # links that a tick costs besides
TRAINING, HELD_OUT, RANDOM = "training", "held-out", "random"


class Compared(NamedTuple):
    """A stream with the answers to it, and the targets; the silence after it included, in which late answers come.

    The answers may be fewer than the items, where a machine grows too large to go on.
    """

    kind: str
    number: int
    stream: Stream
    answers: Sequence[VValue]
    targets: Sequence[VValue | None]

    @property
    def name(self) -> str:
        """The stream in words."""
        return f"{self.kind} stream {self.number}"

    def errors(self) -> list[float]:
        """How far each answer is from its target; 0 where nothing is expected, infinite where it is not finite."""
        pairs = zip(self.answers, self.targets, strict=False)
        return [0.0 if target is None else _gap(answer, target) for answer, target in pairs]

    @property
    def error(self) -> float:
        """The largest of the errors."""
        return max(self.errors(), default=0.0)

    def first_wrong(self, tolerance: float) -> int | None:
        """The first tick with an answer that is off by more than `tolerance`, relative to targets above 1."""
        for tick, gap in enumerate(self.errors(), 1):
            target = self.targets[tick - 1]
            if target is not None and gap > tolerance * max(1.0, float(target.max_norm())):
                return tick
        return None

    def series(self, outputs: Sequence[str]) -> list[Series]:
        """The numbers of the answer, each along the stream: those of the named outputs first, be they zero or not."""
        told = {path for v in (*self.answers, *self.targets) if v for path, _ in v.items()}
        trees = {path[0] for path in told if len(path) > 1}
        named: list[Path] = [(label,) for label in outputs if label not in trees]
        return [self._along(path) for path in dict.fromkeys([*named, *sorted(told)])]

    def _along(self, path: Path) -> Series:
        told = [_finite(answer[path].scalar) for answer in self.answers]
        told += [None] * (len(self.stream) - len(told))
        wanted = [None if target is None else _finite(target[path].scalar) for target in self.targets]
        return Series(".".join(map(format_label, path)), told, wanted)


def compared(machine: Machine, task: Task, example: Example, kind: str, number: int) -> Compared:
    """The machine's answers to an example, and its targets as late as they are due."""
    lag = task.lag
    stream = (*example.inputs, *(VValue(),) * lag)
    targets = (*(None,) * lag, *(example.targets or (None,) * len(example.inputs)))
    answers, _ = interpreted(machine, stream)
    return Compared(kind, number, stream, answers, targets)


def all_compared(run: Run, machine: Machine) -> tuple[list[Compared], int]:
    """The examples of a run, and random streams where none is held out; and how many were left out as too much work."""
    waiting = [(TRAINING, n, example) for n, example in enumerate(run.task.examples, 1)]
    held_out = [(HELD_OUT, n, example) for n, example in enumerate(run.task.held_out, 1)]
    waiting += held_out or [(RANDOM, n, example) for n, example in enumerate(_random_examples(run.task), 1)]
    waiting = [each for each in waiting if each[2].targets is not None]
    found: list[Compared] = []
    work = 0
    for kind, number, example in waiting:
        work += len(example.inputs) * (len(machine.matrix) + OVERHEAD)
        if work <= WORK or not found:
            found.append(compared(machine, run.task, example, kind, number))
    return found, len(waiting) - len(found)


def _random_examples(task: Task) -> list[Example]:
    if task.teacher is None or not task.examples:
        return []
    return [task.example(stream) for stream in drawn(task, SEED, RANDOM_STREAMS, TIMES_AS_LONG * task.ticks)]


def _gap(answer: VValue, target: VValue) -> float:
    gap = float((answer - target).max_norm())
    return gap if math.isfinite(gap) else math.inf


def _finite(x: float) -> float | None:
    return float(x) if math.isfinite(x) else None
