"""Operations that move in steps, for trees and flat V-values alike: decisions, the largest of all, whole numbers.

Between the steps nothing moves, so the flat derivative is 0 everywhere, also where a step is.
"""

from dmm.vvalue.operations import AnyVValue, Scalar, plain
from dmm.vvalue.tree import ZERO, VValue, is_number


def less_or_equal(x: Scalar, y: Scalar) -> Scalar:
    """1 if the first scalar is at most the second, else 0; so 1 of nothing and nothing.

    >>> less_or_equal(2, 2.5), less_or_equal(3, 2.5), less_or_equal(0, 0)
    (1, 0, 1)
    """
    if is_number(x) and is_number(y):
        return int(x <= y)
    import jax.numpy as jnp

    x, y = plain(x), plain(y)
    return jnp.less_equal(x, y).astype(jnp.result_type(x, y))


def arg_max(v: AnyVValue) -> AnyVValue:
    """1 at the path of the largest leaf, 0 elsewhere; zero where no leaf is positive.

    Of several leaves that are largest, the first in the order of `Support` counts: the scalar before all others.

    >>> print(arg_max(VValue({"a": 2, "b": {"c": 3, "d": 3}})), arg_max(VValue({"a": -2})))
    {b: {c: 1}} 0
    """
    if isinstance(v, VValue):
        path, largest = max(v.items(), key=lambda leaf: leaf[1], default=((), 0))
        return VValue.from_paths({path: 1}) if largest > 0 else ZERO
    if not len(v.support):
        return v
    import jax
    import jax.numpy as jnp

    from dmm.vvalue.flat import FlatVValue

    leaves = v.leaves
    first = jax.nn.one_hot(jnp.argmax(leaves, axis=-1), len(v.support), dtype=leaves.dtype)
    return FlatVValue(jnp.where(leaves > 0, first, 0), v.support)


def keywise_round(v: AnyVValue) -> AnyVValue:
    """Every leaf rounded to the nearest whole number, halves to the even one, as Python and NumPy round.

    >>> print(keywise_round(VValue({":number": 0.4, "a": 2.5, "b": -1.7})))
    {a: 2, b: -2}
    """
    if isinstance(v, VValue):
        return v.map_leaves(lambda x: round(x, 0))  # 0 digits: the leaf keeps its type, and may be infinite
    import jax.numpy as jnp

    from dmm.vvalue.flat import FlatVValue

    return FlatVValue(jnp.round(v.leaves), v.support)
