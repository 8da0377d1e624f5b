"""Long training from the command line, in one process or in many.

    python -m helpers.train --data FOLDER --epochs 10
    torchrun --nproc-per-node=2 -m helpers.train --data FOLDER --epochs 10
"""

import argparse
import importlib.util
import json
import math
import os
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from helpers import ROOT
from helpers.batches import Batches
from helpers.data import NUM_SYNTHETIC
from helpers.lfw import find_lfw
from helpers.messages import CourseError, both, chosen_languages, pair, say
from helpers.models import Autoencoder
from helpers.processes import from_all, from_first, joined, rank_and_count
from helpers.speed import keep_freed_memory, quicken, quickest_dtype
from helpers.store import open_drawn, open_folder
from helpers.training import fit

MODELS = {"autoencoder": Autoencoder}
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def words(key):
    """A short text for `--help`, in the chosen languages, on one line."""
    texts = pair(key)
    return " / ".join(texts[lang] for lang in chosen_languages())


def number(option, kind, fits, takes):
    """What turns the text of an option into a number, and says what it takes if it is another."""
    def convert(text):
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not fits(value):
            raise argparse.ArgumentTypeError(
                both("bad_argument", name=option, got=repr(text), takes=takes))
        return value

    return convert


def at_least_one(option):
    """The number of an option that counts something."""
    return number(option, int, lambda n: n >= 1, "1, 2, 3, ...")


def available_device(text):
    """A device that this computer has. Looks only: using it would take memory of a GPU."""
    there = {"cpu": 1, "cuda": torch.cuda.device_count(),
             "mps": int(torch.backends.mps.is_available())}
    kind, _, index = text.partition(":")
    if int(index) >= there.get(kind, 0) if index.isdecimal() else index or not there.get(kind):
        takes = ", ".join(name for name, count in there.items() if count)
        raise argparse.ArgumentTypeError(
            both("bad_argument", name="--device", got=repr(text), takes=takes))
    return text


def command_line():
    """The parser of all options."""
    parser = argparse.ArgumentParser("python -m helpers.train", description=both("train_about"),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--data", default="drawn", help=words("train_help_data"))
    add("--model", choices=MODELS, default="autoencoder")
    add("--epochs", type=at_least_one("--epochs"), default=10)
    add("--batch-size", type=at_least_one("--batch-size"), default=32,
        help=words("train_help_batch"))
    add("--lr", default=0.001,
        type=number("--lr", float, lambda rate: 0 < rate < math.inf, "0 < lr"))
    add("--schedule", choices=("constant", "onecycle"), default="constant",
        help=words("train_help_schedule"))
    add("--size", default=64,  # the model halves it three times
        type=number("--size", int, lambda n: n >= 8 and n % 8 == 0, "8, 16, 24, ..."))
    add("--seed", type=int, default=0)
    add("--device", type=available_device,
        default="cuda" if torch.cuda.is_available() else "cpu")
    add("--dtype", choices=("auto", *DTYPES), default="auto", help=words("train_help_dtype"))
    add("--compile", choices=("auto", "on", "off"), default="auto",
        help=words("train_help_compile"))
    add("--out", type=Path, default=ROOT / "runs" / "train", help=words("train_help_out"))
    add("--every", type=at_least_one("--every"), help=words("train_help_every"))
    return parser


def find_pictures(data, split, size):
    """The path of the .npy file with the pictures that `--data` names."""
    name, _, number = data.partition(":")
    if name == "drawn" and not Path(data).is_dir():
        if number and not number.isdecimal():
            raise CourseError(both("bad_argument", name="--data", got=data, takes="drawn:N"))
        n = int(number) if number else NUM_SYNTHETIC["train"]
        return open_drawn(n if split == "train" else max(1, n // 5), split, size)
    folder = find_lfw() if data == "lfw" else Path(data)
    if folder is None:
        raise CourseError(both("data_no_lfw"))
    return open_folder(folder, split, size)


def prepare_data(options, device):
    """Batches to train on and to test on, of which this process takes its share.

    On each machine one process decodes the pictures; the others wait, then find the file.
    """
    first = os.environ.get("LOCAL_RANK", "0") == "0"
    paths, problem = {}, None
    for turn in (first, not first):
        if turn:
            try:
                paths = {split: find_pictures(options.data, split, options.size)
                         for split in ("train", "test")}
            except (CourseError, OSError, ValueError) as error:
                problem = str(error)
        if problems := [text for text in from_all(problem) if text]:
            raise CourseError(problems[0])  # in every process, or the others wait for ever
    rank, count = rank_and_count()
    if options.batch_size < count:
        raise CourseError(both("train_batch_too_small", batch_size=options.batch_size, count=count))
    if device.type == "cuda":  # its own memory is quicker, if there is room; a CPU's is the file
        free, _ = torch.cuda.mem_get_info(device)
        if sum(path.stat().st_size for path in paths.values()) < free / 4:
            paths = {split: np.load(path) for split, path in paths.items()}
    share = dict(batch_size=options.batch_size, device=device, rank=rank, count=count)
    loaders = (Batches(paths["train"], shuffle=True, seed=options.seed, **share),
               Batches(paths["test"], **share))
    if len(set(from_all(" ".join(loader.fingerprint() for loader in loaders)))) > 1:
        raise CourseError(both("train_other_pictures", data=options.data))
    return loaders


def prepare_model(options, device, loader):
    """The model, on the device and quick, and the number format to compute in.

    The same parameters in every process: the seed decides, and DistributedDataParallel copies
    those of the first.
    """
    torch.manual_seed(options.seed)
    model = quicken(MODELS[options.model](), device)
    if options.dtype == "auto":
        x = next(iter(loader))[0]
        dtype = from_first(lambda: quickest_dtype(model, x, nn.BCELoss()))
    else:
        dtype = DTYPES[options.dtype]
    torch.manual_seed(options.seed + rank_and_count()[0])  # own random numbers, such as dropout's
    triton = importlib.util.find_spec("triton") and (shutil.which("cc") or shutil.which("gcc"))
    if options.compile == "on" or options.compile == "auto" and device.type == "cuda" and triton:
        model.compile(mode="reduce-overhead", dynamic=False)
    if rank_and_count()[1] > 1:
        model = DistributedDataParallel(model, gradient_as_bucket_view=True)
    return model, dtype


def train(options, device):
    """Trains; the first process prints, and writes history.json beside the checkpoint."""
    out = options.out.absolute()

    def make_folder():
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CourseError(both("train_no_folder", folder=out, error=error)) from error

    from_first(make_folder)
    keep_freed_memory()
    loader, test_loader = prepare_data(options, device)
    model, dtype = prepare_model(options, device, loader)
    optimizer = torch.optim.Adam(model.parameters(), lr=options.lr, fused=True)
    schedule = None
    if options.schedule == "onecycle":
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.lr,
                                                       total_steps=options.epochs * len(loader))
    rank, count = rank_and_count()
    if rank == 0:
        print(f"{len(loader.dataset):,} pictures to train on, {len(test_loader.dataset):,} to test "
              f"on; processes: {count}, device: {device.type}, {str(dtype).removeprefix('torch.')}")
    began = time.perf_counter()
    history = fit(model, loader, test_loader, nn.BCELoss(), optimizer, options.epochs, device,
                  dtype=dtype, schedule=schedule, checkpoint=out / "checkpoint.pt",
                  every=options.every,
                  settings={"data": loader.fingerprint(), "seed": options.seed})
    if rank == 0:
        (out / "history.json").write_text(json.dumps(history, indent=1), encoding="utf-8")
        print(f"{time.perf_counter() - began:.1f} s; {out}")


def main(arguments=None):
    """Trains as the command line says; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Chinese must not crash a Western Windows console
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = command_line().parse_args(arguments)
    try:
        with joined(options.device) as device:
            train(options, device)
    except CourseError as error:  # it says itself what to do
        if os.environ.get("RANK", "0") == "0":
            print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        if os.environ.get("RANK", "0") == "0":
            print()
            say("train_stopped")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
