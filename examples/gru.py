"""A gated recurrent unit as a machine, trained by the compiler's gradient to repeat every bit two steps later."""

import argparse

import jax
import numpy as np
import optax

from dmm import Affine, Machine, VValue, compile_machine, dense, flatten, gru, network, run, unflatten

UNITS, LAG = 6, 2


def cell(units: int) -> Machine:
    """Units that hear a bit, and a linear readout, with random weights."""
    draw = np.random.default_rng(0)
    parts = {part: Affine.random(draw, units, 1, recurrent=True) for part in ("update", "reset", "candidate")}
    return network(["bit"], gru(**parts), dense(Affine.random(draw, 1, units)), outputs=["again"])


def examples(seed: int, count: int, steps: int) -> tuple[list[list[VValue]], np.ndarray]:
    """Streams of bits, each 1 or -1, and what is to be said: the bit of some steps before, 0 where there was none."""
    bits = np.random.default_rng(seed).choice([-1, 1], (count, steps))
    streams = [[VValue({"bit": int(bit)}) for bit in row] for row in bits]
    return streams, np.pad(bits, ((0, 0), (LAG, 0)))[:, :steps].astype(np.float32)


def train(machine: Machine, steps: int) -> tuple[Machine, list[float]]:
    """The machine with trained weights, and the mean squared errors on the way."""
    streams, wanted = examples(seed=1, count=32, steps=20)
    items, optimizer, losses = flatten(streams), optax.adam(0.02), []
    program = compile_machine(machine, items.support)
    slope = jax.value_and_grad(lambda w: ((program(w, items).answers["again"].scalar - wanted) ** 2).mean())

    @jax.jit
    def step(weights, state):
        loss, change = slope(weights)
        change, state = optimizer.update(change, state)
        return optax.apply_updates(weights, change), state, loss

    weights, state = program.weights, optimizer.init(program.weights)
    for _ in range(steps):
        weights, state, loss = step(weights, state)
        losses.append(float(loss))
    return machine.with_matrix(unflatten(weights)), losses


def main() -> None:
    """Print a unit as equations, the error in training, and what the machine makes of new bits."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(f"One of {UNITS} units:\n{cell(1).show(digits=2)}\n")
    machine, losses = train(cell(UNITS), steps=200)
    print(f"{len([*machine.links()])} weights; mean squared error {losses[0]:.3f}, in the end {losses[-1]:.5f}")
    streams, wanted = examples(seed=2, count=5, steps=100)
    said = np.array([[answer["again"].scalar for answer in run(machine, stream)] for stream in streams])
    print(f"{(said * wanted > 0).sum()} of {(wanted != 0).sum()} bits of new streams, five times as long, are repeated")


if __name__ == "__main__":
    main()
