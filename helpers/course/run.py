"""Find a lesson, trust it, run it without a browser, show what it measured."""

import json
import os
import re
import time
import warnings
from contextlib import closing

from helpers import ROOT
from helpers.course.notebooks import read_notebook
from helpers.files import write_text
from helpers.messages import both, say
from helpers.messages.picker import is_picker

FOLDER = ROOT / "notebooks"
REPORTS = ROOT / "docs" / "reports"
# What helpers.messages.show() makes; no tag that could do something
MESSAGE = re.compile(r'(?:<div lang="(?:zh-Hant|en)">(?:[^<]|<br>|</?code>)*</div>)+')
# The same on every computer: no version of Python, no name of somebody's kernel
METADATA = {
    "rise": {"center": False, "scroll": True, "theme": "white"},  # live slides: jupyterlab_rise
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python",
                      "pygments_lexer": "ipython3"},
}


def all_lessons(folder=FOLDER):
    """The paths of all lessons, in order."""
    return sorted(folder.glob("[0-9][0-9]_*.ipynb"))


def find_lesson(number, folder=FOLDER):
    """The path of lesson `number`, given as "01", "1" or "01_autoencoder".

    Raises ValueError, naming the lessons there are, for any other.
    """
    lessons = all_lessons(folder)
    for path in lessons:
        if number in (path.stem, path.name) or number.zfill(2) == path.stem[:2]:
            return path
    names = ", ".join(path.stem for path in lessons) or "-"
    raise ValueError(both("run_unknown_lesson", got=number, lessons=names))


def is_ours(notebook):
    """Whether every output is text, a picture, or HTML that the course writes: nothing can act."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for kind, value in output.get("data", {}).items():
                text = "".join(value)
                if kind == "text/html" and (is_picker(text) or MESSAGE.fullmatch(text)):
                    continue
                if kind not in ("text/plain", "image/png", "image/jpeg"):
                    return False
    return True


def trust(paths):
    """Signs notebooks as Jupyter's own trust command does: the language picker needs it.

    Not those with an output that the course does not write, wherever they lie: JupyterLab asks.
    """
    import nbformat
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    with closing(notary.store):
        for path in paths:
            try:
                notebook = nbformat.read(path, as_version=4)
                if is_ours(notebook):
                    notary.sign(notebook)
            except (OSError, ValueError) as error:  # half-merged, half-downloaded
                say("front_untrusted", name=path.name, error=error)


def run_lesson(path, faces="synthetic", save=False, runs=ROOT / "runs", reports=REPORTS):
    """Runs a notebook from top to bottom in a kernel of this interpreter; True if all went well.

    faces: "synthetic" or "lfw". save: write the report into `reports`, and on drawn faces the
    outputs into the notebook, where no photograph may be.
    """
    into_notebook = save and faces == "synthetic"
    if save and not into_notebook:
        say("run_report_only")
    source = path.read_bytes()
    notebook = read_notebook(path, source)
    report = runs / path.stem / faces / "report.json"
    drawn = runs / path.stem / "synthetic" / "report.json"  # of a lesson that only draws
    before = drawn.stat().st_mtime_ns if drawn.exists() else None
    report.unlink(missing_ok=True)  # an old report must not pass for this run's
    environment = {**os.environ, "FACES_SOURCE": faces}
    if into_notebook:
        environment.pop("COURSE_LANG", None)  # committed outputs speak both languages
    if not execute(notebook, path.parent, environment):
        return False
    if into_notebook:
        if path.read_bytes() != source:  # an editor has saved in the meantime
            say("run_changed", path=path)
            return False
        write(notebook, path)
        say("run_saved", path=path)
    if not report.exists() and drawn.exists() and drawn.stat().st_mtime_ns != before:
        report = drawn
    if report.exists():
        from helpers.lesson import format_report  # loads torch: only now, the kernel is gone

        content = json.loads(report.read_text(encoding="utf-8"))
        print(format_report(content))
        if save:
            keep_report(path, content, faces, reports)
    else:
        say("run_no_report", path=report)
    return True


def keep_report(path, content, faces, folder):
    """Writes what the lesson `path` measured into docs/reports, with the command that measures it:
    01.json, or 01_lfw.json on photographs.

    Lessons, README.md and docs/measured.md take their numbers from there.
    """
    if content["faces"] != faces:  # a lesson that only draws, asked for photographs
        say("run_report_drawn")
        return
    number, lfw = path.stem[:2], faces == "lfw"
    kept = {"command": f"python -m helpers run {number}" + " --faces lfw" * lfw, **content}
    kept_at = folder / f"{number}{'_lfw' * lfw}.json"
    write_text(kept_at, json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    say("run_report_saved", path=kept_at)


def execute(notebook, folder, environment):
    """Runs the code cells in `folder`, a line of progress each; False if one fails."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    warnings.filterwarnings("ignore", message="Proactor event loop")  # Windows: harmless
    client = NotebookClient(notebook, km=this_interpreter(), timeout=None, record_timing=False,
                            resources={"metadata": {"path": str(folder)}},
                            extra_arguments=["--log-level=CRITICAL"])  # no talk of its sockets
    cells = cleared_cells(notebook)
    width = max((len(name) for _, name, _ in cells), default=0)
    with client.setup_kernel(env=environment, cleanup_kc=True):
        for count, (index, name, cell) in enumerate(cells, start=1):
            progress = f"[{count:>{len(str(len(cells)))}}/{len(cells)}] {name:<{width}}"
            print(progress, end="", flush=True)
            start = time.perf_counter()
            try:
                client.execute_cell(cell, index, execution_count=count)
            except (CellExecutionError, DeadKernelError) as error:
                print(f"\n{last_lines(str(error))}")
                died = isinstance(error, DeadKernelError)
                say("run_kernel_died" if died else "run_failed", cell=name)
                return False
            print(f"  {time.perf_counter() - start:5.1f} s", flush=True)
    return True


def cleared_cells(notebook):
    """Empties all outputs; returns (position, id, cell) of the code cells that have code."""
    code = [(i, cell.get("id", str(i)), cell)  # notebooks of before 2021 have no ids
            for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    for _, _, cell in code:
        cell.update(outputs=[], execution_count=None)
    return [(i, name, cell) for i, name, cell in code if cell.source.strip()]


def this_interpreter():
    """A kernel manager that starts this very interpreter, whatever kernels the computer lists."""
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

    class ThisInterpreter(KernelSpecManager):
        def get_kernel_spec(self, kernel_name):
            return KernelSpec(**get_kernel_dict())

    return AsyncKernelManager(kernel_spec_manager=ThisInterpreter())


def last_lines(text, count=15):
    """The last lines of a traceback, without its colours."""
    return "\n".join(re.sub(r"\x1b\[[0-9;]*m", "", text).strip().splitlines()[-count:])


def write(notebook, path):
    """Writes an executed notebook: clean, and never half of it."""
    import nbformat

    notebook.metadata.update(METADATA)
    notebook.metadata.pop("widgets", None)  # a saved widget reopens as an error
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = tidy(cell.outputs)
    write_text(path, nbformat.writes(notebook) + "\n")


def tidy(outputs):
    """What would remain on a screen: prints in one piece, no progress bar that has gone."""
    from nbformat.v4 import new_output

    kept = []
    for output in outputs:
        if output.get("name") == "stderr" or output.get("data", True) == {}:
            continue  # progress that has gone leaves an empty place
        if kept and output.output_type == kept[-1].output_type == "stream":
            kept[-1].text += output.text  # how often the kernel flushed is chance
        else:
            kept.append(output)
    stderr = "".join(output.text for output in outputs if output.get("name") == "stderr")
    stderr = re.sub(r".*\r(?!\n)", "", stderr)  # each carriage return overwrites its line
    return kept + [new_output("stream", name="stderr", text=stderr)] if stderr.strip() else kept
