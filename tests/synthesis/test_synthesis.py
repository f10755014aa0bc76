"""The main job end to end: small tasks in seconds, the duplicate detector in its time."""

import json
from dataclasses import replace

import pytest

import tiny
from dmm import (
    TASKS,
    Example,
    Outcome,
    VValue,
    characters,
    evaluate,
    load_machine,
    run,
    synthesise,
    task_from_examples,
    verify,
)

pytestmark = [pytest.mark.trains, pytest.mark.usefixtures("compiled_once")]
TASK = TASKS["duplicates"]


@pytest.mark.slow
def test_the_duplicate_detector_is_synthesised(tmp_path):
    """Seed 0, not chosen: the benchmark `synthesis` does the same for seeds 0 to 9."""
    found = synthesise("duplicates", seed=0, out=tmp_path / "run")
    assert found.outcome is Outcome.EXACT
    assert found.links <= 12
    assert verify(found.circuit, TASK, streams=200, longest=400, seed=99).exact
    published = evaluate(found.circuit, characters("test string.", every=10, ticks=140), against=TASK.teacher)
    assert published.loss <= 0.00161  # Bukatin's 19 links after 43.4 hours
    assert load_machine(found.path) == found.circuit


def test_a_task_of_the_library_ends_exact():
    task = TASKS["running-sum"]
    found = synthesise(replace(task, parts=tiny.PARTS), settings=tiny.QUICK)
    assert (found.outcome, found.exact, found.links, found.heldout_max_error) == (Outcome.EXACT, True, 2, 0)
    assert found.train_loss < 1e-12
    numbers = (5, -3, 1000, 0.5, 0, 0)
    answers = run(found.circuit, tuple(map(VValue, numbers)))
    assert answers == [VValue({"sum": sum(numbers[: k + 1])}) for k in range(6)]


def test_a_task_given_by_examples_ends_with_a_circuit_that_fits_them_all():
    found = synthesise(tiny.sums(), settings=tiny.QUICK)
    assert found.outcome is Outcome.FITS
    assert found.links == 2
    assert found.verdict.streams == 2  # those held out
    long = tiny.summed(range(-50, 60, 7))
    assert [x["answer"] for x in run(found.circuit, long.inputs)] == list(long.targets)


def test_a_teacher_may_be_a_function_of_ones_own():
    def total(stream):
        return [sum(x.scalar for x in stream[: k + 1]) for k in range(len(stream))]

    found = synthesise(replace(tiny.taught_sums(), teacher=total), settings=tiny.QUICK)
    assert found.outcome is Outcome.EXACT
    assert found.links == 2


def test_examples_that_contradict_those_held_out_are_not_fitted():
    task = tiny.sums()
    wrong = tuple(
        Example(inputs, tuple(VValue({"answer": -3 * x["answer"].scalar}) for x in targets))
        for inputs, targets in task.held_out
    )
    found = synthesise(replace(task, held_out=wrong), settings=replace(tiny.QUICK, attempts=1))
    assert found.outcome is Outcome.NOT_FOUND
    assert not found.exact
    assert found.train_loss < 1e-9  # of the examples it has done all it could
    assert found.verdict.failing is not None


def test_what_the_examples_leave_open_is_told():
    """Was there a 1 so far, or how many? Every example has just one, so both fit; seeds differ in what they find."""
    examples = [
        Example(tuple(VValue(int(k == at)) for k in range(4)), tuple(VValue(int(k >= at)) for k in range(4)))
        for at in (0, 1, 2, 3, 1)
    ]
    task = task_from_examples(examples, neurons=("accum", "peak"), constants=(), layers=1, width=1)
    found = (synthesise(task, seed=seed, settings=replace(tiny.QUICK, attempts=4, choice=2)) for seed in range(6))
    open_ = next(each for each in found if each.undecided)
    assert open_.outcome is Outcome.FITS
    assert sum(x.scalar for x in open_.undecided) > 1
    assert len(open_.undecided) == 2  # no shorter stream tells


@pytest.fixture(scope="module")
def failure(compiled_once):
    """A search that ends with nothing good, since any loss was good enough."""
    return synthesise(tiny.sums(), settings=tiny.HASTY)


def test_a_failure_says_what_was_tried(failure):
    assert failure.outcome is Outcome.NOT_FOUND
    assert failure.attempts == tiny.HASTY.attempts == len(failure.failures)
    assert all(sentence.startswith("a circuit of ") and " errs by " in sentence for sentence in failure.failures)
    assert failure.verdict.failing is not None


@pytest.mark.parametrize(
    ("change", "beginning"),
    [
        ({"loose": 1e-12}, "cutting led no further than 8 links"),
        ({"few": 8, "tight": 1e-15, "learning_rate": 1e-4}, "8 links fit the examples only to "),
    ],
    ids=["cutting", "fitting"],
)
def test_every_way_to_fail_has_its_sentence(change, beginning):
    found = synthesise(tiny.sums(), settings=replace(tiny.HASTY, attempts=1, cut=0.01, **{"few": 2, **change}))
    assert found.outcome is Outcome.NOT_FOUND
    assert [sentence[: len(beginning)] for sentence in found.failures] == [beginning]
    assert found.front == ()
    assert found.links == 8  # the best there is


def test_the_front_goes_from_small_to_right(failure):
    found = synthesise(tiny.taught_sums(), settings=replace(tiny.QUICK, few=8, tight=10.0, choice=3))
    for front in (found.front, failure.front):
        sizes, errors = [f.links for f in front], [f.verdict.max_error for f in front]
        assert front
        assert sizes == sorted(set(sizes))
        assert errors == sorted(set(errors), reverse=True)


def test_the_figures_as_plain_data(failure):
    plain = json.loads(json.dumps(failure.as_json(), allow_nan=False))
    assert plain["links"] == failure.links == len(failure.circuit.matrix)
    assert plain["outcome"] == Outcome.NOT_FOUND.value
    assert plain["failures"] == list(failure.failures)
    assert [VValue(x) for x in plain["failing"]] == list(failure.verdict.failing)
    assert [entry["links"] for entry in plain["front"]] == [found.links for found in failure.front]
    assert (plain["circuit"], plain["seed"], plain["attempts"]) == (None, 0, 2)


def test_the_seed_alone_chooses_the_circuit(failure):
    assert synthesise(tiny.sums(), settings=tiny.HASTY).circuit == failure.circuit
    assert synthesise(tiny.sums(), seed=9, settings=tiny.HASTY).circuit != failure.circuit


def test_interrupted_at_once_the_start_is_judged():
    def interrupt(_):
        raise KeyboardInterrupt

    found = synthesise(tiny.sums(), settings=tiny.HASTY, listen=interrupt)
    assert found.outcome is Outcome.INTERRUPTED
    assert (found.links, found.steps, found.front) == (8, 0, ())
    assert found.train_loss > 0


@pytest.mark.parametrize("seed", [-1, 0.5, "a", True, None])
def test_a_seed_is_a_whole_number_and_nothing_is_made_for_another(tmp_path, seed):
    with pytest.raises(ValueError, match="give a whole number"):
        synthesise("duplicates", seed=seed, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_an_unknown_task_is_refused():
    with pytest.raises(ValueError, match="no task 'triplicates'; there is duplicates"):
        synthesise("triplicates")


def test_nothing_is_made_for_parts_there_are_not(tmp_path):
    task = tiny.sums()
    with pytest.raises(ValueError, match="mystery"):
        synthesise(replace(task, parts=replace(task.parts, neurons=("mystery",))), out=tmp_path / "run")
    assert not (tmp_path / "run").exists()
