"""LaTeX: balanced, escaped, and of the same statements as the equations."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dmm import TASKS, Machine, VValue
from dmm.circuits.equations import to_equations
from dmm.circuits.latex import to_latex
from strategies import machines, odd_machines, started, synchronous_machines, with_product

GOLDEN = Path(__file__).parent / "golden" / "duplicates.tex"


def depth(text):
    """How deep braces nest at the end; -1 where one closes too many. Escaped ones are text."""
    open_ = 0
    for brace in re.sub(r"\\[\\{}]", "", text):
        open_ += (brace == "{") - (brace == "}")
        if open_ < 0:
            return -1
    return open_


MACHINES = st.one_of(machines(recurrent=True), synchronous_machines())


@given(st.one_of(MACHINES, odd_machines(), started(MACHINES), with_product(MACHINES)))
def test_random_machines_are_balanced(machine):
    text = to_latex(machine)
    assert depth(text) == 0
    assert text.count(r"\left") == text.count(r"\right")
    first, *lines, last = text.split("\n")
    assert (first, last) == (r"\begin{aligned}", r"\end{aligned}")
    assert [line.endswith(r" \\") for line in lines] == [True] * (len(lines) - 1) + [False]
    assert "«" not in text
    equations = [line for line in to_equations(machine).split("\n") if re.search(r"\([t0]\) *=", line)]
    assert len(lines) == len(equations)


def test_the_detector_reads_as_it_should():
    assert to_latex(TASKS["duplicates"].teacher) + "\n" == GOLDEN.read_text("utf-8")


def test_names_labels_and_values_are_shown_as_they_stand():
    m = Machine().add("100 %", "input").add("b_c", "input").add("mark", "constant", value=VValue({"a#1": {"~": 2}}))
    m = m.add("dot").link("dot.dict-1", ("100 %", "char"), -1e-7).link("dot.dict-2", "mark.value").read("dot")
    text = to_latex(m.link("dot.dict-2", "b_c.char", 0.25))
    assert r"\mathrm{100 \%}_{t} &= x^{\text{100 \%}}_{t}" in text
    assert r"-1 \cdot 10^{-7}\,\mathrm{100 \%}_{t-1}" in text
    assert r'\texttt{\{"a\#1": \{"\textasciitilde{}": 2\}\}}' in text
    assert r"0.25\,\mathrm{b\_c}_{t-1} + \mathrm{mark}_{t-1}" in text


def test_a_name_ends_no_line():
    m = Machine().add("a\n\nb", "input").add("\x00%", "norm").link(("\x00%", "dict"), ("a\n\nb", "char"))
    assert to_latex(m.read("\x00%", "a\n\nb")).splitlines()[1:-1] == [
        r"\mathrm{a  b}_{t} &= x_{t} \\",
        r"\mathrm{ \%}_{t} &= \left\lVert \mathrm{a  b}_{t-1} \right\rVert_\infty",
    ]


def test_a_difference_in_parentheses_and_rounded():
    m = Machine().add("input").add("norm").add("compare").link("norm.dict", "input.char").read("compare")
    m = m.link("compare.dict-1", "norm.norm", 0.123456).link("compare.dict-2", "norm.norm", -3)
    m = m.link("compare.dict-2", "compare.true")
    assert to_latex(m, digits=2).splitlines()[3].removesuffix(r" \\") == (
        r"\mathrm{compare}^{\text{true}}_{t} &= \max\left(0,\; 0.12\,\mathrm{norm}_{t-1} - "
        r"\left(\mathrm{compare}^{\text{true}}_{t-1} - 3\,\mathrm{norm}_{t-1}\right)\right)"
    )


def test_masks_cases_and_what_there_is_at_first():
    m = Machine().add("input").add("mult_mask").add("countdown").add("outer").link("mult_mask.main", "input.char")
    m = m.link("mult_mask.mask", "outer.dict").link("countdown.start", "input.char", -2).read("mult_mask", "countdown")
    m = (
        m.link("outer.dict-1", "input.char")
        .link("outer.dict-1", "countdown.left", 0.5)
        .link("outer.dict-2", "input.char")
    )
    assert to_latex(m.start("input.char", {"a": 3}).start("countdown.left", 1e-7)).splitlines()[2:-1] == [
        (
            r"\mathrm{countdown}_{t} &= \begin{cases} -2\,\mathrm{input}_{t-1} & -2\,\mathrm{input}_{t-1} > 0 \\ "
            r"\max\left(0,\; \mathrm{countdown}_{t-1} - 1\right) & \text{else} \end{cases} \\"
        ),
        (
            r"\mathrm{outer}_{t} &= \left(0.5\,\mathrm{countdown}_{t-1} + \mathrm{input}_{t-1}\right) "
            r"\otimes \mathrm{input}_{t-1} \\"
        ),
        r"\mathrm{mult\_mask}_{t} &= \left. \mathrm{input}_{t-1} \right|_{\mathrm{outer}_{t-1}} \\",
        r"\mathrm{countdown}_{0} &= 1 \cdot 10^{-7} \\",
        r"\mathrm{input}_{0} &= \texttt{\{a: 3\}}",
    ]


def test_a_superfluid_neuron():
    m = (
        Machine()
        .add("input")
        .add("mix", "superfluid", types={"compare": 1, "norm": 1})
        .link("mix.dict-2", "input.char")
    )
    m = m.link("mix.norm", "input.char").link("mix.compare.true", "mix.dict", -2).read("mix")
    assert to_latex(m).splitlines()[2] == (
        r"\mathrm{mix}_{t} &= \left(-2\,\mathrm{mix}_{t-1}\right) \cdot "
        r"\operatorname{compare}^{\text{true}}\left(x, y\right) + "
        r"\mathrm{input}_{t-1} \cdot \operatorname{norm}\left(x\right) "
        r"\quad \text{where } x = 0,\; y = \mathrm{input}_{t-1}"
    )
