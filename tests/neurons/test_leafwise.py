"""The mathematics of the types that order, multiply and divide: exactly, on trees of fractions."""

import itertools
from fractions import Fraction

import jax
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dmm.compile.demand import infer_demand
from dmm.compile.pipeline import compile_machine
from dmm.compile.schedule import Kind
from dmm.compile.supports import infer_supports
from dmm.interpret.cycle import run
from dmm.machine.machine import Machine
from dmm.neurons.registry import NEURON_TYPES
from dmm.vvalue.flat import flatten, unflatten
from dmm.vvalue.tree import VValue
from strategies import exact_numbers, trees

ZERO = VValue()


def of_two(name):
    """The type as a function of its two inputs."""
    return lambda v, w: NEURON_TYPES[name](VValue().join({"dict-1": v, "dict-2": w}))["dict"]


def of_one(name):
    """The type as a function of its input."""
    return lambda v: NEURON_TYPES[name](VValue().join({"dict": v}))["dict"]


maximum, minimum, multiply, product, absent = map(of_two, ("maximum", "minimum", "multiply", "product", "absent"))
absolute, normalise = map(of_one, ("absolute", "normalise"))


@given(trees(), trees())
def test_maximum_and_minimum(v, w):
    assert maximum(v, w) == maximum(w, v)
    assert minimum(v, w) == minimum(w, v)
    assert maximum(v, v) == minimum(v, v) == v
    assert maximum(v, w) + minimum(v, w) == v + w
    assert maximum(v, w) - minimum(v, w) == absolute(v - w)


@given(trees())
def test_absolute_value(v):
    assert absolute(v) == maximum(v, ZERO) + maximum(-v, ZERO) == absolute(-v)
    assert (absolute(v) == v) == all(x > 0 for _, x in v.items())


@pytest.mark.parametrize("bilinear", [multiply, product], ids=["multiply", "product"])
@given(u=trees(), v=trees(), w=trees(), x=exact_numbers())
def test_linear_in_each_input(bilinear, u, v, w, x):
    assert bilinear(u + v * x, w) == bilinear(u, w) + bilinear(v, w) * x
    assert bilinear(w, u + v * x) == bilinear(w, u) + bilinear(w, v) * x


@given(trees(), trees())
def test_a_gate_lets_through_what_its_scalar_says(v, w):
    assert multiply(v, VValue(1)) == v
    assert multiply(v, w) == multiply(v, VValue(w.scalar)) == v * w.scalar
    assert multiply(v, w - w.scalar) == ZERO


@given(trees(), trees())
def test_product_leaf_by_leaf(v, w):
    assert product(v, w) == product(w, v)
    assert product(v, v.map_leaves(lambda x: Fraction(1, x))) == v.map_leaves(lambda _: 1)
    assert product(VValue(v.scalar), w) == VValue(v.scalar * w.scalar)


@given(trees(), trees(), trees(numbers=st.integers(-4, 4)))
def test_the_part_that_is_absent_elsewhere(v, w, whole):
    assert absent(v, ZERO) == v
    assert absent(whole, whole) == ZERO
    assert absent(v, whole) + v.restrict(whole.support) == v
    assert absolute(absent(v, w)) == absent(absolute(v), -w)


@given(trees().map(lambda v: v.map_leaves(Fraction)), st.fractions(min_value=Fraction(1, 100)))
def test_shares_of_a_sum(v, factor):
    assume(v)
    assert sum(x for _, x in absolute(normalise(v)).items()) == 1
    assert normalise(v * factor) == normalise(v) == normalise(normalise(v))
    assert normalise(v).support == v.support


# -- the running maximum -----------------------------------------------------------------------------------------------

PEAK = Machine().add("input").add("peak").link("peak.dict-2", "input.char").read("peak")


@given(st.lists(trees(numbers=st.integers(-3, 3)), max_size=6))
def test_peak_is_the_running_maximum(stream):
    """From 0, leaf by leaf, one tick late; by plain Python."""
    answers, _ = run(PEAK, [*stream, ZERO], number=Fraction)
    paths = {path for v in stream for path, _ in v.items()}
    columns = {path: itertools.accumulate([0, *(v[path].scalar for v in stream)], max) for path in paths}
    running = zip(*columns.values(), strict=True) if paths else [()] * (len(stream) + 1)
    assert [a["dict"] for a in answers] == [VValue.from_paths(zip(columns, row, strict=True)) for row in running]


def test_peak_is_compiled_tick_by_tick():
    """It is not additive, so no sum replaces the loop; flat, it is the maximum that NumPy accumulates."""
    assert not NEURON_TYPES["peak"].additive
    numbers = np.random.default_rng(3).normal(size=(3, 40, 2))
    with jax.enable_x64(True):
        program = compile_machine(PEAK, VValue({"a": 1, "b": 1}).support)
        stages = {group.type.name: stage.kind for stage in program.schedule.stages for group in stage.groups}
        stream = [[VValue({"a": float(a), "b": float(b)}) for a, b in rows] for rows in numbers]
        found = jax.jit(program)(program.weights, flatten(stream)).answers["dict"].leaves
    assert stages["peak"] is Kind.LOOP
    late = np.concatenate([np.zeros((3, 1, 2)), numbers[:, :-1]], axis=1)
    np.testing.assert_array_equal(found, np.maximum.accumulate(late, axis=1))


# -- answers under names of one's own ----------------------------------------------------------------------------------


def test_answers_freely_named():
    """Both engines, without an output named in the machine: the sinks say what is read."""
    machine = Machine().add("input").add("norm").add("numbers").add("trees").link("norm.dict", "input.char")
    machine = machine.link("numbers.how large", "norm.norm").link("numbers.the rest", "input.char", 2.0)
    machine = machine.link("trees.what", "input.char").link("trees.how large", "norm.norm", 3.0)
    item = VValue({":number": 0.5, "a": {"b": -4.0}})
    read = VValue({"numbers": {"how large": 4, "the rest": 1}, "trees": {"what": item, "how large": 12}})
    program = compile_machine(machine, item.support)
    assert run(machine, [item] * 3)[0][-1] == program.run([item] * 3)[0][-1] == read


def test_of_numbers_only_numbers_are_read():
    """What only a sink of numbers receives need not be computed beyond its scalar."""
    machine = Machine().add("input").add("identity").add("numbers").link("identity.x", "input.char")
    machine = machine.link("numbers.free name", "identity.x")
    demand = infer_demand(machine, infer_supports(machine, VValue({":number": 1, "a": {"b": 1}}).support))
    assert list(demand.reads["numbers"]) == [("free name",)]
    assert list(demand.emits["identity"]) == [("x",)]


def test_one_readout_is_read_bare():
    machine = Machine().add("input").add("numbers").link("numbers.x", "input.char", 2.0)
    with jax.enable_x64(True):
        program = compile_machine(machine, VValue({":number": 1, "a": 1}).support)
        stream = flatten([VValue({":number": 3.0, "a": 1.0})] * 2)
        assert unflatten(program(program.weights, stream).answers) == [VValue(), VValue({"x": 6})]
