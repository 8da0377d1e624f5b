"""A notebook as the rules see it: cells, their tags, sections and outputs."""

import json

# The fixed order of a lesson; a cell's id is the name of its section, or starts with it and "-"
SECTIONS = ("title", "theory", "data", "model", "training", "learned", "fails", "exercise",
            "quiz", "measured", "reading")


def read(text):
    """The notebook in `text` (JSON), with every list of lines joined into one string."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        cell["source"] = _joined(cell["source"])
        for output in cell.get("outputs", []):
            if "text" in output:
                output["text"] = _joined(output["text"])
            for kind, value in output.get("data", {}).items():
                output["data"][kind] = _joined(value) if kind != "application/json" else value
    return notebook


def _joined(value):
    return "".join(value) if isinstance(value, list) else value


def cells(notebook, cell_type=None):
    """Pairs (name for a fault, cell) in order, of one type or of both."""
    for index, cell in enumerate(notebook["cells"]):
        if cell_type in (None, cell["cell_type"]):
            yield f"cell {cell.get('id') or f'number {index} (no id)'}", cell


def tags(cell):
    return set(cell["metadata"].get("tags", []))


def section(cell):
    """The section that the cell's id names, or None."""
    prefix = cell.get("id", "").split("-")[0]
    prefix = {"exercises": "exercise"}.get(prefix, prefix)
    return prefix if prefix in SECTIONS else None


def outputs_of(notebook):
    """Triples (name, cell, output)."""
    for name, cell in cells(notebook, "code"):
        for output in cell.get("outputs", []):
            yield name, cell, output


def texts(output):
    """All text in one output: streams, tracebacks, plain text, HTML, SVG, JSON."""
    found = [output.get("text", ""), *output.get("traceback", [])]
    found += [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
              for kind, value in output.get("data", {}).items()
              if not kind.startswith("image/") or kind == "image/svg+xml"]
    return "\n".join(found)
