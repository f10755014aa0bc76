"""The gallery page lists every example, and each of them fits on a page and has a test."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
MOST_LINES = 60


def test_the_page_lists_every_example():
    page = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+\.py)`", page, re.MULTILINE)) == {path.name for path in EXAMPLES}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_short_and_tested(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    tests = "".join(test.read_text(encoding="utf-8") for test in Path(__file__).parent.glob("test_*.py"))
    assert path.stem in tests
