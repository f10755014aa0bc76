"""The forms in which a machine can be shown, by name."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from dmm.circuits.dot import to_dot
from dmm.circuits.equations import to_equations
from dmm.circuits.html import to_html
from dmm.circuits.latex import to_latex
from dmm.circuits.mermaid import to_mermaid
from dmm.circuits.pictures.svg import to_svg
from dmm.circuits.programs.python import to_python
from dmm.machine.files import machine_to_json
from dmm.machine.machine import Machine
from dmm.machine.text import format_machine


def _json(machine: Machine) -> str:
    return json.dumps(json.loads(machine_to_json(machine)), indent=1, ensure_ascii=False)


FORMS: Mapping[str, Callable[[Machine], str]] = MappingProxyType(
    {
        "equations": to_equations,
        "text": lambda machine: format_machine(machine, legend=True),
        "python": to_python,
        "latex": to_latex,
        "mermaid": to_mermaid,
        "dot": to_dot,
        "svg": to_svg,
        "html": to_html,
        "json": _json,
    }
)
"""Every form, and the function that writes a machine in it."""

ROUNDED: Mapping[str, Callable[[Machine, int], str]] = MappingProxyType(
    {
        "equations": lambda machine, digits: to_equations(machine, digits=digits),
        "text": lambda machine, digits: format_machine(machine, digits=digits, legend=True),
        "latex": lambda machine, digits: to_latex(machine, digits=digits),
        "html": lambda machine, digits: to_html(machine, digits=digits),
    }
)
"""The forms that round weights on request, for reading; the others are exact, or round by themselves."""


def show(machine: Machine, form: str = "equations", *, digits: int | None = None) -> str:
    """The machine in one of the forms: equations, text, python, latex, mermaid, dot, svg, html or json.

    `digits` rounds the weights, for reading. `ValueError` for an unknown form, and for one that cannot round.

    >>> m = Machine().add("input").add("norm").link("norm.dict", "input.char", 1 / 3).read("norm")
    >>> print(show(m, "equations", digits=2).splitlines()[-1])
    norm(t)  = norm(0.33 input(t-1))
    """
    if form not in FORMS:
        raise ValueError(f"there is no form {form!r}; choose one of {', '.join(FORMS)}")
    if digits is None:
        return FORMS[form](machine)
    if form not in ROUNDED:
        raise ValueError(f"the form {form!r} has the weights as they are; digits are for {', '.join(ROUNDED)}")
    return ROUNDED[form](machine, digits)
