"""Two machines side by side: what they share has one place, what they do not is stressed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmm.circuits.pictures.compared import compared_svg
from dmm.circuits.pictures.svg import to_svg
from dmm.machine.machine import Machine
from dmm.synthesis.template import initialise, template
from dmm.tasks.parts import Parts
from dmm.vvalue.support import Support
from pictures import MACHINES, TEACHERS, around, drawn_links, link_name, of_class, page, parsed, points, texts
from strategies import machines


def panels(root):
    """Of either picture: where neurons stand, the links, and the names of what is stressed."""
    for panel in of_class(root, "panel"):
        groups = of_class(panel, "neuron")
        places = {g.get("data-neuron"): points(of_class(g, "box")[0].get("d"))[0] for g in groups}
        links = {g.get("data-link") for g in of_class(panel, "link")}
        marked = {g.get("data-neuron") for g in groups if of_class(g, "marked")}
        marked |= {g.get("data-link") for g in of_class(panel, "link") if of_class(g, "marked")}
        yield places, links, marked


@given(st.tuples(machines(recurrent=True), machines(recurrent=True)))
@settings(max_examples=25)
def test_any_two_machines(pair):
    root = parsed(compared_svg(*pair))
    (old, old_links, old_marked), (new, new_links, new_marked) = panels(root)
    drawn = [{link_name(link) for link, _ in drawn_links(machine)[1]} for machine in pair]
    assert len(old) == len(drawn_links(pair[0])[0])
    assert len(new) == len(drawn_links(pair[1])[0])
    assert (len(old_links), len(new_links)) == tuple(map(len, drawn))
    assert all(old[name] == new[name] for name in old.keys() & new.keys())
    assert old_links - new_links <= old_marked
    assert new_links - old_links <= new_marked
    assert not (old_links & new_links) & (old_marked | new_marked)
    assert old.keys() - new.keys() <= old_marked
    assert new.keys() - old.keys() <= new_marked


@pytest.mark.parametrize("machine", TEACHERS.values(), ids=TEACHERS)
def test_a_machine_beside_itself(machine):
    root = parsed(compared_svg(machine, machine))
    (old, old_links, old_marked), (new, new_links, new_marked) = panels(root)
    assert (old, old_links) == (new, new_links)
    assert old_marked == new_marked == set()
    assert not [text for text in texts(root) if "→" in text]
    boxes = [around(points(of_class(g, "box")[0].get("d"))) for g in of_class(of_class(root, "panel")[0], "neuron")]
    assert not any(box.overlaps(other) for n, box in enumerate(boxes) for other in boxes[:n])


def test_changes_of_the_detector():
    old = MACHINES["duplicates"]
    new = old.unlink("compare.dict-2", "const_1.const_1").link("compare.dict-2", "eos.char", 0.5)
    new = new.link("output.dict-2", "dot.dot", -1.25)
    root = parsed(compared_svg(old, new, names=("teacher", "found & cut")))
    (_, _, old_marked), (_, _, new_marked) = panels(root)
    assert old_marked == {"const_1", "compare.dict-2 <- const_1.const_1"}
    assert new_marked == {"compare.dict-2 <- eos.char"}
    assert "1 → −0.25" in texts(of_class(root, "panel")[1])
    assert "1 → −0.25" not in texts(of_class(root, "panel")[0])
    assert {"teacher: 8 links", "found & cut: 8 links"} <= set(texts(root))
    assert "1 link gone, 1 new, 1 weight changed." in root[1].text


def test_a_parameter_that_changed():
    root = parsed(compared_svg(MACHINES["duplicates-unclipped"], MACHINES["duplicates"]))
    (_, _, old_marked), (_, _, new_marked) = panels(root)
    assert old_marked == new_marked == {"dot"}
    assert "clip = 1000000 → clip = 4" in " ".join(texts(of_class(root, "panel")[1]))


def test_one_name_for_two_types():
    """Neurons that share no more than a name are two neurons."""
    old = Machine().add("input").add("a", "norm").link("a.dict", "input.char").read("a")
    new = Machine().add("input").add("a", "sum").link("a.x", "input.char").read("a")
    (before, _, old_marked), (after, _, new_marked) = panels(parsed(compared_svg(old, new)))
    assert before.keys() & after.keys() == {"input"}
    assert before.keys() - {"input"} < old_marked
    assert after.keys() - {"input"} < new_marked


def test_large_machines_are_compared_as_matrices():
    old = initialise(template(Parts()), 0)
    kept = [path for number, path in enumerate(sorted(old.matrix.support)) if number % 3]
    new = old.with_matrix(old.matrix.restrict(Support(kept)))
    picture = compared_svg(old, new)
    root = parsed(picture)
    assert len(picture.encode()) < 1_000_000
    for cells, machine, marked in zip(of_class(root, "cells"), (old, new), (1486 - len(kept), 0), strict=True):
        assert sum(element.tag.endswith("title") for element in cells.iter()) == len(drawn_links(machine)[1])
        assert len(of_class(cells, "marked")) == marked
    assert "only in this machine" in texts(root)
    few = old.with_matrix(old.matrix.restrict(Support(kept[::40])))
    assert "in both machines" in texts(parsed(compared_svg(old, few)))


def test_either_picture_is_one_of_its_own_size():
    machine = MACHINES["duplicates"]
    root = parsed(compared_svg(machine, machine, size=(640, 200)))
    assert (root.get("width"), root.get("height")) == ("640", "200")
    assert page(root).right > 1.8 * page(parsed(to_svg(machine))).right
