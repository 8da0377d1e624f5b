"""Code of a lesson's cells, to hold what is taught against what helpers has."""

import json

from helpers import ROOT


def source(lesson, cell_id):
    """The code of one cell."""
    path = ROOT / "notebooks" / f"{lesson}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (found,) = (cell["source"] for cell in cells if cell["id"] == cell_id)
    return "".join(found)


def run(lesson, /, *cell_ids, **names):
    """Runs cells in a namespace that holds `names`; returns the namespace."""
    for cell_id in cell_ids:
        exec(compile(source(lesson, cell_id), cell_id, "exec"), names)
    return names
