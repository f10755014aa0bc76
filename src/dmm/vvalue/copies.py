"""Copies of subgraphs as a transformation of network matrices, linear in the matrix and in what says how many.

A copy of some neurons has the links among them, as links among the copies, and the links into them from elsewhere;
links from them to elsewhere are copied on request. It is what the change of the matrix adds.

Source: arXiv:1605.05296 (limited deep copy); arXiv:1606.09470, section 4; arXiv:1610.00831, section 5.
"""

from collections.abc import Container
from functools import lru_cache
from typing import Any

from dmm.vvalue.support import Path, Support
from dmm.vvalue.tree import VValue

JOINT = "-"  # between the name of a neuron and the label of its copy
TO, SOURCE = 0, 2  # where the neurons stand in a path of a network matrix


def copied(matrix: Any, copies: Any, neurons: frozenset[str], *, outgoing: bool = False) -> Any:
    """The links of a copy of `neurons` for every first label of `copies`, times the number there.

    `matrix` is a network matrix, paths (to-neuron, input, from-neuron, output); tree or flat, like `copies`. The neuron
    x is copied as `x-label`.

    >>> matrix = VValue.from_paths({("b", "x", "a", "y"): 2, ("b", "m", "b", "y"): 1, ("c", "x", "b", "y"): 3})
    >>> for path, weight in copied(matrix, VValue({"1": 1}), frozenset("b")).items():
    ...     print(".".join(path), weight)
    b-1.m.b-1.y 1
    b-1.x.a.y 2
    """
    if isinstance(matrix, VValue) and isinstance(copies, VValue):
        return VValue.from_paths(
            (path, weight * copies[label].scalar)
            for label in copies.labels
            for link, weight in matrix.items()
            for path in _copied(link, label, neurons, outgoing)
        )
    from dmm.vvalue.flat import FlatVValue, as_flat

    matrix = as_flat(matrix, copies) if not isinstance(matrix, FlatVValue) else matrix
    copies = as_flat(copies, matrix)
    return copies.bilinear(matrix, _terms(matrix.support, copies.support, neurons, outgoing))


def _copied(link: Path, label: str, neurons: Container[str], outgoing: bool) -> list[Path]:
    """The link as that copy has it; none if it has none."""
    inside = [place for place in (TO, SOURCE) if len(link) > place and link[place] in neurons]
    if TO not in inside and not (outgoing and inside):
        return []
    return [tuple(x + JOINT + label if place in inside else x for place, x in enumerate(link))]


@lru_cache(maxsize=256)
def _terms(matrix: Support, copies: Support, neurons: frozenset[str], outgoing: bool) -> Any:
    from dmm.vvalue.flat import product_terms

    return product_terms(
        [
            (i, j, path)
            for j, copy in enumerate(copies)
            if len(copy) == 1
            for i, link in enumerate(matrix)
            for path in _copied(link, copy[0], neurons, outgoing)
        ]
    )
