"""Picture files of any folder: which are the reader's, and which belong to a split already."""

import os
from pathlib import Path
from typing import NamedTuple

from helpers.engine.decode import ENDINGS
from helpers.engine.left_out import note
from helpers.messages import CourseError, both

# In any case of letters; only the first that is there is used
FOLDERS = {"train": ("train", "training"),
           "test": ("test", "testing", "val", "valid", "validation")}
# What systems, network disks and archives put beside a reader's files; also all that begins with .
SYSTEM = {"__macosx", "$recycle.bin", "recycler", "system volume information", "lost+found",
          "lost.dir", "@eadir", "@recycle", "#recycle", "#snapshot", "@__thumb", "thumbs.db",
          "desktop.ini", "ehthumbs.db"}


class Listing(NamedTuple):
    """Candidates for pictures. paths: {"train": [...], "test": [...]}, or {"all": [...]} where the
    split is still to be made. own: the folders that are the split, {"train": names, ...}, if the
    folder has such. left_out: {reason: [name, ...]}."""

    folder: Path
    paths: dict
    own: dict | None = None
    left_out: dict = {}


def is_hidden(name):
    """True for a file or folder that a system made, or that its owner does not want to see."""
    return name.startswith(".") or name.casefold() in SYSTEM


def is_picture(name):
    """True for a file that its name's ending calls a picture."""
    return os.path.splitext(name)[1].lower() in ENDINGS


def walk(folder, left_out):
    """The files under `folder`, as paths relative to it; links are followed.

    A folder that links lead to once more, such as one that holds it, is not entered again. Hidden
    ones are not entered either, only counted.
    """
    entered = set()

    def closed(error):
        note(left_out, "closed", os.path.relpath(error.filename, folder))

    for here, folders, files in os.walk(folder, onerror=closed, followlinks=True):
        base = os.path.relpath(here, folder)
        if (real := os.path.realpath(here)) in entered:
            note(left_out, "again", base)
            folders.clear()
            continue
        entered.add(real)
        for name in filter(is_hidden, folders):
            for inside, _, inner in os.walk(os.path.join(here, name)):
                for file in filter(is_picture, inner):
                    note(left_out, "hidden", os.path.relpath(os.path.join(inside, file), folder))
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        yield from (os.path.normpath(os.path.join(base, name)) for name in files)


def pictures_under(folder, left_out):
    """All picture files in `folder` and its subfolders, in an order that every system shares."""
    found = []
    for name in walk(folder, left_out):
        path = folder / name
        if is_hidden(path.name):
            if is_picture(name):
                note(left_out, "hidden", name)
        elif not is_picture(name):
            note(left_out, "ending", path.suffix.lower() or path.name)
        elif not os.path.isfile(path):
            note(left_out, "no_file", name)
        else:
            found.append(path)
    return sorted(found, key=lambda path: path.relative_to(folder).parts)


def split_folders(folder):
    """The folders that are a split already: {"train": [path], "test": [path]}, or None.

    In `folder` itself, or in the only folder that it holds, as archives are packed. Several paths
    where names differ by their letters' case only.
    """
    for _ in range(3):
        try:
            inner = sorted(path for path in folder.iterdir()
                           if path.is_dir() and not is_hidden(path.name))
        except OSError:  # walk() says so
            return None
        own = {split: next((same for name in names if (
                   same := [path for path in inner if path.name.casefold() == name])), None)
               for split, names in FOLDERS.items()}
        if all(own.values()):
            return own
        if len(inner) != 1:
            return None
        folder = inner[0]
    return None


def list_all(folder):
    """The Listing of a folder of pictures as a whole, whatever split it has.

    Raises CourseError where there is no such folder.
    """
    folder = Path(os.path.expanduser(folder)).absolute()
    if not os.path.isdir(folder):
        raise CourseError(both("store_no_folder", folder=folder))
    left_out = {}
    return Listing(folder, {"all": pictures_under(folder, left_out)}, None, left_out)


def list_pictures(folder):
    """The Listing of a folder of pictures, with its own split. Raises as list_all() does."""
    listing = list_all(folder)
    folder, left_out = listing.folder, listing.left_out
    if not (own := split_folders(folder)):
        return listing
    splits = {path: split for split, found in own.items() for path in found}
    parts = {split: [] for split in FOLDERS}
    for path in listing.paths["all"]:
        split = next((splits[parent] for parent in path.parents if parent in splits), None)
        if split:
            parts[split].append(path)
        else:
            note(left_out, "outside", str(path.relative_to(folder)))
    own = {split: ", ".join(path.name for path in found) for split, found in own.items()}
    return Listing(folder, parts, own, left_out)
