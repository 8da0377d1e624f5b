"""What holds for every input, tried on inputs that Hypothesis makes up.

It looks for the smallest input that breaks a property, and always tries the same ones here: a run
of the tests does not depend on luck.
"""

import math

import hypothesis.strategies as some
import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist
from skimage.metrics import peak_signal_noise_ratio
from sklearn.metrics import r2_score, roc_auc_score
from torch.distributions import Normal, kl_divergence

from helpers import anomalies, corruptions, judges, metrics, weighted
from helpers.engine import loop
from helpers.engine.alarm import p_values
from helpers.engine.batches import Batches
from helpers.exercises.lesson_05 import coverage, receptive_field, size_after
from helpers.faces import FACTORS, LENGTHS, draw_faces, sample_factors
from helpers.files import place_of
from helpers.intervals import interval, over_rounds
from helpers.models import VAE, Autoencoder, Denoiser, Recipe
from helpers.studies.ladder import shifted
from helpers.variational import gaussian_nll, kl_to_prior

tried = settings(max_examples=30, deadline=None, derandomize=True)
sizes = some.tuples(some.integers(1, 4), some.integers(1, 3), some.integers(1, 12),
                    some.integers(1, 12))


@some.composite
def pictures(draw, shape=sizes):
    """Float tensors (B, C, H, W) in [0, 1], with black and white among the pixels."""
    values = arrays(np.float32, draw(shape), elements=some.floats(0, 1, width=32))
    return torch.from_numpy(draw(values))


@tried
@given(pictures(), some.floats(0, 3), some.integers(0, 2**32))
def test_gaussian_noise_keeps_shape_and_type_and_its_seed(x, sigma, seed):
    made = [corruptions.add_gaussian(x, sigma, torch.Generator().manual_seed(seed))
            for _ in range(2)]
    assert torch.equal(*made) and made[0].shape == x.shape and made[0].dtype == x.dtype
    assert sigma or torch.equal(made[0], x)


@tried
@given(pictures(), some.floats(0, 1), some.integers(0, 2**32))
def test_salt_and_pepper_is_black_or_white_or_as_it_was(x, share, seed):
    y = corruptions.add_salt_pepper(x, share, torch.Generator().manual_seed(seed))
    assert y.shape == x.shape and ((y == 0) | (y == 1) | (y == x)).all()
    changed = (y != x).any(1, keepdim=True).expand_as(x)
    assert ((y == 0) | (y == 1))[changed].all(), "all channels of a pixel together"


@tried
@given(pictures(), some.data(), some.integers(0, 2**32))
def test_a_box_is_one_grey_square_and_nothing_else(x, data, seed):
    side = data.draw(some.integers(0, min(x.shape[2:])))
    x = x * 0.25  # no pixel is grey by itself
    y = corruptions.add_box(x, side, torch.Generator().manual_seed(seed))
    grey = (y == corruptions.GREY).all(1)
    assert (grey.sum((1, 2)) == side**2).all()
    assert torch.equal(y[~grey[:, None].expand_as(y)], x[~grey[:, None].expand_as(x)])


@tried
@given(pictures(), some.sampled_from([math.nan, math.inf, -math.inf]), some.data())
def test_what_is_no_number_is_refused_by_name(x, wrong, data):
    x.view(-1)[data.draw(some.integers(0, x.numel() - 1))] = wrong
    for spoil in (lambda x: corruptions.add_gaussian(x, 0.1),
                  lambda x: corruptions.add_salt_pepper(x, 0.1),
                  lambda x: corruptions.add_box(x, 1), metrics.bce_floor,
                  lambda x: metrics.picture_mse(x, x)):
        with pytest.raises(ValueError, match="x got|x = |x收到"):
            spoil(x)


@tried
@given(some.data(), sizes)
def test_metrics_are_those_of_scikit_image(data, shape):
    x, y = (data.draw(pictures(some.just(shape))) for _ in range(2))
    assume(metrics.mse(x, y) > 1e-9)
    due = peak_signal_noise_ratio(x.double().numpy(), y.double().numpy(), data_range=1)
    assert metrics.psnr(x, y) == pytest.approx(due, rel=1e-4, abs=1e-4)
    assert metrics.picture_mse(x, y).mean().item() == pytest.approx(metrics.mse(x, y), rel=1e-5)


@tried
@given(some.data(), sizes)
def test_no_reconstruction_is_below_the_floor(data, shape):
    x, y = (data.draw(pictures(some.just(shape))) for _ in range(2))
    floor = metrics.bce_floor(x)
    assert 0 <= floor <= math.log(2) + 1e-6
    assert metrics.picture_bce(x, x).mean().item() == pytest.approx(floor, abs=1e-5)
    assert metrics.picture_bce(x, y).mean() >= floor - 1e-5


@tried
@given(arrays(np.float64, some.tuples(some.integers(4, 30)), elements=some.floats(-9, 9)),
       some.data())
def test_statistics_are_those_of_scikit_learn(scores, data):
    n = len(scores)
    labels = data.draw(arrays(np.int64, n, elements=some.integers(0, 1)))
    weights = data.draw(arrays(np.float64, (1, n), elements=some.integers(0, 3).map(float)))
    used = np.repeat(np.arange(n), weights[0].astype(int))
    assume(len(set(labels[used])) == 2 and np.ptp(scores[used]) > 1e-3)
    found = weighted.auc(weights, labels, scores)[0]
    assert found == pytest.approx(roc_auc_score(labels[used], scores[used]), abs=1e-9)
    guess = scores[::-1].copy()
    due = r2_score(scores[used], guess[used])
    assert weighted.r2(weights, scores, guess)[0] == pytest.approx(due, rel=1e-6, abs=1e-6)


@tried
@given(arrays(np.float64, some.integers(6, 40), elements=some.floats(-5, 5)), some.integers(2, 6))
def test_an_interval_holds_its_value_when_the_mean_does(values, people):
    who = np.arange(len(values)) % people
    found = interval(values, who, draws=200)
    assert found.value == pytest.approx(values.mean())
    assert values.min() - 1e-9 <= found.low <= found.high <= values.max() + 1e-9
    assert interval(values, who, draws=200) == found, "the seed decides"
    assert interval(values, who, other=values, draws=200)[:] == (0, 0, 0)


@tried
@given(some.dictionaries(some.sampled_from(sorted(FACTORS)), some.floats(-2, 2), max_size=23),
       some.sampled_from([8, 16, 31]))
def test_a_face_of_any_factors_is_a_picture(beyond, size):
    """At and beyond the range of each factor, in any combination."""
    factors, _ = sample_factors(1)
    for name, times in beyond.items():
        factor = FACTORS[name]
        value = (factor.low + factor.high) / 2 + times * (factor.high - factor.low)
        factors[name][:] = max(value, 0.05) if name in LENGTHS else value
    drawn = draw_faces(factors, size)
    assert drawn.shape == (1, size, size, 3) and drawn.dtype == np.uint8
    assert drawn.min() < drawn.max()


@tried
@given(some.integers(1, 40), some.integers(1, 9), some.integers(1, 6), some.integers(0, 5),
       some.booleans())
def test_together_all_processes_see_every_picture_once(n, each, count, epoch, shuffle):
    data = np.arange(n, dtype=np.uint8).reshape(n, 1, 1, 1)
    size, seen = each * count, []
    for rank in range(count):
        batches = Batches(data, size, shuffle, seed=3, rank=rank, count=count)
        steps = list(batches.of_epoch(epoch))
        assert len(steps) == len(batches)
        seen += [row for _, rows, weight in steps if weight for row in rows.tolist()]
    assert sorted(seen) == list(range(n))


@settings(max_examples=8, deadline=None, derandomize=True)
@given(some.integers(1, 17), some.integers(1, 4))
def test_a_run_cut_at_any_step_ends_as_an_uncut_one(tmp_path_factory, stop, every):
    data = np.random.default_rng(0).integers(0, 256, (22, 8, 8, 3), np.uint8)

    def run(path, stop=None):
        torch.manual_seed(0)
        model = torch.nn.Conv2d(3, 3, 1)
        optimizer, left = torch.optim.Adam(model.parameters()), [stop]

        def loss_function(y, x):
            if left[0] is not None:
                left[0] -= 1
                if left[0] < 0:
                    raise KeyboardInterrupt
            return torch.nn.functional.mse_loss(y, x)

        loop.train(model, Batches(data, 4, shuffle=True), None, loss_function, optimizer, 3,
                   checkpoint=path, every=every)
        return model.state_dict()

    folder = tmp_path_factory.mktemp("cut")
    whole = run(folder / "whole.pt")
    with pytest.raises(KeyboardInterrupt):
        run(folder / "cut.pt", stop)
    cut = run(folder / "cut.pt")
    assert all(torch.equal(whole[name], cut[name]) for name in whole)


@tried
@given(some.sampled_from([Autoencoder, Recipe]), some.integers(1, 16), some.integers(1, 3),
       some.integers(1, 3))
def test_models_give_back_what_came_in_and_a_code_of_their_size(make, channels, high, wide):
    model, x = make(channels), torch.rand(1, 3, 8 * high, 8 * wide)
    y = model(x)
    assert y.shape == x.shape and 0 <= y.min() and y.max() <= 1
    assert model.get_encoded_output(x).shape == (1, channels, high, wide)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(some.integers(1, 20), some.integers(1, 4), some.integers(1, 3))
def test_a_vae_gives_back_what_came_in_and_draws_codes_of_its_size(code, eighths, n):
    model, x = VAE(code, 8 * eighths), torch.rand(n, 3, 8 * eighths, 8 * eighths)
    y = model(x)
    assert y.x_hat.shape == x.shape and y.mu.shape == y.logvar.shape == (n, code)
    again = [model.reconstruct(x) for _ in range(2)]
    assert torch.equal(*again) and 0 <= again[0].min() and again[0].max() <= 1
    assert again[0].shape == model.decode(y.mu).shape == x.shape


@settings(max_examples=10, deadline=None, derandomize=True)
@given(some.sampled_from([3, 4]), some.integers(1, 3), some.integers(1, 3), some.integers(1, 2))
def test_a_denoiser_gives_back_colours_of_the_size_that_came_in(channels, high, wide, n):
    y = Denoiser(channels=channels)(torch.rand(n, channels, 16 * high, 16 * wide))
    assert y.shape == (n, 3, 16 * high, 16 * wide) and y.dtype == torch.float32


numbers = arrays(np.float64, some.tuples(some.integers(1, 4), some.integers(1, 6)),
                 elements=some.floats(-4, 4))


@tried
@given(numbers, some.data())
def test_the_terms_of_the_bound_are_those_of_torch(mu, data):
    like = arrays(np.float64, mu.shape, elements=some.floats(-4, 4))
    mu, logvar, x = (torch.from_numpy(part) for part in (mu, data.draw(like), data.draw(like)))
    found = kl_to_prior(mu, logvar)
    due = kl_divergence(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0))
    assert torch.allclose(found, due, atol=1e-9) and found.min() >= -1e-9
    log_sigma = torch.tensor(data.draw(some.floats(-3, 3)), dtype=torch.float64)
    due = -Normal(mu, log_sigma.exp()).log_prob(x).sum(1)
    assert torch.allclose(gaussian_nll(x, mu, log_sigma), due, rtol=1e-9)


@tried
@given(some.integers(0, 2**32), some.integers(5, 12), some.integers(1, 3))
def test_judges_take_no_side(seed, n, channels):
    """Two sets change places, and so does what is said of them; the same set twice is perfect."""
    generator = torch.Generator().manual_seed(seed)
    a, b = (torch.rand(n, channels, 4, 4, generator=generator) for _ in range(2))
    assert torch.allclose(judges.distances(a, b).double(), torch.from_numpy(
        cdist(a.flatten(1).double(), b.flatten(1).double())), atol=1e-4)
    inside, covered = judges.precision_recall(a, b)
    assert inside.dtype == torch.bool and inside.shape == covered.shape == (n,)
    swapped = judges.precision_recall(b, a)
    assert torch.equal(inside, swapped[1]) and torch.equal(covered, swapped[0])
    assert all(part.all() for part in judges.precision_recall(a, a))
    assert judges.mmd2(a, b, 1.0) == pytest.approx(judges.mmd2(b, a, 1.0), abs=1e-6)
    assert judges.copy_ratio(a, a, b) == pytest.approx(0, abs=1e-2)
    rows = [x.flatten(1)[:, :3].double().numpy() for x in (a, b)]
    assert judges.frechet(*rows) == pytest.approx(judges.frechet(*rows[::-1]), abs=1e-6)
    assert judges.frechet(*rows) > -1e-6
    distance = judges.factor_distance(*rows)
    due = [np.abs(np.sort(one) - np.sort(other)).mean() for one, other in zip(*(
        part.T for part in rows), strict=True)]
    assert distance == pytest.approx(due)
    assert 0 <= judges.pairs_covered(rows[0]) <= 1


@tried
@given(some.sampled_from(sorted(anomalies.KINDS)), some.integers(1, 3),
       some.sampled_from([16, 32, 40]), some.integers(0, 2**32))
def test_what_is_spoilt_is_a_picture_as_a_file_holds_it(kind, n, size, seed):
    faces = anomalies.normal_faces(n, size=size)
    before = faces.x.clone()
    made = [anomalies.spoil(faces, kind, seed) for _ in range(2)]
    assert torch.equal(*made) and torch.equal(faces.x, before), "the seed decides"
    assert made[0].shape == before.shape and made[0].dtype == before.dtype
    assert 0 <= made[0].min() and made[0].max() <= 1
    assert (255 * made[0] - (255 * made[0]).round()).abs().max() < 1e-3
    where = anomalies.mask(before, made[0])
    assert where.shape == (n, size, size) and where.dtype == torch.bool and where.any()


@tried
@given(arrays(np.float64, some.integers(1, 20), elements=some.floats(0, 9)),
       arrays(np.float64, some.integers(1, 20), elements=some.floats(0, 9)))
def test_a_p_value_is_the_share_that_is_as_strange_or_stranger(scores, held_out):
    due = [(1 + sum(other >= score for other in held_out)) / (1 + len(held_out))
           for score in scores]
    assert p_values(scores, np.sort(held_out)) == pytest.approx(due)


@tried
@given(arrays(np.float64, some.integers(2, 12), elements=some.floats(-5, 5)))
def test_an_interval_over_rounds_holds_its_mean(values):
    found = over_rounds(values)
    assert found.value == pytest.approx(values.mean())
    assert found.low <= found.value <= found.high
    wider = over_rounds(values, level=0.99)
    assert wider.low <= found.low and found.high <= wider.high


@tried
@given(some.integers(1, 40), some.integers(1, 7), some.integers(1, 4), some.integers(0, 3))
def test_sizes_are_those_of_pytorch_and_undo_each_other(n, kernel, stride, padding):
    assume(n + 2 * padding >= kernel and padding < kernel)
    small = size_after(n, kernel, stride, padding)
    layer = torch.nn.Conv1d(1, 1, kernel, stride, padding)
    assert layer(torch.zeros(1, 1, n)).shape[2] == small
    rest = n - size_after(small, kernel, stride, padding, 0)
    assert 0 <= rest < stride, "what output_padding has to add"
    written = coverage(small, kernel, stride)
    assert written.sum() == small * kernel
    if kernel % stride == 0 and small > kernel:
        assert (written[kernel:-kernel] == kernel // stride).all(), "even in the middle"


@tried
@given(some.lists(some.tuples(some.integers(1, 5), some.integers(1, 3)), max_size=4))
def test_what_a_position_sees_is_what_moves_it(layers):
    view, step = receptive_field(layers)
    size = view + 2 * step
    x = torch.zeros(1, 1, size, dtype=torch.float64, requires_grad=True)
    y = x
    for kernel, stride in layers:
        y = torch.nn.functional.conv1d(y, torch.ones(1, 1, kernel, dtype=y.dtype), stride=stride)
    y[0, 0, 1].backward()
    seen = x.grad[0, 0].nonzero().flatten()
    assert seen.min() == step
    assert seen.max() - seen.min() + 1 == view or any(s > k for k, s in layers)


@tried
@given(pictures(), some.integers(0, 12))
def test_a_shift_moves_every_column_and_repeats_the_edge(x, pixels):
    assume(pixels < x.shape[3])
    y = shifted(x, pixels)
    assert y.shape == x.shape
    assert torch.equal(y[..., pixels:], x[..., :x.shape[3] - pixels])
    assert (y[..., :pixels] == x[..., :1]).all()


@tried
@given(some.text())
def test_every_name_has_a_place(name):
    assert 0 <= place_of(name) < 1 and place_of(name) == place_of(name)
