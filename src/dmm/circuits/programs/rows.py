# ruff: noqa: ARG001  (what a row needs is asked in one way)
"""The rows of the table of `types`: how a neuron type is written in Python, and what it needs to hear to be written.

Of what is needed, the usual answers are here.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from dmm.circuits.programs.expressions import NOTHING, NUMBER, TREE, Expression, Kind, literal
from dmm.neurons.superfluid import DATA

ITEM = "item"
"""What a source hears, in place of links."""

Kinds = Mapping[str, Kind]
Outputs = Mapping[str, Expression]


class Inputs(dict[str, Expression]):
    """The expressions that the inputs of a neuron receive; zero where there is none."""

    def __missing__(self, label: str) -> Expression:
        return literal(0)


class Row(NamedTuple):
    """How a type is written, and what it needs to hear.

    `write(inputs, **parameters)` is the outputs. `needs(label, heard, wanted)` is the kind that is needed of an input,
    given those of all inputs, and those that are wanted of the outputs.
    """

    write: Callable[..., Outputs]
    needs: Callable[[str, Kinds, Kinds], Kind]


def scalars(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    """The scalar, of each."""
    return NUMBER


def trees(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    """All of it."""
    return TREE


def as_wanted(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    """As much as is wanted of any output."""
    return max(wanted.values())


def as_wanted_there(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    """As much as is wanted of the output of the same name."""
    return wanted.get(label, NOTHING)


def scalars_there(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    """The scalar, if anything is wanted of the output of the same name."""
    return min(NUMBER, wanted.get(label, NOTHING))


def in_both(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    """As much as both inputs have."""
    return min(heard.get(each, NOTHING) for each in DATA)


def in_both_as_wanted(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    """As much as both inputs have, if it is wanted."""
    return min(in_both(label, heard, wanted), *wanted.values())
