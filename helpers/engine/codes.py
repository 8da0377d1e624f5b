"""Codes of training pictures, a density that describes them, and new codes drawn from it.

Of codes of more than 64 numbers it is a density of their principal components; what those leave
out is not drawn. Shape letters: B pictures in a batch, M training pictures, Z numbers of a code.
"""

import warnings

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from tqdm import tqdm

from helpers.models import VAE, Autoencoder
from helpers.variational import draw

KEPT = 64  # components of codes, at most
COMPONENTS = (1, 2, 5, 10, 20, 40, 80)  # of a mixture, tried
CODES, NUMBERS = 5000, 5000 * 8192  # training codes that are described, at most; 160 MB of them


@torch.no_grad()
def encode(model, x):
    """The codes of pictures (B, C, H, W), a row each, (B, Z); a VAE's are drawn from q(z | x)."""
    if isinstance(model, VAE):
        return draw(*model.encode(x))
    return model.get_encoded_output(x).flatten(1)


@torch.no_grad()
def mean_codes(model, x):
    """As encode(), but a VAE's are the means of q(z | x): the same for every call."""
    return model.encode(x)[0] if isinstance(model, VAE) else encode(model, x)


@torch.no_grad()
def decode(model, z, size):
    """The pictures (B, C, size, size) in [0, 1] of codes (B, Z); a VAE's are means of p(x | z)."""
    if isinstance(model, VAE):
        return model.decode(z).clamp(0, 1)
    if isinstance(model, Autoencoder):
        z = z.clamp(min=0)  # its codes are never negative
    return model.decoder(z.unflatten(1, (-1, size // 8, size // 8)))


def training_codes(model, train, look, encode=encode):
    """The codes of training pictures, (M, Z); of very many, of some that are evenly chosen.

    train: Batches. look() is called now and then. encode: or mean_codes. The same codes every time.
    """
    torch.manual_seed(0)  # q(z | x)
    length = encode(model, train.read(torch.tensor([0]))).shape[1]
    there = len(train.dataset)
    rows = torch.linspace(0, there - 1, min(there, CODES, max(16, NUMBERS // length))).long()
    codes = []
    for some in tqdm(rows.split(32), desc="encoding", delay=1, leave=False):
        look()
        codes.append(encode(model, train.read(some)))
    return torch.cat(codes)


def fit_density(codes, way):
    """A density of codes (M, Z): (PCA, or None for short codes; GaussianMixture).

    way: "gaussian", or "mixture" of as many as make the last fifth of the codes likely, which is
    left out to choose, and never so many that one has fewer codes than they have numbers.
    """
    codes, pca = codes.numpy(), None
    kept = min(KEPT, (len(codes) - 1) // 2)
    if codes.shape[1] > kept:
        pca = PCA(kept, whiten=True, svd_solver="randomized", random_state=0)
        codes = pca.fit_transform(codes)

    def fit(count, codes):
        with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
            return GaussianMixture(count, reg_covar=1e-4, random_state=0).fit(codes)

    codes, best = codes.astype(float), 1
    if way == "mixture":
        known, left_out = np.split(codes, [len(codes) * 4 // 5])
        tried = [n for n in COMPONENTS if n == 1 or n * codes.shape[1] < len(known)]
        best = max(tried, key=lambda n: fit(n, known).score(left_out))
    return pca, fit(best, codes)


def surprise(codes, density):
    """-log of a density that fit_density() returned, at codes (N, Z), in nats: (N,) float64."""
    pca, mixture = density
    codes = codes.numpy() if pca is None else pca.transform(codes.numpy())
    return -mixture.score_samples(codes.astype(float))


def draw_codes(density, n, temperature=1.0, seed=0):
    """`n` new codes (n, Z) from what fit_density() returned.

    temperature: the spread of the codes about their mean, in units of the density's own.
    """
    pca, mixture = density
    mixture.random_state = seed
    mean = mixture.weights_ @ mixture.means_
    z = mean + temperature * (mixture.sample(n)[0] - mean)
    z = np.random.default_rng(seed).permutation(z)  # it draws one component after the other
    return torch.from_numpy(z if pca is None else pca.inverse_transform(z)).float()
