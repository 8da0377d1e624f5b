import matplotlib
import torch

SLOW = ("browser", "distributed", "benchmarks")  # folders: programs are started, decks opened

matplotlib.use("Agg")  # no window opens
torch.set_num_threads(1)  # equal to the last bit, however busy the computer is


def pytest_collection_modifyitems(items):
    """Marks what is slow by its folder; a test may carry the mark itself."""
    for item in items:
        if any(folder in item.path.parts for folder in SLOW):
            item.add_marker("slow")
