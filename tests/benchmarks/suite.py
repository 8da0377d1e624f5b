"""The tests of this course in the environment that runs this file, such as one of old packages.

    python tests/benchmarks/suite.py                     those that start no other programs

For the oldest torch that pyproject.toml allows, in a virtual environment of its own:
python -m pip install "torch==2.9.*" "torchvision==0.24.*" -e ".[test]". The last line is one JSON
object, which --out keeps for docs/measured.md: --out docs/benchmarks/suite.json
"""

import argparse
import json
import sys
import time
from pathlib import Path

import torch
from keep import keep
from mishaps import measure

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paths", nargs="+", default=["tests"])
    parser.add_argument("--out", type=Path, help="keep the result in this file, too")
    options = parser.parse_args()
    began = time.perf_counter()
    found = measure("suite", options.paths, "-n", "2", "--dist", "loadfile", "-m", "not slow")
    result = {"tests": f"torch {torch.__version__}", **{name: found[name] for name in (
        "cases", "as_they_should", "failed", "not_possible_here")}}
    print(json.dumps(result))
    if options.out:
        keep(options.out, [result], time.perf_counter() - began)
    sys.exit(found["failed"] > 0)
