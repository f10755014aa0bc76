"""Reading pictures back: the machine in an SVG file, from its elements, and what of a machine should be drawn."""

import math
import re
from itertools import pairwise
from typing import NamedTuple
from xml.etree import ElementTree as ET

from corpus import CORPUS
from dmm.circuits.pictures.lettering import written
from dmm.machine.machine import Link
from dmm.tasks.registry import TASKS
from dmm.vvalue.tree import VValue
from synchronous import SYNCHRONOUS_CORPUS

TEACHERS = {name: task.teacher for name, task in TASKS.items() if task.teacher is not None}
MACHINES = TEACHERS | {
    name: machine for corpus in (CORPUS, SYNCHRONOUS_CORPUS) for name, (machine, _) in corpus.items()
}
"""Teachers and the small machines of both corpora, by name."""

SVG = "{http://www.w3.org/2000/svg}"
_COMMAND = re.compile(r"([A-Za-z])([^A-Za-z]*)")


def drawn_links(machine):
    """The links, trained and hard, that a picture should show: those from which a readout can be reached.

    Of a self-referential machine all, but for those that keep neurons active.
    """
    links = []
    for hard, some in ((False, machine.links()), (True, machine.hard_links())):
        for link in some:
            to, source = machine.type_of(link.neuron), machine.type_of(link.source)
            if machine.own_matrix and link.input == link.output == "hook":
                continue
            if not to.source and to.has_input(link.input) and source.has_output(link.output):
                links.append((link, hard))
    if machine.own_matrix:
        values = [VValue(x) for neuron in machine.neurons.values() for x in neuron.parameters.values()]
        places = {path for value in values for path in value.support if {*path[:3:2]} <= {*machine.neurons}}
        links += [(Link(*path, 0.0), True) for path in places if len(path) == 4]
    heard, before = set(machine.neurons if machine.own_matrix else machine.readouts), None
    while heard != before:
        before = set(heard)
        heard |= {link.source for link, _ in links if link.neuron in before}
    return heard, [(link, hard) for link, hard in links if link.neuron in heard]


def link_name(link):
    """A link as pictures name it."""
    return f"{written(link.neuron)}.{written(link.input)} <- {written(link.source)}.{written(link.output)}"


def weights_of(machine):
    """The weights of the links that should be drawn, by (source, output, neuron, input, whether hard)."""
    return {(x.source, x.output, x.neuron, x.input, hard): x.weight for x, hard in drawn_links(machine)[1]}


class Rectangle(NamedTuple):
    """Left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other):
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, x, y, inside=0.0):
        return self.left + inside <= x <= self.right - inside and self.top + inside <= y <= self.bottom - inside


def parsed(text):
    """The root of an SVG document, after a check that it asks for nothing from outside and runs nothing."""
    root = ET.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text
    assert root[1].tag == f"{SVG}desc"
    assert root[1].text
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "rect", "g", "path", "text"}
    names = {name for element in root.iter() for name in element.attrib}
    assert not any(name.startswith("on") or name.endswith("href") for name in names)
    assert "url(" not in text
    assert "@import" not in text
    return root


def of_class(root, name):
    """The elements that have a class, in document order."""
    return [element for element in root.iter() if name in element.get("class", "").split()]


def texts(element):
    """The texts drawn inside an element."""
    return ["".join(text.itertext()) for text in element.iter(f"{SVG}text")]


def page(root):
    """The view box."""
    left, top, width, height = map(float, root.get("viewBox").split())
    return Rectangle(left, top, left + width, top + height)


def points(d, fine=24):
    """The points along a path of absolute commands, curves sampled finely."""
    found, at = [], (0.0, 0.0)
    for command, rest in _COMMAND.findall(d):
        numbers = [float(x) for x in rest.replace(",", " ").split()]
        if command in "ML":
            at = (numbers[0], numbers[1])
            found.append(at)
        elif command == "C":
            ends = [at, *zip(numbers[::2], numbers[1::2], strict=True)]
            found += [bezier(ends, n / fine) for n in range(1, fine + 1)]
            at = ends[-1]
        elif command == "A":
            found += half_ellipse(at, numbers[0], numbers[1], (numbers[5], numbers[6]), fine)
            at = (numbers[5], numbers[6])
        else:
            assert command == "Z", command
            found.append(found[0])
    return found


def bezier(ends, t):
    parts = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3]
    return tuple(sum(part * end[axis] for part, end in zip(parts, ends, strict=True)) for axis in (0, 1))


def half_ellipse(start, rx, ry, end, fine):
    """Clockwise, from the upper end of a right side or from the lower end of a left one."""
    assert math.isclose(start[0], end[0], abs_tol=0.02)
    assert math.isclose(abs(start[1] - end[1]), 2 * ry, abs_tol=0.05)
    side = 1 if end[1] > start[1] else -1
    angles = [math.pi * n / fine - math.pi / 2 for n in range(1, fine + 1)]
    middle = (start[1] + end[1]) / 2
    return [(start[0] + side * rx * math.cos(a), middle + side * ry * math.sin(a)) for a in angles]


def around(some):
    xs, ys = zip(*some, strict=True)
    return Rectangle(min(xs), min(ys), max(xs), max(ys))


def distance(point, outline):
    """How far a point is from a closed line of points."""
    return min(_from_piece(point, a, b) for a, b in pairwise(outline))


def _from_piece(point, a, b):
    along = (b[0] - a[0], b[1] - a[1])
    length = along[0] ** 2 + along[1] ** 2
    part = 0.0 if not length else ((point[0] - a[0]) * along[0] + (point[1] - a[1]) * along[1]) / length
    part = min(1.0, max(0.0, part))
    return math.dist(point, (a[0] + part * along[0], a[1] + part * along[1]))


def shown_weight(text):
    """The weight that a label says: 1 if it says none."""
    number = text.replace("z⁻¹", "").strip().replace("−", "-")
    return float(number) if number else 1.0
