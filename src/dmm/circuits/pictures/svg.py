"""A machine as a picture: neurons as boxes in layers along the flow of data, links as curves between them.

What stands in the picture is decided in `graph`, where it stands in `layout`. Machines of many links become a matrix.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from dmm.circuits.graph import Edge, Graph, circuit_graph, headline, in_words, link_name, link_tooltip
from dmm.circuits.pictures.boxes import NeuronBox, arrow_head
from dmm.circuits.pictures.drawing import MARGIN, document, element, number, plain, style
from dmm.circuits.pictures.layers import Wire
from dmm.circuits.pictures.layout import Box, Curve, Point, laid_out
from dmm.circuits.pictures.legend import legend, lines_of
from dmm.circuits.pictures.lettering import DELAY, sized, text_width
from dmm.circuits.pictures.matrix_picture import matrix_svg
from dmm.circuits.pictures.shapes import looks
from dmm.machine.machine import Machine

MOST_CURVES = 80  # links; beyond, a matrix says more
LABEL, LABEL_LINE = 11.0, 14.0
LEAST, MOST = 0.8, 4.0  # widths of lines
MARK = 7.0  # how much wider the mark behind a line is
ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82, 0.12)  # where on a curve a label may stand

Words = Callable[[Edge], str]  # what stands at a link
Path = tuple[str, str, str, str]
Area = tuple[float, float, float, float]  # left, top, right, bottom


def to_svg(machine: Machine, *, size: tuple[float, float] | None = None) -> str:
    """The machine as an SVG picture, of up to 80 links as a circuit, of more as a matrix (see `matrix_svg`).

    Left out is what the answer does not depend on. `size` scales the picture to fit a width and a height in pixels. The
    picture needs no other file, no font and no script, and has colours for dark screens. A machine with errors raises
    `MachineError`, a `ValueError` with the place and a remedy.

    >>> m = Machine().add("input").add("norm").link("norm.dict", "input.char", -0.5).read("norm")
    >>> picture = to_svg(m)
    >>> picture.startswith("<svg "), "−0.5" in picture
    (True, True)
    """
    graph = circuit_graph(machine)
    if len(graph.edges) > MOST_CURVES:
        return matrix_svg(machine, size=size)
    places = placed(graph, weight_text)
    key, width, height = legend([graph], lines_of([graph]), (MARGIN, places.height + 2.5 * MARGIN), places.width)
    return document(
        [drawn(graph, places, (MARGIN, MARGIN), weight_text), key],
        style(),
        max(width, places.width) + 2 * MARGIN,
        places.height + height + 3.5 * MARGIN,
        title=headline(graph),
        description=in_words(graph),
        size=size,
    )


def weight_text(edge: Edge) -> str:
    """The weight of a link as it is shown; nothing where it is 1."""
    return "" if edge.weight == 1 else sized(edge.weight)


@dataclass(frozen=True)
class Places:
    """The boxes and upper left corners of neurons by name, the curves of links by path, and the size of the whole."""

    boxes: Mapping[str, NeuronBox]
    corners: Mapping[str, Point]
    curves: Mapping[Path, Curve]
    width: float
    height: float


def placed(graph: Graph, words: Words) -> Places:
    """Where everything of a graph stands; `words` says what has to have room at a link."""
    kinds = looks(node.kind for node in graph.nodes)
    boxes = {node.name: NeuronBox(node, kinds[node.kind.name]) for node in graph.nodes}
    loops = [sum(edge.is_loop and edge.neuron == name for edge in graph.edges) for name in boxes]
    sizes = [Box(box.width, box.height, own, box.room) for box, own in zip(boxes.values(), loops, strict=True)]
    wires = [_wire(graph, edge, boxes) for edge in graph.edges]
    texts = [label_text(graph, edge, words) for edge in graph.edges if not edge.is_loop]
    room = max((text_width(text, LABEL) for text in texts), default=0.0)
    layout = laid_out(sizes, wires, room)
    curves = {edge.path: curve for edge, curve in zip(graph.edges, layout.curves, strict=True)}
    return Places(boxes, dict(zip(boxes, layout.corners, strict=True)), curves, layout.width, layout.height)


def _wire(graph: Graph, edge: Edge, boxes: Mapping[str, NeuronBox]) -> Wire:
    source, target = boxes[edge.source], boxes[edge.neuron]
    start, end = source.exit(edge.output), target.entry(edge.input)
    trim = source.shape.right.inset(start), target.shape.left.inset(end)
    return Wire(graph.place[edge.source], graph.place[edge.neuron], start, end, graph.goes_back(edge), trim)


def label_text(graph: Graph, edge: Edge, words: Words) -> str:
    """What stands at a link, its delay included."""
    return " ".join(filter(None, (words(edge), DELAY if graph.is_late(edge) else "")))


def drawn(graph: Graph, places: Places, at: Point, words: Words, marked: Collection[str | Path] = frozenset()) -> str:
    """The neurons and links of a graph in their places, as SVG; those `marked`, by name or path, are stressed."""
    wires = [_line(edge, places.curves[edge.path], edge.path in marked) for edge in graph.edges]
    boxes = [
        places.boxes[node.name].read(node.readout).drawn(places.corners[node.name], node.name in marked)
        for node in graph.nodes
    ]
    labels = _labels(graph, places, words)
    return element("g", "\n".join([*wires, *boxes, *labels]), transform=f"translate({number(at[0])} {number(at[1])})")


def _line(edge: Edge, curve: Curve, marked: bool) -> str:
    """The curve of a link and the head of its arrow."""
    width = min(MOST, max(LEAST, 1.6 * abs(edge.weight) ** 0.5))
    d = curve_path(curve)
    parts = [element("title", plain(link_tooltip(edge)))]
    if marked:
        parts.append(element("path", d=d, class_="marked", stroke_width=width + MARK))
    parts.append(element("path", d=d, class_="wire", stroke_width=width))
    parts.append(arrow_head(*curve.end, width, hollow=edge.weight < 0))
    return element("g", *parts, class_=link_class(edge), data_link=link_name(edge))


def curve_path(curve: Curve) -> str:
    """The `d` of the path along a curve."""
    pieces = (" ".join(f"{number(x)} {number(y)}" for x, y in piece) for piece in curve.pieces)
    return f"M{number(curve.start[0])} {number(curve.start[1])}" + "".join(f"C{piece}" for piece in pieces)


def link_class(edge: Edge) -> str:
    """The classes of a link, for the style sheet."""
    return "link" + " negative" * (edge.weight < 0) + " hard" * edge.hard


# -- labels ------------------------------------------------------------------------------------------------------------


def _labels(graph: Graph, places: Places, words: Words) -> list[str]:
    """The labels of all links, as far from boxes and from each other as their curves allow."""
    taken = [
        (x, y, x + places.boxes[node.name].width, y + places.boxes[node.name].height)
        for node in graph.nodes
        for x, y in [places.corners[node.name]]
    ]
    found = []
    for edge in graph.edges:
        text = label_text(graph, edge, words)
        if text:
            half = text_width(text, LABEL) / 2 + 2
            areas = [_around(point, half) for point in _stops(places.curves[edge.path], edge.is_loop)]
            area = min(areas, key=lambda area: sum(_overlap(area, other) for other in taken))
            taken.append(area)
            found.append(_label(edge, text, area))
    return found


def _stops(curve: Curve, loop: bool) -> Iterator[Point]:
    """Points on a curve at which a label may stand, the best first."""
    if loop:
        over = curve.pieces[0][-1], curve.pieces[1][-1]
        yield (over[0][0] + over[1][0]) / 2, over[0][1]
        return
    starts = [curve.start, *(piece[-1] for piece in curve.pieces)]
    spans = sorted(zip(starts, curve.pieces, strict=False), key=lambda span: -abs(span[1][-1][0] - span[0][0]))
    for part in ALONG:
        for start, piece in spans:
            yield _on(start, piece, part)


def _on(start: Point, piece: tuple[Point, Point, Point], part: float) -> Point:
    rest = 1 - part
    weights = rest**3, 3 * rest**2 * part, 3 * rest * part**2, part**3
    points = (start, *piece)
    x, y = (sum(w * point[axis] for w, point in zip(weights, points, strict=True)) for axis in (0, 1))
    return x, y


def _around(point: Point, half: float) -> Area:
    return point[0] - half, point[1] - LABEL_LINE / 2, point[0] + half, point[1] + LABEL_LINE / 2


def _overlap(one: Area, other: Area) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width * height if width > 0 and height > 0 else 0.0


def _label(edge: Edge, text: str, area: Area) -> str:
    left, top, right, bottom = area
    back = element("rect", x=left, y=top, width=right - left, height=bottom - top, rx=3, class_="back")
    word = element("text", plain(text), x=(left + right) / 2, y=bottom - 3.5, text_anchor="middle")
    return element("g", back, word, class_=f"label{link_class(edge).removeprefix('link')}", data_link=link_name(edge))
