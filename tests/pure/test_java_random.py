"""Java's random numbers: against the specification in whole numbers, published draws, and what Java printed."""

import json
import math
import zlib
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmm.pure.java_random import LONGEST_LEAP, JavaRandom
from dmm.pure.strict_log import strict_log

seeds = st.integers(-(2**63), 2**63 - 1)


class Specified:
    """`java.util.Random` as its documentation describes it, in Python's whole numbers."""

    def __init__(self, seed):
        self.state = (seed ^ 0x5DEECE66D) % 2**48

    def bits(self, n):
        self.state = (self.state * 0x5DEECE66D + 0xB) % 2**48
        drawn = self.state // 2 ** (48 - n)
        return drawn - 2**32 if drawn >= 2**31 else drawn

    def float(self):
        return self.bits(24) / 2**24

    def double(self):
        return (self.bits(26) * 2**27 + self.bits(27)) / 2**53

    def gaussians(self):
        while True:
            x, y = 2 * self.double() - 1, 2 * self.double() - 1
            s = x * x + y * y
            if 0 < s < 1:
                yield from (v * math.sqrt(-2 * math.log(s) / s) for v in (x, y))


@given(seeds, st.integers(1, 32))
def test_draws_are_those_of_the_specification(seed, bits):
    java, specified = JavaRandom(seed), Specified(seed)
    assert java.next_bits(bits, size=20).tolist() == [specified.bits(bits) for _ in range(20)]
    assert java.next_float(size=20).tolist() == [specified.float() for _ in range(20)]
    assert java.next_double(size=20).tolist() == [specified.double() for _ in range(20)]
    assert (java.next_bits(bits), java.next_float(), java.next_double()) == (
        specified.bits(bits),
        specified.float(),
        specified.double(),
    )


@given(seeds)
def test_gaussian_numbers_are_those_of_the_specification(seed):
    expected = Specified(seed).gaussians()
    assert JavaRandom(seed).next_gaussian(size=20) == pytest.approx([next(expected) for _ in range(20)], rel=1e-14)


@given(seeds, st.lists(st.integers(0, 7) | st.none(), max_size=8))
def test_numbers_in_pieces_are_numbers_at_once(seed, sizes):
    """Also Gaussian ones, which are made in pairs."""
    for name in ("next_double", "next_gaussian"):
        java = JavaRandom(seed)
        pieces = [
            np.atleast_1d(getattr(java, name)(size=size) if size is not None else getattr(java, name)())
            for size in sizes
        ]
        at_once = getattr(JavaRandom(seed), name)(size=sum(map(len, pieces)))
        assert np.concatenate([np.zeros(0), *pieces]).tolist() == at_once.tolist()


def test_long_draws_and_shapes():
    count, specified = 2 * LONGEST_LEAP + 3, Specified(5)
    assert JavaRandom(5).next_float(size=count).tolist() == [specified.float() for _ in range(count)]
    assert JavaRandom(5).next_float(size=(2, 3, 4)).ravel().tolist() == JavaRandom(5).next_float(size=24).tolist()
    assert JavaRandom(5).next_double(size=(0, 3)).shape == (0, 3)


@pytest.mark.parametrize(("seed", "checksum"), [(42, 0x627A101A), (0, 0xBAB093F3)])
def test_gaussian_numbers_to_the_last_bit(seed, checksum):
    """CRC-32 of 200000 numbers that `nextGaussian` of Java 17 made, as little-endian doubles."""
    assert zlib.crc32(JavaRandom(seed).next_gaussian(size=200000).astype("<f8").tobytes()) == checksum


def test_published_draws(reference):
    published = json.loads((reference / "processing" / "lightweight_pure.json").read_text())["java_random"]
    assert (JavaRandom(746484).random(2, size=8) - np.float32(1)).tolist() == published[
        "randomSeed(746484); random(2)-1 x8"
    ]
    assert (
        JavaRandom(346010).random_int(1000000, size=8).tolist()
        == published["randomSeed(346010); int(random(1000000)) x8"]
    )
    assert JavaRandom(42).random_gaussian(size=6).tolist() == published["randomSeed(42); randomGaussian x6"]


def test_processing_draws_in_float32():
    java, specified = JavaRandom(3), Specified(3)
    drawn = java.random(0.1, size=50)
    assert drawn.dtype == java.random(0.1).dtype == java.random_gaussian().dtype == np.float32
    assert drawn.tolist() == [float(np.float32(specified.float()) * np.float32(0.1)) for _ in range(50)]


def test_the_limit_itself_is_drawn_again():
    """About half of the products with the smallest float32 round to it; the others to 0."""
    smallest, specified, zeros = np.finfo(np.float32).smallest_subnormal, Specified(8), 0
    while zeros < 100:
        zeros += np.float32(specified.float()) * smallest == 0
    java = JavaRandom(8)
    assert java.random(smallest, size=100).tolist() == [0] * 100
    assert java.next_float() == specified.float()


def test_no_number_is_drawn_below_zero_itself():
    java = JavaRandom(8)
    assert java.random(0) == 0
    assert java.random(0.0, size=3).tolist() == [0, 0, 0]
    assert java.next_float() == Specified(8).float()


@pytest.mark.parametrize("high", [math.inf, -math.inf, math.nan, 1e39])
def test_a_limit_that_is_not_finite_is_refused(high):
    with pytest.raises(ValueError, match="give a finite number"):
        JavaRandom(0).random(high)


@pytest.mark.parametrize("seed", [0.5, "1", None, True])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match="give a whole number"):
        JavaRandom(seed)


@pytest.mark.parametrize("bits", [0, 33])
def test_too_many_bits_are_refused(bits):
    with pytest.raises(ValueError, match="1 to 32"):
        JavaRandom(0).next_bits(bits)


def test_a_negative_size_is_refused():
    with pytest.raises(ValueError, match="no size is negative"):
        JavaRandom(0).next_float(size=(2, -1))


JAVA_LOGARITHMS = {  # by `StrictMath.log` of Java 17: f**2 / 2 first, tiny f, halved, plain
    0.021582974468380655: -3.8358504941564435,
    9.911462591000178e-15: -32.24508447007224,
    0.999999127071314: -8.729290670045506e-07,
    0.9999991126008339: -8.873995598884224e-07,
    0.8461544959069134: -0.16705331677347246,
    191.78155951710303: 5.256357013495075,
    9.206953655915472: 2.219959030722439,
    3.0739070752874525e-07: -14.995146235548194,
    1.0: 0.0,
}


def test_logarithms_that_round_in_a_way_of_their_own():
    assert strict_log(np.array(list(JAVA_LOGARITHMS))).tolist() == list(JAVA_LOGARITHMS.values())


@given(st.floats(1e-300, 1e300))
def test_logarithms_are_right_to_the_last_place(x):
    with localcontext(prec=60):
        exact = Decimal(x).ln()
        found = float(strict_log(np.array([x]))[0])
        assert abs(Decimal(found) - exact) < Decimal(math.ulp(found))
