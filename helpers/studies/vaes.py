"""Lesson 06: variational autoencoders for 32x32 faces that differ in six factors.

How sigma is set, what is averaged where a sum belongs, what makes units collapse and what does
not. Shape letters: B pictures in a batch, N in all, D values of a picture, Z numbers of a code.
"""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from helpers.intervals import interval
from helpers.metrics import picture_mse
from helpers.models import VAE
from helpers.variational import Pass, active_units, draw, gaussian_nll, kl_to_prior

VARIED = ("skin_tone", "hair_length", "x", "y", "yaw", "light")
CODE, SIDE = 10, 32
STEPS, BATCH = 1000, 32
RATES = (0.001, 0.002, 0.004, 0.006, 0.008, 0.012)  # tried on validation faces
RATE = 0.006  # 0.008 is a little better, but the one after it diverges
DRAWS = 8  # codes for each face, for an ELBO


class SeesNeighbours(VAE):
    """A VAE whose decoder is also told the pixels above and to the left: 12 of a 5x5 window.

    hidden: the share of pixels that it is not told, others in every pass: a weaker decoder.
    """

    def __init__(self, code=CODE, size=SIDE, hidden=0.0):
        super().__init__(code, size)
        before = (torch.arange(25) < 12).float().view(1, 1, 5, 5)  # in reading order
        self.register_buffer("before", before, persistent=False)
        self.hidden = hidden
        self.near = nn.Conv2d(3, 32, 5, padding=2)
        last = self.decoder[-1]
        self.decoder[-1] = nn.ConvTranspose2d(last.in_channels, 32, 4, stride=2, padding=1)
        self.mix = nn.Sequential(nn.SiLU(), nn.Conv2d(32, 32, 1), nn.SiLU(), nn.Conv2d(32, 3, 1))

    def decode_beside(self, z, x):
        """The mean of p(x | z), each pixel also from those of `x` before it."""
        told = x - 0.5
        if self.hidden:
            told = told * (torch.rand_like(told[:, :1]) >= self.hidden)
        near = F.conv2d(told, self.near.weight * self.before, self.near.bias, padding=2)
        return self.mix(near + self.decoder(z)) + 0.5

    def forward(self, x):
        mu, logvar = self.encode(x)
        return Pass(self.decode_beside(draw(mu, logvar), x), mu, logvar, self.log_sigma)

    def reconstruct(self, x):
        return self.decode_beside(self.encode(x)[0], x).clamp(0, 1)


class Plain(VAE):
    """The same encoder and decoder without a distribution: the code is mu, and only mu."""

    def forward(self, x):
        mu, logvar = self.encode(x)
        return Pass(self.decode(mu), mu, torch.zeros_like(logvar), self.log_sigma)


class LinearDecoder(VAE):
    """A VAE with the usual encoder, whose decoder is one linear layer: the weakest of all."""

    def __init__(self, code=CODE, size=SIDE):
        super().__init__(code, size)
        self.decoder = nn.Sequential(nn.Linear(code, 3 * size**2), nn.Unflatten(1, (3, size, size)))


MODELS = {
    "vae": VAE,
    "plain": Plain,
    "linear decoder": LinearDecoder,
    "sees neighbours": SeesNeighbours,
    "sees few neighbours": lambda code, size: SeesNeighbours(code, size, hidden=0.9),
}


def objective(y, x, loss="elbo", beta=1.0, free=0.0):
    """A loss, a scalar: the negative ELBO, or one of what is written in its place.

    "squared error + KL": both summed. "mean over pixels": the squared error averaged over all
    values, the KL summed. "all means": the KL averaged over the code, too. free: nats that each
    unit's KL costs at least (free bits: Kingma et al. 2016, arXiv 1606.04934).
    """
    kl = kl_to_prior(y.mu, y.logvar)  # (B, Z)
    if loss == "plain":
        return F.mse_loss(y.x_hat, x)
    if loss == "mean over pixels":
        return F.mse_loss(y.x_hat, x) + kl.sum(1).mean()
    if loss == "all means":
        return F.mse_loss(y.x_hat, x) + kl.mean()
    if loss == "squared error + KL":
        return (x - y.x_hat).square().flatten(1).sum(1).mean() + kl.sum(1).mean()
    unit = kl.mean(0)  # (Z,)
    return gaussian_nll(x, y.x_hat, y.log_sigma).mean() + beta * unit.clamp(min=free).sum()


def build(settings):
    """The untrained model of an experiment, with sigma fixed where the settings say so."""
    torch.manual_seed(settings["seed"])
    size = settings.get("size", SIDE)
    model = MODELS[settings.get("model", "vae")](settings.get("code", CODE), size)
    if settings.get("sigma", "learned") != "learned":
        model.log_sigma = nn.Parameter(torch.tensor(math.log(settings["sigma"])),
                                       requires_grad=False)
    return model


def train(model, x, settings, watch=lambda *_: None, told=None):
    """Trains on random batches of `x` (N, 3, H, W): Adam, OneCycle. Returns the model.

    told: (N, K), what a conditional model is told of each face.
    settings: seed, and where they differ from the usual: steps, rate, batch, loss, free, warm
    (steps in which beta rises from 0 to 1).
    """
    steps, rate = settings.get("steps", STEPS), settings.get("rate", RATE)
    size = settings.get("batch", BATCH)
    generator = torch.Generator().manual_seed(settings["seed"])
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    model.train()
    for step in range(steps):
        chosen = torch.randint(len(x), (size,), generator=generator)
        batch = x[chosen]
        beta = min(1.0, step / settings["warm"]) if "warm" in settings else 1.0
        y = model(batch) if told is None else model(batch, told[chosen])
        loss = objective(y, batch, settings.get("loss", "elbo"), beta,
                         settings.get("free", 0.0))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 50 == 49:
            watch(step + 1, steps)
    return model


@torch.no_grad()
def terms(model, x, draws=DRAWS):
    """Squared error and KL of each face: (N,), averaged over `draws` codes, and (N, Z)."""
    model.eval()
    errors, kls, means = [], [], []
    for part in x.split(200):
        passes = [model(part) for _ in range(draws)]
        errors.append(sum((part - y.x_hat).square().flatten(1).sum(1) for y in passes) / draws)
        kls.append(kl_to_prior(passes[0].mu, passes[0].logvar))
        means.append(passes[0].mu)
    return torch.cat(errors), torch.cat(kls), torch.cat(means)


def elbo_of(error, kl, sigma2, size):
    """The ELBO of faces, (N,), from squared errors (N,), KL (N,) and sigma squared."""
    return -0.5 * error / sigma2 - 0.5 * size * math.log(2 * math.pi * sigma2) - kl


def scores(model, x_train, x_test, people):
    """What a trained model reaches on unseen people, as a dict of plain Python.

    test_psnr: of what the mean code is decoded to; drawn_psnr: of codes that were drawn, which is
    what the KL pays for. elbo: with the sigma that suits the training faces, so that models with
    any sigma compare.
    """
    size = x_test[0].numel()
    torch.manual_seed(0)
    with torch.no_grad():
        y = torch.cat([model.reconstruct(part) for part in x_test.split(200)])
    error, kl, mu = terms(model, x_test)
    train_error, train_kl, _ = terms(model, x_train, draws=1)
    sigma2 = train_error.mean().item() / size
    elbo = elbo_of(error, kl.sum(1), sigma2, size)
    return {
        "test_psnr": interval(picture_mse(x_test, y), people, "psnr")._asdict(),
        "drawn_psnr": interval(error / size, people, "psnr")._asdict(),
        "elbo": interval(elbo, people)._asdict(),
        "train_elbo": elbo_of(train_error, train_kl.sum(1), sigma2, size).mean().item(),
        "kl": interval(kl.sum(1), people)._asdict(),
        "sigma_refit": sigma2**0.5,
        "sigma_end": model.log_sigma.exp().item(),
        "active_units": active_units(mu),
        "kl_by_unit": sorted((round(v, 4) for v in kl.mean(0).tolist()), reverse=True),
    }


@torch.no_grad()
def random_codes(model, x_train, x, people, seed=0):
    """Are random codes faces? How far they lie from any, and how the codes fill the prior.

    sample_distance: mean squared error from the nearest training face, of as many random codes as
    `x` has faces; face_distance: of these faces themselves. codes_mean, codes_std: of all codes of
    `x` together, drawn from their q, each unit; the prior has 0 and 1.
    """
    z = torch.randn(len(x), model.decoder[0].in_features,
                    generator=torch.Generator().manual_seed(seed))
    drawn = model.decode(z).clamp(0, 1)
    mu, logvar = model.encode(x)
    codes = draw(mu, logvar)
    far, near = (nearest(a, x_train) for a in (drawn, x))
    return {"sample_distance": interval(far, np.arange(len(far)))._asdict(),
            "face_distance": interval(near, people)._asdict(),
            "sample_variance": (drawn.var(0).mean() / x.var(0).mean()).item(),
            "codes_mean": codes.mean(0).tolist(), "codes_std": codes.std(0).tolist()}


def nearest(a, b):
    """Mean squared error of each picture of `a` (N, ...) to the nearest of `b` (M, ...): (N,)."""
    return torch.cdist(a.flatten(1), b.flatten(1)).min(1).values.square() / a[0].numel()


def quantised_pca(x_train, x_test, people, steps):
    """Rate and distortion of PCA whose coefficients are rounded to multiples of a step.

    Every component has one step, so that those of small variance cost nothing (the high-rate
    limit of reverse water-filling: Cover & Thomas 2006, section 10.3.3). Bits: of an ideal
    arithmetic coder that has counted the training faces. Returns {step: bits and psnr}.
    """
    from sklearn.decomposition import PCA

    pca = PCA(256, svd_solver="randomized", random_state=0).fit(x_train.flatten(1).numpy())
    a, b = (pca.transform(x.flatten(1).numpy()) for x in (x_train, x_test))
    found = {}
    for step in steps:
        whole, test = np.rint(a / step).astype(int), np.rint(b / step).astype(int)
        bits = np.zeros(len(test))
        for k in range(whole.shape[1]):
            low = min(whole[:, k].min(), test[:, k].min())
            high = max(whole[:, k].max(), test[:, k].max())
            counts = np.bincount(whole[:, k] - low, minlength=high - low + 1) + 0.5
            bits -= np.log2(counts / counts.sum())[test[:, k] - low]
        y = torch.from_numpy(pca.inverse_transform(test * step)).float().clamp(0, 1)
        error = picture_mse(x_test, y.view_as(x_test))
        found[str(step)] = {"bits": interval(bits, people)._asdict(),
                            "test_psnr": interval(error, people, "psnr")._asdict()}
    return found
