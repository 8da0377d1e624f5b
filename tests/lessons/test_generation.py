"""Lesson 07 teaches what helpers keeps and its study measures, and judges see what is so."""

import json
import math
from functools import partial

import lesson_code
import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from helpers import judges, models, studies
from helpers.faces import FACTORS, draw_faces, only, sample_factors
from helpers.intervals import over_rounds
from helpers.studies import generators, glasses, lesson_07

LESSON = "07_generation"


def results():
    return json.loads(studies.study_path("07", "synthetic").read_text(encoding="utf-8"))["results"]


@pytest.fixture(scope="module")
def taught():
    torch.manual_seed(0)
    return lesson_code.run(
        LESSON, "theory-inside", "data-draw", "model-neighbours-code", "model-classifier-code",
        "model-moments-code", "model-moments-frechet", "model-factors-code",
        "learned-glasses-told", "fails-flow-class",
        torch=torch, math=math, np=np, partial=partial, N=20,
        PCA=judges.PCA, make_pipeline=judges.make_pipeline, **plain_names())


def plain_names():
    import matplotlib.pyplot as plt

    from helpers.plots import GREY, ORANGE

    return {"plt": plt, "GREY": GREY, "ORANGE": ORANGE, "VAE": models.VAE,
            "draw": generators.draw}


@pytest.fixture(scope="module")
def pictures():
    torch.manual_seed(1)
    return torch.rand(60, 3, 8, 8), (0.3 + 0.5 * torch.rand(60, 3, 8, 8))


def test_the_judges_are_those_that_helpers_keeps(taught, pictures):
    a, b = pictures
    for ours, theirs in zip(taught["precision_recall"](a, b), judges.precision_recall(a, b),
                            strict=True):
        assert torch.equal(ours, theirs)
    assert taught["mmd2"](a, b) == pytest.approx(judges.mmd2(a, b), abs=1e-6)
    assert taught["copy_ratio"](a[:9], a, b) == judges.copy_ratio(a[:9], a, b) < 0.01
    assert (taught["two_sample"](a, b, judges.by_traces())
            == judges.two_sample(a, b, judges.by_traces())).all()
    p, q = (x.flatten(1)[:, :5].numpy() for x in (a, b))
    assert taught["frechet"](p, q) == pytest.approx(judges.frechet(p, q))
    assert (taught["factor_distance"](p, q) == judges.factor_distance(p, q)).all()
    assert taught["pairs_covered"](p) == judges.pairs_covered(p)


def test_the_faces_are_those_of_the_study(taught):
    for ours, theirs in zip(taught["new_faces"](5, 3), generators.new_faces(5, 3), strict=True):
        assert np.array_equal(ours, theirs)
    ours, factors = taught["new_faces"](8, 3, "train", every=1, names=glasses.NAMES)
    assert factors.shape == (8, 7) and set(factors[:, 6]) <= {0, 1}
    drawn, _ = sample_factors(8, "train", 3, only(*glasses.NAMES))
    due = torch.from_numpy(draw_faces(drawn, 32)).permute(0, 3, 1, 2) / 255
    assert (ours - due).abs().max() < 3 / 255, "painting what was drawn gives the same faces"


def test_models_are_those_of_the_study(taught):
    torch.manual_seed(0)
    ours = taught["Told"]()
    torch.manual_seed(0)
    theirs = glasses.Told()
    x, told = torch.rand(4, 3, 32, 32), torch.ones(4, 1)
    torch.manual_seed(1)
    a = ours(x, told)
    torch.manual_seed(1)
    assert all(torch.equal(*pair) for pair in zip(a, theirs(x, told), strict=True))
    torch.manual_seed(0)
    flow = taught["Flow"]()
    torch.manual_seed(0)
    kept = generators.Flow()
    assert list(flow.state_dict()) == list(kept.state_dict())
    z = torch.randn(6, 10)
    assert torch.allclose(flow.log_density(z), kept.log_density(z))


def test_a_flow_is_undone_and_its_density_is_one():
    torch.manual_seed(0)
    flow = generators.Flow(size=2, layers=4, hidden=16)
    for parameter in flow.parameters():
        torch.nn.init.normal_(parameter, std=0.4)
    z = torch.randn(50, 2)
    assert torch.allclose(flow.inverse(flow(z)[0]), z, atol=1e-4)
    side = torch.linspace(-12, 12, 1201)
    mass = flow.log_density(torch.cartesian_prod(side, side)).exp().sum() * (side[1] - side[0]) ** 2
    assert mass.item() == pytest.approx(1, abs=0.01)


def test_a_flow_learns_a_bent_density_better_than_a_gaussian():
    torch.manual_seed(0)
    angle = 6.2832 * torch.rand(900, 1)
    ring = torch.cat([angle.cos(), angle.sin()], 1) + 0.1 * torch.randn(900, 2)
    sample, density = generators.fit_flow(ring[:800], seed=0, steps=300)
    gaussian = multivariate_normal(ring[:800].mean(0), np.cov(ring[:800].T))
    assert density(ring[800:]).mean() > gaussian.logpdf(ring[800:]).mean() + 0.3
    assert sample(7).shape == (7, 2)


def test_precision_and_recall_of_known_sets():
    torch.manual_seed(0)
    real = torch.randn(300, 2)
    narrow, far = 0.3 * torch.randn(300, 2), real + 100

    def shares(x):
        return [inside.float().mean().item() for inside in judges.precision_recall(real, x)]

    assert shares(real) == [1, 1] and shares(far) == [0, 0]
    precision, recall = shares(narrow)
    assert precision > 0.95 and recall < 0.6
    with pytest.raises(ValueError, match="N = 300, 200"):
        judges.precision_recall(real, narrow[:200])


def test_mmd_is_0_on_average_for_equals_and_above_for_others():
    torch.manual_seed(0)
    same = [judges.mmd2(torch.randn(80, 3), torch.randn(80, 3)) for _ in range(40)]
    assert abs(np.mean(same)) < 3 * np.std(same) / 40**0.5 + 1e-4 and min(same) < 0
    assert judges.mmd2(torch.randn(80, 3), torch.randn(80, 3) + 1) > max(same)


def test_a_two_sample_classifier_guesses_where_there_is_nothing_to_see():
    torch.manual_seed(0)
    a, b = torch.rand(2, 300, 3, 8, 8)
    for classifier in (judges.by_shape, judges.by_traces):
        assert abs(judges.two_sample(a, b, classifier()).mean() - 0.5) < 0.1
        assert judges.two_sample(a, 0.5 * b, classifier()).mean() > 0.85


def test_the_frechet_distance_of_gaussians_is_the_formula():
    rng = np.random.default_rng(0)
    a, b = rng.normal(0, 1, (200_000, 2)), rng.normal([3, 0], [2, 1], (200_000, 2))
    assert judges.frechet(a, b) == pytest.approx(9 + (2 - 1) ** 2, rel=0.02)
    assert judges.frechet(a, a) == pytest.approx(0, abs=1e-8)


def test_factor_judges_of_known_sets():
    rng = np.random.default_rng(0)
    even = rng.random((2000, 3))
    assert judges.factor_distance(even, even + 0.25) == pytest.approx([0.25] * 3)
    assert judges.pairs_covered(even) == 1
    tied = np.repeat(even[:, :1], 3, 1)
    assert judges.pairs_covered(tied) == pytest.approx(5 / 25), "the diagonal only"


def test_copies_are_seen_and_need_equally_many():
    torch.manual_seed(0)
    train, unseen = torch.rand(2, 40, 3, 8, 8)
    assert judges.copy_ratio(train[:5] + 0.001, train, unseen) < 0.05
    assert judges.copy_ratio(torch.rand(200, 3, 8, 8), train, unseen) == pytest.approx(1, abs=0.02)
    with pytest.raises(ValueError, match="N = 40, 30"):
        judges.copy_ratio(train, train, unseen[:30])


def test_a_reader_reads_faces_and_paints_what_it_read():
    reader = judges.learn_to_read(*generators.new_faces(600, 1, "train"), generators.VARIED)
    x, factors = generators.new_faces(60, 5)
    read = reader.read(x)
    assert np.abs(read - factors).mean() < 0.05
    again = (reader.repaint(read) - x).square().mean()
    assert again < 0.2 * (reader.repaint(read) - x.roll(1, 0)).square().mean()
    assert torch.equal(judges.paint(factors + 9, reader.names),
                       judges.paint(np.ones_like(factors), reader.names)), "clipped to the range"
    usual = judges.paint(np.zeros((1, 0)), ())
    told = {name: np.array([FACTORS[name].usual], np.float32) for name in FACTORS}
    assert torch.equal(usual, torch.from_numpy(draw_faces(told, 32)).permute(0, 3, 1, 2) / 255)


def test_intervals_over_rounds_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(0)
    inside = [over_rounds(rng.normal(3, 2, 4)) for _ in range(2000)]
    share = np.mean([low <= 3 <= high for _, low, high in inside])
    assert 0.93 < share < 0.97
    a = rng.normal(0, 5, 10)
    gain = over_rounds(a + 1, a)
    assert tuple(gain) == pytest.approx((1, 1, 1)), "paired: what both share drops out"


@pytest.mark.parametrize("values, other", [
    ([1.0], None), ([1.0, math.nan], None), ([1.0, 2.0], [1.0]), ([[1.0, 2.0]], None)])
def test_intervals_over_rounds_refuse_what_they_cannot_use(values, other):
    with pytest.raises(ValueError, match="values"):
        over_rounds(values, other)


def test_the_walk_is_lesson_03s():
    torch.manual_seed(0)
    walker = models.Denoiser(channels=4)
    taught = lesson_code.run("03_denoising", "learned-walk-train", torch=torch,
                             add_gaussian=None, stack=lambda *_: None, transforms=Nothing())
    y, sigma = torch.rand(3, 3, 32, 32), torch.full((3, 1, 1, 1), 0.4)
    assert torch.equal(taught["with_level"](y, sigma), models.with_level(y, sigma))
    levels = torch.tensor([2.0, 0.5, 0.1])

    def reconstruct(model, y, device):
        with torch.no_grad():
            return model(y)

    walk = lesson_code.run(
        "03_denoising", "learned-walk", torch=torch, with_level=models.with_level,
        new_network=lambda channels: walker, train=lambda *_, **__: None, reconstruct=reconstruct,
        x_world=None, any_level=None, lesson=Nothing())["walk"]
    start = 0.5 + 2 * torch.randn(3, 3, 32, 32)
    assert torch.allclose(walk(start, levels)[1],
                          models.walk(walker, start, levels).clamp(0, 1), atol=1e-5)


class Nothing:
    """Has any attribute, and does nothing when called."""

    def __getattr__(self, _):
        return self

    def __call__(self, *_, **__):
        return self


def test_the_study_stands_at_the_best_rate_it_tried():
    found = results()
    tried = [found[f"walker, rate {rate}"]["valid_psnr"] for rate in lesson_07.WALK_RATES]
    best = int(np.argmax(tried))
    assert lesson_07.WALK_RATES[best] == lesson_07.WALK_RATE
    assert 0 < best < len(tried) - 1, "not at the grid's edge"


def test_judges_do_not_accuse_unseen_faces_and_see_the_faults_that_the_lesson_says():
    """Over ten rounds: unseen faces against others, a fault that a judge sees, one it misses."""
    cases = results()["cases"]

    def apart(case, judge):
        a, b = (cases[name][judge]["rounds"] for name in (case, "unseen faces"))
        return over_rounds(a, b, level=0.999)

    for judge in generators.JUDGES:
        low, high = apart("other unseen faces", judge)[1:]
        assert low <= 0 <= high, judge
    seen = [judge for judge in generators.JUDGES if not
            apart("memorised", judge).low <= 0 <= apart("memorised", judge).high]
    assert seen == ["copy_ratio"]
    assert apart("blurred", "precision").low > 0 > apart("blurred", "recall").high
    tied = apart("long hair only if dark", "factor_distance")
    assert tied.low <= 0 <= tied.high
    assert apart("long hair only if dark", "pairs_covered").high < 0


def test_the_order_of_the_contestants_holds_for_every_seed():
    """What the lesson says of the table, over three trainings each."""
    found = results()

    def value(kind, way, judge):
        return [found[f"{kind}, seed {seed}"][way][judge]["value"] for seed in lesson_07.SEEDS]

    for kind, worse in (("plain", "box"), ("learned", "prior")):
        for judge in ("repaint_psnr", "precision"):
            assert min(value(kind, "mixture", judge)) > max(value(kind, "gaussian", judge)) > max(
                value(kind, worse, judge))
    assert max(value("sigma 1", "prior", "recall")) < min(value("plain", "mixture", "recall"))
