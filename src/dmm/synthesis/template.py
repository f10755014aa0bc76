"""Templates: over-full machines to start a synthesis from."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from dmm.machine.machine import SYNCHRONOUS, Machine
from dmm.machine.text import parse_neuron
from dmm.neurons.base import NeuronType
from dmm.neurons.superfluid import DATA, ONE, superfluid
from dmm.synthesis.self_reference import OWN, with_edits
from dmm.tasks.parts import RECURRENT, SUPERFLUID, Parts
from dmm.vvalue.support import Path, Support
from dmm.vvalue.tree import NUMBER, VValue

End = tuple[str, str]  # a neuron and one of its fields
HALF, MOST = 0.5, 2.5  # weights of a superfluid neuron to begin with: of one type at most, and of all together
READOUT = "output"  # the name of the neuron that is read


def template(parts: Parts) -> Machine:
    """Sources and constants, layers of neurons, and the readout; every output linked to every later free input.

    A layer has `width` neurons of each type. The input of a memory is reserved for it; where the parts are `recurrent`,
    the other inputs that receive the values of the previous step (in unit delay: all inputs) listen to every output. In
    the template called recurrent there are no layers, and all inputs, the readout's too, listen to every output. In the
    one called superfluid, a layer has as many neurons, each a sum of all types: it listens to every earlier output, at
    its first input to itself, and to 1 where the weights of its types arrive. Where there are edits, what writes them
    listens to every output. All weights are 1 until `initialise` sets
    them. The default is the template of the published feedforward-run-3.

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
    for layer in [""] if parts.template == RECURRENT else [f"{n}-" for n in range(1, parts.layers + 1)]:
        machine, names = _layer(machine, parts, layer)
        layers.append(names)
    machine = machine.add(READOUT, parts.readout)
    layers.append((READOUT,))
    machine, editing = with_edits(machine, parts)
    if parts.timing == SYNCHRONOUS:
        machine = machine.with_timing(SYNCHRONOUS)
    _refuse_unknown(machine, parts)
    trained = Support(p for p in machine.hard.support if p[1] in trained_inputs(parts, machine.type_of(p[0])))
    machine = replace(machine, hard=machine.hard.restrict(machine.hard.support - trained))
    links = [link for depth in range(1, len(layers)) for link in _into(machine, parts, layers, depth)]
    links += [(*port, *end) for port in editing for end in _outputs(machine, parts, layers)]
    machine = machine.with_matrix(VValue.from_paths(dict.fromkeys(links, 1.0)))
    return machine.governed_by(OWN) if editing else machine


def constants(parts: Parts) -> list[tuple[str, str, dict[str, Any]]]:
    """Names, types and parameters of the constants; one without a name has that of its type, numbered if taken.

    Superfluid neurons need a 1 for their weights.
    """
    described = [parse_neuron(constant) for constant in parts.constants]
    if parts.template == SUPERFLUID and ONE not in [kind for _, kind, _ in described]:
        described.append((None, ONE, {}))
    named: dict[str, tuple[str, dict[str, Any]]] = {}
    for name, kind, parameters in described:
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
    """The machine with weights drawn from a normal distribution of mean 0 and standard deviation `scale`.

    In a superfluid neuron, the mean of what weighs its types, and what it hears of itself, is 1/2; of many types less,
    lest it grow from tick to tick.
    """
    draw = random.Random(seed)  # noqa: S311  (no secret is at stake)
    means = {name: _means(machine, name) for name in machine.neurons if machine.type_of(name) is superfluid}
    weights = {path: draw.gauss(0.0, scale) for path in machine.matrix.support}
    for path in weights:
        weights[path] += means.get(path[0], {}).get(path[1:], 0.0)
    return machine.with_matrix(VValue.from_paths(weights))


def _means(machine: Machine, name: str) -> dict[Path, float]:
    """The means of weights into a superfluid neuron, by input, source and output, where they are not 0."""
    weighed = [label for label in machine.inputs_of(name) or () if label not in DATA]
    each = min(HALF, MOST / len(weighed))
    ones = [one for one, neuron in machine.neurons.items() if neuron.type == ONE]
    return {(DATA[0], name, "dict"): HALF, **{(label, one, ONE): each for label in weighed for one in ones}}


def _layer(machine: Machine, parts: Parts, layer: str) -> tuple[Machine, tuple[str, ...]]:
    """The machine with one more layer, and the names in it."""
    places: Counter[str] = Counter()
    names = []
    for kind, parameters in _described(parts):
        places[kind] += 1
        names.append(f"{kind}-{layer}{places[kind]}")
        machine = machine.add(names[-1], kind, **parameters)
    return machine, tuple(names)


def _described(parts: Parts) -> list[tuple[str, dict[str, Any]]]:
    """Type and parameters of every neuron of a layer."""
    named = [parse_neuron(spec)[1:] for spec in parts.neurons]
    if parts.template != SUPERFLUID:
        return [each for each in named for _ in range(parts.width)]
    types = VValue({kind: {NUMBER: 1, **parameters} for kind, parameters in named})
    if len(types.labels) < len(named):
        raise ValueError(f"neurons is {parts.neurons!r}; name every type once, for a superfluid neuron mixes it once")
    mixture = {} if types == superfluid.parameters["types"] else {"types": types}
    return [(SUPERFLUID, mixture)] * (parts.width * len(named))


def _into(machine: Machine, parts: Parts, layers: Sequence[tuple[str, ...]], depth: int) -> Iterable[Path]:
    """The links into a layer."""
    earlier = _outputs(machine, parts, layers[:depth])
    every = _outputs(machine, parts, layers)
    recurrent = parts.recurrent or parts.template == RECURRENT
    for name in layers[depth]:
        kind = machine.type_of(name)
        if parts.template == SUPERFLUID and name != READOUT:
            yield from _into_mixture(machine, name, every if recurrent else earlier)
            continue
        for label in parts.outputs if name == READOUT else trained_inputs(parts, kind):
            back = recurrent and name != READOUT and (parts.timing != SYNCHRONOUS or label in kind.late)
            yield from ((name, label, *end) for end in (every if back else earlier))


def _into_mixture(machine: Machine, name: str, heard: list[End]) -> Iterable[Path]:
    """The links into a superfluid neuron: what is heard and, at the first input, itself; 1 for its weights."""
    one = next(each for each in machine.neurons if machine.neurons[each].type == ONE)
    own = [(name, label) for label in machine.type_of(name).outputs or ()]
    for label in machine.inputs_of(name) or ():
        ends = [(one, ONE)] if label not in DATA else heard if label != DATA[0] else dict.fromkeys([*heard, *own])
        yield from ((name, label, *end) for end in ends)


def trained_inputs(parts: Parts, kind: NeuronType) -> list[str]:
    """The inputs of this type that have trained links."""
    if parts.fields:
        return [label for label in named_fields(parts, kind) if kind.has_input(label)]
    return [label for label in kind.inputs or () if kind.memory is None or label != kind.memory.input]


def _outputs(machine: Machine, parts: Parts, layers: Iterable[tuple[str, ...]]) -> list[End]:
    """The outputs that are listened to: of sources and constants all, of others those that take part."""
    ends: list[End] = []
    for name in (name for layer in layers for name in layer if name != READOUT):
        kind = machine.type_of(name)
        chosen = parts.fields and kind.inputs != ()
        labels = [x for x in named_fields(parts, kind) if kind.has_output(x)] if chosen else kind.outputs or ()
        ends += [(name, label) for label in labels]
    return ends


def named_fields(parts: Parts, kind: NeuronType) -> list[str]:
    """The labels of this type among the fields that are named."""
    return [label for name, _, label in (field.partition(".") for field in parts.fields) if name == kind.name]


def _refuse_unknown(machine: Machine, parts: Parts) -> None:
    kinds = {kind.name: kind for kind in map(machine.type_of, machine.neurons)}
    for field in parts.fields:
        name, _, label = field.partition(".")
        kind = kinds.get(name)
        if kind is None or not (kind.has_input(label) or kind.has_output(label)) or not label:
            known = [f"{k.name}.{x}" for k in kinds.values() for x in (*(k.inputs or ()), *(k.outputs or ()))]
            raise ValueError(f"no neuron of the template has the field {field!r}; name some of {', '.join(known)}")
