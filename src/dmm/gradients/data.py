"""Examples as arrays: what a training learns from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from dmm.tasks.streams import NOTHING
from dmm.tasks.task import Example
from dmm.vvalue.flat import FlatVValue, flatten

STREAMS, TICKS = 4, 8  # more than one stream is rounded up to multiples of these, so that shapes seldom change


@jax.tree_util.register_dataclass
@dataclass(frozen=True, eq=False)
class Data:
    """Streams and targets `[streams, time, paths]`, and which ticks are scored, `[streams, time]` of 0 and 1.

    `energy` is the sum of squares of the targets: losses are judged by their ratio to it.
    """

    streams: FlatVValue
    targets: FlatVValue
    scored: Any
    energy: Any

    @classmethod
    def of(cls, examples: Sequence[Example], lag: int = 0, room: int = 0) -> "Data":
        """The examples, padded with ticks that are not scored; targets come `lag` ticks after their inputs.

        `room` are more ticks at the end, for data of the same shape with another lag.

        `ValueError` for an example without targets.
        """
        ticks = -(-(max(len(example.inputs) for example in examples) + lag + room) // TICKS) * TICKS
        count = -(-len(examples) // STREAMS) * STREAMS if len(examples) > 1 else 1
        streams, targets = ([[NOTHING] * ticks for _ in range(count)] for _ in range(2))
        scored = np.zeros((count, ticks))
        for row, (inputs, wanted) in enumerate(examples):
            if wanted is None:
                raise ValueError(f"example {row + 1} has no targets; give one a step")
            streams[row][: len(inputs)] = inputs
            for step, target in enumerate(wanted):
                if target is not None:
                    targets[row][step + lag] = target
                    scored[row, step + lag] = 1
        flat = flatten(targets)
        return cls(flatten(streams), flat, scored.astype(flat.leaves.dtype), float((flat.leaves**2).sum()) or 1.0)

    def beginning(self, part: float) -> "Data":
        """The same streams, of which only the first part is scored; 1 for all."""
        if part >= 1:
            return self
        ticks = self.scored.shape[1]
        return replace(self, scored=self.scored * (np.arange(ticks) < round(part * ticks)))

    def pieces(self, ticks: int) -> "Data":
        """The data cut along time: `[pieces, streams, ticks, ...]`, the last piece filled up with ticks not scored."""
        short = -self.scored.shape[1] % ticks

        def cut(leaves: Any) -> Any:
            rest = [(0, 0)] * (leaves.ndim - 2)
            filled = jnp.pad(leaves, ((0, 0), (0, short), *rest))
            return jnp.moveaxis(filled.reshape(len(leaves), -1, ticks, *leaves.shape[2:]), 1, 0)

        pieces = len(range(0, self.scored.shape[1], ticks))
        energy = jnp.broadcast_to(self.energy, (pieces,))
        streams, targets = (FlatVValue(cut(v.leaves), v.support) for v in (self.streams, self.targets))
        return Data(streams, targets, cut(self.scored), energy)
