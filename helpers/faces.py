"""Faces drawn from known factors: deterministic, any amount, no network, nobody's privacy.

About 20 factors make a face. Those of kind "identity" belong to a person and stay the same in
all pictures of that person; those of kind "picture" change from picture to picture.
"""

import hashlib
import inspect
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torchvision.datasets import VisionDataset

from helpers import ROOT, portraits
from helpers.files import one_at_a_time
from helpers.messages import bad, say
from helpers.pictures import is_intact, write_pictures
from helpers.progress import tqdm

PICTURES_PER_PERSON = 4
SPLITS = ("train", "test")


class Factor(NamedTuple):
    """What one number of a face means and the range it is drawn from, evenly."""

    kind: str  # "identity" or "picture"
    low: float
    high: float
    usual: float  # where a factor stays that nothing asks to vary
    meaning: str
    share: float | None = None  # for something that one has or has not: how many have it


FACTORS = {
    "skin_tone": Factor("identity", 0, 1, 0.4, "0 lightest to 1 darkest on the Monk scale"),
    "face_width": Factor("identity", 0.43, 0.55, 0.49, "half width of the head; the picture is 2"),
    "face_height": Factor("identity", 0.55, 0.68, 0.61, "half height of the head"),
    "hair_colour": Factor("identity", 0, 1, 0.2, "black, browns, auburn, blonds, grey"),
    "hair_length": Factor("identity", 0, 1, 0.3, "0 short to 1 down to the shoulders"),
    "hairline": Factor("identity", 0.26, 0.44, 0.36, "height of the forehead above the centre"),
    "eye_colour": Factor("identity", 0, 1, 0.3, "dark brown, brown, hazel, green, blue, grey"),
    "beard": Factor("identity", 0, 1, 0, "0 shaved, 1 bearded", share=0.3),
    "glasses": Factor("identity", 0, 1, 0, "0 without, 1 with glasses", share=0.3),
    "x": Factor("picture", -0.12, 0.12, 0, "head to the left (-) or right (+); the picture is 2"),
    "y": Factor("picture", -0.14, 0.06, -0.04, "head up (-) or down (+)"),
    "size": Factor("picture", 0.92, 1.12, 1.02, "scale of the whole person"),
    "tilt": Factor("picture", -12, 12, 0, "head towards a shoulder, degrees"),
    "yaw": Factor("picture", -28, 28, 0, "head turned to the side, degrees"),
    "pitch": Factor("picture", -12, 12, 0, "head turned up (-) or down (+), degrees"),
    "smile": Factor("picture", -0.3, 1, 0.5, "mouth corners: down (-), straight (0), up (1)"),
    "mouth_open": Factor("picture", 0, 1, 0.2, "0 closed to 1 open"),
    "eye_open": Factor("picture", 0.35, 1, 0.85, "1 wide open"),
    "brows": Factor("picture", -1, 1, 0, "brows lowered (-1) or raised (1)"),
    "light": Factor("picture", -60, 60, 0, "light from the left (-) or right (+), degrees"),
    "background_hue": Factor("picture", 0, 1, 0.6, "colour wheel, in turns"),
    "background_light": Factor("picture", 0.35, 0.85, 0.7, "brightness of the background"),
    "clothes_hue": Factor("picture", 0, 1, 0.55, "colour wheel, in turns"),
}

LENGTHS = ("face_width", "face_height", "size")  # nothing can be drawn without


def only(*names):
    """Ranges in which every factor stays at its usual value, except the named ones.

    Raises ValueError for a name that is not in FACTORS.
    """
    _known(names)
    return {name: factor.usual for name, factor in FACTORS.items() if name not in names}


def _known(names):
    for name in names:
        if name not in FACTORS:
            raise bad("ranges", repr(name), ", ".join(FACTORS))


def _check_ranges(ranges):
    """Every range as a (low, high) pair of floats, in the order of FACTORS."""
    ranges = {} if ranges is None else ranges
    if not isinstance(ranges, Mapping):
        takes = "{factor: (low, high)}, {factor: number}"
        raise bad("ranges", repr(ranges), takes)
    _known(ranges)
    checked = {}
    for name, factor in FACTORS.items():
        given = ranges.get(name, (factor.low, factor.high))
        try:
            low, high = (float(g) for g in (given if np.iterable(given) else (given, given)))
        except (TypeError, ValueError):
            low, high = 0.0, float("nan")
        least = 0.05 if name in LENGTHS else -np.inf
        if not (np.isfinite([low, high]).all() and least <= low <= high):
            takes = f"(low, high); {'0.05' if name in LENGTHS else '-inf'} <= low <= high"
            raise bad(f"ranges[{name!r}]", repr(given), takes)
        checked[name] = (low, high)
    return checked


def _check_split(split):
    """Raises ValueError for an unknown split."""
    if split not in SPLITS:
        raise bad("split", repr(split), ", ".join(map(repr, SPLITS)))


def _check_number(name, value, least):
    """Raises ValueError for a number that is no int of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise bad(name, repr(value), f"int >= {least}")


def sample_factors(n, split="train", seed=0, ranges=None, start=0):
    """True factors of `n` pictures: dict of name -> (n,) float32, and identities (n,) int64.

    split, seed, ranges: as for SyntheticFaces; so are the errors. start: the first picture.

    The numbers come from the raw stream of PCG64, which NumPy keeps the same for ever, one row a
    picture: the first 100 of 5,000 pictures are the 100 pictures one gets by asking for 100.
    """
    _check_split(split)
    _check_number("n", n, 1)
    _check_number("seed", seed, 0)
    _check_number("start", start, 0)
    columns = list(FACTORS)
    person = np.arange(start, start + n) // PICTURES_PER_PERSON

    def uniform(stream, first, last):
        bits = np.random.PCG64([seed, SPLITS.index(split), stream]).advance(first * len(columns))
        raw = bits.random_raw((last + 1 - first) * len(columns)).reshape(-1, len(columns))
        return (raw >> np.uint64(11)) * 2.0**-53  # in [0, 1)

    draws = {"identity": uniform(0, int(person[0]), int(person[-1]))[person - person[0]],
             "picture": uniform(1, start, start + n - 1)}
    factors = {}
    for column, (name, (low, high)) in enumerate(_check_ranges(ranges).items()):
        factor = FACTORS[name]
        place = draws[factor.kind][:, column]
        if factor.share is not None:
            place = place < factor.share  # has it or has it not
        factors[name] = (low + (high - low) * place).astype(np.float32)
    return factors, person + 1_000_000 * SPLITS.index(split)


def draw_faces(factors, size=64, drawn=lambda n: None, without=()):
    """The faces of `factors` (dict of name -> (N,) float32), drawn by all cores.

    drawn(n) is called for every few faces that are ready. without: as portraits.draw has it.
    Returns (N, size, size, 3) uint8.
    """
    factors = {name: torch.from_numpy(value) for name, value in factors.items()}
    n, step = len(factors["x"]), 16  # fits the processor's cache: as quick as 64, in less memory
    pictures = np.empty((n, size, size, 3), np.uint8)

    def draw(start):
        part = {name: value[start : start + step] for name, value in factors.items()}
        pictures[start : start + step] = portraits.draw(part, size, without).numpy()
        return len(part["x"])

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # one batch a thread: quicker than all threads on one batch
    try:
        with ThreadPoolExecutor(threads) as pool:
            for ready in pool.map(draw, range(0, n, step)):
                drawn(ready)
    finally:
        torch.set_num_threads(threads)
    return pictures


def cache_path(n, split="train", size=64, seed=0, ranges=None, root="data"):
    """Where the pictures of SyntheticFaces(split, n, size, seed, ranges) are kept on the disk.

    The name holds a digest of all that decides the pixels, the drawing code included.
    """
    code = inspect.getsource(portraits) + inspect.getsource(sys.modules[__name__])
    decides = hashlib.sha256(f"{size} {seed} {_check_ranges(ranges)} {code}".encode())
    return ROOT / root / "synthetic_faces" / f"{split}_{n}_{decides.hexdigest()[:16]}.npy"


class SyntheticFaces(VisionDataset):
    """Portraits drawn from FACTORS; items are (RGB PIL picture, identity), as LFW's are.

    split: "train" or "test"; they share no person. n: number of pictures, at least 1.
    ranges: dict of factor -> (low, high), or -> a number that fixes the factor.
    size: pixels a side, at least 8. seed: a whole number from 0.
    root: folder of the cache, relative to the repository; None: draw, and keep nothing on disk.

    pictures: (n, size, size, 3) uint8. factors: dict of name -> (n,) float32, the true values.
    targets: (n,) int64, the identity of each picture.
    Raises ValueError for an argument outside of these.
    """

    source = "synthetic"

    def __init__(self, split="train", n=2000, size=64, seed=0, ranges=None, root="data",
                 transform=None, target_transform=None):
        _check_split(split)
        _check_number("n", n, 1)
        _check_number("size", size, 8)
        _check_number("seed", seed, 0)
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.split, self.seed = split, int(seed)
        self.ranges = _check_ranges(ranges)
        self.factors, self.targets = sample_factors(n, split, seed, self.ranges)
        self.pictures = self._drawn(size) if root is None else self._cached(size)

    def __len__(self):
        return len(self.targets)

    def __getitem__(self, index):
        picture, target = Image.fromarray(self.pictures[index]), int(self.targets[index])
        if self.transform is not None:
            picture = self.transform(picture)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return picture, target

    def extra_repr(self):
        people = len(np.unique(self.targets))
        return f"Split: {self.split}\nPeople: {people}\nSeed: {self.seed}"

    def _drawn(self, size):
        with tqdm(total=len(self), desc="drawing faces", unit="face", delay=1, leave=False) as bar:
            return draw_faces(self.factors, size, bar.update)

    def _cached(self, size):
        """Pictures from the disk, or drawn and kept there."""
        path = cache_path(len(self), self.split, size, self.seed, self.ranges, self.root)
        if is_intact(path):
            return np.load(path)
        with one_at_a_time(path):  # thirty students, one shared folder
            if is_intact(path):
                return np.load(path)
            pictures = self._drawn(size)
            try:
                write_pictures(path, [pictures], size)
            except OSError as error:  # disk full, folder read-only, file in use: slower, no worse
                say("faces_not_kept", folder=path.parent, error=error)
        return pictures
