"""The live experiments of the Clojure implementation, replayed tick by tick through inboxes and commands.

Known differences, and why:

- Types and names of fields are ours: its `dmm-cons` hears `:signal` and `:self`, our `cons` hears `item` and `list`;
  its accumulators have `:accum`, `:delta`, `:single`, ours `dict-1`, `dict-2`, `dict`; what its monitors emit under
  names of their own stands under `char`, which sources emit.
- Its list grows if the signal has a `:flag`, ours if the item is not zero. All its clicks have one, so they agree.
- Its monitors stay active by a link from themselves to themselves on the field they emit; ours have a `hook`.
- Its update neuron is one among others; ours is added to the machine, so that the row of the matrix which receives
  updates has one link more, `self.dict-2 <- update.char`.
- Its commands are any Clojure form, executed; ours are a closed set. `(nu in out w)` adds a number, as `add`; `sf`,
  `sfzero`, `smul`, `ssum`, `nuff` are `buffer ... set`, `zero`, `scale`, `sum`, `send`. A form that it fails to read
  leaves the network as it was, as does a line that we refuse.
- A link makes a new neuron there; ours is declared with its type first, and its first link arrives a tick after it.
- Its reader emits a default where nothing waits; ours emits zero, so the default is sent as an item of its own.
- Its neuron of coordinates emits what it monitors and, on another field, what it heard; a source of ours hears
  nothing, so a neuron of type `delay` does the second.
- Its timer says 0 in the first tick and ours 1, unless it starts from -1; it wraps the number as `{:number n}`, which
  is the same vector as the number.
"""

import json

import pytest

from dmm.live.machine import LiveMachine
from dmm.machine.machine import Machine
from dmm.vvalue.lists import list_items
from dmm.vvalue.tree import VValue


@pytest.fixture
def live_traces(reference):
    return json.loads((reference / "clojure" / "live.json").read_text(encoding="utf-8"))


@pytest.fixture
def nov_4(reference):
    return json.loads((reference / "clojure" / "async.json").read_text(encoding="utf-8"))["nov-4-2016"]


def clicks(mouse="mouse"):
    """The machine of July 2017: a list of clicks, whose end is marked."""
    machine = Machine().add(mouse, "input").add("my-list", "cons").link("my-list.item", f"{mouse}.char")
    return machine.start("my-list.list", {"end-list": 1}).read("my-list")


def click(x, y):
    return {"flag": 1, "x": x, "y": y}


# -- July 2017: a list of clicks ---------------------------------------------------------------------------------------


def test_jul_13_the_list_of_clicks(live_traces):
    script = {2: [(10, 20)], 3: [(30, 40)], 6: [(50, 60), (70, 80)]}
    live = LiveMachine(clicks().add("coordinates", "input"))
    for expected in live_traces["jul-13-2017"]["ticks"]:
        tick = expected["tick"]
        for x, y in script.get(tick, ()):
            assert live.send("mouse", click(x, y))
        assert live.send("coordinates", expected["mouse-position"])
        assert live.step()
        (*_, record) = live.history
        assert record.tick == tick
        assert record.outputs["mouse", "char"] == VValue(expected["monitor-output"]["mouse-pressed-monitor"]["signal"])
        assert record.outputs["coordinates", "char"] == VValue(expected["mouse-position"])
        assert record.outputs["my-list", "list"] == VValue(expected["list-v-value"])
        assert record.inputs["my-list", "list"] == VValue(expected["my-list-input"]["self"])
        assert record.inputs["my-list", "item"] == VValue(expected["my-list-input"]["signal"])
        assert list_items(record.outputs["my-list", "list"]) == [VValue(x) for x in expected["list-newest-first"]]
        assert expected["clicks"] == ([list(pair) for pair in script[tick]] if tick in script else None)


def test_jul_6_the_wave_as_it_is_drawn(live_traces):
    machine = Machine().add("self", "accum")
    for k in (1, 2, 3):
        name, following = f"update-{k}", f"update-{k % 3 + 1}"
        update = {"self": {"dict-2": {name: {"single": -1}, following: {"single": 1}}}}
        machine = machine.add(name, "identity").link((name, "single"), (name, "single"), hard=True)
        machine = machine.start((name, "single"), update)
    live = LiveMachine(machine.link("self.dict-2", "update-1.single").read("self").governed_by("self.dict"))
    for drawn in live_traces["jul-6-2017"]["deltas"]:
        ours = {"update": {"char": 1}}
        assert live.matrix["self", "dict-2"] == VValue(drawn["identity"] | ours)
        assert live.step()


# -- 2018: the network is edited ---------------------------------------------------------------------------------------


def test_jan_25_a_weight_is_edited_by_a_typed_command(live_traces):
    trace = live_traces["jan-25-2018"]
    live, response = LiveMachine(clicks()), "none"
    for expected in trace["ticks"]:
        if expected["tick"] == 3:
            assert live.send("mouse", click(1, 2))
        if expected["tick"] == 5:
            response = "ok" if live.ask("add my-list.list <- my-list.list -0.1") else "failed"
        assert live.step()
        assert response == expected["last-response"]
        assert live.outputs["my-list", "list"] == VValue(expected["list"])
        assert live.matrix["my-list", "list", "my-list", "list"].scalar == expected["self-weight"]
        emitted = VValue(expected["updater-output"]["signal"])
        change = emitted["dmm-cons", "my-list", "self", "dmm-cons", "my-list", "self"]
        assert live.outputs["update", "char"] == VValue({"my-list": {"list": {"my-list": {"list": change}}}})


def test_jan_25_a_command_that_fails_leaves_the_network_as_it_was(live_traces):
    live = LiveMachine(clicks())
    live.step(3)
    before = live.snapshot()
    assert live_traces["jan-25-2018"]["failed-command"] == "failed"
    assert not live.ask("add my-list.list <- my-list.list (-0.1")
    assert live.snapshot() == before


def test_mar_14_a_change_is_built_in_buffers():
    """Its `:previous` hears its `:current` a tick later; the weight of that goes from 1 to 0.5."""
    machine = Machine().add("current", "input").add("previous", "delay").link("previous.value", "current.char")
    live = LiveMachine(machine.read("previous"))
    delay = "previous.value <- current.char"
    place = ("previous", "value", "current", "char")
    weights, heard = [], []
    for tick in range(1, 10):
        if tick == 4:
            for line in (
                f"buffer a set {delay} -0.1", f"buffer b set {delay} -0.1", "buffer b scale 2", "buffer a scale 3",
                "buffer c sum a b", "buffer c send",
            ):  # fmt: skip
                assert live.ask(line)
        live.send("current", {"mouse-x": 100 * tick, "mouse-y": 10 * tick})
        live.step()
        weights.append(live.matrix[place].scalar)
        heard.append(live.outputs["previous", "value"])
    buffers = live.snapshot().buffers
    assert buffers["c"][place].scalar == -0.5
    assert buffers["a"][place].scalar == -0.30000000000000004
    assert weights == [1] * 4 + [0.5] * 5  # from after tick 5 on
    factors = [0, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5]
    assert heard == [VValue({"mouse-x": 100 * t, "mouse-y": 10 * t}) * f for t, f in enumerate(factors)]


def test_apr_15_neurons_and_wires_are_added_while_it_runs():
    """An accumulator of images from tick 4 on; the image sent before tick 7 is stored at 8; a wave and a timer."""
    machine = Machine().add("to-test-image", "input").add("timer").start("timer.timer", -1).read("timer")
    live = LiveMachine(machine)
    script = {
        2: ["neuron test-image : accum"],
        4: ["set test-image.dict-2 <- to-test-image.char 1"],
        7: ["send to-test-image {width: 2, height: 1, points: {p: 7}}"],
        10: ["neuron wave : identity", "set wave.image <- test-image.dict 1"],
        12: ["set wave.timer <- timer.timer 1"],
    }
    active = live.matrix
    for tick in range(1, 16):
        assert all(live.ask(line) for line in script.get(tick, ()))
        assert bool(active["test-image"]) == (tick >= 4)
        assert bool(active["wave"]) == (tick >= 12)
        live.step()
        active = live.matrix
        assert bool(live.outputs["test-image", "dict"]) == (tick >= 8)
        assert bool(live.outputs["wave", "image"]) == (tick >= 13)
        assert live.outputs["wave", "timer"].scalar == (tick - 2 if tick >= 14 else 0)  # two ticks old: 12 at tick 14


# -- 2016: asynchronous input ------------------------------------------------------------------------------------------


def test_nov_4_the_duplicate_detector_hears_characters_from_outside(nov_4):
    machine = Machine().add("reader", "input").add("counts", "accum").add("norm").add("printer", "trees")
    machine = machine.link("counts.dict-2", "reader.char").link("norm.dict", "counts.dict")
    machine = machine.link("printer.norm", "norm.norm").link("printer.counts", "counts.dict")
    live = LiveMachine(machine)
    text = dict(zip(range(3, 27, 2), "hey 235eee", strict=False))
    for expected in nov_4["ticks"]:
        if expected["tick"] in text:
            assert live.send("reader", {text[expected["tick"]]: 1})
        assert live.step()
        found = live.outputs
        assert found["reader", "char"] == VValue(expected["signal"])
        assert found["counts", "dict"] == VValue(expected["accum"])
        assert found["norm", "norm"] == VValue(expected["max-norm-neuron-output"])
        assert found["printer", "norm"] == VValue(expected["printer"]["to-print"])
        assert found["printer", "counts"] == VValue(expected["printer-2"]["to-print"])


def test_oct_28_a_reader_with_a_default():
    """With `{a: 1}` delivered before tick 6 the sum is 1 to 5 steps at ticks 2 to 6, has `a` at 7, printed at 8."""
    machine = Machine().add("reader", "input").add("sum", "accum").add("printer", "trees")
    live = LiveMachine(machine.link("sum.dict-2", "reader.char").link("printer.sum", "sum.dict"))
    for tick in range(1, 9):
        assert live.send("reader", {"a": 1} if tick == 6 else {"step": 1})
        live.step()
        if 2 <= tick <= 6:
            assert live.outputs["sum", "dict"] == VValue({"step": tick - 1})
        if tick == 7:
            assert live.outputs["sum", "dict"] == VValue({"step": 5, "a": 1})
            assert live.outputs["printer", "sum"] == VValue({"step": 5})
    assert live.outputs["printer", "sum"] == VValue({"step": 5, "a": 1})
