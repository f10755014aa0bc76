"""Finishing: from a machine of few links to a circuit that was challenged, rewired and judged."""

from dataclasses import replace

from dmm.machine.machine import Machine
from dmm.synthesis.front import Found, shortest
from dmm.synthesis.least_squares import Settler
from dmm.synthesis.position import Position, Stage
from dmm.synthesis.pruning import without, without_dead
from dmm.synthesis.repair import around
from dmm.synthesis.rewiring import rewirings
from dmm.synthesis.rounding import plainer
from dmm.synthesis.shrinking import next_attempt, recovered
from dmm.synthesis.simplify import simplified
from dmm.synthesis.training import Trained, Trainer
from dmm.synthesis.verify import Judge, Verdict
from dmm.synthesis.workbench import SOFT_MOST, Workbench, example_error
from dmm.tasks.task import Stream
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue

MENDS = 3  # finished circuits of one attempt that may learn from a counter-example
TWO = 2  # circuits by examples alone, so that it shows what the examples leave open
MORE = 4  # attempts after the first exact circuit, to find another to choose from
ROUNDED, MARGIN = 1e-12, 10.0  # the loss that a rounded weight may leave: of the energy of the targets, and of the loss
CANDIDATES = 12  # rewired circuits that are examined before giving up
FRONT_STREAMS, FRONT_LONGEST = 200, 100  # by which the small circuits of the front are judged


def settle(bench: Workbench, position: Position) -> Position:
    """Bring the weights to the least sum of squares, and simplify."""
    settled = bench.settle(position, position.machine.matrix)
    if bench.is_soft or position.machine.own_matrix:
        settled = _plainer(bench, position, settled)
    machine = position.machine.with_matrix(settled.matrix)
    circuit = simplified(machine, bench.as_good_as(machine, position))
    return replace(position, machine=machine, loss=settled.loss, circuit=circuit, stage=Stage.CHALLENGE)


def _plainer(bench: Workbench, position: Position, settled: Trained) -> Trained:
    """Where memories are trained, or the links change, weights are free in ways of which no gauge is known."""
    bound = max(ROUNDED * bench.data(position).energy, MARGIN * settled.loss)
    own = [path for path in settled.matrix.support if path[0] == path[2]]

    def settle(matrix: VValue, fixed: Support) -> Trained:
        return bench.settle(position, matrix, SOFT_MOST, fixed)

    return plainer(settled, own, settle, bound)


def challenge(bench: Workbench, position: Position) -> Position:
    """Look for a stream on which the circuit is wrong; learn from it, if there is one."""
    assert position.circuit is not None
    against = bench.challenger.counter_example(position.circuit)
    return _learned(bench, position, against.stream) if against else replace(position, stage=Stage.REWIRE)


def _learned(bench: Workbench, position: Position, stream: Stream, verdict: Verdict | None = None) -> Position:
    if len(position.challenges) >= bench.settings.challenges or stream in position.challenges:
        return judged(bench, position, verdict)
    learned = replace(position, challenges=(*position.challenges, stream))
    if position.mends == MENDS:
        return next_attempt(bench, learned, f"a circuit of {position.links} links met ever new counter-examples")
    return replace(learned, circuit=None, mends=position.mends + 1, stage=Stage.MEND)


def mend(bench: Workbench, position: Position) -> Position:
    """Train on the data with the new counter-example: the machine itself, else the trunk it came from."""
    s, energy = bench.settings, bench.data(position).energy
    (machine,), _, steps = bench.train(
        position, [position.machine], s.fine_recovery, s.learning_rate, s.fine, s.tight * energy / 2
    )
    settled = bench.settle(position, machine.matrix)
    position = replace(position, steps=steps)
    if settled.loss < s.tight * energy:
        return replace(position, machine=machine.with_matrix(settled.matrix), loss=settled.loss, stage=Stage.SETTLE)
    assert position.trunk is not None
    trunk, is_loose = recovered(bench, replace(position, machine=position.trunk), s.fine_recovery)
    if is_loose:
        return replace(trunk, stage=Stage.REFINE, tried=0)
    position = replace(position, steps=trunk.steps)
    return next_attempt(bench, position, f"a counter-example could not be learned with {position.links} links")


def rewire(bench: Workbench, position: Position) -> Position:
    """Look for a smaller circuit in which one link comes from elsewhere, as long as there is one."""
    circuit = position.circuit
    assert circuit is not None
    if circuit.own_matrix:  # who hears whom is not told by its links
        return replace(position, stage=Stage.JUDGE)
    trainer = bench.trainer(position)
    if not set(circuit.neurons) <= set(trainer.machine.neurons):
        trainer = bench.new_trainer(around(circuit, bench.task.parts), bench.data(position))
    while smaller := _rewired(bench, position, circuit, trainer):
        circuit = smaller
    return replace(position, circuit=circuit, stage=Stage.JUDGE)


def _rewired(bench: Workbench, position: Position, circuit: Machine, trainer: Trainer) -> Machine | None:
    candidates = rewirings(circuit, trainer)[:CANDIDATES]
    if not candidates:
        return None
    is_as_good = bench.as_good_as(circuit, position)
    refuted: list[Stream] = []
    for matrix in candidates:
        candidate = without_dead(trainer.machine.with_matrix(matrix), bench.support(position))
        if any(example_error(candidate, bench.task.example(x), bench.task) > bench.settings.accept for x in refuted):
            continue
        if is_as_good(candidate):
            against = bench.challenger.counter_example(candidate)
            if against is None:
                return simplified(candidate, bench.as_good_as(candidate, position))
            refuted.append(against.stream)
    return None


def judge(bench: Workbench, position: Position) -> Position:
    """The verdict on many streams that no stage has seen; where it is a refusal, learn from the shortest of them."""
    assert position.circuit is not None
    verdict = bench.judge(position).verdict(position.circuit)
    if verdict.exact or bench.task.teacher is None or verdict.failing is None:
        return judged(bench, position, verdict)
    return _learned(bench, position, verdict.failing, verdict)


def judged(bench: Workbench, position: Position, verdict: Verdict | None = None) -> Position:
    """Note the circuit and its verdict; go on until enough exact ones are found."""
    circuit = position.circuit
    assert circuit is not None
    found = Found(circuit, bench.loss(circuit, position), verdict or bench.judge(position).verdict(circuit))
    position = replace(position, found=(*position.found, found))
    exact = sum(each.good for each in position.found)
    taught = bench.task.teacher is not None
    if exact >= (bench.settings.choice if taught else max(TWO, bench.settings.choice)):
        return replace(position, stage=Stage.THIN)
    if exact and not position.last:
        position = replace(position, last=min(position.attempt + MORE, bench.settings.attempts))
    failure = None if found.good else f"a circuit of {found.links} links errs by {found.verdict.max_error:.2g}"
    return next_attempt(bench, position, failure)


def thin(bench: Workbench, position: Position) -> Position:
    """The front below the best circuit: link after link goes, the least important, and the rest is settled."""
    position = replace(position, stage=Stage.DONE)
    if not position.found:
        return position
    best = shortest(position.found)
    panel = Judge(bench.task, streams=FRONT_STREAMS, longest=FRONT_LONGEST)
    found, machine = list(position.found), best.circuit
    trainer = bench.new_trainer(machine, bench.data(position))
    settler = Settler(trainer)
    while len(machine.matrix) > 1:
        effects = trainer.effects(machine.matrix)
        gone = min(effects, key=lambda path: effects[path])
        machine = without_dead(without(machine, Support([gone])), bench.support(position))
        if not machine.matrix:
            break
        trained = settler.settle(machine.matrix)
        machine = machine.with_matrix(trained.matrix)
        verdict = panel.verdict(machine)
        exact = verdict.exact  # of few streams: the judge has the last word
        found.append(Found(machine, trained.loss, bench.judge(position).verdict(machine) if exact else verdict))
    return replace(position, found=tuple(found))
