"""How quick is a machine that rewrites its own matrix: the published wave, interpreted and compiled?

Four neurons pass one link around, period three, for ever. Beside it the same cycle on nested dictionaries, written for
this machine alone; the Clojure reference made 17,700 to 43,500 ticks a second, median 34,000, on another computer.
"""

import time
from collections.abc import Iterator
from itertools import islice, repeat

import jax
import jax.numpy as jnp

from benchmarks.result import Figure, Result
from dmm.compile.pipeline import compile_machine
from dmm.interpret.cycle import trace
from dmm.machine.machine import Machine
from dmm.vvalue.flat import FlatVValue
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue

SHORT, LONG, COMPILED = 50_000, 1_000_000, 3_000_000
ROUNDS = 3
NOTHING = VValue()
Tree = dict[str, "Tree"] | float


def measure() -> Result:
    """Ticks a second, compile time apart, and what is left of the state after a million ticks."""
    machine = wave()
    plain = max(_rate(_plain(machine), SHORT) for _ in range(ROUNDS))
    interpreted = max(_rate(trace(machine, repeat(NOTHING)), SHORT) for _ in range(ROUNDS))
    *_, last = islice(trace(machine, repeat(NOTHING)), LONG)
    compiling, compiled, size = _compiled(machine)
    return Result(
        (
            Figure("interpreted", interpreted, "ticks/s", at_least=30_000),
            Figure("interpreted, over plain dictionaries", interpreted / plain),
            Figure("compiled", compiled, "ticks/s", at_least=200_000),
            Figure("compiled, over interpreted", compiled / interpreted),
            Figure("compilation", compiling, "s"),
            Figure("numbers in the state, after a million ticks over before", len(last.outputs) / size, at_most=1),
        )
    )


def wave() -> Machine:
    """Three constant updates that pass the link into self around; see `examples/wave_in_the_matrix.py`."""
    machine = Machine().add("self", "accum")
    for k in range(3):
        name, following = f"update-{k + 1}", f"update-{(k + 1) % 3 + 1}"
        update = {"self": {"dict-2": {name: {"single": -1}, following: {"single": 1}}}}
        machine = machine.add(name, "identity").link((name, "single"), (name, "single"), hard=True)
        machine = machine.start((name, "single"), update)
    return machine.link("self.dict-2", "update-1.single").read("self").governed_by("self.dict")


def _rate(ticks: Iterator[object], count: int) -> float:
    began = time.perf_counter()
    for _ in islice(ticks, count):
        pass
    return count / (time.perf_counter() - began)


def _compiled(machine: Machine) -> tuple[float, float, int]:
    """Seconds of compilation, ticks a second, and the numbers in the state before the first."""
    program = compile_machine(machine, Support())
    stream = FlatVValue(jnp.zeros((COMPILED, 0)), Support())
    run = jax.jit(program.__call__)
    began = time.perf_counter()
    run.lower(program.weights, stream).compile()
    compiling = time.perf_counter() - began
    jax.block_until_ready(run(program.weights, stream))
    began = time.perf_counter()
    jax.block_until_ready(run(program.weights, stream))
    return compiling, COMPILED / (time.perf_counter() - began), len(machine.first_outputs)


# -- the same on nested dictionaries -----------------------------------------------------------------------------------


def _plain(machine: Machine) -> Iterator[Tree]:
    outputs = machine.first_outputs.to_nested()
    while True:
        received = {
            name: {label: _combined(part, outputs) for label, part in row.items()}
            for name, row in outputs["self"]["dict"].items()
        }
        outputs = {
            name: {"dict": _sum(v.get("dict-1", {}), v.get("dict-2", {}))} if name == "self" else v
            for name, v in received.items()
        }
        yield outputs


def _combined(row: dict, outputs: dict) -> dict:
    total: dict = {}
    for source, fields in row.items():
        for field, weight in fields.items():
            total = _sum(total, _times(weight, outputs.get(source, {}).get(field, {})))
    return total


def _times(weight: float, tree: dict) -> dict:
    if weight == 1:
        return tree
    return {key: _times(weight, x) if isinstance(x, dict) else weight * x for key, x in tree.items()}


def _sum(left: dict, right: dict) -> dict:
    total = dict(left)
    for key, x in right.items():
        known = total.get(key)
        new = x if known is None else _sum(known, x) if isinstance(x, dict) else known + x
        if new:
            total[key] = new
        else:
            total.pop(key, None)
    return total
