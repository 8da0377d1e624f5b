"""What the scripts in images/ draw: no glyph missing, skin tones even."""

import importlib.util
import logging
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib import font_manager

from helpers import ROOT


def script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "images" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


diagrams, faces = script("make_diagrams"), script("make_faces")

INSTALLED = {font.name for font in font_manager.fontManager.ttflist}
GREY = np.full((8, 8, 3), 0.5)


@pytest.fixture(autouse=True)
def own_settings():
    with plt.rc_context():
        yield
    plt.close("all")


def draw(families, tmp_path):
    """Draws and saves the diagram; every warning is an error. Returns all its words."""
    with warnings.catch_warnings(action="error"):
        figure = diagrams.draw(GREY, GREY, families)
        figure.savefig(tmp_path / "diagram.png")
    return " ".join(text.get_text() for text in figure.axes[0].texts)


@pytest.mark.parametrize("installed, families", [
    ({"Arial"}, ["DejaVu Sans"]),
    ({"PingFang TC", "Arial"}, ["PingFang TC", "DejaVu Sans"]),
    ({"PingFang TC", "Noto Sans CJK TC"}, ["Noto Sans CJK TC", "DejaVu Sans"])])
def test_only_installed_fonts_are_named_chinese_first(installed, families):
    assert diagrams.fonts(installed) == families


def test_no_glyph_is_missing(tmp_path, caplog):
    families = diagrams.fonts(INSTALLED)
    with caplog.at_level(logging.INFO, logger="matplotlib"):
        words = draw(families, tmp_path)
    assert ("編碼器" in words) == (len(families) > 1) and "Encoder" in words
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == []


def test_without_a_chinese_font_the_words_are_english(tmp_path, caplog):
    with caplog.at_level(logging.WARNING, logger="matplotlib"):
        words = draw(["DejaVu Sans"], tmp_path)
    assert not [word for word in words if "\u3400" <= word <= "\u9fff"]
    assert "Reconstruction" in words and not caplog.records


def test_a_missing_glyph_would_be_seen(tmp_path):
    with pytest.raises(UserWarning, match="missing"):
        draw(["DejaVu Sans", "DejaVu Sans"], tmp_path)  # claims Chinese, has none


def test_contact_sheet_goes_from_light_to_dark():
    sheet = np.asarray(faces.contact_sheet(columns=4, rows=2).convert("RGB"), float)
    assert sheet.shape == (2 * 82 + 2, 4 * 82 + 2, 3)
    cheeks = [sheet[82 * r + 42 : 82 * r + 54, 82 * c + 30 : 82 * c + 54].mean()
              for r in range(2) for c in range(4)]
    assert np.mean(cheeks[:4]) > np.mean(cheeks[4:]) + 30


def test_skin_tones_of_the_contact_sheet_are_even(monkeypatch):
    tones = []

    def draw(factors, size):
        tones.extend(factors["skin_tone"].tolist())
        return torch.zeros(len(factors["x"]), size, size, 3, dtype=torch.uint8)

    monkeypatch.setattr(faces.portraits, "draw", draw)
    faces.contact_sheet()
    assert np.abs(np.array(tones) - np.linspace(0, 1, 72)).max() < 0.01
    assert len(set(tones)) == 72  # nobody stands there twice
