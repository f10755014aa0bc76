"""A run folder, read without changing it: whatever is there, and sentences about what is missing.

A run that is going on, was killed or comes from another version has no complete folder, and still tells something. So
every file is read for itself, and what cannot be read is noted.
"""

import json
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from dmm.machine.files import load_machine, machine_from_json
from dmm.machine.machine import Machine
from dmm.synthesis.front import Found
from dmm.synthesis.position import Stage, Undone
from dmm.synthesis.settings import Settings
from dmm.synthesis.verify import Verdict
from dmm.tasks.examples import load_examples
from dmm.tasks.parts import Parts
from dmm.tasks.registry import TASKS
from dmm.tasks.task import Example, Stream, Task
from dmm.vvalue.tree import VValue

MOST_BYTES = 256 * 2**20
_CHECKPOINT = re.compile(r"(\d{5,})-(\d+)-links\.json")
_WHAT_MAKES_A_RUN = ("history.jsonl", "position.json")
T = TypeVar("T")


class Entry(NamedTuple):
    """A line of the history: where the run stood after a unit of work.

    `penalty` and `undone` are missing from histories that older versions wrote.
    """

    unit: int
    stage: str
    attempt: int
    steps: int
    loss: float | None
    links: int
    challenges: int
    seconds: float
    penalty: float | None = None
    undone: Undone | None = None


class Checkpoint(NamedTuple):
    """A machine that was accepted, still on disk."""

    unit: int
    links: int
    path: Path


@dataclass(frozen=True)
class Run:
    """What a folder says about a run.

    `circuit` is the result, or the best circuit so far; `machine` what is being worked on, where no circuit was judged
    yet. `verdict` is that of the circuit. `missing` says what could not be read, in sentences.
    """

    path: Path
    task: Task
    seed: int | None
    taught: bool
    settings: Settings | None
    config: Mapping[str, Any]
    history: tuple[Entry, ...]
    stage: Stage | None
    challenges: tuple[Stream, ...]
    failures: tuple[str, ...]
    found: tuple[Found, ...]
    circuit: Machine | None
    machine: Machine | None
    front: tuple[tuple[Machine, float | None], ...]
    checkpoints: tuple[Checkpoint, ...]
    missing: tuple[str, ...]

    @property
    def name(self) -> str:
        """The run by its folder."""
        return self.path.resolve().name or str(self.path)

    @property
    def is_done(self) -> bool:
        """Whether the run came to its end."""
        return self.stage is Stage.DONE

    @property
    def shown(self) -> Machine | None:
        """The circuit, or the machine that is being worked on."""
        return self.circuit or self.machine

    @property
    def last(self) -> Entry | None:
        """Where the history ends."""
        return self.history[-1] if self.history else None

    @property
    def verdict(self) -> Verdict | None:
        """What the circuit was found to be worth, if it was judged."""
        if self.circuit is None:
            return None
        bare = self.circuit.with_no_metadata()
        return next((each.verdict for each in self.found if each.circuit.with_no_metadata() == bare), None)

    @property
    def max_error(self) -> float | None:
        """The largest error of the circuit on what it was judged by, if that is known."""
        if self.verdict is not None:
            return self.verdict.max_error
        known = self.circuit.metadata.get("heldout_max_error") if self.circuit is not None else None
        return float(known) if isinstance(known, (int, float)) else None

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows: how the run ended, the circuit, and loss and links over the steps."""
        from dmm.report.run_display import shown

        return shown(self)


def load_run(path: str | os.PathLike[str], task: Task | None = None) -> Run:
    """The run in a folder; `ValueError` for a folder that holds none.

    `task` is the task of the run, where that has a teacher of one's own. A file that is damaged is left out, and
    `missing` says so. Nothing in the folder is changed. In a notebook, the run shows itself.

    >>> load_run("nowhere")
    Traceback (most recent call last):
    ValueError: nowhere: no such folder; name the folder of a run, as 'dmm synth' made it
    """
    path = Path(path)
    if not path.is_dir():
        raise ValueError(f"{path}: no such folder; name the folder of a run, as 'dmm synth' made it")
    return _Reader(path).run(task)


@dataclass
class _Reader:
    """Reads what can be read, and remembers what cannot."""

    path: Path
    missing: list[str] = field(default_factory=list)

    def run(self, known: Task | None) -> Run:
        config = self._object("config.json")
        if not isinstance(config.get("task"), str) and not any((self.path / x).exists() for x in _WHAT_MAKES_A_RUN):
            raise ValueError(
                f"{self.path}: no run (there is no config.json of one); name a folder that 'dmm synth' made"
            )
        position = self._object("position.json")
        settings = self._made("config.json", "the settings are", lambda: Settings(**config["settings"]))
        task, taught = self._task(config, known)
        return Run(
            path=self.path,
            task=task,
            seed=config["seed"] if isinstance(config.get("seed"), int) else None,
            taught=taught,
            settings=settings,
            config=config,
            history=self._history(),
            stage=self._made("position.json", "the stage is", lambda: Stage(position["stage"])) if position else None,
            challenges=self._streams(position),
            failures=tuple(str(each) for each in _listed(position.get("failures"))),
            found=tuple(self._found(position)),
            circuit=self._circuit("circuit.json"),
            machine=self._working(position),
            front=self._front(),
            checkpoints=tuple(self._checkpoints()),
            missing=tuple(self.missing),
        )

    # -- files -----------------------------------------------------------------------------------------------------

    def _object(self, name: str) -> dict[str, Any]:
        """The object in a JSON file; empty where there is none."""
        path = self.path / name
        if not path.exists():
            self.missing.append(f"{name} is missing.")
            return {}
        try:
            if path.stat().st_size > MOST_BYTES:
                raise ValueError("too large")
            found = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(found, dict):
                raise ValueError("no object")
        except (OSError, ValueError, RecursionError):
            self.missing.append(f"{name} is damaged, and was left out.")
            return {}
        return found

    def _made(self, name: str, what: str, make: Any) -> Any:
        """What is made of a part of a file; `None`, and a note, where it is damaged or of another version."""
        try:
            return make()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
            if (self.path / name).exists() and f"{name} is damaged, and was left out." not in self.missing:
                reason = str(problem).removeprefix(f"{self.path / name}: ") if isinstance(problem, ValueError) else ""
                why = f": {reason}" if reason else ""
                self.missing.append(f"{name}: {what} damaged, or of another version of dmm{why}.")
            return None

    def _examples(self, name: str, *, needed: bool) -> tuple[Example, ...]:
        if not (self.path / name).exists():
            if needed:
                self.missing.append(f"{name} is missing.")
            return ()
        return self._made(name, "the examples are", lambda: tuple(load_examples(self.path / name))) or ()

    def _circuit(self, name: str) -> Machine | None:
        if not (self.path / name).exists():
            return None
        found: Machine | None = self._made(name, "the machine is", lambda: load_machine(self.path / name))
        return found

    # -- parts -----------------------------------------------------------------------------------------------------

    def _history(self) -> tuple[Entry, ...]:
        path = self.path / "history.jsonl"
        if not path.exists():
            self.missing.append("history.jsonl is missing.")
            return ()
        entries, broken = [], 0
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                entries.append(_entry(json.loads(line)))
            except (ValueError, KeyError, TypeError, RecursionError):
                broken += 1
        if not entries and not broken:
            self.missing.append("history.jsonl is empty.")
        if broken:
            self.missing.append(f"history.jsonl: {broken} damaged line{'s' * (broken > 1)} left out.")
        return tuple(entries)

    def _task(self, config: Mapping[str, Any], known: Task | None) -> tuple[Task, bool]:
        """The task as the run saw it, and whether it had a teacher; the teacher only if it gave these targets."""
        name, examples = config.get("task"), self._examples("examples.jsonl", needed=True)
        name = name if isinstance(name, str) else "unknown task"
        held_out = self._examples("held_out.jsonl", needed=False)
        library = TASKS.get(name)
        task = known if known is not None and known.name == name else library
        parts = (
            self._made("config.json", "the parts are", lambda: Parts(**config["parts"])) if "parts" in config else None
        )
        summary = config.get("summary", task.summary if task else "")
        bare = Task(name, str(summary), examples, parts or (task.parts if task else Parts()), held_out=held_out)
        taught = config.get("taught", task is not None and task.teacher is not None) is True
        if not taught or task is None or task.teacher is None:
            if taught:
                self.missing.append(
                    "The teacher is not on disk, so that answers are compared with the examples alone; in Python, pass "
                    "the task: dmm.report_html(runs, task=...)."
                )
            return bare, taught
        full = Task(name, bare.summary, examples, bare.parts, task.teacher, task.streams, held_out)
        if _agrees(full):
            return full, taught
        self.missing.append("The teacher of this name answers otherwise than examples.jsonl, and was left out.")
        return bare, taught

    def _streams(self, position: Mapping[str, Any]) -> tuple[Stream, ...]:
        made = self._made(
            "position.json",
            "the counter-examples are",
            lambda: tuple(tuple(map(VValue, stream)) for stream in _listed(position.get("challenges"))),
        )
        return made or ()

    def _found(self, position: Mapping[str, Any]) -> Iterator[Found]:
        for stored in _listed(position.get("found")):
            found = self._made("position.json", "a judged circuit is", lambda stored=stored: _judged(stored))
            if found is not None:
                yield found

    def _working(self, position: Mapping[str, Any]) -> Machine | None:
        names = ("circuit", *(("spare",) if position.get("stage") == Stage.DONE else ()), "machine")
        stored = next((position[name] for name in names if isinstance(position.get(name), str)), None)
        made: Machine | None = stored and self._made(
            "position.json", "the machine is", lambda: machine_from_json(stored)
        )
        return made

    def _front(self) -> tuple[tuple[Machine, float | None], ...]:
        machines = [self._circuit(f"front/{file.name}") for file in sorted((self.path / "front").glob("*-links.json"))]
        front = [(machine, machine.metadata.get("max_error")) for machine in machines if machine is not None]
        return tuple(sorted(front, key=lambda each: len(each[0].matrix)))

    def _checkpoints(self) -> Iterator[Checkpoint]:
        for file in sorted((self.path / "checkpoints").glob("*-links.json")):
            if named := _CHECKPOINT.fullmatch(file.name):
                yield Checkpoint(int(named[1]), int(named[2]), file)


def _entry(stored: Mapping[str, Any]) -> Entry:
    whole = {name: int(stored[name]) for name in ("unit", "attempt", "steps", "links")}
    undone = stored.get("undone")
    return Entry(
        **whole,
        stage=str(stored["stage"]),
        loss=_finite(stored["loss"]),
        challenges=int(stored.get("challenges", 0)),
        seconds=float(stored["seconds"]),
        penalty=_finite(stored.get("penalty")),
        undone=None if undone is None else Undone(int(undone["links"]), _infinite(undone["loss"])),
    )


def _finite(stored: Any) -> float | None:
    return None if stored is None or not math.isfinite(stored) else float(stored)


def _infinite(stored: Any) -> float:
    """A number for which JSON may have none."""
    return math.inf if stored is None else float(stored)


def _judged(stored: Mapping[str, Any]) -> Found:
    verdict = dict(stored["verdict"])
    failing = verdict["failing"]
    verdict["failing"] = None if failing is None else tuple(map(VValue, failing))
    verdict["max_error"] = _infinite(verdict["max_error"])
    return Found(machine_from_json(stored["circuit"]), _infinite(stored.get("loss")), Verdict(**verdict))


def _agrees(task: Task) -> bool:
    """Whether the teacher gives the targets of the examples."""
    try:
        return all(task.example(each.inputs) == each for each in task.examples)
    except Exception:  # whatever a function of the user's may raise
        return False


def _listed(stored: Any) -> Sequence[Any]:
    return stored if isinstance(stored, list) else ()
