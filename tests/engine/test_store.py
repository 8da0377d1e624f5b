"""Pictures decoded once into one file: the right pixels, in order, in little memory."""

import json
import subprocess
import sys

import numpy as np
from picture_files import open_folder, save_picture, save_pictures

from helpers import ROOT
from helpers.engine.decode import decode
from helpers.engine.folders import list_pictures
from helpers.engine.store import open_drawn, open_files
from helpers.faces import SyntheticFaces


def test_a_folder_is_decoded_once_and_again_when_it_changes(tmp_path, capsys):
    paths = [save_picture(tmp_path / "in" / split / f"c{i % 2}" / f"{i}.png", first + i)
             for split, first in (("train", 0), ("test", 5)) for i in range(5)]

    def train_pictures():
        return open_files(list_pictures(tmp_path / "in"), 16, tmp_path / "cache")["train"]

    first = train_pictures()
    stored = np.load(first)
    assert stored.shape == (5, 16, 16, 3) and stored.dtype == np.uint8
    order = ("c0/0.png", "c0/2.png", "c0/4.png", "c1/1.png", "c1/3.png")
    for i, name in enumerate(order):
        assert np.array_equal(stored[i], decode(tmp_path / "in" / "train" / name, 16))
    assert "10" in capsys.readouterr().out
    assert train_pictures() == first
    assert capsys.readouterr().out == "", "the second time nothing is decoded"
    save_picture(paths[0], 99)
    again = train_pictures()
    assert again != first and not np.array_equal(np.load(again)[0], stored[0])


def test_what_older_rules_decoded_is_decoded_again(tmp_path, monkeypatch):
    save_pictures(tmp_path / "in", 3)
    listing = list_pictures(tmp_path / "in")
    before = open_files(listing, 8, tmp_path / "cache")
    monkeypatch.setattr("helpers.engine.store.RULES", 0)
    assert open_files(listing, 8, tmp_path / "cache")["train"] != before["train"]


def test_only_the_two_files_of_the_splits_stay(tmp_path):
    save_pictures(tmp_path / "in", 3)
    stores = open_files(list_pictures(tmp_path / "in"), 8, tmp_path / "cache")
    assert sorted((tmp_path / "cache" / "pictures").iterdir()) == sorted(stores.values())


def test_more_pictures_than_a_block_keep_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.engine.decode.block_length", lambda size: 3)
    monkeypatch.setattr("helpers.engine.store.block_length", lambda size: 2)
    paths = save_pictures(tmp_path / "train", 8)
    save_pictures(tmp_path / "test", 1, first=8)
    stored = open_folder(tmp_path, tmp_path / "cache")["train"]
    assert np.array_equal(stored, [decode(path, 8) for path in paths])


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


DECODING = """
import json, sys
from helpers.engine.folders import list_pictures
from helpers.engine.store import open_files
from helpers.memory import PeakMemory

listing = list_pictures(sys.argv[1])
memory = PeakMemory(every=0.01)
open_files(listing, 128, sys.argv[2])
print(json.dumps(memory.stop()))
"""


def test_peak_memory_does_not_grow_with_the_files_that_are_decoded(tmp_path):
    """500 files in which are 25 MB of pixels, and 5,000 with 246 MB; links to ten pictures."""
    peaks = []
    pictures = save_pictures(tmp_path, 10)
    for n in (500, 5000):
        folder = tmp_path / f"{n}"
        folder.mkdir()
        for i in range(n):
            (folder / f"{i}.png").hardlink_to(pictures[i % 10])
        done = subprocess.run([sys.executable, "-c", DECODING, str(folder), str(tmp_path / "out")],
                              cwd=ROOT, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        peaks.append(json.loads(done.stdout.splitlines()[-1]))
    assert peaks[1] < peaks[0] + 60, peaks
