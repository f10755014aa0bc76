"""The search: every stage goes on from where the last one stands, and what leads nowhere is told and left behind."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest

import tiny
from dmm import VValue, load_machine, template
from dmm.synthesis.position import Stage
from dmm.synthesis.probe import MOST
from dmm.synthesis.runs import RunFolder
from dmm.synthesis.search import STAGES, advance, knows
from dmm.synthesis.shrinking import next_attempt
from dmm.synthesis.workbench import Workbench

pytestmark = [pytest.mark.trains, pytest.mark.usefixtures("compiled_once")]

SLOW = replace(tiny.HASTY, learning_rate=1e-4, challenges=4)
"""So slow that nothing fits but by the generosity of these settings, and counter-examples are plenty."""


def positions(bench):
    """Every position of a synthesis, the first and the last included."""
    position = bench.start()
    yield position
    while position.stage is not Stage.DONE:
        position = advance(bench, position)
        yield position


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def walks(told):
    """The positions of two searches: by examples, and with a teacher from whom little is learned."""
    tasks = (tiny.sums(), tiny.HASTY), (tiny.taught_sums(), SLOW)
    benches = [Workbench(task, 5, settings, told.append) for task, settings in tasks]
    return [(bench, list(positions(bench))) for bench in benches]


def test_there_is_work_for_every_stage_but_the_last():
    assert {*STAGES, Stage.DONE} == {*Stage}


def test_all_stages_are_gone_through(walks):
    assert {position.stage for _, walk in walks for position in walk} == {*Stage}


def test_what_is_known_only_grows_and_links_within_an_attempt_only_shrink(walks):
    for _, walk in walks:
        for before, after in pairwise(walk):
            assert after.challenges[: len(before.challenges)] == before.challenges
            assert after.found[: len(before.found)] == before.found
            assert after.failures[: len(before.failures)] == before.failures
            assert after.steps >= before.steps
            if after.attempt == before.attempt and before.stage not in (Stage.MEND, Stage.THIN):
                assert len(after.machine.matrix) <= len(before.machine.matrix)
            else:
                assert before.stage in (Stage.MEND, Stage.THIN) or after.attempt == before.attempt + 1


def test_progress_is_told_and_steps_are_counted(walks, told):
    assert {progress.stage for progress in told} == {*STAGES}
    for bench, walk in walks:
        assert walk[-1].steps == max(p.steps for p in walk) > 0
        assert len(walk[-1].challenges) < bench.settings.challenges + MOST
    assert max(progress.steps for progress in told) == max(walk[-1].steps for _, walk in walks)


def test_a_position_of_the_search_is_known_and_others_are_not(walks):
    for bench, walk in walks:
        assert all(knows(bench, position) for position in walk)
    bench, walk = walks[0]
    assert not knows(bench, replace(walk[0], workspace=("nobody",)))
    assert not knows(bench, replace(walk[0], machine=walk[0].machine.add("norm-9")))
    backwards = walk[0].machine.link("accum-1-1.dict-2", "delay-1-1.value")
    assert not knows(bench, replace(walk[0], machine=backwards))


def test_a_search_can_be_repeated_from_any_position(walks):
    """Also by another workbench, whose programs are compiled for that position alone."""
    for bench, walk in walks:
        last = {position.stage: (position, after) for position, after in pairwise(walk)}
        fresh = Workbench(bench.task, bench.seed, bench.settings)
        for position, after in last.values():
            assert advance(fresh, position) == after


def test_positions_survive_the_disk_at_every_stage(walks, tmp_path):
    for number, (bench, walk) in enumerate(walks):
        folder = RunFolder.create(tmp_path / str(number), bench.task, 5, bench.settings)
        for position in walk:
            folder.save(position, 0.0, accepted=True)
            assert folder.load() == position
        checkpoints = sorted((folder.path / "checkpoints").iterdir())
        assert len(checkpoints) == folder.unit == len(walk)
        assert [load_machine(path) for path in checkpoints] == [x.circuit or x.machine for x in walk]


def test_counter_examples_join_the_data(walks):
    bench, walk = walks[1]
    learned = next(position for position in walk if position.challenges)
    fewer, more = bench.data(walk[0]), bench.data(learned)
    targets = [x for stream in learned.challenges for x in bench.task.example(stream).targets]
    assert more.scored.sum() == fewer.scored.sum() + len(targets)
    assert more.energy == pytest.approx(fewer.energy + sum(float(x.dot(x)) for x in targets))


def test_the_next_attempt_starts_afresh_and_remembers(walks):
    bench, walk = walks[1]
    position = replace(walk[-3], attempt=1, stage=Stage.FIT)
    after = next_attempt(bench, position, "why")
    assert (after.stage, after.attempt, after.loss) == (Stage.WARM_UP, 2, math.inf)
    assert after.machine == bench.start(2).machine != bench.start(1).machine
    assert (after.challenges, after.found, after.steps) == (position.challenges, position.found, position.steps)
    assert after.failures == (*position.failures, "why")
    last = next_attempt(bench, replace(position, attempt=bench.settings.attempts), "why")
    assert last.stage is Stage.THIN
    assert last.failures[-1] == "why"


def test_the_seed_and_the_attempt_choose_the_weights():
    task = tiny.sums()
    starts = [Workbench(task, seed, tiny.HASTY).start(attempt).machine for seed in (1, 2) for attempt in (1, 2)]
    assert len({start.matrix for start in starts}) == 4
    assert all(start.matrix.support == template(task.parts).matrix.support for start in starts)


def test_a_part_of_a_machine_keeps_the_links_among_its_neurons():
    whole = template(tiny.PARTS)
    part = whole.among(("input", "accum-1-1", "output"))
    assert set(part.neurons) == {"input", "accum-1-1", "output"}
    assert part.hard == whole.hard
    names = {frozenset(path[::2]) for path in part.matrix.support}
    assert names == {frozenset(pair) for pair in (("input", "accum-1-1"), ("accum-1-1", "output"), ("input", "output"))}


def test_a_machine_that_errs_as_little_is_as_good_and_no_other():
    task = tiny.taught_sums()
    bench = Workbench(task, 0, tiny.HASTY)
    same = bench.as_good_as(task.teacher, bench.start())
    assert same(task.teacher)
    assert same(task.teacher.link("output.sum", "accum.dict", 1e-12))
    assert not same(task.teacher.link("output.sum", "accum.dict", 1e-6))
    worse = task.teacher.with_matrix(VValue())
    assert bench.as_good_as(worse, bench.start())(task.teacher)
