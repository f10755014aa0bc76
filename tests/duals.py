"""Dual numbers: derivatives without JAX, an oracle for its gradients.

A dual number is a + b·ε with ε² = 0, where b is a vector: the derivatives with respect to all parameters at once. Since
it is a real number to `VValue`, every operation on trees, every neuron type and the whole interpreter run on dual
numbers as they stand, and carry exact derivatives along.
"""

import math
from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np

from dmm.vvalue.tree import VValue


def _between_numbers(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Leave it to a V-value what it does with a number."""
    return lambda self, other: operation(self, other) if isinstance(other, Real) else NotImplemented


@Real.register
class Dual:
    """A value and its derivatives with respect to every parameter; plain numbers are constants."""

    __array_ufunc__ = None  # NumPy numbers leave arithmetic with duals to the duals

    def __init__(self, value: float, slope: Any):
        self.value = value
        self.slope = slope

    @_between_numbers
    def __add__(self, other):
        value, slope = parts(other)
        return Dual(self.value + value, self.slope + slope)

    @_between_numbers
    def __mul__(self, other):
        value, slope = parts(other)
        return Dual(self.value * value, self.slope * value + self.value * slope)

    def __truediv__(self, other):
        value, slope = parts(other)
        return Dual(self.value / value, self.slope / value - self.value * slope / value**2)

    def __rtruediv__(self, other):
        return Dual(other, 0.0) / self

    def __rpow__(self, base):
        power = base**self.value
        return Dual(power, self.slope * power * math.log(base))

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return Dual(-self.value, -self.slope)

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __abs__(self):
        return -self if self.value < 0 else self

    def __round__(self, digits):
        return Dual(round(self.value, digits), 0.0)

    def __lt__(self, other):
        return self.value < parts(other)[0]

    def __le__(self, other):
        return self.value <= parts(other)[0]

    def __gt__(self, other):
        return self.value > parts(other)[0]

    def __ge__(self, other):
        return self.value >= parts(other)[0]

    def __bool__(self):
        """A zero that moves is not a zero leaf."""
        return bool(self.value) or bool(np.any(self.slope))

    def __float__(self):
        return float(self.value)

    def __repr__(self):
        return f"Dual({self.value}, {self.slope})"


def parts(x: Any) -> tuple[float, Any]:
    """The value and the derivatives of a dual or a plain number."""
    return (x.value, x.slope) if isinstance(x, Dual) else (float(x), 0.0)


def parameters(v: VValue) -> VValue:
    """The V-value with each of its leaves, in order, a parameter of its own."""
    rows = np.eye(len(v))
    return VValue.from_paths((path, Dual(x, row)) for (path, x), row in zip(v.items(), rows, strict=True))


def gradient(function: Callable[[VValue], Any], v: VValue) -> VValue:
    """The gradient at `v` of a function from V-values to numbers, by running it on dual numbers."""
    slope = np.broadcast_to(parts(function(parameters(v)))[1], len(v))
    return VValue.from_paths((path, float(s)) for (path, _), s in zip(v.items(), slope, strict=True))
