"""Shrinking: what a unit of work paid for its links, and what it tried in vain, is part of where the run stands."""

import json
from dataclasses import replace

import pytest

import tiny
from dmm import L1, TASKS, GroupL1, HardConcrete, Penalty, ProximalL1
from dmm.gradients.data import Data
from dmm.synthesis import shrinking
from dmm.synthesis.position import Position, Stage, Undone
from dmm.synthesis.runs import RunFolder
from dmm.synthesis.search import advance
from dmm.synthesis.training import Trainer
from dmm.synthesis.workbench import Workbench

pytestmark = [pytest.mark.trains, pytest.mark.usefixtures("compiled_once")]
TASK = tiny.sums()


def energy(task):
    return sum(float(target.dot(target)) for example in task.examples for target in example.targets)


def size(machine):
    """The sum of absolute weights."""
    return sum(abs(link.weight) for link in machine.links())


@pytest.fixture(scope="module")
def warm(compiled_once):
    """A bench and where it stands after the warm-up."""
    bench = Workbench(TASK, 1, tiny.QUICK)
    return bench, shrinking.warm_up(bench, bench.start())


# -- what links cost ---------------------------------------------------------------------------------------------------


def group_cost(machine):
    """Σ over neurons of √n ‖w‖ and a tenth of the absolute weights, of the n links that leave a neuron."""
    leaving = {}
    for link in machine.links():
        leaving.setdefault(link.source, []).append(link.weight)
    return sum((len(w) * sum(x * x for x in w)) ** 0.5 + 0.1 * sum(map(abs, w)) for w in leaving.values())


@pytest.mark.parametrize(
    ("penalty", "cost"),
    [
        (L1(0.5), lambda machine: 0.5 * size(machine)),
        (GroupL1(0.5), lambda machine: 0.5 * group_cost(machine)),
        (HardConcrete(0.5, start=40.0), lambda machine: 0.5 * len(machine.matrix)),  # gates as good as open
        (ProximalL1(0.5), lambda _: 0.0),  # acts after the step
        (Penalty(), lambda _: 0.0),
    ],
    ids=lambda x: type(x).__name__,
)
def test_what_is_paid_is_in_units_of_the_loss(penalty, cost):
    task = TASKS["duplicates"]
    trainer = Trainer(task.teacher, Data.of(task.examples))
    machine = task.teacher.with_matrix(task.teacher.matrix.map_leaves(lambda weight: -0.3 * weight))
    paid = trainer.paid(machine.matrix, penalty)
    assert paid == pytest.approx(cost(machine) * energy(task) / 1000, rel=1e-3)


def test_a_warm_up_pays_for_its_links(warm):
    _, position = warm
    assert position.penalty == pytest.approx(tiny.QUICK.penalty.strength * size(position.machine) * energy(TASK) / 1000)
    assert position.undone is None


def test_a_fit_pays_nothing_and_forgets_what_was_undone(warm):
    bench, position = warm
    after = shrinking.fit(bench, replace(position, undone=Undone(3, 1.0)))
    assert (after.stage, after.penalty, after.undone) == (Stage.PROBE, 0.0, None)


# -- what was tried in vain --------------------------------------------------------------------------------------------


def test_a_cut_that_is_accepted_leaves_nothing_undone(warm):
    bench, position = warm
    after = shrinking.cut(bench, replace(position, undone=Undone(3, 1.0)))
    assert after.links < position.links
    assert after.undone is None
    assert after.penalty == pytest.approx(tiny.QUICK.penalty.strength * size(after.machine) * energy(TASK) / 1000)


def test_a_cut_that_is_undone_says_how_far_it_got(warm):
    """No loss is good enough, so a half of the links is cut and put back."""
    _, position = warm
    strict = Workbench(TASK, 1, replace(tiny.QUICK, loose=1e-12))
    after = shrinking.cut(strict, replace(position, cut=0.5))
    assert (after.machine, after.loss, after.penalty) == (position.machine, position.loss, position.penalty)
    assert after.steps == position.steps + tiny.QUICK.patience * tiny.QUICK.recovery
    assert 0 < after.undone.links <= position.links // 2
    assert after.undone.loss > 1e-12 * energy(TASK)


def test_the_last_cut_of_an_attempt_is_told_at_the_start_of_the_next(warm):
    _, position = warm
    strict = Workbench(TASK, 1, replace(tiny.QUICK, loose=1e-12, few=1))
    after = shrinking.cut(strict, replace(position, cut=1e-3))
    assert (after.stage, after.attempt) == (Stage.WARM_UP, 2)
    assert after.undone.links < position.links
    assert shrinking.warm_up(strict, after).undone is None


def test_links_that_cannot_be_done_without_are_told(warm):
    bench, position = warm
    units = []
    while position.stage is not Stage.SETTLE:
        before, position = position, advance(bench, position)
        units.append((before, position))
    refined = [(before, after) for before, after in units if before.stage is after.stage is Stage.REFINE]
    vain = [(before, after) for before, after in refined if after.machine == before.machine]
    assert refined
    assert vain
    for before, after in refined:
        assert (after.undone is None) == ((before, after) not in vain)
        if after.undone is None:
            paid = tiny.QUICK.fine_penalty * size(after.machine) * energy(TASK) / 1000
            assert after.penalty == pytest.approx(paid)
    for before, after in vain:
        assert after.undone.links < before.links
        assert after.undone.loss >= tiny.QUICK.tight * energy(TASK)
        assert after.penalty == before.penalty
    assert (position.penalty, position.undone) == (0.0, None)


# -- on disk -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("undone", [None, Undone(5, 2.5), Undone(5, float("inf"))])
def test_both_are_on_disk(tmp_path, undone):
    folder = RunFolder.create(tmp_path / "run", TASK, 1, tiny.QUICK)
    position = Position(Stage.CUT, 1, TASKS["running-sum"].teacher, 0.5, 0.1, steps=50, penalty=0.25, undone=undone)
    folder.save(position, 1.0, accepted=True)
    assert RunFolder.open(folder.path).load() == position
    line = json.loads((folder.path / "history.jsonl").read_text())
    expected = None if undone is None else {"links": 5, "loss": 2.5 if undone.loss == 2.5 else None}
    assert (line["loss"], line["penalty"], line["undone"]) == (0.5, 0.25, expected)


def test_a_position_of_an_older_version_is_taken_up(tmp_path):
    folder = RunFolder.create(tmp_path / "run", TASK, 1, tiny.QUICK)
    position = Position(Stage.CUT, 1, TASKS["running-sum"].teacher, 0.5, 0.1, penalty=0.25, undone=Undone(1, 2.0))
    folder.save(position, 1.0, accepted=True)
    path = folder.path / "position.json"
    older = {key: x for key, x in json.loads(path.read_text()).items() if key not in ("penalty", "undone")}
    path.write_text(json.dumps(older))
    assert RunFolder.open(folder.path).load() == replace(position, penalty=0.0, undone=None)
