"""What `dmm` offers: each name in `dmm.__all__` exists, is listed once, and says what it is."""

import ast
import inspect
from pathlib import Path

import pytest

import dmm


def test_public_names_are_listed_once():
    assert sorted(set(dmm.__all__)) == sorted(dmm.__all__)


@pytest.mark.parametrize("name", dmm.__all__)
def test_public_name_is_documented(name):
    value = getattr(dmm, name)
    assert not inspect.ismodule(value), f"the folder dmm.{name} hides the public name dmm.{name}"
    if callable(value):
        assert inspect.getdoc(value), f"dmm.{name} needs a docstring: docs/api.md is made of them"


def test_type_checkers_see_the_same_names_in_the_same_places():
    """The imports for type checkers in `dmm/__init__.py` name what is loaded lazily, and where it comes from."""
    tree = ast.parse(Path(dmm.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module.startswith("dmm.")]
    assert {alias.asname: node.module for node in imports for alias in node.names} == dmm._HOME


def test_an_unknown_name_is_refused_as_by_any_module():
    with pytest.raises(AttributeError, match="no public name 'Machin'"):
        _ = dmm.Machin
    assert dir(dmm) == dmm.__all__
