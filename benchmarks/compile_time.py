"""How long does compilation take, cold and with a persistent cache?

Every case runs in a fresh process, first with no cache, then twice with one in a temporary folder; the second of these
is the warm start. Importing JAX and building the machine are left out.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.result import Figure, Result
from benchmarks.timing import run_python

COLD_BOUNDS = {"seed": 6.0, "recurrent": 12.0}  # seconds for forward and gradient together, two cores


def measure() -> Result:
    """Seconds of the passes, of forward and gradient, cold and warm, for both machines."""
    return Result(tuple(figure for name in COLD_BOUNDS for figure in _figures(name)))


def _figures(name: str) -> Iterator[Figure]:
    cold = _phases(name, JAX_ENABLE_COMPILATION_CACHE="false")
    for phase, seconds in cold.items():
        yield Figure(f"{name}, cold: {phase}", seconds, "s")
    yield Figure(f"{name}, cold: forward and gradient", _programs(cold), "s", at_most=COLD_BOUNDS[name])
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "JAX_COMPILATION_CACHE_DIR": folder,
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
            "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
        }
        _phases(name, **settings)
        yield Figure(f"{name}, warm: forward and gradient", _programs(_phases(name, **settings)), "s")


def _programs(phases: dict[str, float]) -> float:
    return phases["forward"] + phases["gradient"]


def _phases(name: str, **environment: str) -> dict[str, float]:
    output, _ = run_python("-m", "benchmarks.compile_time", name, **environment)
    return dict(json.loads(output))


# -- in the fresh process ----------------------------------------------------------------------------------------------


def compile_once(name: str) -> dict[str, float]:
    """Seconds of each phase of the compilation of one machine in this process."""
    import jax

    from benchmarks.machines import case

    seconds: dict[str, float] = {}
    chosen = case(name)

    @contextmanager
    def phase(name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        seconds[name] = time.perf_counter() - began

    with phase("passes"):
        assert chosen.program
    weights = chosen.program.weights
    with phase("forward"):
        jax.jit(chosen.loss).lower(weights).compile()
    with phase("gradient"):
        jax.jit(jax.grad(chosen.loss)).lower(weights).compile()
    return seconds


if __name__ == "__main__":
    print(json.dumps(compile_once(sys.argv[1])))
