"""Takes images/slide_*.png: three slides of lesson 01, in a real browser.

    npm install --prefix build/npm reveal.js@5.2.1 mathjax@3.2.2
    python -m pip install playwright
    python images/screenshot_slides.py [path of Chromium or Chrome]
"""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

from helpers import ROOT
from helpers.course.browser import find_browser, open_browser
from helpers.course.slides import HEIGHT, WIDTH, write_deck

# Which slides: a piece of their text, in the deck's language
SLIDES = {"slide_autoencoder": ("zh", "什麼是自編碼器？"),
          "slide_faces": ("en", "Where it fails: it copies"),
          "slide_floor": ("zh", "每條曲線的最低點")}
FIND = """text => Reveal.getSlides().filter(s => s.textContent.includes(text)).map(
    s => [Reveal.getIndices(s).h, Reveal.getIndices(s).v, !!s.querySelector('img')])"""


def main():
    browser_path = sys.argv[1] if len(sys.argv) > 1 else find_browser()
    if not browser_path:
        raise SystemExit("No Chromium or Chrome found; give its path.")
    lesson = ROOT / "notebooks" / "01_autoencoder.ipynb"
    with tempfile.TemporaryDirectory() as folder, open_browser(browser_path) as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, (lang, text) in SLIDES.items():
            page.goto(write_deck(lesson, lang, Path(folder), offline=True).as_uri())
            page.wait_for_function("window.MathJax?.startup?.promise && Reveal.isReady()")
            page.evaluate("MathJax.startup.promise.then(() => 0)")
            h, v = next((h, v) for h, v, picture in page.evaluate(FIND, text) if picture)
            page.evaluate(f"Reveal.slide({h}, {v})")
            page.wait_for_timeout(500)
            shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB").reduce(2)
            shot.save(Path(__file__).with_name(f"{name}.png"), optimize=True)


if __name__ == "__main__":
    main()
