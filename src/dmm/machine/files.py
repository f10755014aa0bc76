"""Machines as JSON: the bare network matrix as published, and the project's own richer form.

Own form, version 1: `{"format": "dmm-machine", "version": 1, "neurons": {name: {"type": ..., "parameters": {...}}},
"links": {to: {input: {from: {output: weight}}}}, "hard_links": {...}, "outputs": [...], "metadata": {...}}`, and where
it is so `"timing": "synchronous"`, `"initial": {neuron: {output: V-value}}` (the outputs before the first tick) and
`"own_matrix": [neuron, output]` (a self-referential machine). Everything read is data; nothing is ever executed.
"""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dmm.machine.check import MachineError, check, refuse
from dmm.machine.machine import LINK_DEPTH, UNIT_DELAY, Machine, Neuron, described, type_in_name
from dmm.neurons.base import NeuronType
from dmm.neurons.registry import NEURON_TYPES
from dmm.vvalue.tree import VValue

FORMAT = "dmm-machine"
VERSION = 1
MAX_BYTES = 32 * 2**20  # some 700,000 links; a larger file is a mistake, and would take minutes to read
_KEYS = {
    "format", "version", "timing", "own_matrix", "neurons", "links", "hard_links", "initial", "outputs", "metadata"
}  # fmt: skip


def load_machine(
    path: str | os.PathLike[str],
    *,
    types: Mapping[str, NeuronType] = NEURON_TYPES,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
) -> Machine:
    """The machine in a JSON file, checked. See `machine_from_json` for the arguments; `ValueError` names the file."""
    path = Path(path)
    try:
        return machine_from_json(_read_text(path), types=types, parameters=parameters)
    except MachineError as refusal:
        raise MachineError(refusal.problems, place=f"{path}: ") from None
    except (ValueError, TypeError) as problem:
        raise ValueError(f"{path}: {problem}") from None


def save_machine(machine: Machine, path: str | os.PathLike[str]) -> None:
    """Write the machine to a file in the project's own form; the file is complete or untouched."""
    write_atomically(path, machine_to_json(machine) + "\n")


def machine_to_json(machine: Machine) -> str:
    """The project's own form of the machine, indented."""
    neurons = {name: _neuron_entry(neuron) for name, neuron in machine.neurons.items()}
    entries = {
        "format": FORMAT,
        "version": VERSION,
        **({} if machine.timing == UNIT_DELAY else {"timing": machine.timing}),
        **({"own_matrix": list(machine.own_matrix)} if machine.own_matrix else {}),
        "neurons": neurons,
        "links": machine.matrix.to_nested() or {},
        "hard_links": machine.hard.to_nested() or {},
        **({"initial": machine.initial.to_nested()} if machine.initial else {}),
        "outputs": list(machine.outputs),
        "metadata": dict(machine.metadata),
    }
    text = json.dumps(entries, indent=1, default=_plain, ensure_ascii=False)
    # half a character (a lone surrogate) is legal in a label, and can be written only as an escape
    return text if _is_text(text) else json.dumps(entries, indent=1, default=_plain)


def machine_from_json(
    text: str,
    *,
    types: Mapping[str, NeuronType] = NEURON_TYPES,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
) -> Machine:
    """The checked machine that JSON `text` holds, in either form; `ValueError` says what is wrong with it.

    In a bare matrix the part of a name before the first `-` is the neuron's type, a neuron whose memory input is not
    linked gets its memory link, and `parameters` (by type name) says what the matrix does not:

    >>> m = machine_from_json('{"output": {"dict-1": {"dot": {"dot": 0.5}}}}', parameters={"dot": {"clip": 100}})
    >>> m.neurons["dot"].parameters
    {'clip': 100}
    """
    tree = _parse(text)
    if not isinstance(tree, dict):
        raise ValueError("the file holds no JSON object; a machine is one: to-neuron, input, from-neuron, output")
    if "format" in tree and not isinstance(tree["format"], dict):
        machine = _from_own_form(tree, types)
    else:
        machine = _from_bare_matrix(tree, types, parameters or {})
    refuse(check(machine))
    return machine


def write_atomically(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file so that at every moment it is either the old one or the new one.

    A symbolic link stays one: the file it leads to is written. `ValueError` for a device or a pipe.
    """
    path = Path(path).resolve()
    if path.exists() and not path.is_file() and not path.is_dir():
        raise ValueError(f"{path}: not a regular file; name another")
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _read_text(path: Path) -> str:
    if path.is_dir():
        raise ValueError("this is a folder; name the machine file in it")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ValueError(f"the file has {size / 2**20:.0f} MB, more than a machine file may have (32); check it")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)  # of a device without end, too
        if len(content) > MAX_BYTES:
            raise ValueError("the file has more than 32 MB, the most that a machine file may have; check it")
        return content.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise ValueError(f"byte {problem.start} is not UTF-8 text; a machine is a JSON file") from None
    except OSError as problem:
        reason = (problem.strerror or "cannot be read").lower()
        raise ValueError(f"{reason}; check the name and its permissions") from None


def _parse(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_no_duplicates)
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno}, column {problem.colno}"
        raise ValueError(f"broken JSON at {place} ({problem.msg.lower()}); mend it there") from None
    except RecursionError:
        raise ValueError(f"the tree is absurdly deep; a machine file has {LINK_DEPTH} levels of links") from None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object; keep one")
    return tree


def _from_own_form(tree: dict[str, Any], types: Mapping[str, NeuronType]) -> Machine:
    if tree["format"] != FORMAT:
        raise ValueError(f"format is {tree['format']!r}; this program reads {FORMAT!r} and bare matrices")
    if tree.get("version") != VERSION:
        raise ValueError(f"version is {tree.get('version')!r}; this program reads version {VERSION}, update it")
    unknown = sorted(set(tree) - _KEYS)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}; the keys are {', '.join(sorted(_KEYS))}")
    neurons, outputs, metadata = tree.get("neurons"), tree.get("outputs", []), tree.get("metadata", {})
    if not isinstance(neurons, dict) or not isinstance(metadata, dict):
        raise ValueError("neurons and metadata are objects by name; mend the file")
    if not isinstance(outputs, list) or not all(isinstance(name, str) for name in outputs):
        raise ValueError("outputs is a list of neuron names; mend the file")
    return Machine(
        neurons={name: _neuron(name, entry) for name, entry in neurons.items()},
        matrix=_matrix(tree.get("links", {}), "links"),
        hard=_matrix(tree.get("hard_links", {}), "hard_links"),
        outputs=tuple(outputs),
        metadata=metadata,
        types=types,
        timing=tree.get("timing", UNIT_DELAY),
        initial=_tree(tree.get("initial", {}), "initial", "nest neuron, output, V-value"),
        own_matrix=_own_matrix(tree.get("own_matrix")),
    )


def _own_matrix(entry: Any) -> tuple[str, str] | None:
    match entry:
        case None:
            return None
        case [str(neuron), str(output)]:
            return neuron, output
    raise ValueError("own_matrix is a list of a neuron and its output; mend the file")


def _neuron(name: str, entry: Any) -> Neuron:
    if not isinstance(entry, dict) or not isinstance(entry.get("type"), str) or set(entry) - {"type", "parameters"}:
        raise ValueError(f'neuron {name!r} is not described as {{"type": ..., "parameters": {{...}}}}; mend it')
    parameters = entry.get("parameters", {})
    if not isinstance(parameters, dict):
        raise ValueError(f"the parameters of neuron {name!r} are not an object; give them by name")
    try:
        return described(entry["type"], parameters)
    except (ValueError, TypeError) as problem:
        raise ValueError(f"the parameters of neuron {name!r}: {problem}") from None


def _from_bare_matrix(
    tree: dict[str, Any], types: Mapping[str, NeuronType], parameters: Mapping[str, Mapping[str, Any]]
) -> Machine:
    matrix = _matrix(tree, "the matrix")
    names = sorted({name for path in matrix.support for name in path[:LINK_DEPTH:2]} | set(matrix.labels))
    neurons = {name: described(kind, parameters.get(kind, {})) for name in names for kind in [type_in_name(name)]}
    machine = Machine(neurons, matrix, types=types)
    for name, neuron in neurons.items():
        kind = types.get(neuron.type)
        if kind and kind.memory and not matrix[name, kind.memory.input]:
            machine = machine.remember(name)
    return machine


def _matrix(tree: Any, place: str) -> VValue:
    return _tree(tree, place, "nest to-neuron, input, from-neuron, output")


def _tree(tree: Any, place: str, remedy: str) -> VValue:
    try:
        if not isinstance(tree, dict):
            raise ValueError(f"not an object; {remedy}")
        return VValue(tree).map_leaves(float)
    except (ValueError, TypeError) as problem:
        raise ValueError(f"{place}: {problem}") from None


def _neuron_entry(neuron: Neuron) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": neuron.type}
    return entry | {"parameters": dict(neuron.parameters)} if neuron.parameters else entry


def _plain(x: Any) -> Any:
    return x.to_nested() if isinstance(x, VValue) else float(x)
