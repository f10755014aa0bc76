"""Where boxes stand and how wires run between them: layers from left to right, no box over another or over a wire.

The heights are those that make the wires straightest, long ones above all: a linear programme.

Source: E. R. Gansner, E. Koutsofios, S. C. North, K.-P. Vo, "A technique for drawing directed graphs", IEEE
Transactions on Software Engineering 19 (1993) 214-230, section 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from dmm.circuits.pictures.layers import Layers, Wire, in_layers, neighbours

BETWEEN_BOXES, BESIDE_LANES = 24.0, 13.0
NARROW, WIDE, EACH_WIRE = 46.0, 120.0, 3.0  # gaps between layers: the least, the widest, what a wire adds
TURN = 22.0  # how far a wire that turns round swings out
LOOP = 12.0  # between loops at a box
STRAIGHT = (1.0, 2.0, 8.0)  # how much straight wires matter: between boxes, from a box to a lane, between lanes

Point = tuple[float, float]


class Box(NamedTuple):
    """The room for a neuron: its size, how many loops lead over it, and how much it needs on its left."""

    width: float
    height: float
    loops: int = 0
    before: float = 0.0


class Curve(NamedTuple):
    """A wire as cubic Bézier curves: where it begins, then for each curve two control points and the end."""

    start: Point
    pieces: tuple[tuple[Point, Point, Point], ...]

    @property
    def end(self) -> Point:
        """Where the wire ends."""
        return self.pieces[-1][-1]


@dataclass(frozen=True)
class Layout:
    """The upper left corner of each box, the curve of each wire, and the size of the whole, which begins at (0, 0)."""

    corners: tuple[Point, ...]
    curves: tuple[Curve, ...]
    width: float
    height: float


def laid_out(boxes: Sequence[Box], wires: Sequence[Wire], room: float = 0.0) -> Layout:
    """The boxes, numbered along the flow of data, and the wires between them, with `room` for labels on the wires.

    A wire from a box to itself is a loop over the box.

    >>> found = laid_out([Box(60, 20), Box(60, 20)], [Wire(0, 1)])
    >>> found.corners, found.curves[0].start, found.curves[0].end
    (((0.0, 0.0), (109.0, 0.0)), (60.0, 10.0), (109.0, 10.0))
    """
    across = [wire for wire in wires if wire.source != wire.target]
    layers = in_layers(len(boxes), across)
    tops = _heights(boxes, layers, across)
    columns = _columns(boxes, layers, across, room)
    corners = [(sum(columns[box]) / 2 - size.width / 2, tops[box]) for box, size in enumerate(boxes)]
    passing = zip(layers.lanes, layers.backward, strict=True)
    curves, loops = [], [0] * len(boxes)
    for wire in wires:
        start, end = _ends(boxes, corners, wire)
        if wire.source == wire.target:
            loops[wire.source] += 1
            curves.append(_loop(start, end, tops[wire.source] - LOOP * loops[wire.source]))
        else:
            passed, backward = next(passing)
            lanes = [(*columns[lane], tops[lane]) for lane in passed]
            path = _backward if backward else _forward
            curves.append(path(start, end, lanes, columns[wire.source][1], columns[wire.target][0]))
    return _from_origin(boxes, corners, curves)


# -- places ------------------------------------------------------------------------------------------------------------


def _heights(boxes: Sequence[Box], layers: Layers, wires: Sequence[Wire]) -> dict[int, float]:
    """How far down each box and each lane is."""
    from scipy.optimize import linprog  # slow to import
    from scipy.sparse import coo_array

    places = {point: n for n, point in enumerate(p for row in layers.layers for p in row if p not in layers.turns)}
    rows: list[tuple[dict[int, float], float]] = []  # coefficients, and what their sum is at most
    for row in layers.layers:
        standing = [point for point in row if point in places]
        for above, below in pairwise(standing):
            distance = _height(boxes, above) + _distance(boxes, above, below)
            rows.append(({places[above]: 1.0, places[below]: -1.0}, -distance))
    costs = [1e-4] * len(places)
    for one, start, other, end in neighbours(layers, wires):
        costs.append(STRAIGHT[(one >= len(boxes)) + (other >= len(boxes))])
        drop = start * _height(boxes, one) - end * _height(boxes, other)
        rows += [
            ({places[one]: sign, places[other]: -sign, len(costs) - 1: -1.0}, -sign * drop) for sign in (1.0, -1.0)
        ]
    entries = [(row, column, x) for row, (terms, _) in enumerate(rows) for column, x in terms.items()]
    if not entries:
        return dict.fromkeys(places, 0.0)
    where_row, where_column, values = zip(*entries, strict=True)
    matrix = coo_array((values, (where_row, where_column)), shape=(len(rows), len(costs))).tocsr()
    found = linprog(costs, A_ub=matrix, b_ub=[limit for _, limit in rows], method="highs-ds")
    return {point: round(float(found.x[place]), 2) for point, place in places.items()}


def _height(boxes: Sequence[Box], point: int) -> float:
    return boxes[point].height if point < len(boxes) else 0.0


def _distance(boxes: Sequence[Box], above: int, below: int) -> float:
    loops = LOOP * boxes[below].loops if below < len(boxes) else 0.0
    return loops + (BETWEEN_BOXES if above < len(boxes) and below < len(boxes) else BESIDE_LANES)


def _columns(
    boxes: Sequence[Box], layers: Layers, wires: Sequence[Wire], room: float
) -> dict[int, tuple[float, float]]:
    """The left and the right end of the layer of each box and each lane."""
    rows = [[point for point in row if point not in layers.turns] for row in layers.layers]
    rows = [row for row in rows if row]
    depth = {point: number for number, row in enumerate(rows) for point in row}
    between = [0] * len(rows)  # wires to the right of each layer
    for one, _, other, _ in neighbours(layers, wires):
        between[min(depth[one], depth[other])] += 1
    columns: dict[int, tuple[float, float]] = {}
    x = 0.0
    for row, passing in zip(rows, between, strict=True):
        width = max((boxes[point].width for point in row if point < len(boxes)), default=0.0)
        columns |= dict.fromkeys(row, (x, x + width))
        x += width + min(NARROW + EACH_WIRE * passing, WIDE) + room
    return columns


# -- curves ------------------------------------------------------------------------------------------------------------


def _ends(boxes: Sequence[Box], corners: Sequence[Point], wire: Wire) -> tuple[Point, Point]:
    (x, y), size = corners[wire.source], boxes[wire.source]
    start = (x + size.width - wire.trim[0], y + wire.start * size.height)
    x, y = corners[wire.target]
    return start, (x + wire.trim[1], y + wire.end * boxes[wire.target].height)


Lane = tuple[float, float, float]  # from where to where it leads, and how far down


def _forward(start: Point, end: Point, lanes: Sequence[Lane], leave: float, arrive: float) -> Curve:
    """From the right of one box through lanes to the left of another; level inside every layer."""
    stops = [(start[0], leave, start[1]), *lanes, (arrive, end[0], end[1])]
    pieces: list[tuple[Point, Point, Point]] = []
    at = start
    for number, (left, right, y) in enumerate(stops):
        if number:
            pieces.append(_bent(at, (left, y)))
            at = (left, y)
        if right - at[0] > 1e-6:
            pieces.append(_bent(at, (right, y)))
            at = (right, y)
    return Curve(start, tuple(pieces))


def _backward(start: Point, end: Point, lanes: Sequence[Lane], leave: float, arrive: float) -> Curve:
    """From the right of one box round, through lanes from right to left, and round to the left of another."""
    pieces = [_bent(start, (leave, start[1]))] if leave > start[0] else []
    at = (leave, start[1])
    for number, (left, right, y) in enumerate(lanes):
        pieces.append(_bent(at, (right, y)) if number else _turn(at, (right, y), TURN))
        pieces.append(_bent((right, y), (left, y)))
        at = (left, y)
    pieces.append(_turn(at, (arrive, end[1]), -TURN))
    if end[0] > arrive:
        pieces.append(_bent((arrive, end[1]), end))
    return Curve(start, tuple(pieces))


def _loop(start: Point, end: Point, rise: float) -> Curve:
    """From the right of a box over it to its left."""
    return Curve(
        start,
        (
            _turn(start, (start[0], rise), TURN),
            _bent((start[0], rise), (end[0], rise)),
            _turn((end[0], rise), end, -TURN),
        ),
    )


def _bent(start: Point, end: Point) -> tuple[Point, Point, Point]:
    """A curve that is level at both ends."""
    middle = (start[0] + end[0]) / 2
    return (middle, start[1]), (middle, end[1]), end


def _turn(start: Point, end: Point, swing: float) -> tuple[Point, Point, Point]:
    """A curve that turns round, and swings out to the right or, if `swing` is negative, to the left."""
    return (start[0] + swing, start[1]), (end[0] + swing, end[1]), end


def _from_origin(boxes: Sequence[Box], corners: Sequence[Point], curves: Sequence[Curve]) -> Layout:
    """Everything moved so that the whole begins at (0, 0)."""
    points = [point for curve in curves for point in (curve.start, *(p for piece in curve.pieces for p in piece))]
    points += [(x - box.before, y) for (x, y), box in zip(corners, boxes, strict=True)]
    points += [(x + box.width, y + box.height) for (x, y), box in zip(corners, boxes, strict=True)]
    left, top = (min((point[axis] for point in points), default=0.0) for axis in (0, 1))

    def moved(point: Point) -> Point:
        return round(point[0] - left, 2), round(point[1] - top, 2)

    placed = tuple(map(moved, corners))
    paths = tuple(Curve(moved(c.start), tuple((moved(a), moved(b), moved(e)) for a, b, e in c.pieces)) for c in curves)
    width, height = (max((moved(point)[axis] for point in points), default=0.0) for axis in (0, 1))
    return Layout(placed, paths, width, height)
