"""Lesson 06: variational autoencoders, and what decides whether their units live.

On drawn faces of 32x32 pixels that differ in six factors: how sigma is set, rate and distortion,
sums and means, two causes of collapse and four cures, disentanglement, and a hue that one number
cannot hold. "64": the model that `python -m helpers.train --model vae` trains, on all factors; on
photographs only this one is run.
"""

import time

import numpy as np
import torch
from sklearn.decomposition import PCA
from torchvision.transforms import ToTensor

from helpers.data import NUM_SYNTHETIC, stack
from helpers.faces import SyntheticFaces, only
from helpers.intervals import interval
from helpers.metrics import picture_mse
from helpers.studies import disentangled, lesson_01, vaes

SEEDS = (0, 1, 2)
SIGMAS = (1, 0.5, 0.25, 0.12, 0.06, 0.03, 0.015)
PCA_STEPS = (16, 8, 4, 2, 1, 0.5, 0.25)
LOSSES = ("squared error + KL", "mean over pixels", "all means")
LOSS_RATE = {"mean over pixels": 0.002, "all means": 0.002}  # the first diverges at 0.006
CAUSES = {"sigma 1": {"sigma": 1}, "neighbours": {"sigma": 1, "model": "sees neighbours"}}
CURES = {"warm-up": {"warm": vaes.STEPS // 2}, "free bits": {"free": 0.25},
         "learned sigma": {"sigma": "learned"}}
WEAKER = {"sigma 1": {"model": "linear decoder"}, "neighbours": {"model": "sees few neighbours"}}
LONG = 4000  # steps
SAMPLES = "and PSNR of draws"  # what is asked of random codes
EPOCHS = 10  # at 64x64
WEIGHTS = {"06_vae": f"learned, {LONG} steps", "06_unit": "sigma 1, seed 0",
           "06_plain": f"plain, {LONG} steps"}


def experiments(faces):
    """All of the above; on photographs the model of 64x64 pixels."""
    at_64 = {"64": {"kind": "64", "seed": 0, "code": 64, "size": 64, "epochs": EPOCHS,
                    "rate": 0.002, "batch": 8}}
    if faces == "lfw":
        return at_64
    todo = {}
    for rate in vaes.RATES:
        todo[f"rate {rate}"] = {"kind": "rate", "rate": rate, "seed": 0}
    for seed in range(5):  # five for disentanglement
        more = {"probe": True, "samples": SAMPLES if seed in SEEDS else None}
        todo[f"learned, seed {seed}"] = {"kind": "vae", "seed": seed, **more}
        todo[f"sigma 0.12, seed {seed}"] = {"kind": "vae", "seed": seed, "sigma": 0.12, **more}
    for seed in SEEDS:
        for sigma in SIGMAS:
            todo.setdefault(f"sigma {sigma}, seed {seed}",
                            {"kind": "vae", "seed": seed, "sigma": sigma, "samples": SAMPLES})
        for loss in LOSSES:
            todo[f"{loss}, seed {seed}"] = {"kind": "vae", "seed": seed, "loss": loss,
                                            "rate": LOSS_RATE.get(loss, vaes.RATE)}
        for cause, settings in CAUSES.items():
            todo.setdefault(f"{cause}, seed {seed}", {"kind": "vae", "seed": seed, **settings})
            for cure, other in (CURES | {"weaker decoder": WEAKER[cause]}).items():
                todo[f"{cause}, {cure}, seed {seed}"] = {"kind": "vae", "seed": seed,
                                                         **settings, **other}
    for code in (1, 2):
        todo[f"hue, code {code}"] = {"kind": "hue", "seed": 0, "code": code, "rate": 0.002,
                                       "steps": 2000}
    for name, more in (("learned", {"samples": SAMPLES}),
                       ("plain", {"model": "plain", "loss": "plain"})):
        todo[f"{name}, {LONG} steps"] = {"kind": "vae", "seed": 0, "steps": LONG, **more}
    todo |= {"quantised PCA": {"kind": "pca"}, "PCA": {"kind": "linear", "method": "PCA"},
             "ICA": {"kind": "linear", "method": "ICA"}}
    return todo | at_64


def faces_of(split, n, **ranges):
    """Drawn faces as (pictures (n, 3, 32, 32), factors (n, 6), people (n,))."""
    drawn = SyntheticFaces(split, n, vaes.SIDE, ranges=ranges or only(*vaes.VARIED),
                           transform=ToTensor())
    factors = np.stack([drawn.factors[name] for name in vaes.VARIED], 1)
    return stack(drawn), factors, drawn.targets


def prepare(faces):
    """The pictures of lesson 01, at 64x64; of drawn faces also those of 32x32."""
    shared = {"64": lesson_01.prepare(faces)}
    if faces == "lfw":
        return shared
    for split, n in (*NUM_SYNTHETIC.items(), ("judge", 4000)):
        name = "test" if split == "judge" else split
        shared[split] = faces_of(name, n)
        shared[f"hue_{split}"] = faces_of(name, min(n, 1640), **only("background_hue"))[0]
    drawn = SyntheticFaces("test", NUM_SYNTHETIC["test"], vaes.SIDE,
                           ranges=only("background_hue"))
    return shared | {"hues": drawn.factors["background_hue"]}


def build(settings):
    """The untrained model of an experiment that WEIGHTS names."""
    return vaes.build(settings)


def score(shared, model):
    """What a model of 32x32 faces reaches on the test pictures."""
    (x_train, *_), (x_test, _, people) = shared["train"], shared["test"]
    return vaes.scores(model, x_train, x_test, people)


def run(shared, settings, watch):
    """The results of one experiment, and its model."""
    return {"rate": run_rate, "vae": run_vae, "hue": run_hue, "pca": run_pca,
            "linear": run_linear, "64": run_64}[settings["kind"]](shared, settings, watch)


def run_rate(shared, settings, watch):
    """The ELBO on the last 40 people of the training set, who were held out; None: diverged."""
    x = shared["train"][0]
    model = vaes.train(vaes.build(settings), x[:-160], settings, watch)
    error, kl, _ = vaes.terms(model, x[-160:])
    sigma2 = model.log_sigma.exp().item() ** 2
    elbo = vaes.elbo_of(error, kl.sum(1), sigma2, x[0].numel())
    return {"valid_elbo": elbo.mean().item() if elbo.isfinite().all() else None}, model


def run_vae(shared, settings, watch):
    """A model of 32x32 faces.

    With "samples" also whether random codes are faces, with "probe" what units stand for.
    """
    model = vaes.train(vaes.build(settings), shared["train"][0], settings, watch)
    found = score(shared, model)
    if settings.get("model") == "plain":  # it has no distribution
        return {"test_psnr": found["test_psnr"]}, model
    if settings.get("samples"):
        found |= vaes.random_codes(model, shared["train"][0], *shared["test"][::2])
    if settings.get("probe"):
        x, factors, _ = shared["judge"]
        with torch.no_grad():
            z = torch.cat([model.encode(part)[0] for part in x.split(200)]).numpy()
        found["disentangled"] = disentangled.scores(z, factors)
    return found, model


def run_linear(shared, settings, watch):
    """How far numbers of PCA or ICA stand for factors."""
    x, factors, _ = shared["judge"]
    z = disentangled.linear_codes(shared["train"][0], x, settings["method"], vaes.CODE)
    return {"disentangled": disentangled.scores(z, factors)}, None


def run_pca(shared, settings, watch):
    """Rate and distortion of rounded PCA coefficients, and PCA with as many numbers as a code."""
    (x_train, *_), (x_test, _, people) = shared["train"], shared["test"]
    rated = vaes.quantised_pca(x_train, x_test, people, PCA_STEPS)
    return {"rated": rated, "test_psnr": pca_psnr(x_train, x_test, people, vaes.CODE)}, None


def pca_psnr(x_train, x_test, people, code):
    """PSNR of PCA with `code` components on unseen people, an Interval as a dict."""
    pca = PCA(code, svd_solver="randomized", random_state=0).fit(x_train.flatten(1).numpy())
    y = pca.inverse_transform(pca.transform(x_test.flatten(1).numpy()))
    y = torch.from_numpy(y).float().clamp(0, 1).view_as(x_test)
    return interval(picture_mse(x_test, y), people, "psnr")._asdict()


def run_hue(shared, settings, watch):
    """Faces that differ in a hue only: where codes of one or two numbers put it."""
    x, y = shared["hue_train"], shared["hue_test"]
    model = vaes.train(vaes.build(settings), x, settings, watch)
    with torch.no_grad():
        mu = model.encode(y)[0]
        errors = picture_mse(y, model.reconstruct(y))
    order = shared["hues"].argsort()
    return {"hue": shared["hues"][order].round(4).tolist(),
            "mu": mu[order].numpy().astype(float).round(3).tolist(),
            "psnr_by_face": (-10 * errors[order].log10()).numpy().astype(float).round(2).tolist(),
            }, model


def run_64(shared, settings, watch):
    """The model of `helpers.train --model vae`, beside PCA with as many numbers."""
    shared = shared["64"]
    x_train, x_test, people = (shared[name] for name in ("x_train", "x_test", "people"))
    steps = settings["epochs"] * len(x_train) // settings["batch"]
    model = vaes.train(vaes.build(settings), x_train, settings | {"steps": steps}, watch)
    found = vaes.scores(model, x_train, x_test, people)
    return found | {"pca_psnr": pca_psnr(x_train, x_test, people, settings["code"])}, model


def estimate(shared, settings):
    """Seconds that an experiment would take on this computer, from two timed steps."""
    if settings["kind"] in ("pca", "linear"):
        return 10.0
    x = shared["64"]["x_train"] if settings["kind"] == "64" else shared["train"][0]
    steps, times = settings.get("steps", vaes.STEPS), []
    if settings["kind"] == "64":
        steps = settings["epochs"] * len(x) // settings["batch"]
    for _ in range(3):
        model, began = vaes.build(settings), time.perf_counter()
        vaes.train(model, x, settings | {"steps": 5})
        times.append(time.perf_counter() - began)
    return min(times[1:]) / 5 * steps
