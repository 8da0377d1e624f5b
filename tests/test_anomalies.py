"""Anomalies differ from their normal twins where they should, and nowhere else."""

import numpy as np
import pytest
import torch

from helpers import portraits
from helpers.anomalies import KINDS, _place, mask, normal_faces, spoil
from helpers.faces import draw_faces, sample_factors


@pytest.fixture(scope="module")
def faces():
    return normal_faces(40, "test", seed=5)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_file_of_its_own_that_can_be_made_again(kind, faces):
    x = spoil(faces, kind)
    assert x.shape == faces.x.shape and x.dtype == torch.float32
    assert 0 <= x.min() and x.max() <= 1
    assert torch.equal((255 * x).round() / 255, x), "no anomaly is known by its rounding"
    assert torch.equal(x, spoil(faces, kind))
    assert mask(faces.x, x).flatten(1).any(1).float().mean() > 0.9


def test_normal_faces_wear_no_glasses_and_are_those_of_their_factors():
    faces = normal_faces(8, "train", seed=2, skin_tone=(0, 0.5))
    assert (faces.factors["glasses"] == 0).all() and faces.factors["skin_tone"].max() <= 0.5
    drawn, people = sample_factors(8, "train", 2, {"glasses": 0.0, "skin_tone": (0, 0.5)})
    assert torch.equal(faces.x, torch.from_numpy(draw_faces(drawn, 32)).permute(0, 3, 1, 2) / 255)
    assert (faces.people == people).all()


@pytest.mark.parametrize("kind, least, most", [
    ("glasses", 0.03, 0.15), ("two left eyes", 0.01, 0.05), ("no mouth", 0.005, 0.04),
    ("box", 1 / 16 - 1e-3, 1 / 16 + 1e-3)])
def test_local_kinds_change_a_part_of_the_face(kind, least, most, faces):
    changed = mask(faces.x, spoil(faces, kind)).float().mean((1, 2))
    assert least < changed.mean() < most
    assert changed.max() < 0.25


def test_a_missing_mouth_is_missing_where_the_mouth_is(faces):
    changed = mask(faces.x, spoil(faces, "no mouth"))
    at = torch.from_numpy(_place(faces.factors, 0.0, 0.33)).float()  # centre of the mouth
    for face, place in zip(changed, at, strict=True):
        rows, columns = face.nonzero().T
        off = torch.stack([columns.float().mean(), rows.float().mean()]) - (place + 1) * 16 + 0.5
        assert off.norm() < 3, "pixels"


def test_points_of_the_face_are_found_where_portraits_paints_them():
    """Two white dots in place of eyes: the picture is brightest where _place says."""
    drawn, _ = sample_factors(12, "test", 3, {"glasses": 0.0, "eye_open": 1.0, "hair_length": 0.0})
    with_mouth = draw_faces(drawn, 128)
    without = draw_faces(drawn, 128, without=("mouth",))
    changed = np.abs(with_mouth.astype(int) - without).sum(3) > 0
    at = (_place(drawn, 0.0, 0.33) + 1) * 64
    for face, (x, y) in zip(changed, at, strict=True):
        rows, columns = face.nonzero()
        assert abs(columns.mean() - x) < 6 and abs(rows.mean() - y) < 9


def test_the_pasted_eye_is_the_left_one():
    """Seen from the front, an eye that was closed by hand appears on both sides."""
    front = {"yaw": 0.0, "tilt": 0.0, "pitch": 0.0, "light": 0.0, "x": 0.0}
    faces = normal_faces(6, "test", seed=4, size=64, **front)
    marked = faces.x.clone()
    left, right = ((_place(faces.factors, side * 0.42 * faces.factors["face_width"], -0.055) + 1)
                   * 32 for side in (-1, 1))
    for face, (x, y) in zip(marked, left, strict=True):
        face[:, int(y) - 1:int(y) + 2, int(x) - 1:int(x) + 2] = torch.tensor([1.0, 0, 1])[
            :, None, None]
    twice = spoil(faces._replace(x=marked), "two left eyes")
    for face, (x, y) in zip(twice, right, strict=True):
        near = face[:, int(y) - 2:int(y) + 3, int(x) - 2:int(x) + 3]
        assert (near[0] - near[1]).max() > 0.9, "the mark has been copied"
    left_half = slice(None), slice(None), slice(None), slice(0, 26)
    assert torch.equal(twice[left_half], marked[left_half])


def test_kinds_that_are_meant_to_be_simple_are(faces):
    def variation(x):
        return x.diff(dim=2).abs().mean((1, 2, 3)) + x.diff(dim=3).abs().mean((1, 2, 3))

    normal = variation(faces.x)
    assert (variation(spoil(faces, "blank")) == 0).all()
    assert (variation(spoil(faces, "blurred")) < normal).all()
    assert (variation(spoil(faces, "noise")) > normal).all()
    grey = spoil(faces, "blank")[:, 0, 0, 0]
    assert (grey - faces.x.mean((1, 2, 3))).abs().max() <= 0.5 / 255 + 1e-6
    assert torch.equal(spoil(faces, "upside down").flip(2), faces.x)


def test_unknown_kinds_and_parts_are_named(faces):
    with pytest.raises(ValueError, match="kind.*'scar'.*upside down"):
        spoil(faces, "scar")
    factors = {name: torch.from_numpy(value) for name, value in faces.factors.items()}
    with pytest.raises(ValueError, match="without.*'nose'.*'mouth'"):
        portraits.draw(factors, 16, without=("nose",))
