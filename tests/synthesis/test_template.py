"""Templates: the published one, link by link, and the drawing of weights."""

import statistics

import pytest

from dmm import TASKS, Parts, check, layered, load_machine, template
from dmm.synthesis.template import initialise


def test_the_default_is_the_published_template(reference):
    published = load_machine(reference / "dmm_lite" / "ff3-initial.json")
    assert layered().matrix.support == published.matrix.support
    assert layered().hard == published.hard


def test_the_compare_free_template_is_published_too(reference):
    published = load_machine(reference / "dmm_lite" / "cf-initial.json")
    assert layered(("accum", "norm", "dot"), layers=6).matrix.support == published.matrix.support


def test_weights_depend_on_the_seed_alone_and_have_the_scale_asked_for():
    first, again, other = (initialise(layered(), seed, scale=0.05) for seed in (1, 1, 2))
    assert first == again != other
    weights = [link.weight for link in first.links()]
    assert len(weights) == 1486
    assert 0.045 < statistics.pstdev(weights) < 0.055
    assert abs(statistics.fmean(weights)) < 0.005


# -- the template without layers ---------------------------------------------------------------------------------------


def test_without_layers_every_output_is_linked_to_every_input():
    machine = template(Parts(template="recurrent", width=3, neurons=("accum", "norm", "compare")))
    inputs = {(f"accum-{k}", "dict-2") for k in (1, 2, 3)} | {(f"norm-{k}", "dict") for k in (1, 2, 3)}
    inputs |= {(f"compare-{k}", label) for k in (1, 2, 3) for label in ("dict-1", "dict-2")}
    inputs |= {("output", "dict-1"), ("output", "dict-2")}
    outputs = {("input", "char"), ("eos", "char"), ("const_1", "const_1")}
    outputs |= {(f"{kind}-{k}", kind_output) for k in (1, 2, 3) for kind, kind_output in
                (("accum", "dict"), ("norm", "norm"), ("compare", "true"), ("compare", "false"))}  # fmt: skip
    assert {path[:2] for path in machine.matrix.support} == inputs
    assert {path[2:] for path in machine.matrix.support} == outputs
    assert len(machine.matrix) == len(inputs) * len(outputs)
    assert {path[0] for path in machine.hard.support} == {"accum-1", "accum-2", "accum-3"}
    assert not any(problem.severity == "error" for problem in check(machine))


def test_fields_that_are_named_take_part_and_a_named_memory_is_trained():
    fields = ("accum.dict-1", "accum.dict", "identity.x", "norm.dict")
    parts = Parts(template="recurrent", width=2, neurons=("accum", "identity", "norm"), fields=fields)
    machine = template(parts)
    inputs = {(f"{kind}-{k}", label) for k in (1, 2) for kind, label in
              (("accum", "dict-1"), ("identity", "x"), ("norm", "dict"))}  # fmt: skip
    assert {path[:2] for path in machine.matrix.support} == inputs | {("output", "dict-1"), ("output", "dict-2")}
    heard = {path[2:] for path in machine.matrix.support}
    assert ("identity-1", "x") in heard
    assert ("norm-1", "norm") not in heard  # its output is not named
    assert not machine.hard
    assert ("accum-1", "dict-1", "accum-1", "dict") in machine.matrix.support


def test_fields_choose_in_layers_too():
    parts = Parts(neurons=("accum", "norm"), layers=1, width=1, fields=("accum.dict-2", "accum.dict"))
    machine = template(parts)
    assert {path[:2] for path in machine.matrix.support} == {
        ("accum-1-1", "dict-2"), ("output", "dict-1"), ("output", "dict-2"),
    }  # fmt: skip
    assert machine.hard == template(Parts(neurons=("accum", "norm"), layers=1, width=1)).hard


@pytest.mark.parametrize("field", ["accum.x", "mystery.dict", "accum", "accum.", ""])
def test_fields_that_there_are_not_are_refused(field):
    with pytest.raises(ValueError, match=r"field|names"):
        template(Parts(fields=(field,)))


def test_links_against_the_data_flow_need_unit_delay():
    with pytest.raises(ValueError, match="choose 'unit delay'"):
        Parts(template="recurrent", timing="synchronous")
    words = TASKS["words"].with_parts(template="recurrent")
    assert (words.parts.timing, words.parts.lag, words.teacher.timing) == ("unit delay", None, "synchronous")
    assert TASKS["duplicates"].with_parts(template="recurrent").parts.lag == 0
    with pytest.raises(ValueError, match="the template is 'round'"):
        Parts(template="round")
