"""One deck of slides per language, from the outputs stored in a lesson; nothing is run.

nbconvert's reveal exporter does the work. What is added here: one language only, a code cell's
figure on a slide of its own, a running title, and where reveal and MathJax come from.
"""

import io
import json
import re
import shutil
from base64 import b64decode

from helpers import ROOT, editions
from helpers.messages import LANGUAGES, CourseError, both

WIDTH, HEIGHT = 1280, 720
PACKAGES = {"reveal.js": "5.2.1", "mathjax": "3.2.2"}  # nbconvert's template needs reveal 5
CDN = "https://cdn.jsdelivr.net/npm"
NPM = ROOT / "build" / "npm"
FETCH = "npm install --prefix build/npm " + " ".join(f"{n}@{v}" for n, v in PACKAGES.items())
# What a deck needs of the packages
PARTS = ("reveal.js/dist", "reveal.js/plugin/notes", "reveal.js/plugin/math",
         "mathjax/es5/tex-svg-full.js")
MAX_LINES, COLUMNS = 20, 92  # of code and printed text on one slide
FIGURE_LINES = {"across": 9, "beside": 15}  # how many of them one figure needs
LARGE_LINES, LARGE_COLUMNS = 12, 74  # up to here there is room for larger letters


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
    folder.mkdir(parents=True, exist_ok=True)
    prefix = copy_packages(folder) if offline else CDN
    exporter = SlidesExporter(
        template_name="slides", extra_template_basedirs=[str(ROOT / "helpers" / "templates")],
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
    written.write_text(page, encoding="utf-8", newline="\n")
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
    """The notebook as a deck: one language, no solutions, cells arranged into slides."""
    editions.drop_solutions(notebook)
    editions.keep_language(notebook, lang)
    editions.unfold_notes(notebook)
    editions.embed_images(notebook)
    cells, title, start = [], "", None  # start: the cell that begins the present slide
    for cell in notebook.cells:
        for part in split(cell):
            heading = re.search(r"^##? +(.+)$", part.source, re.MULTILINE)
            if heading and part.cell_type == "markdown":
                title = heading[1]
            if editions.slide_type(part) in ("slide", "subslide"):
                start = part if heading else running_title(part, title)
                cells += [] if heading else [start]
            start.metadata.slideshow.setdefault("data", {}).update(
                {key: part.metadata[key] for key in ("layout", "code") if key in part.metadata})
            cells.append(part)
    notebook.cells = cells
    notebook.metadata.title = re.search(r"^# +(.+)$", cells[0].source, re.MULTILINE)[1]
    editions.describe_figures(notebook)
    return notebook


def layout(figures):
    """How figures lie on a slide: "beside" the words or "across" the slide."""
    from PIL import Image

    data = b64decode(figures[0].data[editions.figure_type(figures[0])])
    width, height = Image.open(io.BytesIO(data)).size
    return "beside" if len(figures) == 1 and width < 1.9 * height else "across"


def split(cell):
    """A code cell as one or two cells, so that code and what it shows both fit their slides.

    Sets the metadata layout and code, from which deck.css takes where figures lie and how large
    the letters are.
    """
    from nbformat import from_dict

    kind = editions.slide_type(cell)
    if cell.cell_type != "code" or kind == "skip":
        return [cell]
    code = cell.source.split("\n")
    printed = [line[start:start + COLUMNS] for output in cell.outputs if "text" in output
               for line in output.text.rstrip().split("\n")
               for start in range(0, len(line) or 1, COLUMNS)]
    figures = [output for output in cell.outputs if editions.figure_type(output)]
    lie = layout(figures) if figures else None
    needed = FIGURE_LINES[lie] * len(figures) if figures else 0
    longest = max(map(len, code + printed))
    output_only = "hide-input" in cell.metadata.get("tags", [])
    if not output_only and (not cell.outputs or len(code + printed) + needed <= MAX_LINES):
        if figures:
            cell.metadata.layout = "across"
        elif len(code + printed) <= LARGE_LINES and longest <= LARGE_COLUMNS:
            cell.metadata.code = "large"
        return [cell]
    shown = from_dict({**cell, "id": f"{cell.id}-shown"})
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
