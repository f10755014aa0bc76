"""What a task is."""

from collections.abc import Callable
from dataclasses import dataclass

from dmm.machine.machine import Machine
from dmm.vvalue.tree import VValue

Stream = tuple[VValue, ...]


@dataclass(frozen=True)
class Task:
    """A teacher, the streams to learn from, and a source of streams to be judged by.

    `held_out(seed, count, ticks)` makes `count` random streams of `ticks` items. They may go beyond the training
    streams in length and counts; the same seed gives the same streams.
    """

    name: str
    summary: str
    teacher: Machine
    training: tuple[Stream, ...]
    held_out: Callable[[int, int, int], list[Stream]]

    @property
    def training_ticks(self) -> int:
        """The length of the longest training stream."""
        return max(map(len, self.training))
