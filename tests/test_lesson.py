"""start() and report(): what every lesson begins and ends with."""

import errno
import json
import os
import re
import subprocess
import sys
import threading
from datetime import date, timedelta

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from helpers import lesson
from helpers.intervals import Interval, interval
from helpers.lesson import format_report, measured, start
from helpers.messages import say
from helpers.plots import STYLE


@pytest.fixture(autouse=True)
def own_root(monkeypatch, tmp_path):
    monkeypatch.setattr(lesson, "ROOT", tmp_path)
    monkeypatch.setenv("FACES_SOURCE", "synthetic")


def test_start_sets_seed_device_and_folder(tmp_path, capsys):
    first = start("99_test", seed=5)
    drawn = torch.rand(1).item()
    assert (first.name, first.faces) == ("99_test", "synthetic")
    assert first.device.type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert first.runs.parent == tmp_path / "runs" / "99_test" / "synthetic"
    assert first.runs.is_dir() and first.runs.name.endswith(f"-{os.getpid()}")
    assert plt.rcParams["font.size"] == STYLE["font.size"]
    start("99_test", seed=5)
    assert torch.rand(1).item() == drawn
    start("99_test", seed=6)
    assert torch.rand(1).item() != drawn
    said = capsys.readouterr().out
    assert f"torch {torch.__version__.split('+')[0]}" in said
    assert "faces: synthetic" in said and "seed: 5" in said


@pytest.mark.parametrize("folder, said", [("notebooks", True), ("work", False), (None, False)])
def test_only_the_original_says_that_typing_changes_it(folder, said, tmp_path, monkeypatch, capsys):
    """JupyterLab's server names the notebook to its kernel; elsewhere nobody does."""
    if folder:
        monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / folder / "99_test.ipynb"))
    else:
        monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    start("99_test")
    printed = capsys.readouterr().out
    assert ("python -m helpers copy 99" in printed and "original" in printed) is said


def test_a_device_can_be_named():
    assert start("99_test", device="meta").device.type == "meta"


def test_start_removes_what_ended_processes_left_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr("platform.node", lambda: "here")
    runs = tmp_path / "runs" / "99_test" / "synthetic"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        old = runs / f"here-{ended.pid}" / "BCE_test" / "events.out.tfevents.2.host"
        kept = [runs / f"here-{other.pid}" / "events.out.tfevents.1.host", runs / "report.json",
                runs / f"another_computer-{ended.pid}" / "events.out.tfevents.4.host",
                tmp_path / "runs" / "events.out.tfevents.3.host", runs / "here-mine"]
        for path in [old, *kept]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        start("99_test")
        assert not old.parent.parent.exists()
        assert all(path.exists() for path in kept), "a copy that is training keeps its events"
        other.communicate(b"\n")


def test_the_first_cell_again_leaves_the_folder_as_it_is(tmp_path, monkeypatch):
    """Somebody runs it to change the language; a later cell reads what was written before."""
    monkeypatch.setenv("COURSE_LANG", "both")  # start() changes it; afterwards it is as before
    first = start("99_test")
    (first.runs / "events.out.tfevents.1.host").touch()
    assert start("99_test", lang="en").runs == first.runs
    assert (first.runs / "events.out.tfevents.1.host").exists()


def test_a_lesson_starts_where_nothing_can_be_written(tmp_path, monkeypatch, capsys):
    def denied(*_, **__):
        raise PermissionError("read-only")

    monkeypatch.setattr("pathlib.Path.mkdir", denied)
    opened = start("99_test")
    assert opened.runs.name.endswith(f"-{os.getpid()}")
    opened.report(test_psnr=measured(22.9, "dB"))
    said = capsys.readouterr().out
    assert "keeps nothing" in said and "什麼都不會留下" in said
    assert "test_psnr" in said and "not kept in" in said and "沒有存進" in said


READ_ONLY = """
import errno, pathlib, sys
from helpers import lesson
root, mkdir = pathlib.Path(sys.argv[1]), pathlib.Path.mkdir
def read_only(path, *arguments, **options):
    if path.is_relative_to(root):
        raise OSError(errno.EROFS, "Read-only file system", str(path))
    mkdir(path, *arguments, **options)
pathlib.Path.mkdir = read_only
lesson.ROOT = root
opened = lesson.start("99_test")
from torch.utils.tensorboard import SummaryWriter
with SummaryWriter(opened.runs) as writer:
    writer.add_scalar("a", 1, 1)
again = lesson.start("99_test")
assert again.runs == opened.runs and list(again.runs.iterdir()), "a later cell reads it"
print(again.report(test_psnr=lesson.measured(22.9, "dB")).read_text())
print(opened.runs)
"""


def test_on_a_read_only_disk_a_lesson_runs_and_leaves_nothing(tmp_path):
    root = tmp_path / "course"
    done = subprocess.run([sys.executable, "-c", READ_ONLY, str(root)], capture_output=True,
                          encoding="utf-8", cwd=lesson.__file__.rsplit("helpers", 1)[0],
                          env={**os.environ, "PYTHONIOENCODING": "utf-8", "COURSE_LANG": "en"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Read-only file system). The lesson runs all the same") == 2
    assert '"value": 22.9' in done.stdout and "not kept in" not in done.stdout
    assert not root.exists() and not os.path.exists(done.stdout.splitlines()[-1])


def test_a_report_is_printed_on_a_full_disk(monkeypatch, capsys):
    opened = start("99_test")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("helpers.files.os.replace", full)
    opened.report(test_psnr=measured(22.9, "dB"))
    said = capsys.readouterr().out
    assert "test_psnr" in said and f"not kept in {opened.runs.parent}" in said


def test_a_lesson_of_drawn_faces_says_so_when_asked_for_lfw(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("FACES_SOURCE", "lfw")
    monkeypatch.setenv("COURSE_LANG", "en")
    opened = start("99_test", faces="synthetic")
    assert opened.faces == "synthetic" and opened.runs.parent.name == "synthetic"
    assert "drawn faces only" in capsys.readouterr().out
    monkeypatch.setenv("FACES_SOURCE", "auto")
    start("99_test", faces="synthetic")
    assert "drawn faces only" not in capsys.readouterr().out
    with pytest.raises(ValueError, match="faces"):
        start("99_test", faces="lfw")


def test_report_writes_what_was_measured_and_prints_it(tmp_path, capsys):
    path = start("99_test").report(
        test_psnr=measured(22.9123, "dB", "higher", 11.6, "mean picture"),
        floor=measured(0.5, "nats", "neither"),
    )
    assert path == tmp_path / "runs" / "99_test" / "synthetic" / "report.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["lesson"] == "99_test" and content["faces"] == "synthetic"
    assert 0 <= content["seconds"] < 60 and 50 < content["peak_memory_mb"] < 20_000
    assert content["measured"]["test_psnr"] == {
        "value": 22.9123, "unit": "dB", "better": "higher", "baseline": 11.6,
        "baseline_name": "mean picture"}
    assert content["measured"]["floor"] == {"value": 0.5, "unit": "nats", "better": "neither"}
    assert format_report(content) in capsys.readouterr().out
    assert [p.name for p in path.parent.iterdir() if p.is_file()] == ["report.json"], "whole"


def test_report_text_shows_value_unit_and_baseline():
    content = {"lesson": "99_test", "faces": "synthetic", "seconds": 12.34, "peak_memory_mb": 900,
               "measured": {"psnr": measured(22.9123, "dB", "higher", 11.6, "mean picture")}}
    first, line = format_report(content).split("\n")
    assert "faces: synthetic" in first and "12 s" in first and "900 MB" in first
    assert line.split() == ["psnr", "22.91", "dB", "11.6", "mean", "picture"]


def test_report_says_where_and_when(tmp_path):
    content = json.loads(start("99_test").report().read_text(encoding="utf-8"))
    gpu = ["gpu"] * torch.cuda.is_available()
    assert list(content) == ["lesson", "faces", "seconds", "peak_memory_mb", *gpu, "processor",
                             "threads", "versions", "date", "measured"]
    assert abs(date.fromisoformat(content["date"]) - date.today()) <= timedelta(days=1)


def test_an_interval_is_reported_with_its_ends(tmp_path):
    found = interval(np.arange(40.0), np.repeat(np.arange(20), 2))
    path = start("99_test").report(
        test_psnr=measured(found, "dB", "higher", 11.6, "mean picture"),
        plain=measured(1, "dB", "higher", 0.5, "nothing"))
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["measured"]["test_psnr"] == {
        "value": 19.5, "unit": "dB", "better": "higher", "baseline": 11.6,
        "baseline_name": "mean picture", "low": found.low, "high": found.high}
    assert "low" not in content["measured"]["plain"]


def test_report_text_shows_intervals_in_a_column_of_their_own():
    lines = {"psnr": measured(Interval(24.31, 23.92, 24.68), "dB", "higher", 11.6, "PCA"),
             "loss": measured(Interval(0.5, -0.25, 12000), "nats", "lower", 1, "floor"),
             "plain": measured(3, "", "neither", 2, "none"), "last": measured(3)}
    content = {"lesson": "99_test", "faces": "synthetic", "seconds": 1, "peak_memory_mb": 900,
               "measured": lines}
    _, *shown = format_report(content).split("\n")
    assert shown == [
        "psnr                         24.31 dB    (23.92 to 24.68)       11.6 PCA",
        "loss                           0.5 nats  (-0.2 to 12,000.0)        1 floor",
        "plain                            3                                 2 none",
        "last                             3"]


@pytest.mark.parametrize("ends", [(float("nan"), 1.0), (0.0, float("inf"))])
def test_an_interval_without_ends_is_refused(ends):
    with pytest.raises(ValueError, match="low|high"):
        measured(Interval(0.5, *ends))


def test_watching_the_memory_ends_with_the_lesson():
    def watching():
        return {thread for thread in threading.enumerate() if thread.name == "PeakMemory"}

    before = watching()  # lessons of other tests may end meanwhile
    opened = start("99_test")
    (thread,) = watching() - before
    opened.report()
    thread.join(10)
    assert not thread.is_alive()


def test_an_unknown_direction_is_refused():
    with pytest.raises(ValueError, match="better"):
        measured(1.0, better="bigger")


@pytest.mark.parametrize("value, baseline", [(float("nan"), None), (1.0, float("inf"))])
def test_a_number_that_json_does_not_know_is_refused(value, baseline):
    with pytest.raises(ValueError, match="value|baseline"):
        measured(value, baseline=baseline)


def test_the_language_can_be_named(monkeypatch, capsys):
    monkeypatch.setenv("COURSE_LANG", "en")
    start("99_test", lang="zh")
    say("check_right")
    assert "正確" in capsys.readouterr().out
    with pytest.raises(ValueError, match="lang"):
        start("99_test", lang="fr")


@pytest.mark.parametrize("choice, picked", [
    ("zh", "pick-zh"), ("en", "pick-en"), ("both", "pick-both"), ("fr", "pick-both"),
    (None, "pick-both")])
def test_the_picker_is_html_without_a_script(monkeypatch, choice, picked):
    shown = []
    monkeypatch.delenv("COURSE_LANG", raising=False)
    if choice:
        monkeypatch.setenv("COURSE_LANG", choice)
    monkeypatch.setattr(lesson, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    start("99_test")
    page = shown[0]["text/html"]
    assert page.count('type="radio"') == 3 and "<script" not in page
    checked = [part for part in page.split("<input ")[1:] if "checked>" in part]
    assert len(checked) == 1 and f'id="{picked}"' in checked[0]
    assert "COURSE_LANG" in shown[0]["text/plain"]
    for rule in page.split("<style>")[1].split("</style>")[0].split("}"):
        for selector in re.findall(r"\S*\s\[lang=[^\]]+\]", rule):  # a bare one blanks JupyterLab
            assert selector.startswith(".jp-RenderedHTMLCommon) "), selector
