"""One deck of slides per language, from the outputs stored in a lesson; nothing is run.

nbconvert's reveal exporter does the work. What is added here: one language only, a code cell's
figure on a slide of its own, a running title, and where reveal and MathJax come from.
"""

import io
import json
import re
import shutil
from base64 import b64decode

from helpers import ROOT
from helpers.course import editions
from helpers.files import write_text
from helpers.messages import LANGUAGES, CourseError, both

WIDTH, HEIGHT = 1280, 720
PACKAGES = {"reveal.js": "5.2.1", "mathjax": "3.2.2"}  # nbconvert's template needs reveal 5
CDN = "https://cdn.jsdelivr.net/npm"
TEMPLATES = str(ROOT / "helpers" / "course" / "templates")
NPM = ROOT / "build" / "npm"
FETCH = "npm install --prefix build/npm " + " ".join(f"{n}@{v}" for n, v in PACKAGES.items())
# What a deck needs of the packages
PARTS = ("reveal.js/dist", "reveal.js/plugin/notes", "reveal.js/plugin/math",
         "mathjax/es5/tex-svg-full.js")
MAX_LINES, COLUMNS = 21, 90  # of code and printed text on one slide
LINE, TEXT_WIDTH = 28, 1184  # pixels: the height of such a line, the width of a slide's contents


class MissingPackages(CourseError):
    """reveal.js or MathJax is not on the disk; the text says how to get them."""


def write_deck(path, lang, folder=None, offline=False):
    """Writes the deck of the lesson `path` in `lang`, "zh" or "en"; returns its path.

    folder: build/slides, or build/slides-offline for offline=True, which puts reveal and MathJax
    into the folder, so that the deck works without a network; raises MissingPackages without them.
    """
    import nbformat
    from nbconvert import SlidesExporter

    name = "slides-offline" if offline else "slides"
    folder = folder or ROOT / "build" / name
    prefix = copy_packages(folder) if offline else CDN
    exporter = SlidesExporter(
        template_name="slides", extra_template_basedirs=[TEMPLATES],
        reveal_url_prefix=package_url(prefix, "reveal.js"), reveal_theme="white",
        reveal_width=str(WIDTH), reveal_height=str(HEIGHT), reveal_number="c/t",
        reveal_transition="none", language_code=lang,
        mathjax_url=package_url(prefix, "mathjax") + "/es5/tex-svg-full.js",
        exclude_input_prompt=True, exclude_output_prompt=True)
    notebook = deck(nbformat.read(path, as_version=4), lang)
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
    # The exporter takes two letters only; the browser chooses Traditional glyphs by the whole tag
    page = page.replace(f'<html lang="{lang}">', f'<html lang="{LANGUAGES[lang]}">', 1)
    written = folder / f"{path.stem}.{lang}.html"
    write_text(written, page)
    return written


def package_url(prefix, name):
    """Where a package is: with its version on a CDN, without in a folder."""
    return f"{prefix}/{name}@{PACKAGES[name]}" if prefix == CDN else f"{prefix}/{name}"


def copy_packages(folder, names=tuple(PACKAGES)):
    """Copies what a page needs of the packages into folder/lib; returns "lib".

    Raises MissingPackages where one is not on the disk.
    """
    modules = NPM / "node_modules"
    for name in names:
        version = PACKAGES[name]
        try:
            found = json.loads((modules / name / "package.json").read_text("utf-8"))["version"]
        except (OSError, ValueError, KeyError):
            found = None
        if found != version:
            raise MissingPackages(both("slides_no_packages", name=name, version=version,
                                       command=FETCH))
    for part in (part for part in PARTS if part.split("/")[0] in names):
        source, target = modules / part, folder / "lib" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy2(source, target)
    return "lib"


def deck(notebook, lang):
    """The notebook as a deck: one language, no solutions, cells arranged into slides.

    Raises CourseError where the notebook does not begin with a slide that has a title.
    """
    editions.drop_solutions(notebook)
    editions.keep_language(notebook, lang)
    editions.unfold_notes(notebook)
    editions.embed_images(notebook)
    first = notebook.cells[0] if notebook.cells else None
    named = first and re.search(r"^# +(.+)$", first.source, re.MULTILINE)
    if not named or first.cell_type != "markdown" or editions.slide_type(first) != "slide":
        raise CourseError(both("slides_no_title", lang=LANGUAGES[lang]))
    notebook.metadata.title = named[1]
    # title: of the topic; start: the cell that begins the present slide; used: lines on it so far
    cells, title, start, used = [], "", first, 0
    for cell in notebook.cells:
        if editions.slide_type(cell) in ("slide", "subslide"):
            used = 0
        for part in split(cell, used):
            heading = re.search(r"^##? +(.+)$", part.source, re.MULTILINE)
            if heading and part.cell_type == "markdown":
                title = heading[1]
            if editions.slide_type(part) in ("slide", "subslide"):
                start, used = part if heading else running_title(part, title), 0
                cells += [] if heading else [start]
            if "layout" in part.metadata:
                start.metadata.slideshow.data = {"layout": part.metadata.layout}
            used += height(part) if editions.slide_type(part) not in ("notes", "skip") else 0
            cells.append(part)
    notebook.cells = cells
    editions.describe_figures(notebook)
    return notebook


def height(cell):
    """About how many lines of code a cell takes the place of on a slide."""
    if cell.cell_type == "code":
        return len(cell.source.split("\n")) + len(printed(cell))
    wide = sum(2 if character > "\u2e80" else 1 for character in cell.source)
    return 1.5 * wide / 80 + 0.6 * cell.source.count("\n\n")


def printed(cell):
    """The lines of text that a code cell has printed, as they break on a slide."""
    return [line[start:start + COLUMNS] for output in cell.outputs if "text" in output
            for line in output.text.rstrip().split("\n")
            for start in range(0, len(line) or 1, COLUMNS)]


def layout(figures):
    """How figures lie on a slide, "beside" the words or "across" it, and the lines they need."""
    from PIL import Image

    sizes = [Image.open(io.BytesIO(b64decode(figure.data[editions.figure_type(figure)]))).size
             for figure in figures]
    wanted = sum(min(520, TEXT_WIDTH * height / width) for width, height in sizes)
    beside = len(sizes) == 1 and sizes[0][0] < 1.9 * sizes[0][1]
    return "beside" if beside else "across", 0.8 * wanted / LINE


def split(cell, used=0):
    """A code cell as one or two cells, so that code and what it shows both fit their slides.

    used: lines that the slide holds already. Sets the metadata layout, from which deck.css takes
    where figures lie.
    """
    from nbformat import from_dict

    kind = editions.slide_type(cell)
    if cell.cell_type != "code" or kind == "skip":
        return [cell]
    figures = [output for output in cell.outputs if editions.figure_type(output)]
    lie, needed = layout(figures) if figures else (None, 0)
    output_only = "hide-input" in cell.metadata.get("tags", [])
    if not output_only and (not cell.outputs or used + height(cell) + needed <= MAX_LINES):
        if figures:
            cell.metadata.layout = "across"
        return [cell]
    shown = from_dict({**cell, "id": f"{cell.id}-shown", "source": ""})
    shown.metadata = from_dict({
        "slideshow": {"slide_type": kind if output_only else "subslide"},
        "transient": {"remove_source": True}, "alt": cell.metadata.get("alt", [])})
    if figures:
        shown.metadata.layout = lie
    cell.outputs = []
    return [shown] if output_only else [cell, shown]


def running_title(cell, title):
    """A small line that begins a slide without a heading of its own and takes over its type."""
    from nbformat.v4 import new_markdown_cell

    show = cell.metadata.pop("slideshow")
    cell.metadata.slideshow = {"slide_type": "-"}
    return new_markdown_cell(f'<p class="running-title">{title}</p>',
                             id=f"{cell.id}-title", metadata={"slideshow": show})
