"""The run folder: everything a synthesis has done, on disk at every moment.

config.json      task, seed, settings and versions
history.jsonl    a line per unit of work: stage, attempt, steps, loss, links, seconds
position.json    where the run stands; it is taken up from here
checkpoints/     every accepted machine, by unit and number of links
circuit.json     the result
"""

import json
import os
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import Any

from dmm.machine.files import machine_from_json, machine_to_json, save_machine, write_atomically
from dmm.machine.machine import Machine
from dmm.synthesis.search import Position, Stage
from dmm.synthesis.settings import Settings
from dmm.synthesis.verify import Verdict

_PLAIN = ("stage", "attempt", "loss", "cut", "tried", "steps", "found", "workspace", "best_loss")


class RunFolder:
    """One run on disk. `create` starts a folder, `open` takes one up; `ValueError` says why a folder will not do."""

    def __init__(self, path: Path, config: dict[str, Any]):
        self.path = path
        self.config = config
        self.unit = 0
        self.seconds = 0.0

    @classmethod
    def create(cls, path: str | os.PathLike[str], task: str, seed: int, settings: Settings) -> "RunFolder":
        """A new run in an empty or new folder."""
        path = Path(path)
        versions = {name: version(name) for name in ("dmm", "jax", "optax")}
        config = {"task": task, "seed": seed, "settings": settings.as_json(), "versions": versions}
        try:
            if path.is_dir() and any(path.iterdir()):
                raise ValueError(f"{path}: the folder is not empty; name another, or take its run up with --resume")
            (path / "checkpoints").mkdir(parents=True)
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
            if not isinstance(config["seed"], int) or not isinstance(config["task"], str):
                raise ValueError("neither a seed nor a task")
            run = cls(path, config)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            raise ValueError(f"{path}: no run to take up (config.json is missing or broken); start a new one") from None
        return run

    @property
    def settings(self) -> Settings:
        """The settings the run was started with."""
        return Settings(**self.config["settings"])

    def save(self, position: Position, seconds: float, accepted: bool) -> None:
        """Write down one more unit of work."""
        self.unit += 1
        self.seconds = seconds
        if accepted:
            name = f"{self.unit:05d}-{position.links}-links.json"
            save_machine(position.machine, self.path / "checkpoints" / name)
        entry = {"unit": self.unit, **_summary(position), "seconds": round(seconds, 3)}
        write_atomically(self.path / "position.json", json.dumps(_to_json(position) | {"unit": self.unit}))
        with (self.path / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write(json.dumps(entry) + "\n")

    def load(self) -> Position | None:
        """Where the run stands; `None` before its first unit of work. Forgets history that came after."""
        path = self.path / "position.json"
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

    def finish(self, machine: Machine) -> Path:
        """Write the circuit, and say where."""
        path = self.path / "circuit.json"
        save_machine(machine, path)
        return path

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
    loss = position.loss if isfinite(position.loss) else None
    return {
        "stage": position.stage.value,
        "attempt": position.attempt,
        "steps": position.steps,
        "loss": loss,
        "links": position.links,
    }


def _to_json(position: Position) -> dict[str, Any]:
    plain = {name: getattr(position, name) for name in _PLAIN}
    return {
        **{name: None if isinstance(x, float) and not isfinite(x) else x for name, x in plain.items()},
        "machine": machine_to_json(position.machine),
        "best": position.best and machine_to_json(position.best),
        "verdict": position.verdict and position.verdict._asdict(),
    }


def _from_json(stored: dict[str, Any]) -> Position:
    plain = {name: stored[name] for name in _PLAIN}
    infinite = {name: float("inf") for name in ("loss", "best_loss") if plain[name] is None}
    changed = {"stage": Stage(plain["stage"]), "workspace": tuple(plain["workspace"])}
    for name in ("attempt", "tried", "steps", "found"):
        if not isinstance(plain[name], int):
            raise TypeError(f"{name} is not a whole number")
    float(plain["cut"])
    return Position(
        **{**plain, **infinite, **changed},
        machine=machine_from_json(stored["machine"]),
        best=stored["best"] and machine_from_json(stored["best"]),
        verdict=stored["verdict"] and Verdict(**stored["verdict"]),
    )
