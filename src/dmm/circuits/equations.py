"""Equations: a machine as recurrences over the ticks t, in order of the data flow.

    accum(t) = accum(t-1) + input(t-1)
    norm(t) = norm(accum(t-1))
    compare.true(t) = relu(norm(t-1) - const_1(t-1))

A neuron of one output stands for it. The type is the name without its number, or follows in brackets. The text parses
back: `parse_equations(to_equations(m)) == readable(m)`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from dmm.circuits.mixtures import ARGUMENTS, mixed
from dmm.circuits.statements import ADDING, Form, Statement, readable, statements
from dmm.machine.flow import foretold_links
from dmm.machine.machine import SYNCHRONOUS, Link, Machine
from dmm.machine.text import format_neuron, format_sum, headings
from dmm.neurons.base import NeuronType
from dmm.vvalue.labels import format_label
from dmm.vvalue.tree import VValue

NUMBERED = re.compile(r"(.*?)_\d+")
ITEM = "item(t)"

# What types compute: <x> is what arrives at input x, [x] the same in parentheses if need be, {x} a parameter, and
# {, y x} one that is written, with what stands before it, only where it is not as by default.
FORMULAS: Mapping[str, Mapping[str, str]] = {
    "input": {"char": ITEM},
    "eos": {"char": '{".": 1}'},
    "const_1": {"const_1": "1"},
    "constant": {"value": "{value}"},
    "timer": {"timer": "<timer> + 1"},
    "delay": {"value": "<value>"},
    "norm": {"norm": "norm(<dict>)"},
    "dot": {"dot": "clip([dict-1] · [dict-2], ±{clip})"},
    "compare": {"true": "relu([dict-1] - [dict-2])", "false": "relu([dict-2] - [dict-1])"},
    "less_or_equal": {"true": "1 if [dict-1] <= [dict-2] else 0", "false": "1 if [dict-1] > [dict-2] else 0"},
    "absolute": {"dict": "abs(<dict>)"},
    "multiply": {"dict": "[dict-1] * scalar(<dict-2>)"},
    "product": {"dict": "[dict-1] * [dict-2]"},
    "maximum": {"dict": "max(<dict-1>, <dict-2>)"},
    "minimum": {"dict": "min(<dict-1>, <dict-2>)"},
    "peak": {"dict": "max(<dict-1>, <dict-2>)"},
    "mult_mask": {"dict": "[main] masked by [mask]"},
    "lin_comb": {"dict": "[mask] · parts of [main]"},
    "outer": {"dict": "[dict-1] ⊗ [dict-2]"},
    "copy": {"matrix": "copy of {neurons} in [matrix] times [copies]{, outgoing outgoing}"},
    "softmax": {"dict": "softmax(<dict> among <among>{, temperature temperature})"},
    "threshold": {"dict": "1 where <dict> > {limit}"},
    "field": {"value": "[record] at {path}"},
    "pulse": {
        "pulse": "1 if <ticks> + 1 >= {period} else 0",
        "ticks": "0 if <ticks> + 1 >= {period} else <ticks> + 1",
    },
    "countdown": {"left": "[start] if [start] > 0 else relu([left] - 1)"},
    "since": {"ticks": "1 if [event] else [ticks] + (1 if [ticks] > 0 else 0)"},
}
PLACE = re.compile(r"<(?P<plain>[^<>= ]+)>|\[(?P<safe>[^\]]+)\]|\{(?P<lead>, \w+ )?(?P<parameter>\w+)\}")


def to_equations(machine: Machine, *, digits: int | None = None) -> str:
    """The machine as equations; `digits` rounds the weights, for reading only.

    >>> m = Machine().add("input").add("accum-1-2").add("norm-2-1").link("accum-1-2.dict-2", "input.char", 0.5)
    >>> print(to_equations(m.link("norm-2-1.dict", "accum-1-2.dict").read("norm-2-1")))
    # Every link takes a tick; before t = 1, all is 0.
    outputs norm
    input(t) = item(t)
    accum(t) = accum(t-1) + 0.5 input(t-1)
    norm(t)  = norm(accum(t-1))
    """
    machine = readable(machine)
    rest = "all else is 0" if machine.initial else "all is 0"
    lines = [f"# Every link takes a tick; before t = 1, {rest}."]
    if machine.timing == SYNCHRONOUS:
        lines = [f"timing {SYNCHRONOUS}", f"# Before t = 1, {rest}."]
    lines += headings(machine)
    if machine.own_matrix:
        lines.append("# These are the links it starts with.")
        lines += [f"# It may write {_ends(link)}." for link in foretold_links(machine)]
        machine = machine.unhooked()
    writer = _Writer(machine, digits)
    rows = [(writer.left(each), *writer.right(each)) for each in statements(machine)]
    width = max((len(left) for left, _, _ in rows), default=0)
    for left, right, note in rows:
        lines.append(f"{left:<{width}} = {right}" + (f"  [{note}]" if note else ""))
    for name in machine.initial.labels:
        for label, value in machine.initial[name].children.items():
            lines.append(f"{writer.output(name, label) + '(0)':<{width}} = {value}")
    return "\n".join(lines)


def _ends(link: Link) -> str:
    to, label, source, output = map(format_label, link[:4])
    return f"{to}.{label} <- {source}.{output}"


def implied_type(machine: Machine, name: str) -> str:
    """The type that a name implies: the one so called, or called so but for the number at its end."""
    numbered = NUMBERED.fullmatch(name)
    return numbered[1] if numbered and name not in machine.types else name


class _Writer:
    """Writes statements about one machine."""

    def __init__(self, machine: Machine, digits: int | None):
        self.machine, self.digits = machine, digits
        self.noted: set[str] = set()

    def left(self, statement: Statement) -> str:
        name = format_label(statement.name)
        return f"{name}(t)" if statement.output is None else f"{name}.{format_label(statement.output)}(t)"

    def right(self, statement: Statement) -> tuple[str, str]:
        """The right side, and the note on the type, at the first statement that needs one."""
        text = self._text(statement)
        neuron = self.machine.neurons[statement.name]
        shown = shown_parameters(statement.kind) if statement.form is Form.FORMULA else ()
        neuron = neuron._replace(parameters={k: x for k, x in neuron.parameters.items() if k not in shown})
        needed = implied_type(self.machine, statement.name) != neuron.type or neuron.parameters
        if not needed or statement.name in self.noted:
            return text, ""
        self.noted.add(statement.name)
        return text, format_neuron(neuron)

    def _text(self, statement: Statement) -> str:
        sums = {label: self.sum(links) for label, links in statement.sums.items()}
        kind = statement.kind
        match statement.form:
            case Form.FIELDS:
                return sums.get(statement.output or "", "0")
            case Form.PLACES:
                return f"{format_label(kind.name)}({', '.join(sums.values())})"
            case Form.NAMED:
                return f"{format_label(kind.name)}({', '.join(self._named(statement))})"
            case Form.MIXTURE:
                return self._mixture(statement, sums)
        if kind.name in ADDING:
            return self.sum([link for links in statement.sums.values() for link in links])
        output = statement.output or (kind.outputs or ("",))[0]
        return self._filled(FORMULAS[kind.name][output], statement, sums)

    def _named(self, statement: Statement) -> Iterable[str]:
        for label, links in statement.sums.items():
            for sign, matrix in (("=", self.machine.matrix), (":=", self.machine.hard)):
                some = [link._replace(weight=matrix[link[:4]].scalar) for link in links if matrix[link[:4]]]
                if some:
                    yield f"{format_label(label)} {sign} {self.sum(some)}"

    def _mixture(self, statement: Statement, sums: Mapping[str, str]) -> str:
        terms = [
            f"{sums[term.weight] if is_simple(statement.sums[term.weight]) else f'({sums[term.weight]})'} * {term.text}"
            for term in mixed(self.machine, statement.name)
            if statement.sums[term.weight]
        ]
        given = ", ".join(f"{x} = {sums[label]}" for x, label in ARGUMENTS.items())
        return f"{' + '.join(terms) or '0'} where {given}"

    def _filled(self, formula: str, statement: Statement, sums: Mapping[str, str]) -> str:
        settings = statement.kind.settings(self.machine.neurons[statement.name].parameters)

        def fill(place: re.Match[str]) -> str:
            if label := place["parameter"]:
                lead = place["lead"] or ""
                usual = lead and settings[label] == statement.kind.parameters[label]
                return "" if usual else lead + _format_parameter(settings[label])
            if place["plain"]:
                return sums[place["plain"]]
            links = statement.sums[place["safe"]]
            return sums[place["safe"]] if is_simple(links) or not links else f"({sums[place['safe']]})"

        return PLACE.sub(fill, formula)

    def sum(self, links: Iterable[Link]) -> str:
        """The terms one after the other, those to subtract last; 0 if there are none."""
        ordered = sorted(links, key=lambda link: link.weight < 0)
        return format_sum(ordered, self.digits, self._value) or "0"

    def _value(self, link: Link) -> str:
        full = self.output(link.source, link.output)
        return f"{full}(t-1)" if self.machine.delay(link.neuron, link.input) else f"{full}(t)"

    def output(self, name: str, label: str) -> str:
        """An output, by the name of its neuron alone where that has no other."""
        full = format_label(name)
        return full if has_one_output(self.machine.type_of(name)) else f"{full}.{format_label(label)}"


def is_simple(links: Sequence[Link]) -> bool:
    """Whether a sum is one term without a sign, which needs no parentheses in a product."""
    return len(links) == 1 and links[0].weight > 0


def shown_parameters(kind: NeuronType) -> set[str]:
    """The parameters that the formulas of a type show."""
    formulas = FORMULAS.get(kind.name, {}).values()
    return {place["parameter"] for formula in formulas for place in PLACE.finditer(formula) if place["parameter"]}


def has_one_output(kind: NeuronType) -> bool:
    """Whether a neuron of this type stands for its only output."""
    return kind.outputs is not None and len(kind.outputs) == 1


def _format_parameter(value: object) -> str:
    return str(value) if isinstance(value, VValue) else str(VValue(value))
