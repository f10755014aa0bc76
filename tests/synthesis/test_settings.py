"""Settings: those that make no sense are refused by name, and all survive the disk."""

import json

import pytest

from dmm import GroupL1, HardConcrete, Settings


@pytest.mark.parametrize(
    "setting",
    [
        {"few": 0.5}, {"population": True}, {"attempts": float("inf")}, {"attempts": 0},
        {"learning_rate": float("nan")}, {"cut": 5.0}, {"cut": "x"}, {"few": "3"}, {"penalty": -1}, {"penalty": None},
        {"rule": "taste"}, {"streams": 10**10}, {"tight": -1e-5},
    ],
    ids=str,
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(setting):
    (name,) = setting
    with pytest.raises(ValueError, match=f"the setting {name} is"):
        Settings(**setting)


@pytest.mark.parametrize("strength", [-1.0, float("nan"), float("inf"), 1e10])
def test_a_penalty_of_senseless_strength_is_refused(strength):
    with pytest.raises(ValueError, match="the strength of the penalty is"):
        Settings(penalty=GroupL1(strength))


@pytest.mark.parametrize(
    "settings",
    [Settings(), Settings(penalty=HardConcrete(0.5, start=1.0), rule="deletion", few=7)],
    ids=["default", "own"],
)
def test_settings_survive_the_disk(settings):
    assert Settings(**json.loads(json.dumps(settings.as_json()))) == settings


def test_the_penalties_of_all_stages_are_of_one_kind():
    settings = Settings(penalty=HardConcrete(0.5, start=1.0), fine_penalty=0.1)
    assert settings.fine == HardConcrete(0.1, start=1.0)
    assert settings.free == HardConcrete(0.0, start=1.0)
