"""Synchronous timing, where links act in the order of the data flow: answers worked out by hand, and an oracle."""

from functools import cache

import pytest
from hypothesis import assume, given, settings

from corpus import CORPUS
from dmm.interpret.cycle import run, trace
from dmm.machine.check import MachineError
from dmm.machine.machine import Machine
from dmm.vvalue.tree import VValue
from strategies import STREAM, machines, streams, synchronous_machines
from synchronous import SYNCHRONOUS_CORPUS

NUMBERS = [VValue(x) for x in (5, 7, 7, 0, 6)]
CHARACTERS = [VValue({c: 1}) for c in "abaab"]
ROUNDING = 1e-12  # of the same sums in another order

every_machine = pytest.mark.parametrize(("machine", "stream"), SYNCHRONOUS_CORPUS.values(), ids=SYNCHRONOUS_CORPUS)


def scalars(name, stream, *path):
    """What a machine of the corpus answers, as numbers, at one place of its answers."""
    return [answer[path].scalar for answer in run(SYNCHRONOUS_CORPUS[name][0], stream)[0]]


# -- worked out by hand ------------------------------------------------------------------------------------------------


def test_a_sum_has_no_lag():
    assert scalars("sum so far", NUMBERS, "accum", "dict") == [5, 12, 19, 19, 25]
    assert scalars("sum so far", NUMBERS, "norm", "norm") == [5, 12, 19, 19, 25]


def test_difference_to_the_value_before():
    assert scalars("difference", NUMBERS, "sum") == [5, 2, 0, -7, 6]


def test_count_of_the_character_at_hand():
    assert scalars("count of the item", CHARACTERS, "dot") == [1, 1, 2, 3, 2]


def test_running_maximum_through_a_loop():
    assert scalars("largest so far", [VValue(x) for x in (2, 1, 5, 3, 8, 8, 0)], "dict") == [2, 2, 5, 5, 8, 8, 8]


def test_delays_in_a_row_take_a_step_each():
    machine = SYNCHRONOUS_CORPUS["difference"][0].add("delay-2").link("delay-2.value", "delay.value").read("delay-2")
    assert [answer["value"].scalar for answer in run(machine, NUMBERS)[0]] == [0, 0, 5, 7, 7]


def test_links_that_do_nothing_close_no_circle():
    assert scalars("circle of nothing", NUMBERS, "norm") == [5, 7, 7, 0, 6]


def test_a_late_input_that_is_no_memory():
    answers = run(SYNCHRONOUS_CORPUS["a late input of the users"][0], [VValue(8), VValue(), VValue()])[0]
    assert [answer["echo-2", "both"].scalar for answer in answers] == [8, 6, 2.5]


def test_under_unit_delay_a_delay_is_a_relay():
    machine = SYNCHRONOUS_CORPUS["difference"][0].with_timing("unit delay")
    assert [answer["sum"].scalar for answer in run(machine, NUMBERS)[0]] == [0, 5, 2, 0, -7]


def test_links_of_constants_act_at_once():
    machine = Machine(timing="synchronous").add("const_1").add("norm").link("norm.dict", "const_1.const_1", 3)
    assert [answer["norm"].scalar for answer in run(machine.read("norm"), [VValue()] * 2)[0]] == [3, 3]


# -- the equations -----------------------------------------------------------------------------------------------------


def outputs_by_recursion(machine, stream):
    """What every neuron emits in every step, from the definition alone: asked backwards, each question once."""

    @cache
    def emitted(name, step):
        if step < 0:
            return VValue()
        return machine.apply(name, stream[step] if machine.type_of(name).source else received(name, step))

    def received(name, step):
        kind, total = machine.type_of(name), VValue()
        for link in machine.all_links():
            known = kind.has_input(link.input) and machine.type_of(link.source).has_output(link.output)
            if link.neuron == name and known:
                late = link.input in kind.late or (kind.memory is not None and link.input == kind.memory.input)
                carried = emitted(link.source, step - 1 if late else step)[link.output]
                total += VValue({link.input: link.weight * carried})
        return total

    return [VValue({name: emitted(name, step) for name in machine.neurons}) for step in range(len(stream))]


def assert_equations_hold(machine, stream):
    wanted = outputs_by_recursion(machine, stream)
    for tick, expected in zip(trace(machine, stream), wanted, strict=True):
        assert (tick.outputs - expected).max_norm() <= ROUNDING * max(1, expected.max_norm())


@every_machine
def test_corpus_satisfies_the_equations(machine, stream):
    assert_equations_hold(machine, stream)


@settings(max_examples=60)
@given(synchronous_machines(), streams(ticks=5))
def test_random_machines_satisfy_the_equations(machine, stream):
    assert_equations_hold(machine, stream)


@settings(max_examples=30)
@given(synchronous_machines(), streams(ticks=6))
def test_in_pieces_as_in_one(machine, stream):
    answers, state = run(machine, stream)
    for cut in range(7):
        first, between = run(machine, stream[:cut])
        second, last = run(machine, stream[cut:], between)
        assert first + second == answers
        assert last == state


@settings(max_examples=30)
@given(synchronous_machines(), streams(ticks=5))
def test_trace_shows_what_was_received(machine, stream):
    for tick in trace(machine, stream):
        for name in machine.neurons:
            assert tick.outputs[name] == machine.apply(name, tick.inputs[name])


@every_machine
def test_the_order_of_neurons_does_not_matter(machine, stream):
    turned = Machine(
        dict(reversed(machine.neurons.items())),
        machine.matrix,
        machine.hard,
        machine.readouts,
        types=machine.types,
        timing=machine.timing,
    )
    assert run(turned, stream)[0] == run(machine, stream)[0]


# -- the other timing --------------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(machines(), streams(ticks=8))
def test_where_nothing_is_late_a_machine_at_rest_gives_the_same(machine, stream):
    """A constant item fills a feedforward machine without memory, tick by tick, with the values of one step."""
    assume(not any(machine.type_of(name).late for name in machine.neurons))
    (*_, settled), _ = run(machine, stream[:1] * 8)
    (at_once,), _ = run(machine.with_timing("synchronous"), stream[:1])
    assert (settled - at_once).max_norm() <= ROUNDING * max(1, at_once.max_norm())


def test_a_circle_is_refused_before_the_first_step():
    with pytest.raises(MachineError, match=r"this circle of links acts at once; lead one of them through .* 'delay'"):
        next(trace(CORPUS["identity rings"][0].with_timing("synchronous"), STREAM))
