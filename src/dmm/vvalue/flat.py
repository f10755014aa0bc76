"""The V-value as one array: static support, leaves `[..., n]`, any leading axes (batch, time, population).

A `FlatVValue` is a JAX pytree with one leaf, so `jax.grad`, `jax.vmap`, `jax.jit`, `jax.tree.map` and Optax treat it
like any array; the gradient with respect to a V-value is a V-value on the same support. The law that ties it to the
tree, for every operation f:  unflatten(f(flatten(v), ...)) == f(v, ...).
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Self

import jax
import jax.numpy as jnp
import numpy as np

from dmm.vvalue.numbers import is_number
from dmm.vvalue.support import Path, Support
from dmm.vvalue.tree import VValue

Array = Any
ROOT = Support([()])


@jax.tree_util.register_pytree_with_keys_class
class FlatVValue:
    """Leaves `[..., n]` over a static `Support` of n paths.

    >>> v = flatten(VValue({"a": 2.0, "b": {"c": 3.0}}))
    >>> print(unflatten(v + v["b"]))
    {a: 2, b: {c: 3}, c: 3}
    >>> print(unflatten(jax.grad(lambda w: w.dot(w))(v)))
    {a: 4, b: {c: 6}}
    """

    __slots__ = ("_leaves", "support")
    __iter__ = None  # see `VValue`
    __array_ufunc__ = None

    def __init__(self, leaves: Array, support: Support):
        if leaves.shape[-1:] != (len(support),):
            raise ValueError(f"leaves of shape {leaves.shape} do not fit a support of {len(support)} paths")
        self._leaves = leaves
        self.support = support

    # -- pytree ----------------------------------------------------------------------------------------------------

    def tree_flatten_with_keys(self) -> tuple[Any, Support]:
        return ((jax.tree_util.GetAttrKey("leaves"), self._leaves),), self.support

    def tree_flatten(self) -> tuple[Any, Support]:
        return (self._leaves,), self.support

    @classmethod
    def tree_unflatten(cls, support: Support, children: Any) -> Self:
        flat = object.__new__(cls)  # JAX also unflattens placeholders, so there is nothing to check
        (flat._leaves,) = children
        flat.support = support
        return flat

    # -- reading ---------------------------------------------------------------------------------------------------

    @property
    def leaves(self) -> Array:
        """The numbers, shape `[..., n]`, in the order of the support."""
        return self._leaves

    @property
    def leading_shape(self) -> tuple[int, ...]:
        """The shape of the axes before the last."""
        return tuple(self._leaves.shape[:-1])

    @property
    def scalar(self) -> Array:
        """The number at the empty path, shape `[...]`; the Python number 0 where the support lacks it."""
        place = self.support.index.get(())
        return 0 if place is None else self.take(ROOT).leaves[..., 0]

    @property
    def labels(self) -> tuple[str, ...]:
        """The first labels of the support, sorted."""
        return self.support.labels

    def __getitem__(self, label: str | Path) -> "FlatVValue":
        """The sub-value at a label or a path."""
        if isinstance(label, tuple):
            value = self
            for step in label:
                value = value[step]
            return value
        places, below = _below(self.support, label)
        return self._pick(places, below)

    def take(self, support: Support) -> "FlatVValue":
        """The leaves on `support`, every path of which this value has."""
        if support == self.support:
            return self
        return self._pick(_places(self.support, support), support)

    def restrict(self, support: Support) -> "FlatVValue":
        """The leaves on those paths of `support` that this value has."""
        return self.take(self.support & support)

    def extend(self, support: Support) -> "FlatVValue":
        """The same vector over a larger support."""
        if support == self.support:
            return self
        places = _places(support, self.support)
        room = jnp.zeros((*self.leading_shape, len(support)), self._leaves.dtype)
        return FlatVValue(room.at[..., places].set(self.leaves), support)

    def _pick(self, places: np.ndarray, support: Support) -> "FlatVValue":
        """The leaves at `places`, as a value over `support`: the one way by which parts are read."""
        return FlatVValue(pick(self._leaves, places), support)

    # -- the vector space ------------------------------------------------------------------------------------------

    def __add__(self, other: Any) -> "FlatVValue":
        other = as_flat(other, self)
        if other.support == self.support:
            return FlatVValue(self.leaves + other.leaves, self.support)
        if not len(other.support):
            return self
        if not len(self.support):
            return other
        both = self.support | other.support
        return FlatVValue(self.extend(both).leaves + other.extend(both).leaves, both)

    __radd__ = __add__

    def __neg__(self) -> "FlatVValue":
        return FlatVValue(-self.leaves, self.support)

    def __sub__(self, other: Any) -> "FlatVValue":
        return self + -other

    def __rsub__(self, other: Any) -> "FlatVValue":
        return -self + other

    def __mul__(self, factor: Any) -> "FlatVValue":
        if isinstance(factor, FlatVValue | VValue):
            return NotImplemented
        if is_number(factor):
            return FlatVValue(self.leaves * factor, self.support) if factor else self.take(Support())
        return FlatVValue(self.leaves * factor[..., None], self.support)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Any) -> "FlatVValue":
        if isinstance(divisor, FlatVValue | VValue):
            return NotImplemented
        return FlatVValue(self.leaves / (divisor if is_number(divisor) else divisor[..., None]), self.support)

    # -- beyond the vector space -----------------------------------------------------------------------------------

    def max_norm(self) -> Array:
        """The largest absolute leaf, shape `[...]`."""
        return jnp.max(jnp.abs(self.leaves), axis=-1) if len(self.support) else 0

    def dot(self, other: Any) -> Array:
        """The sum over common paths of the products of leaves, shape `[...]`."""
        other = as_flat(other, self)
        common = self.support & other.support
        return jnp.sum(self.take(common).leaves * other.take(common).leaves, axis=-1) if len(common) else 0

    def mult_mask(self, mask: Any) -> "FlatVValue":
        """See `VValue.mult_mask`."""
        mask = as_flat(mask, self)
        return self.bilinear(mask, _mask_terms(mask.support, self.support))

    def apply_matrix(self, vector: Any, level: int) -> "FlatVValue":
        """See `VValue.apply_matrix`."""
        vector = as_flat(vector, self)
        i, j, out, support = matrix_terms(self.support, vector.support, level)
        return vector.bilinear(self, (i, j, out, support))

    def lin_comb(self, vector: Any) -> "FlatVValue":
        """See `VValue.lin_comb`."""
        return self.apply_matrix(vector, 0)

    def bilinear(self, left: "FlatVValue", terms: tuple[Any, Any, Any, Support]) -> "FlatVValue":
        """The sums of products of leaves of `left` and of this value that `terms` says; see `product_terms`."""
        i, j, out, support = terms
        products = pick(left.leaves, i) * pick(self.leaves, j)
        room = jnp.zeros((*products.shape[:-1], len(support)), products.dtype)
        return FlatVValue(room.at[..., out].add(products), support)

    def join(self, parts: Mapping[str, Any]) -> "FlatVValue":
        """The V-value of this leading shape with the given sub-values (flat, tree, number or array) by label."""
        flats = {label: as_flat(parts[label], self) for label in sorted(parts)}
        support = Support(path for label, part in flats.items() for path in part.support.under(label))
        if not len(support):
            return self._pick(np.zeros(0, np.int32), support)
        leaves = jnp.concatenate([part.leaves for part in flats.values()], axis=-1)
        return FlatVValue(leaves, support)  # sorted labels in front keep sorted paths sorted

    def trim(self, threshold: float) -> "FlatVValue":
        """Zero in place of the leaves of absolute value `threshold` or less; the support stays."""
        return FlatVValue(jnp.where(jnp.abs(self.leaves) > threshold, self.leaves, 0), self.support)

    def __bool__(self) -> bool:
        raise TypeError("whether a flat V-value is zero is not known before it runs; use relu, clip or max_norm")

    def __repr__(self) -> str:
        shape = getattr(self._leaves, "shape", None)
        return f"FlatVValue({self.support}, leaves {shape})"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows: shape, support, and the first of the numbers."""
        from dmm.vvalue.display import shown_flat

        return shown_flat(self)


# -- from trees and back -----------------------------------------------------------------------------------------------


def flatten(values: VValue | Sequence[Any], support: Support | None = None, dtype: Any = None) -> FlatVValue:
    """A V-value, or nested equally long sequences of V-values (a stream, a batch of streams), as one flat V-value.

    The nesting becomes the leading axes. `support` defaults to the union of the supports; a value that does not fit a
    given support raises `ValueError`. `dtype` defaults to JAX's float.

    >>> flatten([VValue({"a": 1}), VValue({"b": 2})]).leaves.tolist()
    [[1.0, 0.0], [0.0, 2.0]]
    """
    nested, shape = _regular(values)
    if support is None:
        support = Support(path for v in nested for path, _ in v.items())
    leaves = np.zeros((len(nested), len(support)), np.float64)
    for row, v in enumerate(nested):
        for path, number in v.items():
            if path not in support.index:
                raise ValueError(f"the value has a leaf at path {path!r}, outside the support {support}; widen it")
            leaves[row, support.index[path]] = number
    chosen = jnp.result_type(float) if dtype is None else dtype
    return FlatVValue(jnp.asarray(leaves.reshape((*shape, len(support))), chosen), support)


def unflatten(flat: FlatVValue) -> Any:
    """The tree, or nested lists of trees for the leading axes: the inverse of `flatten`.

    Numbers that are not finite stay as they are.
    """
    places = VValue.from_paths((path, i) for i, path in enumerate(flat.support, 1))

    def build(part: np.ndarray) -> Any:
        if part.ndim > 1:
            return [build(row) for row in part]
        numbers = part.tolist()
        return places.map_leaves(lambda i: numbers[i - 1])

    return build(np.asarray(flat.leaves))


def scaled(value: VValue, factor: Array) -> FlatVValue:
    """The tree times an array of scalars `[...]`, one product for each."""
    leaves = jnp.asarray([float(x) for _, x in value.items()], factor.dtype)
    return FlatVValue(factor[..., None] * jnp.broadcast_to(leaves, (*factor.shape, len(leaves))), value.support)


def as_flat(value: Any, like: FlatVValue) -> FlatVValue:
    """`value` (flat, tree, number or array of scalars) as a flat V-value that can meet `like`."""
    if isinstance(value, FlatVValue):
        return value
    if is_number(value):
        value = VValue(value)
    if isinstance(value, VValue):
        leaves = np.array([float(x) for _, x in value.items()])
        shape = (*like.leading_shape, len(leaves))
        return FlatVValue(jnp.broadcast_to(jnp.asarray(leaves, like._leaves.dtype), shape), value.support)
    return FlatVValue(jnp.broadcast_to(value, like.leading_shape)[..., None], ROOT)


def pick(leaves: Array, places: np.ndarray) -> Array:
    """`leaves[..., places]` for constant places; a slice, where they are a range, since slices are free."""
    n = len(places)
    if n == leaves.shape[-1] and np.array_equal(places, np.arange(n)):
        return leaves
    if n and np.array_equal(places, np.arange(places[0], places[0] + n)):
        return leaves[..., int(places[0]) : int(places[0]) + n]
    return jnp.take(leaves, places, axis=-1, unique_indices=len(set(places.tolist())) == n, mode="clip")


def _regular(values: Any) -> tuple[list[VValue], tuple[int, ...]]:
    if isinstance(values, VValue):
        return [values], ()
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise TypeError(f"{values!r} is no V-value and no sequence of V-values; wrap it as VValue(...)")
    parts = [_regular(v) for v in values]
    shapes = {shape for _, shape in parts}
    if len(shapes) > 1:
        raise ValueError(f"nested sequences of different lengths ({sorted(shapes)}) have no flat form; pad them")
    return [v for part, _ in parts for v in part], (len(parts), *(next(iter(shapes)) if shapes else ()))


@lru_cache(maxsize=4096)
def _below(support: Support, label: str) -> tuple[np.ndarray, Support]:
    places = np.array([i for i, path in enumerate(support) if path and path[0] == label], np.int32)
    return places, support[label]


@lru_cache(maxsize=4096)
def _places(support: Support, part: Support) -> np.ndarray:
    """Where the paths of `part` stand in `support`."""
    return np.array([support.index[path] for path in part], np.int32)


@lru_cache(maxsize=256)
def _mask_terms(mask: Support, value: Support) -> tuple[np.ndarray, np.ndarray, np.ndarray, Support]:
    terms = [
        (mask.index[path[:k]], j, path)
        for j, path in enumerate(value)
        for k in range(len(path) + 1)
        if path[:k] in mask
    ]
    return product_terms(terms)


@lru_cache(maxsize=256)
def matrix_terms(matrix: Support, vector: Support, level: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, Support]:
    """The products that `matrix.apply_matrix(vector, level)` adds up.

    Of each: the place of its factor in the matrix, that in the vector, and that of the sum in the support of the
    result, which comes last.
    """
    following: dict[Path, list[tuple[int, Path]]] = {}
    for j, path in enumerate(vector):
        for k in range(len(path) + 1):
            following.setdefault(path[:k], []).append((j, path[k:]))
    terms = [
        (i, j, row[:level] + rest)
        for i, row in enumerate(matrix)
        if len(row) >= level
        for j, rest in following.get(row[level:], ())
    ]
    return product_terms(terms)


def product_terms(terms: list[tuple[int, int, Path]]) -> tuple[np.ndarray, np.ndarray, np.ndarray, Support]:
    """The places of factors and sums, and the support of the sums, for `bilinear`, from (factor, factor, path)."""
    support = Support(path for _, _, path in terms)
    i, j = (np.array([term[side] for term in terms], np.int32) for side in (0, 1))
    return i, j, np.array([support.index[path] for _, _, path in terms], np.int32), support
