"""The two machines that every benchmark runs: the seed machine, and the fully recurrent one."""

import random
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import jax.numpy as jnp

from dmm.compile.pipeline import compile_machine
from dmm.compile.program import Program
from dmm.machine.machine import Machine
from dmm.synthesis.template import initialise, layered
from dmm.tasks.duplicates import teacher
from dmm.tasks.streams import PUBLISHED_EVERY, PUBLISHED_TEXT, PUBLISHED_TICKS, characters
from dmm.vvalue.flat import FlatVValue, flatten
from dmm.vvalue.tree import VValue

SCALE = 0.01  # of the published initial weights
RECURRENT_SCALE = 0.03  # small enough that 140 ticks of feedback stay finite

COPIES = 4
KINDS = ("accum", "norm", "dot", "compare", "id")
FIELDS = ("dict", "dict-1", "dict-2", "norm", "dot", "true", "false")
FIRST = (("input", "char"), ("eos", "char"), ("const_1", "const_1"))


def seed_machine(seed: int = 0) -> Machine:
    """The template of the published feedforward experiment, 1486 links, with random weights."""
    return initialise(layered(), seed, SCALE)


def recurrent_machine(seed: int = 0) -> Machine:
    """Four copies each of five types, every field of every neuron linked to every field of every neuron.

    As in the published recurrent experiments, most of these 20306 links lead from or to fields that the types lack,
    and carry zero; a compiler has to find out.
    """
    machine = Machine().add("input").add("eos").add("const_1").add("output")
    names = [f"{kind}-{copy}" for kind in KINDS for copy in range(1, COPIES + 1)]
    for name in names:
        machine = machine.add(name)
    sources = [*FIRST, *((name, field) for name in names for field in FIELDS)]
    targets = [("output", "dict-1"), ("output", "dict-2"), *((name, field) for name in names for field in FIELDS)]
    draw = random.Random(seed)  # noqa: S311  (no secret is at stake)
    weights = {(*to, *of): draw.gauss(0.0, RECURRENT_SCALE) for to in targets for of in sources}
    return replace(machine, matrix=VValue.from_paths(weights), hard=VValue())  # memory is among the trained links


MACHINES = {"seed": seed_machine, "recurrent": recurrent_machine}


@dataclass(frozen=True)
class Case:
    """A machine on the published stream: "test string.", a character every ten ticks, 140 ticks.

    `targets` are the answers of the hand-written detector.
    """

    machine: Machine
    stream: FlatVValue
    targets: FlatVValue

    @cached_property
    def program(self) -> Program:
        """The compiled machine; its passes run at the first access."""
        return compile_machine(self.machine, self.stream.support)

    def loss(self, weights: FlatVValue) -> Any:
        """The sum of squared errors over ticks and outputs."""
        answers = self.program(weights, self.stream).answers
        return jnp.sum((answers - self.targets).leaves ** 2)


@cache
def case(name: str) -> Case:
    """The case of that machine."""
    stream = flatten(characters(PUBLISHED_TEXT, every=PUBLISHED_EVERY, ticks=PUBLISHED_TICKS))
    detector = compile_machine(teacher(), stream.support)
    return Case(MACHINES[name](), stream, detector(detector.weights, stream).answers)
