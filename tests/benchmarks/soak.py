"""A student who runs the training cell again and again: does the kernel's memory grow?

    python tests/benchmarks/soak.py                     20 times, about a minute

One kernel, lesson 01's model and loop on a few faces, a new model each time, as the cell makes it.
The first few runs fill what is kept (memory pools, compiled kernels); from then on memory must
stay. The last line is one JSON object, which --out keeps for docs/measured.md:
--out docs/benchmarks/soak.json. --check ends with 1 if memory grew by more than 5 %.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import psutil
from jupyter_client.manager import start_new_kernel
from keep import keep

from helpers import ROOT

SETTLED = 5  # runs until what is kept is there
GROWTH = 1.05
BEFORE = """
import torch
from torch.utils.data import DataLoader, TensorDataset
from helpers.anomalies import normal_faces
from helpers.lesson import start
from helpers.models import Autoencoder
from helpers.training import fit

lesson = start("soak", seed=0, faces="synthetic")
batches = DataLoader(TensorDataset(normal_faces(320, size=64).x), 8, shuffle=True)
"""
CELL = """
model = Autoencoder()
optimizer = torch.optim.Adam(model.parameters(), 0.001)
history = fit(model, batches, batches, torch.nn.BCELoss(), optimizer, 1)
"""


def measure(times):
    """Memory of the kernel, in MB, after the runs that fill it and at the end."""
    manager, client = start_new_kernel(cwd=str(ROOT / "notebooks"))
    try:
        process, used = psutil.Process(manager.provisioner.pid), []
        for source in [BEFORE] + times * [CELL]:
            reply = client.execute_interactive(source, output_hook=lambda _: None, timeout=600)
            if reply["content"]["status"] != "ok":
                raise RuntimeError(reply["content"].get("evalue"))
            used.append(process.memory_info().rss / 1e6)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    settled = max(used[1:1 + min(SETTLED, times)])
    return {"runs": times, "settled_memory_mb": round(settled), "last_memory_mb": round(used[-1]),
            "growth": round(used[-1] / settled, 3)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--out", type=Path, help="keep the result in this file, too")
    parser.add_argument("--check", action="store_true", help="end with 1 if memory grew")
    options = parser.parse_args()
    began = time.perf_counter()
    found = measure(options.times)
    print(json.dumps(found))
    if options.out:
        keep(options.out, [found], time.perf_counter() - began)
    if options.check and found["growth"] > GROWTH:
        sys.exit(1)
