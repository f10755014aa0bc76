"""Threads, rates and inboxes: a live machine keeps its pace, answers while it runs, and loses and doubles nothing."""

import threading
import time
from statistics import median

import pytest

from dmm.live.machine import LiveMachine
from dmm.live.turns import MOST_LATE, Pace, Turns
from dmm.machine.machine import Machine
from dmm.vvalue.tree import VValue

PATIENCE = 60.0  # seconds that a loaded computer may take for what takes none


def counting(**options):
    """A machine that counts what it receives."""
    machine = Machine().add("input").add("accum").link("accum.dict-2", "input.char").read("accum")
    return LiveMachine(machine, **options)


def until(done):
    """Wait until it is so."""
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.001)


# -- running -----------------------------------------------------------------------------------------------------------


def test_it_runs_until_it_is_paused_and_again():
    with counting() as live:
        assert not live.running
        assert live.start().message == "running as fast as it can"
        until(lambda: live.tick > 10)
        assert live.pause()
        tick = live.tick
        time.sleep(0.02)
        assert live.tick == tick
        assert live.start()
        assert live.start()
        until(lambda: live.tick > tick + 10)
        live.stop()
        tick = live.tick
        time.sleep(0.02)
        assert live.tick == tick
        assert live.start()
        until(lambda: live.tick > tick)
    assert not [thread for thread in threading.enumerate() if thread.name == "dmm live"]


def test_it_steps_only_when_it_is_paused():
    with counting() as live:
        live.start()
        assert live.step() == (False, "the machine runs by itself; pause it first")
        live.pause()
        tick = live.tick
        assert live.step(3)
        assert live.tick == tick + 3


def test_the_rate_is_kept():
    with counting(rate=100) as live:
        begin = time.monotonic()
        live.start()
        until(lambda: live.tick >= 30)
        assert time.monotonic() - begin >= 0.28  # the first tick is due at once, the thirtieth after 0.29 seconds
        live.ask("rate 0.001")
        tick = live.tick
        time.sleep(0.05)
        assert live.tick <= tick + 1
        assert live.ask("rate max").message == "running as fast as it can"  # also wakes it from its long sleep
        until(lambda: live.tick > tick + 1000)


def test_a_pause_does_not_wait_for_the_next_tick():
    with counting(rate=0.001) as live:
        live.start()
        until(lambda: live.tick == 1)
        begin = time.monotonic()
        live.pause()
        live.stop()
        assert time.monotonic() - begin < PATIENCE


def test_ticks_are_due_at_multiples_whatever_delays_them():
    pace, now, due = Pace(50), 1000.0, []
    pace.begin(now)
    for k in range(500):
        wait = pace.wait(now)
        now += wait + 0.003 * (k % 5)  # it wakes up late
        due.append(now - 0.003 * (k % 5))
        pace.ticked(now)
    assert due == pytest.approx([1000 + k / 50 for k in range(500)])


def test_what_was_missed_for_long_is_not_made_up_for():
    pace = Pace(10)
    pace.begin(0.0)
    pace.ticked(0.5)  # three ticks behind, which follow at once
    assert pace.wait(0.5) == 0
    pace.ticked(5 + MOST_LATE)
    pace.ticked(5 + MOST_LATE)
    assert pace.wait(5 + MOST_LATE) > 0


def test_a_rate_is_above_zero():
    for rate in (0, -1, float("nan"), float("inf"), "fast", True):
        with pytest.raises(ValueError, match="is no rate"):
            counting(rate=rate)


# -- several threads ---------------------------------------------------------------------------------------------------


def test_turns_are_taken_in_the_order_of_asking():
    turns, order = Turns(), []
    threads = []
    with turns:
        for k in range(8):
            threads.append(threading.Thread(target=lambda k=k: _note(turns, order, k)))
            threads[-1].start()
            until(lambda k=k: len(turns._waiting) == k + 2)
    for thread in threads:
        thread.join(PATIENCE)
    assert order == list(range(8))


def _note(turns, order, k):
    with turns:
        order.append(k)


def test_it_answers_while_it_runs_as_fast_as_it_can():
    with counting() as live:
        live.start()
        waits = []
        for _ in range(200):
            begin = time.monotonic()
            assert live.ask("status")
            waits.append(time.monotonic() - begin)
        assert median(waits) < 0.05
        assert live.running
        assert live.tick > 50  # it was not kept from ticking either


def test_items_and_edits_of_many_threads_all_arrive_once_while_it_runs():
    """Each of eight threads sends its own items and adds to a link of its own; every one of them counts."""
    count, workers = 300, [f"w{k}" for k in range(8)]
    machine = Machine().add("input").add("accum").link("accum.dict-2", "input.char").read("accum")
    for name in workers:
        machine = machine.add(name, "norm")
    failures = []

    def work(live, name):
        done = 0
        while done < count:
            sent, edited = live.send("input", {name: 1}), None
            while not sent:
                time.sleep(0.001)
                sent = live.send("input", {name: 1})
            while not edited:
                edited = live.ask(f"add {name}.dict <- accum.dict 1")
                if not edited and "has room" not in edited.message:
                    failures.append(edited.message)
                    return
            done += 1

    with LiveMachine(machine, room=50) as live:
        live.start()
        threads = [threading.Thread(target=work, args=(live, name)) for name in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert not failures
        until(lambda: live.outputs["accum", "dict"] == VValue(dict.fromkeys(workers, count)))
        until(lambda: not live.snapshot().in_flight)
        assert [live.matrix[name, "dict", "accum", "dict"].scalar for name in workers] == [count] * len(workers)
        assert live.halted is None


def test_snapshots_are_whole_while_it_runs():
    """Two neurons that always agree agree in every snapshot."""
    machine = Machine().add("timer").add("other", "timer").read("timer")
    with LiveMachine(machine) as live:
        live.start()
        for _ in range(300):
            now = live.snapshot()
            assert now.outputs["timer", "timer"].scalar == now.outputs["other", "timer"].scalar == now.tick
        ticks = [record.tick for record in live.history]
        assert ticks == list(range(ticks[0], ticks[0] + len(ticks)))
