"""Memory: what is predicted is what the compiled program takes, or not much more, and never much less."""

import jax
import jax.numpy as jnp
import pytest

from dmm import EvolutionStrategies, Reverse, Truncated, VValue, compile_machine, layered
from dmm.gradients.data import Data
from dmm.gradients.loss import StreamLoss
from dmm.gradients.memory import Size, default_memory, free_memory
from dmm.synthesis.template import initialise, template
from dmm.tasks.parts import Parts
from dmm.tasks.streams import characters
from dmm.tasks.task import Example

TICKS = 2000
MACHINES = {
    "layered": lambda: layered(layers=2),
    "recurrent": lambda: template(Parts(template="recurrent", width=2)),
}
WAYS = {
    "whole": Reverse(),
    "pieces": Reverse(50),
    "truncated": Truncated(50),
    "evolution": EvolutionStrategies(pairs=4, together=4),
}


PAIRS = [("layered", "whole"), ("layered", "pieces"), *(("recurrent", way) for way in WAYS)]


@pytest.mark.parametrize(("name", "way"), PAIRS)
def test_a_step_takes_about_what_is_predicted(name, way):
    machine = initialise(MACHINES[name](), 0, 0.01)
    stream = tuple(characters("test string.", every=10, ticks=TICKS))
    data = Data.of([Example(stream, (VValue({"dict-1": 1.0}),) * TICKS)])
    program = compile_machine(machine, data.streams.support)
    loss, live, key = StreamLoss(program), jnp.ones(len(program.links)), jax.random.key(0)
    streams, ticks = data.scored.shape
    size = Size.of(program, streams, ticks)

    def step(weights, data):
        return jax.grad(lambda w: WAYS[way](loss, w, data, live, key))(weights)

    taken = jax.jit(step).lower(program.weights, data).compile().memory_analysis()
    predicted = WAYS[way].bytes(size)
    weights = 64 * len(program.links)  # copies of the weights, which no stream makes longer
    assert taken.temp_size_in_bytes <= 1.25 * predicted + weights
    assert predicted <= 8 * taken.temp_size_in_bytes + weights


def test_half_of_the_free_memory_is_the_default():
    free = free_memory()
    assert 2**20 < default_memory() <= free
    assert default_memory() & (default_memory() - 1) == 0  # a power of two, so that it seldom changes
