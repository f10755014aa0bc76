"""What is drawn of a machine, made once: the neurons and links that its answer depends on. All pictures print this."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import Any

from dmm.circuits.names import readable_names
from dmm.circuits.pictures.lettering import counted, sized, visible, written
from dmm.machine.check import check, refuse
from dmm.machine.flow import foretold_links, links_at_once, used_neurons, useful_links
from dmm.machine.machine import UNIT_DELAY, Machine
from dmm.machine.text import flow_order
from dmm.neurons.base import NeuronType
from dmm.vvalue.labels import format_label
from dmm.vvalue.text import format_number
from dmm.vvalue.tree import VValue


@dataclass(frozen=True)
class Node:
    """A neuron as it is drawn: its readable name, its type, and the inputs and outputs that have links.

    `settings` are the parameters as text, defaults that are numbers included. `labels_inputs` and `labels_outputs` say
    whether the type has several, so that a link needs the label to be understood.
    """

    name: str
    word: str
    kind: NeuronType
    settings: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    labels_inputs: bool
    labels_outputs: bool
    source: bool
    readout: bool

    @property
    def caption(self) -> str:
        """The type and the parameters, as far as the readable name does not say them."""
        named = self.word == self.kind.name or self.word.rpartition("_")[0] == self.kind.name
        kind = "" if named else self.kind.name
        return f"{kind}({self.settings})" if kind and self.settings else kind or self.settings


@dataclass(frozen=True)
class Edge:
    """A link as it is drawn: whether training leaves it alone, and the ticks it takes.

    One of weight 0 is a link that a self-referential machine may write.
    """

    neuron: str
    input: str
    source: str
    output: str
    weight: float
    hard: bool
    delay: int

    @property
    def path(self) -> tuple[str, str, str, str]:
        """Where the link stands in the network matrix."""
        return self.neuron, self.input, self.source, self.output

    @property
    def is_loop(self) -> bool:
        """Whether the neuron listens to itself."""
        return self.neuron == self.source


@dataclass(frozen=True)
class Graph:
    """Neurons in the order of the data flow, links, and how many of each are left out as of no effect."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    timing: str
    unused_neurons: int = 0
    unused_links: int = 0

    @cached_property
    def place(self) -> dict[str, int]:
        """The place of each neuron in the order of the data flow."""
        return {node.name: number for number, node in enumerate(self.nodes)}

    @property
    def trained(self) -> int:
        """How many links are trained."""
        return sum(not edge.hard for edge in self.edges)

    def goes_back(self, edge: Edge) -> bool:
        """Whether the link goes against the order of the data flow, or from a neuron to itself."""
        return self.place[edge.source] >= self.place[edge.neuron]

    def is_late(self, edge: Edge) -> bool:
        """Whether the delay of the link deserves a mark: where other links act at once, and at loops."""
        return edge.is_loop or (self.timing != UNIT_DELAY and edge.delay > 0)


def circuit_graph(machine: Machine, *, unused: bool = False) -> Graph:
    """The neurons and links on which the answer of the machine depends; with `unused`, all of them.

    A machine with errors raises `MachineError`, a `ValueError` with the place and a remedy.

    >>> m = Machine().add("input").add("accum").add("norm").add("dot").read("norm")
    >>> m = m.link("accum.dict-2", "input.char", 0.5).link("norm.dict", "accum.dict").link("dot.dict-1", "norm.norm")
    >>> graph = circuit_graph(m)
    >>> [node.word for node in graph.nodes], graph.unused_neurons, graph.unused_links
    (['input', 'accum', 'norm'], 1, 1)
    >>> [(edge.source, edge.neuron, edge.weight, edge.hard) for edge in graph.edges]
    [('input', 'accum', 0.5, False), ('accum', 'norm', 1.0, False), ('accum', 'accum', 1.0, True)]
    """
    refuse(check(machine))
    machine = machine.unhooked() if machine.own_matrix else machine
    links = [*machine.links(), *machine.hard_links(), *foretold_links(machine)]
    hard = len(list(machine.links()))
    names, drawn = set(machine.neurons), list(enumerate(links))
    if not unused:
        names = used_neurons(machine)
        useful = {link[:4] for into in useful_links(machine).values() for link in into}
        useful |= {link[:4] for link in foretold_links(machine)}
        drawn = [(number, link) for number, link in drawn if link.neuron in names and link[:4] in useful]
    edges = [
        Edge(*link[:4], float(link.weight), number >= hard, machine.delay(link.neuron, link.input))
        for number, link in drawn
    ]
    order = [name for name in data_flow(machine) if name in names]
    place = {name: number for number, name in enumerate(order)}
    edges.sort(key=lambda edge: (edge.hard, place[edge.neuron], edge.input, place[edge.source], edge.output))
    words = readable_names(machine)
    nodes = tuple(_node(machine, name, words[name], edges) for name in order)
    return Graph(nodes, tuple(edges), machine.timing, len(machine.neurons) - len(names), len(links) - len(edges))


def data_flow(machine: Machine) -> list[str]:
    """The neurons after those they listen to: strictly along links that act at once, else as far as cycles allow.

    >>> m = Machine(timing="synchronous").add("input").add("delay").add("sum").read("delay")
    >>> data_flow(m.link("delay.value", "sum.sum").link("sum.now", "input.char").link("sum.past", "delay.value"))
    ['input', 'delay', 'sum']
    """
    order = flow_order(machine)
    place = {name: number for number, name in enumerate(order)}
    waits = {name: {link.source for link in links} for name, links in links_at_once(machine).items()}
    tells: dict[str, list[str]] = {name: [] for name in order}
    for name, sources in waits.items():
        for source in sources:
            tells[source].append(name)
    ready = [place[name] for name in order if not waits[name]]
    heapify(ready)
    found = []
    while ready:
        name = order[heappop(ready)]
        found.append(name)
        for listener in tells[name]:
            waits[listener].discard(name)
            if not waits[listener]:
                heappush(ready, place[listener])
    return found


def _node(machine: Machine, name: str, word: str, edges: Iterable[Edge]) -> Node:
    kind, parameters = machine.type_of(name), machine.neurons[name].parameters
    heard = {edge.input for edge in edges if edge.neuron == name}
    told = {edge.output for edge in edges if edge.source == name}
    inputs, outputs = machine.inputs_of(name), kind.outputs
    return Node(
        name=name,
        word=word,
        kind=kind,
        settings=_settings(kind, parameters) if name not in (machine.own_matrix or ()) else "holds the links",
        inputs=_in_order(heard, inputs),
        outputs=_in_order(told, outputs),
        labels_inputs=inputs is None or len(inputs) > 1,
        labels_outputs=outputs is None or len(outputs) > 1,
        source=kind.source,
        readout=name in machine.readouts,
    )


def _settings(kind: NeuronType, given: Mapping[str, Any]) -> str:
    """The parameters as text: those given, and defaults that are a number, for a clip is part of the meaning."""
    numbers = {label: value for label, value in kind.parameters.items() if not VValue(value).labels}
    return visible(
        ", ".join(f"{format_label(label)} = {VValue(value)}" for label, value in {**numbers, **given}.items())
    )


def _in_order(labels: set[str], known: tuple[str, ...] | None) -> tuple[str, ...]:
    order = {label: number for number, label in enumerate(known or ())}
    return tuple(sorted(labels, key=lambda label: (order.get(label, len(order)), label)))


def headline(graph: Graph) -> str:
    """A machine in a few words: how many links and neurons, and the timing."""
    hard = sum(edge.hard and edge.weight != 0 for edge in graph.edges)
    more = f" and {counted(hard, 'hard link')}" if hard else ""
    links, neurons = counted(graph.trained, "link"), counted(len(graph.nodes), "neuron")
    return f"Circuit of {links}{more} between {neurons}, {graph.timing}"


def in_words(graph: Graph) -> str:
    """The circuit in sentences, for those who do not see the picture.

    >>> m = Machine().add("input").add("compare").link("compare.dict-1", "input.char", 2).read("compare")
    >>> in_words(circuit_graph(m))
    'input receives the stream. compare hears 2 times input at dict-1 and is read as the answer.'
    """
    words = {node.name: node for node in graph.nodes}
    sentences = []
    for node in graph.nodes:
        heard = [_hearing(edge, words) for edge in graph.edges if edge.neuron == node.name]
        said = ["receives the stream"] if node.source else []
        said += ["hears " + ", ".join(heard)] if heard else []
        said += ["is read as the answer"] if node.readout else []
        sentences.append(f"{node.word} {' and '.join(said) or 'hears nothing'}.")
    return " ".join(sentences)


def _hearing(edge: Edge, words: Mapping[str, Node]) -> str:
    listener, source = words[edge.neuron], words[edge.source]
    times = (
        "" if edge.weight == 1 else f"{sized(edge.weight)} times " if edge.weight else "what it may itself write of "
    )
    what = "itself" if edge.is_loop else source.word
    output = f".{written(edge.output)}" if source.labels_outputs else ""
    place = f" at {written(edge.input)}" if listener.labels_inputs else ""
    return f"{times}{what}{output}{place}"


def link_name(edge: Edge) -> str:
    """A link by its ends, for reading."""
    target, end, source, start = map(written, edge.path)
    return f"{target}.{end} <- {source}.{start}"


def link_tooltip(edge: Edge) -> str:
    """What a link is, in full."""
    return f"{link_name(edge)}: {format_number(edge.weight)}" + ", hard" * edge.hard
