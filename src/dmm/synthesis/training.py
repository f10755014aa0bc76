"""Training: the weights of a machine on fixed links, moved by an optimizer towards the targets.

Nothing is stored between trainings but the weights: each starts with fresh moments. So a cut of the support never
meets the moments of another support, and a run can be taken up again wherever a training ended. Several sets of weights
are trained at once, a population, under `vmap`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dmm.compile.pipeline import compile_machine
from dmm.gradients.base import Gradient
from dmm.gradients.data import Data
from dmm.gradients.loss import StreamLoss
from dmm.gradients.memory import Size
from dmm.gradients.reverse import Reverse
from dmm.machine.machine import Machine
from dmm.synthesis.optimizers import OPTIMIZERS, mean_squares, optimizer
from dmm.synthesis.penalties import L1, NOMINAL, Penalty
from dmm.synthesis.safe import Safe
from dmm.synthesis.superfluid import memories, remembering
from dmm.vvalue.flat import FlatVValue, flatten
from dmm.vvalue.support import Path
from dmm.vvalue.tree import VValue

CHUNK = 50  # steps in one call of the compiled loop, between two reports of progress
SHORT = 24  # ticks; over more, what multiplies a memory moves the more slowly, since it acts again in every tick
TOGETHER = 8  # sets of weights whose losses are found at once; always so many, since every number is compiled anew

Heard = Callable[[int, float], None]


class Trained(NamedTuple):
    """A network matrix after training, and its loss: the sum of squared errors over streams, ticks and outputs."""

    matrix: VValue
    loss: float


class Trainer:
    """A machine compiled for training on data.

    The machine's links are an upper bound: a training moves those that its start has, the others stay zero. So one
    compiled program serves a template through all its cuts. It serves other `data` on the same support, too.
    Populations are rounded up to multiples of `members`. `gradient` says how the loss is differentiated, `memory` how
    many bytes a step may take, `optimizer` (a name in `OPTIMIZERS`) who takes it. In superfluid neurons, `pull` draws
    what weighs the neuron's own output and what weighs the type that remembers towards each other.
    """

    def __init__(
        self,
        machine: Machine,
        data: Data,
        members: int = 1,
        gradient: Gradient = Reverse(),  # noqa: B008  (frozen)
        memory: float = math.inf,
        pull: float = 0.0,
        optimizer: str = OPTIMIZERS[0],
    ):
        self.machine = machine
        self.data = data
        self.members = members
        self.gradient, self.memory, self.pull, self.optimizer = gradient, memory, pull, optimizer
        self.program = compile_machine(machine, data.streams.support)
        self.links = self.program.links
        self._loss = StreamLoss(self.program)

    def fits(self, data: Data) -> bool:
        """Whether the compiled program serves these data."""
        return data.streams.support == self.program.stream

    def train(
        self,
        starts: Sequence[VValue],
        *,
        steps: int,
        learning_rate: float,
        penalty: Penalty = L1(),  # noqa: B008  (frozen)
        enough: float = 0.0,
        seed: int = 0,
        listen: Heard | None = None,
    ) -> list[Trained]:
        """What becomes of each of the network matrices in `starts`.

        Steps are taken fifty at a time. Stops early when one has a loss of `enough` (then without regard to the
        penalty). One that blows up goes back to where it last was well, and on at half the rate; what blows up from the
        start comes back as it was, with an infinite loss. `seed` draws what a penalty or a gradient leaves to chance.
        `listen(steps, loss)` hears how far it has come.
        """
        count = -(-len(starts) // self.members) * self.members
        weights = self.arrays([*starts, *[starts[0]] * (count - len(starts))])
        masks = FlatVValue((weights.leaves != 0).astype(weights.leaves.dtype), self.links)
        chunk = self._chunk(replace(penalty, strength=0.0))
        state = jax.vmap(lambda w: self._fresh(penalty, w))(weights)
        safe = Safe(state, np.full(count, learning_rate, np.float32), float(self.data.energy))
        for done in range(0, steps, CHUNK):
            keys = jax.random.split(jax.random.fold_in(jax.random.key(seed), done), count)
            after, losses = chunk(self.data, state, masks, keys, penalty.strength, safe.rates)
            state = safe.checked(state, after, np.asarray(losses))
            best = float(np.nanmin([np.inf, *np.asarray(losses)]))
            if listen:
                listen(CHUNK, best)
            if best < enough or safe.is_lost:
                break
        leaves, safe_leaves = (np.array(jax.vmap(penalty.final)(each[0]).leaves) for each in (state, safe.state))
        found = self.losses(leaves)
        blown = ~np.isfinite(found)
        if blown.any():
            leaves[blown] = safe_leaves[blown]
            found = self.losses(leaves)
        return [
            Trained(start, float("inf")) if safe.is_lost or not np.isfinite(loss) else Trained(self.tree(row), loss)
            for start, row, loss in zip(starts, leaves, found.tolist(), strict=False)
        ]

    def loss(self, matrix: VValue) -> float:
        """The sum of squared errors of the machine with this network matrix."""
        return float(self.losses(np.asarray(self.arrays([matrix]).leaves))[0])

    def paid(self, matrix: VValue, penalty: Penalty) -> float:
        """What a penalty adds to the loss for this network matrix, in units of the loss.

        Where gates are trained, with the odds that they start with. A penalty that acts after the step adds nothing.
        """
        leaves = self.arrays([matrix]).leaves[0]
        cost = penalty.cost(penalty.init(FlatVValue(leaves, self.links)))
        return float(cost) * float(self.data.energy) / NOMINAL

    def losses(self, leaves: np.ndarray) -> np.ndarray:
        """The losses `[n]` of many sets of weights `[n, links]`."""
        padded = np.zeros((-(-len(leaves) // TOGETHER) * TOGETHER, len(self.links)), np.float32)
        padded[: len(leaves)] = leaves
        parts = [self._losses(self.data, padded[i : i + TOGETHER]) for i in range(0, len(padded), TOGETHER)]
        return np.concatenate([np.asarray(part) for part in parts])[: len(leaves)]

    def effects(self, matrix: VValue) -> dict[Path, float]:
        """The loss after deletion of each link of the matrix alone, all of them at once."""
        places = {path: self.links.index[path] for path in matrix.support}
        leaves = np.repeat(np.asarray(self.arrays([matrix]).leaves), len(places), axis=0)
        leaves[np.arange(len(places)), list(places.values())] = 0
        return dict(zip(places, map(float, self.losses(leaves)), strict=True))

    def arrays(self, matrices: Sequence[VValue]) -> FlatVValue:
        """Network matrices as weights `[n, links]`."""
        return flatten(list(matrices), self.links)

    def tree(self, leaves: np.ndarray) -> VValue:
        """Weights `[links]` as a network matrix: the shortest decimals that read back as the same float32, no zeros."""
        return VValue.from_paths((path, float(str(leaves[i]))) for i, path in enumerate(self.links) if leaves[i] != 0)

    @cached_property
    def movement(self) -> Any:
        """By data, weights and a key: how far the answers move, to first order, when each link is deleted.

        The sum of squares of w ∂answer/∂w, estimated by backward passes of random signs over the answers.
        """

        def estimate(data: Data, weights: FlatVValue, key: Any) -> Any:
            piece = self.piece(data)
            errors, backward = jax.vjp(lambda w: self._loss.errors(w, data, piece, forget=True), weights)
            signs = jax.random.rademacher(key, errors.shape, errors.dtype)
            return (backward(signs)[0].leaves * weights.leaves) ** 2

        return jax.jit(estimate)

    def errors(self, data: Data, weights: FlatVValue, members: int = 1) -> Any:
        """What is squared: the scored differences `[streams, time, paths]` of answers and targets.

        `members` are the sets of weights, or derivatives, that are found at once, for which there must be memory.
        """
        return self._loss.errors(weights, data, self.piece(data, members))

    def piece(self, data: Data, members: int = 1) -> int | None:
        """The ticks of the pieces that fit into the memory; `None` for all at once."""
        return Reverse().fitted(self.size(data, members), self.memory).piece

    def size(self, data: Data, members: int) -> Size:
        """How much a step of training on these data computes."""
        streams, ticks = data.scored.shape
        return Size.of(self.program, streams, ticks, members)

    # -- compiled --------------------------------------------------------------------------------------------------

    @cached_property
    def _losses(self) -> Any:
        def loss(data: Data, leaves: Any) -> Any:
            return self._loss.in_pieces(FlatVValue(leaves, self.links), data, self.piece(data, TOGETHER))

        return jax.jit(jax.vmap(loss, in_axes=(None, 0)))

    @cached_property
    def _optimizer(self) -> Any:
        return optimizer(self.optimizer)

    def _fresh(self, penalty: Penalty, weights: FlatVValue) -> Any:
        params = penalty.init(weights)
        return params, self._optimizer.init(params)

    @cached_property
    def _chunks(self) -> dict[Penalty, Any]:
        return {}

    def _chunk(self, penalty: Penalty) -> Any:
        """Some steps of training of a population, compiled once for a kind of penalty."""
        if penalty not in self._chunks:
            members = jax.vmap(partial(self._steps, penalty), in_axes=(None, 0, 0, 0, None, 0))
            self._chunks[penalty] = jax.jit(members)
        return self._chunks[penalty]

    def _steps(
        self, kind: Penalty, data: Data, state: Any, mask: FlatVValue, key: Any, strength: Any, rate: Any
    ) -> Any:
        penalty = replace(kind, strength=strength)
        scale = NOMINAL / data.energy
        way = self.gradient.fitted(self.size(data, self.members), self.memory)
        pace = self._pace(data)

        def objective(params: Any, key: Any) -> Any:
            weights = penalty.weights(params, key)
            loss = way(self._loss, weights, data, mask.leaves, jax.random.fold_in(key, 1))
            return scale * loss + penalty.cost(params) + self._pulled(weights.leaves, mask.leaves), loss

        def step(state: Any, key: Any) -> Any:
            params, moments = state
            gradient, loss = jax.grad(objective, has_aux=True)(params, key)
            gradient = jax.tree.map(lambda g: g * mask.leaves, gradient)
            direction, moments = self._optimizer.update(gradient, moments, params)
            params = jax.tree.map(lambda w, d: w - rate * pace * d, params, direction)
            return (penalty.project(params, rate, mean_squares(moments, params)), moments), loss

        state, losses = jax.lax.scan(step, state, jax.random.split(key, CHUNK))
        return state, losses[-1]

    def _pace(self, data: Data) -> np.ndarray:
        """The part of the learning rate at which each weight `[links]` moves."""
        pace = np.ones(len(self.links), np.float32)
        pace[remembering(self.machine, self.links)] = memory_pace(data)
        return pace

    def _pulled(self, weights: Any, mask: Any) -> Any:
        """pull · Σ (w - v)² of the two weights of every memory that a superfluid neuron may have."""
        own, memory = memories(self.machine, self.links)
        if not self.pull or not len(own):
            return 0.0
        return self.pull * jnp.sum(mask[own] * mask[memory] * (weights[own] - weights[memory]) ** 2)


def memory_pace(data: Data) -> float:
    """The part of the learning rate at which weights of memories move on streams of this length."""
    return min(1.0, SHORT / int(data.scored.shape[1]))
