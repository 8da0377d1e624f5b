"""What is said of the computer on which something was measured."""

import importlib.metadata
import re

import pytest
import torch

from helpers import machine
from helpers.machine import where_and_when


def test_a_measurement_says_where_and_on_which_versions():
    said = where_and_when()
    assert list(said) == ["processor", "threads", "versions", "date"]
    assert re.search(r"\w{3}", said["processor"]), "a name"
    assert said["threads"] == torch.get_num_threads()
    assert list(said["versions"]) == ["python", "torch", "numpy", "scikit-learn"]
    assert said["versions"]["torch"] == importlib.metadata.version("torch")


def test_a_gpu_is_named_where_one_computed(monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"card of {device}")
    assert where_and_when("cuda:1")["gpu"] == "card of cuda:1"


def test_what_is_not_installed_is_left_out(monkeypatch):
    def version(name):
        if name != "torch":
            raise importlib.metadata.PackageNotFoundError(name)
        return "2.0"

    monkeypatch.setattr(machine, "version", version)
    assert list(where_and_when()["versions"]) == ["python", "torch"]


@pytest.mark.parametrize(("about", "platform_says", "expected"), [
    ("processor : 0\nmodel name\t: A B @ 2 GHz\nmodel name\t: C\n", "x", "A B @ 2 GHz"),
    ("processor : 0\nBogoMIPS : 50\n", "", "aarch64"),
    (None, "Intel64 Family 6", "Intel64 Family 6"),
    (None, "", "aarch64"),
])
def test_the_processor_has_a_name_on_every_system(monkeypatch, tmp_path, about, platform_says,
                                                  expected):
    file = tmp_path / "cpuinfo"
    if about:
        file.write_text(about, encoding="utf-8")
    monkeypatch.setattr(machine, "Path", lambda name: file)
    monkeypatch.setattr(machine.platform, "processor", lambda: platform_says)
    monkeypatch.setattr(machine.platform, "machine", lambda: "aarch64")
    assert where_and_when()["processor"] == expected
