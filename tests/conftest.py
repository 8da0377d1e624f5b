import matplotlib

from helpers.threads import share_cores

SLOW = ("browser", "distributed", "benchmarks")  # folders: programs are started, decks opened

matplotlib.use("Agg")  # no window opens
share_cores()  # beside another program, or another worker of pytest-xdist


def pytest_collection_modifyitems(items):
    """Marks what is slow by its folder; a test may carry the mark itself."""
    for item in items:
        if any(folder in item.path.parts for folder in SLOW):
            item.add_marker("slow")
