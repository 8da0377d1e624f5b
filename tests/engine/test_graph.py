"""Steps that a GPU replays: the same training; which steps are replayed, and what they read.

There are two kinds of tests here. Those on a GPU prove it. The others imitate a GPU on the CPU: a
fake graph undoes what its capture computed, and a replay takes the captured step again, with the
learning rates that lay where the graph reads them.
"""

import contextlib
import copy
import inspect
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from helpers.engine import graph, loop
from helpers.engine.batches import Batches
from helpers.engine.speed import quick_bce, quicken
from helpers.models import VAE, Autoencoder
from helpers.variational import negative_elbo

N, BATCH = 22, 4  # five full batches an epoch, and one of two pictures
on_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")


def pictures(n=N, size=8):
    return np.random.default_rng(0).integers(0, 256, (n, size, size, 3), np.uint8)


class Interrupted(Exception):
    pass


class Stopping(Batches):
    """Batches whose reader is interrupted when it asks for number `stop_at`, from 1."""

    stop_at, asked = None, 0

    def rows_of_epoch(self, epoch, skip=0):
        for step in super().rows_of_epoch(epoch, skip):
            self.asked += 1
            if self.asked == self.stop_at:
                raise Interrupted
            yield step


def train(path=None, epochs=3, stop_at=None, every=None, device="cpu", dtype=torch.float32):
    """History, model and optimizer of a training in which the learning rate changes every step."""
    torch.manual_seed(0)
    model = quicken(Autoencoder(), device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, fused=True)
    data = Stopping(pictures(), BATCH, shuffle=True, device=device)
    data.stop_at = stop_at
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.02, total_steps=3 * len(data))
    history = loop.train(model, data, Batches(pictures(9), BATCH, device=device), quick_bce,
                         optimizer, epochs, dtype=dtype, schedule=schedule, checkpoint=path,
                         every=every, replay=True)
    return history, model, optimizer


def check_same(got, wanted, rel):
    """Every parameter, and every loss."""
    for split in ("train", "test"):
        assert got[0][split] == pytest.approx(wanted[0][split], rel=rel)
    for (name, a), b in zip(got[1].state_dict().items(), wanted[1].state_dict().values(),
                            strict=True):
        assert torch.allclose(a, b, rtol=rel, atol=rel), name


@pytest.fixture
def fake_gpu(monkeypatch):
    """Graphs on the CPU. Gives what was done: "warm-up" and "capture", and the rows replayed."""
    done = []

    class Graph:
        def replay(self):
            groups = self.optimizer.param_groups
            before = [group["lr"] for group in groups]
            for group, rate in zip(groups, self.rates, strict=True):
                group["lr"] = rate.item()
            self.take(self.rows, 1.0)
            for group, rate in zip(groups, before, strict=True):
                group["lr"] = rate
            done.append(self.rows.tolist())

    @contextlib.contextmanager
    def capturing(made, stream):
        own = next(frame.frame.f_locals["self"] for frame in inspect.stack()
                   if isinstance(frame.frame.f_locals.get("self"), graph.Replayed))
        made.take, made.optimizer, made.rows = own.take, own.optimizer, own.rows
        made.rates = [group["lr"] for group in own.optimizer.param_groups]
        assert all(torch.is_tensor(rate) for rate in made.rates), "a number would stay what it was"
        assert all(group["capturable"] for group in own.optimizer.param_groups)
        assert all(p.grad is None for g in own.optimizer.param_groups for p in g["params"])
        names = inspect.getclosurevars(own.take).nonlocals
        model, sums = names["model"], names["sums"]
        before = copy.deepcopy((model.state_dict(), own.optimizer.state_dict()["state"], sums))
        yield
        model.load_state_dict(before[0])
        for place, state in own.optimizer.state_dict()["state"].items():
            for name, value in state.items():
                value.copy_(before[1][place][name])
        sums.copy_(before[2])
        done.append("capture")

    @contextlib.contextmanager
    def on_stream(stream):
        yield
        done.append("warm-up")

    stream = SimpleNamespace(wait_stream=lambda other: None)
    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(torch.cuda, "graph", capturing)
    monkeypatch.setattr(torch.cuda, "stream", on_stream)
    monkeypatch.setattr(torch.cuda, "Stream", lambda device: stream)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: stream)
    monkeypatch.setattr(graph, "lies_on_gpu", lambda batches: True)
    return done


def test_full_batches_are_replayed_and_the_training_is_the_same(fake_gpu, monkeypatch):
    got = train()
    monkeypatch.setattr(graph, "lies_on_gpu", lambda batches: False)
    check_same(got, train(), rel=1e-5)  # the graph's learning rate is a float32
    order = Batches(pictures(), BATCH, shuffle=True).order
    full = [rows.tolist() for epoch in (1, 2, 3) for rows in order(epoch).split(BATCH)
            if len(rows) == BATCH]
    assert fake_gpu == ["warm-up"] * 3 + ["capture"] + full[3:]


def test_the_optimizer_stays_what_schedules_and_checkpoints_know(fake_gpu, tmp_path):
    _, _, optimizer = train(tmp_path / "a.pt")
    (group,) = optimizer.param_groups
    assert isinstance(group["lr"], float) and group["capturable"] is False
    (saved,) = torch.load(tmp_path / "a.pt", weights_only=True)["optimizer"]["param_groups"]
    assert saved["lr"] == group["lr"] and saved["capturable"] is False


@pytest.mark.parametrize(("stop_at", "every"), [(12, None), (9, 2), (3, 1)])
def test_an_interrupted_training_ends_as_if_it_had_not_been(stop_at, every, fake_gpu, tmp_path,
                                                            monkeypatch):
    """Stopped among the replayed steps, and among those before the capture."""
    with pytest.raises(Interrupted):
        train(tmp_path / "a.pt", stop_at=stop_at, every=every)
    torch.manual_seed(999)
    got = train(tmp_path / "a.pt", every=every)
    assert fake_gpu.count("capture") == (1 if stop_at == 3 else 2), "one for each process"
    monkeypatch.setattr(graph, "lies_on_gpu", lambda batches: False)
    check_same(got, train(), rel=1e-5)


def test_a_failed_capture_leaves_the_optimizer_as_it_was(fake_gpu, monkeypatch):
    model = nn.Conv2d(3, 3, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.5, fused=True)

    @contextlib.contextmanager
    def refused(made, stream):
        raise RuntimeError("operation not permitted when stream is capturing")
        yield

    monkeypatch.setattr(torch.cuda, "graph", refused)
    replayed = graph.Replayed(lambda *_: None, optimizer, Batches(pictures(), BATCH))
    with pytest.raises(RuntimeError, match="capturing"):
        for _ in range(4):
            replayed(torch.arange(BATCH), 1.0)
    assert optimizer.param_groups[0]["lr"] == 0.5
    assert optimizer.param_groups[0]["capturable"] is False


def test_a_learning_rate_is_copied_only_when_it_changed(fake_gpu):
    optimizer = torch.optim.Adam([torch.zeros(1)], lr=0.25, fused=True)
    replayed = graph.Replayed(None, optimizer, Batches(pictures(), BATCH))
    replayed.fill_rates()
    replayed.rates[0].zero_()
    replayed.fill_rates()
    assert replayed.rates[0] == 0
    optimizer.param_groups[0]["lr"] = 0.125
    replayed.fill_rates()
    assert replayed.rates[0] == 0.125


def test_what_cannot_be_captured_is_not(tmp_path):
    np.save(tmp_path / "p.npy", pictures())
    weights = [torch.zeros(1)]
    fused = torch.optim.Adam(weights, fused=True)

    def holds(path=None, count=1, device="cuda:0"):
        return SimpleNamespace(device=torch.device(device), path=path, count=count)

    assert graph.can_replay(holds(), fused)
    assert not graph.can_replay(holds(path=tmp_path / "p.npy"), fused), "read by the processor"
    assert not graph.can_replay(holds(count=2), fused), "processes wait for each other"
    assert not graph.can_replay(holds(device="cpu"), fused)
    assert not graph.can_replay(holds(device="mps"), fused)
    assert not graph.can_replay(holds(), torch.optim.Adam(weights)), "counts on the processor"
    assert not graph.can_replay(holds(), torch.optim.SGD(weights, 0.1, fused=True))


def test_a_step_reads_nothing_back(monkeypatch):
    """Tensors without data refuse to be read: what would make a GPU wait fails here, too."""
    monkeypatch.setattr(torch, "autocast", lambda *_, **__: contextlib.nullcontext())
    model = quicken(Autoencoder(), "meta")
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    batches = Batches(pictures(), BATCH, device="meta")
    sums = torch.zeros(2, dtype=torch.float64, device="meta")

    def take(loss_function):
        loop.stepper(model, batches, loss_function, optimizer, torch.float32, sums)(rows, 1.0)

    rows = torch.zeros(BATCH, dtype=torch.int64, device="meta")
    take(quick_bce)
    with pytest.raises((RuntimeError, NotImplementedError)):
        take(lambda y, x: quick_bce(y, x) * quick_bce(y, x).item())


def test_without_a_gpu_nothing_of_it_runs(monkeypatch):
    for name in ("Stream", "CUDAGraph", "graph", "current_stream"):
        monkeypatch.setattr(torch.cuda, name, lambda *_: pytest.fail("there is no GPU"))
    history, *_ = train(epochs=1)
    assert len(history["test"]) == 1


def check_close(got, wanted, dtype):
    """Kernels on a GPU add up in any order, so only what was learned is compared, as a whole.

    On the CPU a rate that never changes gives 0.46, the rows of another order 1.15; but bfloat16,
    too, 0.68, so there only the losses count.
    """
    torch.manual_seed(0)
    start, a, b = (torch.cat([p.detach().cpu().flatten() for p in model.parameters()])
                   for model in (Autoencoder(), got[1], wanted[1]))
    assert dtype == torch.bfloat16 or (a - b).norm() < 0.3 * (b - start).norm()
    for split in ("train", "test"):
        assert got[0][split] == pytest.approx(wanted[0][split], rel=0.01)


@on_gpu
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_gpu_replays_the_training_that_it_would_have_run(dtype, monkeypatch, tmp_path):
    replays, replay = [], torch.cuda.CUDAGraph.replay

    def counted(self):
        replays.append(self)
        replay(self)

    monkeypatch.setattr(torch.cuda.CUDAGraph, "replay", counted)
    got = train(tmp_path / "a.pt", device="cuda", dtype=dtype)
    assert len(replays) == 15 - graph.WARM_UP and len(set(map(id, replays))) == 1
    monkeypatch.setattr(graph, "lies_on_gpu", lambda batches: False)
    check_close(got, train(device="cuda", dtype=dtype), dtype)
    monkeypatch.undo()
    with pytest.raises(Interrupted):
        train(tmp_path / "b.pt", stop_at=9, every=2, device="cuda", dtype=dtype)
    check_close(train(tmp_path / "b.pt", every=2, device="cuda", dtype=dtype), got, dtype)


@on_gpu
def test_a_gpu_is_not_waited_for_within_an_epoch():
    model = quicken(Autoencoder(), "cuda")
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    batches = Batches(pictures(), BATCH, device="cuda")
    take = loop.stepper(model, batches, quick_bce, optimizer, torch.bfloat16,
                        loop.counters(batches), replay=True)
    steps = list(batches.rows_of_epoch(1))
    for rows, weight in steps:
        take(rows, weight)  # warm-up and capture
    torch.cuda.set_sync_debug_mode("error")
    try:
        for rows, weight in steps:
            take(rows, weight)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def losses_of_a_vae(path=None, stop_at=None):
    """The loss after every epoch of one batch, always the same; only the drawn codes differ."""
    torch.manual_seed(0)
    model = quicken(VAE(4, 8), "cuda")
    optimizer = torch.optim.Adam(model.parameters(), lr=0.0, fused=True)
    data = Stopping(pictures(BATCH), BATCH, device="cuda")
    data.stop_at = stop_at
    return loop.train(model, data, None, negative_elbo, optimizer, 12, checkpoint=path,
                      replay=True)["train"]


@on_gpu
def test_a_gpu_draws_new_codes_in_every_replay_and_the_same_after_a_stop(tmp_path, monkeypatch):
    uncut = losses_of_a_vae()
    assert len(set(uncut)) == len(uncut), "a replay that draws nothing new repeats its loss"
    with pytest.raises(Interrupted):
        losses_of_a_vae(tmp_path / "a.pt", stop_at=7)
    assert losses_of_a_vae(tmp_path / "a.pt") == pytest.approx(uncut, rel=1e-6)
    monkeypatch.setattr(graph, "lies_on_gpu", lambda batches: False)
    assert losses_of_a_vae() == pytest.approx(uncut, rel=1e-6), "one by one it draws the same"
