"""The text form: golden for the hand-written detector, and `parse(format(m)) == m` for every machine."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings

from dmm.machine.machine import Machine
from dmm.machine.text import format_machine, parse_machine
from dmm.neurons.registry import NEURON_TYPES
from dmm.vvalue.tree import VValue
from strategies import KINDS, bend, odd_machines

TYPES = {**NEURON_TYPES, **KINDS}

DETECTOR = """\
const_1 : const_1
input : input
accum : accum
  dict-2 = input.char
  dict-1 := accum.dict
norm : norm
  dict = accum.dict
compare : compare
  dict-1 = norm.norm
  dict-2 = const_1.const_1
eos : eos
dot : dot
  dict-1 = accum.dict
  dict-2 = eos.char
output : output
  dict-1 = compare.true
  dict-2 = dot.dot"""


def detector():
    machine = Machine()
    for name in ("input", "eos", "const_1", "accum", "norm", "dot", "compare", "output"):
        machine = machine.add(name)
    for to, source in {
        "accum.dict-2": "input.char",
        "norm.dict": "accum.dict",
        "compare.dict-1": "norm.norm",
        "compare.dict-2": "const_1.const_1",
        "dot.dict-1": "accum.dict",
        "dot.dict-2": "eos.char",
        "output.dict-1": "compare.true",
        "output.dict-2": "dot.dot",
    }.items():
        machine = machine.link(to, source)
    return machine


def test_hand_written_detector():
    assert format_machine(detector()) == DETECTOR
    assert str(detector()) == DETECTOR
    assert parse_machine(DETECTOR) == detector()


def test_everything_else_that_has_a_form():
    """Weights, signs, fractions, parameters, names that need quotes, outputs and metadata."""
    machine = Machine().add("input").add("dot-1", clip=100).add("a b", "identity").add("k", "constant", value={"x": -2})
    machine = machine.link("dot-1.dict-1", "input.char", -0.125).link("dot-1.dict-1", "k.value", 1)
    machine = machine.link(("a b", "#"), "dot-1.dot", 2).link(("a b", "#"), "input.char", -1)
    machine = machine.read("a b", "k").with_metadata(note="a # b", seed=3)
    text = """\
outputs "a b", k
metadata {"note": "a # b", "seed": 3}
input : input
k : constant(value = {x: -2})
dot-1 : dot(clip = 100)
  dict-1 = -0.125 input.char + k.value
"a b" : identity
  "#" = 2 dot-1.dot - input.char"""
    assert format_machine(machine) == text
    assert parse_machine(text) == machine


def test_timing_stands_first_where_it_is_synchronous():
    machine = detector().with_timing("synchronous")
    assert format_machine(machine) == "timing synchronous\n" + DETECTOR
    assert parse_machine(format_machine(machine)) == machine
    assert parse_machine("timing unit delay\n" + DETECTOR) == detector()


@given(odd_machines())
def test_round_trip(machine):
    assert parse_machine(format_machine(machine), TYPES) == machine


@settings(max_examples=20)
@given(odd_machines())
def test_round_trip_with_legend(machine):
    """The legend is comments."""
    assert parse_machine(format_machine(machine, legend=True), TYPES) == machine


@pytest.mark.parametrize(
    ("weight", "text"), [(1.23456, "1.23 "), (-0.00012345, "-0.000123 "), (Fraction(2, 3), "0.667 "), (0.9999, "")]
)
def test_digits_are_for_reading(weight, text):
    machine = Machine().add("a", "norm").link("a.dict", "a.norm", weight).read("a")
    assert format_machine(machine, digits=3).splitlines()[-1] == f"  dict = {text}a.norm"


@pytest.mark.parametrize("word", ["outputs", "metadata", "timing", "outputs ", "metadata {}", "timing synchronous"])
def test_words_of_the_form_may_be_names(word):
    machine = Machine().add(word, "identity").link((word, word), (word, word)).read(word).with_metadata(**{word: word})
    assert parse_machine(format_machine(machine)) == machine


@pytest.mark.parametrize("key", ["self", "names", "#", "\u2028", "\x85", ""])
def test_any_metadata(key):
    machine = replace(Machine().add("norm").read("norm"), metadata={key: [{key: None}, 1.5, True, "é\n"]})
    assert parse_machine(format_machine(machine)) == machine


@pytest.mark.parametrize("value", [0, {"a = b": 1}, {":number": 2, "x = 1, y": {"#": -1}}, VValue({"outputs ": 1e-5})])
def test_any_parameter(value):
    machine = Machine().add("k", "constant", value=value).add("bend", bend, slope=0, centre=value).read("k")
    assert parse_machine(format_machine(machine), TYPES) == machine


def test_comments_blank_lines_and_spaces_do_not_matter():
    text = 'a:norm # "quoted" : b\n\n   # nothing\r\n\tdict  =  2 "a" . norm'.replace(" . ", ".")
    assert parse_machine(text + "\noutputs a") == Machine().add("a", "norm").link("a.dict", "a.norm", 2).read("a")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("dict = a.b", r"line 1: neither 'name : type' nor .*found 'dict = a.b'"),
        ("a : norm\n  dict = 2", r"line 2: no term like .* at '2'"),
        ("a : norm\n  dict = a.norm a.norm", r"line 2: no term like"),
        ("a : norm\n  dict = 1/0 a.norm", r"line 2: 1/0 divides by zero"),
        ("a : norm\n\na : norm", r"line 3: there is a neuron 'a' already"),
        ("a : dot(clip = )", r"line 1: not a V-value"),
        ("a : dot(clip)", r"line 1: not a V-value"),
        ('metadata {"a": }', r"line 1: "),
        ("metadata 5", r"line 1: neither"),
        ("outputs", r"line 1: neither"),
        ("timing", r"line 1: neither"),
        (
            "timing soon",
            r"line 1: there is no timing 'soon'; choose one of unit delay, synchronous; found 'timing soon'",
        ),
        ("timing synchronous\na : norm\n  dict = a.norm\noutputs a", r"a.dict <- a.norm: this circle of links acts"),
        ("outputs a b", r"line 1: neither"),
        ("a : unheard-of", r"unknown type 'unheard-of'"),
        ("a : dot(clap = 1)", r"'dot' has no parameter 'clap'"),
        ("a : norm\n  dict = 1e999 a.norm\noutputs a", r"a.dict.a.norm is not finite"),
        ("a : norm\n  dict = ghost.norm\noutputs a", r"no neuron 'ghost'"),
        ("a : norm", r"no neuron is read as its answer"),
        ("a : constant(value = " + "{a: " * 500 + "1" + "}" * 500 + ")", r"line 1: .*deeper than 200"),
    ],
)
def test_what_is_not_understood_is_named(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_machine(text)
