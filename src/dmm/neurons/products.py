"""Neuron types that multiply and divide V-values: gates, masks, common parts, shares."""

from dmm.neurons.base import Range, neuron_type
from dmm.vvalue.keywise import absent as absent_part
from dmm.vvalue.keywise import keywise_product
from dmm.vvalue.keywise import normalise as shares
from dmm.vvalue.operations import lin_comb as combined
from dmm.vvalue.operations import mult_mask as masked
from dmm.vvalue.softmax import softmax as weights


@neuron_type(inputs=("dict-1", "dict-2"), outputs=("dict",))
def multiply(v):
    """dict = dict-1 times the scalar of dict-2: a gate"""
    return {"dict": v["dict-1"] * v["dict-2"].scalar}


@neuron_type(inputs=("dict-1", "dict-2"), outputs=("dict",))
def product(v):
    """dict = dict-1 times dict-2, leaf by leaf, over common paths"""
    return {"dict": keywise_product(v["dict-1"], v["dict-2"])}


@neuron_type(inputs=("mask", "main"), outputs=("dict",))
def mult_mask(v):
    """dict = main, where the part at every path of mask is scaled by the leaf there, and the rest is left out

    Source: arXiv:1712.07447, section 3.
    """
    return {"dict": masked(v["mask"], v["main"])}


@neuron_type(inputs=("mask", "main"), outputs=("dict",))
def lin_comb(v):
    """dict = the sum over all paths of mask of the leaf there times the part of main there

    Source: arXiv:1712.07447, section 3.
    """
    return {"dict": combined(v["mask"], v["main"])}


@neuron_type(inputs=("dict-1", "dict-2"), outputs=("dict",))
def absent(v):
    """dict = dict-1 times max(0, 1 - |dict-2|), leaf by leaf: the part of dict-1 where dict-2 has nothing"""
    return {"dict": absent_part(v["dict-1"], v["dict-2"])}


@neuron_type(inputs=("dict",), outputs=("dict",))
def normalise(v):
    """dict = the input dict divided by the sum of its absolute leaves; zero stays zero"""
    return {"dict": shares(v["dict"])}


@neuron_type(inputs=("dict", "among"), outputs=("dict",), ranges={"temperature": Range(0, open=True)})
def softmax(v, *, temperature=1.0):
    """dict = among times exp(dict / `temperature`), leaf by leaf, divided by the sum of all, where among is positive

    A tree stores no zeros, so `among` says over which labels the shares are spread: those of an alphabet, say.
    """
    return {"dict": weights(v["dict"], v["among"], temperature)}
