"""Neuron types whose outputs move in steps: decisions, the largest of all, whole numbers."""

from dmm.neurons.base import Range, neuron_type
from dmm.vvalue.steps import arg_max as place_of_largest
from dmm.vvalue.steps import keywise_round, keywise_threshold
from dmm.vvalue.steps import less_or_equal as decided


@neuron_type(inputs=("dict-1", "dict-2"), outputs=("true", "false"), stepwise=True)
def less_or_equal(v):
    """true = 1 if dict-1 <= dict-2, else 0, of the scalars; false = 1 - true

    So true is 1 where nothing is received.
    """
    true = decided(v["dict-1"].scalar, v["dict-2"].scalar)
    return {"true": true, "false": 1 - true}


@neuron_type(inputs=("dict",), outputs=("dict",), stepwise=True)
def arg_max(v):
    """dict = 1 at the path of the largest leaf of the input dict, if that is positive

    Of several leaves that are largest, the first in the order of paths counts; the scalar comes before all others.
    """
    return {"dict": place_of_largest(v["dict"])}


@neuron_type(inputs=("dict",), outputs=("dict",), stepwise=True, name="round")
def round_(v):
    """dict = the input dict with every leaf rounded to the nearest whole number, halves to the even one"""
    return {"dict": keywise_round(v["dict"])}


@neuron_type(inputs=("dict",), outputs=("dict",), stepwise=True, ranges={"limit": Range(0)})
def threshold(v, *, limit=0.0):
    """dict = 1 at every leaf of the input dict that is larger than `limit`"""
    return {"dict": keywise_threshold(v["dict"], limit)}
