"""The forms of a V-value: nested dictionaries, JSON, text, repr. Each reads back as the same vector."""

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmm.vvalue.labels import format_label
from dmm.vvalue.support import Support
from dmm.vvalue.text import format_vvalue, parse_vvalue
from dmm.vvalue.tree import NUMBER, VValue
from strategies import ODD_LABELS, ODDER_LABELS, any_numbers, exact_numbers, floats, labels, trees

GOLDEN = {
    "0": 0,
    "2.5": 2.5,
    "-3": -3,
    "1/3 + {a: 2}": {NUMBER: "1/3", "a": 2},
    "{a: 1, b: {c: -2}}": {"b": {"c": -2}, "a": 1},
    "3.5 + {baz: {foo: {bar: -4}}, foo: 2 + {bar: 7}}": {
        NUMBER: 3.5,
        "foo": {NUMBER: 2, "bar": 7},
        "baz": {"foo": {"bar": -4}},
    },
    '{"": 1, " ": 2, ".": 3, "1": 4, accum-1-2: 5, "é": 6}': {"": 1, " ": 2, ".": 3, "1": 4, "accum-1-2": 5, "é": 6},
    "{a: 2, b: 1e-05, c: 1e+22}": {"a": 2.0, "b": 1e-05, "c": 1e22},
}


def exactly(tree):
    """The golden trees, in which fractions are written as text."""
    if isinstance(tree, dict):
        return {label: exactly(below) for label, below in tree.items()}
    return Fraction(tree) if isinstance(tree, str) else tree


@pytest.mark.parametrize(("text", "tree"), GOLDEN.items())
def test_text_to_look_at(text, tree):
    """The one about foo, bar and baz is the example of arXiv:1712.07447, section 3.2."""
    assert str(VValue(exactly(tree))) == text
    assert VValue.parse(text) == VValue(exactly(tree))


@given(trees(any_numbers(), labels))
def test_text_round_trip(v):
    again = parse_vvalue(format_vvalue(v))
    assert again == v
    assert str(again) == str(v)


@given(trees(st.one_of(exact_numbers(), floats()), labels))
def test_exactness_survives_text(v):
    """Fractions come back as fractions, and whole numbers, which print alike, as integers."""
    for (path, x), (same_path, y) in zip(v.items(), VValue.parse(str(v)).items(), strict=True):
        assert path == same_path
        assert type(y) is type(x) or (float(x).is_integer() and isinstance(y, int | float))


@given(trees(any_numbers(), labels))
def test_nested_round_trip(v):
    assert VValue(v.to_nested()) == v


@given(trees(any_numbers(), labels))
def test_repr_round_trip(v):
    assert eval(repr(v), {"VValue": VValue, "Fraction": Fraction}) == v


@given(trees(st.one_of(st.integers(-(2**53), 2**53), floats()), labels))
def test_json_round_trip(v):
    assert VValue.from_json(v.to_json()) == v
    assert json.loads(v.to_json()) == v.to_nested()


@given(trees(exact_numbers(), labels))
def test_json_makes_floats_of_fractions(v):
    assert VValue.from_json(v.to_json()) == v.map_leaves(lambda x: x if isinstance(x, int) else float(x))


@given(floats())
def test_single_precision_prints_its_own_digits(x):
    single = np.float32(x) if abs(x) < 1e38 else np.float32(0)
    assert np.float32(VValue.parse(str(VValue(single))).scalar) == single
    assert len(str(VValue(np.float32(0.1)))) == 3


@pytest.mark.parametrize("label", ODD_LABELS + ODDER_LABELS)
def test_odd_labels(label):
    v = VValue({label: {label: 2, "plain": -1}})
    assert VValue.parse(str(v)) == VValue.from_json(v.to_json()) == VValue(v.to_nested()) == v
    assert format_label(label) in str(v)


@pytest.mark.parametrize("text", [" { a : 1 , b:{c:2}}  ", "\n{a:1,\tb: {c: 2}}", '{"a": 1, "b": {"c": 2}}'])
def test_spaces_do_not_matter_and_json_objects_are_text(text):
    assert VValue.parse(text) == VValue({"a": 1, "b": {"c": 2}})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "character 1: found the end where a number or {"),
        ("{", "character 2: found the end where a label"),
        ("{}", "character 2: found '}' where a label"),
        ("{a}", "character 3: found '}' where : should stand"),
        ("{a: }", "character 5: found '}' where a number or {"),
        ("{a: 1", "character 6: found the end where , should stand"),
        ("{a: 1,}", "character 7: found '}' where a label"),
        ("{a: 1 b: 2}", "character 7: found 'b: 2}' where , should stand"),
        ("{a: 1, a: 2}", "character 8: .*another label than 'a', which is taken"),
        ('{":number": 2}', "another label than ':number'"),
        ("1 2", "character 3: found '2' where nothing more"),
        ("1 + 2", "character 5: found '2' where { should stand"),
        ("{a: 1} + 2", "where nothing more"),
        ("{a: ?}", "character 4: found ' \\?}' where a number, a label"),
        ("1/0", "1/0 divides by zero"),
        ("{a: 1e999}", "number at a is not finite"),
        ('{"a: 1}', "character 2"),
        ("{a: " * 300 + "1" + "}" * 300, "deeper than 200 labels below a.a.a"),
        ("{a: " * 100_000, "deeper than 200 labels"),
    ],
)
def test_what_is_not_text_is_told_by_its_place(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        VValue.parse(text)


@pytest.mark.parametrize(
    ("text", "error", "sentence"),
    [
        ('{"a": NaN}', ValueError, "number at a is not finite"),
        ('{"a": {"b": -Infinity}}', ValueError, "number at a.b is not finite"),
        ('{"a": 1e999}', ValueError, "number at a is not finite"),
        ('{"a": true}', TypeError, "leaf at a is True"),
        ('{"a": null}', TypeError, "leaf at a is None"),
        ('{"a": [1]}', TypeError, "leaf at a is"),
        ('"a"', TypeError, "leaf at the root is 'a'"),
        ('{"a": ' * 300 + "1" + "}" * 300, ValueError, "deeper than 200 labels"),
        ('{"a": ' * 100_000, ValueError, "deeper than 200 labels"),
        ("{", ValueError, "line 1 column 2"),
    ],
)
def test_what_is_no_value_in_json(text, error, sentence):
    with pytest.raises(error, match=sentence):
        VValue.from_json(text)


def test_supports_print():
    assert str(Support()) == "nothing"
    assert str(Support([()])) == "."
    assert str(Support([("b",), (), ("a", "x"), ("a", "y", "z"), ("a",)])) == ". + {a: . + {x, y: {z}}, b}"
    assert repr(Support([("a",), ()])) == "Support([(), ('a',)])"
