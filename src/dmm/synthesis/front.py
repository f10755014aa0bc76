"""The front: the best circuits of a run, links against error, and which of them to take.

A circuit is taken by description length: the bits that say its links and their weights, and the bits that correct its
answers where it errs. The loss in training plays no part.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import inf, isfinite, log2
from typing import NamedTuple

from dmm.machine.machine import Machine
from dmm.synthesis.simplify import DENOMINATORS
from dmm.synthesis.verify import Verdict

FLOAT = 32.0  # bits of a weight that is no small fraction
PRECISION = 1e-3  # an error of this size, relative to the largest answer, costs half a bit


class Found(NamedTuple):
    """A circuit that was judged."""

    circuit: Machine
    loss: float
    verdict: Verdict

    @property
    def links(self) -> int:
        """The number of trained links."""
        return len(self.circuit.matrix)

    @property
    def good(self) -> bool:
        """Whether it is exact, or, where there was nothing but examples to judge by, agrees with all of them."""
        return self.verdict.exact or (not self.verdict.streams and self.verdict.failing is None)

    @property
    def bits(self) -> float:
        """The description length of the circuit alone."""
        return description_length(self.circuit)


def description_length(machine: Machine) -> float:
    """The bits that name each link among all that its neurons could have, and those of its weight.

    >>> m = Machine().add("input").add("accum").add("output").link("accum.dict-2", "input.char")
    >>> [round(description_length(m.link("output.dict-1", "accum.dict", w)), 1) for w in (1, 0.5, 0.1234)]
    [10.6, 12.6, 41.6]
    """
    outputs = sum(len(machine.type_of(name).outputs or ("",)) for name in machine.neurons)
    inputs = sum(len(machine.type_of(name).inputs or ("",)) for name in machine.neurons)
    place = log2(max(2, outputs * inputs))
    return sum(place + weight_bits(link.weight) for link in machine.links())


def weight_bits(weight: float) -> float:
    """The bits of a weight: a sign, and numerator and denominator of a small fraction by their lengths, or a float.

    >>> [weight_bits(x) for x in (1, -1, 2, 0.5, 0.123)]
    [1.0, 1.0, 3.0, 3.0, 32.0]
    """
    for denominator in DENOMINATORS:
        if float(weight * denominator).is_integer() and abs(weight) <= 2**16:
            fraction = Fraction(weight).limit_denominator(denominator)
            return 1.0 + sum(2.0 * (n.bit_length() - 1) for n in (abs(fraction.numerator), fraction.denominator))
    return FLOAT


def total_bits(found: Found, largest: float, answers: int) -> float:
    """The bits of the circuit and of the corrections to so many answers, of which `largest` is the largest."""
    error = found.verdict.max_error
    if not isfinite(error):
        return inf
    return found.bits + answers * 0.5 * log2(1 + (error / (PRECISION * max(largest, 1e-9))) ** 2)


def shortest(found: Iterable[Found]) -> Found:
    """The good circuit of least description length; where none is good, the one that errs least."""
    return min(found, key=lambda each: (not each.good, each.bits if each.good else each.verdict.max_error, each.bits))


def front(found: Iterable[Found]) -> list[Found]:
    """Those that no other beats in links and error at once, the smallest first."""
    best: list[Found] = []
    for each in sorted(found, key=lambda each: (each.links, each.verdict.max_error, each.bits)):
        if not best or each.verdict.max_error < best[-1].verdict.max_error:
            best.append(each)
    return best
