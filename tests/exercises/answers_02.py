"""Right and wrong answers to the exercises of lesson 02: test_exercises.py checks them."""

import torch
from sklearn.linear_model import LinearRegression


def rebuild(x, x_test, k, mean=0, back=0, rows=None):
    axes = torch.linalg.svd(x, full_matrices=False).Vh[rows or slice(k)]
    return (x_test - mean) @ axes.T @ axes + back


def pca(x, x_test, k):
    return rebuild(x - x.mean(0), x_test, k, x.mean(0), x.mean(0))


def pca_by_eigenvectors(x, x_test, k):
    axes = torch.linalg.eigh(torch.cov(x.T)).eigenvectors[:, -k:]
    return x.mean(0) + (x_test - x.mean(0)) @ axes @ axes.T


def r2(code, y, code_test, y_test):
    return LinearRegression().fit(code, y).score(code_test, y_test)


def without_constant(code, y, code_test, y_test):
    return LinearRegression(fit_intercept=False).fit(code, y).score(code_test, y_test)


def guesses(code, y, code_test):
    return torch.as_tensor(LinearRegression().fit(code, y).predict(code_test))


def squared_correlation(code, y, code_test, y_test):
    return torch.corrcoef(torch.stack([guesses(code, y, code_test), y_test]))[0, 1] ** 2


def mse(code, y, code_test, y_test):
    return (guesses(code, y, code_test) - y_test).square().mean()


def distances(codes, i):
    d = (codes - codes[i]).norm(dim=1)
    d[i] = torch.inf
    return d


def nearest(codes, i, k):
    return distances(codes, i).argsort()[:k]


def order(codes, i=torch.inf):
    return torch.cdist(codes, codes).fill_diagonal_(i).argsort(dim=1)


def same(batch, nearest):
    return (batch[nearest] == batch[:, None]).float().mean()


def by_hand(codes, batch, k):
    found = [batch[j] == batch[i] for i in range(len(codes)) for j in nearest(codes, i, k)]
    return sum(found).item() / len(found)


RIGHT = {
    "02-pca": [pca, pca_by_eigenvectors, lambda x, t, k: pca(x, t, k).numpy()],
    "02-probe": [r2, lambda a, y, b, z: torch.tensor(r2(a, y, b, z))],
    "02-nearest": [nearest, lambda c, i, k: nearest(c, i, k).tolist(),
                   lambda c, i, k: distances(c, i).topk(k, largest=False).indices],
    "02-same-batch": [lambda c, b, k: same(b, order(c)[:, :k]), by_hand],
}

WRONG = {
    "02-pca": [
        (lambda x, t, k: rebuild(x, t, k), "mean is not subtracted"),
        (lambda x, t, k: rebuild(x - x.mean(0), t, k), "nor added back"),
        (lambda x, t, k: rebuild(x - x.mean(0), t, k, x.mean(0)), "added back"),
        (lambda x, t, k: rebuild(x - x.mean(0), t, k, t.mean(0), t.mean(0)), "training set's"),
        (lambda x, t, k: pca(t, t, k), "fitted on the test set"),
        (lambda x, t, k: rebuild(x - x.mean(0), t, k, x.mean(0), x.mean(0), slice(-k, None)),
         "smallest"),
        (lambda x, t, k: pca(x, x, k), "The shape is (40, 6)"),
        (lambda x, t, k: pca(x, x, k)[: len(t)], "rebuild the training set"),
        (lambda x, t, k: t, "as it is"),
        (lambda x, t, k: pca(x, t, k + 1), "wrong, by up to"),
        (lambda x, t, k: "no", "not str"),
    ],
    "02-probe": [
        (lambda a, y, b, z: r2(a, y, a, y), "on the training set"),
        (lambda a, y, b, z: r2(b, z, b, z), "fitted on the test set"),
        (without_constant, "constant term"),
        (squared_correlation, "squared correlation"),
        (lambda a, y, b, z: 1 - r2(a, y, b, z), "from 1"),
        (mse, "mean squared error"),
        (lambda a, y, b, z: 1 - mse(a, y, b, z) / (z - y.mean()).square().mean(),
         "test set itself"),
        (lambda a, y, b, z: 1 - mse(a, y, b, z) / guesses(a, y, b).var(correction=0), "swapped"),
        (lambda a, y, b, z: 0.5, "You get 0.5"),
    ],
    "02-nearest": [
        (lambda c, i, k: (c - c[i]).norm(dim=1).argsort()[:k], "itself"),
        (lambda c, i, k: (c - c[i]).norm(dim=1).argsort(stable=True)[1 : k + 1], "by its number"),
        (lambda c, i, k: nearest(c, i, k + 1)[1:], "wrong, by up to"),
        (lambda c, i, k: nearest(c, i, k).flip(0), "wrong way round"),
        (lambda c, i, k: nearest(c, i, k).sort().values, "sort them by distance"),
        (lambda c, i, k: (-distances(c, i).nan_to_num(posinf=-1)).argsort()[:k], "farthest"),
        (lambda c, i, k: nearest(c / c.norm(dim=1, keepdim=True), i, k), "cosine"),
        (lambda c, i, k: nearest(c, i, k + 1), "The shape is (4,)"),
        (lambda c, i, k: distances(c, i).topk(k, largest=False).values, "wrong, by up to"),
    ],
    "02-same-batch": [
        (lambda c, b, k: same(b, order(c, 0)[:, :k]), "counts itself"),
        (lambda c, b, k: same(b, order(c, -1)[:, -k:]), "farthest"),
        (lambda c, b, k: 1 - by_hand(c, b, k), "other batch"),
        (lambda c, b, k: k * by_hand(c, b, k), "divide by k"),
        (lambda c, b, k: k * len(c) * by_hand(c, b, k), "take the mean"),
        (lambda c, b, k: same(b, order(c)[:, :1]), "one neighbour only"),
        (lambda c, b, k: same(b, order(c)[:, :-1]), "all cells"),
        (lambda c, b, k: (b[order(c)[:, :k]] == b[:, None]).float(), "not Tensor"),
        (lambda c, b, k: 0.5, "You get 0.5"),
    ],
}
