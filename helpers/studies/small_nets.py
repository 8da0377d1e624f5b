"""Lesson 05: networks for 32x32 faces that differ in what they assume, and what they are asked.

Dense, locally connected and convolutional at equal parameters and an equal code of 64 numbers; the
last with and without skip connections, and of other blocks at equal operations. Pixels can be put
in one fixed random order.
Shape letters: B pictures in a batch, P positions, C channels.
"""

import copy
import time

import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import RidgeCV
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from helpers.intervals import interval
from helpers.metrics import picture_mse, psnr
from helpers.training import reconstruct

CODE, SIDE = 64, 32
HALVE = dict(kernel_size=4, stride=2, padding=1)
DEPTHWISE, RESIDUAL = (58, 116, 232), (12, 24, 48)  # channels: as many operations as the others'
STEPS, BATCH = 800, 32
RATES = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032)  # tried on validation faces
RATE = {"dense": 0.004, "wide dense": 0.004, "locally connected": 0.016, "convolutional": 0.008,
        "all convolutional": 0.008}  # the best of them
BLOCK_RATE = {"depthwise": 0.016, "residual": 0.008}  # of those, too
# With permuted pixels, where a dense network is the same network
PERMUTED_RATE = {"locally connected": 0.016, "convolutional": 0.008, "all convolutional": 0.008}
SHIFTS = (0, 1, 2, 3, 4, 5, 6)  # pixels


class Local(nn.Module):
    """A convolution of kernel 4, stride 2, padding 1 with other weights at every position.

    (B, c_in, size, size) -> (B, c_out, size / 2, size / 2)
    """

    def __init__(self, c_in, c_out, size):
        super().__init__()
        self.side = size // 2
        self.weight = nn.Parameter(torch.empty(self.side**2, c_in * 16, c_out))
        self.bias = nn.Parameter(torch.zeros(self.side**2, 1, c_out))

    def forward(self, x):
        patches = F.unfold(x, 4, padding=1, stride=2).permute(2, 0, 1)  # (P, B, c_in * 16)
        y = torch.baddbmm(self.bias, patches, self.weight)  # (P, B, c_out)
        return y.permute(1, 2, 0).unflatten(2, (self.side, self.side))


class LocalUp(nn.Module):
    """A transposed convolution of that kind: (B, c_in, size, size) -> twice as high and wide."""

    def __init__(self, c_in, c_out, size):
        super().__init__()
        self.side = 2 * size
        self.weight = nn.Parameter(torch.empty(size**2, c_in, c_out * 16))
        self.bias = nn.Parameter(torch.zeros(c_out, self.side, self.side))

    def forward(self, x):
        patches = x.flatten(2).permute(2, 0, 1) @ self.weight  # (P, B, c_out * 16)
        return F.fold(patches.permute(1, 2, 0), self.side, 4, padding=1, stride=2) + self.bias


class Residual(nn.Module):
    """x plus what two convolutions make of it, nothing at first: (B, C, H, W) -> the same."""

    def __init__(self, channels):
        super().__init__()
        near = dict(kernel_size=3, padding=1)
        self.block = nn.Sequential(nn.SiLU(), nn.Conv2d(channels, channels, **near), nn.SiLU(),
                                   nn.Conv2d(channels, channels, **near))
        self.scale = nn.Parameter(torch.zeros(()))  # Bachlechner et al. 2020, arXiv 2003.04887

    def forward(self, x):
        return x + self.scale * self.block(x)


class Centred(nn.Sequential):
    """Layers that see pictures in [0, 1] as -0.5 to 0.5."""

    def forward(self, x):
        return super().forward(x - 0.5)


def start(model):
    """Gives all layers weights of variance 2 / inputs, biases of 0 (He et al. 2015); returns it."""
    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            inputs = layer.in_features
        elif isinstance(layer, nn.Conv2d):
            inputs = layer.weight[0].numel()
        elif isinstance(layer, nn.ConvTranspose2d):
            taps = layer.weight[0, 0].numel() / layer.stride[0] ** 2
            inputs = layer.in_channels / layer.groups * taps
        elif isinstance(layer, Local):
            inputs = layer.weight.shape[1]
        elif isinstance(layer, LocalUp):
            inputs = 4 * layer.weight.shape[1]  # four patches meet in a pixel
        else:
            continue
        nn.init.normal_(layer.weight, std=(2 / inputs) ** 0.5)
        nn.init.zeros_(layer.bias)
    return model


def dense(hidden=62):
    """A dense autoencoder of 32x32 pictures, with a code of CODE numbers between two halves."""
    encoder = Centred(nn.Flatten(), nn.Linear(3 * SIDE**2, hidden), nn.SiLU(),
                      nn.Linear(hidden, CODE))
    decoder = nn.Sequential(nn.Linear(CODE, hidden), nn.SiLU(), nn.Linear(hidden, 3 * SIDE**2),
                            nn.Sigmoid(), nn.Unflatten(1, (3, SIDE, SIDE)))
    return start(nn.Sequential(encoder, decoder))


def convolutional(widths=(24, 48, 96), down=None, up=None, dense_code=True):
    """One of three convolutions to 4x4, a code, and three transposed ones.

    down(c_in, c_out, size), up(...): make other layers in their place. dense_code: the CODE numbers
    see all of the picture; or else they are 4x4 positions of 4, each by a 1x1 convolution.
    """
    down = down or (lambda i, o, size: nn.Conv2d(i, o, **HALVE))
    up = up or (lambda i, o, size: nn.ConvTranspose2d(i, o, **HALVE))
    a, b, c = widths
    if dense_code:
        into = nn.Flatten(), nn.Linear(16 * c, CODE)
        out = nn.Linear(CODE, 16 * c), nn.Unflatten(1, (c, 4, 4))
    else:
        into = nn.Conv2d(c, CODE // 16, 1), nn.Flatten()
        out = nn.Unflatten(1, (CODE // 16, 4, 4)), nn.Conv2d(CODE // 16, c, 1)
    encoder = Centred(down(3, a, 32), nn.SiLU(), down(a, b, 16), nn.SiLU(), down(b, c, 8),
                      nn.SiLU(), *into)
    decoder = nn.Sequential(*out, nn.SiLU(), up(c, b, 4), nn.SiLU(), up(b, a, 8), nn.SiLU(),
                            up(a, 3, 16), nn.Sigmoid())
    return start(nn.Sequential(encoder, decoder))


def depthwise(widths=DEPTHWISE):
    """Every convolution in two: one kernel for each channel, then a 1x1 that mixes channels."""
    return convolutional(
        widths,
        lambda i, o, size: nn.Sequential(nn.Conv2d(i, i, **HALVE, groups=i), nn.Conv2d(i, o, 1)),
        lambda i, o, size: nn.Sequential(nn.ConvTranspose2d(i, i, **HALVE, groups=i),
                                         nn.Conv2d(i, o, 1)))


def residual(widths=RESIDUAL):
    """A residual block after every convolution of the encoder and before each of the decoder."""
    return convolutional(
        widths,
        lambda i, o, size: nn.Sequential(nn.Conv2d(i, o, **HALVE), Residual(o)),
        lambda i, o, size: nn.Sequential(Residual(i), nn.ConvTranspose2d(i, o, **HALVE)))


def operations(model):
    """Multiply-adds of one 32x32 picture through `model`."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, 3, SIDE, SIDE))
    return counter.get_total_flops() // 2


NETS = {
    "depthwise": depthwise,
    "residual": residual,
    "dense": dense,
    "wide dense": lambda: dense(400),
    "locally connected": lambda: convolutional((5, 10, 20), Local, LocalUp),
    "convolutional": convolutional,
    "all convolutional": lambda: convolutional((35, 70, 134), dense_code=False),
}


class Skips(nn.Module):
    """The convolutional net, whose decoder is also told what the encoder saw at two sizes."""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = convolutional()
        self.kept = []

    def forward(self, x, code=None):
        """Pictures (B, 3, 32, 32) -> the same; `code` (B, 64): another than the encoder's."""
        h, seen = x - 0.5, []
        for layer in self.encoder:
            h = layer(h)
            seen += [h] * isinstance(layer, nn.SiLU)  # (B, 24, 16, 16), (B, 48, 8, 8), ...
        h = h if code is None else code
        for layer in self.decoder:
            h = layer(h)
            if isinstance(layer, nn.ConvTranspose2d) and h.shape[1] > 3:
                h = h + seen[1 if h.shape[2] == 8 else 0]
        return h


def train(model, x, rate, seed=0, steps=None, watch=lambda *_: None):
    """Trains on random batches of `x` (N, 3, 32, 32): Adam, OneCycle up to `rate`, MSE.

    steps: STEPS, unless given. watch(step, steps) is called now and then. Returns the model.
    """
    steps = steps or STEPS
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for step in range(1, steps + 1):
        batch = x[torch.randint(len(x), (BATCH,), generator=generator)]
        loss = F.mse_loss(model(batch), batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 50 == 0:
            watch(step, steps)
    return model


def pixel_order(seed=0):
    """One random order of the 1,024 pixels."""
    return torch.randperm(SIDE**2, generator=torch.Generator().manual_seed(seed))


def reorder(x, order):
    """The pixels of every picture (N, C, 32, 32) in another order; colours stay together."""
    return x.flatten(2)[:, :, order].unflatten(2, (SIDE, SIDE))


def shifted(x, pixels):
    """Pictures (N, C, H, W) moved to the right; the left edge is repeated."""
    return F.pad(x, (pixels, 0, 0, 0), mode="replicate")[..., :x.shape[3]]


def pca_model(x, code=CODE):
    """A function that reconstructs pictures from `code` principal components of `x`."""
    pca = PCA(code, svd_solver="randomized", random_state=0).fit(x.flatten(1).numpy())

    def rebuild(y):
        z = pca.transform(y.flatten(1).numpy())
        return torch.from_numpy(pca.inverse_transform(z)).float().clamp(0, 1).view_as(y)

    return rebuild


def scores(rebuild, x, people):
    """The PSNR of pictures `x`, and what each shift costs: Intervals as dicts."""
    error = picture_mse(x, rebuild(x))
    lost = {}
    for pixels in SHIFTS[1:]:
        moved = shifted(x, pixels)
        lost[str(pixels)] = interval(error, people, "psnr",
                                     other=picture_mse(moved, rebuild(moved)))._asdict()
    return {"test_psnr": interval(error, people, "psnr")._asdict(), "shift_drop": lost}


@torch.no_grad()
def codes(encoder, x):
    """The codes (N, 64) of pictures `x`."""
    return torch.cat([encoder(part) for part in x.split(200)])


def probe(z_train, f_train, z_test, f_test, people):
    """R2 of ridge regressions from codes (N, Z) to factors (N, K), averaged: an Interval.

    On people that the regressions have not seen; their penalty is chosen on training codes.
    """
    mean, std = z_train.mean(0), z_train.std(0).clamp(min=1e-6)
    ridge = RidgeCV((0.1, 1, 10, 100, 1000)).fit(((z_train - mean) / std).numpy(), f_train)
    guess = ridge.predict(((z_test - mean) / std).numpy())
    return interval((f_test, guess), people, "r2")


def run_net(shared, settings, watch):
    """One net of NETS, or PCA, on `faces` training faces, perhaps with permuted pixels."""
    x_train, x_test = shared["x_train"][:settings["faces"]], shared["x_test"]
    if settings.get("permuted"):
        x_train, x_test = (reorder(x, pixel_order()) for x in (x_train, x_test))
    if settings["net"] == "PCA":
        rebuild = pca_model(x_train, min(CODE, len(x_train) - 1))
        return scores(rebuild, x_test, shared["people"]), None
    torch.manual_seed(settings["seed"])
    model = NETS[settings["net"]]()
    rate = settings["rate"]
    if settings.get("validate"):  # judged on the last 40 people of the training set
        x_train, x_valid = x_train[:-160], x_train[-160:]
        train(model, x_train, rate, settings["seed"], watch=watch)
        return {"valid_psnr": psnr(x_valid, reconstruct(model, x_valid))}, model
    train(model, x_train, rate, settings["seed"], watch=watch)
    found = scores(lambda x: reconstruct(model, x), x_test, shared["people"])
    found["parameters"] = sum(p.numel() for p in model.parameters())
    if "beside" in settings:  # how much better it is than this net, of the same seed
        torch.manual_seed(settings["seed"])
        other = NETS[settings["beside"]]()
        train(other, x_train, RATE[settings["beside"]], settings["seed"])
        ours, theirs = (picture_mse(x_test, reconstruct(m, x_test)) for m in (model, other))
        found["gain"] = interval(ours, shared["people"], "psnr", other=theirs)._asdict()
        found["time_ratio"] = step_seconds(model, x_train) / step_seconds(other, x_train)
    return found, model


def step_seconds(model, x):
    """Seconds that two steps take: the least of ten times, of a copy."""
    model, times = copy.deepcopy(model), []
    for _ in range(11):
        began = time.perf_counter()
        train(model, x, 1e-9, steps=2)
        times.append(time.perf_counter() - began)
    return min(times[1:])


def run_skips(shared, settings, watch):
    """A net with or without skips: how well it rebuilds, and what its code knows."""
    torch.manual_seed(settings["seed"])
    skips = settings["net"] == "skips"
    model = Skips() if skips else convolutional()
    encoder = model.encoder if skips else model[0]
    x_train, x_test, people = shared["x_train"], shared["x_test"], shared["people"]

    def ask():
        return probe(codes(encoder, x_train), shared["f_train"], codes(encoder, x_test),
                     shared["f_test"], people)._asdict()

    before = ask()
    train(model, x_train, settings["rate"], settings["seed"], watch=watch)
    found = {"untrained_probe": before, "probe": ask()}
    y = reconstruct(model, x_test)
    found["test_psnr"] = interval(picture_mse(x_test, y), people, "psnr")._asdict()
    z = codes(encoder, x_test).roll(len(x_test) // 2, 0)  # of other people
    with torch.no_grad():
        other = model(x_test, z) if skips else model[1](z)
    found["other_code_psnr"] = interval(picture_mse(x_test, other), people, "psnr")._asdict()
    return found, model


def run_heads(shared, settings, watch):
    """Trained on heads at the left; PSNR on unseen people at the left, and at the right."""
    train_set, left, right = (shared["heads"][name] for name in ("train", "left", "right"))
    if settings["net"] == "PCA":
        model, rebuild = None, pca_model(train_set)
    else:
        torch.manual_seed(settings["seed"])
        model = NETS[settings["net"]]()
        train(model, train_set, settings["rate"], settings["seed"], watch=watch)

        def rebuild(x):
            return reconstruct(model, x)

    errors = {name: picture_mse(x, rebuild(x)) for name, x in (("left", left), ("right", right))}
    return {f"{name}_psnr": interval(e, shared["people"], "psnr")._asdict()
            for name, e in errors.items()}, model
