"""The seed task: what its teacher computes, told apart from the teacher by counting in plain Python."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmm import TASKS, VValue, load_machine, run
from dmm.tasks.duplicates import TRAINING_TEXTS, teacher
from dmm.tasks.streams import spell

TASK = TASKS["duplicates"]


def expected(items, tick):
    """What the detector knows at a tick: counts until four ticks ago for the largest, three for the end marks."""
    largest = max(Counter(items[: max(0, tick - 4)]).values(), default=0)
    ends = Counter(items[: max(0, tick - 3)])["."]
    return {"dict-1": max(0, largest - 1), "dict-2": min(4, ends)}


@given(st.text("abé.", min_size=1, max_size=30))
def test_the_teacher_counts(text):
    answers = run(TASK.teacher, [VValue({character: 1}) for character in text])
    for tick, answer in enumerate(answers, 1):
        assert answer == VValue(expected(text, tick))


def test_the_teacher_is_the_published_hand_written_machine(reference):
    published = load_machine(reference / "dmm_lite" / "handcrafted.json")
    streams = TASK.streams(7, 5, 60)
    assert [run(published, s) for s in streams] == [run(TASK.teacher, s) for s in streams]


def test_the_clip_is_a_parameter():
    stream = [VValue({".": 1})] * 12
    assert run(teacher(clip=100), stream)[-1]["dict-2"].scalar == 9
    assert run(teacher(), stream)[-1]["dict-2"].scalar == 4


def test_training_is_as_small_as_promised():
    assert len(TRAINING_TEXTS) == len(TASK.examples) == 4
    assert all(len(text) <= 16 for text in TRAINING_TEXTS)
    assert len(set("".join(TRAINING_TEXTS))) == 5
    assert max(max(Counter(text).values()) for text in TRAINING_TEXTS) >= 8
    assert max(text.count(".") for text in TRAINING_TEXTS) > 4
    assert [spell(inputs).strip("·") for inputs, _ in TASK.examples] == list(TRAINING_TEXTS)
    assert len({len(inputs) for inputs, _ in TASK.examples}) == 1


@pytest.mark.parametrize("ticks", [1, 50])
def test_held_out_streams_depend_on_the_seed_alone(ticks):
    assert TASK.streams(3, 4, ticks) == TASK.streams(3, 4, ticks) != TASK.streams(4, 4, ticks)
    assert [len(stream) for stream in TASK.streams(3, 4, ticks)] == [ticks] * 4
