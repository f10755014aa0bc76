"""The ways to a gradient by name, as text and as plain data."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from types import MappingProxyType
from typing import Any

from dmm.gradients.base import Gradient
from dmm.gradients.evolution import EvolutionStrategies
from dmm.gradients.reverse import Reverse, Truncated
from dmm.machine.machine import Machine

WAYS: Mapping[str, type[Gradient]] = MappingProxyType(
    {"reverse": Reverse, "truncated": Truncated, "evolution": EvolutionStrategies}
)
"""Every way to a gradient by name."""


def gradient_to_json(gradient: Gradient) -> dict[str, Any]:
    """A way to a gradient as plain data: its name under `way`, and its fields."""
    name = next(name for name, kind in WAYS.items() if type(gradient) is kind)
    return {"way": name, **asdict(gradient)}


def gradient_from_json(data: Mapping[str, Any]) -> Gradient:
    """The way to a gradient that `gradient_to_json` wrote down; `ValueError` where that is impossible."""
    known = dict(data)
    kind = WAYS.get(known.pop("way", ""))
    if kind is None or set(known) - {field.name for field in fields(kind)}:
        raise ValueError(f"the setting gradient is {dict(data)!r}; its way is one of {', '.join(WAYS)}")
    return kind(**known)


def parse_gradient(text: str) -> Gradient:
    """A way to a gradient from its name and, after a colon, its first number: the ticks of a piece, or the pairs.

    >>> parse_gradient("truncated:50"), parse_gradient("evolution")
    (Truncated(ticks=50), EvolutionStrategies(pairs=128, deviation=0.02, ranked=True, together=16, piece=None))
    """
    name, colon, number = text.partition(":")
    kind = WAYS.get(name)
    if kind is None or (colon and not number.isdecimal()) or (kind is Truncated and not colon):
        raise ValueError(
            f"the gradient {text!r} is unknown; give auto, reverse, reverse:TICKS, truncated:TICKS, evolution or "
            f"evolution:PAIRS"
        )
    first = fields(kind)[0].name
    return kind(**{first: int(number)} if colon else {})


def suited(machine: Machine) -> Gradient:
    """Reverse mode; evolution strategies for a machine with neurons whose outputs move in steps.

    >>> suited(Machine().add("norm")), type(suited(Machine().add("round"))).__name__
    (Reverse(piece=None), 'EvolutionStrategies')
    """
    return EvolutionStrategies() if stepwise(machine) else Reverse()


def stepwise(machine: Machine) -> list[str]:
    """The types in the machine whose outputs move in steps, so that no derivative says how to train what they hear."""
    return sorted({neuron.type for name, neuron in machine.neurons.items() if machine.type_of(name).stepwise})
