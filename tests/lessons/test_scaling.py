"""Lesson 10 teaches what helpers uses: the same steps, batches, shards, layers and files."""

import ctypes
import json
import os
import re
import sys

import lesson_code
import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from helpers import ROOT
from helpers.engine import checkpoints, loop, speed
from helpers.engine.batches import Batches
from helpers.engine.decode import decode
from helpers.models import Autoencoder

LESSON = "10_scaling"
bce = nn.functional.binary_cross_entropy


def taught(*cells, **names):
    return lesson_code.run(LESSON, *cells, torch=torch, nn=nn, bce=bce, np=np, os=os, **names)


@pytest.fixture
def pictures():
    return torch.randint(0, 256, (11, 16, 16, 3), dtype=torch.uint8,
                         generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_step(pictures, dtype):
    x = pictures.permute(0, 3, 1, 2).float() / 255
    weights = []
    for use_helper in (False, True):
        torch.manual_seed(1)
        model = Autoencoder()
        optimizer = torch.optim.Adam(model.parameters())
        if use_helper:
            loss = loop.step(model, x, bce, optimizer, dtype)
        else:
            loss = taught("training-step-code")["step"](model, optimizer, x, dtype)
        weights.append((loss, nn.utils.parameters_to_vector(model.parameters())))
    assert weights[0][0] == weights[1][0] and torch.equal(weights[0][1], weights[1][1])


def test_batches(pictures, monkeypatch, tmp_path):
    class Runs:
        runs = tmp_path

    source = lesson_code.source(LESSON, "data-once-batches").split("\n\n\n")[0]
    names = {"torch": torch}
    exec(source, names)
    torch.manual_seed(2)
    here = list(names["batches"](pictures, 4))
    torch.manual_seed(2)
    order = torch.randperm(len(pictures))
    monkeypatch.setattr(Batches, "order", lambda self, epoch: order)
    there = [x for x, *_ in Batches(pictures, 4)]
    assert len(here) == len(there) == 3
    for a, b in zip(here, there, strict=True):
        assert torch.equal(a, b) and a.stride() == b.stride()


def test_rows_of_a_process(pictures):
    own_rows = taught("learned-shards-rows")["own_rows"]
    for rank in range(3):
        batches = Batches(pictures, 8, shuffle=True, seed=5, rank=rank, count=3)
        rows = [rows.tolist() for _, rows, _ in batches.of_epoch(4)]
        assert [r.tolist() for r in own_rows(11, 8, rank, 3, epoch=4, seed=5)] == rows


def test_decode_once(tmp_path):
    path = tmp_path / "face.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (50, 50, 3), np.uint8)).save(path)
    pictures = taught("data-once-decode")["decode_once"]([path], 16)
    assert np.array_equal(pictures[0], decode(path, 16))


def test_own_bias():
    names = taught("training-bias-class")
    x = torch.rand(2, 3, 16, 16)
    results = []
    for change in (speed.quicken, names["own_bias"], lambda model: model):
        torch.manual_seed(3)
        model = change(Autoencoder())
        bce(model(x), x).backward()
        results.append((model(x), model.decoder[0].bias.grad, list(model.state_dict())))
    for y, slope, keys in results[1:]:
        assert torch.allclose(y, results[0][0], atol=1e-6) and keys == results[0][2]
        assert torch.allclose(slope, results[0][1], rtol=1e-3, atol=1e-7)


def test_vector_bce():
    torch.manual_seed(0)
    x, y = torch.rand(2, 3, 8, 8), torch.rand(2, 3, 8, 8)
    results = []
    for loss_function in (taught("training-loss-class")["quick_bce"], speed.quick_bce):
        z = y.clone().requires_grad_()
        loss = loss_function(z, x)
        loss.backward()
        results.append((loss, z.grad))
    assert torch.equal(results[0][0], results[1][0]) and torch.equal(results[0][1], results[1][1])


def test_keep_memory(monkeypatch):
    """Both give the C library the same orders."""
    orders = []

    class Library:
        @staticmethod
        def mallopt(option, size):
            orders.append((option, size))
            return 1

    keep_memory = taught("training-memory")["keep_memory"]
    monkeypatch.setattr(ctypes, "CDLL", lambda name: Library)
    monkeypatch.setattr(sys, "platform", "linux")
    for keep in (True, False):
        said = []
        for function in (keep_memory, speed.keep_freed_memory):
            orders.clear()
            assert function(keep)
            said.append(list(orders))
        assert said[0] == said[1]
    monkeypatch.setattr(sys, "platform", "win32")
    assert not keep_memory() and not speed.keep_freed_memory()


def test_seconds(monkeypatch):
    clock = iter([0, 9, 10, 13, 20, 22, 30, 34] * 2)
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    import time

    seconds = taught("model-seconds", time=time)["seconds"]
    assert seconds(lambda: None, 3) == speed.seconds(lambda: None, 3) == 2


def test_save(tmp_path):
    source = lesson_code.source(LESSON, "learned-checkpoint-save").split("\n\n\n")[0]
    names = {"torch": torch, "os": os}
    exec(source, names)
    for save in (names["save"], checkpoints.save):
        path = tmp_path / "x.pt"
        save(path, epoch=1)
        before = path.read_bytes()
        with pytest.raises(Exception):  # noqa: B017, PT011
            save(path, epoch=lambda: None)  # cannot be pickled
        assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_stream_gives_every_picture_once(tmp_path):
    for number in range(3):
        np.save(tmp_path / f"{number}.npy", np.full((60, 2, 2, 3), number, np.uint8))
    stream = taught("learned-shard-stream")["stream"]
    for buffer in (0, 1, 50, 1000):
        rows = [row for row, _ in stream(sorted(tmp_path.iterdir()), buffer)]
        assert sorted(rows) == list(range(180))


def test_pool_first():
    pool_first = taught("training-pool-first", x=torch.rand(2, 3, 16, 16),
                        Autoencoder=Autoencoder)["pool_first"]
    a, b = Autoencoder(), Autoencoder()
    pool_first(a)
    speed.pool_first(b)
    assert [type(layer) for layer in a.encoder] == [type(layer) for layer in b.encoder]
    assert [type(layer) for layer in a.encoder[:3]] == [nn.Conv2d, nn.MaxPool2d, nn.ReLU]


def test_what_the_lesson_reads_from_its_report_is_there():
    """A processor that imitates bfloat16 prints what another one measured; ours may never do so."""
    path = ROOT / "notebooks" / f"{LESSON}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    report = json.loads((ROOT / "docs" / "reports" / "10.json").read_text(encoding="utf-8"))
    names = re.findall(r'elsewhere\("(\w+)"\)', code)
    assert len(names) > 2 and set(names) <= report["measured"].keys()
