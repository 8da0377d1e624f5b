"""Import it first, and a benchmark runs from a copy of the course that is not installed.

For machines that are lent for minutes and reach no network, with torch, torchvision, numpy and
pillow on them. helpers is found beside this file; of the other packages that the course requires
the engine imports only tqdm, and gets bars that show nothing where it is missing.
"""

import importlib.machinery
import importlib.util
import sys
import time
from pathlib import Path
from types import SimpleNamespace

BEGAN = time.perf_counter()


class NoBar:
    """Does what the course asks of tqdm.tqdm, but shows nothing."""

    def __init__(self, things=(), **_):
        self.things = things

    def __iter__(self):
        return iter(self.things)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def update(self, n=1):
        pass


sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
if importlib.util.find_spec("tqdm") is None:
    spec = importlib.machinery.ModuleSpec("tqdm", None)  # others, too, ask whether it is there
    sys.modules["tqdm"] = SimpleNamespace(tqdm=NoBar, __spec__=spec)


def passed():
    """Seconds since the benchmark began."""
    return time.perf_counter() - BEGAN
