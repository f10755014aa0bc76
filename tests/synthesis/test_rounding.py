"""Rounding: weights that are free together become plain numbers, the others make up for it, and no answer is lost."""

import pytest

from dmm import Example, Machine, VValue
from dmm.gradients.data import Data
from dmm.synthesis.least_squares import Settler
from dmm.synthesis.rounding import plainer
from dmm.synthesis.training import Trained, Trainer
from dmm.vvalue.support import Support

TEXT = "aaaaa"
OWN = ("superfluid", "dict-1", "superfluid", "dict")
KEPT = ("superfluid", "accum", "const_1", "const_1")
HEARD = ("superfluid", "dict-2", "input", "char")
COUNTED = ("norm", "dict", "superfluid", "dict")
PATHS = (OWN, KEPT, HEARD, COUNTED)
BOUND = 1e-8


def counts(factor):
    """So much for each character so far."""
    silence = VValue()
    inputs = (silence, silence, *(VValue({letter: 1}) for letter in TEXT), silence, silence)
    targets = (silence, silence, silence, silence, *(VValue({"norm": factor * (k + 1)}) for k in range(len(TEXT))))
    return Data.of([Example(inputs, targets)])


@pytest.fixture(scope="module")
def counter():
    """For a machine that counts characters by a memory of trained weights."""
    m = Machine().add("input").add("const_1").add("superfluid").add("norm").read("norm")
    for to, label, source, output in PATHS:
        m = m.link(f"{to}.{label}", f"{source}.{output}")
    return Settler(Trainer(m, counts(1.0)))


def rounded(counter, matrix, bound=BOUND):
    trained = Trained(matrix, counter.trainer.loss(matrix))
    return plainer(trained, [OWN], lambda given, fixed: counter.settle(given, fixed=fixed), bound)


def weights(matrix):
    return {path: float(matrix[path].scalar) for path in PATHS}


def test_weights_that_are_free_together_become_1(counter):
    free = VValue.from_paths({OWN: 0.4, KEPT: 2.5, HEARD: 3.0, COUNTED: 1 / 7.5})
    assert counter.trainer.loss(free) == pytest.approx(0, abs=BOUND)
    found = rounded(counter, free)
    assert found.loss < BOUND
    assert weights(found.matrix) == pytest.approx(dict.fromkeys(PATHS, 1.0), abs=1e-5)
    assert float(found.matrix[OWN].scalar) == 1


@pytest.mark.parametrize("factor", [2 / 3, 1.2345])
def test_what_one_weight_must_say_is_not_lost(counter, factor, monkeypatch):
    monkeypatch.setattr(counter.trainer, "data", counts(factor))
    found = rounded(counter, VValue.from_paths({OWN: 0.4, KEPT: 2.5, HEARD: 3.0, COUNTED: factor / 7.5}))
    plain = weights(found.matrix)
    assert found.loss < BOUND
    assert plain[OWN] * plain[KEPT] == pytest.approx(1, abs=1e-5)
    assert plain[KEPT] * plain[HEARD] * plain[COUNTED] == pytest.approx(factor, rel=1e-5)


def test_signs_stay(counter):
    found = rounded(counter, VValue.from_paths({OWN: -0.4, KEPT: -2.5, HEARD: 3.0, COUNTED: 1 / 7.5}))
    assert weights(found.matrix) == pytest.approx({OWN: -1, KEPT: -1, HEARD: 1, COUNTED: 1}, abs=1e-5)


def test_nothing_moves_where_the_bound_forbids_it(counter):
    """Targets that no weights reach: what is best keeps its loss, however plain the others would be."""
    best = counter.settle(VValue.from_paths({OWN: 0.7, KEPT: 1.1, COUNTED: 1.0}))
    assert best.loss > 1
    assert rounded(counter, best.matrix, 0.5 * best.loss).matrix == best.matrix


def test_fixed_weights_are_not_settled(counter):
    start = VValue.from_paths({OWN: 0.4, KEPT: 2.4, HEARD: 3.0, COUNTED: 1 / 7})
    fixed = start.support - Support([OWN, COUNTED])
    found = counter.settle(start, fixed=fixed)
    assert found.loss < counter.trainer.loss(start)
    for path in fixed:
        assert float(found.matrix[path].scalar) == pytest.approx(float(start[path].scalar), rel=1e-6)
