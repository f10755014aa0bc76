"""Superfluid neurons: a weighted sum of neuron types, so that training can choose among them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from dmm.neurons.base import NeuronType, neuron_type
from dmm.vvalue.numbers import is_number
from dmm.vvalue.tree import VValue

DATA = ("dict-1", "dict-2")
"""What the first and the second input of every mixed type receive."""

ONE = "const_1"
"""The type of the constant that the weights of a template's superfluid neurons multiply, and its output."""


class Member(NamedTuple):
    """A mixed type, its parameters, and for each of its outputs the input that receives the weight."""

    kind: NeuronType
    settings: Mapping[str, Any]
    weights: Mapping[str, str]


@lru_cache(maxsize=256)
def members(types: VValue) -> tuple[Member, ...]:
    """The types that a superfluid neuron mixes, by its parameter; `ValueError` for one that cannot be mixed.

    >>> [list(member.weights.values()) for member in members(VValue({"norm": 1, "compare": 1}))]
    [['compare.true', 'compare.false'], ['norm']]
    """
    if not types.labels:
        raise ValueError("a superfluid neuron without types emits nothing; name one at least")
    return tuple(_member(name, types[name]) for name in types.labels)


def _member(name: str, described: VValue) -> Member:
    from dmm.neurons.registry import NEURON_TYPES  # which holds the type below, too

    mixed = {each.name: each for each in NEURON_TYPES.values() if each.inputs and each.outputs and not each.sink}
    if name not in mixed:
        raise ValueError(f"a superfluid neuron cannot mix {name!r}; it can mix {', '.join(mixed)}")
    kind = mixed[name]
    if described.scalar != 1:
        raise ValueError(f"the type {name!r} of a superfluid neuron has the mark {described.scalar}; give it a 1")
    given = {label: described[label].to_nested() for label in described.labels}
    outputs = kind.outputs or ()
    weights = {output: name if len(outputs) == 1 else f"{name}.{output}" for output in outputs}
    return Member(kind, kind.settings(given), weights)


def _inputs(*, types: VValue) -> tuple[str, ...]:
    return (*DATA, *(label for member in members(types) for label in member.weights.values()))


@neuron_type(inputs=None, outputs=("dict",), ports=_inputs)
def superfluid(v: Any, *, types: VValue = VValue({"accum": 1, "norm": 1, "dot": 1, "compare": 1})) -> Mapping[str, Any]:
    """dict = the sum of what the mixed types make of dict-1 and dict-2, each output times the scalar under its name

    `types` has a 1 for each of them, and below it parameters other than the default: `{accum: 1, dot: 1 + {clip: 9}}`.
    The name is that of the type, with that of the output after a dot if there are several: `accum`, `compare.true`.
    """
    total = v.join({})
    for kind, settings, weights in members(types):
        given = {output: v[label].scalar for output, label in weights.items()}
        if any(not is_number(weight) or weight for weight in given.values()):
            received = dict(zip(kind.inputs or (), (v[label] for label in DATA), strict=False))
            emitted = kind(v.join(received), **settings)
            for output, weight in given.items():
                total = total + emitted[output] * weight
    return {"dict": total}
