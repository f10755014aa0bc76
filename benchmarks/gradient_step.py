"""Is the compiled gradient step quicker than the one flattened by hand, and how near is it to its bare arithmetic?

The same loss of the seed machine in the same process, both jitted, as functions of one vector of weights; beside them
the matrix products alone that the compiled step consists of.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from statistics import median
from typing import Any

import jax
import jax.numpy as jnp
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
    """The ratios in question, and what is behind them."""
    chosen = case("seed")
    baseline = flattened(chosen, flattened_loss)
    agreement(chosen, baseline)(chosen.program.weights)
    arithmetic, millions = floor(chosen)
    seconds = side_by_side(steps(chosen, baseline) | {"arithmetic floor": arithmetic})
    return Result(
        (
            Figure("gradient, compiled over flattened", over_flattened(seconds, "gradient"), at_most=0.7),
            Figure(
                "compiled, gradient over forward",
                ratio(seconds, "compiled, gradient", "compiled, forward"),
                at_most=3.5,
            ),
            Figure("forward, compiled over flattened", over_flattened(seconds, "forward")),
            Figure(
                "gradient, compiled over arithmetic floor", ratio(seconds, "compiled, gradient", "arithmetic floor")
            ),
            Figure("multiply-adds of a gradient", millions, "million"),
            *milliseconds(seconds),
        )
    )


def steps(case: Case, baseline: Callable[[Any], Any]) -> dict[str, Callable[[], Any]]:
    """Calls of the loss and of its gradient, compiled and as written by hand."""
    weights = case.program.weights
    return {
        "compiled, forward": partial(jax.jit(case.loss), weights),
        "compiled, gradient": partial(jax.jit(jax.grad(case.loss)), weights),
        "flattened, forward": partial(jax.jit(baseline), weights.leaves),
        "flattened, gradient": partial(jax.jit(jax.grad(baseline)), weights.leaves),
    }


def over_flattened(seconds: Mapping[str, list[float]], kind: str) -> float:
    """The ratio of the compiled step to the one written by hand; `kind` is forward or gradient."""
    return ratio(seconds, f"compiled, {kind}", f"flattened, {kind}")


def milliseconds(seconds: Mapping[str, list[float]]) -> Iterator[Figure]:
    """The median of each call."""
    return (Figure(name, 1000 * median(taken), "ms") for name, taken in seconds.items())


def floor(case: Case) -> tuple[Callable[[], Any], float]:
    """A call that computes the matrix products of a gradient and nothing else, and its millions of multiply-adds.

    For each block of links: its matrix times the values that it takes; then, for the gradient, slopes times values and,
    where these depend on weights, matrix times slopes. The numbers are random, each operand is given as its product
    likes it to lie, and all products are returned, so that none is left out.
    """
    draw, plans = np.random.default_rng(0), case.program.plans
    assert not any(plan.inside for plan in plans), "the products of a loop wait for each other"
    moved = {g for plan in plans if plan.outside.blocks for g in plan.groups}
    operands, count = [], 0
    for block in (block for plan in plans for block in plan.outside.blocks):
        targets, sources = block.index.shape
        numbers = len(case.stream.leaves) * len(block.sources[0].rows)
        depends = any(part.group in moved for part in block.sources)
        shapes = [(targets, sources), (sources, numbers), (targets, numbers), (numbers, sources), (sources, targets)]
        operands.append([jnp.asarray(draw.normal(size=shape), jnp.float32) for shape in shapes[: 5 if depends else 4]])
        count += targets * sources * numbers * (3 if depends else 2)
    return partial(jax.jit(_products), operands), count / 1e6


def _products(operands: list[list[Any]]) -> list[Any]:
    products = []
    for matrix, values, slopes, values_turned, *matrix_turned in operands:
        products += [matrix @ values, slopes @ values_turned, *(turned @ slopes for turned in matrix_turned)]
    return products


def flattened(case: Case, by_hand: Callable[..., Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """The loss as written by hand, a function of the vector of weights."""
    stream = np.asarray(case.stream.leaves)
    return by_hand(case.program.links, case.stream.support, stream, case.targets.leaves)


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
