"""The way to the circuit: loss and links over the steps, the shrinking machine, the settings, and what it all took."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dmm.circuits.pictures.shrinking import shrinking_svg
from dmm.machine.files import load_machine
from dmm.report.blocks import Block, Bullets, Figure, Fold, Paragraph, Section, Table, remark
from dmm.report.course import Share, Unit, course, shares, way_to_the_circuit
from dmm.report.folder import Checkpoint, Run
from dmm.report.training_picture import training_svg
from dmm.report.words import amount, duration, many

FRAMES = 20  # machines of the animation, at most
MOST_CELLS = 2500  # links of its first machine
SECONDS = 0.6  # a machine is shown
PENALTY = "The penalty is what the links cost in training besides the loss, in the same units."


def training_section(run: Run) -> Section:
    """The loss and the links over the steps, and the machine as it shrank."""
    if not run.history:
        return Section("training", "Training and pruning", (remark("There is no history to draw."),))
    units = course(run.history)
    is_known = any(unit.entry.penalty is not None for unit in units)
    caption = (
        "Loss (the sum of squared errors on the examples and on the counter-examples so far) and trained links after "
        "every unit of work, by the steps of training. "
        + (PENALTY if is_known else "The penalty on links was not recorded by the version of dmm that made this run.")
    )
    blocks: list[Block] = [Figure(training_svg(units), caption)]
    if run.failures:
        blocks.append(Paragraph("How attempts ended that led nowhere:"))
        blocks.append(Bullets(run.failures))
    return Section("training", "Training and pruning", (*blocks, *_shrinking(run)))


def _shrinking(run: Run) -> list[Block]:
    way = [each for each in way_to_the_circuit(run) if each.links <= MOST_CELLS]
    chosen = _thinned(way)
    try:
        machines = [load_machine(checkpoint.path) for checkpoint in chosen]
    except ValueError as problem:
        return [remark(f"The shrinking is not shown, because of a damaged checkpoint: {problem}.")]
    if len(machines) < 2:
        return [remark("There are no checkpoints that would show how the machine shrank.")]
    attempt = next(entry.attempt for entry in run.history if entry.unit == chosen[-1].unit)
    caption = (
        f"The network matrix in attempt {attempt}, as its links were cut: {len(chosen)} of {many(len(way), 'machine')} "
        "that were accepted."
    )
    return [Figure(shrinking_svg(machines, seconds=SECONDS), caption)]


def _thinned(way: Sequence[Checkpoint]) -> list[Checkpoint]:
    """The first, the last and some between, none as large as the one before."""
    smaller: list[Checkpoint] = []
    for each in way:
        if not smaller or each.links < smaller[-1].links:
            smaller.append(each)
    if way and smaller[-1].links == way[-1].links:
        smaller[-1] = way[-1]  # the circuit itself, with its weights as they came to be
    if len(smaller) <= FRAMES:
        return smaller
    places = {round(n * (len(smaller) - 1) / (FRAMES - 1)) for n in range(FRAMES)}
    return [smaller[place] for place in sorted(places)]


# -- what was set, and what it took ------------------------------------------------------------------------------------


def setup_section(run: Run) -> Section:
    """The configuration, the versions, the seed, and the time that every stage took."""
    units = course(run.history)
    blocks: list[Block] = []
    if units:
        blocks.append(_times(shares(units), units))
    versions = run.config.get("versions")
    rows: list[tuple[str, str]] = [("seed", "unknown" if run.seed is None else str(run.seed))]
    rows += [(f"version of {name}", str(found)) for name, found in _items(versions)]
    rows += [
        ("training streams", amount(len(run.task.examples))),
        ("held-out examples", amount(len(run.task.held_out))),
    ]
    blocks.append(Table("What the run was started with", ("setting", "value"), tuple(rows), frozenset({0, 1})))
    for name, title in (("parts", "Parts of the template"), ("settings", "Settings")):
        stored = run.config.get(name)
        if isinstance(stored, Mapping):
            pairs = tuple((key, _written(value)) for key, value in stored.items())
            blocks.append(Fold(title, (Table(title, (name, "value"), pairs, frozenset({0, 1}), is_code=True),)))
    return Section("setup", "Configuration and timing", tuple(blocks))


def _items(stored: Any) -> list[tuple[str, Any]]:
    return list(stored.items()) if isinstance(stored, Mapping) else []


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _times(stages: Sequence[Share], units: Sequence[Unit]) -> Table:
    total = sum(share.seconds for share in stages)
    rows = [
        (s.work, amount(s.units), amount(s.steps), duration(s.seconds), f"{s.seconds / (total or 1):.0%}")
        for s in stages
    ]
    rows.append(("all", amount(len(units)), amount(sum(s.steps for s in stages)), duration(total), "100%"))
    head = ("stage", "units of work", "steps", "time", "share")
    return Table("What every stage took", head, tuple(rows), frozenset({0}))
