"""Machines in synchronous timing on the command line: they run, show and compare like any other."""

import pytest

from dmm.machine.files import save_machine
from dmm.machine.retime import to_unit_delay
from dmm.tasks.duplicates import teacher


@pytest.fixture
def prompt(tmp_path):
    """A machine file: the duplicate detector, whose answers come at once."""
    path = tmp_path / "prompt.json"
    save_machine(teacher().with_timing("synchronous"), path)
    return path


@pytest.mark.parametrize("engine", ["compile", "interpret"])
def test_run_answers_within_the_step(dmm, prompt, engine):
    done = dmm("run", prompt, "--text", "aab.", "--ticks", 5, "--engine", engine, "--json")
    assert done.json == {
        "outputs": [[0, {"dict-1": 1}, {"dict-1": 1}, {"dict-1": 1, "dict-2": 1}, {"dict-1": 1, "dict-2": 2}]]
    }


def test_show_says_so(dmm, prompt):
    assert dmm("show", prompt).out.startswith("timing synchronous\n")
    assert dmm("show", prompt, "--as", "json").json["timing"] == "synchronous"


def test_eval_compares_machines_of_both_timings(dmm, prompt, detector):
    """With room between the characters, all answers but those under way agree."""
    done = dmm("eval", prompt, "--against", prompt, "--text", "aab.", "--json")
    assert done.json["loss"] == 0
    done = dmm("eval", prompt, "--against", detector, "--text", "aab.", "--every", 9, "--ticks", 36, "--json")
    assert done.json["loss"] == 4 + 3


def test_a_retimed_machine_is_a_file_like_any_other(dmm, tmp_path):
    retimed = to_unit_delay(teacher().with_timing("synchronous"))
    save_machine(retimed.machine, tmp_path / "retimed.json")
    done = dmm("run", tmp_path / "retimed.json", "--text", "aa", "--ticks", 6, "--json")
    assert done.json["outputs"][0][retimed.lag :] == [0, {"dict-1": 1}]
