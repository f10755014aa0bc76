"""Published losses come out of `dmm eval`, in float32, with both engines."""

import json
from pathlib import Path

import pytest

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference" / "dmm_lite"
LOSSES = REFERENCE / "published_losses.json"
ROWS = json.loads(LOSSES.read_text(encoding="utf-8")) if LOSSES.is_file() else []
NAMES = [f"{row['machine']}, {row['text']}, {row['ticks']}" for row in ROWS]
COMPILED = {
    "ff3-initial.json",
    "ff3-1000-steps.json",
    "ff3-sparse20-after-100.json",
    "cf-s2-132.json",
    "ff2-initial.json",
}


def arguments_of(row, *more):
    clip, every, ticks = row["dot_cap"], row["every"], row["ticks"]
    options = ["--text", row["text"], "--every", every, "--ticks", ticks, "--dot-clip", clip, "--json", *more]
    return ["eval", REFERENCE / row["machine"], *options]


def assert_as_published(found, row):
    tolerance = 1e-5 if row["loss"] > 1e-3 else 1e-4
    assert found["loss"] == pytest.approx(row["loss"], rel=tolerance)
    if row["max_squared_error"] is not None:
        assert found["max_squared_error"] == pytest.approx(row["max_squared_error"], rel=tolerance)
    assert (found["ticks"], found["links"]) == (row["ticks"], row["links"])


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_the_interpreter_reproduces_published_losses(dmm, row):
    done = dmm(*arguments_of(row, "--engine", "interpret"))
    assert (done.status, done.err) == (0, "")
    assert_as_published(done.json, row)


@pytest.mark.parametrize("row", [row for row in ROWS if row["machine"] in COMPILED and row["ticks"] <= 140])
def test_the_compiler_reproduces_published_losses(dmm, row):
    done = dmm(*arguments_of(row))
    assert (done.status, done.err) == (0, "")
    assert_as_published(done.json, row)
