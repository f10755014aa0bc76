"""Softmax attention: the answer is a linear combination of values, with coefficients that other neurons compute.

Queries, keys and values are V-values with a number for each unit, and so is the memory of them, one level deeper.
Every score, and the answer, is what a neuron of type `lin_comb` makes of these.
"""

from collections.abc import Sequence

from dmm.machine.machine import Machine
from dmm.networks.layers import (
    SOURCE,
    Affine,
    Layer,
    Output,
    Vector,
    added,
    affine_links,
    component,
    hearing,
    require_shapes,
    unit_names,
    with_one,
)

Memory = tuple[Output, Output, Output]  # the score of each place, a 1 for each place, the value at each place


def attention(*, query: Affine, key: Affine, value: Affine, window: int | None = None, place: str = "place") -> Layer:
    """Causal attention: the sum over j of a(j) v(j), where a is the softmax over j of q k(j) / sqrt(units of q).

    With the query q = W x + b of this step, and a key k and a value v of each step, likewise made of its x; j goes over
    the steps so far. These are remembered in a map that grows: the item says under `place` where in it to write, as
    `{"place": {"7": 1}}`. At a place that comes again, keys and values add up, and it counts as often. The machine
    compiles for streams over a known set of places, and runs without a loop over time, since such a memory only adds.

    A `window` remembers so many steps instead, this one among them, and asks for no places. `ValueError` for one below
    1, and for sizes that do not fit.

    >>> from dmm import VValue, network, run
    >>> mean = attention(query=Affine([[0]]), key=Affine([[0]]), value=Affine([[1]]), window=2)
    >>> print(*run(network(["a"], mean, outputs=["mean"]), [VValue({"a": x}) for x in (3, 5, 9)]))
    {mean: 3} {mean: 4} {mean: 7}

    Source: Vaswani and others 2017 (arXiv:1706.03762), section 3.2.1; inputs as linear combinations whose coefficients
    are computed by neurons: arXiv:1712.07447.
    """
    if window is not None and window < 1:
        raise ValueError(f"the window is {window}; give 1 or more steps, or None to remember all")

    def layer(machine: Machine, x: Vector, suffix: str) -> tuple[Machine, Vector]:
        sizes = {"query": query.units, "key": query.units, "value": value.units}
        for part, affine in (("query", query), ("key", key), ("value", value)):
            require_shapes(f"the {part}", affine, sizes[part], len(x), recurrent=False)
            machine = _projected(machine, part + suffix, affine, x)
        if window is None:
            machine, (scores, places, values) = _growing(machine, suffix, place)
        else:
            machine, (scores, places, values) = _windowed(machine, suffix, window)
        weights, mix = "weights" + suffix, "mix" + suffix
        among = {"dict": scores, "among": places}
        machine = hearing(machine, weights, "softmax", among, temperature=query.units**0.5)
        machine = hearing(machine, mix, "lin_comb", {"mask": (weights, "dict"), "main": values})
        hidden: Vector = ()
        for k, name in enumerate(unit_names("hidden" + suffix, value.units), 1):
            machine, number = component(machine, name, (mix, "dict"), str(k))
            hidden += (number,)
        return machine, hidden

    return layer


def _projected(machine: Machine, part: str, affine: Affine, x: Vector) -> Machine:
    """The machine with a record, called `part`, of the numbers of W x + b under 1, 2 and so on."""
    names = unit_names(part, affine.units)
    machine = affine_links(added(machine, names, "sum"), names, "x", affine, x)
    return _recorded(machine, part, [(name, "sum") for name in names], 1)[0]


def _growing(machine: Machine, suffix: str, place: str) -> tuple[Machine, Memory]:
    """Keys by unit and place, values by place and unit: what an outer product adds in every step."""
    machine, here = component(machine, "place" + suffix, SOURCE, place)
    query, key, value = ((part + suffix, "record") for part in ("query", "key", "value"))
    places, keys, values, scores = (part + suffix for part in ("places", "keys", "values", "scores"))
    machine = hearing(machine, places, "accum", {"dict-2": here})
    for memory, first, second in ((keys, key, here), (values, here, value)):
        entry = f"new-{memory}"
        machine = hearing(machine, entry, "outer", {"dict-1": first, "dict-2": second})
        machine = hearing(machine, memory, "accum", {"dict-2": (entry, "dict")})
    machine = hearing(machine, scores, "lin_comb", {"mask": query, "main": (keys, "dict")})
    return machine, ((scores, "dict"), (places, "dict"), (values, "dict"))


def _windowed(machine: Machine, suffix: str, window: int) -> tuple[Machine, Memory]:
    """Keys and values of 0, 1, 2 and so on steps ago, each handed on by a delay, and a score for each."""
    machine, one = with_one(machine)
    query, key, value = ((part + suffix, "record") for part in ("query", "key", "value"))
    machine, keys = _handed_on(machine, "key" + suffix, key, window)
    machine, values = _handed_on(machine, "value" + suffix, value, window)
    machine, places = _handed_on(machine, "place" + suffix, one, window)
    scores = [f"score{suffix}-{ago}-ago" for ago in range(window)]
    for name, main in zip(scores, keys, strict=True):
        machine = hearing(machine, name, "lin_comb", {"mask": query, "main": main})
    machine, scored = _recorded(machine, "scores" + suffix, [(name, "dict") for name in scores], 0)
    machine, known = _recorded(machine, "places" + suffix, places, 0)
    machine, valued = _recorded(machine, "values" + suffix, values, 0)
    return machine, (scored, known, valued)


def _handed_on(machine: Machine, part: str, source: Output, window: int) -> tuple[Machine, Vector]:
    """The machine with a chain of delays behind an output, and so many values: of this step, of the one before, ..."""
    chain = [source]
    for ago in range(1, window):
        name = f"{part}-{ago}-ago"
        machine = hearing(machine, name, "delay", {"value": chain[-1]})
        chain.append((name, "value"))
    return machine, tuple(chain)


def _recorded(machine: Machine, name: str, parts: Sequence[Output], first: int) -> tuple[Machine, Output]:
    """The machine with a record of these outputs, under numbers from `first` on."""
    sources = {str(number): part for number, part in enumerate(parts, first)}
    return hearing(machine, name, "record", sources), (name, "record")
