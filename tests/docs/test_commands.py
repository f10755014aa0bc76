"""Commands: every option is on the page of commands, and does something when it is given."""

import contextlib
import io
import json
import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest

import tiny
from dmm import TASKS, save_machine
from dmm.cli.main import COMMANDS, Parser, main
from dmm.synthesis import synthesise as module
from documented import first_column, page, section

pytestmark = [pytest.mark.trains, pytest.mark.usefixtures("compiled_once")]
OPTION = re.compile(r"--[a-z][a-z-]*")

SUMS = "synth --examples sums.jsonl --neurons accum,delay --layers 1 --width 1"
LINES = [
    "synth --list",
    f"{SUMS} --held-out more.jsonl --constants const_1 --seed 3 --out run --quiet --json",
    "synth --resume run --rewind 1",
    f"{SUMS} --outputs total --timing unit --lag 2 --fields accum.dict,accum.dict-2 --explain --json",
    f"{SUMS} --timing unit --lag 0 --edits accum-1-1.dict-2<-input.char --explain",
    f"{SUMS} --recurrent --gradient truncated:3 --optimizer sgd --memory 1G --explain",
    "synth duplicates --template recurrent --text noon --text aa. --explain",
    "synth duplicates --from detector.json --explain",
    "eval detector.json --text noon. --every 2 --ticks 20 --against detector.json --dot-clip 9 --json",
    "eval detector.json --text noon. --engine interpret --dtype float64",
    "run detector.json --text noon. --every 2 --ticks 20 --dot-clip 9 --json",
    "run sum.json --stream sums.jsonl --engine compile --dtype float32 --out answers.jsonl",
    "trace sum.json --stream sums.jsonl --record 2 --every 2 --ticks 12 --from 2 --to 9 --neurons accum --inputs --all",
    "trace detector.json --text noon. --dot-clip 9 --json",
    "trace detector.json --text noon. --as svg --out trace.svg",
    "explain sum.json --stream sums.jsonl --record 2 --every 2 --ticks 12 --tick 5 --output sum --depth 3 --dot-clip 9",
    "explain detector.json --text noon. --json",
    "show detector.json --as latex --digits 3 --rescale --out detector.tex",
    "report run --out page.html",
    "live detector.json --script commands.txt --rate 1000 --history 5 --dot-clip 9 --json",
    "bench startup --json",
]
"""Each option at least once; a run that others look into comes first."""


def parser_of(command):
    module_name, _ = COMMANDS[command]
    parser = Parser(prog=command)
    import_module(module_name).add_arguments(parser)
    return parser


def options_of(command):
    """The long options of a command, but `--help`, which all have."""
    names = {name for action in parser_of(command)._actions for name in action.option_strings}
    return {name for name in names if name.startswith("--")} - {"--help"}


def documented(command):
    return section(page("commands.md"), f"dmm {command}")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_in_the_table_of_its_command_and_no_other(command):
    described = set(OPTION.findall("\n".join(first_column(documented(command)))))
    assert described == options_of(command)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_choice_is_named(command):
    words = set(re.findall(r"[\w-]+", documented(command)))
    for action in parser_of(command)._actions:
        if action.choices and action.dest != "optimizer":  # of those, one is named, and whose they are
            assert {str(choice) for choice in action.choices} <= words


def test_every_option_is_tried():
    tried = {(line.split()[0], option) for line in LINES for option in OPTION.findall(line)}
    assert {(command, option) for command in COMMANDS for option in options_of(command)} <= tried


@pytest.fixture(scope="module")
def done(compiled_once, tmp_path_factory):
    """What every line printed, run one after the other in a folder of their own: by line."""
    place = tmp_path_factory.mktemp("commands")
    records = [[sign * x for x in numbers] for numbers in tiny.NUMBERS for sign in (1, -1)]
    write_sums(place / "sums.jsonl", records)
    write_sums(place / "more.jsonl", [[4, -9, 1], [2, 2, 2]])
    save_machine(TASKS["duplicates"].teacher, place / "detector.json")
    save_machine(TASKS["running-sum"].teacher, place / "sum.json")
    (place / "commands.txt").write_text("help\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setattr(module, "Settings", lambda: tiny.QUICK)
        patch.setattr("dmm.cli.bench._chosen", lambda _: [])
        patch.setenv("XDG_CACHE_HOME", "nowhere")
        yield place, {line: told(line) for line in LINES}


def write_sums(path: Path, records):
    """An examples file of numbers and their sums so far."""
    lines = ({"inputs": x, "targets": [sum(x[: k + 1]) for k in range(len(x))]} for x in records)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def told(line):
    """The exit status, and what went to standard output."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        status = main(shlex.split(line))
    return status, out.getvalue()


@pytest.mark.parametrize("line", LINES)
def test_every_option_works(done, line):
    _, outcomes = done
    assert outcomes[line][0] == 0
    out = re.search(r"--out (\S+)", line)
    if out:
        assert (done[0] / out[1]).exists()


@pytest.mark.parametrize("line", [line for line in LINES if "--json" in line])
def test_every_key_of_what_is_printed_is_described(done, line):
    _, outcomes = done
    printed = json.loads(outcomes[line][1])
    words = set(re.findall(r"`([\w ]+)`", documented(line.split()[0])))
    assert printed.keys() - {"circumstances"} <= words
    for key in ("front", "ticks", "values", "replies"):
        if isinstance(printed.get(key), list):
            assert printed[key][0].keys() <= words


def test_the_page_has_all_commands():
    assert re.findall(r"^## dmm (\w+)$", page("commands.md"), re.MULTILINE) == list(COMMANDS)
