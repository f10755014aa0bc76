"""The page: what stands in it is what the run's files say, nothing comes from outside, and nothing breaks it."""

import json
import re
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

import pictures
from dmm import TASKS, Machine, Parts, Task, contributions, load_machine, report_html, save_machine, symbols
from dmm.circuits.equations import to_equations
from dmm.circuits.programs.python import to_python
from dmm.circuits.statements import readable
from pages import copied, edit, halving, pictures_of, read_page, write_run

SECTIONS = [
    "circuit", "training", "answers", "inside", "generalisation", "failures", "front", "setup",
]  # fmt: skip


def stored(run, name="position.json"):
    return json.loads((run / name).read_text())


def history(run):
    return [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]


def figure(text):
    """A number as a page writes it."""
    return float(text.replace(",", "").replace("−", "-"))


def assert_well_made(text):
    """Nothing from outside, no script, pictures that parse, headings in order, references that lead somewhere."""
    page = read_page(text)
    for element in page.everything():
        assert element.tag not in {"script", "iframe", "object", "embed", "base"}
        for name, value in element.attributes.items():
            assert not name.startswith("on"), (element.tag, name)
            if name in {"src", "href", "action", "data"}:
                assert value.startswith("#") or value == "data:,", value
    assert "url(" not in text
    assert "@import" not in text
    assert re.findall(r"https?://[^\s\"<]+", text.replace('xmlns="http://www.w3.org/2000/svg"', "")) == []
    for picture in pictures_of(text):
        pictures.parsed(picture)
    levels = [int(heading.tag[1]) for heading in page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    names = [each.attributes["id"] for each in page.everything() if "id" in each.attributes]
    assert len(names) == len(set(names))
    for link in page.all("a"):
        assert link.attributes["href"].removeprefix("#") in names
    for element in page.everything():
        if labelled := element.attributes.get("aria-labelledby"):
            assert labelled in names
    for table in page.all("table"):
        assert table.all("caption")[0].words
        assert all(cell.attributes.get("scope") in ("col", "row") for cell in table.all("th"))
        widths = {len(row.all("th", "td")) for row in table.all("tr")}
        assert len(widths) == 1, "every row has as many cells as the head"
    assert page.all("html")[0].attributes["lang"] == "en"
    return page


# -- one run -----------------------------------------------------------------------------------------------------------


def test_the_page_of_a_trained_run_says_what_its_files_say(trained):
    page = assert_well_made(report_html(trained))
    position, config, last = stored(trained), stored(trained, "config.json"), history(trained)[-1]
    circuit = load_machine(trained / "circuit.json")
    verdict = position["found"][0]["verdict"]
    assert [each.attributes["id"] for each in page.all("section")] == SECTIONS
    assert page.all("h1")[0].words == "running-sum"
    lead = next(each.words for each in page.all("p") if each.attributes.get("class") == "lead")
    assert lead == "Exact: the circuit equals the teacher on 50 random streams of up to 50 ticks."
    assert f"{verdict['ticks']:,} ticks in all" in page.words
    facts = page.facts()
    assert facts["outcome"] == "exact"
    assert int(facts["links"]) == len(circuit.matrix) == last["links"]
    assert figure(facts["steps"]) == last["steps"]
    assert int(facts["attempts"]) == last["attempt"]
    assert int(facts["seed"]) == config["seed"] == 1
    assert int(facts["counter-examples"]) == len(position["challenges"])
    assert figure(facts["largest error"]) == verdict["max_error"] == 0


def test_the_circuit_stands_there_as_equations_and_as_a_program(trained):
    page = read_page(report_html(trained))
    circuit = load_machine(trained / "circuit.json")
    listings = [each.text for each in page.by_id("circuit").all("pre")]
    assert listings == [to_equations(circuit), to_python(circuit)]
    assert page.by_id("circuit").all("details")[0].all("summary")[0].words == "The circuit as a Python program"


def test_stages_take_the_time_and_steps_that_the_history_says(trained):
    page = read_page(report_html(trained))
    head, *rows, total = page.table("What every stage took")
    assert head == ["stage", "units of work", "steps", "time", "share"]
    lines = history(trained)
    steps, units = {}, {}
    stage, before = "warm up", 0
    for line in lines:
        steps[stage] = steps.get(stage, 0) + line["steps"] - before
        units[stage] = units.get(stage, 0) + 1
        stage, before = line["stage"], line["steps"]
    assert {row[0]: figure(row[2]) for row in rows} == steps
    assert {row[0]: figure(row[1]) for row in rows} == units
    assert figure(total[1]) == len(lines)
    assert figure(total[2]) == lines[-1]["steps"]


def test_settings_parts_and_versions_are_listed(trained):
    page, config = read_page(report_html(trained)), stored(trained, "config.json")
    settings = dict(page.table("Settings")[1:])
    assert settings.keys() == config["settings"].keys()
    assert json.loads(settings["penalty"]) == config["settings"]["penalty"]
    assert json.loads(settings["warm_up"]) == config["settings"]["warm_up"] == 250
    assert dict(page.table("Parts of the template")[1:])["timing"] == "synchronous"
    assert dict(page.table("What the run was started with")[1:])["version of jax"] == config["versions"]["jax"]


def test_the_front_is_that_of_the_folder(exact):
    page = read_page(report_html(exact))
    rows = [(int(row[0]), figure(row[1]), int(row[2])) for row in page.table(
        "The best circuits of the run, links against error")[1:]]  # fmt: skip
    assert rows == [(1, 7.25, 20), (2, 0.0, 50)]
    for row, fold in zip(rows, page.by_id("front").all("details"), strict=True):
        machine = load_machine(exact / "front" / f"{row[0]}-links.json")
        assert fold.all("pre")[0].text == to_equations(machine, digits=4)
    assert "0.3333 " in page.by_id("front").all("details")[0].all("pre")[0].text


def test_examples_are_asked_again_and_compared(wrong):
    """Half of every sum: the error of a stream is half of its largest sum."""
    page = read_page(report_html(wrong))
    rows = page.table("Errors, stream by stream")[1:]
    training = [row for row in rows if row[0].startswith("training")]
    task = TASKS["running-sum"]
    assert len(training) == len(task.examples)
    for row, example in zip(training, task.examples, strict=True):
        numbers = [item.scalar for item in example.inputs]
        sums = [sum(numbers[: n + 1]) for n in range(len(numbers))]
        assert figure(row[2]) == max(map(abs, sums)) / 2
        assert int(row[3]) == next(n for n, x in enumerate(sums, 1) if x)
    assert [row[0] for row in rows if row not in training] == [f"random stream {n}" for n in range(1, 5)]


def test_where_a_circuit_fails_the_stream_is_shown_and_explained(wrong):
    page = read_page(report_html(wrong))
    assert page.facts()["outcome"] == "not found"
    failures = page.by_id("failures")
    assert "The shortest failing stream known has 1 tick" in failures.words  # of those drawn for the page
    head, row = failures.table("The failing stream, tick by tick")
    cells = dict(zip(head, row, strict=True))
    number = Fraction(cells["item"])
    expected, answer = (re.fullmatch(r"\{sum: (.*)\}", cells[name])[1] for name in ("expected", "answer"))
    assert Fraction(expected) == number != 0
    assert Fraction(answer) == number / 2
    assert figure(cells["error"]) == abs(number) / 2
    explained = failures.all("pre")[0].text
    stream = [next(x for e in TASKS["running-sum"].examples for x in e.inputs if x.scalar == number)]
    assert explained == str(contributions(readable(halving()), stream, 1))


def test_counter_examples_are_listed(exact):
    bullets = [each.words for each in read_page(report_html(exact)).by_id("failures").all("li")]
    assert bullets == ["0 0 3"]
    assert stored(exact)["challenges"] == [[0, 0, 3]]


def test_of_an_exact_circuit_it_is_said_how_hard_a_failure_was_looked_for(exact):
    text = read_page(report_html(exact)).by_id("failures").words
    assert "No failing stream was found, neither by the 50 streams of up to 50 ticks of the verdict" in text
    assert "short counter-examples" in text


def test_the_circuit_is_asked_beyond_its_training(counting, tmp_path):
    """Half of every count: after n times the same symbol the error is n / 2."""
    machine = counting.teacher
    half = machine.unlink("accum.dict-2", "input.char").link("accum.dict-2", "input.char", 0.5)
    run = write_run(tmp_path / "run", counting, half)
    rows = read_page(report_html(run, task=counting)).table("Largest error beyond the training")[1:]
    repeated = {row[1]: row[5] for row in rows if row[0] == "repetition"}
    assert repeated == {
        "one item 4 times, as often as in training": "2",
        "one item 40 times, 10 times as often in training": "20",
        "one item 400 times, 100 times as often in training": "200",
    }
    lengths = [row for row in rows if row[0] == "length"]
    assert [(row[1], row[5]) for row in lengths] == [
        ("4 ticks, as in training", "2"), ("40 ticks, 10 times the length in training", "20"),
        ("400 ticks, 100 times the length in training", "200"),
    ]  # fmt: skip
    assert all(row[2] == row[4] for row in rows), "every stream is wrong"
    symbolic = [row[1] for row in rows if row[0] == "symbols"]
    assert symbolic == [
        "1 symbol, those of the training", "1 symbol, all others", "2 symbols, of which 1 others",
        "10 symbols, of which 9 others",
    ]  # fmt: skip
    right = read_page(report_html(write_run(tmp_path / "right", counting, machine), task=counting))
    assert {row[5] for row in right.table("Largest error beyond the training")[1:]} == {"0"}


def test_of_streams_of_one_kind_the_largest_error_counts(counting, tmp_path):
    """Whatever length is asked for, the task makes streams of one to five symbols."""
    task = replace(counting, streams=lambda *_: [symbols("a" * n) for n in (2, 5, 1, 3)])
    half = task.teacher.unlink("norm.dict", "accum.dict").link("norm.dict", "accum.dict", 0.5)
    page = read_page(report_html(write_run(tmp_path / "run", task, half), task=task))
    lengths = [row for row in page.table("Largest error beyond the training")[1:] if row[0] == "length"]
    assert [row[2:] for row in lengths] == [["4", "11", "4", "2.5"]] * 3


def test_the_number_that_is_off_most_is_explained(tmp_path):
    task = TASKS["duplicates"]
    broken = Machine().add("input").add("const_1").add("output")
    broken = broken.link("output.dict-1", "const_1.const_1", 0.1).link("output.dict-2", "const_1.const_1", -5)
    page = read_page(report_html(write_run(tmp_path / "run", task, broken)))
    listing = page.by_id("failures").all("pre")[0].text
    assert listing.startswith("dict-2 = -5 at tick 2: of ")


def test_late_answers_are_compared_with_the_targets_they_belong_to(tmp_path):
    """Under unit delay the sum comes two ticks after its item; the teacher is a function, which knows no delay."""

    def sums(stream):
        return [sum(item.scalar for item in stream[: n + 1]) for n in range(len(stream))]

    parts = Parts(neurons=("accum",), outputs=("sum",), readout="numbers", lag=2)
    task = Task.taught("late sums", "the sum so far, two ticks later", sums, [[3, -1, 4], [5, 5]], parts=parts)
    once = halving().with_timing("unit delay").link("accum.dict-2", "input.char", 0.5)
    page = read_page(report_html(write_run(tmp_path / "run", task, once), task=task))
    rows = page.table("Errors, stream by stream")[1:]
    assert {(row[2], row[3]) for row in rows} == {("0", "none")}
    assert [int(row[1]) for row in rows][:2] == [5, 4], "with the silence in which the last answers come"
    beyond = page.table("Largest error beyond the training")[1:]
    assert {(row[4], row[5]) for row in beyond} == {("0", "0")}
    twice = once.link("accum.dict-2", "input.char")
    page = read_page(report_html(write_run(tmp_path / "wrong", task, twice), task=task))
    head, *rows = page.table("The failing stream, tick by tick")
    last = dict(zip(head, rows[-1], strict=True))
    assert [row[head.index("expected")] for row in rows] == ["not scored", "not scored", last["expected"]]
    assert last["answer"] == f"{{sum: {2 * int(rows[0][1])}}}"
    assert last["expected"] == f"{{sum: {rows[0][1]}}}"


def test_a_page_is_the_same_every_time_and_changes_nothing(wrong):
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in wrong.rglob("*") if path.is_file()}
    assert report_html(wrong) == report_html(str(wrong))
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in wrong.rglob("*") if path.is_file()} == before


# -- several runs ------------------------------------------------------------------------------------------------------


def test_two_runs_are_compared_in_a_table_a_plot_and_a_picture(exact, wrong):
    text = report_html([exact, wrong])
    page = assert_well_made(text)
    head, *rows = page.table("The runs")
    assert [dict(zip(head, row, strict=True)) for row in rows] == [
        {"run": "exact", "task": "running-sum", "seed": "7", "outcome": "exact", "links": "2", "largest error": "0",
         "time": "10 s", "steps": "700", "attempts": "2"},
        {"run": "wrong", "task": "running-sum", "seed": "7", "outcome": "not found", "links": "2",
         "largest error": "2.5", "time": "10 s", "steps": "700", "attempts": "2"},
    ]  # fmt: skip
    titles = [picture.split("<title>")[1].split("<")[0] for picture in pictures_of(page_part(text, "comparison"))]
    assert titles == ["Links over the steps of training, run by run", "exact and wrong"]
    ids = [each.attributes["id"] for each in page.all("section")]
    assert ids == ["comparison", *(f"run-{n}-{name}" for n in (1, 2) for name in SECTIONS)]
    assert "1 of 2 finished runs ended with a circuit that does the task, of 2 links." in page.words


def page_part(text, name):
    """The text of the section of that name."""
    return text[text.index(f'<section id="{name}"') :].split("</section>")[0]


def test_many_runs_of_the_same_name_are_told_apart(exact, tmp_path):
    other = tmp_path / "elsewhere" / "exact"
    write_run(other, TASKS["running-sum"], halving())
    third = copied(exact, "third")
    page = assert_well_made(report_html([exact, other, third]))
    assert [row[0] for row in page.table("The runs")[1:]] == [str(exact), str(other), str(third)]


# -- what is not there -------------------------------------------------------------------------------------------------


def test_an_unfinished_run_is_shown_as_it_stands(unfinished):
    page = assert_well_made(report_html(unfinished))
    lead = next(each.words for each in page.all("p") if each.attributes.get("class") == "lead")
    assert lead == "Unfinished: before the stage “challenge” of attempt 2. Shown is the machine as it stands."
    assert f"dmm synth --resume {unfinished}" in page.words
    assert page.facts()["outcome"] == "unfinished"
    assert page.by_id("circuit").all("pre")[0].text == to_equations(halving())
    assert "No circuit was judged." in page.by_id("front").words


@pytest.mark.parametrize(
    "name", ["config.json", "history.jsonl", "position.json", "examples.jsonl", "circuit.json", "front/2-links.json"]
)
@pytest.mark.parametrize(
    "damage", [None, "", "{", "[]", "null", '{"task": 5, "stage": "nap", "found": [{}]}', "\x00\xff"]
)
def test_a_run_with_a_damaged_file_tells_the_rest(exact, name, damage):
    """Each file in turn is taken away, or filled with nonsense; the page says so, and the rest is there."""
    path = exact / name
    if damage is None:
        path.unlink()
    else:
        path.write_text(damage, encoding="latin-1")
    page = assert_well_made(report_html(exact))
    assert [each.attributes["id"] for each in page.all("section")] == SECTIONS
    remarks = "Not all of the run could be read:" in page.words
    assert remarks or name in ("circuit.json", "front/2-links.json")
    if name != "circuit.json":
        assert to_equations(TASKS["running-sum"].teacher) == page.by_id("circuit").all("pre")[0].text


def test_checkpoints_that_are_damaged_or_gone_cost_no_more_than_the_animation(exact):
    assert "shrinks from" in report_html(exact)
    checkpoints = sorted((exact / "checkpoints").iterdir())
    checkpoints[1].write_text("{")
    assert "because of a damaged checkpoint" in report_html(exact)
    for path in checkpoints:
        path.unlink()
    assert "There are no checkpoints" in report_html(exact)


def test_a_run_of_an_older_version_is_reported(exact):
    """It had other settings, and did not say what it was about."""
    settings = {"layers": 5, "penalty": 0.03}
    edit(exact / "config.json", summary=None, taught=None, parts=None, settings=settings, versions=None)
    edit(exact / "position.json", found=None, challenges=None, failures=None, verdict=None)
    newer = ("challenges", "penalty", "undone")
    lines = [{key: x for key, x in line.items() if key not in newer} for line in history(exact)]
    assert "loss and penalty" in report_html(exact)
    (exact / "history.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    page = assert_well_made(report_html(exact))
    training = page.by_id("training").words
    assert "The penalty on links was not recorded by the version of dmm that made this run." in training
    assert "loss and penalty" not in training
    assert "step back: trained, and no smaller than before" in training
    assert "the settings are damaged, or of another version of dmm" in page.words
    assert page.facts()["outcome"] == "exact"
    assert dict(page.table("Settings")[1:]) == {"layers": "5", "penalty": "0.03"}


def test_a_teacher_of_ones_own_is_missed_until_it_is_given(counting, tmp_path):
    run = write_run(tmp_path / "run", counting, counting.teacher)
    page = assert_well_made(report_html(run))
    assert "The teacher is not on disk" in page.words
    assert "There is no teacher who knows the answers" in page.by_id("generalisation").words
    assert "The teacher is not on disk" not in read_page(report_html(run, task=counting)).words
    other = counting.retaught([symbols("ab")])
    edit(run / "config.json", task="words")
    assert "answers otherwise than examples.jsonl" in read_page(report_html(run, task=other)).words


def test_a_history_that_was_being_written_is_read_so_far(exact):
    with (exact / "history.jsonl").open("a") as file:
        file.write('{"unit": 99, "sta')
    page = assert_well_made(report_html(exact))
    assert "history.jsonl: 1 damaged line left out." in page.words


# -- names that would break a page -------------------------------------------------------------------------------------

HOSTILE = "<script>alert('x')</script>&\"\x00\ud800</title></style>]]>"


def test_hostile_names_are_text(tmp_path):
    task = TASKS["running-sum"].retaught([TASKS["running-sum"].examples[0].inputs])
    run = write_run(tmp_path / "a<b>&'c", task, halving(adding=HOSTILE, answering="</text></svg><b>"))
    edit(run / "config.json", task=HOSTILE, summary=HOSTILE, versions={HOSTILE: HOSTILE}, parts={HOSTILE: [HOSTILE]})
    edit(run / "position.json", failures=[HOSTILE])
    for runs in (run, [run, run]):
        text = report_html(runs)
        page = assert_well_made(text)
        assert not page.all("script", "b")
        text.encode()
        heading = page.all("h1")[0].words
        assert heading == "<script>alert('x')</script>&\"\\x00\\ud800</title></style>]]>"


def test_hostile_symbols_are_text(counting, tmp_path):
    task = counting.retaught([symbols(["<b>", "</text>", "&amp;", "\x07", "a" * 300, "\u202e", "<b>"])])
    half = halving().unlink("output.sum", "accum.dict").add("norm")
    half = half.link("norm.dict", "accum.dict").link("output.sum", "norm.norm")
    text = report_html(write_run(tmp_path / "run", task, half), task=task)
    page = assert_well_made(text)
    assert not page.all("b")
    assert "\x07" not in text
    assert "\u202e" not in text
    assert "\\u202e" in text
    assert "<b>" in page.by_id("answers").words


def test_a_machine_without_end_costs_little(tmp_path):
    """Answers that grow beyond all numbers are infinite errors, not failures of the page."""
    growing = halving().unlink("accum.dict-1", "accum.dict").link("accum.dict-1", "accum.dict", 1e200)
    text = report_html(write_run(tmp_path / "run", TASKS["running-sum"], growing))
    page = assert_well_made(text)
    assert "infinite" in {cell for row in page.table("Errors, stream by stream") for cell in row}


# -- folders that hold no run ------------------------------------------------------------------------------------------


def test_folders_without_a_run_are_refused_in_a_sentence(tmp_path, exact):
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "config.json").write_text('{"name": "something else"}')
    for path, sentence in (
        (tmp_path / "nowhere", "no such folder"),
        (exact / "config.json", "no such folder"),
        (empty, "no run (there is no config.json of one); name a folder that 'dmm synth' made"),
        (exact / "checkpoints", "no run"),
    ):
        with pytest.raises(ValueError, match=re.escape(f"{path}: {sentence}")):
            report_html([exact, path])
    with pytest.raises(ValueError, match="no run to report on; name one folder"):
        report_html([])


def test_a_large_run_makes_a_page_of_bearable_size(tmp_path):
    """A template of a thousand links, and three thousand units of work."""
    run = write_run(tmp_path / "run", TASKS["running-sum"], halving())
    save_machine(grown_large(), run / "checkpoints" / "00003-1002-links.json")
    lines = [{**line, "unit": n, "steps": 100 * n} for n, line in enumerate(history(run) * 300, 1)]
    (run / "history.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert len(report_html(run)) < 5e6


def grown_large():
    from pages import grown

    return grown(halving(), 1000)
