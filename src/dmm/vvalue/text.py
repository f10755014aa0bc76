"""The readable text form of a V-value: `1 + {a: 2, b: {c: 3}}`. `parse_vvalue(format_vvalue(v)) == v`.

The grammar:

    value  = number | tree | number "+" tree
    tree   = "{" label ":" value {"," label ":" value} "}"
    number = integer | decimal | integer "/" integer
    label  = letters, digits, "_" and "-" (not digits alone), or a JSON string
"""

import json
import re
from fractions import Fraction
from typing import Any

from dmm.vvalue.labels import BARE_LABEL, format_label
from dmm.vvalue.support import show_path
from dmm.vvalue.tree import MAX_DEPTH, NUMBER, Number, VValue

_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?(?:\d+/\d+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?))|(?P<string>\"(?:[^\"\\]|\\.)*\")"
    rf"|(?P<label>{BARE_LABEL.pattern})|(?P<sign>[{{}}:,+]))"
)


def format_number(x: Number) -> str:
    """The shortest text that reads back as the same number; whole floats lose their `.0`."""
    if isinstance(x, int | Fraction):
        return str(x)
    text = str(x)  # shortest for the number's own width, which `float(x)` would widen
    return text.removesuffix(".0")


def format_vvalue(v: VValue) -> str:
    """The text form, labels in sorted order."""
    if not v.children:
        return format_number(v.scalar)
    inner = ", ".join(f"{format_label(label)}: {format_vvalue(v[label])}" for label in sorted(v.children))
    own = f"{format_number(v.scalar)} + " if v.scalar else ""
    return f"{own}{{{inner}}}"


def parse_number(text: str) -> Number:
    """An int, a Fraction or a float, as the text says."""
    if "/" in text:
        numerator, denominator = map(int, text.split("/"))
        if not denominator:
            raise ValueError(f"{text} divides by zero; write a finite number")
        return Fraction(numerator, denominator)
    return float(text) if re.search(r"[.eE]", text) else int(text)


def parse_vvalue(text: str) -> VValue:
    """Read the text form; a `ValueError` names the place where the text is not one."""
    tokens = _tokens(text)
    value, rest = _parse_value(text, tokens, 0, ())
    _require_end(text, tokens, rest)
    return VValue(value)


def parse_entries(text: str) -> dict[str, Any]:
    """The values, nested dictionaries or numbers, by label, of a text like `{a: 0, b: {c: 1}}`; zeros are kept."""
    tokens = _tokens(text)
    entries, rest = _parse_tree(text, tokens, 0, ())
    _require_end(text, tokens, rest)
    return entries


def _tokens(text: str) -> list[tuple[str, str, int]]:
    tokens, position = [], 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise _error(text, position, "a number, a label or one of {}:,+")
        kind = str(match.lastgroup)
        tokens.append((kind, match[kind], match.start(kind)))
        position = match.end()
    return tokens


def _parse_value(text: str, tokens: list[tuple[str, str, int]], at: int, path: tuple[str, ...]) -> tuple[object, int]:
    kind, token, place = tokens[at] if at < len(tokens) else ("end", "", len(text))
    if len(path) > MAX_DEPTH:
        raise ValueError(f"the tree is deeper than {MAX_DEPTH} labels below {show_path(path[:3])}; flatten it")
    if kind == "number":
        number, at = parse_number(token), at + 1
        if at < len(tokens) and tokens[at][1] == "+" and tokens[at][0] == "sign":
            tree, at = _parse_tree(text, tokens, at + 1, path)
            return {NUMBER: number} | tree, at
        return number, at
    if (kind, token) == ("sign", "{"):
        return _parse_tree(text, tokens, at, path)
    raise _error(text, place, "a number or {")


def _parse_tree(
    text: str, tokens: list[tuple[str, str, int]], at: int, path: tuple[str, ...]
) -> tuple[dict[str, object], int]:
    tree: dict[str, object] = {}
    separator = "{"
    while True:
        at = _expect(text, tokens, at, separator)
        kind, token, place = tokens[at] if at < len(tokens) else ("end", "", len(text))
        if kind not in ("label", "string"):
            raise _error(text, place, "a label")
        label = json.loads(token) if kind == "string" else token
        if label in tree or label == NUMBER:
            raise _error(text, place, f"another label than {label!r}, which is taken")
        at = _expect(text, tokens, at + 1, ":")
        tree[label], at = _parse_value(text, tokens, at, (*path, label))
        if at < len(tokens) and tokens[at][:2] == ("sign", "}"):
            return tree, at + 1
        separator = ","


def _require_end(text: str, tokens: list[tuple[str, str, int]], at: int) -> None:
    if at != len(tokens):
        raise _error(text, tokens[at][2], "nothing more")


def _expect(text: str, tokens: list[tuple[str, str, int]], at: int, sign: str) -> int:
    if at >= len(tokens) or tokens[at][:2] != ("sign", sign):
        raise _error(text, tokens[at][2] if at < len(tokens) else len(text), sign)
    return at + 1


def _error(text: str, place: int, wanted: str) -> ValueError:
    found = repr(text[place : place + 12]) if place < len(text) else "the end"
    return ValueError(f"not a V-value at character {place + 1}: found {found} where {wanted} should stand")
