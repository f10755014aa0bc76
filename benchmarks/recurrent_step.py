"""How long does a step of the fully recurrent machine take: 20306 links, 140 ticks, one loop over time?

Compiled, and as a competent person writes it by hand in JAX, side by side.
"""

import jax.numpy as jnp

from benchmarks.flattened_recurrent import flattened_loss
from benchmarks.gradient_step import agreement, flattened, milliseconds, over_flattened, steps
from benchmarks.machines import case
from benchmarks.result import Figure, Result
from benchmarks.timing import ratio, side_by_side


def measure() -> Result:
    """The ratios to the version written by hand, and milliseconds of the loss and of its gradient."""
    chosen = case("recurrent")
    baseline = flattened(chosen, flattened_loss)
    agreement(chosen, baseline)(chosen.program.weights)
    calls = steps(chosen, baseline)
    slope = calls["compiled, gradient"]().leaves
    assert jnp.isfinite(slope).all(), "the weights are too large to measure anything"
    seconds = side_by_side(calls, 100)
    return Result(
        (
            Figure("gradient, compiled over flattened", over_flattened(seconds, "gradient"), at_most=1.3),
            Figure(
                "compiled, gradient over forward",
                ratio(seconds, "compiled, gradient", "compiled, forward"),
                at_most=3.5,
            ),
            Figure("forward, compiled over flattened", over_flattened(seconds, "forward")),
            *milliseconds(seconds),
        )
    )
