"""A training goes on with another learning rate: as if somebody had written that by hand."""

import numpy as np
import pytest
import torch
from lfw_fixtures import check_message
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR, StepLR

from helpers.engine import loop
from helpers.engine.batches import Batches
from helpers.engine.checkpoints import load
from helpers.messages import CourseError

EPOCHS, BATCH, OLD, NEW = 3, 4, 0.02, 0.0007
SCHEDULES = {"constant": lambda optimizer, peak: None,
             "onecycle": lambda optimizer, peak: OneCycleLR(optimizer, peak,
                                                            total_steps=EPOCHS * len(batches()))}


class Interrupted(Exception):
    pass


def batches():
    pictures = np.random.default_rng(0).integers(0, 256, (22, 8, 8, 3), np.uint8)
    return Batches(pictures, BATCH, shuffle=True)


def parts(schedule, rate):
    """A model, its optimizer and its schedule; the same model every time."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.Dropout(0.2), nn.Sigmoid())
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    return model, optimizer, SCHEDULES[schedule](optimizer, rate)


def run(path, schedule, rate, epochs=EPOCHS, stop_at=None, new_rate=False):
    """Trains from `path`; raises Interrupted in step `stop_at`. A checkpoint after every step."""
    model, optimizer, planned = parts(schedule, rate)
    calls = iter(range(1, 10**6))

    def loss_function(y, x):
        if next(calls) == stop_at:
            raise Interrupted
        return nn.functional.mse_loss(y, x)

    history = loop.train(model, batches(), None, loss_function, optimizer, epochs,
                         schedule=planned, checkpoint=path, every=1, new_rate=new_rate)
    return history, model.state_dict(), optimizer.state_dict()


def by_hand(schedule, change_after):
    """PyTorch alone: the model's parameters where the rate changes after so many steps."""
    model, optimizer, planned = parts(schedule, OLD)
    (group,) = optimizer.param_groups
    other = torch.optim.Adam([nn.Parameter(torch.ones(1))], lr=NEW)  # to read its rates only
    other_planned = SCHEDULES[schedule](other, NEW)
    data, taken = batches(), 0
    for epoch in range(1, EPOCHS + 1):
        model.train()
        for rows, _ in data.rows_of_epoch(epoch):
            if taken >= change_after:
                group["lr"] = other.param_groups[0]["lr"]
            x = data.read(rows)
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x), x).backward()
            optimizer.step()
            taken += 1
            if planned:
                planned.step()
                other.step()
                other_planned.step()
    return model.state_dict()


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("stop_at", [3, 7, 14])  # the sixth step ends the first epoch
def test_it_equals_a_training_whose_rate_is_changed_by_hand(schedule, stop_at, tmp_path, capsys):
    path = tmp_path / "a.pt"
    with pytest.raises(Interrupted):
        run(path, schedule, OLD, stop_at=stop_at)
    done = stop_at - 1
    history, state, _ = run(path, schedule, NEW, new_rate=True)
    for name, value in by_hand(schedule, done).items():
        assert torch.equal(state[name], value), name
    epochs, steps = divmod(done, len(batches()))
    assert history["new_lr"] == [{"epochs": epochs, "steps": steps, "lr": NEW}]
    assert f"no longer {OLD:g}" in capsys.readouterr().out
    unchanged = by_hand(schedule, 10**6)
    assert not all(torch.equal(state[name], unchanged[name]) for name in state)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_checkpoint_belongs_to_the_new_rate_from_then_on(schedule, tmp_path):
    """Cut off again, the same command goes on, to the last bit; so does the new rate as its own."""
    whole, path = tmp_path / "whole.pt", tmp_path / "a.pt"
    for file in (whole, path):
        with pytest.raises(Interrupted):
            run(file, schedule, OLD, stop_at=5)
    due = run(whole, schedule, NEW, new_rate=True)
    for stop_at, new_rate in ((4, True), (4, True), (3, False)):
        with pytest.raises(Interrupted):
            run(path, schedule, NEW, stop_at=stop_at, new_rate=new_rate)
    history, state, _ = run(path, schedule, NEW, new_rate=True)
    assert history == due[0] and len(history["new_lr"]) == 1
    assert all(torch.equal(state[name], due[1][name]) for name in state)
    with pytest.raises(CourseError, match="learning rate"):
        run(path, schedule, OLD)


def test_the_rate_can_change_more_than_once(tmp_path):
    path = tmp_path / "a.pt"
    for epochs, rate in ((1, OLD), (2, NEW), (3, NEW / 2)):
        history, *_ = run(path, "constant", rate, epochs, new_rate=epochs > 1)
    assert history["new_lr"] == [{"epochs": 1, "steps": 0, "lr": NEW},
                                 {"epochs": 2, "steps": 0, "lr": NEW / 2}]


def test_what_the_optimizer_has_learned_stays(tmp_path):
    path = tmp_path / "a.pt"
    _, _, before = run(path, "constant", OLD, 1)
    with pytest.raises(Interrupted):
        run(path, "constant", NEW, 2, stop_at=2, new_rate=True)
    after = load(path)["optimizer"]
    assert [moments["step"] for moments in after["state"].values()] == [7, 7]
    assert before["param_groups"][0]["lr"] == OLD and after["param_groups"][0]["lr"] == NEW


def test_where_there_is_nothing_to_go_on_from_it_is_refused(tmp_path):
    with pytest.raises(CourseError) as caught:
        run(tmp_path / "a.pt", "constant", NEW, new_rate=True)
    check_message(caught.value, "--new-lr", tmp_path / "a.pt", "--out", "--lr")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_where_no_step_is_left_it_is_refused_and_the_same_rate_is_not(schedule, tmp_path):
    path = tmp_path / "a.pt"
    due = run(path, schedule, OLD)
    before = path.read_bytes()
    with pytest.raises(CourseError) as caught:
        run(path, schedule, NEW, new_rate=True)
    check_message(caught.value, path, "3", "--epochs")
    assert run(path, schedule, OLD, new_rate=True)[0] == due[0]
    assert path.read_bytes() == before


def test_whatever_else_is_different_is_refused_all_the_same(tmp_path):
    path = tmp_path / "a.pt"
    run(path, "constant", OLD, 1)
    before = path.read_bytes()
    with pytest.raises(CourseError, match="schedule"):
        run(path, "onecycle", NEW, new_rate=True)
    assert path.read_bytes() == before


def test_a_schedule_that_computes_from_its_last_rate_is_refused(tmp_path):
    model, optimizer, _ = parts("constant", NEW)
    with pytest.raises(ValueError, match="schedule got StepLR|schedule收到StepLR"):
        loop.train(model, batches(), None, nn.functional.mse_loss, optimizer, 1,
                   schedule=StepLR(optimizer, 1), checkpoint=tmp_path / "a.pt", new_rate=True)
