# ruff: noqa: ARG001  (what a row needs is asked in one way)
"""The rows of the types that compute changes of network matrices: outer products, and copies of subgraphs."""

from collections.abc import Mapping
from types import MappingProxyType

from dmm.circuits.programs.expressions import (
    NOTHING,
    NUMBER,
    TREE,
    Expression,
    Kind,
    Number,
    bracketed,
    call,
    literal,
    on_tree,
    string_text,
    times,
)
from dmm.circuits.programs.rows import Inputs, Kinds, Outputs, Row, in_both
from dmm.vvalue.tree import VValue


def _outer_needs(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    return max(wanted.values()) if in_both(label, heard, wanted) else NOTHING


def _copy_needs(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    both = min(heard.get("matrix", NOTHING), heard.get("copies", NOTHING))
    return TREE if min(both, *wanted.values()) is TREE else NOTHING


def _outer(v: Inputs) -> Outputs:
    a, b = v["dict-1"], v["dict-2"]
    if min(a.kind, b.kind) is TREE:
        return {"dict": on_tree("outer_product", a, b)}
    return {"dict": times(b, a) if a.kind is TREE else times(a, b)}


def _copy(v: Inputs, *, neurons: VValue, outgoing: Number) -> Outputs:
    if not neurons.labels or min(v["matrix"].kind, v["copies"].kind) is not TREE:
        return {"matrix": literal(0)}
    names = bracketed("{", [("", Expression(TREE, string_text(name))) for name in neurons.labels], TREE)
    also = [Expression(NUMBER, "outgoing=True")] if outgoing else []
    return {"matrix": call("copied_links", v["matrix"], v["copies"], names, *also, kind=TREE)}


MATRICES: Mapping[str, Row] = MappingProxyType(
    {
        "outer": Row(_outer, _outer_needs),
        "copy": Row(_copy, _copy_needs),
    }
)
"""How to write the types of `dmm.neurons.matrices`."""
