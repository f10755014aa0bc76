"""Penalties: each costs what its formula says, and none touches a link that is not there."""

from dataclasses import replace

import jax
import numpy as np
import pytest

from dmm import L1, Example, FlatVValue, GroupL1, HardConcrete, Machine, ProximalL1, VValue, flatten
from dmm.gradients.data import Data
from dmm.synthesis.penalties import PENALTIES, penalty_from_json, penalty_to_json
from dmm.synthesis.training import Trainer

pytestmark = pytest.mark.trains
every_penalty = pytest.mark.parametrize("kind", PENALTIES.values(), ids=PENALTIES)

TREE = VValue({"n": {"x": {"a": {"p": 3.0, "q": -4.0}, "b": {"p": 0.5}}}, "m": {"y": {"a": {"p": 12.0}}}})
WEIGHTS = flatten(TREE)


def leaf(flat, *path):
    return float(flat.leaves[flat.support.index[path]])


# -- laws of all -------------------------------------------------------------------------------------------------------


@every_penalty
def test_a_penalty_survives_the_disk(kind):
    penalty = kind(0.25)
    assert penalty_from_json(penalty_to_json(penalty)) == penalty
    assert type(penalty_from_json(penalty_to_json(penalty))) is kind


@every_penalty
def test_the_cost_is_proportional_to_the_strength(kind):
    params = kind().init(WEIGHTS)
    assert float(kind(0.0).cost(params)) == 0
    assert float(kind(3.0).cost(params)) == pytest.approx(3 * float(kind(1.0).cost(params)))


@every_penalty
def test_what_is_zero_stays_zero(kind):
    weights = FlatVValue(WEIGHTS.leaves * np.array([1, 0, 1, 0], np.float32), WEIGHTS.support)
    penalty = kind(1.0)
    params = penalty.init(weights)
    moments = jax.tree.map(np.ones_like, params)
    for found in (
        penalty.weights(params, jax.random.key(0)), penalty.final(params),
        penalty.final(penalty.project(params, 0.1, moments))
    ):  # fmt: skip
        assert found.support == WEIGHTS.support
        assert (np.asarray(found.leaves) != 0)[[1, 3]].tolist() == [False, False]


@every_penalty
def test_a_link_that_nobody_needs_shrinks_and_a_needed_one_does_not(kind):
    machine = Machine().add("input").add("norm").add("output").link("output.dict-1", "input.char")
    machine = machine.link("norm.dict", "input.char", 0.5)
    inputs = tuple(map(VValue, (1, -2, 3, 0, 1)))
    data = Data.of([Example(inputs, tuple(VValue({"dict-1": x.scalar}) for x in inputs))], lag=1)
    ((matrix, loss),) = Trainer(machine, data).train([machine.matrix], steps=300, learning_rate=0.02, penalty=kind(2.0))
    spare = abs(float(matrix["norm", "dict", "input", "char"].scalar))
    assert spare == 0.5 if kind is PENALTIES["none"] else spare < 0.05
    assert float(matrix["output", "dict-1", "input", "char"].scalar) == pytest.approx(1, abs=0.1)
    assert loss < 0.01 * data.energy


@pytest.mark.parametrize("stored", [{}, {"kind": "l3"}, {"kind": None, "strength": 1.0}], ids=str)
def test_an_unknown_kind_is_refused(stored):
    with pytest.raises(ValueError, match="is unknown; there is none, l1, proximal, group, l0"):
        penalty_from_json(stored)


# -- formulas ----------------------------------------------------------------------------------------------------------


def test_l1_is_the_sum_of_absolute_weights():
    assert float(L1(0.5).cost(WEIGHTS)) == 0.5 * (3 + 4 + 0.5 + 12)


def test_groups_are_the_links_that_leave_a_neuron():
    expected = 3**0.5 * (3**2 + 4**2 + 12**2) ** 0.5 + 1 * 0.5 + 0.1 * (3 + 4 + 0.5 + 12)
    assert float(GroupL1(1.0).cost(WEIGHTS)) == pytest.approx(expected, rel=1e-5)
    assert np.isfinite(jax.grad(GroupL1(1.0).cost)(FlatVValue(0 * WEIGHTS.leaves, WEIGHTS.support)).leaves).all()


def test_soft_thresholds_give_exact_zeros():
    """The threshold is rate · strength / √second, and never above the rate."""
    second = FlatVValue(np.array([1e-12, 4, 4, 4], np.float32), WEIGHTS.support)
    after = ProximalL1(2.0).project(WEIGHTS, 0.6, second)
    by_path = dict(zip(WEIGHTS.support, np.asarray(second.leaves), strict=True))
    for path, weight in TREE.items():
        threshold = 0.6 * min(1.0, 2.0 / by_path[path] ** 0.5)
        assert leaf(after, *path) == pytest.approx(np.sign(weight) * max(0.0, abs(weight) - threshold), abs=1e-6)
    assert leaf(after, "n", "x", "b", "p") == 0.0  # 0.5 is less than 0.6
    gentle = ProximalL1(0.2).project(WEIGHTS, 0.6, second)
    assert leaf(gentle, "n", "x", "b", "p") > 0


@pytest.mark.parametrize("odds", [-3.0, -1.0, 0.0, 2.0])
def test_the_expected_number_of_open_gates_is_that_of_drawn_ones(odds):
    count = 20_000
    ones = flatten(VValue({"n": {"x": {"a": {str(k): 1.0 for k in range(count)}}}}))
    penalty = HardConcrete(1.0, start=odds)
    params = penalty.init(ones)
    drawn = np.asarray(penalty.weights(params, jax.random.key(3)).leaves)
    share = float(penalty.cost(params)) / count
    assert 0.02 < share < 0.98
    assert (drawn > 0).mean() == pytest.approx(share, abs=4 * (share * (1 - share) / count) ** 0.5)
    assert ((drawn >= 0) & (drawn <= 1)).all()
    assert (drawn == 1).any()


def test_gates_with_clear_odds_are_open_or_shut_in_the_end():
    weights, odds = HardConcrete().init(WEIGHTS)
    certain = odds.at[WEIGHTS.support.index["m", "y", "a", "p"]].set(-9.0)
    final = HardConcrete().final((weights, 0 * odds + certain.clip(-9) * 4))
    assert leaf(final, "m", "y", "a", "p") == 0
    assert leaf(final, "n", "x", "a", "q") == -4


def test_absent_links_cost_nothing_under_gates():
    halved = FlatVValue(WEIGHTS.leaves * np.array([1, 0, 1, 0], np.float32), WEIGHTS.support)
    penalty = replace(HardConcrete(), strength=1.0)
    assert float(penalty.cost(penalty.init(halved))) == pytest.approx(float(penalty.cost(penalty.init(WEIGHTS))) / 2)
