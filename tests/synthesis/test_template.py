"""Templates: the published one, link by link, and the drawing of weights."""

import statistics

from dmm import layered, load_machine
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
