"""Settling: the weights of a small machine brought to the nearest least sum of squared errors, to the last digit.

Adam approaches a minimum slowly; near one, a method of least squares doubles the correct digits with every step.
"""

from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from dmm.gradients.data import Data
from dmm.synthesis.training import Trained, Trainer
from dmm.vvalue.flat import FlatVValue
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue

MOST = 200  # evaluations
ROOM = 16  # numbers of links are rounded up to multiples of this: few sizes, few compilations


class Settler:
    """A trainer's machine and data, with its errors and their derivatives compiled as one program."""

    def __init__(self, trainer: Trainer):
        self.trainer = trainer
        self._compiled = jax.jit(self._errors_and_derivatives)

    def settle(self, matrix: VValue, most: int = MOST, fixed: Support = Support()) -> Trained:  # noqa: B008  (frozen)
        """The network matrix with its weights settled, and its loss; the old one if nothing better is found near it.

        It takes `most` evaluations at most; `fixed` links keep their weights.
        """
        from scipy.optimize import least_squares

        links = self.trainer.links
        places = np.array([links.index[path] for path in matrix.support], np.int32)
        start = np.asarray(self.trainer.arrays([matrix]).leaves)[0, places]
        room = -(-len(places) // ROOM) * ROOM
        padded = np.full(room, len(links), np.int32)
        padded[: len(places)] = places
        free = np.array([i for i, path in enumerate(matrix.support) if path not in fixed], np.int32)

        @lru_cache(maxsize=4)  # the errors and the derivatives at one point are asked for one after the other
        def at(point: bytes) -> tuple[np.ndarray, np.ndarray]:
            x = np.zeros(room, np.float32)
            x[: len(places)] = start
            x[free] = np.frombuffer(point)
            errors, derivatives = self._compiled(self.trainer.data, x, padded)
            bounded = np.nan_to_num(np.asarray(errors, np.float64), nan=1e6, posinf=1e6, neginf=-1e6)
            return bounded, np.nan_to_num(np.asarray(derivatives, np.float64)[:, free])

        first = start[free].astype(float)
        before = Trained(matrix, float((at(first.tobytes())[0] ** 2).sum()))
        if not len(free):
            return before
        found = least_squares(lambda x: at(x.tobytes())[0], first, lambda x: at(x.tobytes())[1], max_nfev=most)
        leaves = np.zeros(len(links), np.float32)
        leaves[places] = start
        leaves[places[free]] = found.x
        after = Trained(self.trainer.tree(leaves), float(2 * found.cost))
        return min(after, before, key=lambda trained: trained.loss)

    def _errors_and_derivatives(self, data: Data, some: Any, places: Any) -> tuple[Any, Any]:
        """The errors `[n]` where only the weights at `places` are not zero, and their derivatives by these."""

        def errors(some: Any) -> Any:
            leaves = jnp.zeros(len(self.trainer.links)).at[places].set(some, mode="drop")
            found = self.trainer.errors(data, FlatVValue(leaves, self.trainer.links), len(some)).ravel()
            return found, found

        derivatives, found = jax.jacfwd(errors, has_aux=True)(some)
        return found, derivatives
