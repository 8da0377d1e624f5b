"""Draws the contact sheet of the drawn faces: images/synthetic_faces.png.

    python images/make_faces.py
"""

import numpy as np
import torch
from PIL import Image
from torchvision.utils import make_grid

from helpers import ROOT, portraits
from helpers.faces import PICTURES_PER_PERSON, sample_factors
from helpers.files import whole_file


def contact_sheet(columns=12, rows=6):
    """A picture of `rows` x `columns` drawn people, in even steps from light to dark skin."""
    factors, _ = sample_factors(8 * PICTURES_PER_PERSON * rows * columns)
    people = {name: value[::PICTURES_PER_PERSON] for name, value in factors.items()}
    even = np.linspace(0, 1, rows * columns)[:, None]
    chosen = np.abs(people["skin_tone"] - even).argmin(1)  # the nearest person to each step
    wall = portraits.draw({n: torch.from_numpy(v[chosen]) for n, v in people.items()}, size=160)
    grid = make_grid(wall.permute(0, 3, 1, 2), nrow=columns, padding=4, pad_value=255)
    return Image.fromarray(grid.permute(1, 2, 0).numpy()).reduce(2)  # smoother


if __name__ == "__main__":
    path = ROOT / "images" / "synthetic_faces.png"
    with whole_file(path) as file:
        contact_sheet().save(file, format="PNG", optimize=True)
    print(path.relative_to(ROOT))
