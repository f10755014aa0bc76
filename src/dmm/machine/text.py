"""The readable form of a machine: equations in the order of data flow. `parse_machine(format_machine(m)) == m`.

    accum : accum
      dict-2 = 0.35 input.char
      dict-1 := accum.dict              a hard link
    dot : dot(clip = 100)
      dict-1 = accum.dict - 2 input.char

Every name on the right stands for its value one tick ago. Under a first line `timing synchronous` it stands for the
value of the same tick, save in hard links of memory and at other late inputs. A line `dict(0) = {a: 1}` under a neuron
tells an output before the first tick. On top, a line `governed by self.dict` tells a self-referential machine, and one
`hooks input, const_1` which neurons a link without effect keeps active. Text after `#` is a comment.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from dmm.machine.check import check, refuse
from dmm.machine.machine import UNIT_DELAY, Link, Machine, Neuron
from dmm.neurons.base import NeuronType
from dmm.vvalue.labels import BARE_LABEL, format_label
from dmm.vvalue.support import Path
from dmm.vvalue.text import format_number, parse_entries, parse_number
from dmm.vvalue.tree import Number, VValue

Term = tuple[Path, Number]  # a link and its weight

STRING = r'"(?:[^"\\]|\\.)*"'
LABEL = rf"(?:{BARE_LABEL.pattern}|{STRING})"
WEIGHT = r"\d+/\d+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
_HEAD = re.compile(rf"(?P<name>{LABEL})\s*:\s*(?P<type>{LABEL})\s*(?:\((?P<parameters>.*)\))?")
_BARE_HEAD = re.compile(rf"(?P<type>{LABEL})\s*(?:\((?P<parameters>.*)\))?")
_EQUATION = re.compile(rf"(?P<input>{LABEL})\s*(?P<sign>:?=)\s*(?P<terms>.+)")
_TERM = re.compile(rf"\s*(?P<sign>[-+]?)\s*(?P<weight>{WEIGHT})?\s*(?P<source>{LABEL})\.(?P<output>{LABEL})")
OUTPUTS = re.compile(rf"outputs (?P<names>{LABEL}(?:\s*,\s*{LABEL})*)")
TIMING = re.compile(r"timing (?P<timing>\w[\w ]*)")
HOOKS = re.compile(rf"hooks (?P<names>{LABEL}(?:\s*,\s*{LABEL})*)")
GOVERNED = re.compile(rf"governed by (?P<neuron>{LABEL})\.(?P<output>{LABEL})")
_INITIAL = re.compile(rf"(?P<output>{LABEL})\(0\)\s*=\s*(?P<value>.+)")
_SETTING = re.compile(rf"(?P<label>{LABEL})(?P<equals>\s*=)?")
COMMENT = re.compile(rf'((?:[^"#]|{STRING})*)#.*')


def format_machine(machine: Machine, *, digits: int | None = None, legend: bool = False) -> str:
    """The machine as text. `digits` rounds the weights, for reading only; `legend` says what each type computes."""
    lines = [f"timing {machine.timing}"] if machine.timing != UNIT_DELAY else []
    lines += headings(machine)
    machine = machine.unhooked() if machine.own_matrix else machine
    if machine.metadata:
        lines.append("metadata " + json.dumps(dict(machine.metadata), ensure_ascii=False, default=float))
    if legend:
        types = dict.fromkeys(machine.type_of(name) for name in flow_order(machine))
        lines += [f"# {kind.name:<8} {kind.summary}" for kind in types]
    for name in flow_order(machine):
        neuron = machine.neurons[name]
        lines.append(f"{format_label(name)} : {format_neuron(neuron)}")
        for matrix, sign in ((machine.matrix, "="), (machine.hard, ":=")):
            for label in matrix[name].labels:
                terms = format_sum(_row(matrix, name, label), digits, _format_output)
                lines.append(f"  {format_label(label)} {sign} {terms}")
        for label in machine.initial[name].labels:
            lines.append(f"  {format_label(label)}(0) = {machine.initial[name, label]}")
    return "\n".join(lines)


def parse_machine(text: str, types: dict[str, NeuronType] | None = None) -> Machine:
    """Read the text form; `ValueError` names the line that is not understood."""
    machine = Machine(types=types) if types else Machine()
    neurons: dict[str, tuple[str, dict[str, object]]] = {}
    trained: list[Term] = []
    hard: list[Term] = []
    initial: dict[str, dict[str, VValue]] = {}
    name = None
    for number, line in enumerate(text.split("\n"), 1):  # `splitlines` would also split inside some labels
        commented = COMMENT.fullmatch(line)
        line = (commented[1] if commented else line).strip()
        try:
            if not line:
                continue
            if heading := parse_heading(machine, line):
                machine = heading
            elif line.startswith("metadata {"):
                machine = replace(machine, metadata=json.loads(line.removeprefix("metadata ")))
            elif head := _HEAD.fullmatch(line):
                name = parse_label(head["name"])
                if name in neurons:
                    raise ValueError(f"there is a neuron {name!r} already; choose another name")
                neurons[name] = (parse_label(head["type"]), _parameters(head["parameters"]))
            elif (start := _INITIAL.fullmatch(line)) and name is not None:
                initial.setdefault(name, {})[parse_label(start["output"])] = VValue.parse(start["value"])
            elif (equation := _EQUATION.fullmatch(line)) and name is not None:
                links = trained if equation["sign"] == "=" else hard
                links += _parse_terms(name, parse_label(equation["input"]), equation["terms"])
            else:
                raise ValueError("neither 'name : type' nor 'input = weight neuron.output ...'")
        except ValueError as problem:
            raise ValueError(f"line {number}: {problem}; found {line!r}") from None
    machine = replace(_assemble(machine, neurons, trained, hard), initial=layer(initial))
    refuse(check(machine))
    return machine


def headings(machine: Machine) -> list[str]:
    """The lines on top that tell the outputs, and of a self-referential machine its own matrix and its hooks."""
    lines = [("outputs ", ", ", machine.outputs)]
    if machine.own_matrix:
        lines += [("governed by ", ".", machine.own_matrix), ("hooks ", ", ", machine.hooked())]
    return [head + joint.join(map(format_label, names)) for head, joint, names in lines if names]


def parse_heading(machine: Machine, line: str) -> Machine | None:
    """The machine with what a line on top says of its outputs, timing, hooks or own matrix; `None` for other lines."""
    if outputs := OUTPUTS.fullmatch(line):
        return machine.read(*map(parse_label, re.findall(LABEL, outputs["names"])))
    if timing := TIMING.fullmatch(line):
        return machine.with_timing(timing["timing"])
    if hooks := HOOKS.fullmatch(line):
        for name in map(parse_label, re.findall(LABEL, hooks["names"])):
            machine = machine.hook(name)
        return machine
    if governed := GOVERNED.fullmatch(line):
        return replace(machine, own_matrix=(parse_label(governed["neuron"]), parse_label(governed["output"])))
    return None


def _assemble(
    machine: Machine, neurons: dict[str, tuple[str, dict[str, object]]], trained: list[Term], hard: list[Term]
) -> Machine:
    hooks = machine.hard
    for name, (kind, parameters) in neurons.items():
        machine = machine.add(name, kind, **parameters)
    return replace(machine, matrix=VValue.from_paths(trained), hard=hooks + VValue.from_paths(hard))


def layer(values: Mapping[str, Mapping[str, VValue]]) -> VValue:
    """The V-value with paths (neuron, output, ...) of what neurons emit, by name and output."""
    return VValue().join({name: VValue().join(outputs) for name, outputs in values.items()})


def flow_order(machine: Machine) -> list[str]:
    """Neurons after those they listen to, as far as cycles allow."""
    listens: dict[str, set[str]] = {}
    for link in machine.all_links():
        listens.setdefault(link.neuron, set()).add(link.source)
    order: dict[str, None] = {}
    for start in (*filter(machine.neurons.__contains__, machine.readouts), *sorted(machine.neurons)):
        stack: list[tuple[str, Iterator[str]]] = []
        seen = set(order)
        _push(stack, seen, start, listens)
        while stack:
            name, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                order[name] = None
            elif following in machine.neurons:
                _push(stack, seen, following, listens)
    return list(order)


def _push(stack: list[tuple[str, Iterator[str]]], seen: set[str], name: str, listens: dict[str, set[str]]) -> None:
    if name not in seen:
        seen.add(name)
        stack.append((name, iter(sorted(listens.get(name, ())))))


def _row(matrix: VValue, name: str, label: str) -> list[Link]:
    return [Link(name, label, path[0], path[1], weight) for path, weight in matrix[name, label].items()]


def format_sum(
    links: Iterable[Link],
    digits: int | None,
    value: Callable[[Link], str],
    factor: Callable[[Number], str] = lambda size: f"{format_number(size)} ",
) -> str:
    """The terms of links one after the other: signs, what `factor` makes of weights other than 1, what `value` heard.

    `digits` rounds the weights. Empty if there are none.
    """
    text = ""
    for link in links:
        weight = link.weight if digits is None else float(f"{float(link.weight):.{digits}g}")
        size = "" if abs(weight) == 1 else factor(abs(weight))
        sign = ("-" if weight < 0 else "") if not text else (" - " if weight < 0 else " + ")
        text += sign + size + value(link)
    return text


def _format_output(link: Link) -> str:
    return f"{format_label(link.source)}.{format_label(link.output)}"


def _parse_terms(name: str, label: str, text: str) -> list[Term]:
    terms: list[Term] = []
    position = 0
    while position < len(text):
        match = _TERM.match(text, position)
        if match is None or (terms and not match["sign"]):
            raise ValueError(f"no term like '- 0.5 neuron.output' at {text[position:].strip()!r}")
        weight = parse_number(match["weight"] or "1")
        path = (name, label, parse_label(match["source"]), parse_label(match["output"]))
        terms.append((path, -weight if match["sign"] == "-" else weight))
        position = match.end()
    return terms


def format_neuron(neuron: Neuron) -> str:
    """The type and the parameters of a neuron, as `parse_neuron` reads them.

    >>> format_neuron(Machine().add("dot", clip=100).neurons["dot"])
    'dot(clip = 100)'
    """
    settings = ", ".join(f"{format_label(k)} = {VValue(x)}" for k, x in neuron.parameters.items())
    return format_label(neuron.type) + (f"({settings})" if settings else "")


def parse_neuron(text: str) -> tuple[str | None, str, dict[str, object]]:
    """The name, if it has one, the type and the parameters of a neuron as the text form writes it.

    >>> parse_neuron("dot(clip = 100)"), parse_neuron("mark : constant(value = {a: 1})")
    ((None, 'dot', {'clip': 100}), ('mark', 'constant', {'value': {'a': 1}}))
    """
    named, bare = _HEAD.fullmatch(text.strip()), _BARE_HEAD.fullmatch(text.strip())
    head = named or bare
    if head is None:
        raise ValueError(f"{text!r} is no neuron; write 'type', 'type(parameter = value)' or 'name : type'")
    return parse_label(named["name"]) if named else None, parse_label(head["type"]), _parameters(head["parameters"])


def _parameters(text: str | None) -> dict[str, object]:
    if not text:
        return {}
    entries = parse_entries("{" + _SETTING.sub(lambda m: m["label"] + (":" if m["equals"] else ""), text) + "}")
    return {label: VValue(value).to_nested() for label, value in entries.items()}


def parse_label(text: str) -> str:
    """The label that is written so, bare or as a JSON string."""
    return str(json.loads(text)) if text.startswith('"') else text
