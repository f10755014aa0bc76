"""The symmetries that trial finds are those that the formulas of the types have."""

import pytest

from dmm.machine.machine import Machine
from dmm.neurons.registry import NEURON_TYPES
from dmm.synthesis.symmetries import Symmetries, symmetries

BOTH = ("dict-1", "dict-2")
BILINEAR = Symmetries(homogeneous=False, odd=False, even=True, balanced=(BOTH,), opposite=(), linear=BOTH)
ORDER = Symmetries(homogeneous=True, odd=False, even=False, balanced=(), opposite=(), linear=())
NONE = Symmetries(homogeneous=False, odd=False, even=False, balanced=(), opposite=(), linear=())
COPY = Symmetries(homogeneous=True, odd=True, even=False, balanced=(), opposite=(), linear=("x",))

# max(c v) = c max(v) for c > 0, and max(-v, -w) = -min(v, w); |c v| = c |v|; a share has no size; the part of v that is
# absent elsewhere is linear in v; x + m <= y where x <= y - m; the largest is the smallest of the opposite; halves that
# go to even ones do so on either side of zero.
BY_HAND = {
    "multiply": BILINEAR,
    "product": BILINEAR,
    "maximum": ORDER,
    "minimum": ORDER,
    "peak": ORDER,
    "absolute": Symmetries(homogeneous=True, odd=False, even=True, balanced=(), opposite=(), linear=("dict",)),
    "absent": Symmetries(homogeneous=False, odd=True, even=False, balanced=(), opposite=(), linear=("dict-1",)),
    "normalise": Symmetries(homogeneous=False, odd=True, even=False, balanced=(), opposite=(), linear=()),
    "less_or_equal": NONE._replace(opposite=(BOTH,)),
    "arg_max": NONE,
    "round": NONE._replace(odd=True),
    "numbers": COPY,
    "trees": COPY,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_symmetries_by_hand(name):
    """Of types that take any input, as they are used: here with one link, to `x`."""
    machine = Machine().add("input").add(name)
    if NEURON_TYPES[name].inputs is None:
        machine = machine.link((name, "x"), "input.char")
    assert symmetries(machine, name) == BY_HAND[name]


def test_a_readout_is_linear_only_in_all_inputs_together():
    machine = Machine().add("input").add("numbers").link("numbers.x", "input.char").link("numbers.y", "input.char")
    found = symmetries(machine, "numbers")
    assert found.homogeneous
    assert found.linear == ()


@pytest.mark.parametrize("name", NEURON_TYPES)
def test_every_type_can_be_tried(name):
    """A type that reads the stream, or listens to nothing, has none to speak of."""
    found = symmetries(Machine().add(name), name)
    assert bool(NEURON_TYPES[name].inputs) >= (found.homogeneous or found.odd or found.even)
