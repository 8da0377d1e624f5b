"""How much memory a process takes at most, watched from a thread of its own."""

import threading
import weakref

import psutil


def memory_mb():
    """What the process has allocated, MB. The pages of library files, which the system can drop
    and read again, are left out (on macOS, which does not tell them apart, they are in): of a
    torch with CUDA they are over 500 MB, more or less by chance.
    """
    info = psutil.Process().memory_info()
    private = getattr(info, "private", info.rss - getattr(info, "shared", 0))  # Windows, Linux
    return round(private / 1e6)


class PeakMemory:
    """Watches memory_mb() until stop(), or until nobody holds this object any more.

    psutil knows no peak on Linux and macOS. every: seconds between two looks.
    """

    def __init__(self, every=0.2):
        self.peak, self._stopped = memory_mb(), threading.Event()
        threading.Thread(target=_watch, args=(weakref.ref(self), self._stopped, every),
                         name="PeakMemory", daemon=True).start()

    def look(self):
        """Notes what the process has now."""
        self.peak = max(self.peak, memory_mb())

    def stop(self):
        """Ends the watching; returns the most that was seen, MB."""
        self._stopped.set()
        self.look()
        return self.peak


def _watch(watched, stopped, every):
    while not stopped.wait(every) and (memory := watched()):
        memory.look()
        del memory  # or this thread would hold it
