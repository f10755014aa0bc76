"""Evolution strategies: the gradient estimated from losses alone, by trying random changes of the weights.

In the manner of Salimans et al. 2017 (arXiv:1703.03864): changes come in antithetic pairs, losses count by their
ranks, and noise is drawn anew from its seed where it is needed again, never stored.
"""

from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from dmm.gradients.base import Gradient, Key, require_whole, with_slope
from dmm.gradients.data import Data
from dmm.gradients.loss import StreamLoss
from dmm.gradients.memory import Size
from dmm.vvalue.flat import FlatVValue

SPREAD = 12**0.5  # 1 over the standard deviation of numbers spread evenly from -1/2 to 1/2
LARGEST = 1e15  # losses are scaled down to this, lest squares overflow


@dataclass(frozen=True)
class EvolutionStrategies(Gradient):
    """An estimate of the gradient of the loss, smoothed by a normal distribution around the weights.

    `pairs` of changes, plus and minus the same noise of standard deviation `deviation` on the trained links, are run
    `together` at a time (the last lot is filled up); the devices that JAX knows share them. With `ranked`, every loss
    is replaced by its rank among all, centred and scaled to the spread of the losses, so that a few huge ones say no
    more than that they are the largest. No derivative is taken, so neuron types without a useful one can be trained.
    Streams are run in pieces of `piece` ticks, if that is given.
    """

    pairs: int = 128
    deviation: float = 0.02
    ranked: bool = True
    together: int = 16
    piece: int | None = None

    def __post_init__(self) -> None:
        for name in ("pairs", "together") if self.piece is None else ("pairs", "together", "piece"):
            require_whole(name, getattr(self, name))
        if not 0 < self.deviation < float("inf"):
            raise ValueError(f"deviation is {self.deviation!r}; give a positive number")

    def __call__(self, loss: StreamLoss, weights: FlatVValue, data: Data, live: Any, key: Key) -> Any:
        fixed = jax.lax.stop_gradient(weights)
        keys = _shared(jax.random.split(key, (ceil(self.pairs / self.together), self.together)))

        def run(leaves: Any) -> Any:
            return loss.in_pieces(FlatVValue(leaves, fixed.support), data, self.piece)

        def noise(key: Key) -> Any:
            return jax.random.normal(key, fixed.leaves.shape, fixed.leaves.dtype) * live

        def losses(key: Key) -> Any:
            change = self.deviation * noise(key)
            return jnp.stack([run(fixed.leaves + change), run(fixed.leaves - change)])

        worth = self._worth(jax.lax.map(jax.vmap(losses), keys))
        factors = (worth[..., 0] - worth[..., 1]) / (2 * self.deviation * keys.size)

        def add(slope: Any, some: Any) -> Any:
            keys, factors = some
            return slope + factors @ jax.vmap(noise)(keys), None

        slope, _ = jax.lax.scan(add, jnp.zeros_like(fixed.leaves), (keys, factors))
        return with_slope(run(fixed.leaves), slope, weights)

    def _worth(self, losses: Any) -> Any:
        """What losses count: themselves, or their ranks; what blew up ranks last, or counts nothing."""
        finite = jnp.isfinite(losses)
        known = jnp.where(finite, losses, 0)
        bounded = known * jnp.minimum(1, LARGEST / jnp.max(known))
        if not self.ranked:
            return jnp.where(finite.all(axis=-1, keepdims=True), bounded, 0)
        order = jnp.argsort(jnp.argsort(jnp.where(finite, losses, jnp.inf), axis=None)).reshape(losses.shape)
        centred = order / (losses.size - 1) - 0.5
        return jnp.nan_to_num(centred * SPREAD * jnp.std(bounded, where=finite))

    def fitted(self, size: Size, memory: float) -> "EvolutionStrategies":
        piece = size.ticks if self.piece else size.piece(memory, 2 * self.together)
        return self if piece >= size.ticks else replace(self, piece=piece)

    def bytes(self, size: Size) -> int:
        return size.bytes(min(self.piece or size.ticks, size.ticks), 2 * self.together)

    def explain(self, size: Size) -> str:
        pieces = "" if self.piece is None or self.piece >= size.ticks else f", in pieces of {self.piece} ticks"
        return f"evolution strategies, an estimate by {2 * self.pairs + 1} forward runs{pieces}"


def _shared(keys: Any) -> Any:
    """The keys `[chunks, pairs]`, each chunk shared among the devices."""
    devices = jax.local_devices()
    if len(devices) == 1 or keys.shape[1] % len(devices):
        return keys
    mesh = jax.sharding.Mesh(np.array(devices), ("pairs",))
    spec = jax.sharding.PartitionSpec(None, "pairs")  # type: ignore[no-untyped-call]
    return jax.lax.with_sharding_constraint(keys, jax.sharding.NamedSharding(mesh, spec))  # type: ignore[no-untyped-call]
