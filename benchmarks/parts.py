"""Which penalties, pruning rules and schedules lead to a circuit? The duplicate detector, twenty seeds each.

One attempt a seed, up to the machine of some thirty links that must fit the examples: what follows is the same for all,
and other attempts would hide the difference. Compilation is shared, so seconds are those of training.
"""

import sys
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from benchmarks.result import Figure, Result
from dmm.synthesis.penalties import L1, GroupL1, HardConcrete, Penalty, ProximalL1
from dmm.synthesis.position import Stage
from dmm.synthesis.search import advance
from dmm.synthesis.settings import Settings
from dmm.synthesis.workbench import Workbench
from dmm.tasks.duplicates import DUPLICATES

SEEDS = range(20)
HEAD = ("parts", f"fit of {len(SEEDS)}", "median links", "seconds a seed")
VARIANTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "as by default: L1(0.016), magnitude, tenth by tenth": {},
        "no penalty": {"penalty": Penalty()},
        "L1(0.004)": {"penalty": L1(0.004)},
        "L1(0.06)": {"penalty": L1(0.06)},
        "ProximalL1(0.0005)": {"penalty": ProximalL1(0.0005)},
        "ProximalL1(0.002)": {"penalty": ProximalL1(0.002)},
        "GroupL1(0.002)": {"penalty": GroupL1(0.002)},
        "HardConcrete(0.02)": {"penalty": HardConcrete(0.02)},
        "HardConcrete(0.2)": {"penalty": HardConcrete(0.2)},
        "rule: first-order": {"rule": "first-order"},
        "rule: deletion": {"rule": "deletion"},
        "cut 5 % at once": {"cut": 0.05},
        "cut 20 % at once": {"cut": 0.2},
        "warm up of 300 steps": {"warm_up": 300},
        "warm up of 4000 steps": {"warm_up": 4000},
        "recoveries of 300 steps": {"recovery": 300},
        "acceptance three times as strict": {"loose": 3e-4, "patience": 5},
        "down to 100 links": {"few": 100},
        "down to 20 links": {"few": 20},
        "best of 4 warm-ups": {"population": 4},
    }
)


def measure() -> Result:
    """The table, and how the default fares."""
    rows = [_row(name, variant) for name, variant in VARIANTS.items()]
    return Result((Figure(f"fit by default, of {len(SEEDS)}", rows[0][1]),), HEAD, tuple(rows))


def _row(name: str, variant: Mapping[str, Any]) -> tuple[Any, ...]:
    bench = Workbench(DUPLICATES, 0, Settings(attempts=10**6, **variant))
    advance(bench, bench.start(len(SEEDS) + 1))  # compiles
    began = time.perf_counter()
    fit = [links for seed in SEEDS if (links := _links(bench, seed + 1))]
    seconds = (time.perf_counter() - began) / len(SEEDS)
    row = name, len(fit), sorted(fit)[len(fit) // 2] if fit else "", f"{seconds:.1f}"
    print(*row, sep="  ", file=sys.stderr, flush=True)
    return row


def _links(bench: Workbench, attempt: int) -> int:
    """The links of the machine that fits, 0 if the attempt does not get there."""
    position = bench.start(attempt)
    while position.attempt == attempt and position.stage is not Stage.PROBE:
        position = advance(bench, position)
    return position.links if position.attempt == attempt else 0
