"""load_faces() takes the faces it is told to take, and says which."""

import pytest
import torch
from lfw_fixtures import make_lfw
from torchvision import transforms
from torchvision.datasets import VisionDataset

from helpers import data, faces
from helpers.data import choose_source, load_faces, stack


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch, tmp_path):
    for name in ("FACES_SOURCE", "LFW_ROOT", "COURSE_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(data, "NUM_SYNTHETIC", {"train": 12, "test": 8})
    monkeypatch.setattr(faces, "ROOT", tmp_path)


@pytest.fixture
def lfw(tmp_path):
    make_lfw(tmp_path / "lfw-py" / "lfw_funneled")
    return tmp_path


def test_without_lfw_the_faces_are_drawn(tmp_path, capsys):
    train, test = (load_faces(split, root=tmp_path) for split in ("train", "test"))
    assert isinstance(train, VisionDataset) and train.source == test.source == "synthetic"
    assert (len(train), len(test)) == (12, 8)
    said = capsys.readouterr().out
    assert said.count("faces: synthetic") == 4, "both splits, both languages"
    assert "python -m helpers lfw" in said and "12張" in said and "12 drawn" in said


def test_with_lfw_on_disk_auto_takes_it(lfw, capsys):
    train = load_faces("train", root=lfw)
    assert train.source == "lfw" and 0 < len(train) < 17
    said = capsys.readouterr().out
    assert "faces: lfw" in said and "FACES_SOURCE=synthetic" in said


def test_the_source_can_be_asked_for(lfw):
    assert load_faces(source="synthetic", root=lfw).source == "synthetic"
    assert load_faces(source="lfw", root=lfw).source == "lfw"


def test_the_environment_goes_first(lfw, monkeypatch):
    monkeypatch.setenv("FACES_SOURCE", "synthetic")
    assert load_faces(source="lfw", root=lfw).source == "synthetic"
    monkeypatch.setenv("FACES_SOURCE", "lfw")
    monkeypatch.setenv("LFW_ROOT", str(lfw))
    assert load_faces(source="synthetic", root="nowhere").source == "lfw"


def test_lfw_asked_for_and_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="python -m helpers lfw") as caught:
        load_faces(source="lfw", root=tmp_path)
    assert "找不到" in str(caught.value) and "There is no LFW" in str(caught.value)


@pytest.mark.parametrize("variable, named", [(None, "source"), ("celeba", "FACES_SOURCE")])
def test_unknown_source(tmp_path, monkeypatch, variable, named):
    if variable:
        monkeypatch.setenv("FACES_SOURCE", variable)
    with pytest.raises(ValueError, match=named) as caught:
        choose_source("celeba", tmp_path)
    assert "synthetic, lfw" in str(caught.value) and "'celeba'" in str(caught.value)


@pytest.mark.parametrize("value, source", [("LFW ", "lfw"), ("", "synthetic"), (" ", "synthetic")])
def test_the_environment_may_be_careless_about_spaces_and_case(lfw, monkeypatch, value, source):
    monkeypatch.setenv("FACES_SOURCE", value)
    assert choose_source("synthetic", lfw) == source


def test_stack_needs_tensors(tmp_path):
    with pytest.raises(ValueError, match="ToTensor"):
        stack(load_faces("test", root=tmp_path))


@pytest.mark.parametrize("n", [-1, 0, 2.5, "3"])
def test_stack_refuses_an_odd_number(tmp_path, n):
    test = load_faces("test", transform=transforms.ToTensor(), root=tmp_path)
    with pytest.raises(ValueError, match="n .*>= 1"):
        stack(test, n)


def test_stack_refuses_pictures_of_several_sizes_and_none():
    with pytest.raises(ValueError, match=r"faces\[1\].*\(1, 8, 8\)"):
        stack([(torch.zeros(3, 8, 8), 0), (torch.zeros(1, 8, 8), 0)])
    with pytest.raises(ValueError, match="faces"):
        stack([])


def test_unknown_split(tmp_path):
    with pytest.raises(ValueError, match="split"):
        load_faces("validation", root=tmp_path)


def test_the_transform_reaches_the_items_and_stack_puts_them_together(tmp_path):
    transform = transforms.Compose([transforms.Resize((16, 16)), transforms.ToTensor()])
    test = load_faces("test", transform=transform, root=tmp_path)
    assert stack(test).shape == (8, 3, 16, 16) and stack(test, 3).shape == (3, 3, 16, 16)
    assert stack(test, 99).shape[0] == 8
    assert stack(test)[5].equal(test[5][0])
