"""From one timing to the other with the same answers: exactly, for interleaved streams, and as quickly as can be."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import CORPUS, STARTED
from dmm.interpret.cycle import run
from dmm.machine.check import MachineError, check
from dmm.machine.machine import Machine, described
from dmm.machine.retime import Retimed, to_synchronous, to_unit_delay
from dmm.neurons.base import neuron_type
from dmm.neurons.superfluid import members
from dmm.vvalue.tree import NUMBER, VValue
from strategies import KINDS, bend, echo, labels, machines, started, streams, synchronous_machines
from synchronous import SYNCHRONOUS_CORPUS

CALM = {name: kind for name, kind in KINDS.items() if name not in {"bend", "less_or_equal", "sigmoid"}}
"""Without the types that emit something for nothing, which may have to be refused."""

INEXACT = {"sigmoid", "softmax", "tanh"}
"""Types that make no fractions of fractions, so that what is added to their numbers in another order is rounded."""


def exact(machine):
    """The machine with fractions for the parameters of its neurons, so that no answer is rounded."""
    neurons = {}
    for name, neuron in machine.neurons.items():
        given = machine.type_of(name).settings(neuron.parameters)
        if neuron.type == "superfluid":
            given["types"] = VValue({x.kind.name: {NUMBER: 1, **x.settings} for x in members(given["types"])})
        fractions = {k: x.map_leaves(Fraction) if isinstance(x, VValue) else Fraction(x) for k, x in given.items()}
        neurons[name] = described(neuron.type, fractions)
    return replace(machine, neurons=neurons)


def answers(machine, stream):
    return run(machine, stream, number=Fraction)[0]


def assert_the_same_answers(retimed, machine, *together):
    """So many streams as there is room for, interleaved, have their answers interleaved, `lag` ticks later."""
    together = [together[i % len(together)] for i in range(retimed.every)]
    items = [item for items in zip(*together, strict=True) for item in items]
    found = answers(retimed.machine, [*items, *[VValue()] * retimed.lag])[retimed.lag :]
    rounding = 1e-12 if INEXACT & {neuron.type for neuron in machine.neurons.values()} else 0
    for i, stream in enumerate(together):
        for answer, right in zip(found[i :: retimed.every], answers(machine, stream), strict=True):
            assert (answer - right).max_norm() <= rounding * max(1, right.max_norm())


def trained(machine):
    return sorted(link.weight for link in machine.links())


# -- to unit delay -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("machine", "stream"), SYNCHRONOUS_CORPUS.values(), ids=SYNCHRONOUS_CORPUS)
def test_corpus_under_unit_delay(machine, stream):
    retimed = to_unit_delay(exact(machine))
    assert retimed.machine.timing == "unit delay"
    assert_the_same_answers(retimed, exact(machine), stream, stream[::-1])


@settings(max_examples=120)
@given(synchronous_machines(kinds=CALM), st.lists(streams(ticks=4), min_size=2, max_size=2))
def test_random_machines_under_unit_delay(machine, together):
    machine = exact(machine)
    assert_the_same_answers(to_unit_delay(machine), machine, *together)


@settings(max_examples=40)
@given(synchronous_machines(), streams(ticks=4))
def test_types_that_emit_for_nothing_are_right_or_refused(machine, stream):
    machine = exact(machine)
    try:
        retimed = to_unit_delay(machine)
    except ValueError as refusal:
        assert re.match(r"neuron (bend|less_or_equal)-\d", str(refusal))  # noqa: PT017  (most are not refused)
    else:
        assert_the_same_answers(retimed, machine, stream)


@settings(max_examples=40)
@given(synchronous_machines(kinds={name: kind for name, kind in CALM.items() if kind.outputs}, names=labels()))
def test_only_relays_and_their_hard_links_are_new(machine):
    """Whatever the names: every neuron and every trained link are there once, and nothing is wrong."""
    retimed = to_unit_delay(machine).machine
    assert check(retimed) == []
    assert trained(retimed) == trained(machine)
    kinds = sorted(neuron.type for neuron in retimed.neurons.values() if neuron.type != "identity")
    assert kinds == sorted(neuron.type for neuron in machine.neurons.values())


def loop(at_once, late):
    """A ring of norms and then delays, into which the stream is fed."""
    machine = Machine(timing="synchronous").add("input")
    ring = [f"norm-{i}" for i in range(at_once)] + [f"delay-{i}" for i in range(late)]
    fields = {"norm": ("dict", "norm"), "delay": ("value", "value")}
    for name in ring:
        machine = machine.add(name)
    for name, source in zip(ring, ring[-1:] + ring[:-1], strict=True):
        machine = machine.link((name, fields[name[:-2]][0]), (source, fields[source[:-2]][1]), 0.5)
    return machine.link(("norm-0", "dict"), ("input", "char")).read(f"norm-{at_once - 1}")


@pytest.mark.parametrize(
    ("at_once", "late", "every"),
    [(1, 1, 2), (1, 2, 2), (2, 1, 3), (2, 2, 2), (3, 2, 3), (4, 1, 5), (4, 4, 2), (5, 3, 3)],
)
def test_the_tightest_loop_sets_the_pace(at_once, late, every):
    """Every link takes a tick, and the late ones are given `every` ticks."""
    machine = loop(at_once, late)
    retimed = to_unit_delay(machine)
    assert (retimed.lag, retimed.every) == (at_once, every)
    assert len(retimed.machine.neurons) == 1 + every * late
    assert_the_same_answers(retimed, machine, [VValue(x) for x in (3, 1, 4, 1)])


def test_the_lag_is_the_longest_path():
    machine = Machine(timing="synchronous").add("input").add("sum")
    source = "input.char"
    for i in range(4):
        machine = machine.link(("sum", f"{i}"), source).add(f"norm-{i}").link((f"norm-{i}", "dict"), source)
        source = (f"norm-{i}", "norm")
    retimed = to_unit_delay(machine.read("sum"))
    assert (retimed.lag, retimed.every) == (4, 1)
    relays = [name for name in retimed.machine.neurons if name.startswith("identity")]
    assert relays == [
        "identity-input-char",
        "identity-input-char-2",
        "identity-input-char-3",
        "identity-norm-0-norm",
        "identity-norm-0-norm-2",
        "identity-norm-1-norm",
    ]


def test_constants_wait_only_where_they_are_remembered():
    """What nobody remembers may come early; an accumulator would remember it."""
    machine = Machine(timing="synchronous").add("input").add("norm").add("const_1").add("compare")
    machine = machine.link("norm.dict", "input.char").link("compare.dict-1", "norm.norm")
    machine = machine.link("compare.dict-2", "const_1.const_1").read("compare")
    items = [VValue(x) for x in (3, 0, 2)]
    assert set(to_unit_delay(machine).machine.neurons) == {"input", "norm", "const_1", "compare"}
    assert_the_same_answers(to_unit_delay(machine), machine, items)
    machine = machine.add("accum").link("accum.dict-2", "compare.false").read("accum")
    assert set(to_unit_delay(machine).machine.neurons) - set(machine.neurons) == {"identity-const_1-const_1"}
    assert_the_same_answers(to_unit_delay(machine), machine, items)


def test_a_late_constant_is_late():
    """In the first step a late input receives nothing, not even of a constant."""
    machine = Machine(timing="synchronous").add("input").add("norm").add("const_1").add("echo", echo).read("echo")
    machine = machine.link("norm.dict", "input.char").link("echo.now", "norm.norm").link("echo.past", "const_1.const_1")
    items = [VValue(x) for x in (3, 0, 2)]
    assert [answer["both"].scalar for answer in answers(machine, items)] == [3, 0.5, 2.5]
    assert_the_same_answers(to_unit_delay(machine), machine, items)


def test_a_clock_keeps_time():
    """It cannot wait, so that its answer is delayed instead."""
    machine = Machine(timing="synchronous").add("input").add("timer").add("norm").add("norm-2")
    machine = machine.link("norm.dict", "input.char").link("norm-2.dict", "norm.norm").read("timer", "norm-2")
    retimed = to_unit_delay(machine)
    assert retimed.machine.readouts == ("timer", "norm-2")
    assert_the_same_answers(retimed, machine, [VValue(x) for x in (3, 1, 2)])


def test_a_clock_that_listens_sets_the_pace():
    """It moves with the stream, so that what it hears of a step before has to arrive until then."""
    machine = Machine(timing="synchronous").add("input").add("norm").add("accum").add("timer").read("timer")
    machine = (
        machine.link("norm.dict", "input.char").link("accum.dict-2", "norm.norm").link("timer.timer", "accum.dict")
    )
    retimed = to_unit_delay(machine)
    assert (retimed.lag, retimed.every) == (0, 3)
    assert_the_same_answers(retimed, machine, [VValue(x) for x in (3, 1, 2)], [VValue(x) for x in (1, 0, 5)])


def test_a_constant_that_is_read_need_not_wait():
    machine = Machine(timing="synchronous").add("input").add("const_1").add("norm").add("accum")
    machine = machine.link("norm.dict", "input.char").link("norm.dict", "const_1.const_1").read("const_1", "norm")
    retimed = to_unit_delay(machine)
    assert set(retimed.machine.neurons) == {"input", "const_1", "norm", "accum"}
    assert_the_same_answers(retimed, machine, [VValue(x) for x in (3, 1, 2)])


def test_what_is_made_of_constants_alone_takes_its_time():
    machine = Machine(timing="synchronous").add("const_1").add("accum").add("norm").add("absolute")
    machine = machine.link("norm.dict", "const_1.const_1", 2).link("absolute.dict", "norm.norm")
    for readouts, lag in ((["norm"], 1), (["absolute"], 2)):
        assert to_unit_delay(machine.read(*readouts)).lag == lag
        assert_the_same_answers(to_unit_delay(machine.read(*readouts)), machine.read(*readouts), [VValue()] * 3)


def test_a_source_that_is_read_is_delayed():
    machine = Machine(timing="synchronous").add("input").add("norm").link("norm.dict", "input.char")
    assert_the_same_answers(
        to_unit_delay(machine.read("input", "norm")), machine.read("input", "norm"), [VValue(3)] * 2
    )


def test_a_readout_of_unknown_outputs_gets_a_twin():
    """A ring that others listen to, read while it turns, together with something later."""
    machine = Machine(timing="synchronous").add("input").add("identity").add("delay").add("norm").add("norm-2")
    machine = machine.link("identity.x", "input.char", 2).link("identity.y", "delay.value", 0.5)
    machine = machine.link("delay.value", "identity.y").link("delay.value", "identity.x", hard=True)
    machine = machine.link("norm.dict", "identity.y").link("norm-2.dict", "norm.norm").read("identity", "norm-2")
    retimed = to_unit_delay(machine)
    assert retimed.machine.neurons["identity-ahead"].type == "identity"
    assert_the_same_answers(retimed, machine, [VValue(x) for x in (3, -1, 2, 5)], [VValue(x) for x in (1, 1, 0, 7)])


def test_sinks_are_read_as_before():
    """A machine that names no readouts names none afterwards, as long as nobody listens to them."""
    machine = Machine(timing="synchronous").add("input").add("output").add("norm").add("output-2")
    machine = machine.link("output.dict-1", "input.char").link("norm.dict", "input.char")
    machine = machine.link("output-2.dict-1", "norm.norm")
    retimed = to_unit_delay(machine)
    assert retimed.machine.outputs == ()
    assert_the_same_answers(retimed, machine, [VValue(x) for x in (3, -1, 2)])
    machine = machine.link("norm.dict", "output.dict-1")
    assert_the_same_answers(to_unit_delay(machine), machine, [VValue(x) for x in (3, -1, 2)])


def test_several_sources():
    machine = Machine(timing="synchronous").add("l", "input").add("r", "input").add("norm").add("sum")
    machine = machine.link("norm.dict", "l.char").link("sum.x", "norm.norm").link("sum.y", "r.char").read("sum")
    items = [VValue({"l": x, "r": y}) for x, y in ((3, 1), (-4, 1), (5, 9))]
    assert_the_same_answers(to_unit_delay(machine), machine, items)
    with pytest.raises(ValueError, match=r"neuron r: .*cannot wait.*; read it through a neuron of type 'identity'"):
        to_unit_delay(machine.read("r", "sum"))


def test_names_that_are_taken():
    machine = Machine(timing="synchronous").add("input").add("norm").add("sum").add("identity-input-char", "norm")
    machine = machine.add("norm-ahead", "norm").link("norm.dict", "input.char").link("sum.x", "norm.norm")
    machine = machine.link("sum.y", "input.char").link("identity-input-char.dict", "sum.sum")
    machine = machine.link("norm-ahead.dict", "norm.norm").read("norm", "norm-ahead", "identity-input-char")
    assert_the_same_answers(to_unit_delay(machine), machine, [VValue(x) for x in (3, -1, 2)])


# -- to synchronous ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("machine", "stream"), CORPUS.values(), ids=CORPUS)
def test_corpus_in_synchronous_timing(machine, stream):
    retimed = to_synchronous(exact(machine))
    assert retimed.machine.timing == "synchronous"
    assert retimed[1:] == (0, 1)
    assert_the_same_answers(retimed, exact(machine), stream)


@settings(max_examples=60)
@given(st.one_of(machines(recurrent=True), started(machines(recurrent=True))), streams(ticks=5))
def test_random_machines_in_synchronous_timing(machine, stream):
    machine = exact(machine)
    assert_the_same_answers(to_synchronous(machine), machine, stream)


@settings(max_examples=40)
@given(machines(recurrent=True, names=labels()))
def test_one_delay_for_each_output(machine):
    retimed = to_synchronous(machine).machine
    assert check(retimed) == []
    assert trained(retimed) == trained(machine)
    delayed = [link[2:4] for link in retimed.hard_links() if link.neuron not in machine.neurons]
    assert len(set(delayed)) == len(delayed) == len(retimed.neurons) - len(machine.neurons)


@settings(max_examples=30)
@given(machines(recurrent=True, kinds=CALM), streams(ticks=4))
def test_there_and_back(machine, stream):
    machine = exact(machine)
    back = to_unit_delay(to_synchronous(machine).machine)
    assert_the_same_answers(back, machine, stream)


# -- what is refused ---------------------------------------------------------------------------------------------------


def test_a_machine_of_the_timing_asked_for_is_itself():
    machine, _ = CORPUS["counter"]
    assert to_unit_delay(machine) == Retimed(machine, lag=0, every=1)
    machine, _ = SYNCHRONOUS_CORPUS["difference"]
    assert to_synchronous(machine) == Retimed(machine, lag=0, every=1)


def test_what_does_not_start_as_zero_stays_in_its_timing():
    machine, _ = STARTED["synchronous"]
    with pytest.raises(ValueError, match=r"accum\.dict\.b starts as -1, but .* has to be zero .*; keep the machine in"):
        to_unit_delay(machine)
    machine, stream = STARTED["unit delay"]
    assert to_unit_delay(machine).machine == machine
    assert to_synchronous(machine).machine.initial == machine.initial
    assert_the_same_answers(to_synchronous(machine), machine, stream)


@pytest.mark.parametrize("retime", [to_synchronous, to_unit_delay])
def test_a_self_referential_machine_is_refused(retime):
    machine = Machine().add("self", "accum").governed_by("self.dict").read("self")
    with pytest.raises(
        ValueError, match=r"retiming is for machines whose links stay, and here self\.dict changes them"
    ):
        retime(machine)


def test_something_for_nothing_is_refused_where_it_is_remembered():
    machine = Machine(timing="synchronous").add("input").add("bend", bend).link("bend.x", "input.char")
    assert_the_same_answers(to_unit_delay(machine.read("bend")), machine.read("bend"), [VValue(3)] * 2)
    machine = machine.add("accum").link("accum.dict-2", "bend.rest").read("accum")
    with pytest.raises(ValueError, match=r"neuron bend: it emits something before it receives anything from input, .*"):
        to_unit_delay(machine)


@pytest.mark.parametrize("retime", [to_synchronous, to_unit_delay])
def test_machines_with_errors_are_refused(retime):
    with pytest.raises(MachineError, match="no neuron is read"):
        retime(Machine().add("norm"))
    with pytest.raises(MachineError, match="circle of links acts at once"):
        retime(Machine(timing="synchronous").add("norm").link("norm.dict", "norm.norm").read("norm"))


def test_a_type_of_the_same_name_as_a_relay_is_refused():
    @neuron_type(inputs=("x",), outputs=("y",))
    def delay(v):
        """y = 2 x"""
        return {"y": v["x"] * 2}

    machine = Machine().add("input").add("delay", delay).link("delay.x", "input.char").read("delay")
    with pytest.raises(ValueError, match="a neuron type 'delay' of its own; call it otherwise"):
        to_synchronous(machine)
