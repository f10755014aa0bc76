"""Pictures of circuits, read back: everything is there, in its place, and legible."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings

from dmm.circuits.names import readable_names
from dmm.circuits.pictures.lettering import visible, written
from dmm.circuits.pictures.svg import MOST_CURVES, to_svg
from dmm.machine.check import MachineError
from dmm.machine.machine import Machine
from dmm.synthesis.template import template as made
from dmm.tasks.parts import Parts
from dmm.tasks.registry import TASKS
from dmm.vvalue.tree import VValue
from pictures import (
    MACHINES,
    SVG,
    Rectangle,
    around,
    distance,
    drawn_links,
    link_name,
    of_class,
    page,
    parsed,
    points,
    shown_weight,
    texts,
)
from strategies import odd_machines

CLOSE = 0.06  # coordinates are rounded to hundredths


def outlines(root):
    """The outline of every neuron, by name, as it stands in its group."""
    return {
        group.get("data-neuron"): points(next(iter(of_class(group, "box"))).get("d"))
        for group in of_class(root, "neuron")
    }


def require_sound(machine):
    """The laws of every picture of a circuit."""
    root = parsed(to_svg(machine))
    neurons, links = drawn_links(machine)
    boxes = outlines(root)
    assert sorted(boxes) == sorted(map(written, neurons))
    drawn = {group.get("data-link"): group for group in of_class(root, "link") if group.get("data-link")}
    assert sorted(drawn) == sorted(link_name(link) for link, _ in links)
    require_room(root, {name: around(outline) for name, outline in boxes.items()})
    for link, hard in links:
        group = drawn[link_name(link)]
        assert ("hard" in group.get("class").split()) == hard
        assert ("negative" in group.get("class").split()) == (link.weight < 0)
        curve = points(next(iter(of_class(group, "wire"))).get("d"))
        source, target = boxes[written(link.source)], boxes[written(link.neuron)]
        assert distance(curve[0], source) < CLOSE
        assert distance(curve[-1], target) < CLOSE
        assert curve[0][0] > sum(around(source)[::2]) / 2, "a link begins on the right"
        assert curve[-1][0] < sum(around(target)[::2]) / 2, "a link ends on the left"
        for name, outline in boxes.items():
            inside = [p for p in curve if around(outline).holds(*p, inside=10.0)]
            assert not inside, f"{link} leads through {name}"
    require_labels(root, machine, links)


def require_room(root, boxes):
    """Boxes lie apart, on the page, and under their names."""
    (picture,) = [
        g for g in root.iter(f"{SVG}g") if g.get("transform", "").startswith("translate") and of_class(g, "neuron")
    ]
    left, top = map(float, picture.get("transform").removeprefix("translate(").removesuffix(")").split())
    whole = page(root)
    placed = list(boxes.values())
    for number, box in enumerate(placed):
        assert whole.holds(box.left + left, box.top + top)
        assert whole.holds(box.right + left, box.bottom + top)
        assert not any(box.overlaps(other) for other in placed[:number])
    for group in of_class(picture, "link"):
        for x, y in points(next(iter(of_class(group, "wire"))).get("d")):
            assert whole.holds(x + left, y + top)


def require_labels(root, machine, links):
    """Weights to three digits, delays, names, inputs and outputs of types with several."""
    labels = {group.get("data-link"): texts(group)[0] for group in of_class(root, "label")}
    for link, _ in links:
        label = labels.pop(link_name(link), "")
        assert shown_weight(label) == pytest.approx(float(link.weight), rel=0.0051)
        late = link.neuron == link.source or (
            machine.timing == "synchronous" and machine.delay(link.neuron, link.input)
        )
        assert ("z⁻¹" in label) == bool(late)
    assert not labels
    names = readable_names(machine)
    for group in of_class(root, "neuron"):
        (name,) = [name for name in machine.neurons if written(name) == group.get("data-neuron")]
        kind, shown = machine.type_of(name), texts(group)
        assert names[name] in shown
        inputs = {written(link.input) for link, _ in links if link.neuron == name}
        several = machine.inputs_of(name) is None or len(machine.inputs_of(name)) > 1
        assert {"".join(t.itertext()) for t in of_class(group, "input")} == (inputs if several else set())
        outputs = {written(link.output) for link, _ in links if link.source == name}
        several = kind.outputs is None or len(kind.outputs) > 1
        assert {"".join(t.itertext()) for t in of_class(group, "output")} == (outputs if several else set())
        assert group[0].text.startswith(f"{written(name)} : {kind.name}")
        assert visible(kind.summary) in group[0].text
    legend = " ".join(texts(of_class(root, "legend")[0]))
    assert all(f"{machine.type_of(name).name}:" in legend for name in drawn_links(machine)[0])
    assert ("Synchronous" in legend) == (machine.timing == "synchronous")


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_pictures_of_known_machines(machine):
    require_sound(machine)


@given(odd_machines())
@settings(max_examples=40)
def test_pictures_of_any_machine(machine):
    require_sound(machine)


def thinned(machine, number, seed):
    """So many links of a machine, in general position."""
    chooser = random.Random(seed)
    return machine.with_matrix(
        VValue.from_paths(
            (path, chooser.gauss(0, 1)) for path in chooser.sample(sorted(machine.matrix.support), number)
        )
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("template", ["layered", "recurrent"])
def test_pictures_of_what_is_left_of_a_template(template, seed):
    require_sound(thinned(made(Parts(template=template, layers=3, width=1)), 20 + 12 * seed, seed))


def test_beyond_so_many_links_it_is_a_matrix():
    machine = Machine().add("input").add("sum").read("sum")
    for number in range(MOST_CURVES):
        machine = machine.link(("sum", f"x{number}"), "input.char")
    assert of_class(parsed(to_svg(machine)), "neuron")
    root = parsed(to_svg(machine.link("sum.more", "input.char")))
    assert not of_class(root, "neuron")
    assert of_class(root, "cells")


def test_text_is_escaped():
    machine = Machine().add("input").add("<b>&'\"", "identity").read("<b>&'\"")
    machine = machine.link(("<b>&'\"", "</text>"), "input.char")
    root = parsed(to_svg(machine))
    assert '"<b>&\'\\""' in [group.get("data-neuron") for group in of_class(root, "neuron")]
    assert '"</text>"' in texts(root)


def test_what_is_left_out_is_counted():
    machine = Machine().add("input").add("norm").add("dot").read("norm").link("norm.dict", "input.char")
    picture = to_svg(machine.link("dot.dict-1", "norm.norm"))
    assert "Left out: 1 neuron and 1 link on which" in picture
    assert "Left out" not in to_svg(machine.link("norm.dict", "dot.dot"))


def test_readouts_have_a_double_outline_and_sources_an_arrow():
    root = parsed(to_svg(MACHINES["duplicates"]))
    groups = {group.get("data-neuron"): group for group in of_class(root, "neuron")}
    assert [name for name, group in groups.items() if len(of_class(group, "plain")) == 2] == ["output"]
    assert [name for name, group in groups.items() if of_class(group, "head")] == ["input"]


def test_lines_grow_with_weights_within_bounds():
    machine = Machine().add("input").add("sum").read("sum")
    for label, weight in (("a", 1e-9), ("b", 0.5), ("c", 2), ("d", 1e9)):
        machine = machine.link(("sum", label), "input.char", weight)
    root = parsed(to_svg(machine))
    widths = [
        float(next(iter(of_class(group, "wire"))).get("stroke-width"))
        for group in of_class(root, "link")
        if group.get("data-link")
    ]
    assert widths == sorted(widths)
    assert len(set(widths)) == 4
    assert widths[0] >= 0.5
    assert widths[-1] <= 5


def test_size_scales_the_picture_and_is_checked():
    machine = MACHINES["duplicates"]
    natural, scaled = parsed(to_svg(machine)), parsed(to_svg(machine, size=(300, 200)))
    assert (scaled.get("width"), scaled.get("height")) == ("300", "200")
    assert scaled.get("viewBox") == natural.get("viewBox")
    assert Rectangle(0, 0, float(natural.get("width")), float(natural.get("height"))) == page(natural)
    with pytest.raises(ValueError, match="give a width and a height above 0"):
        to_svg(machine, size=(300, 0))


def test_pictures_are_small_and_have_colours_for_the_dark():
    picture = to_svg(MACHINES["duplicates"])
    assert len(picture.encode()) < 20_000
    assert "@media screen and (prefers-color-scheme:dark)" in picture


def test_machines_with_errors_are_refused():
    with pytest.raises(MachineError, match="no neuron is read"):
        to_svg(Machine().add("input"))


PROGRAM = """
import hashlib
from dmm.circuits.pictures.compared import compared_svg
from dmm.circuits.dot import to_dot
from dmm.circuits.mermaid import to_mermaid
from dmm.circuits.pictures.shrinking import shrinking_svg
from dmm.circuits.pictures.svg import to_svg
from dmm.synthesis.template import initialise, template
from dmm.tasks.parts import Parts
from dmm.tasks.registry import TASKS
machines = [task.teacher for task in TASKS.values() if task.teacher]
machines += [template(Parts(template="recurrent", width=1)), template(Parts(layers=1, width=1))]
texts = [make(machine) for machine in machines for make in (to_svg, to_dot, to_mermaid)]
texts += [compared_svg(*machines[:2]), shrinking_svg(machines[-2:])]
print(hashlib.sha256("".join(texts).encode()).hexdigest())
"""


def test_every_process_draws_the_same():
    printed = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(printed) == 1


def test_the_picture_of_the_docs_is_as_it_would_be_drawn():
    drawn = Path(__file__).resolve().parents[2] / "docs" / "detector.svg"
    assert drawn.read_text("utf-8").rstrip("\n") == to_svg(TASKS["duplicates"].teacher).rstrip("\n")
