"""What the commands promise: keys, forms, exit statuses, and one JSON document on standard output."""

import json

import pytest

from dmm.circuits.equations_parser import parse_equations
from dmm.circuits.forms import FORMS
from dmm.circuits.statements import readable
from dmm.cli.main import COMMANDS
from dmm.interpret.cycle import run
from dmm.machine.files import load_machine, machine_to_json, save_machine
from dmm.machine.text import parse_machine
from dmm.tasks.duplicates import teacher
from dmm.tasks.examples import parse_example
from dmm.tasks.streams import characters, spread
from dmm.vvalue.tree import VValue

KEYS = {"loss", "max_squared_error", "ticks", "links", "machine"}


@pytest.mark.parametrize("engine", ["compile", "interpret"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_eval_prints_an_object_for_one_machine(dmm, detector, engine, dtype):
    done = dmm("eval", detector, "--text", "aab.", "--engine", engine, "--dtype", dtype, "--json")
    assert (done.status, done.err) == (0, "")
    assert done.json == {"loss": 0, "max_squared_error": 0, "ticks": 6, "links": 8, "machine": str(detector)}


def test_eval_prints_an_array_for_several_machines_in_the_order_given(dmm, detector, matrix):
    done = dmm("eval", matrix, detector, matrix, "--text", "aaa", "--ticks", 8, "--engine", "interpret", "--json")
    assert [found["machine"] for found in done.json] == [str(matrix), str(detector), str(matrix)]
    assert all(set(found) == KEYS for found in done.json)
    assert [(found["loss"], found["max_squared_error"]) for found in done.json] == [(14, 9), (0, 0), (14, 9)]


def test_eval_prints_aligned_columns_for_people(dmm, detector, matrix):
    done = dmm("eval", matrix, detector, "--text", "aaa", "--ticks", 8, "--engine", "interpret")
    head, first, second = done.out.splitlines()
    assert head.split("  ")[0] == "loss"
    assert first.index(str(matrix)) == second.index(str(detector)) == head.index("machine")


def test_eval_stretches_the_text(dmm, detector):
    done = dmm("eval", detector, "--text", "ab", "--every", 3, "--engine", "interpret", "--json")
    assert done.json["ticks"] == 3 * (2 + 2)


def test_eval_compares_with_the_machine_given(dmm, detector, matrix):
    arguments = ("--text", ".....", "--ticks", 12, "--engine", "interpret", "--json")
    assert dmm("eval", matrix, "--against", matrix, *arguments).json["loss"] == 0
    assert dmm("eval", matrix, "--against", detector, *arguments).json["loss"] > 0


def test_the_clip_is_that_of_bare_matrices_on_both_sides(dmm, detector, matrix):
    arguments = ("--text", ".", "--ticks", 12, "--engine", "interpret", "--json")
    clipped = dmm("eval", matrix, "--against", detector, *arguments).json["loss"]
    assert dmm("eval", matrix, "--against", detector, "--dot-clip", 100, *arguments).json["loss"] > clipped
    assert dmm("eval", matrix, "--against", matrix, "--dot-clip", 100, *arguments).json["loss"] == 0
    # the teacher that nobody names follows the clip, so the second output agrees and the first has all the loss
    first_output = sum(max(count - 1, 0) ** 2 for count in range(1, 12 - 4 + 1))
    assert dmm("eval", matrix, "--dot-clip", 100, *arguments).json["loss"] == first_output


def test_run_prints_a_line_per_tick(dmm, detector):
    done = dmm("run", detector, "--text", "a.", "--ticks", 7)
    assert done.status == 0
    assert [line.split() for line in done.out.splitlines()[:2]] == [["tick", "item", "answer"], ["1", "{a:", "1}", "0"]]
    assert done.out.splitlines()[-1].split() == ["7", '{".":', "1}", "{dict-1:", "1,", "dict-2:", "3}"]


@pytest.mark.parametrize("engine", ["compile", "interpret"])
def test_run_prints_the_answers_as_json(dmm, detector, engine):
    done = dmm("run", detector, "--text", "aa.", "--every", 2, "--ticks", 9, "--engine", engine, "--json")
    (answers,) = done.json["outputs"]
    assert [VValue(x) for x in answers] == run(teacher(), characters("aa.", every=2, ticks=9))[0]


def test_run_feeds_every_stream_of_an_examples_file(dmm, detector, tmp_path):
    examples = tmp_path / "examples.jsonl"
    examples.write_text('{"inputs": ["a", null, {"a": 0.5}]}\n\n{"inputs": [3], "targets": [null]}\n', encoding="utf-8")
    done = dmm("run", detector, "--stream", examples, "--every", 2, "--ticks", 8, "--json")
    first = spread([VValue({"a": 1}), VValue(), VValue({"a": 0.5})], every=2, ticks=8)
    second = spread([VValue(3)], every=2, ticks=8)
    assert [[VValue(x) for x in answers] for answers in done.json["outputs"]] == [
        run(teacher(), first)[0],
        run(teacher(), second)[0],
    ]
    for_people = dmm("run", detector, "--stream", examples)
    assert [line for line in for_people.out.splitlines() if "stream" in line] == ["stream 1 of 2", "stream 2 of 2"]


def test_run_writes_records(dmm, detector, tmp_path):
    out = tmp_path / "answers.jsonl"
    done = dmm("run", detector, "--text", "äa", "--ticks", 7, "--out", out)
    assert (done.status, done.out, done.err) == (0, "", "")
    (record,) = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    stream = characters("äa", ticks=7)
    assert parse_example(json.dumps({"inputs": record["inputs"]})).inputs == tuple(stream)
    assert [VValue(x) for x in record["outputs"]] == run(teacher(), stream)[0]
    assert sorted(tmp_path.iterdir()) == [out, detector]


def test_show_prints_equations_that_can_be_read_back(dmm, matrix):
    done = dmm("show", matrix)
    assert done.status == 0
    assert parse_equations(done.out) == readable(load_machine(matrix))


def test_show_prints_text_that_can_be_read_back(dmm, matrix):
    assert parse_machine(dmm("show", matrix, "--as", "text").out) == load_machine(matrix)


@pytest.mark.parametrize("form", FORMS)
def test_show_writes_what_it_prints(dmm, detector, tmp_path, form):
    printed = dmm("show", detector, "--as", form)
    assert printed.status == 0
    assert dmm("show", detector, "--as", form, "--out", tmp_path / "shown") == (0, "", "")
    written = (tmp_path / "shown").read_text("utf-8")
    assert written == printed.out
    assert written.rstrip("\n") == load_machine(detector).show(form).rstrip("\n")


def test_show_rounds_for_reading(dmm, tmp_path):
    path = tmp_path / "third.json"
    save_machine(teacher().link("output.dict-1", "compare.false", 1 / 3), path)
    for form in ("equations", "text"):
        assert "0.3333333333333333 compare.false" in dmm("show", path, "--as", form).out
        assert "0.33 compare.false" in dmm("show", path, "--as", form, "--digits", 2).out
    assert r"0.33\,\mathrm{compare}" in dmm("show", path, "--as", "latex", "--digits", 2).out


def test_show_rescales_where_no_answer_changes(dmm, tmp_path):
    path = tmp_path / "scaled.json"
    scaled = teacher().unlink("accum.dict-2", "input.char").link("accum.dict-2", "input.char", 0.25)
    save_machine(scaled, path)
    assert "0.25 input(t-1)" in dmm("show", path).out
    assert "accum(t)         = accum(t-1) + input(t-1)" in dmm("show", path, "--rescale").out


def test_show_prints_json_that_can_be_read_back(dmm, matrix, tmp_path):
    done = dmm("show", matrix, "--as", "json")
    assert done.json == json.loads(machine_to_json(load_machine(matrix)))
    again = tmp_path / "again.json"
    again.write_text(done.out, encoding="utf-8")
    assert load_machine(again) == load_machine(matrix)


def test_texts_are_sequences_of_code_points(dmm, detector):
    done = dmm("run", detector, "--text", "日本日😀é\n", "--ticks", 8)
    items = [line.split()[1].strip('{":') for line in done.out.splitlines()[1:]]
    assert items == ["日", "本", "日", "😀", "é", "\\n", "\\n", "\\n"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(dmm, command):
    done = dmm(command, "--help")
    assert done.status == 0
    assert done.out.startswith(f"usage: dmm {command}")
    assert "--json" in done.out or command in {"show", "report"}


def test_the_general_help_lists_every_command(dmm):
    done = dmm("--help")
    assert done.status == 0
    for name, (_, summary) in COMMANDS.items():
        assert f"{name} " in done.out
        assert summary in done.out


def test_the_version_is_told(dmm):
    from dmm import __version__

    assert dmm("--version").out == f"dmm {__version__}\n"
