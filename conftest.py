"""Tests, and the notebooks that nbval runs, use the drawn faces, whatever lies on the disk."""

import os

os.environ["FACES_SOURCE"] = "synthetic"
os.environ.pop("COURSE_LANG", None)
