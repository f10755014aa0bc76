"""Rewiring: shorter circuits by another source for one link, and only those that do the same."""

import pytest

from dmm import TASKS, Machine, run
from dmm.gradients.data import Data
from dmm.synthesis.folding import heard
from dmm.synthesis.repair import around
from dmm.synthesis.rewiring import rewirings
from dmm.synthesis.training import Trainer

TASK = TASKS["duplicates"]
TEACHER = TASK.teacher


def roundabout(weight=1.0):
    """Ten links: the constant 1 is the product of the end mark with itself, and scaled back."""
    machine = TEACHER.add("dot-2").unlink("compare.dict-2", "const_1.const_1")
    for label in ("dict-1", "dict-2"):
        machine = machine.link(f"dot-2.{label}", "eos.char", weight)
    return machine.link("compare.dict-2", "dot-2.dot", weight**-2)


def copied():
    """Ten links: a second accumulator of the same characters."""
    machine = TEACHER.add("accum-2").unlink("dot.dict-1", "accum.dict")
    return machine.link("accum-2.dict-2", "input.char").link("dot.dict-1", "accum-2.dict")


def delayed():
    """Nine links: the end mark comes by way of a neuron that nobody needs."""
    machine = TEACHER.add("accum-2").add("norm-2").link("norm-2.dict", "const_1.const_1")
    return machine.unlink("compare.dict-2", "const_1.const_1").link("compare.dict-2", "norm-2.norm")


CIRCUITS = {
    "roundabout": roundabout(),
    "roundabout and scaled": roundabout(0.5),
    "copied": copied(),
    "delayed": delayed(),
}


@pytest.fixture(params=CIRCUITS.values(), ids=CIRCUITS)
def circuit(request):
    return request.param


def test_the_shortest_rewiring_is_the_teacher(circuit):
    trainer = Trainer(around(circuit, TASK.parts), Data.of(TASK.examples))
    found = rewirings(circuit, trainer)
    assert found[0] == TEACHER.matrix
    assert [len(matrix) for matrix in found] == sorted(len(matrix) for matrix in found)
    for matrix in found:
        assert len(matrix) < len(circuit.matrix)
        for inputs, targets in TASK.examples:
            assert run(circuit.with_matrix(matrix), inputs) == list(targets)


def test_only_links_of_the_trainer_are_tried():
    assert rewirings(roundabout(), Trainer(roundabout(), Data.of(TASK.examples))) == []


def test_nothing_shorter_than_the_teacher_does_the_same():
    assert rewirings(TEACHER, Trainer(around(TEACHER, TASK.parts), Data.of(TASK.examples))) == []


def test_what_leads_nowhere_is_not_heard():
    machine = TEACHER.add("norm-2").add("norm-3").link("norm-2.dict", "accum.dict").link("norm-3.dict", "norm-2.norm")
    assert heard(machine) == TEACHER
    assert heard(TEACHER) == TEACHER


def test_what_is_heard_through_a_hard_link_or_around_a_cycle_stays():
    machine = Machine().add("input").add("id-1").add("id-2").add("output")
    machine = machine.link("id-1.x", "input.char").link("id-1.x", "id-2.x").link("id-2.x", "id-1.x")
    assert not heard(machine).matrix
    listened = machine.link("output.dict-1", "id-2.x", hard=True)
    assert heard(listened) == listened
