"""What `dmm` offers: each name in `dmm.__all__` exists, is listed once, and says what it is."""

import inspect

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
