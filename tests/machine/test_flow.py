"""Which links act at once, in what order neurons move by them, and the circles that leave no order."""

import pytest
from hypothesis import given, settings

from dmm.machine.check import check
from dmm.machine.flow import circles, links_at_once, useful_links, waves
from dmm.machine.machine import SYNCHRONOUS, Machine
from dmm.neurons.base import neuron_type
from strategies import labels, machines, synchronous_machines
from synchronous import SYNCHRONOUS_CORPUS


def norms(*links):
    """Norms a, b, ..., linked as told: "ab" leads from b to a."""
    machine = Machine(timing=SYNCHRONOUS)
    for name in sorted({name for link in links for name in link}):
        machine = machine.add(name, "norm")
    for to, source in links:
        machine = machine.link((to, "dict"), (source, "norm"))
    return machine.read("a")


def written(machine):
    """The circles as "abc": a listens to b, b to c, c to a."""
    return ["".join(link.neuron for link in circle) for circle in circles(machine)]


@pytest.mark.parametrize(
    ("links", "found"),
    {
        ("ab", "bc"): [],
        ("aa",): ["a"],
        ("ab", "ba"): ["ab"],
        ("ab", "bc", "cb", "ca"): ["abc", "bc"],
        ("ab", "bc", "bd", "ad"): [],
        ("ab", "cd", "dc", "bb"): ["b", "cd"],
    }.items(),
)
def test_circles(links, found):
    assert sorted(written(norms(*links))) == sorted(found)
    problems = [problem for problem in check(norms(*links)) if problem.severity == "error"]
    assert len(problems) == len(found)
    assert all("circle of links acts at once" in problem.message for problem in problems)


def test_a_circle_is_told_by_its_links():
    (problem,) = check(norms("ab", "bc", "ca"))
    assert str(problem) == (
        "a.dict <- b.norm, b.dict <- c.norm, c.dict <- a.norm: this circle of links acts at once; "
        "lead one of them through a neuron of type 'delay'"
    )


def test_a_long_circle_is_told_in_part():
    names = [f"n{i:02}" for i in range(40)]
    machine = Machine(timing=SYNCHRONOUS)
    for name in names:
        machine = machine.add(name, "norm")
    for to, source in zip(names, names[1:] + names[:1], strict=True):
        machine = machine.link((to, "dict"), (source, "norm"))
    (problem,) = check(machine.read("n00"))
    assert problem.place.endswith("n05.dict <- n06.norm, ... (40 links)")
    assert len(str(problem)) < 300


@settings(max_examples=60)
@given(machines(recurrent=True))
def test_the_remedy_helps(machine):
    """Without the last link of each circle there is none, and links are left to act at once: circles name no others."""
    machine = machine.with_timing(SYNCHRONOUS)
    found = list(circles(machine))
    for circle in found:
        for link, following in zip(circle, (*circle[1:], circle[0]), strict=True):
            assert link.source == following.neuron
            assert not machine.delay(link.neuron, link.input)
    for *_, link in found:
        machine = machine.unlink(link[:2], link[2:4])
    assert list(circles(machine)) == []


def test_under_unit_delay_no_circle_acts_at_once():
    assert check(norms("ab", "ba").with_timing("unit delay")) == []


@settings(max_examples=40)
@given(synchronous_machines(names=labels()))
def test_waves_are_all_neurons_in_order(machine):
    listens = links_at_once(machine)
    found = waves(listens)
    wave_of = {name: wave for wave, names in enumerate(found) for name in names}
    assert sorted(wave_of) == sorted(machine.neurons)
    assert sum(map(len, found)) == len(machine.neurons)
    for name, links in listens.items():
        assert wave_of[name] == 1 + max((wave_of[link.source] for link in links), default=-1)


def test_under_unit_delay_all_neurons_move_in_one_wave():
    machine = SYNCHRONOUS_CORPUS["waves in a loop"][0].with_timing("unit delay")
    assert waves(links_at_once(machine)) == [tuple(machine.neurons)]


def test_memory_is_late_and_other_inputs_are_as_declared():
    @neuron_type(inputs=("a", "b", "c"), outputs=("x",), memory=("a", "x"), late=("b",))
    def some(v):
        """x = a + b + c"""
        return {"x": v["a"] + v["b"] + v["c"]}

    machine = Machine(timing=SYNCHRONOUS).add("some", some)
    assert [machine.delay("some", label) for label in "abc"] == [1, 1, 0]
    machine = machine.with_timing("unit delay")
    assert [machine.delay("some", label) for label in "abc"] == [1, 1, 1]


def test_links_that_do_nothing_are_not_useful():
    """Into a source, from and to fields there are not, of neurons there are not, of types there are not."""
    machine = SYNCHRONOUS_CORPUS["circle of nothing"][0].add("x", "norm").link("x.dict", "ghost.norm")
    found = [str(link) for links in useful_links(machine).values() for link in links]
    assert found == ["norm.dict <- input.char"]
