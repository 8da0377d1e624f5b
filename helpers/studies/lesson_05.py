"""Lesson 05: what convolutions know, and which changes make lesson 01's model a good one.

"ladder" experiments change lesson 01's model and recipe at 64x64 (ladder.py); the others compare
networks at 32x32 (small_nets.py). On photographs only the recipe is run, with both codes and one
seed.
"""

import time

import numpy as np
import torch
from torch.nn import functional as F
from torchvision.transforms import ToTensor

from helpers.data import NUM_SYNTHETIC, stack
from helpers.faces import FACTORS, SyntheticFaces
from helpers.intervals import interval
from helpers.metrics import picture_mse
from helpers.studies import ladder, lesson_01, small_nets

SEEDS = (0, 1, 2)
FACES = (50, 200, 800, 1640)
LONGER = (10, 40, 160)  # epochs for a code of 512 numbers
PATCH = 8  # pixels: PCA of patches has as many positions as the networks' codes
HUES = ("background_hue", "clothes_hue")  # circular: no regression of one number
WEIGHTS = {"05_recipe": "recipe, seed 0", "05_recipe_512": f"recipe, code 512, {LONGER[-1]} epochs"}


def experiments(faces):
    """The ladder, then what only drawn faces can tell."""
    recipe = list(ladder.RECIPE)
    step = dict(kind="ladder", code=8192, epochs=10)
    scheduled = {"rate": ladder.RATE}
    todo = {"PCA of patches": {"kind": "patches"}}
    if faces == "lfw":
        todo["recipe, seed 0"] = step | scheduled | {"changes": recipe, "seed": 0}
        todo["recipe, code 512, seed 0"] = step | scheduled | {"changes": recipe, "seed": 0,
                                                               "code": 512}
        return todo
    ways = {"lesson 01": []} | {f"only {name}": [name] for name in ladder.CHANGES}
    ways |= {"recipe": recipe, "recipe + norm": [*recipe, "norm"]}
    ways |= {f"without {name}": [c for c in recipe if c != name] for name in recipe}
    for seed in SEEDS:
        for name, changes in ways.items():
            more = scheduled if "schedule" in changes else {}
            if name in ("lesson 01", "only kernel", "only resize", "recipe"):
                more = more | {"curve": "windowed"}
            todo[f"{name}, seed {seed}"] = step | {"changes": changes, "seed": seed} | more
        for name in ([], ["view"]):  # beside those with 8,192 numbers
            todo[f"{'view, ' * bool(name)}code 512, seed {seed}"] = step | {
                "changes": name, "seed": seed, "code": 512}
        todo[f"recipe, code 512, seed {seed}"] = step | scheduled | {
            "changes": recipe, "seed": seed, "code": 512}
    for epochs in LONGER[1:]:
        todo[f"recipe, code 512, {epochs} epochs"] = step | scheduled | {
            "changes": recipe, "seed": 0, "code": 512, "epochs": epochs}
    return todo | _small()


def _small():
    todo, rates = {}, small_nets.RATE

    def add(name, kind, net, seeds=SEEDS, **more):
        for seed in seeds:
            todo[f"{name}, seed {seed}"] = {"kind": kind, "net": net, "seed": seed, **more}

    for net in rates:
        for rate in small_nets.RATES:
            valid = {"kind": "net", "net": net, "faces": FACES[-1], "seed": 0, "rate": rate,
                     "validate": True}
            todo[f"{net}, rate {rate}"] = valid
            if net in small_nets.PERMUTED_RATE:
                todo[f"{net}, permuted, rate {rate}"] = valid | {"permuted": True}
    for net in ("PCA", *rates):
        more = dict(seeds=SEEDS[:1]) if net == "PCA" else dict(rate=rates[net])
        for n in FACES:
            add(f"{net}, {n} faces", "net", net, faces=n, **more)
        add(f"{net}, heads", "heads", net, **more)
        if net in small_nets.PERMUTED_RATE:
            more["rate"] = small_nets.PERMUTED_RATE[net]
        add(f"{net}, permuted", "net", net, faces=FACES[-1], permuted=True, **more)
    for net, rate in small_nets.BLOCK_RATE.items():  # beside "convolutional, 1640 faces"
        for other in small_nets.RATES:
            todo[f"{net}, rate {other}"] = {"kind": "net", "net": net, "faces": FACES[-1],
                                            "seed": 0, "rate": other, "validate": True}
        add(f"{net}, {FACES[-1]} faces", "net", net, faces=FACES[-1], rate=rate,
            beside="convolutional")
    for name in ("no skips", "skips"):
        add(name, "skips", name, rate=rates["convolutional"])
    return todo


def prepare(faces):
    """The pictures of lesson 01, at 64x64; of drawn faces also those at 32x32, with factors."""
    shared = lesson_01.prepare(faces)
    if faces == "lfw":
        return shared

    def draw(split, **ranges):
        drawn = SyntheticFaces(split, NUM_SYNTHETIC[split], 32, ranges=ranges,
                               transform=ToTensor())
        names = [name for name in FACTORS if name not in HUES]
        return stack(drawn), np.stack([drawn.factors[name] for name in names], 1)

    small = {"people": shared["people"]}
    for split in ("train", "test"):
        small[f"x_{split}"], small[f"f_{split}"] = draw(split)
    left, right = dict(x=(-0.4, -0.2)), dict(x=(0.2, 0.4))
    small["heads"] = {"train": draw("train", **left)[0], "left": draw("test", **left)[0],
                      "right": draw("test", **right)[0]}
    return shared | {"small": small}


build = ladder.build  # of the experiments that WEIGHTS names


def score(shared, model):
    """What a model of the ladder reaches on the test pictures, with its interval."""
    error = picture_mse(shared["x_test"], ladder.pictures(model, shared["x_test"]))
    return {"test_psnr": interval(error, shared["people"], "psnr")._asdict()}


def run(shared, settings, watch):
    """The results of one experiment, and its model."""
    if settings["kind"] == "patches":
        return {"components": patch_scores(shared)}, None
    if settings["kind"] == "ladder":
        return ladder.run(shared, settings, watch)
    ask = {"net": small_nets.run_net, "heads": small_nets.run_heads,
           "skips": small_nets.run_skips}[settings["kind"]]
    return ask(shared["small"], settings, watch)


def patch_scores(shared):
    """PSNR of PCA fitted to patches of 8x8 pixels: {numbers a picture: scores}."""
    def cut(x):  # (N, 3, 64, 64) -> (N, 64, 192)
        return F.unfold(x, PATCH, stride=PATCH).transpose(1, 2)

    x_test = shared["x_test"]
    rows = cut(shared["x_train"]).flatten(0, 1).double()
    mean = rows.mean(0)
    _, vectors = torch.linalg.eigh((rows - mean).T @ (rows - mean))
    vectors, found = vectors.flip(1), {}
    for k in (8, 32, 128):
        axes = vectors[:, :k]
        y = ((cut(x_test).double() - mean) @ axes @ axes.T + mean).float().transpose(1, 2)
        y = F.fold(y, x_test.shape[2], PATCH, stride=PATCH).clamp(0, 1)
        found[str(k * 64)] = {"test_psnr": interval(picture_mse(x_test, y), shared["people"],
                                                    "psnr")._asdict()}
    return found


def estimate(shared, settings):
    """Seconds that an experiment would take on this computer, from two timed steps."""
    if settings["kind"] == "patches" or settings.get("net") == "PCA":
        return 5.0
    times = []
    if settings["kind"] == "ladder":
        x, model = shared["x_train"], ladder.build(settings)
        size = ladder.BATCH if "batch" in settings["changes"] else 32
        for _ in range(3):
            times.append(ladder.train(model, x[:2 * size], settings["changes"], 1))
        return min(times[1:]) / 2 * settings["epochs"] * len(x) / size
    x = shared["small"]["x_train"]
    torch.manual_seed(0)
    model = small_nets.NETS.get(settings["net"], small_nets.convolutional)()
    for _ in range(3):
        began = time.perf_counter()
        small_nets.train(model, x, 1e-9, steps=2)
        times.append(time.perf_counter() - began)
    return min(times[1:]) / 2 * small_nets.STEPS
