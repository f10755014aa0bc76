"""Machines as programs: executed in an empty namespace, they answer as the interpreter does; and they read well."""

import ast
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import published
from corpus import CORPUS, STARTED
from dmm import TASKS
from dmm.circuits.programs import kinds
from dmm.circuits.programs.order import statement_order
from dmm.circuits.programs.python import OPERATIONS, to_python
from dmm.circuits.programs.types import ROWS
from dmm.interpret.cycle import run
from dmm.machine.check import MachineError
from dmm.machine.machine import SYNCHRONOUS, Machine
from dmm.neurons.base import neuron_type
from dmm.neurons.registry import NEURON_TYPES
from dmm.synthesis.questions import drawn
from dmm.tasks.streams import symbols
from dmm.vvalue.tree import VValue
from strategies import KINDS, NESTING, labels, machines, select, started, streams, with_product
from synchronous import SYNCHRONOUS_CORPUS

GOLDEN = Path(__file__).parent / "golden"
BUILT_IN = {name: kind for name, kind in {**KINDS, **NESTING}.items() if name in NEURON_TYPES}
OUT_OF_ORDER = ("dot", "normalise", "softmax", "superfluid")
IN_ORDER = {name: kind for name, kind in BUILT_IN.items() if name not in OUT_OF_ORDER}
"""The types that add nothing up over the leaves of a tree, so that no addition of a program is in another order."""

MACHINES = {
    name: row
    for name, row in {**CORPUS, **SYNCHRONOUS_CORPUS, "started": STARTED["unit delay"]}.items()
    if all(neuron.type in NEURON_TYPES for neuron in row[0].neurons.values())
}


def function(text, name="circuit"):
    """The generator that a program defines, in a namespace of its own."""
    namespace = {}
    exec(compile(text, "program", "exec"), namespace)
    return namespace[name]


def answers(text, stream):
    return list(function(text)(item.to_nested() for item in stream))


def body(text):
    """The lines of the generator without comments and docstring."""
    lines = text[text.index("def circuit") : text.index("if __name__")].splitlines()
    return [line.strip() for line in lines[2:] if line.strip() and not line.strip().startswith("#")]


def expected(machine, stream):
    return [answer.map_leaves(float).to_nested() for answer in run(machine, stream)[0]]


def assert_close(found, wanted):
    """The same up to 1e-9 of the largest leaf, and in the form in which the interpreter gives it."""
    for answer, right in zip(found, wanted, strict=True):
        assert json.dumps(VValue(answer).to_nested()) == json.dumps(answer)
        difference, size = VValue(answer) - VValue(right), VValue(right).max_norm()
        assert difference.max_norm() <= 1e-9 * max(1, size)


# -- the same answers --------------------------------------------------------------------------------------------------


def unit_delay(**options):
    return machines(recurrent=True, **options)


def synchronous(**options):
    return machines(recurrent=True, timing=SYNCHRONOUS, often=("accum", "delay"), **options)


@settings(max_examples=200)
@given(unit_delay(kinds=IN_ORDER), streams())
def test_random_machines_in_unit_delay_to_the_last_bit(machine, stream):
    assert answers(to_python(machine), stream) == expected(machine, stream)


@settings(max_examples=200)
@given(synchronous(kinds=IN_ORDER), streams())
def test_random_synchronous_machines_to_the_last_bit(machine, stream):
    assert answers(to_python(machine), stream) == expected(machine, stream)


ANY_MACHINES = st.one_of(
    unit_delay(kinds=BUILT_IN, max_neurons=9),
    unit_delay(kinds=BUILT_IN, often=OUT_OF_ORDER),
    synchronous(kinds=BUILT_IN, max_neurons=9),
)


@settings(max_examples=300)
@given(ANY_MACHINES, streams())
def test_random_machines_of_all_types(machine, stream):
    assert_close(answers(to_python(machine), stream), expected(machine, stream))


@settings(max_examples=150)
@given(st.one_of(started(unit_delay(kinds=IN_ORDER)), started(synchronous(kinds=IN_ORDER))), streams())
def test_random_machines_that_do_not_start_as_zero_to_the_last_bit(machine, stream):
    assert answers(to_python(machine), stream) == expected(machine, stream)


@settings(max_examples=100)
@given(with_product(st.one_of(unit_delay(kinds=BUILT_IN), synchronous(kinds=BUILT_IN))), streams())
def test_outer_products_and_copies(machine, stream):
    assert_close(answers(to_python(machine), stream), expected(machine, stream))


WHOLE_WEIGHTS = st.sampled_from((1, 1, 1, -1, 2, 0.5, Fraction(-1, 3)))
ODD = {"kinds": BUILT_IN, "names": labels(), "weights": WHOLE_WEIGHTS, "max_neurons": 5}


@settings(max_examples=120)
@given(st.one_of(unit_delay(**ODD), synchronous(**ODD)), streams(ticks=4))
def test_machines_with_odd_names_and_plain_weights(machine, stream):
    assert_close(answers(to_python(machine), stream), expected(machine, stream))


@pytest.mark.parametrize(("machine", "stream"), MACHINES.values(), ids=MACHINES)
def test_corpus(machine, stream):
    assert_close(answers(to_python(machine), stream), expected(machine, stream))


STAYING = {name: task for name, task in TASKS.items() if not task.teacher.own_matrix}
"""Tasks whose teacher does not change its links, of which there is no program."""


@pytest.mark.parametrize("task", STAYING.values(), ids=STAYING)
def test_teachers(task):
    circuit = function(to_python(task.teacher))
    for stream in drawn(task, seed=5, count=1000, ticks=6):
        assert list(circuit(item.to_nested() for item in stream)) == expected(task.teacher, stream)


PUBLISHED = (
    "handcrafted", "ff3-initial", "ff3-sparse10-after-100", "ff3-sparse16-after-800", "ff3-sparse21-after-2000",
    "cf-initial", "cf-s2-342", "cf-s2-16", "rec1-510-steps", "rec5-run-1.1-1032-cut-0.001-851",
)  # fmt: skip


@published.needs_reference
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_machines(name):
    machine = published.machine(f"{name}.json")
    stream = published.text_stream("test string.", every=2, ticks=20)
    assert_close(answers(to_python(machine), stream), expected(machine, stream))


# -- what single things become -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "meant"),
    [
        (None, 0),
        (3, 3),
        ({":number": 3}, 3),
        ("a", {"a": 1}),
        ("", {"": 1}),
        ({"a": {":number": 2}}, {"a": 2}),
        ({"a": 0, "b": {}}, 0),
        ({"b": {":number": 1, "c": {"d": 2}}, ":number": -1}, {":number": -1, "b": {":number": 1, "c": {"d": 2}}}),
    ],
)
def test_the_forms_of_an_item(item, meant):
    echo = Machine().with_timing("synchronous").add("input").add("trees").link("trees.x", "input.char")
    assert list(function(to_python(echo))([item])) == [{"x": meant} if meant else 0]


def test_several_sources_hear_their_parts():
    machine, _ = CORPUS["several sources"]
    circuit = function(to_python(machine.read("b").with_timing("synchronous")))
    assert list(circuit([{"b": "x"}, "b", None, 7, {"a": 1}])) == [{"char": {"x": 1}}, {"char": 1}, 0, 0, 0]


def test_a_constant_is_heard_a_tick_late_where_that_matters():
    machine = Machine().add("const_1").add("sum").link("sum.x", "const_1.const_1", 2).read("sum")
    assert answers(to_python(machine), [VValue()] * 3) == [0, {"sum": 2}, {"sum": 2}]
    machine = Machine().add("input").add("const_1").add("compare").link("compare.dict-1", "input.char").read("compare")
    machine = machine.link("compare.dict-2", "const_1.const_1")
    stream = [VValue(x) for x in (5, 5, 0)]
    assert answers(to_python(machine), stream) == [0, {"true": 4}, {"true": 4}]


def test_neurons_in_a_circle_change_at_once():
    machine = Machine().add("input").add("a", "identity").add("b", "identity").read("a", "b")
    machine = machine.link("a.x", "b.x").link("b.x", "a.x").link("a.x", "input.char")
    stream = [VValue(x) for x in (1, 20, 300, 0, 0)]
    text = to_python(machine)
    assert answers(text, stream) == [
        0,
        {"a": {"x": 1}},
        {"a": {"x": 20}, "b": {"x": 1}},
        {"a": {"x": 301}, "b": {"x": 20}},
        {"a": {"x": 20}, "b": {"x": 301}},
    ]
    assert text.count("_before = ") == 1


@given(st.integers(1, 6), st.randoms(use_true_random=False))
def test_an_order_shows_everybody_the_values_they_need(count, chooser):
    everyone = list(range(count))
    new = {i: {j for j in range(i) if chooser.random() < 0.3} for i in everyone}
    old = {i: {j for j in everyone if chooser.random() < 0.3} for i in everyone}
    order, saved = statement_order(chooser.sample(everyone, count), new, old)
    place = {each: order.index(each) for each in everyone}
    assert sorted(order) == everyone
    for reader in everyone:
        assert all(place[source] < place[reader] for source in new[reader])
        late = {source for source in old[reader] if place[source] < place[reader]}
        assert late == {source for source, readers in saved.items() if reader in readers}


def test_nothing_is_saved_without_a_circle():
    chain = {i: {i + 1, i + 3} for i in range(20)}
    assert statement_order(range(24), {}, chain) == ([*range(24)], {})
    assert statement_order(range(23, -1, -1), {}, chain)[1] == {}


# -- how it reads ------------------------------------------------------------------------------------------------------


def test_the_duplicate_detector_reads_as_it_should():
    text = to_python(TASKS["duplicates"].teacher)
    assert text == (GOLDEN / "duplicates.py.txt").read_text(encoding="utf-8")


def test_scalars_are_plain_numbers():
    assert body(to_python(TASKS["running-sum"].teacher)) == [
        "accum = 0",
        "for item in stream:",
        "input = scalar(leaves(item))",
        "accum += input",
        'yield nonzero({"sum": accum}) or 0',
    ]


def test_what_there_is_at_first():
    machine = Machine().add("input").add("accum").add("delay_line", steps=3).add("const_1").add("norm").read("norm")
    machine = (
        machine.link("accum.dict-2", "input.char").link("norm.dict", "accum.dict").link("norm.dict", "const_1.const_1")
    )
    machine = machine.link("norm.dict", "delay_line.value").link("delay_line.value", "input.char")
    machine = machine.start("accum.dict", {"a": 1, "b": {"c": -0.5}}).start("const_1.const_1", -2)
    assert body(to_python(machine))[:4] == [
        "input = delay_line_line = delay_line_value = {}",
        'accum = {"a": 1, ("b", "c"): -0.5}',
        "const_1 = -2",
        "for item in stream:",
    ]
    assert answers(to_python(machine), [VValue({"a": 1})] * 5) == expected(machine, [VValue({"a": 1})] * 5)


def test_copies_of_subgraphs_are_one_call():
    machine = Machine(timing="synchronous").add("input").add("k", "constant", value={"a": {"x": {"b": {"y": 1}}}})
    machine = machine.add("copy", neurons={"b": 1, "a": 1}, outgoing=1).read("copy")
    machine = machine.link("copy.copies", "input.char").link("copy.matrix", "k.value")
    assert 'copy = copied_links({("a", "x", "b", "y"): 1}, input, {"a", "b"}, outgoing=True)' in body(
        to_python(machine)
    )


def test_weights_signs_and_constants_are_arithmetic():
    machine = Machine().with_timing("synchronous").add("input").add("norm").add("const_1").add("numbers")
    machine = machine.link("norm.dict", "input.char", -1).link("numbers.x", "norm.norm", -0.5)
    machine = machine.link("numbers.x", "const_1.const_1", 3).link("numbers.y", "norm.norm", -1)
    assert body(to_python(machine)) == [
        "for item in stream:",
        "input = leaves(item)",
        "norm = largest(scaled(-1, input))",
        'yield nonzero({"x": 3 - 0.5 * norm, "y": -norm}) or 0',
    ]


def test_what_does_not_matter_is_left_out():
    machine, _ = CORPUS["dead ends"]
    text = to_python(machine)
    assert "unread" not in text
    assert "lost" not in text
    assert body(text)[-4:] == [
        'answer = nonzero({"dict-1": 3 * norm}) or 0',
        "norm = largest(input)",
        "input = leaves(item)",
        "yield answer",
    ]


@settings(max_examples=100)
@given(ANY_MACHINES)
def test_only_what_is_called_is_defined_and_nothing_is_imported(machine):
    tree = ast.parse(to_python(machine))
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert set(defined) - used <= {"circuit"}
    imports = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imports == ["import sys"]
    assert all(ast.get_docstring(node) for node in tree.body if isinstance(node, ast.FunctionDef))


@settings(max_examples=100)
@given(ANY_MACHINES)
def test_no_line_is_too_long(machine):
    assert max(map(len, to_python(machine).splitlines())) <= 100


def test_the_name_of_the_function():
    text = to_python(TASKS["running-sum"].teacher, name="total")
    assert list(function(text, "total")([1, 2])) == [{"sum": 1}, {"sum": 3}]


# -- as a script -------------------------------------------------------------------------------------------------------


def script(path, *arguments, **environment):
    command = [sys.executable, "-I", str(path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **environment}).stdout


def test_as_a_script(tmp_path):
    teacher = TASKS["duplicates"].teacher
    path = tmp_path / "duplicates.py"
    path.write_text(to_python(teacher), encoding="utf-8")
    wanted = [f"{x} {a}" for x, a in zip("aaa. b. ", expected(teacher, symbols("aaa. b. ")), strict=True)]
    assert script(path, "aaa.", "b. ").splitlines() == wanted


def test_the_text_is_always_the_same(tmp_path):
    """Also in other processes, where sets have another order."""
    code = "import sys; sys.path[:0] = {path!r}; import dmm, published; from corpus import CORPUS\n"
    code += "from dmm.circuits.programs.python import to_python\n"
    code += "for name in ('two loops', 'decisions', 'fields alike and not'): print(to_python(CORPUS[name][0]))"
    code = code.format(path=[str(Path(__file__).parents[1])])
    runs = []
    for seed in "12":
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment)
        runs.append(done.stdout)
    assert runs[0] == runs[1]
    assert runs[0].count(b"def circuit") == 3


# -- the table of types, and errors ------------------------------------------------------------------------------------


def test_every_type_has_a_row():
    assert set(ROWS) == set(NEURON_TYPES)


def test_every_operation_is_used_by_some_row():
    share = Machine().add("timer").add("normalise").link("normalise.dict", "timer.timer").read("normalise")
    written = "\n".join(to_python(machine) for machine in (share, *(machine for machine, _ in MACHINES.values())))
    names = {node.id for node in ast.walk(ast.parse(written)) if isinstance(node, ast.Name)}
    assert OPERATIONS.keys() - names == set()


def test_a_new_type_without_a_row_is_named(monkeypatch):
    @neuron_type(inputs=("x",), outputs=("x",))
    def novel(v):
        "x = x"
        return {"x": v["x"]}

    monkeypatch.setattr(kinds, "NEURON_TYPES", {**NEURON_TYPES, "novel": novel})
    with pytest.raises(ValueError, match=r"which has no row in dmm\.circuits\.programs\.types"):
        to_python(Machine().add("n", novel).read("n"))


def test_a_type_of_the_users_own_is_refused():
    machine = Machine().add("input").add("mine", select).link("mine.mask", "input.char").read("mine")
    with pytest.raises(ValueError, match=r"neuron 'mine' is of type 'select'.* cannot be written as a program; put"):
        to_python(machine)
    assert answers(to_python(machine.read("input")), [VValue(1)]) == [{"char": 1}]  # it does not matter there


def test_a_type_of_the_users_own_under_a_known_name_is_refused():
    mine = replace(NEURON_TYPES["norm"])
    with pytest.raises(ValueError, match=r"neuron 'n' is of type 'norm', which is not one of the library's"):
        to_python(Machine().add("n", mine).read("n"))


def test_a_machine_with_errors_is_refused():
    with pytest.raises(MachineError, match="there is no neuron 'input'"):
        to_python(Machine().add("norm").link("norm.dict", "input.char").read("norm"))


@pytest.mark.parametrize("name", ["", "my circuit", "1st", "class", "leaves", "max", "text"])
def test_a_name_that_names_no_function_is_refused(name):
    with pytest.raises(ValueError, match=re.escape(f"{name!r} cannot be the name of the function; give")):
        to_python(TASKS["duplicates"].teacher, name=name)
