"""Neuron types: what a neuron does with the V-value it receives, written once for trees and flat arrays.

`base` says what a type is, the families (`sources`, `linear`, `scalars`, `smooth`, `order`, `products`, `steps`,
`records`, `lists`, `timers`, `matrices`, `superfluid`, `readouts`) hold one small function a type, and `registry` is
the one table of them all.
"""
