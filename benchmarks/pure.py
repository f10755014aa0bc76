"""How many ticks a second does a pure machine make, in NumPy and compiled, alone and in an ensemble?

The small and the large published network of soft Games of Life. All three ways agree, which is asserted first: compiled
exactly, to the bit; with sums at once, in the last digits after a few ticks.
"""

from collections.abc import Callable
from statistics import median
from typing import Any

import jax
import numpy as np

from benchmarks.result import Figure, Result
from benchmarks.timing import ratio, side_by_side
from dmm.pure.experiments import PURE_EXPERIMENTS
from dmm.pure.machine import PureMachine
from dmm.pure.program import pure_program

TICKS, FEW, MEMBERS, REPETITIONS = 200, 5, 16, 5
HEAD = ("machine", "NumPy", "compiled", "compiled, sums at once", f"{MEMBERS} at once, compiled")


def measure() -> Result:
    """Ticks a second, those of all members of an ensemble counted."""
    figures, rows = [], []
    for name in ("conway_1", "conway_2"):
        calls = _ways(PURE_EXPERIMENTS[name]())
        seconds = side_by_side(calls, REPETITIONS)
        done = [TICKS * (MEMBERS if way == "ensemble" else 1) for way in calls]
        rows.append((name, *(f"{n / median(s):.0f}" for n, s in zip(done, seconds.values(), strict=True))))
        figures.append(Figure(f"{name}, compiled over NumPy", 1 / ratio(seconds, "compiled", "numpy")))
    return Result(tuple(figures), HEAD, tuple(rows))


def _ways(machine: PureMachine) -> dict[str, Callable[[], Any]]:
    exact, at_once = (pure_program(machine, TICKS, exact=exact) for exact in (True, False))
    start = jax.tree.map(jax.numpy.asarray, machine.start())
    assert np.array_equal(exact(start)[0].outputs, machine.run(TICKS).outputs)
    few = pure_program(machine, FEW, exact=False)(start)[0]
    assert np.allclose(few.outputs, machine.run(FEW).outputs, atol=1e-5)
    starts = jax.tree.map(lambda x: jax.numpy.stack([x] * MEMBERS), start)
    ensemble = jax.jit(jax.vmap(lambda state: exact(state)[0]))
    return {
        "numpy": lambda: machine.run(TICKS).outputs,
        "compiled": lambda: exact(start)[0],
        "at once": lambda: at_once(start)[0],
        "ensemble": lambda: ensemble(starts),
    }
