"""`check` finds every problem at once, each with its place and a remedy."""

import pytest
from hypothesis import given, settings

from dmm.machine.check import MachineError, check, refuse
from dmm.machine.machine import Machine, Neuron
from dmm.vvalue.tree import VValue
from strategies import machines


def errors(machine):
    return [problem for problem in check(machine) if problem.severity == "error"]


def broken():
    """Something wrong in every part."""
    return Machine(
        neurons={
            "norm": Neuron("norm"),
            "odd": Neuron("unheard-of"),
            "dot": Neuron("dot", {"clap": 1}),
            "accum": Neuron("accum"),
        },
        matrix=VValue(
            {
                "norm": {"dict": {"ghost": {"char": 1}, "norm": {"norm": 1}, "dot": {"lost": 1}}, "dict-9": 0.5},
                "accum": {"dict-1": {"accum": {"dict": 2}}},
                "dot": {"dict-7": {"accum": {"dict": 1}}},
            }
        ),
        hard=VValue({"accum": {"dict-1": {"accum": {"dict": 1}}}, "deep": {"a": {"b": {"c": {"d": 1}}}}}),
        outputs=("norm", "nobody"),
    )


def test_every_problem_at_once():
    found = [(problem.severity, problem.place) for problem in check(broken())]
    assert found == [
        ("error", "neuron odd"),
        ("error", "neuron dot"),
        ("error", "links, norm.dict-9"),
        ("error", "hard links, deep.a.b.c.d"),
        ("error", "accum.dict-1.accum.dict"),
        ("error", "norm.dict <- ghost.char"),
        ("error", "output nobody"),
        ("warning", "dot.dict-7 <- accum.dict"),
        ("warning", "norm.dict <- dot.lost"),
    ]
    assert all(problem.message and problem.remedy for problem in check(broken()))


def test_refusal_names_the_first_error_and_counts_the_rest():
    with pytest.raises(
        MachineError, match=r"neuron odd: its type 'unheard-of' is unknown; use one that there is, .*\(and 6 more"
    ) as e:
        refuse(check(broken()))
    assert e.value.problems == errors(broken())


def test_a_single_error_is_not_counted():
    with pytest.raises(MachineError) as e:
        refuse(check(Machine().add("norm")))
    assert str(e.value) == (
        "the machine: no neuron is read as its answer; add one of type 'output' or name some with read(...)"
    )


def test_an_unknown_timing_is_an_error():
    (problem,) = check(Machine(timing="soon").add("norm").read("norm"))
    assert str(problem) == "the machine: its timing is 'soon'; choose one of 'unit delay', 'synchronous'"
    assert problem.severity == "error"


def test_warnings_do_not_stop_a_machine():
    machine = Machine().add("norm").link("norm.lost", "norm.norm").link("norm.dict", "norm.gone").read("norm")
    assert [problem.severity for problem in check(machine)] == ["warning", "warning"]
    assert errors(machine) == []
    refuse(check(machine))


def test_both_ends_of_a_dead_link_are_told():
    machine = Machine().add("norm").link("norm.lost", "norm.gone").read("norm")
    assert [problem.message for problem in check(machine)] == [
        "type 'norm' has no input 'lost', so the link does nothing",
        "type 'norm' has no output 'gone', so the link does nothing",
    ]


@settings(max_examples=30)
@given(machines(recurrent=True))
def test_machines_made_by_verbs_are_sound(machine):
    assert errors(machine) == []


def test_an_unknown_type_is_answered_by_those_of_a_similar_name():
    (problem,) = [x for x in check(Machine(neurons={"n": Neuron("less_or_equals")}).read("n")) if x.severity == "error"]
    assert problem.remedy == "use one that there is, such as less_or_equal, or pass yours"
