"""The loop that the course grew from against the engine, on the same pictures, turn by turn.

    python tests/benchmarks/original_vs_course.py            drawn faces, enlarged to 250x250 JPEGs
    LFW_ROOT=FOLDER python tests/benchmarks/original_vs_course.py            photographs of LFW

The original loop decodes and resizes every JPEG every epoch, in a DataLoader, and computes in
float32. The engine gets the same pictures decoded once, the same model, batch size and number of
steps.
Both train one epoch in turn, several times, in one run: what else the machine does hits both.
Each has a process of its own, which waits while the other computes. In one process (that is what
--one-process does) the original loop would inherit the memory that the engine keeps. In its own,
too, it is a matter of luck whether freed memory goes back to the system: 0 page faults a step, or
15,000.
The last line is one JSON object. With --check the exit code says whether the goals are met; --out
keeps the object for docs/measured.md: --out docs/benchmarks/original_vs_course.json
"""

import argparse
import contextlib
import io
import json
import os
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from keep import keep
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torch.utils.flop_counter import FlopCounterMode
from torchvision.datasets.folder import default_loader
from torchvision.transforms import Compose, Resize, ToTensor
from tqdm import tqdm

from helpers.engine import loop
from helpers.engine.batches import Batches
from helpers.engine.sources import list_files
from helpers.engine.speed import keep_freed_memory, matmul_rate, quick_bce, quicken, quickest_dtype
from helpers.engine.store import open_files
from helpers.faces import SyntheticFaces
from helpers.lfw.reader import find_lfw
from helpers.memory import PeakMemory
from helpers.models import Autoencoder
from helpers.training import evaluate

BATCH_SIZE, LEARNING_RATE = 32, 0.001  # the original loop's
GOALS = {torch.bfloat16: {"ratio": 3.0, "share_of_matmul_rate": 0.45},
         torch.float32: {"ratio": 1.5}}  # where the processor has no bfloat16
LOSS_NO_WORSE = 1.005  # times the original's test loss; two seeds of one loop differ by as much


class Files(Dataset):
    """(picture, 0) of picture files, decoded whenever it is asked for: the original data set."""

    def __init__(self, paths):
        self.paths, self.transform = paths, Compose([Resize((64, 64)), ToTensor()])

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        return self.transform(default_loader(self.paths[index])), 0


def write_jpegs(folder, n):
    """`n` drawn faces to train on and a quarter as many to test on, as LFW has them: 250x250.

    With a photograph's grain, which makes a file 19 kB on average; LFW's have 18 (243 MB by
    13,233), and how long a JPEG takes to decode goes by its bytes.
    """
    grain = np.random.default_rng(0)
    for split, count in (("train", n), ("test", n // 4)):
        faces = SyntheticFaces(split, count, size=125, root=None)
        for i, (picture, person) in enumerate(faces):
            name = f"Person_{person}"
            path = folder / split / name / f"{name}_{i % 4 + 1:04d}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.asarray(picture.resize((250, 250)), np.float32)
            pixels += grain.normal(0, 5, (250, 250, 1))
            Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path, quality=90)


class Original:
    """The original loop."""

    def __init__(self, paths, stores):
        torch.manual_seed(0)
        self.model = Autoencoder()
        self.loader = DataLoader(Files(paths["train"]), BATCH_SIZE, shuffle=True)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=LEARNING_RATE)
        self.dtype = torch.float32

    def epoch(self):
        if "course" in SIDES:  # in one process with the engine
            keep_freed_memory(False)
        criterion = nn.BCELoss()
        for x, _ in self.loader:
            loss = criterion(self.model(x), x)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            loss.item()  # the original printed some of these


class Course:
    """The engine."""

    def __init__(self, paths, stores):
        torch.manual_seed(0)
        self.model = quicken(Autoencoder())
        self.loader = Batches(stores["train"], BATCH_SIZE, shuffle=True)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=LEARNING_RATE, fused=True)
        x = next(iter(self.loader))[0]
        self.dtype = quickest_dtype(self.model, x, quick_bce)

    def epoch(self):
        keep_freed_memory()
        with contextlib.redirect_stdout(io.StringIO()):
            loop.train(self.model, self.loader, None, quick_bce, self.optimizer, 1,
                       dtype=self.dtype)
        self.loader.seed += 1  # every call begins with epoch 1


def flop_per_picture():
    """Floating-point operations of forward and backward pass, as PyTorch counts them."""
    model, x = Autoencoder(), torch.rand(1, 3, 64, 64)
    with FlopCounterMode(display=False) as counter:
        nn.functional.binary_cross_entropy(model(x), x).backward()
    return counter.get_total_flops()


SIDES = {}  # what this process trains


def begin(names, paths, stores):
    """Gets the sides `names` ready, in this process."""
    for name in names:
        SIDES[name] = {"original": Original, "course": Course}[name](paths, stores)
    SIDES["memory"] = PeakMemory()


def epoch(name):
    """The seconds that one epoch of a side took, and how fast matrices were multiplied then."""
    began = time.perf_counter()
    SIDES[name].epoch()
    return time.perf_counter() - began, matmul_rate(SIDES[name].dtype)


def result(name, stores):
    """(number format, test loss in float32, peak memory in MB) of a side."""
    side, test = SIDES[name], Batches(stores["test"], BATCH_SIZE)
    loss = evaluate(side.model, test, nn.BCELoss())
    return str(side.dtype).removeprefix("torch."), loss, SIDES["memory"].stop()


def measure(folder, cache, rounds, one_process):
    """Both, turn by turn; a dict for the JSON line."""
    listing = list_files(folder)
    paths = listing.paths
    began = time.perf_counter()
    stores = open_files(listing, root=cache)
    decoding = time.perf_counter() - began
    names = ("original", "course")
    pools = {}
    if one_process:
        pools = dict.fromkeys(names, ThreadPoolExecutor(1, "both", begin, (names, paths, stores)))
    else:
        pools = {name: ProcessPoolExecutor(1, get_context("spawn"), begin, ([name], paths, stores))
                 for name in names}
    turns = {name: [] for name in names}
    for _ in tqdm(range(rounds), desc="rounds", leave=False):
        for name in names:
            turns[name].append(pools[name].submit(epoch, name).result())
    results = {name: pools[name].submit(result, name, stores).result() for name in names}
    for pool in pools.values():
        pool.shutdown()
    n, flop = len(paths["train"]), flop_per_picture()
    seconds = {name: [s for s, _ in turns[name]] for name in names}
    speed = {name: n / statistics.median(seconds[name]) for name in names}
    rate = statistics.median(rate for _, rate in turns["course"])
    dtype = results["course"][0]
    return {
        "ratio": statistics.median(a / b for a, b in zip(*seconds.values(), strict=True)),
        "share_of_matmul_rate": speed["course"] * flop / rate,
        "course_pictures_per_second": speed["course"],
        "original_pictures_per_second": speed["original"],
        "dtype": dtype,
        "matmul_gflops": rate / 1e9,
        "mflop_per_picture": flop / 1e6,
        "decoding_seconds": decoding,
        "pictures": n,
        "rounds": rounds,
        "threads": torch.get_num_threads(),
        "one_process": one_process,
        "course_peak_memory_mb": results["course"][2],
        "original_peak_memory_mb": results["original"][2],
        "course_test_bce": results["course"][1],
        "original_test_bce": results["original"][1],
    }


def shortfalls(found):
    """What misses its goal, in words; an empty list if nothing does."""
    goals = GOALS[getattr(torch, found["dtype"])]
    missed = [f"{key} is {found[key]:.2f}, the goal {goal}" for key, goal in goals.items()
              if found[key] < goal]
    if found["course_test_bce"] > LOSS_NO_WORSE * found["original_test_bce"]:
        missed.append("the final test loss is worse than the original's")
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=960, help="drawn faces to train on")
    parser.add_argument("--rounds", type=int, default=5, help="epochs of each, in turn")
    parser.add_argument("--one-process", action="store_true", help="both in one process")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a goal is missed")
    parser.add_argument("--out", type=Path, help="keep the result in this file, too")
    options = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        pictures = find_lfw() if os.environ.get("LFW_ROOT") else Path(folder, "jpegs")
        if not os.environ.get("LFW_ROOT"):
            write_jpegs(pictures, options.pictures)
        found = measure(pictures, Path(folder, "stores"), options.rounds, options.one_process)
    missed = shortfalls(found)
    print(*missed, sep="\n", end="\n" if missed else "")
    found = {key: round(value, 4) if isinstance(value, float) else value
             for key, value in found.items()}
    print(json.dumps(found))
    if options.out:
        keep(options.out, found, time.perf_counter() - began)
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
