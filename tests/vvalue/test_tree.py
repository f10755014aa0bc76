"""The laws of V-values, on random trees, exactly: integers and fractions do not round."""

import copy
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmm.vvalue import operations
from dmm.vvalue.tree import NUMBER, VValue, weighted_sum
from strategies import exact_numbers, labels, paths, supports, trees

ZERO = VValue()


def no_zero_is_stored(v: VValue) -> bool:
    """Every node below the root is worth its place: it is not the zero vector, and so on down."""
    return all(child and no_zero_is_stored(child) for child in v.children.values())


# -- a vector space ----------------------------------------------------------------------------------------------------


@given(trees(), trees(), trees())
def test_addition(u, v, w):
    assert u + v == v + u
    assert (u + v) + w == u + (v + w)
    assert u + ZERO == ZERO + u == u + 0 == 0 + u == u
    assert u - u == ZERO
    assert u - v == u + -v == -(v - u)
    assert no_zero_is_stored(u - v)


@given(trees(), trees(), exact_numbers(), exact_numbers())
def test_scaling(u, v, a, b):
    assert a * (u + v) == a * u + a * v
    assert (a + b) * u == a * u + b * u
    assert a * (b * u) == (a * b) * u
    assert 1 * u == u
    assert 0 * u == ZERO
    assert a * u == u * a
    assert no_zero_is_stored(a * u)


@given(trees(), exact_numbers().filter(bool))
def test_division(u, a):
    assert (u * a).map_leaves(Fraction) / a == u


@given(trees(), exact_numbers())
def test_numbers_are_values(u, a):
    assert u + a == u + VValue(a)
    assert a - u == VValue(a) - u
    assert (u + a).scalar == u.scalar + a


@given(st.lists(st.tuples(exact_numbers(), trees())))
def test_weighted_sum(terms):
    assert weighted_sum(terms) == sum((a * v for a, v in terms), start=ZERO)
    assert no_zero_is_stored(weighted_sum(terms))


# -- parts -------------------------------------------------------------------------------------------------------------


@given(trees(labels=labels))
def test_a_value_is_its_leaves(v):
    leaves = dict(v.items())
    assert VValue.from_paths(leaves) == v
    assert list(leaves) == sorted(leaves)
    assert all(leaves.values())
    assert len(v) == len(leaves)
    assert set(v.support) == set(leaves)
    assert v.depth == max(map(len, leaves), default=0)
    assert all(v[path].scalar == x for path, x in leaves.items())
    assert bool(v) == bool(leaves)


@given(trees())
def test_a_value_is_its_scalar_and_children(v):
    assert v.join(v.children) + v.scalar == v
    assert v.labels == tuple(sorted(v.children))
    assert v["not there"] == v["not", "there"] == ZERO
    assert v[()] is v


@given(trees(), paths())
def test_paths_are_labels_in_turn(v, path):
    step_by_step = v
    for label in path:
        step_by_step = step_by_step[label]
    assert v[path] == step_by_step


@given(trees(), trees(), paths())
def test_parts_are_linear(u, v, path):
    assert (u + v)[path] == u[path] + v[path]


@given(st.lists(st.tuples(paths(), exact_numbers())))
def test_equal_paths_add_up(leaves):
    assert VValue.from_paths(leaves) == sum((VValue.from_paths({path: x}) for path, x in leaves), start=ZERO)


# -- products ----------------------------------------------------------------------------------------------------------


@given(trees(), trees(), trees(), exact_numbers())
def test_mult_mask_is_bilinear(k, m, u, a):
    assert u.mult_mask(k + a * m) == u.mult_mask(k) + a * u.mult_mask(m)
    assert (u + a * m).mult_mask(k) == u.mult_mask(k) + a * m.mult_mask(k)
    assert no_zero_is_stored(u.mult_mask(k))


@given(trees(), trees())
def test_mult_mask_scales_below_every_path(mask, v):
    """Leaf by leaf: the number at p is scaled by the sum of the mask along p."""
    along = {path: sum(mask[path[:n]].scalar for n in range(len(path) + 1)) for path in v.support}
    assert v.mult_mask(mask) == VValue.from_paths((path, x * along[path]) for path, x in v.items())
    assert operations.mult_mask(mask, v) == v.mult_mask(mask)


@given(trees(), trees(), trees(), exact_numbers())
def test_lin_comb_is_bilinear(k, m, u, a):
    assert (k + a * m).lin_comb(u) == k.lin_comb(u) + a * m.lin_comb(u)
    assert k.lin_comb(u + a * m) == k.lin_comb(u) + a * k.lin_comb(m)


@given(trees(), trees())
def test_lin_comb_is_the_sum_of_leaf_products(k, v):
    assert k.lin_comb(v) == sum((x * v[path] for path, x in k.items()), start=ZERO)
    assert operations.lin_comb(k, v) == k.lin_comb(v)
    assert no_zero_is_stored(k.lin_comb(v))


@given(trees(), trees(), st.integers(0, 3))
def test_apply_matrix_is_lin_comb_row_by_row(matrix, v, level):
    rows = {path[:level] for path in matrix.support if len(path) >= level}
    wanted = sum((under(row, matrix[row].lin_comb(v)) for row in rows), start=ZERO)
    assert matrix.apply_matrix(v, level) == wanted
    assert operations.apply_matrix(matrix, v, level) == wanted
    assert no_zero_is_stored(wanted)


def under(path, v):
    """The value with all its paths below `path`."""
    for label in reversed(path):
        v = VValue({label: v})
    return v


@given(trees(), trees(), trees(), exact_numbers())
def test_dot_is_symmetric_and_bilinear(u, v, w, a):
    assert u.dot(v) == v.dot(u) == operations.dot(u, v)
    assert (u + a * w).dot(v) == u.dot(v) + a * w.dot(v)
    assert u.dot(u) >= 0
    assert (u.dot(u) == 0) == (not u)
    assert u.dot(v) == sum(x * v[path].scalar for path, x in u.items())


# -- norm, trim, restrict ----------------------------------------------------------------------------------------------


@given(trees(), trees(), exact_numbers())
def test_max_norm_is_a_norm(u, v, a):
    assert (u + v).max_norm() <= u.max_norm() + v.max_norm()
    assert (a * u).max_norm() == abs(a) * u.max_norm()
    assert (u.max_norm() == 0) == (not u)
    assert u.max_norm() == max((abs(x) for _, x in u.items()), default=0) == operations.max_norm(u)


@given(trees(), st.integers(0, 4))
def test_trim(v, threshold):
    trimmed = v.trim(threshold)
    assert dict(trimmed.items()) == {path: x for path, x in v.items() if abs(x) > threshold}
    assert (v - trimmed).max_norm() <= threshold
    assert no_zero_is_stored(trimmed)


@given(trees(), supports(), supports())
def test_restrict_is_a_projection(v, s, t):
    assert v.restrict(s).support <= s
    assert v.restrict(s).restrict(t) == v.restrict(s & t)
    assert v.restrict(s) + v.restrict(v.support - s) == v
    assert v.restrict(v.support) == v


def test_scalars_of_the_vocabulary():
    assert [operations.relu(x) for x in (-2, 0, Fraction(1, 3), np.float32(2))] == [0, 0, Fraction(1, 3), 2]
    assert [operations.clip(x, -1, 2) for x in (-5, -1, 0.5, 2, 7)] == [-1, -1, 0.5, 2, 2]


# -- identity ----------------------------------------------------------------------------------------------------------


@given(trees(), trees())
def test_equal_values_are_one_key(u, v):
    again = VValue(u.to_nested())
    assert again == u
    assert hash(again) == hash(u)
    assert (u == v) == (dict(u.items()) == dict(v.items()))
    assert not u == dict(u.items())  # noqa: SIM201  (`!=` is another method)


def test_numbers_of_equal_size_are_equal():
    """As in Python: 1 == 1.0 == Fraction(1), and so for values and their hashes."""
    ones = {VValue({"a": x}) for x in (1, 1.0, Fraction(1), np.float32(1), np.float64(1))}
    assert len(ones) == 1


@given(trees(labels=labels))
def test_copies(v):
    assert copy.deepcopy(v) == pickle.loads(pickle.dumps(v)) == VValue(v) == v


def test_values_do_not_change():
    source = {"a": {"b": 1}}
    v = VValue(source)
    source["a"]["b"] = 2
    assert v == VValue({"a": {"b": 1}})
    with pytest.raises(TypeError):
        v.children["a"] = ZERO
    with pytest.raises(AttributeError):
        v.scalar = 3


def test_a_node_may_be_written_in_two_ways():
    assert (
        VValue({"a": 5}) == VValue({"a": {NUMBER: 5}}) == VValue({"a": {NUMBER: 5, "b": {}, "c": 0, "d": {"e": 0.0}}})
    )
    assert VValue({}) == VValue(0) == VValue(-0.0) == VValue({NUMBER: Fraction(0)}) == ZERO


def test_cancelling_takes_branches_away():
    v = VValue({"a": {"b": {"c": 1}}, "d": 2})
    assert (v - VValue({"a": {"b": {"c": 1}}})).labels == ("d",)


# -- with NumPy, and what a value is not -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int32])
def test_numpy_numbers_on_either_side(kind):
    """NumPy, which likes to go through its operands, must leave the operation to the V-value."""
    v = VValue({"a": 3, "b": {"c": -1}})
    assert kind(2) * v == v * kind(2) == 2 * v
    assert kind(2) + v == v + kind(2) == v + 2
    assert kind(2) - v == 2 - v
    assert v / kind(2) == v / 2


NONSENSE = {
    "iter(v)": iter,
    "a in v": lambda v: "a" in v,
    "v * v": lambda v: v * v,
    "v + text": lambda v: v + "a",
    "v + list": lambda v: v + list("a"),
    "v * True": lambda v: v * True,
    "True + v": lambda v: True + v,
    "v / v": lambda v: v / v,
    "1 / v": lambda v: 1 / v,
    "v < v": lambda v: v < v,
    "array * v": lambda v: np.ones(2) * v,
}


@pytest.mark.parametrize("wrong", NONSENSE.values(), ids=NONSENSE)
def test_what_makes_no_sense_is_a_type_error(wrong):
    with pytest.raises(TypeError):
        wrong(VValue({"a": 1}))


# -- mistakes ----------------------------------------------------------------------------------------------------------

DEEP = 1
for _ in range(201):
    DEEP = {"a": DEEP}

MISTAKES = {
    "NaN": ({"a": {"b": float("nan")}}, ValueError, "number at a.b is not finite"),
    "infinity": (float("-inf"), ValueError, "number at the root is not finite"),
    "infinity of NumPy": ({"a": np.float32("inf")}, ValueError, "number at a is not finite"),
    "integer too large": ({"a": 10**400}, ValueError, "number at a is not finite or too large for a float"),
    "fraction too large": ({"a": Fraction(10**400, 3)}, ValueError, "too large for a float"),
    "number as a label": ({"a": {1: 2}}, TypeError, r"label 1 under a is not a string; use str\(1\)"),
    "nothing as a label": ({None: 2}, TypeError, "label None under the root is not a string"),
    "truth value": ({"a": True}, TypeError, "leaf at a is True, not a number"),
    "truth value of NumPy": ({"a": np.True_}, TypeError, "leaf at a is .*True.*, not a number"),
    "list": ({"a": [1, 2]}, TypeError, r"leaf at a is \[1, 2\], not a number; give a real number or a nested object"),
    "text": ("abc", TypeError, "leaf at the root is 'abc', not a number"),
    "nothing": ({"a": None}, TypeError, "leaf at a is None"),
    "complex number": ({"a": 1j}, TypeError, "leaf at a is 1j"),
    "array": ({"a": np.ones(1)}, TypeError, "leaf at a is array"),
    "tree as a scalar": ({"a": {NUMBER: {"b": 1}}}, TypeError, "leaf at a.:number is"),
    "too deep": (DEEP, ValueError, "deeper than 200 labels"),
}


@pytest.mark.parametrize(("tree", "error", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_named_with_their_path(tree, error, sentence):
    with pytest.raises(error, match=sentence):
        VValue(tree)


@pytest.mark.parametrize(
    ("leaves", "error", "sentence"),
    [
        ({"ab": 1}, TypeError, r"a path is a tuple of strings, not 'ab'"),
        ({("a", 1): 1}, TypeError, "a path is a tuple of strings"),
        ({("a", NUMBER): 1}, ValueError, "':number' is reserved"),
        ({("a",): True}, TypeError, "leaf at a is True"),
        ({("a", "b"): float("inf")}, ValueError, "number at a.b is not finite"),
        ({("a",) * 201: 1}, ValueError, "deeper than 200 labels at a.a.a"),
    ],
)
def test_mistakes_in_paths_are_named(leaves, error, sentence):
    with pytest.raises(error, match=sentence):
        VValue.from_paths(leaves)


def test_the_deepest_tree_does_everything():
    """200 labels are allowed, so nothing may fail on them; one more is refused, however it comes about."""
    v = VValue.from_paths({("a",) * 200: 2})
    assert v.depth == 200
    assert v + v == 2 * v == v * 2
    assert hash(v) == hash(VValue(v.to_nested()))
    assert v.dot(v) == 4
    assert v.max_norm() == 2
    assert v.lin_comb(v) == VValue(4)
    assert v.mult_mask(v) == 2 * v
    assert v.apply_matrix(VValue(3), 200) == v * 3
    assert VValue.from_json(v.to_json()) == VValue.parse(str(v)) == pickle.loads(pickle.dumps(v)) == v
    assert repr(v).count("{") == 200
    with pytest.raises(ValueError, match="deeper than 200"):
        v.join({"a": v})
