"""How `dmm` starts and ends as a process: quickly, whatever the terminal can show, and quietly when nobody listens."""

import json
import os
import subprocess
import sys

import pytest

from dmm.cli.main import COMMANDS

SLOW = {"jax", "numpy", "optax", "rich", "scipy"}


def dmm(*arguments, check=False, **environment):
    command = [sys.executable, "-m", "dmm", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=check, env=os.environ | environment)


def loaded_by(*arguments) -> set[str]:
    """The slow libraries that are loaded after `dmm` with these arguments."""
    program = (
        "import sys, contextlib, io\n"
        "from dmm.cli.main import main\n"
        f"with contextlib.redirect_stdout(io.StringIO()): status = main({[*map(str, arguments)]!r})\n"
        "print(status, *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    status, *modules = done.stdout.split()
    assert status == "0", done.stderr
    return SLOW & set(modules)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)])
def test_help_loads_no_slow_library(arguments):
    assert loaded_by(*arguments) == set()


def test_reading_and_interpreting_load_no_jax(detector):
    assert loaded_by("show", detector) == set()
    assert loaded_by("eval", detector, "--text", "aa", "--engine", "interpret") <= {"numpy"}


def test_importing_the_package_loads_no_slow_library():
    program = "import sys, dmm; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert SLOW & set(done.stdout.split()) == set()


def test_a_terminal_without_unicode_is_no_obstacle(detector, tmp_path):
    ascii_only = {"PYTHONIOENCODING": "ascii"}
    shown = dmm("run", detector, "--text", "é日", check=True, **ascii_only)
    assert "\\xe9" in shown.stdout
    printed = json.loads(dmm("run", detector, "--text", "é日", "--json", check=True, **ascii_only).stdout)
    assert len(printed["outputs"]) == 1
    machine = tmp_path / "машина.json"
    machine.write_text('{"output": {"dict-1": {"input-é": {"char": 1}}}}', encoding="utf-8")
    as_json = json.loads(dmm("show", machine, "--as", "json", check=True, **ascii_only).stdout)
    assert "input-é" in as_json["neurons"]
    refused = dmm("show", tmp_path / "жук.json", **ascii_only)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


def test_bad_input_leaves_no_traceback(tmp_path):
    path = tmp_path / "machine.json"
    path.write_text('{"output": {"dict-1": {"input": {"char": NaN}}}}', encoding="utf-8")
    for arguments in (["eval", path, "--text", "a"], ["show", path], ["eval"], ["nonsense"]):
        done = dmm(*arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_a_reader_who_leaves_is_no_error(detector):
    command = [sys.executable, "-m", "dmm", "run", str(detector), "--text", "a", "--ticks", "20000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.slow
def test_compiled_programs_are_kept_for_the_next_start(detector, tmp_path):
    arguments = ("eval", detector, "--text", "aa", "--json")
    first = dmm(*arguments, check=True, XDG_CACHE_HOME=str(tmp_path))
    kept = sorted((tmp_path / "dmm" / "xla").glob("*-cache"))
    assert kept
    second = dmm(*arguments, check=True, XDG_CACHE_HOME=str(tmp_path))
    assert (second.stdout, second.stderr) == (first.stdout, first.stderr)
    assert sorted((tmp_path / "dmm" / "xla").glob("*-cache")) == kept, "the second start found everything"


def test_a_cache_that_cannot_be_written_is_done_without(detector, tmp_path):
    done = dmm("eval", detector, "--text", "aa", "--json", XDG_CACHE_HOME=str(detector))
    assert (done.returncode, done.stderr) == (0, "")
