"""What ten times as many pictures cost: memory, and seconds of an epoch.

    python tests/benchmarks/growing_data.py                10,000 and 100,000 drawn faces, 64x64

Draws them into one file and reads an epoch of it, shuffled, in a fresh process for each number;
no network is trained, so what is left is what data costs. The last line is one JSON object,
which --out keeps for docs/measured.md: --out docs/benchmarks/growing_data.json
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from keep import keep

from helpers import ROOT
from helpers.engine.batches import Batches
from helpers.engine.store import open_drawn
from helpers.memory import PeakMemory


def measure(n):
    """Peak memory and seconds of drawing and of reading `n` faces."""
    memory = PeakMemory(every=0.01)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        path = open_drawn(n, root=folder)
        drawn = time.perf_counter()
        assert sum(len(x) for x, *_ in Batches(path, 32, shuffle=True)) == n
        read = time.perf_counter()
        size = path.stat().st_size
    return {"pictures": n, "file_mb": round(size / 1e6), "peak_memory_mb": memory.stop(),
            "drawing_seconds": round(drawn - began, 1), "reading_seconds": round(read - drawn, 2)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--out", type=Path, help="keep the result in this file, too")
    options = parser.parse_args()
    numbers, began = options.pictures, time.perf_counter()
    if len(numbers) == 1:
        print(json.dumps(measure(numbers[0])))
        sys.exit()
    found = []
    for number in numbers:
        done = subprocess.run([sys.executable, __file__, "--pictures", str(number)], cwd=ROOT,
                              stdout=subprocess.PIPE, text=True, check=True)
        found.append(json.loads(done.stdout.splitlines()[-1]))
        print(found[-1])
    print(json.dumps(found))
    if options.out:
        keep(options.out, found, time.perf_counter() - began)
