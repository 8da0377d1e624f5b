"""The last word of a command that failed in a way that nobody foresaw: a sentence, not a traceback.

The traceback goes into a file that the sentence names, for whoever is asked for help.
"""

import errno
import tempfile
import traceback
from pathlib import Path

from helpers import ROOT
from helpers.files import write_text
from helpers.messages import both

FULL = {errno.ENOSPC, errno.EDQUOT}


def last_word(error):
    """What to print for the exception `error`: what failed, what to do, where its details are."""
    kind = kind_of(error)
    detail = f"{type(error).__name__}: {error}".strip().splitlines()[0][:300]
    return both(f"fault_{kind}", error=detail, log=write_log(error))


def kind_of(error):
    """"disk", "denied", "memory" or "unknown": which sentence an exception gets."""
    number, text = getattr(error, "errno", None), str(error)
    if number in FULL or "No space left" in text:  # torch hides the number behind words
        return "disk"
    if isinstance(error, PermissionError) or number == errno.EROFS:
        return "denied"
    if isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text:
        return "memory"
    return "unknown"


def write_log(error):
    """Writes the traceback into runs/, else into the system's temporary folder; returns its path.

    Where neither can be written, returns the traceback itself.
    """
    details = "".join(traceback.format_exception(error))
    for folder in (ROOT / "runs", Path(tempfile.gettempdir())):
        try:
            write_text(folder / "error.log", details)
            return folder / "error.log"
        except OSError:
            continue
    return details
