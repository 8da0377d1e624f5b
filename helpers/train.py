"""Long training from the command line, in one process or in many.

    python -m helpers.train --data FOLDER --epochs 10
    torchrun --nproc-per-node=2 -m helpers.train --data FOLDER --epochs 10
"""

import contextlib
import json
import os
import socket
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock, Timeout
from torch.nn.parallel import DistributedDataParallel

from helpers.engine import loop
from helpers.engine.batches import Batches
from helpers.engine.checkpoints import load
from helpers.engine.options import DTYPES, MODELS, build, read
from helpers.engine.processes import from_all, from_first, joined, rank_and_count
from helpers.engine.sources import find_pictures, lasting_name
from helpers.engine.speed import (
    imitates_bfloat16,
    keep_freed_memory,
    quicken,
    quickest_dtype,
)
from helpers.faults import exit_code
from helpers.files import whole_file, write_text
from helpers.messages import CourseError, both, say, speak_utf8
from helpers.threads import share_cores


def prepare_data(options, device):
    """Batches to train on and to test on, of which this process takes its share.

    On each machine one process decodes the pictures; the others wait, then find the file.
    """
    first = os.environ.get("LOCAL_RANK", "0") == "0"
    paths, problem = {}, None
    for turn in (first, not first):
        if turn:
            try:
                paths = find_pictures(options.data, options.size)
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


def prepare_model(options, device, loader, checkpoint):
    """The model, on the device and quick, and the number format to compute in.

    The same parameters in every process: the seed decides, and DistributedDataParallel copies
    those of the first. A training that goes on keeps the format it began with.
    """
    torch.manual_seed(options.seed)
    model = quicken(build(options), device)
    if options.dtype == "auto":
        x = next(iter(loader))[0]

        def choose():
            begun = (load(checkpoint) or {}).get("belongs", {}).get("dtype")
            return DTYPES.get(begun) or quickest_dtype(
                model, x, MODELS[options.model].loss)

        dtype = from_first(choose)
    else:
        dtype = DTYPES[options.dtype]
        if dtype == torch.bfloat16 and device.type == "cpu" and imitates_bfloat16():
            say("train_imitated")
    torch.manual_seed(options.seed + rank_and_count()[0])  # own random numbers, such as dropout's
    if options.compile:
        model.compile(dynamic=False)
    if rank_and_count()[1] > 1:
        model = DistributedDataParallel(model, gradient_as_bucket_view=True)
    return model, dtype


def train(options, device):
    """Trains; the first process prints, and writes history.json beside the checkpoint."""
    out = options.out.expanduser().absolute()
    checkpoint = out / "checkpoint.pt"

    def make_folder():
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CourseError(both("train_no_folder", folder=out, error=error)) from error

    from_first(make_folder)
    with alone(out):
        run(options, device, out, checkpoint)


@contextlib.contextmanager
def alone(out):
    """Keeps other trainings out of the folder `out` until the block ends, or its process.

    Raises CourseError, in all processes, where one is in there already, and says which.
    """
    lock, who = FileLock(out / "training.lock"), out / "training.txt"

    def take():
        try:
            lock.acquire(timeout=0)
        except Timeout:
            holder = who.read_text(encoding="utf-8").strip() if who.is_file() else "?"
            raise CourseError(both("train_in_use", out=out, who=holder)) from None
        except OSError as error:
            raise CourseError(both("train_no_folder", folder=out, error=error)) from error
        with contextlib.suppress(OSError):  # a full disk is somebody else's to say
            write_text(who, f"PID {os.getpid()}, {socket.gethostname()}, {time.strftime('%H:%M')}")

    from_first(take)
    try:
        yield
    finally:
        lock.release()  # harmless in the processes that never took it


def run(options, device, out, checkpoint):
    """Trains in a folder that nobody else uses."""
    keep_freed_memory()
    share_cores()
    batches, test_batches = prepare_data(options, device)
    model, dtype = prepare_model(options, device, batches, checkpoint)
    dtype_name = str(dtype).removeprefix("torch.")
    rate = options.new_lr or options.lr
    optimizer = torch.optim.Adam(model.parameters(), lr=rate, fused=True)
    schedule = None
    if options.schedule == "onecycle":
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate,
                                                       total_steps=options.epochs * len(batches))
    rank, count = rank_and_count()
    if rank == 0:
        print(f"{len(batches.dataset):,} pictures to train on, {len(test_batches.dataset):,} to "
              f"test on; processes: {count}, device: {device.type}, {dtype_name}")
    began = time.perf_counter()
    about = from_first(lambda: about_run(options))
    history = loop.train(
        model, batches, test_batches, MODELS[options.model].loss, optimizer, options.epochs,
        dtype=dtype, schedule=schedule, checkpoint=checkpoint, every=options.every, replay=True,
        about=about, new_rate=bool(options.new_lr),
        settings={"data": batches.fingerprint(), "seed": options.seed, "dtype": dtype_name})
    from_first(lambda: keep_results(out, checkpoint, model, history, options.epochs))
    if rank == 0:
        print(f"{time.perf_counter() - began:.1f} s; {out}")


def about_run(options):
    """What the checkpoint says besides, so that helpers.sample can build the model again."""
    return {"model": options.model, "code": options.code, "size": options.size,
            "data": lasting_name(options.data)}


def keep_results(out, checkpoint, model, history, epochs):
    """Writes history.json beside the checkpoint, and sees that both are really there.

    What could not be kept goes into the system's temporary folder. Raises CourseError, naming it.
    """
    try:
        write_text(out / "history.json", json.dumps(history, indent=1))
        if (load(checkpoint) or {}).get("epoch") == epochs:
            return
        error = checkpoint.name  # why, loop.train has said
    except (OSError, CourseError) as found:
        error = str(found).splitlines()[0]
    rescue = Path(tempfile.gettempdir()) / f"autoencoder-{time.strftime('%Y%m%d-%H%M%S')}"
    bare = model.module if isinstance(model, DistributedDataParallel) else model
    try:
        with whole_file(rescue / "model.pt") as file:
            torch.save(bare.state_dict(), file)
        write_text(rescue / "history.json", json.dumps(history, indent=1))
    except (OSError, RuntimeError):
        raise CourseError(both("train_lost", out=out, error=error, rescue=rescue)) from None
    raise CourseError(both("train_not_kept", out=out, error=error, rescue=rescue))


def main(arguments=None):
    """Trains as the command line says; returns the exit code."""
    speak_utf8()
    options = read(arguments)

    def work():
        with joined(options.device) as device:
            train(options, device)

    first = os.environ.get("LOCAL_RANK", "0") == "0"  # what is wrong is said once on every computer
    return exit_code(work, stopped="train_stopped", speaks=first)


if __name__ == "__main__":
    sys.exit(main())
