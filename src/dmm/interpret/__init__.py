"""The meaning of a machine: one two-stroke cycle after another, on trees. The specification; no JAX.

Works for any machine, also one whose trees grow without bound. The compiler is tested against it.
"""
