"""Every Hypothesis strategy of the tests, from labels to machines.

Hypothesis draws the *shape* of things (labels, trees, who is linked to whom). Where a law needs numbers in general
position (no ties under a maximum, no zero under a relu), they come from a generator seeded by Hypothesis instead of
from Hypothesis itself, which loves 0, 1 and equal numbers.
"""

import random
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from hypothesis import strategies as st

from dmm.machine.machine import SYNCHRONOUS, UNIT_DELAY, Machine
from dmm.neurons.base import neuron_type
from dmm.neurons.registry import NEURON_TYPES
from dmm.vvalue.operations import clip, lin_comb, mult_mask, relu
from dmm.vvalue.support import Support
from dmm.vvalue.tree import NUMBER, VValue

# -- labels and numbers ------------------------------------------------------------------------------------------------

ODD_LABELS = (
    "",
    " ",
    ".",
    "é",
    "字",
    "🙂",
    "a.b",
    "a-1",
    "-a",
    "1",
    "1e5",
    '"',
    "\\",
    "#",
    "a = b",
    "outputs",
    "metadata",
    "timing",
)
"""Labels that are easy to get wrong: empty, blank, punctuation of the text form, words of the text form, not ASCII."""

ODDER_LABELS = (
    "\n",
    "\t",
    "\x85",
    "\u2028",
    "a\u2029b",
    "\x00",
    ": ",
    "}",
    "label ",
    " a",
    "e5",
    "0",
    "__class__",
    "True",
)
"""Odder still: ends of lines that JSON does not escape, control characters, signs of the text form, other words."""


def labels():
    """Any label: mostly a few plain ones, so that trees overlap; sometimes an odd one; rarely any text."""
    plain = st.sampled_from("abc")
    odd = st.sampled_from(ODD_LABELS + ODDER_LABELS)
    text = st.text(max_size=4).filter(lambda label: label != NUMBER)
    return st.one_of(plain, plain, plain, plain, odd, text)


def plain_labels():
    """One of few labels, so that trees overlap."""
    return st.sampled_from("abc")


def exact_numbers():
    """Integers and fractions: arithmetic on them is exact, and they cancel often."""
    integers = st.integers(-6, 6)
    return st.one_of(integers, integers, st.builds(Fraction, integers, st.integers(1, 6)))


def floats():
    """Finite floats of any size, from the smallest denormal to the largest; no infinities."""
    return st.floats(allow_nan=False, allow_infinity=False)


def any_numbers():
    """Integers of any size a float can hold, fractions, and floats."""
    return st.one_of(exact_numbers(), floats(), st.integers(-(10**300), 10**300))


# -- trees and supports ------------------------------------------------------------------------------------------------


def trees(numbers=None, labels=labels, max_leaves=12):
    """A V-value: nested dictionaries with numbers, zeros among them, anywhere."""
    numbers = exact_numbers() if numbers is None else numbers

    def grow(below):
        return st.dictionaries(st.one_of(labels(), labels(), st.just(NUMBER)), below, max_size=3).map(
            lambda tree: {k: x for k, x in tree.items() if k != NUMBER or not isinstance(x, dict)}
        )

    return st.recursive(numbers, grow, max_leaves=max_leaves).map(VValue)


def paths(labels=plain_labels, max_size=3):
    """A path of few labels."""
    return st.lists(labels(), max_size=max_size).map(tuple)


def supports(labels=plain_labels, min_size=0, max_size=6):
    """A support of few paths."""
    return st.lists(paths(labels), min_size=min_size, max_size=max_size).map(Support)


SHAPES = tuple(
    Support(paths)
    for paths in (
        [],
        [()],
        [("a",)],
        [(), ("a",), ("b", "c")],
        [("a", "b"), ("b",)],
        [("a",), ("b", "a"), ("b", "c"), ("c",)],
    )
)
"""A few supports that overlap in many ways; few, because JAX compiles every operation anew for every shape."""


def shapes(min_size=0):
    """One of `SHAPES`."""
    return st.sampled_from([support for support in SHAPES if len(support) >= min_size])


def generators():
    """A generator of random numbers in general position."""
    return st.integers(0, 2**32 - 1).map(random.Random)


def generic_number(chooser: random.Random) -> float:
    """A number between 0.2 and 1.5, of either sign; two of them are never equal, nor do they cancel."""
    return chooser.choice((-1, 1)) * chooser.uniform(0.2, 1.5)


@st.composite
def generic_trees(draw, support=None, min_size=0):
    """A V-value with floats in general position on a support, by default one of `SHAPES`."""
    where = draw(shapes(min_size)) if support is None else support
    chooser = draw(generators())
    return VValue.from_paths((path, generic_number(chooser)) for path in where)


@st.composite
def generic_together(draw, count, min_size=0):
    """So many V-values like `generic_trees`, in general position together: no leaf of one equals a leaf of another."""
    supports = [draw(shapes(min_size)) for _ in range(count)]
    chooser = draw(generators())
    return tuple(VValue.from_paths((path, generic_number(chooser)) for path in support) for support in supports)


# -- streams -----------------------------------------------------------------------------------------------------------

STREAM = Support([(), ("a",), ("b",), ("c", "x")])
"""The support of random streams: a scalar, two characters, and a deeper leaf."""


@st.composite
def streams(draw, ticks=5):
    """A list of V-values on `STREAM`, some of them zero, each on some of the paths."""
    chooser = draw(generators())
    stream = []
    for _ in range(ticks):
        chosen = [path for path in STREAM if chooser.random() < 0.5]
        stream.append(VValue.from_paths((path, generic_number(chooser)) for path in chosen))
    return stream


# -- types of the user's own -------------------------------------------------------------------------------------------


@neuron_type(inputs=("mask", "main"), outputs=("masked", "combined"))
def select(v):
    """masked, combined = mult_mask and lin_comb of mask and main"""
    return {"masked": mult_mask(v["mask"], v["main"]), "combined": lin_comb(v["mask"], v["main"])}


@neuron_type(inputs=("x",), outputs=("x",), memory=("x", "x"), additive=True)
def keep(v):
    """x = x: a register that its memory alone keeps"""
    return {"x": v["x"]}


@neuron_type(inputs=("now", "past"), outputs=("both",), late=("past",))
def echo(v):
    """both = now, plus half of past"""
    return {"both": v["now"] + v["past"] / 2}


@neuron_type(inputs=("x", "y"), outputs=("bent", "rest"))
def bend(v, *, slope=0.5, centre=VValue({"a": 0.3})):
    """bent = a smaller slope below zero, and clipped; rest = x less centre"""
    s = v["x"].scalar + v["y", "a"].scalar
    return {"bent": clip(relu(s) - slope * relu(-s), -2.0, 2.0), "rest": v["x"] - centre}


@neuron_type(inputs=("x",), outputs=("x",))
def fade(v):
    """x = x, each leaf a third of it, and the scalar taken as its own weight"""
    return {"x": v["x"] / 3 + v["x"].scalar * v["x"]["a"]}


USER_TYPES = (select, keep, echo, bend, fade)
FIELDS = ("dict-1", "dict-2", "x")
"""Inputs and outputs to draw for types that take any, such as `identity`."""

NESTING = {name: NEURON_TYPES[name] for name in ("cons", "record", "delay_line")}
"""Types that put what they receive below new labels: around a cycle, their trees may grow without end."""

MATRICES = {name: NEURON_TYPES[name] for name in ("outer", "copy")}
"""Types that emit as many leaves as one input has times those of the other: around a cycle, soon too many."""

KINDS = {
    kind.name: kind
    for kind in (*NEURON_TYPES.values(), *USER_TYPES)
    if not kind.source and kind is not fade and kind.name not in {**NESTING, **MATRICES}
}
"""The types of random machines. `fade` nests no deeper but multiplies streams: it would overflow around a cycle."""


# -- machines ----------------------------------------------------------------------------------------------------------


def inputs_of(kind, parameters=MappingProxyType({})):
    """The inputs to link to."""
    inputs = kind.inputs_by(parameters)
    return FIELDS if inputs is None else inputs


def outputs_of(kind):
    """The outputs to link from."""
    return FIELDS if kind.outputs is None else kind.outputs


MIXTURES = st.sets(st.sampled_from(("accum", "norm", "dot", "compare", "maximum", "timer", "arg_max")), min_size=1)
"""What the superfluid neurons of random machines are a sum of."""


def parameters_of(kind):
    """Parameters for a neuron of this type, some left out; but every list is bounded."""
    if kind.name == "superfluid":
        return st.fixed_dictionaries(
            {}, optional={"types": MIXTURES.map(lambda names: VValue(dict.fromkeys(names, 1)))}
        )
    drawn = {name: parameter_like(default, kind.ranges.get(name)) for name, default in kind.parameters.items()}
    bound = {"length": drawn.pop("length")} if "length" in drawn else {}
    return st.fixed_dictionaries(bound, optional=drawn)


def parameter_like(default, allowed=None):
    if isinstance(default, VValue):
        return trees(labels=plain_labels, max_leaves=3)
    if allowed is not None and allowed.whole:
        return st.sampled_from((1, 2, 3))
    return st.sampled_from((0.25, 1, 3.5))


@st.composite
def machines(draw, kinds=KINDS, recurrent=False, max_neurons=6, names=None, weights=None, timing=UNIT_DELAY, often=()):
    """A machine that settles: a source, neurons of any `kinds`, and two or three of them read.

    Links go from earlier neurons to later ones; with `recurrent`, also back, and from a neuron to itself, if they
    delay. Memory links may have any weight, or be trained. Weights are in general position, and small enough that loops
    do not explode. Types named in `often` are drawn as often as all others together.
    """
    machine = Machine(timing=timing).add("input")
    chooser = draw(generators())
    kind_names = st.sampled_from(sorted(kinds))
    kind_names = st.one_of(kind_names, st.sampled_from(often)) if often else kind_names
    chosen = draw(st.lists(kind_names, min_size=2, max_size=max_neurons))
    for number, kind in enumerate(chosen):
        name = f"{kind}-{number}" if names is None else draw(names)
        if name in machine.neurons:
            continue
        machine = machine.add(name, kinds[kind], **draw(parameters_of(kinds[kind])))
        if kinds[kind].memory and draw(st.booleans()):
            machine = _other_memory(draw, machine, name, chooser)
    everyone = list(machine.neurons)
    ends = [(name, label) for name in everyone for label in outputs_of(machine.type_of(name))]
    place = {name: i for i, name in enumerate(everyone)}
    for name in everyone[1:]:
        for label in inputs_of(machine.type_of(name), machine.neurons[name].parameters):
            free = recurrent and machine.delay(name, label)
            allowed = [end for end in ends if free or place[end[0]] < place[name]]
            for source in draw(st.lists(st.sampled_from(allowed), max_size=3, unique=True)) if allowed else ():
                if (name, label, *source) not in machine.hard.support:
                    weight = 0.5 * generic_number(chooser) if weights is None else draw(weights)
                    machine = _linked(machine, (name, label), source, weight)
    readouts = draw(st.lists(st.sampled_from(everyone[1:]), min_size=1, max_size=3, unique=True))
    return machine.read(*readouts)


def _other_memory(draw, machine, name, chooser):
    """The machine with the memory of a neuron gone, of another weight, or trained; empty names are fine."""
    memory = machine.type_of(name).memory
    path = (name, memory.input, name, memory.output)
    machine = replace(machine, hard=machine.hard.restrict(machine.hard.support - Support([path])))
    link = VValue.from_paths({path: generic_number(chooser)})
    choice = draw(st.sampled_from(("gone", "hard", "trained")))
    if choice == "gone":
        return machine
    return (
        replace(machine, hard=machine.hard + link) if choice == "hard" else machine.with_matrix(machine.matrix + link)
    )


def _linked(machine, to, source, weight):
    """As `machine.link`, also for empty names, which it refuses and files may hold."""
    link = VValue.from_paths({(*to, *source): weight})
    return machine.with_matrix(machine.matrix + link)


REMEMBERING = ("accum", "delay", "echo")


def synchronous_machines(**options):
    """Machines in synchronous timing, most of them with loops, some of them in several waves."""
    return machines(recurrent=True, timing=SYNCHRONOUS, often=REMEMBERING, **options)


@st.composite
def with_product(draw, given):
    """A machine of `given`, one of `MATRICES` that hears some of its neurons, and a neuron that hears that."""
    machine = draw(given)
    chooser = draw(generators())
    name = draw(st.sampled_from(sorted(MATRICES)))
    reader = draw(st.sampled_from(("accum", "field", "maximum", "multiply", "norm", "trees")))
    ends = [(other, label) for other in machine.neurons for label in outputs_of(machine.type_of(other))]
    product = [("product", label) for label in outputs_of(MATRICES[name])]
    machine = machine.add("product", name, **draw(parameters_of(MATRICES[name]))).add("reader", reader)
    for to, sources in (("product", ends), ("reader", product)):
        for label in inputs_of(machine.type_of(to)):
            for source in draw(st.lists(st.sampled_from(sources), max_size=2, unique=True)):
                if (to, label, *source) not in machine.hard.support:
                    machine = _linked(machine, (to, label), source, generic_number(chooser))
    return machine.read(*draw(st.sampled_from((("product", "reader"), ("reader",)))))


@st.composite
def started(draw, given):
    """A machine of `given` of which some outputs do not start as zero."""
    machine = draw(given)
    ends = [(name, label) for name in machine.neurons for label in outputs_of(machine.type_of(name))]
    for end in draw(st.lists(st.sampled_from(ends), min_size=1, max_size=3, unique=True)):
        machine = machine.start(end, draw(generic_trees(draw(st.sampled_from((STREAM, *SHAPES))))))
    return machine


def odd_machines():
    """Machines of both timings with any names and any weights, for forms that are written and read back."""
    odd = {"names": labels(), "weights": any_numbers(), "max_neurons": 4}
    return st.one_of(machines(recurrent=True, **odd), synchronous_machines(**odd))
