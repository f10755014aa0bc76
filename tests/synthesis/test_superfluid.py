"""The superfluid template, the pull on its memories, and plain neurons in place of superfluid ones."""

import pytest

from dmm import TASKS, Machine, Parts, Penalty, VValue, check, run, template
from dmm.gradients.data import Data
from dmm.synthesis.superfluid import crystallised, memories
from dmm.synthesis.training import Trainer
from dmm.tasks.task import Example

PARTS = Parts(template="superfluid", layers=2, width=1)


def test_a_layer_has_as_many_neurons_each_of_which_hears_what_came_before_itself_and_one():
    machine = template(PARTS)
    names = [name for name in machine.neurons if name.startswith("superfluid-")]
    assert names == [f"superfluid-{layer}-{k}" for layer in (1, 2) for k in (1, 2, 3, 4)]
    into = [path for path in machine.matrix.support if path[0] == "superfluid-2-1"]
    sources = {("input", "char"), ("eos", "char"), ("const_1", "const_1")}
    sources |= {(f"superfluid-1-{k}", "dict") for k in (1, 2, 3, 4)}
    assert {path[2:] for path in into if path[1] == "dict-2"} == sources
    assert {path[2:] for path in into if path[1] == "dict-1"} == {*sources, ("superfluid-2-1", "dict")}
    weighed = {path[1] for path in into if path[1] not in ("dict-1", "dict-2")}
    assert weighed == {"accum", "norm", "dot", "compare.true", "compare.false"}
    assert not [problem for problem in check(machine) if problem.severity == "error"]
    assert not machine.hard


def test_it_needs_unit_delay_which_tasks_are_given():
    assert TASKS["words"].with_parts(template="superfluid").parts.timing == "unit delay"
    with pytest.raises(ValueError, match="choose 'unit delay'"):
        Parts(template="superfluid", timing="synchronous")


def counter(own, weight):
    """Counts characters, by one superfluid neuron."""
    m = Machine().add("input").add("const_1").add("superfluid").add("norm").read("norm")
    m = m.link("superfluid.dict-2", "input.char").link("superfluid.accum", "const_1.const_1", weight)
    return m.link("superfluid.dict-1", "superfluid.dict", own).link("norm.dict", "superfluid.dict", 1 / weight)


def test_a_counter_of_one_type_becomes_an_accumulator_with_the_same_answers():
    machine = counter(0.5, 2.0)
    plain = crystallised(machine, remember=True)
    assert sorted(neuron.type for neuron in plain.neurons.values()) == ["accum", "const_1", "input", "norm"]
    assert len(plain.hard) == 1
    a, b, silence = VValue({"a": 1}), VValue({"b": 1}), VValue()
    stream = [silence, a, b, a, silence, a, silence, silence]  # const_1 is a tick late at the start
    assert run(plain, stream) == run(machine, stream)
    fading = crystallised(counter(0.4, 2.0), remember=True)  # 0.8 is no memory of weight 1, so it stays a trained link
    assert not fading.hard
    assert run(fading, stream) == run(counter(0.4, 2.0), stream)


def test_what_a_running_maximum_hears_beside_itself_is_added_to_its_memory():
    """max(own + item, 0) is not max(own, item)."""
    types = {"types": VValue({"peak": 1, "norm": 1})}
    m = Machine().add("input").add("const_1").add("superfluid", **types).add("norm").read("norm")
    m = m.link("superfluid.dict-1", "input.char").link("superfluid.peak", "const_1.const_1")
    m = m.link("superfluid.dict-1", "superfluid.dict").link("norm.dict", "superfluid.dict")
    plain = crystallised(m, remember=True)
    assert sorted(neuron.type for neuron in plain.neurons.values()) == ["const_1", "input", "norm", "peak"]
    stream = [VValue(), *(VValue({letter: 1}) for letter in "abaa"), VValue(), VValue()]
    assert run(plain, stream) == run(m, stream)
    assert run(plain, stream)[-1] == VValue({"norm": 3})


def test_a_mixture_of_two_stays_superfluid():
    machine = counter(0.5, 2.0).link("superfluid.norm", "const_1.const_1", 0.3)
    assert crystallised(machine, remember=True) == machine


@pytest.mark.trains
def test_the_pull_draws_the_two_weights_of_a_memory_together():
    machine = counter(0.9, 0.2)
    own, memory = memories(machine, machine.matrix.support)
    assert (len(own), len(memory)) == (1, 1)
    data = Data.of([Example((VValue(),) * 4, (VValue(),) * 3 + (VValue({"norm": 1.0}),))])  # nothing else to learn
    gaps = []
    for pull in (0.0, 1.0):
        trainer = Trainer(machine, data, pull=pull)
        ((matrix, _),) = trainer.train([machine.matrix], steps=300, learning_rate=0.1, penalty=Penalty())
        gaps.append(
            abs(
                float(matrix["superfluid", "dict-1", "superfluid", "dict"].scalar)
                - float(matrix["superfluid", "accum", "const_1", "const_1"].scalar)
            )
        )
    assert gaps[0] == pytest.approx(0.7, abs=0.01)
    assert gaps[1] < 0.01
