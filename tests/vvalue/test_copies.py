"""Copies of subgraphs and outer products: linear, alike on trees and flat arrays, and as graphs say."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmm.vvalue.copies import copied
from dmm.vvalue.flat import flatten, unflatten
from dmm.vvalue.outer import outer
from dmm.vvalue.tree import VValue

NAMES = "abcd"


@st.composite
def matrices(draw):
    ends = st.tuples(st.sampled_from(NAMES), st.sampled_from(("x", "y")))
    links = draw(st.dictionaries(st.tuples(ends, ends), st.integers(-3, 3).filter(bool), max_size=8))
    return VValue.from_paths({(*to, *source): weight for (to, source), weight in links.items()})


subgraphs = st.frozensets(st.sampled_from(NAMES))


@given(matrices(), subgraphs, st.booleans())
def test_a_copy_has_the_links_of_the_graph_that_was_copied(matrix, neurons, outgoing):
    """The graph: a dictionary of edges; a copy of some nodes, whose edges from elsewhere come from there still."""
    expected = {}
    for (to, label, source, output), weight in matrix.items():
        if to in neurons:
            expected[f"{to}-2", label, f"{source}-2" if source in neurons else source, output] = weight
        elif outgoing and source in neurons:
            expected[to, label, f"{source}-2", output] = weight
    assert copied(matrix, VValue({"2": 1}), neurons, outgoing=outgoing) == VValue.from_paths(expected)


@given(matrices(), matrices(), subgraphs, st.integers(-3, 3), st.booleans())
def test_copies_are_linear_in_the_matrix_and_in_their_number(m, n, neurons, k, outgoing):
    one, more = VValue({"1": 1}), VValue({"1": k, "z": 2})
    assert copied(m + n * k, one, neurons, outgoing=outgoing) == (
        copied(m, one, neurons, outgoing=outgoing) + copied(n, one, neurons, outgoing=outgoing) * k
    )
    assert copied(m, one + more, neurons, outgoing=outgoing) == (
        copied(m, one, neurons, outgoing=outgoing) + copied(m, more, neurons, outgoing=outgoing)
    )


@settings(max_examples=30, deadline=None)
@given(matrices(), subgraphs, st.booleans())
def test_flat_copies_are_those_of_trees(matrix, neurons, outgoing):
    copies = VValue({"1": 1, "z": -2, "deep": {"er": 5}})
    expected = copied(matrix, copies, neurons, outgoing=outgoing)
    for m, c in ((flatten(matrix), flatten(copies)), (matrix, flatten(copies)), (flatten(matrix), copies)):
        assert unflatten(copied(m, c, neurons, outgoing=outgoing)) == expected


def test_the_outer_product_joins_paths():
    v, w = VValue({":number": 2, "a": {"b": 3}}), VValue({":number": 5, "a": 7})
    expected = {(): 10, ("a",): 14, ("a", "b"): 15, ("a", "b", "a"): 21}
    assert outer(v, w) == VValue.from_paths(expected)
    assert outer(3, w) == w * 3 == outer(w, 3)
    assert outer(VValue(), w) == VValue()


def test_the_outer_product_is_associative_and_adds_where_paths_meet():
    draw = random.Random(0)
    u, v, w = (VValue({"a": draw.randint(1, 9), "b": {"a": draw.randint(1, 9)}, ":number": 1}) for _ in range(3))
    assert outer(outer(u, v), w) == outer(u, outer(v, w))
    assert outer(VValue({":number": 1, "a": 1}), VValue({":number": 1, "a": 1}))["a"].scalar == 2


@pytest.mark.parametrize("flat", [(1, 1), (1, 0), (0, 1)])
def test_the_flat_outer_product_is_that_of_trees(flat):
    v, w = VValue({":number": 2, "a": {"b": 3}}), VValue({"a": 7, "c": -1})
    left, right = (flatten(x) if wanted else x for x, wanted in zip((v, w), flat, strict=True))
    assert unflatten(outer(left, right)) == outer(v, w)


def test_a_product_beyond_all_bounds_is_refused():
    large = VValue({str(n): 1 for n in range(1001)})
    with pytest.raises(ValueError, match="an outer product of 1001 by 1001 numbers is more than 1000000; take smaller"):
        outer(large, large)
    with pytest.raises(ValueError, match="an outer product of 1001 by 1001 numbers"):
        outer(flatten(large), large)
