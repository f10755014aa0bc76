"""Penalties: what a training pays for its links besides the loss, so that few are left.

A penalty says what is trained (`init`), what the machine runs with meanwhile (`weights`), what that costs (`cost`),
what happens after a step (`project`), and which weights come out (`final`). Losses are scaled so that the targets'
energy is `NOMINAL`, and so strengths mean the same for every task.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from dmm.vvalue.flat import FlatVValue
from dmm.vvalue.support import Support

NOMINAL = 1000.0
Params = Any
Key = Any


@dataclass(frozen=True)
class Penalty:
    """No penalty; the base of all others. What is trained are the weights themselves."""

    strength: float = 0.0

    def init(self, weights: FlatVValue) -> Params:
        """What is trained, to begin with."""
        return weights

    def weights(self, params: Params, key: Key) -> FlatVValue:  # noqa: ARG002  (not every penalty is random)
        """The weights at a step of the training, drawn by `key` where the penalty is random."""
        return params  # type: ignore[no-any-return]

    def cost(self, params: Params) -> Any:  # noqa: ARG002
        """What is added to the scaled loss."""
        return 0.0

    def project(self, params: Params, rate: Any, second: Params) -> Params:  # noqa: ARG002
        """The parameters after a step at a learning rate; `second` is Adam's mean of squared gradients."""
        return params

    def final(self, params: Params) -> FlatVValue:
        """The weights that come out."""
        return params  # type: ignore[no-any-return]


@dataclass(frozen=True)
class L1(Penalty):
    """strength · Σ abs(w), in the gradient, so that Adam scales it with the rest. Weights get small, not zero."""

    def cost(self, params: Params) -> Any:
        """The sum of absolute weights."""
        return self.strength * jnp.sum(jnp.abs(params.leaves))


@dataclass(frozen=True)
class ProximalL1(Penalty):
    """strength · Σ abs(w) as a proximal step after Adam's, in Adam's metric: soft thresholds, exact zeros.

    Source: Yun, Lozano, Yang, NeurIPS 2021, for the metric; a threshold is at most the learning rate.
    """

    def project(self, params: Params, rate: Any, second: Params) -> Params:
        """Every weight nearer to zero by its threshold."""
        threshold = rate * jnp.minimum(1.0, self.strength / (jnp.sqrt(second.leaves) + 1e-8))
        w = params.leaves
        return FlatVValue(jnp.sign(w) * jax.nn.relu(jnp.abs(w) - threshold), params.support)


@dataclass(frozen=True)
class GroupL1(Penalty):
    """strength · Σ over neurons of √n ‖w‖₂, of the n links that leave a neuron, and a tenth of that as L1.

    Source: Yuan, Lin 2006 (group lasso); removes whole neurons.
    """

    def cost(self, params: Params) -> Any:
        """The sum of norms, smoothed at zero."""
        groups, sizes = _leaving(params.support)
        squares = jax.ops.segment_sum(params.leaves**2, groups, len(sizes))
        norms = jnp.sqrt(squares + 1e-8) * np.sqrt(sizes)
        return self.strength * (jnp.sum(norms) + 0.1 * jnp.sum(jnp.abs(params.leaves)))


@dataclass(frozen=True)
class HardConcrete(Penalty):
    """strength · (expected number of links): a random gate on every link, open, shut or between, with learned odds.

    Source: Louizos, Welling, Kingma 2018 (arXiv:1712.01312), sections 2 and 3; its β, γ, ζ.
    """

    start: float = 2.0
    """The log odds of a gate to begin with."""

    def init(self, weights: FlatVValue) -> Params:
        """Weights and log odds of the gates."""
        return weights, jnp.full_like(weights.leaves, self.start)

    def weights(self, params: Params, key: Key) -> FlatVValue:
        """Weights times gates that are drawn."""
        weights, odds = params
        noise = jax.random.uniform(key, odds.shape, minval=1e-6, maxval=1 - 1e-6)
        gates = jax.nn.sigmoid((jnp.log(noise) - jnp.log1p(-noise) + odds) / _BETA)
        return FlatVValue(weights.leaves * _stretched(gates), weights.support)

    def cost(self, params: Params) -> Any:
        """The expected number of open gates."""
        weights, odds = params
        open_ = jax.nn.sigmoid(odds - _BETA * float(np.log(-_GAMMA / _ZETA)))
        return self.strength * jnp.sum(jnp.where(weights.leaves == 0, 0, open_))

    def final(self, params: Params) -> FlatVValue:
        """Weights times gates without noise."""
        weights, odds = params
        return FlatVValue(weights.leaves * _stretched(jax.nn.sigmoid(odds)), weights.support)


_BETA, _GAMMA, _ZETA = 2 / 3, -0.1, 1.1


def _stretched(gates: Any) -> Any:
    return jnp.clip(gates * (_ZETA - _GAMMA) + _GAMMA, 0.0, 1.0)


@lru_cache(maxsize=64)
def _leaving(links: Support) -> tuple[np.ndarray, np.ndarray]:
    """For each link the number of the neuron that it leaves, and how many links leave each."""
    names = {name: i for i, name in enumerate(sorted({path[2] for path in links}))}
    groups = np.array([names[path[2]] for path in links], np.int32)
    return groups, np.bincount(groups, minlength=len(names))


PENALTIES: Mapping[str, Callable[..., Penalty]] = MappingProxyType(
    {"none": Penalty, "l1": L1, "proximal": ProximalL1, "group": GroupL1, "l0": HardConcrete}
)
"""Every penalty by the name under which settings and run folders know it."""


def penalty_to_json(penalty: Penalty) -> dict[str, Any]:
    """The penalty as plain data."""
    name = next(name for name, kind in PENALTIES.items() if kind is type(penalty))
    return {"kind": name, **asdict(penalty)}


def penalty_from_json(stored: Mapping[str, Any]) -> Penalty:
    """The penalty of `penalty_to_json`; `ValueError` for one that is not known."""
    rest = {key: value for key, value in stored.items() if key != "kind"}
    if stored.get("kind") not in PENALTIES:
        raise ValueError(f"the penalty {stored.get('kind')!r} is unknown; there is {', '.join(PENALTIES)}")
    return PENALTIES[stored["kind"]](**rest)
