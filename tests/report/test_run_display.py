"""Runs in notebooks: what a folder shows is what its files say."""

import json
import re

import pytest

import pictures
from dmm import Machine, load_machine, load_run
from dmm.circuits.pictures.svg import to_svg
from dmm.report.course import course
from dmm.report.training_picture import training_svg


def test_a_run_has_the_circuit_the_settings_and_the_history(trained):
    found = load_run(str(trained))
    assert found.circuit == load_machine(trained / "circuit.json")
    assert found.config == json.loads((trained / "config.json").read_text())
    lines = [json.loads(line) for line in (trained / "history.jsonl").read_text().splitlines()]
    assert [entry.steps for entry in found.history] == [line["steps"] for line in lines]


def test_a_run_shows_how_it_ended_its_circuit_and_the_way_to_it(trained):
    found = load_run(trained)
    shown = found._repr_mimebundle_(include=None, exclude=None)
    head, facts, *rest = shown["text/plain"].splitlines()
    assert head.startswith("running-sum, trained. Exact: the circuit equals the teacher on ")
    assert "outcome: exact; links: 2; largest error: 0; " in facts
    assert any(line.startswith("accum(t)") for line in rest)
    drawn = re.findall(r"<svg .*?</svg>\n", shown["text/html"], re.DOTALL)
    assert drawn == [to_svg(found.circuit), training_svg(course(found.history))]
    for svg in drawn:
        pictures.parsed(svg)
    assert head in re.sub(r"<[^>]*>", "", shown["text/html"].split("\n", 1)[0])


def test_a_run_that_goes_on_shows_the_machine_as_it_stands(unfinished):
    shown = load_run(unfinished)._repr_mimebundle_()
    assert "Unfinished" in shown["text/plain"]
    assert "<svg " in shown["text/html"]


def test_what_cannot_be_read_is_said_and_names_are_escaped(exact):
    (exact / "history.jsonl").unlink()
    circuit = load_machine(exact / "circuit.json")
    path = exact / "circuit.json"
    stored = json.loads(path.read_text())
    path.write_text(json.dumps({**stored, "neurons": {**stored["neurons"], "<b>": {"type": "norm"}}}))
    shown = load_run(exact)._repr_mimebundle_()
    assert "Not all of the run could be read: history.jsonl is missing." in shown["text/plain"]
    assert shown["text/html"].count("<svg ") == 1
    assert isinstance(circuit, Machine)
    assert "<b>" not in shown["text/html"].replace("<p><b>running-sum, exact.</b>", "")


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no run"):
        load_run(tmp_path)
