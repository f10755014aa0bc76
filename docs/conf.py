"""The documentation: MyST pages, and an API page made of the names in `dmm.__all__`."""

import importlib
from collections.abc import Mapping
from importlib.metadata import version as installed_version

import dmm

project = "dmm"
author = "the dmm authors"
copyright = author
release = installed_version("dmm")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"dmm {release}"

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
default_role = "code"  # docstrings write names as in Markdown, between single backquotes
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_preserve_defaults = True

PUBLIC_NAMES = "<!-- public names -->"


def api_page():
    """The entry of every public name, grouped by the folder that defines it, as MyST text."""
    groups = {}
    for name in dmm.__all__:
        home = getattr(getattr(dmm, name), "__module__", "").split(".")
        groups.setdefault(home[1] if home[0] == "dmm" and len(home) > 1 else "values", []).append(name)
    return "\n".join(line for folder in sorted(groups) for line in api_section(folder, sorted(groups[folder])))


def api_section(folder, names):
    """One folder's part of the page: the first sentence of its docstring, then its names."""
    yield f"## {folder}\n"
    if folder != "values":
        about = importlib.import_module(f"dmm.{folder}").__doc__ or ""
        yield about.strip().split("\n\n")[0] + "\n"
    for name in names:
        entry = "\n   ".join(api_entry(name, getattr(dmm, name)))
        yield f"```{{eval-rst}}\n{entry}\n```"


def api_entry(name, value):
    """One public name in reStructuredText: a class with its methods, a function, or a value, of a table its keys."""
    if isinstance(value, type):
        return [f".. autoclass:: dmm.{name}", ":members:", ":show-inheritance:"]
    if callable(value) and hasattr(value, "__name__"):
        return [f".. autofunction:: dmm.{name}"]
    keys = ", ".join(f"``{key}``" for key in value) if isinstance(value, Mapping) else ""
    return [f".. py:data:: dmm.{name}", f":type: {type(value).__name__}", "", keys]


def fill_api_page(_app, docname, source):
    """Put the public names where the API page asks for them."""
    if docname == "api":
        source[0] = source[0].replace(PUBLIC_NAMES, api_page())


def setup(app):
    """Called by Sphinx."""
    app.connect("source-read", fill_api_page)
