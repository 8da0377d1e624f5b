"""Right and wrong answers to the exercises of lesson 10: test_exercises.py checks them."""

import os
import random
import tempfile
from pathlib import Path

import torch


def flops(m, k, n):
    return 2 * m * k * n


def numbers(m, k, n):
    return m * k + k * n + m * n


def safe_save(write, path):
    beside = path.with_name(path.name + ".new")
    try:
        with open(beside, "wb") as file:
            write(file)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def without_replace(write, path):
    with open(path.with_suffix(".part"), "wb") as file:
        write(file)


def straight(write, path):
    with open(path, "wb") as file:
        write(file)


def delete_first(write, path):
    path.unlink(missing_ok=True)
    safe_save(write, path)


def leaves_open(write, path):
    file = open(path.with_suffix(".part"), "wb")  # noqa: SIM115
    write(file)


def leaves_half(write, path):
    beside = path.with_suffix(".part")
    with open(beside, "wb") as file:
        write(file)
    os.replace(beside, path)


def swallows(write, path):
    beside = path.with_suffix(".part")
    try:
        with open(beside, "wb") as file:
            write(file)
        os.replace(beside, path)
    except Exception:
        beside.unlink(missing_ok=True)


def puts_half(write, path):
    beside = path.with_suffix(".part")
    try:
        with open(beside, "wb") as file:
            write(file)
    finally:
        os.replace(beside, path)


def elsewhere(write, path):
    with tempfile.TemporaryDirectory() as folder:
        beside = Path(folder) / "part"
        with open(beside, "wb") as file:
            write(file)
        os.replace(beside, path)


RIGHT = {
    "10-intensity": [lambda m, k, n, size: flops(m, k, n) / (numbers(m, k, n) * size)],
    "10-shard": [lambda n, rank, count: list(range(n))[rank::count],
                 lambda n, rank, count: torch.arange(n).tensor_split(count)[rank]],
    "10-combine": [
        lambda gradients, counts: sum(
            g * (n / sum(counts)) for g, n in zip(gradients, counts, strict=True) if n)],
    "10-safe-save": [safe_save],
}

WRONG = {
    "10-intensity": [
        (lambda m, k, n, size: m * k * n / (size * numbers(m, k, n)), "two operations"),
        (lambda m, k, n, size: flops(m, k, n) / (size * (m * k + k * n)), "written"),
        (lambda m, k, n, size: flops(m, k, n) / numbers(m, k, n), "makes them bytes"),
        (lambda m, k, n, size: size * flops(m, k, n) / numbers(m, k, n), "below the line"),
        (lambda m, k, n, size: size * numbers(m, k, n) / flops(m, k, n), "Upside down"),
        (lambda m, k, n, size: flops(m, k, n), "divide them"),
        (lambda m, k, n, size: flops(m, k, n) / (size * (m * k * k * n * m * n)), "Add"),
        (lambda m, k, n, size: 3.0, "You get 3"),
        (lambda m, k, n, size: None, "NoneType"),
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
        (lambda n, rank, count: None, "list of whole numbers"),
    ],
    "10-combine": [
        (lambda g, n: sum(g) / len(g), "plain mean"),
        (lambda g, n: sum(g), "the sum"),
        (lambda g, n: sum(a * b for a, b in zip(g, n, strict=True)), "number of all pictures"),
        (lambda g, n: sum(a * b for a, b in zip(g, n, strict=True)) / len(g), "not of processes"),
        (lambda g, n: sum(g) / sum(n), "multiplied by its own"),
        (lambda g, n: g[0], "first process"),
        (lambda g, n: sum(a * b for a, b in zip(g, n, strict=True)) / sum(n), "nan"),
        (lambda g, n: torch.stack(g).nan_to_num().mean(0) * 2, "weights of the formula"),
        (lambda g, n: 1.0, "one tensor"),
        (lambda g, n: None, "NoneType"),
    ],
    "10-safe-save": [
        (lambda write, path: None, "never call"),
        (leaves_open, "not closed"),
        (without_replace, "os.replace"),
        (delete_first, "gone already"),
        (straight, "into `path` itself"),
        (elsewhere, "another folder"),
        (puts_half, "has changed"),
        (swallows, "swallowed"),
        (leaves_half, "half a file"),
    ],
}
