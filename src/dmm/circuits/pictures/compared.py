"""Two machines side by side, what they share in the same place, what they do not stressed."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from dmm.circuits.graph import Edge, Graph, Node, circuit_graph, headline
from dmm.circuits.names import readable_names
from dmm.circuits.pictures.drawing import MARGIN, document, element, number, plain, style
from dmm.circuits.pictures.layout import Point
from dmm.circuits.pictures.legend import Entry, legend, lines_of
from dmm.circuits.pictures.lettering import counted, rounded, sized
from dmm.circuits.pictures.matrix_picture import Scale, grid_of, matrix_style, meanings
from dmm.circuits.pictures.svg import MOST_CURVES, drawn, placed, weight_text
from dmm.machine.machine import Machine, Neuron
from dmm.machine.text import flow_order
from dmm.vvalue.tree import VValue

HEAD, BETWEEN = 26.0, 44.0
EVER_FINER = (3, 6, 17)  # digits, until two weights look different

Path = tuple[str, str, str, str]


def compared_svg(
    old: Machine, new: Machine, *, names: tuple[str, str] = ("before", "after"), size: tuple[float, float] | None = None
) -> str:
    """Two machines side by side, under their `names`, as an SVG picture.

    Neurons of the same name and type stand in the same place in both. Links and neurons of only one machine, and
    neurons of other parameters, are stressed; weights that differ stand in the second picture as `old → new`. More than
    80 links are shown as matrices. `size` scales the picture to fit a width and a height in pixels. Machines with
    errors raise `MachineError`, a `ValueError` with the place and a remedy.

    >>> m = Machine().add("input").add("norm").read("norm")
    >>> picture = compared_svg(m.link("norm.dict", "input.char"), m.link("norm.dict", "input.char", -0.5))
    >>> "1 → −0.5" in picture
    True
    """
    pair = aligned(circuit_graph(old), circuit_graph(new))
    panels, (wide, high), entries, sheet = _matrices(pair) if len(pair.both.edges) > MOST_CURVES else _circuits(pair)
    body = []
    for panel, name, graph, left in zip(panels, names, pair.each, (MARGIN, MARGIN + wide + BETWEEN), strict=True):
        title = f"{name}: {counted(graph.trained, 'link')}"
        body += [element("text", plain(title), x=left, y=MARGIN + 12, class_="name")]
        body += [element("g", panel, class_="panel", transform=f"translate({number(left)} {number(MARGIN + HEAD)})")]
    width = 2 * wide + BETWEEN
    below = MARGIN + HEAD + high + 1.5 * MARGIN
    key, key_width, key_height = legend(pair.each, entries, (MARGIN, below), width)
    first, second = (f"{name}: {headline(graph)}" for name, graph in zip(names, pair.each, strict=True))
    return document(
        [*body, key],
        sheet,
        max(width, key_width) + 2 * MARGIN,
        below + key_height + MARGIN,
        title=f"{names[0]} and {names[1]}",
        description=f"{first}. {second}. {pair.in_words()}",
        size=size,
    )


@dataclass(frozen=True)
class Pair:
    """Two graphs with the same neurons under the same names, and one of everything in either."""

    each: tuple[Graph, Graph]
    both: Graph
    stressed: frozenset[str]  # neurons of only one of them, or of other parameters

    @cached_property
    def links(self) -> dict[Path, list[Edge]]:
        """Every link in the graphs that have it, old before new."""
        found: dict[Path, list[Edge]] = defaultdict(list)
        for graph in self.each:
            for edge in graph.edges:
                found[edge.path].append(edge)
        return found

    def is_shared(self, edge: Edge) -> bool:
        """Whether both graphs have the link."""
        return len(self.links[edge.path]) > 1

    def weights(self, edge: Edge) -> tuple[float, ...]:
        """The different weights of the link: one, or the old and the new."""
        return tuple(dict.fromkeys(other.weight for other in self.links[edge.path]))

    def words(self, edge: Edge) -> str:
        """What stands at a link of the new graph: its weight, or how that changed."""
        weights = self.weights(edge)
        return weight_text(edge) if len(weights) == 1 else changed(*weights)

    def marked(self, graph: Graph) -> frozenset[str | Path]:
        """The links of only this graph, and the neurons that differ."""
        return self.stressed | {edge.path for edge in graph.edges if not self.is_shared(edge)}

    def in_words(self) -> str:
        """What differs, by numbers."""
        gone, come = (sum(not self.is_shared(edge) for edge in graph.edges) for graph in self.each)
        different = sum(len(self.weights(edge)) > 1 for edge in self.each[1].edges)
        return f"{counted(gone, 'link')} gone, {come} new, {counted(different, 'weight')} changed."


def changed(old: float, new: float) -> str:
    """Two weights that differ, with as many digits as show it.

    >>> changed(0.5, -1), changed(0.33333, 0.33334)
    ('0.5 → −1', '0.33333 → 0.33334')
    """
    digits = next((n for n in EVER_FINER if rounded(old, n) != rounded(new, n)), EVER_FINER[-1])
    return f"{sized(old, digits)} → {sized(new, digits)}"


def aligned(old: Graph, new: Graph) -> Pair:
    """The two graphs with everything that they share under the same name."""
    kinds = {node.name: node.kind.name for node in old.nodes}
    clash = {node.name for node in new.nodes if kinds.get(node.name, node.kind.name) != node.kind.name}
    old, new = _renamed(old, clash), _renamed(new, clash)
    edges = tuple({edge.path: edge for edge in (*old.edges, *new.edges)}.values())
    ours, theirs = ({node.name: node for node in graph.nodes} for graph in (old, new))
    together = _together({**ours, **theirs}.values(), edges)
    words = readable_names(together)
    nodes = tuple(replace(_united(ours.get(n), theirs.get(n)), word=words[n]) for n in flow_order(together))
    stressed = frozenset(n for n in words if n not in ours or n not in theirs or _differ(ours[n], theirs[n]))
    return Pair((old, new), Graph(nodes, edges, new.timing), stressed)


def _together(nodes: Collection[Node], edges: Iterable[Edge]) -> Machine:
    """A machine of all these neurons and links, for their order and names."""
    return Machine(
        neurons={node.name: Neuron(node.kind.name) for node in nodes},
        matrix=VValue.from_paths({edge.path: 1.0 for edge in edges}),
        outputs=tuple(node.name for node in nodes if node.readout),
        types={node.kind.name: node.kind for node in nodes},
    )


def _renamed(graph: Graph, clash: set[str]) -> Graph:
    """The graph with the type in the names of neurons that are of another type in the other graph."""
    names = {node.name: f"{node.name} : {node.kind.name}" if node.name in clash else node.name for node in graph.nodes}
    nodes = tuple(replace(node, name=names[node.name]) for node in graph.nodes)
    edges = tuple(replace(edge, neuron=names[edge.neuron], source=names[edge.source]) for edge in graph.edges)
    return replace(graph, nodes=nodes, edges=edges)


def _differ(one: Node, other: Node) -> bool:
    return (one.settings, one.readout) != (other.settings, other.readout)


def _united(one: Node | None, other: Node | None) -> Node:
    """One node with room for what both have."""
    if one is None or other is None:
        node = one or other
        assert node is not None
        return node
    settings = dict.fromkeys((one.settings, other.settings))
    inputs, outputs = dict.fromkeys(one.inputs + other.inputs), dict.fromkeys(one.outputs + other.outputs)
    return replace(other, settings=" → ".join(settings), inputs=tuple(inputs), outputs=tuple(outputs))


Panels = tuple[list[str], Point, list[Entry], str]  # two pictures, the size of each, their legend, the style sheet


def _circuits(pair: Pair) -> Panels:
    places = placed(pair.both, pair.words)
    old, new = pair.each
    panels = [
        drawn(old, places, (0.0, 0.0), weight_text, pair.marked(old)),
        drawn(new, places, (0.0, 0.0), pair.words, pair.marked(new)),
    ]
    glow = element("path", d="M2 6.5H28", class_="marked", stroke_width=9.0)
    line = element("path", d="M2 6.5H28", class_="wire", stroke_width=1.6)
    entries = [*lines_of(pair.each), (glow + line, "only in this machine, or with other parameters")]
    return panels, (places.width, places.height), entries, style()


def _matrices(pair: Pair) -> Panels:
    grid = grid_of(pair.each, pair.both.nodes)
    edges = [edge for graph in pair.each for edge in graph.edges]
    scale = Scale.linear(edge.weight for edge in edges if not edge.hard)
    bar, height = scale.drawn((grid.left, grid.height + 12))
    shared = {edge.path for edge in edges if pair.is_shared(edge)}
    few = len(edges) <= 4 * len(shared)  # links of one machine only, so that these are stressed, not those of both
    marked = {edge.path for edge in edges if (edge.path in shared) != few}
    panels = [grid.frame((0.0, 0.0)) + grid.cells(graph.edges, scale, (0.0, 0.0), marked=marked) for graph in pair.each]
    glow = element("rect", x=8.0, y=0.0, width=13.0, height=13.0, class_="marked", stroke_width=3.0)
    entries = [*meanings(edges), (glow, "only in this machine" if few else "in both machines")]
    return [panels[0] + bar, panels[1]], (grid.width, grid.height + 12 + height), entries, matrix_style()
