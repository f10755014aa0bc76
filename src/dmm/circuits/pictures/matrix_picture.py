"""The network matrix as a picture: a row for every input, a column for every output, a coloured cell for every link."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from dmm.circuits.graph import Edge, Graph, Node, circuit_graph, headline, link_tooltip
from dmm.circuits.pictures.drawing import MARGIN, document, element, number, plain, style
from dmm.circuits.pictures.layout import Point
from dmm.circuits.pictures.legend import Entry, legend
from dmm.circuits.pictures.lettering import sized, text_width, written
from dmm.circuits.pictures.shapes import looks
from dmm.machine.machine import Machine

LEVELS = 8  # of colour, on either side of 0
WIDEST, LARGEST, SMALLEST = 1000.0, 16.0, 2.5  # a matrix, and a cell of it
MOST_FIELDS = 40  # rows or columns that are named one by one
MOST_TOOLTIPS = 3000  # links
LETTERS, STRIP = 10.0, 4.0
SIGNED = 7.0  # the smallest cell with room for a minus sign

_ENDS = {"p": ("#d3e3f3", "#08488a"), "n": ("#fbdcc4", "#a03c00")}
_DARK_ENDS = {"p": ("#1d3347", "#7cc4ff"), "n": ("#47301f", "#ffa561")}

Path = tuple[str, str, str, str]
Field = tuple[str, str]  # a neuron and its input or output


def matrix_svg(machine: Machine, *, size: tuple[float, float] | None = None) -> str:
    """The network matrix as an SVG picture: blue cells for positive weights, orange ones with a dash for negative ones.

    Rows are inputs and columns outputs, by neuron, in the order of the data flow. Hard links have a frame. Left out is
    what the answer does not depend on. `size` scales the picture to fit a width and a height in pixels. A machine with
    errors raises `MachineError`, a `ValueError` with the place and a remedy.

    >>> m = Machine().add("input").add("norm").link("norm.dict", "input.char", -0.5).read("norm")
    >>> "norm.dict &lt;- input.char: -0.5" in matrix_svg(m)
    True
    """
    graph = circuit_graph(machine)
    grid = grid_of([graph])
    scale = Scale.linear(edge.weight for edge in graph.edges if not edge.hard)
    body = [grid.frame((MARGIN, MARGIN)), grid.cells(graph.edges, scale, (MARGIN, MARGIN))]
    bar, bar_height = scale.drawn((MARGIN + grid.left, MARGIN + grid.height + 12))
    below = MARGIN + grid.height + 12 + bar_height + MARGIN
    key, width, height = legend([graph], meanings(graph.edges), (MARGIN, below), grid.width)
    return document(
        [*body, bar, key],
        matrix_style(),
        max(width, grid.width) + 2 * MARGIN,
        below + height + MARGIN,
        title=headline(graph).replace("Circuit", "Network matrix", 1),
        description="Rows are inputs, columns are outputs, in the order of the data flow: "
        + ", ".join(node.word for node in graph.nodes),
        size=size,
    )


# -- colours -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scale:
    """Levels of colour: the largest weight, up to its sign, of each."""

    limits: tuple[float, ...]

    @classmethod
    def linear(cls, weights: Iterable[float]) -> "Scale":
        """Levels of equal height, up to the largest of the weights."""
        most = max(map(abs, weights), default=1.0)
        return cls(tuple(most * (level + 1) / LEVELS for level in range(LEVELS)))

    @classmethod
    def doubling(cls, weights: Iterable[float]) -> "Scale":
        """Levels each twice as high as the one before, up to the largest of the weights."""
        most = max(map(abs, weights), default=1.0)
        return cls(tuple(most / 2 ** (LEVELS - 1 - level) for level in range(LEVELS)))

    def level(self, weight: float) -> str:
        """The class of a weight: `p` or `n` for its sign, and a number from 1 to 8."""
        size = next((n for n, limit in enumerate(self.limits, 1) if abs(weight) <= limit), LEVELS)
        return ("n" if weight < 0 else "p") + str(size)

    def drawn(self, at: Point) -> tuple[str, float]:
        """The scale as a bar with numbers, as SVG, and how high it is."""
        x, y, step = *at, 20.0
        levels = [*(f"n{n}" for n in range(LEVELS, 0, -1)), *(f"p{n}" for n in range(1, LEVELS + 1))]
        cells = [_cell(x + n * step, y, step, 10.0, level) for n, level in enumerate(levels)]
        half = LEVELS // 2
        marks = [(-LEVELS, -self.limits[-1]), (-half, -self.limits[half - 1]), (0, 0.0)]
        marks += [(-place, -limit) for place, limit in marks[1::-1]]
        texts = [
            element("text", sized(limit), x=x + (place + LEVELS) * step, y=y + 21, text_anchor="middle", class_="field")
            for place, limit in marks
        ]
        return element("g", *cells, *texts, class_="scale"), 24.0


def matrix_style(*more: str) -> str:
    """The style sheet of matrices."""
    light, dark = (
        [f".dmm .{sign}{n}{{fill:{_mixed(*ends[sign], n)}}}" for sign in ends for n in range(1, LEVELS + 1)]
        for ends in (_ENDS, _DARK_ENDS)
    )
    light += [
        ".dmm .minus{stroke:#7c3000;stroke-width:1}",
        ".dmm .bright{stroke:#fff}",
        ".dmm .hardly{fill:none;stroke:#111;stroke-width:1.1}",
    ]
    dark += [".dmm .minus{stroke:#ffc79d}", ".dmm .bright{stroke:#161616}", ".dmm .hardly{stroke:#fff}"]
    return style(*light, *more, dark=dark)


def _mixed(first: str, last: str, level: int) -> str:
    part = (level - 1) / (LEVELS - 1)
    pairs = [(int(first[n : n + 2], 16), int(last[n : n + 2], 16)) for n in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def meanings(edges: Collection[Edge]) -> Iterator[Entry]:
    """What the cells mean that occur."""
    if any(edge.weight < 0 for edge in edges):
        dash = element("path", d=_dash(8.0, 0.0, 13.0), class_="minus")
        yield _cell(8.0, 0.0, 13.0, 13.0, "n2") + dash, "negative weight"
    hard = {edge.weight for edge in edges if edge.hard}
    if hard:
        every = f", weight {sized(hard.pop())}" if len(hard) == 1 else ", on the same scale"
        yield _cell(8.0, 0.0, 13.0, 13.0, "p3") + _hard(8.0, 0.0, 13.0), f"hard link: not trained{every}"


def _cell(x: float, y: float, width: float, height: float, level: str, *inside: str) -> str:
    d = f"M{number(x)} {number(y)}h{number(width)}v{number(height)}h{number(-width)}z"
    return element("path", *inside, class_=level, d=d)


def _dash(x: float, y: float, size: float) -> str:
    return f"M{number(x + 0.3 * size)} {number(y + 0.5 * size)}h{number(0.4 * size)}"


def _hard(x: float, y: float, size: float) -> str:
    return element("rect", x=x + 0.5, y=y + 0.5, width=size - 1, height=size - 1, class_="hardly")


# -- cells -------------------------------------------------------------------------------------------------------------


def grid_of(graphs: Sequence[Graph], order: Sequence[Node] = ()) -> "Grid":
    """Rows for all inputs and columns for all outputs that have links in a graph; their neurons in `order`."""
    nodes = {node.name: node for node in order or graphs[0].nodes}
    heard: dict[str, dict[str, None]] = defaultdict(dict)  # in the order of the type
    told: dict[str, dict[str, None]] = defaultdict(dict)
    for graph in graphs:
        for node in graph.nodes:
            heard[node.name] |= dict.fromkeys(node.inputs)
            told[node.name] |= dict.fromkeys(node.outputs)
    rows = tuple((name, label) for name in nodes for label in heard[name])
    columns = tuple((name, label) for name in nodes for label in told[name])
    return Grid(tuple(nodes.values()), rows, columns)


@dataclass(frozen=True)
class Grid:
    """The rows and columns of a picture of a matrix."""

    nodes: tuple[Node, ...]
    rows: tuple[Field, ...]
    columns: tuple[Field, ...]

    @cached_property
    def cell(self) -> float:
        """The size of a cell."""
        return max(SMALLEST, min(LARGEST, round(2 * WIDEST / max(1, len(self.columns), len(self.rows))) / 2))

    @cached_property
    def words(self) -> dict[str, str]:
        """The readable names."""
        return {node.name: node.word for node in self.nodes}

    @cached_property
    def left(self) -> float:
        """The room for what is written before the rows."""
        return self._room(self.rows)

    @cached_property
    def top(self) -> float:
        """The room for what is written over the columns."""
        return self._room(self.columns)

    @property
    def width(self) -> float:
        """How wide the picture is."""
        return self.left + self.cell * len(self.columns)

    @property
    def height(self) -> float:
        """How high the picture is."""
        return self.top + self.cell * len(self.rows)

    def texts(self, fields: Sequence[Field]) -> list[tuple[str, str, float]]:
        """Neuron, text and place of what is written at rows or columns: fields if they are few, else neurons."""
        if len(fields) <= MOST_FIELDS:
            return [
                (name, f"{self.words[name]}.{written(label)}", (place + 0.5) * self.cell)
                for place, (name, label) in enumerate(fields)
            ]
        found: list[tuple[str, str, float]] = []
        for name, first, last in groups(fields):
            along = (first + last) / 2 * self.cell
            if not found or along - found[-1][2] >= LETTERS:
                found.append((name, self.words[name], along))
        return found

    def _room(self, fields: Sequence[Field]) -> float:
        return round(STRIP + 8 + max((text_width(text, LETTERS) for _, text, _ in self.texts(fields)), default=0.0), 1)

    def frame(self, at: Point, classes: Mapping[str, str] = MappingProxyType({})) -> str:
        """Names, strips of colour by type, and lines between neurons, as SVG; `classes` are those of neurons' names."""
        x, y = at[0] + self.left, at[1] + self.top
        width, height = self.cell * len(self.columns), self.cell * len(self.rows)
        texts = []
        for name, text, along in self.texts(self.rows):
            kind = f"field row {classes.get(name, '')}".rstrip()
            left, down = x - STRIP - 4, y + along + 3.5
            texts.append(element("text", plain(text), x=left, y=down, class_=kind, text_anchor="end"))
        for name, text, along in self.texts(self.columns):
            kind = f"field column {classes.get(name, '')}".rstrip()
            turned = f"translate({number(x + along + 3.5)} {number(y - STRIP - 4)})rotate(-90)"
            texts.append(element("text", plain(text), transform=turned, class_=kind))
        hues = {name: look[1] for name, look in looks(node.kind for node in self.nodes).items()}
        hue = {node.name: hues[node.kind.name] for node in self.nodes}
        strips, lines = [], ""
        for name, first, last in groups(self.rows):
            top, bottom = y + first * self.cell, y + last * self.cell
            strips.append(_cell(x - STRIP - 1.5, top + 0.5, STRIP, bottom - top - 1, hue[name]))
            lines += f"M{number(x)} {number(bottom)}h{number(width)}"
        for name, first, last in groups(self.columns):
            left, right = x + first * self.cell, x + last * self.cell
            strips.append(_cell(left + 0.5, y - STRIP - 1.5, right - left - 1, STRIP, hue[name]))
            lines += f"M{number(right)} {number(y)}v{number(height)}"
        border = element("rect", x=x, y=y, width=width, height=height, class_="frame")
        return element("g", element("path", d=lines, class_="grid"), border, *strips, *texts, class_="fields")

    def corner(self, path: Path, at: Point) -> Point:
        """The upper left corner of the cell of a link."""
        row, column = self._places[path[:2]], self._sources[path[2:]]
        return at[0] + self.left + column * self.cell, at[1] + self.top + row * self.cell

    @cached_property
    def _places(self) -> dict[tuple[str, ...], int]:
        return {field: place for place, field in enumerate(self.rows)}

    @cached_property
    def _sources(self) -> dict[tuple[str, ...], int]:
        return {field: place for place, field in enumerate(self.columns)}

    def cells(self, edges: Collection[Edge], scale: Scale, at: Point, marked: Collection[str | Path] = ()) -> str:
        """The cells of links, as SVG, those `marked` stressed; each says what it is, unless they are very many."""
        size = self.cell - (0.5 if self.cell > 4 else 0.0)
        places = [(edge, *self.corner(edge.path, at)) for edge in edges]
        parts: list[str] = []
        if len(edges) <= MOST_TOOLTIPS:
            for edge, x, y in places:
                title = element("title", plain(link_tooltip(edge)))
                parts.append(_cell(x, y, size, size, scale.level(edge.weight), title))
        else:
            merged: dict[str, list[str]] = defaultdict(list)
            side = number(size)
            for edge, x, y in places:
                merged[scale.level(edge.weight)].append(f"M{number(x)} {number(y)}h{side}v{side}h-{side}z")
            parts += [element("path", class_=level, d="".join(merged[level])) for level in sorted(merged)]
        if self.cell >= SIGNED:
            for levels, ink in (("1234", "minus"), ("5678", "minus bright")):
                negative = [(x, y) for edge, x, y in places if scale.level(edge.weight) in [f"n{n}" for n in levels]]
                parts += [element("path", d="".join(_dash(x, y, size) for x, y in negative), class_=ink)] * bool(
                    negative
                )
        stressed = [(x, y) for edge, x, y in places if edge.path in marked]
        parts += [
            element("rect", x=x, y=y, width=size, height=size, class_="marked", stroke_width=3.0) for x, y in stressed
        ]
        parts += [_hard(x, y, size) for edge, x, y in places if edge.hard]
        return element("g", *parts, class_="cells")


def groups(fields: Sequence[Field]) -> Iterator[tuple[str, int, int]]:
    """The neurons of rows or columns, each with its first place and the one after its last."""
    first = 0
    for place, (name, _) in enumerate(fields, 1):
        if place == len(fields) or fields[place][0] != name:
            yield name, first, place
            first = place
