"""What a program for a machine has to compute: the outputs that matter, and of which kind each of them is.

Two small fixpoints: forwards, what every output can hold (nothing, a number, any tree); backwards, how much of it
anybody needs. What only a scalar is needed of is a number in the program, though the machine remembers a tree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from dmm.circuits.programs.expressions import NOTHING, NUMBER, TREE, Kind, name
from dmm.circuits.programs.rows import ITEM, Inputs, Row
from dmm.circuits.programs.types import ROWS
from dmm.machine.flow import useful_links
from dmm.machine.machine import Link, Machine
from dmm.neurons.registry import NEURON_TYPES
from dmm.vvalue.tree import ZERO, VValue, weighted_sum

Output = tuple[str, str]  # a neuron and one of its outputs
Heard = Mapping[str, Mapping[str, tuple[Link, ...]]]  # the links by neuron and input


@dataclass(frozen=True)
class Reading:
    """What of a machine matters to its answer.

    `heard` are the links into each neuron, `constants` the values of the neurons that hear nothing. `kinds` has every
    output that somebody needs, `needed` every input, with the kind that is computed of it.
    """

    machine: Machine
    heard: Heard
    constants: Mapping[Output, VValue]
    kinds: Mapping[Output, Kind]
    needed: Mapping[tuple[str, str], Kind]

    def outputs_of(self, neuron: str) -> list[Output]:
        """The outputs of a neuron that somebody needs, in the order in which its type declares them."""
        declared = self.machine.type_of(neuron).outputs
        found = sorted(output for output in self.kinds if output[0] == neuron)
        return sorted(found, key=lambda output: declared.index(output[1])) if declared else found

    def is_late(self, link: Link) -> bool:
        """Whether the link carries the value of the tick before."""
        return bool(self.machine.delay(link.neuron, link.input))

    def is_literal(self, link: Link) -> bool:
        """Whether the source is a constant whose value may stand in its place, from the first tick on.

        A late link brings what was before the first tick, mostly zero. Under unit delay, where everything does, that
        makes no difference to many neurons: they emit nothing then as well as when they hear constants alone.
        """
        if (link.source, link.output) not in self.constants:
            return False
        return not self.is_late(link) or link.neuron in self._unmoved_at_first

    @cached_property
    def _unmoved_at_first(self) -> frozenset[str]:
        """The neurons without prompt inputs that emit the same at the first tick if constants were there before it."""
        found = set()
        for neuron, inputs in self.heard.items():
            if all(self.is_late(link) for links in inputs.values() for link in links):
                first = {label: weighted_sum(map(self._brought_first, links)) for label, links in inputs.items()}
                later = {label: weighted_sum(map(self._constant_or_first, links)) for label, links in inputs.items()}
                emitted, other = (self.machine.apply(neuron, ZERO.join(heard)) for heard in (first, later))
                if all(emitted[output] == other[output] for _, output in self.outputs_of(neuron)):
                    found.add(neuron)
        return frozenset(found)

    def _brought_first(self, link: Link) -> tuple[float, VValue]:
        return link.weight, self.machine.initial[link.source, link.output].map_leaves(float)

    def _constant_or_first(self, link: Link) -> tuple[float, VValue]:
        weight, first = self._brought_first(link)
        return weight, self.constants.get((link.source, link.output), first)


def read_machine(machine: Machine) -> Reading:
    """The reading of a machine without errors; `ValueError` if a neuron that matters is of a type of the user's own."""
    heard = _heard(machine)
    for neuron in heard:
        row_of(machine, neuron)
    held = _held(machine, heard)
    constants = {
        (neuron, output): machine.apply(neuron, ZERO)[output]
        for neuron, output in held
        if not _kinds_heard(heard[neuron], held) and not machine.type_of(neuron).source
    }
    wanted, needed = _wanted(machine, heard, held)
    kinds = {output: kind for output in wanted if (kind := min(wanted[output], held.get(output, NOTHING)))}
    return Reading(machine, heard, constants, kinds, needed)


def row_of(machine: Machine, neuron: str) -> Row:
    """How the type of a neuron is written; `ValueError` if it is one of the user's own."""
    kind = machine.type_of(neuron)
    if kind is not NEURON_TYPES.get(kind.name):
        raise ValueError(
            f"neuron {neuron!r} is of type {kind.name!r}, which is not one of the library's and cannot be written as a"
            " program; put neurons of the library's types in its place, or run the machine itself"
        )
    if kind.name not in ROWS:
        raise ValueError(
            f"neuron {neuron!r} is of type {kind.name!r}, which has no row in dmm.circuits.programs.types; add one"
        )
    return ROWS[kind.name]


def _heard(machine: Machine) -> Heard:
    """The links that can carry something to an answer, weights as floats, by neuron and input."""
    useful = useful_links(machine)
    found: dict[str, dict[str, tuple[Link, ...]]] = {}
    waiting = list(machine.readouts)
    while waiting:
        neuron = waiting.pop()
        if neuron not in found:
            found[neuron] = {}
            known = machine.inputs_of(neuron)
            for link in useful[neuron]:
                if (known is None or link.input in known) and float(link.weight):
                    link = link._replace(weight=float(link.weight))
                    found[neuron][link.input] = (*found[neuron].get(link.input, ()), link)
                    waiting.append(link.source)
    return found


def _kinds_heard(links: Mapping[str, Iterable[Link]], held: Mapping[Output, Kind]) -> dict[str, Kind]:
    """What each input can receive, where that is anything."""
    kinds = {label: max(held.get((x.source, x.output), NOTHING) for x in each) for label, each in links.items()}
    return {label: kind for label, kind in kinds.items() if kind}


def _held(machine: Machine, heard: Heard) -> dict[Output, Kind]:
    """The kind of every output that can hold anything: the least that agrees with all links, and before them."""
    held = {
        (neuron, output): _kind_of(first)
        for neuron in heard
        for output, first in machine.initial[neuron].children.items()
    }
    grows = True
    while grows:
        grows = False
        for neuron in heard:
            for output, kind in _emitted(machine, neuron, _kinds_heard(heard[neuron], held)).items():
                if kind > held.get((neuron, output), NOTHING):
                    held[neuron, output] = kind
                    grows = True
    return held


def _kind_of(value: VValue) -> Kind:
    """The kind of a value that is not zero."""
    return TREE if value.children else NUMBER


def _emitted(machine: Machine, neuron: str, heard: Mapping[str, Kind]) -> dict[str, Kind]:
    kind = machine.type_of(neuron)
    if not heard and not kind.source:
        emitted = machine.apply(neuron, ZERO)
        return {output: _kind_of(emitted[output]) for output in emitted.labels}
    if kind.source:
        heard = {ITEM: TREE}
    inputs = Inputs({label: name(f"x{i}", each) for i, (label, each) in enumerate(heard.items())})
    written = row_of(machine, neuron).write(inputs, **kind.settings(machine.neurons[neuron].parameters))
    return {output: e.kind for output, e in written.items()}


def _wanted(
    machine: Machine, heard: Heard, held: Mapping[Output, Kind]
) -> tuple[dict[Output, Kind], dict[tuple[str, str], Kind]]:
    """How much is needed of every output and of every input, if anything: the least that gives the answer."""
    readouts = set(machine.readouts)
    wanted = {output: kind for output, kind in held.items() if output[0] in readouts}
    needed: dict[tuple[str, str], Kind] = {}
    waiting = list(dict.fromkeys(neuron for neuron, _ in wanted))
    while waiting:
        neuron = waiting.pop()
        kinds = _kinds_heard(heard[neuron], held)
        of_outputs = {output: kind for (each, output), kind in wanted.items() if each == neuron}
        for label in kinds:
            need = min(kinds[label], row_of(machine, neuron).needs(label, kinds, of_outputs))
            needed[neuron, label] = need
            for link in heard[neuron][label]:
                source = link.source, link.output
                if source in held and need > wanted.get(source, NOTHING):
                    wanted[source] = need
                    waiting.append(link.source)
    return wanted, needed
