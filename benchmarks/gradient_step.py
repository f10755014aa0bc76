"""Is the compiled gradient step as quick as the one flattened by hand, and how many forward steps does it take?

The same loss of the seed machine in the same process, both jitted, as functions of one vector of weights.
"""

from collections.abc import Callable
from statistics import median
from typing import Any

import jax
import numpy as np

from benchmarks.flattened import flattened_loss
from benchmarks.machines import Case, case
from benchmarks.result import Figure, Result
from benchmarks.timing import ratio, side_by_side
from dmm.vvalue.flat import FlatVValue

ROUNDING = 2e-6
"""Relative to the largest derivative: both sides are float32 sums of the same products, in another order."""

HASTY = {"xla_backend_optimization_level": 0}
"""How to compile what runs once, for its numbers: in half the time."""


def measure() -> Result:
    """The ratios in question, and the milliseconds behind them."""
    chosen = case("seed")
    baseline = flattened(chosen)
    agreement(chosen, baseline)(chosen.program.weights)
    weights = chosen.program.weights
    calls = {
        "compiled, forward": _step(jax.jit(chosen.loss), weights),
        "compiled, gradient": _step(jax.jit(jax.grad(chosen.loss)), weights),
        "flattened, forward": _step(jax.jit(baseline), weights.leaves),
        "flattened, gradient": _step(jax.jit(jax.grad(baseline)), weights.leaves),
    }
    seconds = side_by_side(calls)
    return Result(
        (
            Figure("gradient, compiled over flattened", _ratio(seconds, "gradient"), at_most=1.0),
            Figure(
                "compiled, gradient over forward",
                ratio(seconds, "compiled, gradient", "compiled, forward"),
                at_most=3.5,
            ),
            Figure("forward, compiled over flattened", _ratio(seconds, "forward")),
            *(Figure(name, 1000 * median(taken), "ms") for name, taken in seconds.items()),
        )
    )


def flattened(case: Case) -> Callable[[Any], Any]:
    """The loss of the seed machine as written by hand, a function of the vector of weights."""
    stream = np.asarray(case.stream.leaves)
    return flattened_loss(case.program.links, case.stream.support, stream, case.targets.leaves)


def agreement(case: Case, baseline: Callable[[Any], Any]) -> Callable[[FlatVValue], None]:
    """A function of weights that asserts that both losses and both gradients agree: else there is nothing to time."""
    compiled = jax.jit(jax.value_and_grad(case.loss), compiler_options=HASTY)
    flat = jax.jit(jax.value_and_grad(baseline), compiler_options=HASTY)

    def compare(weights: FlatVValue) -> None:
        loss, slope = compiled(weights)
        other_loss, other_slope = flat(weights.leaves)
        largest = float(np.abs(other_slope).max())
        np.testing.assert_allclose(loss, other_loss, rtol=ROUNDING)
        np.testing.assert_allclose(slope.leaves, other_slope, rtol=0, atol=ROUNDING * largest)

    return compare


def _step(function: Callable[[Any], Any], weights: Any) -> Callable[[], Any]:
    return lambda: function(weights)


def _ratio(seconds: dict[str, list[float]], kind: str) -> float:
    return ratio(seconds, f"compiled, {kind}", f"flattened, {kind}")
