"""The run folder: everything a synthesis has done, on disk at every moment.

config.json      task, seed, settings and versions
history.jsonl    a line per unit of work: stage, attempt, steps, loss, penalty, links, what was undone, seconds
position.json    where the run stands; it is taken up from here
positions/       where it stood after every unit that was accepted, to go back to
checkpoints/     the machine of each of them, by unit and number of links
circuit.json     the result; while the run goes on, the best so far, once a circuit has been judged
front/           the best circuits by links against error, by number of links
"""

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import Any

from dmm.machine.files import load_machine, machine_from_json, machine_to_json, save_machine, write_atomically
from dmm.machine.machine import Machine
from dmm.synthesis.front import Found
from dmm.synthesis.position import Position, Stage, Undone
from dmm.synthesis.settings import Settings
from dmm.synthesis.verify import Verdict
from dmm.tasks.examples import format_examples, load_examples
from dmm.tasks.parts import Parts
from dmm.tasks.task import Stream, Task
from dmm.vvalue.tree import VValue

_PLAIN = ("stage", "attempt", "loss", "cut", "tried", "steps", "mends", "last", "workspace", "failures")
_MACHINES = ("machine", "trunk", "circuit", "spare")
_POSITION = "position.json"


class RunFolder:
    """One run on disk. `create` starts a folder, `open` takes one up; `ValueError` says why a folder will not do."""

    def __init__(self, path: Path, config: dict[str, Any]):
        self.path = path
        self.config = config
        self.unit = 0
        self.seconds = 0.0

    @classmethod
    def create(
        cls, path: str | os.PathLike[str], task: Task, seed: int, settings: Settings, start: Machine | None = None
    ) -> "RunFolder":
        """A new run in an empty or new folder."""
        path = Path(path)
        config = {
            "task": task.name,
            "summary": task.summary,
            "taught": task.teacher is not None,
            "parts": task.parts.as_json(),
            "seed": seed,
            "settings": settings.as_json(),
            "versions": {name: version(name) for name in ("dmm", "jax", "optax")},
        }
        try:
            if path.is_dir() and any(path.iterdir()):
                raise ValueError(f"{path}: the folder is not empty; name another, or take its run up with --resume")
            for name in ("checkpoints", "positions"):
                (path / name).mkdir(parents=True)
            write_atomically(path / "examples.jsonl", format_examples(task.examples))
            if task.held_out:
                write_atomically(path / "held_out.jsonl", format_examples(task.held_out))
            if start is not None:
                save_machine(start, path / "start.json")
            write_atomically(path / "config.json", json.dumps(config, indent=1) + "\n")
        except OSError as problem:
            reason = (problem.strerror or "cannot be written").lower()
            raise ValueError(f"{path}: {reason}; name a folder that can be written with --out") from None
        return cls(path, config)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "RunFolder":
        """The run in a folder that `create` made."""
        path = Path(path)
        try:
            config = json.loads((path / "config.json").read_text(encoding="utf-8"))
            Settings(**config["settings"])
            Parts(**config["parts"])
            kinds = {"task": str, "summary": str, "taught": bool, "seed": int}
            if not all(isinstance(config[name], kind) for name, kind in kinds.items()):
                raise ValueError("no task or no seed")
            run = cls(path, config)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            raise ValueError(f"{path}: no run to take up (config.json is missing or broken); start a new one") from None
        return run

    @property
    def settings(self) -> Settings:
        """The settings the run was started with."""
        return Settings(**self.config["settings"])

    @property
    def start(self) -> Machine | None:
        """The machine the run was started from, if it was a repair."""
        path = self.path / "start.json"
        return load_machine(path) if path.exists() else None

    def task(self, known: Task | None = None) -> Task:
        """The task of the run: its examples and parts from disk, its teacher that of the task that is `known`."""
        if known is None and self.config["taught"]:
            name = self.config["task"]
            raise ValueError(f"{self.path}: the teacher of task {name!r} is not on disk; pass the task to dmm.resume")
        kept = self.path / "held_out.jsonl"
        return replace(
            known or Task(self.config["task"], self.config["summary"], ()),
            examples=tuple(load_examples(self.path / "examples.jsonl")),
            parts=Parts(**self.config["parts"]),
            held_out=tuple(load_examples(kept)) if kept.exists() else (),
        )

    def save(self, position: Position, seconds: float, accepted: bool) -> None:
        """Write down one more unit of work."""
        self.unit += 1
        self.seconds = seconds
        stored = json.dumps(_to_json(position) | {"unit": self.unit}, default=float)
        if accepted:
            name = f"{self.unit:05d}-{position.links}-links.json"
            save_machine(position.circuit or position.machine, self.path / "checkpoints" / name)
            write_atomically(self.path / "positions" / f"{self.unit:05d}.json", stored)
        entry = {"unit": self.unit, **_summary(position), "seconds": round(seconds, 3)}
        write_atomically(self.path / _POSITION, stored)
        with (self.path / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write(json.dumps(entry) + "\n")

    def load(self) -> Position | None:
        """Where the run stands; `None` before its first unit of work. Forgets history that came after."""
        path = self.path / _POSITION
        if not path.exists():
            return None
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            position = _from_json(stored)
            self.unit = int(stored["unit"])
            self._trim_history()
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ValueError(f"{path}: broken, so the run cannot be taken up; start a new one") from None
        return position

    def rewind(self, unit: int) -> None:
        """Put the run back to where it stood after a unit of work; `ValueError` lists those there are."""
        path = self.path / "positions" / f"{unit:05d}.json"
        if not path.exists():
            units = [str(int(file.stem)) for file in sorted((self.path / "positions").glob("*.json"))]
            shown = [*units[:3], "...", *units[-3:]] if len(units) > 7 else units
            known = ", ".join(shown) or "none"
            raise ValueError(f"{self.path}: nothing was accepted in unit {unit}; go back to one of {known}")
        write_atomically(self.path / _POSITION, path.read_text(encoding="utf-8"))

    def finish(self, machine: Machine) -> Path:
        """Write the circuit, and say where."""
        path = self.path / "circuit.json"
        save_machine(machine, path)
        return path

    def lay_out(self, front: Iterable[Found]) -> None:
        """Write the circuits of the front."""
        folder = self.path / "front"
        folder.mkdir(exist_ok=True)
        front = list(front)
        for old in set(folder.glob("*-links.json")) - {folder / f"{found.links}-links.json" for found in front}:
            old.unlink()
        for found in front:
            circuit = found.circuit.with_metadata(max_error=finite(found.verdict.max_error))
            save_machine(circuit, folder / f"{found.links}-links.json")

    def _trim_history(self) -> None:
        path = self.path / "history.jsonl"
        kept = []
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else ():
            try:
                entry = json.loads(line)
                earlier, seconds = entry["unit"] <= self.unit, float(entry["seconds"])
            except (ValueError, KeyError, TypeError, RecursionError):
                continue  # the line that was being written when the run was killed
            if earlier:
                kept.append(line)
                self.seconds = seconds
        write_atomically(path, "".join(line + "\n" for line in kept))


def _summary(position: Position) -> dict[str, Any]:
    return {
        "stage": position.stage.value,
        "attempt": position.attempt,
        "steps": position.steps,
        "loss": finite(position.loss),
        "penalty": finite(position.penalty),
        "links": position.links,
        "undone": _undone_to_json(position.undone),
        "challenges": len(position.challenges),
    }


def finite(x: float) -> float | None:
    """The number, or `None` where JSON has none for it."""
    return x if isfinite(x) else None


def _to_json(position: Position) -> dict[str, Any]:
    plain = {name: getattr(position, name) for name in _PLAIN}
    machines = {name: _machine_to_json(getattr(position, name)) for name in _MACHINES}
    return {
        **plain,
        "loss": finite(position.loss),
        "penalty": finite(position.penalty),
        "undone": _undone_to_json(position.undone),
        "spare_loss": finite(position.spare_loss),
        **machines,
        "challenges": [stream_to_json(stream) for stream in position.challenges],
        "found": [_found_to_json(found) for found in position.found],
    }


def _from_json(stored: dict[str, Any]) -> Position:
    plain = {name: stored[name] for name in _PLAIN}
    for name in ("attempt", "tried", "steps", "mends", "last"):
        if not isinstance(plain[name], int):
            raise TypeError(f"{name} is not a whole number")
    float(plain["cut"])
    fields: dict[str, Any] = {
        **plain,
        "stage": Stage(plain["stage"]),
        "loss": _number(plain["loss"]),
        "penalty": _number(stored.get("penalty", 0.0)),
        "undone": _undone_from_json(stored.get("undone")),
        "spare_loss": _number(stored["spare_loss"]),
        "workspace": tuple(plain["workspace"]),
        "failures": tuple(plain["failures"]),
        **{name: stored[name] and machine_from_json(stored[name]) for name in _MACHINES},
        "challenges": tuple(_stream_from_json(stream) for stream in stored["challenges"]),
        "found": tuple(_found_from_json(found) for found in stored["found"]),
    }
    return Position(**fields)


def _undone_to_json(undone: Undone | None) -> dict[str, Any] | None:
    return None if undone is None else {"links": undone.links, "loss": finite(undone.loss)}


def _undone_from_json(stored: dict[str, Any] | None) -> Undone | None:
    return None if stored is None else Undone(int(stored["links"]), _number(stored["loss"]))


def _number(stored: Any) -> float:
    return float("inf") if stored is None else float(stored)


def _machine_to_json(machine: Machine | None) -> str | None:
    return None if machine is None else machine_to_json(machine)


def stream_to_json(stream: Stream | None) -> list[Any] | None:
    """The items of a stream as plain data."""
    return None if stream is None else [x.to_nested() for x in stream]


def _stream_from_json(stored: list[Any]) -> Stream:
    return tuple(map(VValue, stored))


def _found_to_json(found: Found) -> dict[str, Any]:
    verdict = found.verdict._asdict()
    failing = found.verdict.failing
    return {
        "circuit": machine_to_json(found.circuit),
        "loss": finite(found.loss),
        "verdict": verdict
        | {
            "max_error": finite(found.verdict.max_error),
            "failing": stream_to_json(failing),
        },
    }


def _found_from_json(stored: dict[str, Any]) -> Found:
    verdict = dict(stored["verdict"])
    failing = verdict["failing"]
    verdict["failing"] = None if failing is None else _stream_from_json(failing)
    verdict["max_error"] = _number(verdict["max_error"])
    return Found(machine_from_json(stored["circuit"]), _number(stored["loss"]), Verdict(**verdict))
