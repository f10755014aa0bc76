# ruff: noqa: ARG001  (what a row needs is asked in one way)
"""How each neuron type is written in Python: the one table that a new type needs a row in, to be exported.

A row says two things. `write` makes the expressions of the outputs from those of the inputs, arithmetic where they are
numbers and operations of `operations` where they are trees; so it also tells which kind an output is of. `needs`
says how much of an input matters, given what is wanted of the outputs: where only the scalar does, a tree is not even
computed.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from dmm.circuits.programs.expressions import (
    NOTHING,
    NUMBER,
    TREE,
    Expression,
    Kind,
    Number,
    as_tree,
    call,
    comparison,
    leaf,
    literal,
    name,
    on_tree,
    scalar_of,
    times,
    total,
)
from dmm.circuits.programs.matrices import MATRICES
from dmm.circuits.programs.rows import (
    ITEM,
    Inputs,
    Kinds,
    Outputs,
    Row,
    as_wanted,
    as_wanted_there,
    in_both,
    in_both_as_wanted,
    scalars,
    scalars_there,
    trees,
)
from dmm.circuits.programs.structures import STRUCTURES
from dmm.neurons.superfluid import DATA, members
from dmm.vvalue.operations import clip as clipped
from dmm.vvalue.smooth import sigmoid, tanh
from dmm.vvalue.tree import VValue

MOST_LEAVES = 2  # of a constant whose dot product with a tree is written leaf by leaf


# -- what is needed of an input ----------------------------------------------------------------------------------------


def _gate(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    return max(wanted.values()) if label == DATA[0] else NUMBER


def _absent_needs(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    return min(heard.get(DATA[0], NOTHING), *wanted.values())


def _mask_needs(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    whole = max(wanted.values())
    return min(whole, heard.get("main", NOTHING)) if label == "mask" else whole


def _lin_comb_needs(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    other = heard.get("main" if label == "mask" else "mask", NOTHING)
    return other if label == "mask" or other is not NUMBER else max(wanted.values())


def _softmax_needs(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    return TREE if label == "among" or heard.get("among") is TREE else NOTHING


# -- how outputs are written -------------------------------------------------------------------------------------------


def _input(v: Inputs) -> Outputs:
    return {"char": v[ITEM]}


def _constant(v: Inputs, **settings: Any) -> Outputs:
    return {}  # who hears nothing is a constant, whose value is known


def _timer(v: Inputs) -> Outputs:
    return {"timer": total([(1, v["timer"]), (1, literal(1))])}


def _accum(v: Inputs) -> Outputs:
    return {"dict": total([(1, v["dict-1"]), (1, v["dict-2"])])}


def _copies(v: Inputs) -> Outputs:
    return v


def _scalar_copies(v: Inputs) -> Outputs:
    return {label: scalar_of(e) for label, e in v.items()}


def _sum(v: Inputs) -> Outputs:
    return {"sum": total((1, v[label]) for label in sorted(v))}


def _norm(v: Inputs) -> Outputs:
    return {"norm": _each("abs", "largest", v["dict"])}


def _dot(v: Inputs, *, clip: Number) -> Outputs:
    product = _dot_product(v["dict-1"], v["dict-2"])
    if product.value is not None:
        return {"dot": literal(clipped(product.value.scalar, -clip, clip))}
    return {"dot": call("min", call("max", product, literal(-clip)), literal(clip))}


def _dot_product(a: Expression, b: Expression) -> Expression:
    if min(a.kind, b.kind) is not TREE:
        return times(scalar_of(a), scalar_of(b))
    for constant, tree in ((a.value, b), (b.value, a)):
        if constant is not None and len(constant) <= (MOST_LEAVES if tree.is_name else 1):
            return total((x, leaf(tree, path)) for path, x in constant.items())
    return call("dot_product", a, b)


def _compare(v: Inputs) -> Outputs:
    x, y = scalar_of(v["dict-1"]), scalar_of(v["dict-2"])
    return {"true": _positive_part(total([(1, x), (-1, y)])), "false": _positive_part(total([(1, y), (-1, x)]))}


def _positive_part(e: Expression) -> Expression:
    return literal(max(0, e.value.scalar)) if e.value is not None else call("max", literal(0), e)


def _sigmoid(v: Inputs) -> Outputs:
    return {"sigmoid": _squashed("sigmoid", sigmoid, v["x"])}


def _tanh(v: Inputs) -> Outputs:
    return {"tanh": _squashed("tanh", tanh, v["x"])}


def _squashed(function: str, of_number: Callable[[Number], Number], e: Expression) -> Expression:
    x = scalar_of(e)
    return literal(of_number(x.value.scalar)) if x.value is not None else call(function, x)


def _less_or_equal(v: Inputs) -> Outputs:
    x, y = scalar_of(v["dict-1"]), scalar_of(v["dict-2"])
    return {"true": call("int", comparison(x, "<=", y)), "false": call("int", comparison(x, ">", y))}


def _maximum(v: Inputs) -> Outputs:
    return {"dict": _leafwise("max", v["dict-1"], v["dict-2"])}


def _minimum(v: Inputs) -> Outputs:
    return {"dict": _leafwise("min", v["dict-1"], v["dict-2"])}


def _leafwise(function: str, a: Expression, b: Expression) -> Expression:
    if max(a.kind, b.kind) is TREE:
        return call("leafwise", name(function, NUMBER), as_tree(a), as_tree(b), kind=TREE)
    return call(function, a, b, kind=max(a.kind, b.kind))


def _absolute(v: Inputs) -> Outputs:
    return {"dict": _each("abs", "absolutes", v["dict"], TREE)}


def _each(of_number: str, of_tree: str, e: Expression, kind: Kind = NUMBER) -> Expression:
    """A function of one value, by the name that it has for numbers, or for trees, where it gives that kind."""
    if e.kind is NOTHING:
        return e
    return call(of_tree, e, kind=kind) if e.kind is TREE else call(of_number, e)


def _multiply(v: Inputs) -> Outputs:
    return {"dict": times(scalar_of(v["dict-2"]), v["dict-1"])}


def _product(v: Inputs) -> Outputs:
    a, b = v["dict-1"], v["dict-2"]
    if min(a.kind, b.kind) is TREE:
        return {"dict": on_tree("products", a, b)}
    return {"dict": times(scalar_of(a), scalar_of(b))}


def _mult_mask(v: Inputs) -> Outputs:
    return {"dict": _masked("masked", v["mask"], v["main"])}


def _lin_comb(v: Inputs) -> Outputs:
    return {"dict": _masked("combined", v["mask"], v["main"])}


def _masked(function: str, mask: Expression, main: Expression) -> Expression:
    """What is the product of the scalars where one of them is a number."""
    if min(mask.kind, main.kind) is TREE:
        return on_tree(function, mask, main)
    return times(scalar_of(mask), main)


def _absent(v: Inputs) -> Outputs:
    a, b = v["dict-1"], v["dict-2"]
    if b.kind is NOTHING:
        return {"dict": a}
    if a.kind is TREE:
        return {"dict": on_tree("absent_part", a, b)}
    lack = total([(1, literal(1)), (-1, _each("abs", "abs", scalar_of(b)))])
    return {"dict": times(a, _positive_part(lack))}


def _normalise(v: Inputs) -> Outputs:
    return {"dict": _each("sign", "shares", v["dict"], TREE)}


def _softmax(v: Inputs, *, temperature: Number) -> Outputs:
    among = v["among"]
    if among.kind is not TREE:
        return {"dict": _indicator(among, literal(0)) if among.kind else among}
    return {"dict": call("soft_max", as_tree(v["dict"]), among, literal(temperature), kind=TREE)}


def _threshold(v: Inputs, *, limit: Number) -> Outputs:
    e = v["dict"]
    if e.kind is TREE:
        return {"dict": call("marks", e, literal(limit), kind=TREE)}
    return {"dict": _indicator(e, literal(limit)) if e.kind else e}


def _indicator(e: Expression, limit: Expression) -> Expression:
    return call("int", comparison(e, ">", limit))


def _arg_max(v: Inputs) -> Outputs:
    e = v["dict"]
    if e.kind is not NUMBER:
        return {"dict": _each("", "place_of_largest", e, TREE)}
    return {"dict": _indicator(e, literal(0))}


def _round(v: Inputs) -> Outputs:
    e = v["dict"]
    return {"dict": call("round", e, literal(0)) if e.kind is NUMBER else _each("", "rounded", e, TREE)}


# -- superfluid neurons, written as the types that they mix ------------------------------------------------------------


def _superfluid(v: Inputs, *, types: VValue) -> Outputs:
    terms = []
    for kind, given, weights in members(types):
        emitted = ROWS[kind.name].write(_received(kind.inputs or (), v), **given)
        terms += [(1, times(scalar_of(v[label]), emitted[output])) for output, label in weights.items()]
    return {"dict": total(terms)}


def _received(inputs: Iterable[str], v: Inputs) -> Inputs:
    return Inputs({mixed: v[label] for mixed, label in zip(inputs, DATA, strict=False)})


def _superfluid_needs(label: str, heard: Kinds, wanted: Kinds) -> Kind:
    return TREE if label in DATA else NUMBER


_NUMBERS = Row(_scalar_copies, scalars_there)
_CONSTANT = Row(_constant, as_wanted)

ROWS: Mapping[str, Row] = MappingProxyType(
    {
        "input": Row(_input, as_wanted),
        "eos": _CONSTANT,
        "const_1": _CONSTANT,
        "constant": _CONSTANT,
        "timer": Row(_timer, as_wanted),
        "accum": Row(_accum, as_wanted),
        "identity": Row(_copies, as_wanted_there),
        "delay": Row(_copies, as_wanted),
        "sum": Row(_sum, as_wanted),
        "norm": Row(_norm, trees),
        "dot": Row(_dot, in_both),
        "compare": Row(_compare, scalars),
        "sigmoid": Row(_sigmoid, scalars),
        "tanh": Row(_tanh, scalars),
        "maximum": Row(_maximum, as_wanted),
        "minimum": Row(_minimum, as_wanted),
        "peak": Row(_maximum, as_wanted),
        "absolute": Row(_absolute, as_wanted),
        "multiply": Row(_multiply, _gate),
        "product": Row(_product, in_both_as_wanted),
        "mult_mask": Row(_mult_mask, _mask_needs),
        "lin_comb": Row(_lin_comb, _lin_comb_needs),
        "absent": Row(_absent, _absent_needs),
        "normalise": Row(_normalise, trees),
        "softmax": Row(_softmax, _softmax_needs),
        "less_or_equal": Row(_less_or_equal, scalars),
        "threshold": Row(_threshold, as_wanted),
        "arg_max": Row(_arg_max, trees),
        "round": Row(_round, as_wanted),
        **STRUCTURES,
        **MATRICES,
        "superfluid": Row(_superfluid, _superfluid_needs),
        "output": _NUMBERS,
        "numbers": _NUMBERS,
        "trees": Row(_copies, as_wanted_there),
    }
)
"""How to write every type of the library, by its name."""
