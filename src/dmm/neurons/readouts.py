"""Neuron types that are read as a machine's answer, under any names."""

from dmm.neurons.base import neuron_type


@neuron_type(inputs=None, outputs=None, sink=True)
def numbers(v):
    """every output = the scalar received at the input of the same name, read as this machine's answer"""
    return {label: v[label].scalar for label in v.labels}


@neuron_type(inputs=None, outputs=None, sink=True)
def trees(v):
    """every output = the V-value received at the input of the same name, read as this machine's answer"""
    return {label: v[label] for label in v.labels}
