"""Faces with something wrong on purpose: lesson 08's anomalies, each beside its normal twin.

Shape letters: N pictures, S pixels a side. Pictures are float (N, 3, S, S) in steps of 1/255, as a
file would hold them, so that no anomaly is known by its rounding.
"""

from typing import NamedTuple

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F
from torchvision.transforms.functional import gaussian_blur

from helpers.corruptions import add_box, add_gaussian
from helpers.faces import draw_faces, sample_factors
from helpers.messages import bad

SIGMA = 0.06  # of the noise; black is 0, white 1
WARM = (1.12, 1.0, 0.88)  # another camera's red, green and blue
EYE, REACH = -0.13, 0.2  # height of the eyes with their brows on the face, and how far around


class Faces(NamedTuple):
    """Drawn faces and what is known about them."""

    x: torch.Tensor  # (N, 3, S, S)
    factors: dict  # name -> (N,) float32
    people: np.ndarray  # (N,) who is on each picture


def normal_faces(n, split="test", seed=0, size=32, glasses=0.0, **ranges):
    """`n` Faces without glasses, four pictures a person; all else varies.

    glasses: 0.0 without, 1.0 with; ranges: of other factors, as SyntheticFaces takes them.
    """
    factors, people = sample_factors(n, split, seed, {"glasses": glasses, **ranges})
    return Faces(_drawn(factors, size), factors, people)


def spoil(faces, kind, seed=0):
    """What `faces` look like with an anomaly, one of KINDS: pictures (N, 3, S, S).

    They differ from faces.x in nothing else. Raises ValueError for an unknown kind.
    """
    if kind not in KINDS:
        raise bad("kind", repr(kind), ", ".join(KINDS))
    return KINDS[kind](faces, torch.Generator().manual_seed(seed))


def mask(x, spoilt):
    """Where pictures differ from their normal twins, (N, S, S) bool."""
    return ((x - spoilt).abs() > 0.5 / 255).any(1)


def _drawn(factors, size, without=()):
    return torch.from_numpy(draw_faces(factors, size, without=without)).permute(0, 3, 1, 2) / 255


def _in_steps(x):
    return (x.clamp(0, 1) * 255).round() / 255


def _glasses(faces, generator):
    return _drawn({**faces.factors, "glasses": np.ones_like(faces.factors["glasses"])},
                  faces.x.shape[-1])


def _no_mouth(faces, generator):
    return _drawn(faces.factors, faces.x.shape[-1], without=("mouth",))


def _two_left_eyes(faces, generator):
    """The eye and the brow on the left of the picture, pasted over those on the right."""
    f, (n, _, size, _) = faces.factors, faces.x.shape
    left, right = (torch.from_numpy(_place(f, side * 0.42 * f["face_width"], EYE)).float()
                   for side in (-1, 1))  # (N, 2) each
    axis = (torch.arange(size) + 0.5) / size * 2 - 1
    at = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1).expand(n, -1, -1, -1)
    pasted = F.grid_sample(faces.x, at + (left - right)[:, None, None], align_corners=False,
                           padding_mode="border")
    near = (at - right[:, None, None]).square().sum(-1) < REACH**2  # (N, S, S)
    return _in_steps(torch.where(near[:, None], pasted, faces.x))


def _place(f, x, y):
    """Where a point of the face seen from the front is in the picture, (N, 2), each -1 to 1.

    The reverse of what `portraits` does: turned over the ellipsoid, tilted, scaled, shifted.
    """
    yaw, pitch, tilt = (np.deg2rad(f[name]) for name in ("yaw", "pitch", "tilt"))
    width, height = 1.2 * f["face_width"], 1.2 * f["face_height"]
    x = width * np.sin(np.arcsin(x / width) + yaw)
    y = height * np.sin(np.arcsin(y / height) + pitch)
    across, down = (np.cos(tilt) * x - np.sin(tilt) * y, np.sin(tilt) * x + np.cos(tilt) * y)
    return np.stack([f["size"] * across + f["x"], f["size"] * down + f["y"]], 1)


def _blurred(faces, generator):
    sigma = faces.x.shape[-1] / 32  # pixels
    return _in_steps(gaussian_blur(faces.x, 2 * round(3 * sigma) + 1, sigma))


def _digit(faces, generator):
    """Handwritten digits (Alpaydin & Kaynak 1998, in scikit-learn), white on black."""
    digits = load_digits().images
    chosen = torch.randint(len(digits), (len(faces.x),), generator=generator)
    small = torch.from_numpy(digits[chosen.numpy()] / 16).float()[:, None]
    large = F.interpolate(small, faces.x.shape[-2:], mode="bilinear")
    return _in_steps(large.expand_as(faces.x))


def _colours(faces, generator):
    return _in_steps(faces.x * torch.tensor(WARM)[:, None, None])


KINDS = {
    "glasses": _glasses,
    "upside down": lambda faces, generator: faces.x.flip(2),
    "two left eyes": _two_left_eyes,
    "no mouth": _no_mouth,
    "box": lambda faces, generator: _in_steps(add_box(faces.x, faces.x.shape[-1] // 4, generator)),
    "noise": lambda faces, generator: _in_steps(add_gaussian(faces.x, SIGMA, generator)),
    "blurred": _blurred,
    "blank": lambda faces, generator: _in_steps(
        faces.x.mean((1, 2, 3), keepdim=True).expand_as(faces.x)),
    "digit": _digit,
    "colours": _colours,
}
