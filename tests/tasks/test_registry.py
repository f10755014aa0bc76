"""Every task of the library: the teacher is right, examples are few and telling, the template holds the solution."""

import re
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmm import TASKS, VValue, check, run, symbols, template, trace
from dmm.interpret.cycle import read
from dmm.machine.machine import SYNCHRONOUS
from oracles import ORACLES, plain

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tasks.md"
every_task = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)


def expected(task, stream):
    """The answers of plain Python."""
    items = [plain(item) for item in stream]
    return [VValue(ORACLES[task.name](items[:tick])) for tick in range(1, len(items) + 1)]


def items_of(task):
    """The items of the task's examples and of some of its random streams."""
    return list(dict.fromkeys(chain(*(e.inputs for e in task.examples), *task.streams(seed=0, count=40, ticks=20))))


# -- the teacher -------------------------------------------------------------------------------------------------------


def test_every_task_has_an_oracle():
    assert list(ORACLES) == list(TASKS)
    assert all(task.name == name for name, task in TASKS.items())


@every_task
@pytest.mark.parametrize("ticks", [1, 30, 200])
def test_the_teacher_is_right_on_the_streams_of_the_task(task, ticks):
    for stream in task.streams(seed=ticks, count=6, ticks=ticks):
        assert task.answers(stream) == expected(task, stream)


@every_task
@settings(max_examples=25)
@given(data=st.data())
def test_the_teacher_is_right_on_any_stream(task, data):
    stream = tuple(data.draw(st.lists(st.sampled_from(items_of(task)), min_size=1, max_size=40)))
    assert task.answers(stream) == expected(task, stream)


@every_task
def test_the_compiled_teacher_answers_alike(task):
    stream = tuple(chain(*(e.inputs for e in task.examples), *task.streams(seed=2, count=4, ticks=20)))
    assert run(task.teacher, stream, engine="compile") == task.answers(stream)


@every_task
def test_the_teacher_is_a_small_machine_without_remarks(task):
    assert check(task.teacher) == []
    assert 2 <= len(task.teacher.matrix) <= 8


# -- examples and streams ----------------------------------------------------------------------------------------------


@every_task
def test_examples_are_few_and_short(task):
    assert 1 <= len(task.examples) <= 4
    for inputs, targets in task.examples:
        assert list(targets) == expected(task, inputs)
        assert (len(inputs) if task.parts.timing == SYNCHRONOUS else sum(map(bool, inputs))) <= 16


@every_task
def test_examples_start_both_in_silence_and_at_once(task):
    assert {bool(inputs[0]) for inputs, _ in task.examples} == {True, False}
    assert all(not all(inputs) for inputs, _ in task.examples)


def with_spares(machine):
    """With neurons that know what is easily taken for an answer: a one, the time, how much has come, what came last."""
    spare = machine.add("spare-one", "const_1").add("spare-time", "timer").add("spare-size", "norm")
    heard = (machine.sources[0], "char")
    spare = spare.add("spare-total", "accum").add("spare-last", "delay").link("spare-last.value", heard)
    return spare.link("spare-size.dict", heard).link("spare-total.dict-2", "spare-size.norm")


def neighbours(machine):
    """The machine with one link less, of another weight, or from another place, as far as these can run."""
    spare = with_spares(machine)
    ends = [(name, out) for name in spare.neurons for out in spare.type_of(name).outputs or ()]
    for link in machine.links():
        to, source = link[:2], link[2:4]
        without = spare.unlink(to, source)
        yield without
        yield from (without.link(to, source, factor * link.weight) for factor in (-1, 0.5, 2))
        moved = (without.link(to, end, sign * link.weight) for end in ends if end != source for sign in (1, -1))
        yield from (other for other in moved if not any(problem.severity == "error" for problem in check(other)))


def agrees(machine, examples):
    """Whether the machine answers all examples rightly; it is asked no further than to its first mistake."""
    return all(
        read(machine, tick.outputs) == target
        for inputs, targets in examples
        for tick, target in zip(trace(machine, inputs), targets, strict=True)
    )


def look_alikes(task):
    """Neighbours of the teacher that do what the examples show, and do not do what is meant."""
    others = [task.example(stream) for stream in task.streams(seed=5, count=8, ticks=24)]
    return [each for each in neighbours(task.teacher) if agrees(each, task.examples) and not agrees(each, others)]


@every_task
def test_examples_tell_the_teacher_from_its_neighbours(task):
    assert look_alikes(task) == []


def test_one_example_that_starts_at_once_tells_too_little():
    meagre = replace(TASKS["histogram"], examples=(TASKS["histogram"].example(symbols("aaaaaaaa")),))
    assert len(look_alikes(meagre)) >= 2  # that count the steps, or all symbols


@every_task
@pytest.mark.parametrize("ticks", [1, 50])
def test_random_streams_depend_on_the_seed_alone(task, ticks):
    assert task.streams(3, 40, ticks) == task.streams(3, 40, ticks) != task.streams(4, 40, ticks)
    assert [len(stream) for stream in task.streams(3, 40, ticks)] == [ticks] * 40
    assert all(isinstance(item, VValue) for item in items_of(task))


@every_task
def test_random_streams_ask_for_much(task):
    """Many answers, none of them most of the time, and more than the examples do."""
    answers = [x for stream in task.streams(seed=1, count=50, ticks=30) for x in task.answers(stream)]
    for label in task.parts.outputs:
        numbers = [x[label].scalar for x in answers]
        most = max(numbers.count(number) for number in set(numbers))
        assert most / len(numbers) < 0.9
        known = [x[label].scalar for _, targets in task.examples for x in targets]
        assert max(numbers) >= max(known)


def test_words_are_judged_by_words_never_seen():
    task = TASKS["words"]
    seen = {plain(item) for inputs, _ in task.examples for item in inputs}
    drawn = {plain(item) for stream in task.streams(seed=1, count=20, ticks=20) for item in stream}
    assert len(seen) < len(drawn) == 13
    assert seen < drawn


# -- the template ------------------------------------------------------------------------------------------------------


def holds(whole, part):
    """Whether neurons of one machine can play those of another: of the same types, with all its links among them."""
    links = whole.matrix.support

    def place(players):
        named = [link for link in part.links() if {link.neuron, link.source} <= players.keys()]
        if not all((players[x.neuron], x.input, players[x.source], x.output) in links for x in named):
            return False
        rest = [name for name in part.neurons if name not in players]
        free = [name for name, kind in whole.neurons.items() if rest and kind == part.neurons[rest[0]]]
        return not rest or any(place({**players, rest[0]: name}) for name in free if name not in players.values())

    return whole.timing == part.timing and place({})


@every_task
def test_the_template_holds_the_teacher(task):
    assert holds(template(task.parts), task.teacher)
    assert not holds(template(replace(task.parts, layers=1)), TASKS["brackets"].teacher)


@every_task
def test_the_template_offers_more_than_the_teacher_needs(task):
    needed = {neuron.type for neuron in task.teacher.neurons.values()}
    offered = {neuron.type for neuron in template(task.parts).neurons.values()}
    assert needed < offered or task.name.startswith("duplicates")


# -- the page ----------------------------------------------------------------------------------------------------------


def row(task):
    """The row of the page about a task."""
    machine = task.teacher
    kinds = dict.fromkeys(x.type for name, x in machine.neurons.items() if name not in (*machine.sources, "output"))
    return [f"`{task.name}`", task.summary, str(len(machine.matrix)), ", ".join(f"`{kind}`" for kind in kinds)]


def test_the_page_lists_every_task():
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [re.split(r" *\| *", line)[1:-1] for line in lines] == [row(task) for task in TASKS.values()]
