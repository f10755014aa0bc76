"""How near do evolution strategies come to the gradient, as the population grows?

The curve of Zhang, Clune and Stanley 2017 (arXiv:1712.06564), on the seed machine: the cosine of the estimate and the
true gradient, beside what n pairs in d dimensions have where the loss is linear, the root of n / (n + d + 1).
"""

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.gradients import longer
from benchmarks.machines import case
from benchmarks.result import Figure, Result
from dmm.gradients.evolution import EvolutionStrategies
from dmm.gradients.loss import StreamLoss
from dmm.gradients.reverse import Reverse

PAIRS, DEVIATIONS, SEEDS = (16, 64, 256, 1024, 4096), (0.001, 0.02), 4
HEAD = ("pairs", "theory", *(f"deviation {x}, {kind}" for x in DEVIATIONS for kind in ("losses", "ranks")))


def measure() -> Result:
    """The largest distance from theory at the smaller deviation, and the curve."""
    chosen = case("seed")
    weights, data, loss = chosen.program.weights, longer(chosen, 140), StreamLoss(chosen.program)
    live = jnp.ones_like(weights.leaves)
    exact = np.asarray(jax.grad(lambda w: Reverse()(loss, w, data, live, jax.random.key(0)))(weights).leaves)

    def cosine(way: EvolutionStrategies) -> float:
        def slope(key: jax.Array) -> jax.Array:
            return jax.grad(lambda w: way(loss, w, data, live, key))(weights).leaves

        found = np.asarray(jax.lax.map(slope, jax.random.split(jax.random.key(1), SEEDS)))
        return float(np.mean(found @ exact / np.linalg.norm(found, axis=1) / np.linalg.norm(exact)))

    rows, farthest = [], 0.0
    for pairs in PAIRS:
        theory = (pairs / (pairs + len(exact) + 1)) ** 0.5
        found = [
            cosine(EvolutionStrategies(pairs=pairs, deviation=x, ranked=ranked))
            for x in DEVIATIONS
            for ranked in (False, True)
        ]
        farthest = max(farthest, abs(found[0] - theory))
        rows.append((pairs, f"{theory:.3f}", *(f"{x:.3f}" for x in found)))
    return Result(
        (Figure("largest distance of the first curve from theory", farthest, at_most=0.05),), HEAD, tuple(rows)
    )
