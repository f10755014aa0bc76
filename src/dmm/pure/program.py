"""Many ticks of a pure machine as one JAX function: for speed, for ensembles by `vmap`, and for gradients."""

from collections.abc import Callable
from typing import Any

from dmm.pure.machine import Array, PureMachine, PureState, PureTick, settle, up


def pure_program(
    machine: PureMachine, ticks: int, *, read: Callable[[PureTick], Any] | None = None, exact: bool = True
) -> Callable[[PureState], tuple[PureState, Any]]:
    """A compiled function from a state to the state so many ticks later and, tick by tick, what `read` makes of them.

    It is differentiable, and `jax.vmap` runs it on many states. With `exact`, numbers are rounded where
    `PureMachine.run` rounds them, which on a CPU gave the same bits wherever it was tried; without, sums are those of a
    matrix product, which is faster and differs in the last bits. A weight of 0 has a gradient, so unlike there it also
    multiplies: 0 times infinity is NaN.

    >>> import numpy as np
    >>> outputs = np.zeros((2, 3, 2), np.float32)
    >>> outputs[0, 0, 0] = outputs[0, 1, 1] = outputs[1, 2, 1] = 1
    >>> machine = PureMachine(outputs).add(0, "sum")
    >>> state, grown = pure_program(machine, 3, read=lambda tick: tick.state.matrix[2, 1])(machine.start())
    >>> grown.tolist(), int(state.tick)
    ([1.0, 2.0, 3.0], 3)
    """
    import jax

    if ticks < 0:
        raise ValueError(f"a machine cannot run for {ticks} ticks; give 0 or more")
    down = down_in_order if exact else down_at_once
    held = jax.lax.optimization_barrier if exact else lambda x: x  # or XLA multiplies by reciprocals

    def step(state: PureState, _: None) -> tuple[PureState, Any]:
        before = state.inputs if machine.accumulate else jax.numpy.zeros_like(state.inputs)
        inputs = down(state.outputs, before)
        number = state.tick + 1
        moved = PureState(number, inputs, up(machine, number, inputs, state.outputs))
        tick = PureTick(moved, settle(machine, moved, held))
        return tick.state, None if read is None else read(tick)

    @jax.jit
    def program(state: PureState) -> tuple[PureState, Any]:
        return jax.lax.scan(step, jax.tree.map(jax.numpy.asarray, state), length=ticks)

    return program


def down_in_order(outputs: Array, before: Array) -> Array:
    """The down movement, output after output, each product rounded before it is added."""
    import jax

    jnp = jax.numpy
    for j in range(outputs.shape[-3]):
        product = outputs[..., 0, :, j][..., None, None] * outputs[..., j, None, :, :]
        # A choice in between, though always for the product, keeps the compiler from one rounding for both operations.
        before = before + jnp.where(product == product, product, jnp.full_like(product, jnp.nan))
    return before


def down_at_once(outputs: Array, before: Array) -> Array:
    """The down movement as one matrix product."""
    import jax

    return before + jax.numpy.einsum("...ij,...jab->...iab", outputs[..., 0, :, :], outputs)
