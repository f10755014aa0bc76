"""Lists as V-values: put together and taken apart again, bounded, and refused where trees cannot hold them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmm import VValue, flatten, list_items, list_of, unflatten
from dmm.vvalue.lists import in_front, newest
from strategies import generic_trees, trees

ZERO = VValue()
items = st.lists(trees(max_leaves=4).filter(bool), max_size=6)


@given(items, trees(max_leaves=4).filter(lambda v: not v["this"] and not v["rest"]))
def test_lists_of_items(given_items, end):
    made = list_of(given_items, end)
    assert list_items(made) == given_items
    for item in given_items:
        assert (made["this"], made.scalar) == (item, 0)
        assert set(made.labels) <= {"this", "rest"}
        made = made["rest"]
    assert made == end


def test_nothing_is_the_empty_list():
    assert list_of([]) == ZERO
    assert list_items(ZERO) == list_items(VValue({"end-list": 1})) == []


def test_an_item_may_be_nothing_before_others():
    assert list_items(VValue({"rest": {"this": 1}})) == [ZERO, VValue(1)]


@given(trees(), trees(max_leaves=6))
def test_the_front_and_what_is_behind_it(item, v):
    assert in_front(item, v)["this"] == item
    assert in_front(item, v)["rest"] == v


@given(items, st.integers(0, 7))
def test_the_newest_come_first(given_items, length):
    assert list_items(newest(list_of(given_items), length)) == given_items[:length]


@given(trees(max_leaves=6), st.integers(0, 3), st.integers(0, 3))
def test_newest_of_any_value(v, one, other):
    """A linear projection: it keeps the leaves that are no deeper in `rest`."""
    kept = [(path, x) for path, x in v.items() if path[:one] != ("rest",) * one]
    assert newest(v, one) == VValue.from_paths(kept)
    assert newest(newest(v, one), other) == newest(v, min(one, other))


@given(generic_trees(), generic_trees(), st.integers(0, 3))
def test_flat_means_what_the_tree_means(item, v, length):
    made = in_front(item, in_front(v, in_front(item, v)))
    flat = in_front(flatten(item), in_front(flatten(v), in_front(flatten(item), flatten(v))))
    assert (unflatten(flat) - made).max_norm() < 1e-6
    assert (unflatten(newest(flat, length)) - newest(made, length)).max_norm() < 1e-6
    assert newest(flat, length).support == newest(made, length).support


def test_a_list_that_is_too_long_says_what_to_do():
    made = list_of([VValue(1)] * 198)
    with pytest.raises(ValueError, match=r"a list of 198 items is as deep as trees can be; bound it.*'length'"):
        in_front(VValue(1), made)
