"""The random numbers of Java and of Processing, so that published runs can be repeated to the last bit.

Source: the specification of `java.util.Random` (a linear congruential generator of 48 bits; Knuth, The Art of Computer
Programming, volume 2, section 3.2.1) and the behaviour of `random` and `randomGaussian` of Processing 2.2.1.
"""

import math
from functools import cache
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from dmm.pure.strict_log import strict_log

MULTIPLIER, ADDEND, BITS = 0x5DEECE66D, 0xB, 48
MASK = (1 << BITS) - 1
LONGEST_LEAP = 1 << 14  # states that are found at once, from one

Size = int | tuple[int, ...]
Array = NDArray[Any]


class JavaRandom:
    """The generator `java.util.Random(seed)`, and Processing's after `randomSeed(seed)`; it moves on with every draw.

    Every method draws one number, or with `size` an array of them, in the order in which one by one would come: the
    last axis moves fastest. `random`, `random_int` and `random_gaussian` are Processing's, in float32; the others are
    Java's. The numbers are Java's own to the last bit.

    >>> JavaRandom(42).next_bits(32), JavaRandom(42).next_double(), JavaRandom(42).next_gaussian()
    (-1170105035, 0.7275636800328681, 1.1419053154730547)
    >>> JavaRandom(746484).random(2, size=3) - np.float32(1)
    array([-0.6871718 , -0.84180534, -0.57039297], dtype=float32)
    """

    def __init__(self, seed: int) -> None:
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
            raise ValueError(f"the seed is {seed!r}; give a whole number")
        self._state = (int(seed) ^ MULTIPLIER) & MASK
        self._spare: float | None = None

    # -- Java ------------------------------------------------------------------------------------------------------

    @overload
    def next_bits(self, bits: int) -> int: ...
    @overload
    def next_bits(self, bits: int, size: Size) -> Array: ...
    def next_bits(self, bits: int, size: Size | None = None) -> Any:
        """`next(bits)`: the topmost 1 to 32 bits of the state; 32 make a number with a sign, as in Java."""
        if not 1 <= bits <= 32:
            raise ValueError(f"{bits} bits cannot be drawn at once; ask for 1 to 32")
        raw = (self._leap(_count(size)) >> np.uint64(BITS - bits)).astype(np.int64)
        signed = raw - ((raw >> 31) << 32)
        return _shaped(signed, size)

    @overload
    def next_float(self) -> np.float32: ...
    @overload
    def next_float(self, size: Size) -> Array: ...
    def next_float(self, size: Size | None = None) -> Any:
        """`nextFloat()`: float32 in [0, 1), a multiple of 2**-24."""
        return _shaped(self._floats(_count(size)), size)

    @overload
    def next_double(self) -> float: ...
    @overload
    def next_double(self, size: Size) -> Array: ...
    def next_double(self, size: Size | None = None) -> Any:
        """`nextDouble()`: float64 in [0, 1), a multiple of 2**-53."""
        return _shaped(self._doubles(_count(size)), size)

    @overload
    def next_gaussian(self) -> float: ...
    @overload
    def next_gaussian(self, size: Size) -> Array: ...
    def next_gaussian(self, size: Size | None = None) -> Any:
        """`nextGaussian()`: float64 with mean 0 and deviation 1, by the polar method, which makes them in pairs."""
        wanted = _count(size)
        kept = [np.array([self._spare])] if self._spare is not None else []
        missing = wanted - len(kept)
        while missing > 0:
            pairs = 2.0 * self._doubles(missing + missing % 2).reshape(-1, 2) - 1.0
            squares = pairs[:, 0] * pairs[:, 0] + pairs[:, 1] * pairs[:, 1]
            inside = (squares < 1.0) & (squares != 0.0)
            pairs, squares = pairs[inside], squares[inside]
            kept.append((pairs * np.sqrt(-2.0 * strict_log(squares) / squares)[:, None]).ravel())
            missing -= len(kept[-1])
        found = np.concatenate(kept) if kept else np.zeros(0)
        if wanted:
            self._spare = float(found[wanted]) if len(found) > wanted else None
        return _shaped(found[:wanted], size)

    # -- Processing ------------------------------------------------------------------------------------------------

    @overload
    def random(self, high: float) -> np.float32: ...
    @overload
    def random(self, high: float, size: Size) -> Array: ...
    def random(self, high: float, size: Size | None = None) -> Any:
        """Processing's `random(high)`: `next_float() * high` in float32, drawn again where that rounds to `high`.

        No number is drawn for a `high` of 0, and the result is 0. `ValueError` where `high` is not finite in float32.
        """
        with np.errstate(over="ignore"):
            limit = np.float32(high)
        if not np.isfinite(limit):
            raise ValueError(f"random numbers below {high!r} cannot be drawn in float32; give a finite number")
        wanted = _count(size)
        if limit == 0:
            return _shaped(np.zeros(wanted, np.float32), size)
        drawn = self._below(limit, wanted)
        while len(drawn) < wanted:
            drawn = np.concatenate([drawn, self._below(limit, wanted - len(drawn))])
        return _shaped(drawn, size)

    @overload
    def random_int(self, high: float) -> int: ...
    @overload
    def random_int(self, high: float, size: Size) -> Array: ...
    def random_int(self, high: float, size: Size | None = None) -> Any:
        """Processing's `int(random(high))`: a whole number, rounded towards 0.

        >>> JavaRandom(346010).random_int(1000000, size=4)
        array([548558, 776314, 460288, 193414])
        """
        return _shaped(self.random(high, _count(size)).astype(np.int64), size)

    @overload
    def random_gaussian(self) -> np.float32: ...
    @overload
    def random_gaussian(self, size: Size) -> Array: ...
    def random_gaussian(self, size: Size | None = None) -> Any:
        """Processing's `randomGaussian()`: `next_gaussian()` rounded to float32."""
        return _shaped(self.next_gaussian(_count(size)).astype(np.float32), size)

    # -- the state -------------------------------------------------------------------------------------------------

    def _leap(self, count: int) -> Array:
        """The next `count` states."""
        factors, addends = _leaps()
        blocks = [np.zeros(0, np.uint64)]
        while count > 0:
            n = min(count, LONGEST_LEAP)
            blocks.append((factors[:n] * np.uint64(self._state) + addends[:n]) & np.uint64(MASK))
            self._state = int(blocks[-1][-1])
            count -= n
        return np.concatenate(blocks)

    def _floats(self, count: int) -> Array:
        return (self._leap(count) >> np.uint64(24)).astype(np.float32) * np.float32(2.0**-24)

    def _doubles(self, count: int) -> Array:
        high, low = self._leap(2 * count).reshape(-1, 2).T
        whole = ((high >> np.uint64(22)) << np.uint64(27)) + (low >> np.uint64(21))
        return whole.astype(np.float64) * 2.0**-53

    def _below(self, limit: np.float32, tries: int) -> Array:
        drawn = self._floats(tries) * limit
        return np.asarray(drawn[drawn != limit])


@cache
def _leaps() -> tuple[Array, Array]:
    """Factors and addends that lead from a state to the first, second, third ... after it, modulo 2**64."""
    factors = np.multiply.accumulate(np.full(LONGEST_LEAP, MULTIPLIER, np.uint64))
    addends = np.add.accumulate(np.concatenate([np.ones(1, np.uint64), factors[:-1]])) * np.uint64(ADDEND)
    return factors, addends


def _count(size: Size | None) -> int:
    sizes = () if size is None else (size,) if isinstance(size, int) else tuple(size)
    if any(n < 0 for n in sizes):
        raise ValueError(f"an array of size {size!r} cannot be drawn; no size is negative")
    return math.prod(sizes)


def _shaped(drawn: Array, size: Size | None) -> Any:
    if size is not None:
        return drawn.reshape(size)
    return drawn[0] if drawn.dtype == np.float32 else drawn[0].item()
