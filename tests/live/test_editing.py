"""What edits do and when, and what is refused: worked out by hand, and by arithmetic on plain numbers."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dmm.live.commands import AddNeuron, AddWeight, RemoveLink, SendItem, SetWeight
from dmm.live.editing import differences
from dmm.live.machine import LiveMachine
from dmm.machine.check import MachineError
from dmm.machine.machine import Machine, Neuron
from dmm.vvalue.tree import VValue

ONE = ("total", "a", "one", "const_1")
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def summing(**options):
    """A machine that emits 1 times a weight, and its sum of all items."""
    machine = Machine().add("one", "const_1").add("total", "sum").add("input").add("accum")
    machine = machine.link("total.a", "one.const_1").link("accum.dict-2", "input.char").read("total")
    return LiveMachine(machine, **options)


def totals(live, ticks):
    """What `total` emits in the next ticks."""
    found = []
    for _ in range(ticks):
        assert live.step()
        found.append(live.outputs["total", "sum"].scalar)
    return found


# -- latency -----------------------------------------------------------------------------------------------------------


def test_an_edit_is_emitted_at_the_next_tick_is_in_the_matrix_a_tick_later_and_carries_a_tick_later():
    live = summing()
    assert totals(live, 3) == [0, 1, 1]
    reply = live.do(SetWeight("total.a", "one.const_1", 5))
    assert reply.message == "total.a <- one.const_1: 1 becomes 5, in the matrix after tick 5"
    weights = [(live.matrix[ONE].scalar, *totals(live, 1)) for _ in range(3)]
    assert weights == [(1, 1), (1, 1), (5, 5)]
    assert [record.outputs["update", "char"] for record in live.history] == [
        *[VValue()] * 3, VValue.from_paths({ONE: 4}), *[VValue()] * 2,
    ]  # fmt: skip


def test_edits_go_one_a_tick_in_the_order_in_which_they_came():
    live = summing()
    for k in (2, 3, 4):
        live.do(SetWeight("total.a", "one.const_1", k))
    assert totals(live, 6) == [0, 1, 2, 3, 4, 4]


def test_items_go_one_a_tick_in_the_order_in_which_they_came():
    live = summing()
    for k in (5, 7):
        assert live.send("input", k).message == f"input receives it at tick {1 if k == 5 else 2}"
    live.step(4)
    assert [record.outputs["input", "char"].scalar for record in live.history] == [5, 7, 0, 0]


# -- exactness ---------------------------------------------------------------------------------------------------------


@given(FINITE, FINITE)
@example(1e17, 1.5)
@example(1.7e308, -1.7e308)
@example(5e-324, 1.0)
def test_differences_lead_exactly_to_the_weight(before, weight):
    changes = differences(before, weight)
    for change in changes:
        assert math.isfinite(change)
        before = before + change
    assert before == weight
    assert len(changes) <= 2


@given(st.lists(st.tuples(st.sampled_from(["set", "add"]), FINITE.filter(lambda x: abs(x) < 1e300)), max_size=6))
def test_setting_is_exact_whatever_is_in_flight(edits):
    live, wanted = summing(), 1.0
    for verb, number in edits:
        assert live.ask(f"{verb} total.a <- one.const_1 {number!r}")
        wanted = number if verb == "set" else wanted + number
    live.step(2 * len(edits) + 2)
    assert live.matrix[ONE].scalar == wanted


def test_setting_twice_is_setting_once():
    live = summing()
    assert live.ask("set total.a <- one.const_1 0.3")
    before = live.snapshot()
    assert live.ask("set total.a <- one.const_1 0.3").message == "total.a <- one.const_1 is 0.3 already"
    assert live.snapshot() == before


# -- links and neurons -------------------------------------------------------------------------------------------------


def test_a_neuron_without_links_falls_silent_and_a_link_wakes_it():
    live = summing()
    live.step(3)
    assert live.do(RemoveLink("one.hook", "one.hook"))
    assert totals(live, 5) == [1, 1, 1, 0, 0]
    assert "not active" in live.ask("show one").message
    assert live.ask("set one.hook <- one.hook 1")
    assert totals(live, 5) == [0, 0, 0, 1, 1]


def test_a_new_neuron_is_active_with_its_memory():
    live = summing()
    live.step()
    assert live.do(AddNeuron("count", "accum")).message == "count is in the matrix after tick 3"
    assert live.ask("set count.dict-2 <- one.const_1 2")
    live.step(7)
    # the link arrives after tick 4, so 2 is added at ticks 5, 6, 7, 8
    assert live.outputs["count", "dict"].scalar == 8


def test_a_new_source_has_an_inbox():
    live = summing()
    assert not live.send("other", 1)
    assert live.ask("neuron other : input")
    assert "once the matrix has a row" in live.send("other", 3).message
    live.step(2)
    assert live.outputs["other", "char"].scalar == 0
    live.step()
    assert live.outputs["other", "char"].scalar == 3


def test_parameters_of_a_new_neuron():
    live = summing()
    assert live.do(AddNeuron("dot", Neuron("dot", {"clip": 100})))
    assert live.ask("neuron constant : constant(value = {a: 2})")
    live.step(4)
    assert live.outputs["constant", "value"] == VValue({"a": 2})
    assert live.machine.neurons["dot"] == Neuron("dot", {"clip": 100})


def test_buffers_prepare_a_change():
    live = summing()
    for line, said in (
        ("buffer a set total.a <- one.const_1 0.5", "buffer a: total.a <- one.const_1 0.5"),
        ("buffer a set total.b <- one.const_1 2", "buffer a: total.a <- one.const_1 0.5, total.b <- one.const_1 2"),
        ("buffer a set total.a <- one.const_1 3", "buffer a: total.a <- one.const_1 3, total.b <- one.const_1 2"),
        ("buffer b set total.b <- one.const_1 -1", "buffer b: total.b <- one.const_1 -1"),
        ("buffer b scale 2", "buffer b: total.b <- one.const_1 -2"),
        ("buffer c sum a b", "buffer c: total.a <- one.const_1 3"),
        ("buffer a zero", "buffer a: zero"),
        ("buffer a send", "buffer a is zero, so nothing changes"),
        ("buffer c send", "1 link changes, in the matrix after tick 2"),
    ):
        assert live.ask(line) == (True, said)
    assert totals(live, 3) == [0, 1, 4]
    assert live.ask("buffer c send")
    assert totals(live, 3) == [4, 4, 7]


# -- refusals ----------------------------------------------------------------------------------------------------------

REFUSED = {
    "set totl.a <- one.const_1 1": "there is no neuron 'totl'; add it first",
    "set total.a <- on.const_1 1": "there is no neuron 'on'; add it first",
    "set sum-2.a <- one.const_1 1": "there is no neuron 'sum-2'; add it first",
    "set accum.dict-3 <- one.const_1 1": "neuron 'accum' has no input 'dict-3'; it has dict-1, dict-2",
    "set total.a <- one.dict 1": "neuron 'one' has no output 'dict'; it has const_1",
    "set input.char <- one.const_1 1": "neuron 'input' has no input 'char'; it has none",
    "set total.hook <- one.hook 1": "neuron 'one' has no output 'hook'; it has const_1",
    "set self.dict-2 <- update.char 0": "edits need this link",
    "add self.dict-1 <- self.dict -1": "edits need this link",
    "remove update.hook <- update.hook": "edits need this link",
    "buffer big set update.hook <- update.hook 1": "edits need this link",
    "remove total.b <- one.const_1": "there is no such link",
    "add total.a <- accum.dict 1.7e308": "would become too large a number",
    "buffer big send": "would become too large a number",
    "buffer big scale 2": "would become too large a number",
    "buffer bigger sum big big": "would become too large a number",
    "buffer none send": "there is no buffer 'none', there is big",
    "neuron total : sum": "there is a neuron 'total' already",
    "neuron x : summ": "unknown type 'summ'; known are input,",
    "neuron x : sum(clip = 3)": "has no parameter 'clip'",
    "send total 1": "'total' is no neuron that receives items; there is input",
    "send update {total: 1}": "'update' listens for edits",
    "send input " + "{a: " * 199 + "1" + "}" * 199: "199 labels deep; 198 is the most",
    "restore one": "there is no snapshot 'one', there is none",
    "show totl": "there is no neuron 'totl'; there are one, total",
    "history totl": "there is no neuron 'totl'",
    "history": "there is no tick to tell of",
    "load nowhere.json": "nowhere.json: no such file or directory",
    "save no/where.json": "no/where.json: no such file or directory",
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_refused_is_said_in_one_sentence_and_changes_nothing(line):
    live = summing()
    assert live.ask("add total.a <- accum.dict 1e308")
    assert live.ask("buffer big set total.a <- accum.dict 1.2e308")
    before = live.snapshot()
    reply = live.ask(line)
    assert not reply
    assert REFUSED[line] in reply.message
    assert "\n" not in reply.message
    assert live.snapshot() == before


def test_a_full_inbox_refuses():
    live = summing(room=2)
    assert live.send("input", 1)
    assert live.send("input", 2)
    assert live.send("input", 3) == (
        False, "2 items wait at 'input', which has room for 2; let the machine tick",
    )  # fmt: skip
    assert [bool(live.ask(f"add total.a <- one.const_1 {k}")) for k in (1, 2, 3)] == [True, True, False]
    assert not live.ask("neuron x : sum")
    assert not live.ask("show x")
    live.step()
    assert live.send("input", 3)
    assert live.ask("add total.a <- one.const_1 3")


def test_wrong_values_from_python_are_answered():
    live = summing()
    assert "not finite" in live.send("input", {"a": math.nan}).message
    assert not live.send("input", "text")
    assert not live.step(0)
    assert not live.set_rate(-1)
    with pytest.raises(ValueError, match="finite number"):
        AddWeight("total.a", "one.const_1", math.inf)
    with pytest.raises(ValueError, match="does not name a neuron and its field"):
        AddWeight("total", "one.const_1", 1)
    with pytest.raises(ValueError, match="no name"):
        SendItem("", 1)


# -- which machines ----------------------------------------------------------------------------------------------------


def test_a_machine_with_errors_is_refused():
    with pytest.raises(MachineError, match="no neuron is read"):
        LiveMachine(Machine().add("norm"))


def test_a_synchronous_machine_is_refused():
    with pytest.raises(ValueError, match="live machine runs under unit delay"):
        LiveMachine(Machine().add("output").with_timing("synchronous"))


def test_a_matrix_that_nothing_can_be_added_to_is_refused():
    machine = Machine().add("self", "identity").link("self.a", "self.a").read("self").governed_by("self.a")
    with pytest.raises(ValueError, match="let an accum"):
        LiveMachine(machine)
    forgets = Machine().add("self", "accum").unlink("self.dict-1", "self.dict").link("self.dict-1", "self.dict", 0.5)
    with pytest.raises(ValueError, match="let an accum"):
        LiveMachine(forgets.read("self").governed_by("self.dict"))


def test_names_that_are_taken_are_not_taken_twice():
    machine = Machine().add("self", "sum").add("update", "timer").read("update")
    live = LiveMachine(machine)
    assert {"self", "self-2", "update", "update-2"} == set(live.machine.neurons)
    assert live.ask("set self.x <- update.timer 2")
    live.step(4)
    assert live.outputs["self", "sum"].scalar == 6  # twice the timer of tick 3
