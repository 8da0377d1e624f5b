"""Picture files of a folder: upright and uncut pixels, every file in one split, by its name."""

import lfw_fixtures
import numpy as np
import pytest
from PIL import Image
from torchvision.transforms import Resize

from helpers import ROOT
from helpers.engine.folders import decode, list_pictures
from helpers.messages import CourseError


def save_picture(path, number=0, size=(40, 40)):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(number).integers(0, 256, (size[1], size[0], 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


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
    for i in range(200):
        save_picture(tmp_path / "mine" / f"{i}.png", size=(2, 2))
    train, test = (list_pictures(tmp_path / "mine", split) for split in ("train", "test"))
    assert len(train) + len(test) == 200 and not set(train) & set(test)
    assert 8 <= len(test) <= 35
    again = list_pictures(tmp_path / "mine", "test")
    assert again == test, "the same every time"


@pytest.mark.parametrize("n", [1, 2, 5])
def test_few_pictures_still_have_one_to_test_on(n, tmp_path):
    for i in range(n):
        save_picture(tmp_path / f"IMG_{i:04}.png", size=(2, 2))
    assert len(list_pictures(tmp_path, "test")) >= 1
    if n > 2:
        assert len(list_pictures(tmp_path, "train")) >= 1


def test_the_reader_of_folders_knows_no_data_set():
    """LFW's own split belongs to whoever asks for LFW: helpers.train."""
    source = (ROOT / "helpers" / "engine" / "folders.py").read_text(encoding="utf-8")
    assert "lfw" not in source.lower()


def test_odd_names_and_odd_entries_do_no_harm(tmp_path):
    save_picture(tmp_path / "caf\udce9.png")  # a name in another encoding
    save_picture(tmp_path / "自拍.png")
    (tmp_path / "folder.jpg").mkdir()
    try:
        (tmp_path / "broken.jpg").symlink_to(tmp_path / "nowhere.jpg")
    except OSError:
        pass  # Windows lets only some users make links
    found = sum(len(list_pictures(tmp_path, split)) for split in ("train", "test"))
    assert found == 2


@pytest.mark.parametrize("kind", ["nothing", "file"])
def test_what_is_no_folder_is_called_so(kind, tmp_path):
    path = tmp_path / "mine"
    if kind == "file":
        path.write_text("no folder")
    with pytest.raises(CourseError, match="There is no folder") as caught:
        list_pictures(path, "train")
    lfw_fixtures.check_message(caught.value, path)
