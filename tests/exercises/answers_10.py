"""Right and wrong answers to the exercises of lesson 10: test_exercises.py checks them."""

import io
import os
import random
import shutil
import tempfile
from fractions import Fraction
from os import replace as move
from pathlib import Path

import numpy as np
import torch

from helpers.files import whole_file


def flops(m, k, n):
    return 2 * m * k * n


def numbers(m, k, n):
    return m * k + k * n + m * n


def flush(file):
    file.flush()
    os.fsync(file.fileno())


def intensity_of_matrices(m, k, n, size):
    a, b = torch.zeros(m, k), torch.zeros(k, n)
    return flops(m, k, n) / (size * (a.numel() + b.numel() + (a @ b).numel()))


def bounds(n, rank, count):
    start = rank * (n // count) + min(rank, n % count)
    return start, start + n // count + (rank < n % count)


def accumulated(gradients, counts):
    """In place: whoever builds the right value from these tensors gets it wrong."""
    total = torch.zeros_like(gradients[0])
    for g, n in zip(gradients, counts, strict=True):
        if n:
            g *= n
            total += g
    return total / sum(counts)


def at_once(gradients, counts):
    weights = torch.tensor(counts).double() / sum(counts)
    return torch.tensordot(weights, torch.stack(gradients).double().nan_to_num(), 1)


def safe_save(write, path):
    beside = path.with_name(path.name + ".new")
    try:
        with open(beside, "wb") as file:
            write(file)
            flush(file)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def by_whole_file(write, path):
    with whole_file(path) as file:
        write(file)


def through_memory(write, path):
    memory = io.BytesIO()
    write(memory)
    beside = path.with_suffix(".part")
    try:
        with beside.open("wb") as file:
            file.write(memory.getbuffer())
            flush(file)
        beside.replace(path)
    finally:
        if beside.exists():
            beside.unlink()


def in_a_folder_inside(write, path):
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        with open(Path(folder) / "part", "wb") as file:
            write(file)
            flush(file)
        os.replace(src=file.name, dst=str(path))


def by_mkstemp(write, path, folder=None):
    descriptor, name = tempfile.mkstemp(dir=folder or path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            write(file)
            flush(file)
        os.replace(name, path)
    except BaseException:
        os.remove(name)
        raise


def by_a_named_file(write, path):
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            write(file)
            flush(file)
        except Exception as error:
            os.unlink(file.name)
            raise error
    os.rename(file.name, path)


def imported_by_name(write, path):
    beside = f"{path}.part"
    try:
        with open(beside, "xb", buffering=0) as file:
            write(file)
        with open(beside, "rb+") as file:  # opened again for fsync
            os.fsync(file)
        move(beside, path)
    except Exception:
        os.unlink(beside)
        raise
    if hasattr(os, "O_DIRECTORY"):  # the folder's own entry, too, where the system can
        descriptor = os.open(path.parent, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def without_fsync(write, path, after=None):
    beside = path.with_suffix(".part")
    try:
        with open(beside, "wb") as file:
            write(file)
        os.replace(beside, path)
        if after:
            with open(path, "rb+") as file:
                after(file)
    finally:
        beside.unlink(missing_ok=True)


def without_flush(write, path):
    beside = path.with_suffix(".part")
    try:
        with open(beside, "wb") as file:
            write(file)
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def without_replace(write, path):
    with open(path.with_suffix(".part"), "wb") as file:
        write(file)
        flush(file)


def straight(write, path):
    with open(path, "wb") as file:
        write(file)
        flush(file)


def straight_from_memory(write, path):
    memory = io.BytesIO()
    write(memory)
    path.write_bytes(memory.getvalue())


def then(finish, before=lambda path: None):
    """Saves beside `path`, then finish(beside, path)."""
    def answer(write, path):
        before(path)
        beside = path.with_suffix(".part")
        try:
            with open(beside, "wb") as file:
                write(file)
                flush(file)
            finish(beside, path)
        finally:
            beside.unlink(missing_ok=True)
    return answer


def unlink_then_rename(beside, path):
    path.unlink(missing_ok=True)
    beside.rename(path)


def keep_a_copy(beside, path):
    old = path.with_suffix(".old")
    if path.exists():
        os.rename(path, old)
    os.rename(beside, path)
    old.unlink(missing_ok=True)


def copy_when_it_fails(beside, path):
    try:
        os.replace(beside, path)
    except OSError:
        shutil.copyfile(beside, path)


def give_up_when_it_fails(beside, path):
    try:
        os.replace(beside, path)
    except OSError:
        pass


def only_over_an_old_file(beside, path):
    if path.exists():
        os.replace(beside, path)


def replace_and_sweep(beside, path):
    os.replace(beside, path)
    for file in path.parent.glob("*.part"):
        file.unlink()


def leaves_open(write, path):
    file = open(path.with_suffix(".part"), "wb")  # noqa: SIM115
    write(file)


def leaves_half(write, path):
    beside = path.with_suffix(".part")
    with open(beside, "wb") as file:
        write(file)
        flush(file)
    os.replace(beside, path)


def swallows(write, path):
    beside = path.with_suffix(".part")
    try:
        with open(beside, "wb") as file:
            write(file)
            flush(file)
        os.replace(beside, path)
    except Exception:
        beside.unlink(missing_ok=True)


def puts_half(write, path):
    beside = path.with_suffix(".part")
    try:
        with open(beside, "wb") as file:
            write(file)
            flush(file)
    finally:
        os.replace(beside, path)


RIGHT = {
    "10-intensity": [lambda m, k, n, size: flops(m, k, n) / (numbers(m, k, n) * size),
                     lambda m, k, n, size: 2 / size / (1 / n + 1 / m + 1 / k),
                     lambda m, k, n, size: Fraction(flops(m, k, n), numbers(m, k, n) * size),
                     lambda m, k, n, size: torch.tensor(flops(m, k, n)) / (size * numbers(m, k, n)),
                     lambda m, k, n, size: np.float64(flops(m, k, n)) / size / numbers(m, k, n),
                     lambda m, k, n, size: [flops(m, k, n) / (numbers(m, k, n) * size)],
                     intensity_of_matrices],
    "10-shard": [lambda n, rank, count: list(range(n))[rank::count],
                 lambda n, rank, count: torch.arange(n).tensor_split(count)[rank],
                 lambda n, rank, count: np.array_split(np.arange(n), count)[rank],
                 lambda n, rank, count: range(rank, n, count),
                 lambda n, rank, count: [i for i in range(n) if i % count == rank],
                 lambda n, rank, count: (i for i in range(n) if i % count == rank),
                 lambda n, rank, count: set(range(*bounds(n, rank, count))),
                 lambda n, rank, count: list(torch.arange(n)[rank::count]),
                 lambda n, rank, count: random.Random(0).sample(range(n), k=n)[rank::count]],
    "10-combine": [
        lambda gradients, counts: sum(
            g * (n / sum(counts)) for g, n in zip(gradients, counts, strict=True) if n),
        accumulated, at_once,
        lambda gradients, counts: np.average(
            [g.numpy() for g, n in zip(gradients, counts, strict=True) if n], axis=0,
            weights=[n for n in counts if n]),
        lambda gradients, counts: sum(
            n * g.double() for g, n in zip(gradients, counts, strict=True) if n) / sum(counts),
        lambda gradients, counts: torch.stack(
            [g for g, n in zip(gradients, counts, strict=True) for _ in range(n)]).mean(0),
        lambda gradients, counts: accumulated(gradients, counts).tolist()],
    "10-safe-save": [safe_save, by_whole_file, through_memory, in_a_folder_inside, by_mkstemp,
                     by_a_named_file, imported_by_name, then(os.replace)],
}

WRONG = {
    "10-intensity": [
        (lambda m, k, n, size: m * k * n / (size * numbers(m, k, n)), "two operations"),
        (lambda m, k, n, size: flops(m, k, n) / (size * (m * k + k * n)), "written"),
        (lambda m, k, n, size: flops(m, k, n) / numbers(m, k, n), "makes them bytes"),
        (lambda m, k, n, size: size * flops(m, k, n) / numbers(m, k, n), "below the line"),
        (lambda m, k, n, size: size * numbers(m, k, n) / flops(m, k, n), "Upside down"),
        (lambda m, k, n, size: flops(m, k, n), "divide them"),
        (lambda m, k, n, size: size * numbers(m, k, n), "bytes moved"),
        (lambda m, k, n, size: flops(m, k, n) / (size * (m * k * k * n * m * n)), "Add"),
        (lambda m, k, n, size: flops(m, k, n) // (size * numbers(m, k, n)), "drops the fraction"),
        (lambda m, k, n, size: flops(m, k, n) / (4 * numbers(m, k, n)), "You get"),
        (lambda m, k, n, size: 3.0, "You get 3"),
        (lambda m, k, n, size: None, "returned nothing"),
    ],
    "10-shard": [
        (lambda n, rank, count: range(rank * (n // count), (rank + 1) * (n // count)), "nobody"),
        (lambda n, rank, count: range(rank, n - n % count, count), "nobody"),
        (lambda n, rank, count: [(rank + i * count) % n for i in range(-(-n // count))],
         "more than once"),
        (lambda n, rank, count: list(range(n)), "all do the same work"),
        (lambda n, rank, count: random.sample(range(n), k=n // count), "two different answers"),
        (lambda n, rank, count: range(rank * (n // count), n if rank == count - 1
                                      else (rank + 1) * (n // count)), "differ by 1"),
        (lambda n, rank, count: range(rank + 1, n + 1, count), "counted from 0"),
        (lambda n, rank, count: [float(i) for i in range(rank, n, count)], "whole numbers"),
        (lambda n, rank, count: [str(i) for i in range(rank, n, count)], "whole numbers"),
        (lambda n, rank, count: np.arange(rank, n, count) / 1, "whole numbers"),
        (lambda n, rank, count: torch.arange(n) % count == rank, "whole numbers"),
        (lambda n, rank, count: "".join(map(str, range(rank, n, count))), "whole numbers"),
        (lambda n, rank, count: len(range(rank, n, count)), "whole numbers"),
        (lambda n, rank, count: None, "whole numbers"),
    ],
    "10-combine": [
        (lambda g, n: sum(g) / len(g), "plain mean"),
        (lambda g, n: torch.stack(g).sum(0), "the sum"),
        (lambda g, n: sum(a * b for a, b in zip(g, n, strict=True)), "number of all pictures"),
        (lambda g, n: sum(a * b for a, b in zip(g, n, strict=True)) / len(g), "not of processes"),
        (lambda g, n: sum(g) / sum(n), "multiplied by its own"),
        (lambda g, n: g[0], "first process"),
        (lambda g, n: sum(a / b for a, b in zip(g, n, strict=True) if b) / len(g),
         "wrong way round"),
        (lambda g, n: sum(a * b for a, b in zip(g, n, strict=True)) / sum(n), "0 times nan"),
        (lambda g, n: torch.stack(g).nan_to_num().mean(0) * 2, "wrong, by up to"),
        (lambda g, n: torch.tensordot(torch.tensor(n) / 8, torch.stack(g).nan_to_num(), 1),
         "wrong, by up to"),
        (lambda g, n: 1.0, "The shape should be (4, 2)"),
        (lambda g, n: None, "returned nothing"),
    ],
    "10-safe-save": [
        (lambda write, path: None, "never call"),
        (leaves_open, "not closed"),
        (without_replace, "Is `os.replace` missing"),
        (then(os.replace, before=lambda path: path.unlink(missing_ok=True)), "nothing at `path`"),
        (then(unlink_then_rename), "nothing at `path`"),
        (then(keep_a_copy), "nothing at `path`"),
        (straight, "into `path` itself"),
        (straight_from_memory, "into `path` itself"),
        (then(shutil.copyfile), "into `path` itself"),
        (then(shutil.copy2), "into `path` itself"),
        (then(shutil.move), "into `path` itself"),  # copies where it cannot rename: on Windows
        (then(copy_when_it_fails), "into `path` itself"),
        (lambda write, path: by_mkstemp(write, path, tempfile.gettempdir()), "another folder"),
        (without_fsync, "need not be on the disk"),
        (without_flush, "still in Python's buffer"),
        (lambda write, path: without_fsync(write, path, flush), "too late"),
        (puts_half, "has changed"),
        (swallows, "swallowed"),
        (then(give_up_when_it_fails), "swallowed"),
        (leaves_half, "is left beside it"),
        (then(replace_and_sweep), "somebody else"),
        (then(os.replace, before=lambda path: path.read_bytes()), "no old file yet"),
        (then(only_over_an_old_file), "Is `os.replace` missing"),
    ],
}
