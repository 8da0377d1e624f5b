"""Labeled Faces in the Wild (LFW): 13,233 photographs of 5,749 people, read from the disk.

LFW shows real people who were never asked. It is for study only.
"""

import hashlib
import os
from pathlib import Path

from torchvision.datasets import LFWPeople
from torchvision.datasets.folder import default_loader
from torchvision.datasets.utils import check_integrity

from helpers import ROOT
from helpers.files import place_of
from helpers.lfw.split import official_split_files
from helpers.messages import bad, both, say
from helpers.messages.settings import setting

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
    named = setting("LFW_ROOT")
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


def official_split(images, people):
    """The texts of both official split files, {"train": ..., "test": ...}, or None without them.

    Read where they lie undamaged, in `images` or up to two folders above it. The mirror that the
    course downloads from has none; of a whole copy of LFW they are rebuilt.
    """
    for folder in (images, images.parent, images.parent.parent):
        if all(check_integrity(folder / name, md5) for name, md5 in LABEL_MD5.items()):
            texts = [(folder / name).read_bytes() for name in LABEL_MD5]
            break
    else:
        texts = list(official_split_files(people).values())
        digests = [hashlib.md5(text, usedforsecurity=False).hexdigest() for text in texts]
        if digests != list(LABEL_MD5.values()):
            return None  # some people or pictures are missing
    return dict(zip(SPLITS, (text.decode() for text in texts), strict=True))


def is_lfw(folder):
    """True if `folder` holds LFW: by the name of its images folder, or because it is whole."""
    images = images_folder(folder)
    return images is not None and (images.name in VARIANTS
                                   or official_split(images, list_people(images)) is not None)


def own_split(name):
    """"train" or "test" for a person: from the name alone, so the same on every computer."""
    return "train" if place_of(name) < TRAIN_SHARE else "test"


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
        self._official = official_split(images, self._people)
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
        if self._official is None:
            say("lfw_own_split", folder=self.images_dir, people=f"{len(self._people):,}",
                pictures=f"{sum(map(len, self._people.values())):,}")
            names = [name for name in self._people if own_split(name) == self.split]
            data = [path for name in names for path in self._people[name]]
            return data, [self.class_to_idx[Path(path).parent.name] for path in data]
        data, targets = [], []
        for line in self._official[self.split].splitlines()[1:]:  # the first counts the people
            name, pictures = line.split("\t")
            paths = [self._get_path(name, number) for number in range(1, int(pictures) + 1)]
            for path in paths:
                if not os.path.isfile(path):
                    raise FileNotFoundError(both("lfw_missing_picture", path=path))
            data += paths
            targets += [self.class_to_idx[name]] * len(paths)
        return data, targets

    def extra_repr(self):
        split_by = "the official files" if self._official else "a hash of the names"
        return f"{super().extra_repr()}\nPeople: {len(set(self.targets))}\nSplit by: {split_by}"
