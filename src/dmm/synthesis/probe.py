"""Probing: random streams that tell an unfinished machine from its teacher.

A counter-example to a finished circuit should be short, so that a person sees the point. What an unfinished machine
learns from should say much: of random streams, those on which it errs most.
"""

from functools import cached_property

import numpy as np

from dmm.machine.machine import Machine
from dmm.synthesis.questions import Questions, drawn, questions
from dmm.tasks.task import Stream, Task

STREAMS, LONGEST = 64, 16
MOST = 3  # streams to learn from at once
PROBE_SEED = 10_000  # far from the seeds by which circuits are judged
FAR = 0.3  # the relative error of a machine of some thirty links that no training of its weights will mend


class Prober:
    """Random streams and the teacher's answers, found once and asked of many machines."""

    def __init__(self, task: Task, seed: int):
        self.task, self.seed = task, seed

    def worst(self, machine: Machine) -> list[Stream]:
        """Streams on which the machine is far off, the worst first, at most `MOST`; none without a teacher.

        They end with different answers, so that each says something of its own.
        """
        asked = self._questions
        if asked is None:
            return []
        errors = asked.errors(machine)
        far = np.flatnonzero(errors.first(FAR) >= 0)
        order = far[np.argsort(-errors.by_stream()[far], kind="stable")]
        worst_first = [asked.panel.streams[k] for k in order.tolist()]
        by_end: dict[object, Stream] = {}
        for stream in worst_first:
            if len(by_end) < MOST:
                by_end.setdefault(self.task.answers(stream)[-1], stream)
        return list(by_end.values())

    @cached_property
    def _questions(self) -> Questions | None:
        if self.task.teacher is None:
            return None
        silence = self.task.parts.silence
        streams = drawn(self.task, PROBE_SEED + self.seed, STREAMS, LONGEST)
        return questions(self.task, [(*stream, *silence) for stream in streams])
