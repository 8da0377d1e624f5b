"""The drawn faces: deterministic, documented, true to their factors, kept on disk."""

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.datasets import VisionDataset
from tqdm import tqdm

from helpers import faces, portraits
from helpers.faces import FACTORS, SyntheticFaces, only, sample_factors


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(faces, "ROOT", tmp_path)
    return tmp_path / "data" / "synthetic_faces"


def draw(n=8, **options):
    return SyntheticFaces(n=n, root=None, **options)


def test_items_look_like_those_of_a_vision_dataset():
    dataset = draw(5)
    picture, person = dataset[4]
    assert isinstance(dataset, VisionDataset) and len(dataset) == 5
    assert isinstance(picture, Image.Image) and picture.mode == "RGB" and picture.size == (64, 64)
    assert person == dataset.targets[4] == 1  # four pictures a person
    assert dataset.pictures.dtype == np.uint8 and dataset.pictures.shape == (5, 64, 64, 3)


def test_transforms_are_applied():
    dataset = draw(2, transform=lambda p: p.size, target_transform=lambda t: -t - 1)
    assert dataset[0] == ((64, 64), -1)


def test_the_same_seed_draws_the_same_faces_and_another_one_others():
    assert (draw(seed=1).pictures == draw(seed=1).pictures).all()
    assert (draw(seed=1).pictures != draw(seed=2).pictures).any(axis=(1, 2, 3)).all()


def test_more_faces_begin_with_the_same_faces():
    few, many = draw(10), draw(70)  # 70 are more than one batch of the drawing
    assert (many.pictures[:10] == few.pictures).all()
    assert all((many.factors[name][:10] == few.factors[name]).all() for name in FACTORS)


def test_pixels_are_the_known_ones_to_within_rounding():
    """Mean colours of four quarters of face 0: a change of the drawing or of the stream shows."""
    known = [[124.8, 138.9, 137.8], [120.2, 138.7, 140.5], [109.2, 102.4, 95.4], [88.4, 84.9, 80.2]]
    quarters = draw(1).pictures[0].reshape(2, 32, 2, 32, 3).mean((1, 3)).reshape(4, 3)
    assert np.abs(quarters - known).max() < 0.5, quarters.round(1).tolist()


def test_train_and_test_share_no_person():
    train, test = draw(400), draw(400, split="test")
    assert not set(train.targets) & set(test.targets)
    assert len(set(train.targets)) == 100
    assert not np.isin(train.factors["skin_tone"], test.factors["skin_tone"]).any()


def test_identity_factors_belong_to_the_person_and_picture_factors_to_the_picture():
    factors, person = sample_factors(40)
    for name, factor in FACTORS.items():
        together = factors[name].reshape(-1, 4)
        assert (person.reshape(-1, 4) == person[::4, None]).all()
        same = (together == together[:, :1]).all()
        assert same == (factor.kind == "identity"), name


def test_factors_fill_their_ranges_evenly():
    factors, _ = sample_factors(8000)
    assert 20 <= len(FACTORS) <= 25
    for name, factor in FACTORS.items():
        values = factors[name]
        assert factor.low <= values.min() and values.max() <= factor.high
        assert factor.low <= factor.usual <= factor.high and factor.meaning
        place = (values - factor.low) / (factor.high - factor.low)
        if factor.share is None:
            assert np.abs(np.histogram(place, 5, (0, 1))[0] / 1600 - 1).max() < 0.2, name
        else:
            assert set(values) == {0, 1} and abs(place.mean() - factor.share) < 0.05


@pytest.mark.parametrize("name", FACTORS)
def test_every_factor_changes_the_picture_and_only_its_own_value(name):
    factor = FACTORS[name]
    middle = (factor.low + factor.high) / 2  # a hue is the same at both ends
    ends = (factor.low, factor.high if factor.share else middle)
    low, high = (draw(1, ranges=only() | {name: end}) for end in ends)
    changed = np.abs(low.pictures.astype(int) - high.pictures).max()
    assert changed > 20, "the factor cannot be seen"
    differing = [n for n in FACTORS if low.factors[n][0] != high.factors[n][0]]
    assert differing == [name]


def test_ranges_can_be_set_and_factors_fixed():
    dataset = draw(50, ranges={"yaw": (-2, 2), "glasses": 1, **{"x": 0.5}})
    assert np.abs(dataset.factors["yaw"]).max() <= 2
    assert (dataset.factors["glasses"] == 1).all() and (dataset.factors["x"] == 0.5).all()
    free = draw(50)
    assert (dataset.factors["smile"] == free.factors["smile"]).all(), "others must not move"


def test_only_lets_the_named_factors_vary():
    dataset = draw(20, ranges=only("x", "y", "size"))
    varying = {name for name, values in dataset.factors.items() if len(set(values)) > 1}
    assert varying == {"x", "y", "size"}


@pytest.mark.parametrize("axis, name", [(1, "x"), (0, "y")])
@pytest.mark.parametrize("pixels", [-9, 4, 10])
def test_position_moves_the_person_by_as_much_as_the_factor_says(axis, name, pixels):
    """The picture is 2 wide and has 64 pixels; the background, which stays, is flat enough."""
    there, moved = (draw(1, ranges=only() | {name: place}).pictures[0].astype(int)
                    for place in (0, pixels / 32))
    inside = (slice(16, 40), slice(16, 48))  # head only, away from the edges
    misfit = {shift: np.abs(np.roll(there, shift, axis)[inside] - moved[inside]).mean()
              for shift in range(-14, 15)}
    assert min(misfit, key=misfit.get) == pixels


def test_other_sizes_show_the_same_face():
    small, large = (draw(3, size=size).pictures for size in (32, 128))
    averaged = large.reshape(3, 32, 4, 32, 4, 3).mean((2, 4))
    assert np.abs(averaged - small).mean() < 3


def test_edges_are_antialiased_and_nothing_is_noisy():
    plain = draw(1, ranges=only() | {"background_light": 0.8}).pictures[0].astype(int)
    corner = plain[:12, :12]
    assert np.abs(np.diff(corner, axis=0)).max() <= 3, "the background must be smooth"
    assert len(np.unique(plain.reshape(-1, 3), axis=0)) > 500, "soft edges have many shades"


def test_the_cache_gives_the_same_pictures_without_drawing(cache, monkeypatch):
    first = SyntheticFaces(n=6)
    assert [p.suffix for p in cache.iterdir()] == [".npy"]
    monkeypatch.setattr(portraits, "draw", None)  # drawing again would crash
    assert (SyntheticFaces(n=6).pictures == first.pictures).all()


@pytest.mark.parametrize("damage", ["cut short", "one byte", "zeroed", "empty", "no array"])
def test_a_damaged_cache_is_drawn_again(cache, damage):
    first = SyntheticFaces(n=6)
    (path,) = cache.iterdir()
    content = bytearray(path.read_bytes())
    if damage == "one byte":
        content[len(content) // 2] ^= 1
    if damage == "zeroed":
        content[-1000:] = bytes(1000)
    path.write_bytes({"cut short": content[:-900], "empty": b"", "no array": b"hello"}.get(
        damage, content))
    assert (SyntheticFaces(n=6).pictures == first.pictures).all()
    assert np.array_equal(np.load(path), first.pictures), "the file must be mended"
    assert len(list(cache.iterdir())) == 1


def test_a_full_disk_costs_the_cache_but_not_the_faces(cache, monkeypatch, capsys):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("helpers.files.os.fsync", full)
    assert (SyntheticFaces(n=2).pictures == draw(2).pictures).all()
    said = capsys.readouterr().out
    assert "No space" in said and "不受影響" in said and "nothing is lost" in said
    assert list(cache.iterdir()) == []


def test_ctrl_c_while_writing_leaves_nothing(cache, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("helpers.files.os.fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        SyntheticFaces(n=2)
    assert list(cache.iterdir()) == []


def test_a_cache_of_another_drawing_is_not_used(cache, monkeypatch):
    SyntheticFaces(n=2)
    monkeypatch.setattr("inspect.getsource", lambda module: "another drawing")
    SyntheticFaces(n=2)
    assert len(list(cache.iterdir())) == 2


def test_other_faces_have_another_file(cache):
    SyntheticFaces(n=2)
    SyntheticFaces(n=2, seed=1)
    SyntheticFaces(n=2, ranges={"yaw": 0})
    SyntheticFaces(n=2, size=32)
    assert len(list(cache.iterdir())) == 4


@pytest.mark.parametrize("options, named", [
    ({"split": "validate"}, "split"), ({"n": 0}, "n"), ({"n": -5}, "n"), ({"n": 2.5}, "n"),
    ({"n": True}, "n"), ({"size": 4}, "size"), ({"seed": -1}, "seed"),
    ({"ranges": {"nose": 1}}, "ranges"), ({"ranges": {"yaw": (3, 1)}}, "yaw"),
    ({"ranges": {"yaw": (1, 2, 3)}}, "yaw"), ({"ranges": {"yaw": "left"}}, "yaw"),
    ({"ranges": {"yaw": float("nan")}}, "yaw"), ({"ranges": "yaw"}, "ranges"),
    ({"ranges": {"size": 0}}, "size"), ({"ranges": {"face_width": (0, 0.5)}}, "face_width"),
])
def test_bad_arguments_are_named(options, named):
    with pytest.raises(ValueError, match=named) as caught:
        SyntheticFaces(root=None, **options)
    assert "參數" in str(caught.value) and "Argument" in str(caught.value)
    with pytest.raises(ValueError, match="nose"):
        only("nose")


def test_a_smile_lifts_the_corners_of_the_mouth_and_brows_rise():
    fixed = only() | {"skin_tone": 0.0, "mouth_open": 0.0, "hairline": 0.44, "hair_colour": 0.0}

    def height_of_dark(name, value, rows, columns):
        picture = draw(1, size=128, ranges=fixed | {name: value}).pictures[0].astype(float)
        dark = 255 - picture.mean(2)[rows, columns]
        dark = (dark - dark.min()) ** 4  # the line of the mouth, the brow
        return (dark.sum(1) * np.arange(len(dark))).sum() / dark.sum()

    corner = (slice(70, 96), slice(50, 55))
    assert height_of_dark("smile", 1.0, *corner) < height_of_dark("smile", -0.3, *corner) - 1
    brow = (slice(34, 50), slice(44, 56))
    assert height_of_dark("brows", 1.0, *brow) < height_of_dark("brows", -1.0, *brow) - 1


def test_drawing_gives_the_threads_back(capsys):
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        draw(70)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)


def test_a_long_drawing_shows_a_progress_bar_that_goes_away(monkeypatch, capsys):
    at_once = {"delay": 0}
    monkeypatch.setattr(faces, "tqdm", lambda **options: tqdm(**options | at_once))
    draw(8)
    shown = capsys.readouterr().err
    assert "drawing faces" in shown and shown.endswith("\r")


def test_a_file_is_read_back_and_not_drawn_again(cache, monkeypatch):
    drawn = []

    def draw(part, size, without):
        drawn.append(len(part["x"]))
        return torch.randint(0, 256, (len(part["x"]), size, size, 3), dtype=torch.uint8)

    monkeypatch.setattr(portraits, "draw", draw)
    first = SyntheticFaces(n=100)
    assert sum(drawn) == 100, "every face is drawn once"
    assert (SyntheticFaces(n=100).pictures == first.pictures).all() and sum(drawn) == 100


def test_skin_tones_are_spread_evenly_and_get_darker():
    tones = torch.linspace(0, 1, 10)
    usual = {name: torch.full((10,), float(f.usual)) for name, f in FACTORS.items()}
    drawn = portraits.draw(usual | {"skin_tone": tones}).float()
    cheek = drawn[:, 34:37, 24:27].mean((1, 2, 3))
    assert (cheek.diff() < 0).sum() >= 8, "nearly each step on the scale is darker"
    assert cheek[0] - cheek[-1] > 120


@pytest.mark.parametrize("arguments, named", [
    ((-5,), "n"), ((3, "val"), "split"), ((3, "train", -1), "seed"), ((2.5,), "n")])
def test_bad_arguments_of_sample_factors_are_named(arguments, named):
    with pytest.raises(ValueError, match=named):
        sample_factors(*arguments)
