"""Thirty students on one machine: all run lesson 01 up to the first look at the faces, at once.

    python tests/benchmarks/students.py                 30 kernels, about 12 GB of memory

They share a copy of the course in which nothing has been drawn yet, a home folder, and the cores.
Says how many failed, how long the first and the last of them took, and what memory a kernel holds:
of its own, and with what it shares. The last line is one JSON object, which --out keeps for
docs/measured.md: --out docs/benchmarks/students.json. --check ends with 1 if anyone failed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
from jupyter_client.manager import start_new_kernel
from keep import keep

from helpers import ROOT
from helpers.course.notebooks import read_notebook

LAST = "data-look"  # the cell with the first look
PATIENCE = 1200  # seconds a cell may take


def cells():
    """The code cells of lesson 01 up to the first look, as text."""
    found = []
    for cell in read_notebook(ROOT / "notebooks" / "01_autoencoder.ipynb").cells:
        if cell.cell_type == "code":
            found.append(cell.source)
        if cell.id == LAST:
            return found
    raise LookupError(LAST)


def student(course, home):
    """One kernel: the seconds until it has seen faces, its process, and what went wrong, if any."""
    began, errors, pictures = time.perf_counter(), [], []
    environment = os.environ | {"HOME": str(home), "USERPROFILE": str(home),
                                "PYTHONPATH": str(course), "FACES_SOURCE": "synthetic"}
    manager, client = start_new_kernel(cwd=str(course / "notebooks"), env=environment,
                                       startup_timeout=PATIENCE)

    def seen(message):
        content = message["content"]
        if message["msg_type"] == "error":
            errors.append(f"{content['ename']}: {content['evalue']}")
        pictures.extend(key for key in content.get("data", {}) if key == "image/png")

    for source in cells():
        client.execute_interactive(source, output_hook=seen, timeout=PATIENCE, allow_stdin=False)
    if not pictures:
        errors.append("no picture")
    return time.perf_counter() - began, manager, client, errors


def memory(manager):
    """(of its own, with what it shares) of a kernel, in MB."""
    process = psutil.Process(manager.provisioner.pid)
    info = process.memory_full_info()
    return info.uss / 1e6, info.rss / 1e6


def measure(count):
    """What `count` students at once come to."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        course, home = Path(folder) / "course", Path(folder) / "home"
        subprocess.run(["git", "clone", "--quiet", "--local", str(ROOT), str(course)], check=True)
        home.mkdir()
        with ThreadPoolExecutor(count) as pool:
            class_ = list(pool.map(lambda _: student(course, home), range(count)))
        used = [memory(manager) for _, manager, *_ in class_]
        for _, manager, client, _ in class_:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
        drawn = list((course / "data" / "synthetic_faces").glob("*.npy"))
    seconds = sorted(took for took, *_ in class_)
    for problem in sorted({error for *_, errors in class_ for error in errors}):
        print(problem, file=sys.stderr)
    own, whole = (statistics.median(values) for values in zip(*used, strict=True))
    return {"students": count, "failed": sum(bool(errors) for *_, errors in class_),
            "first_seconds": round(seconds[0]), "last_seconds": round(seconds[-1]),
            "own_memory_mb": round(own), "shared_too_memory_mb": round(whole),
            "face_files": len(drawn)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, nargs="+", default=[1, 30])
    parser.add_argument("--out", type=Path, help="keep the result in this file, too")
    parser.add_argument("--check", action="store_true", help="end with 1 if anyone failed")
    options = parser.parse_args()
    began = time.perf_counter()
    results = []
    for number in options.students:
        results.append(measure(number))
        print(results[-1])
    print(json.dumps(results))
    if options.out:
        keep(options.out, results, time.perf_counter() - began)
    if options.check and any(row["failed"] for row in results):
        sys.exit(1)
