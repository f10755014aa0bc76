"""What do the ways to a gradient cost, per machine and length of the stream?

For each: a forward run, the exact gradient within a quarter of a gigabyte, and an estimate by evolution strategies of
correlation 0.9 with it. The last length runs in a process of its own, whose peak memory is all that Python, JAX and the
data take.
"""

import json
import sys
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.machines import Case, case
from benchmarks.result import Figure, Result
from benchmarks.timing import run_python
from dmm.gradients.choice import Costs, costs, timed
from dmm.gradients.data import Data
from dmm.gradients.loss import StreamLoss
from dmm.gradients.memory import Size
from dmm.gradients.reverse import Reverse
from dmm.vvalue.flat import FlatVValue

MEMORY = 256e6
LENGTHS, LONGEST = (140, 1400, 14_000), 100_000
CHECKED = 5000  # ticks on which pieces are compared with the whole
HEAD = (
    "machine", "ticks", "forward, us a tick", "gradient, us a tick", "ratio", "gradient, MB", "compile, s",
    "pairs for an estimate", "estimate over gradient",
)  # fmt: skip


def measure() -> Result:
    """The bounds on long streams, then the costs."""
    rows, by_tick = [], {}
    for name in ("seed", "recurrent"):
        for ticks in LENGTHS:
            found = costs(case(name).program, case(name).program.weights, longer(case(name), ticks), MEMORY)
            by_tick[name, ticks] = 1e6 * found.gradient.run / ticks
            rows.append(_row(name, ticks, found))
    alone = json.loads(run_python("-m", "benchmarks.gradients", "recurrent", str(LONGEST))[0])
    figures = (
        Figure(
            f"recurrent, a tick of {LONGEST} over one of 140",
            alone["gradient, us a tick"] / by_tick["recurrent", 140],
            at_most=1.25,
        ),
        Figure(f"recurrent, {LONGEST} ticks, peak of the process", alone["peak, MB"], "MB", at_most=1000),
        Figure(f"recurrent, {LONGEST} ticks, gradient", alone["gradient, us a tick"], "us a tick"),
        Figure(f"recurrent, {CHECKED} ticks, pieces against the whole", difference("recurrent"), at_most=1e-5),
    )
    return Result(figures, HEAD, tuple(rows))


def longer(case: Case, ticks: int) -> Data:
    """The published stream again and again."""

    def repeated(v: FlatVValue) -> FlatVValue:
        return FlatVValue(jnp.asarray(np.resize(v.leaves, (1, ticks, len(v.support)))), v.support)

    return Data(repeated(case.stream), repeated(case.targets), jnp.ones((1, ticks), jnp.float32), 1.0)


def difference(name: str) -> float:
    """The largest difference of the gradients in pieces and of the whole, over the largest derivative."""
    chosen = case(name)
    data, loss = longer(chosen, CHECKED), StreamLoss(chosen.program)
    live, key = jnp.ones_like(chosen.program.weights.leaves), jax.random.key(0)
    whole, pieces = (
        np.asarray(jax.jit(jax.grad(lambda w, way=way: way(loss, w, data, live, key)))(chosen.program.weights).leaves)
        for way in (Reverse(), Reverse(100))
    )
    return float(np.abs(whole - pieces).max() / np.abs(whole).max())


def _row(name: str, ticks: int, found: Costs) -> tuple[Any, ...]:
    return (
        name, ticks, f"{1e6 * found.forward.run / ticks:.3g}", f"{1e6 * found.gradient.run / ticks:.3g}",
        f"{found.ratio:.2f}", f"{found.gradient.bytes / 1e6:.3g}",
        f"{found.forward.compilation + found.gradient.compilation:.2g}", found.pairs,
        f"{found.estimate / found.gradient.run:.3g}",
    )  # fmt: skip


def _alone(name: str, ticks: int) -> dict[str, float]:
    """The gradient of one machine and length, and the peak of the memory of this process."""
    import resource

    chosen = case(name)
    data, loss = longer(chosen, ticks), StreamLoss(chosen.program)
    way = Reverse().fitted(Size.of(chosen.program, 1, ticks), MEMORY)
    live, key = jnp.ones_like(chosen.program.weights.leaves), jax.random.key(0)
    taken = timed(jax.grad(lambda w, data: way(loss, w, data, live, key)), chosen.program.weights, data)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {"gradient, us a tick": 1e6 * taken.run / ticks, "peak, MB": peak / 1e6}


if __name__ == "__main__":
    print(json.dumps(_alone(sys.argv[1], int(sys.argv[2]))))
