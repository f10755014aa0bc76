"""Soft-max over labels: shares of what is among them, at any size of numbers, and the textbook's derivative."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dmm import VValue, flatten, softmax, unflatten
from dmm.vvalue.flat import FlatVValue
from strategies import generic_trees, trees

ZERO = VValue()
ABC = VValue({"a": 1, "b": 1, "c": 1})
temperatures = st.sampled_from((0.25, 1, 3.5))


def by_hand(v, among, temperature=1):
    """By the formula, in plain Python."""
    weights = {path: x * math.exp(v[path].scalar / temperature) for path, x in among.items() if x > 0}
    return VValue.from_paths((path, x / sum(weights.values())) for path, x in weights.items())


def is_close(found, wanted, tolerance=1e-12):
    return (found - wanted).max_norm() <= tolerance


@given(trees(), trees(), temperatures)
def test_the_formula(v, among, temperature):
    found = softmax(v, among, temperature)
    assert is_close(found, by_hand(v, among, temperature))
    positive = any(x > 0 for _, x in among.items())
    assert math.isclose(sum(x for _, x in found.items()), positive, abs_tol=1e-12)


@given(trees(), trees(), st.integers(-5, 5), st.integers(1, 9), temperatures)
def test_laws(v, among, shift, factor, temperature):
    """What is added everywhere, and the size of `among`, do not matter; the temperature divides; each is a share."""
    found = softmax(v, among, temperature)
    everywhere = among.map_leaves(lambda _: shift)
    assert is_close(softmax(v + everywhere, among, temperature), found)
    assert is_close(softmax(v, among * factor, temperature), found)
    assert is_close(softmax(v * temperature, among, temperature), softmax(v, among))
    assert found.support <= among.support


@given(trees())
def test_among_equals_all_weigh_as_they_are(among):
    """Without scores: shares of the positive leaves."""
    positive = among.map_leaves(lambda x: max(0, x))
    assume(positive)
    total = sum(x for _, x in positive.items())
    assert is_close(softmax(ZERO, among), positive / total)


def test_nothing_among_nothing():
    assert softmax(ABC, ZERO) == softmax(ABC, -ABC) == softmax(ZERO, ZERO) == ZERO
    assert unflatten(softmax(flatten(ABC), flatten(-ABC))) == ZERO
    assert unflatten(softmax(flatten(ABC), flatten(ZERO))) == ZERO


@pytest.mark.parametrize("size", [1e-30, 1.0, 80.0, 1e4, 1e30])
def test_no_size_of_numbers_overflows(size):
    v = VValue({"a": size, "b": -size, "c": size})
    for found in (softmax(v, ABC), unflatten(softmax(flatten(v, dtype=np.float32), ABC))):
        rest = 0 if size >= 1e4 else math.exp(-2 * size) if size >= 1 else 1
        assert is_close(found, VValue({"a": 1, "b": rest, "c": 1}) / (2 + rest), 1e-6)


def test_the_coldest_is_the_largest():
    v = VValue({"a": 3, "b": {"c": 5}, "d": 4.9})
    among = v.map_leaves(lambda _: 1)
    assert is_close(softmax(v, among, temperature=1e-3), VValue({"b": {"c": 1}}))


@given(generic_trees(min_size=1), generic_trees(min_size=1), temperatures)
def test_flat_means_what_the_tree_means(v, among, temperature):
    with jax.enable_x64(True):
        wanted = softmax(v, among, temperature)
        pairs = ((flatten(v), flatten(among)), (v, flatten(among)), (flatten(v), among))
        for pair in pairs:
            assert is_close(unflatten(softmax(*pair, temperature)), wanted)


def test_the_slope_of_a_share():
    """dwᵢ/dxⱼ = wᵢ (δᵢⱼ - wⱼ) / T, also where all are equal; of what is not among them 0."""
    for scores in ([0.0, 0.0, 0.0], [1.0, -2.0, 0.5]):
        v = VValue.from_paths(zip(ABC.support, scores, strict=True))
        w = np.array([by_hand(v, ABC, 2)[path].scalar for path in ABC.support])
        flat = FlatVValue(jnp.array([*scores, 7.0]), (ABC + VValue({"z": 1})).support)
        slope = jax.jacobian(lambda v: softmax(v, ABC, 2).leaves)(flat).leaves
        wanted = np.hstack([(np.diag(w) - np.outer(w, w)) / 2, np.zeros((3, 1))])
        np.testing.assert_allclose(slope, wanted, atol=1e-6)


def test_the_slope_of_what_is_among_them():
    """dwᵢ/daⱼ = wᵢ (δᵢⱼ / aⱼ - wⱼ / aⱼ) where a is positive; 0 where it is not, nothing being there; all finite."""
    among = FlatVValue(jnp.array([2.0, 1.0, 0.0, -1.0]), VValue({"a": 1, "b": 1, "c": 1, "d": 1}).support)
    slope = jax.jacobian(lambda a: softmax(ZERO, a).leaves)(among).leaves
    np.testing.assert_allclose(slope[:2, :2], [[1 / 9, -2 / 9], [-1 / 9, 2 / 9]], atol=1e-6)
    assert not slope[:, 2:].any()
    assert not slope[2:].any()
    none = FlatVValue(jnp.array([0.0, -1.0]), VValue({"a": 1, "b": 1}).support)
    assert not jax.jacobian(lambda a: softmax(ABC, a).leaves)(none).leaves.any()


def test_rows_do_not_disturb_each_other():
    """In a batch, a row with nothing among, and one of large numbers; jitted, with finite slopes."""
    v = flatten([VValue({"a": 1.0}), VValue({"a": 1e30}), VValue({"b": 1.0})])
    among = flatten([ABC, ABC, ZERO], ABC.support)

    def measured(v):
        return jnp.sum(softmax(v, among)["a"].leaves)

    e, rest = math.e / (math.e + 2), 1 / (math.e + 2)
    np.testing.assert_allclose(softmax(v, among)["a"].leaves, [[e], [1], [0]], rtol=1e-6)
    slope = jax.jit(jax.grad(measured))(v).leaves
    np.testing.assert_allclose(slope, [[e * (1 - e), -e * rest], [0, 0], [0, 0]], rtol=1e-5)
    assert slope.dtype == np.float32
