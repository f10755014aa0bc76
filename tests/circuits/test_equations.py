"""Equations say all of a machine that its answers depend on: they parse back, and mean the same."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import CORPUS
from dmm import TASKS, Machine, VValue, run
from dmm.circuits.equations import to_equations
from dmm.circuits.equations_parser import parse_equations
from dmm.circuits.statements import readable
from strategies import KINDS, machines, odd_machines, streams, synchronous_machines
from synchronous import SYNCHRONOUS_CORPUS

GOLDEN = Path(__file__).parent / "golden"
ALL = {**{name: machine for name, (machine, _) in {**CORPUS, **SYNCHRONOUS_CORPUS}.items()},
       **{name: task.teacher for name, task in TASKS.items() if isinstance(task.teacher, Machine)}}  # fmt: skip


@pytest.mark.parametrize("machine", ALL.values(), ids=ALL)
def test_known_machines_parse_back(machine):
    assert parse_equations(to_equations(machine), machine.types) == readable(machine)


@given(st.one_of(machines(recurrent=True), synchronous_machines(), odd_machines()))
@settings(max_examples=150)
def test_random_machines_parse_back(machine):
    assert parse_equations(to_equations(machine), machine.types) == readable(machine)


@given(st.one_of(machines(recurrent=True), synchronous_machines()), streams())
def test_what_is_read_answers_as_the_machine(machine, stream):
    old, new = machine.readouts, readable(machine).readouts
    for before, after in zip(run(machine, stream), run(readable(machine), stream), strict=True):
        assert after == before if len(old) == 1 else [after[name] for name in new] == [before[name] for name in old]


def test_reading_again_changes_nothing():
    for machine in ALL.values():
        assert readable(readable(machine)) == readable(machine)
        assert to_equations(readable(machine)) == to_equations(machine)


def test_the_detector_reads_as_it_should():
    assert to_equations(TASKS["duplicates"].teacher) + "\n" == (GOLDEN / "duplicates.equations").read_text("utf-8")


def test_what_nothing_reads_is_left_out():
    machine = TASKS["duplicates"].teacher
    idle = (
        machine.add("timer").link("compare.dict-1", "timer.timer", 0.5).add("norm-2").link("norm-2.dict", "accum.dict")
    )
    assert "norm_" not in to_equations(idle.read("dot"))
    assert "timer" not in to_equations(idle.read("dot"))
    assert "timer" in to_equations(idle)


def test_weights_signs_and_parentheses():
    m = Machine().add("input").add("norm").add("compare").add("dot", clip=9).add("output")
    m = (
        m.link("norm.dict", "input.char", 0.25)
        .link("compare.dict-1", "norm.norm", -2)
        .link("compare.dict-2", "dot.dot")
    )
    m = (
        m.link("compare.dict-2", "norm.norm", -1)
        .link("dot.dict-1", "input.char", 3)
        .link("output.dict-1", "compare.false")
    )
    assert to_equations(m).splitlines()[1:] == [
        "input(t)         = item(t)",
        "dot(t)           = clip(3 input(t-1) · 0, ±9)",
        "norm(t)          = norm(0.25 input(t-1))",
        "compare.false(t) = relu((dot(t-1) - norm(t-1)) - (-2 norm(t-1)))",
        "output.dict-1(t) = compare.false(t-1)",
        "output.dict-2(t) = 0",
    ]


def test_digits_round_the_weights():
    m = Machine().add("input").add("norm").link("norm.dict", "input.char", 0.123456).read("norm")
    assert "norm(0.12 input(t-1))" in to_equations(m, digits=2)
    assert "norm(0.123456 input(t-1))" in to_equations(m)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("norm(t) = norm(accum(t-1)", "line 1: type 'norm' computes norm"),
        ("norm(t) := 3", "line 1: no equation like"),
        ("norm(t) = norm(input(t-1))", "line 1: there is no equation for 'input'"),
        ("input(t) = item(t)\nmystery(t) = input(t-1)", "line 2: neuron 'mystery': there is no type 'mystery'"),
        ("input(t) = item(t)\nnorm(t) = norm(input(t))", r"line 2: input\(t\) under unit delay"),
        ("timing synchronous\ninput(t) = item(t)\nnorm(t) = norm(input(t-1))", r"input\(t-1\) under synchronous"),
        ("timing sometimes", "line 1: there is no timing"),
        ("input(t) = item(t)\naccum(t) = accum(t-1) + + input(t-1)", "line 2: .* is no sum like"),
        ("input(t) = item(t)\nnorm(t) = norm(compare(t-1))\ncompare.true(t) = relu(0 - 0)", "has several outputs"),
        ("a(t) = norm(0)  [norm(volume = 3)]", "no parameter 'volume'"),
        (
            "a(t) = 1  [const_1]\ncompare.true(t) = relu(0 - a(t-1))\ncompare.false(t) = relu(2 a(t-1) - 0)",
            "line 3: .* the weight 1",
        ),
        ("input(t) = item(t)\npeak(t) = peak(input(t-1))", "line 2: type 'peak' computes"),
        ("arg_max(t) = arg_max(0, 0)", "line 1: type 'arg_max' is applied to dict"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_equations(text)


def test_comments_and_empty_lines_are_no_equations():
    text = "# a comment\n\ninput(t) = item(t)   # the stream\nnorm(t) = norm(input(t-1))\noutputs norm\n"
    assert parse_equations(text) == Machine().add("input").add("norm").link("norm.dict", "input.char").read("norm")


def test_types_of_the_users_own():
    m = Machine().add("input").add("bend", KINDS["bend"], slope=0.25).link("bend.x", "input.char").read("bend")
    assert "bend(t)  = bend(input(t-1), 0)  [bend(slope = 0.25)]" in to_equations(m)
    assert run(parse_equations(to_equations(m), m.types), [VValue(-1)]) == run(m, [VValue(-1)])
