"""The two-stroke cycle: unit delay, state, trace, exact numbers; answers worked out by hand."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from corpus import CORPUS
from dmm.interpret.cycle import run, trace
from dmm.machine.check import MachineError
from dmm.machine.machine import Machine
from dmm.neurons.base import neuron_type
from dmm.vvalue.tree import VValue
from strategies import machines, streams

A, B, NOTHING = VValue({"a": 1}), VValue({"b": 1}), VValue()


def chain(length):
    """input -> copy-1 -> ... -> copy-length."""
    machine = Machine().add("input").add("copy-1", "identity").link("copy-1.x", "input.char")
    for i in range(2, length + 1):
        machine = machine.add(f"copy-{i}", "identity").link(f"copy-{i}.x", f"copy-{i - 1}.x")
    return machine.read(f"copy-{length}")


@pytest.mark.parametrize("length", [1, 2, 5])
def test_every_link_takes_a_tick(length):
    answers, _ = run(chain(length), [A] + [NOTHING] * 6)
    assert answers == [VValue({"x": A}) if tick == length else NOTHING for tick in range(7)]


def test_a_source_shows_its_item_at_once():
    answers, _ = run(Machine().add("input").read("input"), [A, NOTHING, B])
    assert answers == [VValue({"char": A}), NOTHING, VValue({"char": B})]


def test_paths_of_different_length_are_not_aligned():
    """x[t-1] - x[t-2]: a difference, made of a short path and a longer one."""
    machine = chain(1).add("out", "identity").link("out.y", "input.char").link("out.y", "copy-1.x", -1).read("out")
    answers, _ = run(machine, [VValue(x) for x in (5, 7, 7, 0)])
    assert [a["y"].scalar for a in answers] == [0, 5, 2, 0]


def test_accumulator_counts():
    machine = Machine().add("input").add("accum").link("accum.dict-2", "input.char").read("accum")
    answers, _ = run(machine, [A, B, A, NOTHING, NOTHING])
    counts = [{}, {"a": 1}, {"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 2, "b": 1}]
    assert answers == [VValue({"dict": count}) for count in counts]


def test_neurons_move_at_the_same_time():
    """Two neurons that copy each other swap, rather than one overwriting the other."""
    machine = Machine().add("input").add("p", "identity").add("q", "identity").link("p.x", "q.x").link("q.x", "p.x")
    state = VValue({"p": {"x": 1}, "q": {"x": 2}})
    answers, after = run(machine.read("p", "q"), [NOTHING] * 3, state)
    assert answers == [VValue({"p": {"x": p}, "q": {"x": q}}) for p, q in ((2, 1), (1, 2), (2, 1))]
    assert after == answers[-1]


def test_fibonacci():
    """Weights on a loop: f = f + g, g = f, from f = 1."""
    machine = (
        Machine().add("f", "identity").add("g", "identity").link("f.x", "f.x").link("f.x", "g.x").link("g.x", "f.x")
    )
    answers, _ = run(machine.read("f"), [NOTHING] * 8, VValue({"f": {"x": 1}}))
    assert [a["x"].scalar for a in answers] == [1, 2, 3, 5, 8, 13, 21, 34]


def test_several_sources_and_readouts_go_by_name():
    machine = (
        Machine().add("l", "input").add("r", "input").add("sum").link("sum.x", "l.char", 2).link("sum.y", "r.char")
    )
    answers, _ = run(machine.read("sum", "l"), [VValue({"l": A, "r": B}), NOTHING])
    assert answers == [VValue({"l": {"char": A}}), VValue({"sum": {"sum": {"a": 2, "b": 1}}})]


def test_links_into_sources_do_nothing():
    machine = Machine().add("input").add("const_1").link("input.char", "const_1.const_1").read("input")
    assert run(machine, [A] * 3)[0] == [VValue({"char": A})] * 3


def test_fields_a_type_does_not_have_read_as_zero():
    machine = Machine().add("input").add("norm").link("norm.dict", "input.lost").link("norm.lost", "input.char")
    assert run(machine.read("norm"), [A] * 3)[0] == [NOTHING] * 3


def test_duplicate_detector():
    """Largest count beyond 1, four links after the character; end marks, three links after, and at most 4."""
    machine = Machine().add("input").add("accum").add("norm").add("const_1").add("compare").add("eos")
    machine = machine.add("dot").add("output").link("accum.dict-2", "input.char").link("norm.dict", "accum.dict")
    machine = machine.link("compare.dict-1", "norm.norm").link("compare.dict-2", "const_1.const_1")
    machine = machine.link("dot.dict-1", "accum.dict").link("dot.dict-2", "eos.char")
    machine = machine.link("output.dict-1", "compare.true").link("output.dict-2", "dot.dot")
    answers, _ = run(machine, [VValue({c: 1}) for c in "abaa......"] + [NOTHING] * 3)
    assert [a["dict-1"].scalar for a in answers] == [0] * 6 + [1, 2, 2, 2, 2, 3, 4]
    assert [a["dict-2"].scalar for a in answers] == [0] * 7 + [1, 2, 3, 4, 4, 4]


# -- state and trace ---------------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(machines(recurrent=True), streams(ticks=6))
def test_in_pieces_as_in_one(machine, stream):
    answers, state = run(machine, stream)
    for cut in range(7):
        first, between = run(machine, stream[:cut])
        second, last = run(machine, stream[cut:], between)
        assert first + second == answers
        assert last == state


@settings(max_examples=30)
@given(machines(recurrent=True), streams(ticks=5))
def test_trace_is_the_equations(machine, stream):
    """x(t) = W y(t-1) for all but sources, y(t) = f(x(t)), neuron by neuron; `run` reads the same."""
    answers, state = run(machine, stream)
    outputs = VValue()
    for item, tick, answer in zip(stream, trace(machine, stream), answers, strict=True):
        for name in machine.neurons:
            received = sum(
                (VValue({link.input: link.weight * outputs[link.source, link.output]})
                 for link in machine.all_links() if link.neuron == name),
                start=VValue(),
            )  # fmt: skip
            wanted = item if name in machine.sources else received
            assert (tick.inputs[name] - wanted).max_norm() <= 1e-12 * max(1, wanted.max_norm())
            assert tick.outputs[name] == machine.apply(name, tick.inputs[name])
        outputs = tick.outputs
        readouts = machine.readouts
        assert answer == (outputs[readouts[0]] if len(readouts) == 1 else VValue({n: outputs[n] for n in readouts}))
    assert state == outputs


def test_no_ticks():
    machine, stream = CORPUS["counter"]
    _, state = run(machine, stream)
    assert run(machine, []) == ([], VValue())
    assert run(machine, [], state) == ([], state)


def test_the_stream_is_read_tick_by_tick():
    """Nothing is asked of the stream before its tick: endless streams are fine."""

    def endless():
        while True:
            yield A

    ticks = trace(CORPUS["counter"][0], endless())
    assert [next(ticks).outputs["accum", "dict", "a"].scalar for _ in range(4)] == [0, 1, 2, 3]


def test_a_machine_with_errors_is_refused_before_the_first_tick():
    with pytest.raises(MachineError, match="ghost"):
        next(trace(Machine().add("norm").link("norm.dict", "ghost.x").read("norm"), [A]))


# -- numbers -----------------------------------------------------------------------------------------------------------


def test_exact_fractions():
    """Ten tenths are one. Not so in floats."""
    machine = Machine().add("input").add("accum").add("norm").link("accum.dict-2", "input.char", Fraction(1, 10))
    machine = machine.link("norm.dict", "accum.dict").read("norm")
    (*_, exact), _ = run(machine, [A] * 12, number=Fraction)
    assert exact["norm"].scalar == 1
    assert isinstance(exact["norm"].scalar, Fraction)
    (*_, rounded), _ = run(machine, [A] * 12)
    assert rounded["norm"].scalar == 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 != 1


def test_single_precision():
    machine = Machine().add("input").add("accum").link("accum.dict-2", "input.char", 0.1).read("accum")
    (*_, answer), _ = run(machine, [A] * 4, number=np.float32)
    assert answer["dict", "a"].scalar == np.float32(0.1) + np.float32(0.1) + np.float32(0.1)
    assert answer["dict", "a"].scalar.dtype == np.float32


# -- growth ------------------------------------------------------------------------------------------------------------


@neuron_type(inputs=("first", "rest"), outputs=("list",))
def cons(v):
    """list = {this: first, next: rest}, where something came first; else the rest as it is"""
    if not v["first"]:
        return {"list": v["rest"]}
    return {"list": v.join({"this": v["first"], "next": v["rest"]})}


def test_trees_that_grow_without_bound():
    """A list of all items so far, newest first: one level deeper with every item."""
    machine = Machine().add("input").add("cons", cons).link("cons.first", "input.char").link("cons.rest", "cons.list")
    answers, _ = run(machine.read("cons"), [A, NOTHING, B, NOTHING, NOTHING])
    one = VValue({"list": {"this": A}})
    two = VValue({"list": {"this": B, "next": {"this": A}}})
    assert answers == [NOTHING, one, one, two, two]
    answers, _ = run(machine.read("cons"), [A] * 100)
    assert [a.depth for a in answers[1:]] == list(range(3, 102))


def test_growth_beyond_all_depth_is_a_sentence():
    machine = Machine().add("input").add("cons", cons).link("cons.first", "input.char").link("cons.rest", "cons.list")
    with pytest.raises(ValueError, match="deeper than 200 labels"):
        run(machine.read("cons"), [A] * 300)
