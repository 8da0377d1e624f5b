"""The static site: its pages, its links, its picker. tests/browser opens it."""

import re
from urllib.parse import unquote

import pytest

from helpers.course import site, slides
from helpers.course.run import all_lessons


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    index = site.write_site(tmp_path_factory.mktemp("site") / "site")
    return {path.name: path.read_text(encoding="utf-8") for path in index.parent.glob("*.html")}


def test_every_lesson_has_a_page_that_the_index_lists(pages):
    names = {f"{path.stem}.html" for path in all_lessons()}
    assert set(pages) == {"index.html", "glossary.html", *names}
    for name in names:
        assert pages["index.html"].count(f'href="{name}"') == 3  # the bar, and in each language


def test_a_page_runs_these_scripts_and_no_other(pages):
    """Its formulas, and what remembers the language; nothing of a lesson's outputs can act."""
    for name, text in pages.items():
        (settings, nothing, picker), sources = zip(*[
            (inside.strip(), re.findall(r'src="([^"]+)"', head))
            for head, inside in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL)],
            strict=True)
        assert sources == ([], [f"{slides.package_url(slides.CDN, 'mathjax')}/es5/tex-svg-full.js"],
                           []), name
        assert settings.startswith("window.MathJax =") and not nothing, name
        assert picker.startswith("// remembers the language"), name
        rest = re.sub(r"<(pre|script)\b.*?</\1>", "", text, flags=re.DOTALL)
        acting = re.findall(r"<(?:iframe|object|embed|form|base)\b|<[^>]+\son\w+=|javascript:",
                            rest)
        assert not acting, (name, acting)


def test_links_between_pages_resolve(pages):
    for name, text in pages.items():
        for href in re.findall(r'href="([^"]+)"', text):
            target, _, anchor = href.partition("#")
            if re.match(r"https?:", target):
                continue
            assert not target or target in pages, f"{name}: {href}"
            if anchor:
                ids = re.findall(r'id="([^"]+)"', pages[target or name])
                assert {anchor, unquote(anchor)} & {*ids}, f"{name}: {href}"


def test_pages_have_the_picker_once_and_both_languages(pages):
    for text in pages.values():
        assert text.count('<fieldset class="course-picker"') == 1
        assert '<html lang="zh-Hant">' in text and '<div lang="en">' in text
        assert re.search(r"<title>.+ / .+</title>", text)


def test_pages_hold_no_notes_and_every_image(pages):
    for name, text in pages.items():
        assert "講者備註" not in text
        images = re.findall(r"<img\b[^>]*>", text)
        assert all('src="data:image/' in image for image in images), name
        assert not [image for image in images if "No description" in image]


def test_solutions_are_folded_away(pages):
    text = pages["01_autoencoder.html"]
    assert text.count('<details class="jp-RenderedHTMLCommon solution">') == 4
    assert "assert check" not in re.sub(r"<[^>]+>", "", text)


def test_offline_site_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(slides, "NPM", tmp_path / "npm")
    with pytest.raises(slides.MissingPackages, match="mathjax"):
        site.write_site(tmp_path / "site", offline=True)

