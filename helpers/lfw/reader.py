"""Labeled Faces in the Wild (LFW): 13,233 photographs of 5,749 people, read from the disk.

LFW shows real people who were never asked. It is for study only.
"""

import hashlib
import os
import tempfile
from pathlib import Path

from torchvision.datasets import LFWPeople
from torchvision.datasets.folder import default_loader
from torchvision.datasets.utils import check_integrity

from helpers import ROOT
from helpers.lfw.split import official_split_files
from helpers.messages import bad, both, say

SPLITS = ("train", "test")
VARIANTS = {"lfw_funneled": "funneled", "lfw-deepfunneled": "deepfunneled", "lfw": "original"}
LABEL_MD5 = {
    "peopleDevTrain.txt": "54eaac34beb6d042ed3a7d883e247a21",
    "peopleDevTest.txt": "e4bf5be0a43b5dcd9dc5ccfcb8fb19c5",
}
TRAIN_SHARE = 0.72  # the official training set has 72 % of the pictures


def is_images_folder(folder):
    """True if `folder` holds NAME/NAME_0001.jpg for some NAME."""
    return folder.is_dir() and any(
        os.path.isfile(person / f"{person.name}_0001.jpg") for person in folder.iterdir()
    )


def images_folder(root):
    """The folder with the people in it, at or under `root`, or None."""
    root = ROOT / Path(root).expanduser()
    # Kaggle's copy, which torchvision recommends, has lfw-deepfunneled/lfw-deepfunneled
    places = [base / name / inner for base in (root / "lfw-py", root)
              for name in VARIANTS for inner in ("", name)]
    return next(filter(is_images_folder, [*places, root]), None)


def find_lfw(root="data"):
    """The folder that LFW() takes as its root, or None where there is no LFW.

    The environment variable LFW_ROOT goes before `root`; both are relative to the repository.
    Raises FileNotFoundError where LFW_ROOT is set to a folder without LFW.
    """
    named = os.environ.get("LFW_ROOT")
    folder = ROOT / Path(named or root).expanduser()
    if images_folder(folder):
        return folder
    if named:
        raise FileNotFoundError(both("lfw_root_wrong", folder=folder))
    return None


def list_people(images):
    """Who is on the disk: {NAME: [path, ...]}, people in the order of lfw-names.txt."""
    people = {}
    # by name, not by path: paths sort differently on Windows
    for path in sorted(images.glob("*/*.jpg"), key=lambda path: (path.parent.name, path.name)):
        if path.name.startswith(f"{path.parent.name}_"):
            people.setdefault(path.parent.name, []).append(str(path))
    return people


def label_folder(images, people):
    """Where both official split files are, undamaged: at `images`, or rebuilt in data/; or None.

    The mirror that the course downloads from has no split files; a whole copy of LFW needs none.
    """
    for folder in (images, images.parent, images.parent.parent):
        if all(check_integrity(folder / name, md5) for name, md5 in LABEL_MD5.items()):
            return folder
    texts = official_split_files(people)
    digests = {name: hashlib.md5(text, usedforsecurity=False).hexdigest()
               for name, text in texts.items()}
    if digests != LABEL_MD5:
        return None  # some people or pictures are missing
    folder = ROOT / "data" / "lfw-split"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            unfinished = folder / f"{name}.{os.getpid()}"
            unfinished.write_bytes(text)
            os.replace(unfinished, folder / name)
    except OSError:  # read-only: somewhere else, for this run
        folder = Path(tempfile.mkdtemp(prefix="lfw-split-"))
        for name, text in texts.items():
            (folder / name).write_bytes(text)
    return folder


def own_split(name):
    """"train" or "test" for a person: from a hash of the name, so the same on every computer."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
    return "train" if number < TRAIN_SHARE * 2**32 else "test"


def read_picture(path):
    """The picture in the file `path` as RGB PIL; raises OSError that names a damaged file."""
    try:
        return default_loader(path)
    except OSError as error:
        raise OSError(both("lfw_bad_picture", path=path)) from error


class LFW(LFWPeople):
    """LFW on the disk: the original, the funneled or the deep-funneled pictures.

    root: a folder with lfw-py in it, one with the images folder, or the images folder itself;
    relative to the repository.
    split: "train" (9,525 pictures of 4,038 people) or "test" (3,708 of 1,711 other people), by
    the official split files; where these are missing, by a hash of the names, and it says so.

    Items are (RGB PIL picture, class of the person), after the transforms.
    data: paths. targets: class of each picture. classes: names. class_to_idx: name -> class.
    Raises ValueError for an unknown split, FileNotFoundError without LFW or where a picture of
    the split is missing, and OSError for a damaged picture, when it is read.
    """

    source = "lfw"

    def __init__(self, root, split="train", transform=None, target_transform=None):
        if split not in SPLITS:
            takes = ", ".join(map(repr, SPLITS))
            raise bad("split", repr(split), takes)
        images = images_folder(root)
        if images is None:
            raise FileNotFoundError(both("lfw_not_found", folder=ROOT / Path(root).expanduser()))
        self._people = list_people(images)
        self._labels = label_folder(images, self._people)
        # LFWPeople joins these to its root, and os.path.join keeps an absolute path as it is
        variant = VARIANTS.get(images.name, "unknown")
        self.base_folder, self.file_dict = str(images), {variant: (str(images), None, None)}
        super().__init__(root, split, variant, transform, target_transform, loader=read_picture)
        self.classes = list(self.class_to_idx)
        if not self.data:
            raise FileNotFoundError(both("lfw_nobody", folder=images, people=len(self._people),
                                         split=split))

    def _check_integrity(self):
        return True  # LFWPeople asks for the archive, which need not be there any more

    def _get_classes(self):
        # As lfw-names.txt has it, but always from the folders: few copies come with that file
        return {name: i for i, name in enumerate(self._people)}

    def _get_people(self):
        if self._labels is None:
            say("lfw_own_split", folder=self.images_dir)
            names = [name for name in self._people if own_split(name) == self.split]
            data = [path for name in names for path in self._people[name]]
            return data, [self.class_to_idx[Path(path).parent.name] for path in data]
        self.labels_file = self._labels / self.labels_file
        try:
            data, targets = super()._get_people()
            missing = next((path for path in data if not os.path.isfile(path)), None)
        except KeyError as error:  # someone without a folder
            missing = self._get_path(error.args[0], 1)
        if missing:
            raise FileNotFoundError(both("lfw_missing_picture", path=missing))
        return data, targets

    def extra_repr(self):
        split_by = "the official files" if self._labels else "a hash of the names"
        return f"{super().extra_repr()}\nPeople: {len(set(self.targets))}\nSplit by: {split_by}"
