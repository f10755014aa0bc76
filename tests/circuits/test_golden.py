"""A self-referential machine word by word, in the forms that say all of it; the detector's are golden elsewhere."""

from pathlib import Path

from dmm.machine.files import machine_from_json
from dmm.tasks.variables import teacher

GOLDEN = Path(__file__).parent / "golden"


def test_equations():
    assert teacher().show() + "\n" == (GOLDEN / "variables.equations").read_text(encoding="utf-8")


def test_json():
    text = (GOLDEN / "variables.json").read_text(encoding="utf-8")
    assert machine_from_json(text) == teacher()
    assert machine_from_json(text).show("json") + "\n" == text
