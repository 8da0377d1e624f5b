"""A file is whole or not there."""

import os
import time

import pytest

from helpers import files


def test_the_file_appears_whole_in_a_folder_that_is_made(tmp_path):
    with files.whole_file(tmp_path / "new" / "a.bin") as file:
        file.write(b"half ")
        assert not (tmp_path / "new" / "a.bin").exists()
        file.write(b"whole")
    assert (tmp_path / "new" / "a.bin").read_bytes() == b"half whole"
    assert len(list((tmp_path / "new").iterdir())) == 1


def test_an_error_leaves_the_old_one(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), files.whole_file(tmp_path / "a.bin") as file:
        file.write(b"new")
        raise KeyboardInterrupt
    assert (tmp_path / "a.bin").read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


def test_what_a_killed_process_left_goes_after_a_day(tmp_path):
    old, fresh, other = (tmp_path / name for name in ("a.1.part", "a.2.part", "b.1.part"))
    for path in (old, fresh, other):
        path.write_bytes(b"torn")
    for path in (old, other):
        os.utime(path, (time.time() - 2 * files.DAY,) * 2)
    with files.whole_file(tmp_path / "a.bin"):
        pass
    assert not old.exists() and fresh.exists() and other.exists()


def test_text_is_the_same_bytes_on_every_system(tmp_path):
    files.write_text(tmp_path / "new" / "a.txt", "臉\nface\n")
    assert (tmp_path / "new" / "a.txt").read_bytes() == "臉\nface\n".encode()


def test_a_name_decides_its_place_for_ever():
    places = [files.place_of(f"picture_{i}.png") for i in range(1000)]
    assert all(0 <= place < 1 for place in places)
    assert abs(sum(place < 0.1 for place in places) - 100) < 40
    assert files.place_of("caf\u00e9") == files.place_of("cafe\u0301")  # a Mac takes letters apart
    assert files.place_of("Ida_Ivy") == 3_657_890_147 / 2**32
    files.place_of("caf\udce9.png")  # a name in another encoding


def test_a_file_in_use_is_waited_for(tmp_path, monkeypatch):
    calls = []

    def busy(source, target):
        calls.append(source)
        if len(calls) < 3:
            raise PermissionError

    monkeypatch.setattr(files.os, "replace", busy)
    files.replace("a", "b")
    assert len(calls) == 3
    with pytest.raises(PermissionError):
        calls.clear()
        files.replace("a", "b", patience=-1)
