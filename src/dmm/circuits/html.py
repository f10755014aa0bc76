"""A machine as a page: its picture, its equations and its program in one file that needs no other."""

from html import escape

from dmm.circuits.equations import to_equations
from dmm.circuits.graph import circuit_graph, headline
from dmm.circuits.pictures.svg import to_svg
from dmm.circuits.programs.python import to_python
from dmm.machine.machine import Machine

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --text: #222; --ground: #fff; --box: #f4f4f4; }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ --text: #ddd; --ground: #181818; --box: #242424; }} }}
body {{ color: var(--text); background: var(--ground); font: 16px/1.5 sans-serif; max-width: 75em; margin: 2em auto;
  padding: 0 1em; }}
h1, h2 {{ line-height: 1.2; font-weight: 600; }}
pre {{ background: var(--box); padding: 1em; overflow-x: auto; font-size: 14px; line-height: 1.4; }}
svg {{ max-width: 100%; height: auto; }}
@media print {{ pre {{ white-space: pre-wrap; }} h2 {{ break-after: avoid; }} }}
</style>
<h1>{title}</h1>
{sections}
</html>
"""


def to_html(machine: Machine, *, title: str | None = None, digits: int | None = None) -> str:
    """The machine as a page with its picture, its equations and its program, under a title.

    The page needs no network and no script. A machine with types of the user's own has no program. `digits` rounds the
    weights of the equations.

    >>> m = Machine().add("input").add("norm").link("norm.dict", "input.char").read("norm")
    >>> page = to_html(m, title="a & b")
    >>> "<h1>a &amp; b</h1>" in page, page.count("<h2>")
    (True, 3)
    """
    sections = [("Picture", to_svg(machine)), ("Equations", _listing(to_equations(machine, digits=digits)))]
    try:
        sections.append(("Program", _listing(to_python(machine))))
    except ValueError as problem:
        sections.append(("Program", f"<p>There is none: {escape(str(problem))}</p>"))
    return _PAGE.format(
        title=escape(title or headline(circuit_graph(machine))),
        sections="\n".join(f"<h2>{name}</h2>\n{text}" for name, text in sections),
    )


def _listing(text: str) -> str:
    return f"<pre><code>{escape(text)}</code></pre>"
