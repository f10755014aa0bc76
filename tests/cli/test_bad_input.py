"""Bad input: one clear sentence on standard error, exit status 2, nothing on standard output, no traceback."""

import errno
import json
import os
from pathlib import Path

import pytest

from dmm.cli.main import main
from dmm.compile.abstract import CompileError

DETECTOR = {"output": {"dict-1": {"input": {"char": 1}}}}
OWN = {"format": "dmm-machine", "version": 1, "neurons": {"output": {"type": "output"}}}

MACHINES = {
    "empty file": ("", "broken JSON at line 1, column 1"),
    "broken JSON": ('{"output": {"dict-1": }}', "broken JSON at line 1, column 23"),
    "cut off": ('{"output": {"dict-1"', "broken JSON"),
    "not an object": ("[1, 2]", "no JSON object"),
    "NaN": ('{"output": {"dict-1": {"input": {"char": NaN}}}}', "output.dict-1.input.char is not finite"),
    "Infinity": ('{"output": {"dict-1": {"input": {"char": Infinity}}}}', "output.dict-1.input.char is not finite"),
    "too large": ('{"output": {"dict-1": {"input": {"char": 1e999}}}}', "output.dict-1.input.char is not finite"),
    "huge integer": ('{"output": {"dict-1": {"input": {"char": 1%s}}}}' % ("0" * 400), "output.dict-1.input.char"),
    "endless integer": ('{"output": {"dict-1": {"input": {"char": 1%s}}}}' % ("0" * 5000), ""),
    "text as weight": ('{"output": {"dict-1": {"input": {"char": "1"}}}}', "output.dict-1.input.char is '1'"),
    "truth value as weight": ('{"output": {"dict-1": {"input": {"char": true}}}}', "not a number"),
    "array for an object": ('{"output": {"dict-1": [1, 2]}}', "output.dict-1 is [1, 2], not a number"),
    "too shallow": ('{"output": {"dict-1": 1}}', "2 labels deep"),
    "too deep": ('{"output": {"dict-1": {"input": {"char": {"a": 1}}}}}', "5 labels deep"),
    "absurdly deep": ('{"a":' * 100_000 + "1" + "}" * 100_000, "absurdly deep"),
    "deep": ('{"a":' * 300 + "1" + "}" * 300, "deeper than 200 labels"),
    "unknown type": (
        '{"output": {"dict-1": {"mystery-1": {"x": 1}}}}',
        "neuron mystery-1: its type 'mystery' is unknown",
    ),
    "nothing to read": ('{"norm": {"dict": {"input": {"char": 1}}}}', "no neuron is read as its answer"),
    "key twice": ('{"output": {}, "output": {}}', "the key 'output' stands twice"),
    "other format": (json.dumps(OWN | {"format": "cake"}), "format is 'cake'"),
    "later version": (json.dumps(OWN | {"version": 99}), "version is 99"),
    "unknown key": (json.dumps(OWN | {"wires": {}}), "unknown key 'wires'"),
    "neurons as a list": (json.dumps(OWN | {"neurons": ["output"]}), "neurons and metadata are objects"),
    "neuron without a type": (json.dumps(OWN | {"neurons": {"output": {}}}), "neuron 'output'"),
    "link to nobody": (json.dumps(OWN | {"links": {"output": {"dict-1": {"x": {"y": 1}}}}}), "no neuron 'x'"),
    "unknown parameter": (
        json.dumps(OWN | {"neurons": {"output": {"type": "output", "parameters": {"clip": 1}}}}),
        "no parameter 'clip'",
    ),
}

EXAMPLES = {
    "empty file": ("", "no records"),
    "blank lines": ("\n\n", "no records"),
    "broken third line": ('{"inputs": [1]}\n\n{"inputs": [1}\n', "line 3: broken JSON at column 14"),
    "no inputs": ('{"targets": [1]}', "line 1: not an object with a list of"),
    "a list": ("[1]", "line 1: not an object with a list of"),
    "empty stream": ('{"inputs": []}', "line 1: the stream is empty"),
    "other length": ('{"inputs": [1], "targets": [1, 2]}', "line 1: 1 inputs but 2 targets"),
    "unknown key": ('{"inputs": [1], "weights": [1]}', "line 1: unknown key 'weights'"),
    "NaN": ('{"inputs": [1, NaN]}', "line 1: inputs[1]:"),
    "array as item": ('{"inputs": [[1]]}', "line 1: inputs[0]:"),
    "absurdly deep": ('{"inputs": [' + '{"a":' * 100_000 + "1" + "}" * 100_000 + "]}", "line 1: absurdly deep"),
}

OPTIONS = {
    "no command": ([], "COMMAND"),
    "unknown command": (["train"], "'train'"),
    "unknown option": (["eval", "m.json", "--text", "a", "--loud"], "--loud"),
    "option cut short": (["eval", "m.json", "--text", "a", "--tick", "3"], "--tick"),
    "no machine": (["eval", "--text", "a"], "MACHINE"),
    "no text": (["eval", "m.json"], "--text"),
    "empty text": (["eval", "m.json", "--text", ""], "--text: the text is empty"),
    "not Unicode": (["eval", "m.json", "--text", "a\udcff"], "--text: 'a\\udcff' is not valid Unicode"),
    "empty text to run": (["run", "m.json", "--text", ""], "--text: the text is empty"),
    "two streams": (["run", "m.json", "--text", "a", "--stream", "s"], "--stream"),
    "unknown engine": (["eval", "m.json", "--text", "a", "--engine", "steam"], "--engine: invalid choice: 'steam'"),
    "unknown dtype": (["eval", "m.json", "--text", "a", "--dtype", "float16"], "--dtype: invalid choice: 'float16'"),
    "every 0": (["eval", "m.json", "--text", "a", "--every", "0"], "--every: '0' is not a whole number from 1"),
    "every half": (["run", "m.json", "--text", "a", "--every", "0.5"], "--every: '0.5' is not a whole number"),
    "negative ticks": (["eval", "m.json", "--text", "a", "--ticks", "-3"], "--ticks"),
    "endless ticks": (["eval", "m.json", "--text", "a", "--ticks", "9" * 30], "--ticks"),
    "clip nan": (["eval", "m.json", "--text", "a", "--dot-clip", "nan"], "--dot-clip: 'nan' is not a finite number"),
    "clip inf": (["eval", "m.json", "--text", "a", "--dot-clip", "inf"], "--dot-clip: 'inf' is not a finite number"),
    "clip text": (["eval", "m.json", "--text", "a", "--dot-clip", "four"], "--dot-clip: 'four' is not a finite number"),
    "clip 0": (["eval", "m.json", "--text", "a", "--dot-clip", "0"], "--dot-clip: '0' is not a finite number above 0"),
    "unknown form": (["show", "m.json", "--as", "poem"], "--as: invalid choice: 'poem' (choose from "),
    "unknown optimizer": (["synth", "duplicates", "--optimizer", "newton"], "--optimizer: invalid choice: 'newton'"),
    "digits 0": (["show", "m.json", "--digits", "0"], "--digits: '0' is not a whole number from 1"),
}


def assert_refused(done, command: str, *mentions: object):
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"{command}: ")
    assert done.err.count("\n") == 1, "one sentence, one line"
    for mention in mentions:
        assert str(mention) in done.err
    assert len(done.err) < 500


@pytest.mark.parametrize(("text", "mention"), MACHINES.values(), ids=MACHINES)
def test_a_bad_machine_file_is_refused(dmm, tmp_path, text, mention):
    path = tmp_path / "machine.json"
    path.write_text(text, encoding="utf-8")
    assert_refused(dmm("eval", path, "--text", "a"), "dmm eval", f"{path}: ", mention)
    assert_refused(dmm("run", path, "--text", "a"), "dmm run", f"{path}: ", mention)
    assert_refused(dmm("show", path), "dmm show", f"{path}: ", mention)


def test_a_bad_teacher_is_refused(dmm, detector, tmp_path):
    path = tmp_path / "machine.json"
    path.write_text("{", encoding="utf-8")
    assert_refused(dmm("eval", detector, "--text", "a", "--against", path), "dmm eval", path, "broken JSON")


def test_one_bad_machine_among_several_leaves_nothing_printed(dmm, detector, tmp_path):
    missing = tmp_path / "missing.json"
    assert_refused(dmm("eval", detector, missing, "--text", "a", "--json"), "dmm eval", missing)


def test_a_machine_that_is_no_file_is_refused(dmm, tmp_path):
    assert_refused(dmm("show", tmp_path / "missing.json"), "dmm show", "missing.json: no such file")
    assert_refused(dmm("show", tmp_path), "dmm show", tmp_path, "folder")
    assert_refused(dmm("show", tmp_path / ("x" * 260)), "dmm show", "name too long")


def test_a_file_that_is_not_text_is_refused(dmm, tmp_path):
    path = tmp_path / "machine.json"
    path.write_bytes(b'{"output": "\xff"}')
    assert_refused(dmm("show", path), "dmm show", path, "byte 12 is not UTF-8")


def test_a_file_of_100_mb_is_refused_unread(dmm, detector, tmp_path):
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(100 * 2**20)
    assert_refused(dmm("show", path), "dmm show", path, "100 MB")
    assert_refused(dmm("run", detector, "--stream", path), "dmm run", path, "MB")


@pytest.mark.parametrize(("text", "mention"), EXAMPLES.values(), ids=EXAMPLES)
def test_a_bad_examples_file_is_refused(dmm, detector, tmp_path, text, mention):
    path = tmp_path / "examples.jsonl"
    path.write_text(text, encoding="utf-8")
    assert_refused(dmm("run", detector, "--stream", path), "dmm run", path, mention)


@pytest.mark.parametrize(("arguments", "mention"), OPTIONS.values(), ids=OPTIONS)
def test_bad_arguments_are_refused(dmm, arguments, mention):
    done = dmm(*arguments)
    assert_refused(done, " ".join(["dmm", *arguments[:1]]) if mention not in ("COMMAND", "'train'") else "dmm", mention)
    assert "--help" in done.err


def test_digits_are_no_matter_of_json(dmm, detector):
    assert_refused(dmm("show", detector, "--as", "json", "--digits", 3), "dmm show", "--digits")


@pytest.mark.parametrize("place", ["missing/answers.jsonl", "detector.json/answers.jsonl"])
def test_an_output_folder_that_is_none_is_refused(dmm, detector, tmp_path, place):
    assert_refused(dmm("run", detector, "--text", "a", "--out", tmp_path / place), "dmm run", "--out", place)
    assert list(tmp_path.iterdir()) == [detector]


def test_a_folder_in_place_of_the_output_file_is_refused(dmm, detector, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    assert_refused(dmm("run", detector, "--text", "a", "--out", out), "dmm run", "--out", "directory")
    assert sorted(tmp_path.iterdir()) == [detector, out]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_output_folder_is_refused(dmm, detector, tmp_path):
    out = tmp_path / "out"
    out.mkdir(mode=0o500)
    assert_refused(dmm("run", detector, "--text", "a", "--out", out / "x"), "dmm run", "--out", "permission denied")


def test_a_full_disk_is_told_in_one_sentence(dmm, detector, tmp_path, monkeypatch):
    def full(path, text):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("dmm.cli.printing.write_atomically", full)
    assert_refused(dmm("run", detector, "--text", "a", "--out", tmp_path / "x"), "dmm run", "--out", "no space left")


def test_a_machine_that_never_settles_is_sent_to_the_interpreter(dmm, detector, monkeypatch):
    def refuse(*_):
        raise CompileError("neuron nest: its trees never stop growing")  # no type of the library does that to its trees

    monkeypatch.setattr("dmm.compile.pipeline.compile_machine", refuse)
    done = dmm("run", detector, "--text", "a", "--engine", "compile")
    assert_refused(done, "dmm run", f"{detector}: neuron nest: its trees never stop growing", "--engine interpret")


@pytest.mark.parametrize("engine", ["compile", "interpret"])
@pytest.mark.parametrize("command", ["eval", "run"])
def test_answers_that_are_not_finite_are_a_failed_check(dmm, tmp_path, command, engine):
    path = tmp_path / "exploding.json"
    links = {
        "sum": {"a": {"sum": {"sum": 1e30}}, "b": {"const_1": {"const_1": 1}}},
        "output": {"dict-1": {"sum": {"sum": 1}}},
    }
    path.write_text(json.dumps(links), encoding="utf-8")
    done = dmm(command, path, "--text", "a", "--ticks", 12, "--engine", engine, "--dtype", "float32", "--json")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f"dmm {command}: {path}: the answer at tick ")
    assert done.err.count("\n") == 1


def test_interruption_is_told_in_one_line(dmm, detector, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("dmm.cli.show.load_machine", interrupt)
    assert dmm("show", detector) == (130, "", "dmm show: interrupted\n")


def test_our_own_bugs_are_not_hidden(detector, monkeypatch):
    def broken(*_, **__):
        raise AssertionError

    monkeypatch.setattr("dmm.cli.show.load_machine", broken)
    with pytest.raises(AssertionError):
        main(["show", str(detector)])


def test_nothing_here_writes_beside_the_tests():
    assert not Path("nowhere").exists()
