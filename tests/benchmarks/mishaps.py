"""What was tried to break the course, by kind, and what came of it.

    python tests/benchmarks/mishaps.py

Runs the tests of tests/mishaps, those of checkpoints, files and downloads, and the properties that
Hypothesis tries with many inputs, and counts from pytest's own report. The last line is one JSON
object, which --out keeps for docs/measured.md: --out docs/benchmarks/mishaps.json
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

from keep import keep

from helpers import ROOT

KINDS = {"training cut off, damaged checkpoints": ["tests/engine/test_checkpoints.py"],
         "files cut off": ["tests/test_files.py"],
         "downloads and archives": ["tests/lfw/test_lfw_download.py"]}
KINDS |= {path.stem.removeprefix("test_").replace("_", " "): [f"tests/mishaps/{path.name}"]
          for path in sorted((ROOT / "tests" / "mishaps").glob("test_*.py"))}
KINDS["properties, with examples of Hypothesis"] = ["tests/test_properties.py"]
EXAMPLES = re.compile(r"(\d+) passing(?: examples?)?, (\d+) failing")


def measure(kind, paths, *options):
    """One kind: cases tried, what came of them, and the inputs that Hypothesis made.

    options: of pytest.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "",
             f"--junitxml={report}", "--hypothesis-show-statistics", *options, *paths],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        found = ElementTree.parse(report).getroot().find("testsuite").attrib
    failed = int(found["failures"]) + int(found["errors"])
    if failed:
        print(done.stdout[-5000:], file=sys.stderr)
    inputs = sum(int(passed) + int(wrong) for passed, wrong in EXAMPLES.findall(done.stdout))
    cases, skipped = int(found["tests"]), int(found["skipped"])
    return {"mishaps": kind, "cases": cases, "as_they_should": cases - failed - skipped,
            "failed": failed, "not_possible_here": skipped, "generated_inputs": inputs}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=KINDS, help="one kind, to try it")
    parser.add_argument("--out", type=Path, help="keep the result in this file, too")
    options = parser.parse_args()
    began = time.perf_counter()
    results = []
    for kind, paths in KINDS.items():
        if options.only not in (None, kind):
            continue
        results.append(measure(kind, paths))
        print(results[-1])
    print(json.dumps(results))
    if options.out:
        keep(options.out, results, time.perf_counter() - began)
    sys.exit(any(row["failed"] for row in results))
