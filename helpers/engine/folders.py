"""Picture files of any folder: which belong to a split, and decoding them in all cores."""

import hashlib
import os
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from torchvision.datasets.folder import IMG_EXTENSIONS
from tqdm import tqdm

from helpers.lfw.reader import LFW, VARIANTS, images_folder, label_folder, list_people
from helpers.messages import CourseError, both, say

TEST_SHARE = 0.1  # of a folder that has no train and test of its own
FOLDERS = {"train": ("train",), "test": ("test", "val", "valid", "validation")}


def pictures_under(folder):
    """All picture files in `folder` and its subfolders, in an order that every system shares."""
    found = (path for path in Path(folder).rglob("*")
             if path.suffix.lower() in IMG_EXTENSIONS and path.is_file())
    return sorted(found, key=lambda path: path.relative_to(folder).parts)


def number_of(name):
    """A number below 2**32 for a file's name, the same on every computer."""
    name = unicodedata.normalize("NFC", name).encode(errors="surrogateescape")
    return int.from_bytes(hashlib.sha256(name).digest()[:4], "big")


def list_pictures(folder, split):
    """The picture files of a split of `folder`, paths.

    A folder with train and test (or val) in it by these; LFW by its official split; of any other
    folder a tenth, chosen by a hash of the names, and at least one, is for testing. Raises
    CourseError where there is no folder, or no picture in it.
    """
    folder = Path(folder).expanduser().absolute()
    if not folder.is_dir():
        raise CourseError(both("store_no_folder", folder=folder))
    own = {s: next((folder / f for f in names if (folder / f).is_dir()), None)
           for s, names in FOLDERS.items()}
    images = None if all(own.values()) else images_folder(folder)
    if images and (images.name in VARIANTS or label_folder(images, list_people(images))):
        return [Path(path) for path in LFW(folder, split).data]
    if all(own.values()):
        paths = pictures_under(own[split])
    else:
        paths = pictures_under(folder)
        numbers = [number_of(path.relative_to(folder).as_posix()) for path in paths]
        border = max(TEST_SHARE * 2**32, min(numbers, default=0) + 1)
        paths = [path for path, number in zip(paths, numbers, strict=True)
                 if (number < border) == (split == "test")]
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


def block_length(size):
    """Pictures in memory at a time: 12.6 MB of them."""
    return max(1, 1024 * 64**2 // size**2)


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
