"""The objective of a variational autoencoder, as lesson 06 derives it. All in nats.

Shape letters: B pictures in a batch, N in all, D values of a picture, Z numbers of a code. A sum
over the values of a picture and the numbers of its code, a mean over pictures: nothing else keeps
the bound on log p(x) (Kingma & Welling 2014, arXiv 1312.6114).
"""

import math
from typing import NamedTuple

import torch


class Pass(NamedTuple):
    """What one pass through a variational autoencoder makes of pictures x, (B, ...)."""

    x_hat: torch.Tensor  # (B, ...): the mean of p(x | z), for a code z that was drawn
    mu: torch.Tensor  # (B, Z): the mean of q(z | x)
    logvar: torch.Tensor  # (B, Z): the logarithm of its variance
    log_sigma: torch.Tensor  # (): the logarithm of the standard deviation of p(x | z)


def draw(mu, logvar):
    """Codes from N(mu, exp(logvar)), (B, Z) each, through which gradients reach both."""
    return mu + (0.5 * logvar).exp() * torch.randn_like(mu)


def kl_to_prior(mu, logvar):
    """KL(N(mu, exp(logvar)) || N(0, 1)) of each number of each code: (B, Z) -> (B, Z), >= 0."""
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar)


def gaussian_nll(x, x_hat, log_sigma):
    """-log N(x; x_hat, exp(log_sigma)^2 I) of each picture: two (B, ...) -> (B,)."""
    error = (x - x_hat).square().flatten(1)  # (B, D)
    size = error.shape[1]
    return (0.5 * error.sum(1) * (-2 * log_sigma).exp()
            + size * (log_sigma + 0.5 * math.log(2 * math.pi)))


def negative_elbo(y, x, beta=1.0):
    """What training minimises: the mean over pictures of -log p(x | z) + beta * KL, a scalar.

    y: the Pass of pictures x (B, ...). With beta = 1 no less than -log p(x), on average over z.
    """
    kl = kl_to_prior(y.mu, y.logvar).sum(1)  # (B,)
    return (gaussian_nll(x, y.x_hat, y.log_sigma) + beta * kl).mean()


def active_units(mu):
    """How many numbers of the codes change with the picture: (N, Z) means -> int.

    Those whose mean has a variance above 0.01 (Burda et al. 2016, arXiv 1509.00519).
    """
    return int((mu.var(0) > 0.01).sum())
