"""`dmm trace`: what every neuron said at every tick."""

import argparse
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from dmm.cli.arguments import add_dot_clip, count, parameters
from dmm.cli.engine import running
from dmm.cli.printing import print_json
from dmm.cli.streams import add_one_stream, stream_of
from dmm.interpret.cycle import Tick, read
from dmm.machine.files import load_machine
from dmm.machine.flow import used_neurons, useful_links
from dmm.machine.machine import Link, Machine
from dmm.machine.text import flow_order
from dmm.reasons.finite import finite_trace
from dmm.reasons.outline import rounded
from dmm.vvalue.labels import format_label
from dmm.vvalue.tree import VValue

ZERO = "."
GAP = "  "
CUT = "..."
FOLDED = 3  # rows in turn that are the same


class Column(NamedTuple):
    """What stands below a head: a cell for every tick."""

    head: str
    cells: tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    parser.add_argument("machine", metavar="MACHINE", help="a machine file or a bare network matrix")
    add_one_stream(parser)
    parser.add_argument("--from", dest="first", metavar="T", type=count, default=1, help="the first tick (default: 1)")
    parser.add_argument("--to", dest="last", metavar="T", type=count, help="the last tick (default: the last one)")
    parser.add_argument(
        "--neurons", metavar="NAMES", help="these neurons, between commas (default: all that the answer depends on)"
    )
    parser.add_argument("--inputs", action="store_true", help="show what neurons received, too")
    parser.add_argument("--all", action="store_true", help="show ticks in which nothing changes, too")
    add_dot_clip(parser)
    parser.add_argument(
        "--json",
        action="store_true",
        help='print {"ticks": [...]}, objects of tick, item, inputs, outputs and answer, with all digits',
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the machine, then print what its neurons received and emitted."""
    machine = load_machine(arguments.machine, parameters=parameters(arguments))
    stream = stream_of(arguments)
    names = _used(machine) if arguments.neurons is None else _named(machine, arguments.neurons)
    first, last = arguments.first, arguments.last or len(stream)
    if not first <= last <= len(stream):
        raise ValueError(f"no ticks {first} to {last}; the stream has {len(stream)}: give --from and --to among them")
    with running(arguments.machine, "interpret"):
        ticks = finite_trace(machine, stream[:last])[first - 1 :]
    if arguments.json:
        rows = zip(range(first, last + 1), stream[first - 1 :], ticks, strict=False)
        print_json({"ticks": [_as_json(machine, names, *row) for row in rows]})
    else:
        columns = [*_columns(machine, names, ticks, inputs=arguments.inputs)]
        item = Column("item", tuple(str(rounded(x)) if x else ZERO for x in stream[first - 1 : last]))
        _print(first, item, columns, folded=not arguments.all)
    return 0


# -- which neurons -----------------------------------------------------------------------------------------------------


def _used(machine: Machine) -> list[str]:
    """The neurons that the answer depends on, in the order of the data flow."""
    used = used_neurons(machine)
    return [name for name in flow_order(machine) if name in used]


def _named(machine: Machine, text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in machine.neurons:
            raise ValueError(f"--neurons: there is no neuron {name!r}; there are {', '.join(flow_order(machine))}")
    return names


# -- the table ---------------------------------------------------------------------------------------------------------


def _columns(machine: Machine, names: Sequence[str], ticks: Sequence[Tick], *, inputs: bool) -> Iterator[Column]:
    """A column for each output that is read, and before it, with `inputs`, one for each input that is linked."""
    listens = useful_links(machine)
    links = [link for into in listens.values() for link in into]
    for name in names:
        if inputs:
            for label in dict.fromkeys(link.input for link in listens[name]):
                cells = tuple(_cell(tick.inputs[name, label]) for tick in ticks)
                yield Column(f"to {_end(name, label)}", cells)
        for label in _outputs(machine, name, links, ticks):
            yield Column(_end(name, label), tuple(_cell(tick.outputs[name, label]) for tick in ticks))


def _outputs(machine: Machine, name: str, links: Iterable[Link], ticks: Sequence[Tick]) -> list[str]:
    """The outputs that are linked; of a neuron that is read, and of one that nobody hears, all."""
    linked = {link.output for link in links if link.source == name}
    if name in machine.readouts or not linked:
        emitted = (label for tick in ticks for label in tick.outputs[name].labels)
        linked.update(machine.type_of(name).outputs or emitted)
    return sorted(linked)


def _end(name: str, label: str) -> str:
    return f"{format_label(name)}.{format_label(label)}"


def _cell(value: VValue) -> str:
    return str(rounded(value)) if value else ZERO


def _print(first: int, item: Column, columns: Sequence[Column], *, folded: bool) -> None:
    """Print what stays the same in a line, and the rest as a table, or several where the terminal is too narrow."""
    still = [column for column in columns if len(set(column.cells)) == 1 < len(column.cells)]
    moving = [column for column in columns if column not in still and column.cells != item.cells]
    if still:
        print("always", "; ".join(f"{head} = {'0' if cell == ZERO else cell}" for head, (cell, *_) in still))
        print()
    tick = Column("tick", tuple(str(first + i) for i in range(len(item.cells))))
    alike = [*_alike([item, *moving])] if folded else [1] * len(item.cells)
    for i, group in enumerate(_groups([tick, item], moving)):
        print("\n" * bool(i), end="")
        _print_table([tick, item, *group], alike)


def _alike(columns: Sequence[Column]) -> Iterator[int]:
    """How many rows in turn are the same."""
    for _, rows in groupby(zip(*(column.cells for column in columns), strict=True)):
        yield len(list(rows))


def _groups(left: Sequence[Column], columns: Sequence[Column]) -> Iterator[list[Column]]:
    """The columns in groups that fit on the terminal beside those on the left; in one group where there is none."""
    width = shutil.get_terminal_size().columns if on_a_terminal() else sys.maxsize
    free = max(width - sum(map(_width, left)), len(ZERO))
    group: list[Column] = []
    for column in columns:
        column = _clipped(column, free - len(GAP))
        if group and sum(map(_width, (*group, column))) > free + len(GAP):
            yield group
            group = []
        group.append(column)
    yield group


def on_a_terminal() -> bool:
    """Whether what is printed has to fit."""
    return sys.stdout.isatty()


def _width(column: Column) -> int:
    return max(len(column.head), *map(len, column.cells)) + len(GAP)


def _clipped(column: Column, width: int) -> Column:
    def clip(text: str) -> str:
        return text if len(text) <= width else text[: max(width - len(CUT), 0)] + CUT

    return Column(clip(column.head), tuple(map(clip, column.cells)))


def _print_table(columns: Sequence[Column], alike: Iterable[int]) -> None:
    """Print rows under their heads; of three and more in turn that are the same, the first, and how many follow."""
    widths = [_width(column) for column in columns]

    def show(texts: Iterable[str]) -> None:
        print("".join(text.ljust(width) for text, width in zip(texts, widths, strict=True)).rstrip())

    show(column.head for column in columns)
    row = 0
    for length in alike:
        whole = length if length < FOLDED else 1
        for i in range(row, row + whole):
            show(column.cells[i] for column in columns)
        if whole < length:
            print(f"... {length - whole} ticks the same")
        row += length


# -- plain data --------------------------------------------------------------------------------------------------------


def _as_json(machine: Machine, names: Sequence[str], number: int, item: VValue, tick: Tick) -> dict[str, Any]:
    return {
        "tick": number,
        "item": item,
        "inputs": {name: tick.inputs[name] for name in names},
        "outputs": {name: tick.outputs[name] for name in names},
        "answer": read(machine, tick.outputs),
    }
