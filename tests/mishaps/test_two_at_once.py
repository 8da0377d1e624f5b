"""Two trainings, one folder: the second is told who is there, and a crash leaves no lock behind."""

import os
import re
import subprocess
import sys

import pytest
from lfw_fixtures import check_message

from helpers import ROOT, train

SMALL = ["--data", "drawn:40", "--size", "16", "--batch-size", "8", "--dtype", "float32",
         "--device", "cpu", "--epochs", "1"]
HOLDS = """
import sys, time
from pathlib import Path
from helpers.train import alone
with alone(Path(sys.argv[1])):
    print("in", flush=True)
    time.sleep(100)
"""


@pytest.fixture
def other(tmp_path):
    """Another process that trains in the folder."""
    with subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], cwd=ROOT,
                          stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout.readline() == "in\n"
        yield process
        process.kill()


@pytest.mark.slow
def test_the_second_training_is_told_who_is_there(other, tmp_path, capsys):
    assert train.main([*SMALL, "--out", str(tmp_path)]) == 1
    check_message(capsys.readouterr().err, tmp_path, f"PID {other.pid}", "--out")
    assert not (tmp_path / "checkpoint.pt").exists()
    assert train.main([*SMALL, "--out", str(tmp_path / "elsewhere")]) == 0


@pytest.mark.slow
def test_a_killed_training_leaves_the_folder_free(other, tmp_path):
    other.kill()
    other.wait()
    assert train.main([*SMALL, "--out", str(tmp_path)]) == 0


def test_a_training_that_has_ended_leaves_the_folder_free(tmp_path):
    for _ in range(2):
        assert train.main([*SMALL, "--out", str(tmp_path)]) == 0
    holder = (tmp_path / "training.txt").read_text(encoding="utf-8")
    assert re.fullmatch(rf"PID {os.getpid()}, \S+, \d\d:\d\d", holder)
