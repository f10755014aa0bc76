"""A machine as a Mermaid flowchart, which GitHub, GitLab and many notebooks draw."""

import re

from dmm.circuits.graph import Edge, Graph, Node, circuit_graph, headline
from dmm.circuits.pictures.lettering import DELAY, sized, written
from dmm.circuits.pictures.shapes import HUES, Look, looks
from dmm.machine.machine import Machine

NEGATIVE = "#c04a00"
_RISKY = re.compile(r"[^\w .,:()=+\-→−⁻¹]|^\s|\s$")


def to_mermaid(machine: Machine) -> str:
    """The machine as Mermaid text.

    Shapes and colours tell types. At a link stand its weight, unless that is 1, z⁻¹ if it carries the value of the tick
    before where others do not, or is a loop, and its output and input where the types have several. Hard links are
    dotted. Left out is what the answer does not depend on. A machine with errors raises `MachineError`, a `ValueError`
    with the place and a remedy.

    >>> m = Machine().add("input").add("compare").link("compare.dict-1", "input.char", 0.5).read("compare")
    >>> print(to_mermaid(m))
    flowchart LR
      accTitle: Circuit of 1 link between 2 neurons, unit delay
      n_input>"input"]:::sky
      n_compare{{"compare"}}:::purple
      n_input -->|"0.5 → dict-1"| n_compare
      stream(["stream"]) ==> n_input
      n_compare ==> answer(["answer"])
      classDef sky fill:...,stroke:...,color:#222
      classDef purple fill:...,stroke:...,color:#222
    """
    graph = circuit_graph(machine)
    kinds = looks(node.kind for node in graph.nodes)
    ids = {node.name: "n_" + node.word.replace("-", "_m_") for node in graph.nodes}  # no word of the language begins so
    lines = ["flowchart LR", f"  accTitle: {headline(graph)}"]
    lines += [f"  {ids[node.name]}{_box(node, kinds[node.kind.name])}" for node in graph.nodes]
    for edge in graph.edges:
        text, arrow = _label(graph, edge), "-.->" if edge.hard else "-->"
        lines.append(f"  {ids[edge.source]} {arrow}{f'|{text}|' if text else ''} {ids[edge.neuron]}")
    lines += [f'  stream(["stream"]) ==> {ids[node.name]}' for node in graph.nodes if node.source]
    lines += [f'  {ids[node.name]} ==> answer(["answer"])' for node in graph.nodes if node.readout]
    for hue in dict.fromkeys(hue for _, hue in kinds.values()):
        lines.append(f"  classDef {hue} fill:{HUES[hue].fill},stroke:{HUES[hue].line},color:#222")
    negative = [str(number) for number, edge in enumerate(graph.edges) if edge.weight < 0]
    lines += [f"  linkStyle {','.join(negative)} stroke:{NEGATIVE}"] if negative else []
    return "\n".join(lines) + "\n"


def _box(node: Node, look: Look) -> str:
    (opened, closed), hue = look[0].mermaid, look[1]
    return f"{opened}{_quoted(node.word, *[node.caption] * bool(node.caption))}{closed}:::{hue}"


def _label(graph: Graph, edge: Edge) -> str:
    source, target = graph.nodes[graph.place[edge.source]], graph.nodes[graph.place[edge.neuron]]
    parts = [] if edge.weight == 1 else [sized(edge.weight)]
    parts += [DELAY] if graph.is_late(edge) else []
    parts += [written(edge.output)] if source.labels_outputs else []
    parts += [f"→ {written(edge.input)}"] if target.labels_inputs else []
    return _quoted(" ".join(parts)) if parts else ""


def _quoted(*lines: str) -> str:
    """Lines as one string; what Mermaid or a browser might read as more than a letter, as its code."""
    escaped = (_RISKY.sub(lambda found: f"#{ord(found[0])};", line) for line in lines)
    return '"' + "<br/>".join(escaped) + '"'
