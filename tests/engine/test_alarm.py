"""The score of a picture and its p-value: formulas by hand, promises by counting."""

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from helpers.engine import alarm
from helpers.engine.alarm import expected_alarms, fit_score, p_values, pictures_needed, variation
from helpers.engine.codes import fit_density, surprise


def usual(n, seed=0):
    """NUMBERS of `n` normal pictures: error and variation go together."""
    a, b, c = np.random.default_rng(seed).normal(size=(3, n))
    return np.stack([np.exp(-6 + 0.3 * a), np.exp(-3.5 + 0.2 * a + 0.1 * b), 90 + 8 * c], 1)


def test_p_values_by_hand():
    """Those that score as high count, too: of ties none is the higher one."""
    told = p_values(np.array([0.0, 2, 2.5, 3, 4]), np.array([1.0, 2, 2, 3]))
    assert told.tolist() == [5 / 5, 4 / 5, 2 / 5, 2 / 5, 1 / 5]
    assert p_values(np.array([7.0]), np.full(9, 7.0)).tolist() == [1.0]


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.5])
def test_normal_pictures_raise_as_many_alarms_as_was_said(rate):
    """Over many runs, p-values up to a rate are as frequent as that; within one, as foretold."""
    shares, inside = [], []
    for seed in range(300):
        numbers = usual(60 + 39 + 100, seed)
        score = fit_score(numbers[:60])
        held_out = np.sort(score(numbers[60:99]))
        alarms = (p_values(score(numbers[99:]), held_out) <= rate).sum()
        mean, low, high = expected_alarms(100, rate, 39)
        shares.append(alarms / 100)
        inside.append(low <= alarms <= high)
    assert mean == pytest.approx(100 * rate)
    assert abs(np.mean(shares) - rate) < 4 * np.std(shares) / 300**0.5
    assert 0.91 < np.mean(inside) < 1


def test_below_the_smallest_p_value_nothing_is_expected():
    assert expected_alarms(1000, 0.0249, 39) == (0.0, 0, 0)
    assert expected_alarms(1000, 0.025, 39)[0] == 25
    assert expected_alarms(1000, 0.049, 39)[0] == 25, "between two p-values the lower one holds"


@pytest.mark.parametrize("rate", [0.9, 0.5, 0.3, 0.1, 0.07, 0.05, 0.01, 0.001])
def test_as_many_pictures_are_needed_as_make_alarms_possible(rate):
    for n, possible in ((pictures_needed(rate), True), (pictures_needed(rate) - 1, False)):
        k = n - n // 2  # as Alarm takes them
        assert (expected_alarms(10, rate, k)[0] > 0) == possible


def test_the_score_is_the_distance_from_what_is_usual():
    known = usual(4000)
    score = fit_score(known)
    middle = np.array([[np.exp(-6), np.exp(-3.5), 90.0]])
    assert score(middle) < 0.1
    assert np.square(score(known)).mean() == pytest.approx(3, rel=0.01), "three numbers"
    for column, deviation in ((0, 0.3), (1, 0.2236)):
        off = middle.copy()
        off[0, column] *= np.exp(4 * deviation)
        assert score(off) > 4, "more: it goes against the other number"
    assert score(middle + [[0, 0, 40]]) == pytest.approx(5, rel=0.1)


def test_too_easy_is_as_strange_as_too_hard():
    score = fit_score(usual(500))
    normal, easy, hard = usual(500, 1), np.array([[0, 0, 40.0]]), np.array([[0.1, 0.3, 900]])
    assert score(easy)[0] > score(normal).max() < score(hard)[0]
    assert normal[:, 0].min() > easy[0, 0], "the plain error calls it the most normal of all"


def test_what_goes_against_the_usual_is_found_though_each_number_is_usual():
    score = fit_score(usual(500))
    odd = np.array([[np.exp(-6 + 0.5), np.exp(-3.5 - 0.3), 90]])
    assert score(odd)[0] > np.quantile(score(usual(500, 1)), 0.99)


def test_pictures_that_are_all_alike_still_give_numbers():
    same = np.repeat(usual(1), 10, 0)
    score = fit_score(same)
    assert score(same).max() < 1e-6 and np.isfinite(score(usual(5, 1))).all()
    assert (score(usual(5, 1)) > 1).all()


def test_the_floors_are_what_rounding_alone_makes():
    x = torch.linspace(0, 1, 8).repeat_interleave(8).reshape(8, 8).expand(400, 3, 8, 8)
    smooth = x + torch.rand(400, 3, 8, 8, generator=torch.manual_seed(0))
    off = (255 * smooth).round() / 255 - smooth
    error, varied = alarm.ROUNDING
    assert off.square().mean().item() == pytest.approx(error, rel=0.02)
    assert variation(off).mean().item() == pytest.approx(varied, rel=0.02)


def test_variation_by_hand():
    x = torch.tensor([[0.0, 1], [0.5, 0.5]]).expand(2, 3, 2, 2)
    assert variation(x).tolist() == [0.5, 0.5]  # (0.5 + 0.5) / 2 down, (1 + 0) / 2 across
    assert variation(torch.full((1, 3, 4, 4), 0.3)).tolist() == [0.0]


def test_the_surprise_of_a_code_is_its_density():
    codes = torch.randn(3000, 4, generator=torch.manual_seed(0)) @ torch.diag(torch.arange(1.0, 5))
    told = surprise(codes[:5], fit_density(codes, "gaussian"))
    due = -multivariate_normal(codes.mean(0).numpy(), np.cov(codes.numpy().T)).logpdf(codes[:5])
    assert told == pytest.approx(due, abs=0.02)
    long = torch.randn(300, 200, generator=torch.manual_seed(0))
    density = fit_density(long, "gaussian")
    assert surprise(10 * long[:3], density).min() > surprise(long, density).max()
