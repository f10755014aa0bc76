"""The closed set of commands: whatever can be asked of a live machine, each with its line of text.

A command is frozen data, and `parse_command(str(command)) == command`. It is judged twice: alone when it is made (is
the number finite, is the name one?), and against the machine as it is when it is carried out.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from dmm.live import editing, telling
from dmm.live.course import Course
from dmm.live.editing import Answer
from dmm.live.grammar import make, read, split, write
from dmm.live.snapshot import Snapshot
from dmm.machine.machine import Neuron

End = str | tuple[str, str]
"""One end of a link, as `Machine.link` takes it."""


@dataclass(frozen=True)
class Command:
    """Something to ask of a live machine.

    `syntax` is its line of text, with the fields in order in place of the words in capitals; `verb` is what does it,
    given the course of the machine and the fields. `ValueError` for a field that cannot stand there.

    >>> print(SetWeight("norm.dict", "accum.dict", 0.5))
    set norm.dict <- accum.dict 0.5
    """

    syntax: ClassVar[str]
    verb: ClassVar[Callable[..., Any]]

    def __post_init__(self) -> None:
        """Bring the fields into one form, and refuse those that have none."""
        for each, value in zip(fields(self), make(self.syntax, self.values), strict=True):
            object.__setattr__(self, each.name, value)

    @property
    def values(self) -> list[Any]:
        """The fields in order."""
        return [getattr(self, each.name) for each in fields(self)]

    def __str__(self) -> str:
        return write(self.syntax, self.values)

    def carry_out(self, course: Course) -> str:
        """Do it and say what happened, or raise `ValueError` with why not."""
        said: str = self.verb(course, *self.values)
        return said


class Edit(Command):
    """A command that changes the machine, what waits for it, or a buffer; `verb` goes from snapshot to snapshot."""

    def apply(self, now: Snapshot) -> Answer:
        """The snapshot with the change, and what happened; `ValueError` with why not."""
        answer: Answer = self.verb(now, *self.values)
        return answer

    def carry_out(self, course: Course) -> str:
        """Do it between two ticks."""
        return course.edit(self.apply)


# -- links and neurons -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SetWeight(Edit):
    """The link has this weight, whatever it was."""

    syntax = "set NEURON.INPUT <- NEURON.OUTPUT NUMBER"
    verb = staticmethod(editing.set_weight)
    to: End
    source: End
    weight: float


@dataclass(frozen=True)
class AddWeight(Edit):
    """The weight of the link grows by this number."""

    syntax = "add NEURON.INPUT <- NEURON.OUTPUT NUMBER"
    verb = staticmethod(editing.add_weight)
    to: End
    source: End
    change: float


@dataclass(frozen=True)
class RemoveLink(Edit):
    """The link is there no more; a neuron that no link leads to falls silent."""

    syntax = "remove NEURON.INPUT <- NEURON.OUTPUT"
    verb = staticmethod(editing.remove_link)
    to: End
    source: End


@dataclass(frozen=True)
class AddNeuron(Edit):
    """There is one more neuron, of a type as in `dot` or `dot(clip = 100)`."""

    syntax = "neuron NEURON : TYPE"
    verb = staticmethod(editing.add_neuron)
    name: str
    type: str | Neuron


@dataclass(frozen=True)
class SendItem(Edit):
    """The source receives this V-value, after those that wait there already."""

    syntax = "send NEURON VALUE"
    verb = staticmethod(editing.send)
    neuron: str
    item: Any


# -- changes in preparation --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BufferSet(Edit):
    """The change in the buffer has this number at the link; a new buffer has nothing else."""

    syntax = "buffer NAME set NEURON.INPUT <- NEURON.OUTPUT NUMBER"
    verb = staticmethod(editing.set_in_buffer)
    buffer: str
    to: End
    source: End
    number: float


@dataclass(frozen=True)
class BufferZero(Edit):
    """The change in the buffer is zero."""

    syntax = "buffer NAME zero"
    verb = staticmethod(editing.empty_buffer)
    buffer: str


@dataclass(frozen=True)
class BufferSum(Edit):
    """The change in the first buffer is the sum of those in the two others."""

    syntax = "buffer NAME sum NAME NAME"
    verb = staticmethod(editing.sum_buffers)
    buffer: str
    first: str
    second: str


@dataclass(frozen=True)
class BufferScale(Edit):
    """The change in the buffer is multiplied by this number."""

    syntax = "buffer NAME scale NUMBER"
    verb = staticmethod(editing.scale_buffer)
    buffer: str
    factor: float


@dataclass(frozen=True)
class BufferSend(Edit):
    """The change in the buffer is added to the network matrix; the buffer keeps it."""

    syntax = "buffer NAME send"
    verb = staticmethod(editing.send_buffer)
    buffer: str


# -- time --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step(Command):
    """So many ticks, one by default, while the machine is paused."""

    syntax = "step [N]"
    verb = staticmethod(Course.step)
    ticks: int = 1


@dataclass(frozen=True)
class Start(Command):
    """The machine ticks by itself."""

    syntax = "start"
    verb = staticmethod(Course.start)


@dataclass(frozen=True)
class Pause(Command):
    """The machine ticks no more until it is told to."""

    syntax = "pause"
    verb = staticmethod(Course.pause)


@dataclass(frozen=True)
class SetRate(Command):
    """It ticks so many times a second while it runs, or `max`: as fast as it can."""

    syntax = "rate RATE"
    verb = staticmethod(Course.set_rate)
    rate: float | None


# -- snapshots ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TakeSnapshot(Command):
    """Where the machine stands is kept under this name."""

    syntax = "snapshot NAME"
    verb = staticmethod(Course.take)
    name: str


@dataclass(frozen=True)
class Restore(Command):
    """The machine goes back to the snapshot of this name."""

    syntax = "restore NAME"
    verb = staticmethod(Course.restore)
    name: str


@dataclass(frozen=True)
class Save(Command):
    """Where the machine stands is written to a file."""

    syntax = "save FILE"
    verb = staticmethod(Course.save)
    path: str


@dataclass(frozen=True)
class Load(Command):
    """The machine goes on from such a file."""

    syntax = "load FILE"
    verb = staticmethod(Course.load)
    path: str


# -- reading -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Show(Command):
    """The machine as it is now, or one of its neurons."""

    syntax = "show [NEURON]"
    verb = staticmethod(telling.told)
    neuron: str | None = None


@dataclass(frozen=True)
class History(Command):
    """The answers of the last ticks, ten by default, or what a neuron emitted in them."""

    syntax = "history [N] [NEURON]"
    verb = staticmethod(telling.told_past)
    ticks: int = 10
    neuron: str | None = None


@dataclass(frozen=True)
class Status(Command):
    """What the machine is doing, and what waits."""

    syntax = "status"
    verb = staticmethod(Course.status)


@dataclass(frozen=True)
class Help(Command):
    """This list."""

    syntax = "help"
    verb = staticmethod(lambda _: command_list())


COMMANDS: tuple[type[Command], ...] = (
    SetWeight, AddWeight, RemoveLink, AddNeuron, SendItem, BufferSet, BufferZero, BufferSum, BufferScale, BufferSend,
    Step, Start, Pause, SetRate, TakeSnapshot, Restore, Save, Load, Show, History, Status, Help,
)  # fmt: skip
"""Every command there is."""


def parse_command(line: str) -> Command:
    """The command that a line of text is; `ValueError` says what is wrong with it. Text after `#` is a comment.

    >>> parse_command("add norm.dict <- accum.dict -0.1  # a little less")
    AddWeight(to=('norm', 'dict'), source=('accum', 'dict'), change=-0.1)
    """
    line = split(line)
    word = line.split(maxsplit=1)[0] if line else ""
    known = [command for command in COMMANDS if command.syntax.partition(" ")[0] == word]
    if not known:
        raise ValueError(f"{word!r} is no command; 'help' lists them")
    for command in known:
        try:
            found = read(command.syntax, line)
            if found is not None:
                return command(**{each.name: found[i] for i, each in enumerate(fields(command)) if i in found})
        except ValueError as problem:
            raise ValueError(f"{word}: {problem}") from None
    raise ValueError(f"{word}: write {' or '.join(repr(command.syntax) for command in known)}; found {line!r}")


def command_list() -> str:
    """Every command on a line of its own, with what it does."""
    width = max(len(command.syntax) for command in COMMANDS)
    return "\n".join(f"{command.syntax:<{width}}  {command.__doc__}" for command in COMMANDS)
