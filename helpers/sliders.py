"""explore(): sliders that move a code, and the face it is decoded to.

A slider needs a running kernel and a browser that shows widgets. A saved notebook, a slide or a
page has neither, so that the same faces always stand in a figure, too.
"""

import importlib.util
import io
import os

import torch

from helpers.messages import bad, in_notebook, say, words
from helpers.plots import show_rows

PIXELS = 320  # height of the face beside the sliders


def explore(decode, code, names, reach=2.0):
    """Shows what moving each number of a code does: a figure, and in JupyterLab sliders.

    decode: codes (B, Z) -> pictures (B, 3, H, W). code: (Z,), where all begin. names: one for each
    number. reach: how far from 0 a number goes, in both directions. Raises ValueError where there
    are not as many names as numbers.
    """
    if len(names) != len(code):
        raise bad("names", f"len = {len(names)}", f"len = {len(code)}")
    places = torch.linspace(-reach, reach, 9)
    rows = {}
    for unit, name in enumerate(names):
        codes = code.repeat(len(places), 1)
        codes[:, unit] = places
        rows[name] = pictures(decode, codes)
    show_rows(rows, [f"{place:g}" for place in places])
    if sliders_run():
        from IPython.display import display

        display(panel(decode, code, names, reach))
    else:
        say("slider_none")


@torch.no_grad()
def pictures(decode, codes):
    """Decoded codes, (B, 3, H, W) in [0, 1]."""
    return decode(codes).clamp(0, 1).cpu()


def sliders_run():
    """Whether somebody looks: a kernel of a Jupyter server, and ipywidgets is installed.

    A kernel that only executes a notebook, as in CI, would store a widget that nobody can show.
    """
    return (in_notebook() and "JPY_SESSION_NAME" in os.environ
            and importlib.util.find_spec("ipywidgets") is not None)


def panel(decode, code, names, reach=2.0):
    """A widget: a slider for each number, a button for a random code, and the face.

    Arguments as for explore(). Its `children` are a box of sliders with the button, and the image.
    """
    import ipywidgets as widgets

    bars = [widgets.FloatSlider(value=min(max(value, -reach), reach), min=-reach, max=reach,
                                step=reach / 40, description=name, readout_format=".1f")
            for name, value in zip(names, code.tolist(), strict=True)]
    button = widgets.Button(description=words("slider_random"))
    image = widgets.Image(format="png", height=PIXELS)
    image.layout.height = image.layout.width = f"{PIXELS}px"

    def redraw(_=None):
        image.value = png(pictures(decode, torch.tensor([[bar.value for bar in bars]])))

    def shuffle(_=None):
        with torch.random.fork_rng(devices=[]):  # later cells draw what they would have drawn
            torch.seed()
            z = torch.randn(len(bars)).clamp(-reach, reach)
        for bar, value in zip(bars, z.tolist(), strict=True):
            bar.value = value

    for bar in bars:
        bar.observe(redraw, "value")
    button.on_click(shuffle)
    redraw()
    return widgets.HBox([widgets.VBox([*bars, button]), image])


def png(x):
    """One picture (1, 3, H, W) in [0, 1] as the bytes of a PNG, its pixels as squares."""
    from PIL import Image

    times = max(1, PIXELS // x.shape[2])
    x = (255 * x[0]).round().to(torch.uint8).permute(1, 2, 0)
    x = x.repeat_interleave(times, 0).repeat_interleave(times, 1)
    stored = io.BytesIO()
    Image.fromarray(x.numpy()).save(stored, "PNG")
    return stored.getvalue()
