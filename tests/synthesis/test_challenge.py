"""Challenges: short streams on which wrong machines fail, none for right ones."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

import dmm.synthesis.challenge as challenge_file
from comparing import differences
from dmm import Machine, Task, VValue
from dmm.machine.machine import SYNCHRONOUS
from dmm.synthesis.challenge import Challenger, counter_example
from dmm.tasks.duplicates import ALPHABET, DUPLICATES, teacher
from dmm.tasks.parts import Parts
from dmm.tasks.streams import spell
from dmm.tasks.task import Example

NOTHING = VValue()


@pytest.fixture(scope="module")
def challenger():
    return Challenger(DUPLICATES)


def capped(count):
    """Right until one character has come more than `count` times."""
    cap = teacher().add("const_1-cap", "constant", value=count).add("compare-cap")
    cap = cap.link("compare-cap.dict-1", "norm.norm").link("compare-cap.dict-2", "const_1-cap.value")
    return cap.link("output.dict-1", "compare-cap.true", -1)


def impatient(ticks):
    """Right only once the clock has passed so many ticks."""
    clock = teacher().add("timer").add("const_1-late", "constant", value=ticks).add("compare-late")
    clock = clock.link("compare-late.dict-1", "const_1-late.value").link("compare-late.dict-2", "timer.timer")
    return clock.link("output.dict-1", "compare-late.true")


WRONG = {
    "no clip": (teacher(clip=100), r"\.{5}···"),
    "a link missing": (teacher().unlink("output.dict-2", "dot.dot"), r"\.···"),
    "right for counts up to 3": (capped(3), r"([abcd.])\1{3}····"),
    "right for counts up to 9": (capped(9), r"([abcd.])\1{9}····"),
    "answers to the clock": (impatient(2), "···"),
    "always zero": (teacher().with_matrix(VValue()), r"\.···"),
}


@pytest.mark.parametrize(("machine", "text"), WRONG.values(), ids=WRONG)
def test_a_wrong_machine_is_shown_the_shortest_stream_that_tells(challenger, machine, text):
    stream, error = challenger.counter_example(machine)
    assert re.fullmatch(text, spell(stream))
    errors = [float(x.max_norm()) for x in differences(machine, teacher(), stream)]
    assert errors[-1] == error >= 1e-3
    assert max(errors[:-1], default=0) < 1e-3


def test_a_longer_find_is_made_smaller(monkeypatch):
    challenger = Challenger(DUPLICATES)
    monkeypatch.setattr(Challenger, "_systematic", lambda _: iter(()))
    monkeypatch.setattr(Challenger, "_recombined", lambda *_: iter(()))
    monkeypatch.setattr(Challenger, "_random", lambda *_: DUPLICATES.streams(3, 5, 40))
    first = challenger._shortest(challenger._questions, capped(3))
    found = challenger.counter_example(capped(3))
    assert len(first.stream) > len(found.stream) == 8
    assert set(found.stream) == set(challenger._alphabet[:2])  # silence, and the most common character
    assert found.error == 1
    monkeypatch.setattr(challenge_file, "ROUNDS", 0)
    assert challenger.counter_example(capped(3)) == first


def test_a_machine_that_is_right_has_no_counter_example(challenger):
    assert challenger.counter_example(teacher()) is None
    doubled = teacher().link("accum.dict-2", "input.char").link("norm.dict", "accum.dict", -0.5)
    assert challenger.counter_example(doubled.link("dot.dict-1", "accum.dict", -0.5)) is None


def test_the_tolerance_is_relative_to_the_answer():
    nearly = teacher().link("output.dict-2", "eos.char", 0).link("output.dict-1", "compare.true", 0.01)
    assert counter_example(nearly, DUPLICATES, tolerance=0.02) is None
    found = counter_example(nearly, DUPLICATES, tolerance=0.005)
    assert found.error == pytest.approx(0.01)
    with pytest.raises(ValueError, match="give a positive number"):
        counter_example(nearly, DUPLICATES, tolerance=0)


def test_task_and_seed_alone_choose_the_streams(challenger):
    again, other = Challenger(DUPLICATES), Challenger(DUPLICATES, seed=1)
    assert again._questions.panel.streams == challenger._questions.panel.streams
    assert other._questions.panel.streams != challenger._questions.panel.streams
    machine = capped(5)
    assert challenger.counter_example(machine) == again.counter_example(machine)


def test_what_is_tried(challenger):
    silence = (NOTHING,) * 14
    tried = {stream[:-14] for stream in challenger._questions.panel.streams}
    assert all(stream[-14:] == silence for stream in challenger._questions.panel.streams)
    assert 1500 < len(tried) < 4000
    assert {VValue({letter: 1}) for letter in ALPHABET} | {NOTHING} == {item for stream in tried for item in stream}
    texts = set(map(spell, tried))
    assert {"a" * n for n in range(1, 21)} <= texts
    assert {x + y + z for x in "ab.·" for y in "cd·" for z in "a.·"} <= texts
    assert max(map(len, tried)) == 2 * DUPLICATES.ticks


# -- other tasks -------------------------------------------------------------------------------------------------------

ONE, TWO = VValue(1), VValue(2)


def adder(weight=1.0):
    """The sum of all numbers so far, a tick late."""
    return Machine().add("input").add("accum").link("accum.dict-2", "input.char", weight).read("accum")


def totals(stream):
    """Refuses what comes after two equal numbers."""
    if any(x == y for x, y in pairwise(stream)):
        raise KeyError("twice")
    return [sum(v.scalar for v in stream[: i + 1]) for i in range(len(stream))]


def task(**given):
    examples = (Example((ONE, TWO), None), Example((TWO, ONE, TWO), None))
    return Task("total", "the sum so far", examples, **{"parts": Parts(outputs=("dict",), lag=1), **given})


def test_without_a_teacher_nothing_can_be_wrong():
    assert counter_example(adder(), task()) is None


def test_a_teacher_may_be_a_function_that_refuses_streams():
    synchronous = Parts(outputs=("dict",), lag=1, timing=SYNCHRONOUS)
    taught = task(teacher=totals, parts=synchronous)
    assert counter_example(adder(), taught) is None
    found = counter_example(adder(1.5), taught)
    assert found in {((ONE, NOTHING), 0.5), ((TWO, NOTHING), 1)}


def test_a_teacher_that_refuses_all_streams_shows_none_wrong():
    assert counter_example(adder(), task(teacher=lambda _: None)) is None


def test_nothing_is_appended_in_synchronous_timing():
    parts = Parts(outputs=("dict",), timing=SYNCHRONOUS)
    challenger = Challenger(task(teacher=adder(), parts=parts))
    assert (ONE,) in challenger._questions.panel.streams
    assert NOTHING not in challenger._alphabet
    assert challenger.counter_example(adder()) is None
    assert challenger.counter_example(adder().with_timing(SYNCHRONOUS)) == ((ONE,), 1)


def test_zero_is_tried_where_the_task_has_it():
    parts = Parts(outputs=("dict",), timing=SYNCHRONOUS)
    silent = task(teacher=adder(), parts=parts, streams=lambda *_: [(NOTHING, ONE)])
    assert Challenger(silent)._alphabet == [NOTHING, ONE, TWO]


def test_a_large_alphabet_is_tried_in_part():
    letters = [VValue({chr(ord("a") + i): 1}) for i in range(26)]
    wide = replace(DUPLICATES, streams=lambda seed, count, ticks: [tuple(letters[:ticks])] * count)
    challenger = Challenger(wide)
    assert len(challenger._alphabet) == challenge_file.LARGEST_ALPHABET + 1
    assert len(challenger._questions.panel.streams) < 4000
    assert challenger.counter_example(capped(3)) is not None
