"""Optimizers by name: each leads down, with every kind of penalty; the first is Adam as it always was."""

import jax.numpy as jnp
import numpy as np
import optax
import pytest

from dmm import Machine, Settings
from dmm.gradients.data import Data
from dmm.synthesis.optimizers import CLIP, OPTIMIZERS, SECOND, mean_squares, optimizer
from dmm.synthesis.penalties import HardConcrete, ProximalL1
from dmm.synthesis.training import Trainer
from dmm.tasks.task import Example
from dmm.vvalue.tree import VValue

STREAM = tuple(VValue(x) for x in (1, -2, 3, 1))
GAIN = Machine().add("input").add("identity").link("identity.x", "input.char", 0.2).read("identity")
DATA = Data.of([Example(STREAM, (VValue(), *(VValue({"x": 0.9 * float(x.scalar)}) for x in STREAM[:-1])))])

pytestmark = pytest.mark.trains


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_leads_down(name):
    trainer = Trainer(GAIN, DATA, optimizer=name)
    ((matrix, loss),) = trainer.train([GAIN.matrix], steps=100, learning_rate=0.01)
    assert loss < 0.9 * trainer.loss(GAIN.matrix)
    assert 0.2 < float(matrix["identity", "x", "input", "char"].scalar) < 1.5


@pytest.mark.parametrize("penalty", [ProximalL1(0.01), HardConcrete(0.001)], ids=repr)
def test_penalties_that_ask_for_squares_of_gradients_work_with_others_than_adam(penalty):
    trainer = Trainer(GAIN, DATA, optimizer="sgd")
    ((_, loss),) = trainer.train([GAIN.matrix], steps=300, learning_rate=0.01, penalty=penalty)
    assert np.isfinite(loss)
    assert loss < trainer.loss(GAIN.matrix)


def test_a_step_is_that_of_optax_behind_a_clip():
    weights, gradient = jnp.array([1.0, -2.0]), jnp.array([30.0, 40.0])
    clipped = gradient * CLIP / 50
    for name in ("lion", "rmsprop", "sgd"):
        ours, theirs = optimizer(name), getattr(optax, name)(0.1)
        step, _ = ours.update(gradient, ours.init(weights), weights)
        wanted, _ = theirs.update(clipped, theirs.init(weights), weights)
        np.testing.assert_allclose(-0.1 * step, wanted, rtol=1e-5)


def test_the_mean_of_squares_of_a_constant_gradient_is_its_square():
    weights, gradient = jnp.zeros(2), jnp.array([0.5, -1.0])
    adam, sgd = optimizer("adam"), optimizer("sgd")
    state = adam.init(weights)
    for _ in range(3):
        _, state = adam.update(gradient, state, weights)
    assert 0 < SECOND < 1
    np.testing.assert_allclose(mean_squares(state, weights), gradient**2, rtol=1e-4)
    assert mean_squares(sgd.init(weights), weights).tolist() == [1, 1]


def test_an_unknown_one_is_refused():
    with pytest.raises(ValueError, match="optimizer is 'newton'; choose one of adam, "):
        Settings(optimizer="newton")
    assert Settings(optimizer="lion").as_json()["optimizer"] == "lion"
