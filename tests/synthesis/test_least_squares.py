"""Settling: the nearest least sum of squared errors, to the last digit; never anything worse."""

import random

import numpy as np
import pytest

from dmm import TASKS, Example, Machine, VValue
from dmm.gradients.data import Data
from dmm.machine.machine import SYNCHRONOUS
from dmm.synthesis.least_squares import ROOM, Settler
from dmm.synthesis.simplify import fix_gauge
from dmm.synthesis.training import Trainer
from dmm.vvalue.support import Support

TASK = TASKS["duplicates"]


@pytest.fixture(scope="module")
def settler():
    return Settler(Trainer(TASK.teacher, Data.of(TASK.examples)))


def perturbed(part):
    noise = random.Random(7)
    return TASK.teacher.matrix.map_leaves(lambda weight: weight * (1 + noise.uniform(-part, part)))


def test_a_perturbed_teacher_comes_back(settler):
    """Up to the scale of each neuron, which is free."""
    matrix, loss = settler.settle(perturbed(0.03))
    assert settler.trainer.loss(perturbed(0.03)) > 1
    assert loss < 1e-8
    for link in fix_gauge(TASK.teacher.with_matrix(matrix)).links():
        assert link.weight == pytest.approx(1, abs=1e-5)


def test_in_the_minimum_nothing_is_changed(settler):
    assert settler.settle(TASK.teacher.matrix) == (TASK.teacher.matrix, 0.0)


def test_links_that_are_not_there_are_not_added(settler):
    some = perturbed(0.03).restrict(TASK.teacher.matrix.support - Support([("output", "dict-2", "dot", "dot")]))
    matrix, loss = settler.settle(some)
    assert matrix.support <= some.support
    assert loss == pytest.approx(settler.trainer.loss(matrix), rel=1e-4)
    assert loss <= settler.trainer.loss(some)


@pytest.mark.parametrize("scale", [1e6, 1e30])
def test_hopeless_weights_are_no_accident(settler, scale):
    start = TASK.teacher.matrix.map_leaves(lambda _: scale)
    matrix, loss = settler.settle(start)
    assert loss >= 0
    assert all(np.isfinite(weight) for _, weight in matrix.items())


def test_where_the_machine_is_linear_it_is_linear_regression():
    """More links than `ROOM`, and noise: the oracle is NumPy's `lstsq`, weights and rest."""
    count, chooser = ROOM + 2, random.Random(3)
    machine = Machine().add("input").add("const_1").add("output", "numbers").with_timing(SYNCHRONOUS)
    machine = machine.link("output.y", "const_1.const_1", 0.3)
    for k in range(count):
        machine = machine.add(f"dot-{k}", clip=1e6).add(f"symbol-{k}", "constant", value=VValue({str(k): 1}))
        machine = machine.link(f"dot-{k}.dict-1", "input.char", hard=True)
        machine = machine.link(f"dot-{k}.dict-2", f"symbol-{k}.value", hard=True)
        machine = machine.link("output.y", f"dot-{k}.dot", chooser.uniform(-1, 1))
    rows = [[chooser.randint(-3, 3) for _ in range(count)] for _ in range(40)]
    wanted = [sum(k * x for k, x in enumerate(row)) / 9 + chooser.gauss(0, 0.5) for row in rows]
    inputs = tuple(VValue({str(k): x for k, x in enumerate(row)}) for row in rows)
    example = Example(inputs, tuple(VValue({"y": y}) for y in wanted))
    matrix, loss = Settler(Trainer(machine, Data.of([example]))).settle(machine.matrix)
    table = np.column_stack([rows, np.ones(len(rows))])
    weights, (rest,), *_ = np.linalg.lstsq(table, np.array(wanted))
    found = [matrix["output", "y", f"dot-{k}", "dot"].scalar for k in range(count)]
    np.testing.assert_allclose([*found, matrix["output", "y", "const_1", "const_1"].scalar], weights, atol=1e-5)
    assert loss == pytest.approx(rest, rel=1e-5)
