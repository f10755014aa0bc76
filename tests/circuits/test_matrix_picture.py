"""Matrices as pictures: a cell for every link, in the row of its input and the column of its output."""

import re

import pytest
from hypothesis import given, settings

from dmm.circuits.pictures.matrix_picture import LEVELS, Scale, matrix_svg
from dmm.machine.check import MachineError
from dmm.machine.machine import Machine
from dmm.synthesis.template import initialise, template
from dmm.tasks.parts import Parts
from dmm.vvalue.tree import VValue
from pictures import MACHINES, SVG, drawn_links, link_name, of_class, page, parsed, texts
from strategies import odd_machines

CELL = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v")
FULL = initialise(template(Parts()), 0)


def cells(root):
    """The link that each cell names, and the weight, corner and class of it."""
    (group,) = of_class(root, "cells")
    found = {}
    for path in group.findall(f"{SVG}path"):
        if path.find(f"{SVG}title") is not None:
            name, _, weight = path.find(f"{SVG}title").text.removesuffix(", hard").rpartition(": ")
            x, y, _ = map(float, CELL.match(path.get("d")).groups())
            found[name] = float(weight), (x, y), path.get("class")
    return found


def require_sound(machine):
    root = parsed(matrix_svg(machine))
    found, (_, links) = cells(root), drawn_links(machine)
    wanted = {link_name(link): link for link, _ in links}
    assert set(found) == set(wanted)
    rows, columns = {}, {}
    for name, link in wanted.items():
        weight, (x, y), level = found[name]
        assert weight == float(link.weight)
        assert level[0] == ("n" if link.weight < 0 else "p")
        assert rows.setdefault(y, link[:2]) == link[:2]
        assert columns.setdefault(x, link[2:4]) == link[2:4]
        assert page(root).holds(x, y)
    assert len(rows) == len({link[:2] for link in wanted.values()})
    assert len(columns) == len({link[2:4] for link in wanted.values()})
    for places in (rows, columns):
        order = [places[place][0] for place in sorted(places)]
        assert len(list(dict.fromkeys(order))) == sum(a != b for a, b in zip(order, [None, *order], strict=False)), (
            "by neuron"
        )
    assert len(of_class(root, "hardly")) == sum(hard for _, hard in links) + any(hard for _, hard in links)


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_matrices_of_known_machines(machine):
    require_sound(machine)


@given(odd_machines())
@settings(max_examples=30)
def test_matrices_of_any_machine(machine):
    require_sound(machine)


def test_the_full_template():
    """It stays small, fits a screen, and names every neuron once on each side, not every field."""
    require_sound(FULL)
    picture = matrix_svg(FULL)
    root = parsed(picture)
    assert len(picture.encode()) < 500_000
    assert len(cells(root)) == 1486 + 10
    assert page(root).right < 1280
    rows = ["".join(text.itertext()) for text in of_class(root, "row")]
    assert len(rows) == len(set(rows)) == 10 * 4 + 1
    assert not any("." in row for row in rows)


def test_few_rows_are_named_field_by_field():
    root = parsed(matrix_svg(MACHINES["duplicates"]))
    rows = ["".join(text.itertext()) for text in of_class(root, "row")]
    fields = "accum.dict-1 accum.dict-2 compare.dict-1 compare.dict-2 dot.dict-1 dot.dict-2 norm.dict output.dict-1"
    assert sorted(rows) == [*fields.split(), "output.dict-2"]


def test_very_many_links_share_elements():
    machine = Machine().add("input").add("sum").read("sum")
    names = [f"k{number}" for number in range(60)]
    for name in names:
        machine = machine.add(name, "identity")
    everything = {(a, "x", b, "x"): (-1) ** i * (i + j + 1.0) for i, a in enumerate(names) for j, b in enumerate(names)}
    root = parsed(matrix_svg(machine.with_matrix(VValue.from_paths({**everything, ("sum", "a", "k0", "x"): 1.0}))))
    (group,) = of_class(root, "cells")
    assert (
        sum(
            len(CELL.findall(path.get("d"))) for path in group.findall(f"{SVG}path") if path.get("class") in LEVEL_NAMES
        )
        == 3601
    )


LEVEL_NAMES = {f"{sign}{level}" for sign in "pn" for level in range(1, LEVELS + 1)}


def test_levels_follow_the_weights():
    scale = Scale.linear([-4.0, 1.0])
    assert [scale.level(x) for x in (0.1, 0.5, 0.6, -3.9, 4.0, -9.0)] == ["p1", "p1", "p2", "n8", "p8", "n8"]
    assert Scale.doubling([1.0]).limits == (1 / 128, 1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)
    bar = of_class(parsed(matrix_svg(MACHINES["difference"])), "scale")[0]
    assert texts(bar) == ["−1", "−0.5", "0", "0.5", "1"]


def test_machines_with_errors_are_refused():
    with pytest.raises(MachineError, match="no neuron is read"):
        matrix_svg(Machine().add("input"))
