"""Sliders: they move the face, and a kernel that nobody looks at stores none."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from helpers import sliders


def decode(z):
    """The first two numbers are red and green, from -2 to 2, of 8x8 pixels."""
    colour = torch.cat([z[:, :2] / 4 + 0.5, 0 * z[:, :1]], 1)
    return colour[:, :, None, None].expand(-1, -1, 8, 8)


def colour(image):
    pixels = np.asarray(Image.open(io.BytesIO(image.value)))
    assert pixels.shape == (sliders.PIXELS, sliders.PIXELS, 3)
    assert (pixels == pixels[0, 0]).all()
    return pixels[0, 0].tolist()


def test_a_slider_moves_the_face_and_only_its_own_number():
    box = sliders.panel(decode, torch.tensor([0.0, 2.0]), ["red", "green"])
    (*bars, _), image = box.children[0].children, box.children[1]
    assert colour(image) == [128, 255, 0]
    bars[0].value = -2.0
    assert colour(image) == [0, 255, 0]
    assert [bar.description for bar in bars] == ["red", "green"]


def test_the_button_draws_another_code_and_no_later_random_number_changes():
    box = sliders.panel(decode, torch.zeros(2), ["a", "b"])
    (*bars, button), _ = box.children[0].children, box.children[1]
    torch.manual_seed(0)
    due = torch.randn(3)
    torch.manual_seed(0)
    seen = set()
    for _ in range(3):
        button.click()
        seen.add(tuple(bar.value for bar in bars))
    assert len(seen) == 3 and all(abs(v) <= 2 for code in seen for v in code)
    assert torch.equal(torch.randn(3), due)


def test_a_code_beyond_the_sliders_begins_at_their_end():
    box = sliders.panel(decode, torch.tensor([9.0, -9.0]), ["a", "b"])
    assert [bar.value for bar in box.children[0].children[:2]] == [2.0, -2.0]


@pytest.mark.parametrize("kernel, session, due", [(True, True, True), (True, False, False),
                                                  (False, True, False)])
def test_sliders_stand_only_where_somebody_can_move_them(kernel, session, due, monkeypatch):
    monkeypatch.setattr(sliders, "in_notebook", lambda: kernel)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    if session:
        monkeypatch.setenv("JPY_SESSION_NAME", "06_variational.ipynb")
    assert sliders.sliders_run() is due


def test_without_sliders_the_figure_stands_and_a_sentence_says_where_they_are(monkeypatch, capsys):
    shown = {}
    monkeypatch.setattr(sliders, "show_rows",
                        lambda rows, titles: shown.update(rows=rows, at=titles))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    sliders.explore(decode, torch.tensor([0.0, 2.0]), ["red", "green"])
    assert shown["at"][0] == "-2" and shown["at"][-1] == "2"
    assert list(shown["rows"]) == ["red", "green"]
    assert shown["rows"]["red"][:, 0, 0, 0].tolist() == pytest.approx([i / 8 for i in range(9)])
    assert (shown["rows"]["red"][:, 1] == 1).all(), "the other number stays"
    assert "JupyterLab" in capsys.readouterr().out


def test_as_many_names_as_numbers():
    with pytest.raises(ValueError, match="names"):
        sliders.explore(decode, torch.zeros(2), ["a"])
