"""A trace as a picture: outputs in rows, ticks in columns, and the darker a cell, the larger its number.

Trees are opened, a row for every leaf, small ones first, as long as there is room; of others the row has the largest
leaf.
What stays the same is one cell, as long as it stays, so that numbers can be read in long streams too.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from dmm.circuits.graph import circuit_graph
from dmm.circuits.pictures.drawing import MARGIN, document, element, number, plain
from dmm.circuits.pictures.lettering import counted, sized, text_width, visible, wrapped, written
from dmm.circuits.pictures.matrix_picture import LEVELS, Scale, matrix_style
from dmm.report.words import SILENCE, item_text
from dmm.vvalue.support import Path
from dmm.vvalue.tree import VValue

if TYPE_CHECKING:
    from dmm.report.trace import Field, Trace

MOST_TICKS = 240  # that are drawn
MOST_FIELDS = 120  # that are drawn
MOST_ROWS = 48  # that trees are opened to
LETTERS = 10.0
WIDEST, WIDE, NARROW, NARROWEST = 36.0, 24.0, 14.0, 8.0  # a tick
FEW_TICKS, SOME_TICKS = 32, 60
ROW, APART = 18.0, 3.0
MOST_ROOM = 130.0  # above, for items written upright
EVERY = (1, 2, 5, 10, 20, 50)  # ticks, one of which is numbered
SWATCH, LINE = 40.0, 400.0
DIFFERENT = 30.0  # times as large as the smallest number, from which on levels double
_BRIGHT = LEVELS // 2  # levels above which letters are of the other shade


class Row(NamedTuple):
    """A row: the field's name where it begins, the leaf's, the numbers, and the V-values that they stand for."""

    head: str
    leaf: str
    numbers: tuple[float, ...]
    values: tuple[VValue, ...]
    name: str


def trace_svg(trace: "Trace", fields: Sequence["Field"]) -> str:
    """See `Trace.svg`."""
    shown = min(len(trace), MOST_TICKS)
    stream = trace.stream[:shown]
    cut = [field._replace(values=field.values[:shown]) for field in fields if field.values != trace.stream]
    named = list(zip(_words(trace, cut), cut, strict=True))
    silent = [word for word, field in named if not _is_worth_a_row(trace, field)]
    drawn = [each for each in named if _is_worth_a_row(trace, each[1])]
    blocks = _blocks(drawn[:MOST_FIELDS])
    rows = [row for block in blocks for row in block]
    shades = Shades.of([abs(x) for row in rows for x in row.numbers if x])
    heads = max((text_width(row.head, LETTERS + 1) for row in rows), default=0.0)
    leaves = max((text_width(row.leaf, LETTERS) for row in rows), default=0.0)
    left = MARGIN + max(heads + leaves + 22, 40.0)
    step = _step(stream, rows)
    head, top = _head(trace.first, stream, (left, MARGIN), step)
    body, y = [head], top
    for block in blocks:
        body.append(_block(block, (left, y), step, trace.first, shades, (heads + MARGIN, left - 8)))
        y += ROW * len(block) + APART
    signed = any(x < 0 for row in rows for x in row.numbers)
    width = max(step * shown, SWATCH * len(shades.levels), LINE)
    remarks = [*_remarks(trace, shown, len(drawn), silent, signed=signed)]
    remarks = [line for remark in remarks for line in wrapped(remark, LETTERS + 1, width)]
    legend, height = _legend(shades, remarks, (left, y + 10), signed=signed)
    return document(
        [*body, legend],
        _style(),
        left + width + MARGIN,
        y + 10 + height + MARGIN,
        title=f"Trace: what every neuron emits, ticks {trace.first} to {trace.first + shown - 1}",
        description=_in_words(rows, stream),
    )


# -- rows --------------------------------------------------------------------------------------------------------------


def _is_worth_a_row(trace: "Trace", field: "Field") -> bool:
    """Whether it is not always zero, or a part of the answer."""
    return any(field.values) or field.neuron in trace.machine.readouts


def _words(trace: "Trace", fields: Sequence["Field"]) -> list[str]:
    """The fields by readable names of neurons, with labels where a neuron has several."""
    nodes = {node.name: node for node in circuit_graph(trace.machine, unused=True).nodes}
    shown = Counter((field.neuron, field.received) for field in fields)
    found = []
    for field in fields:
        node = nodes.get(field.neuron)  # none, where the machine made it while it ran
        several = shown[field.neuron, field.received] > 1
        several = several or bool(node and (node.labels_inputs if field.received else node.labels_outputs))
        name = visible(node.word if node else field.neuron)
        word = f"{name}.{written(field.label)}" if several else name
        found.append(f"to {word}" if field.received else word)
    return found


def _blocks(named: Sequence[tuple[str, "Field"]]) -> list[list[Row]]:
    """The rows of every field: of trees with few leaves one for each, as long as there is room."""
    paths = [sorted({path for value in field.values for path, _ in value.items()}) for _, field in named]
    room, is_open = MOST_ROWS - len(named), [False] * len(named)
    for place in sorted(range(len(named)), key=lambda n: len(paths[n])):
        room -= max(0, len(paths[place]) - 1)
        is_open[place] = room >= 0
    each = zip(named, paths, is_open, strict=True)
    return [_rows(word, field, below, is_open=fits) for (word, field), below, fits in each]


def _rows(word: str, field: "Field", paths: Sequence[Path], *, is_open: bool) -> list[Row]:
    if not is_open and len(paths) > 1:
        leaf = f"largest of {counted(len(paths), 'leaf').replace('leafs', 'leaves')}"
        return [Row(word, leaf, tuple(map(_largest, field.values)), field.values, word)]
    rows = []
    for place, path in enumerate(paths or [()]):
        leaf = ".".join(map(_short, path))
        numbers = tuple(float(value[path].scalar) for value in field.values)
        values = tuple(map(VValue, numbers)) if all(map(math.isfinite, numbers)) else field.values
        rows.append(Row(word if place == 0 else "", leaf, numbers, values, f"{word} {leaf}".rstrip()))
    return rows


def _short(label: str) -> str:
    """A label of a row: a single character stands for itself."""
    return visible(label) if len(label) == 1 and label != " " else written(label)


def _largest(value: VValue) -> float:
    return float(max((x for _, x in value.items()), key=abs, default=0.0))


# -- cells -------------------------------------------------------------------------------------------------------------


def _step(stream: Sequence[VValue], rows: Sequence[Row]) -> float:
    """How wide a tick is: of few ones, as wide as the numbers."""
    step = WIDE if len(stream) <= FEW_TICKS else NARROW if len(stream) <= SOME_TICKS else NARROWEST
    texts = [visible(item_text(item)) for item in stream]
    if len(stream) <= FEW_TICKS:
        texts += [sized(x, 2) for row in rows for x in row.numbers if x]
    most = WIDEST if len(stream) <= FEW_TICKS else WIDE
    return max([step, *(wide for text in texts for wide in [text_width(text, LETTERS) + 4] if wide <= most)])


def _head(first: int, stream: Sequence[VValue], at: tuple[float, float], step: float) -> tuple[str, float]:
    """Numbers of ticks, and the items below them, above the columns: as SVG, and where that ends."""
    left, top = at
    texts = [visible(item_text(item)) if item else "" for item in stream]
    widest = max(text_width(text, LETTERS) for text in texts)
    turned = widest > step
    room = min(widest, MOST_ROOM) + 4 if turned else LETTERS + 3
    below = top + LETTERS + 4 + room
    apart = next((n for n in EVERY if n * step >= 22), EVERY[-1])
    parts = [element("text", word, x=left - 8, y=y, text_anchor="end", class_="field")
             for word, y in (("tick", top + LETTERS), ("item", below - 3))]  # fmt: skip
    for place, text in enumerate(texts):
        x, tick = left + step * (place + 0.5), first + place
        if tick % apart == 0 or (place == 0 and apart - first % apart >= apart / 2):
            parts.append(element("text", str(tick), x=x, y=top + LETTERS, text_anchor="middle", class_="field"))
        if turned and text:
            turn = f"translate({number(x + 3.5)} {number(below - 3)})rotate(-90)"
            parts.append(element("text", plain(text), transform=turn, class_="item"))
        elif not turned:
            kind = "item" if text else "field"
            parts.append(element("text", plain(text or SILENCE), x=x, y=below - 3, text_anchor="middle", class_=kind))
    return element("g", *parts, class_="items"), below + 2


def _block(
    rows: Sequence[Row], at: tuple[float, float], step: float, first: int, shades: "Shades", ends: tuple[float, float]
) -> str:
    """The rows of a field in a frame, with their names at the left."""
    left, top = at
    parts = []
    for n, row in enumerate(rows):
        y = top + ROW * n
        if row.head:
            parts.append(element("text", plain(row.head), x=ends[0], y=y + 13, text_anchor="end", class_="row"))
        if row.leaf:
            parts.append(element("text", plain(row.leaf), x=ends[1], y=y + 13, text_anchor="end", class_="field"))
        parts += _cells(row, (left, y), step, first, shades)
    width = step * len(rows[0].numbers)
    frame = element("rect", x=left, y=top, width=width, height=ROW * len(rows), class_="frame")
    return element("g", *parts, frame, class_="block")


def _cells(row: Row, at: tuple[float, float], step: float, first: int, shades: "Shades") -> Iterator[str]:
    """A cell for every stretch of ticks with the same value, if that is not zero."""
    place = 0
    for (x, value), same in groupby(zip(row.numbers, row.values, strict=True)):
        length = len(list(same))
        if x:
            ticks = f"tick {first + place}" if length == 1 else f"ticks {first + place} to {first + place + length - 1}"
            said = visible(str(value)) if value.children else sized(x)
            title = element("title", plain(f"{row.name} at {ticks}: {said[:400]}"))
            yield _cell(x, (at[0] + step * place, at[1]), step * length, shades.level(x), title)
        place += length


def _cell(x: float, at: tuple[float, float], width: float, level: int, title: str) -> str:
    left, top = at
    d = f"M{number(left + 0.5)} {number(top + 0.5)}h{number(width - 1)}v{number(ROW - 1)}h{number(1 - width)}z"
    cell = element("path", title, d=d, class_=f"{'n' if x < 0 else 'p'}{level}")
    shade, middle = "over" if level > _BRIGHT else "on", left + width / 2
    text = next((text for text in (sized(x), sized(x, 2)) if text_width(text, LETTERS) <= width - 2), None)
    if text is not None:
        return cell + element("text", text, x=middle, y=top + 13, text_anchor="middle", class_=f"field {shade}")
    if x < 0:
        dash = f"M{number(middle - 2)} {number(top + ROW / 2)}h4"
        return cell + element("path", d=dash, class_="minus" + " bright" * (level > _BRIGHT))
    return cell


# -- colours -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shades:
    """What the levels of colour mean: each single number, where there are few, else ranges up to a limit."""

    limits: tuple[float, ...]
    levels: tuple[int, ...]
    is_exact: bool

    @classmethod
    def of(cls, sizes: Sequence[float]) -> "Shades":
        """Levels for these absolute numbers.

        >>> Shades.of([1.0, 3.0, 1.0]).level(-3.0), Shades.of([1.0, 3.0, 1.0]).level(1.0)
        (8, 1)
        """
        given = sorted({float(f"{x:.3g}") for x in sizes if math.isfinite(x)})
        if 1 <= len(given) <= LEVELS:
            last = max(1, len(given) - 1)
            levels = tuple(round(1 + n * (LEVELS - 1) / last) for n in range(len(given)))
            return cls(tuple(given), levels if len(given) > 1 else (3,), is_exact=True)
        wide = given and given[-1] > DIFFERENT * given[0]
        scale = Scale.doubling(given) if wide else Scale.linear(given)
        return cls(scale.limits, tuple(range(1, LEVELS + 1)), is_exact=False)

    def level(self, x: float) -> int:
        """The level, from 1 to 8, of a number of either sign."""
        size = abs(x) if math.isfinite(x) else math.inf
        close = float(f"{size:.3g}")
        return next((n for n, limit in zip(self.levels, self.limits, strict=True) if close <= limit), LEVELS)


def _legend(shades: Shades, remarks: Sequence[str], at: tuple[float, float], *, signed: bool) -> tuple[str, float]:
    """The levels with their numbers, negative ones below, and what else is to be said: as SVG, and how high it is."""
    x, y = at
    parts = []
    for sign in "pn" if signed else "p":
        for n, level in enumerate(shades.levels):
            left = x + SWATCH * n
            parts.append(element("rect", x=left, y=y, width=SWATCH, height=10.0, class_=f"{sign}{level}"))
            if sign == "n":
                ink = "minus" + " bright" * (level > _BRIGHT)
                parts.append(element("path", d=f"M{number(left + SWATCH / 2 - 2)} {number(y + 5)}h4", class_=ink))
        y += 10.0
    for n, limit in enumerate(shades.limits):
        text = f"{'±' * signed}{sized(limit)}" if shades.is_exact else f"≤ {sized(limit, 2)}"
        middle = x + SWATCH * (n + 0.5)
        parts.append(element("text", text, x=middle, y=y + 12, text_anchor="middle", class_="field"))
    y += 18.0
    for remark in remarks:
        y += 16.0
        parts.append(element("text", plain(remark), x=x, y=y, class_="quiet"))
    return element("g", *parts, class_="scale"), y - at[1] + 4


def _remarks(trace: "Trace", shown: int, fields: int, silent: Sequence[str], *, signed: bool) -> Iterator[str]:
    """What the colours do not say."""
    yield "Orange with a dash or a minus sign: negative. Empty: zero." if signed else "Empty: zero."
    if silent:
        left = len(silent) - MOST_FIELDS
        more = f" and {counted(left, 'more output')}" if left > 0 else ""
        yield f"Always zero: {', '.join(silent[:MOST_FIELDS])}{more}."
    if shown < len(trace):
        yield f"Drawn are ticks {trace.first} to {trace.first + shown - 1} of {trace.first} to {trace.last}."
    if fields > MOST_FIELDS:
        yield f"Left out: {counted(fields - MOST_FIELDS, 'more output')}."


def _in_words(rows: Sequence[Row], stream: Sequence[VValue]) -> str:
    items = visible(" ".join(map(item_text, stream)))
    sizes = (f"{row.name}: from {sized(min(row.numbers))} to {sized(max(row.numbers))}" for row in rows)
    return f"Items: {items}. {'; '.join(sizes)}."


def _style() -> str:
    return matrix_style(
        ".dmm .field.on{fill:#111}.dmm .field.over{fill:#fff}",
        "@media screen and (prefers-color-scheme:dark){.dmm .field.on{fill:#fff}.dmm .field.over{fill:#111}}",
    )
