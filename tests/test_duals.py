"""The oracle of the gradient tests is right itself."""

import math
from numbers import Real

import numpy as np

from dmm.vvalue.tree import VValue
from duals import Dual, gradient


def test_slopes_worked_out_by_hand():
    """(x y - x/y)² at (3, 2)."""
    x, y = Dual(3.0, np.array([1.0, 0.0])), Dual(2.0, np.array([0.0, 1.0]))
    difference = x * y - x / y
    square = difference * difference
    assert square.value == 4.5**2
    assert square.slope.tolist() == [2 * 4.5 * (2 - 1 / 2), 2 * 4.5 * (3 + 3 / 4)]


def test_a_plain_number_over_a_dual():
    """3/x at 2."""
    quotient = 3.0 / Dual(2.0, np.array([1.0]))
    assert (quotient.value, quotient.slope.tolist()) == (1.5, [-0.75])


def test_a_number_to_the_power_of_a_dual():
    """e^(x y) at (3, 2), by y and x."""
    x, y = Dual(3.0, np.array([1.0, 0.0])), Dual(2.0, np.array([0.0, 1.0]))
    power = math.e ** (x * y)
    assert math.isclose(power.value, math.exp(6))
    np.testing.assert_allclose(power.slope, [2 * math.exp(6), 3 * math.exp(6)])


def test_a_dual_is_a_number_of_its_value():
    x = Dual(-3.0, np.array([1.0]))
    assert isinstance(x, Real)
    assert math.isfinite(x)
    assert 2 < abs(x) < 4
    assert abs(x).slope.tolist() == [-1.0]


def test_a_rounded_dual_stands_still():
    rounded = round(Dual(2.6, np.array([1.0])), 0)
    assert (rounded.value, rounded.slope) == (3.0, 0.0)


def test_a_zero_that_moves_is_kept():
    """Else the derivative of v ↦ 1·v at a leaf that cancels would be lost."""
    moving = Dual(0.0, np.array([1.0]))
    assert len(VValue({"a": moving})) == 1
    assert len(VValue({"a": moving * 0})) == 0


def test_gradient_of_a_dot_product():
    v = VValue({"a": 3.0, "b": {"c": -2.0}})
    assert gradient(lambda w: w.dot(w), v) == 2 * v
