"""Lesson 10: what batch size, learning rate, number of faces and width do to the loss.

On drawn faces of 32x32 pixels, always lesson 01's network. Trainings that are compared see equally
many pictures, so a larger batch makes fewer steps. The rate rises evenly over the first tenth of
the steps (Goyal et al. 2017) and then stays; "no warm-up" begins with all of it. Losses are nats
above the floor of the BCE, on people never trained on: "valid" to choose by, "test" to report,
both with Student's interval over the seeds. Photographs have no experiment here.
"""

import time

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy

from helpers.faces import draw_faces, sample_factors
from helpers.intervals import over_rounds
from helpers.metrics import bce_floor

SIDE = 32  # pixels
SEEN = 16_384  # pictures that a training sees
LONG = 32_768  # where the number of faces varies
RATES = tuple(0.0005 * 2**n for n in range(8))
SIZES = {16: RATES[:7], 64: RATES[:7], 256: RATES[1:8]}  # rates: both rules are among them
COLD = (RATES[5], RATES[7])  # also without warm-up
FACES, N = (64, 1024, 16_384), 4096
RATE = 0.004  # where the number of faces varies
WIDTHS, WIDTH_RATES = (0.25, 0.5), RATES[2:5]  # 1 is in "batch 16"
JUDGED = 512  # faces to choose by, and to report on
MARKS = [2048, 8192]  # pictures seen: looked at on the way
WEIGHTS = {}


def experiments(faces):
    """Batch sizes with their rates; then faces; then widths. On photographs nothing."""
    if faces == "lfw":
        return {}
    base = {"batch": 16, "warm": 0.1, "seen": SEEN, "faces": N, "width": 1, "marks": []}
    todo = {}
    for size, rates in SIZES.items():
        for rate in rates:
            todo[f"batch {size}, rate {rate}"] = base | {"batch": size, "rate": rate, "seeds": 5}
    for rate in COLD:
        todo[f"batch 256, rate {rate}, no warm-up"] = base | {
            "batch": 256, "rate": rate, "warm": 0, "seeds": 5}
    for n in FACES:
        todo[f"faces {n}"] = base | {"faces": n, "seen": LONG, "marks": MARKS,
                                       "rate": RATE, "seeds": 3}
    for width in WIDTHS:
        for rate in WIDTH_RATES:
            todo[f"width {width}, rate {rate}"] = base | {"width": width, "rate": rate,
                                                          "seeds": 3}
    return todo


def prepare(faces):
    """Pictures (n, 3, 32, 32) in [0, 1]: "train", "valid" and "test", all of other people."""
    drawn = sample_factors(max(FACES) + JUDGED, "train")[0]
    train = as_pictures(draw_faces(drawn, SIDE))
    test = as_pictures(draw_faces(sample_factors(JUDGED, "test")[0], SIDE))
    return {"train": train[:-JUDGED], "valid": train[-JUDGED:], "test": test}


def as_pictures(drawn):
    """uint8 (n, H, W, 3) -> float (n, 3, H, W) in [0, 1], channels last."""
    return torch.from_numpy(drawn).permute(0, 3, 1, 2).float() / 255


def network(width=1):
    """Lesson 01's autoencoder with `width` times as many channels inside."""
    a, b, c = (round(width * channels) for channels in (32, 64, 128))
    half = dict(kernel_size=3, padding=1)
    up = dict(kernel_size=3, stride=2, padding=1, output_padding=1)
    return nn.Sequential(
        nn.Conv2d(3, a, **half), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(a, b, **half), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(b, c, **half), nn.ReLU(), nn.MaxPool2d(2),
        nn.ConvTranspose2d(c, b, **up), nn.ReLU(),
        nn.ConvTranspose2d(b, a, **up), nn.ReLU(),
        nn.ConvTranspose2d(a, 3, **up), nn.Sigmoid(),
    ).to(memory_format=torch.channels_last)


def above_floor(model, x):
    """Nats above the floor of the BCE, on pictures x."""
    with torch.no_grad():
        return binary_cross_entropy(model(x), x).item() - bce_floor(x)


def train(shared, settings, seed, reached=lambda model, seen: None):
    """A network, trained; reached(model, seen) is called after every step."""
    torch.manual_seed(seed)
    model = network(settings["width"])
    x, size, steps = shared["train"][:settings["faces"]], settings["batch"], 0
    optimizer = torch.optim.Adam(model.parameters(), settings["rate"], fused=True)
    last = settings["seen"] // size
    while steps < last:
        for rows in torch.randperm(len(x)).split(size)[:last - steps]:
            steps += 1
            for group in optimizer.param_groups:
                group["lr"] = settings["rate"] * min(1, steps / max(1, settings["warm"] * last))
            part = x[rows]
            optimizer.zero_grad()
            binary_cross_entropy(model(part), part).backward()
            optimizer.step()
            reached(model, steps * size)
    return model


def run(shared, settings, watch):
    """The losses of one experiment after so many pictures seen, each with its interval."""
    found, seeds = {}, settings["seeds"]

    def note(model, seen):
        if seen in (*settings["marks"], settings["seen"]):
            row = found.setdefault(seen, {"valid": [], "test": []})
            for name, losses in row.items():
                losses.append(above_floor(model, shared[name]))

    for seed in range(seeds):
        model = train(shared, settings, seed, note)
        watch(seed + 1, seeds)
    return {f"{seen} seen": {name: {**over_rounds(losses)._asdict(),
                                    "rounds": [round(loss, 6) for loss in losses]}
                             for name, losses in row.items()}
            for seen, row in found.items()} | {
        "parameters": sum(p.numel() for p in model.parameters())}, model


def estimate(shared, settings):
    """Seconds that an experiment would take on this computer, from a few steps."""
    short = settings | {"seen": 8 * settings["batch"]}
    began = time.perf_counter()
    train(shared, short, 0)
    took = time.perf_counter() - began
    return took * settings["seeds"] * settings["seen"] / short["seen"]
