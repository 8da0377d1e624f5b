"""Right and wrong answers to the exercises of lesson 01: test_exercises.py checks them."""

import itertools
import math

import numpy as np
import torch
from skimage.metrics import peak_signal_noise_ratio
from torch import nn

from helpers.models import Autoencoder


def entropy(x):
    return -(torch.xlogy(x, x) + torch.xlogy(1 - x, 1 - x))


def mean_square(x, y):
    return (x - y).square().mean().item()


def psnr_in_place(x, y):
    x -= y
    x *= x
    return -10 * x.mean().log10()


def psnr_in_loops(x, y):
    total = 0.0
    for a, b in zip(x.flatten().tolist(), y.flatten().tolist(), strict=True):
        total += (a - b) ** 2
    return 10 * math.log10(x.numel() / total)


def careless(x, y):
    result = -10 * math.log10(mean_square(x, y))
    x.zero_(), y.zero_()
    return result


def floor_in_loops(x):
    total = 0.0
    for p in x.flatten().tolist():
        total -= sum(q * math.log(q) for q in (p, 1 - p) if q > 0)
    return total / x.numel()


def floor_in_numpy(x):
    x = x.numpy().astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(-x * np.log(x)).mean() + np.nan_to_num(-(1 - x) * np.log1p(-x)).mean()


def floor_in_place(x):
    y = 1 - x
    return -(x.mul_(x.clone().clamp_(1e-7).log_()) + y.mul_(y.clone().clamp_(1e-7).log_())).mean()


def mean_with_steps(losses, sizes):
    total = count = 0
    while losses:  # empties the lists
        size = sizes.pop()
        total += losses.pop() * size
        count += size
    return total / count


def small(**changes):
    """An autoencoder with a code of 512, with one thing changed."""
    model = Autoencoder()
    model.encoder[6] = nn.Conv2d(64, changes.get("channels", 8), 3, padding=1)
    up = dict(kernel_size=3, stride=2, padding=1, output_padding=1)
    model.decoder[0] = nn.ConvTranspose2d(changes.get("channels", 8), 64, **up)
    if changes.get("without") == "a matching decoder":
        model.decoder[0] = nn.ConvTranspose2d(128, 64, **up)
    if changes.get("without") == "sigmoid":
        model.decoder = model.decoder[:-1]
    if changes.get("without") == "a stage":
        model.decoder = nn.Sequential(*model.decoder[:4], nn.Conv2d(32, 3, 1), nn.Sigmoid())
    if changes.get("without") == "input":
        model.encoder = nn.Sequential(*model.encoder, nn.Threshold(1e9, 0.5))
    if changes.get("without") == "gradients":
        model.requires_grad_(False)
    if changes.get("unused"):
        model.spare = nn.Linear(2, 2)
    return model


class Model(nn.Module):
    """Any encoder and decoder, with the names of the lesson."""

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def get_encoded_output(self, x):
        return self.encoder(x)

    def forward(self, x):
        return self.decoder(self.encoder(x))


PICTURE = nn.Linear(256, 3 * 64 * 64), nn.Sigmoid(), nn.Unflatten(1, (3, 64, 64))


def dense(activation=nn.ReLU):
    return Model(nn.Sequential(nn.Flatten(), nn.Linear(3 * 64 * 64, 256), activation(),
                               nn.Linear(256, 32)),
                 nn.Sequential(nn.Linear(32, 256), activation(), *PICTURE))


def patches():
    """Batch norm, tanh, and strides instead of pooling."""
    return Model(nn.Sequential(nn.Conv2d(3, 16, 4, 4), nn.BatchNorm2d(16), nn.ReLU(),
                               nn.Conv2d(16, 8, 2, 2), nn.Tanh()),
                 nn.Sequential(nn.ConvTranspose2d(8, 16, 2, 2), nn.BatchNorm2d(16), nn.ReLU(),
                               nn.Dropout(0.1), nn.ConvTranspose2d(16, 3, 4, 4), nn.Sigmoid()))


def thumbnail():
    """Averages and enlarges; one scale is learned, and clamping keeps the pixels in [0, 1]."""
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(1))

        def forward(self, z):
            large = nn.functional.interpolate(self.scale * z.unflatten(1, (3, 8, 8)), (64, 64))
            return large.clamp(0, 1)

    return Model(nn.Sequential(nn.AvgPool2d(8), nn.Flatten()), Scaled())


def lazy():
    return Model(nn.Sequential(nn.Flatten(), nn.LazyLinear(20)),
                 nn.Sequential(nn.LazyLinear(256), *PICTURE))


class Bypass(Model):
    """The picture itself goes into the output."""

    def __init__(self):
        inner = small()
        super().__init__(inner.encoder, inner.decoder)

    def forward(self, x):
        return 0.5 * self.decoder(self.encoder(x)) + 0.5 * x


class Stored(nn.Module):
    """A decoder that looks at what the encoder, or forward(), has laid down in it."""

    def __init__(self, inner):
        super().__init__()
        self.inner, self.skip = inner, 0

    def forward(self, z):
        return 0.5 * self.inner(z) + 0.5 * self.skip


class SkipAtEncoding(Model):
    def __init__(self):
        inner = small()
        super().__init__(inner.encoder, Stored(inner.decoder))

    def get_encoded_output(self, x):
        self.decoder.skip = x.clone()
        return self.encoder(x)

    def forward(self, x):
        return self.decoder(self.get_encoded_output(x))


class SkipInForward(SkipAtEncoding):
    def get_encoded_output(self, x):
        return self.encoder(x)

    def forward(self, x):
        self.decoder.skip = x.clone()
        return self.decoder(self.encoder(x))


class Part(nn.Module):
    """Sees a part of the picture only."""

    def __init__(self, *part):
        super().__init__()
        self.part = part
        self.linear = nn.LazyLinear(64)

    def forward(self, x):
        return self.linear(x[(slice(None), *self.part)].flatten(1))


def seeing(*part):
    return Model(Part(*part), nn.Sequential(nn.Linear(64, 256), *PICTURE))


class Half(nn.Module):
    """Draws the upper half from the code, the lower half always grey."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(64, 256), *PICTURE)

    def forward(self, z):
        y = self.inner(z)
        return torch.cat([y[:, :, :32], torch.full_like(y[:, :, 32:], 0.5)], dim=2)


def mixing():
    """The pixels of all pictures of the batch in one code."""
    model = small()
    model.get_encoded_output = lambda x: model.encoder(x).flatten()[None]
    return model


def returning(thing):
    """A model whose forward() gives back something else than a picture."""
    model = small()
    model.forward = lambda x: thing
    return model


built = itertools.count(1)


def sleeper():
    """All units of its code are 0 in three of four models that are built."""
    model = small()
    if next(built) % 4:
        nn.init.constant_(model.encoder[6].bias, -100.0)
    return model


def trained_before():
    """Parameters that have gradients already, in double precision."""
    model = small().double()
    model(torch.rand(1, 3, 64, 64, dtype=torch.float64)).mean().backward()
    return model


def unused_with_gradients():
    model = small(unused=True)
    model.spare(torch.rand(1, 2)).mean().backward()
    return model


RIGHT = {
    "01-psnr": [lambda x, y: -10 * math.log10(mean_square(x, y)),
                lambda x, y: 10 * torch.log10(1 / (x - y).pow(2).mean()),
                lambda x, y: -20 * (x - y).double().square().mean().sqrt().log10().reshape(1),
                lambda x, y: np.float32(-10 * np.log10(((x - y).numpy() ** 2).mean())),
                lambda x, y: peak_signal_noise_ratio(x.numpy(), y.numpy(), data_range=1),
                psnr_in_place, psnr_in_loops, careless],
    "01-bce-floor": [lambda x: entropy(x).mean().item(),
                     lambda x: entropy(x.double()).mean((1, 2, 3)).mean(),
                     lambda x: nn.functional.binary_cross_entropy(x, x).item(),
                     lambda x: torch.distributions.Bernoulli(x).entropy().mean(),
                     floor_in_loops, floor_in_numpy, floor_in_place],
    "01-epoch-mean": [lambda a, n: sum(map(math.prod, zip(a, n, strict=True))) / sum(n),
                      lambda a, n: np.average(a, weights=n),
                      lambda a, n: torch.tensor(a) @ torch.tensor(n).float() / sum(n),
                      lambda a, n: (torch.tensor(a).double() * torch.tensor(n)).sum() / sum(n),
                      lambda a, n: np.repeat(a, n).mean(),
                      lambda a, n: [sum(x * k for x, k in zip(a, n, strict=True)) / sum(n)],
                      mean_with_steps],
    "01-small-code": [small, lambda: small(channels=4), sleeper, trained_before, dense,
                      lambda: dense(nn.Sigmoid), patches, thumbnail, lazy],
}

WRONG = {
    "01-psnr": [
        (lambda x, y: 10 * math.log10(mean_square(x, y)), "sign"),
        (lambda x, y: -10 * math.log(mean_square(x, y)), "natural"),
        (lambda x, y: -20 * math.log10(mean_square(x, y)), "already a square"),
        (lambda x, y: np.mean([peak_signal_noise_ratio(a.numpy(), b.numpy(), data_range=1)
                               for a, b in zip(x, y, strict=True)]), "each picture"),
        (lambda x, y: -10 * (x - y).square().mean((0, 2, 3)).log10().mean(), "each channel"),
        (lambda x, y: -10 * math.log10((x - y).square().sum().item()), "sum"),
        (lambda x, y: -10 * math.log10((x - y).abs().mean().item()), "absolute"),
        (lambda x, y: 10 * math.log10(x.max().item() ** 2 / mean_square(x, y)), "brightest"),
        (lambda x, y: 10 * math.log10(y.max().item() ** 2 / mean_square(x, y)), "You get"),
        (lambda x, y: 10 * math.log10(255**2 / mean_square(x, y)), "not 255"),
        (lambda x, y: -10 * math.log10(mean_square(x[0], y[0])), "You get"),
        (lambda x, y: 12.5, "You get 12.5"),
        (lambda x, y: None, "returned nothing"),
        (lambda x, y: "30 dB", "not str"),
        (lambda x, y: (x - y) ** 2, "(4, 3, 8, 8)"),
        (lambda x, y: (mean_square(x, y) - 10) ** 0.5, "not complex"),
        (lambda x, y: torch.log10(x.sum() - x.sum() - 1), "nan"),
    ],
    "01-bce-floor": [
        (lambda x: -(x * x.log() + (1 - x) * (1 - x).log()).mean().item(), "xlogy"),
        (lambda x: -(x * (x + 0).clamp(1e-8, 1 - 1e-8).log()
                     + (1 - x) * (1 - x.clamp(1e-8, 1 - 1e-8)).log()).mean(), "xlogy"),
        (lambda x: -entropy(x).mean().item(), "minus"),
        (lambda x: entropy(x).mean().item() / math.log(2), "base 2"),
        (lambda x: entropy(x).sum().item(), "sum"),
        (lambda x: entropy(x).sum((1, 2, 3)).mean(), "sum of each picture"),
        (lambda x: -torch.xlogy(x, x).mean().item(), "half"),
        (lambda x: 0.0, "not 0"),
        (lambda x: entropy(x[(x > 0) & (x < 1)]).mean().item(), "still counts"),
        (lambda x: entropy(x.clamp(1e-3, 1 - 1e-3)).mean(), "You get"),
        (lambda x: (entropy(x) * (x > 0) * (x < 0.6)).mean().item() + 0.1, "You get"),
        (lambda x: entropy(x), "one number"),
    ],
    "01-epoch-mean": [
        (lambda a, n: a[-1], "last batch"),
        (lambda a, n: sum(a) / sum(n), "Multiply each batch's loss"),
        (lambda a, n: np.mean(a), "fewer pictures"),
        (lambda a, n: np.mean(a[:-1]), "counts as well"),
        (lambda a, n: sum(a), "sum"),
        (lambda a, n: sum(map(math.prod, zip(a, n, strict=True))), "now divide"),
        (lambda a, n: sum(map(math.prod, zip(a, n, strict=True))) / len(a), "number of batches"),
        (lambda a, n: (32 * sum(a[:-1]) + n[-1] * a[-1]) / (32 * len(a) - 32 + n[-1]), "32"),
        (lambda a, n: sum(map(math.prod, zip(a, n, strict=True))) / 100, "You get"),
        (lambda a, n: a, "one number"),
        (lambda a, n: [], "one number"),
    ],
    "01-small-code": [
        (lambda: Autoencoder, "the class"),
        (lambda: returning(None), "each return one tensor"),
        (lambda: returning((1, 2)), "each return one tensor"),
        (Autoencoder, "8,192"),
        (lambda: small(without="a matching decoder"), "as many as the code has"),
        (lambda: small(channels=9), "576"),
        (lambda: small(without="sigmoid"), "Sigmoid"),
        (lambda: small(without="input"), "does not use its input"),
        (lambda: small(without="a stage"), "(3, 3, 32, 32)"),
        (lambda: small(without="gradients"), "no gradient reaches any"),
        (lambda: small(unused=True), "Some parameters get no gradient"),
        (unused_with_gradients, "Some parameters get no gradient"),
        (Bypass, "the output depends on more"),
        (SkipAtEncoding, "Encode other pictures first"),
        (SkipInForward, "Encode other pictures first"),
        (lambda: seeing(slice(None), slice(8), slice(8)), "63 can change"),
        (lambda: seeing(slice(None), slice(32)), "32 can change"),
        (lambda: seeing(slice(1)), "2 channels"),
        (lambda: Model(Part(slice(None)), Half()), "whatever the code is"),
        (mixing, "should be the batch"),
        (lambda: nn.Identity(), "get_encoded_output"),
        (lambda: (small(), 512), "an `nn.Module`"),
    ],
}
