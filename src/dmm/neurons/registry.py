"""The table of neuron types: a new type is one function in its family's file and one row here."""

from types import MappingProxyType

from dmm.neurons.base import NeuronType
from dmm.neurons.linear import accum, delay, identity, output, sum_, timer
from dmm.neurons.lists import cons, first, rest
from dmm.neurons.matrices import copy, outer
from dmm.neurons.order import absolute, maximum, minimum, peak
from dmm.neurons.products import absent, lin_comb, mult_mask, multiply, normalise, product, softmax
from dmm.neurons.readouts import numbers, trees
from dmm.neurons.records import field, record
from dmm.neurons.scalars import compare, dot, norm
from dmm.neurons.smooth import sigmoid, tanh
from dmm.neurons.sources import const_1, constant, eos, input
from dmm.neurons.steps import arg_max, less_or_equal, round_, threshold
from dmm.neurons.superfluid import superfluid
from dmm.neurons.timers import countdown, delay_line, pulse, since

_ROWS = (
    input, eos, const_1, constant, timer, pulse, countdown, since, accum, identity, delay, delay_line, sum_,
    norm, dot, compare, sigmoid, tanh, maximum, minimum, peak, absolute, multiply, product, mult_mask, lin_comb,
    absent, normalise, outer, copy, softmax, less_or_equal, threshold, arg_max, round_, record, field, cons, first,
    rest, superfluid, output, numbers, trees,
)  # fmt: skip

NEURON_TYPES: MappingProxyType[str, NeuronType] = MappingProxyType({kind.name: kind for kind in _ROWS})
"""Every neuron type of the library by name."""

ALIASES: MappingProxyType[str, str] = MappingProxyType(
    {"id": "identity", "accumulator": "accum", "max_norm": "norm", "dot_product": "dot"}
)
"""Names by which papers and published machines call some of them."""
