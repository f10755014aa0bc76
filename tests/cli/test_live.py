"""`dmm live`: commands from a pipe, a file or a person; each is answered, and mistakes do not end it."""

import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time

import pytest

from dmm.live.machine import LiveMachine
from dmm.machine.files import load_machine, save_machine
from dmm.machine.machine import Machine

LINES = """
send input {a: 2}   # an item
set norm.dict <- input.char 3
step 4

sett norm.dict
step
""".lstrip()
REPLIES = [
    "input receives it at tick 1",
    "norm.dict <- input.char: 1 becomes 3, in the matrix after tick 2",
    "tick 4: 0",
    "'sett' is no command; 'help' lists them",
    "tick 5: 0",
]


@pytest.fixture
def norm(tmp_path):
    """A machine file: the norm of the items."""
    path = tmp_path / "norm.json"
    save_machine(Machine().add("input").add("norm").link("norm.dict", "input.char").read("norm"), path)
    return path


@pytest.fixture
def typed(monkeypatch):
    """Let standard input be this text, from a pipe."""

    def type_in(text):
        monkeypatch.setattr("sys.stdin", io.StringIO(text))

    return type_in


def test_commands_from_a_pipe_are_answered_line_by_line(dmm, norm, typed):
    typed(LINES)
    done = dmm("live", norm)
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == REPLIES


def test_a_script_fails_where_a_command_was_refused(dmm, norm, tmp_path):
    script = tmp_path / "script.txt"
    script.write_text(LINES, encoding="utf-8")
    done = dmm("live", norm, "--script", script)
    assert done.status == 1
    assert done.out.splitlines() == REPLIES
    assert done.err == "dmm live: 1 of 5 commands were refused; see the replies\n"
    script.write_text("step 3", encoding="utf-8")
    assert dmm("live", norm, "--script", script).status == 0


def test_json_is_one_object_at_the_end(dmm, norm, typed):
    typed(LINES)
    done = dmm("live", norm, "--json")
    assert [reply["message"] for reply in done.json["replies"]] == REPLIES
    assert [reply["ok"] for reply in done.json["replies"]] == [True, True, True, False, True]
    assert done.json["replies"][0]["command"] == "send input {a: 2}"
    assert (done.json["tick"], done.json["halted"]) == (5, None)
    live = LiveMachine(load_machine(norm))
    for line in LINES.splitlines():
        live.ask(line.partition("#")[0].strip())
    assert done.json["outputs"] == live.outputs.to_nested()


def test_quit_ends_it(dmm, norm, typed):
    typed("step\nquit\nstep\n")
    assert dmm("live", norm).out.splitlines() == ["tick 1: 0"]


def test_options_reach_the_machine(dmm, norm, typed):
    typed("step 5\nhistory 4\nstart\npause\n")
    lines = dmm("live", norm, "--history", 2, "--rate", 0.5).out.splitlines()
    assert lines[1:4] == ["4  0", "5  0", "running at 0.5 ticks a second"]


def test_what_was_saved_goes_on(dmm, norm, typed, tmp_path):
    saved = tmp_path / "a live one.json"
    typed(f"send input 7\nstep\nsave {saved}\n")
    assert dmm("live", norm).out.splitlines()[-1] == f"tick 1 is in {saved}"
    typed("step\n")
    assert dmm("live", saved).out.splitlines() == ["tick 2: {norm: 7}"]


def test_a_saved_machine_whose_keys_somebody_sorted_is_one(dmm, norm, typed, tmp_path):
    typed(f"send input 7\nstep\nsave {tmp_path / 'live.json'}\n")
    assert dmm("live", norm).status == 0
    tree = json.loads((tmp_path / "live.json").read_text(encoding="utf-8"))
    (tmp_path / "sorted.json").write_text(json.dumps(tree, sort_keys=True, indent=2), encoding="utf-8")
    typed("step\n")
    assert dmm("live", tmp_path / "sorted.json").out.splitlines() == ["tick 2: {norm: 7}"]


def test_a_saved_machine_with_a_broken_parameter_is_one_sentence(dmm, norm, typed, tmp_path):
    saved = tmp_path / "live.json"
    typed(f"neuron c : constant(value = {{b: 1}})\nsave {saved}\n")
    assert dmm("live", norm).status == 0
    tree = json.loads(saved.read_text(encoding="utf-8"))
    tree["machine"]["neurons"]["c"]["parameters"]["value"] = {"b": "x"}
    saved.write_text(json.dumps(tree), encoding="utf-8")
    done = dmm("live", saved)
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert "live.json: the parameters of neuron 'c': the leaf at b is 'x', not a number" in done.err


def test_a_machine_that_halts_says_so(dmm, tmp_path, typed):
    path = tmp_path / "grows.json"
    made = (
        Machine().add("accum").add("const_1").link("accum.dict-2", "accum.dict").link("accum.dict-2", "const_1.const_1")
    )
    save_machine(made.read("accum"), path)
    typed("step 5000\nstep\n")
    done = dmm("live", path, "--json")
    assert done.status == 0
    assert "accum.dict is beyond all numbers" in done.json["halted"]
    assert [reply["ok"] for reply in done.json["replies"]] == [False, False]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.json",), "nowhere.json: no such file or directory"),
        (("{norm}", "--script", "nowhere.txt"), "--script nowhere.txt: no such file or directory"),
        (("{norm}", "--rate", "0"), "'0' is not a finite number above 0"),
        (("{norm}", "--history", "no"), "'no' is not a whole number"),
    ],
)
def test_bad_arguments_are_one_sentence(dmm, norm, arguments, message):
    done = dmm("live", *(argument.format(norm=norm) for argument in arguments))
    assert (done.status, done.out) == (2, "")
    assert message in done.err
    assert done.err.count("\n") == 1


def test_a_broken_saved_machine_is_one_sentence(dmm, tmp_path):
    path = tmp_path / "live.json"
    path.write_text('{"format": "dmm-live", "version": 1}', encoding="utf-8")
    done = dmm("live", path)
    assert done.status == 2
    assert "live.json: the key 'buffers' is missing" in done.err


class Person:
    """Somebody at a terminal."""

    def __init__(self, *arguments):
        self.terminal, inner = pty.openpty()
        command = [sys.executable, "-m", "dmm", "live", *map(str, arguments)]
        self.process = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, start_new_session=True)
        os.close(inner)
        self.seen = ""

    def sees(self, text, pressing=False):
        """Wait until it is on the screen; press Ctrl-C again if it is not, as one just before a read goes unheard."""
        end, pressed = time.monotonic() + 60, 0.0
        while text not in self.seen:
            assert time.monotonic() < end, self.seen
            if pressing and time.monotonic() - pressed > 5:
                self.process.send_signal(signal.SIGINT)
                pressed = time.monotonic()
            if select.select([self.terminal], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self.terminal, 4096).decode()
                except OSError:  # nobody at the other end any more
                    assert text in self.seen, self.seen
        self.seen = self.seen.partition(text)[2]

    def types(self, line):
        os.write(self.terminal, line.encode() + b"\n")

    def leaves(self):
        """Wait for the exit status."""
        return self.process.wait(60)


@pytest.fixture
def person(norm):
    """Somebody at the prompt of the norm."""
    found = Person(norm)
    yield found
    found.process.kill()
    found.process.wait()
    os.close(found.terminal)


def test_a_person_gets_a_prompt_and_control_c_pauses_then_ends(person):
    person.sees("'help' lists the commands, 'quit' ends")
    person.sees("> ")
    person.types("bogus")
    person.sees("'bogus' is no command")
    person.types("start")
    person.sees("running as fast as it can")
    person.sees("> ")
    time.sleep(1)
    person.sees("paused at tick", pressing=True)
    person.sees("> ")
    person.types("step 10000000")
    person.sees("step 10000000")
    time.sleep(1)
    person.sees("interrupted at tick", pressing=True)
    person.sees("> ")
    person.sees("dmm live: interrupted", pressing=True)
    assert person.leaves() == 130


def test_the_end_of_input_ends_the_prompt(person):
    person.sees("> ")
    person.types("step")
    person.sees("tick 1")
    person.sees("> ")
    os.write(person.terminal, b"\x04")
    assert person.leaves() == 0
