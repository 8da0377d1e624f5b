"""Reading LFW: on a tiny made-up one in every layout, and on the real one where it is on disk."""

import hashlib
import os
import pickle
from collections import Counter
from pathlib import Path

import pytest
from lfw_fixtures import PEOPLE, TEST_PEOPLE, check_message, make_lfw, md5, split_texts
from PIL import Image
from torchvision.datasets import LFWPeople

from helpers import ROOT
from helpers.lfw import reader
from helpers.lfw.reader import LFW, find_lfw, list_people, own_split
from helpers.lfw.split import official_split_files, official_training_people

DOWNLOAD = "python -m helpers lfw"
REAL_LFW_ROOT = os.environ.get("LFW_ROOT")  # before the fixture below takes it away


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("LFW_ROOT", "COURSE_LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def split_files(monkeypatch):
    """Writes the made-up split files into a folder, as the official ones."""
    texts = split_texts()
    monkeypatch.setattr(reader, "LABEL_MD5", {name: md5(text) for name, text in texts.items()})

    def write(folder):
        for name, text in texts.items():
            (folder / name).write_bytes(text.encode())

    return write


def people_in(faces):
    """{NAME: number of pictures}, from the targets; each path must be of that person."""
    assert all(faces.classes[t] == Path(p).parent.name
               for p, t in zip(faces.data, faces.targets, strict=True))
    return Counter(faces.classes[target] for target in faces.targets)


@pytest.mark.parametrize("images, variant", [
    ("lfw-py/lfw_funneled", "funneled"),  # torchvision
    ("lfw-py/lfw-deepfunneled", "deepfunneled"),
    ("lfw-py/lfw", "original"),
    ("lfw_funneled", "funneled"),  # scikit-learn
    ("lfw-deepfunneled/lfw-deepfunneled", "deepfunneled"),  # Kaggle
    (".", "unknown"),  # the images folder itself
])
def test_every_layout(tmp_path, split_files, images, variant):
    root = tmp_path / "my-lfw"
    split_files(make_lfw(root / images).parent)
    train, test = LFW(root, "train"), LFW(str(root), "test")
    assert people_in(test) == {name: PEOPLE[name] for name in TEST_PEOPLE}
    assert people_in(train) + people_in(test) == PEOPLE
    assert (len(train), len(test)) == (13, 4)
    for line in ("Dataset LFW", "Number of datapoints: 13", f"Alignment: {variant}",
                 "Split: train", "People: 9", "Split by: the official files"):
        assert line in repr(train)


@pytest.mark.parametrize("place", ["root/lfw-py/lfw_funneled", "root/lfw-py", "root"])
def test_split_files_in_beside_or_above_the_images(tmp_path, split_files, capsys, place):
    make_lfw(tmp_path / "root" / "lfw-py" / "lfw_funneled")
    split_files(tmp_path / place)
    assert len(LFW(tmp_path / "root", "test")) == 4
    assert capsys.readouterr().out == ""


def test_same_items_as_torchvision(tmp_path, split_files, monkeypatch):
    split_files(make_lfw(tmp_path / "lfw-py" / "lfw_funneled").parent)
    names = "".join(f"{name}\t{count}\n" for name, count in PEOPLE.items())
    (tmp_path / "lfw-py" / "lfw-names.txt").write_text(names)
    monkeypatch.setattr(LFWPeople, "_check_integrity", lambda self: True)  # no archive, other MD5
    for split in ("train", "test"):
        ours, theirs = LFW(tmp_path, split), LFWPeople(tmp_path, split)
        assert list(map(os.path.normpath, ours.data)) == list(map(os.path.normpath, theirs.data))
        assert ours.targets == theirs.targets and ours.class_to_idx == theirs.class_to_idx
        assert [item[0].tobytes() for item in ours] == [item[0].tobytes() for item in theirs]


def test_items_and_transforms(tmp_path, split_files):
    images = make_lfw(tmp_path / "lfw")
    split_files(tmp_path)
    Image.new("L", (8, 8), 7).save(images / "Bo_Birch" / "Bo_Birch_0001.jpg")  # grey
    picture, target = LFW(tmp_path, "test")[0]
    assert (picture.mode, picture.size, picture.getpixel((0, 0))) == ("RGB", (8, 8), (7, 7, 7))
    assert type(target) is int and target == list(PEOPLE).index("Bo_Birch")
    faces = LFW(tmp_path, "test", transform=lambda p: p.size, target_transform=lambda t: -t)
    assert faces[0] == ((8, 8), -target)
    assert faces.source == "lfw" and faces.class_to_idx["Lu_Lime"] == 11
    copy = pickle.loads(pickle.dumps(LFW(tmp_path, "test")))  # as a worker process gets it
    assert copy[0][1] == target


def test_without_split_files_by_person_and_says_so(tmp_path, capsys):
    images = make_lfw(tmp_path / "lfw-py" / "lfw-deepfunneled")
    train = LFW(tmp_path, "train")
    check_message(capsys.readouterr().out, "peopleDevTrain.txt", "peopleDevTest.txt", images)
    test = LFW(tmp_path, "test")
    assert people_in(train) + people_in(test) == PEOPLE
    assert len(train) > len(test) > 0 and not set(train.targets) & set(test.targets)
    assert "Split by: a hash of the names" in repr(train)
    assert LFW(tmp_path, "train").data == train.data


def test_own_split_never_changes():
    test = [name for name in PEOPLE if own_split(name) == "test"]
    assert test == ["Flo_Fir", "Ida_Ivy", "Kay_Kapok"]
    share = sum(own_split(f"Person_{i}") == "train" for i in range(10_000)) / 10_000
    assert share == pytest.approx(0.72, abs=0.015)


@pytest.mark.parametrize("file", ["peopleDevTrain.txt", "peopleDevTest.txt"])
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("9\nAda_Ash\t3\n")])
def test_one_split_file_missing_or_damaged(tmp_path, split_files, capsys, file, damage):
    """Then neither is used: an official train and an own test could share people."""
    split_files(make_lfw(tmp_path / "lfw").parent)
    damage(tmp_path / file)
    train, test = LFW(tmp_path, "train"), LFW(tmp_path, "test")
    assert people_in(train) + people_in(test) == PEOPLE
    assert all(own_split(name) == "test" for name in people_in(test))
    assert capsys.readouterr().out.count("peopleDevTrain.txt") == 4  # two languages, twice


def test_reads_a_folder_that_it_must_not_change(tmp_path, split_files):
    split_files(make_lfw(tmp_path / "lfw").parent)
    before = {path: path.stat().st_mtime_ns for path in [tmp_path, *tmp_path.rglob("*")]}
    LFW(tmp_path, "train")[0]
    assert {p: p.stat().st_mtime_ns for p in [tmp_path, *tmp_path.rglob("*")]} == before


def test_other_files_are_not_pictures_of_people(tmp_path):
    images = make_lfw(tmp_path / "lfw")
    (images / "pairs_01.txt").write_text("in scikit-learn's archive")
    (images / ".checkpoints").mkdir()
    for stray in ("Thumbs.db", "._Ada_Ash_0001.jpg", "Bo_Birch_0001.jpg"):
        (images / "Ada_Ash" / stray).write_text("")
    assert {name: len(paths) for name, paths in list_people(images).items()} == PEOPLE


def broken(path):
    path.write_bytes(path.read_bytes()[:-60])


@pytest.mark.parametrize("damage", [broken, lambda path: path.write_bytes(b""),
                                    lambda path: path.write_bytes(b"<html>"), Path.unlink])
def test_damaged_picture_is_named(tmp_path, split_files, damage):
    split_files(make_lfw(tmp_path / "lfw").parent)
    faces = LFW(tmp_path, "train")
    damage(Path(faces.data[2]))
    faces[1]
    with pytest.raises(OSError) as error:
        faces[2]
    check_message(error.value, "Ada_Ash_0003.jpg", tmp_path, DOWNLOAD)


@pytest.mark.parametrize("whole_person", [False, True])
def test_missing_picture_is_named(tmp_path, split_files, whole_person):
    images = make_lfw(tmp_path / "lfw")
    split_files(tmp_path)
    missing = images / "Cy_Cedar" / "Cy_Cedar_0002.jpg"
    missing.unlink()
    if whole_person:
        missing = images / "Cy_Cedar" / "Cy_Cedar_0001.jpg"
        missing.unlink()
        missing.parent.rmdir()
    assert len(LFW(tmp_path, "train")) == 13
    with pytest.raises(FileNotFoundError) as error:
        LFW(tmp_path, "test")
    check_message(error.value, missing, DOWNLOAD)


def test_no_lfw_at_all(tmp_path):
    (tmp_path / "holiday").mkdir()
    (tmp_path / "holiday" / "IMG_0001.jpg").write_text("")
    for root in (tmp_path, tmp_path / "holiday", tmp_path / "nowhere"):
        with pytest.raises(FileNotFoundError) as error:
            LFW(root)
        check_message(error.value, root, "lfw_funneled", "lfw-deepfunneled", "_0001.jpg",
                      DOWNLOAD, "LFW_ROOT")


@pytest.mark.parametrize("split", ["10fold", "Train", None])
def test_unknown_split(tmp_path, split):
    with pytest.raises(ValueError) as error:
        LFW(make_lfw(tmp_path / "lfw"), split)
    check_message(error.value, "split", repr(split), "'train', 'test'")


def test_find_lfw(tmp_path, monkeypatch):
    assert find_lfw(tmp_path) is None and find_lfw(tmp_path / "nowhere") is None
    make_lfw(tmp_path / "data" / "lfw-py" / "lfw_funneled")
    make_lfw(tmp_path / "mine")
    assert find_lfw(tmp_path / "data") == tmp_path / "data"
    monkeypatch.setattr(reader, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path.parent)  # as a kernel does: it starts in notebooks/
    assert find_lfw() == tmp_path / "data" and len(LFW("mine")) == len(LFW(tmp_path / "mine"))
    for named in ("mine", str(tmp_path / "mine")):
        monkeypatch.setenv("LFW_ROOT", named)
        assert find_lfw() == tmp_path / "mine"
    monkeypatch.setenv("LFW_ROOT", "")  # as good as not set
    assert find_lfw() == tmp_path / "data"
    monkeypatch.setenv("LFW_ROOT", "wrong")
    with pytest.raises(FileNotFoundError) as error:
        find_lfw()
    check_message(error.value, "LFW_ROOT", tmp_path / "wrong")


@pytest.fixture(scope="module")
def real_root():
    root = ROOT / (REAL_LFW_ROOT or Path("..", "shared", "lfw"))
    if reader.images_folder(root) is None:
        pytest.skip("real LFW is not on this machine; set LFW_ROOT")
    return root


def test_real_lfw_by_the_official_split(real_root):
    images = reader.images_folder(real_root)
    if reader.official_split(images, list_people(images)) is None:
        pytest.skip("the LFW on this machine is not whole and has no official split files")
    train, test = LFW(real_root, "train"), LFW(real_root, "test")
    assert (len(train), len(set(train.targets))) == (9525, 4038)
    assert (len(test), len(set(test.targets))) == (3708, 1711)
    assert not set(train.targets) & set(test.targets)
    for faces in (train, test):
        for index in (0, len(faces) // 2, len(faces) - 1):
            picture, target = faces[index]
            assert picture.mode == "RGB" and picture.size[0] == picture.size[1] >= 64
            assert faces.classes[target] == Path(faces.data[index]).parent.name


def test_real_names_are_those_of_lfw_names_txt(real_root):
    people = list_people(reader.images_folder(real_root))
    text = "".join(f"{name}\t{len(paths)}\n" for name, paths in people.items())
    digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    assert digest == LFWPeople.checksums["lfw-names.txt"] == "a6d0a479bd074669f656265a6e693f6d"


def test_real_lfw_by_our_own_split(real_root, monkeypatch, capsys):
    monkeypatch.setattr(reader, "official_split", lambda images, people: None)
    train, test = LFW(real_root, "train"), LFW(real_root, "test")
    assert (len(train), len(test)) == (9631, 3602)
    assert not set(train.targets) & set(test.targets)
    assert set(train.targets) | set(test.targets) == set(range(5749))


def test_the_official_split_is_rebuilt_from_a_whole_copy(real_root, tmp_path):
    images = tmp_path / "elsewhere" / "lfw_funneled"  # no split files there
    people = list_people(reader.images_folder(real_root))
    texts = reader.official_split(images, people)
    assert list(texts) == ["train", "test"]
    assert [md5(text) for text in texts.values()] == list(reader.LABEL_MD5.values())
    people.popitem()
    assert reader.official_split(images, people) is None, "one person is missing"


def test_the_bits_of_the_split_are_as_many_as_lfw_has_people():
    people = {f"Person_{i:04d}": ["one.jpg"] for i in range(5749)}
    texts = official_split_files(people)
    train, test = (texts[f"peopleDev{s}.txt"].decode().splitlines() for s in ("Train", "Test"))
    assert (train[0], len(train)) == ("4038", 4039) and (test[0], len(test)) == ("1711", 1712)
    assert train[1] == "Person_0000\t1"  # as AJ_Cook, who is first in LFW


def test_a_split_without_anybody_is_refused(tmp_path, capsys):
    images = tmp_path / "lfw_funneled"
    (images / "Ada_Ash").mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(images / "Ada_Ash" / "Ada_Ash_0001.jpg")
    empty = {"train": "test", "test": "train"}[own_split("Ada_Ash")]
    with pytest.raises(FileNotFoundError) as caught:
        LFW(tmp_path, empty)
    check_message(caught.value, "5,749", empty, DOWNLOAD)


def test_a_tiny_copy_gets_no_official_split(tmp_path):
    images = make_lfw(tmp_path / "lfw_funneled")
    assert reader.official_split(images, list_people(images)) is None


def test_reading_writes_nothing_anywhere(tmp_path, split_files, monkeypatch):
    """Not even a folder in the system's place for temporary files."""
    monkeypatch.setattr(reader, "ROOT", tmp_path / "course")
    monkeypatch.setattr("tempfile.mkdtemp", lambda **options: pytest.fail("a folder is left"))
    split_files(make_lfw(tmp_path / "lfw").parent)
    before = sorted(tmp_path.rglob("*"))
    for split in ("train", "test"):
        LFW(tmp_path, split)
    assert sorted(tmp_path.rglob("*")) == before


def test_the_official_split_trains_on_most_of_the_people():
    training = official_training_people()
    assert (len(training), sum(training)) == (5749, 4038)
    assert {type(bit) for bit in training} == {bool}
