"""A full disk is called that, a result is never lost, and no command ends in a traceback."""

import errno
import importlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from lfw_fixtures import check_message

from helpers import ROOT, __main__, faults, train
from helpers.course import editions, site, slides
from helpers.engine.checkpoints import load
from helpers.engine.loop import Diverged
from helpers.models import Autoencoder

SMALL = ["--data", "drawn:40", "--size", "16", "--batch-size", "8", "--dtype", "float32",
         "--device", "cpu", "--epochs", "2"]


@pytest.fixture
def full(monkeypatch):
    """A function: from now on every file whose path holds the word is on a full disk."""
    right = os.replace

    def start(word):
        def replace(source, target):
            if word in str(target):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
            return right(source, target)

        monkeypatch.setattr(os, "replace", replace)

    return start


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """The system's temporary folder, empty."""
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "temporary"))
    return tmp_path / "temporary"


@pytest.mark.parametrize("word", ["checkpoint.pt", "history.json"])
def test_a_result_that_cannot_be_kept_is_saved_elsewhere(tmp_path, full, temporary, capsys, word):
    full(str(Path("mine") / word))
    assert train.main([*SMALL, "--out", str(tmp_path / "mine")]) == 1
    said = capsys.readouterr().err
    check_message(said, tmp_path / "mine", temporary, "--out")
    (rescue,) = temporary.iterdir()
    Autoencoder().load_state_dict(torch.load(rescue / "model.pt", weights_only=True))
    assert len(json.loads((rescue / "history.json").read_text())["train"]) == 2
    assert not list((tmp_path / "mine").glob("*.part")), "nothing half-written"


def test_when_nothing_can_be_written_it_says_that_a_checkpoint_may_be_left(
        tmp_path, full, temporary, capsys):
    full("")
    assert train.main([*SMALL, "--out", str(tmp_path / "mine")]) == 1
    assert "could be kept neither in" in capsys.readouterr().err


@pytest.mark.parametrize("n", [99_999_999_999, 10**30])
def test_more_faces_than_fit_on_the_disk_are_not_begun(n, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("helpers.engine.store.ROOT", tmp_path)
    monkeypatch.setattr("helpers.faces.ROOT", tmp_path)
    monkeypatch.setattr("helpers.engine.store.write_pictures", lambda *_: pytest.fail("begun"))
    assert train.main([*SMALL, "--data", f"drawn:{n}", "--out", str(tmp_path / "out")]) == 1
    check_message(capsys.readouterr().err, f"{n:,}", "GB", "--size", tmp_path)
    assert not [path for path in (tmp_path / "data").rglob("*") if path.is_file()]


@pytest.mark.parametrize(("error", "kind"), [
    (OSError(errno.ENOSPC, "No space left on device", "a.pt"), "disk"),
    (RuntimeError("[enforce fail at inline_container.cc] . No space left on device"), "disk"),
    (PermissionError(errno.EACCES, "Permission denied", "a.pt"), "denied"),
    (OSError(errno.EROFS, "Read-only file system", "a.pt"), "denied"),
    (MemoryError(), "memory"),
    (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), "memory"),
    (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "memory"),
    (KeyError("epoch"), "unknown"),
])
def test_each_kind_of_fault_has_its_sentence(error, kind, tmp_path, monkeypatch):
    monkeypatch.setattr(faults, "ROOT", tmp_path)
    assert faults.kind_of(error) == kind
    said = faults.last_word(error)
    check_message(said, type(error).__name__, tmp_path / "runs" / "error.log")
    assert ("a.pt" in said) == ("a.pt" in str(error))
    assert type(error).__name__ in (tmp_path / "runs" / "error.log").read_text()


def test_where_no_log_can_be_written_the_details_are_in_the_sentence(full, temporary):
    full("")
    try:
        raise KeyError("epoch")
    except KeyError as error:
        assert "Traceback" in faults.last_word(error)


COMMANDS = {"train": ["--data", "nowhere"], "sample": ["--run", "nowhere"],
            "score": ["--data", "nowhere"], "__main__": ["copy", "99"]}


def code_of(command, *arguments):
    """The exit code of a command, whether it returns one or argparse ends it."""
    try:
        return importlib.import_module(f"helpers.{command}").main(list(arguments))
    except SystemExit as ended:
        return ended.code


@pytest.mark.parametrize("command", COMMANDS)
def test_one_kind_of_fault_has_one_exit_code(command, tmp_path, monkeypatch, capsys):
    """As docs/training.md lists them, for every command."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(faults, "ROOT", tmp_path)
    out = [] if command == "__main__" else ["--out", "out"]
    assert code_of(command, *out, *COMMANDS[command]) == 1
    check_message(capsys.readouterr().err)
    assert code_of(command, "copy", "--no-such-option") == 2
    assert code_of(command, "--help") == 0
    place = {"__main__": "lessons", "train": "train"}.get(command, command)
    for error, code in ((KeyError("x"), 1), (KeyboardInterrupt(), 130)):
        def fails(*_, error=error):
            raise error

        monkeypatch.setattr(f"helpers.{command}.{place}", fails)
        capsys.readouterr()
        assert code_of(command, *out, *COMMANDS[command]) == code
        assert "Traceback" not in "".join(capsys.readouterr())


def test_the_page_lists_the_exit_codes():
    page = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\d+)`(?:, `(\d+)`)? \|", page.partition("Exit codes")[2],
                        re.MULTILINE)
    assert [code for codes in listed for code in codes if code] == [
        "0", "1", "2", str(Diverged.exit_code), "130", "143"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
@pytest.mark.slow
def test_a_training_that_is_told_to_end_says_how_to_go_on(tmp_path):
    command = [sys.executable, "-m", "helpers.train", *SMALL, "--every", "1", "--out",
               str(tmp_path)]
    with subprocess.Popen([*command, "--epochs", "100000"], cwd=ROOT, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8") as process:
        try:
            while not (tmp_path / "checkpoint.pt").exists():
                assert process.poll() is None
                time.sleep(0.05)
            process.terminate()
            printed = process.communicate(timeout=60)[0]
        finally:
            process.kill()
    assert process.returncode == 143
    check_message("\n".join(printed.splitlines()[-2:]))
    assert "goes on from the last checkpoint" in printed and "Traceback" not in printed
    assert load(tmp_path / "checkpoint.pt")["epoch"] >= 0, "whole"


def test_the_signal_is_as_it_was_afterwards_and_left_alone_under_torchrun(monkeypatch):
    before, seen = signal.getsignal(signal.SIGTERM), []
    assert faults.exit_code(lambda: seen.append(signal.getsignal(signal.SIGTERM))) == 0
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "x")
    assert faults.exit_code(lambda: seen.append(signal.getsignal(signal.SIGTERM))) == 0
    assert seen[0] != before and seen[1] == before == signal.getsignal(signal.SIGTERM)
    with ThreadPoolExecutor(1) as pool:
        monkeypatch.delenv("TORCHELASTIC_RUN_ID")
        assert pool.submit(faults.exit_code, lambda: None).result() == 0


@pytest.mark.parametrize("command, place", [
    (["copy", "01"], (editions, "write_text")), (["slides", "01"], (slides, "write_text")),
    (["site"], (site, "write_text")),
])
def test_commands_of_a_course_that_cannot_be_written_end_in_a_sentence(
        command, place, monkeypatch, tmp_path, capsys):
    def denied(path, text):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(*place, denied)
    monkeypatch.setattr(editions, "WORK", tmp_path)
    monkeypatch.setattr(faults, "ROOT", tmp_path)
    assert __main__.main(command) == 1
    said = capsys.readouterr().err
    check_message(said, "PermissionError", "error.log")
    assert "Traceback" not in said
