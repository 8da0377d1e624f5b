"""How far each number of a code stands for one factor: two scores, and what is held beside them.

Shape letters: N pictures, Z numbers of a code, K factors.
"""

import numpy as np
from scipy.stats import ortho_group
from sklearn.decomposition import PCA, FastICA
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.metrics import mutual_info_score

BINS = 20


def binned(values):
    """The columns of (N, K) as the numbers of BINS bins that hold as many rows each."""
    ranks = values.argsort(0).argsort(0)
    return ranks * BINS // len(values)


def mutual_information_gap(z, f):
    """MIG: codes (N, Z), factors (N, K) -> a number from 0 to 1.

    The two units that tell most of a factor: by how much do they differ, in shares of its entropy?
    Averaged over factors (Chen et al. 2018, arXiv 1802.04942).
    """
    a, b = binned(z), binned(f)
    tells = np.array([[mutual_info_score(i, j) for i in a.T] for j in b.T])  # (K, Z) nats
    tells.sort(1)
    return float((tells[:, -1] - tells[:, -2]).mean() / np.log(BINS))


def dci_disentanglement(z, f):
    """D of DCI: codes (N, Z), factors (N, K) -> a number from 0 to 1.

    1 if every unit matters for one factor only, weighted by how much it matters at all (Eastwood &
    Williams 2018, "A framework for the quantitative evaluation of disentangled representations").
    """
    trees = ExtraTreesRegressor(60, min_samples_leaf=5, random_state=0, n_jobs=2)
    matters = np.stack([trees.fit(z, g).feature_importances_ for g in f.T], 1)  # (Z, K)
    share = matters / np.maximum(matters.sum(1, keepdims=True), 1e-12)
    entropy = -(share * np.log(np.maximum(share, 1e-12))).sum(1) / np.log(f.shape[1])
    return float((1 - entropy) @ matters.sum(1) / matters.sum())


def scores(z, f):
    """Both scores of codes (N, Z), and those of the same codes rotated at random."""
    turned = z @ ortho_group.rvs(z.shape[1], random_state=0)
    return {"mig": mutual_information_gap(z, f), "dci": dci_disentanglement(z, f),
            "mig_rotated": mutual_information_gap(turned, f),
            "dci_rotated": dci_disentanglement(turned, f)}


def linear_codes(x_train, x, method, code):
    """Codes (N, code) of pictures `x` by PCA or ICA, fitted to `x_train` (M, ...)."""
    pca = PCA(code, whiten=True, svd_solver="randomized", random_state=0)
    z_train = pca.fit_transform(x_train.flatten(1).numpy())
    z = pca.transform(x.flatten(1).numpy())
    if method == "PCA":
        return z
    return FastICA(whiten="unit-variance", max_iter=2000, random_state=0).fit(z_train).transform(z)
