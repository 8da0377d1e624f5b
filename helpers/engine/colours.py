"""Colours and grey values of an opened picture as RGB of 8 bits."""

import numpy as np
from PIL import Image, ImageOps

from helpers.engine.left_out import LeftOut

BACKGROUND = "white"  # behind what is transparent
OVERSHOOT = 0.05  # of 0 to 1, which enlarging with sharp filters leaves
TIFF_LOW, TIFF_HIGH = (340, 280), (341, 281)  # tags: the values of black and white
TIFF_WHITE_IS_0, TIFF_BITS, TIFF_KIND = 262, 258, 339


def square(picture, size):
    """The largest square of the middle, (size, size)."""
    return ImageOps.fit(picture, (size, size), Image.Resampling.BILINEAR)


def opaque(picture):
    """The picture as RGB, on one background, so that invisible colours make no difference."""
    if not picture.has_transparency_data:
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    if picture.mode != "RGBA":  # converting copies, and a large picture is held often enough
        picture = picture.convert("RGBA")
    paper = Image.new("RGB", picture.size, BACKGROUND)
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def refuse_unscaled(picture):
    """Raises LeftOut for 16-bit colours below a quarter of the range.

    It is likelier that they have fewer bits (cameras: 10 to 14) than that nothing is brighter;
    Pillow has dropped their lower halves, so the file's own word would not help.
    """
    ranges = picture.getextrema()
    ranges = [ranges] if picture.mode == "L" else ranges[: 1 if picture.mode == "LA" else 3]
    if max(high for _, high in ranges) < 64:
        raise LeftOut("unclear")


def grey(picture, size, sixteen_bits):
    """What decode() returns, of grey values of more than 8 bits, or with a decimal point.

    Scaled by what the file says to be black and white. Where it says nothing: 0 to 65,535 for 16
    bits, unless all are below a quarter (see refuse_unscaled); 0 to 1 with a decimal point; else
    LeftOut is raised.
    """
    tags = getattr(picture, "tag_v2", {})
    numbers = picture.convert("F")
    least, most = numbers.getextrema()
    low, high = (next((float(np.max(tags[key])) for key in keys if key in tags), None)
                 for keys in (TIFF_LOW, TIFF_HIGH))
    if high is None:
        low, high = 0, white_of_format(picture, tags)
        slack = OVERSHOOT if picture.mode == "F" else 0
        if not -slack <= least <= most <= high + slack or sixteen_bits and 0 < most < high / 4:
            raise LeftOut("unclear")
    low = low or 0
    values = np.asarray(square(numbers, size))
    if not high > low or not np.isfinite(values).all():
        raise LeftOut("unclear")
    values = np.rint(255 * ((values - low) / (high - low)).clip(0, 1)).astype(np.uint8)
    if tags.get(TIFF_WHITE_IS_0) == 0:
        values = 255 - values
    return np.repeat(values[..., None], 3, axis=2)


def white_of_format(picture, tags):
    """The value of white in a file that says it by its format only; 0 where none does."""
    if picture.mode == "F":
        return 1
    bits, signed = tags.get(TIFF_BITS, (16,))[0], tags.get(TIFF_KIND, (1,))[0] == 2
    return 0 if signed or bits > 16 else 2**bits - 1  # other formats are scaled to 16 bits
