"""Lesson 07: who draws faces, who judges them, and who judges the judges.

Faces are those of lesson 06: 32x32 pixels, six factors. Everything is done in rounds: each has
its own faces that nobody trained on, one picture a person, and every contestant draws as many.
Shape letters: N faces, Z numbers of a code, F factors.
"""

import math
from functools import partial

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture
from torch import nn
from torch.nn import functional as F
from torchvision.transforms.functional import gaussian_blur

from helpers import judges
from helpers.faces import FACTORS, PICTURES_PER_PERSON, only, sample_factors
from helpers.intervals import interval
from helpers.judges import paint
from helpers.metrics import picture_mse
from helpers.models import Denoiser, walk, with_level
from helpers.studies.vaes import VARIED
from helpers.variational import draw

N = 500  # faces of a round
COMPONENTS = (1, 2, 5, 10, 20, 40, 80)  # of a mixture, tried on validation codes
VALID = 160  # pictures of the last 40 people, held out to choose
LEVELS = 40  # steps of a walk from noise
LOUD, QUIET = 10.0, 0.03  # the noise where a walk begins and ends


def in_units(factors, names=VARIED):
    """Factors as dict of name -> (N,) -> (N, F), each 0 to 1 over its range."""
    low, high = np.array([(FACTORS[name].low, FACTORS[name].high) for name in names]).T
    return (np.stack([factors[name] for name in names], 1) - low) / (high - low)


def new_faces(n, seed, split="test", names=VARIED, every=PICTURES_PER_PERSON):
    """Faces of `n` people as (pictures (n, 3, 32, 32), factors (n, F)), one picture each."""
    factors, _ = sample_factors(n * every, split, seed, only(*names))
    factors = {name: value[::every] for name, value in factors.items()}
    factors = in_units(factors, names)
    return paint(factors, names), factors


def as_saved(x):
    """Pictures as a file would keep them: 256 steps, so that no one is known by rounding."""
    return (x.clamp(0, 1) * 255).round() / 255


# -- who draws --------------------------------------------------------------------------------


def fit_mixture(codes, components=COMPONENTS):
    """A Gaussian mixture for codes (N, Z) of the training faces, and its number of components.

    As many as make the codes of the last people likely, who are left out to choose.
    """
    codes = np.asarray(codes, float)
    fit = partial(GaussianMixture, random_state=0, reg_covar=1e-4)
    best = max(components, key=lambda n: fit(n).fit(codes[:-VALID]).score(codes[-VALID:]))
    return fit(best).fit(codes), best


class Codes:
    """Codes of training faces, and four ways to draw others.

    model: a VAE of lesson 06, or one without a distribution (plain). x: training faces.
    """

    def __init__(self, model, x, plain=False):
        with torch.no_grad():
            mu, logvar = model.encode(x)
        torch.manual_seed(0)
        self.model, self.codes = model, mu if plain else draw(mu, logvar)
        self.mixture, self.components = fit_mixture(self.codes)
        self.gaussian = torch.distributions.MultivariateNormal(
            self.codes.mean(0), torch.cov(self.codes.T) + 1e-6 * torch.eye(self.codes.shape[1]))

    def sample(self, way, n, seed):
        """Codes (n, Z): "prior", "box", "gaussian" or "mixture"."""
        torch.manual_seed(seed)
        if way == "prior":
            return torch.randn(n, self.codes.shape[1])
        if way == "box":  # between the smallest and the largest of each number
            low, high = self.codes.min(0).values, self.codes.max(0).values
            return low + (high - low) * torch.rand(n, self.codes.shape[1])
        if way == "gaussian":
            return self.gaussian.sample((n,))
        self.mixture.random_state = seed
        z = torch.from_numpy(self.mixture.sample(n)[0]).float()
        return z[torch.randperm(n)]  # it draws one component after the other

    @torch.no_grad()
    def draw(self, way, n, seed):
        """Faces (n, 3, 32, 32) whose codes were drawn in this way."""
        return self.model.decode(self.sample(way, n, seed))


class Flow(nn.Module):
    """Affine couplings between codes (B, Z) and Gaussian noise, Z even (Dinh et al. 2017)."""

    def __init__(self, size=10, layers=8, hidden=64):
        super().__init__()
        half = size // 2
        self.nets = nn.ModuleList(nn.Sequential(
            nn.Linear(half, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(),
            nn.Linear(hidden, size)) for _ in range(layers))
        for net in self.nets:  # begins as the identity
            nn.init.zeros_(net[-1].weight)
            nn.init.zeros_(net[-1].bias)

    def forward(self, z):
        """Codes -> noise (B, Z), and the log of how far volumes grow, (B,)."""
        grown = 0.0
        for net in self.nets:
            a, b = z.chunk(2, 1)
            scale, shift = net(a).chunk(2, 1)
            z = torch.cat([b * scale.tanh().exp() + shift, a], 1)
            grown = grown + scale.tanh().sum(1)
        return z, grown

    def log_density(self, z):
        """Of codes (B, Z), in nats: (B,)."""
        noise, grown = self(z)
        return grown - 0.5 * noise.square().sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)

    def inverse(self, noise):
        """Noise (B, Z) -> codes (B, Z)."""
        z = noise
        for net in reversed(self.nets):
            b, a = z.chunk(2, 1)
            scale, shift = net(a).chunk(2, 1)
            z = torch.cat([a, (b - shift) * (-scale.tanh()).exp()], 1)
        return z


def fit_flow(codes, seed, steps=2000):
    """A flow for whitened codes (N, Z): sample(n) -> codes (n, Z), log density of codes (M,)."""
    middle = codes.mean(0)
    root = torch.linalg.cholesky(torch.cov(codes.T) + 1e-6 * torch.eye(codes.shape[1]))

    def white(z):
        return torch.linalg.solve_triangular(root, (z - middle).T, upper=False).T

    torch.manual_seed(seed)
    flow, w = Flow(codes.shape[1]), white(codes)
    optimizer = torch.optim.Adam(flow.parameters(), 0.002)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.002, total_steps=steps)
    for _ in range(steps):
        batch = w[torch.randint(len(w), (128,))]
        loss = -flow.log_density(batch + 0.05 * torch.randn_like(batch)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    flow.requires_grad_(False)
    return (lambda n: flow.inverse(torch.randn(n, codes.shape[1])) @ root.T + middle,
            lambda z: flow.log_density(white(z)) - root.diagonal().log().sum())


class Ppca:
    """Probabilistic PCA (Tipping & Bishop 1999): a linear decoder, codes from a Gaussian."""

    def __init__(self, x, code=10):
        self.pca = PCA(code, svd_solver="randomized", random_state=0).fit(x.flatten(1).numpy())

    def draw(self, n, seed):
        """The means of p(x | z), (n, 3, 32, 32), as the others draw theirs: without its noise."""
        z = np.random.default_rng(seed).standard_normal((n, self.pca.n_components_))
        spread = np.sqrt(self.pca.explained_variance_)
        y = self.pca.inverse_transform(z * spread)
        return torch.from_numpy(y).float().view(n, 3, 32, 32)


def new_walker(seed):
    """Lesson 03's denoiser, untrained, that is told the level of the noise."""
    torch.manual_seed(seed)
    return Denoiser(channels=4).to(memory_format=torch.channels_last)


def train_walker(x, settings, watch=lambda *_: None):
    """Lesson 03's denoiser for any level of noise, on faces (N, 3, 32, 32)."""
    model = new_walker(settings["seed"])
    steps, rate = settings["steps"], settings["rate"]
    optimizer = torch.optim.Adam(model.parameters(), rate, (0.9, 0.98))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps,
                                                   pct_start=0.1)
    for step in range(steps):
        batch = x[torch.randint(len(x), (16,))]
        sigma = QUIET * (LOUD / QUIET) ** torch.rand(len(batch), 1, 1, 1)
        y = with_level(batch + sigma * torch.randn_like(batch), sigma)
        loss = F.mse_loss(model(y), batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.01)
        optimizer.step()
        schedule.step()
        if step % 50 == 49:
            watch(step + 1, steps)
    return model.eval()


@torch.no_grad()
def walker_psnr(model, x):
    """How well a walker guesses faces (N, 3, 32, 32) in noise of all levels, an Interval."""
    generator = torch.Generator().manual_seed(0)
    sigma = QUIET * (LOUD / QUIET) ** torch.rand(len(x), 1, 1, 1, generator=generator)
    y = with_level(x + sigma * torch.randn(x.shape, generator=generator), sigma)
    error = picture_mse(x, model(y.to(memory_format=torch.channels_last)).clamp(0, 1))
    return interval(error, np.arange(len(x)) // PICTURES_PER_PERSON, "psnr")._asdict()


def walked(model, n, seed, levels=LEVELS):
    """Faces (n, 3, 32, 32) to which a denoiser has walked from noise, the noise falling."""
    sigmas = torch.logspace(math.log10(LOUD), math.log10(QUIET), levels)
    y = 0.5 + LOUD * torch.randn(n, 3, 32, 32, generator=torch.Generator().manual_seed(seed))
    return walk(model, y, sigmas)


def jitter(x, n, seed):
    """`n` training faces with a little noise: the cheat."""
    generator = torch.Generator().manual_seed(seed)
    chosen = x[torch.randperm(len(x), generator=generator)[:n]]
    return chosen + 0.01 * torch.randn(chosen.shape, generator=generator)


# -- cases with a known answer ----------------------------------------------------------------


CASES = ["unseen faces", "other unseen faces", "no dark skin", "long hair only if dark",
         "half as varied", "ten faces", "blurred", "noisy", "memorised"]  # first two: none


def known_case(name, x_train, n, seed):
    """A set of faces (n, 3, 32, 32) whose fault is known: one of CASES."""
    generator = torch.Generator().manual_seed(seed)
    if name == "memorised":
        return x_train[torch.randperm(len(x_train), generator=generator)[:n]]
    x, factors = new_faces(2 * n, seed + (name == "other unseen faces"))
    if name == "no dark skin":
        return x[factors[:, 0] < 0.75][:n]
    x, factors = x[:n], factors[:n]
    if name == "long hair only if dark":  # either factor alone is as it should be
        factors[:, 1] = np.sort(factors[:, 1])[factors[:, 0].argsort().argsort()]
        return paint(factors, VARIED)
    if name == "half as varied":
        return paint(0.5 + 0.5 * (factors - 0.5), VARIED)
    if name == "ten faces":
        copies = x[:10].repeat(n // 10, 1, 1, 1)
        return copies + 0.01 * torch.randn(copies.shape, generator=generator)
    if name == "noisy":
        return x + 0.1 * torch.randn(x.shape, generator=generator)
    return gaussian_blur(x, 3, 0.85) if name == "blurred" else x


@torch.no_grad()
def between(model, reader, places):
    """Faces on the way from one unseen face to another: through the code, and by blending.

    Judged by painting what is read, and against the face whose factors lie at that place.
    """
    (a, from_), (b, to) = (new_faces(200, seed) for seed in (50, 51))
    people, found = np.arange(len(a)), {"code": {}, "blend": {}}
    z, w = model.encode(a)[0], model.encode(b)[0]
    for t in places:
        ideal = paint((1 - t) * from_ + t * to, VARIED)
        for name, y in (("code", model.decode((1 - t) * z + t * w)),
                        ("blend", (1 - t) * a + t * b)):
            y = as_saved(y)
            read = reader.read(y)
            off = np.abs(read - ((1 - t) * from_ + t * to)).mean(1)
            found[name][str(t)] = {
                "repaint_psnr": interval(picture_mse(y, reader.repaint(read)), people,
                                         "psnr")._asdict(),
                "off_the_way": interval(off, people)._asdict(),
                "ideal_mse": interval(picture_mse(y, ideal), people)._asdict()}
    return found


# -- who judges -------------------------------------------------------------------------------

JUDGES = {  # name: what is good
    "repaint_psnr": "higher", "factor_distance": "lower", "pairs_covered": "higher",
    "frechet": "lower", "precision": "higher", "recall": "higher", "mmd": "lower",
    "shape_accuracy": "lower", "trace_accuracy": "lower", "copy_ratio": "one",
}


def judge(fake, real, read_real, reader, x_train, x_unseen):
    """What every judge says of faces `fake` (N, 3, 32, 32): {name: number}.

    real: as many unseen faces, read_real: their factors as the reader reads them.
    """
    fake = as_saved(fake)
    read = reader.read(fake)
    error = (fake - reader.repaint(read)).square().flatten(1).mean(1)  # (N,)
    precise, recalled = judges.precision_recall(real, fake)
    return {
        "repaint_psnr": -10 * math.log10(error.mean()),
        "factor_distance": float(judges.factor_distance(read_real, read).mean()),
        "pairs_covered": judges.pairs_covered(read),
        "frechet": judges.frechet(read_real, read),
        "precision": precise.float().mean().item(),
        "recall": recalled.float().mean().item(),
        "mmd": judges.mmd2(real, fake),
        "shape_accuracy": float(judges.two_sample(real, fake, judges.by_shape()).mean()),
        "trace_accuracy": float(judges.two_sample(real, fake, judges.by_traces()).mean()),
        "copy_ratio": judges.copy_ratio(fake, x_train, x_unseen),
    }
