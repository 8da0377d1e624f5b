"""load_faces(): the faces of the course, real ones if they are on disk, drawn ones otherwise."""

import torch

from helpers.faces import SyntheticFaces
from helpers.lfw.reader import LFW, find_lfw
from helpers.messages import bad, both, say
from helpers.messages.settings import setting
from helpers.progress import tqdm

SOURCES = ("auto", "synthetic", "lfw")
NUM_SYNTHETIC = {"train": 1640, "test": 400}  # ten epochs of lesson 01 in about a minute


def choose_source(source="auto", root="data"):
    """Which faces to use: "synthetic" or "lfw".

    The environment variable FACES_SOURCE goes before `source`; "auto" takes LFW where it is on
    disk (LFW_ROOT, or under `root`). Raises ValueError for any other word, FileNotFoundError for
    "lfw" without LFW.
    """
    named = setting("FACES_SOURCE").lower()
    name, source = ("FACES_SOURCE", named) if named else ("source", source)
    if source not in SOURCES:
        takes = ", ".join(SOURCES)
        raise bad(name, repr(source), takes)
    if source == "auto":
        source = "lfw" if find_lfw(root) else "synthetic"
    if source == "lfw" and not find_lfw(root):
        raise FileNotFoundError(both("data_no_lfw"))
    return source


def load_faces(split="train", source="auto", transform=None, root="data"):
    """Faces as a torchvision VisionDataset of (RGB PIL picture, person), after `transform`.

    split: "train" or "test", which share no person. source: "auto", "synthetic" or "lfw", see
    choose_source(). Says which faces it loaded and how to get the other ones.
    Raises ValueError for an unknown split or source, FileNotFoundError where LFW is missing.
    """
    if choose_source(source, root) == "lfw":
        faces = LFW(find_lfw(root), split, transform=transform)
    else:
        n = NUM_SYNTHETIC.get(split, 1)  # SyntheticFaces refuses an unknown split
        faces = SyntheticFaces(split, n, transform=transform, root=root)
    people = len(set(map(int, faces.targets)))
    say(f"data_{faces.source}_{split}", n=f"{len(faces):,}", people=f"{people:,}")
    return faces


def stack(faces, n=None):
    """The first `n` (default: all) pictures, each read once, as one float tensor (N, C, H, W).

    Raises ValueError for an empty data set, for an `n` below 1, and where the data set's transform
    does not make tensors of one size.
    """
    if not len(faces):
        raise bad("faces", "0", "len(faces) >= 1")
    if n is not None and (not isinstance(n, int) or n < 1):
        raise bad("n", repr(n), "int >= 1")
    n = min(n or len(faces), len(faces))
    first = faces[0][0]
    if not torch.is_tensor(first):
        raise bad("faces", type(first).__name__, "transform=ToTensor()")
    stacked = torch.empty(n, *first.shape)
    for i in tqdm(range(n), desc="reading pictures", delay=1, leave=False):
        picture = faces[i][0]
        if picture.shape != first.shape:
            raise bad(f"faces[{i}]", tuple(picture.shape),
                      f"{tuple(first.shape)}: transform=Resize((64, 64))")
        stacked[i] = picture
    return stacked
