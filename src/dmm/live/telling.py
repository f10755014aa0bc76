"""What a live machine tells a person: itself, a neuron, its last ticks. Lines of text."""

from collections.abc import Iterator
from dataclasses import replace

from dmm.interpret.cycle import read
from dmm.live.course import Course, Record
from dmm.live.editing import shown
from dmm.live.snapshot import Snapshot
from dmm.machine.machine import LINK_DEPTH, Neuron
from dmm.machine.text import format_machine, format_neuron
from dmm.vvalue.labels import format_label
from dmm.vvalue.text import format_number
from dmm.vvalue.tree import VValue


def told(course: Course, name: str | None) -> str:
    """The machine with the links of now, in the text form, or one of its neurons."""
    if name is None:
        return format_machine(replace(course.now.as_machine(), initial=VValue()))
    last = course.past[-1:]
    return "\n".join(_neuron(course.now, name, last[0] if last else None))


def told_past(course: Course, ticks: int, name: str | None) -> str:
    """The answers of the last ticks, or what a neuron emitted in them."""
    now, past = course.now, course.past[-ticks:]
    if name is not None:
        _known(now, name)
    if not past:
        raise ValueError("there is no tick to tell of; let the machine tick, and keep a history of some length")
    width = len(str(past[-1].tick))
    said = ((each, read(now.machine, each.outputs) if name is None else each.outputs[name]) for each in past)
    return "\n".join(f"{each.tick:>{width}}  {value}" for each, value in said)


def _neuron(now: Snapshot, name: str, last: Record | None) -> Iterator[str]:
    """A neuron: its type, its links, what waits for it, and what it received and emitted in the last tick."""
    yield f"{format_label(name)} : {format_neuron(_known(now, name))}"
    links = [(path, weight) for path, weight in now.matrix[name].items() if len(path) == LINK_DEPTH - 1]
    yield from (f"  {shown((name, *path))} {format_number(weight)}" for path, weight in links)
    if not now.matrix[name]:
        yield "  not active: the network matrix has no row for it"
    if now.inboxes.get(name):
        yield f"  waiting: {'; '.join(map(str, now.inboxes[name]))}"
    if last is not None:
        yield f"  received {last.inputs[name]}"
    yield f"  emitted {now.outputs[name]}"


def _known(now: Snapshot, name: str) -> Neuron:
    neuron = now.neuron(name)
    if neuron is None:
        raise ValueError(f"there is no neuron {name!r}; there are {', '.join(now.machine.neurons)}")
    return neuron
