"""Right and wrong answers to the exercises of lesson 08: test_exercises.py checks them."""

import math
from fractions import Fraction

import numpy as np
import torch
from scipy.stats import mannwhitneyu, rankdata
from sklearn.covariance import EllipticEnvelope
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity, LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torchvision.transforms.functional import gaussian_blur

FIXED = -6.27, 0.35  # mean and spread of log errors, copied from an output


def auc_of_pairs(labels, scores):
    high, low = scores[labels == 1][:, None], scores[labels == 0]
    return (high > low).mean() + (high == low).mean() / 2


def auc_by_ranks(labels, scores):
    n = (labels == 1).sum()
    m = len(labels) - n
    return (rankdata(scores)[labels == 1].sum() - n * (n + 1) / 2) / (n * m)


def auc_by_curve(labels, scores):
    false, true, _ = roc_curve(labels, scores)
    return np.trapezoid(true, false)


def auc_by_test(labels, scores):
    u = mannwhitneyu(scores[labels == 1], scores[labels == 0]).statistic
    return u / (labels == 1).sum() / (labels == 0).sum()


def auc_in_torch(labels, scores):
    labels, scores = torch.as_tensor(labels).bool(), torch.as_tensor(scores)
    return ((scores[labels][:, None] - scores[~labels]).sign().float() / 2 + 0.5).mean()


def auc_in_loops(labels, scores):
    pairs = [(a > b) + (a == b) / 2 for a, i in zip(scores, labels, strict=True) if i
             for b, j in zip(scores, labels, strict=True) if not j]
    return [sum(pairs) / len(pairs)]


def alarms_by_rank(held_out, new, rate):
    k = math.ceil((len(held_out) + 1) * (1 - rate))
    return new > np.sort(held_out)[k - 1] if k <= len(held_out) else np.zeros(len(new), bool)


def alarms_by_p(held_out, new, rate):
    p = (1 + (held_out >= new[:, None]).sum(1)) / (len(held_out) + 1)
    return p <= rate


def alarms_by_quantile(held_out, new, rate):
    n = len(held_out)
    level = math.ceil((n + 1) * (1 - rate)) / n
    if level > 1:
        return np.full(len(new), False)
    return new > np.quantile(held_out, level, method="inverted_cdf")


def alarms_in_torch(held_out, new, rate):
    held_out, new = torch.from_numpy(held_out), torch.from_numpy(new)
    higher = (held_out >= new[:, None]).sum(1)
    return (1 + higher) / (len(held_out) + 1) <= rate + 1e-6


def alarms_by_search(held_out, new, rate):
    n = len(held_out)
    higher = n - np.searchsorted(np.sort(held_out), new, "left")
    return [bool(1 + count <= math.floor(rate * (n + 1))) for count in higher]


def alarms_exactly(held_out, new, rate):
    n = len(held_out)
    k = math.ceil((n + 1) * (1 - Fraction(str(rate))))
    threshold = sorted([*held_out, math.inf])[k - 1]
    return (new > threshold).astype(int)


def alarms_with_infinity(held_out, new, rate):
    scores = np.append(held_out, np.inf)
    return new > np.quantile(scores, 1 - rate, method="inverted_cdf")


def worth_by_rates(labels, alarms, base_rate):
    found, false = np.mean(alarms[labels == 1]), np.mean(alarms[labels == 0])
    return base_rate * found / (base_rate * found + (1 - base_rate) * false)


def worth_by_weights(labels, alarms, base_rate):
    labels, alarms = labels == 1, alarms == 1
    weight = np.where(labels, base_rate / labels.mean(), (1 - base_rate) / (1 - labels.mean()))
    return weight[labels & alarms].sum() / weight[alarms].sum()


def worth_by_odds(labels, alarms, base_rate):
    found, false = np.mean(alarms[labels == 1]), np.mean(alarms[labels == 0])
    odds = base_rate / (1 - base_rate) * found / false if found else 0.0
    return odds / (1 + odds)


def worth_in_torch(labels, alarms, base_rate):
    labels, alarms = torch.as_tensor(labels) == 1, torch.as_tensor(alarms).float()
    true, false = base_rate * alarms[labels].mean(), (1 - base_rate) * alarms[~labels].mean()
    return true / (true + false)


def worth_by_counts(labels, alarms, base_rate):
    tp = sum(int(i) and int(j) for i, j in zip(labels, alarms, strict=True))
    n = sum(int(i) for i in labels)
    fp = sum(int(j) for j in alarms) - tp
    if tp + fp == 0:
        return math.nan
    true, false = base_rate * tp / n, (1 - base_rate) * fp / (len(labels) - n)
    return [true / (true + false)]


def worth_or_nothing(labels, alarms, base_rate):
    return worth_by_rates(labels, alarms, base_rate) if alarms.any() else 0


def worth_crashing(labels, alarms, base_rate):
    found, false = (float(np.mean(alarms[labels == k])) for k in (1, 0))
    return base_rate * found / (base_rate * found + (1 - base_rate) * false)


def logs(e, v):
    return np.stack([np.log(e), np.log(v)], 1)


def unusual(error, variation, held_error, held_variation):
    held, new = logs(held_error, held_variation), logs(error, variation)
    off = new - held.mean(0)
    return (off @ np.linalg.inv(np.cov(held.T)) * off).sum(1)


def by_density(model):
    def score(error, variation, held_error, held_variation):
        fit = make_pipeline(StandardScaler(), model()).fit(logs(held_error, held_variation))
        return -fit.score_samples(logs(error, variation))
    return score


def larger_of_two(error, variation, held_error, held_variation):
    held, new = logs(held_error, held_variation), logs(error, variation)
    return np.abs((new - held.mean(0)) / held.std(0)).max(1)


def line_and_error(error, variation, held_error, held_variation):
    e, v, held_e, held_v = map(np.log, (error, variation, held_error, held_variation))
    line = np.polyfit(held_v, held_e, 1)
    beyond, usual = e - np.polyval(line, v), held_e - np.polyval(line, held_v)
    return torch.from_numpy(np.hypot(beyond / usual.std(), (v - held_v.mean()) / held_v.std()))


def sum_of_two(error, variation, held_error, held_variation):
    def off(new, held):
        middle = np.median(held)
        return np.abs(new - middle) / np.median(np.abs(held - middle))

    return list(off(np.log(error), np.log(held_error))
                + off(np.log(variation), np.log(held_variation)))


def without_logarithms(error, variation, held_error, held_variation):
    return np.maximum(np.abs(error - held_error.mean()) / held_error.std(),
                      np.abs(variation - held_variation.mean()) / held_variation.std())


def by_their_own(error, variation, held_error, held_variation):
    return unusual(error, variation, error, variation)


def with_fixed_numbers(error, variation, held_error, held_variation):
    return np.hypot((np.log(error) - FIXED[0]) / FIXED[1],
                    (np.log(variation) - np.log(held_variation).mean()) / 0.2)


def two_sided(error, variation, held_error, held_variation):
    return np.abs(np.log(error) - np.median(np.log(held_error)))


def beyond_variation(error, variation, held_error, held_variation):
    line = np.polyfit(np.log(held_variation), np.log(held_error), 1)
    return np.abs(np.log(error) - np.polyval(line, np.log(variation)))


def vary(x):
    return (x.diff(dim=2).abs().mean((1, 2, 3)) + x.diff(dim=3).abs().mean((1, 2, 3))).clamp(
        min=1 / 255).numpy()


def statistics_of(x_train, n=128):
    """log error, log variation and log length of a whitened code, as a function."""
    flat = x_train.flatten(1).numpy()
    pca = PCA(n, svd_solver="randomized", random_state=0).fit(flat)

    def statistics(x):
        x_flat = x.flatten(1).numpy()
        z = pca.transform(x_flat)
        error = ((x_flat - pca.inverse_transform(z)) ** 2).mean(1)
        far = (z**2 / pca.explained_variance_)[:, :64].sum(1)
        return np.log(np.stack([error, vary(x), far], 1))

    return statistics


def with_(model, chosen=(0, 1, 2), n=128):
    """A design: a density or a detector of some of the statistics of held-out faces."""
    def design(x_train, x_held):
        statistics = statistics_of(x_train, n)
        fit = make_pipeline(StandardScaler(), model()).fit(statistics(x_held)[:, chosen])
        return lambda x: -fit.score_samples(statistics(x)[:, chosen])
    return design


def mahalanobis(x_train, x_held):
    statistics = statistics_of(x_train)
    held = statistics(x_held)
    root = np.linalg.cholesky(np.linalg.inv(np.cov(held.T)))
    return lambda x: torch.from_numpy(np.linalg.norm((statistics(x) - held.mean(0)) @ root, axis=1))


def ensemble(x_train, x_held):
    statistics = statistics_of(x_train)
    held = statistics(x_held)
    line = np.polyfit(held[:, 1], held[:, 0], 1)

    def several(x):
        e, v, far = statistics(x).T
        return np.abs(np.stack([e - held[:, 0].mean(), e - np.polyval(line, v),
                                v - held[:, 1].mean(), far - held[:, 2].mean()], 1))

    scale = several(x_held).mean(0)
    return lambda x: list((several(x) / scale).max(1))


def several_errors(x_train, x_held):
    """No variation: how errors of codes of several sizes go together."""
    each = [statistics_of(x_train, n) for n in (64, 128, 256)]

    def errors(x):
        return np.stack([each[0](x)[:, 1], *(statistics(x)[:, 0] for statistics in each)], 1)

    fit = EllipticEnvelope(support_fraction=1.0).fit(errors(x_held))
    return lambda x: fit.mahalanobis(errors(x))


def by(score):
    """A design from a score of statistics (N, 3) and those of held-out faces."""
    def design(x_train, x_held):
        statistics = statistics_of(x_train)
        held = statistics(x_held)
        return lambda x: score(statistics(x), held)
    return design


def for_blank_only(new, held):
    z = (new - held.mean(0)) / held.std(0)
    return np.maximum(z[:, 0], -z[:, 1])


def with_a_guard(new, held):
    return np.where(new[:, 1] < held[:, 1].min(), 99, new[:, 0])


def taught(model, features):
    """A design that learns to tell the two known kinds, made from training faces."""
    def design(x_train, x_held):
        statistics = statistics_of(x_train)
        flat = PCA(64, svd_solver="randomized", random_state=0).fit(x_train.flatten(1).numpy())
        see = statistics if features == "statistics" else (
            lambda x: flat.transform(x.flatten(1).numpy()))
        blank = x_train.mean((1, 2, 3), keepdim=True).expand_as(x_train)
        x = torch.cat([x_train, blank, x_train.flip(2)])
        fit = model().fit(see(x), np.repeat([0, 1], [len(x_train), 2 * len(x_train)]))
        return lambda x: fit.predict_proba(see(x))[:, 1]
    return design


def taught_more_kinds(x_train, x_held):  # more kinds of one's own making
    statistics = statistics_of(x_train)
    blank = x_train.mean((1, 2, 3), keepdim=True).expand_as(x_train)
    made = torch.cat([blank, x_train.flip(2), gaussian_blur(x_train, 5, 0.8)])
    fit = RandomForestClassifier(50, random_state=0, min_samples_leaf=5).fit(
        statistics(torch.cat([x_train, x_held, made])),
        np.repeat([0, 1], [len(x_train) + len(x_held), len(made)]))
    return lambda x: fit.predict_proba(statistics(x))[:, 1]


def moving_about(x_train, x_held):
    statistics = statistics_of(x_train)
    return lambda x: unlike(statistics(x), statistics(x))


def unlike(new, held):
    off = (new - held.mean(0)) / held.std(0)
    return (off**2).sum(1)


def unsteady(x_train, x_held):
    score = mahalanobis(x_train, x_held)
    return lambda x: score(x).numpy() + np.random.rand(len(x))


def linear():
    return LogisticRegression(max_iter=500)


def trees():
    return RandomForestClassifier(50, random_state=0)


def kernels():
    return KernelDensity(bandwidth=0.4)


def forest():
    return IsolationForest(random_state=0)


def local():
    return LocalOutlierFactor(20, novelty=True)


def two_gaussians():
    return GaussianMixture(2, random_state=0)


RIGHT = {
    "08-auc": [auc_of_pairs, auc_by_ranks, auc_by_curve, auc_by_test, auc_in_torch, auc_in_loops,
               roc_auc_score],
    "08-threshold": [alarms_by_rank, alarms_by_p, alarms_by_quantile, alarms_in_torch,
                     alarms_by_search, alarms_exactly, alarms_with_infinity],
    "08-price": [worth_by_rates, worth_by_weights, worth_by_odds, worth_in_torch, worth_by_counts,
                 worth_or_nothing],
    "08-blank": [unusual, larger_of_two, line_and_error, sum_of_two, by_density(GaussianMixture),
                 by_density(kernels), by_density(forest), by_density(local)],
    "08-design": [mahalanobis, ensemble, several_errors, with_(two_gaussians), with_(kernels),
                  with_(forest), with_(local), with_(GaussianMixture, [0, 1]), by(unlike),
                  taught_more_kinds],
}

WRONG = {
    "08-auc": [(lambda labels, scores: None, "return"),
               (lambda labels, scores: "good", "not str"),
               (lambda labels, scores: scores[labels == 1][:, None] > scores[labels == 0],
                "one number"),
               (lambda labels, scores: 100 * roc_auc_score(labels, scores), "right value"),
               (lambda labels, scores: 0.5, "right value"),
               (lambda labels, scores: roc_auc_score(labels, scores > np.median(scores)),
                "right value"),
               (lambda labels, scores: math.nan, "nan")],
    "08-threshold": [(lambda held_out, new, rate: None, "return"),
                     (lambda held_out, new, rate: np.sort(held_out)[-3], "shape"),
                     (lambda held_out, new, rate: ["no"] * len(new), "numbers, not"),
                     (lambda held_out, new, rate: new - np.quantile(held_out, 1 - rate), "up to"),
                     (lambda held_out, new, rate: new > new.mean() + new.std(),
                      "the other new pictures"),
                     (lambda held_out, new, rate: alarms_by_rank(
                         held_out - held_out.mean(), new - new.mean(), rate),
                      "the other new pictures"),
                     (lambda held_out, new, rate: new > np.quantile(
                         held_out, min(1, math.ceil((len(held_out) + 1) * (1 - rate))
                                       / len(held_out)), method="higher"), "one rank too high"),
                     (lambda held_out, new, rate: alarms_by_rank(held_out, new, rate / 4),
                      "up to"),
                     (lambda held_out, new, rate: new > np.sort(held_out)[
                         min(len(held_out), math.ceil((len(held_out) + 1) * (1 - rate))) - 1],
                      "up to")],
    "08-price": [(lambda labels, alarms, base_rate: None, "return"),
                 (lambda labels, alarms, base_rate: "dear", "not str"),
                 (lambda labels, alarms, base_rate: labels * base_rate, "one number"),
                 (lambda labels, alarms, base_rate: base_rate, "right value"),
                 (lambda labels, alarms, base_rate: 100 * worth_by_rates(labels, alarms, base_rate),
                  "right value"),
                 (worth_crashing, "no precision"),
                 (lambda labels, alarms, base_rate: worth_by_rates(labels, alarms, base_rate)
                  if alarms.any() else 1.0, "no precision")],
    "08-blank": [(lambda *given: None, "return"),
                 (lambda *given: np.log(given[0]).mean(), "shape"),
                 (lambda *given: "high", "not str"),
                 (lambda *given: np.where(given[1] > 0.01, unusual(*given), np.inf), "infinite"),
                 (lambda *given: -unusual(*given), "wrong way round"),
                 (two_sided, "blank: an auc"),
                 (beyond_variation, "noise: an auc"),
                 (without_logarithms, "blurred: an auc"),
                 (lambda e, v, held_e, held_v: np.maximum(
                     np.abs(np.log(v / np.median(held_v))), -np.log(e / np.median(held_e))),
                  "upside down: an auc"),
                 (lambda e, v, *held: np.log(e), "the error itself"),
                 (lambda e, v, *held: np.log(e) - np.log(v), "one-sided"),
                 (lambda e, v, *held: np.abs(np.log(e) - np.median(np.log(e))), "other new"),
                 (by_their_own, "other new"),
                 (with_fixed_numbers, "fixed")],
    "08-design": [(lambda x_train, x_held: None, "return a function"),
                  (lambda x_train, x_held: lambda x: x.mean(), "shape"),
                  (lambda x_train, x_held: lambda x: torch.full((len(x),), math.inf), "infinite"),
                  (lambda x_train, x_held: lambda x: -with_(forest)(x_train, x_held)(x),
                   "wrong way round"),
                  (by(lambda new, held: new[:, 0]), "blank: an auc"),
                  (by(lambda new, held: np.abs(new[:, 0] - held[:, 0].mean())), "blank: an auc"),
                  (lambda x_train, x_held: lambda x: -vary(x), "upside down: an auc"),
                  (by(for_blank_only), "a kind that you have not seen"),
                  (by(with_a_guard), "a kind that you have not seen"),
                  (by(lambda new, held: new[:, 0] - new[:, 1]), "a kind that you have not seen"),
                  (taught(linear, "statistics"), "a kind that you have not seen"),
                  (taught(trees, "statistics"), "a kind that you have not seen"),
                  (taught(linear, "codes"), "a kind that you have not seen"),
                  (moving_about, "beside it"),
                  (unsteady, "beside it")],
}
