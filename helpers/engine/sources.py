"""What `--data` names, as two files of pictures: of a folder, of LFW, or of drawn faces."""

import os
from pathlib import Path

from helpers.data import NUM_SYNTHETIC
from helpers.engine.folders import Listing, list_pictures, split_folders
from helpers.engine.store import open_drawn, open_files
from helpers.lfw.reader import LFW, SPLITS, find_lfw, images_folder, is_lfw
from helpers.messages import CourseError, both


def list_files(folder):
    """The Listing of a folder of pictures: LFW is split by its people, others by their own rule."""
    if os.path.isdir(folder) and not split_folders(folder) and is_lfw(folder):
        paths = {split: [Path(path) for path in LFW(folder, split).data] for split in SPLITS}
        return Listing(folder, paths)
    return list_pictures(folder)


def lasting_name(data):
    """What `--data` names, as it is understood from any folder: of a folder its whole path."""
    folder = Path(os.path.expanduser(data)).absolute()
    return str(folder) if os.path.isdir(folder) else data


def folder_of(data):
    """The folder of the pictures that `--data` names; None for drawn faces."""
    folder = Path(os.path.expanduser(data)).absolute()
    if os.path.isdir(folder):
        return folder
    root = find_lfw() if data == "lfw" else None
    return root and images_folder(root)


def find_pictures(data, size, option="--data"):
    """The paths of the .npy files with the pictures that `data` names: {"train": ..., "test": ...}.

    option: of the command line, that gives `data`.
    """
    folder = Path(os.path.expanduser(data)).absolute()
    if not os.path.isdir(folder):  # one that has such a name goes first
        name, _, number = data.partition(":")
        if name == "drawn":
            if number and not (number.isdecimal() and int(number)):
                raise CourseError(both("bad_argument", name=option, got=data, takes="drawn:N"))
            n = int(number) if number else NUM_SYNTHETIC["train"]
            return {"train": open_drawn(n, "train", size),
                    "test": open_drawn(max(1, n // 5), "test", size)}
        if data == "lfw" and (folder := find_lfw()) is None:
            raise CourseError(both("data_no_lfw"))
    return open_files(list_files(folder), size)
