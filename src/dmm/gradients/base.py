"""What every way to a gradient is."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from dmm.gradients.data import Data
from dmm.gradients.loss import StreamLoss
from dmm.gradients.memory import Size
from dmm.vvalue.flat import FlatVValue

Key = Any


@dataclass(frozen=True)
class Gradient:
    """A way to the gradient of a loss; the base of all.

    One that is not `exact` does not lead a training to the very minimum.
    """

    @property
    def exact(self) -> bool:
        """Whether it is the gradient itself, up to rounding."""
        return False

    def __call__(self, loss: StreamLoss, weights: FlatVValue, data: Data, live: Any, key: Key) -> Any:
        """The loss, differentiable with respect to the weights: its derivative is the estimate.

        `live` `[links]` is 1 for links that are trained, else 0; `key` draws what is random.
        """
        raise NotImplementedError

    def fitted(self, size: Size, memory: float) -> "Gradient":  # noqa: ARG002  (not all can do with less memory)
        """The same way, with what it leaves open chosen so that a step takes no more than so many bytes."""
        return self

    def bytes(self, size: Size) -> int:
        """What a step is predicted to take."""
        raise NotImplementedError

    def explain(self, size: Size) -> str:
        """What it does, for people."""
        raise NotImplementedError


def with_slope(loss: Any, slope: Any, weights: FlatVValue) -> Any:
    """A number equal to `loss` whose derivative is `slope` `[links]`."""
    moved = weights.leaves - jax.lax.stop_gradient(weights.leaves)
    return jax.lax.stop_gradient(loss) + jnp.vdot(jax.lax.stop_gradient(slope), moved)


def require_whole(name: str, given: object) -> None:
    """`ValueError` for anything but a whole number, 1 or more."""
    if type(given) is not int or given < 1:
        raise ValueError(f"{name} is {given!r}; give a whole number, 1 or more")


def megabytes(count: float) -> str:
    """A number of bytes for people."""
    return f"{count / 1e9:.3g} GB" if count >= 1e9 else f"{count / 1e6:.3g} MB"
