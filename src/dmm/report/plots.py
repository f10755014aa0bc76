"""Small plots as SVG by hand: axes, lines, steps and marks, in the colours of the pictures of circuits."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dmm.circuits.pictures.drawing import element, number, plain, style
from dmm.circuits.pictures.lettering import MINUS, sized, text_width
from dmm.report.words import HUGE, TINY, superscript

LETTERS, LINE = 11.0, 18.0
SWATCH = 26.0
EASY = (1, 2, 5)  # steps between ticks, times a power of ten
NEAR = 1e-9  # parts by which rounding may miss a tick

Point = tuple[float, float]

SERIES = (
    ("#0069a5", "#5aa5e0"), ("#b34a00", "#f08a4b"), ("#00765a", "#2fbf98"), ("#9d4674", "#d78bb4"),
    ("#7a6a00", "#e6da3c"), ("#333333", "#dcdcdc"),
)  # fmt: skip
"""Colours of several lines in one plot, by day and by night; the palette of Okabe and Ito, dark enough for lines."""

DASHES = ("", "7 3", "2 3", "9 3 2 3")
"""How lines of the same colour are told apart."""


def plot_style(*more: str, dark: Sequence[str] = ()) -> str:
    """The style sheet of plots."""
    light = [
        ".dmm .axis{fill:none;stroke:#8c8c8c;stroke-width:1}",
        ".dmm .rule{fill:none;stroke:#e3e3e3;stroke-width:1}",
        ".dmm .band{fill:#f3f3f3}",
        ".dmm .under{fill:none;stroke:#f2b45c;stroke-width:6;stroke-linecap:butt}",
        ".dmm .line{fill:none;stroke-width:1.6;stroke-linejoin:round}",
        ".dmm .dot{stroke:none}",
        ".dmm .ring{fill:#fff;stroke-width:1.4}",
        ".dmm .learned{fill:#9d4674;stroke:none}",
        ".dmm .wrong{fill:#b34a00;stroke:none}",
    ]
    night = [
        ".dmm .axis{stroke:#7a7a7a}",
        ".dmm .rule{stroke:#303030}",
        ".dmm .band{fill:#1f1f1f}",
        ".dmm .under{stroke:#7d5a1e}",
        ".dmm .ring{fill:#161616}",
        ".dmm .learned{fill:#d78bb4}",
        ".dmm .wrong{fill:#f08a4b}",
    ]
    for n, (day, dusk) in enumerate(SERIES):
        light += [f".dmm .line.s{n},.dmm .ring.s{n}{{stroke:{day}}}", f".dmm .dot.s{n}{{fill:{day}}}"]
        night += [f".dmm .line.s{n},.dmm .ring.s{n}{{stroke:{dusk}}}", f".dmm .dot.s{n}{{fill:{dusk}}}"]
    return style(*light, *more, dark=[*night, *dark])


# -- axes --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axis:
    """Where numbers from `low` to `high` stand between the pixels `first` and `last`; logarithmic if it is to be."""

    low: float
    high: float
    first: float
    last: float
    is_log: bool = False

    @classmethod
    def around(cls, numbers: Iterable[float], first: float, last: float, *, is_log: bool = False) -> "Axis":
        """An axis with room for all the numbers: from 0, or a logarithmic one between easy numbers.

        >>> axis = Axis.around([8, 1486], 0, 100, is_log=True)
        >>> axis.low, axis.high, axis.ticks()
        (5.0, 2000.0, [10.0, 100.0, 1000.0])
        """
        given = [x for x in numbers if math.isfinite(x) and (x > 0 or not is_log)]
        if is_log:
            low, high = min(given, default=1.0), max(given, default=1.0)
            low, high = _easy(low, up=False), _easy(high, up=True)
            return cls(low, high if high > low else 10 * low, first, last, is_log)
        low, high = min(0.0, *given) if given else 0.0, max(0.0, *given) if given else 1.0
        return cls(low, high if high > low else low + 1, first, last)

    def at(self, x: float) -> float:
        """The pixel of a number; of one beyond the ends, that of the end."""
        x = min(max(x, self.low), self.high)
        if not self.is_log:
            part = (x - self.low) / (self.high - self.low)
        else:
            low, high = math.log(self.low), math.log(self.high)
            part = (math.log(x) - low) / (high - low)
        return self.first + part * (self.last - self.first)

    def ticks(self, most: int = 6) -> list[float]:
        """Round numbers between the ends, at most so many or one more.

        >>> Axis(0, 14700, 0, 1).ticks(), Axis(0, 1, 0, 1).ticks(3)
        ([0.0, 5000.0, 10000.0], [0.0, 0.5, 1.0])
        """
        if self.is_log:
            powers = range(math.ceil(math.log10(self.low) - NEAR), math.floor(math.log10(self.high) + NEAR) + 1)
            if len(powers) > 1:
                return [_power(power) for power in powers[:: -(-len(powers) // most)]]
            around = [easy * _power(power) for power in range(powers.start - 1, powers.stop + 1) for easy in EASY]
            return [x for x in around if self.low * (1 - NEAR) <= x <= self.high * (1 + NEAR)]
        rough = (self.high - self.low) / most
        step = _easy(rough, up=True)
        first = math.ceil(self.low / step - NEAR)
        return [n * step for n in range(first, math.floor(self.high / step + NEAR) + 1)]


def _power(exponent: int) -> float:
    return float(f"1e{exponent}")


def _easy(x: float, *, up: bool) -> float:
    """The nearest of 1, 2, 5, 10, 20 and so on, and of 0.5, 0.2 and so on, that is not below, or not above."""
    exponent = math.floor(math.log10(x))
    near = [easy * _power(power) for power in (exponent - 1, exponent, exponent + 1) for easy in EASY]
    if up:
        return min(easy for easy in near if easy >= x * (1 - NEAR))
    return max(easy for easy in near if easy <= x * (1 + NEAR))


def tick_texts(ticks: Sequence[float]) -> list[str]:
    """Numbers at an axis; all of them as powers of ten, if they are powers and one is very small or large.

    >>> tick_texts([0.0, 10000.0]), tick_texts([1e-6, 1.0]), tick_texts([-0.5])
    (['0', '10,000'], ['10⁻⁶', '10⁰'], ['−0.5'])
    """
    powers = all(x > 0 and abs(math.log10(x) - round(math.log10(x))) < NEAR for x in ticks)
    as_powers = powers and any(not TINY <= x <= HUGE for x in ticks)
    return [_tick_text(x, as_power=as_powers) for x in ticks]


def _tick_text(x: float, *, as_power: bool) -> str:
    if as_power:
        return "10" + superscript(round(math.log10(x)))
    if x == int(x) and abs(x) < 10**12:
        return f"{int(x):,}".replace("-", MINUS)
    return sized(x)


def upright(axis: Axis, left: float, right: float, title: str, most: int = 6) -> str:
    """An axis at the left of a plot: rules across, numbers, and a title above."""
    rules, texts = "", []
    ticks = axis.ticks(most)
    for tick, label in zip(ticks, tick_texts(ticks), strict=True):
        y = axis.at(tick)
        rules += f"M{number(left)} {number(y)}H{number(right)}"
        texts.append(element("text", label, x=left - 6, y=y + 3.5, text_anchor="end", class_="field"))
    top = min(axis.first, axis.last)
    texts.append(element("text", plain(title), x=left, y=top - 8, class_="quiet"))
    return element("path", d=rules, class_="rule") + "".join(texts)


def level(axis: Axis, y: float, title: str, most: int = 8) -> str:
    """An axis below a plot: a line with small marks, numbers, and a title at its end."""
    marks, texts = f"M{number(axis.first)} {number(y)}H{number(axis.last)}", []
    ticks = axis.ticks(most)
    for tick, label in zip(ticks, tick_texts(ticks), strict=True):
        x = axis.at(tick)
        marks += f"M{number(x)} {number(y)}v4"
        texts.append(element("text", label, x=x, y=y + 15, text_anchor="middle", class_="field"))
    texts.append(element("text", plain(title), x=axis.last, y=y + 30, text_anchor="end", class_="quiet"))
    return element("path", d=marks, class_="axis") + "".join(texts)


# -- lines and marks ---------------------------------------------------------------------------------------------------


def line(points: Sequence[Point], kind: str, dash: str = "") -> str:
    """A line from point to point."""
    return element("path", d=_along(points), class_=kind, stroke_dasharray=dash or None)


def _along(points: Sequence[Point]) -> str:
    return "".join(f"{'L' if n else 'M'}{number(float(x))} {number(float(y))}" for n, (x, y) in enumerate(points))


def stairs(values: Sequence[float | None], across: Axis, up: Axis) -> str:
    """The `d` of a line that keeps each value for a tick, the first one at tick 1; broken where there is no value."""
    d, before = "", None
    for tick, value in enumerate(values, 1):
        if value is not None:
            y = number(up.at(value))
            d += f"M{number(across.at(tick - 0.5))} {y}" if before is None else f"V{y}"
            d += f"H{number(across.at(tick + 0.5))}"
        before = value
    return d


def dot(x: float, y: float, radius: float) -> str:
    """The `d` of a circle."""
    r, width = number(radius), number(2 * radius)
    return f"M{number(x - radius)} {number(y)}a{r} {r} 0 1 0 {width} 0a{r} {r} 0 1 0 -{width} 0z"


def triangle(x: float, y: float, radius: float) -> str:
    """The `d` of a triangle that points up."""
    return (
        f"M{number(x)} {number(y - 1.2 * radius)}l{number(1.1 * radius)} {number(2 * radius)}h{number(-2.2 * radius)}z"
    )


def diamond(x: float, y: float, radius: float) -> str:
    """The `d` of a diamond."""
    r = number(radius)
    return f"M{number(x)} {number(y - radius)}l{r} {r}l-{r} {r}l-{r} -{r}z"


def key(entries: Iterable[tuple[str, str]], at: Point, width: float) -> tuple[str, float]:
    """What the marks mean, side by side as far as there is room: as SVG, and how high it is.

    A mark is drawn around the middle (13, 6) of a box that is 26 wide.
    """
    x, y, parts = *at, []
    for mark, text in entries:
        wide = SWATCH + 6 + text_width(text, LETTERS)
        if x > at[0] and x + wide > at[0] + width:
            x, y = at[0], y + LINE
        parts.append(element("g", mark, transform=f"translate({number(x)} {number(y)})"))
        parts.append(element("text", plain(text), x=x + SWATCH + 6, y=y + 10, class_="quiet"))
        x += wide + 18
    return element("g", *parts, class_="legend"), y + LINE - at[1]
