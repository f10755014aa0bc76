"""The search: from a template to a circuit in small units of work, each from one position to the next.

A position is all there is to know about a synthesis: where it stands, and the machine it stands on. Each unit trains
with fresh moments and then accepts a smaller machine or goes back to the one before, so any position can be written to
disk and taken up again. Stages: the template is trained (`warm up`), links are cut by size (`cut`), then tried one by
one, by their effect on the loss (`refine`), and what is left is trained without penalty, simplified and verified
(`polish`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from dmm.engines import run
from dmm.machine.machine import Machine
from dmm.synthesis.pruning import bypasses, smallest, without, without_dead
from dmm.synthesis.settings import Settings
from dmm.synthesis.simplify import simplified
from dmm.synthesis.template import initialise, layered
from dmm.synthesis.training import Trainer
from dmm.synthesis.verify import Verdict, differences, max_error, verify
from dmm.tasks.task import Task
from dmm.vvalue.flat import flatten
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue

CHECK_SEED = 2  # of streams for simplification; those of the verdict come from seed 1
ROUNDING = 1e-9


class Stage(StrEnum):
    """What a synthesis does next."""

    WARM_UP = "warm up"
    CUT = "cut"
    REFINE = "refine"
    POLISH = "polish"
    DONE = "done"


@dataclass(frozen=True)
class Position:
    """Where a synthesis stands.

    `machine` is the last accepted one and `loss` its loss; `cut` is the fraction to cut next, `tried` counts the
    changes tried in vain since the last accepted one, `steps` the steps of training so far, `found` the good circuits.
    `best` is the best polished circuit of all attempts, with its verdict.
    """

    stage: Stage
    attempt: int
    machine: Machine
    loss: float
    cut: float
    tried: int = 0
    steps: int = 0
    found: int = 0
    workspace: tuple[str, ...] = ()
    best: Machine | None = None
    best_loss: float = float("inf")
    verdict: Verdict | None = None

    @property
    def links(self) -> int:
        """The number of trained links."""
        return len(self.machine.matrix)


class Progress(NamedTuple):
    """A moment of a running synthesis."""

    stage: Stage
    attempt: int
    steps: int
    loss: float
    links: int


class Search:
    """A task, a seed and settings, and the compiled programs that serve the positions of one synthesis."""

    def __init__(self, task: Task, seed: int, settings: Settings, listen: Callable[[Progress], None] | None = None):
        self.task, self.seed, self.settings, self.listen = task, seed, settings, listen
        self.template = layered(layers=settings.layers, width=settings.width)
        self.streams = flatten([list(stream) for stream in task.training])
        self.targets = flatten([run(task.teacher, stream) for stream in task.training])
        self.energy = float((self.targets.leaves**2).sum())
        self._trainers: dict[tuple[str, ...], Trainer] = {}

    def start(self, attempt: int = 1) -> Position:
        """The template with the random weights of an attempt."""
        machine = initialise(self.template, 1000 * self.seed + attempt, self.settings.scale)
        return Position(Stage.WARM_UP, attempt, machine, float("inf"), self.settings.cut)

    def knows(self, position: Position) -> bool:
        """Whether the position's neurons and links are those of this search's template."""
        template = self.template
        return (
            set(position.workspace) <= set(template.neurons)
            and set(position.machine.neurons) <= set(template.neurons)
            and position.machine.matrix.support <= template.matrix.support
        )

    def advance(self, position: Position) -> Position:
        """The position after one more unit of work."""
        work = {Stage.WARM_UP: self.warm_up, Stage.CUT: self.cut, Stage.REFINE: self.refine, Stage.POLISH: self.polish}
        return work[position.stage](position)

    # -- stages ----------------------------------------------------------------------------------------------------

    def warm_up(self, position: Position) -> Position:
        """Train the whole template with the penalty."""
        s = self.settings
        position = self._train(position, position.machine, s.warm_up, s.learning_rate, s.penalty)
        return replace(position, stage=Stage.CUT)

    def cut(self, position: Position) -> Position:
        """Cut a fraction of the links, the smallest, and train; go back and halve the fraction where that fails."""
        s = self.settings
        if position.links <= s.few:
            return replace(position, stage=Stage.REFINE, tried=0, workspace=tuple(position.machine.neurons))
        count = max(1, int(position.links * position.cut))
        smaller = without(position.machine, smallest(position.machine, count))
        after = replace(position, machine=without_dead(smaller, self.streams.support))
        for _ in range(s.patience):
            after = self._train(after, after.machine, s.recovery, s.learning_rate, s.penalty)
            if after.loss < s.loose * self.energy:
                return replace(after, cut=min(1.5 * position.cut, s.cut))
        back = replace(position, cut=position.cut / 2, steps=after.steps)
        return self.next_attempt(back) if count == 1 else back

    def refine(self, position: Position) -> Position:
        """Try to do without one link, the least important first, then without one neuron; go back where that fails."""
        s = self.settings
        trainer = self.trainer(position)
        effects = trainer.effects(position.machine.matrix)
        by_effect = sorted(effects, key=lambda path: effects[path])
        changes = [(Support([path]), VValue()) for path in by_effect]
        changes += bypasses(position.machine, trainer.links)
        if position.tried >= len(changes):
            return replace(position, stage=Stage.POLISH, tried=0)
        gone, new = changes[position.tried]
        smaller = without(position.machine, gone)
        smaller = without_dead(smaller.with_matrix(smaller.matrix + new), self.streams.support)
        back = replace(position, tried=position.tried + 1)
        if len(smaller.matrix) >= position.links:
            return back
        enough = s.tight * self.energy / 2
        after = self._train(back, smaller, s.fine_recovery, s.learning_rate, s.fine_penalty, enough)
        if after.loss >= s.tight * self.energy:
            after = self._train(after, after.machine, s.fine_recovery, s.learning_rate / 3, s.fine_penalty, enough)
        if after.loss < s.tight * self.energy:
            return replace(after, tried=0)
        return replace(back, steps=after.steps)

    def polish(self, position: Position) -> Position:
        """Train without penalty, simplify, verify; start again until there are enough good circuits to choose."""
        s = self.settings
        for rate in s.polish:
            position = self._train(position, position.machine, s.polish_steps, rate)
        circuit = simplified(position.machine, self._as_good_as(position.machine))
        verdict = verify(circuit, self.task, count=s.held_out_count, factor=s.held_out_factor)
        found = position.found + (verdict.max_error <= s.accept)
        if position.best is None or position.verdict is None or self._is_better(circuit, verdict, position):
            position = replace(position, best=circuit, best_loss=self._exact_loss(circuit), verdict=verdict)
        position = replace(position, found=found)
        return replace(position, stage=Stage.DONE) if found >= s.choice else self.next_attempt(position)

    def next_attempt(self, position: Position) -> Position:
        """The start of another attempt, which remembers the best of those before; the end, if there were enough."""
        if position.attempt >= self.settings.attempts:
            return replace(position, stage=Stage.DONE)
        fresh = self.start(position.attempt + 1)
        return replace(
            position, stage=fresh.stage, attempt=fresh.attempt, machine=fresh.machine, loss=fresh.loss, cut=fresh.cut,
            tried=0, workspace=(),
        )  # fmt: skip

    # -- judging ---------------------------------------------------------------------------------------------------

    def _as_good_as(self, machine: Machine) -> Callable[[Machine], bool]:
        """Whether another machine errs no more than this one, on streams that are not those of the verdict."""
        streams = [*self.task.training, *self.task.held_out(CHECK_SEED, 8, 3 * self.task.training_ticks)]
        expected = [run(self.task.teacher, stream) for stream in streams]

        def errors(candidate: Machine) -> Iterator[float]:
            return (max_error(candidate, answers, stream) for answers, stream in zip(expected, streams, strict=True))

        bound = max(errors(machine)) + ROUNDING
        return lambda candidate: all(error <= bound for error in errors(candidate))

    def _is_better(self, circuit: Machine, verdict: Verdict, position: Position) -> bool:
        """Whether a circuit beats the best so far: good before not good, then fewer links, then the smaller error."""
        assert position.best is not None
        assert position.verdict is not None

        def rank(machine: Machine, judged: Verdict) -> tuple[bool, int, float]:
            good = judged.max_error <= self.settings.accept
            return not good, len(machine.matrix) if good else 0, judged.max_error

        return rank(circuit, verdict) < rank(position.best, position.verdict)

    def _exact_loss(self, machine: Machine) -> float:
        """The loss in training as the interpreter finds it."""
        found = (differences(machine, self.task.teacher, stream) for stream in self.task.training)
        return float(sum(difference.dot(difference) for stream in found for difference in stream))

    # -- training --------------------------------------------------------------------------------------------------

    def trainer(self, position: Position) -> Trainer:
        """The compiled program for a position: of the template, or of its part on the neurons that are left."""
        names = position.workspace
        if names not in self._trainers:
            machine = within(self.template, names) if names else self.template
            self._trainers = {key: kept for key, kept in self._trainers.items() if not key}  # the template's is kept
            self._trainers[names] = Trainer(machine, self.streams, self.targets)
        return self._trainers[names]

    def _train(
        self,
        position: Position,
        machine: Machine,
        steps: int,
        rate: float,
        penalty: float = 0.0,
        enough: float = 0.0,
    ) -> Position:
        total = position.steps

        def listen(done: int, loss: float) -> None:
            nonlocal total
            total += done
            if self.listen:
                self.listen(Progress(position.stage, position.attempt, total, loss, len(machine.matrix)))

        matrix, loss = self.trainer(position).train(
            machine.matrix, steps=steps, learning_rate=rate, penalty=penalty, enough=enough, listen=listen
        )
        return replace(position, machine=machine.with_matrix(matrix), loss=loss, steps=total)


def within(machine: Machine, names: tuple[str, ...]) -> Machine:
    """The machine with these neurons only, and the links among them."""
    kept = Support(link[:4] for link in machine.all_links() if {link.neuron, link.source} <= set(names))
    return replace(
        machine,
        neurons={name: neuron for name, neuron in machine.neurons.items() if name in names},
        matrix=machine.matrix.restrict(kept),
        hard=machine.hard.restrict(kept),
    )
