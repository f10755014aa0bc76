"""What edits do: from one snapshot of a live machine to the next, or a refusal that leaves everything as it was.

Weights change by updates, which wait at the update neuron, one a tick. So an edit is judged by the weight that its link
will have by then: that of now, and every update in flight added to it in turn, as the machine will.
"""

import math
from dataclasses import replace

from dmm.live.snapshot import Snapshot
from dmm.machine.machine import HOOK, Neuron
from dmm.vvalue.labels import format_label
from dmm.vvalue.support import Path
from dmm.vvalue.text import format_number
from dmm.vvalue.tree import MAX_DEPTH, VValue

End = tuple[str, str]  # a neuron and its field
Answer = tuple[Snapshot, str]
"""The snapshot after an edit, and what happened in one sentence."""

DEEPEST_ITEM = MAX_DEPTH - 2  # below its neuron and its output


def set_weight(now: Snapshot, to: End, source: End, weight: float) -> Answer:
    """The link has this weight, whatever it was and whatever is in flight."""
    link = _link(now, to, source)
    before = weight_to_be(now, link)
    if before == weight:
        return now, f"{shown(link)} is {format_number(weight)} already"
    return _changed(now, link, before, weight, *differences(before, weight))


def add_weight(now: Snapshot, to: End, source: End, change: float) -> Answer:
    """The weight of the link grows by `change`."""
    link = _link(now, to, source)
    before = weight_to_be(now, link)
    if not change:
        return now, f"{shown(link)} stays {format_number(before)}"
    _require_finite(before + change, shown(link))
    return _changed(now, link, before, before + change, change)


def remove_link(now: Snapshot, to: End, source: End) -> Answer:
    """The link is there no more."""
    link = _link(now, to, source)
    before = weight_to_be(now, link)
    if not before:
        raise ValueError(f"{shown(link)}: there is no such link; 'show {format_label(link[0])}' lists those there are")
    return _changed(now, link, before, 0.0, -before)


def add_neuron(now: Snapshot, name: str, neuron: Neuron) -> Answer:
    """One more neuron, and the link that makes it active: its memory, or a hook."""
    if now.neuron(name):
        raise ValueError(f"there is a neuron {name!r} already; choose another name")
    try:
        grown = now.machine.add(name, neuron.type, **neuron.parameters)
    except TypeError as problem:
        raise ValueError(f"neuron {name!r}: {problem}") from None
    grown = grown if grown.type_of(name).memory else grown.hook(name)
    after, ticks = _updated(now, (grown.hard - now.machine.hard).map_leaves(float))
    inboxes = {**after.inboxes, name: ()} if grown.type_of(name).source else after.inboxes
    return replace(after, machine=grown, inboxes=inboxes), f"{name} is in the matrix after tick {ticks}"


def send(now: Snapshot, name: str, item: VValue) -> Answer:
    """The item waits at the source of that name, and is received after those that wait there already."""
    if name == now.update:
        raise ValueError(f"{name!r} listens for edits; write 'set', 'add', 'remove' or 'buffer ... send' to it")
    if name not in now.inboxes:
        sources = ", ".join(source for source in now.inboxes if source != now.update) or "none"
        raise ValueError(f"{name!r} is no neuron that receives items; there is {sources}")
    if item.depth > DEEPEST_ITEM:
        raise ValueError(f"the item for {name!r} is {item.depth} labels deep; {DEEPEST_ITEM} is the most")
    waiting = now.inboxes[name]
    if not now.matrix[name]:
        said = f"{name} receives it once the matrix has a row for it; give it a link, as in 'set {_hook(name)} 1'"
    else:
        said = f"{name} receives it at tick {now.tick + len(waiting) + 1}"
    return _queued(now, name, item), said


def set_in_buffer(now: Snapshot, buffer: str, to: End, source: End, number: float) -> Answer:
    """The change in that buffer has this number at the link, a new buffer nothing else."""
    link, entries = _link(now, to, source), dict(now.buffers.get(buffer, VValue()).items())
    return _kept(now, buffer, VValue.from_paths({**entries, link: number}))


def empty_buffer(now: Snapshot, buffer: str) -> Answer:
    """The change in that buffer is zero."""
    return _kept(now, buffer, VValue())


def sum_buffers(now: Snapshot, target: str, first: str, second: str) -> Answer:
    """The change in buffer `target` is the sum of those in the other two."""
    return _kept(now, target, _buffer(now, first) + _buffer(now, second))


def scale_buffer(now: Snapshot, buffer: str, factor: float) -> Answer:
    """The change in that buffer is multiplied by the factor."""
    return _kept(now, buffer, _buffer(now, buffer) * factor)


def send_buffer(now: Snapshot, buffer: str) -> Answer:
    """The change in that buffer is added to the matrix; the buffer keeps it."""
    change = _buffer(now, buffer)
    if not change:
        return now, f"buffer {buffer} is zero, so nothing changes"
    for link, number in change.items():
        _require_link(now, link)
        _require_finite(weight_to_be(now, link) + number, shown(link))
    after, tick = _updated(now, change)
    return after, f"{len(change)} link{'s change' if len(change) > 1 else ' changes'}, in the matrix after tick {tick}"


def weight_to_be(now: Snapshot, link: Path) -> float:
    """The weight of the link once all updates in flight have arrived."""
    weight = now.matrix[link].scalar
    for update in now.in_flight:
        weight = weight + update[link].scalar
    return float(weight)


def differences(before: float, weight: float) -> list[float]:
    """The numbers that, added to `before` one after the other, give exactly `weight`: one, if rounding allows it.

    >>> differences(1.0, 0.5), differences(1e17, 1.5)
    ([-0.5], [-1e+17, 1.5])
    """
    made: list[float] = []
    while before != weight:
        change = weight - before
        near = (change, math.nextafter(change, math.inf), math.nextafter(change, -math.inf))
        exact = [each for each in near if before + each == weight]
        made.append(exact[0] if exact else change if math.isfinite(change) else -before)
        before = before + made[-1]
    return made


def shown(link: Path) -> str:
    """A link as edits write it."""
    name, label, source, output = map(format_label, link)
    return f"{name}.{label} <- {source}.{output}"


def _link(now: Snapshot, to: End, source: End) -> Path:
    link = (*to, *source)
    _require_link(now, link)
    return link


def _require_link(now: Snapshot, link: Path) -> None:
    """Refuse a link that could carry nothing, or that edits themselves need."""
    if link in now.lifelines:
        raise ValueError(f"{shown(link)}: edits need this link; leave it as it is")
    for name in (link[0], link[2]):
        if now.neuron(name) is None:
            raise ValueError(
                f"{shown(link)}: there is no neuron {name!r}; add it first, as in 'neuron {format_label(name)} : norm'"
            )
    if link == (link[0], HOOK, link[0], HOOK):
        return
    name, label, source, output = link
    inputs, outputs = now.machine.inputs_of(name), now.machine.type_of(source).outputs
    for end, side, field, has in ((name, "input", label, inputs), (source, "output", output, outputs)):
        if has is not None and field not in has:
            known = f"it has {', '.join(has)}" if has else "it has none"
            raise ValueError(f"{shown(link)}: neuron {end!r} has no {side} {field!r}; {known}")


def _require_finite(number: float, place: str) -> None:
    if not math.isfinite(number):
        raise ValueError(f"{place} would become too large a number; make the change smaller")


def _changed(now: Snapshot, link: Path, before: float, weight: float, *changes: float) -> Answer:
    after, tick = _updated(now, *(VValue.from_paths({link: change}) for change in changes))
    numbers = f"{format_number(before)} becomes {format_number(weight)}"
    return after, f"{shown(link)}: {numbers}, in the matrix after tick {tick}"


def _updated(now: Snapshot, *updates: VValue) -> tuple[Snapshot, int]:
    """With these updates waiting, and the tick after which the last of them is in the matrix."""
    after = _queued(now, now.update, *updates)
    return after, after.tick + len(after.inboxes[now.update]) + 1


def _queued(now: Snapshot, name: str, *items: VValue) -> Snapshot:
    waiting = now.inboxes[name]
    if len(waiting) + len(items) > now.room:
        raise ValueError(f"{len(waiting)} items wait at {name!r}, which has room for {now.room}; let the machine tick")
    return replace(now, inboxes={**now.inboxes, name: (*waiting, *items)})


def _buffer(now: Snapshot, name: str) -> VValue:
    if name not in now.buffers:
        known = ", ".join(now.buffers) or "none"
        raise ValueError(f"there is no buffer {name!r}, there is {known}; 'buffer {format_label(name)} zero' makes it")
    return now.buffers[name]


def _kept(now: Snapshot, buffer: str, change: VValue) -> Answer:
    for link, number in change.items():
        _require_finite(number, f"{shown(link)} in buffer {buffer}")
    return replace(now, buffers={**now.buffers, buffer: change}), f"buffer {buffer}: {_listed(change)}"


def _listed(change: VValue) -> str:
    return ", ".join(f"{shown(link)} {format_number(number)}" for link, number in change.items()) or "zero"


def _hook(name: str) -> str:
    return shown((name, HOOK, name, HOOK))
