"""Which computer this is, and when: what stands beside every number that was measured."""

import platform
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch


def where_and_when(device="cpu"):
    """What a measurement on `device` needs beside its numbers, a dict of plain Python.

    processor, threads, versions and date; on an NVIDIA GPU its name, too, as "gpu".
    """
    versions = {"python": platform.python_version()}
    for name in ("torch", "numpy", "scikit-learn"):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:  # a machine that is lent for minutes has few
            continue
    gpu = {}
    if torch.device(device).type == "cuda":
        gpu = {"gpu": torch.cuda.get_device_name(device)}
    return {**gpu, "processor": _processor(), "threads": torch.get_num_threads(),
            "versions": versions, "date": time.strftime("%Y-%m-%d")}


def _processor():
    """The processor's name, such as "AMD EPYC 7R13 Processor"; Linux has it in a file only."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(filter(None, [*names, platform.processor()]), platform.machine())
