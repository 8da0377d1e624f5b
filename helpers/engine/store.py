"""Pictures decoded or drawn once, kept in one file, whatever their number.

Memory does not grow with the pictures; only the list of their files' names does.
"""

import hashlib

from tqdm import tqdm

from helpers import ROOT
from helpers.engine.folders import decoded_blocks
from helpers.faces import SPLITS, cache_path, draw_faces, sample_factors
from helpers.messages import CourseError, bad, both, say
from helpers.pictures import block_length, is_intact, write_pictures


def open_files(paths, folder, split="train", size=64, root="data"):
    """The path of the .npy file with the decoded picture files `paths`; makes it if need be.

    folder: where they are, for messages. split: "train" or "test". size: pixels a side.
    root: such files lie in its folder pictures; relative to the repository.
    The file's name holds a digest of the files' names, sizes and dates, so files that changed are
    decoded again; damaged ones are left out and named. Raises CourseError where none is left,
    ValueError for another split.
    """
    if split not in SPLITS:
        raise bad("split", repr(split), ", ".join(map(repr, SPLITS)))
    digest = hashlib.sha256()
    for path in paths:
        status = path.stat()
        line = f"{path.absolute()} {status.st_size} {status.st_mtime_ns}\n"
        digest.update(line.encode(errors="surrogateescape"))
    name = f"{split}_{len(paths)}_{size}_{digest.hexdigest()[:16]}.npy"
    path = ROOT / root / "pictures" / name
    if not is_intact(path):
        say("store_decoding", n=f"{len(paths):,}", folder=folder, path=path)
        if not write_pictures(path, decoded_blocks(paths, size), size):
            path.unlink()
            raise CourseError(both("store_no_pictures", folder=folder, split=split))
    return path


def open_drawn(n, split="train", size=64, seed=0, root="data"):
    """The path of the .npy file with the faces of SyntheticFaces(split, n, size, seed).

    Draws them block by block if need be, so that any number fits into memory. root: relative to
    the repository.
    """
    if not isinstance(n, int) or n < 1:
        raise bad("n", repr(n), "int >= 1")
    sample_factors(1, split, seed)  # refuses what it cannot draw
    path = cache_path(n, split, size, seed, root=root)
    if not is_intact(path):
        write_pictures(path, drawn_blocks(n, split, size, seed), size)
    return path


def drawn_blocks(n, split="train", size=64, seed=0):
    """Blocks of the drawn faces that SyntheticFaces(split, n, size, seed) holds all at once."""
    with tqdm(total=n, desc="drawing faces", unit="face", delay=1, leave=False) as bar:
        step = block_length(size)
        for start in range(0, n, step):
            factors, _ = sample_factors(min(step, n - start), split, seed, start=start)
            yield draw_faces(factors, size, bar.update)
