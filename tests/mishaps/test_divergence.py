"""A training whose numbers are no longer finite stops, says so, and spoils nothing."""

import json
import math
import os
import re
import subprocess
import sys

import pytest
import torch
from lfw_fixtures import check_message
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from helpers import ROOT, train
from helpers.messages import CourseError
from helpers.models import Autoencoder
from helpers.training import fit

SMALL = ["--data", "drawn:40", "--size", "16", "--batch-size", "8", "--dtype", "float32",
         "--device", "cpu"]


def parameters(path):
    state = torch.load(path, weights_only=True)
    return [x for x in state["model"].values() if x.is_floating_point()]


def test_it_stops_within_a_step_and_says_where(tmp_path, capsys):
    assert train.main([*SMALL, "--out", str(tmp_path), "--lr", "1e38", "--every", "1"]) == 3
    said = capsys.readouterr().err
    check_message(said, "--lr 0.001")
    assert "after step 1 of epoch 1" in said and "Traceback" not in said
    assert not (tmp_path / "history.json").exists()
    kept = tmp_path / "checkpoint.pt"
    assert kept.exists() == ("--new-lr" in said), "only where there is one to go on from"
    assert not kept.exists() or all(x.isfinite().all() for x in parameters(kept))


def use(monkeypatch, loss):
    """Trains with this loss."""
    monkeypatch.setitem(train.MODELS, "autoencoder",
                        train.MODELS["autoencoder"]._replace(loss=loss))


def spoil(monkeypatch, at):
    """From step `at` on, the gradient is not finite."""
    done, right = [], train.MODELS["autoencoder"].loss

    def loss(y, x):
        done.append(1)
        return right(y, x) * (math.inf if len(done) >= at else 1)

    use(monkeypatch, loss)


def test_the_last_finite_state_is_kept_to_the_bit(tmp_path, capsys, monkeypatch):
    spoil(monkeypatch, at=5 + 1 + 3)  # an epoch of five steps, its test, and two steps more
    assert train.main([*SMALL, "--out", str(tmp_path), "--epochs", "3"]) == 3
    said = capsys.readouterr().err
    check_message(said, "--new-lr 0.0001", "--out")
    assert "after step 2 of epoch 2" in said
    saved = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert saved["epoch"] == 1 and len(saved["history"]["train"]) == 1
    monkeypatch.undo()
    assert train.main([*SMALL, "--out", str(tmp_path / "one"), "--epochs", "1"]) == 0
    for a, b in zip(parameters(tmp_path / "checkpoint.pt"),
                    parameters(tmp_path / "one" / "checkpoint.pt"), strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize("schedule", ["constant", "onecycle"])
def test_the_option_that_the_sentence_names_goes_on_from_there(schedule, tmp_path, capsys,
                                                               monkeypatch):
    command = [*SMALL, "--out", str(tmp_path), "--epochs", "3", "--every", "1", "--lr", "0.004",
               "--schedule", schedule]
    spoil(monkeypatch, at=5 + 1 + 3)
    assert train.main(command) == 3
    (rate,) = set(re.findall(r"--new-lr (\S+?)[，, ]", capsys.readouterr().err))
    assert float(rate) == 0.0004, "a tenth of the highest, whatever the schedule"
    monkeypatch.undo()
    for _ in range(2):  # the second time there is nothing left to do
        assert train.main([*command, "--new-lr", rate]) == 0
        said = capsys.readouterr().out
        history = json.loads((tmp_path / "history.json").read_text())
        assert len(history["train"]) == len(history["test"]) == 3
        assert history["new_lr"] == [{"epochs": 1, "steps": 2, "lr": 0.0004}]
    assert "0.0004" not in said, "it has been its own for long"
    assert train.main(command) == 1
    check_message(capsys.readouterr().err, "learning rate")


def test_a_new_rate_without_a_checkpoint_is_no_new_training(tmp_path, capsys):
    assert train.main([*SMALL, "--out", str(tmp_path), "--new-lr", "0.1"]) == 1
    check_message(capsys.readouterr().err, "--new-lr", tmp_path / "checkpoint.pt")
    assert not (tmp_path / "checkpoint.pt").exists()


@pytest.mark.parametrize("rate", ["0", "-1", "nan", "inf", "small"])
def test_a_new_rate_is_a_positive_number(rate, tmp_path, capsys):
    with pytest.raises(SystemExit):
        train.main([*SMALL, "--out", str(tmp_path), "--new-lr", rate])
    assert f"Argument --new-lr got '{rate}'; it takes: 0 < lr" in capsys.readouterr().err


def test_another_fault_of_a_loss_keeps_its_own_words(tmp_path, monkeypatch, capsys):
    def loss(y, x):
        raise RuntimeError("something else")

    use(monkeypatch, loss)
    assert train.main([*SMALL, "--out", str(tmp_path)]) == 1
    check_message(capsys.readouterr().err, "RuntimeError: something else", "error.log")


@pytest.mark.slow
def test_two_processes_stop_together(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2",
         "-m", "helpers.train", *SMALL, "--out", str(tmp_path), "--lr", "1e38"],
        cwd=ROOT, capture_output=True, encoding="utf-8", errors="replace", timeout=120,
        env=os.environ | {"OMP_NUM_THREADS": "1", "USE_LIBUV": "0"})
    assert done.returncode != 0
    assert done.stderr.count("The training diverged") == 1, done.stderr[-2000:]
    assert not (tmp_path / "history.json").exists()


class Brittle(nn.Module):
    """Reconstructs well until its parameter becomes infinite."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.5))

    def forward(self, x):
        return torch.sigmoid(self.scale * x)


@pytest.mark.parametrize("loss_function", [nn.BCELoss(), nn.MSELoss()])
def test_fit_gives_the_model_back_as_it_was_before_the_epoch(loss_function):
    """BCELoss refuses NaN in words of its own; the mean squared error passes it on."""
    torch.manual_seed(0)
    loader = DataLoader(TensorDataset(torch.rand(32, 3, 16, 16)), 8)
    model = Autoencoder()
    before = {name: x.clone() for name, x in model.state_dict().items()}
    optimizer = torch.optim.SGD(model.parameters(), lr=1e38)
    with pytest.raises(CourseError) as error:
        fit(model, loader, loader, loss_function, optimizer, 2)
    check_message(error.value, "1")
    for name, x in model.state_dict().items():
        assert torch.equal(x, before[name])


def test_fit_passes_on_what_is_no_divergence():
    loader = DataLoader(TensorDataset(torch.rand(8, 3, 16, 16)), 8)
    with pytest.raises(RuntimeError, match="size"):
        fit(Brittle(), loader, loader, lambda y, x: (y - x[:, :2]).mean(), None, 1)


def test_history_of_a_good_training_is_all_finite(tmp_path):
    assert train.main([*SMALL, "--out", str(tmp_path), "--epochs", "2"]) == 0
    history = json.loads((tmp_path / "history.json").read_text())
    assert all(map(math.isfinite, history["train"] + history["test"]))
