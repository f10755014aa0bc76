"""A machine as a graph for Graphviz, in the language dot."""

from dmm.circuits.graph import Edge, Graph, circuit_graph, headline
from dmm.circuits.pictures.lettering import DELAY, rounded, visible, written
from dmm.circuits.pictures.shapes import HUES, Look, looks
from dmm.machine.machine import Machine

STREAM, ANSWER = "(stream)", "(answer)"  # no neuron has such a readable name
NEGATIVE = "#c04a00"


def to_dot(machine: Machine) -> str:
    """The machine as text for Graphviz: `dot -Tsvg`.

    Shapes and colours tell types; a label at the tail of a link is an output, at its head an input, in the middle its
    weight, unless that is 1, and z⁻¹ if it carries the value of the tick before where others do not, or is a loop. Hard
    links are dashed. Left out is what the answer does not depend on. A machine with errors raises `MachineError`,
    a `ValueError` with the place and a remedy.

    >>> m = Machine().add("input").add("compare").link("compare.dict-1", "input.char", 0.5).read("compare")
    >>> print(to_dot(m))
    digraph machine {
      graph [rankdir=LR, ranksep=0.9, label="Circuit of 1 link between 2 neurons, unit delay", ...];
      node [style=filled, fontname="Helvetica", fontsize=12];
      edge [fontname="Helvetica", fontsize=9, labeldistance=1.8];
      "input" [label="input", tooltip="char = the item of the stream at this tick", ...];
      "compare" [label="compare", tooltip="true = ...", shape=hexagon, ..., peripheries=2];
      "input" -> "compare" [label="0.5", headlabel="dict-1"];
      "(stream)" [label="stream", shape=plaintext, style=""];
      "(stream)" -> "input" [style=bold];
      "(answer)" [label="answer", shape=plaintext, style=""];
      "compare" -> "(answer)" [style=bold];
    }
    """
    graph = circuit_graph(machine)
    kinds = looks(node.kind for node in graph.nodes)
    lines = [
        "digraph machine {",
        f'  graph [rankdir=LR, ranksep=0.9, label={_quoted(headline(graph))}, fontname="Helvetica"];',
        '  node [style=filled, fontname="Helvetica", fontsize=12];',
        '  edge [fontname="Helvetica", fontsize=9, labeldistance=1.8];',
    ]
    for node in graph.nodes:
        label = _quoted(node.word, *[node.caption] * bool(node.caption))
        outline = ", peripheries=2" if node.readout else ""
        tip = _quoted(visible(node.kind.summary))
        look = _look(kinds[node.kind.name])
        lines.append(f"  {_quoted(node.word)} [label={label}, tooltip={tip}, {look}{outline}];")
    words = {node.name: _quoted(node.word) for node in graph.nodes}
    for edge in graph.edges:
        attributes = ", ".join(_attributes(graph, edge))
        lines.append(f"  {words[edge.source]} -> {words[edge.neuron]}" + f" [{attributes}]" * bool(attributes) + ";")
    sources = [f'  "{STREAM}" -> {words[node.name]} [style=bold];' for node in graph.nodes if node.source]
    readouts = [f'  {words[node.name]} -> "{ANSWER}" [style=bold];' for node in graph.nodes if node.readout]
    for name, links in ((STREAM, sources), (ANSWER, readouts)):
        if links:
            lines += [f'  "{name}" [label="{name.strip("()")}", shape=plaintext, style=""];', *links]
    return "\n".join([*lines, "}"]) + "\n"


def _look(look: Look) -> str:
    shape, hue = look
    return f'shape={shape.graphviz}, fillcolor="{HUES[hue].fill}", color="{HUES[hue].line}"'


def _attributes(graph: Graph, edge: Edge) -> list[str]:
    source, target = graph.nodes[graph.place[edge.source]], graph.nodes[graph.place[edge.neuron]]
    weight = "" if edge.weight == 1 else rounded(edge.weight)
    label = " ".join(filter(None, (weight, DELAY if graph.is_late(edge) else "")))
    found = [f"label={_quoted(label)}"] if label else []
    found += [f"taillabel={_quoted(written(edge.output))}"] if source.labels_outputs else []
    found += [f"headlabel={_quoted(written(edge.input))}"] if target.labels_inputs else []
    found += ["style=dashed"] if edge.hard else []
    return found + ([f'color="{NEGATIVE}", fontcolor="{NEGATIVE}", arrowhead=onormal'] if edge.weight < 0 else [])


def _quoted(*lines: str) -> str:
    """Lines as one string of the language; nothing in them is read as an escape or as an entity."""
    escaped = [line.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') for line in lines]
    return '"' + "\\n".join(escaped) + '"'
