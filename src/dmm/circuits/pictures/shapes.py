"""The shape and the colour of every neuron type, the same in all pictures.

Colours go by family, shapes tell its members apart; that no two types share both is a test. A side of a shape is a line
or a curve between its upper and its lower end, so that links can end on it at any height.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from dmm.neurons.base import NeuronType

DEPTH = 9.0  # of a side, at most


@dataclass(frozen=True)
class Side:
    """One side of a box, as points (how far in, as part of `DEPTH`; how far down, as part of the height)."""

    points: tuple[tuple[float, float], ...]
    is_arc: bool = False

    def inset(self, down: float) -> float:
        """How far inside its bounding box the side is, at that part of the height."""
        if self.is_arc:
            return DEPTH * (1 - math.sqrt(max(0.0, 1 - (2 * down - 1) ** 2)))
        for (inner, upper), (outer, lower) in pairwise(self.points):
            if upper <= down <= lower and lower > upper:
                return DEPTH * (inner + (outer - inner) * (down - upper) / (lower - upper))
        return 0.0


FLAT, OUT, IN = Side(((0, 0), (0, 1))), Side(((1, 0), (0, 0.5), (1, 1))), Side(((0, 0), (1, 0.5), (0, 1)))
WIDER, NARROWER = Side(((1, 0), (0, 1))), Side(((0, 0), (1, 1)))
CUT, CUT_ABOVE = Side(((1, 0), (0, 0.25), (0, 0.75), (1, 1))), Side(((1, 0), (0, 0.3), (0, 1)))
ROUND = Side(((1, 0), (1, 1)), is_arc=True)


@dataclass(frozen=True)
class Shape:
    """A left and a right side, perhaps a bar inside, and what comes next to it in Graphviz and in Mermaid."""

    left: Side
    right: Side
    graphviz: str
    mermaid: tuple[str, str]
    bar: bool = False

    def outline(self, x: float, y: float, width: float, height: float) -> list[tuple[str, float, float]]:
        """The commands of a closed path around a box, clockwise from the upper left."""
        right = [(x + width - DEPTH * inner, y + down * height) for inner, down in self.right.points]
        left = [(x + DEPTH * inner, y + down * height) for inner, down in reversed(self.left.points)]
        arc = f"A{DEPTH:g} {height / 2:g} 0 0 1 "
        commands = [("L", *point) for point in (*right, *left)]
        commands[0] = ("L", *right[0])
        if self.right.is_arc:
            commands[1] = (arc, *right[1])
        if self.left.is_arc:
            commands[-1] = (arc, *left[1])
        return [("M", *left[-1]), *commands]


RECTANGLE = Shape(FLAT, FLAT, "box", ("[", "]"))
REGISTER = Shape(FLAT, FLAT, "box3d", ("[[", "]]"), bar=True)
STADIUM = Shape(ROUND, ROUND, "ellipse", ("([", "])"))
HALF_ROUND = Shape(FLAT, ROUND, "egg", ("(", ")"))
HEXAGON = Shape(OUT, OUT, "hexagon", ("{{", "}}"))
OCTAGON = Shape(CUT, CUT, "octagon", ("(", ")"))
PENTAGON = Shape(FLAT, OUT, "cds", (">", "]"))
CHEVRON = Shape(IN, OUT, "rarrow", ("{", "}"))
NOTE = Shape(FLAT, CUT_ABOVE, "note", ("[", "]"))
NOTCHED = Shape(IN, FLAT, "lpromoter", (">", "]"))
TRAPEZIUM = Shape(WIDER, WIDER, "trapezium", ("[/", "\\]"))
INVERTED = Shape(NARROWER, NARROWER, "invtrapezium", ("[\\", "/]"))
LEANING = Shape(WIDER, NARROWER, "parallelogram", ("[/", "/]"))
FALLING = Shape(NARROWER, WIDER, "invhouse", ("[\\", "\\]"))


@dataclass(frozen=True)
class Hue:
    """A colour by day and by night: what fills a box, and what surrounds it."""

    fill: str
    line: str
    dark_fill: str
    dark_line: str


HUES: Mapping[str, Hue] = {
    "sky": Hue("#d9edfb", "#2b87bd", "#12384f", "#56b4e9"),
    "grey": Hue("#ececec", "#6b6b6b", "#343434", "#a8a8a8"),
    "yellow": Hue("#faf5bf", "#8a8100", "#3b380d", "#e6da3c"),
    "orange": Hue("#fbdfa6", "#b37300", "#4a3400", "#e69f00"),
    "green": Hue("#b9e5d7", "#00765a", "#0b3c30", "#2fbf98"),
    "purple": Hue("#eecadd", "#9d4674", "#46223a", "#d78bb4"),
    "blue": Hue("#b4d0ea", "#0069a5", "#122f4b", "#5aa5e0"),
    "vermilion": Hue("#f6c8ae", "#bf5300", "#50250b", "#f08a4b"),
    "plain": Hue("#ffffff", "#333333", "#101010", "#dcdcdc"),
}
"""Tints of the palette of Okabe and Ito, which the colour-blind can tell apart; in grey, shapes and names remain."""

Look = tuple[Shape, str]  # a shape and the name of a hue

LOOKS: Mapping[str, Look] = {
    "input": (PENTAGON, "sky"),
    "eos": (NOTE, "grey"),
    "const_1": (STADIUM, "grey"),
    "constant": (OCTAGON, "grey"),
    "accum": (REGISTER, "orange"),
    "peak": (TRAPEZIUM, "orange"),
    "timer": (STADIUM, "orange"),
    "pulse": (OCTAGON, "orange"),
    "countdown": (FALLING, "orange"),
    "since": (PENTAGON, "orange"),
    "delay_line": (HALF_ROUND, "orange"),
    "cons": (NOTCHED, "orange"),
    "first": (NOTCHED, "yellow"),
    "rest": (NOTE, "yellow"),
    "record": (HEXAGON, "yellow"),
    "field": (PENTAGON, "yellow"),
    "delay": (HALF_ROUND, "yellow"),
    "identity": (RECTANGLE, "yellow"),
    "sum": (STADIUM, "yellow"),
    "norm": (TRAPEZIUM, "green"),
    "dot": (STADIUM, "green"),
    "absolute": (INVERTED, "green"),
    "round": (OCTAGON, "green"),
    "sigmoid": (LEANING, "green"),
    "tanh": (CHEVRON, "green"),
    "compare": (HEXAGON, "purple"),
    "less_or_equal": (CHEVRON, "purple"),
    "maximum": (TRAPEZIUM, "purple"),
    "minimum": (INVERTED, "purple"),
    "threshold": (NOTE, "purple"),
    "arg_max": (PENTAGON, "purple"),
    "multiply": (HALF_ROUND, "blue"),
    "product": (STADIUM, "blue"),
    "mult_mask": (HEXAGON, "blue"),
    "lin_comb": (TRAPEZIUM, "blue"),
    "absent": (NOTCHED, "blue"),
    "normalise": (LEANING, "blue"),
    "softmax": (FALLING, "blue"),
    "outer": (OCTAGON, "blue"),
    "copy": (OCTAGON, "yellow"),
    "superfluid": (FALLING, "vermilion"),
    "output": (RECTANGLE, "plain"),
    "numbers": (OCTAGON, "plain"),
    "trees": (NOTE, "plain"),
}
"""A new type gets a row here; until it has one, it looks like a user's own."""

OWN = tuple((shape, hue) for shape in (OCTAGON, LEANING, NOTE, CHEVRON, NOTCHED) for hue in ("vermilion", "sky"))
"""What the types of users look like, in the order in which they occur."""


def looks(kinds: Iterable[NeuronType]) -> dict[str, Look]:
    """The look of each type that occurs, by its name.

    >>> from dmm.neurons.registry import NEURON_TYPES
    >>> looks([NEURON_TYPES["norm"]])["norm"] == (TRAPEZIUM, "green")
    True
    """
    names = dict.fromkeys(kind.name for kind in kinds)
    own = iter(OWN * (1 + len(names) // len(OWN)))
    return {name: LOOKS[name] if name in LOOKS else next(own) for name in names}
