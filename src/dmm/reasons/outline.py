"""An explanation as text, an outline with a line for every value, and as plain data."""

from collections.abc import Iterator, Sequence
from typing import Any

from dmm.reasons.reasons import Contributions, Ending, Needed, Reason, Term, Value
from dmm.reasons.shares import is_same
from dmm.vvalue.labels import format_label
from dmm.vvalue.support import Path
from dmm.vvalue.text import format_number
from dmm.vvalue.tree import Number, VValue

DIGITS = 4  # for people; JSON has them all
MOST_LINES = 12  # below a value
MOST_TICKS = 8  # in a row
MOST_NAMED = 4  # of the outputs before the first tick

_ENDINGS = {
    Ending.CONSTANT: ", a constant",
    Ending.EMPTY: ": nothing has come in",
    Ending.SHOWN: ": see above",
}


def format_contributions(found: Contributions) -> str:
    """For each value first the items that matter, then the way back to them; last, what the neuron types compute."""
    blocks = ["\n".join([*_summary(found, reason), "", *_outline(reason.value)]) for reason in found.reasons]
    blocks.append("\n".join(f"# {name:<8} {summary}" for name, summary in found.legend.items()))
    return "\n\n".join(filter(None, blocks))


def shown(x: Number) -> str:
    """A number for people: whole ones with all digits, others rounded.

    >>> shown(12345.0), shown(1 / 3), shown(-0.5)
    ('12345', '0.3333', '-0.5')
    """
    if abs(x) < 10**15 and x == int(x):
        return str(int(x))
    return format_number(float(f"{float(x):.{DIGITS}g}"))


def rounded(v: VValue) -> VValue:
    """A V-value for people: whole numbers as they are, others rounded.

    >>> print(rounded(VValue({"a": 12345.0, "b": 2 / 3})))
    {a: 12345, b: 0.6667}
    """
    return v.map_leaves(lambda x: x if x == int(x) else float(f"{float(x):.{DIGITS}g}"))


# -- the items ---------------------------------------------------------------------------------------------------------


def _summary(found: Contributions, reason: Reason) -> Iterator[str]:
    value = shown(reason.value.value)
    head = f"{_path(reason.name)} = {value} at tick {found.tick}: of {_count(found.items)} so far"
    if not reason.items:
        yield f"{head}, none matters."
        yield from _started(reason)
        return
    one = len(reason.items) == 1
    yield f"{head}, {len(reason.items)} matter{'s' * one}."
    alike: dict[tuple[str, str, bool], list[int]] = {}
    for needed in reason.items:
        key = str(rounded(needed.item)), shown(needed.without), needed.shown
        alike.setdefault(key, []).append(needed.tick)
    for (item, without, is_shown), at in [*alike.items()][:MOST_LINES]:
        yield f"  {item} at {_ticks(at)}; {_lacking(at, without, value, is_shown)}"
    if len(alike) > MOST_LINES:
        yield f"  ... and {_count(sum(map(len, [*alike.values()][MOST_LINES:])))} more"
    yield from _started(reason)
    if len(reason.items) < found.items:
        alone = shown(reason.alone)
        yield f"  Alone {'it gives' if one else 'they give'} {alone}{' as well' * (alone == value)}."


def _started(reason: Reason) -> Iterator[str]:
    """What it comes from of that what the machine starts with, or would come to without it."""
    value, other = reason.value.value, reason.unstarted
    if other is None or (not reason.starts and is_same(other, value)):
        return
    named = [f"{_path(path)} = {shown(number)}" for path, number in reason.starts.items()]
    if len(named) > MOST_NAMED:
        named[MOST_NAMED - 1 :] = [f"... and {len(named) - MOST_NAMED + 1} more"]
    what = "them" if len(named) > 1 else "it"
    remark = "" if named else ", as something else would count then"
    text = f"{'still ' * is_same(other, value)}{shown(other)}{remark}"
    yield f"  {', '.join(named) or 'what there was'} before the first tick; without {what}: {text}"


def _lacking(at: Sequence[int], without: str, value: str, is_shown: bool) -> str:
    """What the value would be without an item; and where that is not to be seen below, why."""
    what = "it" if len(at) == 1 else "one of them"
    remark = "" if is_shown else ", as something else would count then"
    return f"without {what}: {'still ' * (without == value)}{without}{remark}"


def _count(items: int) -> str:
    return f"{items} item{'s' * (items != 1)}"


def _ticks(at: Sequence[int]) -> str:
    if len(at) > MOST_TICKS:
        return f"ticks {', '.join(map(str, at[: MOST_TICKS - 2]))}, ..., {at[-1]} ({len(at)} ticks)"
    return f"tick{'s' * (len(at) > 1)} {', '.join(map(str, at))}"


# -- the way back ------------------------------------------------------------------------------------------------------


def _outline(value: Value, lead: str = "") -> Iterator[str]:
    """The line of a value, after what leads to it, and the lines below it."""
    yield lead + _line(value)
    branches = [*(_sum(value) if value.is_sum else _needs(value))]
    if len(branches) > MOST_LINES:
        left = len(branches) - MOST_LINES + 1
        branches[-left:] = [iter([f"... and {left} more"])]
    for i, lines in enumerate(branches):
        first, rest = ("└─ ", "   ") if i == len(branches) - 1 else ("├─ ", "│  ")
        for j, line in enumerate(lines):
            yield (rest if j else first) + line


def _line(value: Value) -> str:
    name = _path((value.neuron, *value.path))
    if value.ending is Ending.ITEM:
        return f"{name} at tick {value.tick}: item {rounded(value.received)}"
    text = f"{name} = {shown(value.value)}"
    if value.ending is Ending.CONSTANT:
        return f"{text}, a constant"
    if value.ending in (Ending.START, Ending.INITIAL):
        return f"{text} before the first tick"
    return f"{text} at tick {value.tick}{_remark(value)}"


def _remark(value: Value) -> str:
    if value.ending is Ending.ANYWAY:
        return f": it receives {rounded(value.received)}, of which nothing makes a difference"
    if value.ending is Ending.DEEP:
        return f", from the items at {_ticks(value.ticks)} ..." if value.ticks else " ..."
    if value.spare:
        return f" ({', '.join(map(_path, value.spare[:MOST_TICKS]))} would do as well)"
    return _ENDINGS.get(value.ending, "") if value.ending else ""


def _sum(value: Value) -> Iterator[Iterator[str]]:
    """The lines of each term of a sum; equal terms in one line."""
    several = len({term.link.input for term in value.terms}) > 1
    alike: dict[object, list[Term]] = {}
    for i, term in enumerate(value.terms):
        source = term.source
        is_last = source.ending in (Ending.ITEM, Ending.CONSTANT)
        alike.setdefault((term.link, source.path, source.value, source.received) if is_last else i, []).append(term)
    for terms in alike.values():
        term = terms[0]
        lead = f"{format_label(term.link.input)}: " if several else ""
        lead += f"{_signed(term.contribution)} {'each ' * (len(terms) > 1)}from "
        if len(terms) > 1:
            yield iter([lead + _alike(terms)])
        else:
            rest = value.value - term.contribution
            yield _term(term, lead, _without(term, value) if _tells(term, rest) else "")
    if value.nothing:
        yield iter([f"{_signed(value.nothing)} of its own"])


def _alike(terms: Sequence[Term]) -> str:
    """Terms that differ only in their ticks, items all of them or all a constant."""
    source = terms[0].source
    name = _path((source.neuron, *source.path))
    at = _ticks([term.source.tick for term in terms])
    if source.ending is Ending.ITEM:
        return f"{name} at {at}: items {rounded(source.received)}{_weight(terms[0])}"
    return f"{name} = {shown(source.value)}, a constant{_weight(terms[0])}, at {at}"


def _needs(value: Value) -> Iterator[Iterator[str]]:
    """The lines of each leaf received that matters, where they do not add up."""
    leaves: dict[Path, list[Term]] = {}
    for term in value.terms:
        leaves.setdefault(term.path, []).append(term)
    for path, terms in leaves.items():
        without = _without(terms[0], value) if terms[0].received else ""
        if len(terms) == 1:
            yield _term(terms[0], f"{format_label(path[0])}: ", without)
        else:
            yield _leaf(f"{_path(path)} = {shown(terms[0].received)}{without}", terms)


def _leaf(head: str, terms: Sequence[Term]) -> Iterator[str]:
    yield head
    for i, term in enumerate(terms):
        first, rest = ("└─ ", "   ") if i == len(terms) - 1 else ("├─ ", "│  ")
        for j, line in enumerate(_term(term, f"{_signed(term.brought)} from ", "")):
            yield (rest if j else first) + line


def _term(term: Term, lead: str, remark: str) -> Iterator[str]:
    lines = _outline(term.source, lead)
    yield next(lines) + _weight(term) + remark
    yield from lines


def _without(term: Term, value: Value) -> str:
    same = "still " * is_same(term.without, value.value)
    return f"; without it: {same}{shown(term.without)}"


def _weight(term: Term) -> str:
    return "" if term.link.weight == 1 else f", times {shown(term.link.weight)}"


def _tells(term: Term, rest: Number) -> bool:
    """Whether the value without a leaf is worth telling: it is known, and not what is left of the sum."""
    return term.without is not None and is_same(term.brought, term.received) and not is_same(term.without, rest)


def _signed(x: Number) -> str:
    return f"{'-' if x < 0 else '+'} {shown(abs(x))}"


def _path(path: Path) -> str:
    return ".".join(map(format_label, path))


# -- plain data --------------------------------------------------------------------------------------------------------


def contributions_to_json(found: Contributions) -> dict[str, Any]:
    """An object with the tick and, under "values", an object for each reason."""
    return {"tick": found.tick, "values": [_reason_to_json(reason) for reason in found.reasons]}


def _reason_to_json(reason: Reason) -> dict[str, Any]:
    plain = {
        "output": list(reason.name),
        "value": reason.value.value,
        "items": [_needed_to_json(needed) for needed in reason.items],
        "alone": reason.alone,
    }
    if reason.unstarted is not None:
        plain["starts"] = [{"output": list(path), "value": number} for path, number in reason.starts.items()]
        plain["unstarted"] = reason.unstarted
    return plain | {"tree": _value_to_json(reason.value)}


def _needed_to_json(needed: Needed) -> dict[str, Any]:
    plain = {"tick": needed.tick, "item": needed.item.to_nested(), "without": needed.without}
    return plain | {"shown": needed.shown}


def _value_to_json(value: Value) -> dict[str, Any]:
    plain = {"neuron": value.neuron, "output": list(value.path), "tick": value.tick, "value": value.value}
    if value.ending is None:
        return plain | {
            "is_sum": value.is_sum,
            "nothing": value.nothing,
            "terms": [_term_to_json(term) for term in value.terms],
            "spare": [list(path) for path in value.spare],
        }
    plain["ending"] = value.ending.value
    if value.ending is Ending.ITEM:
        plain["item"] = value.received.to_nested()
    elif value.ending is Ending.ANYWAY:
        plain["received"] = value.received.to_nested()
    elif value.ending is Ending.DEEP:
        plain["items_at"] = list(value.ticks)
    return plain


def _term_to_json(term: Term) -> dict[str, Any]:
    return {
        "input": list(term.path),
        "received": term.received,
        "weight": term.link.weight,
        "contribution": term.contribution,
        "without": term.without,
        "source": _value_to_json(term.source),
    }
