"""Pictures of any folder, decoded once and kept as one uint8 file.

The file is NumPy's .npy of (N, size, size, 3): any program can read or map it. It is written block
by block and read row by row, so that memory does not grow with the pictures; only the list of
their files' names does.
"""

import hashlib
import inspect
from pathlib import Path

import numpy as np
from tqdm import tqdm

from helpers import ROOT, faces, portraits
from helpers.engine.folders import block_length, decoded_blocks, list_pictures
from helpers.faces import draw_faces, sample_factors
from helpers.files import whole_file
from helpers.lfw.reader import SPLITS
from helpers.messages import CourseError, bad, both, say


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


def drawn_blocks(n, split="train", size=64, seed=0):
    """Blocks of the drawn faces that SyntheticFaces(split, n, size, seed) holds all at once."""
    with tqdm(total=n, desc="drawing faces", unit="face", delay=1, leave=False) as bar:
        step = block_length(size)
        for start in range(0, n, step):
            factors, _ = sample_factors(min(step, n - start), split, seed, start=start)
            yield draw_faces(factors, size, bar.update)


def open_folder(folder, split="train", size=64, cache=None):
    """The path of the .npy file with the pictures of a split of `folder`; makes it if need be.

    size: pixels a side. cache: folder for such files, by default data/pictures of the course.
    The file's name holds a digest of the files' names, sizes and dates, so a folder that changed
    is decoded again; damaged files are left out and named. Raises CourseError for a folder without
    pictures, ValueError for another split.
    """
    if split not in SPLITS:
        raise bad("split", repr(split), ", ".join(map(repr, SPLITS)))
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
        raise bad("n", repr(n), "int >= 1")
    sample_factors(1, split, seed)  # refuses what it cannot draw
    code = hashlib.sha256((inspect.getsource(faces) + inspect.getsource(portraits)).encode())
    name = f"drawn_{split}_{n}_{size}_{seed}_{code.hexdigest()[:16]}.npy"
    path = Path(cache or ROOT / "data" / "pictures") / name
    if not is_whole(path):
        write_pictures(path, drawn_blocks(n, split, size, seed), size)
    return path
