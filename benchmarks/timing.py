"""Timing: of calls side by side, so that whatever else the computer does weighs on all alike, and of processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import jax

ROOT = Path(__file__).resolve().parents[1]
WARM_UP = 5
CACHE_VARIABLES = ("JAX_COMPILATION_CACHE_DIR", "JAX_ENABLE_COMPILATION_CACHE")


def side_by_side(calls: Mapping[str, Callable[[], Any]], repetitions: int = 200) -> dict[str, list[float]]:
    """Seconds of each call, again and again in turn, after a warm-up; a call's arrays are waited for."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(WARM_UP + repetitions):
        for name, call in calls.items():
            began = time.perf_counter()
            jax.block_until_ready(call())
            if number >= WARM_UP:
                seconds[name].append(time.perf_counter() - began)
    return seconds


def ratio(seconds: Mapping[str, list[float]], over: str, under: str) -> float:
    """The median ratio of two calls that ran in the same turn: what loads the computer loads both."""
    return median(x / y for x, y in zip(seconds[over], seconds[under], strict=True))


def run_python(*arguments: str, **environment: str) -> tuple[str, float]:
    """The output and seconds of a fresh Python, with no compilation cache but the one that `environment` names."""
    paths = [str(ROOT), *(p for p in sys.path if p and Path(p).is_dir())]
    inherited = {name: value for name, value in os.environ.items() if name not in CACHE_VARIABLES}
    variables = inherited | {"PYTHONPATH": os.pathsep.join(paths)} | environment
    began = time.perf_counter()
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)  # noqa: S603  (our own)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"python {' '.join(arguments)} ended with status {done.returncode}:\n{done.stderr}")
    return done.stdout, seconds
