"""What lesson 05 teaches is what its study trains and what helpers.models keeps."""

import lesson_code
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.models import Autoencoder, Recipe
from helpers.studies import ladder, small_nets

LESSON = "05_convolutional"
NAMES = dict(torch=torch, nn=nn, F=F)


@pytest.fixture(scope="module")
def taught():
    class Lesson:
        device = "cpu"

    return lesson_code.run(LESSON, "model-local", "model-nets", "model-conv", "model-start",
                           "model-sizes", "model-mirror", "model-recipe-class", "training-loop",
                           "fails-checker-energy", "fails-skips-class", lesson=Lesson, **NAMES,
                           x_test=torch.rand(4, 3, 32, 32))


def test_the_recipe_is_the_one_that_helpers_keeps(taught):
    torch.manual_seed(3)
    ours = taught["Recipe"]()
    torch.manual_seed(3)
    kept = Recipe()
    x = torch.rand(2, 3, 64, 64)
    assert list(ours.state_dict()) == list(kept.state_dict())
    assert torch.equal(ours(x), kept(x))
    assert sum(p.numel() for p in ours.parameters()) == 331_075
    assert 0 < ours(x).min() and ours(x).max() < 1


def test_the_decoder_starts_as_the_encoders_transpose():
    model = Recipe()
    for down, up in ((0, 4), (2, 2), (4, 0)):
        assert torch.equal(model.encoder[down].weight, model.decoder[up].weight)
    rows = model.encoder[4].weight.flatten(1)
    assert torch.allclose(rows @ rows.T, 2 * torch.eye(128), atol=1e-4), "orthogonal, gain 2 ** 0.5"


@pytest.mark.parametrize("channels", [8, 3])
def test_a_smaller_code_is_a_code_and_nothing_goes_round_it(channels):
    model = Recipe(channels)
    x = torch.rand(2, 3, 64, 64)
    code = model.get_encoded_output(x)
    assert code.shape == (2, channels, 8, 8)
    assert torch.equal(model.decoder(code), model(x))


@pytest.mark.parametrize("kind", ["dense", "convolutional"])
def test_the_small_nets_and_their_training_are_those_of_the_study(taught, kind):
    x = torch.rand(40, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    ours = taught["build"](kind)
    torch.manual_seed(1)
    due = small_nets.NETS[kind]()
    assert torch.equal(ours(x), due(x))
    taught["train"](ours, x, small_nets.RATE[kind], steps=3)
    small_nets.train(due, x, small_nets.RATE[kind], seed=1, steps=3)
    assert torch.allclose(ours(x), due(x), atol=1e-6)


def test_layers_skips_and_lattice_are_those_of_the_study(taught):
    x = torch.rand(2, 3, 32, 32)
    own, due = taught["Local"](3, 5, 32), small_nets.Local(3, 5, 32)
    torch.manual_seed(0)
    own.weight.data.normal_(), own.bias.data.normal_()
    due.load_state_dict(own.state_dict())
    assert torch.equal(own(x), due(x))
    net, kept = taught["Skips"](), small_nets.Skips()
    kept.load_state_dict(net.state_dict())
    code = torch.rand(2, 64)
    assert torch.equal(net(x), kept(x)) and torch.equal(net(x, code), kept(x, code))
    for ours, theirs in zip(taught["lattice_power"](x, x.flip(3)),
                            ladder.lattice_power(x, x.flip(3)), strict=True):
        assert torch.allclose(ours, theirs)


@pytest.mark.parametrize("make", [Autoencoder, Recipe])
def test_what_a_position_sees_is_what_the_formula_says(make):
    """22 pixels across, 8 apart: any pixel inside matters, none outside."""
    model = make()
    x = torch.rand(1, 3, 64, 64, requires_grad=True)
    model.get_encoded_output(x)[0, :, 4, 4].square().sum().backward()
    seen = x.grad.abs().sum((0, 1))
    rows = seen.sum(1).nonzero().flatten()
    assert rows.min() >= 25 and rows.max() <= 46
    x = torch.rand(8, 3, 64, 64, requires_grad=True)
    model.get_encoded_output(x)[:, :, 4, 4].square().sum().backward()
    rows = x.grad.abs().sum((0, 1)).sum(1).nonzero().flatten()
    assert (rows.min(), rows.max()) == (25, 46)
