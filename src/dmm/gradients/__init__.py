"""The ways to a gradient: how the loss of a program on streams changes with its weights.

Each way is a part that training takes as it is: called on a loss, weights and data, it returns the loss as a number
whose JAX derivative with respect to the weights is its estimate.
"""
