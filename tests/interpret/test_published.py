"""The interpreter repeats what the original programs printed."""

import numpy as np
import pytest

from dmm.interpret.cycle import run
from published import every_published_loss, machine, needs_reference, rows, text_stream, tolerance

pytestmark = needs_reference


def outputs(file, stream, number=float, dot_cap=4.0):
    """The two numbers of the published machines, tick by tick."""
    answers, _ = run(machine(file, dot_cap), stream, number=number)
    return np.array([[a["dict-1"].scalar, a["dict-2"].scalar] for a in answers], np.float64)


def test_published_trace():
    """Both outputs of the 19-link circuit and of the hand-written detector, 140 ticks; float32 as printed."""
    (trace,) = rows("published_trace.json")
    stream = text_stream("".join(trace["string"]), 10, len(trace["trainable"]))
    assert outputs(trace["matrix"], stream) == pytest.approx(np.array(trace["trainable"]), rel=1e-6, abs=1e-6)
    assert outputs("handcrafted.json", stream) == pytest.approx(np.array(trace["handcrafted"]), rel=1e-6, abs=1e-6)


@every_published_loss
def test_published_loss(row):
    stream = text_stream(row["text"], row["every"], row["ticks"])
    found, wanted = (outputs(file, stream, np.float32, row["dot_cap"]) for file in (row["machine"], "handcrafted.json"))
    assert float(np.sum((found - wanted) ** 2)) == pytest.approx(row["loss"], rel=tolerance(row["loss"]))
