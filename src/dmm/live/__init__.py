"""Machines that run while they are edited: a thread that ticks, inboxes, and a closed set of commands. No JAX.

Every change travels through the network, as an item that the update neuron emits into the network matrix.
"""
