"""Picture files of any folder: which belong to a split, and decoding them in all cores."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from torchvision.datasets.folder import IMG_EXTENSIONS
from tqdm import tqdm

from helpers.files import place_of
from helpers.messages import CourseError, both, say
from helpers.pictures import block_length

TEST_SHARE = 0.1  # of a folder that has no train and test of its own
FOLDERS = {"train": ("train",), "test": ("test", "val", "valid", "validation")}


def pictures_under(folder):
    """All picture files in `folder` and its subfolders, in an order that every system shares."""
    found = (path for path in Path(folder).rglob("*")
             if path.suffix.lower() in IMG_EXTENSIONS and path.is_file())
    return sorted(found, key=lambda path: path.relative_to(folder).parts)


def split_folders(folder):
    """The folders of `folder` that are a split already: {"train": path, "test": path}, or None."""
    own = {split: next((folder / f for f in names if (folder / f).is_dir()), None)
           for split, names in FOLDERS.items()}
    return own if all(own.values()) else None


def list_pictures(folder, split):
    """The picture files of a split of `folder`, paths.

    A folder with train and test (or val) in it by these. Of any other a tenth, which the names of
    the files decide, and at least one, is for testing. Raises CourseError where there is no
    folder, or no picture in it.
    """
    folder = Path(folder).expanduser().absolute()
    if not folder.is_dir():
        raise CourseError(both("store_no_folder", folder=folder))
    if own := split_folders(folder):
        paths = pictures_under(own[split])
    else:
        paths = pictures_under(folder)
        places = [place_of(path.relative_to(folder).as_posix()) for path in paths]
        border = max(TEST_SHARE, min(places, default=0))  # the lowest is always for testing
        paths = [path for path, place in zip(paths, places, strict=True)
                 if (place <= border) == (split == "test")]
    if not paths:
        raise CourseError(both("store_no_pictures", folder=folder, split=split))
    return paths


def decode(path, size=64):
    """The picture file `path` as (size, size, 3) uint8: upright, its largest square, resized.

    A square picture comes out as torchvision's Resize((size, size)) gives it, a large JPEG within
    rounding.
    Raises OSError for a damaged file.
    """
    with Image.open(path) as picture:
        picture.draft("RGB", (4 * size, 4 * size))  # a large JPEG is decoded at a part of its size
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.startswith("I"):  # 16 bits, which convert() would cut off at 255
            pixels = np.asarray(picture, np.float32) / 257
            picture = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
        picture = picture.convert("RGB")
    return np.asarray(ImageOps.fit(picture, (size, size), Image.Resampling.BILINEAR))


def decoded_blocks(paths, size=64):
    """Blocks of the decoded picture files `paths`, in order; all cores decode.

    Damaged files are left out, and named at the end.
    """
    damaged = []

    def try_to_decode(path):
        try:
            return decode(path, size)
        except Exception:  # damage has many names
            damaged.append(path)
            return None

    with ThreadPoolExecutor(os.cpu_count()) as pool, tqdm(
        total=len(paths), desc="decoding pictures", unit="picture", delay=1, leave=False
    ) as bar:
        step = block_length(size)
        for start in range(0, len(paths), step):
            block = []
            for picture in pool.map(try_to_decode, paths[start : start + step]):
                bar.update()
                if picture is not None:
                    block.append(picture)
            if block:
                yield np.stack(block)
    if damaged:
        say("store_damaged", n=len(damaged), paths=", ".join(map(str, damaged[:3])))
