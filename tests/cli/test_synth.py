"""`dmm synth`: its contract, on a task that takes seconds; the real thing is tested with the synthesis."""

import json
import re
import signal
from pathlib import Path

import pytest

import tiny
from dmm import TASKS, Machine, VValue, load_machine, run, save_machine
from dmm.cli.interrupt import noted_interruption
from dmm.cli.progress import Display, done
from dmm.synthesis import synthesise as module
from dmm.synthesis.position import Progress, Stage

pytestmark = [pytest.mark.trains, pytest.mark.usefixtures("compiled_once")]
PROMISED = {"links", "exact", "train_loss", "heldout_max_error", "seconds", "steps", "seed", "circuit"}
SMALL = ("--neurons", "accum,delay", "--layers", 1, "--width", 1)


def written(path, examples):
    """An examples file of numbers and their sums so far, as a person writes one."""
    records = (
        {"inputs": numbers, "targets": [sum(numbers[: k + 1]) for k in range(len(numbers))]} for numbers in examples
    )
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture
def place(monkeypatch, tmp_path) -> Path:
    """A folder of one's own, with ten short examples, and quick settings."""
    monkeypatch.setattr(module, "Settings", lambda: tiny.QUICK)
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "sums.jsonl", [[sign * x for x in numbers] for numbers in tiny.NUMBERS for sign in (1, -1)])
    return tmp_path


@pytest.fixture
def hasty(place, monkeypatch):
    """Settings so generous that what is found is no good."""
    monkeypatch.setattr(module, "Settings", lambda: tiny.HASTY)
    return place


# -- what would be done ------------------------------------------------------------------------------------------------


def test_what_would_be_done_is_explained_and_not_done(dmm, place):
    before = sorted(place.iterdir())
    told = dmm("synth", "duplicates", "--template", "recurrent", "--width", 4, "--memory", "2G", "--explain")
    assert (told.status, told.err) == (0, "")
    assert told.out.splitlines() == [
        "template: 20 neurons, 598 links",
        "data: 4 streams of 24 ticks, trained 1 at a time",
        "gradient: reverse mode, exact, of all ticks at once",
        told.out.splitlines()[3],
    ]
    assert told.out.splitlines()[3].endswith("a step of 2 GB that it may take")
    plain = dmm(
        "synth", "--examples", "sums.jsonl", "--gradient", "truncated:3", "--memory", "2G", "--explain", "--json"
    )
    assert plain.json["gradient"] == "Truncated(ticks=3)"
    assert 0 < plain.json["bytes"] < plain.json["memory"] == 2 * 10**9
    assert sorted(place.iterdir()) == before


def test_the_template_without_layers_gets_the_timing_it_needs(dmm, place):
    for task in (("running-sum",), ("--examples", "sums.jsonl")):
        told = dmm("synth", *task, "--template", "recurrent", "--explain")
        assert told.status == 0
    found = dmm("synth", "--examples", "sums.jsonl", *SMALL, "--template", "recurrent", "--json")
    assert found.status == 0
    assert found.json["heldout_max_error"] == 0


def test_what_does_not_fit_is_said_with_status_1(dmm, place):
    told = dmm("synth", "duplicates", "--memory", "10k", "--explain")
    assert told.status == 1
    assert "in pieces of" in told.out
    assert "this does not fit: give more with --memory, or shorter streams" in told.out


def test_a_gradient_is_chosen_by_measurement_and_said_why(dmm, place):
    told = dmm("synth", "--examples", "sums.jsonl", *SMALL, "--gradient", "auto", "--explain")
    assert "gradient: reverse mode, exact" in told.out
    assert "because an exact gradient takes the time of " in told.out
    steps = dmm("synth", "all-different", "--gradient", "auto", "--explain")
    assert "gradient: evolution strategies" in steps.out
    assert "because less_or_equal moves in steps" in steps.out


# -- what is printed ---------------------------------------------------------------------------------------------------


def test_a_task_by_examples_ends_with_a_circuit_that_fits(dmm, place):
    found = dmm("synth", "--examples", "sums.jsonl", *SMALL, "--seed", 3, "--out", "run", "--json")
    assert (found.status, found.err) == (0, "")
    assert found.json.keys() >= PROMISED
    assert (found.json["seed"], found.json["exact"], found.json["links"]) == (3, True, 2)
    assert found.json["heldout_max_error"] == 0
    assert found.json["outcome"].startswith("The circuit agrees with every example")
    assert found.json["circuit"] == "run/circuit.json"
    answers = run(load_machine(found.json["circuit"]), [VValue(x) for x in (4, 5, -20)])
    assert [x["answer"].scalar for x in answers] == [4, 9, -11]


def test_a_failure_is_status_1_and_says_what_was_tried(dmm, hasty):
    plain = dmm("synth", "--examples", "sums.jsonl", *SMALL, "--json")
    assert (plain.status, plain.json["exact"]) == (1, False)
    assert plain.json["heldout_max_error"] > 0.1
    told = dmm("synth", "--examples", "sums.jsonl", *SMALL)
    assert (told.status, told.err) == (1, "")  # quiet where nobody watches
    assert "Not found: no attempt led to a circuit" in told.out
    tried = re.findall(r"^tried: a circuit of 1 links errs by [\d.]+(?: \((\d+) times\))?$", told.out, re.MULTILINE)
    assert sum(int(times or 1) for times in tried) == 2
    assert sorted(path.name for path in (hasty / "runs").iterdir()) == ["sums-0", "sums-0-2"]  # nothing overwritten


def test_a_finished_run_taken_up_says_the_same(dmm, hasty):
    first = dmm("synth", "--examples", "sums.jsonl", *SMALL, "--out", "run", "--json")
    again = dmm("synth", "--resume", "run", "--json")
    assert again.status == 1
    assert {**again.json, "seconds": 0} == {**first.json, "seconds": 0}
    put_back = dmm("synth", "--resume", "run", "--rewind", 3, "--json")
    assert {**put_back.json, "seconds": 0} == {**first.json, "seconds": 0}


def test_the_report_is_for_people(dmm, place):
    report = dmm("synth", "--examples", "sums.jsonl", *SMALL, "--out", "run").out
    assert report.startswith("# sums: the examples in sums.jsonl\n")
    assert "output.answer(t)" in report  # the circuit
    assert "2 links in " in report
    assert "largest error 0 on 2 held-out streams, 10 ticks" in report
    assert "\ncircuit: run/circuit.json   run: run\n" in report
    assert report.rstrip().endswith("see it: dmm show run/circuit.json --as svg --out circuit.svg")


def test_tasks_are_listed(dmm):
    listed = dmm("synth", "--list")
    assert listed.status == 0
    for task in TASKS.values():
        assert any(line.split()[0] == task.name and line.endswith(task.summary) for line in listed.out.splitlines())


def test_ctrl_c_ends_with_130_and_says_how_to_go_on(dmm, hasty, monkeypatch):
    moments = iter(range(5))

    def interrupt(*_):
        if next(moments, None) is None:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Display, "show", interrupt)
    stopped = dmm("synth", "--examples", "sums.jsonl", *SMALL, "--out", "run", "--json")
    assert stopped.status == 130
    assert stopped.json["outcome"].startswith("Interrupted")
    assert stopped.err.endswith("dmm synth: interrupted; go on with: dmm synth --resume run\n")
    monkeypatch.undo()
    monkeypatch.chdir(hasty)
    whole = dmm("synth", "--resume", "run", "--json")
    assert (whole.status, whole.json["attempts"]) == (1, 2)


# -- what is asked for -------------------------------------------------------------------------------------------------


def config(path="run"):
    return json.loads((Path(path) / "config.json").read_text())


def begun(dmm, monkeypatch, *arguments):
    """The config of a run that is interrupted before its first step, so nothing is compiled but to be judged."""

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Display, "show", interrupt)
    stopped = dmm("synth", *arguments, "--out", "run", "--json")
    assert stopped.status == 130, stopped.err
    return config()


def test_options_choose_the_parts(dmm, place, monkeypatch):
    written(place / "kept.jsonl", [[1, 1, 1]])
    parts = begun(
        dmm, monkeypatch, "--examples", "sums.jsonl", "--held-out", "kept.jsonl", "--neurons", "delay, dot(clip = 9)",
        "--constants", "five : constant(value = 5),const_1", "--layers", 1, "--width", 1, "--outputs", "total",
        "--timing", "unit", "--lag", 2, "--recurrent", "--fields", "delay.value,dot.dict-1,dot.dot",
        "--edits", "delay-1-1.value <- input.char",
    )["parts"]  # fmt: skip
    assert parts == {
        "neurons": ["delay", "dot(clip = 9)"], "constants": ["five : constant(value = 5)", "const_1"],
        "inputs": ["input"], "outputs": ["total"], "readout": "numbers", "layers": 1, "width": 1,
        "timing": "unit delay", "recurrent": True, "lag": 2,
        "template": "layered", "fields": ["delay.value", "dot.dict-1", "dot.dot"],
        "edits": ["delay-1-1.value <- input.char"],
    }  # fmt: skip
    assert len((place / "run" / "examples.jsonl").read_text().splitlines()) == 10
    assert len((place / "run" / "held_out.jsonl").read_text().splitlines()) == 1


def test_texts_are_what_a_task_of_the_library_is_learned_from(dmm, place, monkeypatch):
    begun(dmm, monkeypatch, "duplicates", "--text", "aab.", "--text", "..", "--layers", 2, "--width", 1)
    records = [json.loads(line) for line in (place / "run" / "examples.jsonl").read_text().splitlines()]
    assert [record["inputs"] for record in records] == [
        [{"a": 1}, {"a": 1}, {"b": 1}, {".": 1}, 0, 0],
        [{".": 1}, {".": 1}, 0, 0],
    ]  # under unit delay, silence follows, so that answers can arrive
    task = TASKS["duplicates"]
    for record in records:
        answers = task.answers(tuple(map(VValue, record["inputs"])))
        assert [VValue(x) for x in record["targets"]] == answers


def test_a_machine_can_be_repaired(dmm, place):
    broken = tiny.taught_sums().teacher.link("output.sum", "accum.dict", 0.2)
    save_machine(broken, place / "broken.json")
    found = dmm("synth", "running-sum", *SMALL, "--from", "broken.json", "--out", "run", "--json")
    assert found.status == 0, found.err
    assert found.json["exact"] is True
    assert load_machine("run/start.json") == broken
    assert load_machine(found.json["circuit"]).matrix == tiny.taught_sums().teacher.matrix


# -- mistakes ----------------------------------------------------------------------------------------------------------

BY_EXAMPLES = ("--examples", "sums.jsonl")
MISTAKES = {
    "nothing": ([], "name a TASK, or examples"),
    "two things": (["duplicates", "--resume", "x"], "name a TASK, or examples"),
    "task and examples": (["duplicates", *BY_EXAMPLES], "name a TASK, or examples"),
    "three things": (["duplicates", *BY_EXAMPLES, "--resume", "x"], "name a TASK, or examples"),
    "unknown task": (["triplicates"], "there is duplicates"),
    "negative seed": (["duplicates", "--seed", "-1"], "give 0 or more"),
    "seed in words": (["duplicates", "--seed", "one"], "invalid int value"),
    "no run": (["--resume", "nowhere"], "no run to take up"),
    "empty run": (["--resume", ""], "--resume is empty"),
    "empty folder": (["duplicates", "--out", ""], "--out is empty"),
    "rewind without a run": (["duplicates", "--rewind", "3"], "name it with --resume DIR"),
    "rewind in words": (["--resume", "x", "--rewind", "start"], "invalid int value"),
    "held out of a task": (["duplicates", "--held-out", "sums.jsonl"], "--held-out belongs to --examples"),
    "outputs of a task": (["duplicates", "--outputs", "a"], "--outputs belongs to --examples"),
    "timing of a task": (["duplicates", "--timing", "unit"], "--timing belongs to --examples"),
    "lag of a task": (["duplicates", "--lag", "0"], "--lag belongs to --examples"),
    "text for examples": ([*BY_EXAMPLES, "--text", "abc"], "--text belongs to a task of the library"),
    "empty text": (["duplicates", "--text", ""], "the text is empty"),
    "no such examples": (["--examples", "nowhere.jsonl"], "nowhere.jsonl: no such file"),
    "broken examples": (["--examples", "broken.json"], "broken.json, line 1: broken JSON"),
    "examples without targets": (["--examples", "bare.jsonl"], "example 1 has no targets"),
    "targets of zero": (["--examples", "zero.jsonl"], "no target says anything but zero"),
    "broken held-out": ([*BY_EXAMPLES, "--held-out", "broken.json"], "broken.json, line 1: broken JSON"),
    "bare held-out": ([*BY_EXAMPLES, "--held-out", "bare.jsonl"], "has no targets"),
    "no such machine": (["duplicates", "--from", "nowhere.json"], "nowhere.json: no such file"),
    "broken machine": (["duplicates", "--from", "broken.json"], "broken.json: broken JSON"),
    "empty machine name": (["duplicates", "--from", ""], "--from is empty"),
    "unknown neurons": (["duplicates", "--neurons", "mystery"], "unknown type 'mystery'"),
    "unknown neurons for examples": ([*BY_EXAMPLES, "--neurons", "accum,mystery"], "unknown type 'mystery'"),
    "no neurons": (["duplicates", "--neurons", " , "], "neurons is empty"),
    "unknown parameter": (["duplicates", "--neurons", "dot(volume = 3)"], "volume"),
    "neurons that do not parse": ([*BY_EXAMPLES, "--neurons", "dot(clip"], "dot(clip"),
    "unknown constants": (["duplicates", "--constants", "mystery"], "unknown type 'mystery'"),
    "no outputs": ([*BY_EXAMPLES, "--outputs", ","], "outputs is empty"),
    "unknown gradient": (["duplicates", "--gradient", "newton"], "give auto, reverse, reverse:TICKS"),
    "truncated at nothing": (["duplicates", "--gradient", "truncated:0"], "ticks is 0; give a whole number"),
    "truncated nowhere": (["duplicates", "--gradient", "truncated"], "truncated:TICKS"),
    "memory in words": (["duplicates", "--memory", "much"], "give one as in 500M or 2G"),
    "unknown template": (["duplicates", "--template", "round"], "invalid choice"),
    "unknown field": (["duplicates", "--fields", "accum.x"], "no neuron of the template has the field 'accum.x'"),
    "recurrent and synchronous": (
        [*BY_EXAMPLES, "--template", "recurrent", "--timing", "synchronous"], "choose 'unit delay'",
    ),
    "explained again": (["--resume", "x", "--explain"], "leave --explain away"),
    "no layers": (["duplicates", "--layers", "0"], "layers is 0; give a whole number, 1 or more"),
    "no width": (["duplicates", "--width", "-2"], "width is -2"),
    "negative lag": ([*BY_EXAMPLES, "--timing", "unit", "--lag", "-1"], "lag is -1"),
    "unknown timing": ([*BY_EXAMPLES, "--timing", "swing"], "--timing: invalid choice: 'swing'"),
    **{
        f"resume with {arguments[0]}": (["--resume", "x", *arguments], f"leave {arguments[0]} away")
        for arguments in (
            ["--out", "y"], ["--held-out", "y"], ["--from", "y"], ["--text", "y"], ["--neurons", "accum"],
            ["--constants", "eos"], ["--outputs", "a"], ["--layers", "3"], ["--width", "3"], ["--timing", "unit"],
            ["--lag", "0"], ["--recurrent"],
        )
    },
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_sentence_and_nothing_is_made(dmm, place, arguments, sentence):
    (place / "broken.json").write_text("{", encoding="utf-8")
    (place / "bare.jsonl").write_text('{"inputs": [1]}', encoding="utf-8")
    (place / "zero.jsonl").write_text('{"inputs": [1, 2], "targets": [0, null]}', encoding="utf-8")
    before = sorted(place.iterdir())
    refused = dmm("synth", *arguments)
    assert (refused.status, refused.out) == (2, "")
    assert refused.err.startswith("dmm synth: ")
    assert refused.err.count("\n") == 1
    assert sentence in refused.err
    assert len(refused.err) < 500
    assert sorted(place.iterdir()) == before


def test_a_folder_in_use_is_no_place_for_a_run(dmm, place):
    refused = dmm("synth", *BY_EXAMPLES, *SMALL, "--out", ".")
    assert (refused.status, refused.out) == (2, "")
    assert "the folder is not empty" in refused.err


def test_a_unit_that_never_was_cannot_be_gone_back_to(dmm, hasty):
    dmm("synth", *BY_EXAMPLES, *SMALL, "--out", "run")
    refused = dmm("synth", "--resume", "run", "--rewind", 9999)
    assert (refused.status, refused.out) == (2, "")
    assert "nothing was accepted in unit 9999; go back to one of 1, " in refused.err


def test_a_machine_that_cannot_run_is_refused_before_a_folder_is_made(dmm, place):
    cyclic = Machine().add("input").add("norm-1").add("norm-2").add("output", "numbers").with_timing("synchronous")
    cyclic = (
        cyclic.link("norm-1.dict", "norm-2.norm").link("norm-2.dict", "norm-1.norm").link("output.sum", "norm-1.norm")
    )
    save_machine(cyclic, place / "cyclic.json")
    refused = dmm("synth", "running-sum", "--from", "cyclic.json", "--out", "run")
    assert (refused.status, refused.out) == (2, "")
    assert refused.err.count("\n") == 1
    assert not (place / "run").exists()


# -- progress ----------------------------------------------------------------------------------------------------------


def test_ctrl_c_is_obeyed_between_two_steps(capsys):
    with noted_interruption() as interruption:
        signal.raise_signal(signal.SIGINT)  # nothing is raised here
        with pytest.raises(KeyboardInterrupt):
            interruption.check()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert "Ctrl-C again" in capsys.readouterr().err
    with pytest.raises(KeyboardInterrupt):  # as before
        signal.raise_signal(signal.SIGINT)


ATTEMPT = [
    Progress(stage, 1, 0, 1.0, links, 0)
    for stage, links in (
        (Stage.WARM_UP, 1486), (Stage.CUT, 1000), (Stage.CUT, 40), (Stage.FIT, 30), (Stage.PROBE, 30),
        (Stage.REFINE, 30), (Stage.SETTLE, 8), (Stage.CHALLENGE, 8), (Stage.REWIRE, 8), (Stage.JUDGE, 8),
        (Stage.THIN, 8),
    )
]  # fmt: skip


def test_the_bar_fills_from_stage_to_stage():
    filled = [done(progress, 1486) for progress in ATTEMPT]
    assert filled == sorted(filled)
    assert 0 <= filled[0] < filled[-1] <= 1


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.DONE])
def test_every_stage_has_its_part_of_the_bar(stage):
    for links, most in ((0, 1), (1, 1), (0, 10), (1, 10), (10, 10)):
        assert 0 <= done(Progress(stage, 1, 0, 1.0, links, 0), most) <= 1


def test_a_line_stays_for_every_stage_that_ends(capsys):
    with Display(shown=True) as display:
        for progress in ATTEMPT:
            display.show(progress)
        display.show(Progress(Stage.MEND, 2, 700, float("inf"), 8, 3))
    kept = [line for line in capsys.readouterr().err.splitlines() if " after " in line]
    stages = [*dict.fromkeys(progress.stage.value for progress in ATTEMPT), "mend"]
    assert [line.partition(" attempt")[0].strip() for line in kept] == stages
    assert kept[1].split("links")[1].split()[0] == "40"
    assert "attempt 2  step    700  loss inf" in kept[-1]
    assert "3 learned" in kept[-1]


def test_a_display_that_is_not_shown_says_nothing(capsys):
    with Display(shown=False) as display:
        display.show(ATTEMPT[0])
    assert capsys.readouterr() == ("", "")
