# ruff: noqa: ARG001  (what a row needs is asked in one way)
"""The rows of records, lists, timers and delay lines: what is put together, taken apart, and chosen."""

from collections.abc import Mapping
from types import MappingProxyType

from dmm.circuits.programs.expressions import (
    NOTHING,
    NUMBER,
    TREE,
    Expression,
    Kind,
    Number,
    as_tree,
    bracketed,
    call,
    choice,
    comparison,
    literal,
    on_tree,
    scalar_of,
    string_text,
    total,
)
from dmm.circuits.programs.rows import Inputs, Kinds, Outputs, Row, scalars, trees
from dmm.vvalue.lists import REST, THIS
from dmm.vvalue.support import Path
from dmm.vvalue.tree import VValue

# -- what is needed of an input ----------------------------------------------------------------------------------------


def _trees_for_trees(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    return TREE if TREE in wanted.values() else NOTHING


def _cons_needs(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    return TREE if label == "item" else max(wanted.values())


def _delay_line_needs(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    return TREE if label == "line" else max(wanted.values())


def _since_needs(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    return TREE if label == "event" else NUMBER


# -- how outputs are written -------------------------------------------------------------------------------------------


def _record(v: Inputs) -> Outputs:
    numbers = [(f"{string_text(label)}: ", e) for label, e in sorted(v.items()) if e.kind is NUMBER]
    parts = [bracketed("nonzero({", numbers, TREE)] if numbers else []
    parts += [_under(label, e) for label, e in sorted(v.items()) if e.kind is TREE]
    return {"record": total((1, part) for part in parts)}


def _under(label: str, e: Expression) -> Expression:
    return call("under", Expression(TREE, string_text(label)), as_tree(e), kind=TREE)


def _field(v: Inputs, *, path: VValue) -> Outputs:
    return {"value": total((x, _below(v["record"], labels)) for labels, x in path.items())}


def _below(e: Expression, path: Path) -> Expression:
    if not path:
        return e
    if e.value is not None or e.kind is not TREE:
        return literal(e.value[path] if e.value is not None else 0)
    return call("at", e, *(Expression(TREE, string_text(label)) for label in path), kind=TREE)


def _cons(v: Inputs, *, length: Number) -> Outputs:
    longer = choice(v["item"], on_tree("in_front", v["item"], v["list"]), v["list"])
    if not length or longer.kind is not TREE:
        return {"list": longer}
    return {"list": call("newest", longer, literal(length), kind=TREE)}


def _first(v: Inputs) -> Outputs:
    return {"item": _below(v["list"], (THIS,))}


def _rest(v: Inputs) -> Outputs:
    return {"list": _below(v["list"], (REST,))}


def _delay_line(v: Inputs, *, steps: Number) -> Outputs:
    if steps == 1:
        return {"value": v["value"]}
    last = int(steps) - 1
    line = call("moved_on", as_tree(v["line"]), as_tree(v["value"]), literal(last), kind=TREE)
    heard = max(v["line"].kind, v["value"].kind)
    return {"value": _below(v["line"], (str(last),)), "line": line if heard else literal(0)}


def _pulse(v: Inputs, *, period: Number) -> Outputs:
    ticks = total([(1, scalar_of(v["ticks"])), (1, literal(1))])
    over = comparison(ticks, ">=", literal(period))
    return {"pulse": call("int", over), "ticks": choice(over, literal(0), ticks)}


def _countdown(v: Inputs) -> Outputs:
    start, less = scalar_of(v["start"]), total([(1, scalar_of(v["left"])), (-1, literal(1))])
    left = literal(max(0, less.value.scalar)) if less.value is not None else call("max", literal(0), less)
    if start.value is not None:
        return {"left": start if start.value.scalar > 0 else left}
    return {"left": choice(comparison(start, ">", literal(0)), start, left)}


def _since(v: Inputs) -> Outputs:
    ticks = scalar_of(v["ticks"])
    begun = call("int", comparison(ticks, ">", literal(0))) if ticks.kind else ticks
    return {"ticks": choice(v["event"], literal(1), total([(1, ticks), (1, begun)]))}


STRUCTURES: Mapping[str, Row] = MappingProxyType(
    {
        "record": Row(_record, _trees_for_trees),
        "field": Row(_field, trees),
        "cons": Row(_cons, _cons_needs),
        "first": Row(_first, trees),
        "rest": Row(_rest, trees),
        "delay_line": Row(_delay_line, _delay_line_needs),
        "pulse": Row(_pulse, scalars),
        "countdown": Row(_countdown, scalars),
        "since": Row(_since, _since_needs),
    }
)
"""How to write them, by their names."""
