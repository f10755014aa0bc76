"""Looks and letters: no two types look alike, and texts show all that is in them."""

from hypothesis import given
from hypothesis import strategies as st

from dmm.circuits.pictures.drawing import path
from dmm.circuits.pictures.lettering import rounded, text_width, visible, wrapped, written
from dmm.circuits.pictures.shapes import DEPTH, LOOKS, OWN, looks
from dmm.neurons.base import NeuronType
from dmm.neurons.registry import NEURON_TYPES
from pictures import around, distance, points
from strategies import USER_TYPES, labels

SHAPES = {id(shape): shape for shape, _ in (*LOOKS.values(), *OWN)}.values()


def test_every_type_of_the_library_has_a_look_of_its_own():
    assert LOOKS.keys() == NEURON_TYPES.keys()
    assert len(set(LOOKS.values())) == len(LOOKS)


def test_types_of_users_look_like_none_of_the_library():
    assert not set(OWN) & set(LOOKS.values())
    found = looks([*USER_TYPES, *NEURON_TYPES.values()])
    assert len(set(found.values())) == len(found)
    many = [NeuronType(f"t{n}", lambda v: v, None, None) for n in range(25)]
    assert len(looks(many)) == 25


def test_sides_are_where_the_outline_is():
    for shape in SHAPES:
        outline = points(path(shape.outline(5, 7, 80, 40)))
        box = around(outline)
        assert box == (5, 7, 85, 47) or (box.left >= 5 and box.right <= 85 and (box.top, box.bottom) == (7, 47))
        for part in (0.1, 0.3, 0.5, 0.77, 0.95):
            left, right = shape.left.inset(part), shape.right.inset(part)
            assert 0 <= left <= DEPTH
            assert distance((5 + left, 7 + 40 * part), outline) < 0.1
            assert distance((85 - right, 7 + 40 * part), outline) < 0.1


@given(labels(), labels())
def test_what_is_written_can_be_printed_and_told_apart(one, other):
    assert written(one).isprintable()
    assert (written(one) == written(other)) == (one == other)
    assert visible(written(one)) == written(one)


@given(st.text(max_size=40), st.floats(20, 200))
def test_wrapped_lines_lose_no_word(text, width):
    lines = wrapped(text, 11, width)
    assert " ".join(lines).split() == text.split()
    assert all(text_width(line, 11) <= width or " " not in line for line in lines)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_rounded_to_three_digits(x):
    assert abs(float(rounded(x)) - x) <= 0.0051 * abs(x)
