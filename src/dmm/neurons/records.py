"""Neuron types for records: V-values with a field of its own for each of several things."""

from dmm.neurons.base import neuron_type
from dmm.vvalue.operations import lin_comb
from dmm.vvalue.tree import VValue


@neuron_type(inputs=None, outputs=("record",))
def record(v):
    """record = all inputs as one V-value, each under its name"""
    return {"record": v}


@neuron_type(inputs=("record",), outputs=("value",))
def field(v, *, path=VValue(1)):
    """value = the part of record at `path`

    The path is a V-value with a 1 where it leads, as `{a: {b: 1}}`. With several numbers, the value is the sum of the
    parts there times these: `lin_comb(path, record)`.
    """
    return {"value": lin_comb(path, v["record"])}
