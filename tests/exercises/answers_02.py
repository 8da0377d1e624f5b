"""Right and wrong answers to the exercises of lesson 02: test_exercises.py checks them."""

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import r2_score
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler


def rebuild(x, x_test, k, mean=0, back=0, rows=None):
    axes = torch.linalg.svd(x, full_matrices=False).Vh[rows or slice(k)]
    return (x_test - mean) @ axes.T @ axes + back


def pca(x, x_test, k):
    return rebuild(x - x.mean(0), x_test, k, x.mean(0), x.mean(0))


def pca_by_eigenvectors(x, x_test, k):
    axes = torch.linalg.eigh(torch.cov(x.T)).eigenvectors[:, -k:]
    return x.mean(0) + (x_test - x.mean(0)) @ axes @ axes.T


def pca_in_place(x, x_test, k):
    mean = x.mean(0)
    x -= mean
    x_test -= mean
    axes = torch.linalg.svd(x.double(), full_matrices=False).Vh[:k].float()
    x_test[:] = x_test @ axes.T @ axes
    return x_test.add_(mean)


def pca_of_scikit(x, x_test, k):
    model = PCA(k).fit(x)
    return model.inverse_transform(model.transform(x_test))


def standardized(x, x_test, k):
    scaler = StandardScaler().fit(x)
    return scaler.inverse_transform(pca_of_scikit(scaler.transform(x), scaler.transform(x_test), k))


def by_columns(x, x_test, k):
    axes = torch.linalg.svd(x - x.mean(0), full_matrices=False).Vh[:, :k]
    return (x_test - x.mean(0)) @ axes @ axes.T + x.mean(0)


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


def normal_equations(code, y, code_test, y_test):
    a, b = (torch.hstack([c, torch.ones(len(c), 1)]).double() for c in (code, code_test))
    weights = torch.linalg.inv(a.T @ a) @ a.T @ y.double()
    return 1 - (b @ weights - y_test).square().mean() / y_test.double().var(correction=0)


def probe_in_place(code, y, code_test, y_test):
    centre, middle = code.mean(0), y.mean()
    code -= centre
    code_test -= centre
    y -= middle
    guess = code_test @ torch.linalg.pinv(code) @ y + middle
    guess -= y_test
    y_test -= y_test.mean()
    return 1 - guess.square_().sum() / y_test.square_().sum()


def probe_in_numpy(code, y, code_test, y_test):
    a = np.c_[code.numpy(), np.ones(len(code))]
    weights = np.linalg.lstsq(a, y.numpy(), rcond=None)[0]
    error = y_test.numpy() - np.c_[code_test.numpy(), np.ones(len(code_test))] @ weights
    return 1 - (error**2).sum() / ((y_test.numpy() - y_test.numpy().mean()) ** 2).sum()


def distances(codes, i):
    d = (codes - codes[i]).norm(dim=1)
    d[i] = torch.inf
    return d


def nearest(codes, i, k):
    return distances(codes, i).argsort()[:k]


def nearest_in_loops(codes, i, k):
    others = [j for j in range(len(codes)) if j != i]
    return sorted(others, key=lambda j: sum((a - b) ** 2 for a, b in zip(
        codes[i].tolist(), codes[j].tolist(), strict=True)))[:k]


def nearest_without_row(codes, i, k):
    rest = torch.cat([codes[:i], codes[i + 1:]])
    found = torch.cdist(codes[i:i + 1], rest)[0].argsort()[:k]
    return found + (found >= i)


def nearest_in_place(codes, i, k):
    codes -= codes[i].clone()
    codes *= codes
    codes[i] += 1e9
    return codes.sum(1).topk(k, largest=False).indices


def order(codes, i=torch.inf):
    return torch.cdist(codes, codes).fill_diagonal_(i).argsort(dim=1)


def same(batch, nearest):
    return (batch[nearest] == batch[:, None]).float().mean()


def by_hand(codes, batch, k):
    found = [batch[j] == batch[i] for i in range(len(codes)) for j in nearest(codes, i, k)]
    return sum(found).item() / len(found)


def in_numpy(codes, batch, k):
    codes, batch = codes.numpy(), batch.numpy()
    distance = ((codes[:, None] - codes) ** 2).sum(-1)
    np.fill_diagonal(distance, np.inf)
    return (batch[np.argpartition(distance, k)[:, :k]] == batch[:, None]).mean()


def of_scikit(codes, batch, k):
    found = NearestNeighbors(n_neighbors=k).fit(codes).kneighbors(return_distance=False)
    return same(batch, torch.as_tensor(found))


def by_multiplying(codes, batch, k):
    one = torch.nn.functional.one_hot(batch).double()
    neighbour = torch.zeros(len(codes), len(codes), dtype=torch.float64)
    neighbour.scatter_(1, order(codes)[:, :k], 1.0)
    return (one @ one.T * neighbour).sum() / (k * len(codes))


def first_sorted_dropped(codes, batch, k):
    return same(batch, torch.cdist(codes, codes).argsort(dim=1)[:, 1:k + 1])


RIGHT = {
    "02-pca": [pca, pca_by_eigenvectors, lambda x, t, k: pca(x, t, k).numpy(), pca_of_scikit,
               pca_in_place, lambda x, t, k: pca(x.double(), t.double(), k).tolist(),
               lambda x, t, k: torch.stack([pca(x, row[None], k)[0] for row in t])],
    "02-probe": [r2, lambda a, y, b, z: torch.tensor(r2(a, y, b, z)), normal_equations,
                 lambda a, y, b, z: r2_score(z, guesses(a, y, b)), probe_in_numpy, probe_in_place,
                 lambda a, y, b, z: 1 - mse(a, y, b, z) / z.var(correction=0),
                 lambda a, y, b, z: r2(a.double(), y.double(), b.double(), z.double())],
    "02-nearest": [nearest, lambda c, i, k: nearest(c, i, k).tolist(), nearest_in_loops,
                   lambda c, i, k: distances(c, i).topk(k, largest=False).indices,
                   nearest_without_row, nearest_in_place,
                   lambda c, i, k: np.argsort(distances(c, i).double().numpy())[:k]],
    "02-same-batch": [lambda c, b, k: same(b, order(c)[:, :k]), by_hand, in_numpy, of_scikit,
                      by_multiplying, lambda c, b, k: same(b.float(), order(c.double())[:, :k])],
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
        (by_columns, "not `Vh[:, :k]`"),
        (standardized, "standard deviation"),
        (lambda x, t, k: pca(x, x, k), "rebuild the training set"),
        (lambda x, t, k: pca(x, t, k)[:3], "The shape should be (7, 6)"),
        (lambda x, t, k: t, "as it is"),
        (lambda x, t, k: pca(x, t, k + 1), "one component too many"),
        (lambda x, t, k: pca(x, t, 2), "wrong, by up to"),
        (lambda x, t, k: pca(x, t, k) + 0.1, "wrong, by up to"),
        (lambda x, t, k: (x - x.mean(0)) / (x - x), "The shape"),
        (lambda x, t, k: (pca(x, t, k), 2), "not tuple"),
        (lambda x, t, k: pca(x, t, k) / 0, "wrong, by up to"),
        (lambda x, t, k: t / torch.zeros_like(t) * 0, "nan"),
        (lambda x, t, k: "no", "not str"),
    ],
    "02-probe": [
        (lambda a, y, b, z: r2(a, y, a, y), "on the training set"),
        (lambda a, y, b, z: r2(b, z, b, z), "fitted on the test set"),
        (without_constant, "constant term"),
        (lambda a, y, b, z: Ridge(1.0).fit(a, y).score(b, z), "ridge"),
        (lambda a, y, b, z: Ridge(0.1).fit(a, y).score(b, z), "You get"),
        (squared_correlation, "squared correlation"),
        (lambda a, y, b, z: 1 - r2(a, y, b, z), "from 1"),
        (mse, "mean squared error"),
        (lambda a, y, b, z: 1 - mse(a, y, b, z) / (z - y.mean()).square().mean(),
         "test set itself"),
        (lambda a, y, b, z: 1 - mse(a, y, b, z) / z.var(), "N-1"),
        (lambda a, y, b, z: r2_score(guesses(a, y, b), z), "swapped"),
        (lambda a, y, b, z: 0.5, "You get 0.5"),
        (lambda a, y, b, z: guesses(a, y, b), "one number"),
    ],
    "02-nearest": [
        (lambda c, i, k: (c - c[i]).norm(dim=1).argsort()[:k], "itself"),
        (lambda c, i, k: (c - c[i]).norm(dim=1).argsort(stable=True)[1 : k + 1], "by its number"),
        (lambda c, i, k: nearest(c, i, k + 1)[1:], "drop the nearest neighbour"),
        (lambda c, i, k: nearest(c, i, k).flip(0), "wrong way round"),
        (lambda c, i, k: sorted(nearest(c, i, k).tolist()), "sort them by distance"),
        (lambda c, i, k: (-distances(c, i).nan_to_num(posinf=-1)).argsort()[:k], "farthest"),
        (lambda c, i, k: nearest(c / c.norm(dim=1, keepdim=True), i, k), "cosine"),
        (lambda c, i, k: nearest(c, i, k + 1), "The shape should be (3,)"),
        (lambda c, i, k: nearest(c, i, 3), "The shape should be (5,)"),
        (lambda c, i, k: distances(c, i).topk(k, largest=False).values, "Those are the distances"),
        (lambda c, i, k: c[nearest(c, i, k)], "The shape should be (3,)"),
        (lambda c, i, k: [0] * k, "wrong, by up to"),
    ],
    "02-same-batch": [
        (lambda c, b, k: same(b, order(c, -1)[:, :k]), "counts itself"),
        (first_sorted_dropped, "by its number"),
        (lambda c, b, k: same(b, order(c)[:, 1:k + 1]), "drop the nearest neighbour"),
        (lambda c, b, k: same(b, order(c, -1)[:, -k:]), "farthest"),
        (lambda c, b, k: 1 - (b[order(c)[:, :k]] - b[:, None]).abs().float().mean(),
         "0 and 1 only"),
        (lambda c, b, k: same(b.bool(), order(c)[:, :k]), "only 0 from not 0"),
        (lambda c, b, k: 1 - by_hand(c, b, k), "other batches"),
        (lambda c, b, k: k * by_hand(c, b, k), "divide by k"),
        (lambda c, b, k: k * len(c) * by_hand(c, b, k), "take the mean"),
        (lambda c, b, k: same(b, order(c)[:, :1]), "one neighbour only"),
        (lambda c, b, k: same(b, order(c)[:, :-1]), "all cells"),
        (lambda c, b, k: same(b, order(c)[:, :4]), "You get"),
        (lambda c, b, k: (b[order(c)[:, :k]] == b[:, None]).float(), "one number"),
        (lambda c, b, k: 0.5, "You get 0.5"),
    ],
}
