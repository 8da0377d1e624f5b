"""The peak of a process's memory is seen, and the watching ends with what is watched."""

import gc
import subprocess
import sys
import threading
import time

from helpers.memory import PeakMemory


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_a_large_tensor_that_is_gone_was_seen():
    """In a process of its own: one that has freed as much already would take it from there."""
    program = """
import time, torch
from helpers.memory import PeakMemory, memory_mb
memory, before = PeakMemory(every=0.01), memory_mb()
large, end = torch.ones(60_000_000), time.monotonic() + 10  # 240 MB
while memory.peak < before + 100 and time.monotonic() < end:
    time.sleep(0.01)
del large
print(memory.stop() - before)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                         check=True)
    assert int(ran.stdout) >= 100


def test_the_watching_ends_when_it_is_stopped_or_forgotten():
    others = set(threading.enumerate())  # one of an earlier test may be about to end

    def watching():
        return sum(thread.name == "PeakMemory" for thread in set(threading.enumerate()) - others)

    stopped, forgotten = PeakMemory(every=0.01), PeakMemory(every=0.01)
    assert watching() == 2
    stopped.stop()
    assert wait_for(lambda: watching() == 1)
    del forgotten
    gc.collect()
    assert wait_for(lambda: watching() == 0)
