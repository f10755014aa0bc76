"""How long does a step of the fully recurrent machine take: 20306 links, 140 ticks, one loop over time?"""

from statistics import median

import jax
import jax.numpy as jnp

from benchmarks.machines import case
from benchmarks.result import Figure, Result
from benchmarks.timing import ratio, side_by_side


def measure() -> Result:
    """Milliseconds of the loss and of its gradient."""
    chosen = case("recurrent")
    weights = chosen.program.weights
    forward, gradient = jax.jit(chosen.loss), jax.jit(jax.grad(chosen.loss))
    assert jnp.isfinite(gradient(weights).leaves).all(), "the weights are too large to measure anything"
    seconds = side_by_side({"forward": lambda: forward(weights), "gradient": lambda: gradient(weights)}, 100)
    return Result(
        (
            *(Figure(name, 1000 * median(taken), "ms") for name, taken in seconds.items()),
            Figure("gradient over forward", ratio(seconds, "gradient", "forward"), at_most=3.5),
        )
    )
