"""The natural logarithm as Java's `StrictMath` has it: the same last bit on every computer.

NumPy's own differs from it in the last bit of some numbers. Java's specification asks for the results of the library
fdlibm: x = 2**k (1 + f), with 1 + f between the square roots of 1/2 and 2; log(1 + f) = 2 artanh(f / (2 + f)), with a
polynomial in place of the series; the logarithm of 2 in two parts. Where it rounds is part of the result.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LN2_HIGH, LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10
EVEN = (0.3999999999940942, 0.22222198432149784, 0.15313837699209373)
ODD = (0.6666666666666735, 0.2857142874366239, 0.1818357216161805, 0.14798198605116586)

FRACTION = (1 << 52) - 1
HALVE_FROM = 0x6A09C  # the top 20 bits of a fraction from which 1 + f is halved
SQUARE_FIRST = (0x6147A, 0x6B851)  # ... between which f**2 / 2 is taken away first


def strict_log(x: Array) -> Array:
    """The logarithms of an array of positive, normal float64, each within 1 in the last place.

    >>> strict_log(np.array([1.0, 2.0, 0.1]))
    array([ 0.        ,  0.69314718, -2.30258509])
    """
    bits = np.ascontiguousarray(x, np.float64).view(np.int64)
    top = (bits & FRACTION) >> 32
    halved = (top >= HALVE_FROM).astype(np.int64)
    k = ((bits >> 52) - 1023 + halved).astype(np.float64)
    f = ((bits & FRACTION) | ((1023 - halved) << 52)).view(np.float64) - 1.0

    s = f / (2.0 + f)
    z = s * s
    w = z * z
    rest = z * (ODD[0] + w * (ODD[1] + w * (ODD[2] + w * ODD[3]))) + w * (EVEN[0] + w * (EVEN[1] + w * EVEN[2]))
    half = 0.5 * f * f
    tiny = f * f * (0.5 - 0.3333333333333333 * f)
    square_first = (top >= SQUARE_FIRST[0]) & (top <= SQUARE_FIRST[1])
    less = np.where(square_first, half - (s * (half + rest) + k * LN2_LOW), s * (f - rest) - k * LN2_LOW)
    less = np.where((top + 2) % (1 << 20) < 3, tiny - k * LN2_LOW, less)  # f below 2**-20
    return k * LN2_HIGH - (less - f)
