"""The benchmarks run and say what they promise; their own --check holds them to the goals."""

import json
import subprocess
import sys

from helpers import ROOT


def last_line(*command):
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True,
                          encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_engine_against_the_original_loop_is_no_worse():
    """Whether it is faster is no test's business: .ci/run prints it, --check holds the goals."""
    found = last_line("tests/benchmarks/original_vs_course.py", "--pictures", "320",
                      "--rounds", "3")
    assert {"ratio", "share_of_matmul_rate", "course_pictures_per_second",
            "original_pictures_per_second"} <= set(found)
    assert found["ratio"] > 0 and found["share_of_matmul_rate"] > 0, found
    assert found["course_test_bce"] < 1.01 * found["original_test_bce"], found
    assert found["pictures"] == 320


def test_more_pictures_take_no_more_memory():
    few, many = last_line("tests/benchmarks/growing_data.py", "--pictures", "2000", "12000")
    assert many["file_mb"] == 147 and few["file_mb"] == 25
    assert many["peak_memory_mb"] < few["peak_memory_mb"] + 80, (few, many)
