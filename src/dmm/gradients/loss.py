"""The loss of a program on streams: of all ticks at once, or of a piece, with the state handed on."""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from dmm.compile.program import Program
from dmm.gradients.data import Data
from dmm.vvalue.flat import FlatVValue


class StreamLoss(NamedTuple):
    """The sum of squared errors of a program over streams, ticks and outputs, as a function of weights and data."""

    program: Program

    def __call__(self, weights: FlatVValue, data: Data) -> Any:
        return jnp.sum(self.errors(weights, data) ** 2)

    def errors(self, weights: FlatVValue, data: Data, ticks: int | None = None, *, forget: bool = False) -> Any:
        """What is squared: the scored differences `[streams, time, paths]` of answers and targets.

        Found in pieces of so many ticks, as `in_pieces` does.
        """
        whole = data.scored.shape[1]
        ticks = ticks or whole
        if ticks >= whole:
            return _errors(self.program(weights, data.streams).answers, data)

        def run(state: FlatVValue, piece: Data) -> tuple[FlatVValue, Any]:
            answers, after = self.program(weights, piece.streams, state)
            return after, _errors(answers, piece)

        step = jax.checkpoint(run, prevent_cse=False) if forget else run
        errors = jnp.moveaxis(jax.lax.scan(step, self.start(weights, data), data.pieces(ticks))[1], 0, 1)
        return errors.reshape(len(errors), -1, errors.shape[-1])[:, :whole]

    def start(self, weights: FlatVValue, data: Data) -> FlatVValue:
        """The state `[streams, paths]` before the first tick."""
        leaves = self.program.start(weights).leaves
        return FlatVValue(jnp.broadcast_to(leaves, (data.scored.shape[0], *leaves.shape)), self.program.state)

    def in_pieces(self, weights: FlatVValue, data: Data, ticks: int | None, *, forget: bool = False) -> Any:
        """The same loss from pieces of so many ticks, one after the other; `None` for all at once.

        With `forget`, a derivative runs each piece once more in place of keeping what happened in it.
        """
        ticks = ticks or data.scored.shape[1]
        if ticks >= data.scored.shape[1]:
            return self(weights, data)
        piece_alone: Any = partial(self.piece, weights)
        run = jax.checkpoint(piece_alone, prevent_cse=False) if forget else piece_alone

        def step(before: Any, piece: Data) -> Any:
            state, total = before
            state, loss = run(state, piece)
            return (state, total + loss), None

        start = self.start(weights, data), jnp.zeros((), weights.leaves.dtype)
        return jax.lax.scan(step, start, data.pieces(ticks))[0][1]

    def piece(self, weights: FlatVValue, state: FlatVValue, data: Data) -> tuple[FlatVValue, Any]:
        """The state after a piece of the streams, and the loss of the piece."""
        answers, after = self.program(weights, data.streams, state)
        return after, jnp.sum(_errors(answers, data) ** 2)


def _errors(answers: FlatVValue, data: Data) -> Any:
    return (answers - data.targets).leaves * data.scored[..., None]
