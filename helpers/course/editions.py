"""Editions of a lesson for one purpose: in one language, without solutions, to be read elsewhere.

Every function but copy_lesson() changes the notebook it is given, an nbformat 4 NotebookNode.
"""

import ast
import base64
import html
import re
from pathlib import PurePosixPath

from helpers import ROOT
from helpers.course.notebooks import read_notebook
from helpers.files import write_text
from helpers.messages import LANGUAGES, both

DIV = re.compile(r'^<div lang="([\w-]+)">\n(.*?)\n</div>\n?', re.DOTALL | re.MULTILINE)
MESSAGE = re.compile(r'<div lang="([\w-]+)">(.*?)</div>', re.DOTALL)
IMAGE_LINK = re.compile(r"!\[([^\]]*)\]\((\.\./images/[^)\s]+)\)")
NOTEBOOK_LINK = re.compile(r"\]\((?!\.\./|[a-z]+:|#)([^)\s]+)\)")  # to a neighbour in notebooks/
FIGURES = ("image/png", "image/jpeg")
WORK = ROOT / "work"  # students' own copies; ignored by git


def slide_type(cell):
    """How a cell shows on slides: "slide", "subslide", "fragment", "skip", "notes" or "-"."""
    return cell.metadata.get("slideshow", {}).get("slide_type", "-")


def keep_language(notebook, lang):
    """Leaves one language, "zh" or "en", in texts, messages, headings and alt texts.

    The picker goes.
    """
    tag = LANGUAGES[lang]
    drop_picker(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = DIV.sub(lambda m: m[2].strip("\n") if m[1] == tag else "", cell.source)
        for output in cell.get("outputs", []):
            if text := output.get("data", {}).get("text/html"):
                output.data["text/html"] = MESSAGE.sub(
                    lambda m: m[0] if m[1] == tag else "", text)
        for words in [*cell.metadata.get("alt", []), cell.metadata.get("heading", {})]:
            for other in set(words) - {tag}:
                del words[other]


def drop_picker(notebook):
    """Takes out the language picker."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs
                            if "course-picker" not in output.get("data", {}).get("text/html", "")]


def drop_solutions(notebook):
    """Takes out the cells tagged "solution"; the others do not need them (a test sees to it)."""
    notebook.cells = [cell for cell in notebook.cells
                      if "solution" not in cell.metadata.get("tags", [])]


def drop_optional(notebook):
    """Takes out the cells tagged "optional", which the core of a lesson does without."""
    notebook.cells = [cell for cell in notebook.cells
                      if "optional" not in cell.metadata.get("tags", [])]


def drop_notes(notebook):
    """Takes out the speaker's notes."""
    notebook.cells = [cell for cell in notebook.cells if slide_type(cell) != "notes"]


def unfold_notes(notebook):
    """Opens the speaker's notes, which are folded away in the notebook."""
    for cell in notebook.cells:
        if slide_type(cell) == "notes":
            cell.source = re.sub(r"<details><summary>(.*?)</summary>\n(.*?)\n</details>",
                                 r"<strong>\1</strong>\n\2", cell.source, flags=re.DOTALL)


def embed_images(notebook):
    """Puts the pictures of ../images into the text itself, as data URIs.

    The first word of a file's name becomes the picture's class: roadmap_data.svg has "roadmap".
    """
    def embed(match):
        path = ROOT / "images" / PurePosixPath(match[2]).name
        kind = {".svg": "svg+xml"}.get(path.suffix, path.suffix[1:])
        data = base64.b64encode(path.read_bytes()).decode()
        return (f'<img class="{path.stem.partition("_")[0]}" alt="{html.escape(match[1])}" '
                f'src="data:image/{kind};base64,{data}">')

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = IMAGE_LINK.sub(embed, cell.source)


def describe_figures(notebook):
    """Gives every figure its alt text, which nbconvert's templates do not write."""
    for cell in notebook.cells:
        figures = [output for output in cell.get("outputs", []) if figure_type(output)]
        for output, alt in zip(figures, cell.metadata.get("alt", []), strict=False):
            kind = figure_type(output)
            text = html.escape(" / ".join(alt[tag] for tag in LANGUAGES.values() if tag in alt))
            output.data = {"text/html": f'<img class="figure" alt="{text}" '
                                        f'src="data:{kind};base64,{output.data[kind].strip()}">'}


def figure_type(output):
    """"image/png" or "image/jpeg" if the output is a figure, else None."""
    return next((kind for kind in FIGURES if kind in output.get("data", {})), None)


def relink(notebook, change):
    """Applies `change` to the target of every link to a neighbour of the notebook."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = NOTEBOOK_LINK.sub(lambda m: f"]({change(m[1])})", cell.source)


def copy_lesson(path, lang=None, solutions=True, folder=None):
    """Writes a student's own copy of the lesson `path` into `folder`; returns the copy's path.

    lang: "zh", "en" or None for both. folder: work/, unless named. The copy has no outputs yet
    and no speaker's notes.
    Raises FileExistsError where there is a copy already: a student's work is never overwritten.
    """
    import nbformat

    folder = folder or WORK
    parts = [path.stem, lang, None if solutions else "exercises", "ipynb"]
    copy = folder / ".".join(filter(None, parts))
    if copy.exists():
        raise FileExistsError(both("copy_exists", path=copy))
    notebook = read_notebook(path)
    drop_notes(notebook)
    if not solutions:
        drop_solutions(notebook)
    if lang:
        keep_language(notebook, lang)
    relink(notebook, lambda target: f"../notebooks/{target}")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
            if lang:  # check() and data messages speak it, too
                cell.source = start_in(cell.source, lang)
    write_text(copy, nbformat.writes(notebook) + "\n")
    return copy


def start_in(source, lang):
    """The code `source` with lang="..." among the arguments of its call of start(), if any."""
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except SyntaxError:  # IPython's magic
        return source
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id == "start":
            lines = source.encode().splitlines(keepends=True)  # ast counts columns in bytes
            end = sum(map(len, lines[: call.end_lineno - 1])) + call.end_col_offset - 1
            text = source.encode()
            comma = b"" if text[:end].rstrip().endswith((b",", b"(")) else b", "
            return (text[:end] + comma + f'lang="{lang}"'.encode() + text[end:]).decode()
    return source
