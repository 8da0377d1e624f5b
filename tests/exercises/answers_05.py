"""Right and wrong answers to the exercises of lesson 05: test_exercises.py checks them."""

import math

import numpy as np
import torch
from torch import nn

from helpers.models import Autoencoder, Recipe, mirror


def size_of_layer(n, kernel, stride, padding, output_padding=None):
    """Asks PyTorch itself."""
    options = dict(kernel_size=kernel, stride=stride, padding=padding)
    layer = (nn.Conv1d(1, 1, **options) if output_padding is None else
             nn.ConvTranspose1d(1, 1, output_padding=output_padding, **options))
    return layer(torch.zeros(1, 1, n)).shape[-1]


def size_in_loop(n, kernel, stride, padding, output_padding=None):
    if output_padding is not None:
        return kernel + output_padding + stride * (n - 1) - padding - padding
    count, at = 0, -padding
    while at + kernel <= n + padding:
        count, at = count + 1, at + stride
    return count


def view_by_difference(layers):
    """Back from one position of the code to the pixels."""
    first, last = 0, 0
    for kernel, stride in reversed(layers):
        first, last = first * stride, last * stride + kernel - 1
    return [last - first + 1, math.prod(stride for _, stride in layers)]


def view_in_numpy(layers):
    strides = np.cumprod([1] + [stride for _, stride in layers])
    kernels = np.array([kernel for kernel, _ in layers], dtype=int)
    return np.array([1 + ((kernels - 1) * strides[:-1]).sum(), strides[-1]])


def view_by_gradient(layers):
    """Positions that a marked output depends on, found by trying."""
    sees = {0}
    for kernel, stride in layers[::-1]:
        sees = {at * stride + i for at in sees for i in range(kernel)}
    step = 1
    for _, stride in layers:
        step *= stride
    return max(sees) - min(sees) + 1, step


def view_popping(layers):
    view, step = 1, 1
    while layers:
        kernel, stride = layers.pop(0)
        view, step = view + (kernel - 1) * step, step * stride
    return torch.tensor([view, step])


def view_recursive(layers):
    if not layers:
        return 1, 1
    kernel, stride = layers[0]
    view, step = view_recursive(layers[1:])
    return (view - 1) * stride + kernel, step * stride


def coverage_by_layer(n, kernel, stride):
    return nn.functional.conv_transpose1d(torch.ones(1, 1, n), torch.ones(1, 1, kernel),
                                          stride=stride).flatten()


def coverage_in_lists(n, kernel, stride):
    times = [0] * ((n - 1) * stride + kernel)
    for i in range(n):
        for j in range(kernel):
            times[i * stride + j] += 1
    return times


def coverage_in_numpy(n, kernel, stride):
    apart = np.zeros((n - 1) * stride + 1)
    apart[::stride] = 1
    return np.convolve(apart, np.ones(kernel))


def coverage_by_index(n, kernel, stride):
    at = (torch.arange(n)[:, None] * stride + torch.arange(kernel)).flatten()
    return torch.bincount(at, minlength=(n - 1) * stride + kernel)


def coverage_by_question(n, kernel, stride):
    size = (n - 1) * stride + kernel
    return tuple(sum(i * stride <= j < i * stride + kernel for i in range(n)) for j in range(size))


def coverage_by_fold(n, kernel, stride):
    size = (n - 1) * stride + kernel
    ones = torch.ones(1, kernel, n, dtype=torch.float64)
    return nn.functional.fold(ones, (1, size), (1, kernel), stride=(1, stride)).flatten()


def coverage_edges(n, kernel, stride):
    return coverage_by_layer(n, kernel, stride)[1:-1]


class Slim(nn.Module):
    """Three strided convolutions, a code of 8 x 8 x `code`, and their mirror."""

    def __init__(self, widths=(12, 24, 32), code=8, act=nn.SiLU, started=True, norm=False):
        super().__init__()
        sizes, down = (3, *widths), []
        up = [nn.Conv2d(code, widths[-1], 1), act()]
        for a, b in zip(sizes, sizes[1:], strict=False):
            down += [nn.Conv2d(a, b, 4, 2, 1), *[nn.BatchNorm2d(b)] * norm, act()]
        for a, b in list(zip(sizes, sizes[1:], strict=False))[::-1]:
            up += [nn.ConvTranspose2d(b, a, 4, 2, 1), act() if a != 3 else nn.Sigmoid()]
        self.encoder = nn.Sequential(*down, nn.Conv2d(widths[-1], code, 1))
        self.decoder = nn.Sequential(*up)
        if started:
            mirror(self.encoder, self.decoder)

    def get_encoded_output(self, x):
        return self.encoder(x - 0.5)

    def forward(self, x):
        return self.decoder(self.get_encoded_output(x))


class Bypass(Slim):
    def forward(self, x):
        return (super().forward(x) + x) / 2


class Dead(Slim):
    """Learns nothing: its output is turned into a constant by a huge bias."""

    def __init__(self):
        super().__init__()
        nn.init.constant_(self.decoder[-2].bias, 30.0)


RIGHT = {
    "05-size": [size_of_layer, size_in_loop,
                lambda n, k, s, p, o=None: math.floor((n + 2 * p - k) / s + 1) if o is None else
                (n - 1) * s - 2 * p + k + o,
                lambda n, k, s, p, o=None: np.int64((n + p + p - k) // s + 1 if o is None else
                                                    n * s - s - 2 * p + k + o),
                lambda n, k, s, p, o=None: torch.tensor(
                    1 + (n + 2 * p - k) // s if o is None else (n - 1) * s + k - 2 * p + o),
                lambda n, k, s, p, o=None: float(len(range(0, n + 2 * p - k + 1, s))) if o is None
                else float((n - 1) * s - 2 * p + k + o)],
    "05-view": [view_by_difference, view_in_numpy, view_by_gradient, view_popping, view_recursive,
                lambda layers: (1 + sum((k - 1) * math.prod(s for _, s in layers[:i])
                                        for i, (k, _) in enumerate(layers)),
                                math.prod(s for _, s in layers))],
    "05-coverage": [coverage_by_layer, coverage_in_lists, coverage_in_numpy, coverage_by_index,
                    coverage_by_question, coverage_by_fold],
    "05-smallest": [Slim, lambda: Slim((16, 24, 24)), lambda: Slim((16, 28, 32)),
                    lambda: Slim((12, 24, 32), norm=True), lambda: Slim((14, 24, 30)).double(),
                    lambda: Slim(act=nn.GELU), lambda: Slim((16, 24, 32), code=6)],
}
WRONG = {
    "05-size": [(lambda n, k, s, p, o=None: n // s if o is None else n * s, "read the task"),
                (lambda n, k, s, p, o=None: (n + 2 * p - k) / s + 1 if o is None else
                 (n - 1) * s - 2 * p + k + o, "read the task"),
                (lambda n, k, s, p, o=None: None, "return"),
                (lambda n, k, s, p, o=None: "64", "not str"),
                (lambda n, k, s, p, o=None: (size_of_layer(n, k, s, p, o),) * 2, "one number"),
                (lambda n, k, s, p, o=None: size_of_layer(n, k, s, p, o or None), "grows")],
    "05-view": [(lambda layers: sum(k for k, _ in layers), "shape should be (2,)"),
                (lambda layers: None, "return"),
                (lambda layers: view_recursive(layers)[::-1], "wrong, by up to"),
                (lambda layers: (view_recursive(layers)[0] ** 2, view_recursive(layers)[1]),
                 "wrong, by up to"),
                (lambda layers: (22, 8), "wrong, by up to"),
                (lambda layers: (view_recursive(layers)[0] + 1, view_recursive(layers)[1]),
                 "wrong, by up to")],
    "05-coverage": [(lambda n, k, s: torch.ones((n - 1) * s + k), "add up"),
                    (lambda n, k, s: coverage_by_layer(n, k, s).sum(), "shape"),
                    (lambda n, k, s: coverage_by_layer(n, k, s)[None], "shape"),
                    (coverage_edges, "shape"),
                    (lambda n, k, s: None, "return"),
                    (lambda n, k, s: coverage_by_layer(n, k, s).clamp(max=2), "wrong, by up to")],
    "05-smallest": [(lambda: Recipe(8), "333,259 parameters"),
                    (lambda: Autoencoder(8), "48,011 parameters"),
                    (lambda: Slim(code=9), "512 are allowed"),
                    (Bypass, "goes round"),
                    (lambda: Slim(started=False, act=nn.ReLU), "asked for"),
                    (lambda: Slim((4, 4, 4)), "asked for"),
                    (Dead, "asked for"),
                    (lambda: Slim, "class")],
}
