"""Figures of faces, codes and curves. Words in figures are English; captions explain in both.

Pictures are (N, C, H, W) float tensors in [0, 1], on any device. Every pixel of them becomes a
square of whole pixels of the figure: blur is a subject of the course, and no figure adds its own.
"""

import io
import textwrap

import matplotlib.pyplot as plt
import numpy as np
import torch

from helpers.messages import bad, in_notebook

# Told apart by the colour-blind, too: M. Okabe and K. Ito, "Color Universal Design", 2008
BLUE, ORANGE, GREEN, PURPLE, SKY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9"
GREY = "#666666"
STYLE = {
    "axes.prop_cycle": plt.cycler(color=[BLUE, ORANGE, GREEN, PURPLE, SKY, GREY]),
    "figure.dpi": 150,  # a figure of 8 inches fills a slide and stays sharp
    "figure.figsize": (8, 4.2),
    "figure.constrained_layout.use": True,
    "font.size": 14,  # readable from the last row
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "image.interpolation": "nearest",
    "legend.frameon": False,
    "lines.linewidth": 2.5,
}
WIDE, HIGH = 1600, 810  # pixels of a figure of pictures, at most
SLIDE = 1184, 520  # pixels that a slide has for a figure
LETTERS = 18  # pixels: the height of letters on a slide, at least
GAP = 6  # pixels between pictures
FILE = 250_000  # bytes of a stored figure, at most


def _squares(rows, scale):
    """Rows of pictures, (R, N, 3, H, W), as one white wall (height, width, 3) uint8."""
    pixels = (255 * rows.clamp(0, 1)).round().to(torch.uint8).permute(0, 1, 3, 4, 2)
    pixels = pixels.repeat_interleave(scale, 2).repeat_interleave(scale, 3).numpy()
    count, columns, high, wide, _ = pixels.shape
    wall = np.full((count, high + GAP, columns, wide + GAP, 3), 255, np.uint8)
    wall[:, :high, :, :wide] = pixels.transpose(0, 2, 1, 3, 4)
    return wall.reshape(count * (high + GAP), columns * (wide + GAP), 3)[:-GAP, :-GAP]


def _show_wall(rows, names=(), titles=()):
    """Shows rows of pictures, (R, N, C, H, W), with a name at the left of each and titles above."""
    rows = rows.detach().float().cpu().expand(-1, -1, 3, -1, -1)
    if not rows.isfinite().all():  # such a pixel would be drawn as anything
        raise bad("pictures", "nan, inf", "0 ... 1")
    count, columns, _, high, wide = rows.shape
    room = WIDE - (220 if names else 0), HIGH - (60 if titles else 0)
    scale = max(1, min((room[0] // columns - GAP) // wide, (room[1] // count - GAP) // high))
    wall = _squares(rows, scale)
    height, width = wall.shape[:2]
    about = width + WIDE - room[0], height + HIGH - room[1]  # with names and titles
    letters = LETTERS / min(SLIDE[0] / about[0], SLIDE[1] / about[1])
    figure = plt.figure(figsize=(20, 10), dpi=100, layout="none")
    style = dict(fontsize=0.72 * letters, linespacing=1.1)  # 100 pixels are 72 points
    left = [figure.text(0, 0, textwrap.fill(str(name), 16), ha="right", va="center", **style)
            for name in names]
    above = [figure.text(0, 0, title, ha="center", va="bottom", **style) for title in titles]
    boxes = [[text.get_window_extent() for text in texts] for texts in (left, above)]
    indent = round(max((box.width for box in boxes[0]), default=0)) + 20 * bool(left)
    head = round(max((box.height for box in boxes[1]), default=0)) + 10 * bool(above)
    total = indent + width, height + head
    figure.set_size_inches(total[0] / 100, total[1] / 100)
    figure.figimage(wall, indent, 0)
    for row, text in enumerate(left):
        at = height - row * (high * scale + GAP) - high * scale / 2
        text.set_position(((indent - 12) / total[0], at / total[1]))
    for column, text in enumerate(above):
        at = indent + column * (wide * scale + GAP) + wide * scale / 2
        text.set_position((at / total[0], (height + 6) / total[1]))
    _show_exactly(figure)


def _show_exactly(figure):
    """Shows a figure, in a notebook as a PNG file of at most FILE bytes.

    Noise cannot be packed: where a file becomes too large, its pixels lose their lowest bits.
    """
    if not in_notebook():
        plt.show()
        return
    from IPython.display import Image as Shown
    from IPython.display import display
    from PIL import Image

    stored = io.BytesIO()
    figure.savefig(stored, format="png", dpi=figure.dpi)
    plt.close(figure)
    pixels = np.asarray(Image.open(stored).convert("RGB"))
    for bits in (8, 6, 5, 4, 3):
        levels = 2**bits - 1
        fewer = np.round(np.round(pixels / 255 * levels) * 255 / levels).astype(np.uint8)
        stored = io.BytesIO()
        Image.fromarray(fewer).save(stored, "PNG", optimize=True)
        if stored.tell() <= FILE:
            break
    display(Shown(stored.getvalue(), format="png"))


def show_rows(rows, titles=None):
    """Rows of pictures under one another, each with its name on the left.

    rows: dict of name -> (N, C, H, W), all with the same N. titles: N texts over the first row.
    Raises ValueError if the rows differ in length.
    """
    lengths = {len(pictures) for pictures in rows.values()}
    if len(lengths) != 1:
        raise bad("rows", f"N = {sorted(lengths)}", "one N for all rows")
    _show_wall(torch.stack([pictures.detach().cpu() for pictures in rows.values()]), list(rows),
               titles or [])


def show_reconstructions(originals, reconstructions, titles=None):
    """Originals above their reconstructions, (N, C, H, W) each."""
    show_rows({"original": originals, "reconstruction": reconstructions}, titles)


def show_pictures(pictures, columns=10):
    """A wall of pictures (N, C, H, W). Raises ValueError if there are none."""
    if not len(pictures):
        raise bad("pictures", "N = 0", "N >= 1")
    columns = min(columns, len(pictures))
    empty = pictures.new_ones(-len(pictures) % columns, *pictures.shape[1:])
    _show_wall(torch.cat([pictures, empty]).unflatten(0, (-1, columns)))


def show_feature_maps(code, columns=16):
    """The channels of one code (C, H, W) as grey squares, brighter where the value is larger."""
    code = code.detach().cpu()[:, None]  # (C, 1, H, W)
    show_pictures(code / code.max().clamp(min=1e-8), columns)


def show_intervals(intervals, name, reference=None):
    """Values of a few methods with their intervals, one row each, the first one at the top.

    intervals: dict of method -> Interval. name: what is measured, with its unit. reference: a
    dotted line, such as 0 for differences or 0.5 for an AUC. Raises ValueError if there are none.
    """
    if not intervals:
        raise bad("intervals", "{}", "{method: Interval}")
    rows = range(len(intervals))
    plt.figure(figsize=(8, 1.2 + 0.5 * len(intervals)))
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


def show_maps(maps, colours="Greys", box=None):
    """Matrices beside one another, each under its name, smaller values lighter.

    maps: dict of name -> (H, W). colours: a colour map of matplotlib; a diverging one, such as
    "PuOr", has its middle at 0. box: (left, top, width, height) in entries, framed in each map.
    Raises ValueError if there are none.
    """
    if not maps:
        raise bad("maps", "{}", "{name: (H, W)}")
    high = max(len(matrix) / len(matrix[0]) for matrix in maps.values())
    figure, axes = plt.subplots(1, len(maps), figsize=(10.5, 10.5 / len(maps) * high + 0.9),
                                squeeze=False)
    for axis, (name, matrix) in zip(axes[0], maps.items(), strict=True):
        matrix = np.asarray(matrix)
        top = np.abs(matrix).max()
        low, top = (matrix.min(), matrix.max()) if colours == "Greys" else (-top, top)
        axis.imshow(matrix, cmap=colours, vmin=low, vmax=top)
        if box:
            axis.add_patch(plt.Rectangle((box[0] - 0.5, box[1] - 0.5), *box[2:], fill=False,
                                         edgecolor=ORANGE, linewidth=3))
        axis.set(title=name, xticks=[], yticks=[])
        axis.grid(visible=False)
    plt.show()


def draw_seeds(row, intervals, color=BLUE, wide=0.2):
    """A dot with its interval for each training of one kind, into the line `row` of a figure.

    intervals: dicts or tuples of value, low, high, in this order, one for each random seed.
    """
    places = np.linspace(row - wide, row + wide, len(intervals)) if len(intervals) > 1 else [row]
    for at, found in zip(places, intervals, strict=True):
        value, low, high = found.values() if isinstance(found, dict) else found
        plt.plot([low, high], [at, at], color=color, linewidth=2)
        plt.plot(value, at, "o", color=color, markersize=6)


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
    plt.figure()
    plt.plot(epochs, history["train"], "o-", color=BLUE, label="training set")
    plt.plot(epochs, history["test"], "s--", color=ORANGE, label="test set")
    if floor is not None:
        plt.axhline(floor, color=GREY, linestyle=":", label=f"floor of the test set {floor:.4f}")
    plt.xlabel("epoch")
    plt.ylabel(name)
    plt.xticks(epochs)
    plt.legend()
    plt.show()
