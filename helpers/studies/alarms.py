"""Lesson 08: networks for faces without glasses, and what may serve as an alarm.

A score is a function of pictures (N, 3, 32, 32) that returns (N,), higher = more of an anomaly.
Each is fitted to training faces or to other faces that nobody trained on ("held out"), never to an
anomaly. Shape letters: N pictures, M training pictures, Z numbers of a code, K statistics.
"""

import zlib
from functools import partial

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import OneClassSVM
from torch import nn
from torch.nn import functional as F

from helpers.models import VAE, Autoencoder, Recipe, with_level
from helpers.variational import gaussian_nll, kl_to_prior

BATCH, STEPS = 32, 3000
COMPONENTS = (1, 2, 5, 10, 20)  # of a mixture, tried on held-out codes
LEVELS = (0.03, 0.1, 0.3, 1.0)  # of the noise, for a denoiser
LEAST = 0.5 / 255  # half a grey level: rounding alone, so no picture has less


class Dense(nn.Module):
    """An autoencoder without convolutions: (B, 3, 32, 32) -> the same; code: its numbers."""

    def __init__(self, code, hidden=512):
        super().__init__()
        self.encoder = nn.Sequential(nn.Flatten(), nn.Linear(3072, hidden), nn.SiLU(),
                                     nn.Linear(hidden, code))
        self.decoder = nn.Sequential(nn.Linear(code, hidden), nn.SiLU(), nn.Linear(hidden, 3072),
                                     nn.Unflatten(1, (3, 32, 32)))

    def get_encoded_output(self, x):
        return self.encoder(x - 0.5)

    def forward(self, x):
        return self.decoder(self.get_encoded_output(x)) + 0.5


MODELS = {"recipe": lambda code: Recipe(code // 16), "dense": Dense,
          "lesson 01": lambda code: Autoencoder(code // 16)}  # channels of 4x4


def build(settings):
    """The untrained network of an experiment."""
    torch.manual_seed(settings["seed"])
    return MODELS[settings["model"]](settings["code"])


def train(model, x, settings, watch=lambda *_: None):
    """Trains on random batches of `x` (M, 3, 32, 32): squared error, Adam, OneCycle."""
    steps, rate = settings.get("steps", STEPS), settings["rate"]
    generator = torch.Generator().manual_seed(settings["seed"])
    optimizer = torch.optim.Adam(model.parameters(), rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for step in range(steps):
        batch = x[torch.randint(len(x), (BATCH,), generator=generator)]
        loss = F.mse_loss(model(batch), batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 50 == 49:
            watch(step + 1, steps)
    return model.eval()


# -- what a score is made of --------------------------------------------------------------------


@torch.no_grad()
def rebuilt(model, x):
    """What a network or a PCA makes of pictures: the same shape, not clipped."""
    if isinstance(model, PCA):
        y = model.inverse_transform(model.transform(x.flatten(1).numpy()))
        return torch.from_numpy(y).float().view_as(x)
    return torch.cat([model(part) for part in x.split(200)])


@torch.no_grad()
def encoded(model, x):
    """The codes of pictures, (N, Z)."""
    if isinstance(model, PCA):
        return model.transform(x.flatten(1).numpy()).astype(np.float64)
    codes = [model.get_encoded_output(part).flatten(1) for part in x.split(200)]
    return torch.cat(codes).numpy().astype(np.float64)


def error(model, x):
    """Mean squared error of the reconstruction of each picture, (N,)."""
    return (x - rebuilt(model, x)).square().mean((1, 2, 3)).numpy()


def variation(x):
    """Mean absolute difference of neighbouring pixels, (N,); at least that of rounding."""
    down, right = x.diff(dim=2).abs().mean((1, 2, 3)), x.diff(dim=3).abs().mean((1, 2, 3))
    return ((down + right) / 2).clamp(min=LEAST).numpy()


def compressed(x):
    """Bytes that zlib needs for the differences of neighbouring pixels of each picture, (N,)."""
    whole = (255 * x).round().to(torch.int16)
    steps = torch.diff(whole, dim=3, prepend=torch.zeros_like(whole[..., :1])).to(torch.uint8)
    return np.array([len(zlib.compress(one.numpy().tobytes(), 9)) for one in steps], float)


@torch.no_grad()
def denoised(model, x, sigma):
    """Mean squared error of what a denoiser makes of pictures in new noise, (N,)."""
    noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(0))
    found = []
    for part, n in zip(x.split(200), noise.split(200), strict=True):
        y = with_level(part + sigma * n, torch.full((len(part), 1, 1, 1), sigma))
        y = model(y.to(memory_format=torch.channels_last))
        found.append((part - y).square().mean((1, 2, 3)))
    return torch.cat(found).numpy()


@torch.no_grad()
def negative_elbo(model: VAE, x):
    """-ELBO of each picture in nats, (N,); the code is the mean of q, so it is repeatable."""
    found = []
    for part in x.split(200):
        mu, logvar = model.encode(part)
        nll = gaussian_nll(part, model.decode(mu), model.log_sigma)
        found.append(nll + kl_to_prior(mu, logvar).sum(1))
    return torch.cat(found).numpy()


# -- scores ------------------------------------------------------------------------------------


class TwoSided:
    """How far the logarithm of a quantity is from the median of held-out faces, (N,)."""

    def __init__(self, quantity, x):
        self.quantity, self.middle = quantity, np.median(np.log(quantity(x)))

    def __call__(self, x):
        return np.abs(np.log(self.quantity(x)) - self.middle)


class Beyond:
    """How far log error is from what held-out faces with such a `simplicity` have, (N,)."""

    def __init__(self, error, simplicity, x):
        self.error, self.simplicity = error, simplicity
        self.line = np.polyfit(np.log(simplicity(x)), np.log(error(x)), 1)

    def __call__(self, x):
        expected = np.polyval(self.line, np.log(self.simplicity(x)))
        return np.abs(np.log(self.error(x)) - expected)


class Usual:
    """Mahalanobis distance of K statistics from those of held-out faces, (N,).

    A density of statistics: Morningstar et al. 2021 (DoSE, arXiv 2006.09273), with one Gaussian.
    """

    def __init__(self, statistics, x):
        self.statistics = statistics
        values = self.values(x)
        self.mean = values.mean(0)
        self.root = np.linalg.cholesky(np.linalg.inv(np.atleast_2d(np.cov(values.T))))

    def values(self, x):
        return np.stack([statistic(x) for statistic in self.statistics], 1)  # (N, K)

    def __call__(self, x):
        return np.linalg.norm((self.values(x) - self.mean) @ self.root, axis=1)


class CodeDistance:
    """Logarithm of the Mahalanobis distance of a code from those of training faces, (N,)."""

    def __init__(self, encode, x_train):
        self.encode, z = encode, encode(x_train)
        self.mean, spread = z.mean(0), np.cov(z.T)
        self.inverse = np.linalg.inv(spread + 1e-6 * spread.trace() / len(spread) * np.eye(
            len(spread)))

    def __call__(self, x):
        off = self.encode(x) - self.mean
        return 0.5 * np.log(np.einsum("nz,zy,ny->n", off, self.inverse, off))


class CodeDensity:
    """-log density of codes, a Gaussian mixture; as many as held-out codes like best."""

    def __init__(self, encode, x_train, x_held, components=COMPONENTS):
        self.encode = encode
        z, held = encode(x_train), encode(x_held)
        fits = [GaussianMixture(n, reg_covar=1e-4 * z.var(), random_state=0).fit(z)
                for n in components]
        self.mixture = max(fits, key=lambda fit: fit.score(held))

    def __call__(self, x):
        return -self.mixture.score_samples(self.encode(x))


def nearest(encode, x_train, k=1):
    """Distance to the k-th nearest of the training faces, by what `encode` makes of them."""
    near = NearestNeighbors(n_neighbors=k).fit(encode(x_train))
    return lambda x: near.kneighbors(encode(x))[0][:, -1]


def opponents(encode, x, after=""):
    """Detectors of scikit-learn on what `encode` makes of pictures. after: their names.

    With its defaults, except that the support vector machine is given numbers of spread 1 and
    told that one in ten may be an outlier (its default is one in two).
    """
    z = encode(x)
    kinds = {"Isolation Forest": IsolationForest(random_state=0),
             "one-class SVM": make_pipeline(StandardScaler(), OneClassSVM(nu=0.1)),
             "local outlier factor": LocalOutlierFactor(novelty=True)}
    return {name + after: partial(_score_of, detector.fit(z), encode)
            for name, detector in kinds.items()}


def _score_of(detector, encode, x):
    return -detector.score_samples(encode(x))


def fitted(x_train, x_held, recipe, vae, denoiser, numbers=128):
    """All scores by name. x_train, x_held: faces (M, ...), (N, ...) without anomalies."""
    pixels = x_train.flatten(1).numpy()
    pca = PCA(numbers, svd_solver="randomized", random_state=0).fit(pixels)
    short = PCA(64, whiten=True, svd_solver="randomized", random_state=0).fit(pixels)
    by_net, by_pca = partial(error, recipe), partial(error, pca)
    code, whole = partial(encoded, recipe), lambda x: x.flatten(1).numpy()
    density, distance = CodeDensity(code, x_train, x_held), CodeDistance(code, x_train)
    found = {
        "error": by_net, "error, PCA": by_pca, "variation": variation, "bytes": compressed,
        "two-sided variation": TwoSided(variation, x_held),
        "two-sided error": TwoSided(by_net, x_held),
        "two-sided error, PCA": TwoSided(by_pca, x_held),
        "beyond variation": Beyond(by_net, variation, x_held),
        "beyond variation, PCA": Beyond(by_pca, variation, x_held),
        "beyond bytes": Beyond(by_net, compressed, x_held),
        "density of the code": density, "Mahalanobis in the code": distance,
        "nearest in the code": nearest(code, x_train),
        "pPCA likelihood": lambda x: -pca.score_samples(whole(x)),
        "ELBO": partial(negative_elbo, vae),
        **{f"denoiser, {s:g}": partial(denoised, denoiser, sigma=s) for s in LEVELS},
        "nearest pixels": nearest(whole, x_train),
        "nearest in PCA": nearest(partial(encoded, short), x_train),
        **opponents(partial(encoded, short), x_train),
    }

    def log(quantity):
        return lambda x: np.log(quantity(x))

    found["two statistics"] = Usual([log(by_net), log(variation)], x_held)
    three = Usual([log(by_net), log(variation), distance], x_held)
    found["three statistics"] = three
    found["three statistics, PCA"] = Usual(
        [log(by_pca), log(variation), CodeDistance(partial(encoded, pca), x_train)], x_held)
    # is it the numbers or the detector? The same detectors on the same three numbers
    return found | opponents(three.values, x_held, ", three")


