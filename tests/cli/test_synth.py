"""`dmm synth`: its contract, with settings so small that nothing good is found; the real thing is tested elsewhere."""

import json
import signal

import pytest

from dmm import Settings, load_machine
from dmm.cli.interrupt import noted_interruption
from dmm.cli.main import main
from dmm.cli.synth import _done
from dmm.synthesis import synthesise as module
from dmm.synthesis.search import Progress, Stage

pytestmark = pytest.mark.trains
QUICK = Settings(
    layers=1, width=1, warm_up=50, recovery=50, fine_recovery=50, polish=(1e-3,), polish_steps=50, attempts=1, few=12
)


@pytest.fixture
def quick(monkeypatch, tmp_path):
    """Small settings by default, in a folder of one's own, without the cache of compiled programs."""
    monkeypatch.setattr(module, "Settings", lambda: QUICK)
    monkeypatch.setattr("dmm.cli.synth.use_compilation_cache", lambda: None)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_json_is_one_object_with_the_promised_keys(quick, capsys):
    assert main(["synth", "duplicates", "--seed", "7", "--out", "run", "--json"]) == 1  # nothing good was found
    found = json.loads(capsys.readouterr().out)
    assert found.keys() >= {
        "links", "exact", "train_loss", "heldout_max_error", "seconds", "steps", "seed", "circuit"
    }  # fmt: skip
    assert found["seed"] == 7
    assert found["exact"] is False
    assert found["links"] == len(load_machine(found["circuit"]).matrix)
    assert found["heldout_max_error"] > 0.1


def test_without_a_folder_runs_are_numbered_and_nothing_is_overwritten(quick, capsys):
    for _ in range(2):
        main(["synth", "duplicates"])
    assert sorted(path.name for path in (quick / "runs").iterdir()) == ["duplicates-0", "duplicates-0-2"]
    captured = capsys.readouterr()
    assert "this is the best one found" in captured.out
    assert captured.err == ""  # quiet where nobody watches


def test_a_finished_run_taken_up_says_the_same(quick, capsys):
    main(["synth", "duplicates", "--out", "run", "--json"])
    first = json.loads(capsys.readouterr().out)
    main(["synth", "--resume", "run", "--json"])
    again = json.loads(capsys.readouterr().out)
    assert {**again, "seconds": 0} == {**first, "seconds": 0}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "name either a TASK"),
        (["duplicates", "--resume", "x"], "name either a TASK"),
        (["--resume", "x", "--out", "y"], "leave --out away"),
        (["--resume", "nowhere"], "no run to take up"),
        (["triplicates"], "there is duplicates"),
        (["duplicates", "--seed", "-1"], "give 0 or more"),
        (["duplicates", "--seed", "one"], "invalid int value"),
    ],
)
def test_mistakes_are_one_sentence(quick, capsys, arguments, sentence):
    assert main(["synth", *arguments]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
    assert list(quick.iterdir()) == []


def test_ctrl_c_is_obeyed_between_two_steps(capsys):
    with noted_interruption() as interruption:
        signal.raise_signal(signal.SIGINT)  # nothing is raised here
        with pytest.raises(KeyboardInterrupt):
            interruption.check()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert "Ctrl-C again" in capsys.readouterr().err
    with pytest.raises(KeyboardInterrupt):  # as before
        signal.raise_signal(signal.SIGINT)


def test_the_bar_fills_from_stage_to_stage():
    stages = (Stage.WARM_UP, 1486), (Stage.CUT, 1000), (Stage.CUT, 40), (Stage.REFINE, 30), (Stage.POLISH, 8)
    done = [_done(Progress(stage, 1, 0, 1.0, links), 1486) for stage, links in stages]
    assert done == sorted(done)
    assert 0 <= done[0] < done[-1] < 1
