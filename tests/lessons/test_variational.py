"""What lesson 06 teaches is what its study trains and what helpers keeps, and is a lower bound."""

import math
from functools import partial

import lesson_code
import numpy as np
import pytest
import torch
from torch import nn
from torch.distributions import Independent, MultivariateNormal, Normal, kl_divergence

from helpers import variational
from helpers.models import VAE, load_weights
from helpers.studies import disentangled, vaes

LESSON = "06_variational"


@pytest.fixture(scope="module")
def taught():
    torch.manual_seed(0)
    return lesson_code.run(
        LESSON, "model-draw", "model-class", "model-loss", "training-linear-data",
        "training-linear-bound", "training-linear-train", "training-loop", "training-terms",
        torch=torch, nn=nn, math=math, partial=partial, x_test=torch.rand(4, 3, 32, 32),
        x_train=torch.rand(8, 3, 32, 32), Z=10, D=3072)


def test_the_model_and_its_objective_are_those_that_helpers_keeps(taught):
    torch.manual_seed(3)
    ours = taught["VAE"]()
    torch.manual_seed(3)
    kept = VAE()
    x = torch.rand(5, 3, 32, 32)
    assert list(ours.state_dict()) == list(kept.state_dict())
    assert sum(p.numel() for p in kept.parameters()) == 234_504
    torch.manual_seed(4)
    y = ours(x)
    torch.manual_seed(4)
    due = kept(x)
    assert y._fields == due._fields
    assert all(torch.equal(a, b) for a, b in zip(y, due, strict=True))
    assert taught["negative_elbo"](y, x, 0.5) == variational.negative_elbo(due, x, 0.5)


def test_the_study_trains_what_the_lesson_trains(taught):
    x = torch.rand(40, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    ours = taught["VAE"]()
    taught["train"](ours, x, steps=3)
    theirs = vaes.train(vaes.build({"seed": 0}), x, {"seed": 0, "steps": 3})
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(a, b)


def test_the_terms_are_those_of_torchs_distributions():
    mu, logvar = torch.randn(2, 6, 4)
    due = kl_divergence(Normal(mu, (0.5 * logvar).exp()), Normal(0, 1))
    assert torch.allclose(variational.kl_to_prior(mu, logvar), due, atol=1e-5)
    x, y = torch.rand(2, 6, 3, 4, 4)
    due = -Independent(Normal(y, 0.3), 3).log_prob(x)
    assert torch.allclose(variational.gaussian_nll(x, y, torch.tensor(math.log(0.3))), due)


def test_a_draw_has_the_spread_that_was_asked_for_and_passes_gradients():
    mu = torch.full((50_000, 1), 2.0, requires_grad=True)
    logvar = torch.full((50_000, 1), -1.0, requires_grad=True)
    z = variational.draw(mu, logvar)
    assert z.mean().item() == pytest.approx(2, abs=0.02)
    assert z.std().item() == pytest.approx(math.exp(-0.5), rel=0.02)
    z.sum().backward()
    assert (mu.grad == 1).all() and torch.allclose(
        logvar.grad, 0.5 * (z - mu).detach(), atol=1e-5)


def test_the_linear_bound_never_exceeds_the_likelihood_and_touches_it_at_the_optimum(taught):
    points, W, V = taught["points"], taught["W"], taught["V"]
    logvar, log_sigma = taught["logvar"], taught["sigma2"].log() / 2

    def log_likelihood(W, log_sigma):
        covariance = W @ W.T + (2 * log_sigma).exp() * torch.eye(20).double()
        return MultivariateNormal(points.mean(0), covariance).log_prob(points)

    tight = taught["linear_elbo"](points, W, V, logvar, log_sigma)
    assert torch.allclose(tight, log_likelihood(W, log_sigma), atol=1e-9), "point by point"
    assert tight.mean().item() == pytest.approx(taught["exact"].item(), abs=1e-9)
    for change in (0.9, 1.1):
        for parts in ((V * change, logvar), (V, logvar * change)):
            loose = taught["linear_elbo"](points, W, *parts, log_sigma)
            assert (loose < log_likelihood(W, log_sigma) + 1e-9).all()
            assert loose.mean() < tight.mean() - 1e-4


def test_a_sigma_that_is_given_stays(taught):
    given = math.log(0.7)
    assert taught["train_linear"](taught["points"], 2, given, 5)[3].item() == pytest.approx(given)
    model = vaes.build({"seed": 0, "sigma": 0.25})
    vaes.train(model, torch.rand(8, 3, 32, 32), {"seed": 0, "steps": 3})
    assert model.log_sigma.exp().item() == pytest.approx(0.25)


def test_an_elbo_from_many_draws_is_the_mean_of_the_objective(taught):
    """terms() and elbo_of() of the study, which the lesson's are held to, too."""
    torch.manual_seed(0)
    model, x = VAE(), torch.rand(8, 3, 32, 32)
    error, kl, mu = vaes.terms(model, x, draws=60)
    sigma2 = model.log_sigma.exp().item() ** 2
    elbo = vaes.elbo_of(error, kl.sum(1), sigma2, 3072).mean().item()
    with torch.no_grad():
        due = -sum(variational.negative_elbo(model(x), x) for _ in range(60)).item() / 60
    assert elbo == pytest.approx(due, rel=1e-3)
    assert taught["elbo_of"](error, kl, sigma2).mean().item() == pytest.approx(elbo, rel=1e-5)
    assert torch.allclose(mu, model.encode(x)[0])


def test_reconstructions_draw_nothing_and_passes_do():
    torch.manual_seed(0)
    model, x = VAE(code=3, size=16), torch.rand(2, 3, 16, 16)
    assert torch.equal(model.reconstruct(x), model.reconstruct(x))
    assert not torch.equal(model(x).x_hat, model(x).x_hat)
    assert model(x).mu.shape == (2, 3) and model(x).x_hat.shape == x.shape


@pytest.mark.parametrize("hidden", [0.0, 0.5])
def test_the_strong_decoder_never_sees_the_pixel_it_draws(hidden):
    """Nor one after it, in reading order: only those before, and the code."""
    torch.manual_seed(0)
    model = vaes.SeesNeighbours(hidden=hidden)
    x, z = torch.rand(1, 3, 32, 32), torch.zeros(1, 10)
    changed = x.clone()
    changed[:, :, 10, 12] = 1 - changed[:, :, 10, 12]
    torch.manual_seed(1)
    a = model.decode_beside(z, x)
    torch.manual_seed(1)
    b = model.decode_beside(z, changed)
    rows, columns = (a - b).abs().sum(1)[0].nonzero(as_tuple=True)
    assert len(rows) or hidden, "nothing is seen at all"
    assert all((r, c) > (10, 12) for r, c in zip(rows.tolist(), columns.tolist(), strict=True))
    assert not len(rows) or rows.max() <= 12 and (columns - 12).abs().max() <= 2


def test_losses_that_average_are_what_the_table_of_the_lesson_says():
    """Each is the ELBO's loss with another sigma, times a number and plus one."""
    torch.manual_seed(0)
    x, code = torch.rand(4, 3, 32, 32), 10
    passes = [VAE(code)(x) for _ in range(3)]
    for loss, sigma, factor in (("squared error + KL", 0.5**0.5, 1),
                                ("mean over pixels", (3072 / 2) ** 0.5, 1),
                                ("all means", (3072 / 2 / code) ** 0.5, code)):
        log_sigma = torch.tensor(math.log(sigma))
        due = [vaes.objective(y._replace(log_sigma=log_sigma), x).item() for y in passes]
        got = [factor * vaes.objective(y, x, loss).item() for y in passes]
        assert np.diff(got) == pytest.approx(np.diff(due), rel=1e-2, abs=2e-3)


def test_free_bits_cost_at_least_what_is_free():
    x = torch.zeros(2, 3, 32, 32)
    flat = variational.Pass(x, torch.zeros(2, 4), torch.zeros(2, 4), torch.tensor(0.0))
    plain = vaes.objective(flat, x).item()
    assert vaes.objective(flat, x, free=0.25).item() == pytest.approx(plain + 1)
    busy = flat._replace(mu=torch.full((2, 4), 2.0))  # 2 nats a unit: nothing is added
    assert vaes.objective(busy, x, free=0.25).item() == pytest.approx(
        vaes.objective(busy, x).item())


def test_disentanglement_tells_a_factor_code_from_a_turned_one():
    factors = np.random.default_rng(0).uniform(size=(1500, 3))
    found = disentangled.scores(factors @ np.diag([1, -2, 3]), factors)
    assert found["mig"] > 0.8 and found["dci"] > 0.95
    assert found["mig_rotated"] < 0.5 * found["mig"] and found["dci_rotated"] < 0.7
    noise = np.random.default_rng(1).normal(size=(1500, 3))
    assert disentangled.mutual_information_gap(noise, factors) < 0.02


def test_bits_of_rounded_components_rise_with_their_fineness():
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(400, 3, 16, 16, generator=generator)
    found = vaes.quantised_pca(x[:300], x[300:], np.arange(100), (4, 1, 0.25))
    bits = [f["bits"]["value"] for f in found.values()]
    psnr = [f["test_psnr"]["value"] for f in found.values()]
    assert bits == sorted(bits) and bits[0] < 30 < bits[2] and psnr == sorted(psnr)


@pytest.mark.parametrize("name", ["06_vae", "06_unit", "06_plain"])
def test_the_weights_fit_the_model(name):
    VAE().load_state_dict(load_weights(name))
