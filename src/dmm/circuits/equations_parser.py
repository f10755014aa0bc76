"""Equations read back: the machine that they describe."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from dmm.circuits.equations import FORMULAS, PLACE, has_one_output, implied_type
from dmm.circuits.mixtures import ARGUMENTS, mixed
from dmm.circuits.statements import ADDING, FIELD_BY_FIELD, MIXING
from dmm.machine.check import check, refuse
from dmm.machine.machine import Machine
from dmm.machine.text import COMMENT, LABEL, STRING, WEIGHT, layer, parse_heading, parse_label, parse_neuron
from dmm.neurons.base import NeuronType
from dmm.vvalue.support import Path
from dmm.vvalue.text import parse_number, parse_vvalue
from dmm.vvalue.tree import Number, VValue

_TERM = rf"(?:(?:{WEIGHT}) )?{LABEL}(?:\.{LABEL})?\(t(?:-1)?\)"
_SUM = rf"-?{_TERM}(?: [-+] {_TERM})*|0"
_PARTS = re.compile(
    rf"(?P<sign>[-+]?) ?(?:(?P<weight>{WEIGHT}) )?"
    rf"(?P<source>{LABEL})(?:\.(?P<output>{LABEL}))?\((?P<time>t(?:-1)?)\)"
)
_LINE = re.compile(
    rf'(?P<name>{LABEL})(?:\.(?P<output>{LABEL}))?\(t\)\s*=\s*(?P<right>(?:[^"\[]|{STRING})*?)(?:\s\s\[(?P<note>.*)\])?'
)
_INITIAL = re.compile(rf"(?P<name>{LABEL})(?:\.(?P<output>{LABEL}))?\(0\)\s*=\s*(?P<value>.+)")
_SUMS = re.compile(rf"(?P<sum>{_SUM})")
_ENTRY = re.compile(rf"(?P<label>{LABEL}) (?P<sign>:?=) (?P<sum>{_SUM})")
_FACTOR = rf"{_TERM}|0|\((?:{_SUM})\)"
_MIXTURE = re.compile(rf"(?P<terms>.*) where x = (?P<x>{_SUM}), y = (?P<y>{_SUM})")
_MIXED = re.compile(rf"(?P<sum>{_FACTOR}) \* (?P<text>[\w.]+\([xy, ]*\))")

Link = tuple[Path, Number, str]  # where it leads from and to, its weight, and the time of its source


@dataclass
class _Neuron:
    """What the text says of one neuron: its type and parameters, and (number, output, right side) of each line."""

    note: tuple[str | None, str, dict[str, object]] | None = None
    lines: list[tuple[int, str | None, str]] = field(default_factory=list)


def parse_equations(text: str, types: Mapping[str, NeuronType] | None = None) -> Machine:
    """Read equations; `types` are the neuron types to know, by default those that come with the library.

    `ValueError` names the line that is not understood.

    >>> print(parse_equations("outputs accum\\ninput(t) = item(t)\\naccum(t) = accum(t-1) + 2 input(t-1)"))
    outputs accum
    input : input
    accum : accum
      dict-2 = 2 input.char
      dict-1 := accum.dict
    """
    machine = Machine(types=types) if types else Machine()
    neurons: dict[str, _Neuron] = {}
    starts: list[tuple[int, re.Match[str]]] = []
    for number, line in enumerate(text.split("\n"), 1):
        commented = COMMENT.fullmatch(line)
        line = (commented[1] if commented else line).strip()
        with _Place(number, line):
            if not line:
                continue
            if heading := parse_heading(machine, line):
                machine = heading
            elif start := _INITIAL.fullmatch(line):
                starts.append((number, start))
            elif found := _LINE.fullmatch(line):
                neuron = neurons.setdefault(parse_label(found["name"]), _Neuron())
                neuron.lines.append((number, found["output"] and parse_label(found["output"]), found["right"].strip()))
                neuron.note = parse_neuron(found["note"]) if found["note"] else neuron.note
            else:
                raise ValueError("no equation like 'norm(t) = norm(accum(t-1))'")
    machine = _with_neurons(machine, neurons)
    return _linked(replace(machine, initial=_initial(machine, starts)), neurons)


class _Place:
    """Says of a `ValueError` in which line it arose."""

    def __init__(self, number: int, line: str):
        self.number, self.line = number, line

    def __enter__(self) -> None:
        """Nothing is set up."""

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        if isinstance(problem, ValueError):
            raise ValueError(f"line {self.number}: {problem}; found {self.line!r}") from None


def _with_neurons(machine: Machine, neurons: Mapping[str, _Neuron]) -> Machine:
    """The machine with these neurons, without links but for its hooks."""
    hooks = machine.hard
    for name, neuron in neurons.items():
        number, _, right = neuron.lines[0]
        with _Place(number, right):
            kind = neuron.note[1] if neuron.note else implied_type(machine, name)
            if kind not in machine.types:
                raise ValueError(f"neuron {name!r}: there is no type {kind!r}; name one at the end, as in '  [accum]'")
            parameters = {**_shown(machine.types[kind], neuron), **(neuron.note[2] if neuron.note else {})}
            machine = machine.add(name, kind, **parameters)
    return replace(machine, hard=hooks)


def _initial(machine: Machine, starts: Iterable[tuple[int, re.Match[str]]]) -> VValue:
    """The outputs before the first tick."""
    values: dict[str, dict[str, VValue]] = {}
    for number, start in starts:
        with _Place(number, start[0]):
            name, output = _source(machine, start["name"], start["output"])
            values.setdefault(name, {})[output] = VValue.parse(start["value"])
    return layer(values)


def _linked(machine: Machine, neurons: Mapping[str, _Neuron]) -> Machine:
    """The machine with the links into these neurons."""
    trained: dict[Path, Number] = {}
    hard: dict[Path, Number] = {}
    for name, neuron in neurons.items():
        for number, output, right in neuron.lines:
            with _Place(number, right):
                for (path, weight, time), is_hard in _links(machine, name, output, right):
                    _require_time(machine, path, time)
                    known = (hard if is_hard else trained).setdefault(path, weight)
                    if known != weight:
                        raise ValueError(f"{name}: another line gives {'.'.join(path[2:])} the weight {known}")
    machine = replace(machine, matrix=VValue.from_paths(trained), hard=machine.hard + VValue.from_paths(hard))
    refuse(check(machine))
    return machine


def _shown(kind: NeuronType, neuron: _Neuron) -> dict[str, object]:
    """The parameters that the formulas say, where they are not as by default."""
    found: dict[str, object] = {}
    for _, output, right in neuron.lines:
        formula = _formula(kind, output)
        named = _entries(kind, right) is not None  # which tells its links, and no parameters
        match = formula and not named and _pattern(formula).fullmatch(right)
        for label, text in (match.groupdict() if match else {}).items():
            if label.startswith("parameter_") and text is not None:
                given = parse_vvalue(text)
                label = label.removeprefix("parameter_")
                if given != VValue(kind.parameters[label]):
                    found[label] = given.to_nested()
    return found


def _links(machine: Machine, name: str, output: str | None, right: str) -> Iterator[tuple[Link, bool]]:
    """The links that one line describes, and whether they are hard."""
    kind = machine.type_of(name)
    memory = kind.memory
    for label, sign, text in _sums(machine, name, output, right):
        for weight, source, field_, time in _terms(machine, text):
            own = memory is not None and (source, field_, weight) == (name, memory.output, 1)
            if kind.name in ADDING and label is None:
                assert memory is not None
                assert kind.inputs is not None
                to = memory.input if own else next(x for x in kind.inputs if x != memory.input)
                yield ((name, to, source, field_), weight, time), own
            else:
                assert label is not None
                back = own and memory is not None and label == memory.input and not sign
                yield ((name, label, source, field_), weight, time), sign == ":=" or back


def _sums(machine: Machine, name: str, output: str | None, right: str) -> Iterator[tuple[str | None, str, str]]:
    """The inputs that a right side names or implies, the sign if it is written out, and the sums that they receive."""
    kind = machine.type_of(name)
    if (entries := _entries(kind, right)) is not None:
        yield from ((parse_label(entry["label"]), entry["sign"], entry["sum"]) for entry in entries)
    elif kind.name in FIELD_BY_FIELD and output is not None:
        yield output, "", right
    elif kind.name in ADDING:
        yield None, "", right
    elif kind.name in MIXING:
        yield from ((label, "", text) for label, text in _mixture(machine, name, right))
    elif formula := _formula(kind, output):
        match = _pattern(formula).fullmatch(right)
        if match is None:
            raise ValueError(f"type {kind.name!r} computes {PLACE.sub('...', formula)}")
        for label, group in _places(formula).items():
            yield label, "", _bare(match[group])
    else:
        inside = _inside(kind, right)
        sums = None if inside is None else _split(_SUMS, inside)
        if sums is None or len(sums) != len(kind.inputs or ()):
            raise ValueError(f"type {kind.name!r} is applied to {', '.join(kind.inputs or ('label = sum, ...',))}")
        yield from ((label, "", each["sum"]) for label, each in zip(kind.inputs or (), sums, strict=True))


def _inside(kind: NeuronType, right: str) -> str | None:
    """What stands in the parentheses of a type that is applied; `None` if the right side is something else."""
    applied = re.fullmatch(rf"(?P<kind>{LABEL})\((?P<inputs>.*)\)", right)
    return applied["inputs"] if applied and parse_label(applied["kind"]) == kind.name else None


def _entries(kind: NeuronType, right: str) -> list[re.Match[str]] | None:
    """The inputs of a type that is applied to them by name."""
    inside = _inside(kind, right)
    return None if inside is None else _split(_ENTRY, inside)


def _bare(text: str) -> str:
    """A sum without the parentheses around it."""
    return text[1:-1] if text.startswith("(") else text


def _mixture(machine: Machine, name: str, right: str) -> Iterator[tuple[str, str]]:
    """The inputs of a superfluid neuron, and the sums that they receive."""
    known = {term.text: term.weight for term in mixed(machine, name)}
    found = _MIXTURE.fullmatch(right)
    terms = found and ([] if found["terms"] == "0" else _split(_MIXED, found["terms"], " + "))
    if found is None or terms is None or any(term["text"] not in known for term in terms):
        raise ValueError(f"{name!r} is a sum like '... * {next(iter(known))} + ... where x = ..., y = ...'")
    yield from ((label, found[x]) for x, label in ARGUMENTS.items())
    yield from ((known[term["text"]], _bare(term["sum"])) for term in terms)


def _formula(kind: NeuronType, output: str | None) -> str | None:
    """The formula of an output; without one, of the only one."""
    formulas = FORMULAS.get(kind.name, {})
    return formulas.get(output) if output is not None else next(iter(formulas.values()), None)


def _places(formula: str) -> dict[str, str]:
    """The inputs of which a formula speaks, and the groups of its pattern that stand for them."""
    labels = (place["plain"] or place["safe"] for place in PLACE.finditer(formula))
    return {label: f"input_{number}" for number, label in enumerate(filter(None, labels))}


@lru_cache
def _pattern(formula: str) -> re.Pattern[str]:
    """What texts a formula allows."""
    groups, parts, end = _places(formula), [], 0
    seen: set[str] = set()
    for place in PLACE.finditer(formula):
        parts.append(re.escape(formula[end : place.start()]))
        end = place.end()
        if place["parameter"]:
            given = rf"(?P<parameter_{place['parameter']}>.+?)"
            parts.append(rf"(?:{re.escape(place['lead'])}{given})?" if place["lead"] else given)
        else:
            group = groups[place["plain"] or place["safe"]]
            allowed = _SUM if place["plain"] else _FACTOR
            parts.append(rf"(?P={group})" if group in seen else rf"(?P<{group}>{allowed})")
            seen.add(group)
    return re.compile("".join([*parts, re.escape(formula[end:])]))


def _split(entry: re.Pattern[str], text: str, between: str = ", ") -> list[re.Match[str]] | None:
    """Entries with commas, or something else, between them; `None` if the text is none of this."""
    found: list[re.Match[str]] = []
    at = 0
    while at < len(text) or found:
        match = entry.match(text, at)
        if match is None:
            return None
        found.append(match)
        at = match.end()
        if at == len(text):
            break
        if not text.startswith(between, at):
            return None
        at += len(between)
    return found


def _terms(machine: Machine, text: str) -> Iterator[tuple[Number, str, str, str]]:
    """Weight, source, output and time of each term of a sum."""
    if text == "0":
        return
    if not re.fullmatch(_SUM, text):
        raise ValueError(f"{text!r} is no sum like 'accum(t-1) - 0.5 input(t-1)'")
    for term in _PARTS.finditer(text):
        source, output = _source(machine, term["source"], term["output"])
        weight = parse_number(term["weight"] or "1")
        yield -weight if term["sign"] == "-" else weight, source, output, term["time"]


def _source(machine: Machine, name: str, output: str | None) -> tuple[str, str]:
    """The neuron and the output that are written so; the only output need not be."""
    source = parse_label(name)
    if source not in machine.neurons:
        raise ValueError(f"there is no equation for {source!r}; add one, as in '{name}(t) = ...'")
    kind = machine.type_of(source)
    if output is None and not has_one_output(kind):
        raise ValueError(f"{source!r} has several outputs; name one, as in '{source}.x(t)'")
    return source, parse_label(output) if output else (kind.outputs or ("",))[0]


def _require_time(machine: Machine, path: Path, time: str) -> None:
    wanted = "t-1" if machine.delay(path[0], path[1]) else "t"
    if time != wanted:
        raise ValueError(
            f"{path[2]}({time}) under {machine.timing}: what {path[0]} receives there is {path[2]}({wanted})"
        )
