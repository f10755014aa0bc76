"""Operations that move in steps, for trees and flat V-values alike: decisions, the largest of all, whole numbers.

Between the steps nothing moves, so the flat derivative is 0 everywhere, also where a step is; only what `where` has
chosen by such a decision moves as it did.
"""

from typing import Any

from dmm.vvalue.numbers import is_number
from dmm.vvalue.operations import AnyVValue, Scalar, plain
from dmm.vvalue.tree import ZERO, VValue


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


def keywise_threshold(v: AnyVValue, limit: float = 0.0) -> AnyVValue:
    """1 at the path of every leaf larger than `limit`, which is 0 or more, so that nothing comes of missing leaves.

    >>> print(keywise_threshold(VValue({"a": 2, "b": {"c": 0.5, "d": -3}})), keywise_threshold(VValue(3), 3))
    {a: 1, b: {c: 1}} 0
    """
    if isinstance(v, VValue):
        return v.map_leaves(lambda x: int(x > limit))
    from dmm.vvalue.flat import FlatVValue

    leaves = v.leaves
    return FlatVValue((leaves > limit).astype(leaves.dtype), v.support)


def present(v: AnyVValue) -> Scalar:
    """1 if any leaf is not zero, else 0.

    >>> present(VValue({"a": {"b": -0.5}})), present(VValue())
    (1, 0)
    """
    if isinstance(v, VValue):
        return int(v.max_norm() > 0)
    if not len(v.support):
        return 0
    import jax.numpy as jnp

    leaves = v.leaves
    return jnp.any(leaves != 0, axis=-1).astype(leaves.dtype)


def where(condition: Scalar, v: Any, w: Any) -> Any:
    """The first of two V-values (or scalars) if the condition is not 0, else the second: an `if` that compiles.

    The derivative with respect to the one that is chosen is 1, that with respect to the other and the condition 0.

    >>> v = VValue({"a": 2})
    >>> print(where(present(v), v, 1), where(less_or_equal(3, 2), v, 1))
    {a: 2} 1
    """
    if is_number(condition):
        return v if condition else w
    import jax.numpy as jnp

    from dmm.vvalue.flat import ROOT, FlatVValue, as_flat

    if not any(isinstance(x, VValue | FlatVValue) for x in (v, w)):
        return jnp.where(condition != 0, plain(v), plain(w))
    like = next((x for x in (v, w) if isinstance(x, FlatVValue)), FlatVValue(condition[..., None], ROOT))
    v, w = as_flat(v, like), as_flat(w, like)
    both = v.support | w.support
    return FlatVValue(jnp.where(condition[..., None] != 0, v.extend(both).leaves, w.extend(both).leaves), both)
