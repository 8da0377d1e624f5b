"""The rules for figures find what is wrong, and leave a good figure alone."""

import figure_rules
import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers import plots
from helpers.intervals import Interval


@pytest.fixture(autouse=True)
def style():
    with plt.rc_context(plots.STYLE):
        yield
    plt.close("all")


def good():
    """Curves, a dotted floor, dots of a colour map, a picture."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(10.5, 4))
    left.plot([0, 1, 2], [0, 1, 2], label="a")
    left.plot([0, 1, 2], [0, 0.5, 1], "s--", label="b")
    left.axhline(0.1, color=plots.GREY, ls=":")
    left.legend()
    middle.scatter([0, 1], [1, 2], c=[0.1, 0.9], cmap="viridis")
    right.imshow(np.zeros((8, 8, 3)))
    return figure, left


def test_a_good_figure_passes():
    figure, _ = good()
    assert figure_rules.faults(figure) == []


@pytest.mark.parametrize("draw", [
    lambda: plots.plot_losses({"train": [3.0, 2.0, 1.6, 1.4], "test": [2.5, 1.9, 1.7, 1.6]}, 1.0),
    lambda: plots.show_intervals({"PCA": Interval(2, 1, 3), "network": Interval(3, 2, 4)}, "dB", 0),
])
def test_the_course_s_own_figures_pass(draw):
    draw()
    assert figure_rules.faults(plt.gcf()) == []


@pytest.mark.parametrize("spoil, fault", [
    (lambda axis: axis.plot([0, 1], [1, 1], color="red"), "not of the palette"),
    (lambda axis: axis.bar([0], [1], color="#ff7f0e"), "not of the palette"),
    (lambda axis: axis.scatter([0], [1], color="#2ca02c"), "not of the palette"),
    (lambda axis: axis.set_xlabel("a label", fontsize=8), "pixels high on a slide"),
    (lambda axis: axis.legend(loc="center"), "the legend lies on 'a'"),
    (lambda axis: axis.imshow(np.zeros((8, 8)), interpolation="bilinear"), "is smoothed"),
])
def test_a_fault_is_found(spoil, fault):
    figure, axis = good()
    spoil(axis)
    assert any(fault in found for found in figure_rules.faults(figure))


def test_a_line_that_passes_under_the_legend_is_found_between_its_points():
    plt.figure()
    plt.plot([0, 1], [0, 1], label="a")
    plt.legend(loc="center")
    assert figure_rules.faults(plt.gcf()) == ["the legend lies on 'a'"]


def test_a_watched_figure_fails_where_it_is_shown(monkeypatch):
    monkeypatch.setattr(plt, "show", lambda: None)
    figure_rules.watch()
    good()
    plt.show()
    plt.plot([0, 1], [1, 1], color="red")
    with pytest.raises(AssertionError, match="palette"):
        plt.show()
