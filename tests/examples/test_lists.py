"""The examples on lists and tables print what they claim: worked out beside them in plain Python."""

import re
import runpy
from collections import Counter
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("list_of_events", "word_count")


def printed(name, capsys):
    """What an example prints as a script, and the names that it defines."""
    defined = runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    return capsys.readouterr().out, defined


@pytest.mark.parametrize("name", NAMES)
def test_an_example_fits_on_a_page(name):
    assert len((EXAMPLES / f"{name}.py").read_text(encoding="utf-8").splitlines()) <= 60


def test_the_list_of_events(capsys):
    text, defined = printed("list_of_events", capsys)
    clicks = defined["CLICKS"]
    rows = dict(re.findall(r"^(\d+) .*?(\[.*\])$", text, re.MULTILINE))
    for tick in range(1, 10):  # a click is heard a tick later
        before = [clicks[t] for t in sorted(clicks, reverse=True) if t < tick]
        assert rows[str(tick)] == str(before)
    newest, *others = [clicks[t] for t in sorted(clicks, reverse=True)]
    assert f"The newest: {{click: 1, x: {newest[0]}, y: {newest[1]}}}; all others: {others}" in text
    assert text.rstrip().endswith(f"can be compiled: {[newest, others[0]]}")


def test_the_word_count(capsys):
    text, defined = printed("word_count", capsys)
    words = re.findall("[a-z]+", defined["TEXT"].lower())
    assert all(f"{name}(t)" in text for name in ("word", "counts", "repeated", "table", "most"))
    rows = re.findall(r"^(\w+) +(\d+)   most often so far: (\w+)$", text, re.MULTILINE)
    assert len(rows) == len(words)
    for place, (word, count, leader) in enumerate(rows, 1):
        so_far = Counter(words[:place])
        assert word == words[place - 1]
        assert int(count) == so_far[word]
        assert leader == min(so_far, key=lambda each: (-so_far[each], each))
    assert len({leader for _, _, leader in rows}) > 1
    total = Counter(words)
    head, table = text.split("\n\n")[-1].strip().split("\n", 1)
    assert head == f"More than once, of {len(words)} words, {len(total)} of them different:"
    wanted = sorted(((word, n) for word, n in total.items() if n > 1), key=lambda row: (-row[1], row[0]))
    assert [tuple(line.split()) for line in table.split("\n")] == [(word, str(n)) for word, n in wanted]
