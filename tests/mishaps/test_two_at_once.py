"""Two trainings, one folder: the second is told who is there, and a crash leaves no lock behind."""

import os
import re
import subprocess
import sys

import pytest
from lfw_fixtures import check_message

from helpers import ROOT, train
from helpers.files import one_at_a_time

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


DRAWS = """
import sys, time
from pathlib import Path
from helpers import faces
root, draw = Path(sys.argv[1]), faces.draw_faces
def counted(*arguments):
    with open(root / "drawn.txt", "a") as file:
        file.write("once\\n")
    time.sleep(1)
    return draw(*arguments)
faces.draw_faces = counted
print("ready", flush=True)
input()
print(faces.SyntheticFaces("train", 12, 16, root=root / "data").pictures.sum(), flush=True)
"""


@pytest.mark.slow
def test_of_eight_that_need_the_same_faces_one_draws_and_the_others_read(tmp_path):
    eight = [subprocess.Popen([sys.executable, "-c", DRAWS, str(tmp_path)], cwd=ROOT,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
             for _ in range(8)]
    try:
        assert [process.stdout.readline() for process in eight] == ["ready\n"] * 8
        for process in eight:
            process.stdin.write("\n")
            process.stdin.flush()
        sums = [process.communicate(timeout=60)[0] for process in eight]
    finally:
        for process in eight:
            process.kill()
    assert len(set(sums)) == 1 and int(sums[0]) > 0
    assert (tmp_path / "drawn.txt").read_text() == "once\n"
    assert [path.suffix for path in (tmp_path / "data").rglob("*.*")] == [".npy"]


def test_where_nothing_can_be_locked_nobody_waits(tmp_path, monkeypatch):
    """A lock that another holds longer than one's patience, and a folder that is a file."""
    path = tmp_path / "faces.npy"
    with one_at_a_time(path), one_at_a_time(path, patience=0.1):
        pass
    (tmp_path / "file").write_text("")
    with one_at_a_time(tmp_path / "file" / "faces.npy"):
        pass


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
