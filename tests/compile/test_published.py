"""The compiler repeats published losses, and the published training, step by step."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from dmm.compile.pipeline import PUBLISHED_GRADIENT, TRUE_GRADIENT, compile_machine
from dmm.compile.schedule import Kind
from dmm.interpret.cycle import run
from dmm.vvalue.flat import FlatVValue, flatten
from dmm.vvalue.support import Support
from published import every_published_loss, machine, needs_reference, text_stream, tolerance

pytestmark = needs_reference

TRAINING = text_stream("test string.", 10, 140)

# Losses before the penalty at steps 1 to 5, as the table "Published trajectories" beside the repository has them.
TRAJECTORIES = {
    "feedforward-run-3, published": (
        "ff3-initial.json",
        PUBLISHED_GRADIENT,
        (434.98627, 417.8722, 401.88974, 384.95862, 366.36346),
    ),
    "feedforward-run-3, true gradient": (
        "ff3-initial.json",
        TRUE_GRADIENT,
        (434.9863, 414.3619, 391.8654, 365.8742, 335.2583),
    ),
    "compare-free, published": (
        "cf-initial.json",
        PUBLISHED_GRADIENT,
        (426.3054, 409.20056, 388.44083, 361.8197, 326.58273),
    ),
}


def squared_error(program, stream, target):
    """The published data loss as a function of the weights."""
    return lambda weights: jnp.sum((program(weights, stream).answers - target).leaves ** 2)


def detector_answers(stream, dot_cap=4.0):
    """What the hand-written detector says to a stream of trees."""
    return flatten(run(machine("handcrafted.json", dot_cap), stream)[0], Support([("dict-1",), ("dict-2",)]))


@every_published_loss
def test_published_loss(row):
    items = text_stream(row["text"], row["every"], row["ticks"])
    stream, target = flatten(items), detector_answers(items, row["dot_cap"])
    program = compile_machine(machine(row["machine"], row["dot_cap"]), stream.support)
    loss = jax.jit(squared_error(program, stream, target))(program.weights)
    assert float(loss) == pytest.approx(row["loss"], rel=tolerance(row["loss"]))


@pytest.mark.trains
@pytest.mark.parametrize(("file", "stopped", "published"), TRAJECTORIES.values(), ids=TRAJECTORIES)
def test_published_trajectory(file, stopped, published):
    """Adam 0.001 on the squared error plus 0.001 times the sum of absolute weights."""
    stream = flatten(TRAINING)
    program = compile_machine(machine(file), stream.support, stopped=stopped)
    data_loss = squared_error(program, stream, detector_answers(TRAINING))
    optimizer = optax.adam(1e-3)

    def objective(weights):
        loss = data_loss(weights)
        return loss + 0.001 * jnp.sum(jnp.abs(weights.leaves)), loss

    @jax.jit
    def step(weights, moments):
        (_, loss), slope = jax.value_and_grad(objective, has_aux=True)(weights)
        change, moments = optimizer.update(slope, moments, weights)
        return optax.apply_updates(weights, change), moments, loss

    weights, losses = program.weights, []
    moments = optimizer.init(weights)
    for _ in published:
        weights, moments, loss = step(weights, moments)
        losses.append(float(loss))
    assert losses == pytest.approx(published, rel=1e-5)


def test_true_gradient_is_the_slope():
    """Central differences in float64 along 40 random links of the 1486-link machine."""
    h = 1e-5  # the error of central differences is about h² of the third derivative, and 1e-16 / h of the loss
    with jax.enable_x64(True):
        stream = flatten(TRAINING)
        program = compile_machine(machine("ff3-initial.json"), stream.support)
        loss = squared_error(program, stream, detector_answers(TRAINING))
        slope = jax.jit(jax.grad(loss))(program.weights).leaves
        chosen = np.random.default_rng(0).choice(len(program.links), 40, replace=False)
        steps = h * jnp.zeros((40, len(program.links))).at[np.arange(40), chosen].set(1)
        along = jax.jit(jax.vmap(lambda step: loss(program.weights + FlatVValue(step, program.links))))
        differences = (along(steps) - along(-steps)) / (2 * h)
        np.testing.assert_allclose(slope[chosen], differences, rtol=1e-5, atol=1e-5)


def test_layered_machine_needs_no_loop_over_time():
    """The 1486-link machine runs as a handful of whole-stream stages, its accumulators as running sums."""
    schedule = compile_machine(machine("ff3-initial.json"), flatten(TRAINING).support).schedule
    kinds = {kind: [stage for stage in schedule.stages if stage.kind is kind] for kind in Kind}
    assert kinds[Kind.LOOP] == []
    assert {group.type.name for stage in kinds[Kind.RUNNING_SUM] for group in stage.groups} == {"accum"}
    assert sum(len(group.members) for stage in kinds[Kind.RUNNING_SUM] for group in stage.groups) == 10
