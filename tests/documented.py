"""What the documentation says: its pages, their sections and tables, and the code in them."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
WORD = re.compile(r"`([^`]+)`")
HEADING = re.compile(r"^(#+) (.*)$")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    """The text of a page."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next one of its level or above, code left out."""
    lines, level, inside, fenced = [], 0, False, False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        heading = None if fenced else HEADING.match(line)
        if heading and heading[2] == title:
            level, inside = len(heading[1]), True
        elif heading and inside and len(heading[1]) <= level:
            break
        elif inside:
            lines.append(line)
    assert lines, f"there is no section {title!r}"
    return FENCE.sub("", "\n".join(lines))


def first_column(text: str) -> set[str]:
    """The words set as code in the first column of the tables of a text, heads left out."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("|")]
    return {word for cell in rows for word in WORD.findall(cell)}


def keys_of(page_name: str, title: str) -> set[str]:
    """The keys that the table of a section describes, that of sections within it left out."""
    text = section(page(page_name), title)
    return first_column(re.split(r"^#+ ", text, maxsplit=1, flags=re.MULTILINE)[0])


def code(language: str) -> str:
    """All blocks of a language on all pages, which for Python means that they are executed."""
    texts = (each.read_text(encoding="utf-8") for each in PAGES)
    return "\n".join(body for text in texts for kind, body in FENCE.findall(text) if kind == language)
