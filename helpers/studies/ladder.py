"""Lesson 05: lesson 01's model and recipe with any set of changes, each a name in CHANGES.

No change is lesson 01, all of RECIPE are helpers.models.Recipe and its training; tests hold both.
Beside the PSNR, every model is asked what it loses on faces upside down, and how far its code is
from moving along when the picture moves; those with a "curve" also what their kernels leave in the
picture, after every epoch.
"""

import time

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from helpers.intervals import interval
from helpers.metrics import picture_mse
from helpers.models import mirror
from helpers.studies.small_nets import shifted
from helpers.training import reconstruct

RECIPE = ("batch", "schedule", "stride", "kernel", "activation", "signed code", "init")
CHANGES = {  # name: what it does
    "logits": "the loss is computed from the logits, without a Sigmoid before it",
    "batch": "8 pictures a step instead of 32: four times as many steps in the same epochs",
    "schedule": "OneCycle up to a rate of 0.002 instead of a constant 0.001",
    "norm": "batch normalisation before every activation inside",
    "stride": "convolutions of stride 2 instead of pooling",
    "kernel": "kernels of 4 x 4, a multiple of the stride, wherever the size changes",
    "resize": "in the decoder nearest-neighbour scaling and a convolution, not a transposed one",
    "activation": "SiLU instead of ReLU",
    "signed code": "no activation after the last layer of the encoder",
    "init": "orthogonal layers, the decoder the encoder's transpose; pictures centred at 0",
    "blur": "pooling of stride 1, then a small blur before every second value is kept",
    "view": "two convolutions of dilation 2 on either side of the code: each part sees the face",
}
BATCH, RATE = 8, 0.002  # of the recipe; at 0.003 it trains on drawn faces, but not on LFW
SHIFTS = range(1, 9)  # pixels
AROUND = [(i, j) for i in range(-3, 4) for j in range(-3, 4) if max(abs(i), abs(j)) > 1]


class Blur(nn.Module):
    """A blur of (1, 2, 1) / 4 along both sides, of which every second value is kept (Zhang 2019,
    "Making convolutional networks shift-invariant again", arXiv 1904.11486)."""

    def forward(self, x):
        row = torch.tensor([1.0, 2.0, 1.0], device=x.device) / 4
        kernel = (row[:, None] * row).expand(x.shape[1], 1, 3, 3)
        return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), kernel, stride=2,
                        groups=x.shape[1])


class Network(nn.Module):
    """Lesson 01's autoencoder with `changes`; (B, 3, 64, 64) in [0, 1] -> logits of the same."""

    def __init__(self, changes=(), channels=128):
        super().__init__()
        self.changes = changes
        norm = (lambda n: [nn.BatchNorm2d(n)]) if "norm" in changes else (lambda n: [])
        act = nn.SiLU if "activation" in changes else nn.ReLU
        side = 4 if "kernel" in changes else 3
        narrow = channels != 128 and "stride" in changes  # as Recipe; lesson 01's has no 1x1
        widths = (3, 32, 64, 128 if narrow else channels)
        pairs = list(zip(widths, widths[1:], strict=False))
        down, up = [], []
        for a, b in pairs:
            last = b == widths[-1] and not narrow
            after = [] if last and "signed code" in changes else [*norm(b), act()]
            if "stride" in changes:
                down += [nn.Conv2d(a, b, side, 2, 1), *after]
            elif "blur" in changes:
                down += [nn.Conv2d(a, b, 3, 1, 1), *after, nn.MaxPool2d(2, 1), Blur()]
            else:
                down += [nn.Conv2d(a, b, 3, 1, 1), *after, nn.MaxPool2d(2)]
        for a, b in reversed(pairs):
            up += [*_twice_as_large(b, a, side, "resize" in changes)]
            up += [] if a == 3 else [*norm(a), act()]
        if narrow:
            down += [nn.Conv2d(128, channels, 1)]
            up = [nn.Conv2d(channels, 128, 1), *norm(128), act()] + up
        if "view" in changes:
            c, wide = widths[-1], dict(kernel_size=3, padding=2, dilation=2)
            down += [nn.Conv2d(c, c, **wide), act(), nn.Conv2d(c, c, **wide), act()]
            up = [nn.Conv2d(c, c, **wide), act(), nn.Conv2d(c, c, **wide), act()] + up
        self.encoder, self.decoder = nn.Sequential(*down), nn.Sequential(*up)
        if "init" in changes:
            mirror(self.encoder, self.decoder)

    def get_encoded_output(self, x):
        return self.encoder(x - 0.5 if "init" in self.changes else x)

    def forward(self, x):
        return self.decoder(self.get_encoded_output(x))


def _twice_as_large(a, b, side, resize):
    if resize:
        return [nn.Upsample(scale_factor=2), nn.Conv2d(a, b, 3, 1, 1)]
    return [nn.ConvTranspose2d(a, b, side, 2, 1, output_padding=4 - side)]


def build(settings):
    """The network of an experiment, at its start; the generator goes on from there."""
    torch.manual_seed(settings["seed"])
    network = Network(settings["changes"], settings["code"] // 64)
    return network.to(memory_format=torch.channels_last)


def loss_of(changes):
    """The loss of logits y and pictures x."""
    if "logits" in changes:
        return F.binary_cross_entropy_with_logits
    return lambda y, x: F.binary_cross_entropy(y.sigmoid(), x)


def train(model, x_train, changes, epochs, watch=lambda *_: None):
    """Trains `model` on `x_train` (N, 3, 64, 64) as `changes` say; returns the seconds it took."""
    size, loss_function = BATCH if "batch" in changes else 32, loss_of(changes)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    loader = DataLoader(TensorDataset(x_train), size, shuffle=True)
    schedule = None
    if "schedule" in changes:
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE,
                                                       total_steps=epochs * len(loader))
    seconds = 0.0
    for epoch in range(1, epochs + 1):
        model.train()
        began = time.perf_counter()
        for (x,) in loader:
            x = x.to(memory_format=torch.channels_last)
            loss = loss_function(model(x), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if schedule:
                schedule.step()
        seconds += time.perf_counter() - began
        watch(epoch, epochs)
    return seconds


def pictures(model, x):
    """The reconstructions of `x` (N, 3, H, W), in [0, 1]."""
    return reconstruct(model, x).sigmoid()


def lattice_power(x, y):
    """Power of the error y - x on the lattice of period 2, and round about it: (N,) and (N,).

    x, y: (N, C, H, W). What kernels leave behind repeats every two pixels: frequencies (0, 1/2),
    (1/2, 0) and (1/2, 1/2). Round about: the mean of 40 frequencies two or three steps from each.
    A Hann window fades out the edges, which would put power along the axes: it spreads a frequency
    over its neighbours, which therefore do not count.
    """
    window = torch.hann_window(x.shape[-1], periodic=False)
    power = torch.fft.fft2((y - x) * window * window[:, None]).abs().square().mean(1)  # (N, H, W)
    high, wide = power.shape[1] // 2, power.shape[2] // 2
    at = [(0, wide), (high, 0), (high, wide)]
    on = torch.stack([power[:, i, j] for i, j in at])
    off = torch.stack([power[:, (i + a) % (2 * high), (j + b) % (2 * wide)]
                       for i, j in at for a, b in AROUND])
    return on.mean(0), off.mean(0)


def lattice_energy(x, y, people):
    """How many times as strong the error is on the lattice as round about it, an Interval."""
    on, off = lattice_power(x, y)
    return interval((on, off), people, lambda on, off: on.mean() / off.mean())


@torch.no_grad()
def equivariance_error(model, x, pixels, step=8):
    """How far the code is from moving along with the picture: 0 perfect, 1 as far as the mean.

    The code of the moved picture against the code, moved by pixels / step of a position (between
    two positions: their weighted mean), without the edge; squared, as a share of the variance.
    """
    model.eval()
    before, after = model.get_encoded_output(x), model.get_encoded_output(shifted(x, pixels))
    part = pixels / step
    due = (1 - part) * before[..., 1:] + part * before[..., :-1]  # (N, C, h, w - 1)
    inside = slice(1, -1)
    error = (after[..., 1:] - due)[..., inside, inside].square().mean()
    spread = (after[..., 1:] - after[..., 1:].mean(0))[..., inside, inside].square().mean()
    return (error / spread).item()


def run(shared, settings, watch):
    """Trains one model of the ladder and asks all there is to ask; and the model itself."""
    x, people, model = shared["x_test"], shared["people"], build(settings)
    curve = []

    def look(epoch, epochs):
        watch(epoch, epochs)
        if settings.get("curve"):
            y = pictures(model, x)
            curve.append({"psnr": -10 * picture_mse(x, y).mean().log10().item(),
                          "lattice": lattice_energy(x, y, people).value})

    seconds = train(model, shared["x_train"], settings["changes"], settings["epochs"], look)
    y, upside = pictures(model, x), x.flip(2)
    error = picture_mse(x, y)
    found = {
        "test_psnr": interval(error, people, "psnr")._asdict(),
        "upside_down_drop": interval(error, people, "psnr", other=picture_mse(
            upside, pictures(model, upside)))._asdict(),
        "equivariance": [equivariance_error(model, x[:100], k) for k in SHIFTS],
        "parameters": sum(p.numel() for p in model.parameters()),
        "train_seconds": round(seconds, 1),
    }
    if curve:
        found |= {"lattice": lattice_energy(x, y, people)._asdict(), "curve": curve}
    return found, model
