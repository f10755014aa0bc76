"""`dmm trace`: every neuron at every tick, as a table and as JSON; the interpreter says what must stand there."""

import json

import pytest

import pictures
from dmm.interpret.cycle import read, run, trace
from dmm.machine.files import save_machine
from dmm.machine.machine import Machine
from dmm.report.trace import record
from dmm.tasks.duplicates import teacher
from dmm.tasks.streams import characters
from dmm.vvalue.tree import VValue


def table(text):
    """The cells of the last table printed, row by row; V-values have no two blanks inside."""
    lines = text.rstrip().split("\n\n")[-1].splitlines()
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]


def test_it_prints_a_row_a_tick_and_a_column_an_output(dmm, detector):
    """Golden, read and judged line by line: n, o, o, ...; each column a link behind the one it listens to."""
    done = dmm("trace", detector, "--text", "noo", "--ticks", 7)
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [
        'always const_1.const_1 = 1; eos.char = {".": 1}; dot.dot = 0; output.dict-2 = 0',
        "",
        "tick  item    accum.dict    norm.norm  compare.true  output.dict-1",
        "1     {n: 1}  .             .          .             .",
        "2     {o: 1}  {n: 1}        .          .             .",
        "3     {o: 1}  {n: 1, o: 1}  1          .             .",
        "4     {o: 1}  {n: 1, o: 2}  1          .             .",
        "5     {o: 1}  {n: 1, o: 3}  2          .             .",
        "6     {o: 1}  {n: 1, o: 4}  3          1             .",
        "7     {o: 1}  {n: 1, o: 5}  4          2             1",
    ]


def test_every_cell_is_what_the_interpreter_says(dmm, detector):
    stream = characters("aab.b", every=2, ticks=14)
    done = dmm("trace", detector, "--text", "aab.b", "--every", 2, "--ticks", 14, "--all", "--neurons", "norm,accum")
    head, *rows = table(done.out)
    assert head == ["tick", "item", "norm.norm", "accum.dict"]
    for number, (row, item, tick) in enumerate(zip(rows, stream, trace(teacher(), stream), strict=True), 1):
        told = (item, tick.outputs["norm", "norm"], tick.outputs["accum", "dict"])
        assert row == [str(number), *(str(x) if x else "." for x in told)]


def test_ticks_in_which_nothing_changes_are_folded(dmm, detector):
    few = dmm("trace", detector, "--text", "ab", "--every", 10).out.splitlines()
    many = dmm("trace", detector, "--text", "ab", "--every", 10, "--all").out.splitlines()
    assert len(many) == 3 + 40
    told = sum(int(line.split()[1]) if line.startswith("...") else 1 for line in few[3:])
    assert told == 40
    assert "... 7 ticks the same" in few
    assert [line for line in few if not line.startswith("...")] == [line for line in many if line in few]


def test_a_part_of_the_ticks(dmm, detector):
    _, *rows = table(dmm("trace", detector, "--text", "abcdef", "--from", 3, "--to", 5).out)
    assert [row[0] for row in rows] == ["3", "4", "5"]
    _, *rows = table(dmm("trace", detector, "--text", "abcdef", "--from", 8).out)
    assert [row[0] for row in rows] == ["8"]


def test_inputs_stand_before_outputs(dmm, detector):
    head, *rows = table(dmm("trace", detector, "--text", "no", "--inputs", "--neurons", "accum", "--ticks", 4).out)
    assert head == ["tick", "item", "to accum.dict-1", "to accum.dict-2", "accum.dict"]
    assert rows[2] == ["3", "{o: 1}", "{n: 1}", "{o: 1}", "{n: 1, o: 1}"]


def test_neurons_that_the_answer_does_not_depend_on_are_left_out(dmm, tmp_path):
    machine = Machine().add("input").add("norm").add("accum").add("output").link("norm.dict", "input.char")
    machine = machine.link("accum.dict-2", "input.char").link("output.dict-1", "norm.norm")
    save_machine(machine, tmp_path / "m.json")
    done = dmm("trace", tmp_path / "m.json", "--text", "ab", "--json")
    assert [*done.json["ticks"][0]["outputs"]] == ["input", "norm", "output"]
    assert "accum" not in dmm("trace", tmp_path / "m.json", "--text", "ab").out
    assert "{a: 1}" in dmm("trace", tmp_path / "m.json", "--text", "ab", "--neurons", "accum").out


@pytest.mark.parametrize("timing", ["unit delay", "synchronous"])
def test_json_is_one_object_with_every_tick(dmm, tmp_path, timing):
    machine, stream = teacher().with_timing(timing), characters("aab.", every=2)
    save_machine(machine, tmp_path / "m.json")
    done = dmm("trace", tmp_path / "m.json", "--text", "aab.", "--every", 2, "--to", 9, "--from", 2, "--json")
    rows = done.json["ticks"]
    assert [row["tick"] for row in rows] == [*range(2, 10)]
    answers = run(machine, stream)[0]
    for row, tick in zip(rows, [*trace(machine, stream)][1:9], strict=True):
        assert [*row] == ["tick", "item", "inputs", "outputs", "answer"]
        assert VValue(row["item"]) == stream[row["tick"] - 1]
        assert {name: VValue(x) for name, x in row["inputs"].items()} == {n: tick.inputs[n] for n in machine.neurons}
        assert {name: VValue(x) for name, x in row["outputs"].items()} == {n: tick.outputs[n] for n in machine.neurons}
        assert VValue(row["answer"]) == answers[row["tick"] - 1] == read(machine, tick.outputs)


def test_numbers_are_rounded_for_people_only(dmm, tmp_path):
    machine = Machine().add("input").add("accum").link("accum.dict-2", "input.char", 1 / 3).read("accum")
    save_machine(machine, tmp_path / "m.json")
    assert "{a: 0.3333}" in dmm("trace", tmp_path / "m.json", "--text", "a").out
    rows = dmm("trace", tmp_path / "m.json", "--text", "a", "--json").json["ticks"]
    assert rows[1]["outputs"]["accum"] == {"dict": {"a": 1 / 3}}


def test_a_narrow_terminal_gets_several_tables(dmm, detector, monkeypatch):
    wide = dmm("trace", detector, "--text", "noon.").out
    monkeypatch.setenv("COLUMNS", "44")
    assert dmm("trace", detector, "--text", "noon.").out == wide, "in a pipe nothing is wrapped"
    monkeypatch.setattr("dmm.cli.trace.on_a_terminal", lambda: True)
    tables = dmm("trace", detector, "--text", "noon.").out.split("\n\n")[1:]
    assert len(tables) > 1
    assert all(text.startswith("tick  item") for text in tables)
    assert max(len(line) for text in tables for line in text.splitlines()) <= 44
    columns = [name for text in tables for name in text.splitlines()[0].split()[2:]]
    assert columns == wide.split("\n\n")[1].splitlines()[0].split()[2:]


def test_a_column_wider_than_the_terminal_is_cut(dmm, detector, monkeypatch):
    monkeypatch.setattr("dmm.cli.trace.on_a_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    out = dmm("trace", detector, "--text", "abcdefghij", "--neurons", "accum").out
    assert max(map(len, out.splitlines())) <= 40
    assert "..." in out


# -- pictures and pages ------------------------------------------------------------------------------------------------


def test_a_picture_and_a_page_are_what_the_library_makes(dmm, detector, tmp_path):
    found = record(teacher(), characters("noon.", ticks=9)).part(2, 7)
    asked = ("trace", detector, "--text", "noon.", "--ticks", 9, "--from", 2, "--to", 7)
    assert dmm(*asked, "--as", "svg").out == found.svg()
    assert dmm(*asked, "--as", "html").out == found.html()
    assert dmm(*asked, "--as", "text").out == dmm(*asked).out == found.table() + "\n"
    done = dmm(*asked, "--as", "svg", "--neurons", "accum", "--inputs", "--out", tmp_path / "trace.svg")
    assert (done.status, done.out, done.err) == (0, "", "")
    assert (tmp_path / "trace.svg").read_text(encoding="utf-8") == found.svg(["accum"], inputs=True)
    assert "to accum.dict-2" in pictures.texts(pictures.parsed((tmp_path / "trace.svg").read_text(encoding="utf-8")))


def test_tables_and_json_can_be_written_too(dmm, detector, tmp_path, monkeypatch):
    monkeypatch.setattr("dmm.cli.trace.on_a_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    asked = ("trace", detector, "--text", "noon.", "--out", tmp_path / "file")
    assert dmm(*asked).status == 0
    assert (tmp_path / "file").read_text() == record(teacher(), characters("noon.")).table() + "\n", "a file is wide"
    assert dmm(*asked, "--json").status == 0
    assert json.loads((tmp_path / "file").read_text()) == dmm(*asked[:-2], "--json").json


MISTAKES = {
    "two forms": (["--json", "--as", "svg"], "--json and --as svg are two forms; choose one of them"),
    "all of a picture": (["--all", "--as", "svg"], "--all is for tables"),
    "nowhere": (["--as", "svg", "--out", "nowhere/x.svg"], "--out nowhere/x.svg: "),
    "unknown neuron": (["--neurons", "accum,nrom"], "--neurons: there is no neuron 'nrom'; there are "),
    "backwards": (["--from", "3", "--to", "2"], "no ticks 3 to 2"),
    "beyond the end": (["--to", "9"], "no ticks 1 to 9; the stream has 4"),
    "from beyond the end": (["--from", "9"], "no ticks 9 to 4"),
}


@pytest.mark.parametrize(("arguments", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_sentence(dmm, detector, arguments, sentence):
    done = dmm("trace", detector, "--text", "ab", *arguments)
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert sentence in done.err


def test_a_machine_that_hears_nothing_needs_no_stream(dmm, tmp_path):
    save_machine(Machine().add("timer").read("timer"), tmp_path / "timer.json")
    for command, last in (("trace", "3     .     3"), ("run", "3     0     {timer: 3}")):
        done = dmm(command, tmp_path / "timer.json", "--ticks", 3)
        assert done.status == 0
        assert done.out.splitlines()[-1].split() == last.split()
    assert "no stream is given" in dmm("run", tmp_path / "timer.json").err
