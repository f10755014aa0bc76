"""Masks and linear combinations as neurons: linear in both inputs, and what the reference's own examples say."""

import pytest
from hypothesis import given

from dmm import NEURON_TYPES, VValue
from strategies import exact_numbers, trees

T = VValue({"a": 1, "b": 2, "c": {"a": 1, "b": 2, "c": {"x": 1, "y": 3}}})
K = VValue({"c": 7})
PRODUCTS = ("mult_mask", "lin_comb")
either = pytest.mark.parametrize("name", PRODUCTS)


def of(name, mask, main):
    return NEURON_TYPES[name](VValue().join({"mask": mask, "main": main}))["dict"]


@either
@given(u=trees(), v=trees(), w=trees(), x=exact_numbers())
def test_linear_in_both(name, u, v, w, x):
    assert of(name, u + v * x, w) == of(name, u, w) + of(name, v, w) * x
    assert of(name, w, u + v * x) == of(name, w, u) + of(name, w, v) * x


@given(trees(), trees())
def test_a_mask_of_numbers_scales_and_one_of_ones_at_the_leaves_selects(v, w):
    marks = v.map_leaves(lambda _: 1)
    leaves = VValue.from_paths(
        (path, 1) for path, _ in v.items() if not any(path[:k] in v.support for k in range(len(path)))
    )
    assert of("mult_mask", VValue(3), v) == of("lin_comb", VValue(3), v) == v * 3
    assert of("mult_mask", leaves, v) == v
    assert of("lin_comb", marks, w) == sum((w[path] for path in v.support), start=VValue())


@pytest.mark.parametrize(
    ("name", "mask", "main", "wanted"),
    [
        ("mult_mask", {"a": 2}, {"a": 3}, {"a": 6}),  # where the reference's neuron, as committed, gives nothing
        ("lin_comb", {"a": 2}, {"a": 3}, 6),
        ("mult_mask", T, T, {"a": 1, "b": 4, "c": {"a": 1, "b": 4, "c": {"x": 1, "y": 9}}}),
        ("mult_mask", K, T, {"c": {"a": 7, "b": 14, "c": {"x": 7, "y": 21}}}),
        ("lin_comb", K, T, {"a": 7, "b": 14, "c": {"x": 7, "y": 21}}),
        ("lin_comb", T, T, 20),
        ("lin_comb", K, K, 49),
        ("lin_comb", T, K, 0),
        ("lin_comb", {"a": 1, "b": 1}, {"a": 5, "b": -5}, 0),
    ],
)
def test_the_examples_of_the_reference(name, mask, main, wanted):
    """Of its test file and its documentation, by the functions that the neurons were to call."""
    assert of(name, VValue(mask), VValue(main)) == VValue(wanted)
