"""Operations leaf by leaf: their laws, exactly, on trees; and what flat ones do at ties, zero and limits."""

from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dmm.vvalue.flat import FlatVValue, flatten, unflatten
from dmm.vvalue.keywise import (
    absent,
    absolute,
    keywise_absolute,
    keywise_maximum,
    keywise_minimum,
    keywise_product,
    maximum,
    minimum,
    normalise,
)
from dmm.vvalue.operations import relu
from dmm.vvalue.tree import VValue
from strategies import exact_numbers, trees

ZERO = VValue()
OF_TWO = {f.__name__: f for f in (keywise_maximum, keywise_minimum, keywise_product, absent)}
every_operation_of_two = pytest.mark.parametrize("operation", OF_TWO.values(), ids=OF_TWO)


def leaf_by_leaf(function, v, w):
    """The same by plain dictionaries."""
    one, two = dict(v.items()), dict(w.items())
    return VValue.from_paths({path: function(one.get(path, 0), two.get(path, 0)) for path in {*one, *two}})


# -- on scalars --------------------------------------------------------------------------------------------------------


@given(exact_numbers(), exact_numbers())
def test_numbers_keep_their_type(x, y):
    assert maximum(x, y) in (x, y)
    assert minimum(x, y) in (x, y)
    assert minimum(x, y) <= x <= maximum(x, y)
    assert minimum(x, y) <= y <= maximum(x, y)
    assert absolute(x) in (x, -x)
    assert absolute(x) >= 0
    assert type(absolute(x)) is type(x)


def test_arrays_meet_arrays_and_any_number():
    x = jnp.array([-2.0, 3.0], np.float32)
    for number in (1, 1.0, Fraction(1), np.float64(1)):
        assert maximum(x, number).tolist() == maximum(number, x).tolist() == [1, 3]
        assert minimum(x, number).tolist() == minimum(number, x).tolist() == [-2, 1]
        assert maximum(x, number).dtype == np.float32
    assert maximum(x, -x).tolist() == absolute(x).tolist() == [2, 3]


# -- laws --------------------------------------------------------------------------------------------------------------


@given(trees(), trees())
def test_leaf_by_leaf_means_leaf_by_leaf(v, w):
    assert keywise_maximum(v, w) == leaf_by_leaf(max, v, w)
    assert keywise_minimum(v, w) == leaf_by_leaf(min, v, w)
    assert keywise_product(v, w) == leaf_by_leaf(lambda x, y: x * y, v, w)
    assert absent(v, w) == leaf_by_leaf(lambda x, y: x * max(0, 1 - abs(y)), v, w)
    assert keywise_absolute(v) == leaf_by_leaf(lambda x, _: abs(x), v, ZERO)


@every_operation_of_two
@given(v=trees(), w=trees())
def test_zero_leaves_are_not_stored(operation, v, w):
    for u in (operation(v, w), operation(v, v), operation(v, -v)):
        assert u == VValue.from_paths(u.items())
        assert len(u.support) == len(u)


@given(trees(), trees(), trees())
def test_maximum_and_minimum(u, v, w):
    assert keywise_maximum(v, w) + keywise_minimum(v, w) == v + w
    assert keywise_maximum(v, w) == keywise_maximum(w, v) == -keywise_minimum(-v, -w)
    assert keywise_maximum(v, v) == keywise_minimum(v, v) == v
    assert keywise_maximum(u + v, u + w) == u + keywise_maximum(v, w)
    assert keywise_maximum(v * 3, w * 3) == keywise_maximum(v, w) * 3
    assert keywise_maximum(u, keywise_maximum(v, w)) == keywise_maximum(keywise_maximum(u, v), w)


@given(trees())
def test_the_absolute_value_is_the_positive_part_and_the_negative_part(v):
    assert keywise_absolute(v) == keywise_maximum(v, ZERO) + keywise_maximum(-v, ZERO)
    assert keywise_absolute(v) == keywise_maximum(v, -v) == keywise_absolute(-v)


@given(trees(), trees(), trees(), exact_numbers())
def test_products_are_bilinear(u, v, w, x):
    assert keywise_product(v, w) == keywise_product(w, v)
    assert keywise_product(u + v * x, w) == keywise_product(u, w) + keywise_product(v, w) * x
    assert sum(number for _, number in keywise_product(v, w).items()) == v.dot(w)
    assert keywise_product(v, v.map_leaves(lambda _: 1)) == v


@given(trees(), trees(), trees(numbers=st.integers(-4, 4)), exact_numbers())
def test_what_is_absent(v, w, whole, x):
    """Linear in the first argument; the sign of the second does not matter; whole numbers leave all or nothing."""
    assert absent(v, ZERO) == v
    assert absent(ZERO, v) == absent(whole, whole) == ZERO
    assert absent(v + whole * x, w) == absent(v, w) + absent(whole, w) * x
    assert absent(v, w) == absent(v, -w)
    assert absent(v, whole) == v.restrict(v.support - whole.support)


def test_absence_fades_out():
    v = VValue({"a": 3})
    kept = [absent(v, VValue({"a": Fraction(quarters, 4)}))["a"].scalar for quarters in range(-5, 6)]
    assert kept == [0, 0, Fraction(3, 4), Fraction(3, 2), Fraction(9, 4), 3, Fraction(9, 4), Fraction(3, 2), 0.75, 0, 0]


@given(trees().map(lambda v: v.map_leaves(Fraction)), st.fractions(min_value=0))
def test_normal_values(v, factor):
    """Their absolute leaves sum to 1; scaling does not matter, and normalising again changes nothing."""
    assume(v and factor)
    normal = normalise(v)
    assert sum(abs(x) for _, x in normal.items()) == 1
    assert normalise(v * factor) == normalise(normal) == normal
    assert normalise(-v) == -normal
    assert normal * sum(abs(x) for _, x in v.items()) == v


def test_nothing_comes_of_nothing():
    for operation in OF_TWO.values():
        assert operation(ZERO, ZERO) == unflatten(operation(flatten(ZERO), flatten(ZERO))) == ZERO
    for operation in (keywise_absolute, normalise):
        assert operation(ZERO) == unflatten(operation(flatten(ZERO))) == ZERO
    assert (maximum(0, 0), minimum(0, 0), absolute(0)) == (0, 0, 0)


@pytest.mark.parametrize("operation", [*OF_TWO.values(), lambda v, w: normalise(keywise_absolute(v + w))])
def test_the_deepest_trees(operation):
    path = ("a",) * 200
    v = VValue.from_paths({path: 2.0})
    assert list(operation(v, v.map_leaves(lambda _: 0.5)).support) == [path]


# -- flat: ties, zero, limits ------------------------------------------------------------------------------------------


def slopes(function, *trees):
    """The gradient of the sum of all leaves, with respect to each tree."""
    flat = tuple(map(flatten, trees))
    found = jax.grad(lambda flat: jnp.sum(function(*flat).leaves))(flat)
    return [slope.leaves.tolist() for slope in found]


def test_slopes_are_shared_at_ties():
    """And it does not matter whether a zero is stored."""
    v = VValue({"a": 2.0, "b": 1.0})
    for operation in (keywise_maximum, keywise_minimum):
        assert slopes(operation, v, v) == [[0.5, 0.5], [0.5, 0.5]]
        held = FlatVValue(jnp.zeros(2), v.support)
        for other in (held, flatten(ZERO)):
            slope = jax.grad(lambda x, f=operation, w=other: jnp.sum(f(x, w).leaves))(held)
            assert slope.leaves.tolist() == [0.5, 0.5]


def test_slopes_where_they_jump():
    zero, one = (FlatVValue(jnp.full(1, x), VValue({"a": 1}).support) for x in (0.0, 1.0))
    assert jax.grad(lambda v: keywise_absolute(v).leaves[0])(zero).leaves.tolist() == [0]
    assert jax.grad(absolute)(0.0) == 0
    for other in (zero, one, -one, 2 * one):
        assert jax.grad(lambda w: absent(one, w).leaves[0])(other).leaves.tolist() == [0]


def test_normalising_zero_has_no_slope_and_no_accident():
    """In a batch, the row of zeros does not spoil the other; jitted or not."""
    rows = flatten([VValue({"a": 3.0, "b": -1.0}), ZERO])

    def measured(v):
        return jnp.sum(normalise(v)["a"].leaves)

    np.testing.assert_allclose(normalise(rows).leaves, [[0.75, -0.25], [0, 0]], rtol=1e-6)
    for slope in (jax.grad(measured)(rows), jax.jit(jax.grad(measured))(rows)):
        np.testing.assert_allclose(slope.leaves, [[1 / 16, 3 / 16], [0, 0]], rtol=1e-6)


@pytest.mark.parametrize("size", [1.2e-38, 1e-30, 1e-20, 1e-5, 1, 1e20, 1e37, 1e38, 3e38])
def test_shares_of_small_and_large_leaves(size):
    """In float32, beside a zero: the shares and their slopes are right over the whole range of normal numbers."""
    v = FlatVValue(jnp.array([size, 0.0, -size], np.float32), VValue({"a": 1, "b": 1, "c": 1}).support)
    np.testing.assert_allclose(normalise(v).leaves, np.array([0.5, 0, -0.5]), rtol=1e-6)
    factor = 1e-3 if size < 1 else 1e3  # so that the slope is a normal number, too
    slope = jax.jit(jax.grad(lambda v: normalise(v).leaves[0] * factor))(v).leaves
    np.testing.assert_allclose(np.float64(slope) * (size / factor), [0.25, 0, 0.25], rtol=1e-5)


@pytest.mark.parametrize("size", [1e-45, 1e-39, 1.1e-38])
def test_smaller_leaves_count_as_zero(size):
    v = FlatVValue(jnp.array([size, 0.0, -size], np.float32), VValue({"a": 1, "b": 1, "c": 1}).support)
    assert normalise(v).leaves.tolist() == [0, 0, 0]
    assert jax.grad(lambda v: normalise(v).leaves[0])(v).leaves.tolist() == [0, 0, 0]


def test_the_scale_of_the_slope_of_a_share():
    """d(x / (x + y)) = (y dx - x dy) / (x + y)², at (3, 1)."""
    v = flatten(VValue({"x": 3.0, "y": 1.0}))
    slope = jax.grad(lambda v: normalise(v)["x"].scalar)(v)
    np.testing.assert_allclose(slope.leaves, [1 / 16, -3 / 16], rtol=1e-6)


def test_precision_is_that_of_the_value():
    v = flatten(VValue({"a": 1.0, "b": -3.0}), dtype=np.float32)
    tree = VValue({"a": 0.1, "c": 2})
    found = [operation(*pair) for operation in OF_TWO.values() for pair in ((v, tree), (tree, v), (v, v))]
    for result in (*found, keywise_absolute(v), normalise(v)):
        assert result.leaves.dtype == np.float32


def test_relu_is_the_larger_of_a_value_and_nothing():
    v = VValue({"a": -1.5, "b": 2.0})
    assert keywise_maximum(v, ZERO) == v.map_leaves(relu)
