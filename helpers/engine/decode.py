"""Picture files, decoded: upright, their largest square, 8 bits; or why they are left out."""

import hashlib
import os
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile
from tqdm import tqdm

from helpers.engine.colours import grey, opaque, refuse_unscaled, square
from helpers.engine.descriptions import without_descriptions
from helpers.engine.left_out import JPEG, WHOLE, LeftOut
from helpers.pictures import block_length

RULES = 2  # of decoding: another number, and what was decoded by older rules is decoded again
LARGE = 2**25  # of more pixels one picture is decoded at a time

Image.init()
# Only what Pillow decodes by itself and finds by its first bytes: an EPS would start Ghostscript
FORMATS = [name for name in ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "JPEG2000", "AVIF")
           if name in Image.OPEN]  # those that this Pillow was built with
ENDINGS = {ending for ending, name in Image.registered_extensions().items()
           if name in (*FORMATS, "MPO")}  # what some cameras write; it opens as a JPEG
large_one = threading.Lock()


def decode(path, size=64):
    """The picture file `path` as (size, size, 3) uint8: upright, its largest square, resized.

    A square picture comes out as torchvision's Resize((size, size)) gives it, a large JPEG within
    rounding. Of several frames it is the first; what is transparent becomes white; damage of what
    only describes the picture does no harm.
    Raises LeftOut, an OSError, for a file that cannot be used.
    """
    try:
        with open(path, "rb") as file:
            if not os.fstat(file.fileno()).st_size:
                raise LeftOut("empty")
            try:
                return pixels(file, size)
            except Exception as error:
                bare = without_descriptions(file)
                if isinstance(error, LeftOut) or bare is None:
                    raise
                return pixels(bare, size)
    except LeftOut:
        raise
    except UnidentifiedImageError as error:
        raise LeftOut("no_picture") from error
    except MemoryError as error:
        raise LeftOut("too_large") from error
    except Exception as error:  # damage has many names; only the system numbers its errors
        raise LeftOut("unopened" if getattr(error, "errno", None) else "damaged") from error


def pixels(file, size):
    """What decode() returns, of an open file."""
    picture = open_picture(file)
    stated = picture.width * picture.height
    picture.draft("RGB", (4 * size, 4 * size))  # a large JPEG is decoded at a part of its size
    # A progressive one is held whole all the same
    held = stated if picture.info.get("progressive") else picture.width * picture.height
    if held > WHOLE or stated > JPEG:
        raise LeftOut("too_large")
    with large_one if held > LARGE else nullcontext():
        sixteen_bits = any(";16" in str(tile) for tile in picture.tile)  # known until it is loaded
        picture.load()
        with suppress(Exception):  # damaged EXIF; where that is whole, the picture turns first
            ImageOps.exif_transpose(picture, in_place=True)
        if picture.mode[0] in "IF":
            return grey(picture, size, sixteen_bits)
        if sixteen_bits:
            refuse_unscaled(picture)
        return np.asarray(square(opaque(picture), size))


def open_picture(file):
    """The picture in an open file, which Pillow has identified and not yet decoded."""
    try:
        return Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError:  # before Pillow knows that a JPEG can be cheap
        file.seek(0)
    try:
        return JpegImageFile(file)
    except SyntaxError as error:
        raise LeftOut("too_large") from error


def decode_blocks(paths, size, done):
    """Decodes the picture files `paths` in all cores, in order, and keeps nothing.

    Yields lists of (path, digest of the file's bytes, picture (size, size, 3) uint8), a block in
    memory at a time; (path, reason, None) for a file that is left out. done() is called after each.
    """
    def attempt(path):
        try:
            picture = decode(path, size)
            with open(path, "rb") as source:
                return path, hashlib.file_digest(source, "sha256").digest()[:16], picture
        except OSError as error:
            return path, getattr(error, "reason", "unopened"), None

    step = block_length(size)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for start in range(0, len(paths), step):
            block = []
            with warnings.catch_warnings(action="ignore"):  # Pillow's, on what only describes
                for result in pool.map(attempt, paths[start : start + step]):
                    done()
                    block.append(result)
            yield block


def decode_all(paths, size, file):
    """Decodes the picture files `paths`, one after the other into the open `file`.

    Returns for each path, in order, a digest of its bytes, or the reason (a text) why it was left
    out; so the n-th picture of `file` is that of the n-th digest.
    """
    results = []
    with tqdm(total=len(paths), desc="decoding pictures", unit="picture", delay=1,
              leave=False) as bar:
        for block in decode_blocks(paths, size, bar.update):
            for _, result, picture in block:
                results.append(result)
                if picture is not None:
                    file.write(picture)
    return results
