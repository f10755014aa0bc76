"""The course of a run: what every unit of work did, out of the lines of the history.

A line says where the run stood *after* a unit. What the unit was is the stage of the line before; what came of it is
told by the links. A unit that went back has trained and kept as many links as before; what it had tried is recorded,
save by older versions.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from dmm.machine.files import load_machine
from dmm.machine.machine import Machine
from dmm.report.folder import Checkpoint, Entry, Run
from dmm.synthesis.position import Stage, Undone

TRIES = (Stage.CUT, Stage.REFINE)  # stages in which a unit tries smaller machines


class Change(StrEnum):
    """What a unit of work did to the links."""

    CUT = "cut"
    BACK = "step back"
    START = "start"
    NONE = "none"


class Unit(NamedTuple):
    """A unit of work: what it was, where the run stood after it, what it took and what it changed."""

    work: str
    entry: Entry
    steps: int
    seconds: float
    change: Change
    learned: bool  # whether there is a counter-example more
    undone: Undone | None  # what it tried in vain, where that is recorded


class Share(NamedTuple):
    """What a stage took of a run."""

    work: str
    units: int
    steps: int
    seconds: float


def course(history: Sequence[Entry]) -> tuple[Unit, ...]:
    """The units of work of a run, in order.

    >>> lines = [(1, "cut", 1, 9), (2, "cut", 1, 5), (3, "fit", 1, 5), (4, "warm up", 2, 9)]
    >>> history = [Entry(n, stage, attempt, 100 * n, 0.5, links, 0, float(n)) for n, stage, attempt, links in lines]
    >>> [(unit.work, unit.change.value) for unit in course(history)]
    [('warm up', 'start'), ('cut', 'cut'), ('cut', 'step back'), ('fit', 'start')]
    """
    units = []
    before: Entry | None = None
    for entry in history:
        was = before or Entry(0, Stage.WARM_UP.value, entry.attempt, 0, None, entry.links, 0, 0.0)
        steps, seconds = entry.steps - was.steps, max(0.0, entry.seconds - was.seconds)
        learned = entry.challenges > was.challenges
        undone = entry.undone if steps else None  # a unit without training repeats the one before
        units.append(Unit(was.stage, entry, steps, seconds, _change(before, entry), learned, undone))
        before = entry
    return tuple(units)


def _change(before: Entry | None, entry: Entry) -> Change:
    if before is None or entry.attempt != before.attempt:
        return Change.START
    if entry.links < before.links:
        return Change.CUT
    tried = before.stage in TRIES and entry.steps > before.steps
    return Change.BACK if tried or entry.links > before.links else Change.NONE


def attempts(units: Iterable[Unit]) -> list[list[Unit]]:
    """The units by the attempt that they belong to; the one that ends an attempt belongs to the next, as its start."""
    found: list[list[Unit]] = []
    for unit in units:
        if unit.change is Change.START:
            found.append([])
        found[-1].append(unit)
    return found


def shares(units: Iterable[Unit]) -> list[Share]:
    """What every stage took, in the order of the search."""
    units = list(units)
    order = [*(stage.value for stage in Stage), *(unit.work for unit in units)]
    found = []
    for work in dict.fromkeys(order):
        own = [unit for unit in units if unit.work == work]
        if own:
            found.append(Share(work, len(own), sum(u.steps for u in own), sum(u.seconds for u in own)))
    return found


def way_to_the_circuit(run: Run) -> list[Checkpoint]:
    """The checkpoints of the attempt that ended with the circuit; of the last attempt, where none did."""
    attempt_of = {entry.unit: entry.attempt for entry in run.history}
    kept = [each for each in run.checkpoints if each.unit in attempt_of]
    if not kept:
        return []
    end = next((each for each in reversed(kept) if _holds(each, run.circuit)), kept[-1])
    return [each for each in kept if attempt_of[each.unit] == attempt_of[end.unit] and each.unit <= end.unit]


def _holds(checkpoint: Checkpoint, circuit: Machine | None) -> bool:
    """Whether it is the circuit that was kept there."""
    if circuit is None or len(circuit.matrix) != checkpoint.links:
        return False
    try:
        return load_machine(checkpoint.path).with_no_metadata() == circuit.with_no_metadata()
    except ValueError:
        return False
