"""Right and wrong answers to the exercises of lesson 03; test_exercises.py holds them against
their checks.
"""

import math

import torch

from helpers.metrics import psnr


def uniform(x, sigma, generator=None, scale=12**0.5, shift=0.5):
    return x + scale * sigma * (torch.rand(x.shape, generator=generator) - shift)


def one_for_all(x, sigma, generator=None):
    return x + math.sqrt(12) * sigma * (torch.rand(x.shape[1:], generator=generator) - 0.5)


def own_seed(x, sigma, generator=None):
    return uniform(x, sigma, torch.Generator().manual_seed(0))


def loss(model, x, sigma, noise=torch.randn_like):
    return (model(x + sigma * noise(x)) - x).square().mean()


def spoilt(x, sigma):
    return x + sigma * torch.randn_like(x)


def same_noise(x):
    return torch.randn(x.shape, generator=torch.Generator().manual_seed(0))


def target_noisy(model, x, sigma):
    y = spoilt(x, sigma)
    return (model(y) - y).square().mean()


def target_noise(model, x, sigma):
    y = spoilt(x, sigma)
    return (model(y) - (y - x)).square().mean()


def best(method, values, clean, noisy):
    return max(values, key=lambda p: psnr(clean, method(noisy, p)))


def by_position(method, values, clean, noisy):
    scores = [psnr(clean, method(noisy, p)) for p in values]
    return scores.index(max(scores))


RIGHT = {
    "03-uniform-noise": [
        uniform,
        lambda x, sigma, generator=None: x + torch.empty_like(x).uniform_(
            -math.sqrt(3) * sigma, math.sqrt(3) * sigma, generator=generator)],
    "03-denoising-loss": [
        loss,
        lambda model, x, sigma: torch.nn.functional.mse_loss(model(spoilt(x, sigma)), x)],
    "03-choose": [
        best,
        lambda method, values, clean, noisy: min(
            values, key=lambda p: (method(noisy, p) - clean).square().sum())],
    "03-score": [lambda d, y, sigma: (d(y) - y) / sigma**2],
}

WRONG = {
    "03-uniform-noise": [
        (lambda x, sigma, generator=None: x, "no noise"),
        (lambda x, sigma, generator=None: uniform(x, sigma, generator).clamp(0, 1), "clipped"),
        (one_for_all, "All pictures"),
        (lambda x, sigma, generator=None: uniform(x, sigma), "pass `generator` on"),
        (own_seed, "the same every time"),
        (lambda x, sigma, generator=None: uniform(x, sigma, generator, shift=0), "shift it"),
        (lambda x, sigma, generator=None: x + sigma * torch.randn(x.shape, generator=generator),
         "randn"),
        (lambda x, sigma, generator=None: uniform(x, sigma, generator, scale=2), "largest value"),
        (lambda x, sigma, generator=None: uniform(x, sigma, generator, scale=1), "sigma wide"),
        (lambda x, sigma, generator=None: uniform(x, sigma, generator, scale=6), "should be 0.2"),
        (lambda x, sigma, generator=None: None, "NoneType"),
        (lambda x, sigma, generator=None: uniform(x, sigma, generator).mean(0), "The shape"),
    ],
    "03-denoising-loss": [
        (lambda model, x, sigma: loss(model, x, sigma).item(), "not float"),
        (lambda model, x, sigma: loss(model, x, sigma).detach(), "back-propagated"),
        (lambda model, x, sigma: (spoilt(x, sigma) - x).square().mean(), "not used"),
        (lambda model, x, sigma: (model(x) - x).square().mean(), "add noise first"),
        (lambda model, x, sigma: loss(model, x, sigma, same_noise), "not fresh"),
        (lambda model, x, sigma: loss(model, x, sigma, lambda x: torch.randn(x.shape[1:])),
         "not fresh"),
        (lambda model, x, sigma: (model(spoilt(x, sigma).clamp(0, 1)) - x).square().mean(),
         "clipped"),
        (lambda model, x, sigma: loss(model, x, sigma**2), "sigma**2"),
        (lambda model, x, sigma: loss(model, x, sigma, torch.rand_like), "torch.randn"),
        (target_noisy, "learns to copy"),
        (target_noise, "target is the noise"),
        (lambda model, x, sigma: (model(spoilt(x, sigma)) - x).square().sum(), "sum"),
        (lambda model, x, sigma: loss(model, x, sigma).sqrt(), "You get"),
        (lambda model, x, sigma: (model(spoilt(x, sigma)) - x).abs().mean(), "absolute"),
        (lambda model, x, sigma: 2 * loss(model, x, sigma), "You get"),
        (lambda model, x, sigma: (model(spoilt(x, sigma)) - x).square(), "The shape"),
    ],
    "03-choose": [
        (lambda m, v, c, n: min(v, key=lambda p: psnr(c, m(n, p))), "worst"),
        (lambda m, v, c, n: min(v, key=lambda p: (n - m(n, p)).square().mean()), "doing nothing"),
        (by_position, "place in the list"),
        (lambda m, v, c, n: max(psnr(c, m(n, p)) for p in v), "highest PSNR"),
        (lambda m, v, c, n: v[0], "You chose 7"),
        (lambda m, v, c, n: max(v), "largest parameter"),
        (lambda m, v, c, n: 4, "You chose 4"),
        (lambda m, v, c, n: max((psnr(c, m(n, p)), p) for p in v), "one number of"),
        (lambda m, v, c, n: max(v, key=lambda p: psnr(c, m(c, p))), "the noisy pictures"),
    ],
    "03-score": [
        (lambda d, y, sigma: (y - d(y)) / sigma**2, "direction"),
        (lambda d, y, sigma: d(y) - y, "That is the residual"),
        (lambda d, y, sigma: (d(y) - y) / sigma, "its square"),
        (lambda d, y, sigma: (d(y) - y) * sigma**2, "instead of multiplying"),
        (lambda d, y, sigma: d(y) / sigma**2, "not subtracted"),
        (lambda d, y, sigma: (d(y) - y) / 2, "Solve"),
        (lambda d, y, sigma: ((d(y) - y) / sigma**2).mean(), "The shape"),
    ],
}
