"""Boxes in layers along the flow of data, and in each layer an order in which few wires cross.

Source: K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system structures", IEEE
Transactions on Systems, Man, and Cybernetics 11 (1981) 109-125; layers that share a wire are ordered by barycentres.
"""

import random
from bisect import bisect, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

STARTS, SWEEPS = 6, 12
ROUNDS = 8  # of swapping neighbours, at most


class Wire(NamedTuple):
    """A link between two boxes, by their numbers, and where on their sides it ends, as parts of their heights.

    Of a wire that may go `back`, the target need not be in a later layer. `trim` is how far inside its boxes it begins
    and ends.
    """

    source: int
    target: int
    start: float = 0.5
    end: float = 0.5
    back: bool = False
    trim: tuple[float, float] = (0.0, 0.0)


class Segment(NamedTuple):
    """A piece of a wire between neighbouring layers: the points on either side, and where on them it ends."""

    left: int
    right: int
    start: float
    end: float


@dataclass(frozen=True)
class Layers:
    """Points in layers, from left to right, each layer from top to bottom.

    The points before `boxes` are the boxes; those in `turns` are where wires that go back turn round; all others are
    lanes, places where a wire passes a layer. `lanes` holds those of each wire, from its source to its target, and
    `backward` says whether they lead from right to left.
    """

    boxes: int
    layers: tuple[tuple[int, ...], ...]
    lanes: tuple[tuple[int, ...], ...]
    backward: tuple[bool, ...]
    turns: frozenset[int]


def in_layers(boxes: int, wires: Sequence[Wire]) -> Layers:
    """The boxes, numbered along the flow of data, in layers; every wire that does not go back leads to a later one.

    >>> found = in_layers(3, [Wire(0, 1), Wire(1, 2), Wire(0, 2)])
    >>> found.layers, found.lanes
    (((0,), (1, 3), (2,)), ((), (), (3,)))
    """
    depth = _depths(boxes, wires)
    rows: dict[int, list[int]] = {}
    for box in range(boxes):
        rows.setdefault(depth[box], []).append(box)
    segments: dict[int, list[Segment]] = {}  # by the layer on their left
    lanes, turns, points = [], set(), boxes

    def point(layer: int) -> int:
        nonlocal points
        rows.setdefault(layer, []).append(points)
        points += 1
        return points - 1

    for wire in wires:
        first, last = depth[wire.source], depth[wire.target]
        if first < last:
            passed = [point(layer) for layer in range(first + 1, last)]
            stops = [(wire.source, wire.start), *((p, 0.5) for p in passed), (wire.target, wire.end)]
            _connect(segments, first, stops)
        else:
            outer, inner = point(first + 1), point(last - 1)
            passed = [point(layer) for layer in range(first, last - 1, -1)]
            turns |= {outer, inner}
            segments.setdefault(first, []).append(Segment(wire.source, outer, wire.start, 0.5))
            segments.setdefault(last - 1, []).append(Segment(inner, wire.target, 0.5, wire.end))
            _connect(segments, last - 1, [(p, 0.5) for p in (inner, *reversed(passed), outer)])
        lanes.append(tuple(passed))
    order = _ordered([rows[layer] for layer in sorted(rows)], [segments.get(layer, []) for layer in sorted(rows)])
    backward = tuple(depth[wire.source] >= depth[wire.target] for wire in wires)
    return Layers(boxes, tuple(map(tuple, order)), tuple(lanes), backward, frozenset(turns))


def _depths(boxes: int, wires: Sequence[Wire]) -> list[int]:
    """The layer of each box: as early as its wires allow, later where that makes wires shorter."""
    forward = [wire for wire in wires if not wire.back]
    into: list[list[int]] = [[] for _ in range(boxes)]
    out_of: list[list[int]] = [[] for _ in range(boxes)]
    for wire in forward:
        into[wire.target].append(wire.source)
        out_of[wire.source].append(wire.target)
    depth = [0] * boxes
    for box in range(boxes):
        depth[box] = 1 + max((depth[source] for source in into[box]), default=-1)
    for box in reversed(range(boxes)):
        if len(out_of[box]) > len(into[box]):
            depth[box] = min(depth[target] for target in out_of[box]) - 1
    return depth


def _connect(segments: dict[int, list[Segment]], layer: int, stops: Sequence[tuple[int, float]]) -> None:
    for (left, start), (right, end) in pairwise(stops):
        segments.setdefault(layer, []).append(Segment(left, right, start, end))
        layer += 1


# -- order -------------------------------------------------------------------------------------------------------------


def _ordered(rows: list[list[int]], segments: list[list[Segment]]) -> list[list[int]]:
    """The rows in the best order found; `segments` has those to the right of each row."""
    shuffle = random.Random(0).shuffle  # noqa: S311  (no secret is at stake)
    best, fewest = rows, _crossings(rows, segments)
    for _ in range(STARTS):
        for sweep in range(SWEEPS):
            rows = _swapped(_swept(rows, segments, sweep), segments)
            crossings = _crossings(rows, segments)
            if crossings < fewest:
                best, fewest = rows, crossings
        if not fewest:
            break
        rows = [list(row) for row in rows]
        for row in rows:
            shuffle(row)
    return best


def _swept(rows: list[list[int]], segments: list[list[Segment]], sweep: int) -> list[list[int]]:
    """The rows ordered one after the other, from left to right and from right to left in turns."""
    rows = [list(row) for row in rows]
    if sweep % 2:
        for here in reversed(range(len(rows) - 1)):
            pulls = [(s.left, s.right, s.end) for s in segments[here]]
            rows[here] = _by_barycentre(rows[here], rows[here + 1], pulls)
    else:
        for here in range(1, len(rows)):
            pulls = [(s.right, s.left, s.start) for s in segments[here - 1]]
            rows[here] = _by_barycentre(rows[here], rows[here - 1], pulls)
    return rows


def _by_barycentre(row: list[int], fixed: list[int], pulls: list[tuple[int, int, float]]) -> list[int]:
    place = {point: number for number, point in enumerate(fixed)}
    wished: dict[int, list[float]] = {}
    for point, other, port in pulls:
        wished.setdefault(point, []).append(place[other] + port)
    stretch = len(fixed) / max(1, len(row))
    centre = {
        point: sum(wished[point]) / len(wished[point]) if point in wished else (number + 0.5) * stretch
        for number, point in enumerate(row)
    }
    return sorted(row, key=centre.__getitem__)


def _crossings(rows: list[list[int]], segments: list[list[Segment]]) -> int:
    """How many pairs of segments cross."""
    total = 0
    for here in range(len(rows) - 1):
        left = {point: number for number, point in enumerate(rows[here])}
        right = {point: number for number, point in enumerate(rows[here + 1])}
        passed: list[float] = []
        for _, end in sorted((left[s.left] + s.start, right[s.right] + s.end) for s in segments[here]):
            total += len(passed) - bisect(passed, end)
            insort(passed, end)
    return total


def _swapped(rows: list[list[int]], segments: list[list[Segment]]) -> list[list[int]]:
    """The rows with neighbours swapped as long as fewer segments cross."""
    rows = [list(row) for row in rows]
    for _ in range(ROUNDS):
        better = False
        for here, row in enumerate(rows):
            ends = _ends(rows, segments, here)
            for number in range(len(row) - 1):
                one, other = row[number], row[number + 1]
                if _crossed(ends, other, one) < _crossed(ends, one, other):
                    row[number], row[number + 1] = other, one
                    better = True
        if not better:
            break
    return rows


Ends = tuple[dict[int, list[float]], dict[int, list[float]]]  # on the left and on the right, where segments lead


def _ends(rows: list[list[int]], segments: list[list[Segment]], here: int) -> Ends:
    found: Ends = ({}, {})
    if here:
        left = {point: number for number, point in enumerate(rows[here - 1])}
        for s in segments[here - 1]:
            found[0].setdefault(s.right, []).append(left[s.left] + s.start)
    if here + 1 < len(rows):
        right = {point: number for number, point in enumerate(rows[here + 1])}
        for s in segments[here]:
            found[1].setdefault(s.left, []).append(right[s.right] + s.end)
    return found


def _crossed(ends: Ends, above: int, below: int) -> int:
    return sum(a > b for side in ends for a in side.get(above, ()) for b in side.get(below, ()))


def neighbours(layers: Layers, wires: Sequence[Wire]) -> Iterator[tuple[int, float, int, float]]:
    """What a wire connects, piece by piece: two boxes or lanes, and where on them it ends."""
    for wire, lanes in zip(wires, layers.lanes, strict=True):
        stops = [(wire.source, wire.start), *((lane, 0.5) for lane in lanes), (wire.target, wire.end)]
        for (one, start), (other, end) in pairwise(stops):
            yield one, start, other, end
