"""Edits at random, valid and not: every answer is right, no state is corrupted, nothing crashes.

The long trial is that of `dmm bench live`, whose account keeps matrices as plain dictionaries; the short one lets
Hypothesis choose, and find the least history that goes wrong.
"""

from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dmm.live.machine import LiveMachine
from dmm.machine.machine import Machine

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("seed", "edits"), [(1, 20_000)])
def test_edits_at_random_are_answered_rightly(monkeypatch, seed, edits):
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks.live import Trial

    trial = Trial(seed)
    trial.edits(edits)
    assert trial.wrong == []
    assert trial.asked >= edits
    assert min(trial.accepted, trial.refused) > edits / 10
    assert trial.halts > 10


def test_the_benchmark_measures(monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks.live import measure

    values = {figure.name: figure.value for figure in measure(2000).figures}
    assert values["wrong answers or weights"] == 0
    assert values["accepted"] + values["refused"] == values["asked"] >= 2000


ENDS = [("norm", "dict", "one", "const_1"), ("norm", "dict", "accum", "dict"), ("accum", "dict-2", "norm", "norm")]
NUMBERS = st.one_of(st.sampled_from([0.0, 0.1, 0.3, -1.0, 1e17]), st.floats(-1e3, 1e3))


class Edited(RuleBasedStateMachine):
    """A few links; what is in flight is a list of (tick, link, weight then), what has arrived a dictionary."""

    def __init__(self):
        super().__init__()
        machine = Machine().add("one", "const_1").add("accum").add("norm").read("norm")
        self.live = LiveMachine(machine, room=5)
        self.arrived = dict(self.live.matrix.items())
        self.flying: list[tuple[int, dict]] = []
        self.kept = None

    def weight(self, link):
        """What the link will weigh in the end."""
        found = [weights[link] for _, weights in self.flying if link in weights]
        return found[-1] if found else self.arrived.get(link, 0.0)

    def asked(self, line, weights):
        """Ask, and note when the weights are those; refusals must be for want of room."""
        reply = self.live.ask(line)
        if not reply:
            assert "has room for 5" in reply.message
            assert len(self.live.snapshot().inboxes["update"]) >= 4
        elif "after tick" in reply.message:
            self.flying.append((int(reply.message.split()[-1]), weights))
        else:
            assert all(self.weight(link) == weight for link, weight in weights.items())

    @rule(link=st.sampled_from(ENDS), weight=NUMBERS)
    def set(self, link, weight):
        """A weight."""
        self.asked("set {}.{} <- {}.{} ".format(*link) + repr(weight), {link: weight})

    @rule(link=st.sampled_from(ENDS), change=NUMBERS)
    def add(self, link, change):
        """A change of one."""
        self.asked("add {}.{} <- {}.{} ".format(*link) + repr(change), {link: self.weight(link) + change})

    @rule(numbers=st.lists(NUMBERS, min_size=3, max_size=3))
    def buffer(self, numbers):
        """A change of several at once."""
        self.live.ask("buffer b zero")
        for link, number in zip(ENDS, numbers, strict=True):
            assert self.live.ask("buffer b set {}.{} <- {}.{} ".format(*link) + repr(number))
        changed = zip(ENDS, numbers, strict=True)
        self.asked("buffer b send", {link: self.weight(link) + number for link, number in changed})

    @rule(
        line=st.sampled_from(["set norm.dict <- one.const_2 1", "remove norm.dict <- one.x", "neuron norm : norm", "x"])
    )
    def mistake(self, line):
        """Something that is refused."""
        before = self.live.snapshot()
        assert not self.live.ask(line)
        assert self.live.snapshot() == before

    @rule(ticks=st.integers(1, 4))
    def step(self, ticks):
        """Some ticks."""
        assert self.live.step(ticks)
        for tick, weights in self.flying:
            if tick <= self.live.tick:
                self.arrived |= weights
        self.flying = [(tick, weights) for tick, weights in self.flying if tick > self.live.tick]

    @rule()
    def keep(self):
        """A snapshot."""
        self.kept = self.live.snapshot(), dict(self.arrived), list(self.flying)

    @rule()
    def go_back(self):
        """To the last snapshot."""
        if self.kept:
            snapshot, self.arrived, flying = self.kept
            self.arrived, self.flying = dict(self.arrived), list(flying)
            assert self.live.restore(snapshot)

    @invariant()
    def the_matrix_is_what_has_arrived(self):
        """But for a `set` that takes two updates, of which one has arrived."""
        wanted = {link: weight for link, weight in self.arrived.items() if weight}
        found = dict(self.live.matrix.items())
        half = {link for tick, weights in self.flying for link in weights if tick == self.live.tick + 1}
        assert {k: x for k, x in found.items() if k not in half} == {k: x for k, x in wanted.items() if k not in half}


Edited.TestCase.settings = settings(max_examples=60, stateful_step_count=25)
TestEdited = Edited.TestCase
