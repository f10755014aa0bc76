"""The benchmarks measure what they say; how long it takes is not a matter for tests."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from dmm.cli.main import main
from dmm.vvalue.flat import FlatVValue

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _checkout_on_the_path(monkeypatch):
    monkeypatch.syspath_prepend(ROOT)


@pytest.mark.parametrize(
    ("name", "module", "scale"), [("seed", "flattened", 0.05), ("recurrent", "flattened_recurrent", 0.1)]
)
def test_flattened_machine_is_the_compiled_one(name, module, scale):
    """Loss and gradient, for the benchmark's weights and two other draws.

    These are large enough for the seed machine to reach the clip; the recurrent one is chaotic before it does.
    """
    from benchmarks.gradient_step import agreement, flattened
    from benchmarks.machines import case

    chosen = case(name)
    draws = [np.random.default_rng(number).normal(0.0, scale, len(chosen.program.links)) for number in (1, 2)]
    others = [FlatVValue(np.asarray(draw, np.float32), chosen.program.links) for draw in draws]
    compare = agreement(chosen, flattened(chosen, import_module(f"benchmarks.{module}").flattened_loss))
    for weights in (chosen.program.weights, *others):
        compare(weights)


def test_products_of_a_gradient_are_counted():
    """Three times the entries of the blocks times ticks and paths, less the slopes of values that no weight moves."""
    from benchmarks.gradient_step import floor
    from benchmarks.machines import case

    seed = case("seed")
    products, millions = floor(seed)
    blocks = [block for plan in seed.program.plans for block in plan.outside.blocks]
    forward = [140 * block.index.size * len(block.sources[0].rows) for block in blocks]
    assert millions * 1e6 == pytest.approx(3 * sum(forward) - forward[0] - forward[1])
    assert len(products()) == 3 * len(blocks) - 2


def test_sizes_of_the_machines():
    from benchmarks.machines import recurrent_machine, seed_machine

    assert len(seed_machine().matrix) == 1486
    assert len(recurrent_machine().matrix) == 20306
    assert len(recurrent_machine().hard) == 0


def test_every_file_of_benchmarks_is_in_the_table():
    import benchmarks

    shared = {"__init__", "machines", "flattened", "flattened_recurrent", "result", "timing", "trials"}
    assert {path.stem for path in (ROOT / "benchmarks").glob("*.py")} - shared == set(benchmarks.BENCHMARKS)
    assert set(benchmarks.BENCHMARKS) >= benchmarks.LONG


def test_a_missed_bound_fails_after_everything_is_printed(monkeypatch, capsys):
    from benchmarks.result import Figure, Result

    from benchmarks import population

    figures = (Figure("one", 2.0, "s", at_most=1.0), Figure("two", 9, at_least=9), Figure("three", float("nan")))
    monkeypatch.setattr(population, "measure", lambda: Result(figures))
    assert main(["bench", "population"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [" ".join(line.split()) for line in lines[2:4]] == ["one 2 s at most 1 s NO", "two 9 at least 9 yes"]
    assert lines[-1].startswith("cores: ")


def test_help(capsys):
    assert main(["bench", "--help"]) == 0
    assert "NAME" in capsys.readouterr().out


def test_unknown_name_is_one_sentence(capsys):
    import benchmarks

    assert main(["bench", "speed"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert all(name in said for name in benchmarks.BENCHMARKS)


def test_without_a_checkout_it_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("dmm.cli.bench.FOLDER", tmp_path / "benchmarks")
    assert main(["bench"]) == 2
    assert "checkout" in capsys.readouterr().err


def test_breakages_are_breakages_and_stay_the_same():
    """Each machine of the repair benchmark differs from the detector in its links, and runs."""
    from benchmarks.repair import SEEDS, broken

    from dmm.machine.check import check
    from dmm.tasks.duplicates import teacher

    machines = [broken(seed) for seed in SEEDS]
    assert [broken(seed) for seed in SEEDS] == machines
    assert all(machine.matrix.support != teacher().matrix.support for machine in machines)
    assert not any(problem.severity == "error" for machine in machines for problem in check(machine))


def test_sizes_of_the_templates():
    """1, 5.5, 10 and 22 times the links of the published template."""
    from benchmarks.scaling import SIZES

    from dmm import layered

    sizes = [len(layered(layers=layers, width=width).matrix) for layers, width in SIZES]
    assert [round(size / 1486, 1) for size in sizes] == [1.0, 5.5, 9.7, 22.2]


def test_a_table_is_printed_below_the_figures_and_in_json(monkeypatch, capsys):
    from benchmarks.result import Figure, Result

    from benchmarks import population

    result = Result((Figure("one", 2.0),), ("", "links"), (("seed 0", 8), ("seed 1", 10)))
    monkeypatch.setattr(population, "measure", lambda: result)
    assert main(["bench", "population"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["seed", "1", "10"] in lines
    assert result.as_json()["rows"] == [{"": "seed 0", "links": 8}, {"": "seed 1", "links": 10}]
