"""Lesson 03's network, trained in five ways with three seeds each, some of them longer as well.

"plain" never sees noise, "without" has no skip connections, the others have them; all but the
first see fresh noise: of strength 0.2, Gaussian ("fixed") or blotchy, or Gaussian of any strength
up to 0.5 ("range"). Scores are of people never seen in training. Lesson 03 trains two of these
itself, and starts from the others. Photographs tell one thing only: what "fixed" loses where faces
stand on their heads.
"""

import time

import torch
from torch import nn
from torchvision.transforms import Compose, Resize, ToTensor

from helpers.corruptions import add_gaussian
from helpers.data import load_faces, stack
from helpers.intervals import interval
from helpers.metrics import picture_mse
from helpers.models import Denoiser
from helpers.training import reconstruct, to_device

SIGMA = 0.2
BATCH_SIZE, RATE = 4, 0.004


def add_blotchy(x, sigma, generator=None):
    """Noise of the same strength that neighbours share: (N, C, H, W) -> the same."""
    noise = add_gaussian(torch.zeros_like(x), 1, generator)
    noise = nn.functional.avg_pool2d(noise, 3, stride=1, padding=1)
    return x + sigma * noise / noise.std()


SPOIL = {
    "clean": lambda x, chosen: x,
    "fixed": lambda x, chosen: add_gaussian(x, SIGMA),
    "range": lambda x, chosen: add_gaussian(x, 0.5 * torch.rand(len(x), 1, 1, 1)),
    "blotchy": lambda x, chosen: add_blotchy(x, SIGMA),
}
WAYS = {  # name: (skips, noise, epochs)
    "plain": (False, "clean", 2),
    "without": (False, "fixed", 4),
    "fixed": (True, "fixed", 4),
    "range": (True, "range", 4),
    "plain, 4 epochs": (False, "clean", 4),
    "blotchy": (True, "blotchy", 4),
    "without, 40 epochs": (False, "fixed", 40),
    "fixed, 40 epochs": (True, "fixed", 40),
}
WEIGHTS = {"03_plain": "plain, seed 1", "03_range": "range, seed 1"}


def experiments(faces):
    """Every way with three seeds; the lesson's own is 1."""
    return {f"{way}, seed {seed}": {"way": way, "seed": seed}
            for way in (WAYS if faces == "synthetic" else ["fixed"]) for seed in (1, 2, 3)}


def prepare(faces):
    """The lesson's pictures: x_train without the last 15 people, x_test (100, 3, 64, 64)."""
    transform = Compose([Resize((64, 64)), ToTensor()])
    train_faces = load_faces("train", faces, transform=transform)
    test_faces = load_faces("test", faces, transform=transform)
    pictures = stack(train_faces, 1640)
    people = torch.as_tensor(train_faces.targets)[:1640]
    return {"x_train": pictures[~torch.isin(people, people.unique()[-15:])],
            "x_test": stack(test_faces, 100), "people": torch.as_tensor(test_faces.targets)[:100]}


def build(settings):
    """The network of an experiment, at its start; the generator goes on from there."""
    skips, _, _ = WAYS[settings["way"]]
    torch.manual_seed(settings["seed"])
    return Denoiser(skips).to(memory_format=torch.channels_last)


def train(model, pictures, spoil, num_epochs, watch=lambda *_: None, size=BATCH_SIZE):
    """Lesson 03's loop: a picture is spoilt anew for every step, and the target is the clean one.

    watch(epoch, loss) is called after every epoch with its mean loss.
    """
    steps = len(pictures) // size
    optimizer = torch.optim.Adam(model.parameters(), RATE, (0.9, 0.98), fused=True)
    plan = dict(max_lr=RATE, total_steps=num_epochs * steps, pct_start=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, **plan)
    for epoch in range(1, num_epochs + 1):
        order, total = torch.randperm(len(pictures)).split(size), 0.0
        for chosen in order[:steps]:
            x = pictures[chosen]
            total += train_step(model, x, spoil(x, chosen), optimizer)
            schedule.step()
        watch(epoch, total / steps)


def train_step(model, x, y, optimizer):
    """One step from the spoilt pictures `y` towards the clean `x`; returns the loss."""
    model.train()
    loss = (model(to_device(y, "cpu")) - x).square().mean()
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.01)
    optimizer.step()
    return loss.item()


def score(shared, model, noise="fixed"):
    """PSNR in dB on clean pictures and on ones with noise of strength 0.2, with intervals.

    And what the latter loses where the same pictures, noise and all, are upside down. noise: the
    kind that the network knows, "blotchy" or a Gaussian one.
    """
    x = shared["x_test"]
    add, seed = (add_blotchy, 9) if noise == "blotchy" else (add_gaussian, 4)  # as the lesson's
    noisy = add(x, SIGMA, torch.Generator().manual_seed(seed))
    errors = {name: picture_mse(x, reconstruct(model, y).clamp(0, 1))
              for name, y in (("clean", x), ("noisy", noisy))}
    upside = picture_mse(x.flip(2), reconstruct(model, noisy.flip(2)).clamp(0, 1))
    found = {f"{name}_psnr": interval(error, shared["people"], "psnr")._asdict()
             for name, error in errors.items()}
    lost = interval(errors["noisy"], shared["people"], "psnr", other=upside)
    return {"test_psnr": found["noisy_psnr"], "clean_psnr": found["clean_psnr"],
            "lost_upside_down": lost._asdict()}


def run(shared, settings, watch):
    """The scores of one experiment, and its model."""
    _, noise, epochs = WAYS[settings["way"]]
    model = build(settings)
    train(model, shared["x_train"], SPOIL[noise], epochs, lambda done, _: watch(done, epochs))
    return score(shared, model, noise), model


def estimate(shared, settings):
    """Seconds, from a few timed steps."""
    model = build(settings)
    optimizer = torch.optim.SGD(model.parameters(), 0.0)
    x = shared["x_train"][:BATCH_SIZE]
    for n in range(12):
        if n == 2:
            began = time.perf_counter()
        train_step(model, x, x, optimizer)
    _, _, epochs = WAYS[settings["way"]]
    return (time.perf_counter() - began) / 10 * epochs * len(shared["x_train"]) / BATCH_SIZE
