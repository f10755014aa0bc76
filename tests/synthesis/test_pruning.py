"""Pruning rules: what they may remove, and that removing what is dead changes no answer."""

import random

from dmm import TASKS, Machine, VValue, layered, run
from dmm.synthesis.pruning import bypasses, smallest, without, without_dead
from dmm.synthesis.template import initialise
from dmm.vvalue.support import Support

TASK = TASKS["duplicates"]
STREAM = Support([("a",), ("b",), (".",)])


def sparse(seed):
    """A template that has lost most of its links at random, and so has many dead ones."""
    machine = initialise(layered(layers=3), seed, scale=0.5)
    links = [link[:4] for link in machine.links()]
    kept = random.Random(seed).sample(links, 40)
    return without(machine, machine.matrix.support - Support(kept))


def test_removing_what_is_dead_changes_no_answer():
    shrunk = 0
    for seed in range(20):
        machine = sparse(seed)
        alive = without_dead(machine, STREAM)
        shrunk += len(machine.matrix) - len(alive.matrix)
        stream = [VValue({random.Random(t + seed).choice("ab."): 1}) for t in range(25)]
        assert run(alive, stream) == run(machine, stream)
    assert shrunk > 20  # or this test has tested nothing


def test_nothing_of_the_teacher_is_dead():
    assert without_dead(TASK.teacher, STREAM) == TASK.teacher


def test_smallest_takes_the_smallest():
    machine = sparse(0)
    gone = smallest(machine, 7)
    sizes = sorted(abs(link.weight) for link in machine.links())
    assert sorted(abs(link.weight) for link in machine.links() if link[:4] in gone) == sizes[:7]


def test_a_bypass_leads_around_a_neuron_with_the_product_of_weights():
    machine = Machine()
    for name in ("input", "norm-1", "norm-2", "output"):
        machine = machine.add(name)
    machine = machine.link("norm-1.dict", "input.char", 2).link("norm-2.dict", "norm-1.norm", 3)
    machine = machine.link("output.dict-1", "norm-2.norm", 5)
    around = dict(bypasses(machine, machine.link("output.dict-1", "norm-1.norm").matrix.support))
    links = machine.matrix.support
    gone = Support(path for path in links if "norm-2" in path)
    assert around == {gone: VValue({"output": {"dict-1": {"norm-1": {"norm": 15}}}})}
