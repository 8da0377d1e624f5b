"""Our numbers are the libraries' numbers, and bad pictures are refused."""

import math

import numpy as np
import pytest
import torch
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio

from helpers.metrics import bce_floor, mse, picture_mse, psnr


@pytest.fixture
def pair():
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(5, 3, 16, 16, generator=generator)
    y = (x + 0.1 * torch.randn(x.shape, generator=generator)).clamp(0, 1)
    return x, y


def test_mse_and_psnr_agree_with_scikit_image(pair):
    x, y = pair
    assert mse(x, y) == pytest.approx(mean_squared_error(x.numpy(), y.numpy()), rel=1e-5)
    reference = peak_signal_noise_ratio(x.numpy(), y.numpy(), data_range=1)
    assert psnr(x, y) == pytest.approx(reference, rel=1e-5)


def test_picture_mse_is_the_mse_of_each_picture(pair):
    x, y = pair
    expected = [mean_squared_error(a, b) for a, b in zip(x.numpy(), y.numpy(), strict=True)]
    assert np.allclose(picture_mse(x, y), expected, rtol=1e-5)


def test_psnr_averages_errors_before_the_logarithm():
    x = torch.zeros(2, 1, 1, 1)
    y = torch.tensor([0.1, 0.5]).view(2, 1, 1, 1)
    assert psnr(x, y) == pytest.approx(-10 * math.log10((0.01 + 0.25) / 2))
    assert psnr(x, x) == math.inf


def test_bce_floor_is_the_bce_of_the_perfect_reconstruction(pair):
    x, y = pair
    bce = torch.nn.functional.binary_cross_entropy
    assert bce_floor(x) == pytest.approx(bce(x, x).item(), rel=1e-5)
    assert bce_floor(x) < bce(y.clamp(0.01, 0.99), x).item()


def test_bce_floor_counts_every_picture_of_a_large_set():
    x = torch.cat([torch.full((600, 1, 2, 2), 0.5), torch.rand(50, 1, 2, 2)])
    bce = torch.nn.functional.binary_cross_entropy(x, x).item()
    assert bce_floor(x) == pytest.approx(bce, rel=1e-5)
    assert bce_floor(x) != pytest.approx(bce_floor(x[:600]), rel=1e-3)


@pytest.mark.parametrize("value, entropy", [(0.0, 0), (1.0, 0), (0.5, math.log(2))])
def test_bce_floor_of_known_pixels(value, entropy):
    assert bce_floor(torch.full((1, 3, 2, 2), value)) == pytest.approx(entropy, abs=1e-6)


@pytest.mark.parametrize("bad, says", [
    (torch.zeros(2, 3, 4, 4, dtype=torch.uint8), "uint8"),
    (torch.full((2, 3, 4, 4), 255.0), "255"),
    (torch.full((2, 3, 4, 4), -0.5), "-0.5"),
    (torch.full((2, 3, 4, 4), math.nan), "nan"),
    (np.zeros((2, 3, 4, 4)), "ndarray"),
    (torch.zeros(2, 3, 4, 5), "same shape"),
    (torch.zeros(3), r"\(3,\)"),
    (torch.zeros(0, 3, 4, 4), r"\(0, 3, 4, 4\)"),
])
def test_bad_pictures_are_refused(bad, says):
    with pytest.raises(ValueError, match=says):
        psnr(torch.zeros(2, 3, 4, 4), bad)
    if says != "same shape":
        with pytest.raises(ValueError, match=says):
            bce_floor(bad)


def test_rounding_at_the_ends_is_no_fault():
    assert psnr(torch.full((1, 1, 2, 2), 1 + 1e-6), torch.ones(1, 1, 2, 2)) > 100
    assert bce_floor(torch.full((1, 1, 2, 2), 1 + 1e-6)) == pytest.approx(0, abs=1e-6)
