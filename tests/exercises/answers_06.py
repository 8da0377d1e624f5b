"""Right and wrong answers to the exercises of lesson 06: test_exercises.py checks them."""

import math

import numpy as np
import torch
from torch import nn
from torch.distributions import Independent, Normal, kl_divergence

from helpers.models import VAE, load_weights


def kl_by_torch(mu, logvar):
    return kl_divergence(Normal(mu, (0.5 * logvar).exp()), Normal(0, 1)).sum(1).mean()


def kl_in_numpy(mu, logvar):
    mu, logvar = np.asarray(mu, dtype=np.float64), np.asarray(logvar, dtype=np.float64)
    return (0.5 * (mu**2 + np.exp(logvar) - 1 - logvar)).sum(axis=-1).mean()


def kl_in_loops(mu, logvar):
    total = 0.0
    for m, v in zip(mu.tolist(), logvar.tolist(), strict=True):
        for a, b in zip(m, v, strict=True):
            total += 0.5 * (a * a + math.exp(b) - 1.0 - b)
    return total / len(mu)


def kl_as_published(mu, logvar):
    return torch.mean(-0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1), dim=0)


def kl_by_spread(mu, logvar):
    s = torch.exp(logvar / 2).double()
    return ((mu.double() ** 2 + s**2) / 2 - 0.5 - s.log()).sum() / mu.shape[0]


def kl_by_trace(mu, logvar):
    return sum(0.5 * (torch.diag(v.exp()).trace() + m @ m - len(m) - torch.logdet(
        torch.diag(v.exp()))) for m, v in zip(mu, logvar, strict=True)) / len(mu)


def kl_in_rows(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)


def draw(mu, logvar, training):
    return mu + (0.5 * logvar).exp() * torch.randn_like(mu) if training else mu


def draw_by_torch(mu, logvar, training):
    return Normal(mu, logvar.exp().sqrt()).rsample() if training else mu


def draw_in_place(mu, logvar, training):
    if not training:
        return mu
    eps = torch.empty(mu.shape).normal_()
    return eps.mul(torch.exp(logvar * 0.5)).add(mu)


def draw_by_switch(mu, logvar, training):
    return torch.lerp(mu, mu + torch.randn(mu.shape) * logvar.div(2).exp(), float(training))


def draw_row_by_row(mu, logvar, training):
    rows = [m + v.exp() ** 0.5 * torch.randn(len(m)) for m, v in zip(mu, logvar, strict=True)]
    return torch.stack(rows) if training else mu + 0


def draw_in_double(mu, logvar, training):
    mu, logvar = mu.double(), logvar.double()
    return mu + (logvar / 2).exp() * torch.randn_like(mu) * (1 if training else 0)


def elbo_by_torch(x, decode, mu, logvar, sigma):
    q = Independent(Normal(mu, (0.5 * logvar).exp()), 1)
    z = q.rsample()
    p = Independent(Normal(torch.zeros_like(mu), torch.ones_like(mu)), 1)
    return Independent(Normal(decode(z), sigma), 1).log_prob(x) - kl_divergence(q, p)


def elbo_by_hand(x, decode, mu, logvar, sigma):
    z = mu + torch.exp(logvar / 2) * torch.randn(mu.shape)
    fit = -0.5 * ((x - decode(z)) / sigma) ** 2 - math.log(sigma) - 0.5 * math.log(2 * math.pi)
    kl = 0.5 * torch.sum(mu**2 + logvar.exp() - logvar - 1, dim=-1)
    return fit.sum(-1) - kl


def elbo_in_numpy(x, decode, mu, logvar, sigma):
    z = mu.numpy() + np.exp(0.5 * logvar.numpy()) * np.random.randn(*mu.shape)
    y = decode(torch.from_numpy(z).float()).numpy()
    variance = sigma**2
    fit = -((x.numpy() - y) ** 2).sum(1) / (2 * variance)
    fit -= 0.5 * x.shape[1] * np.log(2 * np.pi * variance)
    return fit + 0.5 * (1 + logvar.numpy() - mu.numpy() ** 2 - np.exp(logvar.numpy())).sum(1)


def elbo_in_double(x, decode, mu, logvar, sigma):
    return elbo_by_hand(x.double(), decode, mu.double(), logvar.double(), sigma)


def elbo_by_parts(x, decode, mu, logvar, sigma):
    z = draw_by_torch(mu, logvar, True)
    log_p = nn.functional.gaussian_nll_loss(decode(z), x, torch.full_like(x, sigma**2), full=True,
                                            reduction="none").neg().sum(1)
    return log_p - (-0.5 * (1 + logvar - mu.pow(2) - logvar.exp())).sum(1)


def elbo_by_bmm(x, decode, mu, logvar, sigma):
    off = (x - decode(draw(mu, logvar, True))).unsqueeze(1)
    error = torch.bmm(off, off.transpose(1, 2)).flatten()
    constant = x.shape[1] * math.log(sigma * math.sqrt(2 * math.pi))
    return -error / 2 / sigma / sigma - constant - kl_in_rows(mu, logvar)


def alive_by_svd(x, sigma, code):
    centred = x - x.mean(0)
    return min(code, int((torch.linalg.svdvals(centred) ** 2 / len(x) > sigma**2).sum()))


def alive_in_numpy(x, sigma, code):
    values = np.linalg.eigvalsh(np.cov(x.numpy().T, bias=True))
    return np.minimum(code, (values > sigma * sigma).sum())


def alive_by_sklearn(x, sigma, code):
    from sklearn.decomposition import PCA

    n = len(x)
    return int((PCA().fit(x.numpy()).explained_variance_[:code] * (n - 1) / n > sigma**2).sum())


def alive_in_loop(x, sigma, code):
    values = torch.linalg.eigvals(torch.cov(x.T, correction=0)).real.sort(descending=True).values
    count = 0
    while count < min(code, len(values)) and values[count] > sigma**2:
        count += 1
    return count


def alive_by_kl(x, sigma, code):
    values = torch.linalg.eigvalsh(torch.cov(x.T.double()))
    nats = 0.5 * (values / sigma**2).clamp(min=1).log()
    return torch.tensor(min(code, (nats > 0).sum().item()))


class Linear(VAE):
    """The weakest decoder: one linear layer."""

    def __init__(self, code=10):
        super().__init__(code)
        self.decoder = nn.Sequential(nn.Linear(code, 3072), nn.Unflatten(1, (3, 32, 32)))


class Wide(VAE):
    """Twice the channels in the decoder."""

    def __init__(self, code=10):
        super().__init__(code)
        halve = dict(kernel_size=4, stride=2, padding=1)
        self.decoder = nn.Sequential(
            nn.Linear(code, 192 * 16), nn.SiLU(), nn.Unflatten(1, (192, 4, 4)),
            nn.ConvTranspose2d(192, 96, **halve), nn.SiLU(), nn.ConvTranspose2d(96, 48, **halve),
            nn.SiLU(), nn.ConvTranspose2d(48, 3, **halve))


class Noisy(VAE):
    """Units that carry nothing of use: numbers of the picture that nobody can decode."""

    def encode(self, x):
        mu, logvar = super().encode(x)
        hashed = (1000 * x.flatten(1)[:, 495:505]).sin()  # in the middle of the face
        return torch.cat([mu[:, :1], hashed[:, 1:] * 3], 1), logvar


class Broken(VAE):
    def decode(self, z):
        return super().decode(z) / 0


def beta_of(value):
    return lambda step, steps: value


def one(step, steps):
    return 1.0


def trained():
    """Somebody else's good parameters are no design."""
    model = VAE()
    model.load_state_dict(load_weights("06_vae"))
    return model, one


RIGHT = {
    "06-kl": [kl_by_torch, kl_in_numpy, kl_in_loops, kl_as_published, kl_by_spread, kl_by_trace],
    "06-draw": [draw, draw_by_torch, draw_in_place, draw_by_switch, draw_row_by_row,
                draw_in_double],
    "06-elbo": [elbo_by_torch, elbo_by_hand, elbo_in_numpy, elbo_in_double, elbo_by_parts,
                elbo_by_bmm],
    "06-alive": [alive_by_svd, alive_in_numpy, alive_by_sklearn, alive_in_loop, alive_by_kl,
                 lambda x, sigma, code: float(alive_by_svd(x, sigma, code))],
    "06-design": [lambda: (VAE(), beta_of(0.01)), lambda: (VAE(), beta_of(0.05)),
                  lambda: [VAE(), beta_of(0.002)], lambda: (VAE(9), beta_of(0.02)),
                  lambda: (VAE(), lambda step, steps: 0.04 * step / steps),
                  lambda: (VAE().double(), lambda step, steps: 0.01 + 0.5 * (step < 20)),
                  lambda: (Wide(), beta_of(0.02))],
}
WRONG = {
    "06-kl": [(lambda mu, logvar: None, "return"),
              (lambda mu, logvar: 0.5 * (mu**2 + logvar.exp() - 1 - logvar), "one number"),
              (lambda mu, logvar: 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1), "one number"),
              (lambda mu, logvar: kl_by_torch(mu, logvar) / 3072, "you get"),
              (lambda mu, logvar: kl_by_torch(logvar, mu), "you get"),
              (lambda mu, logvar: kl_by_torch(mu, logvar.log()), "nan"),
              (lambda mu, logvar: "kl", "not str")],
    "06-draw": [(lambda mu, logvar, training: mu + logvar.exp() * torch.randn_like(mu)
                 if training else mu, "0.5 * logvar"),
                (lambda mu, logvar, training: mu + logvar * torch.randn_like(mu)
                 if training else mu, "logarithm"),
                (lambda mu, logvar, training: mu + torch.randn_like(mu) if training else mu,
                 "not used"),
                (lambda mu, logvar, training: draw(mu, logvar, True), "training` is false"),
                (lambda mu, logvar, training: mu, "nothing is drawn"),
                (lambda mu, logvar, training: torch.normal(mu, (0.5 * logvar).exp())
                 if training else mu, "torch.normal"),
                (lambda mu, logvar, training: draw(mu, logvar.detach(), training), "`logvar` does"),
                (lambda mu, logvar, training: draw(mu.detach(), logvar, training), "`mu` does"),
                (lambda mu, logvar, training: mu + (0.5 * logvar).exp() * torch.randn(1, 20)
                 if training else mu, "share"),
                (lambda mu, logvar, training: mu + (0.5 * logvar).exp() * torch.randn(400, 1)
                 if training else mu, "share"),
                (lambda mu, logvar, training: mu + (0.5 * logvar).exp() * torch.rand_like(mu)
                 if training else mu, "Gaussian"),
                (lambda mu, logvar, training: draw(
                    mu, logvar, training and bool(torch.manual_seed(1))), "same"),
                (lambda mu, logvar, training: None, "return"),
                (lambda mu, logvar, training: draw(mu, logvar, training).mean(1), "shape")],
    "06-elbo": [(lambda x, decode, mu, logvar, sigma: None, "return"),
                (lambda x, decode, mu, logvar, sigma: elbo_by_hand(
                    x, decode, mu, logvar, sigma).mean(), "shape"),
                (lambda x, decode, mu, logvar, sigma: elbo_by_hand(
                    x, decode, mu, logvar, 1.0), "up to"),
                (lambda x, decode, mu, logvar, sigma: elbo_by_hand(
                    x, decode, 0 * mu, logvar, sigma), "up to"),
                (lambda x, decode, mu, logvar, sigma: elbo_by_hand(
                    x, decode, mu, 0 * logvar, sigma), "up to"),
                (lambda x, decode, mu, logvar, sigma: elbo_by_hand(
                    x.flip(1), decode, mu, logvar, sigma), "up to"),
                (lambda x, decode, mu, logvar, sigma: elbo_by_hand(
                    x, decode, mu[:1].expand_as(mu), logvar[:1].expand_as(mu), sigma), "up to"),
                (lambda x, decode, mu, logvar, sigma: elbo_by_hand(x, decode, mu, logvar, sigma)
                 + kl_in_rows(mu, logvar) - kl_by_torch(mu, logvar), "up to")],
    "06-alive": [(lambda x, sigma, code: None, "return"),
                 (lambda x, sigma, code: x.shape[1], "you get"),
                 (lambda x, sigma, code: 0, "you get"),
                 (lambda x, sigma, code: torch.linalg.eigvalsh(torch.cov(x.T)), "one number"),
                 (lambda x, sigma, code: "4", "not str"),
                 (lambda x, sigma, code: alive_by_svd(x, sigma, code) + 2, "you get"),
                 (lambda x, sigma, code: alive_by_svd(x, 1.05 * sigma, code), "you get"),
                 (lambda x, sigma, code: alive_by_svd(x, 0.95 * sigma, code), "you get")],
    "06-design": [(lambda: (VAE(), one), "units are alive"),
                  (lambda: (VAE(), lambda step, steps: min(1.0, 2 * step / steps)),
                   "units are alive"),
                  (lambda: (VAE(7), beta_of(0.01)), "units are alive"),
                  (lambda: (VAE(11), one), "10 numbers at most"),
                  (lambda: VAE(), "two things"),
                  (lambda: (VAE(), beta_of(-1.0)), "0 or more"),
                  (lambda: (VAE(), beta_of(None)), "0 or more"),
                  (lambda: (nn.Linear(3, 3), one), "`encode`"),
                  (lambda: (Broken(), one), "diverges"),
                  (trained, "units are alive"),
                  (lambda: (Linear(), one), "units are alive"),
                  (lambda: (Noisy(), one), "of no use")],
}
