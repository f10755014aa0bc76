"""Building a machine by hand: every verb returns a new machine, every mistake is named."""

import pytest
from hypothesis import given, settings

from dmm.machine.machine import Machine, Neuron, address, type_in_name
from dmm.vvalue.tree import VValue
from strategies import bend, machines


def small():
    return Machine().add("input").add("accum").add("norm").link("accum.dict-2", "input.char", 0.5)


def test_verbs_leave_the_machine_as_it_was():
    machine = small()
    before = (dict(machine.neurons), machine.matrix, machine.hard, machine.outputs, dict(machine.metadata))
    machine.add("dot").link("norm.dict", "accum.dict").unlink("accum.dict-2", "input.char").read("norm")
    machine.with_metadata(seed=1).with_matrix(VValue()).remember("accum").with_timing("synchronous")
    assert (dict(machine.neurons), machine.matrix, machine.hard, machine.outputs, dict(machine.metadata)) == before


def test_add_tells_the_type_from_the_name():
    machine = Machine().add("accum-1-2").add("id-3").add("x", "norm").add("y", bend, slope=0.1)
    assert [neuron.type for neuron in machine.neurons.values()] == ["accum", "identity", "norm", "bend"]
    assert machine.type_of("y") is bend
    assert machine.neurons["y"].parameters == {"slope": 0.1}


def test_add_gives_memory():
    assert [str(link) for link in small().hard_links()] == ["accum.dict-1 <- accum.dict"]
    assert [link.weight for link in small().hard_links()] == [1]


def test_link_adds_weights_and_unlink_takes_all_away():
    machine = small().link("accum.dict-2", "input.char", 0.25)
    assert [link.weight for link in machine.links()] == [0.75]
    machine = machine.unlink("accum.dict-2", "input.char").unlink("accum.dict-1", "accum.dict")
    assert not list(machine.all_links())


def test_opposite_weights_leave_no_link():
    assert not list(small().link("accum.dict-2", "input.char", -0.5).links())


def test_timing_is_unit_delay_unless_chosen_and_a_part_of_the_machine():
    assert small().timing == "unit delay"
    assert small().with_timing("synchronous").timing == "synchronous"
    assert small().with_timing("synchronous") != small()
    assert small().with_timing("synchronous").with_timing("unit delay") == small()
    assert small().with_timing("synchronous").add("dot").read("dot").timing == "synchronous"


def test_neurons_with_dots_in_their_names_are_linked_by_pairs():
    machine = Machine().add("a.b", "norm").link(("a.b", "dict"), ("a.b", "norm"))
    assert next(machine.links())[:4] == ("a.b", "dict", "a.b", "norm")
    assert address("a.b.c") == ("a", "b.c")


def test_trees_among_parameters_have_one_form():
    """However a parameter is written, equal machines are equal, also after a file."""
    forms = (VValue({"a": 1}), {"a": 1}, {"a": {":number": 1}, "b": 0})
    machines = [Machine().add("constant", value=form) for form in forms]
    assert machines[0] == machines[1] == machines[2]
    assert machines[0].neurons["constant"] == Neuron("constant", {"value": {"a": 1}})


def test_readouts_are_the_sinks_unless_named():
    machine = small().add("output").add("output-2")
    assert machine.readouts == ("output", "output-2")
    assert machine.read("norm").readouts == ("norm",)
    assert machine.sources == ("input",)


@pytest.mark.parametrize(
    ("mistake", "sentence"),
    [
        (lambda: small().add("accum"), "already"),
        (lambda: small().add("unheard-of"), r"neuron 'unheard-of'.*'unheard'.*known are input, eos"),
        (lambda: small().add("dot", clap=2), r"'dot' has no parameter 'clap'; it has clip"),
        (lambda: small().add("dot", clip="wide"), r"'clip' is 'wide'; give a finite number"),
        (lambda: small().with_timing("sync"), "there is no timing 'sync'; choose one of unit delay, synchronous"),
        (lambda: small().remember("norm"), "'norm' has no memory"),
        (lambda: small().link("norm", "accum.dict"), r"'norm' does not name a neuron and its field"),
        (lambda: small().link("norm.", "accum.dict"), r"'norm.' does not name"),
        (lambda: small().link(("norm", "dict", "x"), "accum.dict"), "does not name"),
        (lambda: small().link("norm.dict", "accum.dict", float("nan")), r"norm.dict.accum.dict is not finite"),
    ],
)
def test_mistakes_are_value_errors(mistake, sentence):
    with pytest.raises(ValueError, match=sentence):
        mistake()


def test_a_weight_is_a_number():
    with pytest.raises(TypeError, match=r"norm.dict.accum.dict is 'x', not a number"):
        small().link("norm.dict", "accum.dict", "x")


@settings(max_examples=30)
@given(machines(recurrent=True))
def test_unlinking_every_link_leaves_none(machine):
    for link in list(machine.all_links()):
        machine = machine.unlink(link[:2], link[2:4])
    assert not machine.matrix
    assert not machine.hard


@pytest.mark.parametrize(("name", "kind"), [("accum-1-1", "accum"), ("id-2", "identity"), ("norm", "norm"), ("-", "")])
def test_type_in_name(name, kind):
    assert type_in_name(name) == kind
