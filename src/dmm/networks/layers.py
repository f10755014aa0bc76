"""Networks in layers: a vector is a tuple of outputs, and a layer makes one of another in a growing machine.

A number of a weight matrix is the weight of one trained link. All other links, of weight 1, say how the parts of a
layer hang together; they are hard, so that training moves what it moves in the textbook.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dmm.machine.machine import SYNCHRONOUS, Machine
from dmm.vvalue.tree import VValue

Output = tuple[str, str]  # a neuron and one of its outputs
Vector = tuple[Output, ...]

Layer = Callable[[Machine, Vector, str], tuple[Machine, Vector]]
"""From a machine, the vector that is computed so far, and what names of neurons have behind the part, to both anew."""

SOURCE: Output = ("input", "char")
ONE: Output = ("one", "const_1")

ACTIVATIONS: Mapping[str, tuple[str, str, str]] = {
    "linear": ("sum", "x", "sum"),
    "relu": ("compare", "dict-1", "true"),
    "sigmoid": ("sigmoid", "x", "sigmoid"),
    "tanh": ("tanh", "x", "tanh"),
}
"""The activations of a dense layer: the neuron type, its input and its output."""


class Affine(NamedTuple):
    """The numbers of W x + U h + b: a matrix for what comes in, one for what the units were, and a bias.

    `w` has the shape [units, inputs], `u` [units, units], `b` [units]. Links of weight 0 are none and cannot be
    trained, so give training small numbers to start from.

    >>> Affine(w=[[1, 2, 3]], b=[0.5])
    Affine(w=[[1, 2, 3]], u=None, b=[0.5])
    """

    w: ArrayLike
    u: ArrayLike | None = None
    b: ArrayLike | None = None

    @property
    def units(self) -> int:
        """How many numbers come out."""
        return len(np.atleast_1d(self.w))

    @classmethod
    def random(cls, draw: np.random.Generator, units: int, inputs: int, *, recurrent: bool = False) -> "Affine":
        """Uniform numbers between -1 and 1 over the square root of all that a unit hears, with a bias.

        >>> drawn = Affine.random(np.random.default_rng(0), units=2, inputs=3, recurrent=True)
        >>> drawn.w.shape, drawn.u.shape, drawn.b.shape
        ((2, 3), (2, 2), (2,))
        """
        bound = (inputs + units * recurrent) ** -0.5
        w, u, b = (draw.uniform(-bound, bound, shape) for shape in ((units, inputs), (units, units), units))
        return cls(w, u if recurrent else None, b)


def network(inputs: Sequence[str], *layers: Layer, outputs: Sequence[str] = ()) -> Machine:
    """The machine of these layers, one after the other, in synchronous timing: an answer comes in the tick of its item.

    `inputs` are the labels under which an item has the numbers of the first vector. The answer has those of the last
    under `outputs`, by default 1, 2 and so on. With several layers, names of neurons tell theirs: `hidden-2-1` is
    the first unit of the second. `ValueError` if sizes do not fit.

    >>> from dmm import run
    >>> machine = network(["a", "b"], dense(Affine([[1, -2]], b=[0.5])), outputs=["y"])
    >>> print(*machine.links(), sep="; ")
    linear-1.x <- input-a.value; linear-1.x <- input-b.value; linear-1.x <- one.const_1
    >>> print(*run(machine, [VValue({"a": 3, "b": 1}), VValue()]))
    {y: 1.5} {y: 0.5}
    """
    if not inputs or len(set(inputs)) < len(inputs):
        raise ValueError(f"the inputs are {', '.join(inputs) or 'none'}; name one at least, and each of them once")
    machine = Machine(timing=SYNCHRONOUS).add(SOURCE[0])
    vector: Vector = ()
    for label in inputs:
        machine, part = component(machine, f"input-{label}", SOURCE, label)
        vector += (part,)
    for number, layer in enumerate(layers, 1):
        machine, vector = layer(machine, vector, f"-{number}" if len(layers) > 1 else "")
    labels = list(outputs) or [str(k) for k in range(1, len(vector) + 1)]
    if len(set(labels)) < len(labels) or len(labels) != len(vector):
        raise ValueError(f"the outputs are {', '.join(labels)}; name each of the {len(vector)} that there are, once")
    return hearing(machine, "output", "numbers", dict(zip(labels, vector, strict=True)))


def dense(affine: Affine, activation: str = "linear") -> Layer:
    """A layer without memory: f(W x + b), where the activation f is "linear", "relu", "sigmoid" or "tanh".

    >>> from dmm import run
    >>> print(*run(network(["x"], dense(Affine([[2], [-1]]), "relu")), [VValue({"x": 3}), VValue({"x": -3})]))
    {"1": 6} {"2": 3}
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"there is no activation {activation!r}; choose one of {', '.join(ACTIVATIONS)}")
    kind, label, output = ACTIVATIONS[activation]

    def layer(machine: Machine, x: Vector, suffix: str) -> tuple[Machine, Vector]:
        require_shapes(f"the {activation} layer", affine, affine.units, len(x), recurrent=False)
        names = unit_names(activation + suffix, affine.units)
        machine = added(machine, names, kind)
        return affine_links(machine, names, label, affine, x), tuple((name, output) for name in names)

    return layer


# -- what layers are made of -------------------------------------------------------------------------------------------


def unit_names(part: str, count: int) -> list[str]:
    """The names of the neurons that do the same for each unit."""
    return [f"{part}-{k}" for k in range(1, count + 1)]


def added(machine: Machine, names: Iterable[str], kind: str) -> Machine:
    """The machine with neurons of these names, all of one type."""
    for name in names:
        machine = machine.add(name, kind)
    return machine


def affine_links(
    machine: Machine, names: Sequence[str], label: str, affine: Affine, x: Vector, h: Vector = ()
) -> Machine:
    """The machine in which the k-th of these neurons hears the k-th row of W x + U h + b at the input `label`."""
    rows = [(np.asarray(affine.w), x), (np.asarray(affine.u), h)]
    if affine.b is not None:
        machine, one = with_one(machine)
        rows.append((np.asarray(affine.b)[:, None], (one,)))
    links = VValue.from_paths(
        ((name, label, *source), float(matrix[k, j]))
        for matrix, vector in rows
        for k, name in enumerate(names)
        for j, source in enumerate(vector)
    )
    return machine.with_matrix(machine.matrix + links)


def with_one(machine: Machine) -> tuple[Machine, Output]:
    """The machine with the constant 1 that biases are links from, and its output."""
    return machine if ONE[0] in machine.neurons else machine.add(*ONE), ONE


def hearing(machine: Machine, name: str, kind: str, sources: Mapping[str, Output], **parameters: Any) -> Machine:
    """The machine with one more neuron, and a hard link of weight 1 into each of these inputs."""
    machine = machine.add(name, kind, **parameters)
    for label, source in sources.items():
        machine = machine.link((name, label), source, hard=True)
    return machine


def component(machine: Machine, name: str, source: Output, label: str) -> tuple[Machine, Output]:
    """The machine with a neuron that emits what an output has under the label, and what it emits."""
    return hearing(machine, name, "field", {"record": source}, path=VValue({label: 1})), (name, "value")


def require_shapes(what: str, affine: Affine, units: int, inputs: int, *, recurrent: bool) -> None:
    """Refuse numbers of other shapes than these with a `ValueError`."""
    wanted = {"w": (units, inputs), "u": (units, units) if recurrent else None, "b": (units,)}
    for name, given in affine._asdict().items():
        if given is None and (name == "b" or not wanted[name]):
            continue
        shape = None if given is None else np.shape(given)
        if shape != wanted[name]:
            found = f"{name} of {what} is missing" if shape is None else f"{name} of {what} has the shape {shape}"
            raise ValueError(f"{found}; " + (f"give {wanted[name]}" if wanted[name] else "leave it out"))
