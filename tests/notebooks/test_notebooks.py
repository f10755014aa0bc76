"""The notebooks: each runs from top to bottom in a kernel of its own, and shows pictures, not only text.

What they claim is asserted in their own cells, so that a reader sees it, too.
"""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import nbformat
import pytest
from nbclient import NotebookClient

from dmm.synthesis.live import NotebookLines, followed
from dmm.synthesis.position import Progress, Stage

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SHOWN = {  # what the last line of a cell names, and the notebook has to show richly
    "01-synthesise-and-read": ["found", "trace", "kept"],
    "02-machine-by-hand": [
        "counts",
        "more",
        "machine",
        "machine.matrix",
        "record(machine, stream)",
        "gradient",
        "inputs",
    ],
    "03-your-own-task": ["found", "by_hand", "load_run(folder)"],
}
DRAWN = {"found", "trace", "kept", "machine", "record(machine, stream)", "by_hand", "load_run(folder)"}

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_there_are_three():
    assert [path.stem for path in NOTEBOOKS] == list(SHOWN)


@each_notebook
def test_a_notebook_is_stored_valid_and_without_outputs(path):
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert len(text) < 10_000
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
    assert notebook.cells[0].cell_type == "markdown"
    assert notebook.cells[0].source.startswith("# ")
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n", "as Jupyter writes it"
    assert any("assert " in cell.source for cell in notebook.cells), "what it claims is checked in it"


@pytest.mark.slow
@each_notebook
def test_a_notebook_runs_and_shows_what_it_makes(path, tmp_path, monkeypatch):
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # a debugger's remark on standard error
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))  # no profile of the user's
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.text
            if output.output_type == "execute_result":
                shown[cell.source.splitlines()[-1]] = output.data
    for name in SHOWN[path.stem]:
        data = shown[name]
        assert data["text/plain"].strip()
        assert "<script" not in data["text/html"]
        pictures = re.findall(r"<svg .*?</svg>", data["text/html"], re.DOTALL)
        assert bool(pictures) == (name in DRAWN), name
        for picture in pictures:
            ET.fromstring(picture)
    synthesising = [cell for cell in notebook.cells if "synthesise(" in cell.source and cell.cell_type == "code"]
    for cell in synthesising:
        assert_progress_was_shown(cell)


def assert_progress_was_shown(cell):
    """A line that moved while the synthesis ran has become a folded list of its stages, told as text, too."""
    (moved,) = [output for output in cell.outputs if output.output_type == "display_data"]
    head, *stages = moved.data["text/plain"].splitlines()
    assert re.fullmatch(rf"{len(stages)} stages in \d+\.\d s", head)
    assert stages[0].startswith("warm up")
    assert {line.split("attempt")[0].strip() for line in stages} >= {"warm up", "cut", "judge"}
    assert moved.data["text/html"].startswith(f"<details><summary>{head}</summary>")


def test_outside_of_a_notebook_nothing_is_shown_and_whoever_listens_hears_alone():
    with followed(None) as listener:
        assert listener is None
    with followed(print) as listener:
        assert listener is print


def test_lines_of_a_notebook_move_a_few_times_a_second_and_stay_by_stages(monkeypatch):
    shown, clock = [], iter(range(1000))
    monkeypatch.setattr("dmm.synthesis.live.time.perf_counter", lambda: 0.05 * next(clock))
    monkeypatch.setattr(NotebookLines, "_display", lambda self, text, page: shown.append((text, page)))
    lines = NotebookLines()
    for step in range(0, 100, 5):
        lines.show(Progress(Stage.WARM_UP if step < 60 else Stage.CUT, 1, step, 0.5, 20 - step // 10, 0))
    assert 3 <= len(shown) <= 8
    bars = [float(re.search(r'value="([\d.]+)"', page)[1]) for _, page in shown]
    assert bars == sorted(bars)
    lines.end()
    head, *stages = shown[-1][0].splitlines()
    assert head.startswith("2 stages in ")
    assert [stage.split("loss")[0].split() for stage in stages] == [
        ["warm", "up", "attempt", "1", "step", "55"], ["cut", "attempt", "1", "step", "95"],
    ]  # fmt: skip


def test_a_synthesis_that_never_began_leaves_nothing(monkeypatch):
    shown = []
    monkeypatch.setattr(NotebookLines, "_display", lambda self, *texts: shown.append(texts))
    NotebookLines().end()
    assert shown == []
