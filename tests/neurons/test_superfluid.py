"""Superfluid neurons: a mixture of one type is that type, and a mixture of several is their weighted sum."""

import numpy as np
import pytest
from hypothesis import given

from dmm import NEURON_TYPES, VValue, flatten, unflatten
from strategies import trees

SUPERFLUID = NEURON_TYPES["superfluid"]
TYPES = VValue({"accum": 1, "norm": 1, "dot": {":number": 1, "clip": 9}, "compare": 1})
X, Y = VValue({":number": 2, "a": 1.5}), VValue({":number": 0.5, "a": -1, "b": 3})


def mixed(weights, x=X, y=Y):
    return SUPERFLUID(VValue().join({"dict-1": x, "dict-2": y, **weights}), types=TYPES)["dict"]


@pytest.mark.parametrize(
    ("weight", "kind", "inputs", "output", "parameters"),
    [
        ("accum", "accum", ("dict-1", "dict-2"), "dict", {}), ("norm", "norm", ("dict",), "norm", {}),
        ("dot", "dot", ("dict-1", "dict-2"), "dot", {"clip": 9}),
        ("compare.true", "compare", ("dict-1", "dict-2"), "true", {}),
        ("compare.false", "compare", ("dict-1", "dict-2"), "false", {}),
    ],
)  # fmt: skip
def test_a_mixture_of_one_is_that_type(weight, kind, inputs, output, parameters):
    plain = NEURON_TYPES[kind]
    given = VValue().join(dict(zip(inputs, (X, Y), strict=False)))
    assert mixed({weight: 1}) == plain(given, **plain.settings(parameters))[output] + VValue()
    assert mixed({weight: -3}) == (plain(given, **plain.settings(parameters))[output] + VValue()) * -3


def test_a_mixture_is_the_weighted_sum():
    both = mixed({"accum": 2, "compare.true": 5})
    assert both == mixed({"accum": 1}) * 2 + mixed({"compare.true": 1}) * 5
    assert mixed({}) == VValue()


@given(trees(), trees())
def test_flat_mixtures_are_those_of_trees(x, y):
    given = VValue().join({"dict-1": x, "dict-2": y, "accum": 0.5, "norm": -1, "dot": 2, "compare.true": 1.5})
    flat = SUPERFLUID(flatten(given), types=TYPES)
    tree = SUPERFLUID(given, types=TYPES)
    for path in {*flat.support, *tree.support}:
        found = float(unflatten(flat)[path].scalar) if path in flat.support else 0.0
        assert found == pytest.approx(float(tree[path].scalar), rel=1e-5, abs=1e-5 * max(1.0, float(tree.max_norm())))
    assert np.isfinite(np.asarray(flat.leaves)).all()


@pytest.mark.parametrize(
    ("types", "sentence"),
    [
        ({"input": 1}, "cannot mix 'input'"), ({"output": 1}, "cannot mix 'output'"), ({"mystery": 1}, "cannot mix"),
        ({"norm": 2}, "give it a 1"), ({}, "name one at least"), ({"dot": {":number": 1, "volume": 3}}, "no parameter"),
    ],
)  # fmt: skip
def test_what_cannot_be_mixed_is_refused(types, sentence):
    with pytest.raises(ValueError, match=sentence):
        SUPERFLUID.settings({"types": types})
