"""A trace as a page: its picture and its table in one file that needs no other."""

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from dmm.circuits.pictures.lettering import visible
from dmm.report.words import many, spelled

if TYPE_CHECKING:
    from dmm.report.trace import Trace

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{sheet}body {{ max-width: 90rem; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p class="remark">{about}</p>
<div class="wide" tabindex="0">
{picture}</div>
<h2>Table</h2>
<pre tabindex="0">{table}</pre>
</body>
</html>
"""


def trace_html(trace: "Trace", picture: str, table: str) -> str:
    """The page around a picture and a table."""
    sheet = Path(__file__).with_name("templates").joinpath("page.css").read_text(encoding="utf-8")
    ticks = f"Ticks {trace.first} to {trace.last}" if trace.first > 1 else many(len(trace), "tick")
    return _PAGE.format(
        title=escape(visible(f"Trace of {spelled(trace.stream)}")),
        about=escape(f"{ticks}, {trace.machine.timing}."),
        sheet=sheet,
        picture=picture,
        table=escape(table),
    )
