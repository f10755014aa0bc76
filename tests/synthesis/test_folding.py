"""Folding: what says the same becomes one, and the answers stay what they were."""

import pytest

from dmm import Machine, VValue, characters, run
from dmm.synthesis.folding import fold_constants, heard, merge_parallel, merge_twins
from dmm.synthesis.simplify import simplified
from dmm.tasks.duplicates import teacher

STREAM = [*characters("aab.a..", ticks=7), *[VValue()] * 6]


def settled(machine):
    """The answers once every constant has arrived everywhere."""
    return run(machine, STREAM)[6:]


def weights(machine):
    return {str(link): link.weight for link in machine.links()}


def with_parallel_links():
    """The detector, whose comparison hears the norm on both sides."""
    machine = teacher().link("compare.dict-1", "norm.norm", 2).link("compare.dict-2", "norm.norm", 2)
    return machine, merge_parallel


def with_twins():
    """The detector with a second accumulator and a second norm that share the work of the first."""
    machine = teacher().unlink("compare.dict-1", "norm.norm").add("accum-2").add("norm-2")
    machine = machine.link("accum-2.dict-2", "input.char").link("norm-2.dict", "accum-2.dict")
    machine = machine.link("compare.dict-1", "norm.norm", 0.25).link("compare.dict-1", "norm-2.norm", 0.75)
    return machine, lambda m: merge_twins(merge_twins(m))


def with_folded_constant():
    """The detector with a product of end marks in place of its one."""
    machine = teacher().unlink("compare.dict-2", "const_1.const_1").add("dot-2", "dot")
    machine = machine.link("dot-2.dict-1", "eos.char", 2).link("dot-2.dict-2", "eos.char")
    return machine.link("compare.dict-2", "dot-2.dot", 0.5), fold_constants


@pytest.mark.parametrize("case", [with_parallel_links, with_twins, with_folded_constant])
def test_a_folded_detector_is_the_detector(case):
    machine, fold = case()
    folded = heard(fold(machine))
    assert settled(folded) == settled(machine) == settled(teacher())
    assert weights(folded) == weights(teacher())


def test_parallel_links_that_cancel_are_gone():
    machine = Machine().add("input").add("compare").add("output").link("output.dict-1", "compare.true")
    machine = machine.link("compare.dict-1", "input.char").link("compare.dict-2", "input.char")
    assert weights(merge_parallel(machine)) == {"output.dict-1 <- compare.true": 1.0}


def test_the_larger_side_keeps_a_parallel_link():
    machine = Machine().add("input").add("compare").add("output").link("output.dict-1", "compare.true")
    machine = machine.link("compare.dict-1", "input.char").link("compare.dict-2", "input.char", 4)
    assert weights(merge_parallel(machine))["compare.dict-2 <- input.char"] == 3


def test_neurons_that_differ_in_a_parameter_are_no_twins():
    machine = Machine().add("input").add("eos").add("dot-1", "dot", clip=2).add("dot-2", "dot").add("output")
    for name in ("dot-1", "dot-2"):
        machine = machine.link(f"{name}.dict-1", "input.char").link(f"{name}.dict-2", "eos.char")
        machine = machine.link("output.dict-1", f"{name}.dot")
    assert merge_twins(machine) == machine


def test_a_zero_output_of_a_constant_comparison_does_not_become_the_constant():
    machine = Machine().add("const_1").add("compare").add("output").link("compare.dict-1", "const_1.const_1", 3)
    machine = machine.link("output.dict-1", "compare.true").link("output.dict-2", "compare.false")
    folded = weights(fold_constants(machine))
    assert folded["output.dict-1 <- const_1.const_1"] == 3
    assert not any(link.startswith("output.dict-2") for link in folded)


def test_a_pass_whose_result_is_no_better_is_dropped():
    machine, _ = with_folded_constant()
    assert simplified(machine, lambda _: False) == machine
