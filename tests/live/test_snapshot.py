"""Snapshots, files, history, and halts: what is kept, and what goes on from it."""

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmm.interpret.cycle import run, trace
from dmm.live.machine import LiveMachine
from dmm.live.snapshot import load_snapshot, save_snapshot, snapshot_from_json, snapshot_to_json
from dmm.machine.check import HaltedError, check
from dmm.machine.machine import Machine
from dmm.neurons.base import neuron_type
from dmm.vvalue.tree import VValue
from governed import governed_machines


def machine():
    """A counter of items, and its norm."""
    made = Machine().add("input").add("accum").add("norm").link("accum.dict-2", "input.char")
    return made.link("norm.dict", "accum.dict").read("norm")


LINES = (
    "send input {a: 1}", "send input 2", "set norm.dict <- accum.dict 0.3", "neuron more : input", "send more {b: 0.1}",
    "add accum.dict-2 <- more.char -3", "remove accum.dict-2 <- input.char", "buffer a set norm.dict <- input.char 1",
    "buffer a scale 0.1", "buffer a send", "step 1", "step 2",
)  # fmt: skip


def after(live, ticks=12):
    """What it does from here on."""
    return [live.step() and live.outputs for _ in range(ticks)]


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_a_snapshot_goes_on_as_the_machine_does(lines):
    live = LiveMachine(machine())
    for line in lines:
        live.ask(line)
    kept, text = live.snapshot(), snapshot_to_json(live.snapshot())
    expected = after(live)
    assert live.restore(kept)
    assert live.tick == kept.tick
    assert after(live) == expected
    assert snapshot_from_json(text) == kept
    assert after(LiveMachine(snapshot_from_json(text))) == expected


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_the_machine_as_it_is_does_in_a_run_what_the_live_one_does(lines):
    """Once nothing is in flight, since a machine has no inboxes; it passes all checks, and runs in the interpreter."""
    live = LiveMachine(machine())
    for line in lines:
        live.ask(line)
    while any(live.snapshot().inboxes.values()) or live.snapshot().in_flight:
        live.step()
    made = live.machine
    assert [problem for problem in check(made) if problem.severity == "error"] == []
    items = [VValue({"input": {"a": k}}) for k in range(5)]
    expected = []
    for k in range(5):
        live.send("input", {"a": k})
        expected.append(live.step() and live.outputs)
    assert [tick.outputs for tick in trace(made, items)] == expected


def test_a_static_machine_does_live_what_it_does_in_a_run():
    items = [VValue(x) for x in (1, {"a": 3}, 0, {"b": {"c": -5}}, 2)]
    live = LiveMachine(machine())
    for item in items:
        live.send("input", item)
    answers = [live.step() and live.answer for _ in items]
    assert answers == run(machine(), items)[0]


def test_files(tmp_path):
    live = LiveMachine(machine())
    for line in LINES:
        assert live.ask(line)
    path = tmp_path / "live.json"
    assert live.save(path).message == f"tick 3 is in {path}"
    again = LiveMachine.load(path, history=3)
    assert again.snapshot() == live.snapshot()
    assert after(again) == after(live)
    assert [record.tick for record in again.history] == [13, 14, 15]
    assert live.ask(f"load {path}").message == "back at tick 3"
    assert live.history == ()
    save_snapshot(live.snapshot(), path)
    assert load_snapshot(path) == live.snapshot()


def test_own_types_are_given_on_loading(tmp_path):
    @neuron_type(inputs=("x",), outputs=("y",))
    def double(v):
        """y = 2 x"""
        return {"y": v["x"] * 2}

    live = LiveMachine(Machine().add("input").add("double", double).link("double.x", "input.char").read("double"))
    live.save(tmp_path / "live.json")
    with pytest.raises(ValueError, match="its type 'double' is unknown"):
        LiveMachine.load(tmp_path / "live.json")
    again = LiveMachine.load(tmp_path / "live.json", types=live.machine.types)
    again.send("input", 3)
    again.step(2)
    assert again.answer == VValue({"y": 6})
    assert live.ask(f"load {tmp_path / 'live.json'}")


def whole():
    return json.loads(snapshot_to_json(LiveMachine(machine()).snapshot()))


BROKEN = {
    "": "broken JSON at line 1, column 1",
    "[1]": "no live machine",
    '{"format": "dmm-machine"}': "no live machine",
    json.dumps(whole() | {"version": 9}): "version is 9",
    json.dumps({key: x for key, x in whole().items() if key != "tick"}): "the key 'tick' is missing",
    json.dumps(whole() | {"tick": -1}): "tick is -1",
    json.dumps(whole() | {"update": "norm"}): "no update neuron",
    json.dumps(whole() | {"update": ["norm"]}): "no update neuron",
    json.dumps(whole() | {"inboxes": {"input": []}}): "the inboxes are not those of input, update",
    json.dumps(whole() | {"inboxes": {"input": [], "update": [{"a": 1}]}}): "something other than links",
    json.dumps(whole() | {"inboxes": {"input": ["x"], "update": []}}): "inbox input: the leaf at",
    json.dumps(whole() | {"inboxes": {"input": 3, "update": []}}): "inbox input: not a list",
    json.dumps(whole() | {"buffers": {"a": 3}}): "something other than links",
    json.dumps(whole() | {"buffers": 3}): "buffers: not an object",
    json.dumps(whole() | {"outputs": {"a": float("inf")}}): "outputs: the number at a is not finite",
    json.dumps(whole() | {"machine": {"format": "dmm-machine", "version": 1}}): "neurons and metadata",
    "{" * 100000: "broken JSON",
    '{"a":' * 100000: "absurdly deep",
}


@pytest.mark.parametrize("text", BROKEN, ids=[f"{k} {said}" for k, said in enumerate(BROKEN.values(), 1)])
def test_a_broken_file_is_refused_in_one_sentence(text, tmp_path):
    path = tmp_path / "live.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"live\.json: ") as refusal:
        LiveMachine.load(path)
    assert BROKEN[text] in str(refusal.value)
    live = LiveMachine(machine())
    before = live.snapshot()
    assert not live.ask(f"load {path}")
    assert live.snapshot() == before


def test_a_machine_without_what_edits_need_is_refused(tmp_path):
    tree = whole()
    del tree["machine"]["hard_links"]["self"]["dict-2"]
    with pytest.raises(ValueError, match="lacks a link that edits need"):
        snapshot_from_json(json.dumps(tree))


def test_snapshots_by_name():
    live = LiveMachine(machine())
    live.step(2)
    assert live.ask("snapshot two").message == "snapshot two of tick 2"
    live.step(2)
    assert live.ask("restore two").message == "back at tick 2"
    assert live.tick == 2


# -- history -----------------------------------------------------------------------------------------------------------


def test_the_history_keeps_the_last_ticks():
    live = LiveMachine(machine(), history=3)
    live.send("input", {"a": 2})
    live.step(5)
    assert [record.tick for record in live.history] == [3, 4, 5]
    assert live.history[0].inputs["norm", "dict"] == VValue({"a": 2})
    assert live.history[0].outputs["norm", "norm"].scalar == 2
    without = LiveMachine(machine(), history=0)
    without.step(5)
    assert without.history == ()


# -- halts -------------------------------------------------------------------------------------------------------------


def losing():
    """It subtracts the whole matrix of its first tick from the matrix."""
    made = Machine().add("self", "accum").add("gone", "sum").link("self.dict-2", "gone.sum", -1)
    return made.link("gone.x", "self.dict").read("self").governed_by("self.dict")


def test_a_machine_that_loses_its_matrix_halts_and_keeps_what_it_had():
    live = LiveMachine(losing())
    live.ask("snapshot start")
    reply = live.step(10)
    assert not reply
    assert live.halted == f"tick {live.tick + 1}: {live.halted.partition(': ')[2]}"
    kept = live.snapshot()
    for line in ("step", "start", "add gone.x <- self.dict 1", "send update 1"):
        answer = live.ask(line)
        assert not answer
        assert live.halted in answer.message
    assert live.snapshot() == kept
    assert live.ask("status").message.startswith(f"tick {kept.tick}, halted at tick {kept.tick + 1}")
    assert live.ask("show")
    assert live.ask("restore start")
    assert live.halted is None
    assert live.step()


def test_numbers_that_grow_without_end_halt():
    made = Machine().add("accum").add("one", "const_1").link("accum.dict-2", "accum.dict").read("accum")
    live = LiveMachine(made.link("accum.dict-2", "one.const_1"))
    assert not live.step(5000)
    assert "accum.dict is beyond all numbers" in live.halted
    assert live.tick == 1024  # 1, 3, 7 ... from tick 2 on: nearly 2 ** (tick - 1), the last of them 2 ** 1023
    assert live.outputs["accum", "dict"].scalar == 2.0**1023


def test_a_list_that_is_too_deep_halts():
    live = LiveMachine(Machine().add("input").add("cons").link("cons.item", "input.char").read("cons"))
    for _ in range(250):
        live.send("input", 1)
    assert not live.step(250)
    assert "as deep as trees can be" in live.halted


def test_a_type_that_raises_halts_the_machine_and_not_its_thread():
    @neuron_type(inputs=("x",), outputs=("y",))
    def inverse(v):
        """y = 1 / x"""
        return {"y": 1 / (v["x"].scalar - 1)}

    with LiveMachine(
        Machine().add("input").add("inverse", inverse).link("inverse.x", "input.char").read("inverse")
    ) as live:
        live.ask("snapshot start")
        live.send("input", 1)
        assert not live.step(3)
        assert live.halted == "tick 2: float division by zero"
        assert live.ask("restore start")
        live.send("input", 1)
        assert live.start()
        while live.running:
            time.sleep(0.001)
        assert live.halted == "tick 2: float division by zero"
        assert live.ask("restore start")
        assert live.start()
        assert live.pause()


@given(governed_machines())
def test_machines_that_rewrite_themselves_can_be_live(made):
    """With nothing asked, it does live, tick by tick, what it does in a run with the update neuron added."""
    live, expected, found = LiveMachine(made), [], []
    with contextlib.suppress(HaltedError):
        expected.extend(tick.outputs for tick in trace(live.machine, [VValue({"input": 1})] * 9))
    while live.send("input", 1) and len(found) < 9 and live.step():
        found.append(live.outputs)
    assert found == expected
    assert (live.halted is None) == (len(expected) == 9)
