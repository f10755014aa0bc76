"""What a type declares holds in both engines; what it returns wrongly is said in one sentence naming it."""

import pytest

from dmm import CompileError, Machine, VValue, neuron_type, relu, run


def alone(function, name="mine"):
    """A machine in which the type listens to a timer, by a declared input and by an undeclared one."""
    kind = neuron_type(inputs=("x",), outputs=("y",), name=name)(function)
    machine = Machine().add("timer").add("mine", kind).read("mine")
    return machine.link("mine.x", "timer.timer").link("mine.other", "timer.timer")


@pytest.mark.parametrize(
    "function",
    [
        lambda v: {"y": v["x"] + v["other"]},
        lambda v: {"y": v.max_norm()},
        lambda v: {"y": VValue({"t": 2}) * relu(v["x"].scalar)},
        lambda v: {"y": VValue({"t": 2}).dot(VValue({"t": 3})) + v["x"].scalar},
    ],
    ids=["undeclared input", "norm of all", "constant times scalar", "constants alone"],
)
def test_both_engines_agree_on(function):
    machine = alone(function)
    stream = [VValue()] * 5
    assert run(machine, stream, engine="compile", dtype="float32") == run(machine, stream, dtype="float32")
    assert any(run(machine, stream))


WRONG = {
    "an undeclared output": (lambda v: {"z": 3}, "emitted 'z'"),
    "nothing": (lambda v: None, "returned None"),
    "a list": (lambda v: [1], r"returned \[1\]"),
    "a text": (lambda v: {"y": "a"}, "'?a'?"),
}


@pytest.mark.parametrize(("function", "reason"), WRONG.values(), ids=WRONG)
def test_wrong_outputs_are_refused(function, reason):
    with pytest.raises((ValueError, TypeError), match=reason):
        run(alone(function), [VValue()] * 2)
    with pytest.raises(CompileError, match=f"'mine' cannot be compiled: .*{reason}"):
        run(alone(function), [VValue()] * 2, engine="compile")


@pytest.mark.parametrize(
    "function",
    [lambda v: {"y": 1 if v["x"] else 5}, lambda v: {"y": 1 if v["x"].scalar > 0 else 0}, lambda v: {"y": v.children}],
    ids=["truth", "comparison", "children"],
)
def test_what_depends_on_numbers_is_refused_by_the_compiler_alone(function):
    with pytest.raises(CompileError, match="'mine' cannot be compiled"):
        run(alone(function), [VValue()] * 2, engine="compile")
