"""Lightweight pure dataflow matrix machines: every stream is a matrix of the shape of the network matrix.

`java_random` draws the numbers that the published runs drew, `activations` says what outputs make of inputs, `machine`
holds the machine and its tick, `program` compiles many ticks, `ensembles` runs several machines side by side, and
`experiments` names the published ones. `automata` is about their ancestors, continuous cellular automata.
"""
