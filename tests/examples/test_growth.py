"""The machine that grows by copying prints what plain Python counts."""

import re
import runpy
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "growth_by_copying.py"
LATENCY = 3  # ticks from the name of a lap to the first answer of its counter


def test_a_counter_grows_for_every_lap_and_counts_from_there(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["growth", "--ticks", "16"])
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    text = capsys.readouterr().out
    rows = {
        int(number): dict(re.findall(r"(count[\w-]*) (\d+)", rest))
        for number, rest in re.findall(r"^ *(\d+) (.*)", text, re.MULTILINE)
    }
    begins = {"count": 1 - LATENCY + 1, "count-swim": 2, "count-bike": 5, "count-run": 8}
    for tick in range(1, 17):
        expected = {name: tick - start - LATENCY + 1 for name, start in begins.items() if tick - start >= LATENCY}
        assert {name: int(count) for name, count in rows[tick].items()} == expected
    links = [int(count) for count in re.findall(r"(\d+) links", text)]
    assert links[0] == 8
    assert links[-1] == 8 + 2 * 3  # of each copy: the memory, and the link from the stream
    assert text.endswith("compiled alike: True\n")
