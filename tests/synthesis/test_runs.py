"""The run folder: a synthesis can be stopped, killed, taken up and put back, and ends with the same circuit."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import tiny
from dmm import TASKS, Outcome, load_machine, resume, synthesise
from dmm.cli.main import main
from dmm.synthesis.runs import RunFolder
from dmm.synthesis.search import advance
from dmm.synthesis.workbench import Workbench

pytestmark = [pytest.mark.trains, pytest.mark.usefixtures("compiled_once")]
TASK = tiny.sums()


@pytest.fixture(scope="module")
def whole(compiled_once, tmp_path_factory):
    """The folder of a run that nobody disturbed."""
    path = tmp_path_factory.mktemp("runs") / "whole"
    synthesise(TASK, seed=1, settings=tiny.HASTY, out=path)
    return path


def interrupt_at(count):
    """A listener that interrupts when it hears of progress for the `count`th time."""
    heard = iter(range(1, count))

    def listen(_):
        if next(heard, None) is None:
            raise KeyboardInterrupt

    return listen


def history(path):
    return [json.loads(line) for line in (path / "history.jsonl").read_text().splitlines()]


def untimed(path):
    return [{**entry, "seconds": 0} for entry in history(path)]


def assert_same_end(path, whole):
    assert (path / "circuit.json").read_bytes() == (whole / "circuit.json").read_bytes()
    assert untimed(path) == untimed(whole)
    seconds = [entry["seconds"] for entry in history(path)]
    assert seconds == sorted(seconds)


# -- stopping and going on ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [1, 4, 20])
def test_an_interrupted_run_is_taken_up_and_ends_with_the_same_circuit(tmp_path, whole, first):
    """Again and again: each time after some more moments of progress."""
    path = tmp_path / "run"
    found = synthesise(TASK, seed=1, settings=tiny.HASTY, out=path, listen=interrupt_at(first))
    assert found.outcome is Outcome.INTERRUPTED
    pause = first + 8
    while found.outcome is Outcome.INTERRUPTED:
        assert load_machine(found.path) == found.circuit
        found = resume(path, listen=interrupt_at(pause))
        pause += 5
    assert_same_end(path, whole)


def test_a_killed_run_is_taken_up_and_ends_with_the_same_circuit(tmp_path, whole, compiled_once):
    path = tmp_path / "run"
    program = (
        "import sys, time, tiny, dmm\n"
        "dmm.synthesise(tiny.sums(), seed=1, settings=tiny.HASTY, out=sys.argv[1], listen=lambda _: time.sleep(0.01))"
    )
    paths = {"PYTHONPATH": str(Path(tiny.__file__).parent), "JAX_COMPILATION_CACHE_DIR": str(compiled_once)}
    process = subprocess.Popen([sys.executable, "-c", program, str(path)], env=os.environ | paths)
    chooser = random.Random(1)
    units = chooser.randrange(1, len(history(whole)) - 3)
    written = path / "history.jsonl"
    while process.poll() is None and not (written.exists() and written.read_text().count("\n") >= units):
        time.sleep(0.002)
    time.sleep(chooser.uniform(0, 0.01))
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (path / "circuit.json").exists()
    assert main(["synth", "--resume", str(path), "--json"]) == 1
    assert_same_end(path, whole)


def test_a_finished_run_taken_up_says_the_same(whole):
    before = sorted((path, path.read_bytes()) for path in whole.rglob("*.json*"))
    first, again = resume(whole), resume(whole)
    assert {**first.as_json(), "seconds": 0} == {**again.as_json(), "seconds": 0}
    assert sorted((path, path.read_bytes()) for path in whole.rglob("*.json*")) == before


def test_a_run_that_was_killed_while_writing_history_is_taken_up(tmp_path):
    folder = RunFolder.create(tmp_path / "run", TASK, 3, tiny.HASTY)
    bench = Workbench(TASK, 3, tiny.HASTY)
    position = advance(bench, bench.start())
    folder.save(position, 1.0, accepted=True)
    with (folder.path / "history.jsonl").open("a") as file:
        file.write('{"unit": 2, "seconds": 9.0}\n{"unit": 3, "sec')
    taken_up = RunFolder.open(tmp_path / "run")
    assert taken_up.load() == position
    assert taken_up.unit == 1
    assert taken_up.seconds == 1.0
    assert [entry["unit"] for entry in history(folder.path)] == [1]


def test_a_run_is_put_back_to_where_it_stood(tmp_path, whole):
    path = tmp_path / "run"
    synthesise(TASK, seed=1, settings=tiny.HASTY, out=path)
    units = sorted(int(file.stem) for file in (path / "positions").iterdir())
    for unit in (units[0], units[len(units) // 2], units[-1]):
        stopped = resume(path, rewind=unit, listen=interrupt_at(1))
        assert stopped.outcome in (Outcome.INTERRUPTED, Outcome.NOT_FOUND)
        assert [entry["unit"] for entry in history(path)] == list(range(1, unit + 1))
        resume(path, rewind=unit)
        assert_same_end(path, whole)


def test_only_units_that_were_accepted_can_be_gone_back_to(whole):
    before = (whole / "position.json").read_text()
    for unit in (0, 10**6):
        with pytest.raises(ValueError, match=rf"nothing was accepted in unit {unit}; go back to one of 1, "):
            resume(whole, rewind=unit)
    assert (whole / "position.json").read_text() == before


# -- what is on disk ---------------------------------------------------------------------------------------------------


def test_the_folder_alone_says_what_the_run_is_about(whole):
    folder = RunFolder.open(whole)
    assert folder.settings.memory > 0  # as it was found when the run began, so that taking it up changes nothing
    assert replace(folder.settings, memory=None) == tiny.HASTY
    assert folder.task() == TASK
    assert folder.start is None
    assert [entry["unit"] for entry in history(whole)] == list(range(1, len(history(whole)) + 1))
    assert load_machine(whole / "circuit.json").metadata["task"] == "sums"


def test_a_repair_is_taken_up_with_the_machine_it_began_with(tmp_path):
    task = tiny.taught_sums()
    start = task.teacher.link("output.sum", "input.char", 0.5)
    stopped = synthesise(task, settings=tiny.HASTY, start=start, out=tmp_path / "run", listen=interrupt_at(4))
    assert stopped.outcome is Outcome.INTERRUPTED
    assert RunFolder.open(tmp_path / "run").start == start
    found = resume(tmp_path / "run", task=task)
    assert found.circuit == synthesise(task, settings=tiny.HASTY, start=start).circuit


def test_a_task_of_ones_own_is_taken_up_with_the_task(tmp_path):
    mine = tiny.taught_sums()
    found = synthesise(mine, seed=2, settings=tiny.HASTY, out=tmp_path / "run")
    with pytest.raises(ValueError, match="the teacher of task 'taught-sums' is not on disk; pass the task"):
        resume(tmp_path / "run")
    assert resume(tmp_path / "run", task=mine).circuit == found.circuit


def test_a_task_of_the_library_is_taken_up_by_its_name(tmp_path):
    task = TASKS["running-sum"].retaught([TASKS["running-sum"].examples[0].inputs])
    folder = RunFolder.create(tmp_path / "run", task, 0, tiny.HASTY)
    assert folder.task(TASKS["running-sum"]) == task  # with the examples that were learned from, not the library's


# -- folders that will not do ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken", [None, "{", "[]", '{"task": "sums"}', '{"task": 1, "seed": 0, "settings": {"x": 1}}']
)
def test_a_folder_that_holds_no_run_is_refused(tmp_path, broken):
    if broken is not None:
        (tmp_path / "config.json").write_text(broken)
    with pytest.raises(ValueError, match="no run to take up"):
        resume(tmp_path)


@pytest.fixture
def begun(tmp_path):
    """The folder of a run that has just begun."""
    folder = RunFolder.create(tmp_path / "run", TASK, 3, tiny.HASTY, start=tiny.taught_sums().teacher)
    folder.save(Workbench(TASK, 3, tiny.HASTY, start=tiny.taught_sums().teacher).start(), 1.0, accepted=True)
    return folder.path


@pytest.mark.parametrize("key", ["task", "summary", "taught", "parts", "seed", "settings"])
def test_a_config_with_something_missing_is_refused(begun, key):
    path = begun / "config.json"
    config = json.loads(path.read_text())
    del config[key]
    path.write_text(json.dumps(config))
    with pytest.raises(ValueError, match=r"no run to take up \(config\.json is missing or broken\)"):
        resume(begun)


@pytest.mark.parametrize("name", ["examples.jsonl", "held_out.jsonl", "start.json"])
def test_a_damaged_file_is_refused_by_name(begun, name):
    (begun / name).write_text("{")
    with pytest.raises(ValueError, match=rf"{name}.*broken JSON"):
        resume(begun)


DAMAGE = {
    "no steps": {"steps": None},
    "text for a number": {"attempt": "2"},
    "unknown stage": {"stage": "nap"},
    "strange workspace": {"workspace": ["nobody"]},
    "no machine": {"machine": "{}"},
    "no stream": {"challenges": [["x"]]},
    "no verdict": {"found": [{"circuit": "{}"}]},
    "text for a cut": {"cut": "deep"},
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_position_is_refused_in_a_sentence_that_names_it(begun, damage):
    path = begun / "position.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | damage))
    with pytest.raises(ValueError, match=r"position\.json"):
        resume(begun)


@pytest.mark.parametrize("text", ["[]", "", "{", "null"])
def test_a_position_that_is_none_is_refused(begun, text):
    (begun / "position.json").write_text(text)
    with pytest.raises(ValueError, match=r"position\.json: broken"):
        resume(begun)


def test_a_folder_in_use_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(ValueError, match="not empty; name another"):
        synthesise(TASK, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(ValueError, match="name a folder that can be written"):
        synthesise(TASK, out=tmp_path / "mine.txt" / "run")
