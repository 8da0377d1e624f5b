"""The peak of a process's memory is seen, and the watching ends with what is watched."""

import gc
import threading
import time

import torch

from helpers.memory import PeakMemory, memory_mb


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_a_large_tensor_that_is_gone_was_seen():
    memory, before = PeakMemory(every=0.01), memory_mb()
    large = torch.ones(60_000_000)  # 240 MB
    assert wait_for(lambda: memory.peak >= before + 100)
    del large
    assert memory.stop() >= before + 100


def watching():
    return sum(thread.name == "PeakMemory" for thread in threading.enumerate())


def test_the_watching_ends_when_it_is_stopped_or_forgotten():
    before = watching()
    stopped, forgotten = PeakMemory(every=0.01), PeakMemory(every=0.01)
    assert watching() == before + 2
    stopped.stop()
    assert wait_for(lambda: watching() == before + 1)
    del forgotten
    gc.collect()
    assert wait_for(lambda: watching() == before)
