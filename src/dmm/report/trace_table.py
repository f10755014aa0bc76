"""A trace as a table of text: what stays the same in a line above, the rest in columns, a row for every tick."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, chop_cells

from dmm.circuits.pictures.lettering import visible, written
from dmm.machine.machine import Machine
from dmm.reasons.outline import rounded
from dmm.report.words import is_finite
from dmm.vvalue.tree import VValue

if TYPE_CHECKING:
    from dmm.report.trace import Field, Trace

ZERO = "."
GAP = "  "
CUT = "..."
FOLDED = 3  # rows in turn that are the same


class Column(NamedTuple):
    """What stands below a head: a cell for every tick."""

    head: str
    cells: tuple[str, ...]


def table(trace: "Trace", fields: Iterable["Field"], *, folded: bool = True, width: int | None = None) -> str:
    """See `Trace.table`."""
    item = Column("item", tuple(map(_cell, trace.stream)))
    tick = Column("tick", tuple(str(trace.first + n) for n in range(len(trace))))
    columns = [_column(field, trace.machine) for field in fields]
    still = [column for column in columns if len(set(column.cells)) == 1 < len(column.cells)]
    moving = [column for column in columns if column not in still and column.cells != item.cells]
    blocks = []
    if still:
        facts = (f"{head} = {'0' if cell == ZERO else cell}" for head, (cell, *_) in still)
        blocks.append(f"always {'; '.join(facts)}")
    alike = [*_alike([item, *moving])] if folded else [1] * len(item.cells)
    groups = _groups([tick, item], moving, width)
    blocks += ["\n".join(_lines([tick, item, *group], alike)) for group in groups]
    return "\n\n".join(blocks)


def _column(field: "Field", machine: Machine) -> Column:
    """What a field said; of the network matrix of a self-referential machine, how it differs from that of the start."""
    if field.received or (field.neuron, field.label) != machine.own_matrix:
        return Column(_head(field), _cells(field.values, _cell))
    unchanged = -(machine.matrix + machine.hard)
    return Column(f"changes in {_head(field)}", _cells(field.values, lambda value: _cell(value + unchanged)))


def _cells(values: Sequence[VValue], cell: Callable[[VValue], str]) -> tuple[str, ...]:
    """The cell of each value; the very same value, tick after tick, is written once."""
    known: dict[int, str] = {}
    for value in values:
        if id(value) not in known:
            known[id(value)] = cell(value)
    return tuple(known[id(value)] for value in values)


def _head(field: "Field") -> str:
    return f"{'to ' * field.received}{written(field.neuron)}.{written(field.label)}"


def _cell(value: VValue) -> str:
    return visible(str(rounded(value) if is_finite(value) else value)) if value else ZERO


def _alike(columns: Sequence[Column]) -> Iterator[int]:
    """How many rows in turn are the same."""
    for _, rows in groupby(zip(*(column.cells for column in columns), strict=True)):
        yield len(list(rows))


def _groups(left: Sequence[Column], columns: Sequence[Column], width: int | None) -> Iterator[list[Column]]:
    """The columns in groups that fit on a line beside those on the left; in one group where any width will do."""
    if width is None:
        yield list(columns)
        return
    free = max(width - sum(map(_width, left)), len(ZERO))
    group: list[Column] = []
    for column in columns:
        column = _clipped(column, free - len(GAP))
        if group and sum(map(_width, (*group, column))) > free + len(GAP):
            yield group
            group = []
        group.append(column)
    yield group


def _width(column: Column) -> int:
    """In cells of a terminal, of which a Chinese or Japanese character takes two."""
    return max(map(cell_len, (column.head, *column.cells))) + len(GAP)


def _clipped(column: Column, width: int) -> Column:
    def clip(text: str) -> str:
        if cell_len(text) <= width:
            return text
        room = width - len(CUT)
        return (chop_cells(text, room)[0] if room > 0 else "") + CUT

    return Column(clip(column.head), tuple(map(clip, column.cells)))


def _lines(columns: Sequence[Column], alike: Iterable[int]) -> Iterator[str]:
    """Rows under their heads; of three and more in turn that are the same, the first, and how many follow."""
    widths = [_width(column) for column in columns]

    def line(texts: Iterable[str]) -> str:
        cells = (text + " " * (width - cell_len(text)) for text, width in zip(texts, widths, strict=True))
        return "".join(cells).rstrip()

    yield line(column.head for column in columns)
    row = 0
    for length in alike:
        whole = length if length < FOLDED else 1
        for n in range(row, row + whole):
            yield line(column.cells[n] for column in columns)
        if whole < length:
            yield f"{CUT} {length - whole} ticks the same"
        row += length
