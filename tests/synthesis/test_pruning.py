"""Pruning rules: what they measure, what they may remove, and that removing what is dead changes no answer."""

import random

import pytest

import dmm.synthesis.pruning as pruning
from dmm import TASKS, Example, Machine, VValue, layered, run
from dmm.gradients.data import Data
from dmm.synthesis.pruning import (
    PROBES,
    RULES,
    bypasses,
    deletion,
    first_order,
    least,
    magnitude,
    without,
    without_dead,
)
from dmm.synthesis.template import initialise
from dmm.synthesis.training import Trainer
from dmm.vvalue.support import Support

TASK = TASKS["duplicates"]
STREAM = Support([("a",), ("b",), (".",)])


def sparse(seed):
    """A template that has lost most of its links at random, and so has many dead ones."""
    machine = initialise(layered(layers=3), seed, scale=0.5)
    kept = random.Random(seed).sample([link[:4] for link in machine.links()], 40)
    return without(machine, machine.matrix.support - Support(kept))


def random_stream(seed, ticks=25):
    return [VValue({random.Random(t + seed).choice("ab."): 1}) for t in range(ticks)]


def test_removing_what_is_dead_changes_no_answer():
    shrunk = 0
    for seed in range(20):
        machine = sparse(seed)
        alive = without_dead(machine, STREAM)
        shrunk += len(machine.matrix) - len(alive.matrix)
        assert run(alive, random_stream(seed)) == run(machine, random_stream(seed))
    assert shrunk > 20  # or this test has tested nothing


def test_nothing_of_the_teacher_is_dead():
    assert without_dead(TASK.teacher, STREAM) == TASK.teacher


# -- rules -------------------------------------------------------------------------------------------------------------

BENT = TASK.teacher.link("output.dict-2", "norm.norm", 0.2).link("norm.dict", "accum.dict", -0.3)
BENT = BENT.link("dot.dict-1", "input.char", -0.6)


def answers(machine, stream):
    """All numbers of all answers, in the interpreter."""
    return [float(x[label].scalar) for x in run(machine, stream) for label in ("dict-1", "dict-2")]


def scored_at(ticks):
    """A trainer that is asked for both answers at these ticks of a stream, and the stream."""
    stream = (*random_stream(4, 9), *[VValue()] * 4)
    target = VValue({"dict-1": 1, "dict-2": 1})
    targets = tuple(target if tick in ticks else None for tick in range(len(stream)))
    return Trainer(BENT, Data.of([Example(stream, targets)])), stream


def moved(stream, tick, path):
    """How far each answer at a tick moves per relative change of the weight at `path`: central differences."""
    changed = [
        BENT.with_matrix(BENT.matrix + VValue.from_paths({path: BENT.matrix[path].scalar * step}))
        for step in (1e-4, -1e-4)
    ]
    more, less = (answers(machine, stream)[2 * tick : 2 * tick + 2] for machine in changed)
    return [(x - y) / 2e-4 for x, y in zip(more, less, strict=True)]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_weighs_every_link_of_the_matrix_and_no_other(rule):
    trainer, _ = scored_at({8})
    some = BENT.matrix.restrict(Support(list(BENT.matrix.support)[::2]))
    found = rule(trainer, some)
    assert set(found) == set(some.support)
    assert all(value >= 0 for value in found.values())


def test_magnitude_is_the_absolute_weight():
    assert magnitude(scored_at({8})[0], BENT.matrix)["dot", "dict-1", "input", "char"] == 0.6


def test_first_order_is_how_far_the_answers_move():
    """Where one link moves one answer, signs do not matter; where two, the cross term is at most twice both."""
    trainer, stream = scored_at({11})
    found = first_order(trainer, BENT.matrix)
    single = 0
    for path in BENT.matrix.support:
        first, second = moved(stream, 11, path)
        if first and second:
            assert 0 <= found[path] <= 1.01 * PROBES * (abs(first) + abs(second)) ** 2
        else:
            single += bool(first or second)
            assert found[path] == pytest.approx(PROBES * (first**2 + second**2), rel=1e-3, abs=1e-6)
    assert single >= 4  # or this test has tested little


def test_first_order_is_right_on_average(monkeypatch):
    """The sum over all answers, within the spread of sixty-four probes of random signs."""
    monkeypatch.setattr(pruning, "PROBES", 64)
    ticks = set(range(4, 13))
    trainer, stream = scored_at(ticks)
    for path, importance in first_order(trainer, BENT.matrix).items():
        exact = sum(x * x for tick in ticks for x in moved(stream, tick, path))
        assert importance / 64 == pytest.approx(exact, rel=0.6, abs=1e-6)


def test_deletion_is_the_loss_without_the_link():
    trainer, stream = scored_at({6, 12})
    for path, loss in deletion(trainer, BENT.matrix).items():
        found = answers(without(BENT, Support([path])), stream)
        assert loss == pytest.approx(sum((found[2 * t + k] - 1) ** 2 for t in (6, 12) for k in (0, 1)), rel=1e-5)


def test_the_least_are_taken_first():
    importance = {(str(x), "x", "s", "o"): abs(x) for x in (3, -1, 2, -5, 4)}
    assert set(least(importance, 3)) == {(x, "x", "s", "o") for x in ("-1", "2", "3")}
    assert len(least(importance, 9)) == 5


# -- bypasses ----------------------------------------------------------------------------------------------------------


def relayed():
    machine = Machine()
    for name in ("input", "norm-1", "norm-2", "output"):
        machine = machine.add(name)
    machine = machine.link("norm-1.dict", "input.char", 2).link("norm-2.dict", "norm-1.norm", 3)
    return machine.link("output.dict-1", "norm-2.norm", 5)


def test_a_bypass_leads_around_a_neuron_with_the_product_of_weights():
    machine = relayed()
    around = dict(bypasses(machine, machine.link("output.dict-1", "norm-1.norm").matrix.support))
    gone = Support(path for path in machine.matrix.support if "norm-2" in path)
    assert around == {gone: VValue({"output": {"dict-1": {"norm-1": {"norm": 15}}}})}


def test_a_bypass_of_a_relay_changes_no_answer_but_its_time():
    """A norm of what is never negative is a relay."""
    machine = relayed()
    ((gone, new),) = bypasses(machine, machine.link("output.dict-1", "norm-1.norm").matrix.support)
    shorter = without(machine, gone)
    shorter = shorter.with_matrix(shorter.matrix + new)
    assert run(shorter, random_stream(1))[:-1] == run(machine, random_stream(1))[1:]


def test_no_bypass_along_links_that_are_not_allowed_or_there_already():
    machine = relayed()
    assert bypasses(machine, machine.matrix.support) == []
    direct = machine.link("output.dict-1", "norm-1.norm")
    assert bypasses(direct, direct.matrix.support) == []
