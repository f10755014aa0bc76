"""Laws over the registry of neuron types."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmm.machine.machine import Machine
from dmm.neurons.registry import ALIASES, NEURON_TYPES
from dmm.vvalue.flat import FlatVValue, flatten, unflatten
from dmm.vvalue.operations import relu
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue
from duals import gradient
from strategies import (
    FIELDS,
    KINDS,
    SHAPES,
    generators,
    generic_number,
    generic_together,
    generic_trees,
    inputs_of,
    outputs_of,
    trees,
)

ALL = {**NEURON_TYPES, **KINDS}
PARAMETERS = {"copy": {"neurons": VValue({"a": 1, "b": 1}), "outgoing": 1}}
"""Of types that do nothing by default."""

every_type = pytest.mark.parametrize("kind", ALL.values(), ids=ALL)
additive_types = [kind for kind in ALL.values() if kind.additive]


WIDE = SHAPES[3] | Support([("1",), ("this", "a"), ("rest", "this")])  # scalar, label, deeper path; line and list


def generic_on(support, chooser):
    return VValue.from_paths((path, generic_number(chooser)) for path in support)


def applied(kind):
    """What a neuron of this type does, as one that does something."""
    return partial(kind, **PARAMETERS.get(kind.name, {}))


@st.composite
def inputs(draw, kind, min_size=0):
    """What a neuron of this type may receive: for a source an item, else a tree at each of its inputs."""
    if kind.source:
        return draw(generic_trees(min_size=min_size))
    labels = inputs_of(kind)
    return VValue().join(dict(zip(labels, draw(generic_together(len(labels), min_size)), strict=True)))


@every_type
@settings(max_examples=8)
@given(data=st.data())
def test_flat_means_what_the_tree_means(kind, data):
    """f(flatten(v)) = flatten(f(v)): for one value, for a stream, and on a support larger than the value's own."""
    with jax.enable_x64(True):
        v, w = (data.draw(inputs(kind)) for _ in range(2))
        emit = applied(kind)
        wanted = [emit(v), emit(w)]
        found = [unflatten(emit(flatten(x))) for x in (v, w)] + unflatten(emit(flatten([v, w])))
        for f, expected in zip(found, wanted * 2, strict=True):
            assert (f - expected).max_norm() <= 1e-12 * max(1, expected.max_norm())


@every_type
@settings(max_examples=5)
@given(data=st.data())
def test_flat_derivative_is_the_trees(kind, data):
    """The gradient of a generic linear function of all outputs; the tree's by dual numbers."""
    v = data.draw(inputs(kind, min_size=1))
    chooser = data.draw(generators())
    emit = applied(kind)
    factors = emit(v).map_leaves(lambda _: generic_number(chooser))
    with jax.enable_x64(True):
        found = unflatten(jax.grad(lambda x: jnp.asarray(emit(x).dot(factors), float))(flatten(v)))
    wanted = gradient(lambda x: emit(x).dot(factors), v)
    assert (found - wanted).max_norm() <= 1e-12 * max(1, wanted.max_norm())


@every_type
def test_zero_in_flat_or_tree(kind):
    """A neuron that receives nothing emits the same either way."""
    with jax.enable_x64(True):
        assert unflatten(kind(flatten(VValue()))) == kind(VValue())


@every_type
def test_nothing_comes_of_nothing(kind):
    """Only constants, what counts ticks, and a decision emit without receiving."""
    emit = {"eos", "const_1", "constant", "timer", "pulse", "bend", "less_or_equal", "sigmoid"}
    assert bool(kind(VValue())) == (kind.name in emit)


@pytest.mark.parametrize("kind", [kind for kind in ALL.values() if inputs_of(kind)], ids=lambda kind: kind.name)
@given(chooser=generators())
@settings(max_examples=1)
def test_what_moves_in_steps_says_so(kind, chooser):
    """A stepwise type has no slope anywhere, any other type has one somewhere.

    All inputs lie on the same paths, the scalar and others, so that inputs meet, and many times, some of them left out,
    so that a clip or a part that is not there, or is, does not hide the slope; numbers in general position are on no
    step.
    """
    rows = [
        {label: generic_on(WIDE, chooser) for label in inputs_of(kind) if chooser.random() < 0.8} for _ in range(30)
    ]
    with jax.enable_x64(True):
        emitted, back = jax.vjp(applied(kind), flatten([VValue().join(row) for row in rows]))
        factors = [[generic_number(chooser) for _ in emitted.support] for _ in rows]
        (slope,) = back(FlatVValue(jnp.asarray(factors), emitted.support))
    assert bool(emitted.leaves.any())
    assert bool(jnp.isfinite(slope.leaves).all())
    assert bool(slope.leaves.any()) != kind.stepwise


@every_type
@settings(max_examples=10)
@given(data=st.data())
def test_only_known_fields_matter(kind, data):
    """Outputs lie on the type's labels, and inputs it does not have change nothing."""
    v = data.draw(inputs(kind))
    emitted = applied(kind)(v)
    assert all(kind.has_output(label) for label in emitted.labels)
    if kind.inputs is not None and not kind.source:
        assert applied(kind)(v + VValue({"no such input": {"a": 7}})) == emitted


@pytest.mark.parametrize("kind", additive_types, ids=lambda kind: kind.name)
@settings(max_examples=25)
@given(data=st.data())
def test_memory_adds(kind, data):
    """f(v + m) = f(v) + m, exactly, which turns a loop over time into a sum."""
    v = VValue().join({label: data.draw(trees()) for label in inputs_of(kind)})
    m = data.draw(trees())
    place, out = kind.memory
    assert kind(v + VValue().join({place: m}))[out] == kind(v)[out] + m


def test_table_is_by_name():
    assert all(name == kind.name for name, kind in NEURON_TYPES.items())
    assert set(ALIASES.values()) <= set(NEURON_TYPES)
    assert not set(ALIASES) & set(NEURON_TYPES)
    assert Machine().add("id").add("max_norm-1-2").add("sum-3").neurons["max_norm-1-2"].type == "norm"


@every_type
def test_every_type_says_what_it_computes(kind):
    assert kind.summary
    assert all(label in kind.summary for label in outputs_of(kind) if label not in FIELDS)
    assert repr(kind) == f"<neuron type {kind.name}>"


@every_type
def test_unknown_parameters_are_refused(kind):
    with pytest.raises(ValueError, match=f"'{kind.name}' has no parameter 'colour'; it has"):
        kind.settings({"colour": 1})
    assert kind.settings({}) == dict(kind.parameters)


# -- what each type means, worked out by hand --------------------------------------------------------------------------

WORKED = [
    ("input", {"a": 1, "b": 2}, {"char": {"a": 1, "b": 2}}),
    ("eos", {}, {"char": {".": 1}}),
    ("const_1", {}, {"const_1": 1}),
    ("constant", {}, {"value": 1}),
    ("timer", {"timer": 41}, {"timer": 42}),
    ("pulse", {}, {"ticks": 1}),
    ("pulse", {"ticks": {":number": 1, "a": 3}}, {"pulse": 1}),
    ("countdown", {"start": {":number": 7, "a": 9}, "left": 3}, {"left": 7}),
    ("countdown", {"start": -7, "left": 3}, {"left": 2}),
    ("countdown", {"left": 0.5}, {}),
    ("since", {"ticks": {":number": 4, "a": 9}}, {"ticks": 5}),
    ("since", {"event": {"a": {"b": -0.5}}, "ticks": 4}, {"ticks": 1}),
    ("since", {}, {}),
    ("accum", {"dict-1": {"a": 1}, "dict-2": {":number": 2, "a": -1}}, {"dict": 2}),
    ("identity", {"x": {"a": 1}, "y": 2}, {"x": {"a": 1}, "y": 2}),
    ("delay", {"value": {":number": 2, "a": 1}}, {"value": {":number": 2, "a": 1}}),
    (
        "delay_line",
        {"value": {"a": 1, "b": 2}, "line": {"1": {"c": 3}, "2": 9}},
        {"value": {"c": 3}, "line": {"1": {"a": 1, "b": 2}}},
    ),
    ("sum", {"x": {"a": 1}, "y": 2, "z": {"a": 3}}, {"sum": {":number": 2, "a": 4}}),
    ("norm", {"dict": {":number": 2, "a": {"b": -3}}}, {"norm": 3}),
    ("norm", {}, {}),
    ("dot", {"dict-1": {":number": 2, "a": 0.5}, "dict-2": {":number": 1, "a": 3, "b": 9}}, {"dot": 3.5}),
    ("dot", {"dict-1": 5, "dict-2": 1}, {"dot": 4}),
    ("dot", {"dict-1": 5, "dict-2": -1}, {"dot": -4}),
    ("dot", {"dict-1": {"a": 5}, "dict-2": {"b": 5}}, {}),
    ("compare", {"dict-1": 3, "dict-2": {":number": 1, "a": 100}}, {"true": 2}),
    ("compare", {"dict-1": 1, "dict-2": 3}, {"false": 2}),
    ("compare", {"dict-1": {"a": 1}}, {}),
    ("sigmoid", {"x": {"a": 9}}, {"sigmoid": 0.5}),
    ("sigmoid", {"x": 9000}, {"sigmoid": 1}),
    ("sigmoid", {"x": -9000}, {}),
    ("tanh", {"x": {"a": 9}}, {}),
    ("tanh", {"x": {":number": -9000, "a": 9}}, {"tanh": -1}),
    (
        "superfluid",
        {"dict-1": {"a": 2, "b": 3}, "dict-2": {"a": 5}, "norm": 2, "dot": -1, "accum": 0.5},
        {
            "dict": {":number": 2, "a": 3.5, "b": 1.5},
        },
    ),
    ("maximum", {"dict-1": {"a": 1, "b": -1}, "dict-2": {"a": 2, "c": -1}}, {"dict": {"a": 2}}),
    ("minimum", {"dict-1": {"a": 1, "b": -1}, "dict-2": {"a": 2, "c": 1}}, {"dict": {"a": 1, "b": -1}}),
    ("peak", {"dict-1": {"a": 3}, "dict-2": {":number": 1, "a": 2, "b": -1}}, {"dict": {":number": 1, "a": 3}}),
    ("absolute", {"dict": {":number": -2, "a": {"b": -1}, "c": 3}}, {"dict": {":number": 2, "a": {"b": 1}, "c": 3}}),
    (
        "multiply",
        {"dict-1": {":number": 1, "a": 2}, "dict-2": {":number": 3, "a": 9}},
        {"dict": {":number": 3, "a": 6}},
    ),
    ("multiply", {"dict-1": {"a": 2}, "dict-2": {"a": 9}}, {}),
    (
        "product",
        {"dict-1": {":number": 1, "a": 2, "b": 7}, "dict-2": {":number": 3, "a": 9}},
        {"dict": {":number": 3, "a": 18}},
    ),
    (
        "mult_mask",
        {"mask": {"a": 3, "b": {"c": 2}, "d": 5}, "main": {":number": 7, "a": {":number": 2, "b": 1}, "b": {"c": 4}}},
        {"dict": {"a": {":number": 6, "b": 3}, "b": {"c": 8}}},
    ),
    ("mult_mask", {"mask": {":number": 2, "a": 3}, "main": {"a": 5}}, {"dict": {"a": 25}}),
    ("lin_comb", {"mask": {"a": 2, "b": 1}, "main": {"a": 5, "b": {"x": 2}}}, {"dict": {":number": 10, "x": 2}}),
    (
        "lin_comb",
        {"mask": {":number": 2, "a": {"b": -1}}, "main": {"a": {"b": 3}}},
        {"dict": {":number": -3, "a": {"b": 6}}},
    ),
    (
        "absent",
        {"dict-1": {"a": 2, "b": 2, "c": -2}, "dict-2": {"a": -3, "b": 0.5, "d": 1}},
        {"dict": {"b": 1, "c": -2}},
    ),
    ("normalise", {"dict": {":number": 2, "a": {"b": -2}}}, {"dict": {":number": 0.5, "a": {"b": -0.5}}}),
    ("normalise", {}, {}),
    (
        "outer",
        {"dict-1": {":number": 2, "a": {"b": 3}}, "dict-2": {":number": 5, "b": -1}},
        {"dict": {":number": 10, "a": {"b": {":number": 15, "b": -3}}, "b": -2}},
    ),
    ("outer", {"dict-1": {"a": 1}}, {}),
    ("copy", {"matrix": {"a": {"x": {"b": {"y": 1}}}}, "copies": {"1": 1}}, {}),
    ("softmax", {"dict": {"b": 5, "c": -3}, "among": {"a": 3, "c": -1}}, {"dict": {"a": 1}}),
    ("softmax", {"among": {":number": 1, "a": {"b": 3}}}, {"dict": {":number": 0.25, "a": {"b": 0.75}}}),
    ("softmax", {"dict": {"a": 5}}, {}),
    ("less_or_equal", {"dict-1": {":number": 2, "a": 9}, "dict-2": 3}, {"true": 1}),
    ("less_or_equal", {"dict-1": 3, "dict-2": 3}, {"true": 1}),
    ("less_or_equal", {"dict-1": 3, "dict-2": {":number": 2, "a": 9}}, {"false": 1}),
    ("less_or_equal", {"dict-1": -2, "dict-2": {"a": -9}}, {"true": 1}),
    ("less_or_equal", {}, {"true": 1}),
    ("arg_max", {"dict": {":number": 2, "a": {"b": 3, "c": -5}, "d": 1}}, {"dict": {"a": {"b": 1}}}),
    ("arg_max", {"dict": {"a": {":number": 2, "b": 2}, "b": 2}}, {"dict": {"a": 1}}),
    ("arg_max", {"dict": {":number": 0.5, "a": 0.5}}, {"dict": 1}),
    ("arg_max", {"dict": {":number": -1, "a": -2}}, {}),
    (
        "round",
        {"dict": {":number": 1.5, "a": {":number": 2.5, "b": -0.5}, "c": -1.7, "d": 3}},
        {"dict": {":number": 2, "a": 2, "c": -2, "d": 3}},
    ),
    ("threshold", {"dict": {":number": 0.1, "a": {"b": -1}, "c": 3}}, {"dict": {":number": 1, "c": 1}}),
    ("record", {"name": {"ada": 1}, "age": 36}, {"record": {"name": {"ada": 1}, "age": 36}}),
    ("field", {"record": {":number": 1, "a": 2}}, {"value": {":number": 1, "a": 2}}),
    (
        "cons",
        {"item": {"a": 1}, "list": {"this": 2, "rest": {"end": 1}}},
        {"list": {"this": {"a": 1}, "rest": {"this": 2, "rest": {"end": 1}}}},
    ),
    ("cons", {"list": {"this": 2, "rest": {"end": 1}}}, {"list": {"this": 2, "rest": {"end": 1}}}),
    ("first", {"list": {"this": {"a": 1}, "rest": {"this": 2}}}, {"item": {"a": 1}}),
    ("rest", {"list": {"this": {"a": 1}, "rest": {"this": 2}}}, {"list": {"this": 2}}),
    ("output", {"dict-1": {":number": 3, "a": 1}, "dict-2": {"a": 1}}, {"dict-1": 3}),
    ("numbers", {"right": {":number": 3, "a": 1}, "wrong": {"a": 1}}, {"right": 3}),
    ("trees", {"right": {":number": 3, "a": 1}, "wrong": {}}, {"right": {":number": 3, "a": 1}}),
]


@pytest.mark.parametrize(("name", "received", "emitted"), WORKED)
def test_worked_examples(name, received, emitted):
    assert NEURON_TYPES[name](VValue(received)) == VValue(emitted)


def test_every_type_has_a_worked_example():
    assert {name for name, _, _ in WORKED} == set(NEURON_TYPES)


def test_parameters():
    both = VValue({"dict-1": 5, "dict-2": 7})
    assert NEURON_TYPES["dot"](both, clip=100) == VValue({"dot": 35})
    assert NEURON_TYPES["constant"](VValue(), value=VValue({"a": 2})) == VValue({"value": {"a": 2}})


@pytest.mark.parametrize(("outgoing", "more"), [(0, {}), (1, {"a": {"m": {"b-9": {"y": 10}}}})])
def test_copies_of_a_neuron(outgoing, more):
    """b hears a and itself, and a hears b; twice a b-9, and a label with numbers below it alone is none."""
    matrix = {"b": {"x": {"a": {"y": 3}}, "m": {"b": {"y": 1}}}, "a": {"m": {"b": {"y": 5}, "a": {"y": 7}}}}
    received = VValue({"matrix": matrix, "copies": {"9": 2, "z": {"deep": 4}}})
    wanted = {"b-9": {"x": {"a": {"y": 6}}, "m": {"b-9": {"y": 2}}}, **more}
    emitted = NEURON_TYPES["copy"](received, neurons=VValue({"b": 1}), outgoing=outgoing)
    assert emitted == VValue({"matrix": wanted})


# -- derivatives where the slope jumps ---------------------------------------------------------------------------------


def test_relu_has_no_slope_at_zero():
    assert float(jax.grad(relu)(0.0)) == 0
    assert not gradient(lambda v: relu(v.scalar - 1), VValue(1.0))


def test_the_largest_leaves_share_the_slope_of_a_norm():
    """Where leaves tie, the flat derivative is shared, as `max_norm` says."""
    slope = jax.grad(lambda v: v.max_norm())(flatten(VValue({"a": 2.0, "b": -2.0, "c": 1.0})))
    assert slope.leaves.tolist() == [0.5, -0.5, 0.0]


def test_clipping_has_no_slope_outside():
    dot = NEURON_TYPES["dot"]
    slope = jax.grad(lambda v: dot(v)["dot"].scalar)(flatten(VValue({"dict-1": 3.0, "dict-2": 3.0})))
    np.testing.assert_array_equal(slope.leaves, [0.0, 0.0])
