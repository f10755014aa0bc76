"""Reverse mode: the exact gradient, of whole streams or in bounded memory; and its truncation."""

from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp

from dmm.gradients.base import Gradient, Key, require_whole, with_slope
from dmm.gradients.data import Data
from dmm.gradients.loss import StreamLoss
from dmm.gradients.memory import Size
from dmm.vvalue.flat import FlatVValue


@dataclass(frozen=True)
class Reverse(Gradient):
    """Exact reverse mode.

    With `piece`, streams are run in pieces of so many ticks, of which only the states between them are kept; the
    backward pass runs each piece once more (rematerialisation). That costs one forward run more, and changes nothing
    but the rounding. Without, all that happens in all ticks is kept, unless it is fitted into a memory.
    """

    piece: int | None = None

    @property
    def exact(self) -> bool:
        return True

    def __post_init__(self) -> None:
        if self.piece is not None:
            require_whole("piece", self.piece)

    def __call__(self, loss: StreamLoss, weights: FlatVValue, data: Data, live: Any, key: Key) -> Any:  # noqa: ARG002
        return loss.in_pieces(weights, data, self.piece, forget=True)

    def fitted(self, size: Size, memory: float) -> "Reverse":
        piece = size.ticks if self.piece else size.piece(memory)
        return self if piece >= size.ticks else replace(self, piece=piece)

    def bytes(self, size: Size) -> int:
        return size.bytes(min(self.piece or size.ticks, size.ticks))

    def explain(self, size: Size) -> str:
        if self.piece is None or self.piece >= size.ticks:
            return "reverse mode, exact, of all ticks at once"
        return f"reverse mode, exact, in pieces of {self.piece} ticks, each run twice"


@dataclass(frozen=True)
class Truncated(Gradient):
    """Reverse mode that looks back no further than the start of a piece of `ticks`: not the gradient of the loss.

    What happened before a piece is taken as given. Memory is that of one piece.
    """

    ticks: int

    def __post_init__(self) -> None:
        require_whole("ticks", self.ticks)

    def __call__(self, loss: StreamLoss, weights: FlatVValue, data: Data, live: Any, key: Key) -> Any:  # noqa: ARG002
        if loss.program.machine.own_matrix:
            raise ValueError(
                "the weights of a self-referential machine act through its state, which a truncated gradient takes as "
                "given; choose reverse mode or evolution strategies"
            )
        fixed = jax.lax.stop_gradient(weights)

        def step(carry: Any, piece: Data) -> Any:
            state, total, slope = carry

            def run(weights: FlatVValue) -> Any:
                after, found = loss.piece(weights, state, piece)
                return found, after

            (found, after), new = jax.value_and_grad(run, has_aux=True)(fixed)
            return (after, total + found, slope + new.leaves), None

        start = loss.start(fixed, data), jnp.zeros((), fixed.leaves.dtype), jnp.zeros_like(fixed.leaves)
        (_, total, slope), _ = jax.lax.scan(step, start, data.pieces(self.ticks))
        return with_slope(total, slope, weights)

    def bytes(self, size: Size) -> int:
        return size.bytes(min(self.ticks, size.ticks))

    def explain(self, size: Size) -> str:
        exact = "" if self.ticks < size.ticks else ", which are all"
        return f"reverse mode, truncated: it looks back {self.ticks} ticks at most{exact}"
