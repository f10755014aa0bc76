"""Simplification: what is free is changed exactly, what is not free is checked, and nothing unchecked is kept."""

import random
from fractions import Fraction

import pytest

from dmm import NEURON_TYPES, TASKS, Machine, VValue, layered, neuron_type
from dmm.interpret.cycle import run
from dmm.synthesis.pruning import without
from dmm.synthesis.simplify import fix_gauge, simplified, snap
from dmm.synthesis.symmetries import symmetries
from dmm.vvalue.support import Support

TASK = TASKS["duplicates"]


def machine_of_fractions(seed):
    """A sparse template with exact weights of both signs."""
    chooser = random.Random(seed)
    machine = layered(layers=3)
    kept = Support(chooser.sample([link[:4] for link in machine.links()], 60))
    machine = without(machine, machine.matrix.support - kept)
    weights = {path: Fraction(chooser.choice([-7, -3, -1, 1, 2, 5]), chooser.randint(1, 9)) for path in kept}
    return machine.with_matrix(VValue.from_paths(weights))


def answers(machine, seed):
    chooser = random.Random(seed)
    stream = [VValue({chooser.choice("ab."): 1}) for _ in range(15)]
    return run(machine, stream, number=Fraction)[0]


def test_fixing_the_gauge_changes_no_answer_not_even_by_rounding():
    told_apart = 0
    for seed in range(25):
        machine = machine_of_fractions(seed)
        assert answers(fix_gauge(machine), seed) == answers(machine, seed)
        told_apart += any(answers(machine, seed)) and fix_gauge(machine) != machine
    assert told_apart > 15  # or this test has tested nothing


def test_afterwards_the_largest_weight_into_every_homogeneous_neuron_is_1():
    for seed in range(10):
        machine = fix_gauge(machine_of_fractions(seed))
        for name in machine.neurons:
            into = [link.weight for link in machine.links() if link.neuron == name]
            if into and symmetries(machine, name).homogeneous and name not in machine.readouts:
                assert max(map(abs, into)) == 1


@pytest.mark.parametrize(
    ("name", "homogeneous", "odd", "even", "opposite", "linear"),
    [
        ("accum", True, True, False, False, ()),
        ("identity", True, True, False, False, ("x",)),
        ("norm", True, False, True, False, ("dict",)),
        ("compare", True, False, False, True, ()),
        ("dot", False, False, True, False, ("dict-1", "dict-2")),
        ("timer", False, False, False, False, ()),
        ("const_1", False, False, False, False, ()),
    ],
)
def test_symmetries_of_types(name, homogeneous, odd, even, opposite, linear):
    """By hand, from the formulas of the types."""
    machine = Machine().add(name).add("input").link((name, "x"), "input.char")
    found = symmetries(machine, name)
    assert (found.homogeneous, found.odd, found.even, bool(found.opposite)) == (homogeneous, odd, even, opposite)
    assert found.linear == linear


def test_a_type_of_ones_own_takes_part():
    @neuron_type(inputs=("gain", "signal"), outputs=("product",))
    def gate(v):
        """product = gain times signal"""
        return {"product": v["signal"] * v["gain"].scalar}

    found = symmetries(Machine().add("gate", gate), "gate")
    assert found.balanced == (("gain", "signal"),)
    assert found.linear == ("gain", "signal")
    assert not found.homogeneous
    assert "gate" not in NEURON_TYPES


def test_rounding_takes_what_is_close_to_a_small_fraction_and_leaves_the_rest():
    weights = {"a": 0.9999, "b": -0.3334, "c": 2.5003, "d": 0.4142, "e": 1e-4}
    machine = Machine().with_matrix(VValue({"n": {"i": {"s": weights}}}))
    assert snap(machine).matrix["n", "i", "s"] == VValue({"a": 1.0, "b": -1 / 3, "c": 2.5, "d": 0.4142, "e": 1e-4})


def test_a_scaled_and_perturbed_teacher_comes_back():
    """Scale every neuron at random, where that is free, perturb, and simplify: the teacher, with weights of 1."""
    teacher = TASK.teacher
    weights = {link[:4]: 1.0 for link in teacher.links()}
    for into, out in (("accum.dict-2", ("norm.dict", "dot.dict-1")), ("norm.dict", ("compare.dict-1",))):
        factor = random.Random(into).uniform(0.3, 3)
        for path in weights:
            end = f"{path[0]}.{path[1]}"
            weights[path] *= factor if end == into else 1 / factor if end in out else 1
    noise = random.Random(5)
    weights = {path: weight * (1 + noise.uniform(-1e-4, 1e-4)) for path, weight in weights.items()}
    machine = teacher.with_matrix(VValue.from_paths(weights))
    asked = [(stream, run(teacher, stream)[0]) for stream in TASK.streams(11, 3, 60)]

    def is_as_good(candidate):
        pairs = (pair for stream, expected in asked for pair in zip(run(candidate, stream)[0], expected, strict=True))
        return all((x - y).max_norm() <= 0.1 for x, y in pairs)

    assert simplified(machine, is_as_good).matrix == teacher.matrix


def test_nothing_is_kept_that_is_not_as_good():
    machine = machine_of_fractions(1)
    assert simplified(machine, lambda _: False) == machine
