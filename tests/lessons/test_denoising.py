"""The network of lesson 03, and the one classical method that scikit-image gets wrong."""

import lesson_code
import numpy as np
import pytest
import torch
from torch import nn

from helpers.models import Denoiser
from helpers.studies import lesson_03 as study

LESSON = "03_denoising"
SIGMA = 0.2


@pytest.fixture(scope="module")
def denoiser():
    return lesson_code.run(LESSON, "model-class", nn=nn)["Denoiser"]


@pytest.mark.parametrize("skips", [True, False])
def test_the_lessons_network_and_loop_are_those_of_the_study(denoiser, skips):
    """The same start, the same steps: what the study trained is what the lesson would train."""
    class Lesson:
        device = "cpu"

    taught = lesson_code.run(LESSON, "training-step", "training-loop", torch=torch, nn=nn,
                             lesson=Lesson)
    pictures = torch.rand(9, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    found = []
    for network, train in ((denoiser, taught["train"]), (Denoiser, study.train)):
        torch.manual_seed(1)
        model = network(skips).to(memory_format=torch.channels_last)
        found.append(([], model.state_dict()))
        train(model, pictures, study.SPOIL["range"], 2,
              lambda *seen, losses=found[-1][0]: losses.append(seen))
    (losses, state), (same, other) = found
    assert losses == same and len(losses) == 2
    assert state.keys() == other.keys()
    assert all(torch.equal(state[name], other[name]) for name in state)


@pytest.mark.parametrize("channels, side", [(3, 64), (4, 32)])
def test_the_network_keeps_the_pictures_size(denoiser, channels, side):
    for skips in (True, False):
        model = denoiser(skips=skips, channels=channels)
        assert model(torch.rand(2, channels, side, side)).shape == (2, 3, side, side)


def test_skips_need_no_parameters_and_without_them_all_goes_through_the_code(denoiser):
    torch.manual_seed(0)
    x, y = torch.rand(2, 1, 3, 64, 64)
    for skips in (True, False):
        model = denoiser(skips=skips)
        assert sum(p.numel() for p in model.parameters()) == 240_700
        model.down[-1].register_forward_hook(lambda *_: torch.zeros(1, 128, 4, 4))
        assert torch.equal(model(x), model(y)) is not skips


def test_the_bilateral_filter_leaves_a_dot_where_it_is():
    """With scikit-image's own spatial weights it moves: they are laid out for a larger window."""
    bilateral = lesson_code.run(LESSON, "model-classical")["bilateral"]
    dot = np.zeros((15, 15, 3), np.float32)
    dot[7, 7] = 1
    rows, columns = np.nonzero(bilateral(dot, (5, 1e6)).sum(2) > 1e-3)
    assert rows.mean() == columns.mean() == 7


def test_the_wiener_filter_is_the_formula_of_the_text():
    """Of faces and their mirror images: mu + S (S + sigma^2 I)^-1 (y - mu), D by D and all."""
    generator = torch.Generator().manual_seed(0)
    x_train = torch.rand(20, 3, 6, 4, generator=generator, dtype=torch.float64)
    noisy = torch.rand(5, 3, 6, 4, generator=generator, dtype=torch.float64)
    lesson = lesson_code.run(LESSON, "model-wiener", torch=torch, x_train=x_train, x_val=noisy,
                             noisy_val=noisy, SIGMA=SIGMA, psnr=lambda *_: 0.0)
    seen = torch.cat([x_train, x_train.flip(3)]).flatten(1)
    mean, covariance = seen.mean(0), torch.cov(seen.T)
    gain = covariance @ (covariance + 0.3**2 * torch.eye(len(covariance))).inverse()
    wanted = mean + (noisy.flatten(1) - mean) @ gain.T
    found = lesson["wiener"](noisy, 0.3).flatten(1)
    assert torch.allclose(found, wanted.clamp(0, 1)) and not torch.allclose(found, mean)


def test_the_blotchy_noise_of_the_lesson_is_that_of_the_study():
    taught = lesson_code.source(LESSON, "fails-kinds").partition("kinds = ")[0]
    names = {"torch": torch, "nn": nn, "add_gaussian": study.add_gaussian}
    exec(taught, names)
    x = torch.zeros(4, 3, 16, 16)
    found, wanted = (add(x, SIGMA, torch.Generator().manual_seed(0))
                     for add in (names["add_blotchy"], study.add_blotchy))
    assert torch.equal(found, wanted)
    assert found.std() == pytest.approx(SIGMA, rel=1e-3)
    neighbours = torch.corrcoef(torch.stack([found[..., 1:].flatten(), found[..., :-1].flatten()]))
    assert neighbours[0, 1] > 0.5
