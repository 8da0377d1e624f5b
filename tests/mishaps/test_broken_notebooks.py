"""A notebook that is empty, broken off or half merged is named, by every command that reads one."""

import json
import re
from pathlib import Path

import pytest
from jupyterlab.commands import get_app_dir
from lfw_fixtures import check_message

from helpers import ROOT, __main__
from helpers.course import editions, run, site, slides
from helpers.course.notebooks import read_notebook
from helpers.messages import CourseError

WHOLE = (ROOT / "notebooks" / "02_latent_space.ipynb").read_bytes()
CONFLICT = WHOLE.replace(b' "cells": [', b'<<<<<<< HEAD\n "cells": [\n=======\n "cells": [\n'
                         b">>>>>>> theirs", 1)
BROKEN = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n", "is empty"),
    "cut": (WHOLE[: len(WHOLE) // 2], "not saved or downloaded to its end"),
    "cut within a letter": (WHOLE[: WHOLE.index("一".encode()) + 1], "not saved or downloaded"),
    "half merged": (CONFLICT, "<<<<<<<"),
    "a page": (b"<!DOCTYPE html><title>log in</title>", "cannot be read"),
    "a list": (b"[1, 2]", "cannot be read"),
    "something else": (b'{"a": 1}', "cannot be read"),
    "no cells": (json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode(),
                 "cannot be read"),
}


@pytest.fixture(params=BROKEN, ids=str)
def broken(request, tmp_path):
    """(The path of a broken notebook, what is said of it.)"""
    content, said = BROKEN[request.param]
    path = tmp_path / "02_latent_space.ipynb"
    path.write_bytes(content)
    return path, said


def test_it_is_named_and_its_fault(broken):
    path, said = broken
    with pytest.raises(CourseError) as raised:
        read_notebook(path)
    check_message(str(raised.value), path)
    assert said in str(raised.value)
    assert max(map(len, str(raised.value).splitlines())) < 400, "not the notebook itself"


@pytest.mark.parametrize("use", [
    lambda path, out: slides.write_deck(path, "en", out),
    lambda path, out: editions.copy_lesson(path, folder=out),
    lambda path, out: run.run_lesson(path, runs=out)], ids=["slides", "copy", "run"])
def test_whoever_reads_it_says_so_and_writes_nothing(broken, use, tmp_path):
    path, _ = broken
    before = path.read_bytes()
    with pytest.raises(CourseError):
        use(path, tmp_path / "out")
    assert path.read_bytes() == before
    assert not [found for found in tmp_path.rglob("*") if found.is_file() and found != path]


def test_the_site_does_not_get_half_built(broken, tmp_path, monkeypatch):
    monkeypatch.setattr(site, "all_lessons", lambda: [broken[0]])
    with pytest.raises(CourseError):
        site.write_site(tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_the_line_of_a_conflict_is_right(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_bytes(CONFLICT)
    (line,) = [n for n, text in enumerate(CONFLICT.splitlines(), 1) if text.startswith(b"<<<<<<<")]
    with pytest.raises(CourseError, match=f"from line {line}:"):
        read_notebook(path)


def test_text_that_only_mentions_the_marks_is_no_conflict(tmp_path):
    path = tmp_path / "a.ipynb"
    notebook = json.loads(WHOLE)
    notebook["cells"][0]["source"] = ["<<<<<<< HEAD\n", ">>>>>>> theirs\n"]
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    assert read_notebook(path).cells[0].source.startswith("<<<<<<< HEAD")


def test_a_cell_run_before_those_above_is_a_fault_whose_remedy_is_in_the_menu():
    """A cell that has imported nothing yet cannot say it; the page about trouble does."""
    cell = next(cell for cell in json.loads(WHOLE)["cells"] if cell["id"] == "training-all-plot")
    with pytest.raises(NameError) as raised:
        exec("".join(cell["source"]), {})
    said = re.sub("'.+'", "'…'", str(raised.value))
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    chinese, english = re.findall(rf"^- <strong>`NameError: {re.escape(said)}`</strong>.*$", page,
                                  re.MULTILINE)
    scripts = "".join(path.read_text(encoding="utf-8")
                      for path in Path(get_app_dir(), "static").glob("*.js"))
    for entry in ("Restart Kernel and Run up to Selected Cell…", "Run All Above Selected Cell"):
        assert entry in chinese and entry in english and entry in scripts


@pytest.mark.parametrize("command", [["run", "02"], ["slides", "02"], ["copy", "02"]])
def test_the_command_ends_in_that_sentence(command, tmp_path, monkeypatch, capsys):
    path = tmp_path / "02_latent_space.ipynb"
    path.write_bytes(CONFLICT)
    monkeypatch.setattr(run, "find_lesson", lambda number: path)
    monkeypatch.setattr(editions, "WORK", tmp_path / "work")
    assert __main__.main(command) == 1
    check_message(capsys.readouterr().err, path, "<<<<<<<")
