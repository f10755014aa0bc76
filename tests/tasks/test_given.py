"""Tasks given by examples: what is read off them, what is held out, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmm import Example, VValue, check, load_examples, run, task_from_examples, template
from dmm.machine.machine import SYNCHRONOUS, UNIT_DELAY
from dmm.tasks.examples import format_examples, parse_example
from dmm.tasks.task import item


def example(inputs, targets):
    """As a file has it: `None` for what is not scored."""
    return Example(tuple(map(item, inputs)), tuple(None if x is None else item(x) for x in targets))


NUMBER = example([1, 2], [3, None])
NAMED = example(["a", "b"], [{"high": 1}, {"low": 2, "high": -1}])
TREES = example(["a", "b"], [{"a": 1}, {"a": 1, "b": 2}])
DEEP = example([1, 2], [{"left": {"x": 1}}, {"right": 2}])


# -- what is read off the examples -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_one", "outputs", "readout"),
    [
        (NUMBER, ("answer",), "numbers"),
        (NAMED, ("high", "low"), "numbers"),
        (TREES, ("answer",), "trees"),
        (DEEP, ("left", "right"), "trees"),
        (example([1], [{"answer": 5}]), ("answer",), "numbers"),
        (example(["a", "b"], [{"c": 1}, {"a": 2}]), ("a", "c"), "numbers"),
    ],
    ids=["one number", "named numbers", "one tree", "named trees", "one named number", "not only symbols"],
)
def test_the_outputs_are_those_of_the_targets(given_one, outputs, readout):
    parts = task_from_examples([given_one]).parts
    assert (parts.outputs, parts.readout) == (outputs, readout)


@pytest.mark.parametrize("given_one", [NUMBER, NAMED, TREES, DEEP])
def test_targets_are_answers_of_a_machine(given_one):
    """Of the template's readout: a hand-made machine with these outputs answers in the same form."""
    task = task_from_examples([given_one], layers=1, width=1)
    machine = template(task.parts)
    assert [problem for problem in check(machine) if problem.severity == "error"] == []
    (learned,) = task.examples
    for target in learned.targets:
        if target is not None:
            assert not target.scalar
            assert set(target.labels) <= set(task.parts.outputs)
    if task.parts.outputs == ("answer",):
        wrapped = [None if x is None else x["answer"] for x in learned.targets]
        assert wrapped == list(given_one.targets)
    else:
        assert learned == given_one
    assert set(run(machine, learned.inputs)[0][-1].labels) <= set(task.parts.outputs)


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ([1, 2], ("const_1",)),
        (["b", "a", None, "b"], ("const_1", "a", "b")),
        ([{"a": 1, "input": 2}], ("const_1", "a", "input")),
        ([".", "x y", '"'], ("const_1", ".", "x y", '"')),
        ([str(k) for k in range(8)], ("const_1", *map(str, range(8)))),
        ([str(k) for k in range(9)], ("const_1",)),
    ],
    ids=str,
)
def test_constants_are_one_and_each_symbol_if_they_are_few(inputs, expected):
    task = task_from_examples([example(inputs, [1] * len(inputs))], layers=1, width=1)
    machine = template(task.parts)
    held = []
    for name, neuron in machine.neurons.items():
        if neuron.type == "const_1":
            held.append("const_1")
        elif neuron.type == "constant":
            (label,) = VValue(neuron.parameters["value"]).labels
            held.append(label)
            assert name.startswith("symbol-")
    assert sorted(held) == sorted(expected)


def test_what_is_said_is_not_inferred():
    task = task_from_examples(
        [NUMBER], name="mine", summary="all mine", outputs=("total",), constants=(), neurons=("delay",), layers=3,
        width=1, timing=UNIT_DELAY, lag=2, recurrent=True,
    )  # fmt: skip
    assert (task.name, task.summary, task.teacher) == ("mine", "all mine", None)
    assert task.parts.outputs == ("total",)
    assert (task.parts.constants, task.parts.neurons, task.parts.layers, task.parts.width) == ((), ("delay",), 3, 1)
    assert (task.parts.timing, task.parts.lag, task.parts.recurrent) == (UNIT_DELAY, 2, True)
    assert task.examples[0].targets == (VValue({"total": 3}), None)
    assert task_from_examples([NUMBER]).parts.timing == SYNCHRONOUS


# -- what is held out --------------------------------------------------------------------------------------------------


@given(st.integers(1, 23))
def test_every_fifth_is_held_out(count):
    examples = [example([k], [k]) for k in range(1, count + 1)]
    task = task_from_examples(examples, layers=1)
    held_out = [int(x.inputs[0].scalar) for x in task.held_out]
    learned = [int(x.inputs[0].scalar) for x in task.examples]
    assert held_out == [k for k in range(1, count + 1) if k % 5 == 0]
    assert sorted(held_out + learned) == list(range(1, count + 1))


def test_where_some_are_held_out_all_others_are_learned_from():
    task = task_from_examples([NUMBER] * 7, held_out=[example([4], [7])])
    assert len(task.examples) == 7
    assert task.held_out == (example([4], [{"answer": 7}]),)


# -- what is refused ---------------------------------------------------------------------------------------------------

REFUSED = {
    "no examples": ({"examples": []}, "no target says anything but zero"),
    "no targets": ({"examples": [NUMBER, Example((VValue(1),), None)]}, "example 2 has no targets; give one a step"),
    "held out without": ({"examples": [NUMBER], "held_out": [Example((VValue(1),), None)]}, "has no targets"),
    "nothing to answer": ({"examples": [example([1, 2], [0, None])]}, "no target says anything but zero"),
    "unknown neurons": ({"examples": [NUMBER], "neurons": ("mystery",)}, "unknown type 'mystery'"),
    "unknown constants": ({"examples": [NUMBER], "constants": ("mystery",)}, "unknown type 'mystery'"),
    "a name for a list": ({"examples": [NUMBER], "neurons": "accum"}, "neurons is 'accum'; give a list of names"),
    "no layers": ({"examples": [NUMBER], "layers": 0}, "layers is 0"),
    "another timing": ({"examples": [NUMBER], "timing": "swing"}, "the timing is 'swing'; choose"),
}


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_mistake_is_told(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        task_from_examples(**arguments)


# -- files of them -----------------------------------------------------------------------------------------------------

items = st.sampled_from([VValue(), VValue(2.5), VValue({"a": 1}), VValue({"b": {"c": -1}, "d": 2}), VValue({"é ·": 1})])
pairs = st.lists(st.tuples(items, st.none() | items), min_size=1, max_size=5)
several = st.lists(pairs.map(lambda steps: Example(*zip(*steps, strict=True))), min_size=1, max_size=4)


@given(several)
def test_examples_survive_the_disk(tmp_path_factory, examples):
    path = tmp_path_factory.mktemp("examples") / "examples.jsonl"
    path.write_text(format_examples(examples), encoding="utf-8")
    assert load_examples(path) == examples


def test_items_are_read_as_people_write_them():
    read = parse_example('{"inputs": ["a", null, 2, {"a": {"b": 1}}], "targets": [1, null, "x", 0]}')
    assert read.inputs == (VValue({"a": 1}), VValue(), VValue(2), VValue({"a": {"b": 1}}))
    assert read.targets == (VValue(1), None, VValue({"x": 1}), VValue())


@pytest.mark.parametrize(
    ("targets", "parts"),
    [
        ([{"lead": 2}], {"outputs": ("total",)}),
        ([{"a": 1, "b": 2}], {"outputs": ("a",)}),
        ([3], {"outputs": ("a", "b")}),
        ([{"a": {"b": 1}}], {"outputs": ("a",), "readout": "numbers"}),
    ],
)
def test_targets_that_no_output_can_answer_are_refused(targets, parts):
    with pytest.raises(ValueError, match=r"is nothing that the outputs .* can answer"):
        task_from_examples([example([1], targets)], **parts)


def test_with_several_inputs_symbols_are_those_under_their_names():
    two = [Example((VValue({"left": {"x": 1}, "right": {"y": 1}}),), (VValue(1),))]
    constants = task_from_examples(two, inputs=("left", "right")).parts.constants
    assert [c for c in constants if "left" in c or "right" in c] == []
    assert len(constants) == 3
    with pytest.raises(ValueError, match="not for the inputs left, right"):
        task_from_examples([Example((VValue(2),), (VValue(1),))], inputs=("left", "right"))
