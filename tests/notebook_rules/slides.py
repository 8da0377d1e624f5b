"""How a notebook shows on slides: types of slides, and speaker's notes."""

import re

from .code import needs_tagged
from .notebook import cells, tags

CORE_MINUTES = 45
SLIDE_TYPES = {"slide", "subslide", "fragment", "skip", "notes", "-"}


def slide_type(cell):
    return cell["metadata"].get("slideshow", {}).get("slide_type")


def slides(notebook):
    """Every cell says how it shows on slides, and the first begins a slide."""
    faults = []
    for index, (name, cell) in enumerate(cells(notebook)):
        kind = slide_type(cell)
        if kind not in SLIDE_TYPES:
            faults.append(f"{name}: slide_type is {kind!r}; choose one of {sorted(SLIDE_TYPES)}")
        elif index == 0 and kind != "slide":
            faults.append(f"{name}: the first cell has slide_type {kind!r}; make it slide")
    return faults


def notes(notebook):
    """Speaker's notes are folded, give their minutes, and add up to what the first one says."""
    faults, total, whole = [], 0, None
    for name, cell in cells(notebook, "markdown"):
        if slide_type(cell) != "notes":
            continue
        minutes = re.findall(r"^<details><summary>(?:講者備註（(\d+)分鐘）|"
                             r"Speaker's note \((\d+) minutes?\))</summary>\n\n",
                             cell["source"], re.MULTILINE)
        if [bool(zh) for zh, _ in minutes] != [True, False]:
            faults.append(f"{name}: begin a note with <details><summary>講者備註（3分鐘）</summary>"
                          " and <details><summary>Speaker's note (3 minutes)</summary>")
            continue
        total += int(minutes[0][0])
        whole = whole or re.search(r"takes about (\d+) minutes", cell["source"])
    if not whole or int(whole[1]) != total:
        faults.append(f"the notes add up to {total} minutes, but the first says "
                      f"{whole[1] if whole else 'nothing'}: write 'takes about {total} minutes'")
    return faults


def core(notebook):
    """What is tagged optional says so in its heading, and the rest does without: 45 minutes."""
    faults, minutes, optional = [], 0, False
    for name, cell in cells(notebook):
        if "optional" in tags(cell):
            optional = True
        if cell["cell_type"] != "markdown":
            continue
        for heading in re.findall(r"^#{1,3} +(.+)$", cell["source"], re.MULTILINE):
            says = heading.startswith(("選讀：", "Optional: "))
            if says and "optional" not in tags(cell):
                faults.append(f"{name}: its heading says optional; tag it so")
            if not says and "optional" in tags(cell):
                faults.append(f"{name}: it is tagged optional; begin its heading with 選讀： or "
                              f"Optional: , not {heading!r}")
        if slide_type(cell) == "notes" and "optional" not in tags(cell):
            minutes += sum(map(int, re.findall(r"講者備註（(\d+)分鐘）", cell["source"])))
    if optional and minutes > CORE_MINUTES:
        faults.append(f"the notes of the core add up to {minutes} minutes; {CORE_MINUTES} are "
                      "allowed")
    return faults + [
        f"{name}: the core needs {sorted(names)} from an optional cell; move them"
        for name, names in needs_tagged(cells(notebook, "code"), "optional")]
