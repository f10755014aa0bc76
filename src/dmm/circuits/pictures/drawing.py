"""SVG by hand: elements, the document around them, and the one style sheet of all pictures.

The style sheet names plain colours, since many viewers know no variables, and replaces them on dark screens; paper
stays light. It applies inside the class `dmm` only, so that a picture may stand inside a page.
"""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from dmm.circuits.pictures.shapes import HUES

LETTERS = "Helvetica, Arial, 'DejaVu Sans', sans-serif"
MARGIN = 16.0

_LIGHT = (
    """
.dmm{font-family:%s;font-size:11px}
.dmm text{fill:#222}
.dmm .paper{fill:#fff}
.dmm .name{font-size:13px;font-weight:bold}
.dmm .field{font-size:10px}
.dmm .quiet,.dmm .field{fill:#4d4d4d}
.dmm .box{stroke-width:1.4;stroke-linejoin:round}
.dmm .inner{fill:none;stroke-width:1}
.dmm .wire{fill:none;stroke:#444}
.dmm .head{fill:#444;stroke:#444}
.dmm .negative .wire{stroke:#c04a00}
.dmm .negative .head{fill:#fff;stroke:#c04a00}
.dmm .negative text{fill:#a63f00}
.dmm .hard .wire{stroke-dasharray:2 2.5}
.dmm .back{fill:#fff;fill-opacity:.88}
.dmm .marked{fill:none;stroke:#f0d94a;stroke-opacity:.75}
.dmm .frame{fill:none;stroke:#8c8c8c;stroke-width:.7}
.dmm .grid{fill:none;stroke:#e3e3e3;stroke-width:.5}
""".strip()
    % LETTERS
)

_DARK = """
.dmm text{fill:#e8e8e8}
.dmm .paper{fill:#161616}
.dmm .quiet,.dmm .field{fill:#b8b8b8}
.dmm .wire{stroke:#bdbdbd}
.dmm .head{fill:#bdbdbd;stroke:#bdbdbd}
.dmm .negative .wire{stroke:#f58b4c}
.dmm .negative .head{fill:#161616;stroke:#f58b4c}
.dmm .negative text{fill:#ffa873}
.dmm .back{fill:#161616}
.dmm .marked{stroke:#8f7d10}
.dmm .grid{stroke:#333}
""".strip()


def style(*more: str, dark: Sequence[str] = ()) -> str:
    """The style sheet, with more rules for all screens and for dark ones."""
    light = [_LIGHT, *(f".dmm .{name}{{fill:{hue.fill};stroke:{hue.line}}}" for name, hue in HUES.items())]
    night = [_DARK, *(f".dmm .{name}{{fill:{hue.dark_fill};stroke:{hue.dark_line}}}" for name, hue in HUES.items())]
    night += dark
    rules = [*light, *more, "@media screen and (prefers-color-scheme:dark){", *night, "}"]
    return element("style", "\n".join(rules))


def element(tag: str, *content: str, **attributes: object) -> str:
    """An element around XML; `_` in the name of an attribute is `-`, and a `None` leaves it out.

    >>> element("text", plain("a < b"), x=1.50, class_="name")
    '<text x="1.5" class="name">a &lt; b</text>'
    """
    given = "".join(
        f" {name.rstrip('_').replace('_', '-')}={quoteattr(number(value))}"
        for name, value in attributes.items()
        if value is not None
    )
    inner = "".join(content)
    return f"<{tag}{given}>{inner}</{tag}>" if inner else f"<{tag}{given}/>"


def plain(text: str) -> str:
    """A text as XML."""
    return escape(text)


def number(value: object) -> str:
    """A coordinate to a hundredth, or any other value as it is."""
    return f"{round(value, 2):g}" if isinstance(value, float) else str(value)


def path(commands: Iterable[tuple[str, float, float]], closed: bool = True) -> str:
    """The `d` of a path from commands, each with the point that it leads to."""
    return "".join(f"{command}{number(float(x))} {number(float(y))}" for command, x, y in commands) + "Z" * closed


def document(
    body: Iterable[str],
    sheet: str,
    width: float,
    height: float,
    *,
    title: str,
    description: str,
    size: tuple[float, float] | None = None,
) -> str:
    """A self-contained SVG document with a background of its own; `size` scales it to fit a width and a height."""
    if size is not None and not all(side > 0 for side in size):
        raise ValueError(f"a picture cannot be of size {size}; give a width and a height above 0, or None")
    wide, high = size or (width, height)
    return (
        element(
            "svg",
            "\n",
            element("title", plain(title)),
            element("desc", plain(description)),
            "\n",
            sheet,
            "\n",
            element("rect", class_="paper", width=float(width), height=float(height)),
            "\n",
            "\n".join(body),
            "\n",
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {number(float(width))} {number(float(height))}",
            width=float(wide),
            height=float(high),
            role="img",
            class_="dmm",
        )
        + "\n"
    )
