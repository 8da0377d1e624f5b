"""Downloads LFW: with progress, resumed where it broke off, checked, unpacked all or nothing."""

import errno
import gzip
import hashlib
import http.client
import itertools
import os
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.request
import zlib
from pathlib import Path

from helpers import ROOT
from helpers.lfw.reader import is_images_folder
from helpers.messages import CourseError, both, say
from helpers.progress import tqdm

URL = "https://ndownloader.figshare.com/files/5976015"  # scikit-learn's copy: lfw-funneled.tgz
SIZE = 243_346_528  # bytes
SHA256 = "b47c8422c8cded889dc5a13418c4bc2abbda121092b3533a83306f90d900100a"
DISK = 2.3  # times SIZE: the archive and its files, each of which fills whole blocks
DISK_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}  # no EDQUOT on Windows
GZIP = b"\x1f\x8b"  # how every .tgz begins
TIMEOUT = 30  # seconds without a byte


class LFWDownloadError(CourseError):
    """LFW could not be downloaded; the text says why and what to do, in both languages."""


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
        chunks = _chunks(reply)
        first = next(chunks, b"")
        if wrong := _not_the_archive(reply.headers, first, have, size):
            raise _refusal(wrong, url, part)  # nothing of it has touched what had arrived
        bar = tqdm(desc="lfw-funneled.tgz", total=size, initial=have, unit="B", unit_scale=True,
                   leave=False, disable=not progress)
        with bar, part.open("ab" if have else "wb") as file:
            for chunk in itertools.chain([first], chunks):
                file.write(chunk)
                bar.update(len(chunk))
    if _length(part) < size:
        raise LFWDownloadError(both("lfw_interrupted", part=part))


def _not_the_archive(headers, first, have, size):
    """What shows that an answer is something else than the archive from byte `have` on, or None.

    first: its first bytes. Somebody in between, such as the login page of a wireless network,
    answers 200 or 206, with a length or without one.
    """
    kind, span = headers.get("Content-Type", ""), headers.get("Content-Range")
    total = have + int(headers.get("Content-Length", size - have))
    if kind.lower().startswith("text/"):
        return kind
    if total != size:
        return f"{total:,} != {size:,} bytes"
    if have and span != f"bytes {have}-{size - 1}/{size}":
        return f"Content-Range: {span}"
    if not have and first and not first.startswith(GZIP):
        return f"{first[:12]!r}"
    return None


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
