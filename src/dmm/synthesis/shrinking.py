"""Shrinking: from the template to a machine of few links that still fits the data.

Each unit trains with fresh moments and then accepts a smaller machine, or goes back to the one before.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from dmm.machine.machine import Machine
from dmm.synthesis.penalties import Penalty
from dmm.synthesis.position import Position, Stage, Undone
from dmm.synthesis.pruning import RULES, bypasses, least, without, without_dead
from dmm.synthesis.template import initialise, weights_seed
from dmm.synthesis.workbench import STUCK, Workbench
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue

PARTS_AT_ONCE = (0.4, 0.2, 0.1, 0.05)  # of the links, that are tried to do without together
FALLING = (1.0, 0.3, 0.1, 0.03)  # of the learning rate, where a minimum is sought
STRICT = 4  # attempts in which only a loose loss will do


def warm_up(bench: Workbench, position: Position) -> Position:
    """Train the whole template with the penalty, from several random starts at once; the best goes on.

    With a curriculum, only the beginnings of the streams are scored at first. Where memories are trained, the learning
    rate falls the more the longer the streams are.
    """
    s = bench.settings
    seeds = (weights_seed(bench.seed, position.attempt, k) for k in range(1, s.population))
    more = [initialise(position.machine, seed, s.scale) for seed in seeds]
    machines, losses = [position.machine, *more], [position.loss]
    stages = [(part / s.curriculum, rate) for part in range(1, s.curriculum + 1) for rate in bench.falling(position)]
    for until, part in stages:
        machines, losses, steps = bench.train(
            position, machines, s.warm_up // len(stages), part * s.learning_rate, s.penalty, until=until
        )
        position = replace(position, steps=steps)
    best = min(range(len(machines)), key=lambda k: losses[k])
    position = replace(position, machine=machines[best], loss=losses[best], undone=None, stage=Stage.CUT)
    return paid(bench, position, s.penalty)


def cut(bench: Workbench, position: Position) -> Position:
    """Cut a fraction of the links, the least important, and train; go back and halve the fraction where that fails.

    After some attempts, it is enough that the loss has not grown: a template that comes nowhere near the targets before
    it is cut would never be cut.
    """
    s = bench.settings
    if position.links <= s.few:
        return replace(position, stage=Stage.FIT)
    count = max(1, int(position.links * position.cut))
    importance = RULES[s.rule](bench.trainer(position), position.machine.matrix)
    smaller = without(position.machine, least(importance, count))
    after = replace(position, machine=without_dead(smaller, bench.support(position)))
    after, is_loose = recovered(bench, after, s.recovery, position.loss if position.attempt > STRICT else 0.0)
    if is_loose:
        return replace(after, cut=min(1.5 * position.cut, s.cut), undone=None)
    back = replace(position, cut=position.cut / 2, steps=after.steps, undone=Undone(after.links, after.loss))
    if count > 1:
        return back
    if position.links <= STUCK * s.few:
        return replace(back, stage=Stage.FIT)
    return next_attempt(bench, back, f"cutting led no further than {position.links} links")


def fit(bench: Workbench, position: Position) -> Position:
    """Train without penalty; a machine that cannot fit the data now will not do so with fewer links."""
    s, energy = bench.settings, bench.data(position).energy
    position = replace(position, penalty=0.0, undone=None)
    for rate in FALLING:
        (machine,), (loss,), steps = bench.train(
            position, [position.machine], s.fine_recovery, rate * s.learning_rate, s.free, s.tight * energy / 2
        )
        position = replace(position, machine=machine, loss=loss, steps=steps)
        if loss < s.tight * energy:
            return replace(position, stage=Stage.PROBE)
    failure = f"{position.links} links fit the examples only to {position.loss / energy:.1g} of their energy"
    return next_attempt(bench, position, failure)


def probe(bench: Workbench, position: Position) -> Position:
    """Look for random streams on which the machine is far off; without any, go over to trying links one by one.

    That runs in a program of the neurons that are left, the sources and the constants.
    """
    known = position.challenges
    new = [stream for stream in bench.prober.worst(position.machine) if stream not in known]
    if new := new[: max(bench.settings.challenges - len(known), 0)]:
        return replace(position, challenges=(*known, *new), stage=Stage.LEARN)
    whole = bench.space(position.attempt)
    kept = [name for name in whole.neurons if name in position.machine.neurons or not _listens(whole, name)]
    return replace(position, stage=Stage.REFINE, tried=0, workspace=tuple(kept), trunk=position.machine)


def learn(bench: Workbench, position: Position) -> Position:
    """Train on the data with the new counter-examples; start again from other weights where that fails."""
    position, is_loose = recovered(bench, position, bench.settings.fine_recovery)
    if is_loose:
        return replace(position, stage=Stage.FIT)
    return next_attempt(bench, position, f"{position.links} links could not learn a counter-example")


def _listens(machine: Machine, name: str) -> bool:
    return machine.type_of(name).inputs != ()


def refine(bench: Workbench, position: Position) -> Position:
    """Try to do without one link or one neuron, several changes at once; keep the best that succeeds."""
    s = bench.settings
    changes = list(islice(_smaller(bench, position), position.tried, position.tried + s.batch))
    if not changes:
        return replace(position, stage=Stage.SETTLE, tried=0, penalty=0.0, undone=None)
    tight = s.tight * bench.data(position).energy
    machines, losses, back = changes, [float("inf")] * len(changes), position
    for rate in (s.learning_rate, s.learning_rate / 3):
        machines, losses, steps = bench.train(back, machines, s.fine_recovery, rate, s.fine, tight / 2)
        back = replace(back, steps=steps)
        fit = [k for k in range(len(machines)) if losses[k] < tight]
        if fit:
            best = min(fit, key=lambda k: (len(machines[k].matrix), losses[k]))
            accepted = replace(back, machine=machines[best], loss=losses[best], tried=0, undone=None)
            return paid(bench, accepted, s.fine)
    nearest = min(range(len(machines)), key=lambda k: losses[k])
    undone = Undone(len(machines[nearest].matrix), losses[nearest])
    return replace(back, tried=position.tried + s.batch, undone=undone)


def _smaller(bench: Workbench, position: Position) -> Iterator[Machine]:
    """The machine without many of its least important links, without fewer, without each alone, without one neuron."""
    trainer = bench.trainer(position)
    effects = trainer.effects(position.machine.matrix)
    order = sorted(effects, key=lambda path: effects[path])
    many = {int(len(order) * part) for part in PARTS_AT_ONCE} - {0, 1}
    changes = [(Support(order[:count]), VValue()) for count in sorted(many, reverse=True)]
    changes += [(Support([path]), VValue()) for path in order]
    changes += bypasses(position.machine, trainer.links)
    for gone, new in changes:
        changed = without(position.machine, gone)
        smaller = without_dead(changed.with_matrix(changed.matrix + new), bench.support(position))
        if 0 < len(smaller.matrix) < position.links:
            yield smaller


def next_attempt(bench: Workbench, position: Position, failure: str | None = None) -> Position:
    """The start of another attempt, which remembers what was found and learned; the end, if there were enough."""
    failures = position.failures if failure is None else (*position.failures, failure)
    if failure is not None and position.loss < position.spare_loss:
        position = replace(position, spare=position.machine, spare_loss=position.loss)
    if position.attempt >= (position.last or bench.settings.attempts):
        return replace(position, stage=Stage.THIN, circuit=None, failures=failures)
    fresh = bench.start(position.attempt + 1)
    return replace(
        fresh,
        steps=position.steps,
        last=position.last,
        undone=position.undone,
        spare=position.spare,
        spare_loss=position.spare_loss,
        challenges=position.challenges,
        found=position.found,
        failures=failures,
    )


def recovered(bench: Workbench, position: Position, steps: int, bound: float = 0.0) -> tuple[Position, bool]:
    """The position after so many steps, up to `patience` times, until the loss is loose; and whether it came to be.

    A loss below the `bound` will do, too.
    """
    s = bench.settings
    for _ in range(s.patience):
        rate = bench.falling(position)[-1] * s.learning_rate
        (machine,), (loss,), total = bench.train(position, [position.machine], steps, rate, s.penalty)
        position = replace(position, machine=machine, loss=loss, steps=total)
        if loss < max(bound, bench.loose(position)):
            return paid(bench, position, s.penalty), True
    return position, False


def paid(bench: Workbench, position: Position, penalty: Penalty) -> Position:
    """The position with what a training under that penalty paid for the links of its machine."""
    return replace(position, penalty=bench.trainer(position).paid(position.machine.matrix, penalty))
