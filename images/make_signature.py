"""Draws what every lesson opens with: a row of faces, and the road map of its sections.

    python images/make_signature.py

images/title_faces.png, and images/roadmap_PART.svg for each PART of the map: the picture, encoder,
code, decoder and reconstruction as five shapes, of which those that a section is about have a
colour.
"""

import numpy as np
import torch
from PIL import Image
from torchvision.utils import make_grid

from helpers import ROOT, portraits
from helpers.faces import PICTURES_PER_PERSON, sample_factors
from helpers.files import whole_file, write_text
from helpers.plots import BLUE, ORANGE

SHAPES = {  # on a sheet of 280 x 64
    "picture": '<rect x="4" y="6" width="52" height="52" rx="4"/>',
    "encoder": '<polygon points="68,6 124,22 124,42 68,58"/>',
    "code": '<rect x="132" y="20" width="16" height="24" rx="3"/>',
    "decoder": '<polygon points="156,22 212,6 212,58 156,42"/>',
    "reconstruction": '<rect x="224" y="6" width="52" height="52" rx="4"/>',
}
PARTS = {  # of a lesson, and what they are about
    "theory": tuple(SHAPES),
    "data": ("picture",),
    "model": ("encoder", "decoder"),
    "training": ("encoder", "code", "decoder"),
    "learned": ("picture", "reconstruction"),
    "fails": ("code", "reconstruction"),
}


def road_map(part):
    """The road map with the shapes of `part` in colour, as SVG."""
    drawn = []
    for name, shape in SHAPES.items():
        colour = "#d5dbdf" if name not in PARTS[part] else ORANGE if name == "code" else BLUE
        drawn.append(shape.replace("/>", f' fill="{colour}"/>'))
    return ('<svg xmlns="http://www.w3.org/2000/svg" width="280" height="64" '
            'viewBox="0 0 280 64">\n' + "\n".join(drawn) + "\n</svg>\n")


def title_faces(columns=9):
    """A row of drawn people in even steps from light to dark skin, 128 pixels each."""
    factors, _ = sample_factors(40 * PICTURES_PER_PERSON * columns)
    people = {name: value[::PICTURES_PER_PERSON] for name, value in factors.items()}
    even = np.linspace(0.02, 0.98, columns)[:, None]
    chosen = np.abs(people["skin_tone"] - even).argmin(1)
    row = portraits.draw({n: torch.from_numpy(v[chosen]) for n, v in people.items()}, size=256)
    grid = make_grid(row.permute(0, 3, 1, 2), nrow=columns, padding=8, pad_value=255)
    return Image.fromarray(grid.permute(1, 2, 0).numpy()).reduce(2)


if __name__ == "__main__":
    for part in PARTS:
        write_text(ROOT / "images" / f"roadmap_{part}.svg", road_map(part))
    with whole_file(ROOT / "images" / "title_faces.png") as file:
        title_faces().save(file, format="PNG", optimize=True)
