"""The animation of a run: at every time, the cells that can be seen are the links of the machine of that time."""

import random
import re

import pytest

from dmm.circuits.pictures.shrinking import PAUSE, SECONDS, shrinking_svg
from dmm.machine.machine import Machine
from dmm.synthesis.template import initialise, template
from dmm.tasks.parts import Parts
from dmm.vvalue.support import Support
from pictures import SVG, of_class, parsed

KEYFRAMES = re.compile(r"@keyframes ([\w-]+)\{((?:[\d.]+%\{opacity:[\d.]+\})+)\}")
STOP = re.compile(r"([\d.]+)%\{opacity:([\d.]+)\}")
STILL = re.compile(r"\.dmm \.([\w-]+)\{opacity:([\d.]+)(?:;animation:([\w-]+) ([\d.]+)s ([\w-]+) infinite)?\}")


def run_of(counts, seed=0):
    """Machines with ever fewer links of the one before."""
    chooser = random.Random(seed)
    machine = initialise(template(Parts()), seed)
    links = sorted(machine.matrix.support)
    machines = []
    for count in counts:
        links = sorted(chooser.sample(links, count))
        machines.append(machine.with_matrix(machine.matrix.restrict(Support(links))))
    return machines


class Clock:
    """The style sheet of an animation, asked how opaque a class is at a time; without one, when nothing moves."""

    def __init__(self, text):
        sheet = text[text.index("<style>") : text.index("</style>")]
        self.stops = {
            name: [(float(at), float(level)) for at, level in STOP.findall(stops)]
            for name, stops in KEYFRAMES.findall(sheet)
        }
        self.rules = {name: (float(level), *rest) for name, level, *rest in STILL.findall(sheet)}

    def opacity(self, element, at=None):
        for name in element.get("class").split():
            if name in self.rules:
                level, frames, total, timing = self.rules[name]
                return level if at is None or not frames else self.moving(frames, 100 * at / float(total), timing)
        return 1.0

    def moving(self, frames, part, timing):
        stops = self.stops[frames]
        assert (stops[0][0], stops[-1][0]) == (0.0, 100.0)
        assert sorted(stops) == stops
        before = max(stop for stop in stops if stop[0] <= part)
        after = min(stop for stop in stops if stop[0] > part)
        if timing == "step-end":
            return before[1]
        return before[1] + (after[1] - before[1]) * (part - before[0]) / (after[0] - before[0])


def seen(root, clock, at=None):
    """The links whose cells can be seen, and the texts that say how many there are."""
    links = set()
    for group in of_class(root, "cell"):
        opacity = clock.opacity(group, at)
        assert opacity in (0.0, 1.0), "between fades"
        if opacity:
            links |= {title.text.rpartition(": ")[0] for title in group.iter(f"{SVG}title")}
    (counts,) = of_class(root, "counts")
    return links, [text.text for text in counts if clock.opacity(text, at)]


def names(machine):
    return {str(link) for link in machine.all_links()}


def test_every_machine_is_seen_at_its_time():
    machines = run_of([200, 120, 120, 40, 8])
    text = shrinking_svg(machines)
    root, clock = parsed(text), Clock(text)
    for number, machine in enumerate(machines):
        links, counts = seen(root, clock, (number + 0.9) * SECONDS)
        assert links == names(machine)
        assert counts == [f"{len(machine.matrix)} links"]
    assert seen(root, clock, (len(machines) - 1) * SECONDS + 0.99 * PAUSE) == seen(root, clock)


def test_without_motion_the_last_machine_is_seen():
    machines = run_of([60, 8])
    text = shrinking_svg(machines)
    assert seen(parsed(text), Clock(text)) == (names(machines[-1]), ["8 links"])
    assert "@media (prefers-reduced-motion:reduce)" in text


def test_links_may_come_back():
    machines = run_of([50, 20])
    machines = [machines[0], machines[1], machines[0], machines[1]]
    text = shrinking_svg(machines, seconds=2.0)
    root, clock = parsed(text), Clock(text)
    for number, machine in enumerate(machines):
        assert seen(root, clock, 2.0 * number + 1.8)[0] == names(machine)


def test_names_of_neurons_without_links_are_faint():
    machines = run_of([1486, 2])
    text = shrinking_svg(machines)
    root, clock = parsed(text), Clock(text)
    linked = {name for link in machines[-1].links() for name in (link.neuron, link.source)}
    assert sum(clock.opacity(row) == 1.0 for row in of_class(root, "faint")) >= len(linked)
    assert any(0.0 < clock.opacity(row) < 1.0 for row in of_class(root, "faint"))
    assert all(clock.opacity(row, 0.5 * SECONDS) == 1.0 for row in of_class(root, "faint"))


def test_a_long_run_from_the_full_template_stays_small():
    counts = [round(1486 * (8 / 1486) ** (number / 39)) for number in range(40)]
    text = shrinking_svg(run_of(counts))
    assert len(text.encode()) < 1_000_000
    assert sum(title.tag == f"{SVG}title" for title in of_class(parsed(text), "cell")[0].iter()) >= 1
    assert "from 1486 links to 8" in text


def test_pictures_on_one_page_keep_their_times_apart():
    first, second = (set(KEYFRAMES.findall(shrinking_svg(run_of([30, 8], seed)))) for seed in (0, 1))
    assert not {name for name, _ in first} & {name for name, _ in second}


def test_a_single_machine_does_not_move():
    text = shrinking_svg([Machine().add("input").add("norm").link("norm.dict", "input.char").read("norm")])
    assert not KEYFRAMES.search(text)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="give one machine at least"):
        shrinking_svg([])
    with pytest.raises(ValueError, match="give a time above 0"):
        shrinking_svg(run_of([8]), seconds=0)
