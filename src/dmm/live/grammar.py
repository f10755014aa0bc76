"""How commands are written: the parts of a line, each with its pattern, its value, and how the value is written.

A command's syntax is a line of words and of the parts named here, `[...]` for one that may be left out; what reads the
line and what writes it are both made of that. Text is only ever taken apart, never executed.
"""

import json
import math
import os
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from dmm.live.turns import checked_rate
from dmm.machine.machine import Neuron, address, described
from dmm.machine.text import COMMENT, LABEL, STRING, WEIGHT, format_neuron, parse_label, parse_neuron
from dmm.vvalue.labels import format_label
from dmm.vvalue.numbers import is_number
from dmm.vvalue.text import format_number, parse_number
from dmm.vvalue.tree import VValue

MOST = 10_000_000  # ticks of one command


class Part(NamedTuple):
    """A part of a line: its pattern, what its text means, the value made of what Python hands over, and its text."""

    pattern: str
    parse: Callable[[str], Any]
    make: Callable[[Any], Any]
    format: Callable[[Any], str]


def _end(text: str) -> tuple[str, ...]:
    return tuple(parse_label(label) for label in re.findall(LABEL, text))


def _number(x: Any) -> float:
    try:
        if is_number(x) and math.isfinite(x):
            return float(x)
    except OverflowError:
        pass
    raise ValueError(f"a finite number is wanted, not {x!r}" if len(repr(x)) < 40 else "the number is too large")


def _name(x: Any) -> str:
    if not isinstance(x, str) or not x:
        raise ValueError(f"{x!r} is no name; give a text of at least one character")
    return x


def _count(x: Any) -> int:
    if not isinstance(x, int) or isinstance(x, bool) or not 1 <= x <= MOST:
        raise ValueError(f"{x!r} is not a whole number from 1 to {MOST}")
    return x


def _value(x: Any) -> VValue:
    try:
        return VValue(x).map_leaves(float)
    except (TypeError, OverflowError) as problem:
        raise ValueError(str(problem)) from None


def _kind(x: Any) -> Neuron:
    if isinstance(x, str):
        name, kind, parameters = parse_neuron(x)
        if name is not None:
            raise ValueError(f"{x!r} is no neuron type; write 'type' or 'type(parameter = value)'")
        return Neuron(kind, parameters)
    if not isinstance(x, Neuron):
        raise ValueError(f"{x!r} is no neuron type; give its text, or a dmm.Neuron")
    return described(x.type, x.parameters)


def _written_end(end: tuple[str, str]) -> str:
    return ".".join(map(format_label, end))


END = Part(rf"{LABEL}\.{LABEL}", _end, address, _written_end)
NAME = Part(LABEL, parse_label, _name, format_label)
PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "NEURON.INPUT": END,
        "NEURON.OUTPUT": END,
        "NEURON": NAME,
        "NAME": NAME,
        "NUMBER": Part(rf"[-+]?(?:{WEIGHT})", parse_number, _number, format_number),
        "N": Part(r"\d{1,8}", int, _count, str),
        "VALUE": Part(r".+", VValue.parse, _value, str),
        "TYPE": Part(r".+", _kind, _kind, format_neuron),
        "RATE": Part(
            rf"max|(?:{WEIGHT})",
            lambda text: None if text == "max" else float(parse_number(text)),
            checked_rate,
            lambda rate: "max" if rate is None else format_number(rate),
        ),
        "FILE": Part(rf"{STRING}|\S.*", parse_label, lambda path: _name(os.fspath(path)), json.dumps),
    }
)


def split(line: str) -> str:
    """The line without its comment and the spaces around it.

    >>> split('  send input {"#": 1}  # a hash')
    'send input {"#": 1}'
    """
    commented = COMMENT.fullmatch(line)
    return (commented[1] if commented else line).strip()


def read(syntax: str, line: str) -> dict[int, Any] | None:
    """The values of the parts of a line of that syntax, by place; `None` for a line of another.

    >>> read("add NEURON.INPUT <- NEURON.OUTPUT NUMBER", 'add norm.dict <- "a b".x 0.5')
    {0: ('norm', 'dict'), 1: ('a b', 'x'), 2: 0.5}
    >>> read("history [N] [NEURON]", "history accum")
    {1: 'accum'}
    """
    parts, pattern = _compiled(syntax)
    found = pattern.fullmatch(line)
    if found is None:
        return None
    texts = zip(parts, found.groups(), strict=True)
    return {place: part.parse(text) for place, (part, text) in enumerate(texts) if text is not None}


def write(syntax: str, values: list[Any]) -> str:
    """The line of that syntax with these values; `None` in the place of one that may be left out.

    >>> write("step [N]", [5]), write("step [N]", [None])
    ('step 5', 'step')
    """
    words, rest = [], iter(values)
    for word in syntax.split():
        part = PARTS.get(word.strip("[]"))
        value = next(rest) if part else None
        if part is None or not (word.startswith("[") and value is None):
            words.append(part.format(value) if part else word)
    return " ".join(words)


def make(syntax: str, values: list[Any]) -> list[Any]:
    """The values as a command keeps them; `ValueError` for one that cannot stand there."""
    words = [word for word in syntax.split() if word.strip("[]") in PARTS]
    return [
        None if value is None and word.startswith("[") else PARTS[word.strip("[]")].make(value)
        for word, value in zip(words, values, strict=True)
    ]


@cache
def _compiled(syntax: str) -> tuple[list[Part], re.Pattern[str]]:
    parts, pattern = [], ""
    for word in syntax.split():
        part = PARTS.get(word.strip("[]"))
        parts += [part] if part else []
        piece = f"({part.pattern})" if part else re.escape(word)
        space = r"\s*" if "<-" in word or pattern.endswith("<\\-") else r"\s+"
        piece = (space if pattern else "") + piece
        pattern += f"(?:{piece})?" if word.startswith("[") else piece
    return parts, re.compile(pattern)
