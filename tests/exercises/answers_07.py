"""Right and wrong answers to the exercises of lesson 07: test_exercises.py checks them."""

import numpy as np
import torch
from scipy.linalg import sqrtm
from scipy.spatial import cKDTree
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.neighbors import NearestNeighbors

from helpers import judges


def pr_by_sort(real, fake, k=3):
    def inside(points, centres):
        radius = torch.cdist(centres, centres).sort(1).values[:, k]
        return (torch.cdist(points, centres) <= radius).any(1).float().mean()

    return inside(fake, real), inside(real, fake)


def pr_of_helpers(real, fake, k=3):
    return [inside.float().mean().item() for inside in judges.precision_recall(real, fake, k)]


def pr_in_numpy(real, fake, k=3):
    real, fake = np.asarray(real, float), np.asarray(fake, float)

    def inside(points, centres):
        own = np.linalg.norm(centres[:, None] - centres, axis=2)
        radius = np.partition(own, k, axis=1)[:, k]
        return (np.linalg.norm(points[:, None] - centres, axis=2) <= radius).any(1).mean()

    return inside(fake, real), inside(real, fake)


def pr_by_neighbours(real, fake, k=3):
    def inside(points, centres):
        radius = NearestNeighbors(n_neighbors=k).fit(centres.numpy()).kneighbors()[0][:, -1]
        apart = torch.cdist(points.double(), centres.double()).numpy()
        return np.mean((apart <= radius).any(axis=1))

    return np.array([inside(fake, real), inside(real, fake)])


def pr_by_tree(real, fake, k=3):
    def inside(points, centres):
        radius = cKDTree(centres).query(centres, k + 1)[0][:, -1]
        return sum(bool(((centres - p).square().sum(1).sqrt() <= torch.tensor(radius)).any())
                   for p in points) / len(points)

    return inside(fake, real), inside(real, fake)


def pr_in_rows(real, fake, k=3):
    return judges.precision_recall(real, fake, k)


def frechet_by_scipy(a, b):
    a, b = np.asarray(a), np.asarray(b)
    p, q = np.cov(a.T), np.cov(b.T)
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(p + q - 2 * sqrtm(p @ q).real)


def frechet_by_eigenvalues(a, b):
    p, q = torch.cov(a.T), torch.cov(b.T)
    roots = torch.linalg.eigvals(p @ q).real.clamp(min=0).sqrt()
    return (a.mean(0) - b.mean(0)).square().sum() + p.trace() + q.trace() - 2 * roots.sum()


def frechet_by_singular_values(a, b):
    p, q = ((x - x.mean(0)) / (len(x) - 1) ** 0.5 for x in (a, b))
    root = torch.linalg.svdvals(torch.linalg.qr(p).R @ torch.linalg.qr(q).R.T).sum()
    shift = (a.mean(0) - b.mean(0)).square().sum()
    return p.square().sum() + q.square().sum() - 2 * root + shift


def frechet_of_helpers(a, b):
    return judges.frechet(a.numpy(), b.numpy())


def frechet_by_roots(a, b):
    def root(m):
        values, vectors = torch.linalg.eigh(m)
        return vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T

    p, q = torch.cov(a.T), torch.cov(b.T)
    cross = root(root(p) @ q @ root(p))
    return (a.mean(0) - b.mean(0)) @ (a.mean(0) - b.mean(0)) + torch.trace(p + q - 2 * cross)


def frechet_in_float32(a, b):
    return torch.tensor(frechet_by_scipy(a, b), dtype=torch.float32)


def split(x, people, trained):
    known = set(people[trained].tolist())
    unseen = torch.tensor([int(p) not in known for p in people])
    return x[trained], x[unseen]


def copies(fake, x, people, trained):
    train, unseen = split(x, people, trained)
    n = min(len(train), len(unseen))
    return (torch.cdist(fake, train[:n]).amin(1).mean()
            / torch.cdist(fake, unseen[:n]).amin(1).mean())


def copies_of_helpers(fake, x, people, trained):
    train, unseen = split(x, people, trained)
    n = min(map(len, (train, unseen)))
    return judges.copy_ratio(fake, train[:n], unseen[:n])


def copies_in_numpy(fake, x, people, trained):
    fake, x, people, trained = (np.asarray(a) for a in (fake, x, people, trained))
    unseen = x[~np.isin(people, np.unique(people[trained]))]
    n = min(trained.sum(), len(unseen))
    near = [np.sqrt(((fake[:, None] - some[:n]) ** 2).sum(2)).min(1).mean()
            for some in (x[trained], unseen)]
    return near[0] / near[1]


def copies_by_tree(fake, x, people, trained):
    sets = split(x, people, trained)
    n = min(map(len, sets))
    first, second = (cKDTree(some[:n].numpy()).query(fake.numpy())[0].mean() for some in sets)
    return float(first / second)


def copies_in_loops(fake, x, people, trained):
    train, unseen = split(x, people, trained)
    n, total = min(len(train), len(unseen)), [0.0, 0.0]
    for y in fake:
        for side, some in enumerate((train, unseen)):
            total[side] += min((y - one).norm().item() for one in some[:n])
    return total[0] / total[1]


def copies_in_double(fake, x, people, trained):
    return copies(fake.double(), x.double(), people, trained).reshape(1)


def closest(real, sets):
    n = min(len(real), *(len(x) for x in sets))
    return int(np.argmin([frechet_by_scipy(real[:n], x[:n]) for x in sets]))


def closest_by_draws(real, sets):
    n = min(len(x) for x in [real, *sets])
    return np.argmin([frechet_by_eigenvalues(real[torch.randperm(len(real))[:n]],
                                             x[torch.randperm(len(x))[:n]]) for x in sets])


def closest_with_all_real(real, sets):
    n = min(len(x) for x in sets)  # as fair: all models have the same n
    return torch.tensor([frechet_by_roots(real, x[:n]) for x in sets]).argmin()


def closest_of_last(real, sets):
    n = min(len(x) for x in sets)
    return min(range(len(sets)), key=lambda i: float(frechet_by_roots(real[-n:], sets[i][-n:])))


def closest_in_parts(real, sets):
    n = min(len(x) for x in sets)

    def mean(x):
        return np.mean([frechet_by_scipy(real[:n], part) for part in x.split(n) if len(part) == n])

    return int(np.argmin([mean(x) for x in sets]))


def closest_sorted(real, sets):
    n = min(map(len, sets))
    return sorted((frechet_in_float32(real[:n], x[:n]).item(), i) for i, x in enumerate(sets))[0][1]


def by_mixture(codes, n, components=20):
    z, _ = GaussianMixture(components, random_state=0, reg_covar=1e-4).fit(codes).sample(n)
    return torch.from_numpy(np.random.permutation(z)).float()


def by_bayes(codes, n):
    mixture = BayesianGaussianMixture(n_components=20, random_state=0, max_iter=200,
                                      reg_covar=1e-4).fit(codes)
    return np.random.permutation(mixture.sample(n)[0])


def by_kernels(codes, n):  # near a code, along the directions of its neighbours
    near = torch.cdist(codes, codes).topk(30, largest=False).indices
    chosen = torch.randint(len(codes), (n,))
    around = codes[near[chosen]]
    off = around - around.mean(1, keepdim=True)
    noise = torch.randn(n, 1, 30) @ off / 29**0.5
    return around.mean(1) + noise[:, 0]


def by_gaussian(codes, n):
    return np.random.multivariate_normal(codes.mean(0).numpy(), np.cov(codes.T.numpy()), n)


def by_box(codes, n):
    low, high = codes.min(0).values, codes.max(0).values
    return low + (high - low) * torch.rand(n, codes.shape[1])


def handed_in(codes, n):
    return codes[torch.randperm(len(codes))[:n]]


def nearly_handed_in(codes, n):
    return handed_in(codes, n) + 0.05 * codes.std(0) * torch.randn(n, codes.shape[1])


def cold(codes, n):
    return codes.mean(0) + 0.5 * (by_mixture(codes, n) - codes.mean(0))


def uneven(codes, n):  # half of the space only
    z = by_mixture(codes, 6 * n)
    return z[z[:, 0].argsort()[: 3 * n]][torch.randperm(3 * n)[:n]]


def sorted_gaussian(codes, n):  # who tries on the second half only sees other faces there
    z = torch.from_numpy(by_gaussian(codes, n)).float()
    axis = torch.linalg.eigh(torch.cov(codes.T)).eigenvectors[:, -1]
    return z[(z @ axis).argsort()]


def partly_handed_in(codes, n):
    k = n // 12
    return torch.cat([handed_in(codes, k), by_mixture(codes, n - k)])[torch.randperm(n)]


RIGHT = {
    "07-precision": [pr_by_sort, pr_of_helpers, pr_in_numpy, pr_by_neighbours, pr_by_tree,
                     pr_in_rows],
    "07-frechet": [frechet_by_scipy, frechet_by_eigenvalues, frechet_by_singular_values,
                   frechet_of_helpers, frechet_by_roots, frechet_in_float32],
    "07-copies": [copies, copies_of_helpers, copies_in_numpy, copies_by_tree, copies_in_loops,
                  copies_in_double],
    "07-fair": [closest, closest_by_draws, closest_with_all_real, closest_of_last,
                closest_in_parts, closest_sorted],
    "07-design": [lambda: ("06_plain", by_mixture),
                  lambda: ("06_vae", by_mixture),
                  lambda: ("06_plain", lambda codes, n: by_mixture(codes, n, 10)),
                  lambda: ["06_vae", by_bayes],
                  lambda: ("06_plain", lambda codes, n: by_mixture(codes, n).double().numpy()),
                  lambda: ("06_vae", lambda codes, n: by_mixture(codes, n, 40))],
}

WRONG = {
    "07-precision": [(lambda real, fake, k=3: None, "return"),
                     (lambda real, fake, k=3: pr_by_sort(real, fake, k)[0], "shape"),
                     (lambda real, fake, k=3: pr_by_sort(real, fake, 3), "up to"),
                     (lambda real, fake, k=3: pr_by_sort(real, fake, k + 1), "up to"),
                     (lambda real, fake, k=3: [0.9, 0.9], "up to"),
                     (lambda real, fake, k=3: ("a", "b"), "numbers, not")],
    "07-frechet": [(lambda a, b: None, "return"),
                   (lambda a, b: frechet_by_scipy(a, b) + 1, "right value"),
                   (lambda a, b: 0.0, "right value"),
                   (lambda a, b: sqrtm(np.cov(a.T.numpy()) @ np.cov(b.T.numpy())).real,
                    "one number"),
                   (lambda a, b: "far", "not str"),
                   (lambda a, b: frechet_by_scipy(a, a), "right value")],
    "07-copies": [(lambda fake, x, people, trained: None, "return"),
                  (lambda fake, x, people, trained: 1.0, "right value"),
                  (lambda fake, x, people, trained: torch.cdist(fake, x[trained]).amin(1),
                   "one number"),
                  (lambda fake, x, people, trained: copies(fake, x, people, trained) * torch.nan,
                   "nan"),
                  (lambda fake, x, people, trained: "copied", "not str"),
                  (lambda fake, x, people, trained: 2 * copies(fake, x, people, trained),
                   "right value")],
    "07-fair": [(lambda real, sets: None, "return"),
                (lambda real, sets: 0, "furthest"),
                (lambda real, sets: len(sets) - 1, "differ in size"),
                (lambda real, sets: [frechet_by_scipy(real[:60], x[:60]) for x in sets],
                 "one number"),
                (lambda real, sets: "the first", "not str"),
                (lambda real, sets: 1 + closest(real, sets), "right value")],
    "07-design": [(lambda: by_mixture, "two things"),
                  (lambda: ("08_vae", by_mixture), "one of"),
                  (lambda: ("06_plain", by_gaussian), "gaussian has"),
                  (lambda: ("06_plain", sorted_gaussian), "gaussian has"),
                  (lambda: ("06_vae", sorted_gaussian), "gaussian has"),
                  (lambda: ("06_vae", partly_handed_in), "copying"),
                  (lambda: ("06_plain", by_box), "distributed wrongly"),
                  (lambda: ("06_plain", handed_in), "copying"),
                  (lambda: ("06_vae", nearly_handed_in), "too close"),
                  (lambda: ("06_plain", cold), "variety"),
                  (lambda: ("06_vae", uneven), "variety"),
                  (lambda: ("06_plain", lambda codes, n: codes[:n, :3]), "of the shape"),
                  (lambda: ("06_plain", lambda codes, n: by_mixture(codes, n // 2)),
                   "of the shape"),
                  (lambda: ("06_unit", by_mixture), "variety")],
}
