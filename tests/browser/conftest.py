"""A real browser for the tests in this folder, and what they ask of every page."""

import os
import sys

import pytest

from helpers.course import slides
from helpers.course.browser import find_browser, open_browser

# Draws each character alone and compares it with one that no font has
BOXES = """async ([family, text]) => {
  await document.fonts.ready;
  const canvas = document.createElement('canvas'); canvas.width = canvas.height = 40;
  const pen = canvas.getContext('2d', {willReadFrequently: true});
  const look = (character) => {
    pen.clearRect(0, 0, 40, 40); pen.font = `30px ${family}`; pen.fillText(character, 4, 32);
    return pen.getImageData(0, 0, 40, 40).data.join();
  };
  const missing = look('\\u{10FFFD}');
  return [...new Set(text)].filter((c) => /\\p{Script=Han}/u.test(c) && look(c) === missing);
}"""


def must_have(found, what, ci=True):
    """Skips a test whose tool a reader may lack; in CI a missing tool is a failure."""
    if not found:
        assert not (ci and os.environ.get("CI")), f"CI should have installed {what}"
        pytest.skip(f"needs {what}")


@pytest.fixture(scope="package")  # Playwright's loop must not run beside other tests' loops
def chromium():
    path = find_browser()
    must_have(path, "an installed Chromium, Chrome or Edge")
    with open_browser(path) as browser:
        yield browser


@pytest.fixture
def page(chromium):
    """A page of a fresh browser profile; `page.said` collects its errors and warnings."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text)
            if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    context.close()


@pytest.fixture(scope="session")
def packages():
    """reveal.js and MathJax on the disk."""
    found = all((slides.NPM / "node_modules" / part).exists() for part in slides.PARTS)
    must_have(found, f"reveal.js and MathJax, once fetched by: {slides.FETCH}")


@pytest.fixture
def boxes(page):
    """A function of a CSS selector: the Chinese characters there that show as boxes."""
    def find(selector):
        family, text = page.eval_on_selector(
            selector, "e => [getComputedStyle(e).fontFamily, document.body.innerText]")
        must_have(page.evaluate(BOXES, ["sans-serif", "自"]) == [], "a font with Chinese",
                  ci=sys.platform == "linux")  # .ci/run installs one there
        return page.evaluate(BOXES, [family, text])
    return find
