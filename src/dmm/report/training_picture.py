"""The course of runs as pictures: loss, penalty and links over the steps of training."""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from dmm.circuits.pictures.drawing import MARGIN, document, element, plain
from dmm.circuits.pictures.lettering import sized
from dmm.report.course import Change, Unit, attempts
from dmm.report.plots import (
    DASHES,
    SERIES,
    SWATCH,
    Axis,
    Point,
    diamond,
    dot,
    key,
    level,
    line,
    plot_style,
    triangle,
    upright,
)
from dmm.report.words import amount, many
from dmm.synthesis.position import Undone

WIDTH, LEFT = 860.0, 62.0
HEAD, LOSS_HEIGHT, LINKS_HEIGHT, BETWEEN = 34.0, 170.0, 190.0, 34.0
FEWEST_FOR_LABELS = 44.0  # pixels that an attempt needs, to be named
RADIUS, SMALL_RADIUS, FEW = 2.8, 2.0, 150  # of dots, where there are few units of work or many
SLIGHT = 0.5  # of the radius, where a unit of work changed no links
MANY_WORDS = 2000  # units of work, each of which says in a tooltip what it was
ABOVE_NOTHING = 0.1  # of the least loss above 0, at which losses of 0 stand

_BLUE, _ORANGE, _GREEN = 0, 1, 2
_PENALTY_LINE = (f"line s{_GREEN}", DASHES[1])


def training_svg(units: Sequence[Unit]) -> str:
    """Loss with the penalty, and links, over the steps of a run, both on logarithmic axes, its attempts told apart.

    Dots are cuts, triangles what was tried and given up, diamonds counter-examples that were learned from.
    """
    right = MARGIN + WIDTH
    losses = [unit.entry.loss for unit in units if unit.entry.loss is not None]
    losses += [unit.undone.loss for unit in units if unit.undone and math.isfinite(unit.undone.loss)]
    penalties = [unit.entry.penalty for unit in units if unit.entry.penalty]
    least = min((x for x in losses if x > 0), default=1.0)
    floor = least * ABOVE_NOTHING if any(x <= 0 for x in losses) else least
    top = MARGIN + HEAD
    middle = top + LOSS_HEIGHT + BETWEEN
    bottom = middle + LINKS_HEIGHT
    across = Axis(0, max((unit.entry.steps for unit in units), default=1) or 1, MARGIN + LEFT, right)
    loss = Axis.around([*losses, *penalties, floor], top + LOSS_HEIGHT, top, is_log=True)
    numbers = [unit.entry.links for unit in units] + [unit.undone.links for unit in units if unit.undone]
    links = Axis.around([max(1, number) for number in numbers], bottom, middle, is_log=True)
    body = [*_bands(units, across, top, bottom)]
    body.append(upright(loss, across.first, right, "loss and penalty" if penalties else "loss"))
    body += [upright(links, across.first, right, "links"), level(across, bottom, "steps")]
    for several in attempts(units):
        body += _penalty_lines(several, across, loss)
        body.append(_curve(several, across, loss, lambda unit: _shown_loss(unit, floor), _BLUE))
        body.append(_curve(several, across, links, lambda unit: max(1, unit.entry.links), _ORANGE))
    said = len(units) <= MANY_WORDS
    body += _undone(units, across, loss, lambda tried: max(tried.loss, floor), _BLUE, said=said)
    body += _undone(units, across, links, lambda tried: max(1, tried.links), _ORANGE, said=said)
    body += [*_learned(units, across, top)]
    legend, height = key(_entries(units, zero=floor < least), (MARGIN + LEFT, bottom + 42), WIDTH - LEFT)
    return document(
        [*body, legend],
        plot_style(),
        WIDTH + 2 * MARGIN,
        bottom + 42 + height + MARGIN,
        title="Loss, penalty and links over the steps of training",
        description=_in_words(units),
    )


def _shown_loss(unit: Unit, floor: float) -> float | None:
    return None if unit.entry.loss is None else max(unit.entry.loss, floor)


def _bands(units: Sequence[Unit], across: Axis, top: float, bottom: float) -> Iterable[str]:
    """A strip for every attempt, every other one shaded, with its number where there is room."""
    several = attempts(units)
    starts = [0.0, *(float(some[0].entry.steps) for some in several[1:]), across.high]
    for n, (some, start, end) in enumerate(zip(several, starts[:-1], starts[1:], strict=True)):
        left, width = across.at(start), across.at(end) - across.at(start)
        if n % 2:
            yield element("rect", x=left, y=top, width=width, height=bottom - top, class_="band")
        attempt = some[0].entry.attempt
        if width >= FEWEST_FOR_LABELS or len(several) == 1:
            word = f"attempt {attempt}" if width >= 2 * FEWEST_FOR_LABELS or len(several) == 1 else str(attempt)
            yield element("text", word, x=left + width / 2, y=top - 20, text_anchor="middle", class_="field")


def _curve(units: Sequence[Unit], across: Axis, up: Axis, value: Callable[[Unit], float | None], series: int) -> str:
    """The line of an attempt with a mark for each of its units."""
    points = [(across.at(unit.entry.steps), up.at(y), unit) for unit in units for y in [value(unit)] if y is not None]
    if not points:
        return ""
    radius = RADIUS if len(units) <= FEW else SMALL_RADIUS
    marks = "".join(_mark(x, y, unit, radius, series, said=len(units) <= MANY_WORDS) for x, y, unit in points)
    return line([(x, y) for x, y, _ in points], f"line s{series}") + marks


def _penalty_lines(units: Sequence[Unit], across: Axis, up: Axis) -> Iterable[str]:
    """What the links cost, while they cost something."""
    for is_paid, some in groupby(units, key=lambda unit: bool(unit.entry.penalty)):
        if is_paid:
            points = [(across.at(unit.entry.steps), up.at(unit.entry.penalty or 0.0)) for unit in some]
            yield line(points, *_PENALTY_LINE)


def _undone(
    units: Iterable[Unit], across: Axis, up: Axis, value: Callable[[Undone], float], series: int, *, said: bool
) -> Iterable[str]:
    """A mark at everything that was tried and given up; what blew up stands at the top."""
    for unit in units:
        if unit.undone:
            words = element("title", plain(_tooltip(unit))) if said else ""
            mark = triangle(across.at(unit.entry.steps), up.at(value(unit.undone)), 1.5 * SMALL_RADIUS)
            yield element("path", words, d=mark, class_=f"ring s{series}")


def _mark(x: float, y: float, unit: Unit, radius: float, series: int, *, said: bool) -> str:
    words = element("title", plain(_tooltip(unit))) if said else ""
    if unit.change is Change.BACK and unit.undone is None:
        return element("path", words, d=triangle(x, y, 1.5 * radius), class_=f"ring s{series}")
    size = radius if unit.change is Change.CUT else SLIGHT * radius
    return element("path", words, d=dot(x, y, size), class_=f"dot s{series}")


def _tooltip(unit: Unit) -> str:
    entry = unit.entry
    loss = "" if entry.loss is None else f", loss {sized(entry.loss)}"
    change = "" if unit.change is Change.NONE else f": {unit.change}"
    at = f"unit {entry.unit}, {unit.work}{change}, step {amount(entry.steps)}, {many(entry.links, 'link')}{loss}"
    return at if unit.undone is None else f"{at}; given up: {_tried(unit.undone)}"


def _tried(undone: Undone) -> str:
    loss = f"loss {sized(undone.loss)}" if math.isfinite(undone.loss) else "no finite loss"
    return f"{many(undone.links, 'link')}, {loss}"


def _learned(units: Iterable[Unit], across: Axis, top: float) -> Iterable[str]:
    for unit in units:
        if unit.learned:
            words = element("title", f"{many(unit.entry.challenges, 'counter-example')} so far")
            yield element("path", words, d=diamond(across.at(unit.entry.steps), top - 8, 4.0), class_="learned")


def _entries(units: Sequence[Unit], *, zero: bool) -> Iterable[tuple[str, str]]:
    middle = SWATCH / 2
    yield element("path", d=dot(middle, 6.0, RADIUS), class_="dot s1"), "cut: fewer links than before"
    back = element("path", d=triangle(middle, 6.0, 1.5 * RADIUS), class_="ring s1")
    if any(unit.undone for unit in units):
        yield back, "step back: what was tried, and given up"
    elif any(unit.change is Change.BACK for unit in units):
        yield back, "step back: trained, and no smaller than before"
    if any(unit.entry.penalty for unit in units):
        yield line([(0.0, 6.0), (SWATCH, 6.0)], *_PENALTY_LINE), "penalty on the links, while there is one"
    if any(unit.learned for unit in units):
        yield element("path", d=diamond(middle, 6.0, 4.0), class_="learned"), "learned from a counter-example"
    if zero:
        yield "", "A loss of 0 stands at the lower end."


def _in_words(units: Sequence[Unit]) -> str:
    sentences = []
    several = attempts(units)
    for some, following in zip(several, [*several[1:], []], strict=True):
        first, last = some[0].entry, some[-1].entry
        backs = sum(unit.change is Change.BACK for unit in some) + sum(
            unit.undone is not None for unit in following[:1]
        )
        loss = "unknown" if last.loss is None else sized(last.loss)
        sentences.append(
            f"Attempt {first.attempt}: from {many(first.links, 'link')} to {many(last.links, 'link')} by step "
            f"{amount(last.steps)}, {many(backs, 'step')} back, loss {loss} at the end."
        )
    return " ".join(sentences)


def overlaid_svg(runs: Sequence[tuple[str, Sequence[Unit]]]) -> str:
    """The links of several runs over their steps, one line for each."""
    top, right = MARGIN + HEAD, MARGIN + WIDTH
    bottom = top + 260.0
    entries = [unit.entry for _, units in runs for unit in units]
    across = Axis(0, max((entry.steps for entry in entries), default=1) or 1, MARGIN + LEFT, right)
    links = Axis.around([max(1, entry.links) for entry in entries], bottom, top, is_log=True)
    body = [upright(links, across.first, right, "links"), level(across, bottom, "steps")]
    swatches = []
    for n, (name, units) in enumerate(runs):
        kind, dash = f"line s{n % len(SERIES)}", DASHES[n // len(SERIES) % len(DASHES)]
        for some in attempts(units):
            points: list[Point] = [(across.at(u.entry.steps), links.at(max(1, u.entry.links))) for u in some]
            body.append(line(points, kind, dash))
        if units:
            end = units[-1].entry
            mark = dot(across.at(end.steps), links.at(max(1, end.links)), 3.5)
            body.append(element("path", element("title", plain(name)), d=mark, class_=f"dot s{n % len(SERIES)}"))
        swatches.append((line([(0.0, 6.0), (SWATCH, 6.0)], kind, dash), name))
    legend, height = key(swatches, (MARGIN + LEFT, bottom + 42), WIDTH - LEFT)
    described = (
        f"{name}: {many(units[-1].entry.links, 'link')} after {amount(units[-1].entry.steps)} steps."
        for name, units in runs
        if units
    )
    return document(
        [*body, legend],
        plot_style(),
        WIDTH + 2 * MARGIN,
        bottom + 42 + height + MARGIN,
        title="Links over the steps of training, run by run",
        description=" ".join(described),
    )
