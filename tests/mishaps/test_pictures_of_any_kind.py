"""Picture files as programs write them: odd metadata, huge, of many bits, transparent."""

import io
import struct
import warnings
import zlib

import numpy as np
import pytest
from lfw_fixtures import check_message
from picture_files import save_picture, save_pictures
from PIL import Image, PngImagePlugin, TiffImagePlugin

from helpers.engine import decode as decoding
from helpers.engine.decode import LeftOut, decode
from helpers.engine.folders import list_pictures
from helpers.engine.store import open_files

# Pillow warns of what only describes a picture; the engine keeps that from readers
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
NOISE = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
RAMP = np.linspace(0, 1, 256).reshape(16, 16)
GREY = np.repeat(np.rint(255 * RAMP)[..., None], 3, axis=2)


def reason(path):
    with pytest.raises(LeftOut) as caught:
        decode(path, 16)
    return caught.value.reason


def difference(pixels, expected):
    return np.abs(pixels.astype(int) - expected).max()


# Kind: damage of what only describes a picture


def chunk(kind, body, checksum=None):
    checksum = zlib.crc32(kind + body) if checksum is None else checksum
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", checksum)


def orientation(number):
    exif = Image.Exif()
    exif[0x0112] = number
    return exif.tobytes().removeprefix(b"Exif\0\0")


LONG = zlib.compress(b"a" * 3_000_000)
DESCRIPTIONS = {
    "EXIF of junk": chunk(b"eXIf", b"\0\x08\0\2\1\x12\0\3"),
    "EXIF, cut off": chunk(b"eXIf", orientation(6)[:11]),
    "EXIF, wrong checksum": chunk(b"eXIf", orientation(1), checksum=1),
    "empty EXIF": chunk(b"eXIf", b""),
    "long text": chunk(b"zTXt", b"Comment\0\0" + LONG),
    "long text of many languages": chunk(b"iTXt", b"Comment\0\1\0\0\0" + LONG),
    "text of junk": chunk(b"zTXt", b"Comment\0\0junk"),
    "text, wrong checksum": chunk(b"tEXt", b"Comment\0hello", checksum=1),
    "large colour profile": chunk(b"iCCP", b"mine\0\0" + LONG),
    "colour profile of junk": chunk(b"iCCP", b"mine"),
    "short gamma": chunk(b"gAMA", b"\0"),
    "short resolution": chunk(b"pHYs", b"\0"),
    "animation of junk": chunk(b"acTL", b"\0"),
    "unknown": chunk(b"juNk", b"\0" * 9, checksum=1),
}


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("kind", DESCRIPTIONS)
def test_png(kind, place, tmp_path):
    buffer = io.BytesIO()
    Image.fromarray(NOISE).save(buffer, "PNG")
    whole = buffer.getvalue()
    border = {"before": 33, "after": len(whole) - 12}[place]  # of the pixels
    path = tmp_path / "a.png"
    path.write_bytes(whole[:border] + DESCRIPTIONS[kind] + whole[border:])
    assert np.array_equal(decode(path, 16), NOISE)
    path.write_bytes(whole[:33] + DESCRIPTIONS[kind] + whole[33:-200])
    assert reason(path) == "damaged", "what mends the description does not mend the pixels"


def test_a_png_with_a_damaged_text_is_still_turned(tmp_path):
    buffer = io.BytesIO()
    Image.fromarray(NOISE).save(buffer, "PNG")
    whole, path = buffer.getvalue(), tmp_path / "a.png"
    path.write_bytes(whole[:33] + DESCRIPTIONS["long text"] + chunk(b"eXIf", orientation(3))
                     + whole[33:])
    assert np.array_equal(decode(path, 16), NOISE[::-1, ::-1])


@pytest.mark.parametrize("junk", [b"Exif\0\0junkjunk", b"Exif\0\0", b"", b"\xff" * 90,
                                  b"Exif\0\0" + orientation(6)[:11]])
@pytest.mark.parametrize("ending", ["webp", "jpg"])
def test_exif_of_junk(ending, junk, tmp_path):
    path = tmp_path / f"a.{ending}"
    Image.fromarray(NOISE).save(path, exif=junk, quality=100)
    assert decode(path, 16).shape == (16, 16, 3)


@pytest.mark.parametrize("marker", [0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE])
@pytest.mark.parametrize("start", [b"", b"JFIF\0", b"Exif\0\0", b"ICC_PROFILE\0", b"MPF\0",
                                   b"Photoshop 3.0\0", b"Adobe", b"http://ns.adobe.com/xap/1.0/\0"])
def test_segments_of_junk_in_a_jpeg(marker, start, tmp_path):
    buffer = io.BytesIO()
    Image.fromarray(GREY.astype(np.uint8)).save(buffer, "JPEG", quality=100)
    whole, path = buffer.getvalue(), tmp_path / "a.jpg"
    for end in (b"", b"\0", b"8BIM\x03\xed\0\0\0\0\xff\xff", b"\x99" * 40):
        body = start + end
        path.write_bytes(whole[:2] + struct.pack(">BBH", 255, marker, len(body) + 2) + body
                         + whole[2:])
        assert difference(decode(path, 16), GREY) < 8


def test_nothing_is_said_of_descriptions(tmp_path, capsys):
    """Pillow warns of them, in English and without the file's name."""
    save_pictures(tmp_path, 3)
    Image.fromarray(NOISE).save(tmp_path / "a.jpg", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x09")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        open_files(list_pictures(tmp_path), 8, tmp_path / "out")
    assert capsys.readouterr().err == ""


# Kind: pictures that are too large, or only seem so


def png_of(width, height, path):
    """A whole PNG of one grey, whatever its size: a small file."""
    packer = zlib.compressobj(1)
    rows = b"".join(packer.compress(bytes(width // 8 + 1)) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows)
                     + chunk(b"IEND", b""))


def test_a_large_jpeg_is_decoded_at_a_part_of_its_size(tmp_path, monkeypatch):
    """Beyond the size at which Pillow refuses it; the limits are made small for the test."""
    picture = Image.fromarray(NOISE).convert("L").resize((600, 500))
    picture.save(tmp_path / "a.jpg")
    small = np.asarray(picture.crop((50, 0, 550, 500)).resize((16, 16)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20_000)
    monkeypatch.setattr(decoding, "WHOLE", 40_000)
    assert difference(decode(tmp_path / "a.jpg", 16)[..., 0], small) < 20
    monkeypatch.setattr(decoding, "JPEG", 299_999)
    assert reason(tmp_path / "a.jpg") == "too_large"


@pytest.mark.parametrize(("ending", "options"), [
    ("jpg", {"progressive": True}), ("png", {}), ("tiff", {}), ("gif", {}), ("webp", {})])
def test_what_has_to_be_held_whole_has_a_limit(ending, options, tmp_path, monkeypatch):
    path = save_picture(tmp_path / f"a.{ending}", size=(300, 200), **options)
    assert decode(path, 16).shape == (16, 16, 3)
    monkeypatch.setattr(decoding, "WHOLE", 40_000)
    assert reason(path) == "too_large", "Pillow allows it"
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20_000)
    assert reason(path) == "too_large", "Pillow refuses it"


def test_a_bomb_is_refused_and_the_limit_named(tmp_path, capsys):
    save_pictures(tmp_path, 3)
    png_of(30_000, 30_000, tmp_path / "bomb.png")
    assert (tmp_path / "bomb.png").stat().st_size < 1_000_000
    open_files(list_pictures(tmp_path), 8, tmp_path / "out")
    message = "\n".join(capsys.readouterr().out.splitlines()[-2:])
    check_message(message, "bomb.png", "178", "400")


# Kind: grey values whose white is not 255


def save_numbers(path, numbers, **tags):
    info = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in tags.items():
        info[int(tag[1:])] = value
    Image.fromarray(numbers).save(path, tiffinfo=info)
    return path


@pytest.mark.parametrize(("numbers", "tags"), [
    (RAMP.astype(np.float32), {}),
    ((1.04 * RAMP - 0.02).astype(np.float32), {}),  # as a sharp filter leaves it
    ((RAMP * 255).astype(np.float32), {"_340": 0.0, "_341": 255.0}),
    ((RAMP * 65535).astype(np.uint16), {}),
    ((RAMP * 4095).astype(np.uint16), {"_281": 4095}),
    ((RAMP * 4095).astype(np.uint16), {"_281": (4095,), "_280": (0,)}),
    ((RAMP * 255).astype(np.int32), {"_341": 255}),
    ((RAMP * 200 - 100).astype(np.float32), {"_340": -100.0, "_341": 100.0}),
])
def test_tiff_scaled_by_what_it_says(numbers, tags, tmp_path):
    path = save_numbers(tmp_path / "a.tif", numbers, **tags)
    assert difference(decode(path, 16), GREY) <= 6


@pytest.mark.parametrize("numbers", [
    (RAMP * 255).astype(np.float32), (RAMP * 255).astype(np.int32),
    (RAMP * 4095).astype(np.uint16), (RAMP * 1023).astype(np.uint16),
    (RAMP * 16383).astype(np.uint16), (RAMP * 2**31 - 1).astype(np.int32),
    (RAMP - 0.5).astype(np.float32), np.full((16, 16), np.nan, np.float32),
    np.where(RAMP > 0.5, np.inf, RAMP).astype(np.float32),
    np.where(RAMP > 0.5, np.nan, RAMP).astype(np.float32),
])
def test_what_does_not_say_its_white_is_refused(numbers, tmp_path):
    assert reason(save_numbers(tmp_path / "a.tif", numbers)) == "unclear"


@pytest.mark.parametrize("ending", ["png", "pgm", "tif"])
def test_twelve_bits_in_sixteen(ending, tmp_path):
    path = tmp_path / f"a.{ending}"
    Image.fromarray((RAMP * 4095).astype(np.uint16)).save(path)
    assert reason(path) == "unclear"
    Image.fromarray((RAMP * 65535).astype(np.uint16)).save(path)
    assert difference(decode(path, 16), GREY) <= 1
    Image.fromarray(np.zeros((16, 16), np.uint16)).save(path)
    assert decode(path, 16).max() == 0, "black is black on every scale"


def test_a_format_that_says_twelve_bits(tmp_path):
    header = b"P5 16 16 4095\n"
    (tmp_path / "a.pgm").write_bytes(header + (RAMP * 4095).astype(">u2").tobytes())
    assert difference(decode(tmp_path / "a.pgm", 16), GREY) <= 1
    dark = (RAMP * 400).astype(">u2")
    (tmp_path / "a.pgm").write_bytes(header + dark.tobytes())
    assert difference(decode(tmp_path / "a.pgm", 16)[..., 0], dark / 4095 * 255) <= 1


@pytest.mark.parametrize("most", [255, 4095, 16383, 65535])
def test_colours_of_twelve_bits_in_sixteen(most, tmp_path):
    """Pillow keeps the upper halves only."""
    numbers = np.repeat((RAMP * most)[..., None], 3, axis=2).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in numbers)
    header = struct.pack(">IIBBBBB", 16, 16, 16, 2, 0, 0, 0)
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
                     + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    if most == 65535:
        assert difference(decode(path, 16), GREY) <= 1
    else:
        assert reason(path) == "unclear"


def test_zero_may_be_white(tmp_path):
    for numbers in (RAMP.astype(np.float32), (RAMP * 65535).astype(np.uint16)):
        path = save_numbers(tmp_path / "a.tif", numbers, _262=0)
        content = bytearray(path.read_bytes())
        at = content.index(struct.pack("<HHI", 262, 3, 1)) + 8
        content[at : at + 2] = b"\0\0"
        path.write_bytes(content)
        assert difference(decode(path, 16), 255 - GREY) <= 1


# Kind: colours that nobody sees


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("ending", ["png", "tif"])
def test_what_is_invisible_makes_no_difference(ending, mode, tmp_path):
    pictures = []
    for hidden in (0, 90, 255):
        pixels = np.dstack([NOISE, np.full((16, 16), 255, np.uint8)])
        pixels[:8] = (hidden, hidden, hidden, 0)
        bands = pixels if mode == "RGBA" else pixels[..., [0, 3]]
        Image.fromarray(bands, mode).save(tmp_path / f"a.{ending}")
        pictures.append(decode(tmp_path / f"a.{ending}", 16))
    assert np.array_equal(pictures[0], pictures[1]) and np.array_equal(pictures[0], pictures[2])
    assert (pictures[0][:8] == 255).all(), "white paper"
    assert np.array_equal(pictures[0][8:, :, 0], NOISE[8:, :, 0])


@pytest.mark.parametrize("ending", ["png", "gif"])
@pytest.mark.parametrize("hidden", [(0, 0, 0), (9, 200, 9)])
def test_a_palette_with_a_transparent_colour(hidden, ending, tmp_path):
    picture = Image.new("P", (16, 16), 0)
    picture.putpalette([*hidden, 250, 10, 20])
    picture.paste(1, (0, 8, 16, 16))
    picture.save(tmp_path / f"a.{ending}", transparency=0)
    pixels = decode(tmp_path / f"a.{ending}", 16)
    assert (pixels[:8] == 255).all() and (pixels[8:] == (250, 10, 20)).all()


def test_one_transparent_colour_of_a_png(tmp_path):
    Image.fromarray(np.where(RAMP > 0.5, 200, 0).astype(np.uint8)).save(
        tmp_path / "a.png", transparency=0)
    assert np.array_equal(np.unique(decode(tmp_path / "a.png", 16)), [200, 255])


def test_half_transparent_is_half_white(tmp_path):
    Image.new("RGBA", (8, 8), (0, 0, 0, 128)).save(tmp_path / "a.png")
    assert difference(decode(tmp_path / "a.png", 8), 127) <= 1


# What was right from the beginning, and stays


@pytest.mark.parametrize("number", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
def test_a_picture_is_turned_as_it_says(ending, number, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = number
    shade = np.zeros((16, 16), np.uint8)
    shade[:8], shade[:4, :4] = 120, 255
    Image.fromarray(shade).save(tmp_path / f"a.{ending}", exif=exif)
    turned = {1: shade, 2: shade[:, ::-1], 3: shade[::-1, ::-1], 4: shade[::-1], 5: shade.T,
              6: np.rot90(shade, 3), 7: shade[::-1, ::-1].T, 8: np.rot90(shade)}[number]
    assert difference(decode(tmp_path / f"a.{ending}", 16)[..., 0], turned) < 60


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "YCbCr", "LAB"])
def test_every_mode_becomes_colours(mode, tmp_path):
    picture = Image.new("RGB", (16, 16), "white")
    if mode == "LAB":
        from PIL import ImageCms
        picture = ImageCms.profileToProfile(picture, ImageCms.createProfile("sRGB"),
                                            ImageCms.createProfile("LAB"), outputMode="LAB")
    picture.convert(mode).save(tmp_path / "a.tif", compression="packbits")
    assert difference(decode(tmp_path / "a.tif", 16), 255) <= 1


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1)])
def test_the_thinnest_pictures(size, tmp_path):
    assert decode(save_picture(tmp_path / "a.png", size=size), 16).shape == (16, 16, 3)


def test_of_an_animation_it_is_the_first_frame(tmp_path):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    for ending in ("gif", "png", "webp", "tif"):
        path = tmp_path / f"a.{ending}"
        frames[0].save(path, save_all=True, append_images=frames[1:])
        assert difference(decode(path, 8), (255, 0, 0)) <= 6


def test_pillows_own_limits_are_left_as_they_are():
    assert Image.MAX_IMAGE_PIXELS == 89_478_485 and PngImagePlugin.MAX_TEXT_CHUNK == 2**20
