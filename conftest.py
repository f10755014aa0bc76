"""The pages are tests: every Python block of the README and of `docs/` is executed."""

import contextlib
import doctest
import tempfile

from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser

_places = contextlib.ExitStack()


def _enter_empty_folder(_namespace):
    """Go to a new folder for the length of one page, so that its examples may write files."""
    folder = _places.enter_context(tempfile.TemporaryDirectory())
    _places.enter_context(contextlib.chdir(folder))


def _leave_folder(_namespace):
    _places.close()


# The blocks of one page share one namespace, top to bottom. Docstrings are left to `--doctest-modules`.
pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE), SkipParser()],
    patterns=["README.md", "docs/*.md"],
    setup=_enter_empty_folder,
    teardown=_leave_folder,
).pytest()
