"""What a page is made of: blocks of plain data, which the template prints. No section knows HTML."""

import re
from dataclasses import dataclass
from typing import ClassVar

SMALLER, WIDEST = 0.8, 900  # how much smaller a picture may be made, and what fits on a screen in any case


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; a `remark` says what is missing, or how to read what is there."""

    text: str
    is_remark: bool = False
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True)
class Facts:
    """Figures under their names, in a row."""

    rows: tuple[tuple[str, str], ...]
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True)
class Reference:
    """A text that leads to a section of this page."""

    text: str
    key: str


Cell = str | Reference


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row is its head. `words` are the columns of words, all others have numbers.

    Rows that are `marked` are stressed. `is_code` is for columns of code.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    words: frozenset[int] = frozenset()
    marked: frozenset[int] = frozenset()
    is_code: bool = False
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Figure:
    """A picture, as SVG, and what it shows."""

    svg: str
    caption: str
    kind: ClassVar[str] = "figure"

    @property
    def least(self) -> int:
        """How narrow the picture may be made, in pixels, so that its letters can be read.

        >>> Figure('<svg viewBox="0 0 600 9" width="600" height="9"/>', "A line.").least
        480
        """
        width = re.search(r' width="([\d.]+)"', self.svg)
        return min(WIDEST, round(SMALLER * float(width[1]))) if width else 0


@dataclass(frozen=True)
class Listing:
    """Code or another text whose lines count."""

    text: str
    kind: ClassVar[str] = "listing"


@dataclass(frozen=True)
class Bullets:
    """A list; `is_code` for items that are code."""

    items: tuple[str, ...]
    is_code: bool = False
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True)
class Fold:
    """Blocks that show when their summary is opened."""

    summary: str
    blocks: tuple["Block", ...]
    kind: ClassVar[str] = "fold"


Block = Paragraph | Facts | Table | Figure | Listing | Bullets | Fold


@dataclass(frozen=True)
class Section:
    """A title with blocks below it; the `key` is what references lead to."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Chapter:
    """What is said of one run: its title, the sentence above all others, what comes next to it, and the sections."""

    key: str
    title: str
    lead: str
    opening: tuple[Block, ...]
    sections: tuple[Section, ...]


def remark(text: str) -> Paragraph:
    """A paragraph that says what is missing, or how to read what is there."""
    return Paragraph(text, is_remark=True)
