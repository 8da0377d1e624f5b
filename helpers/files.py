"""The one way anything is written: a file that is whole or not there, moved into its place."""

import contextlib
import hashlib
import os
import tempfile
import time
import unicodedata
import uuid
from pathlib import Path

from filelock import FileLock, Timeout

from helpers.messages import CourseError, both

DAY = 24 * 3600


@contextlib.contextmanager
def whole_file(path):
    """Opens a binary file that takes the place of `path` when the block ends without an error.

    Until then, and after an error or a power cut, `path` stays as it was. Makes its folder, and
    removes what a killed process left beside it a day ago or longer.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob(f"{path.stem}.*.part"):
        with contextlib.suppress(OSError):
            if time.time() - old.stat().st_mtime > DAY:
                old.unlink()
    unfinished = path.with_name(f"{path.stem}.{uuid.uuid4().hex[:8]}.part")
    try:
        with open(unfinished, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # really on the disk
        replace(unfinished, path)
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


@contextlib.contextmanager
def one_at_a_time(path, patience=600.0):
    """Lets one process at a time into the block that makes the file `path`; the others wait.

    Whoever comes in looks first whether the file is there by now. After `patience` seconds, or
    where nothing can be written, the wait is over: two that make one file lose time only.
    """
    lock = FileLock(f"{path}.lock", timeout=patience)
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except (OSError, Timeout):
        yield
        return
    try:
        yield
    finally:
        lock.release()
        with contextlib.suppress(OSError):  # in use by the next one, on Windows
            os.unlink(f"{path}.lock")


def fresh_folder(out):
    """Makes the folder `out`. Raises CourseError where it holds anything or takes nothing."""
    try:
        if out.is_dir() and any(out.iterdir()):
            raise CourseError(both("out_holds_files", out=out))
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise CourseError(both("train_no_folder", folder=out, error=error)) from error


def write_text(path, text):
    """Writes `text` to the file `path`, in UTF-8 with line feeds on every system; whole or not."""
    with whole_file(path) as file:
        file.write(text.encode())


def replace(source, target, patience=5.0):
    """os.replace() that waits `patience` seconds for who has `target` open: on Windows a virus
    scanner or a reader; elsewhere nobody stands in the way."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return os.replace(source, target)
        except PermissionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def place_of(name):
    """A number in [0, 1) that the text `name` decides, the same on every computer.

    The one rule by which the course splits what comes without a split: people, or picture files.
    """
    name = unicodedata.normalize("NFC", name).encode(errors="surrogateescape")
    return int.from_bytes(hashlib.sha256(name).digest()[:4], "big") / 2**32
