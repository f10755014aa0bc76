"""Safety: what blows up in training goes back to where it last was well."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

BLOWN = 1e4  # times the energy of the targets, which is the loss of a machine that says nothing
WORSE = 10.0  # times the loss before: so much may a training rise, however bad it was
RETURNS = 6  # of all members at once, one after the other, before a training is given up


class Safe:
    """Where each member of a population was well the last time, and its learning rate."""

    def __init__(self, state: Any, rates: np.ndarray, energy: float):
        self.state, self.rates, self.limit = state, rates, BLOWN * energy
        self.losses = np.full(len(rates), np.inf)
        self.returns = 0

    @property
    def is_lost(self) -> bool:
        """Whether all have gone back too often."""
        return self.returns > RETURNS

    def checked(self, before: Any, after: Any, losses: np.ndarray) -> Any:
        """The state to go on from after a chunk of steps that began with `before` and ended with these losses."""
        well = np.isfinite(losses) & (losses <= np.maximum(self.limit, WORSE * self.losses))
        self.returns = 0 if well.any() else self.returns + 1
        self.state = _chosen(well, before, self.state)
        self.losses = np.where(well, losses, self.losses)
        self.rates = np.where(well, self.rates, self.rates / 2).astype(np.float32)
        return _chosen(well, after, self.state)


def _chosen(well: np.ndarray, one: Any, other: Any) -> Any:
    """Member by member, `one` where all is well, else the other."""
    if well.all():
        return one

    def choose(x: Any, y: Any) -> Any:
        return jnp.where(well.reshape(-1, *[1] * (x.ndim - 1)), x, y)

    return jax.tree.map(choose, one, other)
