"""Self-referential machines in synthesis: what may write into the matrix, and what can matter for the answers."""

from collections.abc import Iterator
from dataclasses import replace

from dmm.compile.own_matrix import governed_supports
from dmm.machine.flow import reached
from dmm.machine.machine import HOOK, LINK_DEPTH, Machine, link_ends
from dmm.tasks.parts import Parts
from dmm.vvalue.support import Path, Support
from dmm.vvalue.tree import VValue

OWN = "self.dict"  # the output that is the network matrix of a template with edits


def with_edits(machine: Machine, parts: Parts) -> tuple[Machine, list[tuple[str, str]]]:
    """The machine with what writes its edits, and the inputs that receive what is to be written.

    For every link that may change there is a constant that names its place, and a neuron `edit-1`, ... that puts what
    it hears there; all of them are heard by `self`, which holds the matrix.
    """
    if not parts.edits:
        return machine, []
    machine, heard = machine.add("self", "accum"), []
    for number, place in enumerate(parts.edited, 1):
        edit, where = f"edit-{number}", f"place-{number}"
        machine = machine.add(where, "constant", value=place).add(edit, "outer")
        machine = machine.link((edit, "dict-1"), (where, "value"), hard=True)
        machine = machine.link("self.dict-2", (edit, "dict"), hard=True)
        heard.append((edit, "dict-2"))
    _refuse_unknown(machine.governed_by(OWN), parts)
    return machine, heard


def _refuse_unknown(machine: Machine, parts: Parts) -> None:
    """Refuse to write links at which there can be no neuron, or that its type would not hear."""
    for edit in parts.edits:
        to, label, source, output = link_ends(edit)
        for name, side, field in ((to, "input", label), (source, "output", output)):
            try:
                kind = machine.type_of(name)
            except KeyError:
                known = ", ".join(machine.neurons)
                raise ValueError(f"edits, {edit}: the template has no neuron {name!r}; it has {known}") from None
            labels = kind.inputs if side == "input" else kind.outputs
            if labels is not None and field not in labels:
                known = ", ".join(labels) or "none"
                raise ValueError(f"edits, {edit}: type {kind.name!r} has no {side} {field!r}; it has {known}")


def without_dead_governed(machine: Machine, stream: Support) -> Machine:
    """The self-referential machine without the links and neurons that can never influence an answer.

    Whatever link its updates may lead to counts as one, and where somebody reads the matrix, all of it matters.
    """
    supports = governed_supports(machine, stream)
    own = machine.own_matrix or ("", "")
    state = Support(path for name, part in supports.outputs.items() for path in part.under(name))
    carried = {path[:depth] for path in state for depth in range(LINK_DEPTH + 1)}
    possible = [path[2:] for path in state if path[:2] == own and _carries(machine, path[2:], carried)]
    if own[0] in machine.readouts or any(path[0] != own[0] and path[2:3] in ((), own[:1]) for path in possible):
        return machine
    written = {path for link in possible if link[0] == own[0] and link[2:4] != own for path in _under(state, link[2:])}
    hears: dict[str, set[str]] = {}
    for path in possible:
        hears.setdefault(path[0], set()).update(path[2:3] or machine.neurons)
    alive = reached((*machine.readouts, own[0]), hears)
    kept = {*alive, *(path[0] for path in written if path), *(machine.sources if len(machine.sources) > 1 else ())}
    used = Support(path for path in possible if path[0] in kept)
    hooks = Support((name, HOOK, name, HOOK) for name in kept) & machine.hard.support
    smaller = machine.among(kept)
    smaller = replace(smaller, matrix=smaller.matrix.restrict(used), hard=smaller.hard.restrict(used | hooks))
    for name in machine.neurons:  # one that lost its last row would fall silent
        if name in kept and (machine.matrix + machine.hard)[name] and not (smaller.matrix + smaller.hard)[name]:
            smaller = smaller.hook(name)
    return smaller


def upright(machine: Machine) -> Machine:
    """What is written with a minus, and read with one, without, where that leaves fewer of them.

    For neurons that are odd functions; whoever asks checks what comes out.
    """
    for name, neuron in machine.neurons.items():
        if neuron.type == "outer" and (place := machine.hard[name, "dict-1"].labels):
            written = {path[0] for path in VValue(machine.neurons[place[0]].parameters.get("value", 0)).support}
            turned = {
                path: -weight if path[:2] == (name, "dict-2") or path[2] in written else weight
                for path, weight in machine.matrix.items()
            }
            if sum(w < 0 for w in turned.values()) < sum(w < 0 for _, w in machine.matrix.items()):
                machine = machine.with_matrix(VValue.from_paths(turned))
    return machine


def _under(state: Support, source: Path) -> Iterator[Path]:
    return (path[len(source) :] for path in state if path[: len(source)] == source)


def _carries(machine: Machine, link: Path, carried: set[Path]) -> bool:
    """Whether the link can bring anything to an input that its neuron has."""
    if len(link) <= 1:
        return False
    kind = machine.type_of(link[0])
    return not kind.source and kind.has_input(link[1]) and link[2 : 2 + LINK_DEPTH] in carried
