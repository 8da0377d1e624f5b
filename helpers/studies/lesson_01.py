"""Lesson 01's network and recipe: what do more epochs, another loss, a smaller code change?

10 and 40 epochs, binary cross-entropy and mean squared error, a code of 8,192 and of 512 numbers,
three seeds each (on photographs one, and 10 epochs); PCA of many sizes beside them. All scores are
of people never seen in training, with intervals over people.
"""

import time

import torch
from sklearn.decomposition import PCA
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torchvision.transforms import Compose, Resize, ToTensor

from helpers.data import load_faces, stack
from helpers.intervals import interval
from helpers.metrics import picture_bce, picture_mse
from helpers.models import Autoencoder
from helpers.training import reconstruct, train_step

EPOCHS = {"synthetic": (10, 40), "lfw": (10,)}
SEEDS = {"synthetic": (0, 1, 2), "lfw": (0,)}
LOSSES = {"bce": nn.BCELoss(), "mse": nn.MSELoss()}
COMPONENTS = (16, 32, 64, 128, 256, 512)
WEIGHTS = {"01_autoencoder": "bce, code 8192, seed 0, 10 epochs"}


def experiments(faces):
    """PCA, then every training, each from its start."""
    todo = {"PCA": {"kind": "PCA"}}
    for code in (8192, 512):
        for loss in LOSSES:
            for seed in SEEDS[faces]:
                for epochs in EPOCHS[faces]:
                    name = f"{loss}, code {code}, seed {seed}, {epochs} epochs"
                    todo[name] = {"kind": "autoencoder", "loss": loss, "code": code,
                                  "seed": seed, "epochs": epochs}
    return todo


def prepare(faces):
    """The pictures, float32 in [0, 1]: x_train and x_test (N, 3, 64, 64); people of the test."""
    transform = Compose([Resize((64, 64)), ToTensor()])
    sets = {split: load_faces(split, faces, transform=transform) for split in ("train", "test")}
    return {"x_train": stack(sets["train"]), "x_test": stack(sets["test"]),
            "people": torch.as_tensor(sets["test"].targets)}


def build(settings):
    """The network of an experiment, at its start; the generator goes on from there."""
    torch.manual_seed(settings["seed"])
    return Autoencoder(settings["code"] // 64).to(memory_format=torch.channels_last)


def score(shared, model):
    """PSNR in dB and BCE above its floor in nats on the test pictures, with their intervals."""
    x, people = shared["x_test"], shared["people"]
    y = reconstruct(model, x)
    excess = picture_bce(x, y) - picture_bce(x, x)
    return {"test_psnr": interval(picture_mse(x, y), people, "psnr")._asdict(),
            "test_bce_above_floor": interval(excess, people)._asdict()}


def run(shared, settings, watch):
    """The scores of one experiment, and its model (None for PCA)."""
    if settings["kind"] == "PCA":
        return {"components": pca_scores(shared, watch)}, None
    model = build(settings)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    loader = DataLoader(TensorDataset(shared["x_train"]), 32, shuffle=True)
    for epoch in range(settings["epochs"]):
        model.train()
        for (x,) in loader:
            train_step(model, x.to(memory_format=torch.channels_last), LOSSES[settings["loss"]],
                       optimizer)
        watch(epoch + 1, settings["epochs"])
    few = slice(None, None, max(1, len(shared["x_train"]) // 400))
    on_train = picture_mse(shared["x_train"][few], reconstruct(model, shared["x_train"][few]))
    return score(shared, model) | {"train_psnr": -10 * on_train.mean().log10().item()}, model


def pca_scores(shared, watch):
    """The PSNR of PCA with 16, 32, ... components: {number: scores}.

    Not its BCE: what PCA makes of dark pixels is negative, and cut to 0 costs up to 100 nats.
    """
    x_train, x_test = (shared[name].flatten(1).numpy() for name in ("x_train", "x_test"))
    pca = PCA(max(COMPONENTS), svd_solver="randomized", random_state=0).fit(x_train)
    z, found = pca.transform(x_test), {}
    for done, k in enumerate(COMPONENTS, 1):
        y = torch.from_numpy(z[:, :k] @ pca.components_[:k] + pca.mean_).float()
        errors = picture_mse(shared["x_test"], y.clamp(0, 1).view_as(shared["x_test"]))
        found[str(k)] = {"test_psnr": interval(errors, shared["people"], "psnr")._asdict()}
        watch(done, len(COMPONENTS))
    return found


def estimate(shared, settings):
    """Seconds, from two timed steps; PCA is a matter of seconds."""
    if settings["kind"] == "PCA":
        return 10.0
    model = build(settings)
    optimizer = torch.optim.SGD(model.parameters(), 0.0)
    x = shared["x_train"][:32].to(memory_format=torch.channels_last)
    times = []
    for _ in range(4):
        began = time.perf_counter()
        train_step(model, x, LOSSES[settings["loss"]], optimizer)
        times.append(time.perf_counter() - began)
    return min(times[2:]) * settings["epochs"] * len(shared["x_train"]) / 32
