"""The example of a machine that is edited while it runs prints what it claims."""

import re
import runpy
from collections import Counter
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "edit_running_machine.py"


def test_the_example_fits_on_a_page():
    assert len(EXAMPLE.read_text(encoding="utf-8").splitlines()) <= 60


def test_a_running_machine_is_edited(capsys):
    defined = runpy.run_path(str(EXAMPLE), run_name="__main__")
    text, printed = defined["TEXT"], capsys.readouterr().out
    rows = dict(re.findall(r"^ ?(\d+)  (.*?)$", printed, re.MULTILINE))
    counts = Counter()
    for tick in range(1, len(text) + 2):
        if tick > 1:  # a character is counted a tick after it came, tenfold from tick 7 on
            counts[text[tick - 2]] += 10 if tick >= 7 else 1
        table = re.search(r"\{(.*?)\}", rows[str(tick)])
        found = re.findall(r'"?([a-z ])"?: (\d+)', table[1]) if table else []
        assert {character: int(count) for character, count in found} == counts
        if tick >= 12:  # asked before tick 9, its link is in the matrix after 10; it ranks what stood a tick before
            assert rows[str(tick)].endswith("}  a")
    assert printed.count("    > ") == len(defined["ASKED"]) == 4
    assert "no input 'dct'; it has dict" in printed
    assert "most : arg_max\n  dict = counts.dict" in printed
    assert "counts : accum\n  dict-2 = 10 input.char" in printed
    plain = Counter(text)
    last = printed.splitlines()[-1]
    assert f"a: {plain['a']}, b: {plain['b']}, n: {plain['n']}" in last
    assert last.endswith("most often {a: 1}")
