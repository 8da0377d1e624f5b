"""An interrupted training ends as if it had never stopped; a wrong checkpoint stays as it is."""

import errno
import os

import numpy as np
import pytest
import torch
from lfw_fixtures import check_message
from torch import nn

from helpers.engine import checkpoints, loop
from helpers.engine.batches import Batches
from helpers.messages import CourseError


class Interrupted(Exception):
    pass


def small_model(channels=4):
    return nn.Sequential(nn.Conv2d(3, channels, 3, padding=1), nn.Dropout(0.2),
                         nn.Conv2d(channels, 3, 3, padding=1), nn.Sigmoid())


def batches():
    pictures = np.random.default_rng(0).integers(0, 256, (22, 8, 8, 3), np.uint8)
    return Batches(pictures, 4, shuffle=True)


def run(path, epochs=3, stop_at=None, every=None, seed=0, channels=4, rate=0.01):
    """Trains from `path`; raises Interrupted in step `stop_at`, after its update."""
    torch.manual_seed(seed)
    model = small_model(channels)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    data = batches()
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.02, total_steps=3 * len(data))
    calls = iter(range(1, 10**6))

    def loss_function(y, x):
        if next(calls) == stop_at:
            raise Interrupted
        return nn.functional.mse_loss(y, x)

    history = loop.train(model, data, batches(), loss_function, optimizer, epochs,
                         schedule=schedule, checkpoint=path, every=every)
    return history, model.state_dict(), schedule.get_last_lr()


@pytest.mark.parametrize(("stop_at", "every"), [
    (15, None),  # in the second epoch: its first half is done again
    (17, 2),  # in the second epoch, after a checkpoint in its middle
    (6, 1),  # in the first epoch's last step
    (9, 5),  # while testing
    (34, 4),  # in the third epoch
])
def test_an_interrupted_training_ends_as_if_it_had_not_been(stop_at, every, tmp_path, capsys):
    undisturbed = run(tmp_path / "a.pt")
    with pytest.raises(Interrupted):
        run(tmp_path / "b.pt", stop_at=stop_at, every=every)
    torch.manual_seed(999)  # nothing of the old process is left
    history, state, rate = run(tmp_path / "b.pt", every=every, seed=7)
    assert "從檢查點" in capsys.readouterr().out
    assert history == undisturbed[0] and rate == undisturbed[2]
    for name, value in undisturbed[1].items():
        assert torch.equal(value, state[name]), name


def test_dropout_sees_the_generator():
    """The models above do depend on the generator's state: without it the tests prove nothing."""
    model, x = small_model().train(), torch.rand(1, 3, 8, 8)
    assert not torch.equal(model(x), model(x))


def test_a_finished_training_is_not_trained_again(tmp_path):
    history, state, _ = run(tmp_path / "a.pt")
    again, same, _ = run(tmp_path / "a.pt", stop_at=1)
    assert again == history
    assert all(torch.equal(state[name], same[name]) for name in state)


def test_a_torn_write_leaves_the_last_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "a.pt"
    run(path, epochs=1)
    before = path.read_bytes()

    def torn(parts, file):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(torch, "save", torn)
    with pytest.raises(OSError, match="disk full"):
        checkpoints.save(path, number=2)
    assert path.read_bytes() == before and checkpoints.load(path)["epoch"] == 1
    assert list(tmp_path.iterdir()) == [path], "no leftovers"


def damaged(path, how):
    data = path.read_bytes()
    if how == "foreign":
        torch.save({"weights": torch.zeros(3)}, path)
    elif how == "code":
        torch.save({"format": checkpoints.FORMAT, "model": small_model()}, path)
    else:
        path.write_bytes({"empty": b"", "truncated": data[: len(data) // 2],
                          "text": b"not a checkpoint"}[how])


@pytest.mark.parametrize("how", ["empty", "truncated", "text", "foreign", "code"])
def test_a_file_that_is_no_checkpoint_is_refused_and_kept(how, tmp_path):
    path = tmp_path / "a.pt"
    run(path, epochs=1)
    damaged(path, how)
    before = path.read_bytes()
    with pytest.raises(CourseError) as caught:
        run(path)
    check_message(caught.value, path)
    assert path.read_bytes() == before


def test_a_checkpoint_cut_off_anywhere_is_called_damaged(tmp_path):
    """Of some lengths torch says that the system refused to read."""
    pieces = nn.Linear(200, 600)  # long enough for every such length
    path, whole = tmp_path / "a.pt", tmp_path / "whole.pt"
    run(whole, epochs=1)
    checkpoints.save(whole, **checkpoints.load(whole) | {"model": pieces.state_dict()})
    data, said = whole.read_bytes(), set()
    for length in (0, 1, 4, 30, 100, *range(1000, len(data), 3001), len(data) - 22, len(data) - 1):
        path.write_bytes(data[:length])
        try:
            torch.load(path, weights_only=True)
        except Exception as error:
            said.add(type(error))
        with pytest.raises(CourseError) as caught:
            checkpoints.load(path)
        assert "is damaged" in check_message(caught.value, path)[1], length
        assert path.stat().st_size == length, "it stays as it is"
    assert OSError in said, "or this tries less than it says"


def test_a_failing_disk_is_not_called_damage(tmp_path, monkeypatch):
    def fails(*_, **__):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(torch, "load", fails)
    with pytest.raises(CourseError, match="do not delete"):
        checkpoints.load(tmp_path / "a.pt")


@pytest.mark.parametrize(("name", "wrong"), [
    (name, wrong) for name in (*checkpoints.FIELDS, "schedule")
    for wrong in ("missing", None, "text", [], {"a": 1})
    # of the right kind; what is in these, their readers say
    if not (isinstance(wrong, dict) and name in ("belongs", "optimizer", "schedule"))])
def test_a_checkpoint_with_the_mark_and_without_its_fields_is_called_damaged(name, wrong, tmp_path):
    path = tmp_path / "a.pt"
    run(path, epochs=1)
    parts = checkpoints.load(path)
    if wrong == "missing":
        del parts[name]
    else:
        parts[name] = wrong
    checkpoints.save(path, **parts)
    before = path.read_bytes()
    with pytest.raises(CourseError) as caught:
        run(path)
    assert "is damaged" in check_message(caught.value, path)[1]
    assert path.read_bytes() == before


@pytest.mark.parametrize(("other", "needed"), [
    ({"channels": 5}, ("0.weight", "(4, 3, 3, 3)", "(5, 3, 3, 3)")),
    ({"epochs": 2}, ("schedule",)),  # it was made for another number
])
def test_the_checkpoint_of_something_else_is_refused_and_kept(other, needed, tmp_path):
    path = tmp_path / "a.pt"
    run(path, epochs=1)
    before = path.read_bytes()
    with pytest.raises(CourseError) as caught:
        run(path, **other)
    check_message(caught.value, path, *needed)
    assert path.read_bytes() == before


def test_a_checkpoint_names_what_keeps_a_training_going(tmp_path):
    run(tmp_path / "a.pt", epochs=3)
    parts = torch.load(tmp_path / "a.pt", weights_only=True)
    assert {"model", "optimizer", "schedule", "generators", "epoch", "step", "history",
            "format"} <= set(parts)
    assert (parts["epoch"], parts["step"]) == (3, 0)


@pytest.mark.parametrize("change", [
    lambda tensor: b"\0" * len(tensor),  # a bad sector, as disks return it
    lambda tensor: tensor[:-1] + bytes([tensor[-1] ^ 1]),  # one bit
])
def test_a_checkpoint_whose_numbers_have_changed_is_called_damaged(change, tmp_path):
    """Well-formed as ever: only the checksum of a tensor's bytes tells."""
    path = tmp_path / "a.pt"
    _, state, _ = run(path)
    tensor = state["0.weight"].numpy().tobytes()
    whole = path.read_bytes()
    assert whole.count(tensor) == 1
    path.write_bytes(whole.replace(tensor, change(tensor)))
    torch.load(path, weights_only=True)  # torch does not notice
    before = path.read_bytes()
    with pytest.raises(CourseError) as caught:
        run(path)
    check_message(caught.value, path)
    assert "is damaged" in str(caught.value)
    assert path.read_bytes() == before, "it stays as it is"


def test_a_full_disk_does_not_end_the_training(tmp_path, monkeypatch, capsys):
    def full(*_, **__):
        raise OSError("no space left")

    expected, *_ = run(tmp_path / "a.pt")
    monkeypatch.setattr(torch, "save", full)
    history, *_ = run(tmp_path / "b.pt")
    assert history == expected and not (tmp_path / "b.pt").exists()
    assert "no space left" in capsys.readouterr().out


def test_what_cannot_be_read_is_not_called_damaged(tmp_path, monkeypatch):
    def denied(*_, **__):
        raise PermissionError("denied")

    monkeypatch.setattr(torch, "load", denied)
    with pytest.raises(CourseError, match="denied"):
        run(tmp_path / "a.pt")


def test_every_must_be_a_step(tmp_path):
    with pytest.raises(ValueError, match="every"):
        run(tmp_path / "a.pt", every=0)


def test_without_a_checkpoint_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(None, epochs=1)
    assert not list(tmp_path.iterdir())
