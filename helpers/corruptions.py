"""Ways to spoil pictures on purpose, each with a strength and a seed. Lesson 03 teaches them.

Pictures are float tensors (B, C, H, W) with values in [0, 1], and each picture gets its own draw.
A `generator` (torch.Generator, on the pictures' device) makes the draw repeatable; without one it
comes from torch's global generator, fresh with every call.
"""

import math

import torch

from helpers.messages import bad

GREY = 0.5  # what an occluding box shows


def _check_pictures(x):
    if not torch.is_tensor(x) or not x.is_floating_point() or x.dim() != 4:
        got = f"{x.dtype} {tuple(x.shape)}" if torch.is_tensor(x) else type(x).__name__
        raise bad("x", got, "float tensor (B, C, H, W)")
    if not x.isfinite().all():
        raise bad("x", "nan, inf", "-inf < x < inf")


def add_gaussian(x, sigma, generator=None):
    """Gaussian noise: (B, C, H, W) -> the same shape, y = x + sigma * n with n from N(0, 1).

    sigma: standard deviation in pixel units (black 0, white 1), from 0; one number, or a tensor
    (B, 1, 1, 1) with one for each picture. The result is not clipped and leaves [0, 1]: clipped
    noise is no longer Gaussian. Raises ValueError for other pictures or another sigma.
    """
    _check_pictures(x)
    lowest, highest = (sigma.min(), sigma.max()) if torch.is_tensor(sigma) else (sigma, sigma)
    if not 0 <= lowest <= highest < math.inf:
        raise bad("sigma", repr(sigma), "0 <= sigma")
    noise = torch.randn(x.shape, generator=generator, dtype=x.dtype, device=x.device)
    return x + sigma * noise


def add_salt_pepper(x, share, generator=None):
    """Salt and pepper: (B, C, H, W) -> the same shape; some pixels turn black or white.

    share: part of the pixels that is replaced, 0 to 1; one half of them by black (0), one half by
    white (1), in all channels. Raises ValueError for other pictures or another share.
    """
    _check_pictures(x)
    if not 0 <= share <= 1:
        raise bad("share", repr(share), "0 ... 1")
    one_a_pixel = (len(x), 1, *x.shape[2:])
    u = torch.rand(one_a_pixel, generator=generator, dtype=x.dtype, device=x.device)
    y = torch.where(u < share / 2, 0.0, x)
    return torch.where(u >= 1 - share / 2, 1.0, y)


def add_box(x, side, generator=None):
    """An occluding box: (B, C, H, W) -> the same shape, a grey (0.5) square somewhere in each.

    side: of the square, in pixels, 0 to the smaller side of the picture. Every place at which the
    box lies wholly inside is equally likely. Raises ValueError for other pictures or another side.
    """
    _check_pictures(x)
    batch, _, height, width = x.shape
    if isinstance(side, bool) or not isinstance(side, int) or not 0 <= side <= min(height, width):
        takes = f"int, 0 ... {min(height, width)}"
        raise bad("side", repr(side), takes)
    draw = dict(generator=generator, device=x.device)
    top = torch.randint(height - side + 1, (batch, 1, 1), **draw)
    left = torch.randint(width - side + 1, (batch, 1, 1), **draw)
    rows = torch.arange(height, device=x.device)[:, None]
    columns = torch.arange(width, device=x.device)
    inside = (rows >= top) & (rows < top + side) & (columns >= left) & (columns < left + side)
    return x.masked_fill(inside[:, None], GREY)  # (B, H, W) -> (B, 1, H, W)
