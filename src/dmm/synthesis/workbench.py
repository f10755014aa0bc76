"""The workbench: a task, a seed and settings, and the compiled programs that serve the positions of one synthesis."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from dmm.engines import run
from dmm.gradients.base import Gradient
from dmm.gradients.data import Data
from dmm.gradients.memory import default_memory
from dmm.gradients.ways import suited
from dmm.machine.machine import Machine
from dmm.synthesis.challenge import Challenger
from dmm.synthesis.least_squares import MOST, Settler
from dmm.synthesis.penalties import Penalty
from dmm.synthesis.position import Position, Progress, Stage
from dmm.synthesis.probe import Prober
from dmm.synthesis.questions import drawn
from dmm.synthesis.repair import ATTEMPTS as REPAIRS
from dmm.synthesis.repair import around, disturbed, refuse_unsuited
from dmm.synthesis.settings import Settings
from dmm.synthesis.superfluid import remembering
from dmm.synthesis.template import initialise, template, weights_seed
from dmm.synthesis.training import Trained, Trainer, memory_pace
from dmm.synthesis.verify import Judge
from dmm.tasks.task import Example, Stream, Task
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue

ROUNDING = 1e-9
JUDGE_SEED, CHECK_SEED = 1, 2  # of streams for the verdict, and for simplification
NEAR = 0.05  # loss, in energies, from which settling may lead to the minimum
SOFT_NEAR, SOFT_MOST = 5e-3, 30  # the same where memories are trained, and evaluations that it may take
SOFT_LOOSE = 4  # times the loss that a cut must reach otherwise
STUCK = 3  # times `few`: with so many links left, links are tried one by one where cutting leads no further
CLOSE = 1e-2  # how far a simplified circuit may be from the old one, relative to its answers, where nobody knows better

Listener = Callable[[Progress], None]


class _Tools(NamedTuple):
    """Compiled programs for training on data, of a whole machine or of a part of it."""

    whole: Machine
    names: tuple[str, ...]
    trainer: Trainer
    settler: Settler


class Workbench:
    """What the stages of a synthesis share: data, trainers and judges, each made when it is first needed."""

    def __init__(
        self,
        task: Task,
        seed: int,
        settings: Settings,
        listen: Listener | None = None,
        start: Machine | None = None,
    ):
        self.task, self.seed, self.settings, self.listen = task, seed, settings, listen
        if not task.examples:
            raise ValueError(f"task {task.name!r} has no examples to learn from; give one at least")
        self.template = template(task.parts)
        if start is not None:
            refuse_unsuited(start, task.parts)
        self._given = None if start is None else (start, around(start, task.parts))
        self._data: tuple[tuple[Stream, ...], Data] | None = None
        self._judge: Judge | None = None
        self._whole: _Tools | None = None
        self._part: _Tools | None = None

    def start(self, attempt: int = 1) -> Position:
        """The template with the random weights of an attempt; the given machine, at the first attempts of a repair."""
        s, space = self.settings, self.space(attempt)
        if self._given is None or space is self.template:
            machine = initialise(space, weights_seed(self.seed, attempt), s.scale)
        else:
            machine = disturbed(self._given[0], space, attempt, self.seed, s.scale)
        return Position(Stage.WARM_UP, attempt, machine, float("inf"), s.cut)

    def space(self, attempt: int) -> Machine:
        """The machine whose neurons and links an attempt is about."""
        return self._given[1] if self._given and attempt <= REPAIRS else self.template

    # -- data ------------------------------------------------------------------------------------------------------

    def data(self, position: Position) -> Data:
        """The task's examples and the counter-examples so far."""
        if self._data is None or self._data[0] != position.challenges:
            more = tuple(self.task.example(stream) for stream in position.challenges)
            self._data = position.challenges, Data.of((*self.task.examples, *more), self.task.lag)
        return self._data[1]

    def support(self, position: Position) -> Support:
        """The paths on which items of the streams lie."""
        return self.data(position).streams.support

    # -- training --------------------------------------------------------------------------------------------------

    def trainer(self, position: Position) -> Trainer:
        """The compiled program for a position: of the whole space, or of its part on the neurons that are left."""
        return self._tools(position).trainer

    def new_trainer(self, machine: Machine, data: Data, members: int = 1) -> Trainer:
        """A trainer by the settings."""
        s = self.settings
        return Trainer(machine, data, members, self.gradient, s.memory or default_memory(), s.pull, s.optimizer)

    @cached_property
    def is_soft(self) -> bool:
        """Whether memories are trained, so that small steps of a weight are large ones of what is remembered."""
        return len(remembering(self.template, self.template.matrix.support)) > 0

    def falling(self, position: Position) -> tuple[float, ...]:
        """The parts of the learning rate in the warm-up, one after the other; training goes on at the last."""
        pace = memory_pace(self.data(position))
        return (1.0, math.sqrt(pace), pace) if self.is_soft and pace < 1 else (1.0,)

    def loose(self, position: Position) -> float:
        """The loss that a cut must reach; more where memories are trained, which the penalty makes fade."""
        times = SOFT_LOOSE if self.is_soft else 1
        return float(times * self.settings.loose * self.data(position).energy)

    @cached_property
    def gradient(self) -> Gradient:
        """How losses are differentiated."""
        return self.settings.gradient or suited(self.template)

    def settle(
        self,
        position: Position,
        matrix: VValue,
        most: int = MOST,
        fixed: Support = Support(),  # noqa: B008  (frozen)
    ) -> Trained:
        """The network matrix with its weights settled but for `fixed` ones, by so many evaluations at most."""
        return self._tools(position).settler.settle(matrix, most, fixed)

    def _tools(self, position: Position) -> _Tools:
        names, data, whole = position.workspace, self.data(position), self.space(position.attempt)
        tools = self._part if names else self._whole
        if tools is None or tools.whole is not whole or tools.names != names or not tools.trainer.fits(data):
            machine = whole.among(names) if names else whole
            trainer = self.new_trainer(machine, data, self.settings.batch if names else self.settings.population)
            tools = _Tools(whole, names, trainer, Settler(trainer))
        tools.trainer.data = data
        if names:
            self._part = tools
        else:
            self._whole = tools
        return tools

    def train(
        self,
        position: Position,
        machines: Sequence[Machine],
        steps: int,
        rate: float,
        penalty: Penalty,
        enough: float = 0.0,
        until: float = 1.0,
    ) -> tuple[list[Machine], list[float], int]:
        """The machines after training together, their losses, and the steps of the synthesis so far.

        Only the beginning of the streams is scored, `until` so far. Training stops when a loss is `enough`; where
        training is rough, machines that may get there are settled.
        """
        total = position.steps

        def listen(done: int, loss: float) -> None:
            nonlocal total
            total += done
            self.tell(position, total, loss, min(len(machine.matrix) for machine in machines))

        trainer = self.trainer(position)
        trainer.data = self.data(position).beginning(until)
        trained = trainer.train(
            [machine.matrix for machine in machines],
            steps=steps, learning_rate=rate, penalty=penalty, enough=enough, seed=position.steps, listen=listen,
        )  # fmt: skip
        few = position.workspace or position.links <= STUCK * self.settings.few
        if enough and (not self.gradient.exact or (few and self.is_soft)):
            near, most = (SOFT_NEAR, SOFT_MOST) if self.gradient.exact else (NEAR, MOST)
            near *= self.data(position).energy
            trained = [self.settle(position, x.matrix, most) if enough <= x.loss < near else x for x in trained]
        after = [machine.with_matrix(x.matrix) for machine, x in zip(machines, trained, strict=True)]
        return after, [x.loss for x in trained], total

    def tell(self, position: Position, steps: int, loss: float, links: int) -> None:
        """Report a moment to whoever listens."""
        if self.listen:
            self.listen(Progress(position.stage, position.attempt, steps, loss, links, len(position.challenges)))

    # -- judging ---------------------------------------------------------------------------------------------------

    @cached_property
    def challenger(self) -> Challenger:
        """Who looks for counter-examples."""
        return Challenger(self.task, seed=self.seed)

    @cached_property
    def prober(self) -> Prober:
        """Who looks for streams on which a machine whose weights are not settled yet is far off."""
        return Prober(self.task, self.seed)

    def judge(self, position: Position) -> Judge:
        """Who has the last word, on streams that have not been learned from: others after every counter-example."""
        seed = JUDGE_SEED + 1000 * len(position.challenges)
        if self._judge is None or self._judge.seed != seed:
            self._judge = Judge(self.task, streams=self.settings.streams, longest=self.settings.longest, seed=seed)
        return self._judge

    def loss(self, machine: Machine, position: Position) -> float:
        """The sum of squared errors on the data, in the interpreter, in float64."""
        more = (self.task.example(stream) for stream in position.challenges)
        differences = (x for example in (*self.task.examples, *more) for x in _differences(machine, example, self.task))
        return float(sum(x.dot(x) for x in differences))

    def as_good_as(self, machine: Machine, position: Position) -> Callable[[Machine], bool]:
        """Whether another machine errs no more than this one, on streams that are not those of the verdict.

        Without a teacher, random streams have no targets; there the two must be close to each other.
        """
        streams = [*position.challenges, *drawn(self.task, CHECK_SEED, 6, self.task.ticks)]
        examples = list(self.task.examples)
        if self.task.teacher is not None:
            examples += map(self.task.example, streams)
            streams = []
        before = [run(machine, stream) for stream in streams]

        def errors(candidate: Machine) -> Iterator[float]:
            return (example_error(candidate, example, self.task) for example in examples)

        bound = max(errors(machine)) + ROUNDING

        def is_close(candidate: Machine) -> bool:
            return all(
                (x - y).max_norm() <= CLOSE * max(1.0, float(y.max_norm()))
                for stream, answers in zip(streams, before, strict=True)
                for x, y in zip(run(candidate, stream), answers, strict=True)
            )

        return lambda candidate: all(error <= bound for error in errors(candidate)) and is_close(candidate)


def example_error(machine: Machine, example: Example, task: Task) -> float:
    """The largest absolute error of the machine's answers where they are scored, in the interpreter, in float64."""
    return max((float(x.max_norm()) for x in _differences(machine, example, task)), default=0.0)


def _differences(machine: Machine, example: Example, task: Task) -> Iterator[VValue]:
    """Answers minus targets, where there are targets."""
    lag = task.lag
    answers = run(machine, (*example.inputs, *[VValue()] * lag))[lag:]
    return (x - y for x, y in zip(answers, example.targets or (), strict=True) if y is not None)
