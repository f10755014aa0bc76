"""What the tests of the command line share: `dmm` run in this process, and small machine files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dmm.cli.main import main
from dmm.machine.files import save_machine
from dmm.tasks.duplicates import teacher


class Outcome(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which is to be one JSON document."""
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    """No compilation cache: with a relative path for it, a command does without."""
    monkeypatch.setenv("XDG_CACHE_HOME", "nowhere")


@pytest.fixture
def dmm(capsys) -> Callable[..., Outcome]:
    """Run `dmm` with the given arguments in this process."""

    def run(*arguments: object) -> Outcome:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return Outcome(status, *capsys.readouterr())

    return run


@pytest.fixture
def detector(tmp_path) -> Path:
    """A machine file: the hand-written duplicate detector."""
    path = tmp_path / "detector.json"
    save_machine(teacher(), path)
    return path


@pytest.fixture
def matrix(tmp_path) -> Path:
    """A bare network matrix: the end marks so far, by way of `dot`, which clips."""
    tree = {
        "accum": {"dict-2": {"input": {"char": 1}}},
        "dot": {"dict-1": {"accum": {"dict": 1}}, "dict-2": {"eos": {"char": 1}}},
        "output": {"dict-2": {"dot": {"dot": 1}}},
    }
    path = tmp_path / "matrix.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    return path
