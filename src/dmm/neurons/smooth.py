"""Neuron types that squash a scalar into an interval: gates and activations of the usual networks."""

from dmm.neurons.base import neuron_type
from dmm.vvalue.smooth import sigmoid as squashed_to_one
from dmm.vvalue.smooth import tanh as squashed


@neuron_type(inputs=("x",), outputs=("sigmoid",))
def sigmoid(v):
    """sigmoid = 1 / (1 + exp(-x)), of the scalar; so it is 1/2 where nothing is received"""
    return {"sigmoid": squashed_to_one(v["x"].scalar)}


@neuron_type(inputs=("x",), outputs=("tanh",))
def tanh(v):
    """tanh = (exp(x) - exp(-x)) / (exp(x) + exp(-x)), of the scalar"""
    return {"tanh": squashed(v["x"].scalar)}
