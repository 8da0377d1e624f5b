"""The autoencoder that later lessons import is the one that lesson 01 writes."""

import lesson_code
import pytest
import torch
from torch import nn

from helpers.models import Autoencoder


@pytest.fixture(scope="module")
def taught():
    return lesson_code.run("01_autoencoder", "model-class", nn=nn)["Autoencoder"]


def test_taught_and_imported_class_agree(taught):
    models = []
    for model_class in (taught, Autoencoder):
        torch.manual_seed(7)
        models.append(model_class())
    states = [model.state_dict() for model in models]
    assert list(states[0]) == list(states[1])
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])
    x = torch.rand(2, 3, 64, 64)
    assert torch.equal(models[0](x), models[1](x))
    assert torch.equal(models[0].get_encoded_output(x), models[1].get_encoded_output(x))


def test_shapes_range_and_number_of_parameters():
    model = Autoencoder()
    x = torch.rand(2, 3, 64, 64)
    code, y = model.get_encoded_output(x), model(x)
    assert code.shape == (2, 128, 8, 8) and code.min() >= 0
    assert y.shape == x.shape and 0 <= y.min() and y.max() <= 1
    assert sum(p.numel() for p in model.parameters()) == 186_371
    assert torch.equal(model.decoder(code), y), "nothing goes round the code"
