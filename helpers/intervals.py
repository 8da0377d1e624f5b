"""How sure a measured number is: its interval over people, and whether a difference is a draw.

Pictures of one person resemble each other, so they are no independent measurements. Therefore
people are drawn, with replacement and each with all their pictures, and the statistic is computed
again on every draw (cluster bootstrap: Field & Welsh 2007, "Bootstrapping clustered data", Journal
of the Royal Statistical Society B 69). The middle 95 % of the results are the interval (percentile
interval: Efron & Tibshirani 1993, "An Introduction to the Bootstrap").

Shape letters: N pictures, P people, R draws. A draw is known by its weights (N,): how many times
each picture is in it. `weighted` has the statistics.
"""

import functools
import warnings
from typing import NamedTuple

import numpy as np
from scipy.stats import DegenerateDataWarning, bootstrap, t

from helpers import weighted
from helpers.messages import bad


class Interval(NamedTuple):
    """A statistic of all pictures, and the ends of its interval.

    f"{gain:+.1f} dB" is "+1.2 (+0.9 to +1.5) dB".
    """

    value: float
    low: float
    high: float

    def __format__(self, spec):
        value, low, high = (format(number, spec or ".4g") for number in self)
        return f"{value} ({low} to {high})"

    def __str__(self):
        return format(self)


STATISTICS = {"mean": weighted.mean, "psnr": weighted.psnr, "auc": weighted.auc,
              "r2": weighted.r2}
TAKES = {"mean": 1, "psnr": 1, "auc": 2, "r2": 2}  # so many arrays


def interval(values, people, statistic="mean", other=None, draws=2000, seed=0, level=0.95):
    """The statistic of `values` with its interval over people, an Interval.

    values: numbers of the N pictures, (N,), or a tuple of such arrays, as the statistic takes them.
    people: (N,), who is on each picture. statistic:
        "mean"  of the values; of values (N, K) the mean over all
        "psnr"  in dB: -10 log10 of the mean of the pictures' mean squared errors
        "auc"   of (labels, scores), labels 0 or 1; where nobody has pictures of both classes,
                people of either class are drawn apart, so that each draw has as many as the set
        "r2"    of (true, guess); "auc" and "r2" of arrays (N, K) are the average over K columns
        a function of the arrays, each (n, ...) with the rows of one draw, that returns a number
    other: the same numbers of the same pictures by a second method. Then the result is the
    difference, first minus second, on the same draws: a paired comparison.
    draws: R. level: the share of the draws that lie in the interval. Of few people it is too
    narrow: means of 10 people lie in it 90 times in 100, those of 50 people 94 times.

    Draws in which the statistic does not exist (an AUC of one class) are left out. Raises
    ValueError where they are more than one in twenty, for arrays of different lengths, numbers
    that are not finite, fewer than two people (for an AUC: of either class), and other arguments.
    """
    _check(statistic, draws, level)
    people = _numpy(people)
    values = _arrays("values", values, people, statistic)
    other = other if other is None else _arrays("other", other, people, statistic)
    _, person = np.unique(people, return_inverse=True)  # (N,) -> 0 ... P - 1
    score = STATISTICS.get(statistic, functools.partial(weighted.one_by_one, statistic))

    def judge(weights):  # (R, N) -> (R,)
        with np.errstate(divide="ignore", invalid="ignore"):
            return score(weights, *values) - (0 if other is None else score(weights, *other))

    groups = _groups(person, [values, other or values] if statistic == "auc" else [])
    (value,) = judge(np.ones((1, len(person))))
    found = _draw(judge, person, groups, draws, seed)
    exist = found[np.isfinite(found)]
    if not np.isfinite(value) or len(exist) < 0.95 * draws:
        got = f"{value:.4g}, finite in {len(exist)}/{draws} draws"
        raise bad("statistic", got, "-inf < x < inf, finite in >= 95 % of the draws")
    low, high = np.quantile(exist, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(value), float(low), float(high))


def _draw(judge, person, groups, draws, seed):
    """What `judge` says of each draw, (R,): of each group, as many people as it has."""

    def judge_people(*drawn, axis):  # (R, P of a group) each
        drawn = np.concatenate(drawn, axis)
        times = np.stack([np.bincount(draw, minlength=person.max() + 1) for draw in drawn])
        return judge(times[:, person].astype(float))

    quiet = dict(action="ignore", category=DegenerateDataWarning)  # of draws that are NaN
    with warnings.catch_warnings(**quiet), np.errstate(invalid="ignore"):
        return bootstrap(groups, judge_people, n_resamples=draws, vectorized=True,
                         batch=max(1, 1_000_000 // len(person)), method="percentile",
                         rng=np.random.default_rng(seed)).bootstrap_distribution


def over_rounds(values, other=None, level=0.95):
    """The mean of what independent repetitions measured, with Student's interval, an Interval.

    values: (R,), one number a repetition, each of which had its own pictures. other: the same of a
    second method on the same pictures; then the result is the difference, first minus second.
    level: how often such intervals hold the true mean, if the values are about normal.
    Raises ValueError for fewer than two repetitions, different numbers, values that are not finite.
    """
    values = _numpy(values).astype(float)
    less = 0 * values if other is None else _numpy(other).astype(float)
    if values.ndim != 1 or len(values) < 2 or less.shape != values.shape:
        raise bad("values, other", f"{values.shape}, {less.shape}", "(R,), R >= 2")
    values = values - less
    if not np.isfinite(values).all():
        raise bad("values", values[~np.isfinite(values)][0], "-inf < x < inf")
    if not 0 < level < 1:
        raise bad("level", level, "0 < level < 1")
    half = t.ppf(0.5 + level / 2, len(values) - 1) * values.std(ddof=1) / len(values) ** 0.5
    return Interval(float(values.mean()), float(values.mean() - half), float(values.mean() + half))


def verdict(difference, first, second, better="higher"):
    """Who wins, as a table says it: "PCA wins", or "a draw".

    difference: an Interval of first minus second; where 0 lies in it, it is a draw.
    better: "higher" or "lower", which values are good. Raises ValueError for another word.
    """
    if better not in ("higher", "lower"):
        takes = "'higher', 'lower'"
        raise bad("better", repr(better), takes)
    if difference.low <= 0 <= difference.high:
        return "a draw"
    return f"{first if (difference.low > 0) == (better == 'higher') else second} wins"


def _check(statistic, draws, level):
    if not callable(statistic) and statistic not in STATISTICS:
        raise bad("statistic", repr(statistic), f"{', '.join(STATISTICS)}, function")
    if not isinstance(draws, int) or draws < 1:
        raise bad("draws", repr(draws), "int >= 1")
    if not 0 < level < 1:
        raise bad("level", level, "0 < level < 1")


def _numpy(x):
    return np.asarray(x.detach().cpu() if hasattr(x, "detach") else x)


def _arrays(name, values, people, statistic):
    """`values` as a list of NumPy arrays, each with a finite number for every picture."""
    values = values if isinstance(values, tuple) else (values,)
    arrays = [_numpy(x) for x in values]
    shapes = " & ".join(str(x.shape) for x in arrays)
    if len(arrays) != TAKES.get(statistic, len(arrays)):
        raise bad(name, shapes, f"{statistic}: {TAKES[statistic]} x (N,)")
    if {x.shape[:1] for x in arrays} != {people.shape}:
        raise bad(f"{name} & people", f"{shapes} & {people.shape}", "(N, ...) & (N,)")
    if statistic in ("auc", "r2") and arrays[0].shape != arrays[1].shape:
        raise bad(name, shapes, f"{statistic}: the same shape")
    for x in arrays:
        if not np.isfinite(x).all():
            raise bad(name, x[~np.isfinite(x)][0], "-inf < x < inf")
    return arrays


def _groups(person, scored):
    """The people to be drawn from, apart from each other: everyone, or for an AUC each class.

    scored: the (labels, scores) of an AUC. Raises ValueError for too few people.
    """
    everyone = np.arange(person.max(initial=-1) + 1)
    if len(everyone) < 2:
        raise bad("people", f"P = {len(everyone)}", "P >= 2")
    labels = [label for pair in scored for label in weighted.columns(pair[0])]
    if not labels:
        return [everyone]
    if not np.isin(labels, (0, 1)).all():
        raise bad("labels", ", ".join(f"{x:g}" for x in np.unique(labels)[:5]), "0, 1")
    # (L, P): the share of class 1 among the pictures of each person
    shares = np.stack([np.bincount(person, label) / np.bincount(person) for label in labels])
    fewest = (shares < 1).sum(1).min(), (shares > 0).sum(1).min()
    if min(fewest) < 2:
        raise bad("labels", "people with 0: {}, with 1: {}".format(*fewest), ">= 2, >= 2")
    if np.isin(shares, (0, 1)).all() and (shares == shares[0]).all():
        return [everyone[shares[0] == 0], everyone[shares[0] == 1]]
    return [everyone]
