"""Self-referential machines compiled: as interpreted, gradients through changes of the matrix, bounds."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmm.compile.abstract import CompileError
from dmm.compile.pipeline import PUBLISHED_GRADIENT, compile_machine
from dmm.interpret.cycle import run
from dmm.machine.check import HaltedError
from dmm.machine.machine import Machine
from dmm.vvalue.flat import FlatVValue, flatten
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue
from governed import governed_machines

NUMBERS = Support([()])
MOST = 2.0**20  # so that whole numbers, and a few products of them, are exact


def fast_weights() -> Machine:
    """Items are added to the weight that the next items are multiplied with."""
    machine = Machine().add("input").add("self", "accum").add("one", "const_1").add("total", "sum")
    unit = {"total": {"x": {"input": {"char": 1}}}}
    machine = machine.add("unit", "constant", value=unit).add("update", "multiply").read("total")
    machine = machine.link("update.dict-1", "unit.value").link("update.dict-2", "input.char", 0.5)
    return machine.link("self.dict-2", "update.dict", 1).link("total.x", "input.char", 2).governed_by("self.dict")


def growing() -> Machine:
    """A machine whose matrix takes up a copy of itself, deeper by a label, at every tick."""
    deeper = {"self": {"sum": {"self": 1}}}  # self.sum receives all that self emits, {"sum": matrix}
    machine = Machine().add("self", "identity").add("update", "constant", value=deeper)
    machine = machine.link("self.sum", "self.sum", hard=True).link("self.sum", "update.value")
    return machine.read("self").governed_by("self.sum")


@settings(max_examples=30, deadline=None)
@given(governed_machines(), st.lists(st.integers(-2, 2).map(VValue), min_size=7, max_size=7))
def test_random_machines_agree_with_the_interpreter(machine, stream):
    program = compile_machine(machine, NUMBERS)
    try:
        answers, state = run(machine, stream)
    except HaltedError as halt:
        with pytest.raises(HaltedError, match=str(halt)[:8]):
            program.run(stream)
        return
    largest = max(x.max_norm() for x in [*answers, state])
    if largest < MOST:
        assert program.run(stream) == (answers, state)


def test_a_weight_written_by_the_machine_is_used():
    stream = [VValue(x) for x in (1, 2, 3, 4, 5)]
    # the item of tick t is in unit.. t, update t + 1, self t + 2; the product of tick t + 1 uses the matrix of t
    answers = run(fast_weights(), stream)[0]
    assert [a["sum"].scalar for a in answers] == [0, 2 * 1, 2 * 2, 3 * (2 + 0.5 * 1), 4 * (2 + 0.5 * (1 + 2))]
    assert compile_machine(fast_weights(), NUMBERS).run(stream)[0] == answers


def test_the_gradient_goes_through_the_change_of_the_matrix():
    with jax.enable_x64(True):
        program = compile_machine(fast_weights(), NUMBERS)
        stream = flatten([VValue(x) for x in (0.3, -0.7, 1.1, 0.2, 0.9, -0.4)])

        def loss(weights):
            return jnp.sum(program(weights, stream).answers.leaves ** 2)

        gradient = jax.grad(loss)(program.weights)
        for place, path in enumerate(program.links):
            step = np.zeros(len(program.links))
            step[place] = 1e-6
            above, below = (loss(program.weights + sign * FlatVValue(step, program.links)) for sign in (1, -1))
            assert float(gradient.leaves[place]) == pytest.approx(float(above - below) / 2e-6, rel=1e-6, abs=1e-8), path
        assert jnp.all(gradient.leaves != 0)


@pytest.mark.trains
def test_items_of_another_precision_than_the_weights_lead_to_the_wider_one():
    with jax.enable_x64(True):
        program = compile_machine(fast_weights(), NUMBERS)
        items = [VValue(x) for x in (1, 2, 3, 4, 5)]
        for weights, stream in ((np.float32, np.float64), (np.float64, np.float32)):
            narrow = FlatVValue(program.weights.leaves.astype(weights), program.links)
            run = program(narrow, flatten(items, NUMBERS, stream))
            assert (run.answers.leaves.dtype, run.state.leaves.dtype) == (np.float64, np.float64)
            assert run.answers.leaves.sum() == sum([0, 2 * 1, 2 * 2, 3 * (2 + 0.5), 4 * (2 + 0.5 * 3)])


def test_a_batch_of_streams_is_a_run_of_each():
    program = compile_machine(fast_weights(), NUMBERS)
    streams = [[VValue(x) for x in items] for items in ((1, 2, 3, 4), (5, -1, 0, 2))]
    together = program(program.weights, flatten(streams)).answers
    for row, stream in zip(together.leaves, streams, strict=True):
        assert row.tolist() == program(program.weights, flatten(stream, NUMBERS)).answers.leaves.tolist()


def test_a_run_is_taken_up_from_its_state():
    program = compile_machine(fast_weights(), NUMBERS)
    stream = [VValue(x) for x in (1, 2, 3, 4, 5, 6)]
    first, state = program.run(stream[:3])
    assert first + program.run(stream[3:], state)[0] == run(fast_weights(), stream)[0]


def test_a_machine_that_never_stops_growing_is_refused():
    with pytest.raises(CompileError, match="neuron self: its trees never stop growing"):
        compile_machine(growing(), Support())


def test_declared_links_bound_a_machine_that_grows():
    start = (growing().matrix + growing().hard).support
    links = start | Support([("self", "sum", "self"), ("sum", "self", "sum", "self")])
    _, state = compile_machine(growing(), Support(), links=links).run([VValue()] * 4)
    interpreted = run(growing(), [VValue()] * 4)[1]
    assert state["self", "sum"].support == links
    assert len(interpreted["self", "sum"]) > len(links)
    assert state["self", "sum", "self"] == interpreted["self", "sum", "self"]  # which copies do not reach


def test_links_must_hold_those_of_the_start_and_belong_to_a_machine_that_changes():
    with pytest.raises(ValueError, match=r"links lacks self\.sum\.self\.sum, with which the machine starts; add it"):
        compile_machine(growing(), Support(), links=Support())
    with pytest.raises(ValueError, match="leave it out"):
        compile_machine(Machine().add("norm").read("norm"), NUMBERS, links=Support())
    with pytest.raises(ValueError, match="leave stopped out"):
        compile_machine(growing(), Support(), stopped=PUBLISHED_GRADIENT)


def test_outputs_before_the_first_tick_count_in_machines_that_stay_as_they_are():
    machine = Machine().add("input").add("accum").link("accum.dict-2", "input.char").add("norm").add("loop", "identity")
    machine = machine.link("norm.dict", "accum.dict").link("loop.x", "loop.x", -0.5).start("loop.x", {"a": 8})
    machine = machine.start("accum.dict", {"b": 3}).start("norm.norm", 7).read("norm", "loop", "accum")
    stream = [VValue({"a": 1})] * 5
    assert compile_machine(machine, Support([("a",)])).run(stream) == run(machine, stream)


@pytest.mark.parametrize("several", [False, True])
def test_a_copy_of_a_source_hears_the_stream_too(several):
    machine = Machine().add("input").add("self", "accum").add("copies", "constant", value={"2": 1})
    machine = machine.add("grow", "copy", neurons={"input": 1, "count": 1}).add("count", "accum")
    machine = machine.link("count.dict-2", "input.char").link("grow.matrix", "self.dict")
    machine = machine.link("grow.copies", "copies.value").link("self.dict-2", "grow.matrix", 0.5).read("self")
    machine = (machine.add("other", "input") if several else machine).governed_by("self.dict")
    item = VValue({"input": 1, "input-2": 5, "other": 3}) if several else VValue(1)
    answers, state = run(machine, [item] * 8)
    assert state["input-2", "char"].scalar == (5 if several else 1)
    support = Support(path for path, _ in item.items())
    assert compile_machine(machine, support).run([item] * 8) == (answers, state)
