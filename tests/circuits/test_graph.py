"""What is drawn: all that the answer depends on, and nothing else, in the order of the data flow."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmm.circuits.graph import circuit_graph, data_flow, in_words
from dmm.interpret.cycle import run
from dmm.machine.check import MachineError
from dmm.machine.machine import SYNCHRONOUS, Machine
from dmm.vvalue.support import Support
from pictures import MACHINES, TEACHERS, drawn_links
from strategies import machines, odd_machines, streams, synchronous_machines


@pytest.mark.parametrize("machine", TEACHERS.values(), ids=TEACHERS)
def test_of_a_teacher_everything_is_drawn(machine):
    graph = circuit_graph(machine)
    assert {node.name for node in graph.nodes} == set(machine.neurons)
    assert {edge.path for edge in graph.edges if not edge.hard} == set(machine.matrix.support)
    foretold = {edge.path for edge in graph.edges if edge.weight == 0}
    hooks = {path for path in machine.hard.support if path[1] == path[3] == "hook"}
    assert {edge.path for edge in graph.edges if edge.hard} - foretold == set(machine.hard.support) - hooks
    assert bool(hooks) == bool(foretold) == bool(machine.own_matrix)
    assert (graph.unused_neurons, graph.unused_links) == (0, 0)


@given(odd_machines())
def test_drawn_is_what_a_readout_hears(machine):
    graph = circuit_graph(machine)
    neurons, links = drawn_links(machine)
    assert {node.name for node in graph.nodes} == neurons
    assert sorted((*e.path, e.weight, e.hard) for e in graph.edges) == sorted(
        (*x[:4], float(x.weight), h) for x, h in links
    )
    assert graph.unused_neurons == len(machine.neurons) - len(neurons)
    assert graph.unused_links == len(machine.matrix) + len(machine.hard) - len(links)


@given(machine=st.one_of(machines(recurrent=True), synchronous_machines()), stream=streams())
@settings(max_examples=25)
def test_without_what_is_left_out_the_answer_is_the_same(machine, stream):
    kept = Support(edge.path for edge in circuit_graph(machine).edges)

    less = replace(machine, matrix=machine.matrix.restrict(kept), hard=machine.hard.restrict(kept))
    assert run(less, stream)[0] == run(machine, stream)[0]


@given(synchronous_machines())
def test_links_at_once_never_go_back(machine):
    graph = circuit_graph(machine)
    assert not any(graph.goes_back(edge) for edge in graph.edges if edge.delay == 0)
    assert sorted(data_flow(machine)) == sorted(machine.neurons)


def test_links_go_back_only_around_cycles():
    graph = circuit_graph(MACHINES["duplicates"])
    assert [edge.is_loop for edge in graph.edges if graph.goes_back(edge)] == [True]


def test_delays_are_marked_where_others_act_at_once_and_at_loops():
    machine = Machine().add("input").add("delay").add("sum").add("accum").read("accum")
    machine = machine.link("delay.value", "input.char").link("sum.a", "delay.value").link("accum.dict-2", "sum.sum")
    for timing, late in ((machine.timing, {"accum"}), (SYNCHRONOUS, {"accum", "delay"})):
        graph = circuit_graph(machine.with_timing(timing))
        assert {edge.neuron for edge in graph.edges if graph.is_late(edge)} == late


def test_a_node_says_what_its_name_does_not():
    machine = Machine().add("input").add("dot-3-1").add("much", "dot", clip=100).add("total", "sum").read("total")
    for name, output in (("dot-3-1", "dot"), ("much", "dot")):
        machine = machine.link((name, "dict-1"), "input.char").link(("total", name), (name, output))
    captions = {node.word: node.caption for node in circuit_graph(machine).nodes}
    assert captions == {"input": "", "dot": "clip = 4", "much": "dot(clip = 100)", "total": "sum"}


def test_in_words():
    words = in_words(circuit_graph(MACHINES["duplicates"]))
    assert "accum hears input at dict-2, itself at dict-1." in words
    assert words.endswith("output hears compare.true at dict-1, dot at dict-2 and is read as the answer.")


def test_a_machine_with_errors_is_refused():
    with pytest.raises(MachineError, match="there is no neuron 'accum'; add it or remove the link"):
        circuit_graph(Machine().add("input").add("norm").link("norm.dict", "accum.dict").read("norm"))
