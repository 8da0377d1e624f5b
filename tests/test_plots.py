"""Figures show what they are given, at the size that a committed lesson allows."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from PIL import Image

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


def drawn():
    """The pictures in the current figure, in order."""
    return [np.asarray(axis.images[0].get_array()) for axis in plt.gcf().axes if axis.images]


@pytest.fixture
def notebook(monkeypatch):
    """Shown figures as a notebook would store them."""
    shown = []
    monkeypatch.setattr(plots, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", shown.append)
    return shown


@pytest.mark.parametrize("draw", [
    lambda faces: plots.show_reconstructions(faces[:10], faces[10:], ["20.0 dB"] * 10),
    lambda faces: plots.show_rows({name: faces[:8] for name in "abcd"}),
    lambda faces: plots.show_pictures(faces.repeat(2, 1, 1, 1)[:30]),
])
def test_a_stored_figure_is_a_small_jpeg_that_can_be_read(faces, notebook, draw):
    draw(faces)
    (shown,) = notebook
    picture = Image.open(io.BytesIO(shown.data))
    assert picture.format == "JPEG" and 700 < picture.width < 1200
    assert 15_000 < len(shown.data) < 100_000, "small, but not at the cost of the faces"
    assert not plt.get_fignums(), "closed, or it would be shown twice"


def test_reconstructions_stand_below_their_originals(faces):
    plots.show_reconstructions(faces[:10], 1 - faces[:10], [f"{i} dB" for i in range(10)])
    shown = drawn()
    assert len(shown) == 20
    for i in range(10):
        assert np.allclose(shown[i], faces[i].permute(1, 2, 0))
        assert np.allclose(shown[10 + i], 1 - faces[i].permute(1, 2, 0))
    assert [axis.get_title() for axis in plt.gcf().axes[:10]] == [f"{i} dB" for i in range(10)]


def test_rows_of_different_lengths_are_refused(faces):
    with pytest.raises(ValueError, match="rows"):
        plots.show_rows({"a": faces[:3], "b": faces[:4]})


def test_a_wall_has_all_pictures(faces):
    plots.show_pictures(faces, columns=10)
    (wall,) = drawn()
    assert wall.shape[:2] == (2 * 66 + 2, 10 * 66 + 2)
    assert np.allclose(wall[2:66, 2:66], faces[0].permute(1, 2, 0))


def test_feature_maps_are_squares_of_equal_scale():
    code = torch.zeros(6, 8, 8)
    code[0, 0, 0], code[5, 7, 7] = 4.0, 2.0
    plots.show_feature_maps(code, columns=3)
    (wall,) = drawn()
    assert wall[2:6, 2:6].min() == 1 and wall[6, 6].max() == 0
    assert wall[-4:-2, -4:-2, 0].tolist() == [[0.5, 0.5], [0.5, 0.5]]


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


def test_a_wall_without_pictures_is_refused():
    with pytest.raises(ValueError, match="pictures"):
        plots.show_pictures(torch.zeros(0, 3, 8, 8))
