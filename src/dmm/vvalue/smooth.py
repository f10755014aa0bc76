"""Smooth functions of scalars that squash the line into an interval, on plain numbers and on arrays alike."""

import math

from dmm.vvalue.numbers import is_number
from dmm.vvalue.operations import Scalar


def sigmoid(x: Scalar) -> Scalar:
    """1 / (1 + exp(-x)), between 0 and 1, without overflow for any x.

    It is 1/2 at 0. So it has no meaning leaf by leaf: a V-value has zeros at all the paths it does not store.

    >>> sigmoid(0), sigmoid(2.0), sigmoid(-800)
    (0.5, 0.8807970779778823, 0.0)
    """
    if not is_number(x):
        import jax

        return jax.nn.sigmoid(x)
    small = math.e ** -abs(x)
    return 1 / (1 + small) if x >= 0 else small / (1 + small)


def tanh(x: Scalar) -> Scalar:
    """The hyperbolic tangent, between -1 and 1, without overflow for any x.

    >>> tanh(0), tanh(0.5), tanh(-800)
    (0.0, 0.462117157260, -1.0)
    """
    if not is_number(x):
        import jax.numpy as jnp

        return jnp.tanh(x)
    small = math.e ** (-2 * abs(x))
    size = (1 - small) / (1 + small)
    return size if x >= 0 else -size
