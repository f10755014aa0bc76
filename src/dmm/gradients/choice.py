"""Which way to the gradient: measured on the machine and the data in question, and said why."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from dmm.compile.program import Program
from dmm.gradients.base import Gradient
from dmm.gradients.data import Data
from dmm.gradients.evolution import EvolutionStrategies
from dmm.gradients.loss import StreamLoss
from dmm.gradients.memory import Size
from dmm.gradients.reverse import Reverse
from dmm.gradients.ways import stepwise
from dmm.vvalue.flat import FlatVValue

CORRELATION = 0.9  # with the true gradient, of an estimate that is called as accurate
RUNS = 3  # of each measurement, the quickest of which counts


class Timed(NamedTuple):
    """The seconds of a compilation, of a run, and the bytes that the compiled program takes besides its arguments."""

    compilation: float
    run: float
    bytes: int


class Costs(NamedTuple):
    """What the ways to a gradient cost: one forward run, one exact gradient, and the pairs of an accurate estimate."""

    forward: Timed
    gradient: Timed
    pair: float
    pairs: int

    @property
    def ratio(self) -> float:
        """Forward runs in the time of a gradient."""
        return self.gradient.run / self.forward.run

    @property
    def estimate(self) -> float:
        """The seconds of an estimate of the gradient that is called as accurate."""
        return self.pairs * self.pair


class Choice(NamedTuple):
    """A way to the gradient, and why."""

    gradient: Gradient
    why: str


def costs(program: Program, weights: FlatVValue, data: Data, memory: float) -> Costs:
    """Measure them, compilation apart, on data of at least one stream."""
    loss, live = StreamLoss(program), jnp.ones_like(weights.leaves)
    streams, ticks = data.scored.shape
    size = Size.of(program, streams, ticks)
    reverse = Reverse().fitted(size, memory)
    evolution = EvolutionStrategies(pairs=EvolutionStrategies.together).fitted(size, memory)
    key = jax.random.key(0)

    def forward(weights: FlatVValue, data: Data) -> Any:
        return loss.in_pieces(weights, data, reverse.piece)

    def slope(way: Gradient) -> Callable[[FlatVValue, Data], Any]:
        return jax.grad(lambda weights, data: way(loss, weights, data, live, key))

    return Costs(
        timed(forward, weights, data),
        timed(slope(reverse), weights, data),
        timed(slope(evolution), weights, data).run / evolution.pairs,
        pairs_for(CORRELATION, len(weights.support)),
    )


def timed(function: Callable[..., Any], *given: Any) -> Timed:
    """Compile a function and run it some times."""
    began = time.perf_counter()
    compiled = jax.jit(function).lower(*given).compile()
    compilation = time.perf_counter() - began
    seconds = []
    for _ in range(RUNS + 1):  # the first finds its memory
        began = time.perf_counter()
        jax.block_until_ready(compiled(*given))  # type: ignore[no-untyped-call]
        seconds.append(time.perf_counter() - began)
    known = compiled.memory_analysis()
    return Timed(compilation, min(seconds[1:]), getattr(known, "temp_size_in_bytes", 0))


def pairs_for(correlation: float, links: int) -> int:
    """The pairs with which an estimate by evolution strategies has this correlation with the gradient.

    Of n pairs in d dimensions, the mean square of the cosine is n / (n + d + 1), where the loss is linear.

    >>> pairs_for(0.9, 99)
    427
    """
    return -(-round((links + 1) * 1e6 * correlation**2 / (1 - correlation**2)) // 10**6)


def choose(program: Program, weights: FlatVValue, data: Data, memory: float) -> Choice:
    """The way that takes least time for an accurate gradient of this program on these data; measures for seconds."""
    steps = stepwise(program.machine)
    if steps:
        one = len(steps) == 1
        kinds = ", ".join(steps)
        return Choice(
            EvolutionStrategies(),
            f"{kinds} move{'s' if one else ''} in steps, so that no derivative tells how to train what "
            f"{'it hears' if one else 'they hear'}",
        )
    found = costs(program, weights, data, memory)
    compared = (
        f"an exact gradient takes the time of {found.ratio:.1f} forward runs ({1000 * found.gradient.run:.3g} ms); "
        f"evolution strategies would need {found.pairs} pairs of runs ({1000 * found.estimate:.3g} ms) "
        f"for a correlation of {CORRELATION} with it"
    )
    if found.gradient.run <= found.estimate:
        return Choice(Reverse(), compared)
    return Choice(EvolutionStrategies(pairs=found.pairs), compared)
