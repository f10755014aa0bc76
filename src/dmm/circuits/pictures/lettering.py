"""Words and numbers in pictures: what can be printed, what it looks like, how wide it is."""

import math
import unicodedata
from typing import Any

from dmm.vvalue.labels import format_label
from dmm.vvalue.text import format_number

MINUS, DELAY = "\N{MINUS SIGN}", "z\N{SUPERSCRIPT MINUS}\N{SUPERSCRIPT ONE}"
DIGITS = 3
_NARROW, _WIDE = frozenset("fijlrtI.,:;'|!()[]{} -"), frozenset("mwMW@%")


def written(label: str) -> str:
    r"""A label as it is printed: bare where that is unambiguous, else quoted, nothing invisible in it.

    >>> print(written("dict-1"), written("a.b"), written(""), written("\u2028"), written("\x00"))
    dict-1 "a.b" "" "\u2028" "\u0000"
    """
    return visible(format_label(label))


def visible(text: str) -> str:
    """The text with characters that have no picture of their own as escapes of JSON; a space stays."""
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    code = ord(character)
    units = [code] if code < 0x10000 else [0xD800 + (code - 0x10000 >> 10), 0xDC00 + (code - 0x10000 & 0x3FF)]
    return "".join(f"\\u{unit:04x}" for unit in units)


def rounded(weight: Any, digits: int = DIGITS) -> str:
    """A weight to a few digits, as numbers are written in files.

    >>> rounded(-0.123456), rounded(2.0), rounded(1234567.0)
    ('-0.123', '2', '1230000')
    """
    short = float(f"{float(weight):.{digits}g}")
    return format_number(short if math.isfinite(short) else float(weight))


def sized(weight: Any, digits: int = DIGITS) -> str:
    """A weight to a few digits with a true minus sign, for reading."""
    return rounded(weight, digits).replace("-", MINUS)


def text_width(text: str, size: float) -> float:
    """About how wide a text of that font size is in a sans-serif font: rather too wide than too narrow."""
    return size * sum(map(_width, text))


def _width(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character in _NARROW:
        return 0.38
    return 0.95 if character in _WIDE else 0.72 if character.isupper() else 0.62


def wrapped(text: str, size: float, width: float) -> list[str]:
    """The words of a text in lines no wider than that, as far as its words allow."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if text_width(longer, size) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def counted(number: int, noun: str) -> str:
    """A number of things in words: `1 link`, `2 links`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")
