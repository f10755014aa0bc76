"""What a task is: examples to learn from, what a solution may be made of, and, where there is one, a teacher."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from dmm.interpret.cycle import run
from dmm.machine.machine import UNIT_DELAY, Machine
from dmm.tasks.parts import AGAINST_THE_FLOW, Parts
from dmm.vvalue.tree import VValue

Stream = tuple[VValue, ...]
Streams = Callable[[int, int, int], list[Stream]]
Function = Callable[[Stream], Sequence[Any]]
Teacher = Machine | Function


class Example(NamedTuple):
    """A stream of inputs and, where given, the target at every step (`None`: not scored)."""

    inputs: Stream
    targets: tuple[VValue | None, ...] | None


@dataclass(frozen=True)
class Task:
    """What a machine shall do.

    `examples` are learned from: their targets are answers of a machine, V-values by the labels of its readout. A
    teacher is a machine, or a function from a stream to a list of answers, an item per step: a number, a string, a
    nested dictionary, `None` for zero. `streams(seed, count, ticks)` makes `count` random streams of `ticks` items,
    which may go beyond the examples in length, counts and symbols; the same seed gives the same streams. `held_out`
    are more examples to judge by.
    """

    name: str
    summary: str
    examples: tuple[Example, ...]
    parts: Parts = field(default_factory=Parts)
    teacher: Teacher | None = None
    streams: Streams | None = None
    held_out: tuple[Example, ...] = ()

    @classmethod
    def taught(
        cls, name: str, summary: str, teacher: Teacher, training: Iterable[Sequence[Any]], **rest: Any
    ) -> "Task":
        """The task of doing what a teacher does, to be learned from its answers to the `training` streams.

        >>> def total(stream):
        ...     return [sum(v.scalar for v in stream[: i + 1]) for i in range(len(stream))]
        >>> parts = Parts(outputs=("total",), readout="numbers", timing="synchronous")
        >>> task = Task.taught("total", "the sum so far", total, [[1, 2, 5]], parts=parts)
        >>> print(*task.examples[0].targets)
        {total: 1} {total: 3} {total: 8}
        """
        task = cls(name, summary, (), teacher=teacher, **rest)
        return task.retaught(tuple(item(x) for x in stream) for stream in training)

    def retaught(self, streams: Iterable[Stream]) -> "Task":
        """The same task, to be learned from the teacher's answers to other streams."""
        return replace(self, examples=tuple(self.example(tuple(stream)) for stream in streams))

    def with_parts(self, **parts: Any) -> "Task":
        """The same task, to be solved with other parts.

        A template of another timing than the task is given the time it needs: unit delay, with the lag to be found.
        """
        against = parts.get("template") in AGAINST_THE_FLOW
        if against and "timing" not in parts and self.parts.timing != UNIT_DELAY:
            parts = {"timing": UNIT_DELAY, "lag": None, **parts}
        return replace(self, parts=replace(self.parts, **parts))

    @property
    def ticks(self) -> int:
        """The length of the longest example."""
        return max(len(example.inputs) for example in self.examples)

    @property
    def lag(self) -> int:
        """The ticks from an input to its target; 0 as long as it has not been found out."""
        return self.parts.lag or 0

    def example(self, stream: Stream) -> Example:
        """The stream with the teacher's answers as targets."""
        return Example(stream, tuple(self.answers(stream)))

    def answers(self, stream: Stream) -> list[VValue]:
        """The teacher's answers in the interpreter; `ValueError` if there is no teacher, or it returns no such list."""
        if self.teacher is None:
            raise ValueError(f"task {self.name!r} has no teacher to ask; give one, or examples")
        if isinstance(self.teacher, Machine):
            return run(self.teacher, stream)[0]
        found: Any = self.teacher(stream)
        if not isinstance(found, Sequence) or isinstance(found, str) or len(found) != len(stream):
            raise ValueError(f"the teacher of task {self.name!r} returned {found!r}; return a list, one answer a step")
        return [self.parts.answer(item(x)) for x in found]


def item(x: Any) -> VValue:
    """An item of a stream as a V-value: `None` is zero, a string a symbol, `{"a": 1}` for "a"."""
    if x is None:
        return VValue()
    return VValue({x: 1}) if isinstance(x, str) else VValue(x)
