"""Answers to many streams at once: what the interpreter says of each of them, whatever their lengths and the blocks."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dmm.synthesis.answers as answers_file
import dmm.synthesis.questions as questions_file
from corpus import CORPUS, STARTED
from dmm import TASKS, Machine, Task, VValue, compile_machine, neuron_type, run
from dmm.compile.abstract import CompileError
from dmm.machine.machine import SYNCHRONOUS
from dmm.synthesis.answers import BLOCK_TICKS, Panel
from dmm.synthesis.questions import drawn, questions
from dmm.tasks.duplicates import DUPLICATES, teacher
from dmm.tasks.parts import Parts
from dmm.tasks.streams import characters
from dmm.tasks.task import Example
from dmm.vvalue.support import Support
from strategies import generators, machines, streams

A, B, NOTHING = VValue({"a": 1}), VValue({"b": 1}), VValue()


@neuron_type(inputs=("x",), outputs=("x",))
def nest(v):
    """x = a value that holds x and a leaf more, in every round"""
    return {"x": v.join({"x": v["x"] + 1})}


GROWING = Machine().add("input").add("n", nest).link("n.x", "n.x").link("n.x", "input.char").read("n")


def counting(weight=1.0):
    """Counts, read as they stand."""
    return Machine().add("input").add("accum").link("accum.dict-2", "input.char", weight).read("accum")


def exploding():
    """A memory of weight 1e100 beside a plain one."""
    m = counting().add("accum-2").unlink("accum-2.dict-1", "accum-2.dict")
    m = m.link("accum-2.dict-1", "accum-2.dict", 1e100, hard=True).link("accum-2.dict-2", "input.char")
    return m.read("accum", "accum-2")


def interpreted_errors(machine, other, stream):
    """The largest absolute difference at every tick, in the interpreter."""
    return [float((x - y).max_norm()) for x, y in zip(run(machine, stream), run(other, stream), strict=True)]


def assert_as_interpreted(machine, other, panel):
    errors = panel.errors(machine, panel.answers(other))
    for number, stream in enumerate(panel.streams):
        found = errors.absolute[panel.starts[number] :][: len(stream)]
        np.testing.assert_allclose(found, interpreted_errors(machine, other, stream), rtol=1e-9, atol=1e-9)
        assert errors.by_stream()[number] == found.max()


# -- agreement with the interpreter ------------------------------------------------------------------------------------


@settings(max_examples=10)
@given(st.data(), machines(), generators())
def test_errors_are_those_of_the_interpreter(data, machine, chooser):
    panel = Panel([data.draw(streams(ticks)) for ticks in (3, 1, 7, BLOCK_TICKS + 5, 2)])
    weights = {path: x * chooser.choice((1, 1.5)) for path, x in machine.matrix.items()}
    assert_as_interpreted(machine.with_matrix(VValue.from_paths(weights)), machine, panel)


VARIABLES = TASKS["variables"]
MACHINES = {**CORPUS, **STARTED, "self-referential": (VARIABLES.teacher, VARIABLES.examples[0].inputs)}


@pytest.mark.parametrize(("machine", "stream"), MACHINES.values(), ids=MACHINES)
def test_answers_are_those_of_the_interpreter(machine, stream):
    panel = Panel([stream, stream[:2], stream * 12])
    nobody = Machine().add("input").add("norm").read("norm")  # answers nothing: the errors are the answers
    errors = panel.errors(machine, Panel(panel.streams).answers(nobody))
    sizes = [float(x.max_norm()) for each in panel.streams for x in run(machine, each)]
    np.testing.assert_allclose(errors.absolute, sizes, rtol=1e-9, atol=1e-9)


def test_state_is_carried_from_block_to_block():
    ticks = 3 * BLOCK_TICKS + 7
    found = Panel([[A, *[NOTHING] * 5], [A] * ticks]).answers(counting())
    assert list(found.support) == [("dict", "a")]
    assert found.leaves[:, 0].tolist() == [0, 1, 1, 1, 1, 1, *range(ticks)]


def test_state_is_carried_in_synchronous_timing_too():
    found = Panel([[A] * (BLOCK_TICKS + 3), [A]]).answers(counting().with_timing(SYNCHRONOUS))
    assert found.leaves[:, 0].tolist() == [*range(1, BLOCK_TICKS + 4), 1]


@pytest.mark.parametrize(("numbers", "ahead"), [(1, 4), (2000, 0), (10**9, 100)])
def test_the_size_of_blocks_changes_no_answer(monkeypatch, numbers, ahead):
    panel = Panel(DUPLICATES.streams(5, 30, 90) + DUPLICATES.streams(6, 30, 4))
    before = panel.answers(teacher())
    monkeypatch.setattr(answers_file, "BLOCK_NUMBERS", numbers)
    monkeypatch.setattr(answers_file, "AHEAD", ahead)
    assert np.array_equal(panel.answers(teacher()).leaves, before.leaves)
    assert before.leaves.any()


def test_a_panel_in_the_layout_of_another_answers_alike():
    layout = Panel([characters("abc.", ticks=20)]).layout
    panel = Panel([characters("a.a", ticks=40)], layout)
    assert panel.layout == layout
    assert_as_interpreted(teacher(clip=1), teacher(), panel)


def test_another_weight_costs_no_compilation_and_another_machine_does():
    panel = Panel([[A, B] * 3])
    expected = panel.answers(counting())
    before = answers_file._compiled.cache_info().misses
    assert panel.errors(counting(1.5), expected).largest == 1.5  # a count of 3, times the half that is too much
    assert answers_file._compiled.cache_info().misses == before
    assert panel.errors(exploding().read("accum"), expected).largest == 0
    assert answers_file._compiled.cache_info().misses == before + 1


def test_types_of_one_name_are_told_apart():
    @neuron_type(inputs=("x",), outputs=("x",))
    def same(v):
        """x = x"""
        return {"x": v["x"]}

    @neuron_type(inputs=("x",), outputs=("x",))
    def double(v):
        """x = 2 x"""
        return {"x": v["x"] + v["x"]}

    one, two = (
        Machine().add("input").add("n", replace(kind, name="mine")).link("n.x", "input.char").read("n")
        for kind in (same, double)
    )
    panel = Panel([[A, A]])
    assert panel.errors(two, panel.answers(one)).largest == 1


def test_other_code_keeps_its_float32():
    program = compile_machine(counting(), Support([("a",)]))
    before = program.run([A, A])[0]
    assert Panel([[A, B] * 9]).answers(counting()).leaves.dtype == np.float64
    assert not jax.config.jax_enable_x64
    assert jnp.ones(3).dtype == program.weights.leaves.dtype == np.float32
    assert program.run([A, A])[0] == before


def test_sums_are_those_of_float64():
    found = Panel([[VValue({"a": 1e-9}), A, NOTHING]]).answers(counting())
    assert found.leaves[-1, 0] == 1 + 1e-9


# -- errors ------------------------------------------------------------------------------------------------------------


def test_errors_tell_how_far_and_from_which_tick_on():
    panel = Panel([[A] * 5, [B], [NOTHING, A, A]])
    errors = panel.errors(counting(1.5), panel.answers(counting()))
    assert errors.by_stream().tolist() == [2, 0, 0.5]
    assert errors.largest == 2
    assert errors.relative.tolist() == [0, 0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0.5]
    assert errors.first(0.1).tolist() == [1, -1, 2]
    assert errors.first(0.5).tolist() == [-1, -1, -1]


def test_paths_that_one_side_lacks_are_zero_there():
    panel = Panel([[A, B, NOTHING]])
    both = Machine().add("input").add("accum").add("norm").link("accum.dict-2", "input.char")
    both = both.link("norm.dict", "accum.dict")
    for one, other in (("accum", "norm"), ("norm", "accum")):
        errors = panel.errors(both.read(one), panel.answers(both.read(other)))
        assert errors.absolute.tolist() == [0, 1, 1]


def test_what_is_not_finite_is_never_equal():
    panel = Panel([[A] * 9, [A] * 3])
    expected = panel.answers(exploding())
    assert not np.isfinite(expected.leaves).all()
    assert panel.answers(exploding().unlink("accum-2.dict-2", "input.char")).leaves.max() == 8
    for machine in (exploding(), exploding().unlink("accum-2.dict-2", "input.char")):
        errors = panel.errors(machine, expected)
        assert errors.by_stream().tolist() == [np.inf, 0 if machine == exploding() else 1e100]
        assert errors.relative.max() == np.inf
        assert errors.first(1e300)[0] == 5
        assert not np.isnan(errors.absolute).any()
    again = panel.interpreted_errors(exploding(), expected)
    assert again.first(1e300).tolist() == [5, -1]


def test_given_answers_are_scored_where_there_are_some():
    panel = Panel([[A, A, A], [A]])
    expected = panel.given([[None, VValue({"dict": {"a": 3}}), None], [NOTHING]])
    assert panel.errors(counting(), expected).absolute.tolist() == [0, 2, 0, 0]
    later = panel.later(expected, 1)
    assert later.scored.tolist() == [False, False, True, False]
    assert panel.errors(counting(), later).absolute.tolist() == [0, 0, 1, 0]


def test_as_many_answers_as_items_are_given():
    with pytest.raises(ValueError, match="streams of other lengths"):
        Panel([[A, A]]).given([[NOTHING]])


@pytest.mark.parametrize("nothing", [[], [[]], [[A], []]])
def test_a_panel_needs_items(nothing):
    with pytest.raises(ValueError, match="at least one item"):
        Panel(nothing)


# -- machines that grow ------------------------------------------------------------------------------------------------


def test_a_machine_that_cannot_be_compiled_is_interpreted_as_far_as_it_goes(monkeypatch):
    monkeypatch.setattr(answers_file, "INTERPRETED_LEAVES", 20)
    panel = Panel([[A] * 40, [A] * 3])
    with pytest.raises(CompileError):
        panel.answers(GROWING)
    expected = panel.given([[*run(GROWING, [A] * 11), *[NOTHING] * 29], run(GROWING, [A] * 3)])
    errors = panel.errors(GROWING, expected)
    assert not errors.compiled
    assert errors.asked[1] == 3
    assert errors.asked[0] == 12  # one more than it could do
    assert errors.by_stream().tolist() == [np.inf, 0]
    assert errors.first(1e-9).tolist() == [11, -1]


# -- what a task expects -----------------------------------------------------------------------------------------------


def totals(stream):
    """The sum of all scalars so far; refuses symbols."""
    if any(v.labels for v in stream):
        raise RuntimeError("numbers only")
    return [sum(v.scalar for v in stream[: i + 1]) for i in range(len(stream))]


ONE, TWO = VValue(1), VValue(2)
TOTAL = Task("total", "the sum", (Example((ONE, TWO), None),), Parts(outputs=("dict",)), totals)


def test_a_function_is_asked_stream_by_stream():
    asked = questions(TOTAL, [(ONE, TWO), (TWO,)], [Example((ONE,), (VValue({"dict": 9}),)), Example((ONE,), None)])
    assert asked.panel.streams == ((ONE, TWO), (TWO,), (ONE,))
    assert asked.expected.leaves.tolist() == [[1], [3], [2], [9]]
    assert asked.errors(counting()).absolute.tolist() == [1, 2, 2, 9]


def test_a_lag_is_waited_for():
    late = replace(TOTAL, parts=Parts(outputs=("dict",), lag=1))
    for task in (late, replace(late, teacher=counting())):
        asked = questions(task, [(ONE, TWO), (TWO,)], [Example((ONE,), (VValue({"dict": 1}),))])
        assert asked.panel.streams == ((ONE, TWO, NOTHING), (TWO, NOTHING), (ONE, NOTHING))
        assert asked.expected.scored.tolist() == [False, True, True, False, True, False, True]
    assert questions(late, [(ONE, TWO)]).errors(counting()).largest == 0
    assert asked.expected.leaves[asked.expected.scored, 0].tolist() == [0, 1, 0, 1]


def test_a_stream_that_a_function_refuses_is_left_out_only_by_the_forgiving():
    with pytest.raises(RuntimeError, match="numbers only"):
        questions(TOTAL, [(A,), (ONE,)])
    assert questions(TOTAL, [(A,), (ONE,)], forgiving=True).panel.streams == ((ONE,),)
    assert questions(TOTAL, [(A,)], forgiving=True) is None


def test_a_function_is_asked_no_longer_than_said():
    assert len(questions(TOTAL, [(ONE,)] * 50, seconds=-1).panel.streams) == 1
    assert len(questions(TOTAL, [(ONE,)] * 50).panel.streams) == 50


def test_fewer_streams_are_asked_where_the_answers_would_fill_the_memory(monkeypatch):
    monkeypatch.setattr(questions_file, "MOST_NUMBERS", 100)
    asked = questions(DUPLICATES, DUPLICATES.streams(1, 50, 10), DUPLICATES.held_out)
    assert asked.taught == 5  # of 10 ticks and 2 paths
    assert len(asked.panel.streams) == 5 + len(DUPLICATES.held_out)
    assert asked.errors(teacher()).largest == 0


def test_a_machine_that_is_asked_too_long_is_judged_by_what_it_said():
    panel = Panel([[A] * 40, [A] * 3])
    expected = panel.given([run(GROWING, [A]) + [None] * 39, [None] * 3])
    errors = panel.interpreted_errors(GROWING, expected, seconds=-1)
    assert errors.asked.tolist() == [1, 0]
    assert errors.largest == 0


def test_a_teacher_that_grows_is_asked_as_far_as_it_goes(monkeypatch):
    monkeypatch.setattr(answers_file, "INTERPRETED_LEAVES", 20)
    asked = questions(Task("nest", "", (), teacher=GROWING), [(A,) * 3, (A,) * 40])
    assert asked.panel.lengths.tolist() == [3, 11]
    assert asked.errors(GROWING).largest == 0


def test_streams_are_drawn_by_the_task_or_of_the_items_of_its_examples():
    assert drawn(DUPLICATES, 3, 4, 5) == DUPLICATES.streams(3, 4, 5)
    own = drawn(TOTAL, 3, 40, 6)
    assert own == drawn(TOTAL, 3, 40, 6) != drawn(TOTAL, 4, 40, 6)
    assert {item for stream in own for item in stream} == {ONE, TWO}
    assert {len(stream) for stream in own} == {6}
