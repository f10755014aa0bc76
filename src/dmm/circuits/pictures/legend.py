"""What stands under a picture: the timing, the types that occur, and what the lines mean."""

from collections.abc import Iterable, Iterator, Sequence

from dmm.circuits.graph import Graph
from dmm.circuits.pictures.boxes import arrow_head, bar
from dmm.circuits.pictures.drawing import element, number, path, plain
from dmm.circuits.pictures.layout import Point
from dmm.circuits.pictures.lettering import DELAY, counted, visible, wrapped
from dmm.circuits.pictures.shapes import Look, looks
from dmm.machine.machine import UNIT_DELAY

TEXT, LINE = 11.0, 15.0
SWATCH, HEIGHT = 30.0, 13.0
TEXT_AT = SWATCH + 9.0
NARROWEST = 380.0  # that a legend gets, however narrow the picture

PLACES = ("first", "second")
TIMINGS = {
    UNIT_DELAY: "Unit delay: every link takes one tick.",
    "synchronous": f"Synchronous: links act within the tick, but {DELAY} carries the value of the tick before.",
}


Entry = tuple[str, str]  # a small drawing as SVG, and what it means


def legend(graphs: Sequence[Graph], entries: Iterable[Entry], at: Point, width: float) -> tuple[str, float, float]:
    """The legend of pictures of these graphs, at least `width` wide, as SVG, and how wide and high it is."""
    x, y = at
    width = max(width, NARROWEST)
    rows: list[tuple[str, list[str]]] = [("", wrapped(sentence, TEXT, width)) for sentence in _sentences(graphs)]
    for swatch, text in [*_types(graphs), *entries]:
        rows.append((swatch, wrapped(text, TEXT, width - TEXT_AT)))
    parts, down = [], 0.0
    for swatch, lines in rows:
        if swatch:
            parts.append(element("g", swatch, transform=f"translate({number(x)} {number(y + down)})"))
        left = x + TEXT_AT if swatch else x
        for line in lines:
            parts.append(element("text", plain(line), x=left, y=y + down + 10.0, class_="quiet"))
            down += LINE
        down += 2.0
    return element("g", *parts, class_="legend"), width, down


def _sentences(graphs: Sequence[Graph]) -> Iterator[str]:
    yield " ".join(dict.fromkeys(TIMINGS[graph.timing] for graph in graphs))
    for graph, place in zip(graphs, PLACES, strict=False):
        left = [counted(n, noun) for n, noun in ((graph.unused_neurons, "neuron"), (graph.unused_links, "link")) if n]
        if left:
            where = f" of the {place} machine" if len(graphs) > 1 else ""
            yield f"Left out{where}: {' and '.join(left)} on which the answer does not depend."


def _types(graphs: Sequence[Graph]) -> Iterator[Entry]:
    kinds = {node.kind.name: node.kind for graph in graphs for node in graph.nodes}
    for name, look in looks(kinds.values()).items():
        summary = visible(kinds[name].summary)
        yield swatch(look), f"{name}: {summary}" if summary else name


def swatch(look: Look) -> str:
    """A small box of that look."""
    shape, hue = look
    drawn = element("path", d=path(shape.outline(0, 0, SWATCH, HEIGHT)), class_=f"box {hue}")
    return drawn + (element("path", d=bar(0, 0, HEIGHT), class_=f"inner {hue}") if shape.bar else "")


def lines_of(graphs: Sequence[Graph]) -> Iterator[Entry]:
    """What the lines mean that occur in pictures of these graphs."""
    edges = [edge for graph in graphs for edge in graph.edges]
    if any(edge.weight == 1 for edge in edges):
        yield "", "Links without a number have weight 1."
    if any(edge.weight < 0 for edge in edges):
        yield _line("link negative", hollow=True), "negative weight"
    if any(edge.hard for edge in edges):
        yield _line("link hard"), "hard link: not trained"
    if any(edge.weight == 0 for edge in edges):
        yield _line("link hard"), "weight 0: a link that the machine itself may write"
    if any(edge.is_loop for edge in edges):
        loop = element("text", DELAY, x=SWATCH / 2, y=10.0, text_anchor="middle")
        yield loop, "memory: the value of the tick before"
    if any(node.readout for graph in graphs for node in graph.nodes):
        boxes = (
            element("rect", x=i, y=i, width=SWATCH - 2 * i, height=HEIGHT - 2 * i, class_="frame") for i in (0.0, 3.0)
        )
        yield "".join(boxes), "double outline: read as the answer of the machine"


def _line(kind: str, hollow: bool = False) -> str:
    line = element("path", d=f"M0 {number(HEIGHT / 2)}H{number(SWATCH)}", class_="wire", stroke_width=1.6)
    return element("g", line, arrow_head(SWATCH, HEIGHT / 2, 1.6, hollow), class_=kind)
