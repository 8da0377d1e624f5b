"""How far a reconstruction is from its picture. Pictures are float tensors in [0, 1].

Shape letters: N pictures, C, H, W. SSIM is not here: skimage.metrics has it.
"""

import math

import torch

from helpers.messages import bad


def _check_pictures(**pictures):
    for name, x in pictures.items():
        if not torch.is_tensor(x) or not x.is_floating_point() or x.dim() < 2 or not len(x):
            got = f"{x.dtype} {tuple(x.shape)}" if torch.is_tensor(x) else type(x).__name__
            takes = "float tensor (N, C, H, W)"
            raise bad(name, got, takes)
        low, high = x.min().item(), x.max().item()
        if not (low >= -1e-4 and high <= 1 + 1e-4):  # rounding may pass, NaN may not
            got = f"{low:.4g} ... {high:.4g}"
            raise bad(name, got, "0 ... 1")
    shapes = {tuple(x.shape) for x in pictures.values()}
    if len(shapes) > 1:
        name, got = " & ".join(pictures), " & ".join(map(str, shapes))
        raise bad(name, got, "the same shape (N, ...)")


def picture_mse(x, y):
    """Mean squared error of each picture: two (N, ...) in [0, 1] -> (N,).

    Raises ValueError for other dtypes, ranges or different shapes, as all functions here.
    """
    _check_pictures(x=x, y=y)
    return (x - y).square().flatten(1).mean(1)


def mse(x, y):
    """Mean squared error per value over all pictures, a float."""
    return picture_mse(x, y).mean().item()


def psnr(x, y):
    """Peak signal-to-noise ratio in dB: -10 log10 of the mean squared error of the whole set.

    Infinite for equal pictures. The peak is 1, as pictures are in [0, 1].
    """
    error = mse(x, y)
    return math.inf if error == 0 else -10 * math.log10(error)


def picture_bce(x, y):
    """Binary cross-entropy of each picture, in nats per value: two (N, ...) in [0, 1] -> (N,).

    x: the target, y: the reconstruction; picture_bce(x, x) is its floor. 0 log 0 counts as 0, and
    log 0 as -100 elsewhere, as in PyTorch.
    """
    _check_pictures(x=x, y=y)
    loss = torch.nn.functional.binary_cross_entropy(y.clamp(0, 1), x.clamp(0, 1),
                                                    reduction="none")
    return loss.flatten(1).mean(1)


def bce_floor(x):
    """Smallest binary cross-entropy that any reconstruction of `x` can have: mean H(x), in nats.

    BCE(x, y) = H(x) + KL(x || y) for Bernoulli distributions with means x and y, and the second
    term is 0 at best, for y = x (Loaiza-Ganem & Cunningham 2019, arXiv 1907.06845).
    """
    _check_pictures(x=x)
    total = 0.0
    for part in x.split(256):  # all at once would take four times the memory of x
        part = part.clamp(0, 1)
        total -= (torch.xlogy(part, part) + torch.xlogy(1 - part, 1 - part)).double().sum().item()
    return total / x.numel()
