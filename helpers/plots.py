"""Figures of faces, codes and curves. Words in figures are English; captions explain in both.

Pictures are (N, C, H, W) float tensors in [0, 1], on any device.
"""

import io

import matplotlib.pyplot as plt
import numpy as np
import torch
from torchvision.utils import make_grid

from helpers.messages import bad, in_notebook

STYLE = {
    "figure.dpi": 90,
    "font.size": 13,  # readable from the last row
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "lines.linewidth": 2.5,
}
BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#666666"  # told apart by the colour-blind, too


def _axes(rows, columns, height):
    figure, axes = plt.subplots(rows, columns, figsize=(1.1 * columns, height * rows),
                                squeeze=False, layout="constrained")
    for axis in axes.flat:
        axis.axis("off")
    return axes


def _draw(axis, picture):
    axis.imshow(picture.detach().permute(1, 2, 0).clamp(0, 1).cpu().numpy())


def show_as_jpeg():
    """Shows the current figure, in a notebook as JPEG.

    For pictures and clouds of coloured dots, which take three times the room as PNG.
    """
    if not in_notebook():
        plt.show()
        return
    from IPython.display import Image as Shown
    from IPython.display import display

    jpeg = io.BytesIO()
    plt.savefig(jpeg, format="jpeg", bbox_inches="tight", pil_kwargs={"quality": 80})
    plt.close()
    display(Shown(jpeg.getvalue(), format="jpeg"))


def show_rows(rows, titles=None):
    """Rows of pictures under one another, each with its name on the left.

    rows: dict of name -> (N, C, H, W), all with the same N. titles: N texts over the first row.
    Raises ValueError if the rows differ in length.
    """
    lengths = {len(pictures) for pictures in rows.values()}
    if len(lengths) != 1:
        raise bad("rows", f"N = {sorted(lengths)}", "one N for all rows")
    axes = _axes(len(rows), lengths.pop(), 1.25)
    for line, (name, pictures) in zip(axes, rows.items(), strict=True):
        for axis, picture in zip(line, pictures, strict=True):
            _draw(axis, picture)
        line[0].text(-0.12, 0.5, name, transform=line[0].transAxes, rotation=90, ha="center",
                     va="center", fontsize=11)
    for axis, title in zip(axes[0], titles or [], strict=False):
        axis.set_title(title, fontsize=11)
    show_as_jpeg()


def show_reconstructions(originals, reconstructions, titles=None):
    """Originals above their reconstructions, (N, C, H, W) each."""
    show_rows({"original": originals, "reconstruction": reconstructions}, titles)


def show_pictures(pictures, columns=10):
    """A wall of pictures (N, C, H, W). Raises ValueError if there are none."""
    if not len(pictures):
        raise bad("pictures", "N = 0", "N >= 1")
    columns = min(columns, len(pictures))
    wall = make_grid(pictures, nrow=columns, padding=2, pad_value=1)
    width = max(1.1 * columns, 4)
    axis = plt.figure(figsize=(width, width * wall.shape[1] / wall.shape[2])).add_axes((0, 0, 1, 1))
    axis.axis("off")
    _draw(axis, wall)
    show_as_jpeg()


def show_feature_maps(code, columns=16):
    """The channels of one code (C, H, W) as grey squares, brighter where the value is larger."""
    code = code.detach().cpu()[:, None]  # (C, 1, H, W)
    maps = code / code.max().clamp(min=1e-8)
    maps = torch.nn.functional.interpolate(maps, scale_factor=4)  # squares, not a blur
    show_pictures(maps.expand(-1, 3, -1, -1), columns)


def show_intervals(intervals, name, reference=None):
    """Values of a few methods with their intervals, one row each, the first one at the top.

    intervals: dict of method -> Interval. name: what is measured, with its unit. reference: a
    dotted line, such as 0 for differences or 0.5 for an AUC. Raises ValueError if there are none.
    """
    if not intervals:
        raise bad("intervals", "{}", "{method: Interval}")
    rows = range(len(intervals))
    plt.figure(figsize=(8, 1.2 + 0.5 * len(intervals)), layout="constrained")
    if reference is not None:
        plt.axvline(reference, color=GREY, linestyle=":")
    for row, (value, low, high) in zip(rows, intervals.values(), strict=True):
        plt.errorbar((low + high) / 2, row, xerr=(high - low) / 2, color=BLUE, capsize=5)
        plt.plot(value, row, "o", color=BLUE, markersize=8)  # not always in the middle
    plt.yticks(rows, intervals)
    plt.ylim(len(intervals) - 0.5, -0.5)
    plt.grid(visible=False, axis="y")
    plt.xlabel(f"{name}, 95 % interval")
    plt.show()


def draw_curve(intervals, label, color=BLUE, style="o-"):
    """A curve with the interval at each of its points, into the figure that is being made.

    intervals: dict of position on the x axis -> Interval. style: of marker and line, as plot().
    """
    values, low, high = np.array(list(intervals.values())).T  # (N,) each
    plt.plot(list(intervals), values, style, color=color, label=label)
    plt.errorbar(list(intervals), (low + high) / 2, yerr=(high - low) / 2, fmt="none",
                 color=color, capsize=4)


def plot_losses(history, floor=None, name="BCE (nats per value)"):
    """Training and test loss over the epochs; `floor`: what no model can get below.

    history: {"train": [...], "test": [...]}, one number an epoch, as fit() returns it.
    """
    epochs = range(1, len(history["train"]) + 1)
    plt.figure(figsize=(8, 4), layout="constrained")
    plt.plot(epochs, history["train"], "o-", color=BLUE, label="training set")
    plt.plot(epochs, history["test"], "s--", color=ORANGE, label="test set")
    if floor is not None:
        plt.axhline(floor, color=GREY, linestyle=":", label=f"floor of the test set {floor:.4f}")
    plt.xlabel("epoch")
    plt.ylabel(name)
    plt.xticks(epochs)
    plt.legend(frameon=False)
    plt.show()
