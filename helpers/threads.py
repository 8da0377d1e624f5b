"""As many threads as there are cores left: threads that wait for each other must all run.

PyTorch gives every core a thread, and at the end of each operation they wait for each other,
spinning. Where another program has one of the cores, one of them cannot run, and the others wait
for it, time slice after time slice: a step takes three times as long, or thirty. With one thread
less it does not. tests/benchmarks/busy.py measures it; waiting without spinning (OMP_WAIT_POLICY)
and spinning for a shorter time (GOMP_SPINCOUNT) were slower on a quiet computer, or a busy one.
"""

import contextlib
import os
import sys
import time

import psutil
import torch
from threadpoolctl import threadpool_limits
from torch.optim.optimizer import register_optimizer_step_post_hook

EVERY = 0.5  # seconds between two looks: the system counts in hundredths
COMPUTING = ("user", "nice", "system", "irq", "softirq", "steal")  # of psutil.cpu_times()
CHOSEN = ("OMP_NUM_THREADS", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "MKL_NUM_THREADS",
          "KMP_BLOCKTIME")  # a reader who sets one of these has chosen


def threads_for(most, others, cores):
    """How many of `most` threads to use where other programs use `others` of `cores` cores.

    Beside n threads of ours on n cores, a program that never rests gets n / (n + 1) of a core:
    two thirds where n is 2. A browser that wakes up now and then takes far less.
    """
    return max(1, min(most, cores - int(others + 0.6)))


class CoreWatch:
    """Chooses the number of threads by how many cores other programs use.

    most: threads where nobody else computes. current: those chosen last.
    """

    def __init__(self):
        self.most = self.current = torch.get_num_threads()
        self.seen = None

    def look(self, *_):
        """Looks, if the last look is long enough ago; it comes after each step of an optimizer,
        and in a notebook before each cell, since not every lesson trains.

        Does nothing any more once somebody else has set torch's number of threads.
        """
        now = time.monotonic()
        if self.seen and now - self.seen[0] < EVERY:
            return
        times = psutil.cpu_times()
        busy = sum(getattr(times, name, 0.0) for name in COMPUTING)
        before, self.seen = self.seen, (now, busy, time.process_time())
        if before is None or torch.get_num_threads() != self.current:
            return
        passed, busy, own = (b - a for a, b in zip(before, self.seen, strict=True))
        threads = threads_for(self.most, (busy - own) / passed, psutil.cpu_count())
        if threads != self.current:
            self.current = threads
            torch.set_num_threads(threads)
            threadpool_limits(threads)  # NumPy's and scikit-learn's own


_handle = _watch = None  # the one watch of this process


def share_cores():
    """From now on, leaves other programs the cores they use; True unless there is no choice.

    There is none with one core, nor where the reader has chosen threads by an environment
    variable (CHOSEN).
    """
    global _handle, _watch
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if _handle:
        _handle.remove()
        _handle = None
        with contextlib.suppress(ValueError):
            shell and shell.events.unregister("pre_run_cell", _watch.look)
    if torch.get_num_threads() > 1 and not any(name in os.environ for name in CHOSEN):
        _watch = CoreWatch()
        _handle = register_optimizer_step_post_hook(_watch.look)
        if shell:
            shell.events.register("pre_run_cell", _watch.look)
    return _handle is not None
