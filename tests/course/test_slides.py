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

from helpers.course import deck, slides
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
        headings = re.findall(r"<h[123][^>]*>(.*?)</h[123]>", body, re.S)
        assert headings and all(re.search("[\u3400-\u9fff]|Tensor", h) for h in headings)


@pytest.mark.parametrize("path, lang", DECKS)
def test_deck_begins_with_a_title_and_holds_no_solution(decks, path, lang):
    slides_of = leaves(decks[path.stem, lang])
    assert "<h1" in slides_of[0] and "<h2" not in slides_of[0]
    assert {"zh": "自編碼器課程", "en": "A course on autoencoders"}[lang] in slides_of[0]
    assert 'class="title"' in slides_of[0], "the row of faces"
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
    without, appendix = 0, "附錄：" if lang == "zh" else "Appendix: "
    for number, slide in enumerate(leaves(decks[path.stem, lang]), 1):
        if appendix in slide:
            break
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
    assert len(loaded) == 7  # reveal's two style sheets, itself, its three plugins, MathJax
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
                      "reveal.js/plugin/math/x.js", "reveal.js/plugin/highlight/x.js",
                      "mathjax/es5/tex-svg-full.js"}


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


@pytest.mark.parametrize("given, used, parts", [
    (cell(11, printed=9), 0, 1), (cell(12, printed=9), 0, 2), (cell(10, printed=5), 7, 2),
    (cell(25), 0, 1), (cell(3, figures=[WIDE]), 0, 1), (cell(14, figures=[WIDE]), 0, 2),
    (cell(8, figures=[SQUARE]), 0, 2), (cell(3, figures=[WIDE] * 2), 6, 2)])
def test_code_and_what_it_shows_fit_their_slides(given, used, parts):
    found = deck.split(given, used)
    assert len(found) == parts
    if parts == 2:
        code, shown = found
        assert code.outputs == [] and shown.outputs
        assert shown.metadata.transient.remove_source
        assert shown.metadata.slideshow.slide_type == "subslide"


@pytest.mark.parametrize("tag", ["hide-input", "appendix"])
def test_hidden_code_leaves_its_output(tag):
    (shown,) = deck.split(cell(3, printed=1, tags=[tag], kind="-"))
    assert shown.metadata.transient.remove_source and shown.outputs
    assert shown.metadata.slideshow.slide_type == "-"
    assert deck.split(cell(3, tags=[tag])) == [], "a slide without anything on it"


def tiny(*cells):
    text = '<div lang="zh-Hant">\n\n# 題\n\n</div>\n<div lang="en">\n\n# Title\n\n</div>'
    title = new_markdown_cell(text, metadata={"slideshow": {"slide_type": "slide"}})
    return new_notebook(cells=[title, *cells])


def test_solutions_leave_the_deck_whatever_their_slide_type():
    secret = new_code_cell("secret = 42", metadata={
        "slideshow": {"slide_type": "-"}, "tags": ["solution"]})
    made = slides.deck(tiny(cell(2), secret), "en")
    assert "secret" not in str(made) and "y = 1" in str(made)


def test_a_picture_in_the_text_takes_no_lines_of_words():
    """Its data are in the text by then: thousands of characters."""
    text = new_markdown_cell('## A\n\n<img alt="a map" src="data:image/svg+xml;base64,'
                             + 9000 * "A" + '">')
    assert deck.height(text) < 2


def words(*lines, kind="slide", tags=(), **metadata):
    """A Markdown cell with the lines in both languages, the Chinese ones in brackets."""
    zh = "\n\n".join(f"{line}（中）" for line in lines)
    text = f'<div lang="zh-Hant">\n\n{zh}\n\n</div>\n<div lang="en">\n\n' \
           + "\n\n".join(lines) + "\n\n</div>"
    return new_markdown_cell(text, metadata={"slideshow": {"slide_type": kind},
                                             "tags": list(tags), **metadata})


def sources(made):
    return [found.source for found in made.cells]


def test_a_slide_without_a_heading_gets_its_topic_or_the_one_of_its_cell():
    code = cell(2)
    code.metadata.heading = {"zh-Hant": "結果", "en": "The result"}
    made = slides.deck(tiny(words("## The `topic`"), cell(2), code), "en")
    assert '<div class="continued">\n\n## The `topic`\n\n</div>' in sources(made)
    assert "## The result" in sources(made) and "結果" not in str(made)
    kinds = [found.metadata.slideshow.slide_type for found in made.cells]
    assert kinds == ["slide", "slide", "subslide", "-", "subslide", "-"]


def test_a_subheading_does_not_become_the_topic():
    made = slides.deck(tiny(words("## Topic"), words("### Detail", kind="subslide"), cell(1)), "en")
    assert "## Topic" in sources(made)[3]


def test_the_core_leaves_out_what_is_optional():
    notebook = tiny(words("## Needed"), words("## Optional: more", tags=["optional"]),
                    cell(2, tags=["optional"]), words("## End"))
    made = slides.deck(notebook, "en", core=True)
    assert sources(made)[1:] == ["## Needed", "## End"]


def test_code_of_the_appendix_stands_at_the_end_and_is_linked_both_ways():
    first, second = cell(12, printed=2, tags=["appendix"], kind="-"), cell(12, tags=["appendix"])
    first.source, second.source = first.source.replace("y", "a"), second.source.replace("y", "b")
    made = slides.deck(tiny(words("## Result"), first, second, words("## End")), "en")
    text = sources(made)
    assert text[1:3] == ["## Result", ""] and "appendix" in text[3] and text[4] == "## End"
    assert text[5].startswith("## Appendix: Result") and text[6] == first.source
    assert text[7].startswith("## Appendix: Result") and text[8] == second.source, "two slides"
    assert f'data-to="cell-id={made.cells[5].id}"' in text[3]
    assert f'data-to="cell-id={made.cells[1].id}"' in text[5]
    assert [found.metadata.slideshow.slide_type for found in made.cells[5:]] == [
        "slide", "-", "subslide", "-"]


@pytest.mark.parametrize("cells, layout", [
    ([words("## A"), cell(1, figures=[SQUARE], tags=["hide-input"], kind="-")], "across"),
    ([words("## A"), cell(1, figures=[SQUARE], tags=["hide-input"], kind="-"),
      words("It falls.", kind="-")], "beside"),
    ([words("## A", "It falls."), cell(1, figures=[SQUARE], tags=["hide-input"], kind="-")],
     "across"),
    ([words("## A", "It falls."), cell(1, figures=[WIDE], tags=["hide-input"], kind="-")],
     "across"),
    ([words("## A"), cell(1, 2, [SQUARE], ["hide-input"], "-")], "beside"),
    ([words("## A"), cell(1, figures=[SQUARE], tags=["hide-input"], kind="-"),
      words("A note.", kind="notes")], "across"),
])
def test_a_figure_stands_beside_words_only_where_there_are_some(cells, layout):
    made = slides.deck(tiny(*cells), "en")
    assert made.cells[1].metadata.slideshow.data.layout == layout


def test_code_can_be_gone_through_in_steps():
    code = cell(3)
    code.source, code.metadata.steps = "if a < b:\n    c()\n\nd()", "1-2|4"
    made = slides.deck(tiny(words("## A"), code), "en")
    assert made.cells[-1].source == (
        '<pre class="stepped"><code class="language-python" data-line-numbers="1-2|4">'
        "if a &lt; b:\n    c()\n\nd()</code></pre>")


def test_a_formula_and_the_comma_behind_it_stay_together():
    made = slides.deck(tiny(words("## A", "If $x$, then $y$ and $$z$$, a price of \\$5.")), "en")
    assert '<span class="together">$x$,</span> then $y$ and $$z$$, a price' in sources(made)[1]


def test_the_last_line_of_a_chinese_paragraph_has_five_characters_or_more():
    source = ("## 一個很長的標題在這裡\n\n這是一段很長的中文，最後一行不能只有一個字。\n\n"
              "- 清單的一項也一樣如此")
    made = slides.deck(tiny(new_markdown_cell(
        f'<div lang="zh-Hant">\n\n{source}\n\n</div>\n<div lang="en">\n\n## T\n\n</div>',
        metadata={"slideshow": {"slide_type": "slide"}})), "zh")
    heading, paragraph, item = sources(made)[1].split("\n\n")
    assert heading == "## 一個很長的標題在這裡"
    assert paragraph.endswith('不能只<span class="together">有一個字。</span>')
    assert item == '- 清單的一項也<span class="together">一樣如此</span>'


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lesson_01_is_a_talk_of_45_minutes(lang):
    """35 to 45 slides in the core, each with a heading of its own."""
    lesson = nbformat.read(LESSONS[0], as_version=4)
    made = slides.deck(lesson, lang, core=True)
    appendix = {"zh": "附錄：", "en": "Appendix: "}[lang]
    talk = []
    for found in made.cells:
        if appendix in found.source.split("\n")[0]:
            break
        talk += [found] if deck.begins(found) else []
    assert 35 <= len(talk) <= 45
    headings = [deck.HEADING.search(found.source)[1] for found in talk]
    assert len(set(headings)) == len(headings)
    assert not [h for h in headings if h.startswith(("選讀", "Optional"))]


@pytest.mark.parametrize("spoil", [
    lambda nb: nb.cells.clear(), lambda nb: nb.cells.insert(0, cell(1)),
    lambda nb: nb.cells[0].update(source=nb.cells[0].source.replace("# Title", "Title")),
    lambda nb: nb.cells[0].metadata.slideshow.update(slide_type="-")])
def test_a_notebook_without_a_title_is_refused_in_words(spoil):
    notebook = tiny(cell(2))
    spoil(notebook)
    with pytest.raises(CourseError, match="第一格(.|\n)*first cell"):
        slides.deck(notebook, "en")
