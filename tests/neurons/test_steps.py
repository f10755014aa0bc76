"""Types that move in steps: decisions about what comes late, in part or not at all; and that no slope comes through."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dmm import Machine, VValue, compile_machine, flatten, neuron_type, run
from dmm import less_or_equal as decided
from dmm.machine.machine import TIMINGS

STREAM = [VValue(x) for x in (2, 3, 3, 0, 1, -1)]


def both(machine, stream=STREAM):
    """The answers, on which both engines agree."""
    answers = run(machine, stream)
    assert run(machine, stream, engine="compile") == answers
    return answers


@pytest.mark.parametrize("timing", TIMINGS)
def test_a_decision_about_nothing_is_true_from_the_first_tick(timing):
    """As a constant: nobody is linked to it, and what it says can be remembered."""
    machine = Machine(timing=timing).add("input").add("less_or_equal").add("accum").read("less_or_equal", "accum")
    machine = machine.link("accum.dict-2", "less_or_equal.true").link("accum.dict-2", "less_or_equal.false", 100)
    answers = both(machine)
    assert [x["less_or_equal"] for x in answers] == [VValue({"true": 1})] * len(STREAM)
    first = 0 if timing == "unit delay" else 1
    assert [x["accum"] for x in answers] == [VValue({"dict": first + tick}) for tick in range(len(STREAM))]


@pytest.mark.parametrize(("linked", "true"), [("dict-1", [0, 0, 0, 1, 0, 1]), ("dict-2", [1, 1, 1, 1, 1, 0])])
def test_what_is_not_linked_counts_as_zero(linked, true):
    machine = Machine(timing="synchronous").add("input").add("less_or_equal").read("less_or_equal")
    answers = both(machine.link(f"less_or_equal.{linked}", "input.char"))
    assert [x["true"].scalar for x in answers] == true
    assert [x["false"].scalar for x in answers] == [1 - x for x in true]


@pytest.mark.parametrize("timing", TIMINGS)
def test_a_decision_about_trees_is_about_their_scalars(timing):
    """Where no scalar can come, the decision is always the same, and the compiler knows."""
    machine = Machine(timing=timing).add("input").add("less_or_equal").read("less_or_equal")
    machine = machine.link("less_or_equal.dict-1", "input.char")
    stream = [VValue({"a": x}) for x in (2, -3, 1)]
    assert both(machine, stream) == [VValue({"true": 1})] * 3
    program = compile_machine(machine, stream[0].support)
    assert list(program.answers) == [("true",)]


def late_decision():
    """Whether what came last is at most what came the step before, by a type whose second input is late."""

    @neuron_type(inputs=("now", "past"), outputs=("fell",), late=("past",), stepwise=True)
    def falling(v):
        """fell = 1 if now <= past, else 0"""
        return {"fell": decided(v["now"].scalar, v["past"].scalar)}

    machine = Machine(timing="synchronous").add("input").add("falling", falling).read("falling")
    return machine.link("falling.now", "input.char").link("falling.past", "input.char")


def test_before_the_stream_a_late_input_receives_nothing():
    assert [x["fell"].scalar for x in both(late_decision())] == [0, 0, 1, 1, 0, 1]


def test_a_state_is_taken_up():
    """In pieces as in one: before the first tick a decision has emitted zero, not what it says of nothing."""
    machine = late_decision().add("less_or_equal").add("delay").add("round")
    machine = machine.link("less_or_equal.dict-1", "input.char").link("delay.value", "less_or_equal.true", 0.75)
    machine = machine.link("round.dict", "delay.value").read("falling", "delay", "round")
    answers = both(machine)
    assert [x["delay", "value"].scalar for x in answers] == [0, 0, 0, 0, 0.75, 0]
    program = compile_machine(machine, STREAM[0].support)
    for cut in range(len(STREAM) + 1):
        first, state = program.run(STREAM[:cut])
        second, _ = program.run(STREAM[cut:], state)
        assert first + second == answers


def test_a_decision_in_a_loop_counts_to_three_again_and_again():
    """In synchronous timing: the count of the step before, if it is at most 2, and 1."""
    machine = Machine(timing="synchronous").add("input").add("const_1").add("delay").add("less_or_equal")
    machine = machine.add("multiply").add("sum").read("sum").link("delay.value", "sum.sum")
    machine = machine.link("less_or_equal.dict-1", "delay.value").link("less_or_equal.dict-2", "const_1.const_1", 2)
    machine = machine.link("multiply.dict-1", "delay.value").link("multiply.dict-2", "less_or_equal.true")
    machine = machine.link("sum.one", "const_1.const_1").link("sum.rest", "multiply.dict")
    assert [x["sum"].scalar for x in both(machine, [VValue()] * 7)] == [1, 2, 3, 1, 2, 3, 1]


@pytest.mark.parametrize(("kind", "output"), [("arg_max", "dict"), ("round", "dict"), ("less_or_equal", "true")])
def test_no_slope_comes_through(kind, output):
    """The weight before has a derivative of exactly 0, the one behind that of any link."""
    machine = Machine(timing="synchronous").add("input").add(kind).add("sum").read("sum")
    place = "dict-1" if kind == "less_or_equal" else "dict"
    machine = machine.link((kind, place), "input.char", -0.8).link("sum.x", (kind, output), 3.0)
    stream = flatten([VValue({":number": x, "a": -x}) for x in (1.6, 0.0, 0.4)])
    program = compile_machine(machine, stream.support)
    slope = jax.grad(lambda w: jnp.sum(program(w, stream).answers.leaves ** 2))(program.weights)
    before, behind = slope.leaves
    assert before == 0
    assert np.isfinite(behind)
    assert behind > 0
