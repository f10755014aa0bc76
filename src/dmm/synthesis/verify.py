"""Verification: judging a machine by streams that no stage of its synthesis has seen."""

import math
import random
from collections import Counter
from functools import cached_property
from typing import NamedTuple

import numpy as np

from dmm.machine.machine import Machine
from dmm.synthesis.answers import Panel, interpreted
from dmm.synthesis.questions import Questions, drawn, questions
from dmm.tasks.task import Example, Stream, Task

ROUNDING = 1e-9
"""Answers that differ by no more than this, relative to the expected number or to 1, are equal up to rounding."""

TEACHER_SECONDS = 30.0  # for one that has to be asked stream by stream
CONFIRMED_STREAMS, CONFIRMED_TICKS, CONFIRMED_SECONDS = 16, 100, 60.0  # that the interpreter judges once more, at most


class Verdict(NamedTuple):
    """What a machine is worth.

    `max_error` is the largest absolute error of any answer, infinite where an answer is not finite. `exact` says that
    on every held-out stream all answers are equal to those expected, up to the rounding of float64 (differences of 1e-9
    at most, relative to answers above 1), and that the interpreter finds the same on a sample. `streams` and `ticks`
    count what was held out and judged; 0, if there was nothing but the training examples, which are judged then, and
    never make a machine exact. `failing` is the shortest stream found that ends with a wrong answer; `None`, if there
    is none. `confirmed` is the number of streams on which the interpreter came to the same result. `engine` says what
    judged the rest: "compile", or "interpret", for a machine that cannot be compiled, judged by fewer and shorter
    streams.
    """

    max_error: float
    exact: bool
    streams: int
    ticks: int
    failing: Stream | None
    confirmed: int
    engine: str


def verify(machine: Machine, task: Task, *, streams: int = 10_000, longest: int = 1000, seed: int = 1) -> Verdict:
    """Judge the machine by the task's teacher on random streams, and by the task's held-out examples.

    Many machines are judged more quickly by one `Judge`.

    >>> from dmm.tasks.duplicates import DUPLICATES, teacher
    >>> verdict = verify(teacher(clip=100), DUPLICATES, streams=100, longest=50)
    >>> verdict.exact, verdict.max_error > 1, len(verdict.failing)
    (False, True, 11)
    """
    return Judge(task, streams=streams, longest=longest, seed=seed).verdict(machine)


class Judge:
    """The streams a task is judged by, and the answers expected, found once and asked of many machines.

    With a teacher, there are so many random `streams`, drawn by `seed`, with 1 to `longest` items (as many of 1 to 10
    as of 10 to 100; one in a hundred has `longest`). A teacher that is a Python function is asked no longer than some
    seconds, so perhaps not all of them. The task's held-out examples come on top, and without a teacher those that
    were trained on, which do not count. `ValueError` for a task with nothing to judge by.
    """

    def __init__(self, task: Task, *, streams: int = 10_000, longest: int = 1000, seed: int = 1):
        for name, given in (("streams", streams), ("longest", longest)):
            if type(given) is not int or given < 1:
                raise ValueError(f"{name} is {given!r}; give a whole number, 1 or more")
        self.task, self.streams, self.longest, self.seed = task, streams, longest, seed

    def verdict(self, machine: Machine) -> Verdict:
        """What the machine is worth."""
        errors = self._questions.errors(machine)
        first = errors.first(ROUNDING)
        failing, agreed = self._failing(machine, first)
        confirmed = self._confirmed(machine, first)
        asked = errors.asked[0 if self.task.teacher else len(self._targeted) :]
        return Verdict(
            max_error=errors.largest,
            exact=self._held_out and failing is None and confirmed == len(self._sample[0]),
            streams=int((asked > 0).sum()),
            ticks=int(asked.sum()),
            failing=failing,
            confirmed=confirmed + agreed,
            engine="compile" if errors.compiled else "interpret",
        )

    # -- what is asked ---------------------------------------------------------------------------------------------

    @cached_property
    def _questions(self) -> Questions:
        streams = self._random_streams() if self.task.teacher else []
        examples = self.task.held_out if self.task.teacher else (*self._targeted, *self.task.held_out)
        found = questions(self.task, streams, examples, seconds=TEACHER_SECONDS)
        if found is None:
            raise ValueError(f"task {self.task.name!r} has no teacher and no targets to judge by; give some")
        return found

    @property
    def _targeted(self) -> list[Example]:
        """The examples that were trained on."""
        return [example for example in self.task.examples if example.targets is not None]

    @property
    def _held_out(self) -> bool:
        """Whether there is anything to judge by that was not trained on."""
        return bool(self.task.teacher) or any(example.targets is not None for example in self.task.held_out)

    def _random_streams(self) -> list[Stream]:
        """Of all lengths, in random order."""
        chooser = random.Random(self.seed)  # noqa: S311  (no secret is at stake)
        lengths = [self._length(chooser) if i % 100 else self.longest for i in range(self.streams)]
        ready = {
            ticks: iter(drawn(self.task, chooser.getrandbits(32), count, ticks))
            for ticks, count in sorted(Counter(lengths).items())
        }
        return [stream for ticks in lengths for stream in [next(ready[ticks], ())] if stream]

    def _length(self, chooser: random.Random) -> int:
        return min(self.longest, int(math.exp(chooser.uniform(0, math.log(self.longest + 1)))))

    # -- what the interpreter says ---------------------------------------------------------------------------------

    @cached_property
    def _sample(self) -> tuple[list[int], Questions]:
        """Streams for the interpreter, by number: the shortest with answers that are not all zero, and longer ones.

        What is expected is the teacher's answers in the interpreter.
        """
        panel, expected, taught = self._questions
        told = np.logical_or.reduceat(expected.scored & (expected.leaves != 0).any(axis=1), panel.starts)
        by_length = np.argsort(panel.lengths, kind="stable")
        suited = [
            n for n in by_length.tolist() if told[n] and panel.lengths[n] <= CONFIRMED_TICKS
        ] or by_length.tolist()
        half = CONFIRMED_STREAMS // 2
        longer = np.linspace(0, len(suited) - 1, CONFIRMED_STREAMS - half + 1).astype(int)[1:].tolist()
        numbers = sorted({*suited[:half], *(suited[place] for place in longer)})
        sample = Panel([panel.streams[n][:CONFIRMED_TICKS] for n in numbers])
        lengths = zip(numbers, sample.lengths.tolist(), strict=True)
        wanted = expected.at(np.concatenate([panel.starts[n] + np.arange(length) for n, length in lengths]))
        ours = sum(n < taught for n in numbers)
        if ours and isinstance(self.task.teacher, Machine):
            head = Panel(sample.streams[:ours])
            known = head.given([interpreted(self.task.teacher, stream)[0] for stream in head.streams])
            wanted = head.later(known, self.task.lag).then(wanted.at(np.arange(head.ticks, sample.ticks)))
        return numbers, Questions(sample, wanted, ours)

    def _confirmed(self, machine: Machine, first: np.ndarray) -> int:
        """On how many streams of the sample the interpreter finds the first wrong answer at the same tick, or none."""
        numbers, (panel, expected, _) = self._sample
        errors = panel.interpreted_errors(machine, expected, CONFIRMED_TICKS, CONFIRMED_SECONDS)
        before = np.where(first[numbers] < panel.lengths, first[numbers], -1)
        return int(((errors.first(ROUNDING) == before) & (errors.asked == panel.lengths)).sum())

    def _failing(self, machine: Machine, first: np.ndarray) -> tuple[Stream | None, bool]:
        """The shortest stream that ends with a wrong answer, and whether the interpreter says so, too."""
        panel, expected, _ = self._questions
        wrong = np.flatnonzero(first >= 0)
        if not len(wrong):
            return None, False
        number = int(wrong[first[wrong].argmin()])
        stream = panel.streams[number][: int(first[number]) + 1]
        rows = int(panel.starts[number]) + np.arange(len(stream))
        errors = Panel([stream]).interpreted_errors(machine, expected.at(rows), len(stream))
        return stream, bool(errors.first(ROUNDING)[0] == first[number])
