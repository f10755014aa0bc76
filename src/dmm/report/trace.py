"""A trace to keep: what every neuron received and emitted along a stream, as a table, as a picture and as a page.

`dmm.trace` yields ticks one by one and forgets them; `record` keeps them all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any, NamedTuple

from dmm.interpret.cycle import Tick, read
from dmm.machine.flow import used_neurons, useful_links
from dmm.machine.machine import Link, Machine, address
from dmm.machine.text import flow_order
from dmm.reasons.finite import finite_trace
from dmm.tasks.task import Stream
from dmm.vvalue.tree import VValue

MOST_IN_NOTEBOOK = 200  # ticks of the table that a notebook keeps


class Field(NamedTuple):
    """An input or an output of a neuron, and the V-value that it had in every tick."""

    neuron: str
    label: str
    values: tuple[VValue, ...]
    received: bool = False


@dataclass(frozen=True)
class Trace:
    """What every neuron of a machine received and emitted, tick by tick, along a stream; `record` makes it.

    `first` is the number of its first tick, which is not 1 in a part of a trace. In a notebook, a trace shows its
    picture, and the table folded below it.

    >>> m = Machine().add("input").add("accum").add("norm").link("accum.dict-2", "input.char")
    >>> from dmm.tasks.streams import symbols
    >>> found = record(m.link("norm.dict", "accum.dict").read("norm"), symbols("noon"))
    >>> print(*found.emitted("accum.dict"), sep="; ")
    0; {n: 1}; {n: 1, o: 1}; {n: 1, o: 2}
    >>> print(found.table())
    tick  item    accum.dict    norm.norm
    1     {n: 1}  .             .
    2     {o: 1}  {n: 1}        .
    3     {o: 1}  {n: 1, o: 1}  1
    4     {n: 1}  {n: 1, o: 2}  1
    """

    machine: Machine
    stream: Stream
    ticks: tuple[Tick, ...]
    first: int = 1

    def __len__(self) -> int:
        return len(self.ticks)

    @property
    def last(self) -> int:
        """The number of the last tick."""
        return self.first + len(self.ticks) - 1

    @property
    def answers(self) -> list[VValue]:
        """The machine's answers, one a tick, as `run` gives them."""
        return [read(self.machine, tick.outputs) for tick in self.ticks]

    def part(self, first: int | None = None, last: int | None = None) -> "Trace":
        """The ticks of these numbers, both included; `ValueError` for ticks that it does not have."""
        start, end = first or self.first, last or self.last
        if not self.first <= start <= end <= self.last:
            raise ValueError(f"there are no ticks {start} to {end}; choose among {self.first} to {self.last}")
        span = slice(start - self.first, end - self.first + 1)
        return replace(self, stream=self.stream[span], ticks=self.ticks[span], first=start)

    def emitted(self, end: str | tuple[str, str]) -> list[VValue]:
        """What the output `end`, "neuron.output", said in every tick; `ValueError` for a neuron that is not there."""
        neuron, label = address(end)
        self._known([neuron])
        return [tick.outputs[neuron, label] for tick in self.ticks]

    def received(self, end: str | tuple[str, str]) -> list[VValue]:
        """What the input `end`, "neuron.input", got in every tick; `ValueError` for a neuron that is not there."""
        neuron, label = address(end)
        self._known([neuron])
        return [tick.inputs[neuron, label] for tick in self.ticks]

    def neurons(self) -> list[str]:
        """The neurons that the answer depends on, in the order of the data flow; last, those that came to be."""
        used = used_neurons(self.machine)
        return [name for name in flow_order(self.machine) if name in used] + self._new()

    def _new(self) -> list[str]:
        """The neurons that a self-referential machine has made while it ran."""
        own = self.machine.own_matrix
        rows = {name for tick in self.ticks for name in tick.outputs[own].labels} if own else set()
        return sorted(rows - {*self.machine.neurons})

    def fields(self, neurons: Sequence[str] | None = None, *, inputs: bool = False) -> list[Field]:
        """The outputs that are heard or read, of these neurons or all; with `inputs`, the linked inputs before them."""
        listens = useful_links(self.machine)
        links = [link for into in listens.values() for link in into]
        found = []
        for name in self._known(self.neurons() if neurons is None else neurons):
            labels = dict.fromkeys(link.input for link in listens.get(name, ())) if inputs else ()
            found += [Field(name, x, tuple(tick.inputs[name, x] for tick in self.ticks), True) for x in labels]
            for x in self._outputs(name, links):
                found.append(Field(name, x, tuple(tick.outputs[name, x] for tick in self.ticks)))
        return found

    def _outputs(self, name: str, links: Iterable[Link]) -> list[str]:
        """The outputs that are linked; of a neuron that is read, and of one that nobody hears, all."""
        linked = {link.output for link in links if link.source == name}
        if name in self.machine.readouts or not linked:
            emitted = (label for tick in self.ticks for label in tick.outputs[name].labels)
            linked.update(self.machine.type_of(name).outputs or emitted)
        return sorted(linked)

    def _known(self, names: Sequence[str]) -> Sequence[str]:
        new = self._new()
        for name in names:
            if name not in self.machine.neurons and name not in new:
                raise ValueError(f"there is no neuron {name!r}; there are {', '.join(flow_order(self.machine))}")
        return names

    # -- forms -----------------------------------------------------------------------------------------------------

    def table(
        self,
        neurons: Sequence[str] | None = None,
        *,
        inputs: bool = False,
        folded: bool = True,
        width: int | None = None,
    ) -> str:
        """A row for every tick, a column for every output, as `dmm trace` prints it; a dot is zero.

        `folded` counts ticks in which nothing changes in place of showing them. `width` is how many characters fit on
        a line: a wider table is broken into several. Names are those of the machine.
        """
        from dmm.report.trace_table import table

        return table(self, self.fields(neurons, inputs=inputs), folded=folded, width=width)

    def svg(self, neurons: Sequence[str] | None = None, *, inputs: bool = False) -> str:
        """The picture, as SVG: a row for every output, opened leaf by leaf where there is room, a cell for every tick.

        The darker, the larger; negative numbers are of another colour and marked by a dash or a minus sign. What stays
        the same is one long cell. Names are the readable ones, as in the picture of the machine.
        """
        from dmm.report.trace_picture import trace_svg

        return trace_svg(self, self.fields(neurons, inputs=inputs))

    def html(self, neurons: Sequence[str] | None = None, *, inputs: bool = False, folded: bool = True) -> str:
        """The picture and the table as a page that needs no network and no script."""
        from dmm.report.trace_page import trace_html

        return trace_html(self, self.svg(neurons, inputs=inputs), self.table(neurons, inputs=inputs, folded=folded))

    def rows(self, neurons: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """For every tick an object of tick, item, inputs, outputs and answer, as `dmm trace --json` prints them."""
        names = list(self._known(self.neurons() if neurons is None else neurons))
        for number, (item, tick) in enumerate(zip(self.stream, self.ticks, strict=True), self.first):
            inputs, outputs = ({name: side[name] for name in names} for side in tick)
            answer = read(self.machine, tick.outputs)
            yield {"tick": number, "item": item, "inputs": inputs, "outputs": outputs, "answer": answer}

    def __repr__(self) -> str:
        return f"Trace(ticks {self.first} to {self.last} of {len(self.machine.neurons)} neurons)"

    def __str__(self) -> str:
        return self.table()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows: the picture, and the table folded below it."""
        part, left = self, len(self) - MOST_IN_NOTEBOOK
        if left > 0:
            part = self.part(self.first, self.first + MOST_IN_NOTEBOOK - 1)
        table = part.table() + (f"\n... and {left:,} more ticks" if left > 0 else "")
        folded = f'<details><summary>Table</summary><pre style="overflow-x:auto">{escape(table)}</pre></details>'
        return {"text/plain": table, "text/html": f'<div style="overflow-x:auto">{self.svg()}</div>\n{folded}'}


def record(
    machine: Machine, stream: Iterable[VValue | Any | Mapping[str, Any]], *, number: Callable[[Any], Any] = float
) -> Trace:
    """Run the machine along a stream in the interpreter, and keep what every neuron received and emitted.

    `number` makes the numbers that are computed with, as for `trace`. `MachineError` for a machine with errors, and
    `FloatingPointError`, with neuron and tick, where a number grows too large.

    >>> m = Machine().add("timer").read("timer")
    >>> record(m, [VValue()] * 3)
    Trace(ticks 1 to 3 of 1 neurons)
    """
    items = tuple(map(VValue, stream))
    if not items:
        raise ValueError("the stream is empty; give one item at least")
    return Trace(machine, items, finite_trace(machine, items, number))
