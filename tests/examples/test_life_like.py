"""The example of life-like patterns: what it prints is so, and its picture moves as the machine does."""

import runpy
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np

from dmm.pure.experiments import conway_2

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "life_like.py"
SVG = "{http://www.w3.org/2000/svg}"
TICKS = 45


def test_the_example(tmp_path, monkeypatch, capsys):
    out = tmp_path / "life.svg"
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), "--out", str(out), "--ticks", str(TICKS)])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    states = [tick.state for tick in conway_2().trace(TICKS)]
    means = np.array([state.inputs.mean() for state in states])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{TICKS} ticks; mean of all inputs from {means.min():.3f} to {means.max():.3f}"
    changes = [t for t in range(1, TICKS) if means[t - 1] * means[t] < 0]
    between = " ".join(str(later - t) for t, later in pairwise(changes))
    assert len(changes) > 2
    assert lines[1] == f"{len(changes)} sign changes; ticks from one to the next: {between}"

    picture = ET.parse(out).getroot()
    boards = picture.findall(f"{SVG}g")
    for board, output in zip(boards, (0, 4), strict=True):
        _, *cells = board.findall(f"{SVG}rect")
        assert len(cells) == 24 * 23
        for cell in cells:
            i, j = int(cell.get("y")), int(cell.get("x"))
            shades = [float(shade) for shade in cell.find(f"{SVG}animate").get("values").split(";")]
            expected = [(1 - state.outputs[output, i, j]) / 2 for state in states]
            assert np.abs(np.array(shades) - expected).max() <= 0.05 + 1e-6
    moves = picture.findall(f"{SVG}circle/{SVG}animate")
    assert [move.get("attributeName") for move in moves] == ["cx", "cy"]
    heights = np.array([float(y) for y in moves[1].get("values").split(";")])
    assert np.abs(heights - (heights[0] - 100 * (means - means[0]))).max() < 0.11


def test_the_example_is_short():
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) <= 60
