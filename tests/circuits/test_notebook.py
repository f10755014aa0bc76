"""What notebooks show of machines and results: plain text always, a picture and equations where there are any."""

from dataclasses import replace
from xml.etree import ElementTree as ET

from dmm import TASKS, Machine
from dmm.synthesis.synthesise import Outcome, Synthesis
from dmm.synthesis.verify import Verdict

DETECTOR = TASKS["duplicates"].teacher


def test_a_machine_is_shown_as_picture_and_equations():
    shown = DETECTOR._repr_mimebundle_(include=None, exclude=None)
    assert shown["text/plain"] == str(DETECTOR)
    picture, _, rest = shown["text/html"].partition("</svg>")
    texts = ["".join(each.itertext()) for each in ET.fromstring(picture + "</svg>").iter()]
    assert {"accum", "compare"} <= set(texts)
    assert "norm(t)          = norm(accum(t-1))" in rest


def test_a_machine_with_errors_is_shown_as_text():
    broken = Machine().add("norm").read("missing")
    assert broken._repr_mimebundle_() == {"text/plain": str(broken)}


def test_weights_are_rounded_and_names_escaped():
    m = Machine().add("<b>", "input").add("a", "input").add("norm").link("norm.dict", "a.char", 1 / 3).read("norm")
    page = m.link("norm.dict", ("<b>", "char"))._repr_mimebundle_()["text/html"]
    assert "0.3333 a(t-1)" in page
    assert "<b>" not in page


def test_a_result_has_its_headline_above():
    verdict = Verdict(0.0, exact=True, streams=1, ticks=1, failing=None, confirmed=1, engine="compile")
    nothing = {"challenges": (), "front": (), "failures": (), "undecided": None, "path": None}
    found = Synthesis(
        task=TASKS["duplicates"], circuit=DETECTOR, outcome=Outcome.EXACT, verdict=verdict, train_loss=0.0,
        seconds=31.4, steps=9000, seed=3, attempts=2, **nothing,
    )  # fmt: skip
    line = f"duplicates. {Outcome.EXACT.value} 8 links in 31 s, seed 3, 2 attempts."
    shown = found._repr_mimebundle_()
    assert shown["text/plain"].splitlines()[0] == found.headline == line
    assert shown["text/html"].startswith(f"<p>{line}</p>")
    broken = replace(found, circuit=Machine().add("norm").read("missing"))
    assert set(broken._repr_mimebundle_()) == {"text/plain"}
