"""A step of lessons 01 and 03 on a quiet computer, and beside a program that takes one core.

    python tests/benchmarks/busy.py

Times the step with the course's choice of threads (helpers.threads) and with torch's own, in a
fresh process each, turn by turn. The last line is one JSON object: quiet_ratio and busy_ratio are
the course's time by torch's, the larger of the two lessons. With --check the exit code says
whether the goals are met. Start it on a quiet computer.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import torch
from keep import keep
from torch import nn

from helpers import ROOT
from helpers.models import Autoencoder
from helpers.threads import share_cores

GOALS = {"quiet_ratio": 1.05, "busy_ratio": 0.5}
SPIN = "while True: pass"  # another program


def autoencoder():
    """Lesson 01: its autoencoder and a batch of 32."""
    return Autoencoder(), torch.rand(32, 3, 64, 64), nn.BCELoss()


def denoiser():
    """Lesson 03: the denoising network that its cell defines, and a batch of 4."""
    cells = json.loads((ROOT / "notebooks" / "03_denoising.ipynb").read_text("utf-8"))["cells"]
    (source,) = ("".join(cell["source"]) for cell in cells if cell["id"] == "model-class")
    names = {"torch": torch, "nn": nn}
    exec(source, names)
    return names["Denoiser"](), torch.rand(4, 3, 64, 64), nn.MSELoss()


STEPS = {"lesson_01": autoencoder, "lesson_03": denoiser}


def time_steps(name, setting, seconds):
    """Milliseconds a picture, the mean of `seconds` seconds after half as many of warm-up."""
    if setting == "course":
        share_cores()
    torch.manual_seed(0)
    model, x, loss_function = STEPS[name]()
    model, x = (thing.to(memory_format=torch.channels_last) for thing in (model, x))
    optimizer = torch.optim.Adam(model.parameters())

    def run(limit):
        done, began = 0, time.perf_counter()
        while (passed := time.perf_counter() - began) < limit:
            loss = loss_function(model(x), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            done += len(x)
        return 1000 * passed / done

    run(max(seconds / 2, 1.5))  # the first look at the cores comes after half a second
    return run(seconds)


@contextmanager
def another_program():
    """A process that keeps one core busy."""
    process = subprocess.Popen([sys.executable, "-c", SPIN])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def measure(seconds, rounds):
    """Milliseconds a picture: {lesson: {"quiet" or "busy": {"torch" or "course": median}}}."""
    found = {name: {way: {"torch": [], "course": []} for way in ("quiet", "busy")}
             for name in STEPS}

    def turn(way):
        for name in STEPS:
            for setting in ("torch", "course"):
                done = subprocess.run(
                    [sys.executable, __file__, "--step", name, "--setting", setting,
                     "--seconds", str(seconds)], capture_output=True, text=True, check=True)
                found[name][way][setting].append(float(done.stdout))

    for _ in range(rounds):
        turn("quiet")
        with another_program():
            turn("busy")
    return {name: {way: {setting: statistics.median(times) for setting, times in settings.items()}
                   for way, settings in ways.items()} for name, ways in found.items()}


def with_ratios(found):
    """The same, each with the course's time by torch's."""
    return {name: {way: times | {"time_ratio": times["course"] / times["torch"]}
                   for way, times in ways.items()} for name, ways in found.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="turns; the median counts")
    parser.add_argument("--out", type=Path, help="keep the results in this file, as JSON")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a goal is missed")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)  # in a process of its own
    parser.add_argument("--setting", choices=("torch", "course"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(time_steps(options.step, options.setting, options.seconds))
        return 0
    began = time.perf_counter()
    found = measure(options.seconds, options.rounds)
    print("ms a picture       torch   course")
    for name, ways in found.items():
        for way, times in ways.items():
            print(f"{name} {way:6} {times['torch']:8.2f} {times['course']:8.2f}")
    ratios = {f"{way}_ratio": max(round(found[name][way]["course"] / found[name][way]["torch"], 3)
                                  for name in STEPS) for way in ("quiet", "busy")}
    print(json.dumps(ratios | {"ms_a_picture": found, "threads": torch.get_num_threads()}))
    if options.out:
        keep(options.out, with_ratios(found), time.perf_counter() - began)
    missed = [key for key, goal in GOALS.items() if ratios[key] > goal]
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    assert Path(__file__).is_file()
    raise SystemExit(main())
