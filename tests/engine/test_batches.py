"""Batches: every picture once an epoch, shared between processes without overlap."""

import numpy as np
import pytest
import torch

from helpers.engine.batches import Batches


def pictures(n=21, size=8):
    return np.random.default_rng(0).integers(0, 256, (n, size, size, 3), np.uint8)


def rows(batches):
    return [row.tolist() for _, row, _ in batches]


def test_a_batch_is_what_totensor_makes_of_its_pictures():
    from torchvision.transforms import ToTensor

    data = pictures()
    for x, row, _ in Batches(data, 4):
        expected = torch.stack([ToTensor()(data[i]) for i in row])
        assert torch.equal(x, expected) and x.dtype == torch.float32
        assert x.is_contiguous(memory_format=torch.channels_last)


def test_a_file_gives_the_same_batches_as_memory(tmp_path):
    np.save(tmp_path / "p.npy", pictures())
    there = Batches(tmp_path / "p.npy", 4, shuffle=True)
    here = Batches(pictures(), 4, shuffle=True)
    for (a, rows_a, _), (b, rows_b, _) in zip(there, here, strict=True):
        assert torch.equal(a, b) and torch.equal(rows_a, rows_b)
    assert len(there.dataset) == len(here.dataset) == 21 and len(there) == len(here) == 6


def test_an_epoch_has_every_picture_once_in_an_order_of_its_own():
    batches = Batches(pictures(), 4, shuffle=True, seed=1)
    orders = []
    for epoch in (1, 2, 1):
        orders.append(sum(rows(batches.of_epoch(epoch)), []))
        assert sorted(orders[-1]) == list(range(21))
    assert orders[0] == orders[2] != orders[1]
    other = Batches(pictures(), 4, shuffle=True, seed=2)
    assert sum(rows(other.of_epoch(1)), []) != orders[0]
    assert sum(rows(Batches(pictures(), 4)), []) == list(range(21))


def test_an_epoch_can_begin_in_its_middle():
    batches = Batches(pictures(), 4, shuffle=True)
    assert rows(batches.of_epoch(3, skip=2)) == rows(batches.of_epoch(3))[2:]
    assert rows(batches.of_epoch(3, skip=6)) == []


def test_the_weight_comes_with_its_batch():
    """Whoever reads ahead gets each batch's own weight."""
    ahead = list(Batches(pictures(5), 4, rank=1, count=2))
    assert [weight for _, _, weight in ahead] == [1.0, 0.0]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_processes_share_the_batches_of_one(count):
    """21 pictures in fours: the last batch is a single one."""
    alone = Batches(pictures(), 4, shuffle=True)
    shared = [Batches(pictures(), 4, shuffle=True, rank=r, count=count) for r in range(count)]
    iterators = [iter(batches) for batches in shared]
    for _, whole, _ in alone:
        seen, weights = [], []
        for iterator in iterators:
            _, part, weight = next(iterator)
            weights.append(weight)
            seen += part.tolist() if weight else []
        assert sorted(seen) == sorted(whole.tolist()), "no overlap, nothing left out"
        assert sum(weights) == pytest.approx(count)
    assert all(next(iterator, None) is None for iterator in iterators), "as many steps for all"


def test_weighted_gradients_of_processes_are_the_gradient_of_one():
    torch.manual_seed(0)
    model = torch.nn.Conv2d(3, 3, 3, padding=1).double()

    def gradient(batches):
        x, _, weight = next(iter(batches))
        model.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x.double()), x.double())
        (loss * weight).backward()
        return model.weight.grad.clone()

    whole = gradient(Batches(pictures(5), 8))
    parts = [gradient(Batches(pictures(5), 8, rank=r, count=3)) for r in range(3)]
    assert torch.allclose(sum(parts) / 3, whole, rtol=1e-12)
    assert not torch.allclose(parts[0], whole, rtol=1e-3)


@pytest.mark.parametrize(("data", "options", "name"), [
    (pictures().astype(np.float32), {}, "pictures"),
    (pictures()[0], {}, "pictures"),
    (pictures(0), {}, "pictures"),
    (pictures(), {"batch_size": 0}, "batch_size"),
    (pictures(), {"batch_size": 2, "count": 3}, "batch_size"),
])
def test_wrong_arguments_are_named(data, options, name):
    with pytest.raises(ValueError, match=name):
        Batches(data, **options)


def test_a_file_that_became_shorter_is_named(tmp_path):
    path = tmp_path / "p.npy"
    np.save(path, pictures())
    batches = Batches(path, 4)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(OSError, match="p.npy"):
        list(batches)


def test_a_file_in_another_order_is_refused(tmp_path):
    np.save(tmp_path / "p.npy", np.asfortranarray(pictures()))
    with pytest.raises(ValueError, match="Fortran"):
        Batches(tmp_path / "p.npy")


def test_a_fingerprint_tells_other_pictures(tmp_path):
    np.save(tmp_path / "p.npy", pictures())
    prints = [Batches(p).fingerprint() for p in (
        pictures(), tmp_path / "p.npy", pictures(20), pictures(21, 16), 255 - pictures())]
    assert prints[0] == prints[1] and len(set(prints)) == 4
