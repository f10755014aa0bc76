"""Verification: right machines are exact, wrong ones are refused with a short stream that shows it."""

import math
from dataclasses import replace

import pytest

import dmm.synthesis.verify as verify_file
from comparing import differences, max_error
from dmm import Machine, Task, VValue, load_machine, neuron_type, run
from dmm.machine.machine import SYNCHRONOUS
from dmm.synthesis.answers import Panel
from dmm.synthesis.verify import CONFIRMED_STREAMS, Judge, Verdict, verify
from dmm.tasks.duplicates import DUPLICATES, teacher
from dmm.tasks.parts import Parts
from dmm.tasks.streams import PUBLISHED_TEXT, characters
from dmm.tasks.task import Example

A, NOTHING = VValue({"a": 1}), VValue()


@pytest.fixture(scope="module")
def judge():
    return Judge(DUPLICATES, streams=600, longest=300)


def capped(count):
    """Right until one character has come more than `count` times."""
    cap = teacher().add("const_1-cap", "constant", value=count).add("compare-cap")
    cap = cap.link("compare-cap.dict-1", "norm.norm").link("compare-cap.dict-2", "const_1-cap.value")
    return cap.link("output.dict-1", "compare-cap.true", -1)


def rewritten():
    """The teacher in other words: scales moved about, and another clip."""
    m = teacher().with_matrix(VValue()).add("sum").add("dot-2", "dot", clip=2.0)
    for to, source, weight in (
        ("accum.dict-2", "input.char", 2.0), ("norm.dict", "accum.dict", -0.25), ("compare.dict-1", "norm.norm", 6.0),
        ("compare.dict-2", "const_1.const_1", 3.0), ("dot-2.dict-1", "accum.dict", 0.125),
        ("dot-2.dict-2", "eos.char", 2.0), ("output.dict-1", "compare.true", 1 / 3),
        ("output.dict-2", "dot-2.dot", 2.0),
    ):  # fmt: skip
        m = m.link(to, source, weight)
    return m


WRONG = {
    "a weight of 1.001": (teacher().link("output.dict-1", "compare.true", 0.001), 7),
    "no clip": (teacher(clip=100), 12),
    "a link missing": (teacher().unlink("output.dict-2", "dot.dot"), 4),
    "right for counts up to 3": (capped(3), 12),
    "always zero": (teacher().with_matrix(VValue()), 4),
    "a little of something else": (teacher().link("output.dict-2", "norm.norm", 1e-7), 4),
}


@pytest.mark.parametrize(("machine", "most"), WRONG.values(), ids=WRONG)
def test_a_wrong_machine_is_refused_with_a_short_stream_that_shows_it(judge, machine, most):
    verdict = judge.verdict(machine)
    assert not verdict.exact
    assert verdict.confirmed == CONFIRMED_STREAMS + 1
    assert len(verdict.failing) <= most
    errors = [float(x.max_norm()) for x in differences(machine, teacher(), verdict.failing)]
    assert 1e-9 < errors[-1] <= verdict.max_error
    assert max(errors[:-1]) < 1e-9


@pytest.mark.parametrize("machine", [teacher(), rewritten()], ids=["the teacher", "in other words"])
def test_a_right_machine_is_exact(judge, machine):
    verdict = judge.verdict(machine)
    assert verdict.exact
    assert verdict.max_error < 1e-12
    assert verdict.failing is None
    assert verdict.streams == 602
    assert verdict.confirmed == CONFIRMED_STREAMS
    assert verdict.engine == "compile"


def test_the_published_circuit_of_19_links_is_refused(judge, reference):
    verdict = judge.verdict(load_machine(reference / "dmm_lite" / "cf-s2-19.json"))
    assert not verdict.exact
    assert verdict.max_error > 1


def test_what_goes_wrong_late_is_found_on_long_streams():
    machine = capped(60)
    assert verify(machine, DUPLICATES, streams=300, longest=60).exact
    verdict = verify(machine, DUPLICATES, streams=300, longest=400)
    assert not verdict.exact
    assert len(verdict.failing) > 60
    assert max_error(machine, teacher(), verdict.failing) == 1


def test_the_published_text_is_among_the_streams(judge):
    wrong = teacher().add("t", "constant", value={"t": 1}).add("dot-t", "dot")  # counts them, too
    wrong = wrong.link("dot-t.dict-1", "accum.dict").link("dot-t.dict-2", "t.value").link("output.dict-1", "dot-t.dot")
    verdict = judge.verdict(wrong)
    assert verdict.failing == tuple(characters(PUBLISHED_TEXT, every=10, ticks=4))
    assert [len(example.inputs) for example in DUPLICATES.held_out] == [140, 16]
    assert verdict.max_error == 3  # all the t of that text


# -- streams -----------------------------------------------------------------------------------------------------------


def test_lengths_are_spread_over_all_sizes():
    lengths = [len(stream) for stream in Judge(DUPLICATES, streams=2000)._random_streams()]
    assert len(lengths) == 2000
    assert lengths.count(1000) >= 20
    assert min(lengths) == 1
    assert max(lengths) == 1000
    for size in (10, 100):  # 1 to 10, 10 to 100, 100 to 1000: a third each
        assert abs(sum(length <= size for length in lengths) / 2000 - math.log(size + 1, 1001)) < 0.04
    assert lengths != sorted(lengths)


def test_the_seed_alone_chooses_the_streams():
    one, again, other = (Judge(DUPLICATES, streams=40, longest=30, seed=seed)._random_streams() for seed in (1, 1, 2))
    assert one == again != other
    machine = capped(2)
    assert verify(machine, DUPLICATES, streams=40, longest=30) == verify(machine, DUPLICATES, streams=40, longest=30)


@pytest.mark.parametrize("given", [{"streams": 0}, {"longest": 0}, {"streams": 1.5}, {"longest": True}], ids=str)
def test_counts_that_make_no_sense_are_refused(given):
    (name,) = given
    with pytest.raises(ValueError, match=f"{name} is .*; give a whole number"):
        verify(teacher(), DUPLICATES, **given)


# -- trust -------------------------------------------------------------------------------------------------------------


def test_what_only_the_compiler_finds_right_is_not_exact(monkeypatch):
    judge = Judge(DUPLICATES, streams=50, longest=40)
    assert judge.verdict(teacher()).exact
    right = judge._questions.errors(teacher())
    monkeypatch.setattr(Panel, "errors", lambda *_: right)  # a compiler that takes every machine for the teacher
    verdict = judge.verdict(capped(3))
    assert not verdict.exact
    assert verdict.failing is None
    assert verdict.confirmed < CONFIRMED_STREAMS
    assert judge.verdict(teacher()).exact


def test_the_interpreter_asks_the_teacher_itself(monkeypatch):
    judge = Judge(replace(DUPLICATES, held_out=()), streams=50, longest=40)
    wrong, honest = capped(1), Panel.answers
    monkeypatch.setattr(Panel, "answers", lambda panel, _: honest(panel, wrong))  # a compiler that errs as `wrong` does
    assert judge._questions.errors(wrong).largest == 0
    assert not judge.verdict(wrong).exact


def test_rounding_is_forgiven_and_no_more(judge):
    for factor, exact in ((1e-10, True), (1e-8, False)):
        assert judge.verdict(teacher().link("output.dict-1", "compare.true", factor)).exact is exact


def test_what_is_not_finite_is_infinitely_wrong(judge):
    wild = teacher().add("accum-w").unlink("accum-w.dict-1", "accum-w.dict").add("norm-w").add("dot-w", clip=1e-9)
    wild = wild.link("accum-w.dict-1", "accum-w.dict", 1e200, hard=True).link("accum-w.dict-2", "input.char")
    wild = wild.link("norm-w.dict", "accum-w.dict").link("output.dict-1", "norm-w.norm")
    assert judge.verdict(wild).max_error == math.inf
    itself = replace(DUPLICATES, teacher=wild, held_out=())
    verdict = verify(wild, itself, streams=30, longest=30)
    assert verdict.max_error == math.inf
    assert not verdict.exact


# -- other tasks -------------------------------------------------------------------------------------------------------

ONE, TWO = VValue(1), VValue(2)


def adder(weight=1.0):
    """The sum of all numbers so far, a tick late."""
    return Machine().add("input").add("accum").link("accum.dict-2", "input.char", weight).read("accum")


def totals(stream):
    return [sum(v.scalar for v in stream[: i + 1]) for i in range(len(stream))]


def numbers(seed, count, ticks):
    return [tuple(VValue((seed + i + t) % 7 - 3) for t in range(ticks)) for i in range(count)]


TOTAL = Task("total", "the sum so far", (), Parts(outputs=("dict",), lag=1), totals, numbers)


def test_a_teacher_may_be_a_function():
    judge = Judge(TOTAL, streams=100, longest=200)
    right, wrong = judge.verdict(adder()), judge.verdict(adder(1.5))
    assert right.exact
    assert right.streams == 100
    assert right.confirmed == CONFIRMED_STREAMS
    assert not wrong.exact
    assert wrong.confirmed == CONFIRMED_STREAMS + 1
    assert len(wrong.failing) == 2
    assert wrong.failing[0].scalar
    answer = run(adder(1.5), wrong.failing)[-1]["dict"].scalar
    assert answer == 1.5 * totals(wrong.failing)[0] != totals(wrong.failing)[0]


def test_a_machine_may_be_synchronous():
    at_once = replace(TOTAL, parts=Parts(outputs=("dict",), timing=SYNCHRONOUS))
    judge = Judge(at_once, streams=100, longest=200)
    assert judge.verdict(adder().with_timing(SYNCHRONOUS)).exact
    late = judge.verdict(adder())
    assert not late.exact
    assert len(late.failing) == 1
    assert late.confirmed == CONFIRMED_STREAMS + 1


def test_a_slow_function_is_asked_about_fewer_streams(monkeypatch):
    monkeypatch.setattr(verify_file, "TEACHER_SECONDS", -1)
    verdict = verify(adder(), TOTAL, streams=100, longest=20)
    assert verdict.exact
    assert (verdict.streams, verdict.ticks) == (1, 21)


def examples_only(**given):
    return Task("sums", "", parts=Parts(outputs=("dict",)), **given)


FITTING = Example((ONE, TWO, TWO), (None, VValue({"dict": 1}), VValue({"dict": 3})))
LEFT_OUT = Example((ONE, TWO), (VValue({"dict": 99}), None))


def test_without_a_teacher_the_held_out_examples_judge():
    task = examples_only(examples=(FITTING,), held_out=(FITTING, Example((TWO,), None)))
    verdict = verify(adder(), task)
    assert verdict.exact
    assert (verdict.streams, verdict.ticks) == (1, 3)  # what was trained on does not count
    wrong = verify(adder(3.0), task)
    assert (wrong.exact, wrong.max_error, wrong.failing) == (False, 6, (ONE, TWO))


def test_without_a_teacher_an_example_that_was_trained_on_and_missed_refuses():
    verdict = verify(adder(), examples_only(examples=(LEFT_OUT,), held_out=(FITTING,)))
    assert (verdict.exact, verdict.streams, verdict.failing) == (False, 1, (ONE,))


def test_without_anything_held_out_nothing_is_exact():
    verdict = verify(adder(), examples_only(examples=(FITTING,)))
    assert verdict == Verdict(0.0, exact=False, streams=0, ticks=0, failing=None, confirmed=1, engine="compile")
    wrong = verify(adder(), examples_only(examples=(FITTING, LEFT_OUT)))
    assert (wrong.streams, wrong.max_error, wrong.failing) == (0, 99, (ONE,))


def test_a_task_with_nothing_to_judge_by_is_refused():
    with pytest.raises(ValueError, match="task 'sums' has no teacher and no targets to judge by"):
        verify(adder(), examples_only(examples=(Example((ONE,), None),)))


@neuron_type(inputs=("x",), outputs=("x",))
def nest(v):
    """x = a value that holds x: its trees grow in every round"""
    return {"x": v.join({"x": v["x"]})}


def test_a_machine_that_cannot_be_compiled_is_judged_by_the_interpreter():
    growing = adder().add("n", nest).link("n.x", "n.x").link("n.x", "input.char")
    task = replace(TOTAL, teacher=adder(), parts=Parts(outputs=("dict",)))
    verdict = verify(growing.read("n"), task, streams=40, longest=12)
    assert verdict.engine == "interpret"
    assert not verdict.exact
    same = verify(growing.link("accum.dict-2", "n.missing"), task, streams=40, longest=12)
    assert same.engine == "interpret"
    assert same.exact
    assert 0 < same.streams <= 40
