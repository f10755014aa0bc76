"""The V-value as a tree: the meaning that everything else is measured against. Plain Python, no JAX.

V = R + (L -> V): a V-value is a number (its *scalar*) together with finitely many labelled sub-values. Zero leaves and
empty branches are never stored, so equality of trees is equality of vectors.

Source: Bukatin, Matthews, Radul, "Dataflow matrix machines and V-values" (arXiv:1712.07447), section 3.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Self

from dmm.vvalue.numbers import is_number, require_number
from dmm.vvalue.support import Path, Support, show_path

NUMBER = ":number"  # the reserved label under which the scalar stands in nested dictionaries
MAX_DEPTH = 200  # operations recurse once or twice per label; deeper trees would exhaust Python's own stack

Number = Any  # a real number: int, float, Fraction, or a NumPy scalar


class VValue:
    """An immutable V-value, built from a number or from nested dictionaries.

    `:number` holds the scalar of a node that also has children; a bare number is the short form. Leaves keep the type
    they are given (int, float, Fraction, NumPy scalar), so arithmetic is exact where its operands are.

    Raises `TypeError` for a label that is not a string or a leaf that is not a real number, and `ValueError` for a
    number that is not finite or a tree deeper than 200 labels; the message names the path.

    >>> v = VValue({"a": 2, "b": {":number": 1, "c": 3}})
    >>> print(v + v["b"])
    1 + {a: 2, b: 1 + {c: 3}, c: 3}
    >>> v["b"].scalar, v["b", "c"].scalar, v["nowhere"]
    (1, 3, VValue(0))
    """

    __slots__ = ("_children", "_depth", "_hash", "_scalar")
    __iter__ = None  # `labels`, `items()`: without this, Python would try v[0], v[1], ... without end
    __array_ufunc__ = None  # a NumPy number times a V-value is a V-value, not an array of its parts

    _scalar: Number
    _children: dict[str, "VValue"]
    _depth: int
    _hash: int | None

    def __new__(cls, tree: "VValue | Number | Mapping[str, Any]" = 0) -> "VValue":  # noqa: PYI034  (a given one)
        if isinstance(tree, VValue):
            return tree
        return _from_nested(tree, ())

    @classmethod
    def from_paths(cls, leaves: Mapping[Any, Number] | Iterable[tuple[Path, Number]]) -> "VValue":
        """The V-value with the given number at each path; numbers at equal paths add up.

        >>> print(VValue.from_paths({(): 1, ("a", "b"): 2}))
        1 + {a: {b: 2}}
        """
        root = _Builder()
        for path, number in leaves.items() if isinstance(leaves, Mapping) else leaves:
            require_number(number, path)
            if isinstance(path, str) or not all(isinstance(label, str) for label in path):
                raise TypeError(f"a path is a tuple of strings, not {path!r}; write ('a', 'b') for b under a")
            if len(path) > MAX_DEPTH:
                raise ValueError(f"the tree is deeper than {MAX_DEPTH} labels at {show_path(path[:3])}...; flatten it")
            node = root
            for label in path:
                if label == NUMBER:
                    raise ValueError(f"{NUMBER!r} is reserved, it cannot be a label in path {path!r}; leave it out")
                node = node.child(label)
            node.scalar = node.scalar + number
        return root.freeze()

    def join(self, parts: "Mapping[str, VValue | Number]") -> "VValue":
        """The V-value with the given sub-values by label; what a neuron type's dictionary of outputs means.

        `self` only says of which kind the result is: `FlatVValue.join` is the twin. `TypeError` for a part that is
        neither a V-value nor a number.
        """
        children = {}
        for label, x in parts.items():
            if isinstance(x, VValue):
                children[label] = x
            elif is_number(x):
                children[label] = _node(x, {})
            else:
                raise TypeError(f"the part {label!r} is {x!r}, neither a number nor a V-value")
        return _node(0, children)

    # -- reading ---------------------------------------------------------------------------------------------------

    @property
    def scalar(self) -> Number:
        """The number at the empty path."""
        return self._scalar

    @property
    def children(self) -> Mapping[str, "VValue"]:
        """The non-zero sub-values by label, read-only."""
        return MappingProxyType(self._children)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the children, sorted."""
        return tuple(sorted(self._children))

    def __getitem__(self, label: str | Path) -> "VValue":
        """The sub-value at a label or a path; zero where there is none."""
        if isinstance(label, tuple):
            node = self
            for step in label:
                found = node._children.get(step)
                if found is None:
                    return ZERO
                node = found
            return node
        return self._children.get(label, ZERO)

    def items(self) -> Iterator[tuple[Path, Number]]:
        """The non-zero leaves as (path, number), in sorted order of paths."""
        yield from self._items(())

    def _items(self, prefix: Path) -> Iterator[tuple[Path, Number]]:
        if self._scalar:
            yield prefix, self._scalar
        for label in sorted(self._children):
            yield from self._children[label]._items((*prefix, label))

    @property
    def support(self) -> Support:
        """The paths on which this V-value is not zero."""
        return Support(path for path, _ in self.items())

    @property
    def depth(self) -> int:
        """The length of the longest path."""
        return self._depth

    def __len__(self) -> int:
        """The number of non-zero leaves."""
        return bool(self._scalar) + sum(map(len, self._children.values()))

    def __bool__(self) -> bool:
        """False for zero only."""
        return self is not ZERO

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, VValue):
            return NotImplemented
        return bool(self._scalar == other._scalar) and self._children == other._children

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((self._scalar, frozenset(self._children.items())))
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        return VValue, (self.to_nested(),)

    # -- the vector space ------------------------------------------------------------------------------------------

    def __add__(self, other: "VValue | Number") -> "VValue":
        if not isinstance(other, VValue):
            if not is_number(other):
                return NotImplemented
            return _node(self._scalar + other, self._children)
        return _sum(self, other)

    __radd__ = __add__

    def __neg__(self) -> "VValue":
        return self.map_leaves(lambda x: -x)

    def __sub__(self, other: "VValue | Number") -> "VValue":
        return self + -other

    def __rsub__(self, other: Number) -> "VValue":
        return -self + other

    def __mul__(self, factor: Any) -> Any:
        if not is_number(factor):
            if not hasattr(factor, "aval"):  # what arrays of JAX have, traced or not
                return NotImplemented
            from dmm.vvalue.flat import scaled  # a constant in a neuron type, times a scalar that is being compiled

            return scaled(self, factor)
        if not factor:
            return ZERO
        return self.map_leaves(lambda x: x * factor)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Number) -> "VValue":
        if not is_number(divisor):
            return NotImplemented
        return self.map_leaves(lambda x: x / divisor)

    def map_leaves(self, function: Callable[[Number], Number]) -> "VValue":
        """The V-value with `function` applied to every stored leaf; new zeros vanish."""
        scalar = function(self._scalar) if self._scalar else 0
        return _node(scalar, {label: child.map_leaves(function) for label, child in self._children.items()})

    # -- beyond the vector space -----------------------------------------------------------------------------------

    def max_norm(self) -> Number:
        """The largest absolute leaf; 0 for zero."""
        return max([abs(self._scalar), *(child.max_norm() for child in self._children.values())])

    def dot(self, other: "VValue") -> Number:
        """The sum over common paths, the scalar's included, of the products of leaves."""
        total = self._scalar * other._scalar
        for label, child in self._children.items():
            if label in other._children:
                total = total + child.dot(other._children[label])
        return total

    def mult_mask(self, mask: "VValue") -> "VValue":
        """This value with the subtree at every path of `mask` scaled by the leaf there; linear in both.

        >>> VValue({"a": {":number": 2, "b": 1}, "c": 5}).mult_mask(VValue({"a": 3}))
        VValue({'a': {':number': 6, 'b': 3}})
        """
        scaled = self * mask._scalar
        inner = {x: self._children[x].mult_mask(m) for x, m in mask._children.items() if x in self._children}
        return scaled + _node(0, inner)

    def apply_matrix(self, vector: "VValue", level: int) -> "VValue":
        """This value read as a matrix whose row address is its first `level` labels, applied to `vector`.

        Each row K gives the sum over its paths p of K[p] times the sub-value of `vector` at p. A network matrix
        applied to the outputs of all neurons (level 2: to-neuron, input) is the down movement of a machine.
        """
        if level == 0:
            return weighted_sum((number, vector[path]) for path, number in self.items())
        return _node(0, {x: row.apply_matrix(vector, level - 1) for x, row in self._children.items()})

    def lin_comb(self, vector: "VValue") -> "VValue":
        """The linear combination of sub-values of `vector` with this value's leaves as coefficients.

        >>> VValue({"a": 2, "b": 1}).lin_comb(VValue({"a": 5, "b": {"x": 2}}))
        VValue({':number': 10, 'x': 2})
        """
        return self.apply_matrix(vector, 0)

    def trim(self, threshold: float) -> "VValue":
        """Without the leaves of absolute value `threshold` or less."""
        return self.map_leaves(lambda x: x if abs(x) > threshold else 0)

    def restrict(self, support: Support) -> "VValue":
        """The leaves on `support` only."""
        return VValue.from_paths({path: x for path, x in self.items() if path in support})

    # -- forms -----------------------------------------------------------------------------------------------------

    def to_nested(self) -> Any:
        """Nested dictionaries with `:number`, or the bare number where there are no children."""
        if not self._children:
            return self._scalar
        own = {NUMBER: self._scalar} if self._scalar else {}
        return own | {label: self._children[label].to_nested() for label in sorted(self._children)}

    def to_json(self) -> str:
        """JSON text; `from_json` reads it back. Fractions become floats."""
        return json.dumps(self.to_nested(), default=float, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The V-value that JSON `text` describes: a number, or nested objects with numbers at the leaves."""
        try:
            return cls(json.loads(text))
        except RecursionError:
            raise ValueError(f"the tree is deeper than {MAX_DEPTH} labels; flatten it") from None

    @classmethod
    def parse(cls, text: str) -> "VValue":
        """The V-value whose text form is `text`: `VValue.parse(str(v)) == v`."""
        from dmm.vvalue.text import parse_vvalue

        return parse_vvalue(text)

    def __str__(self) -> str:
        from dmm.vvalue.text import format_vvalue

        return format_vvalue(self)

    def __repr__(self) -> str:
        return f"VValue({self.to_nested()!r})"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from dmm.vvalue.display import shown

        return shown(self)


class _Builder:
    """A mutable node, for building a tree leaf by leaf."""

    __slots__ = ("children", "scalar")

    def __init__(self) -> None:
        self.scalar: Number = 0
        self.children: dict[str, _Builder] = {}

    def child(self, label: str) -> "_Builder":
        found = self.children.get(label)
        if found is None:
            found = self.children[label] = _Builder()
        return found

    def add(self, weight: Number, value: VValue) -> None:
        if value._scalar:
            self.scalar = self.scalar + weight * value._scalar
        for label, child in value._children.items():
            self.child(label).add(weight, child)

    def freeze(self) -> VValue:
        return _node(self.scalar, {label: child.freeze() for label, child in self.children.items()})


def weighted_sum(terms: Iterable[tuple[Number, VValue]]) -> VValue:
    """The sum of `weight * value` over the terms.

    >>> weighted_sum([(2, VValue({"a": 1})), (3, VValue({"a": 1, "b": 1}))])
    VValue({'a': 5, 'b': 3})
    """
    total = _Builder()
    for weight, value in terms:
        total.add(weight, value)
    return total.freeze()


def _node(scalar: Number, children: dict[str, VValue]) -> VValue:
    """A node from parts that need no checking but for zeros, which go, and for depth; zero itself is always `ZERO`."""
    depth = 0
    for child in children.values():
        if child is ZERO:
            return _node(scalar, {label: child for label, child in children.items() if child is not ZERO})
        if child._depth >= depth:
            depth = child._depth + 1
    if not children and not scalar:
        return ZERO
    if depth > MAX_DEPTH:
        raise ValueError(f"the tree is deeper than {MAX_DEPTH} labels; flatten it")
    return _bare(scalar or 0, children, depth)


def _sum(left: VValue, right: VValue) -> VValue:
    if left is ZERO or right is ZERO:
        return right if left is ZERO else left
    small, large = left._children, right._children
    small, large = (small, large) if len(small) <= len(large) else (large, small)
    children = dict(large)
    for label, value in small.items():
        known = children.get(label)
        children[label] = value if known is None else _sum(known, value)
    return _node(left._scalar + right._scalar, children)


def _bare(scalar: Number, children: dict[str, VValue], depth: int) -> VValue:
    node = object.__new__(VValue)
    node._scalar = scalar
    node._children = children
    node._depth = depth
    node._hash = None
    return node


ZERO = _bare(0, {}, 0)


def _from_nested(tree: object, path: Path) -> VValue:
    if isinstance(tree, VValue):
        return tree
    if not isinstance(tree, Mapping):
        require_number(tree, path)
        return _node(tree, {})
    if len(path) > MAX_DEPTH:
        raise ValueError(f"the tree is deeper than {MAX_DEPTH} labels below {show_path(path[:3])}; flatten it")
    scalar: Number = 0
    children: dict[str, VValue] = {}
    for label, below in tree.items():
        if not isinstance(label, str):
            raise TypeError(f"the label {label!r} under {show_path(path)} is not a string; use str({label!r})")
        if label == NUMBER:
            require_number(below, (*path, NUMBER))
            scalar = below
        else:
            children[label] = _from_nested(below, (*path, label))
    return _node(scalar, children)
