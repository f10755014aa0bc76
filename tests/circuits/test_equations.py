"""Equations say all of a machine that its answers depend on: they parse back, and mean the same."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import CORPUS, STARTED
from dmm import TASKS, Machine, VValue, run
from dmm.circuits.equations import to_equations
from dmm.circuits.equations_parser import parse_equations
from dmm.circuits.statements import readable
from strategies import KINDS, machines, odd_machines, started, streams, synchronous_machines, with_product
from synchronous import SYNCHRONOUS_CORPUS

GOLDEN = Path(__file__).parent / "golden"
ALL = {**{name: machine for name, (machine, _) in {**CORPUS, **SYNCHRONOUS_CORPUS, **STARTED}.items()},
       **{name: task.teacher for name, task in TASKS.items() if isinstance(task.teacher, Machine)}}  # fmt: skip


@pytest.mark.parametrize("machine", ALL.values(), ids=ALL)
def test_known_machines_parse_back(machine):
    assert parse_equations(to_equations(machine), machine.types) == readable(machine)


ANY_MACHINES = st.one_of(
    machines(recurrent=True),
    synchronous_machines(),
    machines(recurrent=True, often=("superfluid",)),
    started(st.one_of(machines(recurrent=True), synchronous_machines())),
    with_product(machines(recurrent=True)),
)


@given(st.one_of(ANY_MACHINES, odd_machines()))
@settings(max_examples=200)
def test_random_machines_parse_back(machine):
    assert parse_equations(to_equations(machine), machine.types) == readable(machine)


@given(ANY_MACHINES, streams())
def test_what_is_read_answers_as_the_machine(machine, stream):
    """But for rounding: under other names, links may be added up in another order."""
    old, new = machine.readouts, readable(machine).readouts
    for before, after in zip(run(machine, stream), run(readable(machine), stream), strict=True):
        pairs = zip(old, new, strict=True) if len(old) > 1 else [((), ())]
        assert all((after[b] - before[a]).max_norm() <= 1e-9 * max(1, before.max_norm()) for a, b in pairs)


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


def test_masks_shares_and_marks_are_formulas():
    m = Machine().add("input").add("accum").add("softmax", temperature=0.5).add("softmax-2").add("mult_mask")
    m = m.add("lin_comb").add("threshold", limit=2).add("outer").add("field", path={"a": 1}).add("trees")
    m = m.link("accum.dict-2", "input.char").link("softmax.dict", "input.char", 2).link("softmax.among", "accum.dict")
    m = (
        m.link("softmax-2.among", "input.char")
        .link("mult_mask.mask", "softmax.dict")
        .link("mult_mask.main", "accum.dict")
    )
    m = (
        m.link("mult_mask.main", "input.char", -1)
        .link("lin_comb.mask", "accum.dict", -1)
        .link("outer.dict-1", "input.char")
    )
    m = m.link("lin_comb.main", "input.char").link("threshold.dict", "accum.dict").link("outer.dict-2", "accum.dict", 3)
    m = m.link("field.record", "outer.dict").link("trees.x", "field.value").link("trees.x", "lin_comb.dict")
    m = m.link("trees.y", "threshold.dict").link("trees.y", "mult_mask.dict").link("trees.z", "softmax-2.dict")
    written = {line.split("(t)")[0].split()[0]: line.split(" = ", 1)[1] for line in to_equations(m).splitlines()[1:]}
    assert written["softmax_1"] == "softmax(2 input(t-1) among accum(t-1), temperature 0.5)"
    assert written["softmax_2"] == "softmax(0 among input(t-1))"
    assert written["mult_mask"] == "(accum(t-1) - input(t-1)) masked by softmax_1(t-1)"
    assert written["lin_comb"] == "(-accum(t-1)) · parts of input(t-1)"
    assert written["threshold"] == "1 where accum(t-1) > 2"
    assert written["outer"] == "input(t-1) ⊗ 3 accum(t-1)"
    assert written["field"] == "outer(t-1) at {a: 1}"
    assert parse_equations(to_equations(m)) == readable(m)


def test_timers_are_formulas():
    m = Machine(timing="synchronous").add("input").add("pulse", period=3).add("countdown").add("since")
    m = m.link("countdown.start", "input.char", 2).link("since.event", "input.char").read("pulse", "countdown", "since")
    assert to_equations(m).splitlines()[3:] == [
        "pulse.pulse(t) = 1 if pulse.ticks(t-1) + 1 >= 3 else 0",
        "pulse.ticks(t) = 0 if pulse.ticks(t-1) + 1 >= 3 else pulse.ticks(t-1) + 1",
        "input(t)       = item(t)",
        "countdown(t)   = 2 input(t) if 2 input(t) > 0 else relu(countdown(t-1) - 1)",
        "since(t)       = 1 if input(t) else since(t-1) + (1 if since(t-1) > 0 else 0)",
    ]


def test_a_superfluid_neuron_is_a_sum_of_what_types_make_of_two_values():
    types = {"accum": 1, "norm": 1, "compare": 1, "dot": {":number": 1, "clip": 9}}
    m = Machine().add("input").add("const_1").add("mix", "superfluid", types=types).read("mix")
    m = m.link("mix.dict-1", "input.char").link("mix.dict-1", "mix.dict", -1).link("mix.dict-2", "input.char", 2)
    m = (
        m.link("mix.norm", "const_1.const_1", 0.5)
        .link("mix.compare.false", "const_1.const_1")
        .link("mix.dot", "mix.dict")
    )
    m = m.link("mix.dot", "const_1.const_1", -1)
    assert to_equations(m).splitlines()[-1] == (
        "mix(t)     = const_1(t-1) * compare.false(x, y) + (mix(t-1) - const_1(t-1)) * dot(x, y) + "
        "0.5 const_1(t-1) * norm(x) where x = input(t-1) - mix(t-1), y = 2 input(t-1)"
        "  [superfluid(types = {accum: 1, compare: 1, dot: 1 + {clip: 9}, norm: 1})]"
    )
    assert parse_equations(to_equations(m)) == readable(m)
    with pytest.raises(
        ValueError, match=r"line 1: 'mix' is a sum like '\.\.\. \* .*\(x, y\) \+ \.\.\. where x = \.\.\., y = "
    ):
        parse_equations("mix(t) = 2 mix(t-1) * sin(x) where x = 0, y = 0  [superfluid]")


def test_what_there_is_before_the_first_tick():
    m = Machine().add("input").add("accum").add("compare").link("compare.dict-1", "accum.dict").read("compare")
    m = m.start("accum.dict", {"a": 2}).start("compare.true", -1).link("accum.dict-2", "compare.true")
    assert to_equations(m).splitlines()[0] == "# Every link takes a tick; before t = 1, all else is 0."
    assert to_equations(m).splitlines()[-2:] == ["accum(0)         = {a: 2}", "compare.true(0)  = -1"]
    with pytest.raises(ValueError, match=r"line 2: there is no equation for 'ghost'"):
        parse_equations("input(t) = item(t)\nghost(0) = 1\noutputs input")


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
