"""fit() is lesson 01's loop; losses are means per picture."""

import lesson_code
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from helpers.models import Autoencoder
from helpers.training import evaluate, fit, reconstruct


@pytest.fixture
def pictures():
    return torch.rand(11, 3, 16, 16, generator=torch.Generator().manual_seed(0))


def loader(pictures, batch_size=4, shuffle=False):
    return DataLoader(TensorDataset(pictures, torch.zeros(len(pictures))), batch_size, shuffle)


class Device:
    device = "cpu"


def test_fit_is_the_loop_that_the_lesson_writes(pictures, capsys):
    taught = lesson_code.run("01_autoencoder", "training-epoch", "training-test", torch=torch,
                             lesson=Device, fast=torch.channels_last)
    histories = []
    for use_fit in (True, False):
        torch.manual_seed(3)
        model, criterion = Autoencoder(), nn.BCELoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
        train, test = loader(pictures, shuffle=True), loader(pictures[:5])
        if use_fit:
            histories.append(fit(model, train, test, criterion, optimizer, 3))
            continue
        history = {"train": [], "test": []}
        for _ in range(3):
            history["train"].append(taught["train_epoch"](model, train, criterion, optimizer)[0])
            history["test"].append(taught["test_loss"](model, test, criterion))
        histories.append(history)
    assert histories[0] == histories[1]
    assert "epoch  3/3" in capsys.readouterr().out


def test_fit_learns(pictures):
    torch.manual_seed(0)
    model = Autoencoder()
    data = loader(pictures[:, :, :1, :1].expand(-1, -1, 16, 16))  # of one colour each
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    history = fit(model, data, data, nn.MSELoss(), optimizer, 15)
    assert history["train"][-1] < 0.7 * history["train"][0]


def test_fit_trains_in_train_mode_and_tests_in_eval_mode(pictures):
    modes = []

    class Spy(Autoencoder):
        def forward(self, x):
            modes.append(self.training)
            return super().forward(x)

    model, data = Spy().eval(), loader(pictures, batch_size=11)
    fit(model, data, data, nn.MSELoss(), torch.optim.SGD(model.parameters(), 0.1), 2)
    assert modes == [True, False, True, False]


def test_evaluate_weighs_batches_by_their_pictures(pictures):
    def first_pixel(y, x):
        return x[:, 0, 0, 0].mean()

    expected = pictures[:, 0, 0, 0].mean().item()  # 4 + 4 + 3 pictures
    assert evaluate(nn.Identity(), loader(pictures), first_pixel) == pytest.approx(expected)


def test_evaluate_is_in_eval_mode_and_puts_the_mode_back(pictures):
    model = nn.Dropout(0.9).train()
    assert evaluate(model, loader(pictures), nn.MSELoss()) == 0
    assert model.training


def test_reconstruct_gives_every_picture_in_order(pictures):
    model = nn.Dropout(0.9)
    assert torch.equal(reconstruct(model, pictures, batch_size=4), pictures)
    assert model.training, "the mode is put back"


def test_rows_of_numbers_can_be_trained_on_as_well_as_pictures():
    rows = loader(torch.rand(8, 5))
    model = nn.Linear(5, 5)
    history = fit(model, rows, rows, nn.MSELoss(), torch.optim.SGD(model.parameters(), 0.1), 2)
    assert history["train"][1] < history["train"][0]
    assert reconstruct(model, torch.rand(3, 5)).shape == (3, 5)


def test_a_negative_number_of_epochs_is_refused():
    with pytest.raises(ValueError, match="num_epochs"):
        fit(nn.Identity(), [], [], None, None, -1)


def test_twice_the_pictures_cost_twice_the_work():
    """Counted in calls of the model and in pictures, which no busy computer changes."""
    def job(n):
        calls = []

        class Spy(nn.Linear):
            def forward(self, x):
                calls.append(len(x))
                return super().forward(x)

        model, data = Spy(5, 5), loader(torch.rand(n, 5), batch_size=8)
        fit(model, data, data, nn.MSELoss(), torch.optim.SGD(model.parameters(), 0.1), 1)
        return len(calls), sum(calls)

    assert job(64) == (2 * 8, 2 * 64)  # each picture once to train on and once to test on
    assert job(128) == (2 * 16, 2 * 128)
