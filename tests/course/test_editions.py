"""Editions of a lesson: languages, notes, solutions, figures, and a student's own copy."""

import ast
import base64
import re
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import ROOT
from helpers.course import editions
from helpers.course.run import all_lessons

LESSONS = all_lessons()
ids = [path.stem for path in LESSONS]


def twin(zh, en):
    return f'<div lang="zh-Hant">\n\n{zh}\n\n</div>\n<div lang="en">\n\n{en}\n\n</div>'


def lesson():
    """A tiny lesson with one of everything."""
    message = '<div lang="zh-Hant">訓練集</div><div lang="en">Training set</div>'
    picker = '<style></style><fieldset class="course-picker"></fieldset>'
    note = twin("<details><summary>講者備註（1分鐘）</summary>\n\n問。\n\n</details>",
                "<details><summary>Speaker's note (1 minute)</summary>\n\nAsk.\n\n</details>")
    figure = new_output("display_data", data={"image/png": base64.b64encode(b"png").decode()})
    html = [new_output("display_data", data={"text/html": text, "text/plain": "plain"})
            for text in (picker, message)]
    return new_notebook(cells=[
        new_markdown_cell(twin("# 題目\n\n[詞彙](glossary.md)", "# Title\n\n[terms](glossary.md)")),
        new_markdown_cell(note, metadata={"slideshow": {"slide_type": "notes"}}),
        new_code_cell('lesson = start("99_tiny", seed=0)', outputs=[*html, figure], metadata={
            "alt": [{"zh-Hant": "一張「圖」", "en": "a <figure>"}]}, execution_count=1),
        new_markdown_cell(twin("![臉](../images/synthetic_faces.png)",
                               "![faces](../images/synthetic_faces.png)")),
        new_code_cell("answer = 42", metadata={"tags": ["solution"]}),
    ])


@pytest.mark.parametrize("lang, kept, gone", [("zh", "題目", "Title"), ("en", "Title", "題目")])
def test_one_language_stays_everywhere(lang, kept, gone):
    notebook = lesson()
    editions.keep_language(notebook, lang)
    text = str(notebook)
    assert kept in text and gone not in text
    shown = notebook.cells[2].outputs[0].data["text/html"]
    assert shown == {"zh": '<div lang="zh-Hant">訓練集</div>',
                     "en": '<div lang="en">Training set</div>'}[lang]
    assert notebook.cells[2].metadata.alt == [
        {"zh-Hant": "一張「圖」"} if lang == "zh" else {"en": "a <figure>"}]
    assert "course-picker" not in text and "<div" not in notebook.cells[0].source


@pytest.mark.parametrize("path", LESSONS, ids=ids)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_lesson_has_one_language_left(path, lang):
    notebook = nbformat.read(path, as_version=4)
    editions.keep_language(notebook, lang)
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert all(text.strip() for text in texts)
    other = re.compile("lang=|" + ("[\u3400-\u9fff]" if lang == "en" else "<<never>>"))
    assert [text for text in texts if other.search(text)] == []


def test_notes_are_opened_or_dropped():
    notebook = lesson()
    editions.unfold_notes(notebook)
    assert "<strong>Speaker's note (1 minute)</strong>\n\nAsk." in notebook.cells[1].source
    assert "details" not in notebook.cells[1].source
    editions.drop_notes(notebook)
    assert "Ask." not in str(notebook) and len(notebook.cells) == 4


def test_figures_get_their_alt_text_escaped():
    notebook = lesson()
    editions.describe_figures(notebook)
    assert notebook.cells[2].outputs[-1].data["text/html"] == (
        '<img class="figure" alt="一張「圖」 / a &lt;figure&gt;" '
        f'src="data:image/png;base64,{base64.b64encode(b"png").decode()}">')


def test_images_travel_in_the_text():
    notebook = lesson()
    editions.embed_images(notebook)
    found = re.findall(r'<img class="synthetic" alt="([^"]+)" src="data:image/png;base64,([^"]+)">',
                       notebook.cells[3].source)
    picture = (ROOT / "images" / "synthetic_faces.png").read_bytes()
    assert [alt for alt, _ in found] == ["臉", "faces"]
    assert all(base64.b64decode(data) == picture for _, data in found)


def texts_of(notebook):
    return "".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("path", LESSONS, ids=ids)
def test_no_image_of_a_lesson_stays_behind(path):
    notebook = nbformat.read(path, as_version=4)
    before = texts_of(notebook).count("](../images/")
    editions.embed_images(notebook)
    after = texts_of(notebook)
    assert "../images" not in after and after.count("data:image/") == before


@pytest.mark.parametrize("lang, expected", [
    (None, 'lesson = start("99_tiny", seed=0)'),
    ("zh", 'lesson = start("99_tiny", seed=0, lang="zh")')])
def test_copy_is_clean_and_speaks_its_language(tmp_path, lang, expected):
    path = tmp_path / "99_tiny.ipynb"
    nbformat.write(lesson(), path)
    copy = editions.copy_lesson(path, lang, solutions=False, folder=tmp_path / "work")
    assert copy.name == ("99_tiny.zh.exercises.ipynb" if lang else "99_tiny.exercises.ipynb")
    notebook = nbformat.read(copy, as_version=4)
    nbformat.validate(notebook)
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.source for cell in codes] == [expected]
    assert codes[0].outputs == [] and codes[0].execution_count is None
    assert "問。" not in str(notebook)
    assert "(../notebooks/glossary.md)" in notebook.cells[0].source
    assert "(../images/synthetic_faces.png)" in str(notebook)


def test_a_students_work_is_never_overwritten(tmp_path):
    path = tmp_path / "99_tiny.ipynb"
    nbformat.write(lesson(), path)
    copy = editions.copy_lesson(path, folder=tmp_path / "work")
    copy.write_text("my answers", encoding="utf-8")
    with pytest.raises(FileExistsError, match="已經存在(.|\n)*exists already"):
        editions.copy_lesson(path, folder=tmp_path / "work")
    assert copy.read_text(encoding="utf-8") == "my answers"


@pytest.mark.parametrize("path", LESSONS, ids=ids)
@pytest.mark.parametrize("lang, solutions", [("zh", False), ("en", True), (None, False)])
def test_copy_of_a_lesson_is_the_lesson(path, lang, solutions, tmp_path):
    """The copy's code is the lesson's, but for solutions and the language: so it runs as well.

    That nothing needs the solutions is a rule of every lesson (rules.exercises).
    """
    notebook = nbformat.read(editions.copy_lesson(path, lang, solutions, tmp_path), as_version=4)
    original = nbformat.read(path, as_version=4)
    wanted = [cell.source for cell in original.cells if cell.cell_type == "code"
              and (solutions or "solution" not in cell.metadata.get("tags", []))]
    found = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    changed = [(a, b) for a, b in zip(wanted, found, strict=True) if a != b]
    assert len(changed) == (1 if lang else 0)
    for source, translated in changed:
        assert source == translated.replace(f', lang="{lang}"', "")
        ast.parse(translated)
    linked = re.findall(r"\]\(((?!https?:|#)[^)]+)\)", texts_of(notebook))
    assert [link for link in linked if not (ROOT / "work" / link).resolve().exists()] == []


@pytest.mark.parametrize("path", all_lessons(), ids=lambda path: path.stem)
def test_what_stays_without_the_solutions_uses_no_name_of_theirs(path, tmp_path):
    """ruff reads the copy: a name that only a solution defines would be undefined."""
    copy = editions.copy_lesson(path, solutions=False, folder=tmp_path / "notebooks")
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "F821", str(copy)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout


def test_a_name_that_only_a_solution_defines_is_found(tmp_path):
    solution = new_code_cell("def answer():\n    return 42", metadata={"tags": ["solution"]})
    notebook = new_notebook(cells=[solution, new_code_cell("print(answer())")])
    (tmp_path / "in").mkdir()
    nbformat.write(notebook, tmp_path / "in" / "98_tiny.ipynb")
    with pytest.raises(AssertionError, match="answer"):
        test_what_stays_without_the_solutions_uses_no_name_of_theirs(
            tmp_path / "in" / "98_tiny.ipynb", tmp_path)


@pytest.mark.parametrize(("source", "expected"), [
    ('lesson = start("01_x", seed=0)', 'lesson = start("01_x", seed=0, lang="zh")'),
    ('lesson = start("01_x")', 'lesson = start("01_x", lang="zh")'),
    ("start()", 'start(lang="zh")'),
    ('lesson = start(\n    "01_x", device=pick(("a", "b")),\n)',
     'lesson = start(\n    "01_x", device=pick(("a", "b")),\nlang="zh")'),
    ('print("人臉"); lesson = start("01_x", faces="synthetic")',
     'print("人臉"); lesson = start("01_x", faces="synthetic", lang="zh")'),
    ("restart(1)\nobj.start(2)", "restart(1)\nobj.start(2)"),
    ("%time\nstart(", "%time\nstart("),
])
def test_the_language_goes_into_the_call_of_start(source, expected):
    assert editions.start_in(source, "zh") == expected
