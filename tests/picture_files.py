"""Drawn picture files, and a folder of them opened as training opens it."""

import numpy as np
from PIL import Image

from helpers.engine.folders import list_pictures
from helpers.engine.store import open_files


def save_picture(path, number=0, size=(40, 40), **options):
    """Noise from the seed `number`, in the format that the path's ending names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(number).integers(0, 256, (size[1], size[0], 3), np.uint8)
    Image.fromarray(pixels).save(path, **options)
    return path


def save_pictures(folder, n, first=0, ending="png"):
    """`n` different pictures, folder/0.png and so on."""
    return [save_picture(folder / f"{i}.{ending}", i, (8, 8)) for i in range(first, first + n)]


def open_folder(folder, cache, size=8):
    """The decoded pictures of a folder: {"train": array, "test": array}."""
    stores = open_files(list_pictures(folder), size, cache)
    return {split: np.load(path) for split, path in stores.items()}


def counts(folder, cache):
    """How many pictures of a folder are trained and tested on."""
    pictures = open_folder(folder, cache)
    return len(pictures["train"]), len(pictures["test"])
