"""Neuron types that compare leaf by leaf; a missing leaf counts as 0."""

from dmm.neurons.base import neuron_type
from dmm.vvalue.keywise import keywise_absolute, keywise_maximum, keywise_minimum


@neuron_type(inputs=("dict-1", "dict-2"), outputs=("dict",))
def maximum(v):
    """dict = max(dict-1, dict-2), leaf by leaf, where a missing leaf is 0"""
    return {"dict": keywise_maximum(v["dict-1"], v["dict-2"])}


@neuron_type(inputs=("dict-1", "dict-2"), outputs=("dict",))
def minimum(v):
    """dict = min(dict-1, dict-2), leaf by leaf, where a missing leaf is 0"""
    return {"dict": keywise_minimum(v["dict-1"], v["dict-2"])}


@neuron_type(inputs=("dict-1", "dict-2"), outputs=("dict",), memory=("dict-1", "dict"))
def peak(v):
    """dict = max(dict-1, dict-2), leaf by leaf, where dict-1 remembers dict: the running maximum, from 0"""
    return {"dict": keywise_maximum(v["dict-1"], v["dict-2"])}


@neuron_type(inputs=("dict",), outputs=("dict",))
def absolute(v):
    """dict = the absolute value of the input dict, leaf by leaf"""
    return {"dict": keywise_absolute(v["dict"])}
