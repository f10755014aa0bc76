"""How soon does a command answer: `dmm --help`, and the second `dmm eval` of a machine compared with the first?"""

import tempfile
from pathlib import Path
from statistics import median

from benchmarks.machines import seed_machine
from benchmarks.result import Figure, Result
from benchmarks.timing import run_python
from dmm.machine.files import save_machine
from dmm.tasks.streams import PUBLISHED_EVERY, PUBLISHED_TEXT, PUBLISHED_TICKS

STARTS = 5


def measure() -> Result:
    """Seconds from start to exit."""
    helps = [run_python("-m", "dmm", "--help")[1] for _ in range(STARTS)]
    with tempfile.TemporaryDirectory() as folder:
        machine = Path(folder) / "seed.json"
        save_machine(seed_machine(), machine)
        first, *later = [_evaluate(machine, Path(folder) / "cache") for _ in range(1 + STARTS)]
    return Result(
        (
            Figure("dmm --help", median(helps), "s", at_most=0.3),
            Figure("dmm eval, first start", first, "s"),
            Figure("dmm eval, later starts", median(later), "s"),
            Figure("dmm eval, later over first", median(later) / first, at_most=1.0),
        )
    )


def _evaluate(machine: Path, cache: Path) -> float:
    stream = ("--text", PUBLISHED_TEXT, "--every", str(PUBLISHED_EVERY), "--ticks", str(PUBLISHED_TICKS))
    return run_python("-m", "dmm", "eval", str(machine), *stream, XDG_CACHE_HOME=str(cache))[1]
