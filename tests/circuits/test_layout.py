"""Layers and places: wires lead to later layers, cross little, and run straight where they can."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from dmm.circuits.pictures.layers import Wire, in_layers
from dmm.circuits.pictures.layout import Box, laid_out


@st.composite
def wirings(draw):
    boxes = draw(st.integers(1, 8))
    ends = st.tuples(st.integers(0, boxes - 1), st.integers(0, boxes - 1)).filter(lambda pair: pair[0] != pair[1])
    pairs = draw(st.lists(ends, max_size=14)) if boxes > 1 else []
    return boxes, [Wire(a, b, draw(st.floats(0.1, 0.9)), draw(st.floats(0.1, 0.9)), back=b < a) for a, b in pairs]


@given(wirings())
def test_layers(wiring):
    boxes, wires = wiring
    found = in_layers(boxes, wires)
    depth = {point: number for number, row in enumerate(found.layers) for point in row}
    everyone = [point for row in found.layers for point in row]
    lanes = [lane for lane_row in found.lanes for lane in lane_row]
    assert sorted(everyone) == list(range(len(everyone)))
    assert sorted([*range(boxes), *lanes, *found.turns]) == sorted(everyone)
    for wire, passed, backward in zip(wires, found.lanes, found.backward, strict=True):
        first, last = depth[wire.source], depth[wire.target]
        assert backward == (first >= last)
        if backward:
            assert wire.back
            assert [depth[lane] for lane in passed] == list(range(first, last - 1, -1))
        else:
            assert [depth[lane] for lane in passed] == list(range(first + 1, last))


def crossings(left, right, wires):
    """By trying all pairs."""
    ends = [(left.index(a), right.index(b)) for a, b in wires]
    return sum((a - c) * (b - d) < 0 for (a, b), (c, d) in itertools.combinations(ends, 2))


@given(st.sets(st.tuples(st.integers(0, 3), st.integers(4, 7)), min_size=1))
def test_two_small_layers_cross_as_little_as_can_be(pairs):
    wires = sorted(pairs)
    found = in_layers(8, [Wire(a, b) for a, b in wires])
    used = {end for wire in wires for end in wire}
    places = [[point for point in row if point in used] for row in found.layers]
    if len(places) < 2:
        return
    sides = [sorted({a for a, _ in wires}), sorted({b for _, b in wires})]
    left, right = ([point for row in places for point in row if point in side] for side in sides)
    least = min(
        crossings(one, other, wires)
        for one in itertools.permutations(sides[0])
        for other in itertools.permutations(sides[1])
    )
    assert crossings(left, right, wires) <= least


def test_wires_that_can_be_straight_are():
    """By hand: box 1 stands 24 lower than box 0, box 2 is 16 above box 1, and a lane has room above box 1."""
    wires = [Wire(0, 1, 0.8, 0.2), Wire(1, 2, 0.3, 0.7), Wire(0, 2, 0.2, 0.0)]
    found = laid_out([Box(60, 40)] * 3, wires)
    tops = [y for _, y in found.corners]
    assert [top - tops[0] for top in tops] == [0, 24, 8]
    assert all(curve.start[1] == curve.end[1] for curve in found.curves)


@given(wirings(), st.floats(0, 60))
def test_boxes_lie_apart_and_everything_lies_inside(wiring, room):
    number, wires = wiring
    boxes = [Box(40.0 + 10 * n, 20.0 + 7 * n, loops=n % 2) for n in range(number)]
    found = laid_out(boxes, [*wires, *(Wire(n, n) for n in range(1, number, 2))], room)
    for (x, y), box in zip(found.corners, boxes, strict=True):
        assert x >= 0
        assert y >= 0
        assert x + box.width <= found.width + 0.01
        assert y + box.height <= found.height + 0.01
    for ((x, y), box), ((left, top), other) in itertools.combinations(zip(found.corners, boxes, strict=True), 2):
        assert x + box.width < left or left + other.width < x or y + box.height < top or top + other.height < y


def test_nothing_at_all():
    assert laid_out([], []).corners == ()
    assert laid_out([Box(30, 20)], []).width == 30
