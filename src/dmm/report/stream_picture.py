"""What a machine answers along a stream, as a picture: answers against targets, tick by tick."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from dmm.circuits.pictures.drawing import MARGIN, document, element, number, plain
from dmm.circuits.pictures.lettering import text_width
from dmm.report.plots import SWATCH, Axis, dot, key, plot_style, stairs, upright
from dmm.report.words import error, item_text
from dmm.tasks.task import Stream

LETTERS = 10.0
WIDE, NARROW, NARROWEST = 24.0, 14.0, 8.0  # a tick
FEW_TICKS, SOME_TICKS = 32, 60
PANEL, BETWEEN, HEAD = 66.0, 30.0, 24.0
ITEMS = 12.0  # below a plot
TURNED = 12.0  # pixels that an item written upright takes
MOST_ROOM = 110.0  # below a plot, for items
VISIBLE = 1e-3  # an error, relative to targets above 1
EVERY = (1, 2, 5, 10, 20, 50)  # ticks, one of which is numbered


class Series(NamedTuple):
    """One number of the answer along a stream, and what it should be; `None` where nothing is expected or finite."""

    name: str
    answers: Sequence[float | None]
    targets: Sequence[float | None]


def answers_svg(series: Sequence[Series], stream: Stream, title: str) -> str:
    """Answers as thin lines over their targets, which are broad ones, tick by tick, with the items below."""
    step = _tick_width(len(stream))
    names = max(text_width(f"{x:g}", LETTERS) for x in _numbers(series)) if series else 0.0
    left = MARGIN + max(34.0, names + 10)
    across = Axis(0.5, len(stream) + 0.5, left, left + step * len(stream))
    body, top = [], MARGIN + HEAD
    for each in series:
        up = Axis.around(_numbers([each]), top + PANEL, top)
        body.append(upright(up, across.first, across.last, each.name, most=4))
        body.append(element("path", d=stairs(each.targets, across, up), class_="under"))
        body.append(element("path", d=stairs(each.answers, across, up), class_="line s0"))
        wrong = "".join(dot(across.at(tick), up.at(answer), 3.0) for tick, answer in _wrong(each))
        body += [element("path", d=wrong, class_="wrong")] if wrong else []
        top += PANEL + BETWEEN
    below, room = _items(stream, across, top - BETWEEN + ITEMS)
    has_wrong = any(True for each in series for _ in _wrong(each))
    legend, height = key(
        _entries(has_wrong=has_wrong), (left, top - BETWEEN + room + 20), max(300.0, across.last - left)
    )
    return document(
        [*body, below, legend],
        plot_style(),
        max(across.last, left + 300.0) + MARGIN,
        top - BETWEEN + room + 20 + height + MARGIN,
        title=title,
        description="; ".join(_described(each) for each in series) + ". Items: " + " ".join(map(item_text, stream)),
    )


def _numbers(series: Iterable[Series]) -> list[float]:
    return [x for each in series for x in (*each.answers, *each.targets) if x is not None]


def _wrong(series: Series, tolerance: float = VISIBLE) -> Iterator[tuple[int, float]]:
    """Ticks with answers that can be seen to be wrong."""
    for tick, (answer, target) in enumerate(zip(series.answers, series.targets, strict=True), 1):
        if answer is not None and target is not None and abs(answer - target) > tolerance * max(1.0, abs(target)):
            yield tick, answer


def _described(series: Series) -> str:
    pairs = zip(series.answers, series.targets, strict=True)
    gaps = [abs(a - b) for a, b in pairs if a is not None and b is not None]
    return f"{series.name}: largest error {error(max(gaps, default=0.0))}"


def _entries(*, has_wrong: bool) -> Iterator[tuple[str, str]]:
    yield element("path", d=f"M0 6h{number(SWATCH)}", class_="under"), "target"
    yield element("path", d=f"M0 6h{number(SWATCH)}", class_="line s0"), "answer"
    if has_wrong:
        yield element("path", d=dot(SWATCH / 2, 6.0, 3.0), class_="wrong"), "wrong answer"


# -- the items below a plot --------------------------------------------------------------------------------------------


def _tick_width(ticks: int) -> float:
    return WIDE if ticks <= FEW_TICKS else NARROW if ticks <= SOME_TICKS else NARROWEST


def _items(stream: Stream, across: Axis, top: float) -> tuple[str, float]:
    """The items and the numbers of the ticks, as SVG, and how high that is."""
    step = across.at(2) - across.at(1)
    texts = [item_text(item) for item in stream]
    widest = max(text_width(text, LETTERS) for text in texts)
    turned = widest > step
    room = min(widest, MOST_ROOM) + 4 if turned else LETTERS + 4
    every = 1 if not turned or step >= TURNED else 2  # letters over each other are none
    parts = [
        _item(text, across.at(tick), top, turned=turned)
        for tick, text in enumerate(texts, 1)
        if stream[tick - 1] and (tick % every == 0 or every == 1)
    ]
    parts += [element("text", "·", x=across.at(n), y=top + 9, text_anchor="middle", class_="field")
              for n, item in enumerate(stream, 1) if not item and not turned]  # fmt: skip
    apart = next((n for n in EVERY if n * step >= 22), EVERY[-1])
    for tick in range(apart, len(stream) + 1, apart):
        place = top + room + 12
        parts.append(element("text", str(tick), x=across.at(tick), y=place, text_anchor="middle", class_="field"))
    parts.append(element("text", "tick", x=across.first - 6, y=top + room + 12, text_anchor="end", class_="field"))
    parts.append(element("text", "item", x=across.first - 6, y=top + 9, text_anchor="end", class_="field"))
    return element("g", *parts, class_="items"), room + 16


def _item(text: str, x: float, top: float, *, turned: bool) -> str:
    if not turned:
        return element("text", plain(text), x=x, y=top + 9, text_anchor="middle", class_="item")
    place = f"translate({number(x + 3.5)} {number(top + 2)})rotate(-90)"
    return element("text", plain(text), transform=place, text_anchor="end", class_="item")
