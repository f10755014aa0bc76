"""The speed: a machine as one static-shape program that agrees with the interpreter on every stream.

The passes, each from one frozen value to the next: `check` (in `dmm.machine`), `supports`, `demand`, `schedule`,
`plan` (with `wiring`), `lower` (with `pool`, `loop`, `up`); `pipeline` runs them. `abstract` finds out what a neuron
type does to supports.
"""
