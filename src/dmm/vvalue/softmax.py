"""Soft-max over labels, for trees and flat V-values alike.

A tree stores no zeros, so it cannot say by itself over which labels the shares are spread: a second value does.
"""

import math

from dmm.vvalue.keywise import normalise
from dmm.vvalue.operations import AnyVValue, Scalar, flat_where, relu
from dmm.vvalue.tree import ZERO, VValue


def softmax(v: AnyVValue, among: AnyVValue, temperature: float = 1.0) -> AnyVValue:
    """Shares among the paths where `among` is positive: its leaf times exp(x / temperature), x the leaf of `v` there.

    They add up to 1, but for `among` without a positive leaf, which gives zero. Leaves of `v` elsewhere count for
    nothing; a missing one is 0, as everywhere. The largest x that counts is subtracted from all, so that nothing
    overflows. The derivative with respect to a leaf of `among` that is 0 or less is 0.

    >>> print(softmax(VValue({"c": 7}), VValue({"a": 3, "b": 1})))
    {a: 0.75, b: 0.25}
    >>> print(softmax(VValue({"a": 9000, "b": 8000, "c": 9999}), VValue({"a": 1, "b": 1}), temperature=100))
    {a: 0.999954602, b: 4.5397869e-05}
    """
    if isinstance(v, VValue) and isinstance(among, VValue):
        v = v / temperature
        return normalise(_grown(v, among, _largest(v, among)))
    import jax
    import jax.numpy as jnp

    from dmm.vvalue.flat import FlatVValue

    v, among = flat_where(v, among), flat_where(among, v)
    if not len(among.support):
        return among
    x = v.restrict(among.support).extend(among.support).leaves / float(temperature)
    weights = relu(among.leaves)
    counts = weights > 0
    largest = jnp.max(jnp.where(counts, x, -jnp.inf), axis=-1, keepdims=True)
    lower = jnp.where(counts, x - jax.lax.stop_gradient(largest), 0)
    return normalise(FlatVValue(weights * jnp.exp(lower), among.support))


def _largest(v: VValue, among: VValue) -> Scalar:
    """The largest leaf of `v` where `among` is positive."""
    return max((v[path].scalar for path, weight in among.items() if weight > 0), default=0)


def _grown(v: VValue, among: VValue, largest: Scalar) -> VValue:
    """The positive leaves of `among` times the exponentials; of all relative to the largest."""
    if not among:
        return ZERO
    inner = {x: _grown(v[x], child, largest) for x, child in among.children.items()}
    if not among.scalar > 0:
        return v.join(inner)
    return v.join(inner) + among.scalar * math.e ** (v.scalar - largest)
