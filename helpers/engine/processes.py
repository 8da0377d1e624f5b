"""The processes of one training, started by torchrun; torch.distributed connects them."""

import contextlib
import datetime
import gc
import os
import sys
import time
import uuid

import torch
from torch import distributed as dist

from helpers.messages import CourseError, both

PATIENCE = datetime.timedelta(hours=2)  # the first process may be decoding a million pictures
AGREEMENT = datetime.timedelta(minutes=5)  # all start at once; some import more slowly


def rank_and_count():
    """(number of this process, from 0, and how many there are): (0, 1) without torchrun."""
    if dist.is_available() and dist.is_initialized():
        return dist.get_rank(), dist.get_world_size()
    return 0, 1


def agree_on_name(store, rank, count, patience=AGREEMENT):
    """A name that this start of the processes has in common, and that no earlier start had.

    torchrun keeps its store when it starts killed workers again, and gloo would wait for the
    addresses that the old ones left in it. Each node counts its own restarts, so their number is
    no common name. Here the first process proposes one, and says whom it heard answer.
    Raises CourseError where that takes longer than `patience`: some process never came.
    """
    me, deadline = uuid.uuid4().hex, time.monotonic() + patience.total_seconds()
    if rank == 0:
        store.set("proposal", me)
    while time.monotonic() < deadline:
        if rank == 0:
            answers = [f"{me} {other}" for other in range(1, count)]
            if not answers or store.check(answers):
                store.set(f"{me} heard", " ".join(store.get(key).decode() for key in answers))
                return me
        elif store.check(["proposal"]):
            name = store.get("proposal").decode()  # perhaps still of an earlier start
            store.set(f"{name} {rank}", me)
            if store.check([f"{name} heard"]) and me in store.get(f"{name} heard").decode():
                return name
        time.sleep(0.05)
    raise CourseError(both("processes_missing", count=count, seconds=int(patience.total_seconds())))


@contextlib.contextmanager
def joined(device="cpu"):
    """Joins the processes that torchrun started, nccl on GPUs, gloo elsewhere; leaves at the end.

    Without torchrun nothing happens. Gives the device of this process: each takes its own GPU.
    Raises CourseError where there are fewer GPUs than processes, where `device` names one GPU for
    all, or where some process never comes.
    """
    device = torch.device(device)
    if not dist.is_available() or not dist.is_torchelastic_launched():
        if device.type == "cuda" and device.index is not None:
            torch.cuda.set_device(device)
        yield device
        return
    if sys.platform == "win32":  # PyTorch for Windows is built without libuv
        os.environ.setdefault("USE_LIBUV", "0")
    if device.type == "cuda":
        here, gpus = int(os.environ["LOCAL_WORLD_SIZE"]), torch.cuda.device_count()
        if here > gpus:
            raise CourseError(both("processes_too_many", here=here, gpus=gpus))
        if device.index is not None:
            raise CourseError(both("bad_argument", name="--device", got=device, takes="cuda"))
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    store, rank, count = next(dist.rendezvous("env://", timeout=PATIENCE))
    store = dist.PrefixStore(agree_on_name(store, rank, count), store)
    backend = "nccl" if device.type == "cuda" else "gloo"
    dist.init_process_group(backend, store=store, rank=rank, world_size=count, timeout=PATIENCE)
    try:
        yield device
        gc.collect()  # a model that is still held would keep gloo's threads beyond the end
        dist.barrier()  # all leave together: gloo aborts where the others are gone already
    finally:
        dist.destroy_process_group()


def sum_over_processes(numbers):
    """The tensor `numbers`, added up over all processes, in place; returns it."""
    if rank_and_count()[1] > 1:
        there = numbers.cuda() if dist.get_backend() == "nccl" else numbers
        dist.all_reduce(there)
        numbers.copy_(there)
    return numbers


def from_all(thing):
    """A list of what each process passes, in the order of their numbers."""
    _, count = rank_and_count()
    if count == 1:
        return [thing]
    things = [None] * count
    dist.all_gather_object(things, thing)
    return things


def from_first(make):
    """What `make()` returns in the first process, in all of them; so is a CourseError it raises."""
    rank, count = rank_and_count()
    if count == 1:
        return make()
    result = [None, None]
    if rank == 0:
        try:
            result[0] = make()
        except CourseError as error:
            result[1] = str(error)
    dist.broadcast_object_list(result, src=0)
    if result[1] is not None:
        raise CourseError(result[1])
    return result[0]
