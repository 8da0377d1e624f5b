"""Right and wrong answers to the exercises of lesson 03; test_exercises.py holds them against
their checks.
"""

import math

import numpy as np
import torch
from skimage.metrics import peak_signal_noise_ratio

from helpers.corruptions import add_gaussian
from helpers.metrics import psnr


def uniform(x, sigma, generator=None, scale=12**0.5, shift=0.5):
    return x + scale * sigma * (torch.rand(x.shape, generator=generator) - shift)


def with_noise(shape_of, mirrored=None):
    """Uniform noise of a smaller shape, spread over the pictures."""
    def answer(x, sigma, generator=None):
        u = torch.rand(shape_of(x.shape), generator=generator).expand(x.shape)
        if mirrored is not None:
            half = u.shape[mirrored] // 2
            u = u.narrow(mirrored, 0, half)
            u = torch.cat([u, u.flip(mirrored)], dim=mirrored)
        return x + math.sqrt(12) * sigma * (u - 0.5)
    return answer


def arcsine(x, sigma, generator=None):
    angle = torch.rand(x.shape, generator=generator) * 2 * math.pi
    return x + math.sqrt(2) * sigma * angle.cos()


def triangular(x, sigma, generator=None):
    two = torch.rand(2, *x.shape, generator=generator)
    return x + math.sqrt(6) * sigma * (two[0] - two[1])


def constant(x, sigma, generator=None):
    return x + torch.full_like(x, sigma)


def coin(x, sigma, generator=None, sides=2):
    places = torch.randint(sides, x.shape, generator=generator) * 2 / (sides - 1) - 1
    return x + sigma * places / places.std()


def own_seed(x, sigma, generator=None):
    return uniform(x, sigma, torch.Generator().manual_seed(0))


def in_place(x, sigma, generator=None):
    a = math.sqrt(3) * sigma
    return x.add_(torch.empty_like(x).uniform_(-a, a, generator=generator))


def one_by_one(x, sigma, generator=None):
    return [[uniform(channel, sigma, generator) for channel in picture] for picture in x]


def from_numpy(x, sigma, generator=None):
    a = math.sqrt(3) * sigma
    rng = np.random.default_rng(generator and generator.initial_seed())
    return x.numpy() + rng.uniform(-a, a, x.shape)


def of_distributions(x, sigma, generator=None):
    seed = torch.randint(2**31, (1,), generator=generator).item()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        a = torch.tensor(math.sqrt(3) * sigma)
        return x + torch.distributions.Uniform(-a, a).sample(x.shape)


def loss(model, x, sigma, noise=torch.randn_like):
    return (model(x + sigma * noise(x)) - x).square().mean()


def spoilt(x, sigma):
    return x + sigma * torch.randn_like(x)


def same_noise(x):
    return torch.randn(x.shape, generator=torch.Generator().manual_seed(0))


def unit_uniform(x):
    return math.sqrt(12) * (torch.rand_like(x) - 0.5)


def target_noisy(model, x, sigma):
    y = spoilt(x, sigma)
    return (model(y) - y).square().mean()


def target_noise(model, x, sigma):
    y = spoilt(x, sigma)
    return (model(y) - (y - x)).square().mean()


def overwritten(model, x, sigma):
    """The clean target is lost."""
    x += sigma * torch.randn_like(x)
    return (model(x) - x).square().mean()


def picture_by_picture(model, x, sigma):
    return sum(loss(model, one[None], sigma) for one in x) / len(x)


def noise_from_numpy(x):
    return torch.from_numpy(np.random.default_rng().normal(size=x.shape))


def with_a_copy(model, x, sigma):
    y = x.clone()
    y += torch.normal(0.0, sigma, y.shape)
    model.train()
    return torch.nn.MSELoss()(model(y), x).reshape(1)


def best(method, values, clean, noisy):
    return max(values, key=lambda p: psnr(clean, method(noisy, p)))


def best_in_a_loop(method, values, clean, noisy):
    found, least = None, math.inf
    for p in values:
        error = sum((method(y[None], p)[0] - x).square().sum().item()
                    for x, y in zip(clean, noisy, strict=True))
        if error < least:
            found, least = p, error
    return found


def best_in_place(method, values, clean, noisy):
    errors = {method(noisy, p).sub_(clean).square_().mean().item(): p for p in values}
    return torch.tensor(errors[min(errors)])


def best_of_numpy(method, values, clean, noisy):
    scores = [peak_signal_noise_ratio(clean.numpy(), method(noisy.numpy(), p).numpy(),
                                      data_range=1) for p in values]
    return np.array(values)[np.argmax(scores)]


def by_position(method, values, clean, noisy):
    scores = [psnr(clean, method(noisy, p)) for p in values]
    return scores.index(max(scores))


def lowest(measure):
    """choose() with another measure of error than the mean square."""
    return lambda method, values, clean, noisy: min(
        values, key=lambda p: measure(method(noisy, p) - clean).item())


RIGHT = {
    "03-uniform-noise": [
        uniform, in_place, one_by_one, from_numpy, of_distributions,
        lambda x, sigma, generator=None: x + torch.empty_like(x).uniform_(
            -math.sqrt(3) * sigma, math.sqrt(3) * sigma, generator=generator),
        lambda x, sigma, generator=None: x.double() + math.sqrt(3) * sigma * (
            2 * torch.rand(x.shape, generator=generator, dtype=torch.float64) - 1),
        lambda x, sigma, generator=None: uniform(x, sigma, generator, scale=-math.sqrt(12))],
    "03-denoising-loss": [
        loss, picture_by_picture, with_a_copy,
        lambda model, x, sigma: torch.nn.functional.mse_loss(model(spoilt(x, sigma)), x),
        lambda model, x, sigma: (model(add_gaussian(x, sigma)) - x).pow(2).sum() / x.numel(),
        lambda model, x, sigma: loss(model, x, sigma, noise_from_numpy),
        lambda model, x, sigma: (model(spoilt(x, sigma)) - x).double().norm() ** 2 / x.numel(),
        lambda model, x, sigma: loss(lambda y: model(y.flatten(1)).view_as(y), x, sigma)],
    "03-choose": [
        best, best_in_a_loop, best_in_place, best_of_numpy, lowest(torch.linalg.norm),
        lowest(lambda error: error.double().square().sum()),
        lambda method, values, clean, noisy: sorted(
            (-psnr(clean, method(noisy.double(), p).float()), p) for p in values)[0][1]],
    "03-score": [lambda d, y, sigma: (d(y) - y) / sigma**2,
                 lambda d, y, sigma: (d(y.double()) - y) / sigma**2,
                 lambda d, y, sigma: d(y).sub_(y).div_(sigma).div_(sigma),
                 lambda d, y, sigma: -(y - d(y)) * sigma**-2,
                 lambda d, y, sigma: ((d(y) - y) / sigma**2).numpy(),
                 lambda d, y, sigma: [(d(row) - row) / sigma**2 for row in y],
                 lambda d, y, sigma: (d(y) - y).requires_grad_() / torch.tensor(sigma) ** 2],
}

WRONG = {
    "03-uniform-noise": [
        (lambda x, sigma, generator=None: x, "no noise"),
        (lambda x, sigma, generator=None: uniform(x, sigma, generator).clamp(0, 1), "clipped"),
        (with_noise(lambda shape: shape[1:]), "share their noise"),
        (with_noise(lambda shape: (shape[0], 1, *shape[2:])), "share their noise"),
        (with_noise(lambda shape: (*shape[:-1], 1)), "share their noise"),
        (with_noise(lambda shape: (*shape[:2], 1, shape[-1])), "share their noise"),
        (with_noise(lambda shape: (shape[0], 1, 1, 1)), "share their noise"),
        (with_noise(lambda shape: shape, mirrored=3), "share their noise"),
        (lambda x, sigma, generator=None: uniform(x, sigma), "pass `generator` on"),
        (own_seed, "the same every time"),
        (constant, "the same every time"),
        (lambda x, sigma, generator=None: uniform(x, sigma, generator, shift=0), "shift it"),
        (lambda x, sigma, generator=None: x + torch.rand(x.shape, generator=generator) * sigma,
         "as it is"),
        (lambda x, sigma, generator=None: x + sigma * torch.randn(x.shape, generator=generator),
         "randn"),
        (coin, "a few values only"),
        (lambda x, sigma, generator=None: coin(x, sigma, generator, 3), "a few values only"),
        (arcsine, "noise uniform"),
        (triangular, "noise uniform"),
        (lambda x, sigma, generator=None: uniform(x, sigma, generator, scale=2), "largest value"),
        (lambda x, sigma, generator=None: uniform(x, sigma, generator, scale=1), "sigma wide"),
        (lambda x, sigma, generator=None: uniform(x, sigma, generator, scale=6), "be 0 and 0.2"),
        (lambda x, sigma, generator=None: uniform(x, sigma**2, generator), "the variance"),
        (lambda x, sigma, generator=None: uniform(x, 0.2, generator), "whatever `sigma` is"),
        (lambda x, sigma, generator=None: x * uniform(1 + 0 * x, sigma, generator),
         "depends on the picture"),
        (lambda x, sigma, generator=None: uniform(0 * x, sigma, generator),
         "depends on the picture"),
        (lambda x, sigma, generator=None: None, "returned nothing"),
        (lambda x, sigma, generator=None: uniform(x, sigma, generator).mean(0), "The shape"),
    ],
    "03-denoising-loss": [
        (lambda model, x, sigma: loss(model, x, sigma).item(), "back-propagated"),
        (lambda model, x, sigma: loss(model, x, sigma).detach(), "back-propagated"),
        (lambda model, x, sigma: loss(model, x, sigma).detach().requires_grad_(),
         "back-propagated"),
        (lambda model, x, sigma: (spoilt(x, sigma) - x).square().mean(), "not used"),
        (lambda model, x, sigma: (model(x) - x).square().mean(), "add noise first"),
        (lambda model, x, sigma: loss(model, x[:2], sigma), "whole batch"),
        (lambda model, x, sigma: loss(model, x, sigma, same_noise), "not fresh"),
        (lambda model, x, sigma: loss(model, x, sigma, lambda x: torch.randn(x.shape[1:])),
         "share their noise"),
        (lambda model, x, sigma: loss(model, x, sigma, lambda x: torch.randn_like(x[:, :1])),
         "share their noise"),
        (lambda model, x, sigma: (model(spoilt(x, sigma).clamp(0, 1)) - x).square().mean(),
         "clipped"),
        (lambda model, x, sigma: loss(model, x, sigma**2), "sigma**2"),
        (lambda model, x, sigma: loss(model, x, 0.3), "whatever `sigma` is"),
        (lambda model, x, sigma: loss(model, x, sigma, torch.rand_like), "between 0 and 1"),
        (lambda model, x, sigma: loss(model, x, sigma, unit_uniform), "not Gaussian"),
        (lambda model, x, sigma: loss(model, x, sigma, lambda x: torch.randn_like(x).sign()),
         "not Gaussian"),
        (lambda model, x, sigma: loss(model, x, sigma, lambda x: torch.randn_like(x).abs()),
         "from `torch.randn`"),
        (lambda model, x, sigma: (model(torch.randn_like(x) * sigma) - x).square().mean(),
         "noise only"),
        (lambda model, x, sigma: (model(x + x * sigma * torch.randn_like(x)) - x).pow(2).mean(),
         "be added"),
        (target_noisy, "learns to copy"),
        (overwritten, "learns to copy"),
        (target_noise, "target is the noise"),
        (lambda model, x, sigma: (model(spoilt(x, sigma)) - x).square().sum(), "sum"),
        (lambda model, x, sigma: (model(spoilt(x, sigma)) - x).square().sum((1, 2, 3)).mean(),
         "sum of each picture"),
        (lambda model, x, sigma: loss(model, x, sigma).sqrt(), "square root"),
        (lambda model, x, sigma: (model(spoilt(x, sigma)) - x).abs().mean(), "absolute"),
        (lambda model, x, sigma: 2 * loss(model, x, sigma), "2 times"),
        (lambda model, x, sigma: (model(spoilt(x, sigma)) - x).square(), "one number"),
        (lambda model, x, sigma: None, "returned nothing"),
    ],
    "03-choose": [
        (lambda m, v, c, n: min(v, key=lambda p: psnr(c, m(n, p))), "worst"),
        (lambda m, v, c, n: min(v, key=lambda p: (n - m(n, p)).square().mean()), "doing nothing"),
        (by_position, "place in the list"),
        (lambda m, v, c, n: max(psnr(c, m(n, p)) for p in v), "highest PSNR"),
        (lambda m, v, c, n: v[-1], "average each picture's PSNR"),
        (lambda m, v, c, n: max(v), "largest parameter"),
        (lowest(lambda error: error.abs().mean()), "mean absolute"),
        (lowest(lambda error: error.abs().max()), "single worst"),
        (lowest(lambda error: error[0].square().mean()), "first picture only"),
        (lowest(lambda error: error.square().flatten(1).mean(1).log().mean()),
         "average each picture's PSNR"),
        (lambda m, v, c, n: 4.5, "You get 4.5"),
        (lambda m, v, c, n: max((psnr(c, m(n, p)), p) for p in v), "one number"),
        (lambda m, v, c, n: max(v, key=lambda p: psnr(c, m(c, p))), "the noisy pictures"),
        (lambda m, v, c, n: best(m, [p for p in v if p >= 1] or v[:1], c, n), "You get 0.3"),
        (lambda m, v, c, n: None, "returned nothing"),
    ],
    "03-score": [
        (lambda d, y, sigma: (y - d(y)) / sigma**2, "direction"),
        (lambda d, y, sigma: d(y) - y, "That is the residual"),
        (lambda d, y, sigma: (d(y) - y) / sigma, "its square"),
        (lambda d, y, sigma: (d(y) - y) * sigma**2, "instead of multiplying"),
        (lambda d, y, sigma: d(y) / sigma**2, "not subtracted"),
        (lambda d, y, sigma: -y / sigma**2, "is missing"),
        (lambda d, y, sigma: d(y), "denoised point"),
        (lambda d, y, sigma: (d(y) - y) / 0.3**2, "wrong, by up to"),
        (lambda d, y, sigma: (d(y) - y) / 2, "wrong, by up to"),
        (lambda d, y, sigma: ((d(y) - y) / sigma**2).mean(), "The shape"),
    ],
}
