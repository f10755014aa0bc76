"""`dmm explain`: why a machine answered what it did, for people and as JSON."""

import json
import os
import subprocess
import sys

import pytest

from dmm.machine.files import save_machine
from dmm.machine.machine import Machine
from dmm.reasons.contributions import contributions
from dmm.tasks.duplicates import teacher
from dmm.tasks.streams import characters, spread
from dmm.vvalue.tree import VValue


def test_it_prints_what_the_library_says(dmm, detector):
    done = dmm("explain", detector, "--text", "noon", "--every", 2, "--tick", 9)
    assert (done.status, done.err) == (0, "")
    assert done.out == f"{contributions(teacher(), characters('noon', every=2), 9)}\n"
    assert done.out.startswith("dict-1 = 1 at tick 9: of 5 items so far, 2 matter.\n  {o: 1} at ticks 3, 5; ")


def test_the_last_tick_is_explained_if_none_is_named(dmm, detector):
    done = dmm("explain", detector, "--text", "aa.", "--ticks", 7, "--output", "dict-2")
    assert done.out.startswith("dict-2 = 2 at tick 7: ")


def test_json_is_the_tree(dmm, detector):
    done = dmm("explain", detector, "--text", "aa", "--ticks", 6, "--json")
    assert done.json["tick"] == 6
    (found,) = done.json["values"]
    assert (found["output"], found["value"], found["alone"]) == (["dict-1"], 1, 1)
    assert found["items"] == [{"tick": tick, "item": {"a": 1}, "without": 0, "shown": True} for tick in (1, 2)]
    leaves = []

    def descend(value):
        if "item" in value:
            leaves.append((value["tick"], value["item"]))
        for term in value.get("terms", ()):
            descend(term["source"])

    descend(found["tree"])
    assert leaves == [(1, {"a": 1}), (2, {"a": 1})]
    whole = contributions(teacher(), characters("aa", ticks=6)).as_json()
    assert done.json == json.loads(json.dumps(whole, default=float))


def test_any_neuron_can_be_asked_and_the_depth_cut(dmm, detector):
    done = dmm("explain", detector, "--text", "noon", "--output", "norm", "--depth", 1)
    assert done.out.splitlines()[4:6] == [
        "norm.norm = 2 at tick 6 (dict.o would do as well)",
        "└─ + 2 from accum.dict.n = 2 at tick 5, from the items at ticks 1, 4 ...; without it: still 2",
    ]


def test_a_record_of_an_examples_file(dmm, detector, tmp_path):
    path = tmp_path / "examples.jsonl"
    path.write_text('{"inputs": [1, "a"]}\n{"inputs": ["b", "b", null, null, null, null]}\n', encoding="utf-8")
    done = dmm("explain", detector, "--stream", path, "--record", 2)
    stream = spread([VValue({"b": 1})] * 2 + [VValue()] * 4)
    assert done.out == f"{contributions(teacher(), stream)}\n"
    assert "of 2 items so far, 2 matter" in done.out


def test_a_bare_matrix_has_its_clip(dmm, matrix):
    done = dmm("explain", matrix, "--text", ".", "--ticks", 12, "--dot-clip", 5, "--json")
    assert done.json["values"][0]["value"] == 5


def test_a_terminal_without_lines_gets_plain_ones(detector):
    command = [sys.executable, "-m", "dmm", "explain", str(detector), "--text", "aa", "--ticks", "6"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    lines = done.stdout.splitlines()
    assert lines[5] == "`- + 1 from compare.true = 1 at tick 5"
    assert lines[6].startswith("   |- dict-1: + 2 from norm.norm")


EXAMPLES = '{"inputs": ["a"]}\n{"inputs": ["b"]}\n'
MISTAKES = {
    "late tick": (["--text", "ab", "--tick", "5"], "tick is 5, but the stream ends at tick 4"),
    "tick zero": (["--text", "ab", "--tick", "0"], "'0' is not a whole number from 1"),
    "unknown output": (["--text", "ab", "--output", "dict-3"], "no output 'dict-3'; the answer has dict-1, dict-2"),
    "empty output": (["--text", "ab", "--output", ""], "no output ''"),
    "too deep": (["--text", "ab", "--depth", "101"], "depth is 101; give a number of links from 1 to 100"),
}
STREAMS = {
    "no stream": ([], "no stream is given; name one with --text or --stream, or --ticks alone for silence"),
    "record of a text": (["--text", "ab", "--record", "1"], "--record belongs to --stream"),
    "which record": (["--stream", "examples.jsonl"], "examples.jsonl: 2 records; choose one with --record, 1 to 2"),
    "no such record": (["--stream", "examples.jsonl", "--record", "3"], "examples.jsonl: no record 3; choose one"),
}


def assert_one_sentence(done, command, sentence):
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith(f"dmm {command}: ")
    assert sentence in done.err


@pytest.mark.parametrize(("arguments", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_sentence(dmm, detector, arguments, sentence):
    assert_one_sentence(dmm("explain", detector, *arguments), "explain", sentence)


@pytest.mark.parametrize("command", ["explain", "trace"])
@pytest.mark.parametrize(("arguments", "sentence"), STREAMS.values(), ids=STREAMS)
def test_a_mistake_in_the_stream_is_one_sentence(dmm, detector, tmp_path, monkeypatch, command, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples.jsonl").write_text(EXAMPLES, encoding="utf-8")
    assert_one_sentence(dmm(command, detector, *arguments), command, sentence)


@pytest.mark.parametrize("command", ["explain", "trace"])
def test_a_broken_machine_is_named(dmm, tmp_path, command):
    path = tmp_path / "machine.json"
    path.write_text("{", encoding="utf-8")
    done = dmm(command, path, "--text", "a")
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert f"{path}: broken JSON at line 1" in done.err


@pytest.mark.parametrize("command", ["explain", "trace"])
def test_numbers_that_are_too_large_are_a_failed_check(dmm, tmp_path, command):
    machine = Machine().add("sum").add("const_1").link("sum.x", "sum.sum", 1e200).link("sum.y", "const_1.const_1")
    path = tmp_path / "exploding.json"
    save_machine(machine.read("sum"), path)
    done = dmm(command, path, "--text", "a", "--ticks", 9)
    assert (done.status, done.out) == (1, "")
    sentence = f"dmm {command}: {path}: sum.sum at tick 4 is too large for float64; take a shorter stream\n"
    assert done.err == sentence
