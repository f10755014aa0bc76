"""Runs to report on: one that was trained, and others that were written by hand."""

from pathlib import Path

import pytest

import tiny
from dmm import TASKS, Machine, Task, VValue, symbols, synthesise
from pages import halving, write_run


@pytest.fixture(scope="session")
def trained(tmp_path_factory) -> Path:
    """The folder of a short run of a task of the library, which ends with an exact circuit of two links."""
    task = TASKS["running-sum"].with_parts(neurons=("accum", "delay"), layers=1, width=1)
    path = tmp_path_factory.mktemp("runs") / "trained"
    synthesise(task, seed=1, settings=tiny.QUICK, out=path)
    return path


@pytest.fixture
def exact(tmp_path) -> Path:
    """A run of the running sum that ended with the teacher itself."""
    task = TASKS["running-sum"]
    return write_run(tmp_path / "exact", task, task.teacher)


@pytest.fixture
def wrong(tmp_path) -> Path:
    """A run of the running sum that ended with a circuit that says half of it."""
    return write_run(tmp_path / "wrong", TASKS["running-sum"], halving(), failing=(VValue(), VValue(4)))


@pytest.fixture
def unfinished(tmp_path) -> Path:
    """A run that was killed before a circuit was judged."""
    return write_run(tmp_path / "unfinished", TASKS["running-sum"], halving(), done=False)


@pytest.fixture
def counting() -> Task:
    """A task of one's own, of symbols: how many have come; trained on four a's."""
    machine = Machine().with_timing("synchronous").add("input").add("accum").add("norm").add("output", "numbers")
    machine = machine.link("accum.dict-2", "input.char").link("norm.dict", "accum.dict").link("output.sum", "norm.norm")
    return Task.taught("counting", "the largest count", machine, [symbols("aaaa")], parts=TASKS["running-sum"].parts)
