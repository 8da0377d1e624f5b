"""The HTML site in a browser: nothing is missing, the picker works, axe-core finds no fault."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from nbconvert import HTMLExporter

from helpers import ROOT
from helpers.__main__ import LESSON
from helpers.course import site
from helpers.course.run import all_lessons

PAGES = ["index", "glossary", *(path.stem for path in all_lessons())]
COUNT = ("lang => [...document.querySelectorAll(`main [lang=${lang}]`)]"
         ".filter(e => e.offsetParent).length")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, packages):
    return site.write_site(tmp_path_factory.mktemp("site"), offline=True).parent


def open_page(page, folder, name):
    page.goto((folder / f"{name}.html").as_uri())
    page.wait_for_function("window.MathJax?.startup?.promise")
    page.evaluate("MathJax.startup.promise.then(() => 0)")


@pytest.mark.parametrize("name", PAGES)
def test_no_serious_accessibility_fault(page, folder, name):
    open_page(page, folder, name)  # with both languages
    # code looks the same on every page, and takes three quarters of the time: once is enough
    parts = None if name == PAGES[2] else {"exclude": [[".highlight pre"]]}
    found = Axe().run(page, parts, {"resultTypes": ["violations"]}).response["violations"]
    headings = {"heading-order", "page-has-heading-one", "empty-heading"}
    serious = [f"{v['id']}: {v['nodes'][0]['html'][:100]}" for v in found
               if v["impact"] in ("serious", "critical") or v["id"] in headings]
    assert serious == []


@pytest.mark.parametrize("name", PAGES)
def test_page_is_complete_without_a_network(page, folder, name, boxes):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, folder, name)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert page.said == []
    broken = "[...document.images].filter(i => !i.naturalWidth).map(i => i.alt)"
    assert page.evaluate(broken) == []
    assert page.locator("mjx-merror").count() == 0
    assert boxes(".jp-RenderedHTMLCommon") == []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, "the page scrolls sideways"


def test_picker_shows_one_language_and_is_remembered(page, folder):
    open_page(page, folder, "index")
    page.check("#pick-en")
    page.get_by_role("link", name="Lesson 01").first.click()
    page.wait_for_url("**/01_autoencoder.html")
    assert page.is_checked("#pick-en")
    for choice, hidden, shown in (("en", "zh-Hant", "en"), ("zh", "en", "zh-Hant")):
        page.check(f"#pick-{choice}")
        assert page.evaluate(COUNT, hidden) == 0 < page.evaluate(COUNT, shown)
    page.check("#pick-both")
    assert page.evaluate(COUNT, "en") == page.evaluate(COUNT, "zh-Hant") > 20


def test_picker_works_in_jupyters_own_html_export(page, tmp_path):
    """What File, Save and Export Notebook As, HTML gives: nothing of ours but the notebook."""
    exported, _ = HTMLExporter().from_filename(str(ROOT / LESSON))
    (tmp_path / "lesson.html").write_text(exported, encoding="utf-8")
    page.route("http*://**", lambda route: route.abort())  # MathJax from its CDN is not needed
    page.goto((tmp_path / "lesson.html").as_uri())
    for choice, hidden, shown in (("en", "zh-Hant", "en"), ("zh", "en", "zh-Hant")):
        page.check(f"#pick-{choice}")
        assert page.evaluate(COUNT, hidden) == 0 < page.evaluate(COUNT, shown)
