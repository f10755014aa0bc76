"""The experiments in evolution: numbers that their author wrote down, drawn coordinates, and full states.

Checksums were printed by a translation of the published programs to Java that shares nothing with this package.
"""

import numpy as np
import pytest

from dmm.pure.ensembles import WAVES, BalancedUpdates, Drift, Mutations
from dmm.pure.experiments import conway_2, random_outputs
from dmm.pure.java_random import JavaRandom
from dmm.pure.machine import PureMachine, PureState

CHOICES = {38: 4, 60: 2, 101: 0, 150: 3}


def checksums(state):
    """Of every member, outputs and inputs."""
    members = (PureState(state.tick, x, y) for x, y in zip(state.inputs, state.outputs, strict=True))
    return " ".join(f"{checksum:x}" for member in members for checksum in member.checksums())


def last(ticks):
    *_, tick = ticks
    return tick


# -- the author's own numbers ------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "choices", "ticks", "weight", "element"),
    [
        (29328, {38: 4, 125: 2, 189: 0, 219: 0, 249: 3}, 1743, "2.2047155", "1.5999374"),
        (757978, {135: 4, 201: 0}, 2953, "1.7866802", "1.2663258"),
    ],
)
def test_numbers_that_the_author_wrote_down(seed, choices, ticks, weight, element):
    """W[1][1] and inputs[1][1][1] of the first network, before the squeeze; comments of the published program."""
    moved, _ = last(Mutations(seed).trace(ticks, choices))
    assert (str(moved.matrix[0, 1, 1]), str(moved.inputs[0, 1, 1, 1])) == (weight, element)


# -- full states -------------------------------------------------------------------------------------------------------

LIFE_STATES = {
    11: "a60df418 39e21d76 c4d040ae a7b8ccdd 9d112ea8 ad50916f 52e3e90c 1f636da8 9ff631f7 8787b232",
    101: "15bb7c4 74af5632 15bb7c4 74af5632 15bb7c4 74af5632 15bb7c4 74af5632 15bb7c4 74af5632",
    301: "60bc260c b5c93bcd 80605e80 16e36a43 703a02a6 36d2679c d83e2ef9 16e4f1a1 6552299f cd0bf649",
}
WAVE_STATES = {
    11: "9a3baed2 19974de5 2ba0e777 4915edb4 81a74371 2e611d4e 3998aeab 60af4df2 1130ad51 a100d63c",
    301: "71d75e2 634ceec 21488e76 e4719059 dd2adb94 60c1191c 390e914f c16ff721 e8346dc5 cbf0530c",
}
DRIFTING_STATES = {
    11: "760c6078 2658b3ce 162d5832 953aa107 9a3baed2 19974de5 2b846444 b4dbdbfe c1587dfa da85208f",
    301: "5fa0aa8c 1286cac9 751361f1 f3f8de02 3f1c32ca 7681f379 c01128a2 b8ecbb5b 330144d f4df7400",
}


@pytest.mark.parametrize(
    ("mutations", "states"),
    [(Mutations(29328), LIFE_STATES), (Mutations(346010, WAVES), WAVE_STATES)],
    ids=["Games of Life", "waves"],
)
def test_states_of_mutations(mutations, states):
    """With noise of a quarter from tick 120 on."""
    ticks = mutations.trace(max(states), CHOICES, {120: 2})
    assert {x.state.tick: checksums(x.state) for x in ticks if x.state.tick in states} == states


def test_states_of_balanced_updates():
    ticks = BalancedUpdates().trace(max(DRIFTING_STATES), CHOICES)
    found = {x.state.tick: checksums(x.state) for _, x in ticks if x.state.tick in DRIFTING_STATES}
    assert found == DRIFTING_STATES


# -- choices and noise -------------------------------------------------------------------------------------------------


def test_members_part_ten_ticks_after_a_choice():
    def alike(state):
        return [bool((outputs == state.outputs[0]).all()) for outputs in state.outputs]

    apart, together = [True] + 4 * [False], 5 * [True]
    ticks = [alike(tick.state) for tick in Mutations(29328).trace(40, {20: 3})]
    assert ticks == 9 * [together] + 10 * [apart] + 10 * [together] + 11 * [apart]


def test_the_first_member_is_the_network_left_alone():
    ((_, state),) = (tick for tick in Mutations(29328).trace(15) if tick.state.tick == 15)
    start = random_outputs(JavaRandom(int(JavaRandom(29328).random_int(1000000))), 23, 24)
    alone = PureMachine(start, neurons=conway_2().neurons, squeeze=True).run(15)
    np.testing.assert_array_equal(state.outputs[0], alone.outputs)


def test_a_function_may_choose():
    seen = []

    def second(tick, state):
        seen.append((tick, state.tick))
        return 1 if tick == 12 else None

    chosen = last(Mutations(5).trace(13, second)).state
    assert seen == [(tick, tick - 1) for tick in range(1, 14)]
    np.testing.assert_array_equal(chosen.outputs, last(Mutations(5).trace(13, {12: 1})).state.outputs)


def test_halving_the_noise():
    """On outputs that stay as they are, the noise that is left is a half, a quarter."""
    constant = {0: "sum"}
    ticks = {n: last(Mutations(5, constant).trace(10, halvings={1: n})).moved.outputs for n in (0, 1, 2)}
    noise = {n: outputs[1, 5] - outputs[0, 5] for n, outputs in ticks.items()}
    assert noise[0].std() > 0.01
    assert noise[1] == pytest.approx(noise[0] / 2, abs=1e-6)
    assert noise[2] == pytest.approx(noise[0] / 4, abs=1e-6)


def test_noise_is_gaussian():
    """Of deviation 0.1, on every output, and another for each member."""
    mutations = Mutations(5, {0: "sum"}, wait=1)
    ((moved, _),) = mutations.trace(1)
    noise = moved.outputs[1:, 1:] - moved.outputs[0, 1:]
    assert noise.std(axis=(1, 2, 3)) == pytest.approx([0.1] * 4, rel=0.03)
    assert np.abs(noise.mean(axis=(1, 2, 3))).max() < 0.005
    assert np.abs(np.corrcoef(noise.reshape(4, -1)) - np.eye(4)).max() < 0.05


@pytest.mark.parametrize("member", [-1, 5])
def test_a_choice_of_nobody_is_refused(member):
    with pytest.raises(ValueError, match="members are 0 to 4"):
        list(Mutations(5).trace(3, {2: member}))


# -- balanced updates --------------------------------------------------------------------------------------------------


def test_drawn_coordinates():
    drifts = [drift for drift, _ in BalancedUpdates().trace(9, {5: 1, 9: 4})]
    first, then, last_ = Drift(302214, 18, (7, 11)), Drift(304206, 11, (22, 4)), Drift(901427, 18, (16, 18))
    assert drifts == 4 * [first] + 4 * [then] + [last_]


def test_the_member_in_the_middle_is_the_network_left_alone():
    """Until the first choice; the others drift apart, the further the longer."""
    updates = BalancedUpdates()
    free = updates.machine
    for (_, (_, state)), (_, alone) in zip(updates.trace(12), free.trace(12), strict=True):
        np.testing.assert_array_equal(state.outputs[2], alone.outputs[2])
        assert not (state.outputs[1] == alone.outputs[1]).all()


def test_a_drift_takes_from_one_weight_what_it_gives_to_another():
    """Network matrices that nothing changes keep the sum of each row, but for rounding."""
    updates = BalancedUpdates(activations={1: "identity"})
    start = updates.machine.initial[:, 0]
    ((drift, (moved, _)),) = updates.trace(1)
    gains, loses = drift.columns
    amount = np.float32(0.01) * np.arange(-2, 3, dtype=np.float32)
    change = moved.matrix - start
    assert change[:, drift.row, gains] == pytest.approx(amount, abs=1e-7)
    assert change[:, drift.row, loses] == pytest.approx(-amount, abs=1e-7)
    assert np.count_nonzero(change[0]) == 2


def test_a_second_column_is_drawn_until_it_differs():
    from dmm.pure.ensembles import drawn_drift

    for seed in range(300):
        row, (first, second) = drawn_drift(seed, 4, 3)[1:]
        assert 0 <= row < 4
        assert {first, second} < {0, 1, 2}
        assert first != second
