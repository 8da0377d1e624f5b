"""The benchmarks run and say what they promise; their own --check holds them to the goals."""

import json
import os
import subprocess
import sys

import pytest
import torch

from helpers import ROOT
from helpers.course.measured import make_page


def last_line(*command, **environment):
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True,
                          encoding="utf-8", timeout=300, env=os.environ | environment)
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


def test_students_at_once_all_see_faces():
    """Two here; the benchmark has thirty."""
    (found,) = last_line("tests/benchmarks/students.py", "--students", "2", "--check")
    assert found["students"] == 2 and found["failed"] == 0
    assert 100 < found["own_memory_mb"] <= found["shared_too_memory_mb"] < 3000
    assert 0 < found["first_seconds"] <= found["last_seconds"] and found["face_files"] > 0


def test_a_training_cell_run_again_and_again_says_what_memory_it_holds():
    """Twice here; --check holds the goal for twenty times, in the weekly workflow."""
    found = last_line("tests/benchmarks/soak.py", "--times", "2")
    assert found["runs"] == 2 and 0.5 < found["growth"] < 1.5
    assert 100 < found["last_memory_mb"] < 3000


def test_mishaps_are_counted_from_pytests_own_report():
    (found,) = last_line("tests/benchmarks/mishaps.py", "--only", "files cut off")
    assert found["cases"] == found["as_they_should"] + found["not_possible_here"] >= 6
    assert found["failed"] == 0 and found["generated_inputs"] == 0
    (found,) = last_line("tests/benchmarks/mishaps.py", "--only",
                         "properties, with examples of Hypothesis")
    assert found["generated_inputs"] > 10 * found["cases"] > 100


BARE = """
import runpy, sys
course = {"tqdm", "psutil", "threadpoolctl", "matplotlib", "scipy", "sklearn", "skimage", "IPython"}
sys.modules.update(dict.fromkeys(course))  # None: it is not there
sys.path[:] = [path for path in sys.path if path and path != REPOSITORY]
sys.argv = ["tests/benchmarks/gpu.py", *sys.argv[1:]]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_the_gpu_benchmark_runs_on_a_bare_machine(tmp_path):
    """As far as a CPU goes: only torch, torchvision, numpy and pillow, and no installed course."""
    out = tmp_path / "docs" / "gpu.json"
    found = last_line("-c", BARE.replace("REPOSITORY", repr(str(ROOT))), "--device", "cpu",
                      "--pictures", "256", "--epochs", "1", "--out", str(out),
                      OMP_NUM_THREADS="1", PYTHONPATH="tests/benchmarks")
    assert found == json.loads(out.read_text()) and "failed" not in found
    engine, original = found["results"]
    assert (engine["way"], original["way"]) == ("engine", "original loop")
    for side in (engine, original):
        assert side["epochs"] == 1 and side["seconds"] > 0 and side["pictures_per_second"] > 0
        assert 0 < side["test_bce_above_floor"] < 0.15
    assert engine["test_bce_above_floor"] < 1.05 * original["test_bce_above_floor"]
    lines = {name: entry["value"] for name, entry in found["measured"].items()}
    least = [lines[f"step_{name}_ms"] for name in ("arithmetic", "memory", "launching")]
    assert min(least) > 0
    assert lines["share_of_bound"] == pytest.approx(max(least) / lines["step_ms"], rel=1e-3)
    assert found["seconds"] < 240 and "out_of_time" not in found
    table = make_page(out.parent)
    assert "| `engine` | 32 | 1 |" in table and "`kernel by kernel`" not in table


def test_the_operations_of_a_step_are_counted():
    """Every convolution of lesson 01's model counts three times; none leads back to the picture."""
    done = subprocess.run([sys.executable, "-c", "import gpu_bounds; print(gpu_bounds."
                           "flop_per_picture())"], cwd=ROOT / "tests" / "benchmarks",
                          capture_output=True, encoding="utf-8", timeout=100)
    assert done.returncode == 0, done.stderr
    layers = [(64, 3, 32), (32, 32, 64), (16, 64, 128), (8, 128, 64), (16, 64, 32), (32, 32, 3)]
    forward = [2 * 9 * side**2 * a * b for side, a, b in layers]
    assert int(done.stdout) == 3 * sum(forward) - forward[0]


def test_without_a_gpu_it_says_how_to_try_it():
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    done = subprocess.run([sys.executable, "tests/benchmarks/gpu.py"], cwd=ROOT,
                          capture_output=True, encoding="utf-8", timeout=100)
    assert done.returncode == 1 and "--device cpu" in done.stderr
