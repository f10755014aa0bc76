"""Neuron types that compute changes of network matrices, for machines that hold their own."""

from dmm.neurons.base import neuron_type
from dmm.vvalue.copies import copied
from dmm.vvalue.outer import outer as outer_product
from dmm.vvalue.tree import VValue


@neuron_type(inputs=("matrix", "copies"), outputs=("matrix",))
def copy(v, *, neurons=VValue(), outgoing=0):
    """matrix = the links of a copy of some neurons, for every first label of copies, times the number there

    `neurons` has a 1 for each that is copied, `x` as `x-label`, with the links among them and into them; `outgoing` 1
    copies the links from them to others, too. Send what it emits to the neuron that holds the matrix.
    """
    return {"matrix": copied(v["matrix"], v["copies"], frozenset(neurons.labels), outgoing=bool(outgoing))}


@neuron_type(inputs=("dict-1", "dict-2"), outputs=("dict",))
def outer(v):
    """dict = dict-1 times dict-2, where every path of dict-1 is followed by every path of dict-2

    With the place of a link as dict-1, {neuron: {input: {source: {output: 1}}}}, what dict-2 says is a change of it.
    """
    return {"dict": outer_product(v["dict-1"], v["dict-2"])}
