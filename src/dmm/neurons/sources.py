"""Neuron types whose outputs do not depend on links: the stream itself, and constants."""

from dmm.neurons.base import neuron_type
from dmm.vvalue.tree import VValue


@neuron_type(inputs=(), outputs=("char",), source=True)
def input(item):
    """char = the item of the stream at this tick"""
    return {"char": item}


@neuron_type(inputs=(), outputs=("char",))
def eos(v):
    """char = {".": 1}, the mark at the end of a string"""
    return {"char": VValue({".": 1})}


@neuron_type(inputs=(), outputs=("const_1",))
def const_1(v):
    """const_1 = 1"""
    return {"const_1": 1}


@neuron_type(inputs=(), outputs=("value",))
def constant(v, *, value=VValue(1)):
    """value = the parameter `value`, any V-value"""
    return {"value": value}
