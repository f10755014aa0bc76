"""Templates: over-full machines to start a synthesis from."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from dmm.machine.machine import SYNCHRONOUS, Machine
from dmm.machine.text import parse_neuron
from dmm.tasks.parts import Parts
from dmm.vvalue.support import Path
from dmm.vvalue.tree import VValue

End = tuple[str, str]  # a neuron and one of its fields
READOUT = "output"  # the name of the neuron that is read


def template(parts: Parts) -> Machine:
    """Sources and constants, layers of neurons, and the readout; every output linked to every later free input.

    A layer has `width` neurons of each type. The input of a memory is reserved for it; in a recurrent template, the
    other inputs that receive the values of the previous step (in unit delay: all inputs) listen to every output. All
    weights are 1 until `initialise` draws some. The default is the template of the published feedforward-run-3.

    >>> len(template(Parts()).matrix)
    1486
    >>> print(template(Parts(neurons=("accum",), constants=(), layers=1, width=1)))
    input : input
    accum-1-1 : accum
      dict-2 = input.char
      dict-1 := accum-1-1.dict
    output : output
      dict-1 = accum-1-1.dict + input.char
      dict-2 = accum-1-1.dict + input.char
    """
    machine = Machine()
    for name in parts.inputs:
        machine = machine.add(name, "input")
    for name, kind, parameters in constants(parts):
        machine = machine.add(name, kind, **parameters)
    layers = [tuple(machine.neurons)]
    for layer in range(1, parts.layers + 1):
        machine, names = _layer(machine, parts, layer)
        layers.append(names)
    machine = machine.add(READOUT, parts.readout)
    layers.append((READOUT,))
    if parts.timing == SYNCHRONOUS:
        machine = machine.with_timing(SYNCHRONOUS)
    links = [link for depth in range(1, len(layers)) for link in _into(machine, parts, layers, depth)]
    return machine.with_matrix(VValue.from_paths(dict.fromkeys(links, 1.0)))


def constants(parts: Parts) -> list[tuple[str, str, dict[str, Any]]]:
    """Names, types and parameters of the constants; one without a name has that of its type, numbered if taken."""
    named: dict[str, tuple[str, dict[str, Any]]] = {}
    for constant in parts.constants:
        name, kind, parameters = parse_neuron(constant)
        number, free = 2, name or kind
        while free in named or free in parts.inputs:
            number, free = number + 1, f"{name or kind}-{number}"
        named[free] = kind, parameters
    return [(name, kind, parameters) for name, (kind, parameters) in named.items()]


def layered(kinds: Iterable[str] = ("accum", "norm", "dot", "compare"), *, layers: int = 5, width: int = 2) -> Machine:
    """The template of `layers` layers with `width` neurons of each of these kinds, all else as published.

    >>> len(layered(("accum", "norm", "dot"), layers=6).matrix)
    942
    """
    return template(Parts(neurons=tuple(kinds), layers=layers, width=width))


def weights_seed(seed: int, attempt: int = 1, member: int = 0) -> int:
    """The seed of the weights with which a member of the population begins an attempt of a synthesis."""
    return 1000 * seed + attempt + 100_000 * member


def initialise(machine: Machine, seed: int, scale: float = 0.05) -> Machine:
    """The machine with weights drawn from a normal distribution of mean 0 and standard deviation `scale`."""
    draw = random.Random(seed)  # noqa: S311  (no secret is at stake)
    weights = {path: draw.gauss(0.0, scale) for path in machine.matrix.support}
    return machine.with_matrix(VValue.from_paths(weights))


def _layer(machine: Machine, parts: Parts, layer: int) -> tuple[Machine, tuple[str, ...]]:
    """The machine with one more layer, and the names in it."""
    places: Counter[str] = Counter()
    names = []
    for spec in parts.neurons:
        _, kind, parameters = parse_neuron(spec)
        for _ in range(parts.width):
            places[kind] += 1
            names.append(f"{kind}-{layer}-{places[kind]}")
            machine = machine.add(names[-1], kind, **parameters)
    return machine, tuple(names)


def _into(machine: Machine, parts: Parts, layers: Sequence[tuple[str, ...]], depth: int) -> Iterable[Path]:
    """The links into a layer."""
    earlier = _outputs(machine, layers[:depth])
    every = _outputs(machine, layers)
    for name in layers[depth]:
        kind = machine.type_of(name)
        reserved = {kind.memory.input} if kind.memory else set()
        for label in parts.outputs if name == READOUT else kind.inputs or ():
            back = parts.recurrent and name != READOUT and (parts.timing != SYNCHRONOUS or label in kind.late)
            if label not in reserved:
                yield from ((name, label, *end) for end in (every if back else earlier))


def _outputs(machine: Machine, layers: Iterable[tuple[str, ...]]) -> list[End]:
    return [
        (name, output) for layer in layers for name in layer if name != READOUT
        for output in machine.type_of(name).outputs or ()
    ]  # fmt: skip
