"""The reference implementation's own assertions and recorded operations, evaluated with ours.

Every one of them is checked here, or listed with the reason why ours differs, or says that it concerns no operation of
ours; the test fails for one that is none of the three. Compared modulo zero leaves, which ours never stores, and modulo
`x` and `{:number x}`, which are one vector.
"""

import json
import re
from fractions import Fraction

import pytest

from dmm.neurons.registry import NEURON_TYPES
from dmm.vvalue.tree import VValue
from published import FOLDER

FILE = FOLDER.parent / "clojure" / "algebra_and_wave.json"
DATA = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {"own_tests": [], "vectors": []}


def value(tree):
    """A recorded tree: ratios are fractions, what is not a number is zero, `{:number {:number x}}` is x."""
    if isinstance(tree, dict) and "$ratio" in tree:
        return VValue(Fraction(*tree["$ratio"]))
    if isinstance(tree, dict):
        below = {label: value(x) for label, x in tree.items()}
        scalar = below.pop(":number", VValue())
        return VValue().join(below) + scalar
    return VValue(tree if isinstance(tree, int | float) else 0)


def accumulated(v):
    """Clojure's `accum` sums `accum` and `delta` into `single`; ours has other labels."""
    return {"single": NEURON_TYPES["accum"](VValue().join({"dict-1": v["accum"], "dict-2": v["delta"]}))["dict"]}


def divided(number, v):
    """Exactly, as Clojure divides integers."""
    return v.map_leaves(lambda x: Fraction(x) / Fraction(number.scalar))


OPERATIONS = {
    "rec-map-sum": lambda *values: sum(values, start=VValue()),
    "rec-map-mult": lambda number, v: v * number.scalar,
    "rec-map-div": divided,
    "rec-map-mult-mask": lambda mask, v: v.mult_mask(mask),
    "rec-map-lin-comb": lambda k, v: k.lin_comb(v),
    "rec-map-max-norm": lambda v: v.max_norm(),
    "apply-matrix": lambda matrix, v, level: matrix.apply_matrix(v, int(level.scalar)),
    "accum": accumulated,
}

NO_OPERATION_OF_OURS = {
    "rec-map-add": "adds a number to every stored leaf, so it depends on which zeros are stored, not on the vector",
    "rec-map-<=": "an order on vectors: no neuron type of ours needs one",
    "rec-map-non-negative?": "likewise",
    "less-or-equal": "likewise; our `compare` emits how far one scalar exceeds the other",
    "map-every-other inc [0..5]": "a function on sequences",
    "iter-apply-fns take 7 (inc,*2,-3) from 1": "a function on sequences",
    "lin-comb(neuron, as committed)": "a neuron that is broken as committed and used nowhere",
    "mult-mask(neuron, as committed)": "likewise",
}

# By operation and arguments; our answer, and why it is right.
KNOWN_DIFFERENCES = {
    'rec-map-mult-mask [{"a": {":number": 3}}, {"a": {":number": 2, "b": 1}}]': (
        {"a": {":number": 6, "b": 3}},
        "a mask {a: {:number 3}} is the mask {a: 3}, which scales the whole subtree at a",
    ),
    'rec-map-mult-mask [{"a": 2.0, "b": 3.0, "c": {":number": 6.0, "u": 1.0}}, {"a": 2.0, "b": 3.0, "c": 2.5}]': (
        {"a": 4.0, "b": 9.0, "c": 15.0},
        "a mask with children, over a number, scales the number by its scalar; Clojure drops it, as documented there",
    ),
    'rec-map-lin-comb [{"a": {":number": 3}}, {"a": 2}]': (
        6,
        "coefficients {a: {:number 3}} are {a: 3}; Clojure drops a number under a branch of coefficients",
    ),
    'rec-map-lin-comb [{"a": 2.0, "b": 3.0, "c": {":number": 6.0, "u": 1.0}}, {"a": 2.0, "b": 3.0, "c": 2.5}]': (
        28.0,
        "likewise: 2 2 + 3 3, and 6 times the 2.5 that Clojure drops",
    ),
    (
        'rec-map-lin-comb [{"a": 2.0, "b": 3.0, "c": {":number": 6.0, "u": 1.0}}, '
        '{"a": 2.0, "b": 3.0, "c": {":number": 6.0, "u": 1.0}}]'
    ): (
        {":number": 50.0, "u": 6.0},
        "the coefficient 6 at c is for the whole subtree at c, {:number 6, u 1}; Clojure takes its number only",
    ),
}


def name_of(vector):
    return f"{vector['fn']} {json.dumps(vector['args'])}"


@pytest.mark.parametrize("vector", DATA["vectors"], ids=name_of)
def test_recorded_operation(vector):
    name = re.sub(r"\(paper .*", "", vector["fn"])
    if name in NO_OPERATION_OF_OURS:
        assert name not in OPERATIONS
        return
    found = VValue(OPERATIONS[name](*map(value, vector["args"])))
    if name_of(vector) in KNOWN_DIFFERENCES:
        ours, _ = KNOWN_DIFFERENCES[name_of(vector)]
        assert found == VValue(ours)
        assert found != value(vector["ok"]), "no longer a difference: take it out of the table"
    else:
        assert found == value(vector["ok"])


def test_tables_have_no_spare_rows(reference):
    names = {vector["fn"] for vector in DATA["vectors"]}
    assert set(NO_OPERATION_OF_OURS) <= names
    assert set(KNOWN_DIFFERENCES) <= set(map(name_of, DATA["vectors"]))


# -- its own assertions, by their source text --------------------------------------------------------------------------

# The names are bound in the test file of the reference implementation: semantics.md, section 1, has them.
TESTMAP = VValue({"a": 1, "b": 2, "c": {"a": 1, "b": 2, "c": {"x": 1, "y": 3}}})
TESTMASK = VValue({"c": 7})
ARG_M = VValue({"x": {"a": 8}, "y": {"b": 10}, "z": {"a": 2, "b": 4}})
ARG_V = VValue({"a": 3.0, "b": 5.0})
ARG_V1 = VValue({"a": {"v": 3}, "b": {"v": 5, "w": {"v": 8}}})


def iterate(count, *functions):
    """The tree after so many steps, the functions taking turns."""
    v = TESTMAP
    for step in range(count):
        v = v.map_leaves(functions[step % len(functions)])
    return v


def twice(x):
    return x * 2


def three_more(x):
    return x + 3


def a_seventh(x):
    return Fraction(x) / 7


OWN_TESTS = {
    "testmap": lambda: TESTMAP,
    "(rec-map-mult-mask testmap testmap)": lambda: TESTMAP.mult_mask(TESTMAP),
    "(rec-map-mult-mask testmask testmap)": lambda: TESTMAP.mult_mask(TESTMASK),
    "(rec-map-lin-comb testmask testmask)": lambda: TESTMASK.lin_comb(TESTMASK),
    "(rec-map-lin-comb testmask testmap)": lambda: TESTMASK.lin_comb(TESTMAP),
    "(rec-map-lin-comb testmap testmap)": lambda: TESTMAP.lin_comb(TESTMAP),
    "(rec-map-lin-comb testmap testmask)": lambda: TESTMAP.lin_comb(TESTMASK),
    "(apply-matrix arg-m arg-v 1)": lambda: ARG_M.apply_matrix(ARG_V, 1),
    "(apply-matrix arg-m arg-v1 1)": lambda: ARG_M.apply_matrix(ARG_V1, 1),
    "(rec-map-sum (rec-map-lin-comb testmask testmap) (rec-map-lin-comb {:c 1} testmap))": lambda: (
        TESTMASK.lin_comb(TESTMAP) + VValue({"c": 1}).lin_comb(TESTMAP)
    ),
    "(accum try-input)": lambda: accumulated(
        VValue().join({"accum": TESTMASK.lin_comb(TESTMAP), "delta": VValue({"c": 1}).lin_comb(TESTMAP)})
    ),
    "(max-norm {})": lambda: VValue().max_norm(),
    "(max-norm {:a 1, :c 1})": lambda: VValue({"a": 1, "c": 1}).max_norm(),
    "(max-norm {:a 1, :c 2})": lambda: VValue({"a": 1, "c": 2}).max_norm(),
    "(max-norm {:c -2, :a 1})": lambda: VValue({"a": 1, "c": -2}).max_norm(),
    "(take 3 (iter-apply-fns testmap g h))": lambda: [iterate(n, twice, three_more) for n in range(3)],
    "(first (drop 9 (iter-apply-fns testmap g h)))": lambda: iterate(9, twice, three_more),
    "(first (drop 9 (iter-apply-fns testmap g h f)))": lambda: iterate(9, twice, three_more, a_seventh),
}
OTHER_OWN_TESTS = ("(rec-map-<= ", "(less-or-equal ")


@pytest.mark.parametrize("assertion", DATA["own_tests"], ids=lambda assertion: assertion["expression"])
def test_own_assertion(assertion):
    expression, expected = assertion["expression"], assertion["expected"]
    if expression.startswith(OTHER_OWN_TESTS):
        assert expression[1:].split()[0] in NO_OPERATION_OF_OURS
        return
    found = OWN_TESTS[expression]()
    if isinstance(expected, list):
        assert found == [value(tree) for tree in expected]
    else:
        assert VValue(found) == value(expected)
