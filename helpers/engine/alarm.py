"""How unlike its training pictures a picture is: a score, and how rare that is among normal ones.

Not how likely a picture is, but how usual three numbers about it are, as in "Density of States
Estimation" (Morningstar et al. 2021, arXiv 2006.09273): a blank picture is reconstructed better
than any face, and that is unusual, too. Shape letters: N pictures, S = 3 numbers each, C, H, W;
K held-out pictures.
"""

import numpy as np
import torch
from scipy.stats import betabinom
from tqdm import tqdm

from helpers.engine.codes import decode, fit_density, mean_codes, surprise, training_codes

NUMBERS = ("error", "variation", "code")
BATCH = 32  # pictures that go through the model at a time
LEAST = 20  # held-out pictures: half of them for a Gaussian of three numbers
# A file holds whole grey levels. Rounding to them alone makes a squared error of a twelfth of a
# level squared, and neighbours that differ by a third of a level: less than that is no difference,
# and 0, a blank picture's, has no logarithm.
ROUNDING = (1 / 255) ** 2 / 12, 1 / 255 / 3
RIDGE = 1e-6  # added to variances: held-out pictures that are all alike have none


class Alarm:
    """Scores pictures by what a Run's model makes of them.

    One half of the run's test pictures, which `seed` picks, says what is normal; the other half,
    `held_out`, (K,) scores in rising order, says how often normal ones score as high. look() is
    called now and then.
    """

    def __init__(self, run, seed=0, look=lambda: None):
        self.run = run
        self.density = fit_density(training_codes(run.model, run.train, look, mean_codes),
                                   "gaussian")
        n = len(run.test.dataset)
        order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
        numbers = []
        for some in tqdm(order.split(BATCH), desc="held-out pictures", delay=1, leave=False):
            look()
            numbers.append(self.measure(run.test.read(some))[0])
        known, others = np.split(np.concatenate(numbers), [n // 2])
        self.score = fit_score(known)
        self.held_out = np.sort(self.score(others))

    def measure(self, x):
        """NUMBERS of pictures x (N, C, H, W), (N, S) float64, and their reconstructions."""
        z = mean_codes(self.run.model, x)
        x_hat = decode(self.run.model, z, self.run.size)
        error = (x - x_hat).square().flatten(1).mean(1)
        numbers = error, variation(x), torch.from_numpy(surprise(z, self.density))
        return torch.stack([part.double() for part in numbers], 1).numpy(), x_hat


def variation(x):
    """Mean absolute difference of neighbouring pixels: (N, C, H, W) -> (N,)."""
    return sum(x.diff(dim=dim).abs().flatten(1).mean(1) for dim in (2, 3)) / 2


def fit_score(known):
    """The score, a function (N, S) -> (N,), 0 or more, that NUMBERS `known` (N, S) decide.

    It is the Mahalanobis distance from them of log error, log variation and code: how many standard
    deviations off, in the direction in which the picture lies. Any other formula goes here.
    """
    def features(numbers):
        error, varied, code = numbers.T
        return np.stack([np.log(np.maximum(error, ROUNDING[0])),
                         np.log(np.maximum(varied, ROUNDING[1])), code], 1)

    usual = features(known)
    mean = usual.mean(0)
    inverse = np.linalg.inv(np.cov(usual.T) + RIDGE * np.eye(len(NUMBERS)))

    def score(numbers):
        off = features(numbers) - mean
        return np.sqrt(np.einsum("ns,st,nt->n", off, inverse, off))

    return score


def p_values(scores, held_out):
    """How often a normal picture scores as high or higher: (N,), and (K,) in rising order -> (N,).

    (1 + how many held-out ones do) / (1 + K): of normal pictures, at most the share p has a p-value
    of p or less, whatever the score (Vovk et al. 2005, conformal prediction); 1 / (1 + K) at least.
    """
    higher = len(held_out) - np.searchsorted(held_out, scores, side="left")
    return (1 + higher) / (1 + len(held_out))


def expected_alarms(n, rate, k):
    """How many of `n` normal pictures have a p-value up to `rate`: mean, and 95% are low to high.

    k: held-out pictures. As few as these are themselves chance: so a beta-binomial distribution.
    """
    steps = int(rate * (k + 1) + 1e-9)  # p-values are 1 / (k + 1), 2 / (k + 1), ...
    if not steps:
        return 0.0, 0, 0
    told = betabinom(n, steps, k + 1 - steps)
    return float(told.mean()), *(int(told.ppf(place)) for place in (0.025, 0.975))


def pictures_needed(rate):
    """How many test pictures a run must have for p-values of `rate`, of which half are held out."""
    return 2 * int(np.ceil(1 / rate - 1e-9)) - 3
