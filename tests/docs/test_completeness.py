"""Completeness: whatever the library offers is described on some page, and tried there or in an example."""

import ast
import importlib.util
import inspect
import re
import typing
from pathlib import Path

import pytest

import benchmarks
import dmm
from dmm.circuits.forms import FORMS
from dmm.gradients.ways import WAYS
from dmm.synthesis.penalties import PENALTIES
from dmm.synthesis.pruning import RULES
from documented import PAGES, ROOT, code, first_column, page

FOLDERS = {path.parent.name for path in (ROOT / "src" / "dmm").glob("*/__init__.py")}


# -- public names ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def api() -> str:
    """The page of public names as Sphinx reads it."""
    spec = importlib.util.spec_from_file_location("docs_conf", ROOT / "docs" / "conf.py")
    conf = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(conf)
    return conf.api_page()


@pytest.mark.parametrize("name", dmm.__all__)
def test_every_public_name_is_in_the_reference(api, name):
    kinds = {True: "autoclass|autofunction", False: "py:data"}[callable(getattr(dmm, name))]
    assert re.search(rf"^\.\. ({kinds}):: dmm\.{name}$", api, re.MULTILINE)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def examples() -> str:
    """All code that is executed: on pages, and in docstrings."""
    parts = [code("python")]
    for path in (ROOT / "src" / "dmm").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module)):
                parts += re.findall(r"^\s*(?:>>>|\.\.\.) (.*)$", ast.get_docstring(node) or "", re.MULTILINE)
    return "\n".join(parts)


def results(name: str) -> set[str]:
    """The public classes that a public function, or the methods of a public class, return or are made of."""
    value = getattr(dmm, name)
    members = [value, *vars(value).values()] if isinstance(value, type) else [value]
    found = {base.__name__ for base in getattr(value, "__mro__", ())[1:]}
    for member in members:
        member = member.fget if isinstance(member, property) else member
        annotations = getattr(member, "__annotations__", {})
        told = annotations.values() if isinstance(member, type) else [annotations.get("return")]
        found |= {word for each in told for word in words(typing.cast("str", str(each)))}
    return found & set(dmm.__all__)


def test_every_public_name_is_tried():
    """By name, or as what something that is tried returns, holds or is a kind of."""
    tried = words(examples()) & set(dmm.__all__)
    waiting = list(tried)
    while waiting:
        more = results(waiting.pop()) - tried
        tried |= more
        waiting += more
    assert set(dmm.__all__) - tried == set()


def test_every_folder_of_the_library_says_what_it_is_in_the_reference(api):
    titles = re.findall(r"^## (\w+)$", api, re.MULTILINE)
    assert set(titles) <= FOLDERS | {"values", "engines"}
    assert "values" in titles


# -- what is named by strings ------------------------------------------------------------------------------------------


def test_every_neuron_type_is_on_the_page_of_machines():
    printed = page("machines.md").partition("## Neuron types")[2].partition("\n## ")[0]
    assert set(re.findall(r"^(\w+) +\S", printed, re.MULTILINE)) >= set(dmm.NEURON_TYPES)


def test_every_stepwise_type_is_on_the_page_of_evolution_strategies():
    stepwise = {name for name, kind in dmm.NEURON_TYPES.items() if kind.stepwise}
    assert {f"'{name}'" for name in stepwise} <= set(re.findall(r"'\w+'", page("evolution.md")))


def test_every_task_is_in_its_table():
    assert first_column(page("tasks.md")) == set(dmm.TASKS)


def test_every_form_is_in_its_table():
    assert first_column(page("reading.md")) == set(FORMS)


def test_every_way_to_a_gradient_is_on_its_page():
    assert all(f"`{way}" in page("gradients.md") for way in WAYS)


def test_every_penalty_and_rule_is_on_the_page_of_synthesis():
    told = page("synthesis.md")
    assert all(f"`{kind.__name__}" in told for name, kind in PENALTIES.items() if name != "none")
    assert all(f"`{rule}`" in told for rule in RULES)


def test_every_benchmark_has_figures():
    everywhere = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    assert {name for name in benchmarks.BENCHMARKS if f"dmm bench {name}`" not in everywhere} == set()


def test_every_setting_says_what_it_is():
    """The reference shows the lines below the fields; two fields may share them."""
    source = inspect.getsource(dmm.Settings)
    fields = re.findall(r"^    (\w+): .*$", source, re.MULTILINE)
    told = re.findall(r'^    (\w+): .*\n    """', source, re.MULTILINE)
    assert set(fields) - set(told) == {"streams"}
    assert len(fields) > 20


# -- pages -------------------------------------------------------------------------------------------------------------


def test_every_page_is_in_the_table_of_contents():
    contents = re.search(r"```\{toctree\}(.*?)```", page("index.md"), re.DOTALL)[1]
    named = {line for line in contents.splitlines() if line and not line.startswith(":")}
    assert named == {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_picture_of_a_page_is_there_and_said_in_words(path: Path):
    for words_, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
        assert len(words_) > 20
        assert (path.parent / target).is_file()


def test_the_picture_of_the_idea_is_that_of_its_machine():
    machine = dmm.Machine().add("input").add("accum").add("norm").read("norm")
    machine = machine.link("accum.dict-2", "input.char", 1).link("norm.dict", "accum.dict", 1)
    assert f"\n>>> print(machine)\n{machine}\n" in page("idea.md")
    assert (ROOT / "docs" / "idea.svg").read_text(encoding="utf-8").rstrip() == machine.show("svg").rstrip()
