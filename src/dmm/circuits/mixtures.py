"""Superfluid neurons as they are read: a weighted sum of what types make of the same two values.

superfluid(t) = 0.5 const_1(t-1) * norm(x) + norm(t-1) * compare.true(x, y) where x = accum(t-1), y = input(t-1)
"""

from typing import NamedTuple

from dmm.machine.machine import Machine
from dmm.neurons.superfluid import DATA, members

ARGUMENTS = dict(zip("xy", DATA, strict=True))
"""What stands for the values that all types receive, and the inputs at which these arrive."""


class Mixed(NamedTuple):
    """An output of a mixed type, the input that receives its weight, and how it is written: `compare.true(x, y)`."""

    kind: str
    output: str | None
    arguments: str
    weight: str

    @property
    def text(self) -> str:
        """As in the equations; the names of types and outputs of the library need no quotation marks."""
        return f"{self.weight}({self.arguments})"


def mixed(machine: Machine, name: str) -> list[Mixed]:
    """What a superfluid neuron can be a sum of.

    >>> machine = Machine().add("superfluid", types={"compare": 1, "norm": 1})
    >>> [term.text for term in mixed(machine, "superfluid")]
    ['compare.true(x, y)', 'compare.false(x, y)', 'norm(x)']
    """
    kind = machine.type_of(name)
    return [
        Mixed(
            member.kind.name,
            output if len(member.weights) > 1 else None,
            ", ".join([*ARGUMENTS][: len(member.kind.inputs or ())]),
            weight,
        )
        for member in members(kind.settings(machine.neuron(name).parameters)["types"])
        for output, weight in member.weights.items()
    ]
