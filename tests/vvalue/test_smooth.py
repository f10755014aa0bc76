"""Smooth functions of scalars: the textbook's values, no overflow, the same on arrays, and their slopes."""

import math
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmm.vvalue.smooth import sigmoid, tanh
from duals import Dual

either = pytest.mark.parametrize(
    ("function", "textbook"), [(sigmoid, lambda x: 1 / (1 + math.exp(-x))), (tanh, math.tanh)]
)


@either
@given(st.floats(-700, 700))
def test_the_values_of_the_textbook(function, textbook, x):
    assert abs(function(x) - textbook(x)) <= 4e-16


@either
def test_nothing_overflows(function, textbook):
    low, high = function(-1e308), function(1e308)
    assert (low, high) == (function(-math.inf), function(math.inf)) == (0 if function is sigmoid else -1, 1)
    assert function(Fraction(1, 2)) == function(0.5)
    assert isinstance(function(np.float32(-0.5)), np.float32)


@either
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=4))
def test_the_same_on_arrays(function, textbook, numbers):
    with jax.enable_x64(True):
        assert np.abs(np.asarray(function(jnp.array(numbers))) - [function(x) for x in numbers]).max() <= 1e-15


@either
@given(st.floats(-30, 30))
def test_the_slopes(function, textbook, x):
    y = textbook(x)
    wanted = y * (1 - y) if function is sigmoid else 1 - y**2
    assert abs(function(Dual(x, 1.0)).slope - wanted) <= 1e-14
    with jax.enable_x64(True):
        assert abs(float(jax.grad(function)(jnp.array(x))) - wanted) <= 1e-14
