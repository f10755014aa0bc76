"""`dmm report`: where the page goes, and what is refused."""

import pytest

from dmm import TASKS
from pages import halving, read_page, write_run


@pytest.fixture
def run(tmp_path):
    """A run that was written by hand, with a circuit that is wrong."""
    return write_run(tmp_path / "runs" / "sum-0", TASKS["running-sum"], halving())


def test_the_page_of_one_run_stands_in_its_folder(dmm, run):
    told = dmm("report", run)
    assert (told.status, told.out, told.err) == (0, f"{run / 'report.html'}\n", "")
    assert read_page((run / "report.html").read_text(encoding="utf-8")).all("h1")[0].words == "running-sum"
    assert dmm("report", run).status == 0, "an old page is replaced"


def test_the_page_of_several_runs_goes_where_it_is_asked_for(dmm, run, tmp_path):
    other = write_run(tmp_path / "other", TASKS["running-sum"], TASKS["running-sum"].teacher)
    told = dmm("report", run, other, "--out", tmp_path / "both.html")
    assert (told.status, told.out) == (0, f"{tmp_path / 'both.html'}\n")
    page = read_page((tmp_path / "both.html").read_text(encoding="utf-8"))
    assert [row[0] for row in page.table("The runs")[1:]] == ["sum-0", "other"]
    assert not (run / "report.html").exists()


def test_mistakes_are_one_sentence_and_write_nothing(dmm, run, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    for arguments, sentence in (
        ([], "the following arguments are required: RUN"),
        ([run, run], "2 runs have no folder in common; name a file for the page with --out"),
        ([tmp_path / "nowhere"], "nowhere: no such folder; name the folder of a run"),
        ([run / "circuit.json"], "circuit.json: no such folder"),
        ([empty], "no run (there is no config.json of one); name a folder that 'dmm synth' made"),
        ([run, "--out", ""], "--out is empty"),
        ([run, "--out", tmp_path / "no" / "page.html"], "no such file or directory; name a file in a folder"),
    ):
        told = dmm("report", *arguments)
        assert (told.status, told.out, told.err.count("\n")) == (2, "", 1)
        assert told.err.startswith("dmm report: ")
        assert sentence in told.err
    assert [path.name for path in tmp_path.rglob("*.html")] == []
