"""Templates that may change their own links, what is dead in them, and a whole synthesis that finds what to write."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tiny
from dmm import (
    TASKS,
    Machine,
    Outcome,
    Parts,
    Settings,
    VValue,
    load_machine,
    resume,
    run,
    synthesise,
    template,
    verify,
)
from dmm.machine.check import HaltedError
from dmm.synthesis.pruning import without_dead
from dmm.synthesis.simplify import simplified
from dmm.tasks.variables import told
from dmm.vvalue.support import Support
from governed import governed_machines

TASK = TASKS["variables"]
NUMBERS = Support([()])


def test_a_template_with_edits_holds_its_matrix_and_trains_what_is_written():
    parts = Parts(neurons=("identity",), constants=(), outputs=("x",), readout="numbers", layers=1, width=1)
    machine = template(replace(parts, fields=("identity.x",), edits=("identity-1-1.x <- input.char",)))
    assert machine.own_matrix == ("self", "dict")
    assert machine.neurons["place-1"].parameters == {"value": {"identity-1-1": {"x": {"input": {"char": 1}}}}}
    written = {str(link) for link in machine.links() if link.neuron == "edit-1"}
    assert written == {"edit-1.dict-2 <- identity-1-1.x", "edit-1.dict-2 <- input.char"}
    hard = {str(link) for link in machine.hard_links() if link.input != "hook"}
    assert hard == {"edit-1.dict-1 <- place-1.value", "self.dict-1 <- self.dict", "self.dict-2 <- edit-1.dict"}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"edits": ("a.x to b.y",)}, r"'a\.x to b\.y' is no link; write it as in 'norm\.dict <- accum\.dict'"),
        ({"edits": ("ax <- b.y",)}, "'ax' does not name a neuron and its field"),
        ({"edits": ("a.x <- b.y",), "timing": "synchronous"}, "edits are for a 'layered' template in 'unit delay'"),
        ({"edits": ("a.x <- b.y",), "template": "recurrent"}, "edits are for a 'layered' template in 'unit delay'"),
        ({"edits": "a.x <- b.y"}, "give a list of names"),
    ],
)
def test_edits_that_mean_nothing_are_refused(parts, message):
    with pytest.raises(ValueError, match=message):
        Parts(**parts)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ("nope.x <- input.char", r"edits, nope\.x <- input\.char: the template has no neuron 'nope'; it has input, "),
        ("identity-1-1.x <- x.char", "the template has no neuron 'x'"),
        ("norm-1-1.dict-2 <- input.char", "type 'norm' has no input 'dict-2'; it has dict"),
        ("norm-1-1.dict <- input.x", "type 'input' has no output 'x'; it has char"),
        ("input.x <- norm-1-1.norm", "type 'input' has no input 'x'; it has none"),
    ],
)
def test_edits_of_links_that_cannot_be_are_refused(edit, message):
    parts = Parts(neurons=("identity", "norm"), constants=(), outputs=("x",), layers=1, width=1, readout="numbers")
    with pytest.raises(ValueError, match=message):
        template(replace(parts, fields=("identity.x", "norm.dict", "norm.norm"), edits=(edit,)))


def test_edits_may_lead_to_neurons_that_are_still_to_come():
    parts = Parts(neurons=("norm",), constants=(), outputs=("x",), layers=1, width=1, readout="numbers")
    machine = template(replace(parts, edits=("norm-1-1-2.dict <- input.char", "sum-9.x <- norm-1-1-2.norm")))
    assert [str(link) for link in machine.links() if link.neuron == "edit-2"][:1] == ["edit-2.dict-2 <- input.char"]


@settings(max_examples=30, deadline=None)
@given(governed_machines(), st.lists(st.integers(-2, 2).map(VValue), min_size=6, max_size=6))
def test_removing_what_is_dead_changes_no_answer(machine, stream):
    alive = without_dead(machine, NUMBERS)
    assert alive.matrix.support <= machine.matrix.support
    try:
        expected = run(machine, stream)
    except HaltedError:
        return
    assert run(alive, stream) == expected


def test_what_only_a_future_link_will_hear_is_alive_and_the_rest_is_dead():
    place = {"answer": {"x": {"late": {"norm": 1}}}}
    machine = Machine().add("input").add("self", "accum").add("place", "constant", value=place).add("late", "norm")
    machine = machine.add("answer", "identity").add("idle", "norm").link("self.dict-2", "place.value")
    machine = machine.link("late.dict", "input.char").link("idle.dict", "input.char").read("answer")
    alive = without_dead(machine.governed_by("self.dict"), NUMBERS)
    assert set(alive.neurons) == {"input", "self", "place", "late", "answer"}
    assert not alive.matrix["idle"]
    assert alive.matrix["late"] == machine.matrix["late"]


def agrees(machine):
    """Whether the machine answers the examples of the task as its teacher does."""
    return all(run(machine, example.inputs) == list(example.targets) for example in TASK.examples)


def test_simplification_rounds():
    teacher = TASK.teacher
    rough = teacher.with_matrix(teacher.matrix.map_leaves(lambda x: x * 1.0004))
    assert simplified(rough, lambda machine: True) == teacher
    assert simplified(rough, lambda machine: False) == rough


def test_simplification_makes_one_product_of_two_and_turns_what_is_written_upright():
    teacher = TASK.teacher
    clumsy = teacher.unlink("multiply-2-1.dict-2", "value.char").add("multiply-1-1", "multiply")
    clumsy = clumsy.unlink("multiply-2-1.dict-2", "identity-1-1.x").link("multiply-2-1.dict-2", "identity-1-1.x")
    clumsy = clumsy.link("multiply-1-1.dict-1", "write.char").link("multiply-1-1.dict-2", "value.char")
    clumsy = clumsy.unlink("edit-1.dict-2", "multiply-2-1.dict").link("edit-1.dict-2", "multiply-2-1.dict", -1)
    clumsy = clumsy.link("edit-1.dict-2", "multiply-1-1.dict", -1)
    clumsy = clumsy.unlink("output.value", "identity-1-1.x").link("output.value", "identity-1-1.x", -1)
    clumsy = clumsy.link("multiply-1-1.dict-2", "identity-1-1.x", 0.5)
    clumsy = clumsy.link("multiply-2-1.dict-2", "identity-1-1.x", -0.5)
    assert agrees(clumsy)
    simple = simplified(clumsy, agrees)
    assert len(simple.matrix) == len(teacher.matrix) == 5
    assert sum(weight < 0 for _, weight in simple.matrix.items()) == 1
    assert agrees(simple)


@pytest.mark.trains
@pytest.mark.usefixtures("compiled_once")
def test_what_to_write_into_its_own_matrix_is_found():
    """Seed 0, not chosen: the benchmark `self_modification` does the same for seeds 0 to 4."""
    found = synthesise(TASK, seed=0, settings=Settings(choice=1, streams=500, longest=300))
    assert found.outcome is Outcome.EXACT
    assert found.links <= 8
    assert verify(found.circuit, TASK, streams=100, longest=300, seed=99).exact
    items = [*told("new", 40), *told("newer", 2), *told("new", -7), *told("new"), *told("newer"), VValue(), VValue()]
    assert run(found.circuit, items)[-2:] == [VValue({"value": -7}), VValue({"value": 2})]


@pytest.mark.trains
@pytest.mark.usefixtures("compiled_once")
def test_a_run_of_such_a_machine_is_written_and_taken_up_again(tmp_path):
    found = synthesise(TASK, settings=replace(tiny.HASTY, attempts=1), out=tmp_path / "run")
    assert load_machine(found.path) == found.circuit
    again = resume(tmp_path / "run", rewind=1)
    assert again.circuit.matrix == found.circuit.matrix


def test_a_verdict_tells_a_wrong_machine_from_a_right_one():
    """The panel runs compiled programs in pieces, and must hand the matrix on from the first of them."""
    right, wrong = TASK.teacher, TASK.teacher.link("output.value", "identity-1-1.x", 1)
    assert verify(right, TASK, streams=40, longest=60).max_error == 0
    verdict = verify(wrong, TASK, streams=40, longest=60)
    assert verdict.max_error == 3  # twice the largest value, less that value
    assert verdict.failing is not None
