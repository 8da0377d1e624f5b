"""What can be measured of a figure before anybody looks at it.

watch() lets every figure that a lesson draws with matplotlib fail where it breaks a rule: a colour
outside the palette, letters too small on a projected slide, a legend over the data, a small
picture that is smoothed.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import Collection
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from helpers import plots

BESIDE = 680, 520  # pixels that a figure has beside words; deck.css
LETTERS = 16  # pixels, on a slide of 1280 x 720
PALETTE = [to_rgb(colour) for colour in plots.STYLE["axes.prop_cycle"].by_key()["color"]]


def faults(figure):
    """What is wrong with a figure, one sentence each."""
    figure.canvas.draw()
    return [*colours(figure), *letters(figure), *legends(figure), *smoothed(figure)]


def is_ours(colour):
    """Whether a colour is of the palette, or has no hue."""
    rgb = to_rgb(colour)
    return max(rgb) - min(rgb) < 0.02 or any(np.allclose(rgb, ours, atol=0.01) for ours in PALETTE)


def colours(figure):
    """Lines, bars and dots have colours of the palette; those of a colour map are left alone."""
    found = set()
    for axis in figure.axes:
        for line in axis.lines:
            found |= {tuple(to_rgb(line.get_color()))}
        for patch in axis.patches:
            found |= {tuple(patch.get_facecolor()[:3])}
        for things in axis.collections:
            if isinstance(things, Collection) and things.get_array() is None:
                drawn = [*things.get_facecolor(), *things.get_edgecolor()]
                found |= {tuple(c[:3]) for c in drawn}
    return [f"the colour {np.round(colour, 2)} is not of the palette" for colour in sorted(found)
            if not is_ours(colour)]


def letters(figure):
    """Every text can be read from the last row."""
    wide, high = figure.bbox.size
    room = BESIDE if wide < 1.9 * high else plots.SLIDE
    scale = min(room[0] / wide, room[1] / high) * figure.dpi / 72
    small = {text.get_text().strip()[:30]: scale * text.get_fontsize()
             for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()
             and scale * text.get_fontsize() < LETTERS}
    return [f"{len(small)} texts, such as {next(iter(small))!r}, are {min(small.values()):.0f} "
            f"pixels high on a slide: {LETTERS} or more"] if small else []


def legends(figure):
    """No legend lies on a line or on a dot."""
    found = []
    for axis in figure.axes:
        legend = axis.get_legend()
        if not legend:
            continue
        box = legend.get_window_extent()
        for line in axis.lines:
            points = line.get_transform().transform(line.get_xydata())
            if line.get_linestyle() not in ("None", "", " ") and len(points) > 1:
                share = np.linspace(0, 1, 20)[:, None]
                points = np.concatenate([a + share * (b - a)
                                         for a, b in zip(points, points[1:], strict=False)])
            inside = ((points > [box.x0, box.y0]) & (points < [box.x1, box.y1])).all(1)
            if inside.any():
                found.append(f"the legend lies on {line.get_label()!r}")
    return found


def smoothed(figure):
    """Small pictures show their pixels."""
    return [f"a picture of {image.get_array().shape[:2]} is smoothed" for axis in figure.axes
            for image in axis.images if image.get_interpolation() not in ("nearest", "none")]


def watch():
    """From now on a figure with a fault fails where it is shown."""
    show = plt.show

    def checked(*arguments, **options):
        found = [fault for number in plt.get_fignums() for fault in faults(plt.figure(number))]
        assert not found, "; ".join(found)
        show(*arguments, **options)

    plt.show = checked
