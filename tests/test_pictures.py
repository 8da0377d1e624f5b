"""One file of pictures: whole or not there, readable by anybody, damage found."""

import numpy as np
import pytest

from helpers.pictures import is_intact, write_pictures


def pictures(n, size=8):
    return np.random.default_rng(n).integers(0, 256, (n, size, size, 3), np.uint8)


def test_blocks_become_one_array_that_numpy_reads_and_maps(tmp_path):
    path, data = tmp_path / "p.npy", pictures(11)
    assert write_pictures(path, [data[:4], data[4:4], data[4:10], data[10:]], 8) == 11
    assert np.array_equal(np.load(path), data)
    assert np.array_equal(np.load(path, mmap_mode="r"), data)
    assert is_intact(path)


@pytest.mark.parametrize("damage", [
    "cut short", "cut in the middle", "empty", "no array", "one bit", "zeroed", "header",
    "longer", "gone", "no checksum"])
def test_damage_is_found(damage, tmp_path):
    """Such as a body of zeros, which would be black pictures without a word."""
    path = tmp_path / "p.npy"
    write_pictures(path, [pictures(50)], 8)
    content = bytearray(path.read_bytes())
    start = len(content) - 32 - 50 * 8 * 8 * 3
    if damage == "one bit":
        content[start + 5000] ^= 4
    if damage == "zeroed":
        content[start : -32] = bytes(len(content) - 32 - start)
    if damage == "header":  # another number of pictures
        content = content.replace(b"(50, 8", b"(49, 8")
    path.write_bytes({"cut short": content[:-1], "cut in the middle": content[:5000],
                      "empty": b"", "no array": b"hello", "longer": content + b"x",
                      "no checksum": content[:-32]}.get(damage, content))
    if damage == "gone":
        path.unlink()
    assert not is_intact(path)


def test_no_pictures_are_not_intact(tmp_path):
    assert write_pictures(tmp_path / "p.npy", [], 8) == 0
    assert not is_intact(tmp_path / "p.npy")


def test_an_interrupted_writer_leaves_nothing(tmp_path):
    def blocks():
        yield pictures(3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pictures(tmp_path / "p.npy", blocks(), 8)
    assert not list(tmp_path.iterdir())
