"""How a command ends: with its exit code, and where it failed with a sentence, not a traceback.

The traceback of what nobody foresaw goes into a file that the sentence names, for whoever is asked
for help.
"""

import contextlib
import errno
import os
import signal
import sys
import tempfile
import traceback
from pathlib import Path

from helpers import ROOT
from helpers.files import write_text
from helpers.messages import CourseError, both, say

FULL = {errno.ENOSPC, errno.EDQUOT}


class Ended(KeyboardInterrupt):
    """SIGTERM, from `kill` or a computer that shuts down: as Ctrl+C."""


@contextlib.contextmanager
def told_to_end():
    """Raises Ended in the block when SIGTERM comes.

    Not under torchrun, which waits for the processes that it ends: one may be inside of gloo.
    """
    def end(*_):
        raise Ended

    try:
        before = None if "TORCHELASTIC_RUN_ID" in os.environ else signal.signal(signal.SIGTERM, end)
    except ValueError:  # in another thread than the first
        before = None
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def exit_code(work, stopped="front_stopped", speaks=True):
    """Calls work(), and returns the exit code of its command: 0 where it came to its end.

    1: it could not be done, unless that error has an exit_code of its own. 2, a command line that
    is wrong, argparse has said by then. 130: Ctrl+C, 143: SIGTERM, and the message `stopped` is
    said. speaks: False where another process says it already.
    """
    try:
        with told_to_end():
            work()
    except CourseError as error:  # it says itself what to do
        code, said = getattr(error, "exit_code", 1), str(error)
    except Exception as error:
        code, said = 1, last_word(error) if speaks else ""
    except KeyboardInterrupt as stop:
        if speaks:
            print()
            say(stopped)
        return 143 if isinstance(stop, Ended) else 130
    else:
        return 0
    if speaks:
        print(said, file=sys.stderr)
    return code


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
