"""Figures show what they are given, at the size that a committed lesson allows."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from PIL import Image
from skimage.color import rgb2lab

from helpers import plots
from helpers.faces import SyntheticFaces
from helpers.intervals import Interval
from helpers.plots import STYLE


@pytest.fixture(autouse=True)
def style():
    with plt.rc_context(STYLE):
        yield
    plt.close("all")


@pytest.fixture(scope="module")
def faces():
    pictures = SyntheticFaces(n=20, root=None).pictures
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255


def wall():
    """The pictures of the current figure, as one: (height, width, 3) uint8, and where it lies."""
    (shown,) = plt.gcf().images
    return np.asarray(shown.get_array()), shown


def pixels(picture, scale):
    """(3, H, W) in [0, 1] as it is stored: every pixel a square."""
    return (255 * picture).round().byte().permute(1, 2, 0).numpy().repeat(scale, 0).repeat(scale, 1)


@pytest.fixture
def notebook(monkeypatch):
    """Shown figures as a notebook would store them."""
    shown = []
    monkeypatch.setattr(plots, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", shown.append)
    return shown


DRAWN = {
    "two rows": lambda x: plots.show_reconstructions(x[:10], x[10:], ["20.0 dB"] * 10),
    "four rows": lambda x: plots.show_rows({name: x[:8] for name in ("clean", "a", "b", "c")}),
    "six rows": lambda x: plots.show_rows({f"method number {i}": x[:8] for i in range(6)}),
    "a wall": lambda x: plots.show_pictures(x.repeat(2, 1, 1, 1)[:30]),
    "two": lambda x: plots.show_pictures(x[:2]),
    "maps": lambda x: plots.show_feature_maps(torch.rand(32, 8, 8)),
    "noise": lambda x: plots.show_rows({"a": x[:8], "b": torch.rand(8, 3, 64, 64),
                                        "c": (x + 0.3 * torch.randn_like(x))[:8]}),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_stored_figure_fits_a_slide_and_a_committed_lesson(faces, notebook, name):
    DRAWN[name](faces)
    (shown,) = notebook
    picture = Image.open(io.BytesIO(shown.data))
    assert picture.format == "PNG" and 1000 < picture.width <= 1600 and picture.height <= 900
    assert len(shown.data) <= 250_000
    assert not plt.get_fignums(), "closed, or it would be shown twice"


def test_no_pixel_is_blurred_and_no_shade_is_lost(faces, notebook):
    plots.show_pictures(faces[:10])
    stored = np.asarray(Image.open(io.BytesIO(notebook[0].data)))
    assert np.array_equal(stored[:128, 134:262], pixels(faces[1], 2))


def test_noise_loses_its_lowest_bits_only(notebook):
    noise = torch.rand(30, 3, 64, 64)
    plots.show_pictures(noise)
    stored = np.asarray(Image.open(io.BytesIO(notebook[0].data)))[:128:2, :128:2]
    assert np.abs(stored - 255 * noise[0].permute(1, 2, 0).numpy()).max() < 20


def test_reconstructions_stand_below_their_originals(faces):
    plots.show_reconstructions(faces[:10], 1 - faces[:10], [f"{i} dB" for i in range(10)])
    shown, image = wall()
    for i in range(10):
        assert np.array_equal(shown[:128, 134 * i : 134 * i + 128], pixels(faces[i], 2))
        assert np.array_equal(shown[134:, 134 * i : 134 * i + 128], pixels(1 - faces[i], 2))
    left, top = image.ox, plt.gcf().bbox.height - shown.shape[0]
    names, titles = plt.gcf().texts[:2], plt.gcf().texts[2:]
    assert [text.get_text() for text in titles] == [f"{i} dB" for i in range(10)]
    for i, title in enumerate(titles):  # above its picture
        box = title.get_window_extent()
        assert abs((box.x0 + box.x1) / 2 - (left + 134 * i + 64)) < 2
        assert box.y0 >= shown.shape[0] and box.y1 <= shown.shape[0] + top
    for name, middle in zip(names, (134 + 64, 64), strict=True):  # left of its row
        box = name.get_window_extent()
        assert 0 < box.x0 and box.x1 < left and abs((box.y0 + box.y1) / 2 - middle) < 6


@pytest.mark.parametrize("name", ["two rows", "four rows", "six rows"])
def test_names_of_rows_can_be_read_on_a_slide(faces, name):
    DRAWN[name](faces)
    figure = plt.gcf()
    wide, high = figure.bbox.size
    shrinks = min(plots.SLIDE[0] / wide, plots.SLIDE[1] / high)
    for text in figure.texts:
        assert text.get_rotation() == 0
        assert text.get_fontsize() * figure.dpi / 72 * shrinks >= 16, text.get_text()


def test_a_long_name_is_broken_and_all_of_it_is_inside(faces):
    plots.show_rows({"a rather long name of a method": faces[:8], "b": faces[:8]})
    box = plt.gcf().texts[0].get_window_extent()
    assert plt.gcf().texts[0].get_text().count("\n") == 1
    assert 0 < box.x0 and box.x1 < wall()[1].ox


def test_rows_of_different_lengths_are_refused(faces):
    with pytest.raises(ValueError, match="rows"):
        plots.show_rows({"a": faces[:3], "b": faces[:4]})


def test_a_wall_has_all_pictures_and_ends_white(faces):
    plots.show_pictures(faces[:13], columns=10)
    shown, _ = wall()
    assert shown.shape[:2] == (2 * 134 - 6, 10 * 134 - 6)
    assert np.array_equal(shown[134:, 2 * 134 : 2 * 134 + 128], pixels(faces[12], 2))
    assert (shown[134:, 3 * 134 :] == 255).all()


def test_pictures_outside_their_range_and_on_a_tape_are_drawn(faces):
    plots.show_rows({"a": (3 * faces[:8] - 1).requires_grad_(), "b": faces[:8].double()})
    shown, _ = wall()
    assert np.array_equal(shown[:128, :128], pixels((3 * faces[0] - 1).clamp(0, 1), 2))


def test_feature_maps_are_squares_of_equal_scale():
    code = torch.zeros(6, 8, 8)
    code[0, 0, 0], code[5, 7, 7] = 4.0, 2.0
    plots.show_feature_maps(code, columns=3)
    shown, _ = wall()
    scale = (shown.shape[0] - 6) // 16
    assert (shown[:scale, :scale] == 255).all() and (shown[scale, : 8 * scale] == 0).all()
    assert (shown[-scale:, -scale:] == 128).all()


def test_the_palette_is_the_cycle_and_tells_every_pair_apart():
    """Differences in CIE Lab, also as somebody without red or green cones sees them."""
    colours = STYLE["axes.prop_cycle"].by_key()["color"]
    assert colours[:2] == [plots.BLUE, plots.ORANGE] and len(set(colours)) == 6
    rgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    # G. Machado et al., "A physiologically-based model for simulation of color vision
    # deficiency", 2009: the matrices of full deuteranomaly and protanomaly
    blind = {"all cones": np.eye(3),
             "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                          [-0.011820, 0.042940, 0.968881]],
             "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                        [-0.003882, -0.048116, 1.051998]]}
    for name, matrix in blind.items():
        seen = (linear @ np.array(matrix).T).clip(0, 1)
        seen = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
        lab = rgb2lab(seen[None])[0]
        apart = [(np.linalg.norm(a - b), i, j) for i, a in enumerate(lab)
                 for j, b in enumerate(lab) if i < j]
        assert min(apart)[0] > 10, (name, min(apart))


def test_losses_have_both_curves_and_the_floor():
    plots.plot_losses({"train": [3.0, 2.0], "test": [3.5, 2.5]}, floor=1.0)
    lines = {line.get_label(): list(line.get_ydata()) for line in plt.gca().lines}
    assert lines["training set"] == [3.0, 2.0] and lines["test set"] == [3.5, 2.5]
    assert lines["floor of the test set 1.0000"] == [1.0, 1.0]
    assert all(line.get_visible() for line in plt.gca().lines)
    assert plt.gca().get_xlabel() == "epoch" and plt.gca().get_ylabel().startswith("BCE")


METHODS = {"PCA, 512 components": Interval(26.0, 25.7, 26.4),
           "total variation": Interval(25.0, 25.1, 25.9),  # the value may lie outside
           "network": Interval(27.0, 26.5, 27.4)}


def bars(axis):
    """The ends of the error bars in a figure, {(x, y), (x, y)} each."""
    return [np.round(segment, 6).tolist() for lines in axis.collections
            for segment in lines.get_segments()]


def test_intervals_of_methods_are_rows_from_low_to_high():
    plots.show_intervals(METHODS, "test PSNR (dB)", reference=20)
    axis = plt.gca()
    assert bars(axis) == [[[25.7, 0], [26.4, 0]], [[25.1, 1], [25.9, 1]], [[26.5, 2], [27.4, 2]]]
    dots = [line.get_xydata().tolist() for line in axis.lines if line.get_marker() == "o"]
    assert dots == [[[26, 0]], [[25, 1]], [[27, 2]]]
    assert [label.get_text() for label in axis.get_yticklabels()] == list(METHODS)
    assert axis.get_ylim() == (2.5, -0.5), "the first method is at the top"
    assert axis.get_xlabel() == "test PSNR (dB), 95 % interval"
    assert [20, 20] in [list(line.get_xdata()) for line in axis.lines]


def test_names_of_methods_are_inside_the_figure_and_apart():
    names = [f"a rather long name of method {i}" for i in range(6)]
    plots.show_intervals(dict.fromkeys(names, Interval(0.5, 0.4, 0.6)), "AUC")
    figure = plt.gcf()
    figure.canvas.draw()
    boxes = [label.get_window_extent() for label in plt.gca().get_yticklabels()]
    assert all(0 <= box.x0 and box.x1 <= figure.bbox.x1 for box in boxes)
    assert all(above.y0 > below.y1 for above, below in zip(boxes, boxes[1:], strict=False))


def test_a_curve_has_a_bar_at_every_point():
    plt.figure()
    plots.draw_curve(dict(zip([2, 8, 64], METHODS.values(), strict=True)), "PCA", style="s--")
    plots.draw_curve({2: Interval(24, 23, 25)}, "autoencoder", plots.ORANGE)
    axis = plt.gca()
    assert bars(axis) == [[[2, 25.7], [2, 26.4]], [[8, 25.1], [8, 25.9]],
                          [[64, 26.5], [64, 27.4]], [[2, 23], [2, 25]]]
    curve = next(line for line in axis.lines if line.get_label() == "PCA")
    assert curve.get_xydata().tolist() == [[2, 26], [8, 25], [64, 27]]
    assert curve.get_linestyle() == "--" and curve.get_color() == plots.BLUE
    assert axis.get_legend_handles_labels()[1] == ["PCA", "autoencoder"]


def test_no_intervals_are_refused():
    with pytest.raises(ValueError, match="intervals"):
        plots.show_intervals({}, "AUC")


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_pictures_with_what_is_no_number_are_refused(faces, wrong):
    x = faces[:2].clone()
    x[1, 2, 3, 4] = wrong
    for show in (plots.show_pictures, lambda x: plots.show_rows({"a": x}),
                 lambda x: plots.show_reconstructions(x, x),
                 lambda x: plots.show_feature_maps(x[1])):
        with pytest.raises(ValueError, match="pictures"):
            show(x)


def test_a_wall_without_pictures_is_refused():
    with pytest.raises(ValueError, match="pictures"):
        plots.show_pictures(torch.zeros(0, 3, 8, 8))


def test_maps_stand_under_their_names_in_one_style_and_a_box_frames_entries():
    plots.show_maps({"a": torch.rand(8, 16), "b": torch.zeros(8, 16)}, box=(2, 3, 4, 5))
    axes = plt.gcf().axes
    assert [axis.get_title() for axis in axes] == ["a", "b"]
    for axis in axes:
        (image,), (box,) = axis.images, axis.patches
        assert image.get_interpolation() == "nearest" and len(axis.get_xticks()) == 0
        assert box.get_xy() == (1.5, 2.5) and (box.get_width(), box.get_height()) == (4, 5)


def test_a_diverging_map_is_white_at_0():
    plots.show_maps({"a": torch.tensor([[-3.0, 0.0], [1.0, 2.0]])}, "PuOr")
    (image,) = plt.gcf().axes[0].images
    assert image.get_clim() == (-3, 3)
    assert min(image.cmap(image.norm(0.0))[:3]) > 0.95


def test_no_maps_are_refused():
    with pytest.raises(ValueError, match="maps"):
        plots.show_maps({})


def test_every_seed_is_a_dot_with_its_interval_in_one_line():
    found = [{"value": 2, "low": 1, "high": 4}, (3, 2, 5), Interval(1, 0, 2)]
    plots.draw_seeds(5, found, plots.ORANGE)
    lines = plt.gca().lines
    spans = [tuple(line.get_xdata()) for line in lines[::2]]
    assert spans == [(1, 4), (2, 5), (0, 2)]
    assert [line.get_xdata()[0] for line in lines[1::2]] == [2, 3, 1]
    heights = [line.get_ydata()[0] for line in lines[1::2]]
    assert np.allclose(heights, [4.8, 5, 5.2])
    plt.clf()
    plots.draw_seeds(5, found[:1])
    assert [line.get_ydata()[0] for line in plt.gca().lines] == [5, 5], "one alone is in the middle"
