"""The loop for long training learns what the loop of lesson 01 learns."""

import numpy as np
import torch
from torch import nn

from helpers.engine import loop
from helpers.engine.batches import Batches
from helpers.models import Autoencoder
from helpers.training import fit

PICTURES = np.random.default_rng(0).integers(0, 256, (22, 16, 16, 3), np.uint8)


class EpochByEpoch:
    """Batches as fit() takes them: a new order whenever they are read."""

    def __init__(self):
        self.batches, self.epoch = Batches(PICTURES, 4, shuffle=True), 0

    def __iter__(self):
        self.epoch += 1
        return self.batches.of_epoch(self.epoch)


def test_one_process_learns_what_fit_learns():
    found = []
    for long in (False, True):
        torch.manual_seed(1)
        model = Autoencoder().to(memory_format=torch.channels_last)
        optimizer = torch.optim.Adam(model.parameters(), 0.01)
        test = Batches(PICTURES[:5], 4)
        if long:
            history = loop.train(model, Batches(PICTURES, 4, shuffle=True), test, nn.BCELoss(),
                                 optimizer, 3)
        else:
            history = fit(model, EpochByEpoch(), test, nn.BCELoss(), optimizer, 3)
        found.append((history, model.state_dict()))
    (history, state), (same, other) = found
    assert np.allclose(history["train"], same["train"], rtol=1e-12)
    assert np.allclose(history["test"], same["test"], rtol=1e-12)
    assert all(torch.equal(state[name], other[name]) for name in state)


def test_twice_the_pictures_are_twice_the_steps():
    """Counted, not timed."""
    def steps(n):
        calls = []

        def loss_function(y, x):
            calls.append(len(x))
            return nn.functional.mse_loss(y, x)

        model = nn.Conv2d(3, 3, 1)
        pictures = np.zeros((n, 8, 8, 3), np.uint8)
        loop.train(model, Batches(pictures, 8), None, loss_function,
                   torch.optim.SGD(model.parameters(), 0.1), 1)
        return len(calls), sum(calls)

    assert steps(64) == (8, 64) and steps(128) == (16, 128)
