"""Training: the weights of a machine on fixed links, moved by Adam towards the targets.

Nothing is stored between trainings but the weights: each starts with fresh moments. So a cut of the support never
meets the moments of another support, and a run can be taken up again wherever a training ended.
"""

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from dmm.compile.pipeline import compile_machine
from dmm.machine.machine import Machine
from dmm.vvalue.flat import FlatVValue, flatten
from dmm.vvalue.support import Path
from dmm.vvalue.tree import VValue

CHUNK = 50  # steps in one call of the compiled loop, between two reports of progress
CLIP = 5.0  # largest norm of a gradient


def l1(weights: FlatVValue) -> Any:
    """The sum of absolute weights: the penalty that makes small weights zero."""
    return jnp.sum(jnp.abs(weights.leaves))


class Trainer:
    """A machine compiled for training on a batch of streams, `[streams, time, ...]`, towards targets.

    The machine's links are an upper bound: a training moves those that its start has, the others stay zero. So one
    compiled program serves a template through all its cuts.
    """

    def __init__(self, machine: Machine, streams: FlatVValue, targets: FlatVValue):
        self.machine = machine
        self.streams = streams
        self.targets = targets
        self.program = compile_machine(machine, streams.support)
        self.links = self.program.links

    def train(
        self,
        start: VValue,
        *,
        steps: int,
        learning_rate: float,
        penalty: float = 0.0,
        enough: float = 0.0,
        listen: Callable[[int, float], None] | None = None,
    ) -> tuple[VValue, float]:
        """The network matrix after training and its loss, the sum of squared errors over streams, ticks and outputs.

        Stops early at a loss of `enough` (then without regard to the penalty). `listen(steps, loss)` hears how far it
        has come.
        """
        weights, mask = self._arrays(start)
        moments = self._optimizer.init(weights)
        for done in range(0, steps, CHUNK):
            weights, moments, losses = self._chunk(weights, mask, moments, learning_rate, penalty)
            loss = float(losses[-1])
            if listen:
                listen(min(CHUNK, steps - done), loss)
            if loss < enough or not np.isfinite(loss):
                break
        return self._tree(weights, mask), float(self._data_loss(weights))

    def loss(self, matrix: VValue) -> float:
        """The sum of squared errors of the machine with this network matrix."""
        return float(self._data_loss(self._arrays(matrix)[0]))

    def effects(self, matrix: VValue) -> dict[Path, float]:
        """The loss after deletion of each link of the matrix alone."""
        weights, _ = self._arrays(matrix)
        places = {path: self.links.index[path] for path in matrix.support}
        return {path: float(self._data_loss(_without(weights, i))) for path, i in places.items()}

    # -- compiled --------------------------------------------------------------------------------------------------

    @cached_property
    def _optimizer(self) -> Any:
        return optax.chain(optax.clip_by_global_norm(CLIP), optax.scale_by_adam())

    @cached_property
    def _data_loss(self) -> Any:
        return jax.jit(self._objective)

    def _objective(self, weights: FlatVValue) -> Any:
        answers = self.program(weights, self.streams).answers
        return jnp.sum((answers - self.targets).leaves ** 2)

    @cached_property
    def _chunk(self) -> Any:
        def penalised(weights: FlatVValue, penalty: Any) -> Any:
            loss = self._objective(weights)
            return loss + penalty * l1(weights), loss

        def step(mask: FlatVValue, rate: Any, penalty: Any, carry: Any, _: Any) -> Any:
            weights, moments = carry
            gradient, loss = jax.grad(penalised, has_aux=True)(weights, penalty)
            gradient = jax.tree.map(jnp.multiply, gradient, mask)
            direction, moments = self._optimizer.update(gradient, moments, weights)
            weights = jax.tree.map(lambda w, d: w - rate * d, weights, direction)
            return (weights, moments), loss

        def chunk(weights: FlatVValue, mask: FlatVValue, moments: Any, rate: Any, penalty: Any) -> Any:
            body = partial(step, mask, rate, penalty)
            (weights, moments), losses = jax.lax.scan(body, (weights, moments), None, length=CHUNK)
            return weights, moments, losses

        return jax.jit(chunk)

    # -- trees and arrays ------------------------------------------------------------------------------------------

    def _arrays(self, matrix: VValue) -> tuple[FlatVValue, FlatVValue]:
        weights = flatten(matrix, self.links)
        return weights, FlatVValue(jnp.asarray(weights.leaves != 0, weights.leaves.dtype), self.links)

    def _tree(self, weights: FlatVValue, mask: FlatVValue) -> VValue:
        """The masked links with their weights as the shortest decimals that read back as the same float32."""
        leaves, kept = np.asarray(weights.leaves), np.asarray(mask.leaves) > 0
        rows = ((path, float(str(leaves[i]))) for i, path in enumerate(self.links) if kept[i])
        return VValue.from_paths(rows)


@jax.jit
def _without(weights: FlatVValue, place: Any) -> FlatVValue:
    return FlatVValue(weights.leaves.at[place].set(0.0), weights.support)
