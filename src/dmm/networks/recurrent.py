"""Recurrent cells: each unit a handful of neurons, which remember through `delay` what was in the step before.

In the equations, h' and c' are the values of the step before, and products go unit by unit.
"""

from dmm.machine.machine import Machine
from dmm.networks.layers import Affine, Layer, Vector, added, affine_links, hearing, require_shapes, unit_names


def elman(hidden: Affine) -> Layer:
    """The simple recurrent network: h = tanh(W x + U h' + b).

    Source: Elman 1990.

    >>> from dmm import VValue, network, run
    >>> machine = network(["a"], elman(Affine(w=[[1]], u=[[-2]])), outputs=["h"])
    >>> print(*machine.links(), sep="; ")
    hidden-1.x <- before-1.value; hidden-1.x <- input-a.value
    >>> print(*run(machine, [VValue({"a": 0.5})] * 2))
    {h: 0.462117157} {h: -0.400491608}
    """

    def layer(machine: Machine, x: Vector, suffix: str) -> tuple[Machine, Vector]:
        units = _checked(len(x), hidden=hidden)
        machine, h = _remembered(machine, "before" + suffix, _hidden(suffix, units, "tanh"))
        return _squashed(machine, "tanh", "hidden" + suffix, hidden, x, h)

    return layer


def lstm(*, input: Affine, forget: Affine, output: Affine, candidate: Affine) -> Layer:
    """Long short-term memory: three gates around a cell that keeps what it is not told to forget.

    With i, f, o = sigmoid(W x + U h' + b), each with its own numbers, and g = tanh(W x + U h' + b):
    c = f c' + i g, and h = o tanh(c).

    >>> from dmm import VValue, network, run
    >>> always = Affine(w=[[0]], u=[[0]], b=[30])
    >>> machine = network(["a"], lstm(input=always, forget=always, output=always, candidate=Affine([[1]], [[0]])))
    >>> print(*run(machine, [VValue({"a": 0.5})] * 2))  # tanh of once and twice tanh(0.5)
    {"1": 0.431808181} {"1": 0.727894404}

    Source: Hochreiter, Schmidhuber 1997; with forget gates, Gers, Schmidhuber, Cummins 2000; without peepholes.
    """

    def layer(machine: Machine, x: Vector, suffix: str) -> tuple[Machine, Vector]:
        units = _checked(len(x), input=input, forget=forget, output=output, candidate=candidate)
        machine, h = _remembered(machine, "before" + suffix, _hidden(suffix, units, "dict"))
        machine, i = _gate(machine, f"input-gate{suffix}", input, x, h)
        machine, f = _gate(machine, f"forget-gate{suffix}", forget, x, h)
        machine, o = _gate(machine, f"output-gate{suffix}", output, x, h)
        machine, g = _squashed(machine, "tanh", "candidate" + suffix, candidate, x, h)
        cells = unit_names("cell" + suffix, units)
        machine, c = _remembered(machine, "cell-before" + suffix, tuple((name, "sum") for name in cells))
        machine, kept = _products(machine, "kept" + suffix, f, c)
        machine, written = _products(machine, "written" + suffix, i, g)
        squashed = unit_names("squashed" + suffix, units)
        for k, cell in enumerate(cells):
            machine = hearing(machine, cell, "sum", {"kept": kept[k], "written": written[k]})
            machine = hearing(machine, squashed[k], "tanh", {"x": (cell, "sum")})
        return _products(machine, "hidden" + suffix, o, tuple((name, "tanh") for name in squashed))

    return layer


def gru(*, update: Affine, reset: Affine, candidate: Affine) -> Layer:
    """The gated recurrent unit: a state that moves towards a candidate, as far as a gate lets it.

    With z, r = sigmoid(W x + U h' + b), each with its own numbers, and g = tanh(W x + U (r h') + b):
    h = h' + z (g - h'), which is (1 - z) h' + z g.

    >>> from dmm import VValue, network, run
    >>> half, candidate = Affine(w=[[0]], u=[[0]]), Affine(w=[[1]], u=[[0]])
    >>> machine = network(["a"], gru(update=half, reset=half, candidate=candidate), outputs=["h"])
    >>> print(*run(machine, [VValue({"a": 9000})] * 3))
    {h: 0.5} {h: 0.75} {h: 0.875}

    Source: Cho and others 2014 (arXiv:1406.1078), as written in Chung and others 2014 (arXiv:1412.3555).
    """

    def layer(machine: Machine, x: Vector, suffix: str) -> tuple[Machine, Vector]:
        units = _checked(len(x), update=update, reset=reset, candidate=candidate)
        machine, h = _remembered(machine, "before" + suffix, _hidden(suffix, units, "dict"))
        machine, z = _gate(machine, f"update-gate{suffix}", update, x, h)
        machine, r = _gate(machine, f"reset-gate{suffix}", reset, x, h)
        return _moved(machine, suffix, candidate, x, h, reset=r, update=z)

    return layer


def minimal_gated_unit(*, forget: Affine, candidate: Affine) -> Layer:
    """A gated recurrent unit with one gate, which is the update and the reset gate in one.

    With f = sigmoid(W x + U h' + b) and g = tanh(W x + U (f h') + b): h = h' + f (g - h'), which is (1 - f) h' + f g.

    >>> from dmm import VValue, network, run
    >>> half, candidate = Affine(w=[[0]], u=[[0]]), Affine(w=[[1]], u=[[0]])
    >>> machine = network(["a"], minimal_gated_unit(forget=half, candidate=candidate), outputs=["h"])
    >>> print(*run(machine, [VValue({"a": 9000})] * 3))
    {h: 0.5} {h: 0.75} {h: 0.875}

    Source: Zhou, Wu, Zhang, Zhou 2016 (arXiv:1603.09420).
    """

    def layer(machine: Machine, x: Vector, suffix: str) -> tuple[Machine, Vector]:
        units = _checked(len(x), forget=forget, candidate=candidate)
        machine, h = _remembered(machine, "before" + suffix, _hidden(suffix, units, "dict"))
        machine, f = _gate(machine, f"forget-gate{suffix}", forget, x, h)
        return _moved(machine, suffix, candidate, x, h, reset=f, update=f)

    return layer


# -- what cells are made of --------------------------------------------------------------------------------------------


def _hidden(suffix: str, units: int, output: str) -> Vector:
    return tuple((name, output) for name in unit_names(f"hidden{suffix}", units))


def _remembered(machine: Machine, part: str, outputs: Vector) -> tuple[Machine, Vector]:
    """The machine with a neuron for each output that emits it a step later; the outputs may still be to come."""
    names = unit_names(part, len(outputs))
    for name, source in zip(names, outputs, strict=True):
        machine = hearing(machine, name, "delay", {"value": source})
    return machine, tuple((name, "value") for name in names)


def _gate(machine: Machine, part: str, affine: Affine, x: Vector, h: Vector) -> tuple[Machine, Vector]:
    """The machine with sigmoid(W x + U h + b)."""
    return _squashed(machine, "sigmoid", part, affine, x, h)


def _squashed(machine: Machine, kind: str, part: str, affine: Affine, x: Vector, h: Vector) -> tuple[Machine, Vector]:
    """The machine with f(W x + U h + b), where f is a neuron type from x to an output of its name."""
    names = unit_names(part, affine.units)
    machine = affine_links(added(machine, names, kind), names, "x", affine, x, h)
    return machine, tuple((name, kind) for name in names)


def _products(machine: Machine, part: str, first: Vector, second: Vector) -> tuple[Machine, Vector]:
    """The machine with the products of two vectors, unit by unit."""
    names = unit_names(part, len(first))
    for name, x, y in zip(names, first, second, strict=True):
        machine = hearing(machine, name, "product", {"dict-1": x, "dict-2": y})
    return machine, tuple((name, "dict") for name in names)


def _moved(
    machine: Machine, suffix: str, candidate: Affine, x: Vector, h: Vector, *, reset: Vector, update: Vector
) -> tuple[Machine, Vector]:
    """The machine with a state that moves by the update gate times what it lacks of the candidate."""
    machine, recalled = _products(machine, "recalled" + suffix, reset, h)
    machine, g = _squashed(machine, "tanh", "candidate" + suffix, candidate, x, recalled)
    machine, change = _products(machine, "change" + suffix, g, update)
    hidden = _hidden(suffix, len(h), "dict")
    for (name, _), before, moved in zip(hidden, h, change, strict=True):
        machine = machine.link((moved[0], "dict-1"), before, -1, hard=True)
        machine = hearing(machine, name, "accum", {"dict-2": moved})
    return machine, hidden


def _checked(inputs: int, **parts: Affine) -> int:
    """How many units a cell has; `ValueError` if the numbers of its parts do not fit together."""
    units = next(iter(parts.values())).units
    for name, affine in parts.items():
        require_shapes(f"the {name}", affine, units, inputs, recurrent=True)
    return units
