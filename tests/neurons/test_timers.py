"""Delay lines and timers: a line is so many delays, in both timings and engines; timers count as they say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmm import Machine, VValue, run, to_unit_delay
from dmm.machine.machine import SYNCHRONOUS, TIMINGS
from strategies import generic_trees

ZERO = VValue()
every_timing = pytest.mark.parametrize("timing", TIMINGS)


def numbers(answers, *path):
    return [float(answer[path].scalar) for answer in answers]


def both(machine, stream):
    """The answers, on which both engines agree."""
    answers = run(machine, stream)
    for found, wanted in zip(run(machine, stream, engine="compile"), answers, strict=True):
        assert (found - wanted).max_norm() < 1e-6
    return answers


def in_a_row(count, timing):
    """A delay line beside as many neurons of type `delay`."""
    machine = Machine(timing=timing).add("input").add("delay_line", steps=count).link("delay_line.value", "input.char")
    before = "input.char"
    for number in range(count):
        machine = machine.add(f"delay-{number}").link(f"delay-{number}.value", before)
        before = f"delay-{number}.value"
    return machine.read("delay_line", f"delay-{count - 1}")


@every_timing
@pytest.mark.parametrize("count", [1, 2, 5])
@settings(max_examples=5)
@given(stream=st.lists(generic_trees(), min_size=1, max_size=8))
def test_a_line_is_as_many_delays(stream, count, timing):
    """And both bring what came so many ticks ago."""
    answers = both(in_a_row(count, timing), stream)
    assert [x["delay_line", "value"] for x in answers] == [x[f"delay-{count - 1}", "value"] for x in answers]
    assert [x["delay_line", "value"] for x in answers] == ([ZERO] * count + stream)[: len(stream)]


@pytest.mark.parametrize("steps", [1, 3])
def test_a_line_breaks_a_circle_of_links_at_once(steps):
    """What came, and what was said so many steps ago: a comb."""
    machine = Machine(timing=SYNCHRONOUS).add("input").add("sum").add("delay_line", steps=steps).read("sum")
    machine = (
        machine.link("sum.x", "input.char").link("sum.y", "delay_line.value", 0.5).link("delay_line.value", "sum.sum")
    )
    found = numbers(both(machine, [VValue(1)] + [ZERO] * 6), "sum")
    assert found == [0.5 ** (tick // steps) if tick % steps == 0 else 0 for tick in range(7)]


def test_a_line_is_retimed():
    """The comb under unit delay: the same answers, later, to items that come more slowly."""
    machine = Machine(timing=SYNCHRONOUS).add("input").add("sum").add("norm").add("delay_line", steps=2).read("sum")
    machine = machine.link("norm.dict", "sum.sum").link("sum.x", "input.char").link("sum.y", "delay_line.value", 0.5)
    machine = machine.link("delay_line.value", "norm.norm")
    stream = [VValue(x) for x in (4, 0, 3, 1, 0, 0, 5)]
    retimed = to_unit_delay(machine)
    items = [x for item in stream for x in (item, *[ZERO] * (retimed.every - 1))] + [ZERO] * retimed.lag
    assert run(retimed.machine, items)[retimed.lag :: retimed.every] == run(machine, stream)


@every_timing
@pytest.mark.parametrize("period", [1, 2, 5])
def test_pulses(period, timing):
    machine = Machine(timing=timing).add("input").add("pulse", period=period).read("pulse")
    answers = both(machine, [ZERO] * 12)
    assert numbers(answers, "pulse") == [float(tick % period == 0) for tick in range(1, 13)]
    assert numbers(answers, "ticks") == [tick % period for tick in range(1, 13)]


def test_a_countdown():
    """Started, started anew while it runs, from a fraction, and by nothing."""
    machine = Machine(timing=SYNCHRONOUS).add("input").add("countdown").link("countdown.start", "input.char")
    stream = [VValue(x) for x in (0, 3, 0, 0, 0, 0, 2, 0, 5, 0, -1, 1.5, 0, 0)]
    left = [0, 3, 2, 1, 0, 0, 2, 1, 5, 4, 3, 1.5, 0.5, 0]
    assert numbers(both(machine.read("countdown"), stream), "left") == left


def test_ticks_since_something_came():
    machine = Machine(timing=SYNCHRONOUS).add("input").add("since").link("since.event", "input.char").read("since")
    stream = [ZERO, ZERO, VValue({"a": -1}), ZERO, ZERO, VValue(0.5), VValue({"b": {"c": 1}}), ZERO]
    assert numbers(both(machine, stream), "ticks") == [0, 0, 1, 2, 3, 1, 1, 2]


def test_a_light_that_goes_out():
    """A switch with a timer: lit for three steps after each event."""
    machine = Machine(timing=SYNCHRONOUS).add("input").add("countdown").add("threshold").read("threshold")
    machine = machine.link("countdown.start", "input.char", 3).link("threshold.dict", "countdown.left")
    stream = [VValue(x) for x in (1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0)]
    assert numbers(both(machine, stream), "dict") == [1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0]
