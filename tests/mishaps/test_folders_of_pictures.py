"""Folders as readers have them: what is in them beside pictures, and how they are laid out."""

import os

import numpy as np
import pytest
from lfw_fixtures import check_message
from picture_files import counts, open_folder, save_picture, save_pictures

from helpers.engine.decode import decode
from helpers.engine.folders import list_pictures
from helpers.files import place_of
from helpers.messages import CourseError

APPLE = b"\0\5\x16\7" + b"\0" * 100  # what a Mac puts beside a file on a memory stick


def said(capsys):
    """The last message, both languages."""
    return "\n".join(capsys.readouterr().out.splitlines()[-2:])


def refused(folder, cache):
    with pytest.raises(CourseError) as caught:
        open_folder(folder, cache)
    return str(caught.value)


# Kind: the split was chosen before anyone knew what can be read


def test_a_folder_from_a_memory_stick(tmp_path, capsys):
    for path in save_pictures(tmp_path / "in", 5, ending="jpg"):
        path.with_name(f"._{path.name}").write_bytes(APPLE)
        other = tmp_path / "in" / "__MACOSX" / f"._{path.name}"
        other.parent.mkdir(exist_ok=True)
        other.write_bytes(APPLE)
    assert sum(counts(tmp_path / "in", tmp_path / "out")) == 5
    check_message(said(capsys), "10", "._0.jpg, ._1.jpg, ._2.jpg, ...")


@pytest.mark.parametrize("spoilt", ["empty", "zeros", "cut off", "a web page"])
def test_the_pictures_chosen_for_testing_are_the_ones_that_are_spoilt(spoilt, tmp_path, capsys):
    paths = save_pictures(tmp_path / "in", 9)
    places = sorted(paths, key=lambda path: place_of(path.name))
    for path in places[:4]:
        whole = path.read_bytes()
        path.write_bytes({"empty": b"", "zeros": bytes(len(whole)), "cut off": whole[:-80],
                          "a web page": b"<html>not found</html>"}[spoilt])
    pictures = open_folder(tmp_path / "in", tmp_path / "out")
    assert len(pictures["train"]) == 4
    assert np.array_equal(pictures["test"], [decode(places[4], 8)])
    why = check_message(said(capsys), "4")[1]
    assert {"empty": "4 empty", "cut off": "4 damaged"}.get(spoilt, "4 whose content") in why


def test_most_are_spoilt_and_two_are_left(tmp_path):
    paths = save_pictures(tmp_path / "in", 30)
    for path in paths[2:]:
        path.write_bytes(b"")
    assert counts(tmp_path / "in", tmp_path / "out") == (1, 1)


@pytest.mark.parametrize("n", range(2, 14))
def test_however_few_there_is_one_for_each(n, tmp_path):
    save_pictures(tmp_path / "in", n)
    train, test = counts(tmp_path / "in", tmp_path / "out")
    assert train and test and train + test == n


def test_what_is_damaged_does_not_move_the_others(tmp_path):
    """The names decide, so that the same pictures are tested on after one more is lost."""
    paths = save_pictures(tmp_path / "in", 60)
    before = open_folder(tmp_path / "in", tmp_path / "out")
    lost = [path for path in paths if place_of(path.name) > 0.1][0]
    lost.write_bytes(b"")
    after = open_folder(tmp_path / "in", tmp_path / "out")
    assert np.array_equal(before["test"], after["test"])
    assert len(after["train"]) == len(before["train"]) - 1


def test_nothing_can_be_read(tmp_path):
    for split in ("train", "test"):
        (tmp_path / "in" / split).mkdir(parents=True)
        (tmp_path / "in" / split / "a.png").write_text("no picture")
    check_message(refused(tmp_path / "in", tmp_path / "out"), tmp_path / "in", "2", "train/a.png")


@pytest.mark.parametrize("empty", ["train", "test"])
def test_one_half_of_a_split_cannot_be_read(empty, tmp_path):
    save_pictures(tmp_path / "in" / {"train": "test", "test": "train"}[empty], 3)
    (tmp_path / "in" / empty).mkdir()
    (tmp_path / "in" / empty / "a.png").write_bytes(b"")
    check_message(refused(tmp_path / "in", tmp_path / "out"), tmp_path / "in", empty, "a.png")


def test_a_file_that_goes_away_or_is_locked(tmp_path, monkeypatch, capsys):
    paths = save_pictures(tmp_path / "in", 4)
    listing = list_pictures(tmp_path / "in")
    monkeypatch.setattr("picture_files.list_pictures", lambda folder: listing)
    paths[1].unlink()
    assert sum(counts(tmp_path / "in", tmp_path / "out")) == 3
    assert "cannot be opened (1.png)" in check_message(said(capsys))[1]


def test_a_full_disk_is_said_in_words(tmp_path, monkeypatch):
    save_pictures(tmp_path / "in", 3)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("helpers.engine.store.write_pictures", full)
    check_message(refused(tmp_path / "in", tmp_path / "out"), tmp_path / "out", "No space left")


# Kind: what counts as the reader's picture


@pytest.mark.parametrize("folder", [
    ".ipynb_checkpoints", ".thumbnails", "__MACOSX", "@eaDir", "$RECYCLE.BIN", ".Trash-1000",
    "System Volume Information", "lost+found", ".git/objects/ab", "a/.cache/b"])
def test_what_systems_keep_is_not_the_readers(folder, tmp_path, capsys):
    save_pictures(tmp_path / "in", 20)
    save_pictures(tmp_path / "in" / folder, 7, first=20)
    assert sum(counts(tmp_path / "in", tmp_path / "out")) == 20
    check_message(said(capsys), "7", f"{folder}/2")


def test_a_reader_may_keep_pictures_inside_a_hidden_folder(tmp_path):
    save_pictures(tmp_path / ".cache" / "faces", 5)
    assert sum(counts(tmp_path / ".cache" / "faces", tmp_path / "out")) == 5


def test_copies_are_never_in_both_splits(tmp_path):
    for copy in ("a", "b/c", "d"):
        save_pictures(tmp_path / "in" / copy, 40)
    pictures = open_folder(tmp_path / "in", tmp_path / "out")
    train, test = ({picture.tobytes() for picture in pictures[split]} for split in pictures)
    assert train and test and not train & test and len(train | test) == 40
    assert len(pictures["train"]) + len(pictures["test"]) == 120, "all copies are in one"


def test_copies_in_a_split_that_exists_are_tested_on_only(tmp_path, capsys):
    save_pictures(tmp_path / "in" / "train", 6)
    save_pictures(tmp_path / "in" / "test", 4, first=4)
    assert counts(tmp_path / "in", tmp_path / "out") == (4, 4)
    check_message(said(capsys), "2", "train/4.png")


def test_test_is_a_copy_of_train(tmp_path):
    for split in ("train", "test"):
        save_pictures(tmp_path / "in" / split, 3)
    check_message(refused(tmp_path / "in", tmp_path / "out"), "train", "3", "train/0.png")


# Kind: links


def link(path, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.symlink_to(target, target_is_directory=target.is_dir())
    except OSError:
        pytest.skip("Windows lets only some users make links")


@pytest.mark.parametrize("real", [0, 5])
def test_classes_that_are_links_are_followed(real, tmp_path):
    if real:
        save_pictures(tmp_path / "in" / "real", real)
    for i in range(10):
        save_picture(tmp_path / "elsewhere" / f"{i}" / "a.png", 100 + i)
        link(tmp_path / "in" / f"c{i}", tmp_path / "elsewhere" / f"{i}")
    assert sum(counts(tmp_path / "in", tmp_path / "out")) == real + 10


def test_a_split_of_links(tmp_path):
    for split, first in (("train", 0), ("test", 5)):
        save_pictures(tmp_path / "elsewhere" / split, 5, first)
        link(tmp_path / "in" / split, tmp_path / "elsewhere" / split)
    assert counts(tmp_path / "in", tmp_path / "out") == (5, 5)


def test_loops_end(tmp_path, capsys):
    save_pictures(tmp_path / "in" / "a", 6)
    link(tmp_path / "in" / "a" / "up", tmp_path / "in")
    link(tmp_path / "in" / "a" / "self", tmp_path / "in" / "a")
    link(tmp_path / "in" / "again", tmp_path / "in" / "a")
    assert sum(counts(tmp_path / "in", tmp_path / "out")) == 6
    check_message(said(capsys), "3", "again")


def test_a_hidden_link_hides_nothing_else(tmp_path):
    save_pictures(tmp_path / "in" / "a", 6)
    link(tmp_path / "in" / ".a", tmp_path / "in" / "a")
    assert sum(counts(tmp_path / "in", tmp_path / "out")) == 6


def test_a_link_that_leads_nowhere_is_counted(tmp_path, capsys):
    save_pictures(tmp_path / "in", 3)
    link(tmp_path / "in" / "gone.jpg", tmp_path / "nowhere.jpg")
    link(tmp_path / "in" / "self.jpg", tmp_path / "in" / "self.jpg")
    assert sum(counts(tmp_path / "in", tmp_path / "out")) == 3
    check_message(said(capsys), "2", "gone.jpg")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such files")
def test_a_pipe_is_not_waited_for(tmp_path):
    save_pictures(tmp_path / "in", 3)
    os.mkfifo(tmp_path / "in" / "pipe.png")
    assert sum(counts(tmp_path / "in", tmp_path / "out")) == 3


# Kind: a split that is there, by other names


@pytest.mark.parametrize(("train", "test"), [
    ("train", "test"), ("Train", "Test"), ("TRAIN", "TEST"), ("train", "Validation"),
    ("Training", "Testing"), ("train", "VAL"), ("archive/Train", "archive/Test")])
def test_a_split_is_found_whatever_its_case_and_said(train, test, tmp_path, capsys):
    save_pictures(tmp_path / "in" / train / "a", 5)
    save_pictures(tmp_path / "in" / test / "a", 3, first=5)
    assert counts(tmp_path / "in", tmp_path / "out") == (5, 3)
    check_message(said(capsys), "5", "3", train.split("/")[-1], test.split("/")[-1])


def test_two_spellings_of_train_are_both_trained_on(tmp_path):
    save_pictures(tmp_path / "in" / "train", 5)
    save_pictures(tmp_path / "in" / "Train", 2, first=5)
    save_pictures(tmp_path / "in" / "test", 3, first=7)
    assert sum(counts(tmp_path / "in", tmp_path / "out")) == 10


def test_a_split_that_was_made_is_said(tmp_path, capsys):
    save_pictures(tmp_path / "in" / "train", 30)  # no test beside it
    counts(tmp_path / "in", tmp_path / "out")
    assert "about a tenth" in check_message(said(capsys))[1]


def test_what_is_outside_a_split_is_counted(tmp_path, capsys):
    for i, part in enumerate(("train", "test", "val", "extra")):
        save_pictures(tmp_path / "in" / part, 2, first=2 * i)
    assert counts(tmp_path / "in", tmp_path / "out") == (2, 2)
    assert "4 outside" in check_message(said(capsys), "extra/6.png")[1]


# Kind: endings


@pytest.mark.parametrize("ending", ["jfif", "jpe", "JPG", "gif", "webp", "tiff", "bmp", "jp2",
                                    "apng", "ppm", "mpo"])
def test_endings_that_pillow_reads_are_read(ending, tmp_path):
    options = {"save_all": True} if ending == "mpo" else {}
    for i in range(3):
        save_picture(tmp_path / "in" / f"{i}.{ending}", i, **options)
    assert sum(counts(tmp_path / "in", tmp_path / "out")) == 3


def test_what_is_not_read_is_named_by_its_ending(tmp_path, capsys):
    save_pictures(tmp_path / "in", 3)
    for name in ("a.heic", "b.HEIC", "c.txt", "README", ".DS_Store", "Thumbs.db"):
        (tmp_path / "in" / name).write_bytes(b"something")
    counts(tmp_path / "in", tmp_path / "out")
    check_message(said(capsys), "4", ".heic (2)", ".txt", "README")


def test_a_program_called_a_picture_is_not_run(tmp_path, capsys, monkeypatch):
    """PostScript would start Ghostscript."""
    save_pictures(tmp_path / "in", 3)
    (tmp_path / "in" / "a.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    monkeypatch.setattr("PIL.EpsImagePlugin.Ghostscript", None)  # calling it would be damage
    counts(tmp_path / "in", tmp_path / "out")
    assert "1 whose content is no picture" in said(capsys)


# Kind: too little


@pytest.mark.parametrize("copies", [1, 4])
def test_one_picture_is_too_few(copies, tmp_path):
    for i in range(copies):
        save_picture(tmp_path / "in" / f"{i}.png", 0)
    chinese, english = check_message(refused(tmp_path / "in", tmp_path / "out"), tmp_path / "in")
    assert "至少需要兩張" in chinese and "At least two are needed" in english


def test_a_folder_that_cannot_be_looked_into(tmp_path, monkeypatch, capsys):
    save_pictures(tmp_path / "in", 3)
    (tmp_path / "in" / "closed").mkdir()
    scandir = os.scandir

    def closed(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert sum(counts(tmp_path / "in", tmp_path / "out")) == 3
    check_message(said(capsys), "1", "closed")


def test_names_that_would_break_a_line_or_a_console(tmp_path, capsys):
    save_pictures(tmp_path / "in", 3)
    try:
        (tmp_path / "in" / "two\nlines.png").write_bytes(b"")
        (tmp_path / "in" / "caf\udce9.png").write_bytes(b"")
    except (OSError, UnicodeError):
        pytest.skip("this system has no such names")
    counts(tmp_path / "in", tmp_path / "out")
    check_message(said(capsys), "two?lines.png", "caf?.png")
