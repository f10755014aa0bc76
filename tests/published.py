"""The published experiments, as the tests repeat them: streams of text, and figures found beside the repository."""

import json
from pathlib import Path

import pytest

from dmm.machine.files import load_machine
from dmm.machine.machine import Machine
from dmm.vvalue.tree import VValue

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "reference" / "dmm_lite"


def text_stream(text: str, every: int, ticks: int) -> list[VValue]:
    """A character every so many ticks, the first at tick 1; the last one is repeated at the same pace."""
    items = [VValue()] * ticks
    for i, tick in enumerate(range(0, ticks, every)):
        items[tick] = VValue({text[min(i, len(text) - 1)]: 1})
    return items


def rows(file: str) -> list[dict]:
    """The rows of a file of published figures; none where there are no files."""
    path = FOLDER / file
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def row_name(row: dict) -> str:
    return f"{Path(row['machine']).stem}, {row['text']!r}, {row['ticks']} ticks"


def machine(file: str, dot_cap: float = 4.0) -> Machine:
    """A published machine, its `dot` clipped where the experiment clipped it."""
    return load_machine(FOLDER / file, parameters={"dot": {"clip": dot_cap}})


def tolerance(loss: float) -> float:
    """Relative: published losses are float32 sums in another order; small ones are differences of rounded numbers."""
    return 1e-5 if loss > 1e-3 else 1e-4


needs_reference = pytest.mark.usefixtures("reference")
every_published_loss = pytest.mark.parametrize("row", rows("published_losses.json"), ids=row_name)
