"""Synthesis as one call: a task and a seed in, a verified circuit out, every step on disk."""

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from dmm.machine.machine import Machine
from dmm.synthesis.runs import RunFolder
from dmm.synthesis.search import Position, Progress, Search, Stage
from dmm.synthesis.settings import Settings
from dmm.synthesis.verify import verify
from dmm.tasks.registry import TASKS
from dmm.tasks.task import Task


class Outcome(StrEnum):
    """How a synthesis ended, as a sentence."""

    EXACT = "The circuit equals the teacher on every held-out stream."
    GOOD = "The circuit agrees with the teacher on every held-out stream, up to a small error."
    POOR = "No attempt found a good circuit; this is the best one found."
    INTERRUPTED = "Interrupted; this is the best machine so far."


@dataclass(frozen=True)
class Synthesis:
    """The result of a synthesis. `train_loss` is the sum of squared errors on the training streams."""

    task: Task
    circuit: Machine
    outcome: Outcome
    train_loss: float
    heldout_max_error: float
    exact: bool
    seconds: float
    steps: int
    seed: int
    attempts: int
    path: Path | None

    @property
    def links(self) -> int:
        """The number of trained links of the circuit."""
        return len(self.circuit.matrix)

    def as_json(self) -> dict[str, Any]:
        """The figures as plain data, the circuit by its path."""
        names = ("links", "exact", "train_loss", "heldout_max_error", "seconds", "steps", "seed", "attempts")
        path = None if self.path is None else str(self.path)
        return {name: getattr(self, name) for name in names} | {"circuit": path, "outcome": self.outcome.value}


def synthesise(
    task: Task | str,
    *,
    seed: int = 0,
    settings: Settings | None = None,
    out: str | os.PathLike[str] | None = None,
    listen: Callable[[Progress], None] | None = None,
) -> Synthesis:
    """Synthesise a circuit for a task, unattended; the same seed gives the same circuit.

    `out` names a new folder for the run (see `RunFolder`); `listen` hears of progress. Ctrl-C ends it with the best
    machine so far. `ValueError` for an unknown task or a folder that will not do.
    """
    task = find_task(task)
    if type(seed) is not int or seed < 0:
        raise ValueError(f"the seed is {seed!r}; give a whole number, 0 or more")
    search = Search(task, seed, settings or Settings(), listen)
    folder = None if out is None else RunFolder.create(out, task.name, seed, search.settings)
    return _work(search, folder, None)


def resume(
    out: str | os.PathLike[str], *, task: Task | None = None, listen: Callable[[Progress], None] | None = None
) -> Synthesis:
    """Take up the run in a folder where it stopped, however it stopped, and end with the same circuit.

    `task` is needed where the run was started with a task of one's own.
    """
    folder = RunFolder.open(out)
    search = Search(task or find_task(folder.config["task"]), folder.config["seed"], folder.settings, listen)
    position = folder.load()
    if position and not search.knows(position):
        raise ValueError(f"{folder.path}: position.json does not fit the settings in config.json; start a new run")
    return _work(search, folder, position)


def find_task(task: Task | str) -> Task:
    """The task of this name, or the task itself."""
    if isinstance(task, str) and task not in TASKS:
        raise ValueError(f"there is no task {task!r}; there is {', '.join(TASKS)}")
    return TASKS[task] if isinstance(task, str) else task


def _work(search: Search, folder: RunFolder | None, position: Position | None) -> Synthesis:
    position = position or search.start()
    began = time.perf_counter() - (folder.seconds if folder else 0.0)
    interrupted = False
    try:
        while position.stage is not Stage.DONE:
            before, position = position, search.advance(position)
            if folder:
                folder.save(position, time.perf_counter() - began, accepted=position.machine != before.machine)
    except KeyboardInterrupt:
        interrupted = True
    return _result(search, folder, position, time.perf_counter() - began, interrupted)


def _result(
    search: Search, folder: RunFolder | None, position: Position, seconds: float, interrupted: bool
) -> Synthesis:
    circuit, verdict, loss = position.best, position.verdict, position.best_loss
    if circuit is None or verdict is None:
        s = search.settings
        circuit, loss = position.machine, position.loss
        verdict = verify(circuit, search.task, count=1 if interrupted else s.held_out_count, factor=s.held_out_factor)
        if not math.isfinite(loss):
            loss = search.trainer(position).loss(circuit.matrix)
    good = Outcome.EXACT if verdict.exact else Outcome.GOOD
    finished = good if verdict.max_error <= search.settings.accept else Outcome.POOR
    figures = {
        "task": search.task.name,
        "seed": search.seed,
        "train_loss": loss,
        "heldout_max_error": verdict.max_error,
    }
    circuit = circuit.with_metadata(**figures)
    return Synthesis(
        task=search.task,
        circuit=circuit,
        outcome=Outcome.INTERRUPTED if interrupted else finished,
        train_loss=loss,
        heldout_max_error=verdict.max_error,
        exact=verdict.exact,
        seconds=seconds,
        steps=position.steps,
        seed=search.seed,
        attempts=position.attempt,
        path=folder.finish(circuit) if folder else None,
    )
