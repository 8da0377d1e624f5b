"""What lesson 03 writes out is what later lessons import, and it spoils pictures as it says."""

import math

import lesson_code
import pytest
import torch

from helpers import corruptions

CALLS = [("add_gaussian", 0.2), ("add_salt_pepper", 0.1), ("add_box", 5)]


@pytest.fixture
def x():
    return torch.rand(6, 3, 16, 20, generator=torch.Generator().manual_seed(0))


def seeded(seed):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def taught():
    pictures = torch.rand(2, 3, 64, 64, generator=seeded(1))
    return lesson_code.run("03_denoising", "data-gaussian", "data-salt", "data-box",
                           torch=torch, math=math, x_test=pictures)


@pytest.mark.parametrize("name, strength", CALLS)
def test_taught_and_imported_version_agree(taught, x, name, strength):
    imported = getattr(corruptions, name)
    assert torch.equal(taught[name](x, strength, seeded(3)), imported(x, strength, seeded(3)))
    outcomes = []
    for function in (taught[name], imported):  # without a seed: torch's own generator
        torch.manual_seed(4)
        outcomes.append(function(x, strength))
    assert torch.equal(*outcomes)


@pytest.mark.parametrize("name, strength", CALLS)
def test_the_seed_decides_and_every_picture_differs(x, name, strength):
    spoil = getattr(corruptions, name)
    same = x[:1].expand(6, -1, -1, -1)
    y = spoil(same, strength, seeded(1))
    assert torch.equal(y, spoil(same, strength, seeded(1)))
    assert not torch.equal(y, spoil(same, strength, seeded(2)))
    assert not torch.equal(spoil(same, strength), spoil(same, strength))
    assert len({tuple(picture.flatten().tolist()) for picture in y}) > 1
    assert y.shape == same.shape and y.dtype == same.dtype


def test_gaussian_has_its_strength_in_pixel_units_and_is_not_clipped():
    x = torch.linspace(0, 1, 64).expand(20, 3, 64, 64)
    noise = corruptions.add_gaussian(x, 0.2, seeded(1)) - x
    assert abs(noise.mean()) < 0.001 and noise.std() == pytest.approx(0.2, rel=0.01)
    assert abs(noise[..., 0].mean()) < 0.01, "black pixels are not made brighter"
    assert torch.equal(corruptions.add_gaussian(x, 0, seeded(1)), x)


def test_gaussian_takes_a_strength_for_each_picture():
    x = torch.full((2, 3, 64, 64), 0.5)
    y = corruptions.add_gaussian(x, torch.tensor([0.1, 0.3]).view(2, 1, 1, 1), seeded(1))
    assert y[0].std() == pytest.approx(0.1, rel=0.05) and y[1].std() == pytest.approx(0.3, rel=0.05)


def test_salt_and_pepper_are_as_many_and_in_all_channels():
    x = torch.full((10, 3, 64, 64), 0.5)
    y = corruptions.add_salt_pepper(x, 0.2, seeded(1))
    assert torch.equal(y[:, :1].expand_as(y), y)
    for value in (0, 1):
        assert (y == value).float().mean() == pytest.approx(0.1, abs=0.01)
    assert torch.equal(corruptions.add_salt_pepper(x, 0, seeded(1)), x)
    y = corruptions.add_salt_pepper(x, 1, seeded(1))
    assert (y != 0.5).all() and y.mean() > 0.4


def test_the_box_is_a_square_that_lies_inside_and_reaches_every_edge():
    x = torch.zeros(400, 3, 9, 12)
    y = corruptions.add_box(x, 4, seeded(1))
    assert ((y == 0.5).sum((1, 2, 3)) == 3 * 16).all()
    rows, columns = (y[:, 0] > 0).any(2), (y[:, 0] > 0).any(1)
    assert (rows.sum(1) == 4).all() and (columns.sum(1) == 4).all()
    assert rows.any(0).all() and columns.any(0).all()
    assert torch.equal(corruptions.add_box(x, 0, seeded(1)), x)
    assert (corruptions.add_box(x, 9, seeded(1)) == 0.5).sum() == 400 * 3 * 81


@pytest.mark.parametrize("name, bad", [
    ("add_gaussian", -0.1), ("add_gaussian", math.nan), ("add_gaussian", math.inf),
    ("add_gaussian", torch.tensor([0.1, -0.1]).view(2, 1, 1, 1)),
    ("add_salt_pepper", -0.1), ("add_salt_pepper", 1.1), ("add_salt_pepper", math.nan),
    ("add_box", -1), ("add_box", 17), ("add_box", 2.5), ("add_box", True),
])
def test_a_bad_strength_is_refused(name, bad):
    with pytest.raises(ValueError, match="sigma|share|side"):
        getattr(corruptions, name)(torch.rand(2, 3, 16, 20), bad)


@pytest.mark.parametrize("name, strength", CALLS)
@pytest.mark.parametrize("bad", [torch.zeros(3, 8, 8), torch.zeros(2, 3, 8, 8, dtype=torch.uint8),
                                 [[0.0]]])
def test_other_pictures_are_refused(name, strength, bad):
    with pytest.raises(ValueError, match="x"):
        getattr(corruptions, name)(bad, strength)
