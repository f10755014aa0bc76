"""Repair: the space around a broken machine holds the sound one, and the search finds it."""

import random
from dataclasses import replace

import pytest

from dmm import TASKS, Machine, Outcome, Parts, Settings, VValue, check, run, synthesise
from dmm.machine.machine import SYNCHRONOUS
from dmm.synthesis.repair import ATTEMPTS, around, disturbed
from dmm.vvalue.support import Support

TASK = TASKS["duplicates"]
every_task = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)


def broken(machine, seed):
    """The machine without one to three links, with one it should not have, and one weight changed."""
    chooser = random.Random(seed)
    links = [link[:4] for link in machine.links()]
    gone = chooser.sample(links, min(1 + seed % 3, len(links) - 1))
    rest = machine.matrix.restrict(machine.matrix.support - Support(gone))
    scaled = chooser.choice(list(rest.support))
    rest += VValue.from_paths({scaled: chooser.uniform(-0.5, 2) * rest[scaled].scalar})
    if seed % 2:
        spare = [
            path for path in around(machine, Parts(constants=())).matrix.support if path not in machine.matrix.support
        ]
        rest += VValue.from_paths({chooser.choice(spare): 0.5})
    return machine.with_matrix(rest)


@every_task
def test_the_space_holds_what_is_missing_and_what_is_there(task):
    for seed in range(8):
        machine = broken(task.teacher, seed)
        space = around(machine, task.parts)
        assert task.teacher.matrix.support <= space.matrix.support
        assert machine.matrix.support <= space.matrix.support
        assert space.unhooked().hard == task.teacher.unhooked().hard
        assert space.readouts == machine.readouts
        assert space.timing == machine.timing
        assert [problem for problem in check(space) if problem.severity == "error"] == []
        run(space, task.examples[0].inputs[:2])  # a cycle within a step would be refused


@every_task
def test_memories_keep_their_inputs_to_themselves(task):
    ends = {path[:2] for path in around(task.teacher, task.parts).matrix.support}
    assert not ends & {path[:2] for path in task.teacher.hard.support}


def test_constants_are_added_unless_there_is_such_a_one():
    parts = replace(
        TASK.parts, constants=("const_1", "five : constant(value = 5)", 'dot_mark : constant(value = {".": 1})')
    )
    machine = TASK.teacher.add("mine", "constant", value=5).add("mark", "constant", value=VValue({".": 1}))
    assert set(around(machine, parts).neurons) == set(machine.neurons)
    assert set(around(TASK.teacher, parts).neurons) - set(TASK.teacher.neurons) == {"five", "dot_mark"}


def test_a_source_is_added_where_there_is_none():
    machine = Machine().add("const_1").add("output").link("output.dict-1", "const_1.const_1")
    space = around(machine, replace(TASK.parts, constants=()))
    assert ("output", "dict-2", "input", "char") in space.matrix.support


def test_a_cycle_of_the_machine_is_kept():
    machine = Machine().add("input").add("id-1").add("id-2").add("output").link("id-1.x", "input.char")
    machine = machine.link("id-2.x", "id-1.x").link("id-1.x", "id-2.x", 0.5).link("output.dict-1", "id-2.x")
    assert machine.matrix.support <= around(machine, TASK.parts).matrix.support


def test_the_first_attempt_is_the_machine_as_given():
    machine = broken(TASK.teacher, 1)
    space = around(machine, TASK.parts)
    first = disturbed(machine, space, 1, seed=0, scale=0.05)
    assert first.matrix == machine.matrix
    assert first.neurons == space.neurons
    for inputs, _ in TASK.examples:
        assert run(first, inputs) == run(machine, inputs)


def test_later_attempts_add_small_weights_to_all_other_links():
    machine = broken(TASK.teacher, 2)
    space = around(machine, TASK.parts)
    second, third, again = (disturbed(machine, space, attempt, seed=0, scale=0.05).matrix for attempt in (2, 3, 3))
    assert second.support == third.support == space.matrix.support
    assert third == again
    for path, weight in machine.matrix.items():
        assert second[path].scalar == third[path].scalar == weight
    noise = [abs(x.scalar) for x in (second[path] for path in second.support - machine.matrix.support)]
    assert 0 < max(noise) < 0.05 * 5
    assert disturbed(machine, space, 2, seed=1, scale=0.05).matrix != second


@pytest.mark.slow
@pytest.mark.trains
def test_a_broken_duplicate_detector_is_repaired():
    wrong = TASK.teacher.unlink("norm.dict", "accum.dict").link("dot.dict-1", "accum.dict", 0.6)
    found = synthesise(TASK, start=wrong, settings=Settings(choice=1, streams=300, longest=100))
    assert found.outcome is Outcome.EXACT
    assert found.attempts <= ATTEMPTS  # so it was not found from scratch
    assert found.circuit.with_no_metadata().matrix == TASK.teacher.matrix


def test_a_synchronous_machine_stays_synchronous():
    teacher = TASKS["running-sum"].teacher
    assert around(teacher, TASKS["running-sum"].parts).timing == SYNCHRONOUS
