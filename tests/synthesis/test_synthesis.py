"""The main job end to end, and what is on disk while it runs."""

import json
from dataclasses import replace

import pytest

from dmm import TASKS, Outcome, Settings, characters, evaluate, load_machine, resume, synthesise
from dmm.synthesis.runs import RunFolder
from dmm.synthesis.search import Search, Stage
from dmm.synthesis.verify import verify

pytestmark = pytest.mark.trains
TASK = TASKS["duplicates"]
QUICK = Settings(
    layers=2, width=1, warm_up=50, recovery=50, fine_recovery=50, polish=(1e-3,), polish_steps=50, attempts=1, few=12
)
"""Far too little to find anything, but all stages are gone through."""


@pytest.mark.slow
def test_the_duplicate_detector_is_synthesised(tmp_path):
    """Seed 0, not chosen: the benchmark `synthesis` does the same for seeds 0 to 9."""
    found = synthesise("duplicates", seed=0, out=tmp_path / "run")
    assert found.outcome in (Outcome.GOOD, Outcome.EXACT)
    assert found.links <= 12
    assert verify(found.circuit, TASK, count=20, factor=10, seed=99).max_error <= 0.1
    published = evaluate(found.circuit, characters("test string.", every=10, ticks=140), against=TASK.teacher)
    assert published.loss <= 0.00161  # Bukatin's 19 links after 43.4 hours
    assert load_machine(found.path) == found.circuit


def test_an_interrupted_run_is_taken_up_and_ends_with_the_same_circuit(tmp_path):
    whole = synthesise("duplicates", seed=1, settings=QUICK, out=tmp_path / "whole")

    def interrupt_at(count):
        heard = 0

        def listen(progress):
            nonlocal heard
            heard += 1
            if heard == count:
                raise KeyboardInterrupt

        return listen

    stopped = synthesise("duplicates", seed=1, settings=QUICK, out=tmp_path / "run", listen=interrupt_at(4))
    assert stopped.outcome is Outcome.INTERRUPTED
    assert load_machine(stopped.path) == stopped.circuit
    again = resume(tmp_path / "run", listen=interrupt_at(3))
    assert again.outcome is Outcome.INTERRUPTED
    finished = resume(tmp_path / "run")
    assert finished.circuit == whole.circuit
    assert (tmp_path / "run" / "circuit.json").read_bytes() == (tmp_path / "whole" / "circuit.json").read_bytes()
    units = [json.loads(line)["unit"] for line in (tmp_path / "run" / "history.jsonl").read_text().splitlines()]
    assert units == list(range(1, len(units) + 1))


def test_a_run_that_was_killed_while_writing_history_is_taken_up(tmp_path):
    folder = RunFolder.create(tmp_path / "run", "duplicates", 3, QUICK)
    search = Search(TASK, 3, QUICK)
    position = search.advance(search.start())
    folder.save(position, 1.0, accepted=True)
    with (folder.path / "history.jsonl").open("a") as history:
        history.write('{"unit": 2, "seconds": 9.0}\n{"unit": 3, "sec')
    taken_up = RunFolder.open(tmp_path / "run")
    assert taken_up.load() == position
    assert taken_up.unit == 1
    assert taken_up.seconds == 1.0


def test_positions_survive_the_disk_at_every_stage(tmp_path):
    folder = RunFolder.create(tmp_path / "run", "duplicates", 5, QUICK)
    search = Search(TASK, 5, QUICK)
    position, stages = search.start(), set()
    while position.stage is not Stage.DONE:
        position = search.advance(position)
        folder.save(position, 0.0, accepted=True)
        assert folder.load() == position
        stages.add(position.stage)
    assert stages >= {Stage.CUT, Stage.DONE}
    checkpoints = sorted((folder.path / "checkpoints").iterdir())
    assert len(checkpoints) == folder.unit
    assert load_machine(checkpoints[-1]) == position.machine


@pytest.mark.parametrize(
    "broken", [None, "{", '{"task": "duplicates"}', '{"task": 1, "seed": 0, "settings": {"x": 1}}']
)
def test_a_folder_that_holds_no_run_is_refused(tmp_path, broken):
    if broken is not None:
        (tmp_path / "config.json").write_text(broken)
    with pytest.raises(ValueError, match="no run to take up"):
        resume(tmp_path)


def test_a_folder_in_use_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(ValueError, match="not empty; name another"):
        synthesise("duplicates", out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(ValueError, match="name a folder that can be written"):
        synthesise("duplicates", out=tmp_path / "mine.txt" / "run")


@pytest.mark.parametrize(
    "setting",
    [
        {"layers": 0.5}, {"width": True}, {"attempts": float("inf")}, {"attempts": 0}, {"learning_rate": float("nan")},
        {"cut": 5.0}, {"polish": ()}, {"polish": 3e-3}, {"polish": (1e-3, "x")}, {"few": "3"}, {"penalty": -1},
    ],
    ids=str,
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(setting):
    (name,) = setting
    with pytest.raises(ValueError, match=f"the setting {name} is"):
        Settings(**setting)


@pytest.mark.parametrize("seed", [-1, 0.5, "a", True, None])
def test_a_seed_is_a_whole_number_and_nothing_is_made_for_another(tmp_path, seed):
    with pytest.raises(ValueError, match="give a whole number"):
        synthesise("duplicates", seed=seed, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda stored: stored | {"steps": None},
        lambda stored: stored | {"attempt": "2"},
        lambda stored: stored | {"stage": "nap"},
        lambda stored: stored | {"workspace": ["nobody"]},
        lambda stored: stored | {"machine": "{}"},
        lambda stored: [],
    ],
    ids=["no steps", "text for a number", "unknown stage", "strange workspace", "no machine", "a list"],
)
def test_a_damaged_position_is_refused_in_a_sentence_that_names_it(tmp_path, damage):
    folder = RunFolder.create(tmp_path / "run", "duplicates", 3, QUICK)
    folder.save(Search(TASK, 3, QUICK).start(), 1.0, accepted=True)
    path = folder.path / "position.json"
    path.write_text(json.dumps(damage(json.loads(path.read_text()))))
    with pytest.raises(ValueError, match=r"position\.json"):
        resume(folder.path)


def test_a_task_of_ones_own_is_taken_up_with_the_task(tmp_path):
    mine = replace(TASK, name="mine")
    found = synthesise(mine, seed=2, settings=QUICK, out=tmp_path / "run")
    with pytest.raises(ValueError, match="no task 'mine'"):
        resume(tmp_path / "run")
    assert resume(tmp_path / "run", task=mine).circuit == found.circuit


def test_an_unknown_task_is_refused():
    with pytest.raises(ValueError, match="no task 'triplicates'; there is duplicates"):
        synthesise("triplicates")
