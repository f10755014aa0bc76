"""What each pass of the compiler finds: supports, demand, schedule."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import CORPUS
from dmm.compile.demand import infer_demand
from dmm.compile.pipeline import compile_machine
from dmm.compile.schedule import Kind, schedule_neurons
from dmm.compile.supports import infer_supports
from dmm.interpret.cycle import run, trace
from dmm.machine.machine import SYNCHRONOUS, Machine
from dmm.vvalue.flat import flatten, unflatten
from strategies import STREAM, machines, streams, synchronous_machines
from synchronous import SYNCHRONOUS_CORPUS

ALL = {**CORPUS, **SYNCHRONOUS_CORPUS}


def schedule_of(name):
    machine, _ = ALL[name]
    return schedule_neurons(machine, infer_demand(machine, infer_supports(machine, STREAM)))


@settings(max_examples=40)
@given(machines(recurrent=True), streams(ticks=6))
def test_supports_hold_whatever_happens(machine, stream):
    """Nothing that the interpreter ever sees lies outside the inferred supports."""
    supports = infer_supports(machine, STREAM)
    for tick in trace(machine, stream):
        for name in machine.neurons:
            assert tick.outputs[name].support <= supports.outputs[name]
            received, kind = tick.inputs[name].support, machine.type_of(name)
            known = [path for path in received if kind.source or kind.has_input(path[0])]
            assert set(known) <= set(supports.inputs[name])


@settings(max_examples=40)
@given(machines(recurrent=True))
def test_demand_asks_for_what_can_be_had(machine):
    supports = infer_supports(machine, STREAM)
    demand = infer_demand(machine, supports)
    for name in demand.reads:
        assert demand.reads[name] <= supports.inputs[name]
        assert demand.emits[name] <= supports.outputs[name]
        assert {link.source for link in demand.links[name]} <= set(demand.reads)


@settings(max_examples=40)
@given(machines(recurrent=True))
def test_schedule_follows_the_data(machine):
    """Every neuron in demand stands in one stage, after all it listens to; only a loop or a memory looks at itself."""
    demand = infer_demand(machine, infer_supports(machine, STREAM))
    schedule = schedule_neurons(machine, demand)
    stage_of = {}
    for number, stage in enumerate(schedule.stages):
        for group in stage.groups:
            for name in group.members:
                assert name not in stage_of
                stage_of[name] = number
    assert set(stage_of) == set(demand.reads)
    for name, links in demand.links.items():
        for link in links:
            assert stage_of[link.source] <= stage_of[name]
            if stage_of[link.source] == stage_of[name]:
                kind = schedule.stages[stage_of[name]].kind
                assert kind is Kind.LOOP or (kind is Kind.RUNNING_SUM and link.source == name)


@pytest.mark.parametrize(
    ("name", "kinds"),
    {
        "counter": {Kind.AT_ONCE, Kind.RUNNING_SUM},
        "leaking accumulator": {Kind.AT_ONCE, Kind.RUNNING_SUM},
        "trained memory": {Kind.AT_ONCE, Kind.RUNNING_SUM},
        "fed memory": {Kind.AT_ONCE, Kind.LOOP},
        "constants": {Kind.AT_ONCE},
        "dead ends": {Kind.AT_ONCE},
        "two loops": {Kind.AT_ONCE, Kind.LOOP},
        "identity rings": {Kind.AT_ONCE, Kind.LOOP},
        "sum so far": {Kind.AT_ONCE, Kind.RUNNING_SUM},
        "difference": {Kind.AT_ONCE},
        "late and at once": {Kind.AT_ONCE, Kind.RUNNING_SUM, Kind.LOOP},
    }.items(),
)
def test_only_cycles_go_tick_by_tick(name, kinds):
    assert {stage.kind for stage in schedule_of(name).stages} == kinds


def test_loops_are_stages_of_their_own():
    assert [stage.kind for stage in schedule_of("two loops").stages].count(Kind.LOOP) == 2


def peaks(*between):
    """A chain of two running maxima, with these types in between, and how it is run."""
    machine = Machine().add("input").add("peak-1").add("peak-2").read("peak-2")
    machine = machine.link("peak-1.dict-2", "input.char").link("peak-2.dict-2", "peak-1.dict", 0.5)
    for kind in between:
        machine = machine.add(kind).link(f"{kind}.dict", "peak-1.dict").link("peak-2.dict-2", f"{kind}.dict", 2)
    return machine


def loops(machine):
    schedule = schedule_neurons(machine, infer_demand(machine, infer_supports(machine, STREAM)))
    return [
        sorted(name for group in x.groups for name in group.members) for x in schedule.stages if x.kind is Kind.LOOP
    ]


@given(streams())
@settings(max_examples=10)
def test_equal_loops_run_as_one_where_that_is_less_to_do(stream):
    """Under unit delay alone; what lies between two loops would have to go tick by tick, too."""
    assert loops(peaks()) == [["peak-1", "peak-2"]]
    assert loops(peaks("absolute")) == [["peak-1"], ["peak-2"]]
    assert loops(peaks().with_timing(SYNCHRONOUS)) == [["peak-1"], ["peak-2"]]
    program = compile_machine(peaks(), STREAM)
    found = program(program.weights, flatten(stream, STREAM)).answers
    for got, wanted in zip(unflatten(found), run(peaks(), stream)[0], strict=True):
        assert float((got - wanted).max_norm()) == pytest.approx(0, abs=1e-6)


@settings(max_examples=40)
@given(st.one_of(machines(recurrent=True), synchronous_machines()))
def test_waves_follow_the_links_that_act_at_once(machine):
    """Within a loop a neuron moves after those it listens to at once; under unit delay all move together."""
    demand = infer_demand(machine, infer_supports(machine, STREAM))
    for stage in schedule_neurons(machine, demand).stages:
        wave_of = {name: w for w, wave in enumerate(stage.waves) for group in wave for name in group.members}
        assert machine.timing == SYNCHRONOUS or set(wave_of.values()) == {0}
        for name, wave in wave_of.items():
            for link in demand.links[name]:
                if link.source in wave_of and not machine.delay(name, link.input):
                    assert wave_of[link.source] < wave


def test_neurons_of_one_type_move_in_waves():
    (loop,) = [stage for stage in schedule_of("waves in a loop").stages if stage.kind is Kind.LOOP]
    assert [[group.members for group in wave] for wave in loop.waves] == [
        [("delay",)],
        [("sum-1",)],
        [("sum-2",)],
        [("sum-3",)],
    ]
    assert str(loop) == "tick by tick: delay: delay, then sum: sum-1, then sum: sum-2, then sum: sum-3"


def test_neurons_that_nobody_reads_are_not_run():
    groups = list(schedule_of("dead ends").groups())
    assert sorted(name for group in groups for name in group.members) == ["input", "norm", "output"]


def test_equal_neurons_are_run_together():
    groups = {group.members for group in schedule_of("leaking accumulator").groups()}
    assert ("accum-1", "accum-2") in groups


def test_scalars_are_narrow():
    """`compare` reads scalars, so its sources send nothing else."""
    machine, _ = CORPUS["two loops"]
    demand = infer_demand(machine, infer_supports(machine, STREAM))
    assert set(demand.reads["compare"]) == {("dict-1",), ("dict-2",)}
    assert set(demand.emits["norm"]) == {("norm",)}


def test_passes_print():
    machine, _ = CORPUS["counter"]
    supports = infer_supports(machine, STREAM)
    demand = infer_demand(machine, supports)
    schedule = schedule_neurons(machine, demand)
    for text in map(str, (supports, demand, schedule)):
        assert [line for line in text.splitlines() if "accum" in line]
