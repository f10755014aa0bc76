"""Synthesis as one call: a task and a seed in, a verified circuit out, every step on disk."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import Any

from dmm.gradients.memory import default_memory
from dmm.machine.machine import Machine
from dmm.synthesis.challenge import counter_example
from dmm.synthesis.front import Found, front, shortest, total_bits
from dmm.synthesis.lag import with_lag
from dmm.synthesis.live import followed
from dmm.synthesis.position import Position, Progress, Stage
from dmm.synthesis.runs import RunFolder, finite, stream_to_json
from dmm.synthesis.search import advance, knows
from dmm.synthesis.settings import Settings
from dmm.synthesis.verify import Judge, Verdict
from dmm.synthesis.workbench import Workbench
from dmm.tasks.registry import TASKS
from dmm.tasks.task import Stream, Task

MOST_AT_STOP = 100  # streams by which a machine is judged when the run is interrupted


class Outcome(StrEnum):
    """How a synthesis ended, as a sentence."""

    EXACT = "Exact: the circuit equals the teacher on every stream it was judged by."
    FITS = "The circuit agrees with every example, those held out included."
    LEARNED = "The circuit agrees with every example; none was held out, so nothing says whether it generalises."
    APPROXIMATE = "Approximate: the circuit errs a little on streams it was judged by."
    NOT_FOUND = "Not found: no attempt led to a circuit that does the task; this is what came nearest."
    INTERRUPTED = "Interrupted; this is the best machine so far."


@dataclass(frozen=True)
class Synthesis:
    """The result of a synthesis.

    `verdict` judges the circuit; `train_loss` is its sum of squared errors on the examples. `front` are the best
    circuits by links against error, `challenges` the counter-examples that were learned from, `failures` how attempts
    ended that led nowhere. `undecided` is a stream to which two circuits that agree with all examples give different
    answers: what the examples do not say.
    """

    task: Task
    circuit: Machine
    outcome: Outcome
    verdict: Verdict
    train_loss: float
    seconds: float
    steps: int
    seed: int
    attempts: int
    challenges: tuple[Stream, ...]
    front: tuple[Found, ...]
    failures: tuple[str, ...]
    undecided: Stream | None
    path: Path | None

    @property
    def links(self) -> int:
        """The number of trained links of the circuit."""
        return len(self.circuit.matrix)

    @property
    def exact(self) -> bool:
        """Whether the circuit equals the teacher on every stream it was judged by."""
        return self.verdict.exact

    @property
    def heldout_max_error(self) -> float:
        """The largest absolute error on a stream it was judged by."""
        return self.verdict.max_error

    def as_json(self) -> dict[str, Any]:
        """The figures as plain data, the circuit by its path; null where a figure is not finite."""
        names = ("links", "exact", "train_loss", "heldout_max_error", "seconds", "steps", "seed", "attempts")
        plain = {name: finite(getattr(self, name)) for name in names}
        return plain | {
            "circuit": None if self.path is None else str(self.path),
            "outcome": self.outcome.value,
            "streams": self.verdict.streams,
            "ticks": self.verdict.ticks,
            "failing": stream_to_json(self.verdict.failing),
            "undecided": stream_to_json(self.undecided),
            "challenges": [stream_to_json(stream) for stream in self.challenges],
            "front": [
                {"links": f.links, "bits": round(f.bits, 1), "max_error": finite(f.verdict.max_error)}
                for f in self.front
            ],
            "failures": list(self.failures),
        }

    @property
    def headline(self) -> str:
        """Task, outcome and effort in a line."""
        effort = f"{self.links} links in {self.seconds:.0f} s, seed {self.seed}, {self.attempts} attempts"
        return f"{self.task.name}. {self.outcome.value} {effort}."

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows: the headline above the circuit."""
        shown = self.circuit._repr_mimebundle_()
        shown["text/plain"] = f"{self.headline}\n{shown['text/plain']}"
        if "text/html" in shown:
            shown["text/html"] = f"<p>{escape(self.headline)}</p>\n{shown['text/html']}"
        return shown


def synthesise(
    task: Task | str,
    *,
    seed: int = 0,
    settings: Settings | None = None,
    start: Machine | None = None,
    out: str | os.PathLike[str] | None = None,
    listen: Callable[[Progress], None] | None = None,
) -> Synthesis:
    """Synthesise a circuit for a task, unattended; the same seed gives the same circuit.

    `start` is a machine to begin with in place of a template: a repair. `out` names a new folder for the run (see
    `RunFolder`); `listen` hears of progress, and where nobody does, a notebook shows it. Ctrl-C ends it with the best
    machine so far. `ValueError` for an unknown task or a folder that will not do.
    """
    task = find_task(task)
    if type(seed) is not int or seed < 0:
        raise ValueError(f"the seed is {seed!r}; give a whole number, 0 or more")
    settings = settings or Settings()
    settings = replace(settings, memory=settings.memory or default_memory())

    with followed(listen) as listener:

        def tell(_: int, loss: float) -> None:
            if listener:
                listener(Progress(Stage.WARM_UP, 0, 0, loss, 0, 0))

        task = with_lag(task, seed, settings, tell)
        bench = Workbench(task, seed, settings, listener, start)
        folder = None if out is None else RunFolder.create(out, task, seed, settings, start)
        return _work(bench, folder, None)


def resume(
    out: str | os.PathLike[str],
    *,
    task: Task | None = None,
    rewind: int | None = None,
    listen: Callable[[Progress], None] | None = None,
) -> Synthesis:
    """Take up the run in a folder where it stopped, however it stopped, and end with the same circuit.

    `rewind` goes back to where it stood after that unit of work (the numbers in `checkpoints/`). `task` is needed where
    the run was started with a teacher of one's own.
    """
    folder = RunFolder.open(out)
    task = folder.task(task or (TASKS.get(folder.config["task"]) if folder.config["taught"] else None))
    if task.teacher is not None and any(task.example(each.inputs) != each for each in task.examples):
        raise ValueError(f"{folder.path}: the teacher answers otherwise than examples.jsonl; pass the task of this run")
    with followed(listen) as listener:
        bench = Workbench(task, folder.config["seed"], folder.settings, listener, folder.start)
        if rewind is not None:
            folder.rewind(rewind)
        position = folder.load()
        if position and not knows(bench, position):
            raise ValueError(f"{folder.path}: position.json does not fit the settings in config.json; start a new run")
        return _work(bench, folder, position)


def find_task(task: Task | str) -> Task:
    """The task of this name, or the task itself."""
    if isinstance(task, str) and task not in TASKS:
        raise ValueError(f"there is no task {task!r}; there is {', '.join(TASKS)}")
    return TASKS[task] if isinstance(task, str) else task


def _work(bench: Workbench, folder: RunFolder | None, position: Position | None) -> Synthesis:
    position = position or bench.start()
    began = time.perf_counter() - (folder.seconds if folder else 0.0)
    interrupted = False
    try:
        while position.stage is not Stage.DONE:
            before, position = position, advance(bench, position)
            if folder:
                accepted = (position.machine, position.circuit) != (before.machine, before.circuit)
                folder.save(position, time.perf_counter() - began, accepted)
                if position.found != before.found:
                    folder.finish(_best(bench, position).circuit)
                    folder.lay_out(front(position.found))
    except KeyboardInterrupt:
        interrupted = True
    return _result(bench, folder, position, time.perf_counter() - began, interrupted)


def _result(
    bench: Workbench, folder: RunFolder | None, position: Position, seconds: float, interrupted: bool
) -> Synthesis:
    best = _best(bench, position)
    outcome = _outcome(bench, best)
    best_by_links = tuple(front(position.found))
    if folder:
        folder.lay_out(best_by_links)
    circuit = best.circuit.with_metadata(
        task=bench.task.name,
        seed=bench.seed,
        exact=best.verdict.exact,
        heldout_max_error=finite(best.verdict.max_error),
    )
    return Synthesis(
        task=bench.task,
        circuit=circuit,
        outcome=Outcome.INTERRUPTED if interrupted else outcome,
        verdict=best.verdict,
        train_loss=best.loss,
        seconds=seconds,
        steps=position.steps,
        seed=bench.seed,
        attempts=position.attempt,
        challenges=position.challenges,
        front=best_by_links,
        failures=position.failures,
        undecided=None if interrupted else _undecided(bench.task, position),
        path=folder.finish(circuit) if folder else None,
    )


def _best(bench: Workbench, position: Position) -> Found:
    """The judged circuit of least description length, exact ones first; the machine itself, where none was judged."""
    if not position.found:
        machine = position.circuit or (position.stage is Stage.DONE and position.spare) or position.machine
        judge = Judge(bench.task, streams=MOST_AT_STOP, longest=MOST_AT_STOP)
        loss = bench.loss(machine, position)
        return Found(machine, loss, judge.verdict(machine))
    if any(found.good for found in position.found):
        return shortest(position.found)
    targets = bench.data(position).targets.leaves
    largest, answers = float(abs(targets).max(initial=0.0)), int(targets.shape[0] * targets.shape[1])
    most = max(found.verdict.ticks for found in position.found)  # those that were judged in full
    judged = [found for found in position.found if found.verdict.ticks == most]
    return min(judged, key=lambda found: total_bits(found, largest, answers))


def _outcome(bench: Workbench, best: Found) -> Outcome:
    if best.good and not best.verdict.streams:
        return Outcome.LEARNED
    if best.verdict.exact:
        return Outcome.FITS if bench.task.teacher is None else Outcome.EXACT
    return Outcome.APPROXIMATE if best.verdict.max_error <= bench.settings.accept else Outcome.NOT_FOUND


def _undecided(task: Task, position: Position) -> Stream | None:
    """Where two circuits that agree with all examples differ, if that is found."""
    fit = [found.circuit for found in position.found if found.verdict.failing is None]
    if task.teacher is not None or len(fit) < 2:
        return None
    asked = replace(task, teacher=fit[0], parts=replace(task.parts, lag=0))  # of both, answers come as late
    against = (counter_example(other, asked) for other in fit[1:])
    return next((each.stream for each in against if each is not None), None)
