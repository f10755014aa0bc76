"""Making a neuron type: a few lines, and what the decorator refuses."""

import pytest

from dmm.compile.pipeline import compile_machine
from dmm.interpret.cycle import run
from dmm.machine.machine import Machine
from dmm.neurons.base import Memory, Range, neuron_type
from dmm.vvalue.flat import flatten
from dmm.vvalue.operations import max_norm, relu
from dmm.vvalue.tree import VValue


def test_a_type_in_a_few_lines():
    """It needs nothing but the decorator to be interpreted, compiled, linked and told apart."""

    @neuron_type(inputs=("x",), outputs=("size", "over"))
    def gauge(v, *, limit=2):
        """size = the norm of x, over = how far it exceeds limit"""
        return {"size": max_norm(v["x"]), "over": relu(max_norm(v["x"]) - limit)}

    machine = Machine().add("input").add("gauge-1", gauge).add("gauge-2", gauge, limit=0.5)
    for name in ("gauge-1", "gauge-2"):
        machine = machine.link(f"{name}.x", "input.char", 0.75)
    machine = machine.read("gauge-1", "gauge-2")
    stream = [VValue({"a": 2.0}), VValue({"b": -4.0}), VValue()]
    answers, _ = run(machine, stream)
    assert answers == [
        VValue(),
        VValue({"gauge-1": {"size": 1.5}, "gauge-2": {"size": 1.5, "over": 1}}),
        VValue({"gauge-1": {"size": 3, "over": 1}, "gauge-2": {"size": 3, "over": 2.5}}),
    ]
    assert compile_machine(machine, flatten(stream).support).run(stream)[0] == answers


def test_a_type_may_return_a_value():
    """A dictionary of outputs and a V-value, of either kind, mean the same; in both engines."""

    @neuron_type(inputs=(), outputs=("k",))
    def as_tree(v):
        """k = {a: 2}"""
        return VValue({"k": {"a": 2}})

    @neuron_type(inputs=(), outputs=("k",))
    def as_dictionary(v):
        """k = {a: 2}"""
        return {"k": VValue({"a": 2})}

    for kind in (as_tree, as_dictionary):
        machine = Machine().add("input").add("k", kind).read("k")
        assert run(machine, [VValue()])[0] == [VValue({"k": {"a": 2}})]
        assert compile_machine(machine, VValue().support).run([VValue()])[0] == [VValue({"k": {"a": 2}})]


def test_what_a_type_knows_of_itself():
    @neuron_type(inputs=("x",), outputs=None, memory=("x", "y"), name="other", source=True, sink=True)
    def some(v, *, a=1, b=VValue(2)):
        """The first line.

        And more.
        """
        return v

    assert some.name == "other"
    assert some.summary == "The first line."
    assert some.memory == Memory("x", "y")
    assert (some.source, some.sink, some.additive, some.stepwise) == (True, True, False, False)
    assert some.has_input("x")
    assert not some.has_input("y")
    assert some.has_output("anything")
    assert some.late == ("x",)
    assert some.settings({"b": {"c": 3}}) == {"a": 1, "b": VValue({"c": 3})}


REFUSED = {
    "additive without memory": ({"additive": True}, lambda v: v, "additive in a memory it does not have"),
    "memory at no input": ({"memory": ("z", "y")}, lambda v: v, "links 'y' to 'z'; it lacks one"),
    "memory of no output": ({"memory": ("x", "z")}, lambda v: v, "links 'z' to 'x'; it lacks one"),
    "late at no input": ({"late": ("z",)}, lambda v: v, "no input 'z' that could be late; name one it has"),
    "range of no parameter": (
        {"ranges": {"z": Range(0)}},
        lambda v: v,
        "no parameter 'z' for this range; name",
    ),
    "default out of range": (
        {"ranges": {"size": Range(1, whole=True)}},
        lambda v, *, size=0: v,
        "is 0 by default; give a whole number, 1 or more",
    ),
    "a product is not additive": (
        {"memory": ("x", "y"), "additive": True},
        lambda v: {"y": v["x"] * v["x"].scalar},
        r"not additive: f\(v \+ m\) is not f\(v\) \+ m; drop additive",
    ),
    "a factor is not additive": (
        {"memory": ("x", "y"), "additive": True},
        lambda v: {"y": 0.5 * v["x"]},
        "not additive",
    ),
    "forgetting a part is not additive": (
        {"memory": ("x", "y"), "additive": True},
        lambda v: {"y": v["x"].scalar},
        "not additive",
    ),
    "bending is not additive": (
        {"memory": ("x", "y"), "additive": True},
        lambda v: {"y": v["x"] - v["x"].scalar + relu(v["x"].scalar)},
        "not additive",
    ),
}


@pytest.mark.parametrize(("promise", "function", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refused_at_once(promise, function, sentence):
    with pytest.raises(ValueError, match=f"neuron type 'bad'.*{sentence}"):
        neuron_type(inputs=("x",), outputs=("y",), name="bad", **promise)(function)


def test_parameters_need_defaults():
    with pytest.raises(TypeError, match="parameter 'size' of neuron type 'bad' needs a default"):

        @neuron_type(inputs=("x",), outputs=("y",))
        def bad(v, *, size):
            """Nothing."""
            return {"y": size}
