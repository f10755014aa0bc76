"""Where a live machine stands, as frozen data: everything that decides how it goes on, and its file.

The file is JSON: `{"format": "dmm-live", "version": 1, "tick": n, "update": name, "room": n, "machine": {...},
"outputs": {neuron: {output: V-value}}, "inboxes": {neuron: [V-value, ...]}, "buffers": {name: V-value}}`, the machine
in the form of a machine file. Everything read is data; nothing is ever executed.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dmm.live.listening import RECEIVED, lifelines, listening
from dmm.machine.check import check, refuse
from dmm.machine.files import machine_from_json, machine_to_json, write_atomically
from dmm.machine.machine import LINK_DEPTH, Machine, Neuron
from dmm.neurons.base import NeuronType
from dmm.neurons.registry import NEURON_TYPES
from dmm.vvalue.support import Path as LabelPath
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue

FORMAT, VERSION = "dmm-live", 1
ROOM = 1024  # items that may wait at a neuron
MAX_BYTES = 256 * 2**20


@dataclass(frozen=True)
class Snapshot:
    """A live machine between two ticks.

    `machine` is self-referential and has the neurons declared so far; its links are those it started with, and the
    `matrix` of now is among the `outputs` of the last tick. `inboxes` holds the items that wait at each source, oldest
    first, those of the `update` neuron among them, and at most `room` at each. `buffers` are changes in preparation.
    `lifelines` are the links that edits need, and so may not change.

    >>> now = Snapshot.of(Machine().add("input").add("norm").link("norm.dict", "input.char", 2).read("norm"))
    >>> print(now.tick, now.matrix["norm"], dict(now.inboxes))
    0 {dict: {input: {char: 2}}} {'input': (), 'update': ()}
    """

    machine: Machine
    update: str
    lifelines: tuple[LabelPath, ...]
    outputs: VValue
    tick: int = 0
    inboxes: Mapping[str, tuple[VValue, ...]] = field(default_factory=dict)
    buffers: Mapping[str, VValue] = field(default_factory=dict)
    room: int = ROOM

    @classmethod
    def of(cls, machine: Machine, room: int = ROOM) -> "Snapshot":
        """The machine before its first tick, with an update neuron; `ValueError` if it cannot be live."""
        refuse(check(machine))
        machine, update = listening(machine)
        return cls(
            machine=machine,
            update=update,
            lifelines=lifelines(machine, update),
            outputs=machine.first_outputs.map_leaves(float),
            inboxes=dict.fromkeys(machine.sources, ()),
            room=room,
        )

    @property
    def matrix(self) -> VValue:
        """The network matrix of the next tick."""
        return self.outputs[self.machine.own_matrix or ()]

    @property
    def in_flight(self) -> tuple[VValue, ...]:
        """The updates on their way into the matrix, next first: what the update neuron has emitted, and what waits."""
        emitted = self.outputs[self.update, RECEIVED]
        return (emitted, *self.inboxes[self.update]) if emitted else self.inboxes[self.update]

    def neuron(self, name: str) -> Neuron | None:
        """The neuron of that name: one declared, or one that the machine has made by itself; `None` for no neuron."""
        try:
            return self.machine.neuron(name) if name in self.machine.neurons or self.matrix[name] else None
        except KeyError:  # a row for nobody knows what; the next tick will halt
            return None

    def as_machine(self) -> Machine:
        """The machine as it is now, with the links and outputs of now; run on, it does what this one will do.

        >>> from dmm import run
        >>> machine = Snapshot.of(Machine().add("timer").read("timer")).as_machine()
        >>> print(*run(machine, [VValue()] * 2), sep="; ")
        {timer: 1}; {timer: 2}
        """
        matrix = VValue.from_paths((path, x) for path, x in self.matrix.items() if len(path) == LINK_DEPTH)
        hard = self.machine.hard.restrict(Support(p for p, x in self.machine.hard.items() if matrix[p].scalar == x))
        found = {name: self.neuron(name) for path in matrix.support for name in path[::2]}
        neurons = {**self.machine.neurons, **{name: neuron for name, neuron in found.items() if neuron}}
        own, output = self.machine.own_matrix or ("", "")
        others = {label: x for label, x in self.outputs[own].children.items() if label != output}
        return replace(
            self.machine,
            neurons=neurons,
            matrix=matrix - hard,
            hard=hard,
            initial=self.outputs.join({**self.outputs.children, own: VValue().join(others)}),
        )


def save_snapshot(snapshot: Snapshot, path: str | os.PathLike[str]) -> None:
    """Write the snapshot to a file; the file is complete or untouched."""
    write_atomically(path, snapshot_to_json(snapshot) + "\n")


def load_snapshot(path: str | os.PathLike[str], types: Mapping[str, NeuronType] = NEURON_TYPES) -> Snapshot:
    """The snapshot in a file; `ValueError` names the file and says what is wrong with it."""
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"the file has more than {MAX_BYTES >> 20} MB; check it")
        return snapshot_from_json(path.read_text(encoding="utf-8"), types)
    except OSError as problem:
        reason = (problem.strerror or "cannot be read").lower()
        raise ValueError(f"{path}: {reason}; check the name and its permissions") from None
    except UnicodeDecodeError as problem:
        raise ValueError(f"{path}: byte {problem.start} is not UTF-8 text; a snapshot is a JSON file") from None
    except ValueError as problem:
        raise ValueError(f"{path}: {problem}") from None


def snapshot_to_json(snapshot: Snapshot) -> str:
    """The text of a snapshot's file."""
    entries = {
        "format": FORMAT,
        "version": VERSION,
        "tick": snapshot.tick,
        "update": snapshot.update,
        "room": snapshot.room,
        "machine": json.loads(machine_to_json(snapshot.machine)),
        "outputs": snapshot.outputs.to_nested(),
        "inboxes": {name: [item.to_nested() for item in items] for name, items in snapshot.inboxes.items()},
        "buffers": {name: change.to_nested() for name, change in snapshot.buffers.items()},
    }
    return json.dumps(entries, default=float)


def snapshot_from_json(text: str, types: Mapping[str, NeuronType] = NEURON_TYPES) -> Snapshot:
    """The snapshot that the text of a file describes; `ValueError` says what is wrong with it.

    >>> now = Snapshot.of(Machine().add("timer").read("timer"))
    >>> snapshot_from_json(snapshot_to_json(now)) == now
    True
    """
    tree = _parse(text)
    missing = {"tick", "update", "machine", "outputs", "inboxes", "buffers"} - tree.keys()
    if missing:
        raise ValueError(f"the key {min(missing)!r} is missing; save the machine again")
    machine = machine_from_json(json.dumps(tree["machine"]), types=types)
    inboxes = {
        name: tuple(_tree(item, f"inbox {name}") for item in _list(items, f"inbox {name}"))
        for name, items in _object(tree["inboxes"], "inboxes").items()
    }
    found = Snapshot(
        machine=machine,
        update=tree["update"],
        lifelines=_lifelines(machine, tree["update"]),
        outputs=_tree(tree["outputs"], "outputs"),
        tick=_whole(tree["tick"], "tick"),
        inboxes=inboxes,
        buffers={k: _tree(x, f"buffer {k}") for k, x in _object(tree["buffers"], "buffers").items()},
        room=_whole(tree.get("room", ROOM), "room"),
    )
    _require_whole(found)
    return found


def _require_whole(snapshot: Snapshot) -> None:
    """Refuse a snapshot whose parts do not belong together."""
    machine = snapshot.machine
    if set(snapshot.inboxes) != set(machine.sources):
        raise ValueError(f"the inboxes are not those of {', '.join(machine.sources)}; save the machine again")
    links = [*snapshot.inboxes[snapshot.update], *snapshot.buffers.values()]
    if any(len(path) != LINK_DEPTH for change in links for path in change.support):
        raise ValueError("an update or a buffer holds something other than links; save the machine again")


def _lifelines(machine: Machine, update: Any) -> tuple[LabelPath, ...]:
    if machine.own_matrix is None or update not in machine.sources:
        raise ValueError("the machine has no own matrix or no update neuron; save the machine again")
    found = lifelines(machine, update)
    if not all((machine.matrix + machine.hard)[link].scalar for link in found):
        raise ValueError("the machine lacks a link that edits need; save the machine again")
    return found


def _parse(text: str) -> dict[str, Any]:
    try:
        tree = json.loads(text)
    except json.JSONDecodeError as problem:
        raise ValueError(f"broken JSON at line {problem.lineno}, column {problem.colno}; mend it there") from None
    except RecursionError:
        raise ValueError("the tree is absurdly deep; save the machine again") from None
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise ValueError(f"this is no live machine: its format is not {FORMAT!r}; save one to have such a file")
    if tree.get("version") != VERSION:
        raise ValueError(f"version is {tree.get('version')!r}; this program reads version {VERSION}, update it")
    return tree


def _tree(tree: Any, place: str) -> VValue:
    try:
        return VValue(tree)
    except (TypeError, ValueError) as problem:
        raise ValueError(f"{place}: {problem}") from None


def _object(tree: Any, place: str) -> dict[str, Any]:
    if not isinstance(tree, dict):
        raise ValueError(f"{place}: not an object by name; save the machine again")
    return tree


def _list(tree: Any, place: str) -> list[Any]:
    if not isinstance(tree, list):
        raise ValueError(f"{place}: not a list of V-values; save the machine again")
    return tree


def _whole(number: Any, place: str) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise ValueError(f"{place} is {number!r}; give a whole number, 0 or more")
    return number
