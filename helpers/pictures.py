"""Decoded pictures in one file: NumPy's .npy of (N, size, size, 3) uint8, and a checksum.

Any program can read or map it. It is written block by block, so that memory does not grow with
the pictures. The 32 bytes after the array are the SHA-256 of array and header: np.load() reads
past them, and is_intact() finds damage by them.
"""

import hashlib

import numpy as np

from helpers.files import whole_file

BLOCK = 1 << 20  # bytes read at a time


def block_length(size):
    """Pictures in memory at a time: 12.6 MB of them."""
    return max(1, 1024 * 64**2 // size**2)


def write_pictures(path, blocks, size):
    """Writes pictures, which come as uint8 arrays (any number, size, size, 3), to the file `path`.

    Whole or not at all. Returns how many there were.
    """
    n, checksum = 0, hashlib.sha256()

    def write_header():  # as long for any number: NumPy leaves room for it to grow
        file.seek(0)
        shape = (n, size, size, 3)
        np.lib.format.write_array_header_1_0(
            file, {"descr": "|u1", "fortran_order": False, "shape": shape})

    with whole_file(path) as file:
        write_header()
        for block in blocks:
            block = np.ascontiguousarray(block)
            file.write(block)
            checksum.update(block)
            n += len(block)
        end = file.tell()
        write_header()
        checksum.update(repr((n, size)).encode())
        file.seek(end)
        file.write(checksum.digest())
    return n


def is_intact(path):
    """Whether `path` is a file that write_pictures() wrote, with at least one picture, undamaged.

    Reads all of it: about a second for a gigabyte.
    """
    checksum = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            np.lib.format.read_magic(file)
            (n, size, *_), _, _ = np.lib.format.read_array_header_1_0(file)
            left = n * size * size * 3
            while left and (block := file.read(min(BLOCK, left))):
                checksum.update(block)
                left -= len(block)
            checksum.update(repr((n, size)).encode())
            return n > 0 and file.read() == checksum.digest()
    except (OSError, ValueError):
        return False
