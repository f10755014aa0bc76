"""Files: what a run and a machine leave on disk is what the page of files describes, key by key."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

import tiny
from dmm import TASKS, LiveMachine, Machine, Parts, Settings, Verdict, VValue, machine_to_json, report_html, synthesise
from dmm.machine.files import _KEYS
from dmm.synthesis.position import Position, Stage
from documented import WORD, first_column, keys_of, page, section

pytestmark = [pytest.mark.trains, pytest.mark.usefixtures("compiled_once")]


@pytest.fixture(scope="module")
def runs(compiled_once, tmp_path_factory):
    """The folders of two short runs: one from examples, one that repairs a machine and learns from a stream."""
    place = tmp_path_factory.mktemp("runs")
    synthesise(tiny.sums(), seed=1, settings=tiny.QUICK, out=place / "given")
    start = tiny.taught_sums().teacher.link("output.sum", "input.char", 0.5)
    synthesise(tiny.taught_sums(), settings=tiny.HASTY, start=start, out=place / "repaired")
    (place / "given" / "report.html").write_text(report_html(place / "given"), encoding="utf-8")
    return place / "given", place / "repaired"


def stored(path: Path):
    return json.loads(path.read_text(encoding="utf-8"))


def lines(path: Path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def positions(runs):
    return [stored(path) for run in runs for path in (run / "position.json", *(run / "positions").iterdir())]


# -- the folder --------------------------------------------------------------------------------------------------------


def test_every_file_of_a_run_is_in_the_table_and_every_row_is_a_file(runs):
    def kind(name):
        return re.sub(r"\d+", "N", name)

    found = {kind(path.relative_to(run).as_posix()) for run in runs for path in run.rglob("*") if path.is_file()}
    assert found == {kind(name) for name in first_column(section(page("files.md"), "The run folder").split("###")[0])}


def test_the_configuration_is_described(runs):
    described = keys_of("files.md", "config.json")
    for run in runs:
        config = stored(run / "config.json")
        assert config.keys() == described
        assert config["parts"].keys() == {field.name for field in fields(Parts)}
        assert config["settings"].keys() == {field.name for field in fields(Settings)}
        assert set(config["settings"]["penalty"]) == {"kind", "strength"}
        assert config["versions"].keys() == {"dmm", "jax", "optax"}


def test_the_history_is_described(runs):
    described, text = keys_of("files.md", "history.jsonl"), section(page("files.md"), "history.jsonl")
    history = [line for run in runs for line in lines(run / "history.jsonl")]
    assert all(line.keys() == described for line in history)
    undone = [line["undone"] for line in history if line["undone"]]
    assert undone
    assert all(each.keys() == {"links", "loss"} for each in undone)
    assert {stage.value for stage in Stage} <= set(WORD.findall(text))


def test_positions_are_described(runs):
    described = keys_of("files.md", "position.json") | {"max_error"}
    as_in_history = {"unit", "stage", "attempt", "steps", "loss", "penalty", "undone"}
    verdict = set(Verdict._fields)
    assert verdict | {"unit"} <= described | as_in_history
    for position in positions(runs):
        assert position.keys() == (described - verdict) | as_in_history
        assert position.keys() - {"unit"} == {field.name for field in fields(Position)}
        for found in position["found"]:
            assert found.keys() == {"circuit", "loss", "verdict"}
            assert found["verdict"].keys() == verdict
    assert any(position["found"] for position in positions(runs))
    assert any(position["challenges"] for position in positions(runs))


# -- machines and examples ---------------------------------------------------------------------------------------------


def test_machine_files_are_described(runs):
    described = keys_of("files.md", "Machine files")
    everything = (
        Machine().with_timing("synchronous").add("input").add("self", "accum").add("dot", clip=9).add("output")
        .link("dot.dict-1", "input.char").link("output.dict-1", "dot.dot").start("dot.dot", VValue(2))
        .governed_by("self.dict")
    )  # fmt: skip
    written = json.loads(machine_to_json(everything))
    assert written.keys() == described == _KEYS
    assert all(neuron.keys() <= {"type", "parameters"} for neuron in written["neurons"].values())
    assert json.loads(machine_to_json(TASKS["duplicates"].teacher)).keys() <= described


def test_what_the_library_writes_into_metadata_is_described(runs):
    (row,) = [
        line for line in section(page("files.md"), "Machine files").splitlines() if line.startswith("| `metadata")
    ]
    described = set(WORD.findall(row))
    for run in runs:
        for path in (run / "circuit.json", *(run / "front").iterdir()):
            assert stored(path)["metadata"].keys() <= described
    assert stored(runs[0] / "circuit.json")["metadata"].keys() == {"task", "seed", "exact", "heldout_max_error"}


def test_examples_files_are_described(runs):
    text = section(page("files.md"), "Examples files")
    for name in ("examples.jsonl", "held_out.jsonl"):
        for record in lines(runs[0] / name):
            assert record.keys() == {"inputs", "targets"}
            assert all(f'"{key}"' in text for key in record)


def test_the_file_of_a_live_machine_is_described(tmp_path):
    live = LiveMachine(Machine().add("input").add("norm").link("norm.dict", "input.char").read("norm"))
    assert live.ask(f"save {tmp_path / 'live.json'}")
    assert stored(tmp_path / "live.json").keys() == keys_of("files.md", "Live machines")
