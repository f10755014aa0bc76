"""What a task expects: streams with the answers of its teacher, and examples with their targets, as arrays."""

import math
import random
import time
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from dmm.compile.abstract import CompileError
from dmm.machine.machine import Machine
from dmm.synthesis.answers import (
    INTERPRETED_TICKS,
    NOTHING,
    Answers,
    Errors,
    Layout,
    Panel,
    compiled_for,
    interpreted,
)
from dmm.tasks.task import Example, Stream, Task

MOST_NUMBERS = 5 * 10**7  # answers of a teacher that are kept; where they would be more, fewer streams are asked


class Questions(NamedTuple):
    """A panel and the answers expected; those to the first `taught` streams are a teacher's, compiled."""

    panel: Panel
    expected: Answers
    taught: int

    def errors(self, machine: Machine) -> Errors:
        """How far the machine's answers are from those expected."""
        return self.panel.errors(machine, self.expected)


def questions(
    task: Task,
    streams: Sequence[Stream],
    examples: Sequence[Example] = (),
    *,
    layout: Layout | None = None,
    seconds: float = math.inf,
    forgiving: bool = False,
) -> Questions | None:
    """The streams with the answers of the task's teacher, then the examples with their targets; `None` for no streams.

    A teacher that is a Python function is asked stream by stream for so many `seconds`, so not all streams may be used;
    where it raises an exception, and we are `forgiving`, a stream is left out. `layout` is that of another panel.
    """
    given = [example for example in examples if example.targets is not None]
    if streams and isinstance(task.teacher, Machine):
        try:
            return _compiled_questions(task.teacher, streams, given, layout, task.lag)
        except CompileError:
            streams = [stream[:INTERPRETED_TICKS] for stream in streams]
    given = [*_asked(task, streams, seconds, forgiving), *given]
    if not given:
        return None
    panel = Panel(_lagging([example.inputs for example in given], task.lag), layout)
    return Questions(panel, panel.later(_targets(panel, given), task.lag), 0)


def drawn(task: Task, seed: int, count: int, ticks: int) -> list[Stream]:
    """Random streams of the task's own making; where it makes none, of the items of its examples."""
    if task.streams is not None:
        return [tuple(stream) for stream in task.streams(seed, count, ticks) if stream]
    items = list(dict.fromkeys(chain.from_iterable(example.inputs for example in task.examples)))
    chooser = random.Random(seed)  # noqa: S311  (no secret is at stake)
    return [tuple(chooser.choices(items, [chooser.random() for _ in items], k=ticks)) for _ in range(count)]


def _compiled_questions(
    teacher: Machine, streams: Sequence[Stream], given: Sequence[Example], layout: Layout | None, lag: int
) -> Questions:
    panel = Panel(_lagging([*streams, *(example.inputs for example in given)], lag), layout)
    paths = len(compiled_for(teacher, panel.layout).program.answers)
    fitting = int(np.searchsorted(np.cumsum(panel.lengths) * paths, MOST_NUMBERS, "right"))
    if fitting < len(streams) > 1:
        return _compiled_questions(teacher, streams[: max(fitting, 1)], given, panel.layout, lag)
    known = panel.answers(teacher)
    if given:
        rest = Panel(panel.streams[len(streams) :])
        known = known.at(np.arange(panel.ticks - rest.ticks)).then(_targets(rest, given))
    return Questions(panel, panel.later(known, lag), len(streams))


def _lagging(streams: Sequence[Stream], lag: int) -> list[Stream]:
    return [(*stream, *(NOTHING,) * lag) for stream in streams] if lag else list(streams)


def _targets(panel: Panel, given: Sequence[Example]) -> Answers:
    longer = zip(given, panel.lengths.tolist(), strict=True)
    return panel.given([(*(e.targets or ()), *(None,) * (ticks - len(e.inputs))) for e, ticks in longer])


def _taught(task: Task, stream: Stream, until: float) -> Example:
    if not isinstance(task.teacher, Machine):
        return task.example(stream)
    answers, _ = interpreted(task.teacher, stream, until)
    return Example(stream[: len(answers)], tuple(answers))


def _asked(task: Task, streams: Sequence[Stream], seconds: float, forgiving: bool) -> list[Example]:
    """The streams with the answers of a teacher that is not compiled, as many as there is time for."""
    until = time.monotonic() + seconds
    found: list[Example] = []
    for stream in streams:
        if found and time.monotonic() > until:
            break
        try:
            found.append(_taught(task, stream, until))
        except Exception:  # whatever a function of the user's may raise
            if not forgiving:
                raise
    return [example for example in found if example.inputs]
