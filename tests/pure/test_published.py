"""The published runs, to the last bit: states by checksum, printed numbers, and statistics of long runs.

What stands beside the repository is read from there. Checksums in this file were printed by a translation of the
published programs to Java that shares nothing with this package; tables are from `semantics.md`, section 5.
"""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from dmm.pure.experiments import PURE_EXPERIMENTS, afterlife_9_1
from dmm.pure.machine import PureState, squeezed
from dmm.pure.program import pure_program

OF_2016 = {"aug_25": "aug_25_16", "aug_27": "aug_27_16"}
OF_2018 = {"afterlife_9_1": "After_9_1_seed", "conway_1": "After_conway_1_seed"}


def published(reference, entry):
    return json.loads((reference / "processing" / "lightweight_pure.json").read_text())[entry]


def hexadecimal(state):
    return [f"{checksum:x}" for checksum in state.checksums()]


def non_zero(matrix):
    return {f"{i},{j}": float(matrix[i, j]) for i, j in zip(*np.nonzero(matrix), strict=True)}


# -- recorded states ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OF_2016)
def test_every_state_of_2016(reference, name):
    start, *rows = published(reference, OF_2016[name])["ticks"]
    machine = PURE_EXPERIMENTS[name]()
    assert non_zero(machine.start().matrix) == start["W_nonzero"]
    for (moved, state), row in zip(machine.trace(len(rows)), rows, strict=True):
        assert state.tick == row["tick"]
        assert non_zero(state.matrix) == row["W_nonzero"]
        others = {str(k): non_zero(state.outputs[k]) for k in range(1, 11)}
        assert {k: v for k, v in others.items() if v} == {k: v for k, v in row["other_outputs_nonzero"].items() if v}
        assert hexadecimal(state) == row["crc_outputs_inputs"]
        printed = [moved.matrix[0, 0]] if name == "aug_25" else [moved.matrix[1, 1], moved.inputs[1, 1, 1]]
        assert printed == row["printed"]


@pytest.mark.parametrize("name", OF_2018)
def test_every_recorded_state_of_2018(reference, name):
    entry = published(reference, OF_2018[name])
    printed = [[np.float32(x) for x in row] for row in entry["printed_last3=[W00,W11,I1_11]"]]
    checksums = {int(tick): pair for tick, pair in entry["crc"].items()}
    for moved, state in PURE_EXPERIMENTS[name]().trace(max(checksums)):
        if state.tick <= len(printed):
            assert [moved.matrix[0, 0], moved.matrix[1, 1], moved.inputs[1, 1, 1]] == printed[state.tick - 1]
        if state.tick in checksums:
            assert hexadecimal(state) == checksums[state.tick]


LATER_STATES = {
    "afterlife_9_1": {1501: "d69e7e8f 2219d962"},
    "conway_1": {1501: "3a8c5c9 da87f745"},
    "conway_2": {2: "e43650d8 e0fe2755", 51: "514f34b5 89fa35f9", 1001: "fb7a51f1 27f7fe12"},
    "conway_4": {
        51: "85833431 33d4da52",
        1001: "1f6cc714 4136ff18",
        2051: "c693da43 56fe31ed",
        2601: "d4e35b5b 97454090",
    },
    "conway_5": {
        51: "638111c4 33d4da52",
        1001: "36f63931 c11aaace",
        2051: "5f781e3 59ac0ac8",
        2601: "6b9fe269 a3346256",
    },
}


@pytest.mark.parametrize("name", LATER_STATES)
def test_later_states(name):
    """After every change of the schedules, too."""
    machine, state = PURE_EXPERIMENTS[name](), None
    for tick, checksums in LATER_STATES[name].items():
        state = machine.run(tick - (state.tick if state else 0), state)
        assert " ".join(hexadecimal(state)) == checksums


# -- tables ------------------------------------------------------------------------------------------------------------


SCALES = [1, 0.95, 0.9025, 0.861775, 0.826679, 0.795982, 0.768783, 0.744429, 0.722430, 0.702412]
SCALES += [0.684083, 0.667207, 0.651595, 0.637092, 0.623567, 0.610912, 0.599035, 0.587857, 0.577309, 0.567334]


def test_aug_25_fades_as_its_closed_form_says():
    """All rows below the first share a scale s with s(t + 1) = s(t) (1 - s(t - 1)**2 / 20)."""
    s = [1.0, 1.0]
    for _ in range(199):
        s.append(s[-1] * (1 - 0.05 * s[-2] ** 2))
    assert s[1:21] == pytest.approx(SCALES, abs=1e-6)
    for _, state in PURE_EXPERIMENTS["aug_25"]().trace(200):
        scale = s[state.tick]
        expected = {"0,0": 1, "1,2": -0.1 * scale, "2,0": 0.5 * scale, "4,0": 0.5 * scale, "5,0": 0.5 * scale}
        assert non_zero(state.matrix) == pytest.approx(expected, rel=2e-6)


def test_aug_26_alternates():
    for moved, state in PURE_EXPERIMENTS["aug_26"]().trace(20):
        assert (moved.matrix[1, 1], moved.inputs[1, 1, 1]) == ((-1, -2) if state.tick % 2 else (1, 2))


def test_aug_27_is_a_wave_of_period_five():
    printed = [(float(x.matrix[1, 1]), float(x.inputs[1, 1, 1])) for x, _ in PURE_EXPERIMENTS["aug_27"]().trace(20)]
    assert printed == 4 * [(0, -1), (0, 0), (0, 0), (0, 0), (1, 1)]
    places = [np.flatnonzero(x.matrix[1]).tolist() for _, x in PURE_EXPERIMENTS["aug_27"]().trace(5)]
    assert places == [[3], [5], [7], [9], [1]]


PRINTED = {  # (W[1][1], inputs[1][1][1]) of the first ticks
    "conway_2": ["1.4356604 -0.11936", "3.6502697 3.1169746", "2.8120997 1.9944072"],
    "conway_3": ["1.4356604 -0.11936", "3.6502697 3.1169746", "2.8120997 1.9944072"],
    "conway_4": ["1.4356604 -0.11936", "2.7294428 2.1961477"],
    "conway_5": ["1.4356604 -0.11936", "2.7294428 2.1961477"],
}


@pytest.mark.parametrize("name", PRINTED)
def test_first_printed_numbers_of_the_large_networks(name):
    rows = PRINTED[name]
    ticks = PURE_EXPERIMENTS[name]().trace(len(rows))
    assert [f"{moved.matrix[1, 1]!s} {moved.inputs[1, 1, 1]!s}" for moved, _ in ticks] == rows


# -- statistics of long runs -------------------------------------------------------------------------------------------


def means(name, ticks):
    """m(t): the mean of all squeezed inputs."""
    machine = PURE_EXPERIMENTS[name]()
    return np.asarray(pure_program(machine, ticks, read=lambda tick: tick.state.inputs.mean())(machine.start())[1])


def sign_changes(m):
    return np.flatnonzero(np.diff(np.sign(m)))


@pytest.mark.parametrize(
    ("name", "ticks", "low", "high", "changes", "dwell"),
    [("conway_1", 3000, -0.568, 0.613, 159, 19), ("conway_2", 2000, -0.380, 0.391, 136, 15)],
)
def test_the_mean_tips_between_two_signs(name, ticks, low, high, changes, dwell):
    m = means(name, ticks)
    assert (m.min(), m.max()) == pytest.approx((low, high), abs=5e-4)
    assert len(sign_changes(m)) == changes
    assert np.median(np.diff(sign_changes(m))) == dwell


def test_two_humps_of_conway_1():
    m = means("conway_1", 3000)
    assert m.std() == pytest.approx(0.492, abs=5e-4)
    assert ((m >= -0.6) & (m < -0.4)).sum() == 1183
    assert ((m >= 0.4) & (m < 0.6)).sum() == 1300


def test_sign_changes_of_conway_4():
    assert len(sign_changes(means("conway_4", 2600))) == 158


def test_phases_of_9_1_show_in_its_activity():
    """It has no two signs; but what changes in a tick is little for a while, then much for a while."""
    machine = afterlife_9_1()
    inputs = np.asarray(pure_program(machine, 3000, read=lambda tick: tick.state.inputs)(machine.start())[1])
    assert np.abs(inputs.mean((1, 2, 3))).max() < 0.11
    activity = np.array([np.abs(after - before).mean() for before, after in pairwise(inputs)])
    assert np.quantile(activity, [0.25, 0.5, 0.75]) == pytest.approx([0.0086, 0.021, 0.053], abs=5e-4)
    edges = [-1, *sign_changes(activity - 0.01), len(activity) - 1]
    runs = {True: [], False: []}
    for first, last in pairwise(edges):
        runs[bool(activity[last] < 0.01)].append(last - first)
    assert {44, 73, 52, 45, 72} <= set(runs[True])
    assert {116, 79, 198, 204} <= set(runs[False])


def test_without_squeeze_all_is_lost():
    """Random networks that accumulate grow past float32."""
    for seed in range(3):
        machine = replace(afterlife_9_1(seed), squeeze=False)
        with np.errstate(all="ignore"):
            assert not np.isfinite(machine.run(60).inputs).all()


def test_no_published_run_meets_a_matrix_of_zeros():
    """There the published programs would divide 0 by 0; ours leaves zero as it is."""
    for name in ("afterlife_9_1", "conway_1", "conway_4"):
        machine = PURE_EXPERIMENTS[name]()

        def smallest(tick):
            return abs(tick.moved.outputs).max((1, 2)).min(), abs(tick.moved.inputs).max((1, 2)).min()

        outputs, inputs = pure_program(machine, 600, read=smallest)(machine.start())[1]
        assert min(outputs.min(), inputs.min()) > 0
    assert squeezed(np.zeros((2, 3, 3))).tolist() == np.zeros((2, 3, 3)).tolist()


def test_checksums_do_not_see_the_sign_of_zero():
    plus = PureState(0, np.zeros((3, 3, 2), np.float32), np.zeros((2, 3, 2), np.float32))
    minus = PureState(0, -plus.inputs, -plus.outputs)
    assert plus.checksums() == minus.checksums()
