"""Operations that move in steps: their laws, exactly, on trees; and that flat ones agree and have no slope anywhere."""

from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmm.vvalue.flat import FlatVValue, flatten, unflatten
from dmm.vvalue.steps import arg_max, keywise_round, keywise_threshold, less_or_equal, present, where
from dmm.vvalue.tree import VValue
from strategies import exact_numbers, generic_trees, plain_labels, trees

ZERO = VValue()


def more_than_a_half(v):
    return keywise_threshold(v, 0.5)


OF_ONE = {f.__name__: f for f in (arg_max, keywise_round, more_than_a_half)}
every_operation_of_one = pytest.mark.parametrize("operation", OF_ONE.values(), ids=OF_ONE)

quarters = st.integers(-12, 12).map(lambda n: n / 4)  # exact in every float, often equal, often a half


def stored(v, *more):
    """Flat, where zero leaves at some other paths are stored, too."""
    return flatten(v, v.support | VValue.from_paths(dict.fromkeys([(), ("a",), ("b", "c"), *more], 1)).support)


# -- a decision --------------------------------------------------------------------------------------------------------


@given(exact_numbers(), exact_numbers())
def test_a_decision_between_numbers(x, y):
    assert less_or_equal(x, y) == (1 if x <= y else 0)
    assert less_or_equal(x, y) + less_or_equal(y, x) == 1 + (x == y)
    assert type(less_or_equal(x, y)) is int


def test_arrays_meet_arrays_and_any_number():
    x = jnp.array([-2.0, 1.0, 3.0], np.float32)
    for number in (1, 1.0, Fraction(1), np.float64(1)):
        assert less_or_equal(x, number).tolist() == [1, 1, 0]
        assert less_or_equal(number, x).tolist() == [0, 1, 1]
        assert less_or_equal(x, number).dtype == np.float32
    assert less_or_equal(x, -x).tolist() == [1, 0, 0]
    assert less_or_equal(x, -x).dtype == np.float32


def test_a_decision_has_no_slope():
    for x in (-1.0, 0.0, 1.0):
        assert jax.grad(less_or_equal, argnums=(0, 1))(x, 0.0) == (0, 0)
        assert jax.grad(less_or_equal)(x, 0) == jax.grad(lambda y: less_or_equal(0, y))(x) == 0


# -- the largest leaf --------------------------------------------------------------------------------------------------


@given(trees())
def test_the_largest_leaf(v):
    """By plain Python: the first of the largest, in the order of paths, if it is positive."""
    leaves = dict(v.items())
    largest = max([0, *leaves.values()])
    first = min((path for path, x in leaves.items() if x == largest), default=None)
    assert arg_max(v) == (ZERO if first is None else VValue.from_paths({first: 1}))


@given(trees(), st.fractions(min_value=Fraction(1, 100)))
def test_the_place_of_the_largest_has_no_size(v, factor):
    assert arg_max(v * factor) == arg_max(v)
    assert arg_max(arg_max(v)) == arg_max(v)
    assert arg_max(v).dot(v) == max(x for x in (0, *(x for _, x in v.items())))


# -- whole numbers -----------------------------------------------------------------------------------------------------


@given(trees())
def test_leaf_by_leaf_means_leaf_by_leaf(v):
    assert keywise_round(v) == VValue.from_paths((path, round(x)) for path, x in v.items())


@given(trees(), trees(numbers=st.integers(-6, 6)))
def test_rounding(v, whole):
    assert keywise_round(whole) == whole
    assert keywise_round(keywise_round(v)) == keywise_round(v)
    assert keywise_round(-v) == -keywise_round(v)
    assert keywise_round(v + 2 * whole) == keywise_round(v) + 2 * whole  # an even number leaves halves as they are
    assert (keywise_round(v) - v).max_norm() <= Fraction(1, 2)


@pytest.mark.parametrize("number", [7, 2.6, Fraction(7, 3), np.float64(-2.6), np.float32(0.7)])
def test_leaves_keep_their_type(number):
    assert type(keywise_round(VValue({"a": number}))["a"].scalar) is type(number)


def test_overflow_is_not_rounded():
    """Of a run that grows beyond all floats, in the interpreter too."""
    v = VValue({"a": 1e200}) * 1e200
    assert keywise_round(v) == unflatten(keywise_round(flatten(v))) == v


# -- presence, and a choice of values ----------------------------------------------------------------------------------


@given(trees())
def test_presence(v):
    assert present(v) == (1 if v else 0)
    assert type(present(v)) is int
    for flat in (flatten(v), stored(v)):
        assert float(present(flat)) == present(v)
    assert present(flatten([v, ZERO, v], stored(v).support)).tolist() == [present(v), 0, present(v)]


@given(generic_trees(), generic_trees(), generic_trees())
def test_a_choice_of_values(v, w, of):
    chosen = v if of else w
    assert where(present(of), v, w) == chosen
    for one, other in ((flatten(v), flatten(w)), (v, flatten(w)), (flatten(v), w), (v, w)):
        found = where(present(stored(of)), one, other)
        assert (unflatten(found) - chosen).max_norm() < 1e-6


def test_a_choice_row_by_row():
    rows = flatten([VValue({"a": 1.0}), VValue({"b": 2.0}), ZERO])
    other = flatten([VValue(3.0), VValue(4.0), VValue(5.0)])
    found = where(less_or_equal(rows["a"].scalar, 0), rows, other)
    assert unflatten(found) == [VValue(3), VValue({"b": 2}), ZERO]
    numbers = where(less_or_equal(rows["a"].scalar, 0), other.scalar, -1)
    assert numbers.tolist() == [-1, 4, 5]
    assert where(less_or_equal(rows["a"].scalar, 0), 7, 8).tolist() == [8, 7, 7]


def test_a_choice_does_not_look_at_the_other():
    """Numbers beyond all floats stay where they are, in the value and in the slope."""
    v, bad = flatten(VValue({"a": 2.0})), FlatVValue(jnp.array([jnp.inf]), VValue({"a": 1}).support)

    def chosen(condition, v, bad):
        return where(condition, v, bad).leaves[0] + where(1 - condition, bad, v).leaves[0]

    assert chosen(jnp.ones(()), v, bad) == 4
    slopes = jax.grad(chosen, argnums=(0, 1, 2))(jnp.ones(()), v, bad)
    assert (slopes[0], slopes[1].leaves.tolist(), slopes[2].leaves.tolist()) == (0, [2], [0])


# -- trees and flat values ---------------------------------------------------------------------------------------------


@every_operation_of_one
@given(v=trees(numbers=quarters, labels=plain_labels, max_leaves=4))
def test_flat_means_what_the_tree_means_at_ties_and_halves(operation, v):
    """Whether or not zeros are stored, and before positive leaves or after them."""
    for flat in (flatten(v), stored(v)):
        assert unflatten(operation(flat)) == operation(v)


@every_operation_of_one
def test_nothing_comes_of_nothing(operation):
    assert operation(ZERO) == unflatten(operation(flatten(ZERO))) == unflatten(operation(stored(ZERO))) == ZERO


@every_operation_of_one
def test_zero_leaves_are_not_stored(operation):
    v = operation(VValue({"a": 0.25, "b": {"c": -0.25}, "d": 1.0}))
    assert v == VValue({"d": 1})
    assert len(v.support) == 1


@every_operation_of_one
def test_the_deepest_trees(operation):
    path = ("a",) * 200
    assert list(operation(VValue.from_paths({path: 2.0})).support) == [path]


@every_operation_of_one
def test_batches_and_precision(operation):
    rows = [VValue({"a": 3.5, "b": -1.5}), ZERO, VValue({"a": 1.0, "b": 1.0}), VValue(0.5)]
    flat = flatten([rows, rows[::-1]], dtype=np.float32)
    for found in (operation(flat), jax.jit(operation)(flat)):
        assert unflatten(found) == [[*map(operation, rows)], [*map(operation, rows[::-1])]]
        assert found.leaves.dtype == np.float32


@every_operation_of_one
def test_no_slope_anywhere(operation):
    """Not at ties, halves, zero and beyond all numbers either."""
    support = VValue({":number": 1, "a": 1, "b": 1}).support
    numbers = [-1.0, -0.5, 0.0, 0.3, 0.5, 1.0, 1.0, 2.5, jnp.inf, jnp.nan]
    rows = FlatVValue(jnp.array([[x, y, 0.5] for x in numbers for y in numbers]), support)
    _, back = jax.vjp(operation, rows)
    (slope,) = back(FlatVValue(jnp.ones_like(rows.leaves), support))
    assert not slope.leaves.any()
