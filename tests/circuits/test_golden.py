"""A self-referential machine in the forms that say all of it, word by word; those of the detector are golden elsewhere."""

from pathlib import Path

import pytest

from dmm.tasks.variables import teacher

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("form", ["equations", "json"])
def test_the_machine_of_variables(form):
    assert teacher().show(form) + "\n" == (GOLDEN / f"variables.{form}").read_text(encoding="utf-8")
