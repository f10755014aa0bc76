"""What the compiler refuses, and the sentence it says: what is wrong, where, and what to do."""

import jax
import jax.numpy as jnp
import pytest

from corpus import CORPUS
from dmm.compile.abstract import CompileError
from dmm.compile.pipeline import compile_machine
from dmm.interpret.cycle import run
from dmm.machine.check import MachineError
from dmm.machine.machine import Machine
from dmm.neurons.base import neuron_type
from dmm.vvalue.flat import flatten
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue

CHARACTERS = Support([("a",), ("b",)])


@neuron_type(inputs=("x",), outputs=("x",))
def nest(v):
    """x = {deeper: x}"""
    return {"x": v.join({"deeper": v["x"]})}


@neuron_type(inputs=("x",), outputs=("x",))
def branch(v):
    """x = 1 if x is positive"""
    return {"x": 1 if v["x"].scalar > 0 else -1}


@neuron_type(inputs=("x",), outputs=("x",))
def rounding(v):
    """x = x rounded, by a function that needs a number"""
    return {"x": float(v["x"].scalar)}


def test_trees_that_never_stop_growing():
    machine = Machine().add("input").add("nest-1", nest).link("nest-1.x", "nest-1.x").link("nest-1.x", "input.char")
    machine = machine.read("nest-1")
    with pytest.raises(CompileError, match=r"neuron nest-1: .*never stop growing.*interpreter, or break the cycle"):
        compile_machine(machine, CHARACTERS)
    answers, _ = run(machine, [VValue({"a": 1})] * 5)
    assert answers[-1].depth == 6


def test_nesting_without_a_cycle_is_fine():
    machine = Machine().add("input").add("nest", nest).link("nest.x", "input.char").read("nest")
    stream = [VValue({"a": 1.0})] * 2
    assert compile_machine(machine, CHARACTERS).run(stream)[0] == run(machine, stream)[0]


@pytest.mark.parametrize("length", [39, 60])
def test_a_list_may_be_as_long_as_it_says(length):
    machine = Machine().add("input").add("cons", length=length).link("cons.item", "input.char").read("cons")
    stream = [VValue({"a": float(tick)}) for tick in range(length + 3)]
    assert compile_machine(machine, Support([("a",)])).run(stream)[0] == run(machine, stream)[0]


def test_what_is_given_may_be_deep():
    deep = VValue.from_paths({tuple("abc") * 20: 2.0})
    machine = Machine().add("input").add("constant", value=deep).add("accum").link("accum.dict-2", "constant.value")
    machine = machine.link("accum.dict-2", "input.char").start("accum.dict", deep * 2).read("accum")
    for item in (VValue(1.0), deep):
        assert compile_machine(machine, item.support).run([item] * 3)[0] == run(machine, [item] * 3)[0]


@pytest.mark.parametrize("both", [False, True])
def test_copies_of_copies_of_copies(both):
    """Their names never stop growing, if the one is copied after whom the next is named."""
    machine = Machine().add("input").add("copy", neurons={"a": 1}).link("copy.matrix", "input.char").read("copy")
    machine = machine.link("copy.copies", "copy.matrix").link("copy.copies", "input.char")
    machine = machine.link("copy.matrix", "copy.matrix") if both else machine
    with pytest.raises(CompileError, match="neuron copy: its trees never stop growing"):
        compile_machine(machine, CHARACTERS)
    dashes = VValue({"-" * 99: 1.0})
    plain = Machine().add("input").add("accum").link("accum.dict-2", "input.char").read("accum")
    assert compile_machine(plain, dashes.support).run([dashes] * 2)[0] == run(plain, [dashes] * 2)[0]


@pytest.mark.parametrize("kind", [branch, rounding], ids=lambda kind: kind.name)
def test_types_that_look_at_numbers(kind):
    machine = Machine().add("input").add("n", kind).add("norm").link("norm.dict", "input.char")
    machine = machine.link("n.x", "norm.norm").read("n")
    with pytest.raises(CompileError, match=rf"{kind.name}.*branches on a number.*relu, clip.*or run.*interpreter"):
        compile_machine(machine, CHARACTERS)
    assert run(machine, [VValue({"a": 1})] * 3)[0][-1]["x"].scalar == 1


def test_machines_with_errors():
    machine = Machine().add("norm").link("norm.dict", "ghost.char").read("norm")
    with pytest.raises(MachineError, match="ghost"):
        compile_machine(machine, CHARACTERS)


def test_wrong_supports_are_named():
    machine, stream = CORPUS["counter"]
    program = compile_machine(machine, CHARACTERS)
    good = flatten(stream[:2], CHARACTERS)
    with pytest.raises(ValueError, match="support of weights"):
        program(program.weights["accum"], good)
    with pytest.raises(ValueError, match="support of stream"):
        program(program.weights, flatten([VValue({"z": 1})]))
    with pytest.raises(ValueError, match="time axis"):
        program(program.weights, flatten(VValue({"a": 1})))
    with pytest.raises(ValueError, match="support of state"):
        program(program.weights, good, flatten(VValue({"z": 1})))


def test_wrong_item_is_named():
    machine, _ = CORPUS["counter"]
    with pytest.raises(ValueError, match=r"\('z',\).*widen"):
        compile_machine(machine, CHARACTERS).run([VValue({"z": 1})])


def test_programs_are_pure():
    """The same arguments give the same answers; a compiled program keeps nothing between calls."""
    machine, stream = CORPUS["two loops"]
    program = compile_machine(machine, flatten(stream).support)
    once = jax.jit(program)(program.weights, flatten(stream))
    again = jax.jit(program)(program.weights, flatten(stream))
    assert jnp.array_equal(once.answers.leaves, again.answers.leaves)
    assert jnp.array_equal(once.state.leaves, again.state.leaves)


def test_a_state_that_no_stream_of_the_program_could_leave_is_refused():
    machine = Machine().add("input").add("accum").add("norm").read("norm")
    machine = machine.link("accum.dict-2", "input.char").link("norm.dict", "accum.dict")
    program = compile_machine(machine, Support([("a",)]))
    _, inside = run(machine, [VValue({"a": 7})] * 2)
    _, outside = run(machine, [VValue({"z": 7})] * 2)
    stream = [VValue({"a": 1})] * 3
    assert program.run(stream, inside)[0] == run(machine, stream, inside)[0]
    with pytest.raises(ValueError, match=r"state, with accum\.dict\.z"):
        program.run(stream, outside)


def test_a_misspelt_type_to_stop_gradients_at_is_refused():
    machine = Machine().add("input").read("input")
    with pytest.raises(ValueError, match="'acum', which is unknown"):
        compile_machine(machine, Support([("a",)]), stopped={"acum": None})


def test_a_population_of_weights_is_told_to_use_vmap():
    machine = Machine().add("input").add("accum").read("accum").link("accum.dict-2", "input.char")
    program = compile_machine(machine, Support([("a",)]))
    population = jax.tree.map(lambda w: jnp.stack([w, w]), program.weights)
    with pytest.raises(ValueError, match=r"jax\.vmap for a population"):
        program(population, flatten([VValue({"a": 1})]))
