"""PNG and JPEG files without what only describes the picture: texts, profiles, dates, places.

Damage there is no damage of the picture, but Pillow gives up. An EXIF part stays where it can: it
says how the camera was held.
"""

import io
import struct
import zlib

PNG_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")  # what the pixels are made of


def without_descriptions(file):
    """The open `file` as a bare one in memory; None if it is neither PNG nor JPEG."""
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start == b"\x89PNG":
        parts = png_parts(file)
    elif start[:3] == b"\xff\xd8\xff":
        parts = jpeg_parts(file)
    else:
        return None
    return io.BytesIO(b"".join(parts))


def png_parts(file):
    """The chunks of a PNG that make the pixels."""
    yield file.read(8)
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        body = file.read(length + 4)
        intact = zlib.crc32(kind + body[:-4]) == int.from_bytes(body[-4:])
        if kind in PNG_PIXELS or kind == b"eXIf" and intact:
            yield head + body


def jpeg_parts(file):
    """The segments of a JPEG that make the pixels, and whole ones that say what colours mean."""
    yield file.read(2)
    while len(head := file.read(4)) == 4 and head[0] == 0xFF and head[1] != 0xDA:  # of the pixels
        marker, length = struct.unpack(">xBH", head)
        body = file.read(max(length, 2) - 2)
        describes = 0xE0 <= marker <= 0xEF or marker == 0xFE
        colours = marker == 0xE0 and length >= 16 or marker == 0xEE and length >= 14
        if not describes or colours or body.startswith(b"Exif\0\0"):
            yield head + body
    yield head + file.read()
