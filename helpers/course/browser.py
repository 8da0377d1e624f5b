"""An installed Chromium, Chrome or Edge: finds it, and lets it print a deck of slides."""

import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
         "msedge", "microsoft-edge")
PLACES = (  # where installers put it on macOS and Windows, which is not on the PATH
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"${PROGRAMFILES}\Google\Chrome\Application\chrome.exe",
    r"${PROGRAMFILES(X86)}\Google\Chrome\Application\chrome.exe",
    r"${LOCALAPPDATA}\Google\Chrome\Application\chrome.exe",
    r"${PROGRAMFILES(X86)}\Microsoft\Edge\Application\msedge.exe",
    r"${PROGRAMFILES}\Microsoft\Edge\Application\msedge.exe",
)


def find_browser():
    """The path of an installed browser of the Chromium family, or None."""
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_path or next(filter(os.path.isfile, map(os.path.expandvars, PLACES)), None)


@contextmanager
def open_browser(path):
    """A Playwright browser, without a window, of the program `path`."""
    from playwright.sync_api import sync_playwright

    is_root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium has no sandbox for root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=not is_root)
        try:
            yield browser
        finally:
            browser.close()


def print_deck(path, address, pdf, seconds=60, answers=False):
    """Prints the deck at `address` into the file `pdf`, a page a slide; returns their number.

    path: of a browser. answers: what is folded is opened. Raises OSError where it does not start,
    where reveal or MathJax has not come after `seconds`, or where pages are missing.
    """
    from playwright.sync_api import Error

    try:
        with open_browser(path) as browser:
            page = browser.new_page()
            page.goto(f"{address}?print-pdf", timeout=1000 * seconds)
            page.wait_for_function(
                "window.MathJax?.startup?.promise"
                " && document.documentElement.dataset.pages === 'ready'",
                timeout=1000 * seconds)
            page.evaluate("MathJax.startup.promise.then(() => document.fonts.ready).then(() => 0)")
            if answers:
                page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
            count = page.evaluate("Reveal.getTotalSlides()")
            for _ in range(3):  # now and then Chromium prints the first page only
                page.pdf(path=pdf, prefer_css_page_size=True, print_background=True)
                printed = len(re.findall(rb"/Type\s*/Page\b", Path(pdf).read_bytes()))
                if printed == count:
                    return count
            raise OSError(f"{printed} pages, not {count}")
    except Error as error:
        raise OSError(error.message.splitlines()[0]) from error
