"""Numbers, items and streams as a page writes them."""

import math

from dmm.circuits.pictures.lettering import counted, sized, visible
from dmm.reasons.outline import rounded
from dmm.tasks.task import Stream
from dmm.vvalue.tree import VValue

SILENCE = "·"
LONGEST = 120  # items of a stream that is written out
LONGEST_ITEM = 24  # characters
TINY, HUGE = 1e-3, 1e5  # beyond, numbers are written with a power of ten
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def amount(number: float) -> str:
    """A number of things, with commas between thousands.

    >>> amount(1540717)
    '1,540,717'
    """
    return f"{number:,.0f}"


def many(number: int, noun: str) -> str:
    """So many things in words.

    >>> many(10002, "stream"), many(1, "link")
    ('10,002 streams', '1 link')
    """
    return counted(number, noun).replace(str(number), amount(number), 1)


def error(size: float | None) -> str:
    """An error to three digits at most; 0 only where it is none.

    >>> error(0.0), error(0.0123456), error(3.8), error(2.4e9), error(float("inf")), error(None)
    ('0', '0.0123', '3.8', '2.4·10⁹', 'infinite', 'unknown')
    """
    if size is None:
        return "unknown"
    if not math.isfinite(size):
        return "infinite"
    if size == 0 or TINY <= abs(size) < HUGE:
        return sized(size)
    factor, exponent = f"{size:.1e}".split("e")
    return f"{factor.removesuffix('.0')}·10{superscript(int(exponent))}"


def superscript(exponent: int) -> str:
    """An exponent as it stands above the line.

    >>> "10" + superscript(-12)
    '10⁻¹²'
    """
    return str(exponent).translate(_SUPERSCRIPTS)


def duration(seconds: float) -> str:
    """A time to read.

    >>> duration(0.42), duration(29.6), duration(3725)
    ('0.4 s', '30 s', '1 h 2 min')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def item_text(item: VValue) -> str:
    """An item as short as can be: a symbol alone, `·` for zero, and else what the tree looks like.

    >>> [item_text(VValue(x)) for x in ({"a": 1}, 0, 2.5, {"a": 0.25, "b": 1})]
    ['a', '·', '2.5', '{a: 0.25, b: 1}']
    """
    if not item:
        return SILENCE
    label = symbol_of(item)
    text = visible(label) if label and label != SILENCE else str(_short(item))
    return text if len(text) <= LONGEST_ITEM else text[: LONGEST_ITEM - 1] + "…"


def symbol_of(item: VValue) -> str | None:
    """The label of an item that is nothing but one symbol, `{"a": 1}`; else `None`."""
    label = next(iter(item.labels), None)
    return label if label is not None and item == VValue({label: 1}) else None


def is_finite(value: VValue) -> bool:
    """Whether all numbers of a V-value are."""
    return all(math.isfinite(x) for _, x in value.items())


def _short(value: VValue) -> VValue:
    return rounded(value) if is_finite(value) else value


def value_text(value: VValue) -> str:
    """What a neuron emitted, rounded.

    >>> value_text(VValue()), value_text(VValue({"a": 1 / 3}))
    ('0', '{a: 0.3333}')
    """
    return str(_short(value))


def spelled(stream: Stream) -> str:
    """A stream as text: characters as they come, else items with spaces between; a long one is cut.

    >>> spelled((VValue({"a": 1}), VValue(), VValue({"b": 1}))), spelled((VValue({"no": 1}), VValue()))
    ('a·b', 'no ·')
    >>> spelled((VValue(0), VValue(3), VValue(1)))
    '0 3 1'
    """
    symbols = [symbol_of(item) for item in stream if item]
    silence = SILENCE if any(symbols) else "0"
    shown = [item_text(item) if item else silence for item in stream[:LONGEST]]
    text = ("" if symbols and all(symbol and len(symbol) == 1 for symbol in symbols) else " ").join(shown)
    return text if len(stream) <= LONGEST else f"{text} … ({many(len(stream), 'item')})"
