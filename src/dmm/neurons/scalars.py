"""Neuron types that emit plain numbers: norms, products, comparisons."""

from dmm.neurons.base import neuron_type
from dmm.vvalue.operations import clip as clipped
from dmm.vvalue.operations import dot as dot_product
from dmm.vvalue.operations import max_norm, relu


@neuron_type(inputs=("dict",), outputs=("norm",))
def norm(v):
    """norm = the largest absolute leaf of dict"""
    return {"norm": max_norm(v["dict"])}


@neuron_type(inputs=("dict-1", "dict-2"), outputs=("dot",))
def dot(v, *, clip=4.0):
    """dot = the sum of products of common leaves of dict-1 and dict-2, clipped to ±clip"""
    return {"dot": clipped(dot_product(v["dict-1"], v["dict-2"]), -clip, clip)}


@neuron_type(inputs=("dict-1", "dict-2"), outputs=("true", "false"))
def compare(v):
    """true = (dict-1 - dict-2)+, false = (dict-2 - dict-1)+, of the scalars; x+ is x where positive, else 0

    Source: arXiv:1606.09470, section 3.
    """
    difference = v["dict-1"].scalar - v["dict-2"].scalar
    return {"true": relu(difference), "false": relu(-difference)}
