"""The table of neuron types: a new type is one function in its family's file and one row here."""

from types import MappingProxyType

from dmm.neurons.base import NeuronType
from dmm.neurons.linear import accum, delay, identity, output, sum_, timer
from dmm.neurons.order import absolute, maximum, minimum, peak
from dmm.neurons.products import absent, multiply, normalise, product
from dmm.neurons.readouts import numbers, trees
from dmm.neurons.scalars import compare, dot, norm
from dmm.neurons.sources import const_1, constant, eos, input
from dmm.neurons.steps import arg_max, less_or_equal, round_
from dmm.neurons.superfluid import superfluid

_ROWS = (
    input, eos, const_1, constant, timer, accum, identity, delay, sum_, norm, dot, compare,
    maximum, minimum, peak, absolute, multiply, product, absent, normalise,
    less_or_equal, arg_max, round_, superfluid, output, numbers, trees,
)  # fmt: skip

NEURON_TYPES: MappingProxyType[str, NeuronType] = MappingProxyType({kind.name: kind for kind in _ROWS})
"""Every neuron type of the library by name."""

ALIASES: MappingProxyType[str, str] = MappingProxyType({"id": "identity"})
"""Names by which published machines call some of them."""
