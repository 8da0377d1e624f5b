"""Stored outputs: from one run, on drawn faces, small, with alt texts, without traces."""

import ast
import base64
import json
import re

from .code import called, tree
from .languages import LANGUAGES
from .markdown import HAN
from .notebook import cells, outputs_of, tags, texts

MAX_IMAGE = 250_000  # bytes
MAX_WIDTH = 1600  # pixels
MAX_NOTEBOOK = 3_000_000  # bytes
# Lookbehind: "a/tmp/" is a folder of some path, "https://x.org/home/" a page
MACHINE_PATH = re.compile(
    r"(?<![\w.~}])/(?:home|work|root|tmp|Users|private/var)/|\b[A-Za-z]:\\+Users")
LFW_FACES = re.compile(r"""faces["']?\s*[:=]\s*["']?lfw|Dataset\s+\w*LFW""", re.IGNORECASE)
DRAWS = re.compile(r"show_\w+|plot_\w+|show")


def figures(notebook):
    """A cell that draws has stored figures, and an alt text for each in both languages."""
    faults = []
    for name, cell in cells(notebook, "code"):
        stored = [output for output in cell.get("outputs", [])
                  if any(kind.startswith("image/") for kind in output.get("data", {}))]
        # at the cell's own level: a function that it defines draws when it is called
        draws = [node for top in tree(cell).body if not isinstance(top, ast.FunctionDef)
                 for node in ast.walk(top)
                 if isinstance(node, ast.Call) and DRAWS.fullmatch(called(node) or "")]
        if draws and not stored:
            faults.append(f"{name}: it draws, but holds no figure; run it")
        alts = cell["metadata"].get("alt", [])
        if len(alts) != len(stored):
            faults.append(f"{name}: {len(stored)} figures and {len(alts)} alt texts; write into "
                          'the cell\'s metadata "alt": [{"zh-Hant": "...", "en": "..."}]')
        faults += [f"{name}: the alt text {alt} {fault}" for alt in alts
                   if (fault := _alt_fault(alt))]
    return faults


def _alt_fault(alt):
    if set(alt) != set(LANGUAGES) or not all(alt.values()):
        return "needs zh-Hant and en"
    if not re.search(f"[{HAN}]", alt["zh-Hant"]) or re.search(f"[{HAN}]", alt["en"]):
        return "is not in both languages"
    return None


def executed(notebook):
    """Outputs come from one run from top to bottom, without an error or a warning."""
    faults = []
    for number, (name, cell) in enumerate(cells(notebook, "code"), 1):
        if cell["execution_count"] != number:
            faults.append(f"{name}: its execution count is {cell['execution_count']}, not "
                          f"{number}; restart the kernel and run all cells")
            break  # all later ones are wrong as well
    for name, _, output in outputs_of(notebook):
        if output["output_type"] == "error":
            faults.append(f"{name}: it ended in {output['ename']}; correct it and run again")
        elif output.get("name") == "stderr":
            faults.append(f"{name}: it wrote to stderr: {output['text'][:60]!r}; silence its cause")
        elif "application/vnd.jupyter.widget-view+json" in output.get("data", {}):
            faults.append(f"{name}: a saved widget reopens as an error; print plain text")
    return faults


def checked_outputs(notebook):
    """Cells tagged nbval-check-output have text that nbval can compare, the same on all machines.
    """
    faults, tagged = [], 0
    for name, cell in cells(notebook, "code"):
        if "nbval-check-output" not in tags(cell):
            continue
        tagged += 1
        outputs = cell.get("outputs", [])
        if not any(output.get("name") == "stdout" or "text/plain" in output.get("data", {})
                   for output in outputs):
            faults.append(f"{name}: tagged nbval-check-output without a stored text; run it")
        if any("lang=" in texts(output) for output in outputs):
            faults.append(f"{name}: tagged nbval-check-output, but it shows a bilingual message, "
                          "which depends on the front end; move one of them to another cell")
    if not tagged:
        faults.append("no cell is tagged nbval-check-output: tag those with deterministic text")
    return faults


def synthetic(notebook):
    """Stored outputs show drawn faces: no picture of a real person enters the repository."""
    faults, seen = [], False
    for name, _, output in outputs_of(notebook):
        seen = seen or "faces: synthetic" in texts(output)
        if LFW_FACES.search(texts(output)):
            faults.append(f"{name}: its output was made with LFW; run the lesson with "
                          "FACES_SOURCE=synthetic")
    if not seen:
        faults.append("no output says 'faces: synthetic': run the lesson with "
                      "FACES_SOURCE=synthetic and let report() print it")
    return faults


def sizes(notebook):
    """Figures are PNG files and no larger than a projector shows; the notebook stays small."""
    faults = [f"{name}: an image of {size:,} bytes; draw it smaller, {MAX_IMAGE:,} are allowed"
              for name, _, output in outputs_of(notebook) for size in _image_sizes(output)
              if size > MAX_IMAGE]
    for name, _, output in outputs_of(notebook):
        data = output.get("data", {})
        if "image/jpeg" in data:
            faults.append(f"{name}: a JPEG, which blurs small pictures; store it as PNG")
        if "image/png" in data:
            width = int.from_bytes(base64.b64decode(data["image/png"])[16:20])  # of its header
            if width > MAX_WIDTH:
                faults.append(f"{name}: an image {width:,} pixels wide; {MAX_WIDTH:,} are allowed")
    size = len(json.dumps(notebook, indent=1, ensure_ascii=False).encode())
    if size > MAX_NOTEBOOK:
        faults.append(f"the notebook has {size:,} bytes: show fewer or smaller figures, "
                      f"{MAX_NOTEBOOK:,} are allowed")
    return faults


def _image_sizes(output):
    """Bytes of each image in an output, those inside HTML included."""
    embedded = re.findall(r"data:image/[\w.+-]+;base64,([\w+/=]+)", texts(output))
    yield from (len(base64.b64decode(text)) for text in embedded)
    for kind, value in output.get("data", {}).items():
        if kind == "image/svg+xml":
            yield len(value.encode())
        elif kind.startswith("image/"):
            yield len(base64.b64decode(value))


def machine_paths(notebook):
    """Neither text nor outputs name a folder or an address of the machine that ran the lesson."""
    faults = []
    for name, cell in cells(notebook):
        for text in [cell["source"], *map(texts, cell.get("outputs", []))]:
            if found := MACHINE_PATH.search(text):
                near = text[found.start():found.end() + 20].split("\n")[0]
                faults.append(f"{name}: an absolute path, {near!r}; show it from the repository's "
                              "root")
        for output in cell.get("outputs", []):
            if found := re.search(r"\bat 0x[0-9a-fA-F]{6,}", texts(output)):
                faults.append(f"{name}: a memory address, {found[0]!r}; end the cell with ; or "
                              "print something else")
    return faults
