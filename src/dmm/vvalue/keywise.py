"""Operations leaf by leaf, for trees and flat V-values alike, and the operations on scalars they are made of.

A leaf that is missing counts as 0, and no operation makes something of nothing: f(0, 0) = 0 at every path.
"""

from collections.abc import Callable

from dmm.vvalue.numbers import is_number
from dmm.vvalue.operations import AnyVValue, Scalar, flat_where, plain, relu
from dmm.vvalue.tree import ZERO, VValue


def maximum(x: Scalar, y: Scalar) -> Scalar:
    """The larger of two scalars; where they are equal, the derivative is shared evenly.

    >>> maximum(-2.5, 3)
    3
    """
    if is_number(x) and is_number(y):
        return max(x, y)
    import jax.numpy as jnp

    return jnp.maximum(plain(x), plain(y))


def minimum(x: Scalar, y: Scalar) -> Scalar:
    """The smaller of two scalars; where they are equal, the derivative is shared evenly.

    >>> minimum(-2.5, 3)
    -2.5
    """
    if is_number(x) and is_number(y):
        return min(x, y)
    import jax.numpy as jnp

    return jnp.minimum(plain(x), plain(y))


def absolute(x: Scalar) -> Scalar:
    """The scalar without its sign; the derivative at 0 is 0.

    >>> absolute(-2.5)
    2.5
    """
    return maximum(x, -x)


def keywise_maximum(v: AnyVValue, w: AnyVValue) -> AnyVValue:
    """`maximum` leaf by leaf, where a missing leaf is 0.

    >>> print(keywise_maximum(VValue({"a": 2, "b": -1}), VValue({"a": 3, "c": 1})))
    {a: 3, c: 1}
    """
    return _on_all_paths(maximum, v, w)


def keywise_minimum(v: AnyVValue, w: AnyVValue) -> AnyVValue:
    """`minimum` leaf by leaf, where a missing leaf is 0.

    >>> print(keywise_minimum(VValue({"a": 2, "b": -1}), VValue({"a": 3, "c": 1})))
    {a: 2, b: -1}
    """
    return _on_all_paths(minimum, v, w)


def keywise_absolute(v: AnyVValue) -> AnyVValue:
    """`absolute` of every leaf.

    >>> print(keywise_absolute(VValue({":number": -1, "a": 2, "b": -3})))
    1 + {a: 2, b: 3}
    """
    if isinstance(v, VValue):
        return v.map_leaves(abs)
    from dmm.vvalue.flat import FlatVValue

    return FlatVValue(absolute(v.leaves), v.support)


def keywise_product(v: AnyVValue, w: AnyVValue) -> AnyVValue:
    """The products of leaves over common paths, the scalar's included; their sum is `dot`. Bilinear.

    >>> print(keywise_product(VValue({":number": 2, "a": 3, "b": 5}), VValue({":number": 7, "a": -1})))
    14 + {a: -3}
    """
    if isinstance(v, VValue) and isinstance(w, VValue):
        inner = {x: keywise_product(child, w[x]) for x, child in v.children.items() if x in w.children}
        return v.join(inner) + v.scalar * w.scalar
    from dmm.vvalue.flat import FlatVValue

    v, w = flat_where(v, w), flat_where(w, v)
    common = v.support & w.support
    return FlatVValue(v.take(common).leaves * w.take(common).leaves, common)


def absent(v: AnyVValue, w: AnyVValue) -> AnyVValue:
    """The part of `v` where `w` has nothing: each leaf of `v` times relu(1 - abs(x)), where x is the leaf of `w` there.

    The derivative with respect to x is 0 at 0 and wherever abs(x) is at least 1.

    >>> print(absent(VValue({"a": 2, "b": 2, "c": 2}), VValue({"a": 1, "b": 0.25})))
    {b: 1.5, c: 2}
    """
    if isinstance(v, VValue) and isinstance(w, VValue):
        inner = {x: absent(child, w[x]) for x, child in v.children.items()}
        return v.join(inner) + v.scalar * relu(1 - abs(w.scalar))
    from dmm.vvalue.flat import FlatVValue

    v, w = flat_where(v, w), flat_where(w, v)
    other = w.restrict(v.support).extend(v.support)
    return FlatVValue(v.leaves * relu(1 - absolute(other.leaves)), v.support)


def normalise(v: AnyVValue) -> AnyVValue:
    """`v` divided by the sum of its absolute leaves; zero stays zero, and the derivative there is 0.

    A flat value counts as zero if no leaf reaches the smallest normal number of its float, 1.2e-38 in float32.

    >>> print(normalise(VValue({"a": 3, "b": -1})), normalise(VValue()))
    {a: 0.75, b: -0.25} 0
    """
    if isinstance(v, VValue):
        total = sum(abs(x) for _, x in v.items())
        return v / total if total > 0 else ZERO
    if not len(v.support):
        return v
    import jax
    import jax.numpy as jnp

    from dmm.vvalue.flat import FlatVValue

    # Scaling changes nothing, so scale to about 1 first: the derivative squares the total.
    largest = jax.lax.stop_gradient(jnp.max(absolute(v.leaves), axis=-1, keepdims=True))
    tiny = jnp.finfo(largest.dtype).tiny  # type: ignore[no-untyped-call]
    something = largest >= tiny
    leaves = v.leaves / jnp.where(something, minimum(largest, 1 / tiny), 1)
    total = jnp.sum(absolute(leaves), axis=-1, keepdims=True)
    return FlatVValue(jnp.where(something, leaves / jnp.where(something, total, 1), 0), v.support)


def _on_all_paths(function: Callable[[Scalar, Scalar], Scalar], v: AnyVValue, w: AnyVValue) -> AnyVValue:
    """The function of the two leaves at every path that either value has."""
    if isinstance(v, VValue) and isinstance(w, VValue):
        inner = {x: _on_all_paths(function, v[x], w[x]) for x in {**v.children, **w.children}}
        return v.join(inner) + function(v.scalar, w.scalar)
    from dmm.vvalue.flat import FlatVValue

    v, w = flat_where(v, w), flat_where(w, v)
    both = v.support | w.support
    return FlatVValue(function(v.extend(both).leaves, w.extend(both).leaves), both)
