"""Imported first by what a lesson imports first: says at once what its first cell waits for.

PyTorch takes seconds to load, on a slow disk half a minute.
"""

import sys

from helpers.messages import in_notebook, pair
from helpers.progress import Line

line = Line()
if in_notebook() and "torch" not in sys.modules:
    line.show("\n".join(pair("loading").values()))
