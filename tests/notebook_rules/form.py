"""The notebook's form: format, metadata, ids, and the sections of a lesson in their order."""

import json
import re
from collections import Counter

import nbformat

from .code import called, calls
from .notebook import SECTIONS, cells, section, tags

# Another tag is a typo, or hides a failure from nbval
TAGS = {"solution", "nbval-check-output", "hide-input", "optional", "appendix"}
CELL_METADATA = {
    "slideshow": {"slide_type"}, "tags": None, "jupyter": {"source_hidden", "outputs_hidden"},
    "alt": None, "heading": {"zh-Hant", "en"}, "steps": None,
}
NOTEBOOK_METADATA = {"kernelspec", "language_info", "rise"}
RISE = {"center": False, "scroll": True, "theme": "white"}  # jupyterlab_rise: slides with a kernel


def form(notebook):
    """nbformat 4.5, the kernel python3, and no metadata but the course's own."""
    faults = []
    if (notebook["nbformat"], notebook["nbformat_minor"]) != (4, 5):
        faults.append("the notebook is not nbformat 4.5: save it with JupyterLab 4")
    try:
        nbformat.validate(json.loads(json.dumps(notebook)))  # a copy: validate may mend it
    except nbformat.ValidationError as error:
        faults.append(f"the notebook is not valid: {str(error).splitlines()[0]}")
    faults += _metadata_faults(notebook["metadata"])
    return faults + [f"{name}: {fault}" for name, cell in cells(notebook)
                     for fault in _cell_faults(cell)]


def _metadata_faults(metadata):
    faults = []
    kernel = metadata.get("kernelspec", {}).get("name")
    if kernel != "python3":
        faults.append(f"the notebook's kernelspec is {kernel!r}: choose python3")
    if metadata.get("rise") != RISE:
        faults.append(f"the notebook's metadata rise is {metadata.get('rise')}: live slides need "
                      f"{RISE}")
    if extra := set(metadata) - NOTEBOOK_METADATA:
        faults.append(f"the notebook's metadata has {sorted(extra)}: remove them")
    return faults


def _cell_faults(cell):
    faults = []
    if cell["cell_type"] not in ("markdown", "code"):
        faults.append(f"a {cell['cell_type']} cell; make it Markdown or code")
    if not cell["source"].strip():
        faults.append("it is empty; delete it")
    for key, value in cell["metadata"].items():
        known = CELL_METADATA.get(key, set())
        if key not in CELL_METADATA or (known and set(value) - known):  # known None: any
            faults.append(f"metadata {key!r}: {value!r} does not belong to the course; remove it")
    if unknown := tags(cell) - TAGS:
        faults.append(f"tags {sorted(unknown)} are unknown; the course has {sorted(TAGS)}")
    return faults


def ids(notebook):
    """Cells have unique, speaking ids that begin with the name of their section."""
    faults = []
    seen = Counter(cell.get("id") for _, cell in cells(notebook))
    for name, cell in cells(notebook):
        text = cell.get("id", "")
        words = text.split("-")
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", text) or any(
                re.fullmatch(r"(?=.*\d)[0-9a-f]{6,}", word) for word in words):
            faults.append(f"{name}: its id should be words like theory-bce-floor")
        elif section(cell) is None:
            faults.append(f"{name}: its id should begin with one of {', '.join(SECTIONS)}")
        if seen[cell.get("id")] > 1:
            faults.append(f"{name}: its id is not unique; rename it")
    return faults


def anatomy(notebook):
    """The sections of a lesson are all there, in the fixed order."""
    order = list(dict.fromkeys(s for _, cell in cells(notebook) if (s := section(cell))))
    faults = _order_faults(order)
    for wanted in order:
        name, cell = next((n, c) for n, c in cells(notebook) if section(c) == wanted)
        level = 1 if wanted == "title" else 2
        if cell["cell_type"] != "markdown" or not re.search(
                rf"^#{{{level}}} ", cell["source"], re.MULTILINE):
            faults.append(f"{name}: section {wanted} should begin with a Markdown cell that has a "
                          f"heading of level {level}")
    for function, wanted in (("start", "title"), ("report", "measured")):
        where = [section(cell) for _, cell, call in calls(notebook) if called(call) == function]
        if where != [wanted]:
            faults.append(f"the notebook calls {function}() in {where}: call it once, in a code "
                          f"cell of section {wanted}")
    return faults


def _order_faults(order):
    missing = [name for name in SECTIONS if name not in order]
    if missing:
        return [f"the notebook has no section {', '.join(missing)}: give its first cell an "
                "id that begins so"]
    if tuple(order) != SECTIONS:
        return [f"the sections come in the order {', '.join(order)}: the course's is "
                f"{', '.join(SECTIONS)}"]
    return []
