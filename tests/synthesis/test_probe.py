"""Probing: the random stream on which a machine is the furthest off, by the interpreter's word."""

from dataclasses import replace

import pytest

from dmm import TASKS, VValue, run
from dmm.synthesis.probe import FAR, LONGEST, MOST, PROBE_SEED, STREAMS, Prober
from dmm.synthesis.questions import drawn

TASK = TASKS["duplicates"]
TEACHER = TASK.teacher
WRONG = {
    "no clip": replace(
        TEACHER, neurons={**TEACHER.neurons, "dot": TEACHER.neurons["dot"]._replace(parameters={"clip": 50})}
    ),
    "a link missing": TEACHER.unlink("output.dict-2", "dot.dot"),
    "a weight too large": TEACHER.link("norm.dict", "accum.dict", 0.8),
    "always zero": TEACHER.with_matrix(VValue()),
}


@pytest.fixture(scope="module")
def prober():
    return Prober(TASK, 3)


def largest_error(machine, stream):
    """Relative to what is expected, or to 1."""
    return max(
        abs(float((x - y)[label].scalar)) / max(1.0, abs(float(y[label].scalar)))
        for x, y in zip(run(machine, stream), run(TEACHER, stream), strict=True)
        for label in ("dict-1", "dict-2")
    )


@pytest.mark.parametrize("machine", WRONG.values(), ids=WRONG)
def test_a_wrong_machine_is_shown_where_it_is_really_wrong(prober, machine):
    streams = prober.worst(machine)
    assert 1 <= len(streams) <= MOST
    assert prober.worst(machine) == streams == Prober(TASK, 3).worst(machine)
    for stream in streams:
        assert LONGEST <= len(stream) <= LONGEST + TASK.parts.layers
        assert largest_error(machine, stream) > FAR


def test_the_worst_come_first_and_each_ends_with_an_answer_of_its_own(prober):
    """A machine that is silent errs by what is expected."""
    silence = (VValue(),) * TASK.parts.layers
    streams = [(*x, *silence) for x in drawn(TASK, PROBE_SEED + 3, STREAMS, LONGEST)]
    answers = {stream: run(TEACHER, stream) for stream in streams}

    def size(stream):
        return max(float(x.max_norm()) for x in answers[stream])

    found = prober.worst(WRONG["always zero"])
    assert len(found) == MOST
    assert len({answers[stream][-1] for stream in found}) == MOST
    assert [size(stream) for stream in found] == sorted(map(size, found), reverse=True)
    assert size(found[0]) == max(map(size, streams))
    others = [stream for stream in streams if answers[stream][-1] not in {answers[x][-1] for x in found}]
    assert max(map(size, others)) <= size(found[-1])


def test_a_machine_that_is_right_or_nearly_so_is_left_in_peace(prober):
    assert prober.worst(TEACHER) == []
    assert prober.worst(TEACHER.link("output.dict-2", "dot.dot", 0.01)) == []


def test_without_a_teacher_nobody_knows():
    assert Prober(replace(TASK, teacher=None), 3).worst(WRONG["always zero"]) == []


def test_the_seed_chooses_the_streams(prober):
    assert Prober(TASK, 4).worst(WRONG["a link missing"]) != prober.worst(WRONG["a link missing"])
