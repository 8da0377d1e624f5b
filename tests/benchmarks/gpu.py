"""Lesson 01's model on a GPU: seconds of 10 epochs, beside the original loop, and what binds them.

    python tests/benchmarks/gpu.py                            9,525 drawn faces of 64x64, on a GPU
    python tests/benchmarks/gpu.py --out docs/gpu.json        keeps the result
    python tests/benchmarks/gpu.py --device cpu --pictures 256 --epochs 1      tries it anywhere

Takes four minutes at most, and needs torch, torchvision, numpy, pillow and the course's files:
nothing is installed and nothing downloaded.
Seconds are those of training, from its first step to the end of its last, after one epoch of the
same that is not timed (it loads the kernels); testing comes afterwards. Batch sizes other than 32
get a learning rate by the square-root rule. The original loop takes its pictures one by one, in
float32, and reads every loss. The faces are drawn already: what decoding JPEG files in every epoch
would take is told apart.
Bounds of a step: arithmetic is its floating-point operations at the rate of large products of
matrices; memory is the bytes that its operations read and write, one by one, at the rate of a
copy (what stays in the cache is quicker, so it is no strict bound); launching is the same step on
one picture of 8x8: as many kernels with next to nothing to do. The largest binds.
The last line is the JSON object that --out keeps.
"""

import argparse
import contextlib
import copy
import io
import json
import os
import sys
import threading
import time
import traceback
import warnings
from pathlib import Path
from unittest import mock

import bare  # first: it makes the others importable
import gpu_bounds
import numpy as np
import torch
from gpu_bounds import BATCH_SIZE, LEARNING_RATE, adam, fresh_model, step_seconds
from PIL import Image
from torch.nn.functional import binary_cross_entropy
from torch.utils.data import DataLoader
from torchvision.transforms import Resize, ToTensor

from helpers.engine import loop
from helpers.engine.batches import Batches
from helpers.engine.speed import quick_bce, quickest_dtype, seconds
from helpers.faces import SyntheticFaces
from helpers.files import write_text
from helpers.machine import where_and_when
from helpers.metrics import bce_floor
from helpers.models import Autoencoder

LIMIT = 235  # seconds after which it ends, whatever it is doing


def say(text):
    print(f"{bare.passed():6.1f} s  {text}", flush=True)


def wait(device):
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def peak_memory_mb(device):
    """What was reserved at most since the last call, graphs included; None on a CPU."""
    if device.type != "cuda":
        return None
    peak = torch.cuda.max_memory_reserved(device)
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats(device)
    return round(peak / 1e6)


def count_waits(work, device):
    """How often the processor waits for the GPU in `work()`; None on a CPU."""
    if device.type != "cuda":
        work()
        return None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        try:
            work()
        finally:
            torch.cuda.set_sync_debug_mode("default")
    return sum("synchronizing" in str(warning.message) for warning in caught)


def line(value, unit="", better="lower", **baseline):
    """One line of a report, as helpers.lesson.measured makes it."""
    return {"value": value, "unit": unit, "better": better, **baseline}


def result(way, batch_size, data, model, epochs, took, train_loss, warm_up=None):
    """What every loop tells of `epochs` epochs that took so many seconds."""
    device = data["test"].device
    plain = fresh_model(device)  # not compiled
    plain.load_state_dict(model.state_dict())
    test_loss = loop.evaluate(plain, data["test"], binary_cross_entropy)
    say(f"{way}, batch size {batch_size}: {epochs} epochs in {took:.2f} s")
    return {"way": way, "batch_size": batch_size, "epochs": epochs, "seconds": took,
            "warm_up_seconds": warm_up,
            "pictures_per_second": len(data["train"]) * epochs / took,
            "peak_memory_mb": peak_memory_mb(device),
            "train_bce_above_floor": train_loss - data["floors"]["train"],
            "test_bce_above_floor": test_loss - data["floors"]["test"]}


def engine(data, batch_size, epochs, compiled=False):
    """Trains with the engine; its result, and how often an epoch waited for the GPU."""
    device, dtype, pictures = data["test"].device, data["dtype"], data["train"].pictures
    model = fresh_model(device)
    start = copy.deepcopy(model.state_dict())
    if compiled:
        model.compile(dynamic=False)
    batches = Batches(pictures, batch_size, shuffle=True, device=device)

    def train(epochs):
        model.load_state_dict(start)
        with contextlib.redirect_stdout(io.StringIO()):
            history = loop.train(model, batches, None, quick_bce, adam(model, batch_size), epochs,
                                 dtype=dtype, replay=True)
        wait(device)
        return history["train"][-1]

    began = time.perf_counter()
    waits = count_waits(lambda: train(1), device)
    warm_up = time.perf_counter() - began
    peak_memory_mb(device)
    began = time.perf_counter()
    loss = train(epochs)
    took = time.perf_counter() - began
    way = "engine, compiled" if compiled else "engine"
    return result(way, batch_size, data, model, epochs, took, loss, warm_up), waits


def original(data, epochs, until):
    """Trains with the original loop, as many of `epochs` as begin before `until` seconds."""
    device, faces = data["test"].device, data["train"]
    torch.manual_seed(0)
    model = Autoencoder().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    loader = DataLoader(faces, BATCH_SIZE, shuffle=True)
    trial, x = copy.deepcopy(model), torch.rand(BATCH_SIZE, 3, 64, 64, device=device)
    seconds(lambda: binary_cross_entropy(trial(x), x).backward(), 1, device)  # loads the kernels
    peak_memory_mb(device)
    began, done = time.perf_counter(), 0
    while done < epochs and (not done or bare.passed() < until):
        total, done = 0.0, done + 1
        for x, _ in loader:
            x = x.to(device)
            loss = binary_cross_entropy(model(x), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
    wait(device)
    took = time.perf_counter() - began
    return result("original loop", BATCH_SIZE, data, model, done, took, total / len(faces))


def decoding_ms(pictures):
    """What opening and resizing takes a picture of LFW's size: 250x250, JPEG, 19 kB."""
    grain, files = np.random.default_rng(0), []
    for picture in pictures:
        pixels = np.asarray(Image.fromarray(picture).resize((250, 250)), np.float32)
        pixels += grain.normal(0, 5, (250, 250, 1))
        files.append(io.BytesIO())
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(files[-1], "JPEG", quality=90)
    resize, began = Resize((64, 64)), time.perf_counter()
    for file in files:
        resize(Image.open(file).convert("RGB"))
    return 1000 * (time.perf_counter() - began) / len(files)


def speed_by_batch_size(data, until):
    """Pictures a second of steps, {batch size: speed}, while an epoch has eight steps or more."""
    pictures, speed, size = data["train"].pictures, {}, BATCH_SIZE
    while size == BATCH_SIZE or 8 * size <= len(pictures) and bare.passed() < until:
        speed[size] = size / step_seconds(pictures, size, data["test"].device, data["dtype"])
        size *= 2
    return speed


def one_by_one_ms(data):
    """ms of a step at batch size 32 whose kernels are launched one by one."""
    with mock.patch.object(loop, "can_replay", return_value=False):
        return 1000 * step_seconds(data["train"].pictures, BATCH_SIZE, data["test"].device,
                                   data["dtype"])


def draw(n, device):
    """Faces to train and to test on, the floors of their losses, and how to compute."""
    train = SyntheticFaces("train", n, transform=ToTensor())
    test = Batches(SyntheticFaces("test", max(1, n // 5)).pictures, 256, device=device)
    floors = {name: sum(bce_floor(x) * len(x) for x, *_ in batches) / len(batches.dataset)
              for name, batches in (("test", test),
                                    ("train", Batches(train.pictures, 256, device=device)))}
    x = test.read(torch.arange(min(BATCH_SIZE, len(test.dataset)), device=device))
    dtype = quickest_dtype(fresh_model(device), x, quick_bce)
    return {"train": train, "test": test, "floors": floors, "dtype": dtype,
            "rates": gpu_bounds.measure_rates(device, dtype)}


def measure(found, n, epochs, device):
    """Fills found["results"] and found["measured"], what matters most first."""
    say(f"drawing faces for {found.get('gpu', found['processor'])}")
    data = draw(n, device)
    rows, lines = found["results"], found["measured"]
    pictures, rates = data["train"].pictures, data["rates"]
    row, waits = engine(data, BATCH_SIZE, epochs)
    rows.append(row)
    step = row["seconds"] / epochs * BATCH_SIZE / len(pictures)
    bounds = gpu_bounds.bounds(pictures, BATCH_SIZE, rates, device, data["dtype"])
    lines["step_ms"] = line(1000 * step, "ms")
    if device.type == "cuda":
        lines["step_ms"] |= {"baseline": one_by_one_ms(data), "baseline_name": "kernel by kernel"}
        lines["waits_in_an_epoch"] = line(waits)
    for name, least in bounds.items():
        lines[f"step_{name}_ms"] = line(1000 * least, "ms")
    lines["share_of_bound"] = line(max(bounds.values()) / step, better="higher")
    rows.append(original(data, epochs, until=110))
    lines["times_as_fast_as_the_original"] = line(
        row["pictures_per_second"] / rows[-1]["pictures_per_second"], "x", "higher")
    lines["decoding_ms"] = line(decoding_ms(pictures[:100]), "ms")
    dtype = str(data["dtype"]).removeprefix("torch.")
    lines[f"matmul_{dtype}"] = line(rates["flop_per_second"] / 1e9, "GFLOP/s", "higher")
    lines["memory_rate"] = line(rates["bytes_per_second"] / 1e9, "GB/s", "higher")
    speed = speed_by_batch_size(data, until=140)
    for size, pictures_per_second in speed.items():
        lines[f"speed_at_{size}"] = line(pictures_per_second, better="higher")
    best = max(speed, key=speed.get)
    if best != BATCH_SIZE and bare.passed() < 150:
        rows.append(engine(data, best, epochs)[0])
    for size in sorted({BATCH_SIZE, best}) if device.type == "cuda" else ():
        if bare.passed() < 160:
            try:
                rows.append(engine(data, size, epochs, compiled=True)[0])
            except Exception as error:  # no Triton or no C compiler: it is no part of the goal
                found["not_compiled"] = f"{type(error).__name__}: {error}"[:300]


def rounded(thing):
    """The same with four significant digits."""
    if isinstance(thing, dict):
        return {str(key): rounded(value) for key, value in thing.items()}
    if isinstance(thing, list):
        return [rounded(value) for value in thing]
    return float(f"{thing:.4g}") if isinstance(thing, float) else thing


def finish(found, out):
    """Prints the JSON line, and writes it where `out` is a path."""
    found = rounded(found | {"seconds": bare.passed()})
    if out:
        write_text(out, json.dumps(found, indent=1) + "\n")
    print(json.dumps(found), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=9525, help="drawn faces to train on")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--out", type=Path, help="a file for the JSON object")
    options = parser.parse_args()
    device = torch.device(options.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        print("There is no GPU here; --device cpu --pictures 256 --epochs 1 tries this script.",
              file=sys.stderr)
        return 1
    found = {"command": f"python tests/benchmarks/gpu.py --pictures {options.pictures} "
                        f"--epochs {options.epochs}",
             "benchmark": "gpu_title", "faces": "synthetic", **where_and_when(device),
             "results": [], "measured": {}}

    def give_up():
        say("out of time")
        finish(found | {"out_of_time": True}, options.out)
        os._exit(2)

    guard = threading.Timer(LIMIT - bare.passed(), give_up)
    guard.daemon = True
    guard.start()
    try:
        measure(found, options.pictures, options.epochs, device)
    except Exception as error:  # what was measured before it is worth keeping
        traceback.print_exc()
        found["failed"] = f"{type(error).__name__}: {error}"[:300]
    guard.cancel()
    finish(found, options.out)
    return 1 if "failed" in found else 0


if __name__ == "__main__":
    raise SystemExit(main())
