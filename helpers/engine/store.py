"""Pictures decoded or drawn once, kept in files, whatever their number.

Memory does not grow with the pictures; only the lists of their files' names and digests do.
"""

import contextlib
import hashlib
import shutil
import tempfile

import numpy as np
from tqdm import tqdm

from helpers import ROOT
from helpers.engine.decode import RULES, decode_all
from helpers.engine.left_out import complain, note, tell
from helpers.engine.splits import given_split, made_split
from helpers.faces import cache_path, draw_faces, sample_factors
from helpers.files import one_at_a_time
from helpers.messages import CourseError, bad, both, say
from helpers.pictures import block_length, is_intact, write_pictures


def open_files(listing, size=64, root="data"):
    """The paths of two .npy files with the pictures of a Listing: {"train": path, "test": path}.

    size: pixels a side. root: such files lie in its folder pictures; relative to the repository.
    The files' names hold a digest of the pictures' names, sizes and dates, so pictures that
    changed are decoded again. What can be decoded is split; how, and what was left out, is said.
    Raises CourseError where too little is left, and for a disk that is full.
    """
    files = [(split, path) for split, paths in listing.paths.items() for path in paths]
    name = f"{len(files)}_{size}_{digest_of(files)}.npy"
    folder = ROOT / root / "pictures"
    stores = {split: folder / f"{split}_{name}" for split in ("train", "test")}
    if all(map(is_intact, stores.values())):
        return stores
    if files:
        say("store_decoding", n=f"{len(files):,}", folder=listing.folder, path=folder)
    left_out = {reason: list(names) for reason, names in listing.left_out.items()}
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as decoded:  # the split comes after the decoding
            results = decode_all([path for _, path in files], size, decoded)
            rows = split_decoded(listing, files, results, left_out)
            for split, path in stores.items():
                write_pictures(path, picked_blocks(decoded, rows[split], size), size)
    tell(listing, rows, left_out)
    return stores


def digest_of(files):
    """Another text for other files, after a change of any, and after one of the decoding."""
    digest = hashlib.sha256(f"{RULES}\n".encode())
    for split, path in files:
        with contextlib.suppress(OSError):  # gone since it was listed: decoding says so
            status = path.stat()
            line = f"{split} {path.absolute()} {status.st_size} {status.st_mtime_ns}\n"
            digest.update(line.encode(errors="surrogateescape"))
    return digest.hexdigest()[:16]


def split_decoded(listing, files, results, left_out):
    """The rows of the decoded pictures that belong to each split; completes `left_out`.

    Raises CourseError where a split would be empty.
    """
    splits, names, contents = [], [], []
    for (split, path), result in zip(files, results, strict=True):
        inside = path.is_relative_to(listing.folder)
        name = (path.relative_to(listing.folder) if inside else path).as_posix()
        if isinstance(result, bytes):
            splits.append(split)
            names.append(name)
            contents.append(result)
        else:
            note(left_out, result, name)
    made = "all" in listing.paths
    rows = made_split(names, contents) if made else given_split(splits, contents)
    for row in sorted({*range(len(names))} - {*rows["train"], *rows["test"]}):
        note(left_out, "copies", names[row])
    complain(listing, rows, left_out)
    return rows


def picked_blocks(file, rows, size):
    """Blocks of the pictures number `rows` in the open `file`."""
    step = block_length(size)
    for start in range(0, len(rows), step):
        block = np.empty((len(rows[start : start + step]), size, size, 3), np.uint8)
        for picture, row in zip(block, rows[start : start + step], strict=True):
            file.seek(row * picture.nbytes)
            file.readinto(picture)
        yield block


@contextlib.contextmanager
def writing_to(folder):
    """Turns an error of the system, such as a full disk, into a sentence."""
    try:
        yield
    except OSError as error:
        raise CourseError(both("store_not_written", folder=folder, error=error)) from error


def open_drawn(n, split="train", size=64, seed=0, root="data"):
    """The path of the .npy file with the faces of SyntheticFaces(split, n, size, seed).

    Draws them block by block if need be, so that any number fits into memory. root: relative to
    the repository. Raises CourseError for a disk that is full, or has no room for so many.
    """
    if not isinstance(n, int) or n < 1:
        raise bad("n", repr(n), "int >= 1")
    sample_factors(1, split, seed)  # refuses what it cannot draw
    path = cache_path(n, split, size, seed, root=root)
    if not is_intact(path):
        with writing_to(path.parent), one_at_a_time(path):
            if not is_intact(path):  # another process may have drawn them by now
                check_room(path.parent, n, size)
                write_pictures(path, drawn_blocks(n, split, size, seed), size)
    return path


def check_room(folder, n, size):
    """Raises CourseError where `n` pictures do not fit on the disk of `folder`, which it makes."""
    folder.mkdir(parents=True, exist_ok=True)
    needed, free = 3 * size**2 * n, shutil.disk_usage(folder).free
    if needed > free:
        raise CourseError(both("store_no_room", n=f"{n:,}", folder=folder,
                               needed=f"{needed / 1e9:,.1f}", free=f"{free / 1e9:,.1f}"))


def drawn_blocks(n, split="train", size=64, seed=0):
    """Blocks of the drawn faces that SyntheticFaces(split, n, size, seed) holds all at once."""
    with tqdm(total=n, desc="drawing faces", unit="face", delay=1, leave=False) as bar:
        step = block_length(size)
        for start in range(0, n, step):
            factors, _ = sample_factors(min(step, n - start), split, seed, start=start)
            yield draw_faces(factors, size, bar.update)
