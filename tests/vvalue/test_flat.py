"""Flat V-values: each operation means what it means on the tree, values and gradients; and they are JAX pytrees."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmm.vvalue.flat import FlatVValue, flatten, unflatten
from dmm.vvalue.keywise import (
    absent,
    absolute,
    keywise_absolute,
    keywise_maximum,
    keywise_minimum,
    keywise_product,
    maximum,
    minimum,
    normalise,
)
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue
from duals import gradient
from strategies import SHAPES, generators, generic_number, generic_together, generic_trees, shapes

PART = Support([(), ("a",), ("b", "c"), ("z",)])

# Every operation of the vocabulary, on values v and w, tree or flat alike; the result is a value or a scalar.
OPERATIONS = {
    "v + w": lambda v, w: v + w,
    "v - w": lambda v, w: v - w,
    "-v": lambda v, w: -v,
    "2.5 v": lambda v, w: 2.5 * v,
    "0 v": lambda v, w: v * 0,
    "v / 4": lambda v, w: v / 4,
    "v + 2": lambda v, w: v + 2,
    "2 - v": lambda v, w: 2 - v,
    "v + tree": lambda v, w: v + VValue({":number": 1, "q": {"r": 2}}),
    "v times a scalar of w": lambda v, w: v * w.scalar,
    "w's norm times v": lambda v, w: w.max_norm() * v,
    "v over a norm": lambda v, w: v / (1 + w.max_norm()),
    "v.scalar": lambda v, w: v.scalar,
    "v[a]": lambda v, w: v["a"],
    "v[b, c]": lambda v, w: v["b", "c"],
    "v[nowhere]": lambda v, w: v["nowhere"],
    "v[()]": lambda v, w: v[()],
    "max_norm": lambda v, w: v.max_norm(),
    "dot": lambda v, w: v.dot(w),
    "dot with itself": lambda v, w: v.dot(v),
    "dot with a tree": lambda v, w: v.dot(VValue({":number": 3, "a": 2, "b": {"c": -1}})),
    "mult_mask": lambda v, w: v.mult_mask(w),
    "mult_mask by a tree": lambda v, w: v.mult_mask(VValue({":number": 3, "b": 2})),
    "lin_comb": lambda v, w: v.lin_comb(w),
    "apply_matrix 0": lambda v, w: v.apply_matrix(w, 0),
    "apply_matrix 1": lambda v, w: v.apply_matrix(w, 1),
    "apply_matrix 2": lambda v, w: v.apply_matrix(w, 2),
    "join": lambda v, w: v.join({"x": w, "y": v.scalar, "z": VValue({"k": 2}), "a": 1, "none": 0}),
    "restrict": lambda v, w: v.restrict(PART),
    "keywise_product": keywise_product,
    "keywise_product with a tree": lambda v, w: keywise_product(v, VValue({":number": 3, "b": {"c": 2}})),
    "keywise_product of a tree": lambda v, w: keywise_product(VValue({":number": 3, "b": {"c": 2}}), v),
    "keywise_maximum": keywise_maximum,
    "keywise_maximum with a tree": lambda v, w: keywise_maximum(VValue({"a": 0.1, "q": -1, "z": 1}), v),
    "keywise_minimum": keywise_minimum,
    "keywise_minimum with nothing": lambda v, w: keywise_minimum(v, VValue()),
    "keywise_absolute": lambda v, w: keywise_absolute(v),
    "absent": absent,
    "absent from a tree": lambda v, w: absent(VValue({":number": 3, "a": -1, "q": 2}), v),
    "absent where a tree is": lambda v, w: absent(v, VValue({":number": 0.5, "a": 2, "q": 2})),
    "normalise": lambda v, w: normalise(v),
    "normalise a sum": lambda v, w: normalise(v + 3 * w),
    "maximum": lambda v, w: maximum(v.scalar, w.scalar),
    "minimum": lambda v, w: minimum(v.scalar, 0.5),
    "absolute": lambda v, w: absolute(w.scalar),
    "sum of parts": lambda v, w: sum(v[label] for label in v.labels) + w,
}
every_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)


def as_tree(result):
    """The tree of an operation's result: a scalar is a value, too."""
    return unflatten(result) if isinstance(result, FlatVValue) else VValue(float(result))


@pytest.fixture(autouse=True)
def _double_precision():
    with jax.enable_x64(True):
        yield


def assert_close(found, wanted):
    wanted = VValue(wanted)
    assert (found - wanted).max_norm() <= 1e-13 * max(1, wanted.max_norm())


def pairs():
    """Two values on any two of a few shapes."""
    return generic_together(2)


# -- flat means the tree -----------------------------------------------------------------------------------------------


@every_operation
@settings(max_examples=12)
@given(pairs())
def test_flat_means_what_the_tree_means(operation, values):
    v, w = values
    assert_close(as_tree(operation(flatten(v), flatten(w))), operation(v, w))


@every_operation
@settings(max_examples=4)
@given(pairs(), generators())
def test_gradients_are_the_trees(operation, values, chooser):
    """With respect to both values at once, of a generic linear function of the result."""
    both = VValue().join(dict(zip("vw", values, strict=True)))
    factors = VValue(operation(*values)).map_leaves(lambda _: generic_number(chooser))

    def measured(both):
        result = operation(both["v"], both["w"])
        return result.dot(factors) if isinstance(result, VValue | FlatVValue) else result * factors.scalar

    found = unflatten(jax.grad(lambda both: jnp.asarray(measured(both), float))(flatten(both)))
    assert_close(found, gradient(measured, both))


@every_operation
@settings(max_examples=3)
@given(st.lists(pairs(), min_size=2, max_size=2))
def test_leading_axes_are_independent(operation, rows):
    """A batch of values is operated on row by row; `vmap` says the same."""
    v, w = (flatten(list(column)) for column in zip(*rows, strict=True))
    found = operation(v, w)
    mapped = jax.vmap(lambda v, w: jnp.asarray(0.0) + as_array(operation(v, w)))(v, w)
    for i, row in enumerate(rows):
        one = found if not isinstance(found, FlatVValue) else FlatVValue(rows_of(found, 2)[i], found.support)
        if not isinstance(found, FlatVValue):
            one = np.broadcast_to(found, 2)[i]
        assert_close(as_tree(one), operation(*row))
        np.testing.assert_allclose(mapped[i], as_array(one), rtol=1e-13)


def as_array(result):
    return result.leaves if isinstance(result, FlatVValue) else jnp.asarray(result, float)


def rows_of(flat, count):
    return np.broadcast_to(flat.leaves, (count, len(flat.support)))


@settings(max_examples=10)
@given(generic_trees(), st.lists(st.floats(-3, 3), min_size=2, max_size=2))
def test_scalars_with_leading_axes(v, factors):
    """An array of scalars scales, divides and shifts each row by its own."""
    rows, scalars = flatten([v, v]), jnp.array(factors)
    for i, factor in enumerate(factors):
        assert_close(unflatten(rows * scalars)[i], v * factor)
        assert_close(unflatten(scalars * rows)[i], v * factor)
        assert_close(unflatten(rows / (4 + scalars))[i], v / (4 + factor))
        assert_close(unflatten(rows + scalars)[i], v + factor)
        assert_close(unflatten(np.array(factors) - rows)[i], factor - v)


# -- from trees and back -----------------------------------------------------------------------------------------------


@given(generic_trees())
def test_there_and_back(v):
    assert unflatten(flatten(v)) == v
    assert unflatten(flatten(v, v.support | PART)) == v
    assert flatten(v).support == v.support
    assert unflatten(flatten([[v, v], [-v, v]])) == [[v, v], [-v, v]]


@settings(max_examples=20)
@given(generic_trees(), shapes())
def test_take_restrict_extend(v, support):
    flat = flatten(v)
    assert unflatten(flat.restrict(support)) == v.restrict(support)
    assert flat.restrict(support).support == v.support & support
    assert unflatten(flat.extend(v.support | support)) == v
    assert unflatten(flat.extend(v.support | support).take(v.support)) == v


def test_streams_and_their_dtype():
    stream = [VValue({"a": 1}), VValue(), VValue({"b": 2})]
    assert flatten(stream).leaves.tolist() == [[1, 0], [0, 0], [0, 2]]
    assert flatten(stream).leading_shape == (3,)
    assert flatten(stream).leaves.dtype == np.float64
    assert flatten(stream, dtype=np.float32).leaves.dtype == np.float32
    with jax.enable_x64(False):
        assert flatten(stream).leaves.dtype == np.float32
    assert flatten([]).leaves.shape == (0, 0)


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match=r"leaf at path \('b',\), outside the support {a}; widen it"):
        flatten(VValue({"b": 1}), Support([("a",)]))
    with pytest.raises(ValueError, match="nested sequences of different lengths"):
        flatten([[VValue(1)], [VValue(1), VValue(2)]])
    with pytest.raises(ValueError, match=r"leaves of shape \(3,\) do not fit a support of 1 paths"):
        FlatVValue(jnp.zeros(3), Support([("a",)]))


def test_a_flat_value_is_no_sequence():
    flat = flatten(VValue({"a": 1}))
    with pytest.raises(TypeError):
        iter(flat)
    with pytest.raises(TypeError):
        flat * flat
    with pytest.raises(TypeError):
        flat / VValue(2)


# -- a pytree ----------------------------------------------------------------------------------------------------------


def test_one_leaf_with_a_static_support():
    flat = flatten(VValue({"a": 1.0, "b": 2.0}))
    leaves, structure = jax.tree.flatten(flat)
    assert [leaf.tolist() for leaf in leaves] == [[1, 2]]
    assert jax.tree.unflatten(structure, leaves).support is flat.support
    assert structure == jax.tree.structure(flatten(VValue({"a": 5.0, "b": 6.0})))
    assert structure != jax.tree.structure(flatten(VValue({"a": 5.0, "c": 6.0})))
    ((path, _),), _ = jax.tree_util.tree_flatten_with_path(flat)
    assert jax.tree_util.keystr(path) == ".leaves"


def test_tree_map_of_two():
    v, w = flatten(VValue({"a": 1.0, "b": 2.0})), flatten(VValue({"a": 3.0, "b": 5.0}))
    assert unflatten(jax.tree.map(jnp.maximum, v, w)) == unflatten(w)
    assert unflatten(jax.tree.map(lambda x, y: x * y, v, w)) == VValue({"a": 3, "b": 10})
    with pytest.raises(ValueError, match="different pytree metadata"):
        jax.tree.map(jnp.add, v, flatten(VValue({"a": 1.0})))


def test_jit_compiles_once_for_a_support():
    traces = []

    @jax.jit
    def double(v):
        traces.append(v.support)
        return 2 * v

    for tree in ({"a": 1.0}, {"a": 2.0}, {"b": 2.0}, {"a": 3.0}):
        assert unflatten(double(flatten(VValue(tree)))) == 2 * VValue(tree)
    assert traces == [Support([("a",)]), Support([("b",)])]


def test_supports_of_a_scan_stay():
    """A running sum, carried as a V-value."""
    stream = flatten([VValue({"a": 1.0}), VValue({"b": 2.0}), VValue({"a": 3.0})])
    start = flatten(VValue(), stream.support)
    last, sums = jax.lax.scan(lambda total, item: (total + item,) * 2, start, stream)
    assert unflatten(last) == VValue({"a": 4, "b": 2})
    assert unflatten(sums) == [VValue({"a": 1}), VValue({"a": 1, "b": 2}), VValue({"a": 4, "b": 2})]


@pytest.mark.trains
def test_adam_moves_every_leaf_and_keeps_the_support():
    """Adam's first step has the size of the learning rate, against the sign of the gradient."""
    target = VValue({"a": 1.0, "b": {"c": -2.0}})
    v = flatten(VValue(), target.support)
    optimizer = optax.adam(0.1)
    moments = optimizer.init(v)
    slope = jax.grad(lambda v: (v - target).dot(v - target))(v)
    change, _ = optimizer.update(slope, moments, v)
    moved = optax.apply_updates(v, change)
    assert isinstance(moved, FlatVValue)
    assert moved.support == target.support
    np.testing.assert_allclose(moved.leaves, [0.1, -0.1], rtol=1e-6)


def test_gradient_is_a_value_on_the_same_support():
    for support in SHAPES:
        v = FlatVValue(jnp.arange(1.0, 1 + len(support)), support)
        slope = jax.grad(lambda v: 1.0 * v.dot(v) + 0.0 * jnp.sum(v.leaves))(v)
        assert slope.support == support
        assert slope.leaves.tolist() == (2 * v.leaves).tolist()


def test_shape_and_support_print():
    assert repr(flatten([VValue({"a": 1})] * 3)) == "FlatVValue({a}, leaves (3, 1))"
