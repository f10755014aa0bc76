"""Neuron types that only add: memory, sums, copies, delays, and the reading of results."""

from dmm.neurons.base import neuron_type


@neuron_type(inputs=("dict-1", "dict-2"), outputs=("dict",), memory=("dict-1", "dict"), additive=True)
def accum(v):
    """dict = dict-1 + dict-2, where dict-1 remembers dict

    Source: arXiv:1606.09470, section 3 (accumulators); labels of the published experiments.
    """
    return {"dict": v["dict-1"] + v["dict-2"]}


@neuron_type(inputs=None, outputs=None)
def identity(v):
    """every output = the input of the same name"""
    return v


@neuron_type(inputs=("value",), outputs=("value",), late=("value",))
def delay(v):
    """value = value, in synchronous timing that of the step before

    As `pre` in the synchronous dataflow languages; under unit delay, where every link delays, a plain relay.
    """
    return {"value": v["value"]}


@neuron_type(inputs=None, outputs=("sum",), name="sum")
def sum_(v):
    """sum = the sum of all inputs"""
    return {"sum": sum(v[label] for label in v.labels)}


@neuron_type(inputs=("timer",), outputs=("timer",), memory=("timer", "timer"), additive=True)
def timer(v):
    """timer = timer + 1: how many ticks have passed"""
    return {"timer": v["timer"] + 1}


@neuron_type(inputs=("dict-1", "dict-2"), outputs=("dict-1", "dict-2"), sink=True)
def output(v):
    """dict-1, dict-2 = the scalars received, read as this machine's answer"""
    return {"dict-1": v["dict-1"].scalar, "dict-2": v["dict-2"].scalar}
