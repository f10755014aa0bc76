"""Mermaid text: read back by a parser of its own, it holds the links of the machine; golden for the detector."""

import re
from pathlib import Path

import pytest
from hypothesis import given

from dmm.circuits.mermaid import to_mermaid
from dmm.circuits.names import readable_names
from dmm.circuits.pictures.lettering import written
from dmm.machine.check import MachineError
from dmm.machine.machine import Machine
from pictures import MACHINES, drawn_links, shown_weight, weights_of
from strategies import odd_machines

GOLDEN = Path(__file__).parent / "golden" / "duplicates.mmd"
NODE = re.compile(r'  n_(\w+)([^\w"]+)"([^"]*)"([^\w":]+):::(\w+)')
EDGE = re.compile(r'  n_(\w+) (-->|-\.->)(?:\|"([^"]*)"\|)? n_(\w+)')
STREAM = re.compile(r'  stream\(\["stream"\]\) ==> n_(\w+)')
ANSWER = re.compile(r'  n_(\w+) ==> answer\(\["answer"\]\)')
CLOSING = {
    "[": "]", "(": ")", "([": "])", "[[": "]]", "{{": "}}", "{": "}", ">": "]", "[/": "\\]", "[\\": "/]",
}  # fmt: skip
LEANING = {("[/", "/]"), ("[\\", "\\]")}
LABEL = re.compile(r"(?P<weight>−?\d[\d.e+−-]*)? ?(?P<late>z⁻¹)? ?(?P<output>.*?)? ?(?:→ (?P<input>.*))?", re.DOTALL)
SAFE = re.compile(r"[\w .,:()=+\-→−⁻¹/<>]*")


def unescaped(text):
    """What Mermaid shows, entities resolved."""
    assert SAFE.fullmatch(re.sub(r"#\d+;", "", text)), text
    assert "<" not in text.replace("<br/>", "")
    return re.sub(r"#(\d+);", lambda m: chr(int(m[1])), text)


def split(label, machine, source, target):
    """The weight of a link, its output and its input, from its label; the only output or input need not be said."""
    outputs, inputs = machine.type_of(source).outputs, machine.inputs_of(target)
    links = [link for link, _ in drawn_links(machine)[1]]
    ends = [
        (o, i)
        for o in ({None} if outputs is not None and len(outputs) == 1 else {x.output for x in links})
        for i in ({None} if inputs is not None and len(inputs) == 1 else {x.input for x in links})
    ]
    for output, field in ends:
        rest = " ".join(
            ([] if output is None else [written(output)]) + ([] if field is None else [f"→ {written(field)}"])
        )
        before = label.removesuffix(rest).strip()
        if label.endswith(rest) and re.fullmatch(r"(−?[\d.e+−-]+)? ?(z⁻¹)?", before):
            yield shown_weight(before), output or outputs[0], field or inputs[0]


def require_links(machine):
    lines = to_mermaid(machine).split("\n")
    assert lines[0] == "flowchart LR"
    assert lines[-1] == ""
    names = {word.replace("-", "_m_"): name for name, word in readable_names(machine).items()}
    neurons, _ = drawn_links(machine)
    nodes, found, negative, stream, answer = {}, {}, [], set(), set()
    number = 0
    wanted = {key: float(weight) for key, weight in weights_of(machine).items()}
    for line in lines[2:-1]:
        if node := NODE.fullmatch(line):
            assert CLOSING.get(node[2]) == node[4] or (node[2], node[4]) in LEANING
            assert unescaped(node[3]).split("<br/>")[0] == node[1].replace("_m_", "-")
            nodes[names[node[1]]] = node[5]
        elif edge := EDGE.fullmatch(line):
            source, target, hard = names[edge[1]], names[edge[4]], edge[2] == "-.->"
            readings = [
                ((source, output, target, field, hard), weight)
                for weight, output, field in split(unescaped(edge[3] or ""), machine, source, target)
                if (source, output, target, field, hard) in wanted
            ]
            assert len(readings) == 1, line
            found |= dict(readings)
            negative += [number] * (readings[0][1] < 0)
            number += 1
        elif arrow := STREAM.fullmatch(line):
            stream.add(names[arrow[1]])
        elif arrow := ANSWER.fullmatch(line):
            answer.add(names[arrow[1]])
        elif styled := re.fullmatch(r"  linkStyle ([\d,]+) stroke:#\w+", line):
            assert [int(n) for n in styled[1].split(",")] == negative
        else:
            assert re.fullmatch(r"  classDef \w+ fill:#\w+,stroke:#\w+,color:#222", line), line
    assert set(nodes) == neurons
    assert number == len(wanted)
    assert found == {link: pytest.approx(weight, rel=0.0051) for link, weight in wanted.items()}
    assert answer == set(machine.readouts)
    assert stream == {name for name in neurons if machine.type_of(name).source}
    assert ("linkStyle" in "".join(lines)) == bool(negative)


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_flowcharts_of_known_machines(machine):
    require_links(machine)


@given(odd_machines())
def test_flowcharts_of_any_machine(machine):
    require_links(machine)


def test_the_duplicate_detector():
    assert to_mermaid(MACHINES["duplicates"]) == GOLDEN.read_text(encoding="utf-8")


def test_no_name_is_a_word_of_the_language():
    machine = Machine().add("input").add("end", "identity").add("graph", "identity").read("graph")
    text = to_mermaid(machine.link("end.x", "input.char").link("graph.x", "end.x"))
    assert "n_end -->" in text
    assert not any(line.split()[0] in ("end", "graph") for line in text.splitlines())


def test_machines_with_errors_are_refused():
    with pytest.raises(MachineError, match="no neuron is read"):
        to_mermaid(Machine().add("input"))
