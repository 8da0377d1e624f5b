"""Pictures of any folder, decoded once and kept as one uint8 file.

The file is NumPy's .npy of (N, size, size, 3): any program can read or map it. It is written block
by block and read row by row, so that memory does not grow with the pictures; only the list of
their files' names does.
"""

import hashlib
import inspect
import os
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from torchvision.datasets.folder import IMG_EXTENSIONS
from tqdm import tqdm

from helpers import ROOT, faces, portraits
from helpers.faces import draw_faces, sample_factors
from helpers.files import whole_file
from helpers.lfw import LFW, SPLITS, VARIANTS, images_folder, label_folder, list_people
from helpers.messages import CourseError, both, say

TEST_SHARE = 0.1  # of a folder that has no train and test of its own
FOLDERS = {"train": ("train",), "test": ("test", "val", "valid", "validation")}


def write_pictures(path, blocks, size):
    """Writes pictures, which come as uint8 arrays (any number, size, size, 3), to the file `path`.

    Whole or not at all. Returns how many there were.
    """
    n = 0

    def write_header():  # as long for any number: NumPy leaves room for it to grow
        shape = (n, size, size, 3)
        np.lib.format.write_array_header_1_0(
            file, {"descr": "|u1", "fortran_order": False, "shape": shape})

    with whole_file(path) as file:
        write_header()
        for block in blocks:
            file.write(np.ascontiguousarray(block))
            n += len(block)
        file.seek(0)
        write_header()
    return n


def is_whole(path):
    """Whether `path` is a .npy file as long as its header says."""
    try:
        return len(np.load(path, mmap_mode="r")) > 0
    except (OSError, ValueError):
        return False


def block_length(size):
    """Pictures in memory at a time: 12.6 MB of them."""
    return max(1, 1024 * 64**2 // size**2)


def drawn_blocks(n, split="train", size=64, seed=0):
    """Blocks of the drawn faces that SyntheticFaces(split, n, size, seed) holds all at once."""
    with tqdm(total=n, desc="drawing faces", unit="face", delay=1, leave=False) as bar:
        step = block_length(size)
        for start in range(0, n, step):
            factors, _ = sample_factors(min(step, n - start), split, seed, start=start)
            yield draw_faces(factors, size, bar.update)


def decode(path, size=64):
    """The picture file `path` as (size, size, 3) uint8: upright, its largest square, resized.

    A square picture comes out as torchvision's Resize((size, size)) gives it.
    Raises OSError for a damaged file.
    """
    with Image.open(path) as picture:
        picture.draft("RGB", (4 * size, 4 * size))  # a large JPEG is decoded at a part of its size
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.startswith("I"):  # 16 bits, which convert() would cut off at 255
            picture = Image.fromarray((np.asarray(picture, np.float32) / 257).astype(np.uint8))
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


def pictures_under(folder):
    """All picture files in `folder` and its subfolders, in an order that every system shares."""
    found = (path for path in Path(folder).rglob("*")
             if path.suffix.lower() in IMG_EXTENSIONS and path.is_file())
    return sorted(found, key=lambda path: path.relative_to(folder).parts)


def list_pictures(folder, split):
    """The picture files of a split of `folder`, paths.

    A folder with train and test (or val) in it by these; LFW by its official split; of any other
    folder a tenth, chosen by a hash of the names, and at least one, is for testing. Raises
    CourseError where there is no picture.
    """
    folder = Path(folder).expanduser().absolute()
    own = {s: next((folder / f for f in names if (folder / f).is_dir()), None)
           for s, names in FOLDERS.items()}
    images = None if all(own.values()) or not folder.is_dir() else images_folder(folder)
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


def number_of(name):
    """A number below 2**32 for a file's name, the same on every computer."""
    name = unicodedata.normalize("NFC", name).encode(errors="surrogateescape")
    return int.from_bytes(hashlib.sha256(name).digest()[:4], "big")


def open_folder(folder, split="train", size=64, cache=None):
    """The path of the .npy file with the pictures of a split of `folder`; makes it if need be.

    size: pixels a side. cache: folder for such files, by default data/pictures of the course.
    The file's name holds a digest of the files' names, sizes and dates, so a folder that changed
    is decoded again; damaged files are left out and named. Raises CourseError for a folder without
    pictures, ValueError for another split.
    """
    if split not in SPLITS:
        raise ValueError(both("bad_argument", name="split", got=repr(split),
                              takes=", ".join(map(repr, SPLITS))))
    paths = list_pictures(folder, split)
    digest = hashlib.sha256()
    for path in paths:
        status = path.stat()
        line = f"{path.absolute()} {status.st_size} {status.st_mtime_ns}\n"
        digest.update(line.encode(errors="surrogateescape"))
    name = f"{split}_{len(paths)}_{size}_{digest.hexdigest()[:16]}.npy"
    path = Path(cache or ROOT / "data" / "pictures") / name
    if not is_whole(path):
        say("store_decoding", n=f"{len(paths):,}", folder=folder, path=path)
        if not write_pictures(path, decoded_blocks(paths, size), size):
            path.unlink()
            raise CourseError(both("store_no_pictures", folder=folder, split=split))
    return path


def open_drawn(n, split="train", size=64, seed=0, cache=None):
    """The path of the .npy file with `n` drawn faces of a split; draws them if need be."""
    if not isinstance(n, int) or n < 1:
        raise ValueError(both("bad_argument", name="n", got=repr(n), takes="int >= 1"))
    sample_factors(1, split, seed)  # refuses what it cannot draw
    code = hashlib.sha256((inspect.getsource(faces) + inspect.getsource(portraits)).encode())
    name = f"drawn_{split}_{n}_{size}_{seed}_{code.hexdigest()[:16]}.npy"
    path = Path(cache or ROOT / "data" / "pictures") / name
    if not is_whole(path):
        write_pictures(path, drawn_blocks(n, split, size, seed), size)
    return path
