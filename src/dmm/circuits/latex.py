"""LaTeX: the equations of a machine, aligned, for a paper or a notebook."""

import re
from collections.abc import Iterable, Mapping

from dmm.circuits.equations import has_one_output, is_simple
from dmm.circuits.mixtures import ARGUMENTS, mixed
from dmm.circuits.statements import ADDING, Form, Statement, readable, statements
from dmm.machine.flow import require_fixed
from dmm.machine.machine import Link, Machine
from dmm.machine.text import format_sum
from dmm.vvalue.text import format_number
from dmm.vvalue.tree import Number, VValue

NOW, BEFORE, START = "_{t}", "_{t-1}", "_{0}"

# «x» is what arrives at input x, «(x)» the same in parentheses if need be, «=x» a parameter.
FORMULAS: Mapping[str, Mapping[str, str]] = {
    "input": {"char": r"x_{t}"},
    "eos": {"char": r'\texttt{\{".": 1\}}'},
    "const_1": {"const_1": "1"},
    "constant": {"value": "«=value»"},
    "timer": {"timer": "«timer» + 1"},
    "delay": {"value": "«value»"},
    "norm": {"norm": r"\left\lVert «dict» \right\rVert_\infty"},
    "dot": {"dot": r"\operatorname{clip}_{\pm «=clip»}\left(\left\langle «dict-1»,\; «dict-2» \right\rangle\right)"},
    "compare": {
        "true": r"\max\left(0,\; «dict-1» - «(dict-2)»\right)",
        "false": r"\max\left(0,\; «dict-2» - «(dict-1)»\right)",
    },
    "less_or_equal": {
        "true": r"\mathbf{1}\left[ «dict-1» \le «dict-2» \right]",
        "false": r"\mathbf{1}\left[ «dict-1» > «dict-2» \right]",
    },
    "absolute": {"dict": r"\left\lvert «dict» \right\rvert"},
    "multiply": {"dict": r"«(dict-1)» \cdot \operatorname{scalar}\left( «dict-2» \right)"},
    "product": {"dict": r"«(dict-1)» \odot «(dict-2)»"},
    "maximum": {"dict": r"\max\left(«dict-1»,\; «dict-2»\right)"},
    "minimum": {"dict": r"\min\left(«dict-1»,\; «dict-2»\right)"},
    "peak": {"dict": r"\max\left(«dict-1»,\; «dict-2»\right)"},
    "mult_mask": {"dict": r"\left. «(main)» \right|_{«mask»}"},
    "lin_comb": {"dict": r"\sum_{p} \left(«mask»\right)_{p} \left(«main»\right)_{p}"},
    "outer": {"dict": r"«(dict-1)» \otimes «(dict-2)»"},
    "copy": {
        "matrix": r"\operatorname{copy}_{«=neurons»,\; \text{outgoing } «=outgoing»}\left(«matrix»,\; «copies»\right)"
    },
    "softmax": {"dict": r"\operatorname{softmax}_{«=temperature»}\left(«dict» \mid «among»\right)"},
    "threshold": {"dict": r"\mathbf{1}\left[ «dict» > «=limit» \right]"},
    "field": {"value": r"\left(«record»\right)_{«=path»}"},
    "pulse": {
        "pulse": r"\mathbf{1}\left[ «ticks» + 1 \ge «=period» \right]",
        "ticks": r"\mathbf{1}\left[ «ticks» + 1 < «=period» \right] \left(«ticks» + 1\right)",
    },
    "countdown": {
        "left": r"\begin{cases} «start» & «start» > 0 \\ \max\left(0,\; «left» - 1\right) & \text{else} \end{cases}"
    },
    "since": {
        "ticks": r"\begin{cases} 1 & «event» \ne 0 \\ "
        r"«ticks» + \mathbf{1}\left[ «ticks» > 0 \right] & \text{else} \end{cases}"
    },
}
PLACE = re.compile(r"«(?P<mark>[=(]?)(?P<label>[\w-]+)\)?»")
_SPECIAL = re.compile(r"[\\{}$&#^_%~]")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")
_ESCAPED = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def to_latex(machine: Machine, *, digits: int | None = None) -> str:
    r"""The equations of a machine as an `aligned` environment, for math mode; `digits` rounds the weights.

    It needs the package amsmath, or MathJax. The item of the stream at tick t is x, marked with the name of its source
    if there are several. An output that does not start as zero has a line for t = 0. `ValueError` for a
    self-referential machine.

    >>> m = Machine().add("input").add("norm").link("norm.dict", "input.char", 0.5).read("norm")
    >>> print(to_latex(m))
    \begin{aligned}
    \mathrm{input}_{t} &= x_{t} \\
    \mathrm{norm}_{t} &= \left\lVert 0.5\,\mathrm{input}_{t-1} \right\rVert_\infty
    \end{aligned}
    """
    require_fixed(machine, "the LaTeX form")
    machine = readable(machine)
    writer = _Writer(machine, digits)
    lines = [f"{writer.left(each)} &= {writer.right(each)}" for each in statements(machine)]
    lines += [
        f"{writer.symbol(name, label)}{START} &= {_value(value)}"
        for name in machine.initial.labels
        for label, value in machine.initial[name].children.items()
    ]
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def escaped(text: str) -> str:
    """Text that LaTeX shows as it stands, but for ends of lines and control characters, which become blanks."""
    return _SPECIAL.sub(lambda match: _ESCAPED.get(match[0], "\\" + match[0]), _BLANK.sub(" ", text))


class _Writer:
    """Writes statements about one machine."""

    def __init__(self, machine: Machine, digits: int | None):
        self.machine, self.digits = machine, digits

    def left(self, statement: Statement) -> str:
        return _symbol(statement.name, statement.output) + NOW

    def right(self, statement: Statement) -> str:
        sums = {label: self.sum(links) for label, links in statement.sums.items()}
        kind = statement.kind
        if statement.form is Form.FIELDS:
            return sums[statement.output or ""]
        if statement.form is Form.FORMULA:
            if kind.name in ADDING:
                return self.sum([link for links in statement.sums.values() for link in links])
            output = statement.output or (kind.outputs or ("",))[0]
            return self._filled(FORMULAS[kind.name][output], statement, sums)
        if statement.form is Form.MIXTURE:
            return self._mixture(statement, sums)
        named = statement.form is Form.NAMED
        given = (rf"\text{{{escaped(label)}}} = {text}" if named else text for label, text in sums.items())
        return rf"\operatorname{{{escaped(kind.name)}}}\left(" + r",\; ".join(given) + r"\right)"

    def _mixture(self, statement: Statement, sums: Mapping[str, str]) -> str:
        terms = []
        for kind, output, arguments, weight in mixed(self.machine, statement.name):
            if links := statement.sums[weight]:
                factor = sums[weight] if is_simple(links) else rf"\left({sums[weight]}\right)"
                upper = "" if output is None else rf"^{{\text{{{escaped(output)}}}}}"
                terms.append(rf"{factor} \cdot \operatorname{{{escaped(kind)}}}{upper}\left({arguments}\right)")
        given = r",\; ".join(f"{x} = {sums[label]}" for x, label in ARGUMENTS.items())
        return rf"{' + '.join(terms) or '0'} \quad \text{{where }} {given}"

    def _filled(self, formula: str, statement: Statement, sums: Mapping[str, str]) -> str:
        settings = statement.kind.settings(self.machine.neurons[statement.name].parameters)
        if statement.kind.source and len(self.machine.sources) > 1:
            return rf"x^{{\text{{{escaped(statement.name)}}}}}_{{t}}"

        def fill(place: re.Match[str]) -> str:
            label, mark = place["label"], place["mark"]
            if mark == "=":
                return _value(settings[label])
            simple = len(statement.sums[label]) == 1 and not sums[label].startswith("-")
            return rf"\left({sums[label]}\right)" if mark and not simple else sums[label]

        return PLACE.sub(fill, formula)

    def sum(self, links: Iterable[Link]) -> str:
        """The terms one after the other, those to subtract last; 0 if there are none."""
        ordered = sorted(links, key=lambda link: link.weight < 0)
        return format_sum(ordered, self.digits, self._value, _factor) or "0"

    def _value(self, link: Link) -> str:
        time = BEFORE if self.machine.delay(link.neuron, link.input) else NOW
        return self.symbol(link.source, link.output) + time

    def symbol(self, name: str, output: str) -> str:
        return _symbol(name, None if has_one_output(self.machine.type_of(name)) else output)


def _factor(size: Number) -> str:
    return _number(format_number(size)) + r"\,"


def _symbol(name: str, output: str | None) -> str:
    upper = "" if output is None else rf"^{{\text{{{escaped(output)}}}}}"
    return rf"\mathrm{{{escaped(name)}}}{upper}"


def _number(text: str) -> str:
    """A number as it is written in mathematics: 1e-05 as a power of ten, 1/3 as a fraction."""
    if "/" in text:
        return r"\tfrac{{{}}}{{{}}}".format(*text.split("/"))
    size, _, power = text.partition("e")
    return text if not power else rf"{size} \cdot 10^{{{int(power)}}}"


def _value(value: object) -> str:
    """A parameter: a number, or a V-value as it is written elsewhere."""
    tree = value if isinstance(value, VValue) else VValue(value)
    if not tree.labels:
        return _number(format_number(tree.scalar))
    return rf"\texttt{{{escaped(str(tree))}}}"
