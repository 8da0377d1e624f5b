"""Draws images/sparse_sum.png: python images/make_sparse_diagram.py

A face as the usual face plus a few atoms. The faces are drawn from factors; each atom is the
difference that one attribute makes, on grey: what a perfect network of lesson 04 would find.
"""

import matplotlib.pyplot as plt
import torch
from make_diagrams import HERE, fonts
from matplotlib import font_manager

from helpers import portraits
from helpers.faces import FACTORS
from helpers.plots import GREY, ORANGE

ATOMS = [("長髮", "long hair", {"hair_length": 0.9}), ("眼鏡", "glasses", {"glasses": 1}),
         ("紅背景", "red background", {"background_hue": 0.0})]
UNITS, ACTIVE = 48, (7, 21, 38)  # squares of the strip, and those that are filled


def portrait(**changes):
    """The usual face with some factors changed: (64, 64, 3) in [0, 1]."""
    factors = {name: factor.usual for name, factor in FACTORS.items()} | changes
    factors = {name: torch.tensor([float(value)]) for name, value in factors.items()}
    return portraits.draw(factors, size=64)[0] / 255


def draw(families):
    """The diagram as a figure. families: fonts, as fonts() gives them."""
    plt.rcParams["font.family"] = families

    def words(zh, en):
        return f"{zh} {en}" if len(families) > 1 else en

    usual, every = portrait(), {k: v for _, _, change in ATOMS for k, v in change.items()}
    parts = [(portrait(**every), words("一張臉", "a face")),
             (usual, words("平常的臉", "usual face"))]
    parts += [(0.5 + 0.5 * (portrait(**change) - usual), words(zh, en)) for zh, en, change in ATOMS]
    figure = plt.figure(figsize=(10, 3.3), dpi=120, layout="none")
    axis = figure.add_axes((0, 0, 1, 1))
    signs = ["", "=", r"$+\ z_8$", r"$+\ z_{22}$", r"$+\ z_{39}$"]
    for place, ((picture, word), sign) in enumerate(zip(parts, signs, strict=True)):
        left = 1 + 20.4 * place
        axis.imshow(picture.clamp(0, 1), extent=(left, left + 14.6, 15.5, 30.1))
        axis.text(left - 3, 22.8, sign, ha="center", va="center", fontsize=15)
        axis.text(left + 7.3, 12.4, word, ha="center", fontsize=12)
    side = 96 / UNITS
    for unit in range(UNITS):
        axis.add_patch(plt.Rectangle((2 + unit * side, 4.5), 0.86 * side, 0.86 * side * 1.6,
                                     facecolor=ORANGE if unit in ACTIVE else "white",
                                     edgecolor=GREY))
    below = words("編碼：單元很多，只用幾個。", "The code: many units, few in use")
    axis.text(50, 1.2, below, ha="center", fontsize=13)
    axis.axis("off")
    axis.set(xlim=(0, 100), ylim=(0, 31))
    return figure


def main():
    families = fonts({font.name for font in font_manager.fontManager.ttflist})
    path = HERE / "sparse_sum.png"
    draw(families).savefig(path, facecolor="white")
    print(path)


if __name__ == "__main__":
    main()
