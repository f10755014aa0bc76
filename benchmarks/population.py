"""What does a population cost: a gradient step for 16 weight matrices at once, compared with one?"""

from statistics import median

import jax
import jax.numpy as jnp

from benchmarks.machines import SCALE, case
from benchmarks.result import Figure, Result
from benchmarks.timing import ratio, side_by_side
from dmm.vvalue.flat import FlatVValue

SIZE = 16


def measure() -> Result:
    """The ratio of the two, and milliseconds."""
    chosen = case("seed")
    one = chosen.program.weights
    leaves = SCALE * jax.random.normal(jax.random.key(0), (SIZE, len(one.support)), jnp.float32)
    many = FlatVValue(leaves, one.support)
    alone, together = jax.jit(jax.grad(chosen.loss)), jax.jit(jax.vmap(jax.grad(chosen.loss)))
    seconds = side_by_side({"one": lambda: alone(one), "many": lambda: together(many)}, 50)
    return Result(
        (
            Figure(f"gradient, {SIZE} machines over one", ratio(seconds, "many", "one"), at_most=12),
            Figure("gradient, one machine", 1000 * median(seconds["one"]), "ms"),
            Figure(f"gradient, {SIZE} machines", 1000 * median(seconds["many"]), "ms"),
        )
    )
