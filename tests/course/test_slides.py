"""Decks: what is on them and what is not, without a browser; tests/browser looks at them."""

import base64
import html
import io
import json
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from helpers.course import slides
from helpers.course.run import all_lessons
from helpers.messages import LANGUAGES, CourseError

LESSONS = all_lessons()
DECKS = [pytest.param(path, lang, id=f"{path.stem}-{lang}")
         for path in LESSONS for lang in LANGUAGES]
@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    """The text of every deck, {(lesson, lang): text}, made without running anything."""
    folder = tmp_path_factory.mktemp("decks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jupyter_client.KernelManager.start_kernel",
                      lambda self, **options: pytest.fail("a kernel starts"))
        return {(path.stem, lang): slides.write_deck(path, lang, folder).read_text("utf-8")
                for path in LESSONS for lang in LANGUAGES}


def leaves(text):
    """The HTML of each slide of a deck, those in a vertical stack one by one."""
    body = text.partition('<div class="slides">')[2].partition("<script")[0]
    return re.split(r"<section[^>]*>\s*(?:<section[^>]*>)?", body)[1:]


@pytest.mark.parametrize("path, lang", DECKS)
def test_deck_speaks_one_language(decks, path, lang):
    text = decks[path.stem, lang]
    assert f'<html lang="{LANGUAGES[lang]}">' in text
    body = re.sub(r"<style.*?</style>|<script.*?</script>", "", "".join(leaves(text)), flags=re.S)
    words = re.sub(r"<[^>]+>", "", body)
    assert "course-picker" not in text
    if lang == "en":
        assert not re.search("[\u3400-\u9fff]", words)
    else:
        headings = re.findall(r"<h[12][^>]*>(.*?)</h[12]>", body, re.S)
        assert headings and all(re.search("[\u3400-\u9fff]|Tensor", h) for h in headings)


@pytest.mark.parametrize("path, lang", DECKS)
def test_deck_begins_with_a_title_and_holds_no_solution(decks, path, lang):
    slides_of = leaves(decks[path.stem, lang])
    assert "<h1" in slides_of[0] and "<h2" not in slides_of[0]
    lesson = nbformat.read(path, as_version=4)
    solutions = [cell.source for cell in lesson.cells
                 if "solution" in cell.metadata.get("tags", [])]
    words = html.unescape(re.sub(r"<[^>]+>", "", "".join(slides_of)))
    assert solutions and [s for s in solutions if s in words] == []
    stubs = [cell.source for cell in lesson.cells if cell.cell_type == "code"
             and "raise NotImplementedError" in cell.source]
    assert stubs and [s for s in stubs if s not in words] == []


@pytest.mark.parametrize("path, lang", DECKS)
def test_every_third_slide_has_a_note_with_its_minutes(decks, path, lang):
    without = 0
    for number, slide in enumerate(leaves(decks[path.stem, lang]), 1):
        without = 0 if '<aside class="notes">' in slide else without + 1
        assert without < 3, f"slides {number - 2} to {number} have no speaker's note"
        for note in re.findall(r'<aside class="notes">(.*?)</aside>', slide, re.S):
            assert re.search(r"（\d+分鐘）" if lang == "zh" else r"\(\d+ minutes?\)", note)
            assert "<details" not in note


@pytest.mark.parametrize("path, lang", DECKS)
def test_every_figure_travels_and_has_an_alt_text(decks, path, lang):
    images = re.findall(r"<img\b[^>]*>", "".join(leaves(decks[path.stem, lang])))
    assert images
    for image in images:
        assert 'src="data:image/' in image
        alt = re.search(r'alt="([^"]+)"', image)[1]
        assert "No description" not in alt and " / " not in alt
        assert bool(re.search("[\u3400-\u9fff]", alt)) is (lang == "zh")


def test_reveal_and_mathjax_come_pinned_from_a_cdn(decks):
    text = next(iter(decks.values()))
    sources = re.findall(r'(?:src|href|mathjax)[=:] ?"(https://[^"]+)"', text)
    loaded = [s for s in sources if s.endswith((".js", ".css"))]
    assert len(loaded) == 6  # reveal's two style sheets, itself, its two plugins, MathJax
    for source in loaded:
        assert re.search(r"/(reveal\.js@5\.2\.1|mathjax@3\.2\.2)/", source), source


# --- the packages of an offline deck -------------------------------------------------------------

def fake_packages(folder, **versions):
    for name, version in {**slides.PACKAGES, **versions}.items():
        package = folder / "node_modules" / name
        for part in slides.PARTS:
            if part.startswith(f"{name}/"):
                target = folder / "node_modules" / part
                (target if target.suffix != ".js" else target.parent).mkdir(parents=True)
                (target if target.suffix == ".js" else target / "x.js").write_text("1")
        (package / "package.json").write_text(json.dumps({"version": version}))


def test_offline_deck_takes_everything_along(tmp_path, monkeypatch):
    fake_packages(tmp_path / "npm")
    monkeypatch.setattr(slides, "NPM", tmp_path / "npm")
    deck = slides.write_deck(LESSONS[0], "en", tmp_path / "stick", offline=True)
    text = deck.read_text(encoding="utf-8")
    for source in re.findall(r'(?:src|href|mathjax)[=:] ?"((?!#|data:|https?:)[^"]+)"', text):
        assert source.startswith("lib/")
    assert "jsdelivr" not in text and "unpkg" not in text
    copied = {str(p.relative_to(tmp_path / "stick" / "lib")).replace("\\", "/")
              for p in (tmp_path / "stick" / "lib").rglob("*.js") if p.is_file()}
    assert copied == {"reveal.js/dist/x.js", "reveal.js/plugin/notes/x.js",
                      "reveal.js/plugin/math/x.js", "mathjax/es5/tex-svg-full.js"}


@pytest.mark.parametrize("versions, name", [
    (None, "reveal.js"), ({"reveal.js": "6.0.0"}, "reveal.js"), ({"mathjax": "4.0.0"}, "mathjax")])
def test_missing_packages_are_named_with_the_command(tmp_path, monkeypatch, versions, name):
    monkeypatch.setattr(slides, "NPM", tmp_path / "npm")
    if versions:
        fake_packages(tmp_path / "npm", **versions)
    with pytest.raises(slides.MissingPackages) as error:
        slides.write_deck(LESSONS[0], "en", tmp_path / "stick", offline=True)
    assert f"找不到{name} {slides.PACKAGES[name]}" in str(error.value)
    assert slides.FETCH in str(error.value)
    assert not list((tmp_path / "stick").glob("*.html"))


# --- how a code cell is split --------------------------------------------------------------------

def picture(width, height):
    file = io.BytesIO()
    Image.new("L", (width, height)).save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


def cell(lines, printed=0, figures=(), tags=(), kind="subslide"):
    outputs = [new_output("stream", text="x\n" * printed)] if printed else []
    outputs += [new_output("display_data", data={"image/png": picture(*size)}) for size in figures]
    return new_code_cell("\n".join(["y = 1"] * lines), outputs=outputs, metadata={
        "slideshow": {"slide_type": kind}, "tags": list(tags)})


WIDE, SQUARE = (800, 200), (500, 400)


@pytest.mark.parametrize("given, used, parts, layout", [
    (cell(11, printed=10), 0, 1, None), (cell(12, printed=10), 0, 2, None),
    (cell(10, printed=5), 7, 2, None), (cell(25), 0, 1, None),
    (cell(3, figures=[WIDE]), 0, 1, "across"), (cell(14, figures=[WIDE]), 0, 2, "across"),
    (cell(8, figures=[SQUARE]), 0, 2, "beside"), (cell(3, figures=[WIDE] * 2), 6, 2, "across")])
def test_code_and_what_it_shows_fit_their_slides(given, used, parts, layout):
    found = slides.split(given, used)
    assert len(found) == parts
    assert found[-1].metadata.get("layout") == layout
    if parts == 2:
        code, shown = found
        assert code.outputs == [] and shown.outputs
        assert shown.metadata.transient.remove_source
        assert shown.metadata.slideshow.slide_type == "subslide"


def test_hidden_code_leaves_its_output():
    (shown,) = slides.split(cell(3, printed=1, tags=["hide-input"], kind="-"))
    assert shown.metadata.transient.remove_source and shown.outputs
    assert shown.metadata.slideshow.slide_type == "-"


def tiny(*cells):
    text = '<div lang="zh-Hant">\n\n# 題\n\n</div>\n<div lang="en">\n\n# Title\n\n</div>'
    title = new_markdown_cell(text, metadata={"slideshow": {"slide_type": "slide"}})
    return new_notebook(cells=[title, *cells])


def test_solutions_leave_the_deck_whatever_their_slide_type():
    secret = new_code_cell("secret = 42", metadata={
        "slideshow": {"slide_type": "-"}, "tags": ["solution"]})
    made = slides.deck(tiny(cell(2), secret), "en")
    assert "secret" not in str(made) and "y = 1" in str(made)


def test_a_slide_without_a_heading_gets_its_topic():
    made = slides.deck(tiny(cell(2)), "zh")
    titles = [c.source for c in made.cells if "running-title" in c.source]
    assert titles == ['<p class="running-title">題</p>']


@pytest.mark.parametrize("spoil", [
    lambda nb: nb.cells.clear(), lambda nb: nb.cells.insert(0, cell(1)),
    lambda nb: nb.cells[0].update(source=nb.cells[0].source.replace("# Title", "Title")),
    lambda nb: nb.cells[0].metadata.slideshow.update(slide_type="-")])
def test_a_notebook_without_a_title_is_refused_in_words(spoil):
    notebook = tiny(cell(2))
    spoil(notebook)
    with pytest.raises(CourseError, match="第一格(.|\n)*first cell"):
        slides.deck(notebook, "en")
