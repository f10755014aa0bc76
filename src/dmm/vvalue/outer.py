"""The outer product of V-values: paths are joined, numbers are multiplied."""

from functools import lru_cache
from typing import Any

from dmm.vvalue.numbers import is_number
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue

MOST = 1_000_000  # numbers in a product; one that is fed with itself would have the square of that in the next tick


def outer(v: Any, w: Any) -> Any:
    """The V-value whose number at every path p of `v` followed by a path q of `w` is v[p] w[q]; linear in both.

    Numbers at equal paths add up. In matrices it makes a change of links of what is to be written and where.

    >>> print(outer(VValue({"norm": {"dict": 2}}), VValue({"input": {"char": 3}})))
    {norm: {dict: {input: {char: 6}}}}
    """
    v, w = (VValue(x) if is_number(x) else x for x in (v, w))
    if isinstance(v, VValue) and isinstance(w, VValue):
        _require_size(len(v), len(w))
        return VValue.from_paths((p + q, x * y) for p, x in v.items() for q, y in w.items())
    from dmm.vvalue.flat import FlatVValue, as_flat

    like = v if isinstance(v, FlatVValue) else w
    v, w = as_flat(v, like), as_flat(w, like)
    return w.bilinear(v, _terms(v.support, w.support))


def _require_size(left: int, right: int) -> None:
    if left * right > MOST:
        raise ValueError(f"an outer product of {left} by {right} numbers is more than {MOST}; take smaller V-values")


@lru_cache(maxsize=256)
def _terms(left: Support, right: Support) -> Any:
    from dmm.vvalue.flat import product_terms

    _require_size(len(left), len(right))
    return product_terms([(i, j, p + q) for i, p in enumerate(left) for j, q in enumerate(right)])
