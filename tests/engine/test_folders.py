"""Picture files of a folder: upright and uncut pixels, every file in one split, by its name."""

import lfw_fixtures
import numpy as np
import pytest
from picture_files import save_picture
from PIL import Image
from torchvision.transforms import Resize

from helpers import ROOT
from helpers.engine.decode import decode
from helpers.engine.folders import list_pictures
from helpers.engine.splits import made_split
from helpers.messages import CourseError


def test_a_square_picture_comes_out_as_the_lessons_resize_gives_it(tmp_path):
    path = save_picture(tmp_path / "a.png", size=(250, 250))
    assert np.array_equal(decode(path), np.asarray(Resize((64, 64))(Image.open(path))))


def test_a_wide_picture_loses_its_sides_and_is_not_squeezed(tmp_path):
    path = save_picture(tmp_path / "a.png", size=(90, 30))
    middle = Image.open(path).crop((30, 0, 60, 30))
    assert np.abs(decode(path, 30).astype(int) - np.asarray(middle)).max() <= 1


def test_a_photograph_taken_sideways_is_turned(tmp_path):
    picture = Image.new("RGB", (32, 32), "white")
    picture.paste("black", (0, 0, 16, 32))  # left half
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    picture.save(tmp_path / "a.jpg", exif=exif, quality=100)
    upright = decode(tmp_path / "a.jpg", 32)
    assert upright[4].mean() < 40 and upright[28].mean() > 215, "left becomes top"


def test_sixteen_bits_become_eight(tmp_path):
    ramp = np.linspace(0, 65535, 32 * 32).reshape(32, 32).astype(np.uint16)
    Image.fromarray(ramp).save(tmp_path / "a.png")
    pixels = decode(tmp_path / "a.png", 32)
    assert np.abs(pixels[..., 0].astype(int) - (ramp // 257)).max() <= 1


def test_a_folder_without_a_test_part_gives_a_tenth_of_it(tmp_path):
    names = [f"{i}.png" for i in range(200)]
    rows = made_split(names, names)
    assert sorted(rows["train"] + rows["test"]) == list(range(200))
    assert 8 <= len(rows["test"]) <= 35
    other = made_split(names[::-1], names[::-1])
    assert {199 - row for row in other["test"]} == set(rows["test"]), "the names alone decide"


@pytest.mark.parametrize("n", range(2, 40))
def test_few_pictures_still_have_one_to_test_on_and_one_to_train_on(n):
    names = [f"IMG_{i:04}.png" for i in range(n)]
    rows = made_split(names, names)
    assert rows["train"] and rows["test"] and len(rows["train"]) + len(rows["test"]) == n


def test_two_spellings_of_one_name_are_two_pictures():
    """A folder on Linux may hold what a Mac and a PC call the same."""
    names = ["caf\u00e9.png", "cafe\u0301.png"]
    rows = made_split(names, ["a", "b"])
    assert len(rows["train"]) == len(rows["test"]) == 1


@pytest.mark.parametrize("module", ["folders", "splits", "decode", "colours", "left_out"])
def test_the_reader_of_folders_knows_no_data_set(module):
    """LFW's own split belongs to whoever asks for LFW: helpers.train."""
    source = (ROOT / "helpers" / "engine" / f"{module}.py").read_text(encoding="utf-8")
    assert "lfw" not in source.lower()


def test_odd_names_and_odd_entries_do_no_harm(tmp_path):
    save_picture(tmp_path / "caf\udce9.png")  # a name in another encoding
    save_picture(tmp_path / "自拍.png")
    save_picture(tmp_path / "two\nlines.png")
    (tmp_path / "folder.jpg").mkdir()
    listing = list_pictures(tmp_path)
    assert len(listing.paths["all"]) == 3 and not listing.left_out


@pytest.mark.parametrize("kind", ["nothing", "file"])
def test_what_is_no_folder_is_called_so(kind, tmp_path):
    path = tmp_path / "mine"
    if kind == "file":
        path.write_text("no folder")
    with pytest.raises(CourseError, match="There is no folder") as caught:
        list_pictures(path)
    lfw_fixtures.check_message(caught.value, path)
