"""Finding, trusting and running a lesson, on notebooks made here."""

import io
import json
import os
import re
import sys
from contextlib import closing, redirect_stdout

import nbformat
import psutil
import pytest
from nbformat.sign import NotebookNotary
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.course import run as runs
from helpers.course.run import all_lessons, find_lesson, is_ours, run_lesson, tidy, trust
from helpers.messages.picker import picker_html

REPORT = {
    "lesson": "42_tiny", "faces": "synthetic", "seconds": 1.5, "peak_memory_mb": 321,
    "measured": {
        "test_psnr": {"value": 23.456, "unit": "dB", "better": "higher", "baseline": 11.5,
                      "baseline_name": "mean picture"},
        "parameters": {"value": 186371, "unit": "", "better": "neither"},
    },
}


def make(folder, *sources, **metadata):
    """A notebook of a heading and code cells called cell-1, cell-2, ..."""
    cells = [new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources, 1)]
    for cell in cells:
        cell.update(execution_count=77, outputs=[new_output("stream", text="old output")])
        cell.metadata["tags"] = ["kept"]
    notebook = new_notebook(cells=[new_markdown_cell("# 42", id="title"), *cells])
    notebook.metadata.update(metadata)
    folder.mkdir(exist_ok=True)
    path = folder / "42_tiny.ipynb"
    nbformat.write(notebook, path)
    return path


def run(path, runs, **options):
    """(result, what was printed)"""
    with redirect_stdout(io.StringIO()) as out:
        result = run_lesson(path, runs=runs, reports=runs.parent / "reports", **options)
    assert not [p for p in psutil.Process().children(recursive=True)
                if "ipykernel_launcher" in " ".join(p.cmdline())], "a kernel was left running"
    return result, out.getvalue()


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """One saved run: (notebook as written, printed text, folder). Its environment is hostile."""
    folder = tmp_path_factory.mktemp("saved")
    other = folder / "kernels" / "python3"  # somebody's kernel of the same name, which cannot start
    other.mkdir(parents=True)
    spec = {"argv": ["no-such-python", "{connection_file}"], "display_name": "Other",
            "language": "python"}
    (other / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    report = folder / "runs" / "42_tiny" / "synthetic" / "report.json"
    path = make(
        folder / "notebooks",
        "import os, sys, time\nprint(sys.executable)\nprint(os.getcwd())\n"
        "print(os.environ['FACES_SOURCE'], os.environ.get('COURSE_LANG'))",
        "for step in range(3):\n    print('epoch', step, flush=True)\n"
        "    print(f'\\r{step}0%', end='', file=sys.stderr, flush=True)\n    time.sleep(0.3)\n"
        "print('\\r    \\r', end='', file=sys.stderr, flush=True)",
        "",
        f"import pathlib\nreport = pathlib.Path({str(report)!r})\n"
        "report.parent.mkdir(parents=True, exist_ok=True)\n"
        f"report.write_text({json.dumps(REPORT)!r})",
        widgets={"left": "over"}, rise={"scroll": True},
        language_info={"name": "python", "version": "3.99.1"},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder))
        patch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
        patch.setenv("COURSE_LANG", "zh")
        patch.setenv("FACES_SOURCE", "lfw")
        result, out = run(path, folder / "runs", save=True)
    assert result is True, out
    return nbformat.read(path, as_version=4), out, folder


def code_cells(notebook):
    return {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}


def test_kernel_is_this_interpreter_in_the_notebooks_folder(saved):
    notebook, _, folder = saved
    executable, directory, variables = code_cells(notebook)["cell-1"].outputs[0].text.splitlines()
    assert executable == sys.executable
    assert os.path.samefile(directory, folder / "notebooks")
    assert variables == "synthetic None"  # neither the shell's faces nor its language


def test_one_line_of_progress_a_code_cell(saved):
    lines = [line for line in saved[1].splitlines() if line.startswith("[")]
    names = [re.fullmatch(r"\[(\d)/3\] (cell-\d) +\d+\.\d s", line).groups() for line in lines]
    assert names == [("1", "cell-1"), ("2", "cell-2"), ("3", "cell-4")]  # cell-3 is empty


def test_report_is_an_aligned_table(saved):
    out = saved[1]
    assert "42_tiny" in out and "321 MB" in out and "synthetic" in out
    rows = [line for line in out.splitlines() if line.startswith(("test_psnr", "parameters"))]
    assert "23.46" in rows[0] and "dB" in rows[0] and "11.5 mean picture" in rows[0]
    ends = [re.match(r"\w+ +\S+", row).end() for row in rows]
    assert len(rows) == 2 and ends[0] == ends[1]


def test_a_saved_run_keeps_its_report_with_the_command(saved):
    _, _, folder = saved
    kept = json.loads((folder / "reports" / "42.json").read_text(encoding="utf-8"))
    measured = json.loads((folder / "runs" / "42_tiny" / "synthetic" / "report.json").read_text(
        encoding="utf-8"))
    assert kept == {"command": "python -m helpers run 42", **measured}


def test_saved_notebook_is_clean(saved):
    notebook, _, folder = saved
    nbformat.validate(notebook)
    counts = [cell.execution_count for cell in code_cells(notebook).values()]
    assert counts == [1, 2, None, 3]  # the empty cell does not run
    assert "old output" not in str(notebook)
    assert all(cell.metadata == {"tags": ["kept"]} for cell in code_cells(notebook).values())
    assert dict(notebook.metadata) == {"rise": {"scroll": True}, **runs.METADATA}
    text = (folder / "notebooks" / "42_tiny.ipynb").read_bytes().decode("utf-8")
    assert "3.99.1" not in text and '"version"' not in text and "timestamp" not in text
    assert text.endswith("}\n") and "\r\n" not in text
    assert [p.name for p in (folder / "notebooks").iterdir()] == ["42_tiny.ipynb"]


def test_saved_outputs_hold_no_trace_of_a_progress_bar(saved):
    outputs = code_cells(saved[0])["cell-2"].outputs
    assert [(o.name, o.text) for o in outputs] == [("stdout", "epoch 0\nepoch 1\nepoch 2\n")]


def test_a_lesson_that_only_draws_shows_its_report_when_asked_for_lfw(tmp_path):
    report = tmp_path / "runs" / "42_tiny" / "synthetic" / "report.json"
    report.parent.mkdir(parents=True)
    path = make(tmp_path / "notebooks",
                f"import pathlib\npathlib.Path({str(report)!r}).write_text({json.dumps(REPORT)!r})")
    report.write_text(json.dumps({**REPORT, "seconds": 99999}), encoding="utf-8")
    result, out = run(path, tmp_path / "runs", faces="lfw")
    assert result is True and "23.46" in out and "99999" not in out and "no report" not in out
    idle = make(tmp_path / "notebooks", "print(1)")
    assert "no report" in run(idle, tmp_path / "runs", faces="lfw")[1], "an old one is not shown"


def test_without_save_the_file_stays_and_an_old_report_goes(tmp_path):
    path = make(tmp_path / "notebooks", "print(1)")
    before = path.read_bytes()
    old = tmp_path / "runs" / "42_tiny" / "lfw" / "report.json"
    old.parent.mkdir(parents=True)
    old.write_text(json.dumps(REPORT), encoding="utf-8")
    result, out = run(path, tmp_path / "runs", faces="lfw")
    assert result is True and path.read_bytes() == before
    assert "23.46" not in out and "no report" in out


def test_failing_cell_ends_in_its_traceback_and_saves_nothing(tmp_path):
    path = make(tmp_path / "notebooks", "x = 1",
                "def deep():\n    assert x == 2, 'x is one'\ndeep()", "print('never')")
    before = path.read_bytes()
    result, out = run(path, tmp_path / "runs", save=True)
    assert result is False and path.read_bytes() == before
    assert "AssertionError: x is one" in out and "\x1b" not in out
    assert "程式碼格cell-2" in out and "Cell cell-2 failed" in out
    assert "[3/3]" not in out


def test_dead_kernel_is_said_in_words(tmp_path):
    path = make(tmp_path / "notebooks", "import os; os._exit(1)")
    result, out = run(path, tmp_path / "runs")
    assert result is False and "The kernel died in cell cell-1" in out


def writes_report(folder, faces, where=None):
    """The code of a lesson that leaves a report on `faces`, as start() and report() do."""
    report = folder / "runs" / "42_tiny" / (where or faces) / "report.json"
    report.parent.mkdir(parents=True)
    return (f"import pathlib\npathlib.Path({str(report)!r}).write_text("
            f"{json.dumps({**REPORT, 'faces': faces})!r})")


def test_of_photographs_the_report_is_saved_and_nothing_else(tmp_path):
    path = make(tmp_path / "notebooks", writes_report(tmp_path, "lfw"))
    before = path.read_bytes()
    result, out = run(path, tmp_path / "runs", faces="lfw", save=True)
    assert result is True and path.read_bytes() == before
    assert "只保存報告" in out and "keeps the report only" in out and "42_lfw.json" in out
    assert [found.name for found in (tmp_path / "reports").iterdir()] == ["42_lfw.json"]
    kept = json.loads((tmp_path / "reports" / "42_lfw.json").read_text(encoding="utf-8"))
    assert kept == {"command": "python -m helpers run 42 --faces lfw", **REPORT, "faces": "lfw"}


def test_a_lesson_that_only_draws_leaves_no_report_on_photographs(tmp_path):
    path = make(tmp_path / "notebooks", writes_report(tmp_path, "synthetic"))
    result, out = run(path, tmp_path / "runs", faces="lfw", save=True)
    assert result is True and not (tmp_path / "reports").exists()
    assert "uses drawn faces only" in out


def test_an_edit_during_the_run_is_never_overwritten(tmp_path):
    path = make(tmp_path / "notebooks", "open('42_tiny.ipynb', 'a').write(' ')")
    before = path.read_bytes()
    result, out = run(path, tmp_path / "runs", save=True)
    assert result is False and path.read_bytes() == before + b" "
    assert "has changed during the run" in out


def test_interrupted_write_leaves_the_notebook_whole(tmp_path, monkeypatch):
    path = make(tmp_path / "notebooks", "print(1)")
    before = path.read_bytes()

    def fail(source, target):
        raise PermissionError("somebody holds the file")

    monkeypatch.setattr(runs.os, "replace", fail)
    with pytest.raises(PermissionError):
        runs.write(nbformat.read(path, as_version=4), path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_tidy_keeps_warnings_and_the_order_of_figures():
    def stream(name, text):
        return new_output("stream", name=name, text=text)

    figure = new_output("display_data", data={"text/plain": "figure"})
    outputs = [stream("stdout", "a"), stream("stderr", "\r 10%"), stream("stdout", "b\n"), figure,
               stream("stderr", "\r      \rUserWarning: look\n"), stream("stdout", "c\n")]
    tidied = [o.get("text", "figure") for o in tidy(outputs)]
    assert tidied == ["ab\n", "figure", "c\n", "UserWarning: look\n"]


@pytest.mark.parametrize("number", ["42", "42_tiny", "42_tiny.ipynb"])
def test_lesson_is_found_by_number_or_name(tmp_path, number):
    path = make(tmp_path, "1")
    assert find_lesson(number, tmp_path) == path


def test_lesson_is_found_without_its_zero(tmp_path):
    path = make(tmp_path, "1").rename(tmp_path / "03_denoising.ipynb")
    assert find_lesson("3", tmp_path) == find_lesson("03", tmp_path) == path.with_name(path.name)


@pytest.mark.parametrize("number", ["43", "", "tiny", "4"])
def test_unknown_lesson_lists_the_others(tmp_path, number):
    make(tmp_path, "1")
    with pytest.raises(ValueError, match="現在有的課：42_tiny(.|\n)*The lessons are: 42_tiny"):
        find_lesson(number, tmp_path)


FOREIGN = {
    "a script": ("text/html", "<script>alert(1)</script>"),
    "a script in a message": ("text/html", '<div lang="en">Hi<script>x</script></div>'),
    "a handler": ("text/html", '<div lang="en"><img src=x onerror=alert(1)></div>'),
    "a style": ("text/html", '<div lang="en" style="position:fixed">Hi</div>'),
    "a picker and more": ("text/html", picker_html() + "<script>x</script>"),
    "JavaScript": ("application/javascript", "alert(1)"),
    "SVG": ("image/svg+xml", "<svg onload='alert(1)'/>"),
    "a widget": ("application/vnd.jupyter.widget-view+json", "{}"),
}


@pytest.mark.parametrize("kind, value", FOREIGN.values(), ids=list(FOREIGN))
def test_a_strangers_notebook_is_not_trusted_wherever_it_lies(tmp_path, monkeypatch, kind, value):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    path = make(tmp_path / "work", "print(1)")
    notebook = nbformat.read(path, as_version=4)
    ours = [("text/html", picker_html()), ("text/plain", "<script>"),
            ("text/html", '<div lang="zh-Hant">好<br>`a`</div><div lang="en">a &lt; b</div>')]
    notary = NotebookNotary()
    with closing(notary.store):
        for outputs, trusted in ((ours, True), ([*ours, (kind, value)], False)):
            notebook.cells[1].outputs = [nbformat.v4.new_output("display_data", {mime: text})
                                         for mime, text in outputs]
            nbformat.write(notebook, path)
            trust([path])
            assert notary.check_signature(notebook) is trusted


@pytest.mark.parametrize("path", all_lessons(), ids=lambda path: path.stem)
def test_the_courses_own_lessons_hold_nothing_that_can_act(path):
    assert is_ours(nbformat.read(path, as_version=4))


def test_trusted_notebooks_really_are_trusted(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))  # not the reader's own
    path = make(tmp_path / "notebooks", "print(1)")
    notebook = nbformat.read(path, as_version=4)
    notary = NotebookNotary()
    with closing(notary.store):
        assert not notary.check_signature(notebook)
        broken = tmp_path / "notebooks" / "00_broken.ipynb"
        broken.write_text("<<<<<<< not JSON", encoding="utf-8")
        trust([broken, path])
        assert notary.check_signature(notebook)
        notebook.cells[1].source = "print(2)"
        assert not notary.check_signature(notebook)  # a changed one is not
    assert "00_broken.ipynb" in capsys.readouterr().out
