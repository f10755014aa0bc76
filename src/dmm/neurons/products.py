"""Neuron types that multiply and divide V-values: gates, common parts, shares."""

from dmm.neurons.base import neuron_type
from dmm.vvalue.keywise import absent as absent_part
from dmm.vvalue.keywise import keywise_product
from dmm.vvalue.keywise import normalise as shares


@neuron_type(inputs=("dict-1", "dict-2"), outputs=("dict",))
def multiply(v):
    """dict = dict-1 times the scalar of dict-2: a gate"""
    return {"dict": v["dict-1"] * v["dict-2"].scalar}


@neuron_type(inputs=("dict-1", "dict-2"), outputs=("dict",))
def product(v):
    """dict = dict-1 times dict-2, leaf by leaf, over common paths"""
    return {"dict": keywise_product(v["dict-1"], v["dict-2"])}


@neuron_type(inputs=("dict-1", "dict-2"), outputs=("dict",))
def absent(v):
    """dict = dict-1 times max(0, 1 - |dict-2|), leaf by leaf: the part of dict-1 where dict-2 has nothing"""
    return {"dict": absent_part(v["dict-1"], v["dict-2"])}


@neuron_type(inputs=("dict",), outputs=("dict",))
def normalise(v):
    """dict = the input dict divided by the sum of its absolute leaves; zero stays zero"""
    return {"dict": shares(v["dict"])}
