"""Training: the very steps of Adam, on the links it was given, for one machine or a population, repeatably."""

import math
from dataclasses import replace

import numpy as np
import pytest

import dmm.synthesis.training as training
from dmm import (
    L1,
    TASKS,
    EvolutionStrategies,
    Example,
    HardConcrete,
    Machine,
    Penalty,
    ProximalL1,
    Reverse,
    Truncated,
    VValue,
    layered,
    run,
)
from dmm.gradients.data import Data
from dmm.synthesis.optimizers import CLIP
from dmm.synthesis.penalties import NOMINAL
from dmm.synthesis.training import Trainer, memory_pace
from dmm.vvalue.support import Support

TASK = TASKS["duplicates"]
TEACHER = TASK.teacher
pytestmark = pytest.mark.trains


@pytest.fixture(scope="module")
def trainer():
    wider = TEACHER.link("compare.dict-1", "const_1.const_1").link("output.dict-2", "compare.false")
    return Trainer(wider, Data.of(TASK.examples))


def scaled(factor):
    return TEACHER.matrix.map_leaves(lambda weight: weight * factor)


def interpreted_loss(machine, examples):
    """The sum of squared errors where there are targets, by the interpreter."""
    pairs = (pair for inputs, targets in examples for pair in zip(run(machine, inputs), targets, strict=True))
    return float(sum((x - y).dot(x - y) for x, y in pairs if y is not None))


def test_the_loss_is_a_sum_of_squares(trainer):
    assert trainer.loss(TEACHER.matrix) == 0
    machine = TEACHER.with_matrix(scaled(0.9))
    assert trainer.loss(machine.matrix) == pytest.approx(interpreted_loss(machine, TASK.examples), rel=1e-5)


def test_what_is_not_scored_costs_nothing():
    machine = Machine().add("input").add("output").link("output.dict-1", "input.char", 2)
    inputs = tuple(map(VValue, (1, 5, 3, 4)))
    example = Example(inputs, (None, VValue({"dict-1": 2}), None, VValue({"dict-2": 1})))
    for lag, answers in ((1, (2, 10, 6, 8)), (0, (0, 2, 10, 6))):  # in unit delay, answers lag by one
        expected = (answers[1] - 2) ** 2 + answers[3] ** 2 + 1
        assert Trainer(machine, Data.of([example], lag)).loss(machine.matrix) == expected


def test_losses_of_many_are_the_losses_of_each(trainer):
    many = [scaled(0.5 + k / 20) for k in range(11)]
    together = trainer.losses(np.asarray(trainer.arrays(many).leaves))
    assert together == pytest.approx([trainer.loss(matrix) for matrix in many], rel=1e-6)


def test_effects_are_the_losses_without_each_link(trainer):
    effects = trainer.effects(TEACHER.matrix)
    assert set(effects) == set(TEACHER.matrix.support)
    for path, loss in effects.items():
        machine = TEACHER.with_matrix(TEACHER.matrix - VValue.from_paths({path: 1.0}))
        assert loss == pytest.approx(interpreted_loss(machine, TASK.examples), rel=1e-5)
        assert loss > 1


# -- the steps ---------------------------------------------------------------------------------------------------------

SQUARE = Machine().add("input").add("const_1").add("accum").add("dot", clip=1e6).add("output")
SQUARE = SQUARE.link("accum.dict-2", "input.char", 0.9).link("dot.dict-1", "accum.dict", 0.5)
SQUARE = SQUARE.link("dot.dict-2", "accum.dict", -0.7).link("output.dict-1", "dot.dot", 1.3)
SQUARE = SQUARE.link("output.dict-2", "const_1.const_1", 0.2)
EXAMPLES = [Example(tuple(map(VValue, (1, 2, -1, 0, 3, 0, 0))), (VValue({"dict-1": 2, "dict-2": 1}),) * 7)]
PATHS = list(SQUARE.matrix.support)


def numeric_gradient(weights, strength):
    """Of the scaled loss with L1, by central differences of the interpreter."""
    energy = sum(float(x.dot(x)) for x in EXAMPLES[0].targets)

    def objective(w):
        machine = SQUARE.with_matrix(VValue.from_paths(zip(PATHS, map(float, w), strict=True)))
        return NOMINAL / energy * interpreted_loss(machine, EXAMPLES) + strength * np.abs(w).sum()

    return np.array([(objective(weights + e) - objective(weights - e)) / 2e-5 for e in 1e-5 * np.eye(len(PATHS))])


def adam(weights, steps, rate, strength):
    """Kingma and Ba's algorithm 1, on the clipped gradient."""
    first = second = np.zeros_like(weights)
    for t in range(1, steps + 1):
        g = numeric_gradient(weights, strength)
        g = g * min(1.0, CLIP / np.linalg.norm(g))
        first, second = 0.9 * first + 0.1 * g, 0.999 * second + 0.001 * g**2
        weights = weights - rate * first / (1 - 0.9**t) / (np.sqrt(second / (1 - 0.999**t)) + 1e-8)
    return weights


def weights_of(matrix):
    return np.array([float(matrix[path].scalar) for path in PATHS])


def test_the_first_step_is_the_rate_downhill(monkeypatch):
    monkeypatch.setattr(training, "CHUNK", 1)
    start = weights_of(SQUARE.matrix)
    (after,) = Trainer(SQUARE, Data.of(EXAMPLES)).train([SQUARE.matrix], steps=1, learning_rate=0.01, penalty=Penalty())
    np.testing.assert_allclose(
        weights_of(after.matrix) - start, -0.01 * np.sign(numeric_gradient(start, 0.0)), rtol=1e-4
    )


@pytest.mark.parametrize("strength", [0.0, 300.0])
def test_training_is_adam_on_the_scaled_loss(monkeypatch, strength):
    monkeypatch.setattr(training, "CHUNK", 6)
    (after,) = Trainer(SQUARE, Data.of(EXAMPLES)).train(
        [SQUARE.matrix], steps=6, learning_rate=0.02, penalty=L1(strength)
    )
    expected = adam(weights_of(SQUARE.matrix), 6, 0.02, strength)
    np.testing.assert_allclose(weights_of(after.matrix), expected, atol=2e-5)


def test_the_penalty_makes_a_difference():
    start = weights_of(SQUARE.matrix)
    assert np.abs(adam(start, 6, 0.02, 0.0) - adam(start, 6, 0.02, 300.0)).max() > 1e-3


# -- what a training leaves alone, and what it returns -----------------------------------------------------------------


def test_training_descends_and_leaves_other_links_alone(trainer):
    before = trainer.loss(scaled(0.9))
    ((matrix, loss),) = trainer.train([scaled(0.9)], steps=200, learning_rate=3e-3)
    assert loss < 0.02 * before
    assert loss == pytest.approx(interpreted_loss(TEACHER.with_matrix(matrix), TASK.examples), rel=1e-2)
    assert matrix.support == TEACHER.matrix.support
    assert len(matrix) < len(trainer.links)
    assert trainer.train([scaled(0.9)], steps=200, learning_rate=3e-3) == [(matrix, loss)]


def test_a_population_is_trained_as_each_alone():
    """Starts of different supports; seven, so that a multiple of four is filled up."""
    machine = layered(layers=1, width=1)
    data = Data.of(TASK.examples)
    kept = [
        machine.matrix.restrict(machine.matrix.support - Support([path])) for path in list(machine.matrix.support)[:7]
    ]
    starts = [matrix.map_leaves(lambda _, k=k: 0.1 + 0.02 * k) for k, matrix in enumerate(kept)]
    together = Trainer(machine, data, members=4).train(starts, steps=50, learning_rate=1e-2)
    alone = Trainer(machine, data)
    assert len(together) == 7
    for start, (matrix, loss) in zip(starts, together, strict=True):
        ((one, one_loss),) = alone.train([start], steps=50, learning_rate=1e-2)
        assert matrix.support == one.support == start.support
        assert float((matrix - one).max_norm()) < 1e-4
        assert loss == pytest.approx(one_loss, rel=1e-3)


@pytest.mark.parametrize("penalty", [HardConcrete(1.0), ProximalL1(0.1)], ids=lambda penalty: type(penalty).__name__)
def test_the_seed_is_all_that_chance_has(trainer, penalty):
    first, again, other = (
        trainer.train([scaled(0.9)], steps=50, learning_rate=1e-2, penalty=penalty, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again
    assert (first != other) == isinstance(penalty, HardConcrete)
    assert first[0].matrix.support <= TEACHER.matrix.support


def test_enough_is_enough(trainer):
    heard = []
    trainer.train(
        [scaled(0.9)],
        steps=1000, learning_rate=3e-3, enough=1.0, listen=lambda steps, loss: heard.append((steps, loss)),
    )  # fmt: skip
    assert sum(steps for steps, _ in heard) < 1000
    assert all(loss >= 1.0 for _, loss in heard[:-1])
    assert heard[-1][1] < 1.0


def test_without_enough_all_steps_are_taken_and_told(trainer):
    heard = []
    trainer.train([scaled(0.9)], steps=120, learning_rate=1e-3, listen=lambda steps, _: heard.append(steps))
    assert sum(heard) == 150  # rounded up to whole chunks, as the steps taken are


def test_a_training_that_blows_up_has_an_infinite_loss(trainer):
    heard = []
    ((_, loss),) = trainer.train(
        [scaled(0.9)], steps=1000, learning_rate=1e30, listen=lambda steps, _: heard.append(steps)
    )
    assert loss == math.inf
    assert sum(heard) < 1000


@pytest.mark.parametrize("rate", [1e-4, 0.02, 0.5])
def test_a_training_that_blows_up_on_the_way_goes_back_and_on_more_slowly(rate):
    """y(t) = m y(t-1) + x(t) shall keep its 1 to the end: a hasty step up makes m^500 overflow."""
    machine = Machine().add("input").add("accum").add("output").link("output.dict-1", "accum.dict", hard=True)
    machine = machine.unlink("accum.dict-1", "accum.dict").link("accum.dict-1", "accum.dict", 0.995)
    machine = machine.link("accum.dict-2", "input.char", hard=True)
    example = Example((VValue(1.0), *[VValue()] * 499), (*[None] * 499, VValue({"dict-1": 1.0})))
    trainer = Trainer(machine, Data.of([example]))
    rate /= memory_pace(trainer.data)  # of the weight of a memory, as m is
    ((matrix, loss),) = trainer.train([machine.matrix], steps=2000, learning_rate=rate, penalty=Penalty())
    assert float(matrix["accum", "dict-1", "accum", "dict"].scalar) == pytest.approx(1, abs=2e-3)
    assert loss < 0.1 * trainer.loss(machine.matrix)


def test_a_program_serves_other_data_on_the_same_paths():
    machine = TEACHER
    trainer = Trainer(machine, Data.of(TASK.examples))
    other = TASK.example(TASK.streams(1, 1, 30)[0])
    trainer.data = Data.of([other])
    assert trainer.fits(trainer.data)
    halved = machine.with_matrix(scaled(0.5))
    assert trainer.loss(halved.matrix) == pytest.approx(interpreted_loss(halved, [other]), rel=1e-5)
    assert not trainer.fits(Data.of([TASK.example((VValue({"new": 1}),))]))


# -- other ways to the gradient ----------------------------------------------------------------------------------------


WAYS = [Reverse(7), Truncated(1000), EvolutionStrategies(pairs=32)]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: type(way).__name__)
def test_training_takes_any_way_to_the_gradient(way):
    start = scaled(0.9)
    machine = TEACHER.with_matrix(start)
    trainer = Trainer(machine, Data.of(TASK.examples), gradient=way)
    before = trainer.loss(start)
    ((matrix, loss),) = trainer.train([start], steps=300, learning_rate=3e-3)
    assert loss < 0.05 * before
    assert loss == pytest.approx(interpreted_loss(TEACHER.with_matrix(matrix), TASK.examples), rel=1e-2, abs=1e-6)
    assert trainer.train([start], steps=300, learning_rate=3e-3) == [(matrix, loss)]


def test_little_memory_changes_nothing_but_the_rounding():
    data = Data.of(TASK.examples)
    start = scaled(0.9)
    trainers = [Trainer(TEACHER.with_matrix(start), data, memory=memory) for memory in (math.inf, 20_000)]
    assert trainers[1].gradient.fitted(trainers[1].size(data, 1), 20_000).piece < 24
    one, other = (trainer.train([start], steps=50, learning_rate=3e-3)[0].matrix for trainer in trainers)
    for path in one.support:
        assert float(one[path].scalar) == pytest.approx(float(other[path].scalar), rel=1e-4)
    assert trainers[0].losses(np.asarray(trainers[0].arrays([start]).leaves)) == pytest.approx(
        trainers[1].losses(np.asarray(trainers[1].arrays([start]).leaves)), rel=1e-5
    )


def test_steps_are_trained_where_reverse_mode_stands_still():
    """A count is compared with w: the answer moves in steps of w, so the slope is zero, and the way downhill is not."""
    machine = Machine(timing="synchronous").add("input").add("const_1").add("accum").add("less_or_equal")
    machine = machine.add("output").link("accum.dict-2", "input.char").link("less_or_equal.dict-1", "accum.dict")
    machine = machine.link("less_or_equal.dict-2", "const_1.const_1", 1.2).link("output.dict-1", "less_or_equal.true")
    inputs = (VValue(1.0),) * 8
    example = Example(inputs, tuple(VValue({"dict-1": float(count <= 4)}) for count in range(1, 9)))
    bare = machine.with_matrix(machine.matrix.restrict(Support([("less_or_equal", "dict-2", "const_1", "const_1")])))
    fixed = machine.matrix.support - bare.matrix.support
    machine = replace(bare, hard=machine.hard + machine.matrix.restrict(fixed))
    losses = {}
    for way in (Reverse(), EvolutionStrategies(pairs=64, deviation=0.5)):
        trainer = Trainer(machine, Data.of([example]), gradient=way)
        ((_, losses[way]),) = trainer.train([machine.matrix], steps=1000, learning_rate=0.02, penalty=Penalty())
    assert list(losses.values()) == [3.0, 0.0]  # 2, 3 and 4 are answered wrongly at first
