"""Self-referential machines in every form that says all of them, and the forms and passes that refuse them."""

import pytest
from hypothesis import given, settings

from dmm.circuits.equations import to_equations
from dmm.circuits.equations_parser import parse_equations
from dmm.circuits.statements import readable
from dmm.machine.files import machine_from_json, machine_to_json
from dmm.machine.machine import Machine
from dmm.machine.retime import to_synchronous, to_unit_delay
from dmm.machine.text import format_machine, parse_machine
from dmm.reasons.contributions import contributions
from dmm.vvalue.tree import VValue
from governed import governed_machines

ODD = "a (0) = .b"


@settings(max_examples=60)
@given(governed_machines())
def test_round_trips(machine):
    assert parse_machine(format_machine(machine)) == machine
    assert machine_from_json(machine_to_json(machine)) == machine
    assert parse_equations(to_equations(machine)) == readable(machine)


def test_odd_names_are_read_back():
    machine = Machine().add(ODD, "identity").add("x", "sum").link((ODD, ODD), (ODD, ODD)).start((ODD, "#"), {ODD: -2})
    machine = machine.read(ODD).governed_by((ODD, ODD))
    assert parse_machine(format_machine(machine)) == machine
    assert machine_from_json(machine_to_json(machine)) == machine
    assert parse_equations(to_equations(machine)) == readable(machine)


def test_the_text_says_what_governs_and_what_comes_before_the_first_tick():
    machine = Machine().add("self", "accum").add("u", "identity").link("self.dict-2", "u.x").start("u.x", {"a": 1})
    assert format_machine(machine.read("u").governed_by("self.dict")) == (
        "outputs u\n"
        "governed by self.dict\n"
        "hooks u\n"
        "u : identity\n"
        "  x(0) = {a: 1}\n"
        "self : accum\n"
        "  dict-2 = u.x\n"
        "  dict-1 := self.dict"
    )


@pytest.mark.parametrize(
    "use",
    [
        lambda machine: machine.show("latex"),
        lambda machine: machine.show("python"),
        to_synchronous,
        to_unit_delay,
        lambda machine: contributions(machine, [VValue(1)] * 3, tick=3),
    ],
    ids=["latex", "python", "to synchronous", "to unit delay", "contributions"],
)
def test_what_speaks_of_links_that_stay_refuses_machines_that_change_them(use):
    machine = Machine().add("self", "accum").add("norm").link("norm.dict", "self.dict").read("norm")
    with pytest.raises(ValueError, match=r"links stay, and here self\.dict changes them; (show|leave|look)"):
        use(machine.governed_by("self.dict"))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('"own_matrix": "self.dict"', "own_matrix is a list of a neuron and its output"),
        ('"own_matrix": ["self", "dict", "x"]', "own_matrix is a list of a neuron and its output"),
        ('"own_matrix": ["nobody", "dict"]', "own matrix nobody.dict: there is no neuron 'nobody'; add it or name"),
        ('"initial": 3', "initial: not an object; nest neuron, output, V-value"),
        ('"initial": {"norm": 3}', "the number at norm belongs to no output; nest neuron, output, V-value"),
        ('"initial": {"norm": {"dict": 3}}', "neuron 'norm' has no output 'dict'; name one that its type has"),
    ],
)
def test_a_broken_file_is_told(entry, message):
    text = '{"format": "dmm-machine", "version": 1, "outputs": ["norm"], "neurons": {"norm": {"type": "norm"}}, %s}'
    with pytest.raises(ValueError, match=message):
        machine_from_json(text % entry)
