"""Statistics of many draws at once, which interval() needs: a thousand draws in milliseconds.

Shape letters: N pictures, R draws, K columns. weights: (R, N), how many times each picture is in
each draw. Every function returns (R,); NaN or infinity for a draw in which it does not exist.
"""

import numpy as np


def mean(weights, values):
    """The mean of values (N,) or (N, K)."""
    return weights @ values.reshape(len(values), -1).mean(1) / weights.sum(1)


def psnr(weights, errors):
    """In dB: -10 log10 of the mean of mean squared errors (N,) of pictures in [0, 1]."""
    return -10 * np.log10(mean(weights, errors))


def columns(values):
    """(N,) or (N, K) -> (K, N) float64."""
    return values.reshape(len(values), -1).T.astype(float)


def auc(weights, labels, scores):
    """The share of pairs, one picture of each class, that the score ranks rightly; a tie is half.

    labels: 0 or 1, scores: any numbers, (N,) each, or (N, K): the average over the columns.
    As scikit-learn's roc_auc_score with sample_weight.
    """
    found = []
    for label, score in zip(columns(labels), columns(scores), strict=True):
        order = np.argsort(score)
        first = np.flatnonzero(np.diff(score[order], prepend=np.nan))  # of those that tie
        plus = np.add.reduceat((weights * label)[:, order], first, axis=1)  # (R, levels)
        minus = np.add.reduceat((weights * (1 - label))[:, order], first, axis=1)
        right = (plus * (minus.cumsum(1) - minus / 2)).sum(1)
        found.append(right / (plus.sum(1) * minus.sum(1)))
    return np.mean(found, axis=0)


def r2(weights, true, guess):
    """1 - squared error / variance, both of the draw.

    true, guess: (N,) each, or (N, K): the average over the columns.
    As scikit-learn's r2_score with sample_weight.
    """
    n, found = weights.sum(1), []
    for y, g in zip(columns(true), columns(guess), strict=True):
        error, y = (y - g) ** 2, y - y.mean()
        spread = weights @ y**2 - (weights @ y) ** 2 / n
        found.append(1 - weights @ error / spread)
    return np.mean(found, axis=0)


def one_by_one(function, weights, *arrays):
    """Any function of the rows of `arrays` (N, ...) that are in a draw; it returns a number."""
    rows = np.arange(weights.shape[1])
    draws = (np.repeat(rows, times) for times in weights.astype(int))
    return np.array([float(function(*(array[draw] for array in arrays))) for draw in draws])
