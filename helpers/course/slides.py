"""One deck of slides per language, from the outputs stored in a lesson; nothing is run.

nbconvert's reveal exporter does the work. What is added: the cells arranged as a talk (deck.py),
and where reveal and MathJax come from.
"""

import json
import shutil

from helpers import ROOT
from helpers.course.deck import deck
from helpers.course.notebooks import read_notebook
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
         "reveal.js/plugin/highlight",
         "mathjax/es5/tex-svg-full.js")


class MissingPackages(CourseError):
    """reveal.js or MathJax is not on the disk; the text says how to get them."""


def write_deck(path, lang, folder=None, offline=False, core=False):
    """Writes the deck of the lesson `path` in `lang`, "zh" or "en"; returns its path.

    core: only what a lesson of 45 minutes needs; the file's name says so.

    folder: build/slides, or build/slides-offline for offline=True, which puts reveal and MathJax
    into the folder, so that the deck works without a network; raises MissingPackages without them.
    """
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
    notebook = deck(read_notebook(path), lang, core)
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
    # The exporter takes two letters only; the browser chooses Traditional glyphs by the whole tag
    page = page.replace(f'<html lang="{lang}">', f'<html lang="{LANGUAGES[lang]}">', 1)
    written = folder / f"{path.stem}{'.core' * core}.{lang}.html"
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
