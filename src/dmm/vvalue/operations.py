"""The vocabulary in which neuron types are written: one spelling for trees and for flat arrays.

`v` below is a `VValue` or a `FlatVValue`; a *scalar* is a Python or NumPy number, or a JAX array of the leading shape
of a flat V-value. A Python zero means "structurally zero": it is stored nowhere and costs nothing.
"""

from typing import Any

from dmm.vvalue.numbers import is_number
from dmm.vvalue.tree import VValue

Scalar = Any
AnyVValue = Any


def relu(x: Scalar) -> Scalar:
    """The scalar if positive, else 0; the derivative at 0 is 0.

    >>> relu(-2.5), relu(3)
    (0, 3)
    """
    if is_number(x):
        return max(0, x)
    import jax

    return jax.nn.relu(x)


def clip(x: Scalar, low: float, high: float) -> Scalar:
    """The scalar, no lower than `low` and no higher than `high`; the derivative outside is 0.

    >>> clip(7, -4, 4)
    4
    """
    if is_number(x):
        return min(max(x, low), high)
    import jax.numpy as jnp

    return jnp.clip(x, low, high)


def max_norm(v: AnyVValue) -> Scalar:
    """The largest absolute leaf, 0 for zero; where several are largest, the flat derivative is shared among them."""
    return v.max_norm()


def dot(v: AnyVValue, w: AnyVValue) -> Scalar:
    """The sum over common paths, the scalar's included, of the products of leaves."""
    return flat_where(v, w).dot(w)


def mult_mask(mask: AnyVValue, v: AnyVValue) -> AnyVValue:
    """`v` with the subtree at every path of `mask` scaled by the leaf there.

    Source: arXiv:1712.07447, section 3; linear in both arguments.
    """
    return v.mult_mask(mask)


def lin_comb(coefficients: AnyVValue, v: AnyVValue) -> AnyVValue:
    """The sum over the paths p of `coefficients` of the leaf there times the sub-value of `v` at p.

    Source: arXiv:1712.07447, section 3; linear in both arguments.
    """
    return flat_where(coefficients, v).apply_matrix(v, 0)


def apply_matrix(matrix: AnyVValue, v: AnyVValue, level: int) -> AnyVValue:
    """`lin_comb` row by row: the first `level` labels of `matrix` name the row and stay in front of its result."""
    return flat_where(matrix, v).apply_matrix(v, level)


def plain(x: Scalar) -> Scalar:
    """A number as one that takes the type of the array it meets; an array as it is."""
    return float(x) if is_number(x) else x


def flat_where(v: AnyVValue, other: AnyVValue) -> AnyVValue:
    """`v`, made flat if it is a tree, such as a constant, and the other is flat."""
    if not isinstance(v, VValue) or isinstance(other, VValue):
        return v
    from dmm.vvalue.flat import as_flat

    return as_flat(v, other)
