"""Superfluid neurons in a synthesis: the memories that training finds in them, and plain neurons in their place."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from dmm.machine.machine import Machine, described
from dmm.neurons.base import Memory
from dmm.neurons.superfluid import DATA, ONE, Member, members, superfluid
from dmm.vvalue.support import Path, Support
from dmm.vvalue.tree import VValue

TRIAL, OTHER = VValue({":number": 2, "a": -3}), VValue({":number": -5, "a": 1, "b": 4})
KEPT = 1e-2  # how far the weight of a memory may be from 1 to be tried as a hard link


def memories(machine: Machine, links: Support) -> tuple[np.ndarray, np.ndarray]:
    """Where, among `links`, superfluid neurons listen to themselves, and where their remembering types are weighed.

    The two are the weights of one memory: what comes back is multiplied by both.
    """
    pairs = [
        (links.index[own], links.index[path])
        for path in links
        if (own := (path[0], DATA[0], path[0], "dict")) in links
        and machine.type_of(path[0]) is superfluid
        and path[1] in [x.weights[m.output] for x in _mixed(machine, path[0]) if (m := _memory(x))]
    ]
    places = np.array(pairs, np.int32).reshape(-1, 2)
    return places[:, 0], places[:, 1]


def remembering(machine: Machine, links: Support) -> np.ndarray:
    """Where, among `links`, trained weights multiply what a neuron remembers, in superfluid neurons and in others."""
    own, memory = memories(machine, links)
    ends = ((links.index[path], machine.type_of(path[0]).memory, path) for path in links if path[0] == path[2])
    plain = [place for place, memory, path in ends if memory == (path[1], path[3])]
    return np.array(sorted({*own.tolist(), *memory.tolist(), *plain}), np.int32)


def crystallised(machine: Machine, *, remember: bool) -> Machine:
    """The machine with a plain neuron in place of every superfluid one that is left with a single type.

    The weights of the type's outputs move into the links that leave it. What it hears of itself stays a trained link,
    or, with `remember`, becomes the hard link of its memory where the two weights make about 1. The same answers, but
    for that rounding, and for types that emit without receiving.

    >>> m = Machine().add("input").add("const_1").add("superfluid-1-1").add("norm").read("norm")
    >>> m = m.link("superfluid-1-1.dict-1", "input.char").link("superfluid-1-1.dict-1", "superfluid-1-1.dict", 0.5)
    >>> m = m.link("superfluid-1-1.accum", "const_1.const_1", 2).link("norm.dict", "superfluid-1-1.dict", 3)
    >>> print(crystallised(m, remember=True))
    outputs norm
    input : input
    accum-1-1 : accum
      dict-2 = input.char
      dict-1 := accum-1-1.dict
    norm : norm
      dict = 6 accum-1-1.dict
    const_1 : const_1
    """
    for name in machine.neurons:
        if machine.type_of(name) is superfluid and name not in machine.readouts:
            single = _single(machine, name)
            if single is not None:
                machine = _plain(machine, name, *single, remember=remember)
    return machine


def _mixed(machine: Machine, name: str) -> tuple[Member, ...]:
    return members(superfluid.settings(machine.neurons[name].parameters)["types"])


def _single(machine: Machine, name: str) -> tuple[Member, dict[str, float]] | None:
    """The only type of a superfluid neuron that has weight, and the weights of its outputs; all by a constant 1."""
    into = [link for link in machine.all_links() if link.neuron == name and link.input not in DATA]
    if any(name in (link.neuron, link.source) for link in machine.hard_links()):
        return None
    if not all(machine.neurons[link.source].type == ONE for link in into):
        return None
    given = {link.input: float(link.weight) for link in into}
    found = [member for member in _mixed(machine, name) if set(member.weights.values()) & set(given)]
    if len(found) != 1:
        return None
    return found[0], {output: given[label] for output, label in found[0].weights.items() if label in given}


def _plain(machine: Machine, name: str, member: Member, weights: Mapping[str, float], *, remember: bool) -> Machine:
    """The machine with a neuron of that type in place of the superfluid one."""
    kind = member.kind
    number, new = 1, kind.name + name.removeprefix(superfluid.name)
    while new in machine.neurons:
        number, new = number + 1, f"{kind.name}{name.removeprefix(superfluid.name)}-{number + 1}"
    own = _memory(member)
    moved: dict[Path, float] = {}
    for link in machine.links():
        label: str | None = link.input
        if link.neuron == name:
            label = own[0] if own and link.source == name else _input(member, link.input)
        if label is not None:
            to = new if link.neuron == name else link.neuron
            ends = weights.items() if link.source == name else [(link.output, 1.0)]
            source = new if link.source == name else link.source
            for output, weight in ends:
                path = (to, label, source, output)
                moved[path] = moved.get(path, 0) + link.weight * weight
    parameters = {key: x for key, x in member.settings.items() if x != kind.parameters[key]}
    plain = described(kind.name, parameters)
    neurons = {new if each == name else each: plain if each == name else x for each, x in machine.neurons.items()}
    back = (new, own[0], new, own[1]) if own else ()
    kept = remember and abs(moved.get(back, 0) - 1) <= KEPT
    if kept:
        del moved[back]
    machine = replace(machine, neurons=neurons, matrix=VValue.from_paths(moved))
    return machine.remember(new) if kept else machine


def _memory(member: Member) -> Memory | None:
    """The memory of a type whose first input it is, so that a superfluid neuron can learn it."""
    memory, inputs = member.kind.memory, member.kind.inputs or ()
    return memory if memory and memory.input == inputs[0] else None


def _input(member: Member, label: str) -> str | None:
    """The input of the type that receives what the superfluid neuron does; `None` where it receives nothing of it.

    That of a memory is left to the memory, if what is heard beside it may as well arrive at the other.
    """
    inputs = dict(zip(DATA, member.kind.inputs or (), strict=False))
    memory = _memory(member)
    if memory and label in inputs and len(inputs) == len(DATA):
        first, second = inputs.values()
        together, apart = VValue({first: TRIAL + OTHER}), VValue({first: TRIAL, second: OTHER})
        if member.kind(together, **member.settings) == member.kind(apart, **member.settings):
            return second
    return inputs.get(label)
