"""Draws images/Autoencoder_s.png: python images/make_diagrams.py

Takes some minutes: the face is a drawn one, its reconstruction what lesson 01's model really makes
of it after 40 epochs. Without a font for Traditional Chinese the words are English only.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib import font_manager
from matplotlib.patches import FancyArrowPatch, Polygon
from torch.nn import BCELoss
from torch.utils.data import DataLoader
from torchvision.transforms import ToTensor

from helpers.faces import SyntheticFaces
from helpers.models import Autoencoder
from helpers.plots import BLUE, GREY, ORANGE
from helpers.training import fit, reconstruct

HERE = Path(__file__).parent
CJK_FONTS = ("Noto Sans CJK TC", "Noto Sans CJK JP", "Microsoft JhengHei", "PingFang TC")


def fonts(installed):
    """The font families to draw with, the Chinese one first, or only the one without Chinese."""
    return [name for name in CJK_FONTS if name in installed][:1] + ["DejaVu Sans"]


def face_and_reconstruction():
    """A smiling, frontal test face and what lesson 01's model makes of it, as (H, W, 3)."""
    torch.manual_seed(0)
    train = SyntheticFaces("train", 2000, transform=ToTensor())
    test = SyntheticFaces("test", 200, transform=ToTensor())
    model = Autoencoder()
    fit(model, DataLoader(train, 32, shuffle=True), DataLoader(test, 32), BCELoss(),
        torch.optim.Adam(model.parameters(), lr=0.001), num_epochs=40)
    f = test.factors
    frontal = abs(f["yaw"]) / 20 + abs(f["tilt"]) / 10 + abs(f["pitch"]) / 10
    face = test[(f["smile"] - frontal - f["glasses"]).argmax()][0]
    again = reconstruct(model, face[None])[0]
    return face.permute(1, 2, 0), again.permute(1, 2, 0)


def draw(face, again, families):
    """The diagram as a figure. face, again: (H, W, 3). families: fonts, as fonts() gives them."""
    plt.rcParams["font.family"] = families

    def words(zh, en, between=" "):
        return f"{zh}{between}{en}" if len(families) > 1 else en

    figure = plt.figure(figsize=(10, 3.1), dpi=120, layout="none")
    axis = figure.add_axes((0, 0, 1, 1))
    axis.set(xlim=(0, 100), ylim=(0, 31))
    axis.axis("off")
    big, small, middle = 9.5, 3.2, 17.5

    for left, picture, word in ((2, face, words("輸入", "Input  $x$")),
                                (79, again, words("重建", "Reconstruction  $\\hat{x}$"))):
        axis.imshow(picture, extent=(left, left + 19, middle - 9.5, middle + 9.5), zorder=2)
        axis.text(left + 9.5, 3.4, word, ha="center", fontsize=14)
    for left, right, colour, word, sign, a, b in (
        (27, 42, BLUE, words("編碼器", "Encoder", "\n"), "$f$", big, small),
        (58, 73, ORANGE, words("解碼器", "Decoder", "\n"), "$g$", small, big),
    ):
        corners = [(left, middle - a), (left, middle + a), (right, middle + b), (right, middle - b)]
        axis.add_patch(Polygon(corners, facecolor=colour, edgecolor="none"))
        centre = (left + right) / 2
        axis.text(centre, middle, word, ha="center", va="center", color="white", fontsize=13,
                  weight="bold")
        axis.text(centre, 3.4, sign, ha="center", fontsize=15)

    code = np.array([0.2, 0.9, 0.5, 0.7, 0.1, 0.6])[:, None]
    axis.imshow(code, cmap="Greys", vmin=0, vmax=1, aspect="auto", zorder=2,
                extent=(48.8, 51.2, middle - 3.2, middle + 3.2))
    axis.plot([48.8, 51.2, 51.2, 48.8, 48.8], middle + 3.2 * np.array([-1, -1, 1, 1, -1]),
              color=GREY, linewidth=1, zorder=3)
    axis.text(50, 24.2, words("瓶頸", "Bottleneck"), ha="center", fontsize=14)
    axis.text(50, 3.4, words("編碼", "Code  $z$"), ha="center", fontsize=14)
    for start, end in ((22, 26.2), (43, 47.8), (52.2, 57), (74, 78.2)):
        axis.add_patch(FancyArrowPatch((start, middle), (end, middle), mutation_scale=16,
                                       color=GREY, linewidth=2, arrowstyle="-|>"))
    axis.set_aspect("auto")
    axis.set(xlim=(0, 100), ylim=(0, 31))
    return figure


def main():
    families = fonts({font.name for font in font_manager.fontManager.ttflist})
    if len(families) == 1:
        print(f"No font with Traditional Chinese found, so English only; one of {CJK_FONTS} helps.")
    path = HERE / "Autoencoder_s.png"
    draw(*face_and_reconstruction(), families).savefig(path, facecolor="white")
    print(path)


if __name__ == "__main__":
    main()
