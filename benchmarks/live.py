"""Does a live machine stay sound under a million edits at random, valid and not?

Every answer is compared with that of a second account, which keeps the matrix as a plain dictionary: whether the edit
is accepted, and, in the tick that the answer names, the weight of its link, to the last bit; from time to time the
whole matrix. Links go in circles, so streams may grow beyond all numbers: the machine then has to halt, to refuse
everything but a snapshot, and to go on from that.
"""

import gc
import math
import random
import re
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import psutil

from benchmarks.result import Figure, Result
from dmm.live.machine import LiveMachine, Reply
from dmm.machine.machine import Machine

EDITS = 1_000_000
ROOM = 24  # so little that it is often full
Path = tuple[str, str, str, str]

FIELDS = {  # of each type: inputs, outputs, memory
    "input": ((), ("char",), None),
    "const_1": ((), ("const_1",), None),
    "accum": (("dict-1", "dict-2"), ("dict",), ("dict-1", "dict")),
    "norm": (("dict",), ("norm",), None),
    "compare": (("dict-1", "dict-2"), ("true", "false"), None),
    "maximum": (("dict-1", "dict-2"), ("dict",), None),
}
FIRST = {"input": "input", "one": "const_1", "accum": "accum", "norm": "norm", "compare": "compare"}
LIFELINES = ("self.dict-1 <- self.dict", "self.dict-2 <- update.char", "update.hook <- update.hook")
NUMBERS = (0.0, 1.0, -1.0, 0.5, -0.1, 0.1, 3.0, 1e-300, 1e300, -1e300, 1e17)
NONSENSE = (
    "", "set", "set norm.dict <- accum.dict", "set norm.dict <- accum.dict nan", "set norm <- accum.dict 1",
    "add norm.dict <- accum.dict 1e999", "__import__('os').system('true')", "(nu [v-accum :a :b] [v-accum :a :c] 1)",
    "set norm.dict <- accum.dict 1 2", "buffer", "buffer a", "buffer a explode", "send input {a: 1", "send input inf",
    "neuron", "neuron x : y : z", "neuron x", "step -1", "step 0", "rate 0", "restore nowhere", "load /nowhere/x.json",
    "save /nowhere/x.json", 'set "norm.dict <- accum.dict 1', "send update {norm: 1}", "send norm 1", "sand input 1",
)  # fmt: skip


@dataclass
class Account:
    """What a live machine should hold, in plain dictionaries."""

    neurons: dict[str, str] = field(default_factory=lambda: {**FIRST, "self": "accum", "update": "input"})
    wanted: dict[Path, float] = field(default_factory=dict)  # once everything has arrived
    buffers: dict[str, dict[Path, float]] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=lambda: {"input": 0})
    due: dict[int, list[tuple[Path, float]]] = field(default_factory=dict)  # weights by the tick after which they hold
    tick: int = 0
    last: int = 0  # the tick after which everything has arrived

    @property
    def flying(self) -> int:
        """The updates that have not been emitted yet."""
        return max(0, self.last - 1 - self.tick)

    def copy(self) -> "Account":
        """One of its own."""
        due = {tick: list(weights) for tick, weights in self.due.items()}
        buffers = {name: dict(change) for name, change in self.buffers.items()}
        return Account(dict(self.neurons), dict(self.wanted), buffers, dict(self.waiting), due, self.tick, self.last)

    def carries(self, to: str, label: str, source: str, output: str) -> bool:
        """Whether such a link can be edited."""
        if f"{to}.{label} <- {source}.{output}" in LIFELINES or not {to, source} <= self.neurons.keys():
            return False
        inputs, outputs = FIELDS[self.neurons[to]][0], FIELDS[self.neurons[source]][1]
        return (to, label) == (source, output) == (to, "hook") or (label in inputs and output in outputs)


@dataclass
class Trial:
    """A live machine, its account, and what was counted. `edits(n)` asks so many things of it."""

    seed: int
    asked: int = 0
    accepted: int = 0
    refused: int = 0
    halts: int = 0
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        machine = Machine()
        for name, kind in FIRST.items():
            machine = machine.add(name, kind)
        self.live = LiveMachine(machine.read("norm"), history=5, room=ROOM)
        self.account = Account(wanted=dict(self.live.matrix.items()))
        self.random = random.Random(self.seed)  # noqa: S311  (no secret is at stake)
        self.kept: dict[str, Account] = {}
        self.tell("snapshot start", True)
        self.kept["start"] = self.account.copy()

    def edits(self, count: int) -> None:
        """Ask for so many things at random."""
        kinds = [
            (self.step, 30), (self.set, 20), (self.add, 10), (self.remove, 6), (self.neuron, 3), (self.send, 8),
            (self.buffer_set, 6), (self.buffer_change, 6), (self.buffer_send, 4), (self.nonsense, 6), (self.look, 2),
        ]  # fmt: skip
        makers, weights = zip(*kinds, strict=True)
        end, rounds = self.asked + count, 0
        while self.asked < end:
            self.random.choices(makers, weights)[0]()
            rounds += 1
            if rounds % 500 == 0:
                self.compare_all()
            if rounds % 4000 == 0:
                self.go_back("start")
        self.compare_all()

    def tell(self, line: str, right: bool | None) -> Reply:
        """Ask, and compare with the right answer, `None` where either will do."""
        self.asked += 1
        reply = self.live.ask(line)
        self.accepted += reply.ok
        self.refused += not reply.ok
        if right is not None and reply.ok != right:
            self.wrong.append(f"{line!r}: {reply}")
        return reply

    # -- what is asked ---------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Some ticks, and the weights that were promised after each."""
        for _ in range(self.random.randint(1, 4)):
            reply = self.tell("step", None)
            if not reply:
                self.halted(reply)
                return
            a = self.account
            a.tick += 1
            a.waiting = {name: max(0, count - 1) for name, count in a.waiting.items()}
            for link, weight in a.due.pop(a.tick, ()):
                found = self.live.matrix[link].scalar
                if found != weight:
                    self.wrong.append(f"tick {a.tick}: {link} is {found}, not {weight}")

    def set(self) -> None:
        """A weight, whatever it was."""
        link, weight = self.link(), self.number()
        valid = self.account.carries(*link)
        same = self.account.wanted.get(link, 0.0) == weight
        free = ROOM - self.account.flying
        right = False if not valid else True if same or free > 1 else None if free else False
        self.arrives(self.tell(f"set {written(link)} {weight!r}", right), {link: weight})

    def add(self) -> None:
        """A change of a weight."""
        link, change = self.link(), self.number()
        weight = self.account.wanted.get(link, 0.0) + change
        fits = not change or (self.account.flying < ROOM and math.isfinite(weight))
        right = self.account.carries(*link) and fits
        self.arrives(self.tell(f"add {written(link)} {change!r}", right), {link: weight})

    def remove(self) -> None:
        """A link, which may not be there."""
        there = [link for link in self.account.wanted if self.account.carries(*link)]
        link = self.random.choice(there) if there and self.random.random() < 0.5 else self.link()
        found = self.account.wanted.get(link, 0.0) != 0 and self.account.flying < ROOM
        self.arrives(self.tell(f"remove {written(link)}", found and self.account.carries(*link)), {link: 0.0})

    def neuron(self) -> None:
        """A neuron, whose name may be taken."""
        name, kind = f"n{self.random.randint(0, 9)}", self.random.choice([*FIELDS, "mystery"])
        right = name not in self.account.neurons and kind in FIELDS and self.account.flying < ROOM
        reply = self.tell(f"neuron {name} : {kind}", right)
        if reply:
            memory = FIELDS[kind][2] or ("hook", "hook")
            self.account.neurons[name] = kind
            if kind == "input":
                self.account.waiting[name] = 0
            self.arrives(reply, {(name, memory[0], name, memory[1]): 1.0})

    def send(self) -> None:
        """An item, to a source or to something that is none."""
        name = self.random.choice([*self.account.neurons, "nobody"])
        waits, active = self.account.waiting.get(name), bool(self.live.matrix[name])
        right = waits is not None and (waits < ROOM if active else None)
        reply = self.tell(f"send {name} {{a: {self.number()!r}, b: {{c: 2}}}}", right)
        if reply and name in self.account.waiting:
            self.account.waiting[name] += 1

    def buffer_set(self) -> None:
        """A number in a change that is being prepared."""
        name, link, number = self.random.choice("abc"), self.link(), self.number()
        if self.tell(f"buffer {name} set {written(link)} {number!r}", self.account.carries(*link)):
            self.account.buffers.setdefault(name, {})[link] = number

    def buffer_change(self) -> None:
        """Another one made of it."""
        a, (name, first, second) = self.account.buffers, self.random.choices("abcd", k=3)
        kind = self.random.choice(("zero", "scale", "sum"))
        if kind == "zero":
            made: dict[Path, float] | None = {}
            self.tell(f"buffer {name} zero", True)
        elif kind == "scale":
            factor = self.random.choice((2.0, -0.5, 1e10, 0.0))
            made = None if name not in a else {link: x * factor for link, x in a[name].items()}
            made = made if finite(made) else None
            self.tell(f"buffer {name} scale {factor!r}", made is not None)
        else:
            known = first in a and second in a
            made = {k: a[first].get(k, 0.0) + a[second].get(k, 0.0) for k in a[first] | a[second]} if known else None
            made = made if finite(made) else None
            self.tell(f"buffer {name} sum {first} {second}", made is not None)
        if made is not None:
            a[name] = made

    def buffer_send(self) -> None:
        """A prepared change on its way."""
        name = self.random.choice("abcd")
        change = {link: x for link, x in self.account.buffers.get(name, {}).items() if x}
        after = {link: self.account.wanted.get(link, 0.0) + x for link, x in change.items()}
        fits = all(map(self.account.carries, *zip(*change, strict=True))) if change else True
        right = name in self.account.buffers and fits and finite(after) and (not change or self.account.flying < ROOM)
        self.arrives(self.tell(f"buffer {name} send", right), after)

    def nonsense(self) -> None:
        """What no machine does."""
        self.tell(self.random.choice(NONSENSE), False)

    def look(self) -> None:
        """What changes nothing."""
        self.tell(self.random.choice(("status", "show", "show norm", "help", "pause", "buffer z zero")), True)

    # -- what is counted -------------------------------------------------------------------------------------------

    def link(self) -> Path:
        """Two ends at random, among them neurons and fields that are not there; seldom into the matrix itself."""
        if self.random.random() < 0.4:
            return self.random.choice(list(self.account.wanted))
        names = [name for name in self.account.neurons if name != "self"]
        to, source = (self.random.choice([*names, "nobody"]) for _ in range(2))
        if self.random.random() < 0.02:
            return tuple(re.split(r"\.| <- ", self.random.choice(LIFELINES)))  # type: ignore[return-value]
        if self.random.random() < 0.05:
            return to, "hook", to, "hook"
        if self.random.random() < 0.005:
            source = "self"
        inputs = FIELDS.get(self.account.neurons.get(to, ""), ((), (), None))[0] or ("lost",)
        outputs = FIELDS.get(self.account.neurons.get(source, ""), ((), (), None))[1] or ("lost",)
        return to, self.random.choice([*inputs, "lost"]), source, self.random.choice(outputs)

    def number(self) -> float:
        """One of those that are hard to add, or any; seldom one whose double is too large."""
        if self.random.random() < 0.01:
            return self.random.choice((1.7e308, -1.7e308))
        return self.random.choice(NUMBERS) if self.random.random() < 0.5 else self.random.uniform(-1.5, 1.5)

    def arrives(self, reply: Reply, weights: dict[Path, float]) -> None:
        """Note what an accepted edit will have done, and when."""
        if not reply:
            return
        self.account.wanted.update(weights)
        named = re.search(r"in the matrix after tick (\d+)", reply.message)
        if named:
            self.account.last = int(named[1])
            self.account.due.setdefault(self.account.last, []).extend(weights.items())

    def halted(self, reply: Reply) -> None:
        """That it halted because streams grew beyond all numbers, refuses what would go on, and keeps its state."""
        self.halts += 1
        if "beyond all numbers" not in reply.message or self.live.tick != self.account.tick:
            self.wrong.append(f"a halt at tick {self.live.tick}: {reply}")
        self.tell("set norm.dict <- accum.dict 1", False)
        self.tell("step", False)
        self.go_back("start")

    def go_back(self, name: str) -> None:
        """Restore."""
        self.tell(f"restore {name}", True)
        self.account = self.kept[name].copy()

    def compare_all(self) -> None:
        """Let everything arrive, then compare the whole matrix."""
        while self.account.last > self.account.tick:
            before = self.halts
            self.step()
            if self.halts > before:
                return
        wanted = {link: weight for link, weight in self.account.wanted.items() if weight}
        if dict(self.live.matrix.items()) != wanted:
            self.wrong.append(f"tick {self.live.tick}: the matrix differs")


def written(link: Path) -> str:
    """A link as a line has it."""
    to, label, source, output = link
    return f"{to}.{label} <- {source}.{output}"


def finite(change: dict[Path, float] | None) -> bool:
    """Whether all numbers are."""
    return change is None or all(map(math.isfinite, change.values()))


def measure(edits: int = EDITS) -> Result:
    """Answers that were wrong, and the memory of the process after a tenth of the edits and at the end."""
    trial, start = Trial(seed=0), perf_counter()
    trial.edits(edits // 10)
    before = memory()
    trial.edits(edits - edits // 10)
    grown, seconds = memory() - before, perf_counter() - start
    figures: tuple[Any, ...] = (
        Figure("asked", trial.asked, at_least=edits),
        Figure("accepted", trial.accepted),
        Figure("refused", trial.refused),
        Figure("halts that were gone back from", trial.halts),
        Figure("wrong answers or weights", len(trial.wrong), at_most=0),
        Figure("memory grown", grown, "MB", at_most=16),
        Figure("asked and checked a second", trial.asked / seconds),
    )
    return Result(figures, ("wrong",), tuple((line,) for line in trial.wrong[:10]))


def memory() -> float:
    """The megabytes of this process."""
    gc.collect()
    return float(psutil.Process().memory_info().rss) / 1e6
