"""Graphviz text: read back by a parser of its own, it holds the links of the machine; golden for the detector."""

import re
from pathlib import Path

import pytest
from hypothesis import given

from dmm.circuits.dot import to_dot
from dmm.circuits.names import readable_names
from dmm.circuits.pictures.lettering import written
from dmm.machine.check import MachineError
from dmm.machine.machine import Machine
from pictures import MACHINES, drawn_links, shown_weight, weights_of
from strategies import odd_machines

GOLDEN = Path(__file__).parent / "golden" / "duplicates.dot"
STRING = r'"(?:[^"\\]|\\.)*"'
NODE = re.compile(rf"  ({STRING}) \[(.*)\];")
EDGE = re.compile(rf"  ({STRING}) -> ({STRING})(?: \[(.*)\])?;")
ATTRIBUTE = re.compile(rf"(\w+)=({STRING}|[\w.]+)(?:, |$)")


def unquoted(text):
    """What Graphviz shows for a string, lines and entities resolved."""
    if not text.startswith('"'):
        return text
    inner = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], text[1:-1])
    return inner.replace("&amp;", "&")


def attributes(text):
    assert "".join(m[0] for m in ATTRIBUTE.finditer(text or "")) == (text or "")
    return {m[1]: unquoted(m[2]) for m in ATTRIBUTE.finditer(text or "")}


def read(text):
    """The nodes and the edges, each with its attributes."""
    first, *lines, last, end = text.split("\n")
    assert (first, last, end) == ("digraph machine {", "}", "")
    nodes, edges = {}, []
    for line in lines:
        if edge := EDGE.fullmatch(line):
            edges.append((unquoted(edge[1]), unquoted(edge[2]), attributes(edge[3])))
        elif node := NODE.fullmatch(line):
            nodes[unquoted(node[1])] = attributes(node[2])
        else:
            assert re.fullmatch(r"  (graph|node|edge) \[.*\];", line), line
    return nodes, edges


def only(labels, said):
    """The label that is said, or the only one there is."""
    if said is not None:
        return said
    assert labels is not None
    (label,) = labels
    return written(label)


def require_links(machine):
    nodes, edges = read(to_dot(machine))
    names = {word: name for name, word in readable_names(machine).items()}
    neurons, _ = drawn_links(machine)
    assert {names[word] for word in nodes if word in names} == neurons
    found = {}
    for source, target, said in edges:
        if source == "(stream)":
            assert machine.type_of(names[target]).source
        elif target == "(answer)":
            assert names[source] in machine.readouts
        else:
            output = only(machine.type_of(names[source]).outputs, said.get("taillabel"))
            label = only(machine.inputs_of(names[target]), said.get("headlabel"))
            hard = said.get("style") == "dashed"
            weight = shown_weight(said.get("label", ""))
            assert (said.get("arrowhead") == "onormal") == (weight < 0)
            found[names[source], output, names[target], label, hard] = weight
    wanted = {(s, written(o), t, written(i), hard): float(w) for (s, o, t, i, hard), w in weights_of(machine).items()}
    assert len(found) == len(edges) - len(machine.readouts) - sum(machine.type_of(n).source for n in neurons)
    assert found == {link: pytest.approx(weight, rel=0.0051) for link, weight in wanted.items()}
    readouts = {names[word] for word, said in nodes.items() if said.get("peripheries") == "2"}
    assert readouts == set(machine.readouts)


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_graphs_of_known_machines(machine):
    require_links(machine)


@given(odd_machines())
def test_graphs_of_any_machine(machine):
    require_links(machine)


def test_the_duplicate_detector():
    assert to_dot(MACHINES["duplicates"]) == GOLDEN.read_text(encoding="utf-8")


def test_machines_with_errors_are_refused():
    with pytest.raises(MachineError, match="no neuron is read"):
        to_dot(Machine().add("input"))
