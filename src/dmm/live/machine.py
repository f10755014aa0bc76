"""The live machine as Python and the prompt have it: everything is asked by a command, and answered."""

import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Self

from dmm.interpret.cycle import read
from dmm.live.commands import Command, Pause, Save, SendItem, SetRate, Start, Step, parse_command
from dmm.live.course import Course, Record
from dmm.live.snapshot import ROOM, Snapshot, load_snapshot
from dmm.machine.machine import Machine
from dmm.neurons.base import NeuronType
from dmm.neurons.registry import NEURON_TYPES
from dmm.vvalue.tree import VValue

HISTORY = 100  # ticks that are kept


class Reply(NamedTuple):
    """The answer to a command: whether it was done, and what happened or why not."""

    ok: bool
    message: str

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return self.message


class LiveMachine:
    """A machine that runs while it is edited.

    It is self-referential, or is made so, and has an *update neuron* whose items are added to the network matrix: an
    edit that it emits at tick t is in the matrix after tick t + 1, and first carries at t + 2. Every source has an
    inbox with `room` for so many items, from which it receives one a tick, or zero. The machine ticks in a thread,
    `rate` times a second or as fast as it can, or step by step, and keeps the last ticks as its `history`. Any thread
    may send, edit and read; nothing is ever half done. It runs in the interpreter, so its trees may grow. `ValueError`
    for a machine with errors, and for one in synchronous timing.

    >>> machine = Machine().add("input").add("accum").link("accum.dict-2", "input.char").read("accum")
    >>> live = LiveMachine(machine)
    >>> for line in ("send input {a: 1}", "step 2", "set accum.dict-2 <- input.char 10", "step 2", "sett"):
    ...     print(live.ask(line))
    input receives it at tick 1
    tick 2: {dict: {a: 1}}
    accum.dict-2 <- input.char: 1 becomes 10, in the matrix after tick 4
    tick 4: {dict: {a: 1}}
    'sett' is no command; 'help' lists them
    """

    def __init__(
        self, machine: Machine | Snapshot, rate: float | None = None, *, history: int = HISTORY, room: int = ROOM
    ):
        for name, number, least in (("history", history, 0), ("room", room, 1)):
            if type(number) is not int or number < least:
                raise ValueError(f"{name} is {number!r}; give a whole number, {least} or more")
        start = machine if isinstance(machine, Snapshot) else Snapshot.of(machine, room)
        self._course = Course(start, rate, history)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        rate: float | None = None,
        *,
        history: int = HISTORY,
        types: Mapping[str, NeuronType] = NEURON_TYPES,
    ) -> Self:
        """The live machine that was saved to a file."""
        return cls(load_snapshot(path, types), rate, history=history)

    def __repr__(self) -> str:
        how = "halted" if self.halted else "running" if self.running else "paused"
        return f"<live machine at tick {self.tick}, {how}>"

    # -- asking ----------------------------------------------------------------------------------------------------

    def ask(self, line: str) -> Reply:
        """Carry out a command given as a line of text; `help` lists them."""
        return self._answer(lambda: parse_command(line))

    def do(self, command: Command) -> Reply:
        """Carry out a command."""
        return self._answer(lambda: command)

    def send(self, neuron: str, item: Any) -> Reply:
        """Let a source receive an item, a V-value or what makes one, after those that wait there already."""
        return self._answer(lambda: SendItem(neuron, item))

    def step(self, ticks: int = 1) -> Reply:
        """Tick so many times; refused while it runs by itself."""
        return self._answer(lambda: Step(ticks))

    def start(self) -> Reply:
        """Tick in a thread of its own, until it is paused or stopped, or halts."""
        return self._answer(Start)

    def pause(self) -> Reply:
        """Tick no more until it is started again."""
        return self._answer(Pause)

    def save(self, path: str | os.PathLike[str]) -> Reply:
        """Write where it stands to a file, which `load` reads."""
        return self._answer(lambda: Save(os.fspath(path)))

    def set_rate(self, rate: float | None) -> Reply:
        """Tick so many times a second while it runs; `None` is as fast as it can."""
        return self._answer(lambda: SetRate(rate))

    def stop(self) -> None:
        """Pause it and end its thread; it may be started again."""
        self._course.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- reading ---------------------------------------------------------------------------------------------------

    @property
    def tick(self) -> int:
        """The ticks it has done."""
        return self._course.now.tick

    @property
    def running(self) -> bool:
        """Whether it ticks by itself."""
        return self._course.running

    @property
    def halted(self) -> str | None:
        """Why it cannot go on, if it cannot: it has lost its matrix, say. What it had emitted before is kept."""
        return self._course.halted

    @property
    def machine(self) -> Machine:
        """The machine as it is now, with the links and outputs of now; what is in flight is not in it."""
        return self._course.now.as_machine()

    @property
    def matrix(self) -> VValue:
        """The network matrix of the next tick."""
        return self._course.now.matrix

    @property
    def outputs(self) -> VValue:
        """What every neuron emitted in the last tick, paths (neuron, output, ...)."""
        return self._course.now.outputs

    @property
    def answer(self) -> VValue:
        """The answer of the last tick."""
        now = self._course.now
        return read(now.machine, now.outputs)

    @property
    def history(self) -> tuple[Record, ...]:
        """The last ticks, oldest first: the number of each, what every neuron received, and what it emitted."""
        return self._course.past

    def snapshot(self) -> Snapshot:
        """Where it stands: a value that says everything of how it goes on, but for the rate."""
        return self._course.now

    def restore(self, snapshot: Snapshot) -> Reply:
        """Go on from that snapshot; the history begins anew."""
        return Reply(True, self._course.go_to(snapshot))

    def _answer(self, asked: Callable[[], Command]) -> Reply:
        try:
            return Reply(True, asked().carry_out(self._course))
        except ValueError as refusal:
            return Reply(False, str(refusal))
