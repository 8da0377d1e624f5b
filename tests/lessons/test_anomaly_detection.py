"""Lesson 08 teaches what its study measures, and says of it what is so."""

import json
import math
from functools import partial

import lesson_code
import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from helpers import models, studies
from helpers.anomalies import KINDS, normal_faces
from helpers.studies import alarms, lesson_08
from helpers.variational import gaussian_nll, kl_to_prior

LESSON = "08_anomaly_detection"
SCORES = "error", "variation"


@pytest.fixture(scope="module")
def results():
    return json.loads(studies.study_path("08", "synthetic").read_text(encoding="utf-8"))["results"]


@pytest.fixture(scope="module")
def taught():
    return lesson_code.run(
        LESSON, "theory-auc-code", "learned-why-code", "learned-repair-code",
        "learned-repair-together", "learned-threshold-code", "fails-typical-code",
        "fails-typical-packed", torch=torch, np=np, math=math,
        load_weights=models.load_weights, VAE=models.VAE, gaussian_nll=gaussian_nll,
        kl_to_prior=kl_to_prior)


@pytest.fixture(scope="module")
def faces():
    return normal_faces(60, "test", seed=3).x, normal_faces(24, "test", seed=4).x


def test_the_auc_counts_pairs_and_half_of_ties(taught):
    rng = np.random.default_rng(0)
    normal, odd = rng.integers(0, 5, 80), rng.integers(1, 7, 30)
    due = roc_auc_score([0] * 80 + [1] * 30, np.append(normal, odd))
    assert taught["auc"](normal, odd) == pytest.approx(due)


def test_scores_are_those_of_the_study(taught, faces):
    held, x = faces
    assert np.array_equal(taught["variation"](x), alarms.variation(x))
    blank = torch.full((2, 3, 32, 32), 0.5)
    assert (taught["variation"](blank) == np.float32(alarms.LEAST)).all()

    def brightness(x):
        return x.mean((1, 2, 3)).numpy()

    ours = taught["two_sided"](brightness, held)(x)
    assert np.allclose(ours, alarms.TwoSided(brightness, held)(x))
    both = [brightness, lambda x: np.log(alarms.variation(x))]
    assert np.allclose(taught["together"](both, held)(x), alarms.Usual(both, held)(x))
    assert np.allclose(taught["minus_elbo"](x), alarms.negative_elbo(taught["vae"], x))
    assert np.allclose(taught["packed"](x), 8 * math.log(2) * alarms.compressed(x))


def test_a_mahalanobis_distance_undoes_scale_and_correlation(taught):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(4000, 2)) @ np.array([[3.0, 1.0], [0.0, 0.2]])
    far = taught["distance_from"](rows)(rows)
    assert np.mean(far**2) == pytest.approx(2, rel=0.01), "chi squared with two degrees"


@pytest.mark.parametrize("n", [10, 25, 100])
def test_thresholds_keep_their_promise_on_average_and_waste_little(taught, n):
    rng = np.random.default_rng(0)
    rates = []
    for _ in range(4000):
        scores = rng.exponential(size=n + 200)
        at = taught["threshold"](scores[:n], 0.05)
        assert at == lesson_08.conformal(scores[:n], 0.05)
        rates.append((scores[n:] > at).mean())
    error = 3 * np.std(rates) / 4000**0.5
    assert np.mean(rates) <= 0.05 + error
    assert np.mean(rates) >= (0.05 - 1 / (n + 1) - error if n > 19 else 0)
    assert (n > 18) == math.isfinite(taught["threshold"](scores[:n], 0.05))


def test_a_density_of_statistics_sees_too_little_as_well_as_too_much(faces):
    held, x = faces
    usual = alarms.Usual([lambda x: np.log(alarms.variation(x))], held)
    normal = usual(x)
    for contrast in (0.1, 10):
        assert usual(0.5 + contrast * (x - 0.5)).min() > np.median(normal)


def test_a_code_density_takes_as_many_components_as_held_out_codes_like():
    torch.manual_seed(0)
    two = torch.randn(400, 2) + 8 * torch.randint(2, (400, 1))
    density = alarms.CodeDensity(lambda z: z.numpy().astype(float), two[:300], two[300:], (1, 2))
    assert density.mixture.n_components == 2
    middle, hill = density(torch.tensor([[4.0, 4.0], [8.0, 8.0]]))
    assert middle > hill + 2


# -- what the lesson says of the study ---------------------------------------------------------


def test_networks_were_trained_at_the_rate_that_suits_both_sizes_tried(results):
    for model, rates in lesson_08.RATES.items():
        tried = [[results[f"{model} {code}, rate {rate}"]["valid_psnr"] or -math.inf
                  for code in (128, lesson_08.HARD[model])] for rate in rates]
        best = int(np.argmax(np.sum(tried, 1)))
        assert rates[best] == lesson_08.RATE[model]
        assert 0 < best < len(rates) - 1, "not at the grid's edge"


def test_no_longer_code_was_trained_so_badly_that_it_is_worse(results):
    """Else the figure over sizes would show failed trainings as bad alarms."""
    for model in lesson_08.RATES:
        for seed in lesson_08.SEEDS[:1]:
            found = [results[f"{model} {code}, seed {seed}"]["test_psnr"]["value"]
                     for code in lesson_08.CODES]
            assert all(b > a - 0.5 for a, b in zip(found, found[1:], strict=False)), model


def of(results, seed, score, kind):
    return results[f"scores, seed {seed}"]["auc"][score][kind]


@pytest.mark.parametrize("seed", lesson_08.SEEDS)
def test_the_error_fails_and_three_statistics_mend_it_for_every_seed(results, seed):
    value = partial(of, results, seed)
    for kind in ("blank", "blurred"):
        assert value("error", kind)["high"] < 0.1 and value("error, PCA", kind)["high"] < 0.5
        assert value("three statistics", kind)["low"] > 0.85
    for kind in ("upside down", "noise", "digit"):
        assert value("error", kind)["low"] > 0.9 and value("three statistics", kind)["low"] > 0.9
    for score in results["scores, seed 0"]["auc"]:  # nobody sees two left eyes
        assert value(score, "two left eyes")["value"] < 0.6
        assert value(score, "no mouth")["value"] < 0.6
    chosen = results[f"scores, seed {seed}"]["left_out"]
    assert all("three" in one["score"] for one in chosen.values())
    assert chosen["blurred"]["low"] > 0.85 and chosen["blank"]["low"] > 0.95
    families = results[f"scores, seed {seed}"]["family_left_out"]
    assert families["blurred"]["score"] == families["blank"]["score"] == "ELBO"
    assert families["blurred"]["high"] < 0.5, "what is chosen is like what it was chosen on"


@pytest.mark.parametrize("seed", lesson_08.SEEDS)
def test_repaired_scores_win_on_kinds_that_nothing_was_chosen_with(results, seed):
    new = results[f"scores, seed {seed}"]["new"]
    for repaired in ("three statistics", "three statistics, PCA", "local outlier factor, three"):
        for plain in ("error", "error, PCA", "nearest pixels", "Isolation Forest"):
            assert new[repaired]["low"] > new[plain]["high"], (repaired, plain)
    assert abs(new["three statistics"]["value"]
               - new["local outlier factor, three"]["value"]) < 0.03, "it is the three numbers"


@pytest.mark.parametrize("seed", lesson_08.SEEDS)
def test_a_map_that_never_looks_points_better_but_at_boxes(results, seed):
    found = results[f"recipe 128, seed {seed}"]["localised"]
    for kind in ("glasses", "two left eyes", "no mouth"):
        assert found[kind]["error - usual error"]["high"] < 0, kind
    assert found["box"]["error - usual error"]["low"] > 0
    assert found["glasses"]["error - edges"]["low"] > 0


def test_one_threshold_rings_more_for_light_skin_and_one_for_each_half_does_not(results):
    tones = results["skin tones"]
    for who in ("light rare", "balanced", "dark rare"):
        light, dark = (tones[who]["error"]["pooled"][half]["false alarms"]
                       for half in ("light", "dark"))
        assert light["low"] > dark["high"], who
        halves = [tones[who]["error"]["by half"][half]["false alarms"]
                  for half in ("light", "dark")]
        assert all(half["low"] < 0.06 and half["high"] > 0.04 for half in halves), who
    same = results["another tone"]
    assert same["log_error_ratio"]["high"] < 0 and same["log_variation_ratio"]["high"] < 0


def test_opponents_win_no_kind_alone_on_faces(results):
    opponents = ("nearest pixels", "nearest in PCA", "Isolation Forest", "one-class SVM",
                 "local outlier factor")
    for seed in lesson_08.SEEDS:
        for kind, best in results[f"scores, seed {seed}"]["best"].items():
            assert not set(best) <= set(opponents), kind


def test_all_kinds_and_all_scores_are_in_the_study(results):
    for seed in lesson_08.SEEDS:
        table = results[f"scores, seed {seed}"]["auc"]
        assert len(table) == 30
        assert all(list(row) == list(KINDS) for row in table.values())
