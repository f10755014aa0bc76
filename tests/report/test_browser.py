"""The page in a browser, where there is one: it asks for nothing, complains of nothing, and fits every screen."""

import pytest

import browser
from dmm import report_html

pytestmark = [
    pytest.mark.trains,
    pytest.mark.skipif(browser.command() is None, reason="no Chromium (name one in DMM_CHROMIUM)"),
]
NARROW, WIDE = 360, 1900


@pytest.fixture(scope="module")
def shown(trained, tmp_path_factory):
    """The report of a short run, opened with scripts allowed."""
    place = tmp_path_factory.mktemp("page")
    path = place / "report.html"
    path.write_text(report_html(trained), encoding="utf-8")
    with browser.browsing(place / "profile") as page:
        page.show(path)
        yield page, path


def test_nothing_is_asked_for_but_the_page_itself(shown):
    page, path = shown
    asked = [each["request"]["url"] for each in page.events("Network.requestWillBeSent")]
    assert [url for url in asked if not url.startswith("data:")] == [path.resolve().as_uri()]


def test_the_browser_has_nothing_to_complain_of(shown):
    page, _ = shown
    for kind in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
        assert page.events(kind) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_page_fits_and_can_be_read(shown, width, scheme):
    """No wider than the screen; text and ground of the headline are as different as black and grey at least."""
    page, _ = shown
    page.ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
    page.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    text = luminance(page.evaluate("getComputedStyle(document.querySelector('h1')).color"))
    ground = luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert (text < ground) == (scheme == "light")
    assert (max(text, ground) + 0.05) / (min(text, ground) + 0.05) >= 7  # WCAG 2, contrast AAA


def luminance(colour):
    """The relative luminance of `rgb(r, g, b)`, by WCAG 2."""
    parts = [int(x) / 255 for x in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_without_scripts_all_is_there(shown, tmp_path):
    """The headline and every picture have their place on the screen."""
    _, path = shown
    with browser.browsing(tmp_path / "profile") as page:
        page.ask("Emulation.setScriptExecutionDisabled", value=True)
        page.show(path)
        root = page.ask("DOM.getDocument")["root"]["nodeId"]
        for selector in ("h1", "p.lead", "section#circuit svg", "section#training svg", "section#answers svg"):
            node = page.ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
            box = page.ask("DOM.getBoxModel", nodeId=node)["model"]
            assert box["width"] > 100
            assert box["height"] > 10
