"""Pictures of any folder, decoded once and kept as one uint8 file.

The file is NumPy's .npy of (N, size, size, 3): any program can read or map it. It is written block
by block and read row by row, so that memory does not grow with the number of pictures.
"""

import contextlib
import hashlib
import inspect
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from torchvision.datasets.folder import IMG_EXTENSIONS, default_loader
from tqdm import tqdm

from helpers import ROOT, faces, portraits
from helpers.faces import draw_faces, sample_factors
from helpers.lfw import LFW, SPLITS, images_folder
from helpers.messages import CourseError, both, say

BLOCK = 1024  # pictures in memory at a time: 12.6 MB at 64x64
TEST_SHARE = 0.1  # of a folder that has no train and test of its own
FOLDERS = {"train": ("train",), "test": ("test", "val", "valid", "validation")}


def write_pictures(path, blocks, size):
    """Writes pictures, which come as uint8 arrays (any number, size, size, 3), to the file `path`.

    Whole or not at all. Returns how many there were.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    n = 0

    def write_header():  # as long for any number: NumPy leaves room for it to grow
        shape = (n, size, size, 3)
        np.lib.format.write_array_header_1_0(
            file, {"descr": "|u1", "fortran_order": False, "shape": shape})

    try:
        with open(unfinished, "wb") as file:
            write_header()
            for block in blocks:
                file.write(np.ascontiguousarray(block))
                n += len(block)
            file.seek(0)
            write_header()
        try:
            os.replace(unfinished, path)
        except PermissionError:  # on Windows: another process was quicker, and reads it already
            if not path.is_file():
                raise
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return n


def drawn_blocks(n, split="train", size=64, seed=0):
    """Blocks of the drawn faces that SyntheticFaces(split, n, size, seed) holds all at once."""
    with tqdm(total=n, desc="drawing faces", unit="face", delay=1, leave=False) as bar:
        for start in range(0, n, BLOCK):
            factors, _ = sample_factors(min(BLOCK, n - start), split, seed, start=start)
            yield draw_faces(factors, size, bar.update)


def decode(path, size=64):
    """The picture file `path` as (size, size, 3) uint8: upright, its largest square, resized.

    A square picture comes out as torchvision's Resize((size, size)) gives it.
    Raises OSError for a damaged file.
    """
    picture = ImageOps.exif_transpose(default_loader(path))
    return np.asarray(ImageOps.fit(picture, (size, size), Image.Resampling.BILINEAR))


def decoded_blocks(paths, size=64):
    """Blocks of the decoded picture files `paths`, in order; all cores decode.

    Damaged files are left out, and named at the end.
    """
    damaged = []

    def try_to_decode(path):
        try:
            return decode(path, size)
        except (OSError, ValueError, Image.DecompressionBombError):
            damaged.append(path)
            return None

    with ThreadPoolExecutor(os.cpu_count()) as pool, tqdm(
        total=len(paths), desc="decoding pictures", unit="picture", delay=1, leave=False
    ) as bar:
        for start in range(0, len(paths), BLOCK):
            block = []
            for picture in pool.map(try_to_decode, paths[start : start + BLOCK]):
                bar.update()
                if picture is not None:
                    block.append(picture)
            if block:
                yield np.stack(block)
    if damaged:
        say("store_damaged", n=len(damaged), paths=", ".join(map(str, damaged[:3])))


def pictures_under(folder):
    """All picture files in `folder` and its subfolders, in an order that every system shares."""
    found = (path for path in Path(folder).rglob("*") if path.suffix.lower() in IMG_EXTENSIONS)
    return sorted(found, key=lambda path: path.relative_to(folder).parts)


def list_pictures(folder, split):
    """The picture files of a split of `folder`, paths.

    LFW by its official split; a folder with train and test (or val) in it by these; of any other
    folder a tenth, chosen by a hash of the names, is for testing. Raises CourseError where there
    is no picture.
    """
    folder = Path(folder).expanduser()
    if images_folder(folder.absolute()):
        return [Path(path) for path in LFW(folder.absolute(), split).data]
    own = {s: next((folder / f for f in names if (folder / f).is_dir()), None)
           for s, names in FOLDERS.items()}
    if all(own.values()):
        paths = pictures_under(own[split])
    else:
        paths = [path for path in pictures_under(folder)
                 if is_for_testing(path.relative_to(folder).as_posix()) == (split == "test")]
    if not paths:
        raise CourseError(both("store_no_pictures", folder=folder, split=split))
    return paths


def is_for_testing(name):
    """Whether the file `name` is one of the tenth to test on: the same on every computer."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
    return number < TEST_SHARE * 2**32


def open_folder(folder, split="train", size=64, cache=None):
    """The path of the .npy file with the pictures of a split of `folder`; makes it if need be.

    size: pixels a side. cache: folder for such files, by default data/pictures of the course.
    The file's name holds a digest of the files' names, sizes and dates, so a folder that changed
    is decoded again. Raises CourseError for a folder without pictures, OSError for a damaged one.
    """
    if split not in SPLITS:
        raise ValueError(both("bad_argument", name="split", got=repr(split),
                              takes=", ".join(map(repr, SPLITS))))
    paths = list_pictures(folder, split)
    digest = hashlib.sha256()
    for path in paths:
        status = path.stat()
        digest.update(f"{path.absolute()} {status.st_size} {status.st_mtime_ns}\n".encode())
    name = f"{Path(folder).name}_{split}_{len(paths)}_{size}_{digest.hexdigest()[:16]}.npy"
    path = Path(cache or ROOT / "data" / "pictures") / name
    if not path.is_file():
        say("store_decoding", n=f"{len(paths):,}", folder=folder, path=path)
        if not write_pictures(path, decoded_blocks(paths, size), size):
            path.unlink()
            raise CourseError(both("store_no_pictures", folder=folder, split=split))
    return path


def open_drawn(n, split="train", size=64, seed=0, cache=None):
    """The path of the .npy file with `n` drawn faces of a split; draws them if need be."""
    sample_factors(n, split, seed, start=n)  # refuses what it cannot draw
    code = hashlib.sha256((inspect.getsource(faces) + inspect.getsource(portraits)).encode())
    name = f"drawn_{split}_{n}_{size}_{seed}_{code.hexdigest()[:16]}.npy"
    path = Path(cache or ROOT / "data" / "pictures") / name
    if not path.is_file():
        write_pictures(path, drawn_blocks(n, split, size, seed), size)
    return path
