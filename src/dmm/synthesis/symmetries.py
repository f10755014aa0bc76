"""What a neuron type leaves open: changes of its inputs that change its outputs in a known way, or not at all.

Found by exact trial on fixed trees of fractions, so that a user's own type takes part without declaring anything. A
trial can be fooled; whoever uses a symmetry checks the machine that comes out.
"""

from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

from dmm.machine.machine import Machine
from dmm.neurons.base import NeuronType
from dmm.vvalue.tree import VValue

_TREES = (
    VValue({":number": Fraction(2, 3), "a": Fraction(1, 5), "b": {"c": Fraction(-3, 7)}}),
    VValue({":number": Fraction(-1, 4), "a": Fraction(-2, 9), "b": {"c": Fraction(1, 2)}}),
    VValue({":number": Fraction(7, 8), "a": Fraction(5, 11)}),
)
_LARGE = 1000  # so that a clip, if there is one, is felt


class Symmetries(NamedTuple):
    """Of a neuron type: f is its function, c a positive number, m any V-value.

    `homogeneous`: f(c v) = c f(v). `odd`: f(-v) = -f(v). `even`: f(-v) = f(v). `balanced`: pairs of inputs of which one
    can be multiplied and the other divided by c. `opposite`: pairs where m added to one does what m taken from the
    other does. `linear`: inputs that can be multiplied by c, and f with them, while values are small.
    """

    homogeneous: bool
    odd: bool
    even: bool
    balanced: tuple[tuple[str, str], ...]
    opposite: tuple[tuple[str, str], ...]
    linear: tuple[str, ...]


def symmetries(machine: Machine, name: str) -> Symmetries:
    """The symmetries of a neuron, as it is used in its machine.

    >>> m = Machine().add("compare").add("dot")
    >>> symmetries(m, "compare")
    Symmetries(homogeneous=True, odd=False, even=False, balanced=(), opposite=(('dict-1', 'dict-2'),), linear=())
    >>> symmetries(m, "dot").balanced, symmetries(m, "dot").linear
    ((('dict-1', 'dict-2'),), ('dict-1', 'dict-2'))
    """
    kind = machine.type_of(name)
    settings = tuple(sorted(kind.settings(machine.neurons[name].parameters).items()))
    used = {link.input for link in machine.all_links() if link.neuron == name}
    return _find(kind, settings, tuple(sorted(used if kind.inputs is None else kind.inputs)))


@lru_cache(maxsize=1024)
def _find(kind: NeuronType, settings: tuple[tuple[str, Any], ...], labels: tuple[str, ...]) -> Symmetries:
    small = [
        VValue().join({label: _TREES[(i + shift) % len(_TREES)] for i, label in enumerate(labels)})
        for shift in range(len(_TREES))
    ]
    inputs = [*small, *(v * _LARGE for v in small)] if labels else []
    c, m = Fraction(5, 3), _TREES[0] * 2 + 1

    def f(v: VValue) -> VValue:
        result: VValue = kind(v, **dict(settings))
        return result

    def are_balanced(pair: tuple[str, str]) -> bool:
        one, two = pair  # either of them made larger, so that a decision between the two changes one way or the other
        return all(f(_scaled(_scaled(v, one, x), two, 1 / x)) == f(v) for v in inputs for x in (c, 1 / c))

    def are_opposite(pair: tuple[str, str]) -> bool:
        one, two = pair
        return all(f(_shifted(v, one, m)) == f(_shifted(v, two, -m)) for v in inputs)

    def is_linear(label: str) -> bool:
        return all(f(_scaled(v, label, c)) == f(v) * c for v in small)

    pairs = list(combinations(labels, 2))
    return Symmetries(
        homogeneous=bool(labels) and all(f(v * c) == f(v) * c for v in inputs),
        odd=bool(labels) and all(f(-v) == -f(v) for v in inputs),
        even=bool(labels) and all(f(-v) == f(v) for v in inputs),
        balanced=tuple(filter(are_balanced, pairs)),
        opposite=tuple(filter(are_opposite, pairs)),
        linear=tuple(filter(is_linear, labels)),
    )


def _scaled(v: VValue, label: str, factor: Fraction) -> VValue:
    return v.join({**v.children, label: v[label] * factor})


def _shifted(v: VValue, label: str, m: VValue) -> VValue:
    return v.join({**v.children, label: v[label] + m})
