"""Self-referential machines: the reference's wave, when neurons are active, and a second account of random machines."""

import json
from itertools import islice, repeat

import pytest
from benchmarks.wave import wave
from hypothesis import given, settings
from hypothesis import strategies as st

from dmm.interpret.cycle import run, trace
from dmm.machine.check import HaltedError, MachineError, check
from dmm.machine.machine import Machine
from dmm.vvalue.tree import VValue
from governed import governed_machines, states

NOTHING = VValue()


# -- the reference implementation --------------------------------------------------------------------------------------

FIELDS = {"accum": "dict-1", "delta": "dict-2", "single": "dict"}  # of its accumulators, and of ours


def field(neuron: str, label: str) -> str:
    return FIELDS[label] if neuron == "self" else label


def translated(reference: dict) -> VValue:
    """A layer of the reference, (type, neuron, field, ...) with matrices six labels deep, as ours."""
    found = {}
    for (_, neuron, label, *rest), number in VValue(reference).items():
        path = [neuron, field(neuron, label)]
        if rest:  # a matrix, or an update of one
            _, to, into, _, source, output = rest
            path += [to, field(to, into), source, field(source, output)]
        found[tuple(path)] = number
    return VValue.from_paths(found)


@pytest.fixture
def published(reference):
    return json.loads((reference / "clojure" / "algebra_and_wave.json").read_text(encoding="utf-8"))["wave"]


def test_the_wave_runs_through_the_states_of_the_reference(published):
    first = [translated(layer) for layer in published["full-states-0-4"]]
    assert wave().first_outputs == first[0]
    ticks = list(islice(trace(wave(), repeat(NOTHING), number=int), 4))
    assert [tick.outputs for tick in ticks] == first[1:]
    assert [tick.inputs for tick in ticks] == [translated(layer) for layer in published["first-inputs"]]


def test_the_row_of_the_wave_moves_as_in_the_reference(published):
    rows = [tick.outputs["self", "dict", "self", "dict-2"] for tick in islice(trace(wave(), repeat(NOTHING)), 31)]
    assert rows == [VValue(entry["delta-row"]["identity"]) for entry in published["trace"][1:]]


def test_the_wave_does_not_grow_or_drift():
    states = [tick.outputs for tick in islice(trace(wave(), repeat(NOTHING)), 30001)]
    assert states[-1] == states[0]
    assert len(states[-1]) == len(wave().first_outputs)


# -- when neurons are active -------------------------------------------------------------------------------------------


def updating(*updates: tuple[str, float]) -> Machine:
    """A machine that adds these links, "neuron.field neuron.field" each with its weight, at every tick."""
    update = VValue.from_paths({tuple(" ".join(link.split(".")).split()): weight for link, weight in updates})
    machine = Machine().add("self", "accum").add("update", "constant", value=update.to_nested())
    return machine.link("self.dict-2", "update.value")


def answers(machine: Machine, ticks: int) -> list[VValue]:
    return run(machine, [NOTHING] * ticks, number=int)[0]


def test_a_change_is_in_the_matrix_a_tick_after_it_is_emitted_and_carries_a_tick_later():
    machine = (
        updating(("total.a one.const_1", 1)).add("one", "const_1").add("total", "sum").link("total.b", "one.const_1")
    )
    ticks = list(islice(trace(machine.read("total").governed_by("self.dict"), repeat(NOTHING)), 4))
    assert [bool(tick.outputs["update", "value"]) for tick in ticks] == [True] * 4
    weights = [tick.outputs["self", "dict", "total", "a", "one", "const_1"].scalar for tick in ticks]
    assert weights == [0, 1, 2, 3]
    assert [tick.inputs["total", "a"].scalar for tick in ticks] == [0, 0, 1, 2]


def test_a_neuron_without_a_row_is_silent_and_its_last_output_is_heard_once():
    machine = (
        updating(("one.hook one.hook", -1)).add("one", "const_1").add("total", "sum").link("total.a", "one.const_1")
    )
    ticks = list(islice(trace(machine.read("total").governed_by("self.dict"), repeat(NOTHING)), 5))
    # the hook has weight 1, 1, 0 at ticks 1, 2, 3 and -1 from tick 4 on, when there is a row again
    assert [tick.outputs["one", "const_1"].scalar for tick in ticks] == [1, 1, 0, 1, 1]
    assert [tick.outputs["total", "sum"].scalar for tick in ticks] == [0, 1, 1, 0, 1]
    assert "one" not in ticks[2].inputs.children


def test_a_link_makes_a_new_neuron_of_the_type_that_its_name_tells():
    machine = (
        updating(("sum-new.a one.const_1", 1), ("total.a sum-new.sum", 1)).add("one", "const_1").add("total", "sum")
    )
    machine = machine.read("total").governed_by("self.dict")
    # sum-new has a row from tick 3 on: 1, 2, 3 ...; total hears it with weights 2, 3, ... from tick 4
    assert answers(machine, 5) == [NOTHING, NOTHING, NOTHING, VValue({"sum": 2}), VValue({"sum": 6})]


def test_a_row_for_nobody_halts_the_machine_with_its_name():
    machine = updating(("nobody.a update.value", 1)).read("update").governed_by("self.dict")
    with pytest.raises(HaltedError, match=r"tick 3: .* row for 'nobody', which is no neuron .*; add the neuron"):
        answers(machine, 3)
    assert len(answers(machine, 2)) == 2


def test_losing_the_matrix_halts_the_machine():
    machine = Machine().add("self", "sum").add("one", "const_1").link("self.a", "one.const_1").read("self")
    machine = machine.governed_by("self.sum")
    # the matrix of tick 2 is self.sum after tick 1: what one said before, nothing
    with pytest.raises(HaltedError, match=r"tick 2: .* lost its network matrix, self\.sum is zero"):
        answers(machine, 2)


def test_governed_machines_keep_neurons_active_that_have_no_links():
    machine = Machine().add("self", "accum").add("one", "const_1").add("norm").link("norm.dict", "one.const_1")
    assert [str(link) for link in machine.governed_by("self.dict").hard_links()] == [
        "one.hook <- one.hook",
        "self.dict-1 <- self.dict",
    ]
    assert check(machine.read("norm").governed_by("self.dict")) == []


@pytest.mark.parametrize(
    ("machine", "message"),
    [
        (updating().governed_by("nobody.dict"), "there is no neuron 'nobody'"),
        (updating().governed_by("self.matrix"), "type 'accum' has no output 'matrix'"),
        (updating().governed_by("self.dict").with_timing("synchronous"), "take unit delay"),
        (updating().start("self.dict", {"a": 1}).governed_by("self.dict"), "give its first value by links alone"),
        (Machine().add("one", "sum").start("two.sum", 1), "there is no neuron 'two'"),
        (Machine().add("one", "norm").start("one.sum", 1), "neuron 'one' has no output 'sum'"),
    ],
)
def test_what_is_wrong_is_said(machine, message):
    with pytest.raises(MachineError, match=message):
        run(machine.read(next(iter(machine.neurons))), [])


def test_outputs_before_the_first_tick_are_heard_in_it():
    machine = Machine().add("timer").add("norm").link("norm.dict", "timer.timer").start("timer.timer", 10).read("norm")
    assert answers(machine, 3) == [VValue({"norm": n}) for n in (10, 11, 12)]


# -- a second account --------------------------------------------------------------------------------------------------


@settings(max_examples=300)
@given(governed_machines(), st.lists(st.integers(-2, 2).map(VValue), min_size=9, max_size=9))
def test_random_machines_do_what_flat_dictionaries_do(machine, stream):
    expected = list(states(machine, stream, 9))
    found = []
    try:
        found.extend(dict(tick.outputs.items()) for tick in trace(machine, stream, number=int))
    except HaltedError:
        assert len(found) < 9
    assert found == expected


@given(governed_machines())
def test_a_run_can_be_taken_up_where_it_stopped(machine):
    try:
        whole, _ = run(machine, [NOTHING] * 6, number=int)
        first, state = run(machine, [NOTHING] * 2, number=int)
        assert first + run(machine, [NOTHING] * 4, state, number=int)[0] == whole
    except HaltedError:
        pass
