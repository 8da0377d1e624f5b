"""keep(): what a benchmark printed, into docs/benchmarks, from where docs/measured.md takes it."""

import json
import os
import sys
from pathlib import Path

from helpers.files import write_text
from helpers.machine import where_and_when


def keep(path, results, seconds):
    """Writes `results` to the file `path` with the command, processor, threads, versions, date."""
    options = sys.argv[1:]
    at = next(i for i, option in enumerate(options) if option.partition("=")[0] == "--out")
    del options[at:at + (1 if "=" in options[at] else 2)]  # where it was kept says nothing
    script, lfw = Path(sys.argv[0]), bool(os.environ.get("LFW_ROOT"))
    variables = ["LFW_ROOT=FOLDER"] * lfw  # no path of somebody's own computer
    if isa := os.environ.get("ONEDNN_MAX_CPU_ISA"):
        variables.append(f"ONEDNN_MAX_CPU_ISA={isa}")
    command = " ".join([*variables, "python", f"tests/benchmarks/{script.name}", *options])
    content = {"command": command, "benchmark": script.stem,
               "faces": "lfw" if lfw else "synthetic", **where_and_when(),
               "seconds": round(seconds, 1), "results": results}
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
