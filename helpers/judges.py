"""Judges of generated pictures, as lesson 07 tries them out.

None needs a pretrained network. Those of the first half compare pictures with pictures; the rest
reads the known factors of drawn faces. Shape letters: N pictures, M others, D values of a picture,
F factors. Pictures are (N, C, H, W) in [0, 1]; compare equally many, or small sets look worse.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np
import torch
from scipy.linalg import sqrtm
from scipy.stats import wasserstein_distance
from sklearn.decomposition import PCA
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from helpers.faces import FACTORS, draw_faces
from helpers.messages import bad

NEIGHBOURS = 3  # as Kynkäänniemi et al. 2019


def distances(a, b):
    """Euclidean distances of all pairs of rows: (N, ...), (M, ...) -> (N, M)."""
    return torch.cdist(a.flatten(1), b.flatten(1))


def _inside(points, centres, k):
    """Which points lie in a ball around any centre that reaches its k-th neighbour: (N,) bool."""
    radius = distances(centres, centres).kthvalue(k + 1, dim=1).values  # the first is itself
    return (distances(points, centres) <= radius).any(1)


def precision_recall(real, fake, k=NEIGHBOURS):
    """Of fake pictures, which lie where real ones do, and the reverse: two (N,) bool.

    Means of them are the precision and the recall of Kynkäänniemi et al. 2019 (arXiv 1904.06991),
    here among pixels. Raises ValueError for sets of different sizes: radii shrink as sets grow.
    """
    if len(real) != len(fake):
        raise bad("real, fake", f"N = {len(real)}, {len(fake)}", "N = N")
    return _inside(fake, real, k), _inside(real, fake, k)


def mmd2(a, b, width=None):
    """The squared maximum mean discrepancy, unbiased for a given width; it can be negative.

    a, b: (N, ...), (M, ...). Kernel exp(-distance^2 / (2 width^2)); width: the median distance
    between the two by default (Gretton et al. 2012, JMLR 13).
    """
    between = distances(a, b)
    width = between.median() if width is None else width

    def kernel(d):
        return torch.exp(-0.5 * (d / width) ** 2)

    within = (((k := kernel(distances(x, x))).sum() - k.trace()) / (len(x) * (len(x) - 1))
              for x in (a, b))
    return (sum(within) - 2 * kernel(between).mean()).item()


def two_sample(a, b, classifier):
    """How often a classifier tells new pictures of `a` from new ones of `b`, 0.5 = a guess.

    It is trained on the first half of either and tried on the second (classifier two-sample test:
    Lopez-Paz & Oquab 2017, arXiv 1610.06545); so give them in random order. Returns whether it was
    right, (N + M) / 2 bools.
    """
    n, m = len(a) // 2, len(b) // 2
    x, y = (x.flatten(1).numpy() for x in (a, b))
    classifier.fit(np.concatenate([x[:n], y[:m]]), np.repeat([0, 1], [n, m]))
    label = np.repeat([0, 1], [len(x) - n, len(y) - m])
    return classifier.predict(np.concatenate([x[n:], y[m:]])) == label


def by_shape():
    """A kernel machine on 64 components: it looks at shapes, and does not see noise."""
    return make_pipeline(PCA(64, svd_solver="randomized", random_state=0), StandardScaler(),
                         SVC(C=3))


def by_traces():
    """A linear classifier of pixels in units of their spread: it sees the least ripple."""
    return make_pipeline(StandardScaler(), RidgeClassifier(alpha=100))


def copy_ratio(fake, train, unseen):
    """Mean distance to the nearest training picture, over that to the nearest unseen one.

    Near 0: copies of training pictures. About 1: as far from these as from as many others.
    Raises ValueError where `train` and `unseen` are not equally many.
    """
    if len(train) != len(unseen):
        raise bad("train, unseen", f"N = {len(train)}, {len(unseen)}", "N = N")
    near = [distances(fake, x).min(1).values.mean() for x in (train, unseen)]
    return (near[0] / near[1]).item()


def paint(factors, names, size=32):
    """The faces that have factors (N, F), each clipped to 0 to 1 over its range.

    names: of the F factors; all others have their usual value. Returns (N, 3, size, size).
    """
    told = {name: np.full(len(factors), FACTORS[name].usual, np.float32) for name in FACTORS}
    for name, value in zip(names, np.clip(factors, 0, 1).T, strict=True):
        low, high = FACTORS[name].low, FACTORS[name].high
        told[name] = (low + (high - low) * value).astype(np.float32)
    return torch.from_numpy(draw_faces(told, size)).permute(0, 3, 1, 2) / 255


class Reader(NamedTuple):
    """Reads the factors of faces from their pixels, and paints faces with them."""

    names: tuple  # of factors that vary; the others have their usual value
    regressor: object

    def read(self, x):
        """Faces (N, 3, H, W) -> factors (N, F), each 0 to 1 over its range; off it, anything."""
        return self.regressor.predict(x.flatten(1).numpy())

    def repaint(self, factors, size=32):
        """The faces (N, 3, size, size) that have factors (N, F) which were read."""
        return paint(factors, self.names, size)


def learn_to_read(x, factors, names):
    """A Reader from faces (N, 3, H, W) and their factors (N, F), each 0 to 1 over its range."""
    regressor = make_pipeline(PCA(64, svd_solver="randomized", random_state=0),
                              KernelRidge(alpha=0.0003, kernel="rbf", gamma=0.003))
    return Reader(tuple(names), regressor.fit(x.flatten(1).numpy(), factors))


def factor_distance(real, fake):
    """Wasserstein distance of each factor: (N, F), (M, F) in [0, 1] -> (F,), in ranges."""
    return np.array([wasserstein_distance(a, b) for a, b in zip(real.T, fake.T, strict=True)])


def pairs_covered(factors, bins=5):
    """How many combinations of any two factors there are: (N, F) -> share of the cells.

    Each pair of factors makes bins^2 cells; one counts as covered if a quarter of its share of N
    lies in it.
    """
    place = np.clip((factors * bins).astype(int), 0, bins - 1)  # (N, F)
    cells = [np.bincount(place[:, a] * bins + place[:, b], minlength=bins**2)
             for a, b in combinations(range(factors.shape[1]), 2)]
    return float(np.mean(np.array(cells) >= len(factors) / bins**2 / 4))


def frechet(a, b):
    """Squared Fréchet distance of two Gaussians with the moments of rows (N, F), (M, F).

    |m - n|^2 + trace(A + B - 2 (A B)^(1/2)), as the FID has it; not below 0, and too large for
    small N, the more so the smaller (Chong & Forsyth 2020, arXiv 1911.07023).
    """
    cov_a, cov_b = np.cov(a.T), np.cov(b.T)
    root = sqrtm(cov_a @ cov_b).real
    return float(np.square(a.mean(0) - b.mean(0)).sum() + np.trace(cov_a + cov_b - 2 * root))
