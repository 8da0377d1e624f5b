"""Pictures decoded once into one file: the right pixels, in order, in little memory."""

import json
import subprocess
import sys

import lfw_fixtures
import numpy as np
import pytest
from test_folders import save_picture

from helpers import ROOT
from helpers.engine.folders import decode, list_pictures
from helpers.engine.store import open_drawn, open_files
from helpers.faces import SyntheticFaces
from helpers.messages import CourseError


def open_folder(folder, split, size, cache):
    return open_files(list_pictures(folder, split), folder, split, size, cache)


def test_a_folder_is_decoded_once_and_again_when_it_changes(tmp_path, capsys):
    paths = [save_picture(tmp_path / "in" / split / f"c{i % 2}" / f"{i}.png", i)
             for split in ("train", "test") for i in range(5)]
    first = open_folder(tmp_path / "in", "train", 16, tmp_path / "cache")
    stored = np.load(first)
    assert stored.shape == (5, 16, 16, 3) and stored.dtype == np.uint8
    order = ("c0/0.png", "c0/2.png", "c0/4.png", "c1/1.png", "c1/3.png")
    for i, name in enumerate(order):
        assert np.array_equal(stored[i], decode(tmp_path / "in" / "train" / name, 16))
    assert "5" in capsys.readouterr().out
    assert open_folder(tmp_path / "in", "train", 16, tmp_path / "cache") == first
    assert capsys.readouterr().out == "", "the second time nothing is decoded"
    save_picture(paths[0], 9)
    again = open_folder(tmp_path / "in", "train", 16, tmp_path / "cache")
    assert again != first and not np.array_equal(np.load(again)[0], stored[0])


def test_a_damaged_picture_is_left_out_and_named(tmp_path, capsys):
    for i in range(4):
        save_picture(tmp_path / "in" / "train" / f"{i}.png", i)
        save_picture(tmp_path / "in" / "test" / f"{i}.png", i)
    bad = tmp_path / "in" / "train" / "1.png"
    bad.write_bytes(bad.read_bytes()[:200])
    stored = np.load(open_folder(tmp_path / "in", "train", 8, tmp_path / "cache"))
    assert len(stored) == 3
    lfw_fixtures.check_message("\n".join(capsys.readouterr().out.splitlines()[-2:]), "1", bad)


def test_a_folder_without_pictures_is_named(tmp_path):
    for split in ("train", "test"):
        (tmp_path / "in" / split).mkdir(parents=True)
        (tmp_path / "in" / split / "a.png").write_text("no picture")
    with pytest.raises(CourseError) as caught:
        open_folder(tmp_path / "in", "train", 8, tmp_path / "cache")
    lfw_fixtures.check_message(caught.value, tmp_path)


def test_a_cache_that_was_cut_off_is_made_again(tmp_path):
    path = open_drawn(20, "train", 8, root=tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    assert open_drawn(20, "train", 8, root=tmp_path) == path and path.read_bytes() == whole


def test_drawn_faces_on_disk_are_those_of_the_data_set(tmp_path):
    stored = np.load(open_drawn(1030, "test", 8, root=tmp_path))  # more than a block
    assert np.array_equal(stored, SyntheticFaces("test", 1030, size=8, root=None).pictures)


def test_drawn_faces_have_one_cache(tmp_path, monkeypatch):
    """What the data set has drawn, the engine does not draw again, and the other way round."""
    here = SyntheticFaces("train", 20, size=8, root=tmp_path)
    path = open_drawn(30, "train", 8, root=tmp_path)
    monkeypatch.setattr("helpers.faces.portraits.draw", None)  # drawing again would crash
    assert np.array_equal(np.load(open_drawn(20, "train", 8, root=tmp_path)), here.pictures)
    assert np.array_equal(SyntheticFaces("train", 30, size=8, root=tmp_path).pictures,
                          np.load(path))
    assert len(list(path.parent.iterdir())) == 2


PEAK = """
import json, sys
import numpy as np
from helpers.engine.batches import Batches
from helpers.memory import PeakMemory
from helpers.pictures import write_pictures

n, path, block = int(sys.argv[1]), sys.argv[2], np.zeros((1000, 64, 64, 3), np.uint8)
memory = PeakMemory(every=0.01)
write_pictures(path, (block for _ in range(n // 1000)), 64)
total = sum(len(x) for x, *_ in Batches(path, 256, shuffle=True))
assert total == n
print(json.dumps(memory.stop()))
"""


def test_peak_memory_does_not_grow_with_the_number_of_pictures(tmp_path):
    """Writing and reading ten times as many pictures, 61 MB and 614 MB of them."""
    peaks = []
    for n in (5_000, 50_000):
        done = subprocess.run([sys.executable, "-c", PEAK, str(n), str(tmp_path / "p.npy")],
                              cwd=ROOT, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        peaks.append(json.loads(done.stdout))
    assert peaks[1] < peaks[0] + 120, peaks  # of 550 MB more; a map kept 240
