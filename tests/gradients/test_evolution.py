"""Evolution strategies estimate the gradient: as well as theory says, whatever blows up, on any number of devices."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dmm import EvolutionStrategies, Machine, Reverse, VValue, compile_machine, flatten
from dmm.gradients.data import Data
from dmm.gradients.loss import StreamLoss
from dmm.tasks.task import Example

LABELS = [f"s{k}" for k in range(60)]


def linear(labels=LABELS):
    """A constant for every label, all linked to one answer: the loss is a quadratic function of the weights."""
    draw = np.random.default_rng(1)
    machine = Machine().add("input").add("output")
    for label in labels:
        machine = machine.add(label, "constant", value=draw.normal()).link(
            "output.dict-1", f"{label}.value", draw.normal()
        )
    loss = StreamLoss(compile_machine(machine, flatten([VValue({"a": 1})]).support))
    stream = (VValue({"a": 1}),) * 6
    return loss, loss.program.weights, Data.of([Example(stream, (VValue({"dict-1": 3.0}),) * 6)])


def estimates(way, loss, weights, data, seeds, live=None):
    """The loss, and a row of the slope for each seed."""
    live = jnp.ones_like(weights.leaves) if live is None else live
    slope = jax.value_and_grad(lambda w, key: way(loss, w, data, live, key))
    values, found = jax.jit(jax.vmap(slope, (None, 0)))(weights, jax.vmap(jax.random.key)(jnp.arange(seeds)))
    return float(values[0]), np.asarray(found.leaves)


def estimate(way, loss, weights, data, live=None):
    value, found = estimates(way, loss, weights, data, 1, live)
    return value, found[0]


def cosine(x, y):
    return float(x @ y / np.linalg.norm(x) / np.linalg.norm(y))


@pytest.mark.parametrize("ranked", [False, True])
@pytest.mark.parametrize("pairs", [8, 64, 512])
def test_the_correlation_grows_with_the_population_as_theory_says(pairs, ranked):
    """Of n pairs in d dimensions, the mean square of the cosine is n / (n + d + 1) where the loss is linear.

    For normal noise e, the estimate of a slope g is the mean of (e g) e: its mean is g, and its mean square length
    (n + d + 1) / n times that of g. Ranks bend the line a little.
    """
    loss, weights, data = linear()
    _, exact = estimate(Reverse(), loss, weights, data)
    way = EvolutionStrategies(pairs=pairs, deviation=1e-3, ranked=ranked, together=8)
    cosines = [cosine(found, exact) for found in estimates(way, loss, weights, data, 8)[1]]
    expected = (pairs / (pairs + len(LABELS) + 1)) ** 0.5
    assert np.mean(cosines) == pytest.approx(expected, abs=0.08)


@pytest.mark.parametrize("ranked", [False, True])
def test_the_estimate_has_the_size_of_the_gradient(ranked):
    loss, weights, data = linear(LABELS[:5])
    value, exact = estimate(Reverse(), loss, weights, data)
    same, found = estimate(EvolutionStrategies(pairs=2000, deviation=1e-3, ranked=ranked), loss, weights, data)
    assert same == value
    np.testing.assert_allclose(found, exact, atol=0.12 * np.linalg.norm(exact))


def test_links_that_are_not_trained_stay_as_they_are():
    loss, weights, data = linear(LABELS[:6])
    live = jnp.array([1.0, 0, 1, 0, 1, 1])
    _, found = estimate(EvolutionStrategies(), loss, weights, data, live=live)
    assert (found[[1, 3]] == 0).all()
    assert (found[[0, 2, 4, 5]] != 0).all()


@pytest.mark.parametrize("ranked", [False, True])
def test_what_blows_up_is_the_worst_and_spoils_nothing(ranked):
    """A memory far above 1 over 400 ticks: most changes upwards overflow."""
    machine = Machine().add("input").add("accum").add("output").link("output.dict-1", "accum.dict")
    machine = machine.unlink("accum.dict-1", "accum.dict").link("accum.dict-1", "accum.dict", 1.105)
    machine = machine.link("accum.dict-2", "input.char", 1.0)
    stream = (VValue(1.0),) * 400
    loss = StreamLoss(compile_machine(machine, flatten(list(stream)).support))
    data = Data.of([Example(stream, (VValue({"dict-1": 1.0}),) * 400)])
    way = EvolutionStrategies(pairs=32, deviation=0.02, ranked=ranked)
    _, found = estimate(way, loss, loss.program.weights, data)
    assert np.isfinite(found).all()
    memory = loss.program.links.index["accum", "dict-1", "accum", "dict"]
    assert found[memory] > 0  # less memory is better


def test_pieces_make_no_difference():
    loss, weights, data = linear(LABELS[:5])
    whole = estimate(EvolutionStrategies(), loss, weights, data)
    pieces = estimate(EvolutionStrategies(piece=3), loss, weights, data)
    assert pieces[0] == pytest.approx(whole[0], rel=1e-6)
    np.testing.assert_allclose(pieces[1], whole[1], rtol=1e-2)


SHARED = """
import jax, json, sys
sys.path.insert(0, {folder!r})
from test_evolution import EvolutionStrategies, estimate, linear
assert jax.local_device_count() == {devices}
print(json.dumps(estimate(EvolutionStrategies(pairs=64), *linear())[1].tolist()))
"""


def test_devices_share_the_work_and_agree():
    found = []
    for devices in (1, 2):
        environment = {**os.environ, "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}"}
        code = SHARED.format(folder=str(Path(__file__).parent), devices=devices)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
        found.append(json.loads(done.stdout))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-3, atol=1e-3 * np.abs(found[0]).max())


@pytest.mark.parametrize("wrong", [{"pairs": 0}, {"together": 2.5}, {"deviation": 0}, {"piece": -1}])
def test_wrong_numbers_are_refused(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=name):
        EvolutionStrategies(**wrong)
