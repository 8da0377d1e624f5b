"""Intervals have the ends that theory and scipy give, and cover what they promise to cover."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import bootstrap
from sklearn.metrics import r2_score, roc_auc_score

from helpers import intervals, weighted
from helpers.intervals import Interval, interval, verdict


def rng(seed=0):
    return np.random.default_rng(seed)


def width(found):
    return found.high - found.low


def faces(people=100, pictures=4, own=1.0, shared=1.0, seed=0):
    """Who is on each picture, and a value of each: a person's own part and a picture's."""
    person = np.repeat(np.arange(people), pictures)
    value = shared * rng(seed).normal(size=people)[person]
    return person, value + own * rng(seed + 1).normal(size=len(person))


# --- against theory and libraries ----------------------------------------------------------------

def test_independent_pictures_have_the_interval_of_the_normal_distribution():
    value = rng().normal(3, 2, size=1000)
    found = interval(value, np.arange(1000), draws=20_000)
    error = 1.96 * value.std() / math.sqrt(1000)
    assert found.value == pytest.approx(value.mean())
    assert found.low == pytest.approx(value.mean() - error, abs=0.05 * error)
    assert found.high == pytest.approx(value.mean() + error, abs=0.05 * error)


def test_it_is_scipys_interval_of_the_means_of_people():
    person, value = faces()
    reference = bootstrap((value.reshape(100, 4).mean(1),), np.mean, n_resamples=2000,
                          method="percentile", rng=rng()).confidence_interval
    assert interval(value, person)[1:] == pytest.approx((reference.low, reference.high))


def test_people_of_many_pictures_weigh_as_much_as_their_pictures():
    person = np.repeat([0, 1, 2], [1, 2, 5])
    value = np.array([0, 3, 3, 9, 9, 9, 9, 9])
    found = interval(value, person, level=0.999)
    assert found == (51 / 8, 0, 9)  # one person three times is a draw, too


def test_copies_of_a_picture_tell_nothing_new():
    """Four equal pictures of everybody: sqrt(4) times as wide as if they were independent."""
    person, value = faces(own=0)
    assert interval(value, person) == pytest.approx(interval(value[::4], person[::4]))
    naive = interval(value, np.arange(400))
    assert width(interval(value, person)) == pytest.approx(2 * width(naive), rel=0.1)


def test_nothing_is_lost_where_pictures_of_a_person_are_independent():
    person, value = faces(people=1000, shared=0)
    naive = interval(value, np.arange(4000))
    assert width(interval(value, person)) == pytest.approx(width(naive), rel=0.1)


@pytest.mark.parametrize("shared", [0, 1])
def test_of_a_hundred_intervals_95_hold_the_truth(shared):
    """For 100 people theory says 94.6 %: 1.96 standard errors where Student's t wants 1.98, of a
    deviation that is 0.5 % short. The share among 600 sets strays from it by 0.9 % (binomial).
    """
    held, sets = 0, 600
    for seed in range(sets):
        person, value = faces(pictures=2, shared=shared, seed=2 * seed)
        found = interval(value, person, seed=seed)
        held += found.low <= 0 <= found.high
    assert abs(held / sets - 0.946) < 3 * math.sqrt(0.946 * 0.054 / sets)


def test_coverage_follows_the_level():
    sets = [faces(pictures=1, seed=2 * seed) for seed in range(200)]
    found = [interval(value, person, draws=500, level=0.5) for person, value in sets]
    held = np.mean([low <= 0 <= high for _, low, high in found])
    assert abs(held - 0.5) < 3 * math.sqrt(0.25 / 200)


# --- the statistics ------------------------------------------------------------------------------

def scored(people=60, pictures=4, ties=False, seed=0):
    """Two classes of people, whose scores overlap."""
    person = np.repeat(np.arange(people), pictures)
    label = person % 3 == 0
    score = label + rng(seed).normal(size=people)[person] + rng(seed + 1).normal(size=len(person))
    return person, label, score.round() if ties else score


WEIGHTS = rng().integers(0, 4, (5, 240)).astype(float)


@pytest.mark.parametrize("ties", [False, True])
def test_auc_is_scikit_learns(ties):
    person, label, score = scored(ties=ties)
    assert len(np.unique(score)) < 10 or not ties
    assert interval((label, score), person, "auc").value == pytest.approx(
        roc_auc_score(label, score))
    expected = [roc_auc_score(label, score, sample_weight=weight) for weight in WEIGHTS]
    assert weighted.auc(WEIGHTS, label, score) == pytest.approx(np.array(expected))


def test_r2_is_scikit_learns():
    true = rng().normal(5, 1, size=(240, 2))
    guess = true + rng(1).normal(0, [0.5, 2], size=(240, 2))
    expected = [r2_score(true, guess, sample_weight=weight) for weight in WEIGHTS]
    assert weighted.r2(WEIGHTS, true, guess) == pytest.approx(np.array(expected))
    assert weighted.r2(WEIGHTS, true[:, 0], guess[:, 0]).min() > expected[0]


def test_psnr_averages_errors_before_the_logarithm():
    found = interval([0.01, 0.25], [7, 8], "psnr")
    assert found.value == pytest.approx(-10 * math.log10(0.13))
    assert found[1:] == pytest.approx((-10 * math.log10(0.25), 20))


@pytest.mark.parametrize(("name", "function"), [
    ("mean", np.mean), ("psnr", lambda errors: -10 * math.log10(errors.mean())),
    ("auc", roc_auc_score), ("r2", r2_score)])
def test_a_function_of_the_rows_gives_the_same_interval(name, function):
    person, label, score = scored(ties=True)
    person = rng().permutation(person)  # both classes among a person's pictures
    values = {"auc": (label, score), "r2": (score, score + label)}.get(name, score**2 + 1)
    found = interval(values, person, name, draws=300)
    assert interval(values, person, function, draws=300) == pytest.approx(found)


def test_several_columns_are_averaged():
    person, label, score = scored()
    labels, scores = np.stack([label, score > 2], 1), np.stack([score, label - score], 1)
    found = interval((labels, scores), person, "auc")
    assert found.value == pytest.approx(roc_auc_score(labels, scores, average="macro"))
    assert found.low < found.value < found.high
    assert interval(scores, person) == pytest.approx(interval(scores.mean(1), person))


def test_both_classes_are_in_every_draw_where_classes_are_people(monkeypatch):
    person, label, score = scored(people=12)
    seen, auc = [], weighted.auc
    monkeypatch.setitem(intervals.STATISTICS, "auc",
                        lambda w, *rows: seen.append(w) or auc(w, *rows))
    interval((label, score), person, "auc")
    weights = np.concatenate(seen)
    assert (weights[:, label].sum(1) == 16).all() and (weights[:, ~label].sum(1) == 32).all()
    assert (weights.reshape(len(weights), 12, 4) == weights[:, ::4, None]).all(), "all pictures"


def test_people_with_pictures_of_both_classes_are_drawn_whole(monkeypatch):
    person = np.repeat(np.arange(6), 2)
    label = np.arange(12) % 2 == 0
    label[6:] = False  # three people without: now and then a draw has one class only
    found = interval((label, np.arange(12.0)), person, "auc", draws=500)
    assert 0 <= found.low < found.value < found.high <= 1


# --- paired differences --------------------------------------------------------------------------

def test_a_paired_difference_is_the_interval_of_the_differences():
    person, first = faces()
    second = first + 0.1 * rng(5).normal(size=400)
    found = interval(first, person, other=second)
    assert found == pytest.approx(interval(first - second, person))
    assert width(found) < 0.2 * width(interval(first, person)), "what both share drops out"


@pytest.mark.parametrize("name", ["psnr", "auc", "r2"])
def test_pairing_helps_where_two_methods_resemble_each_other(name):
    person, label, score = scored()
    noisy = score + 0.1 * rng(5).normal(size=240)
    values = {"auc": lambda x: (label, x), "r2": lambda x: (score, x - 0.5),
              "psnr": lambda x: x**2}[name]
    found = interval(values(score), person, name, other=values(noisy))
    alone = [interval(values(x), person, name) for x in (score, noisy)]
    assert found.value == pytest.approx(alone[0].value - alone[1].value)
    assert width(found) < 0.6 * math.hypot(*map(width, alone))


def test_a_ratio_and_two_sets_of_people_are_functions():
    person, value = faces()
    errors = value**2
    ratio = interval((errors, 3 * errors), person, lambda a, b: a.mean() / b.mean())
    assert ratio == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    light = person < 50
    found = interval((errors, light), person, lambda e, x: e[x].mean() - e[~x].mean())
    parts = [interval(errors[x], person[x]) for x in (light, ~light)]
    assert found.value == pytest.approx(parts[0].value - parts[1].value)
    assert width(found) == pytest.approx(math.hypot(*map(width, parts)), rel=0.1)


# --- the same every time -------------------------------------------------------------------------

def test_the_seed_decides():
    person, value = faces()
    assert interval(value, person) == interval(value, person, seed=0)
    assert interval(value, person) != interval(value, person, seed=1)


@pytest.mark.parametrize("name", ["mean", "auc", "r2"])
def test_the_order_of_pictures_does_not_matter(name):
    person, label, score = scored(ties=True)
    values = {"mean": (score,), "auc": (label, score), "r2": (score, score - label)}[name]
    order = rng().permutation(240)
    mixed = tuple(value[order] for value in values)
    assert interval(mixed, person[order], name) == pytest.approx(interval(values, person, name))


def test_tensors_lists_and_names_of_people_are_taken():
    person, value = faces()
    found = interval(value, person)
    tensor = torch.tensor(value, requires_grad=True)
    assert interval(tensor, torch.tensor(person)) == found
    assert interval(value.tolist(), [f"{p:03}" for p in person]) == found
    assert all(type(number) is float for number in found), "JSON takes them"


def test_large_sets_are_drawn_in_parts(monkeypatch):
    person, value = faces(people=1500, pictures=3)
    sizes, mean = [], weighted.mean
    monkeypatch.setitem(intervals.STATISTICS, "mean",
                        lambda w, x: sizes.append(w.size) or mean(w, x))
    interval(value, person)
    assert len(sizes) > 5 and max(sizes) <= 1_000_000


# --- words ---------------------------------------------------------------------------------------

def test_an_interval_prints_with_its_ends():
    found = Interval(1.2345, -0.5, 12345.678)
    assert str(found) == f"{found}" == "1.234 (-0.5 to 1.235e+04)"
    assert f"{found:+.1f} dB" == "+1.2 (-0.5 to +12345.7) dB"


@pytest.mark.parametrize(("ends", "better", "says"), [
    ((0.1, 0.3), "higher", "PCA wins"), ((-0.3, -0.1), "higher", "AE wins"),
    ((0.1, 0.3), "lower", "AE wins"), ((-0.3, -0.1), "lower", "PCA wins"),
    ((-0.1, 0.3), "higher", "a draw"), ((0, 0.3), "lower", "a draw")])
def test_who_wins(ends, better, says):
    assert verdict(Interval(sum(ends) / 2, *ends), "PCA", "AE", better) == says


def test_a_direction_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="better"):
        verdict(Interval(1, 0, 2), "a", "b", "neither")


FOUR, TWO = np.arange(4.0), np.array([5, 5, 6, 6])
MIXED = np.array([0, 1, 0, 1])


@pytest.mark.parametrize(("arguments", "says"), [
    (dict(values=FOUR[:3]), r"values & people got \(3,\) & \(4,\)"),
    (dict(values=(FOUR, FOUR[:3]), statistic="r2"), r"\(4,\) & \(3,\)"),
    (dict(values=FOUR, other=FOUR[:3]), "other & people"),
    (dict(values=FOUR, people=TWO[:, None]), r"\(4, 1\)"),
    (dict(values=FOUR, people=[1, 1, 1, 1]), "P = 1"),
    (dict(values=[], people=[]), "P = 0"),
    (dict(values=[1, math.nan, 2, 3]), "values got nan"),
    (dict(values=FOUR, other=[1, math.inf, 2, 3]), "other got inf"),
    (dict(values=FOUR, statistic="median"), "statistic got 'median'"),
    (dict(values=FOUR, statistic="auc"), "auc: 2 x"),
    (dict(values=(FOUR, FOUR)), "mean: 1 x"),
    (dict(values=(MIXED, FOUR.reshape(4, 1)), statistic="auc"), "the same shape"),
    (dict(values=(MIXED + 1, FOUR), statistic="auc"), "labels got 1, 2"),
    (dict(values=(MIXED * 0, FOUR), statistic="auc"), "people with 0: 2, with 1: 0"),
    (dict(values=(TWO == 5, FOUR), statistic="auc"), "people with 0: 1, with 1: 1"),
    (dict(values=FOUR * 0, statistic="psnr"), "statistic got inf"),
    (dict(values=(FOUR * 0, FOUR), statistic="r2"), "statistic got"),
    (dict(values=(FOUR, TWO), statistic=lambda x, p: 0 if len(set(p)) > 1 else math.nan),
     r"finite in \d+/2000 draws"),
    (dict(values=FOUR, level=95), "level got 95"),
    (dict(values=FOUR, level=1), "level got 1"),
    (dict(values=FOUR, draws=0), "draws got 0"),
])
def test_what_has_no_interval_is_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        interval(**{"people": TWO} | arguments)
