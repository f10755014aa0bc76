"""Probing: random streams that tell an unfinished machine from its teacher.

A counter-example to a finished circuit should be short, so that a person sees the point. What an unfinished machine
learns from should say much: of random streams as long as the examples, the one on which it errs most.
"""

from functools import cached_property

import numpy as np

from dmm.machine.machine import UNIT_DELAY, Machine
from dmm.synthesis.questions import Questions, drawn, questions
from dmm.tasks.streams import NOTHING
from dmm.tasks.task import Stream, Task

STREAMS, LONGEST = 64, 16
PROBE_SEED = 10_000  # far from the seeds by which circuits are judged
FAR = 0.3  # the relative error of a machine of some thirty links that no training of its weights will mend


class Prober:
    """Random streams and the teacher's answers, found once and asked of many machines."""

    def __init__(self, task: Task, seed: int):
        self.task, self.seed = task, seed

    def worst(self, machine: Machine) -> Stream | None:
        """The stream on which the machine is the furthest off; `None` if it is nowhere far off, or has no teacher."""
        asked = self._questions
        if asked is None:
            return None
        errors = asked.errors(machine)
        far = errors.first(FAR) >= 0
        if not far.any():
            return None
        by_stream = np.where(far, errors.by_stream(), -1)
        return asked.panel.streams[int(by_stream.argmax())]

    @cached_property
    def _questions(self) -> Questions | None:
        if self.task.teacher is None:
            return None
        parts = self.task.parts
        silence = (NOTHING,) * parts.layers if parts.timing == UNIT_DELAY else ()  # so that late answers show
        return questions(
            self.task, [(*x, *silence) for x in drawn(self.task, PROBE_SEED + self.seed, STREAMS, LONGEST)]
        )
