"""Tests, and the notebooks that nbval runs, use the drawn faces, whatever lies on the disk.

A warning that is blamed on our own code is an error, in tests, in helpers and in the cells of
lessons; one that is blamed on another package is that package's business.
"""

import os
import tempfile
from pathlib import Path

os.environ["FACES_SOURCE"] = "synthetic"
os.environ.pop("COURSE_LANG", None)
# What other processes run as their own program: the cells of a lesson in its kernel, too
os.environ["PYTHONWARNINGS"] = "error:::__main__"


def pytest_configure(config):
    """Names our modules to the filter of warnings: helpers, and all that tests import.

    torchrun, in tests and in lesson 10, keeps its logs in a folder that goes when the tests end.
    """
    logs = tempfile.TemporaryDirectory(prefix="torchrun-", ignore_cleanup_errors=True)
    os.environ["PET_LOG_DIR"] = logs.name  # its --log-dir
    config.add_cleanup(logs.cleanup)
    tests = Path(__file__).parent / "tests"
    ours = {path.parent.name if (path.parent / "__init__.py").is_file() else path.stem
            for path in tests.rglob("*.py")}
    config.addinivalue_line(
        "filterwarnings", f"error:::({'|'.join(sorted({'helpers', 'conftest', *ours}))})(\\.|$)")
