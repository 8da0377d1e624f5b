"""Labeled Faces in the Wild (LFW): 13,233 photographs of 5,749 people; reading and downloading.

LFW shows real people who were never asked. It is for study only.
"""

import errno
import gzip
import hashlib
import http.client
import os
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.request
import zlib
from pathlib import Path

from torchvision.datasets import LFWPeople
from torchvision.datasets.folder import default_loader
from torchvision.datasets.utils import check_integrity
from tqdm import tqdm

from helpers import ROOT
from helpers.messages import both, say

SPLITS = ("train", "test")
VARIANTS = {"lfw_funneled": "funneled", "lfw-deepfunneled": "deepfunneled", "lfw": "original"}
LABEL_MD5 = {
    "peopleDevTrain.txt": "54eaac34beb6d042ed3a7d883e247a21",
    "peopleDevTest.txt": "e4bf5be0a43b5dcd9dc5ccfcb8fb19c5",
}
TRAIN_SHARE = 0.72  # the official training set has 72 % of the pictures

URL = "https://ndownloader.figshare.com/files/5976015"  # scikit-learn's copy: lfw-funneled.tgz
SIZE = 243_346_528  # bytes
SHA256 = "b47c8422c8cded889dc5a13418c4bc2abbda121092b3533a83306f90d900100a"
DISK = 2.3  # times SIZE: the archive and its files, each of which fills whole blocks
DISK_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}  # no EDQUOT on Windows
TIMEOUT = 30  # seconds without a byte


class LFWDownloadError(RuntimeError):
    """LFW could not be downloaded; the text says why and what to do, in both languages."""


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


def label_folder(images):
    """Where both official split files lie undamaged: in, beside or above `images`, or None."""
    for folder in (images, images.parent, images.parent.parent):
        if all(check_integrity(folder / name, md5) for name, md5 in LABEL_MD5.items()):
            return folder
    return None


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
            raise ValueError(both("bad_argument", name="split", got=repr(split), takes=takes))
        images = images_folder(root)
        if images is None:
            raise FileNotFoundError(both("lfw_not_found", folder=ROOT / Path(root).expanduser()))
        self._people = list_people(images)
        self._labels = label_folder(images)
        # LFWPeople joins these to its root, and os.path.join keeps an absolute path as it is
        variant = VARIANTS.get(images.name, "unknown")
        self.base_folder, self.file_dict = str(images), {variant: (str(images), None, None)}
        super().__init__(root, split, variant, transform, target_transform, loader=read_picture)
        self.classes = list(self.class_to_idx)

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


def download_lfw(root="data", url=URL, sha256=SHA256, size=SIZE, progress=True):
    """Downloads and unpacks LFW (funneled) into `root`/lfw-py/lfw_funneled; returns that path.

    root: relative to the repository. url, sha256, size (in bytes): of the archive. A download
    that breaks off, by Ctrl-C too, leaves lfw-funneled.tgz.part in `root` and goes on from there
    the next time. Raises LFWDownloadError, and leaves nothing else behind half-written.
    """
    root = ROOT / Path(root).expanduser()
    images, part = root / "lfw-py" / "lfw_funneled", root / "lfw-funneled.tgz.part"
    if is_images_folder(images):
        say("lfw_already_there", folder=images)
        return images
    if images.exists():
        raise LFWDownloadError(both("lfw_in_the_way", folder=images))
    if not hasattr(tarfile, "data_filter"):  # which came with Python 3.11.4
        raise LFWDownloadError(both("lfw_old_python"))
    try:
        root.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(root).free + _length(part) < DISK * size:
            raise OSError(errno.ENOSPC, "too little room")
        _fetch(url, part, size, progress)
        with part.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != sha256:
            part.unlink()
            raise LFWDownloadError(both("lfw_wrong_checksum", url=url, part=part))
        _extract(part, images, progress)
        part.unlink()
    except OSError as error:
        key = "lfw_disk_full" if error.errno in DISK_FULL else "lfw_cannot_write"
        megabytes = f"{DISK * size / 1e6:.0f}"
        raise LFWDownloadError(both(key, folder=root, mb=megabytes, error=error)) from error
    say("lfw_downloaded", folder=images)
    return images


def _length(part):
    return part.stat().st_size if part.exists() else 0


def _fetch(url, part, size, progress):
    """Downloads what `part` still lacks of `size` bytes.

    By urllib: no installed package (torchvision, torch.hub) resumes, and one file needs no other.
    """
    have = _length(part)
    if have >= size:
        return  # the checksum will tell
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        reply = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and have:  # no such range: what we have is of another file
            part.unlink()
            return _fetch(url, part, size, progress)
        raise _refusal(f"HTTP {error.code}", url, part) from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise LFWDownloadError(both("lfw_no_connection", url=url, error=reason)) from error
    with reply:
        if reply.status not in (200, 206):  # such as 202: "prove that you are a browser"
            raise _refusal(f"HTTP {reply.status}", url, part)
        if reply.status == 200:
            have = 0  # the whole file, whatever range we asked for
        total = have + int(reply.headers.get("Content-Length", size - have))
        if total != size:
            raise _refusal(f"{total:,} != {size:,} bytes", url, part)
        bar = tqdm(desc="lfw-funneled.tgz", total=size, initial=have, unit="B", unit_scale=True,
                   leave=False, disable=not progress)
        with bar, part.open("ab" if have else "wb") as file:
            for chunk in _chunks(reply):
                file.write(chunk)
                bar.update(len(chunk))
    if _length(part) < size:
        raise LFWDownloadError(both("lfw_interrupted", part=part))


def _refusal(answer, url, part):
    return LFWDownloadError(both("lfw_refused", answer=answer, url=url, part=part))


def _chunks(reply):
    """What the server sends until it ends or breaks off: _fetch counts the bytes."""
    try:
        while chunk := reply.read(2**16):
            yield chunk
    except (OSError, http.client.HTTPException):
        return


def _extract(part, images, progress):
    """Unpacks the archive `part` so that `images` appears whole or not at all."""
    with tempfile.TemporaryDirectory(
        prefix="lfw-unpacking-", dir=part.parent, ignore_cleanup_errors=True
    ) as folder:
        try:
            with tarfile.open(part, "r:gz") as archive:
                members = tqdm(archive, desc="unpacking", leave=False, disable=not progress)
                archive.extractall(folder, members, filter="data")  # nothing leaves `folder`
            if not is_images_folder(Path(folder, images.name)):
                raise tarfile.TarError(f"no {images.name}")
        except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
            part.unlink()
            raise LFWDownloadError(both("lfw_bad_archive", error=error)) from error
        images.parent.mkdir(exist_ok=True)
        os.replace(Path(folder, images.name), images)
