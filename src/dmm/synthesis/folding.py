"""Folding: links and neurons that say the same thing, as one.

Each pass returns a machine that does the same in the steady state; at the start of a stream a constant may come sooner
or later than before, so the result still has to be checked against the old machine, which `simplified` does.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

from dmm.interpret.cycle import run
from dmm.machine.flow import reached
from dmm.machine.machine import Machine
from dmm.synthesis.symmetries import symmetries
from dmm.vvalue.support import Path, Support
from dmm.vvalue.tree import VValue

SETTLED = 1e-12  # relative difference of constants that count as equal


def merge_parallel(machine: Machine) -> Machine:
    """Links from one source into both of two opposite inputs, such as those of a comparison, as one link.

    >>> m = Machine().add("input").add("compare").add("output").link("compare.dict-1", "input.char", 3)
    >>> m = m.link("compare.dict-2", "input.char", 1).link("output.dict-1", "compare.true")
    >>> [str(link) + f" {link.weight}" for link in merge_parallel(m).links()]
    ['compare.dict-1 <- input.char 2', 'output.dict-1 <- compare.true 1.0']
    """
    weights = dict(machine.matrix.items())
    for name in machine.neurons:
        for first, second in symmetries(machine, name).opposite:
            for path in [path for path in weights if path[:2] == (name, first)]:
                other: Path = (name, second, *path[2:])
                if other in weights:
                    weight = weights.pop(path) - weights.pop(other)
                    if weight:
                        weights[path if weight > 0 else other] = abs(weight)
    return machine.with_matrix(VValue.from_paths(weights))


def merge_twins(machine: Machine) -> Machine:
    """Neurons of the same type that listen to the same links, as one: the first speaks for all.

    >>> m = Machine().add("input").add("norm-1").add("norm-2").add("output")
    >>> m = m.link("norm-1.dict", "input.char").link("norm-2.dict", "input.char")
    >>> m = m.link("output.dict-1", "norm-1.norm").link("output.dict-1", "norm-2.norm")
    >>> [str(link) + f" {link.weight}" for link in merge_twins(m).links()]
    ['norm-1.dict <- input.char 1.0', 'norm-2.dict <- input.char 1.0', 'output.dict-1 <- norm-1.norm 2.0']
    """
    first: dict[object, str] = {}
    speaks = {}
    for name, neuron in machine.neurons.items():
        if name not in machine.readouts and not machine.type_of(name).source:
            heard = frozenset(_as_itself(machine, name))
            described = (neuron.type, VValue(dict(neuron.parameters)) if neuron.parameters else None, heard)
            speaks[name] = first.setdefault(described, name)
    twins = {name: other for name, other in speaks.items() if other != name}
    return _redirected(machine, lambda source, output: (twins.get(source, source), output, 1.0))


def merge_factors(machine: Machine) -> Machine:
    """Two neurons that differ in one input, in which their type is linear, and are heard alike, as one that hears both.

    So w x + w y becomes w (x + y). One pair is merged, the first that there is.

    >>> m = Machine().add("input").add("multiply-1").add("multiply-2").add("norm").add("sum")
    >>> m = m.link("multiply-1.dict-1", "norm.norm").link("multiply-2.dict-1", "norm.norm")
    >>> m = m.link("multiply-1.dict-2", "input.char").link("multiply-2.dict-2", "norm.norm")
    >>> m = m.link("sum.x", "multiply-1.dict", 2).link("sum.x", "multiply-2.dict", -6)
    >>> for link in merge_factors(m).links():
    ...     print(link, link.weight)
    multiply-1.dict-1 <- norm.norm 1.0
    multiply-1.dict-2 <- input.char 1.0
    multiply-1.dict-2 <- norm.norm -3.0
    sum.x <- multiply-1.dict 2
    """
    alike: dict[object, list[str]] = {}
    for name, neuron in machine.neurons.items():
        if name not in machine.readouts and not machine.type_of(name).source and not machine.hard[name]:
            described = VValue(dict(neuron.parameters)) if neuron.parameters else None
            alike.setdefault((neuron.type, described), []).append(name)
    for names in alike.values():
        for one, other in combinations(names, 2):
            factor = _heard_alike(machine, one, other)
            for label in symmetries(machine, one).linear if factor else ():
                if _rest(machine, one, label) == _rest(machine, other, label):
                    more = VValue.from_paths(
                        {(one, *path[1:]): factor * weight for path, weight in _into(machine, other, label)}
                    )
                    return machine.with_matrix(machine.matrix + more).among(machine.neurons.keys() - {other})
    return machine


def _heard_alike(machine: Machine, one: str, other: str) -> float | None:
    """How much louder than `one` the `other` is heard by all; `None` if they are not heard alike."""
    first, second = (
        {(path[:2], path[3]): weight for path, weight in machine.matrix.items() if path[2] == name}
        for name in (one, other)
    )
    factors = {second[end] / first[end] for end in first} if first.keys() == second.keys() else set()
    return (
        factors.pop()
        if len(factors) == 1 and not any(link.source in (one, other) for link in machine.hard_links())
        else None
    )


def _rest(machine: Machine, name: str, label: str) -> dict[Path, Any]:
    return {path[1:]: weight for path, weight in machine.matrix.items() if path[0] == name and path[1] != label}


def _into(machine: Machine, name: str, label: str) -> list[tuple[Path, Any]]:
    return [(path, weight) for path, weight in machine.matrix.items() if path[:2] == (name, label)]


def fold_constants(machine: Machine) -> Machine:
    """Neurons that hear constants alone and emit a multiple of one, as that constant.

    >>> m = Machine().add("const_1").add("compare").add("output").link("compare.dict-1", "const_1.const_1", 3)
    >>> m = m.link("output.dict-1", "compare.true")
    >>> [str(link) + f" {link.weight}" for link in fold_constants(m).links()][1:]
    ['output.dict-1 <- const_1.const_1 3.0']
    """
    constants = [
        name for name in machine.neurons if machine.type_of(name).inputs == () and not machine.type_of(name).source
    ]
    still = set(constants)
    while grown := {name for name in machine.neurons if name not in still and _hears_only(machine, name, still)}:
        still |= grown
    values = _settled(machine, still)
    folded: dict[str, tuple[str, str, str, float]] = {}
    for name in sorted(still - set(constants) - set(machine.readouts)):
        for constant in constants:
            factor = _multiple(values[name], values[constant])
            if factor is not None:
                folded[name] = (values[name].labels[0], constant, values[constant].labels[0], factor)
                break

    def instead(source: str, output: str) -> tuple[str, str, float]:
        if source not in folded:
            return source, output, 1.0
        emitted, constant, label, factor = folded[source]
        return constant, label, factor if output == emitted else 0.0

    return _redirected(machine, instead)


def _as_itself(machine: Machine, name: str) -> Iterator[tuple[Path, object]]:
    """The links into a neuron, its own outputs without their name."""
    for link in machine.all_links():
        if link.neuron == name:
            yield (link.input, "" if link.source == name else link.source, link.output), link.weight


def _hears_only(machine: Machine, name: str, others: set[str]) -> bool:
    heard = {link.source for link in machine.all_links() if link.neuron == name}
    return bool(heard) and heard <= others


def _settled(machine: Machine, names: set[str]) -> dict[str, VValue]:
    """What each of the neurons emits once it has settled."""
    kept = [name for name in machine.neurons if name in names]
    ticks = len(kept) + 1
    return {name: run(machine.read(name), [VValue()] * ticks)[0][-1] for name in kept}


def _multiple(value: VValue, constant: VValue) -> float | None:
    """The factor by which a value with one output is a constant with one output; `None` if it is none."""
    if len(value.labels) != 1 or len(constant.labels) != 1:
        return None
    a, b = value[value.labels[0]], constant[constant.labels[0]]
    factor = float(a.dot(b)) / float(b.dot(b))
    return factor if float((a - b * factor).max_norm()) <= SETTLED * float(a.max_norm()) else None


def _redirected(machine: Machine, instead: Callable[[str, str], tuple[str, str, float]]) -> Machine:
    """The machine with every link led from the neuron and output that stand in for its own, times a factor."""
    weights: dict[Path, float] = {}
    for link in machine.links():
        source, output, factor = instead(link.source, link.output)
        path = (link.neuron, link.input, source, output)
        weights[path] = weights.get(path, 0) + link.weight * factor
    return machine.with_matrix(VValue.from_paths(weights))


def heard(machine: Machine) -> Machine:
    """The machine without the neurons, and their links, that lead to no readout; several sources stay."""
    listens: dict[str, set[str]] = {}
    for link in machine.all_links():
        listens.setdefault(link.neuron, set()).add(link.source)
    known = reached(machine.readouts, listens)
    known.update(machine.sources if len(machine.sources) > 1 else ())
    return replace(
        machine,
        neurons={name: neuron for name, neuron in machine.neurons.items() if name in known},
        matrix=_among(known, machine.matrix),
        hard=_among(known, machine.hard),
    )


def _among(names: set[str], matrix: VValue) -> VValue:
    return matrix.restrict(Support(path for path in matrix.support if {path[0], path[2]} <= names))
