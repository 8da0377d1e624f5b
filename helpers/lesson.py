"""start() opens a lesson: language picker, versions, seed, device. Its report() closes it."""

import helpers.loading  # noqa: I001  first: says what there is to wait for

import contextlib
import functools
import json
import math
import os
import platform
import re
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import matplotlib.pyplot as plt
import psutil
import torch

from helpers import ROOT
from helpers.data import choose_source
from helpers.files import write_text
from helpers.intervals import Interval
from helpers.machine import where_and_when
from helpers.memory import PeakMemory
from helpers.messages import LANGUAGES, bad, in_notebook, say
from helpers.messages.picker import picker_html
from helpers.messages.settings import setting
from helpers.plots import STYLE
from helpers.threads import share_cores


@dataclass
class Lesson:
    """What a lesson knows of itself: where to compute and where its logs go."""

    name: str  # "01_autoencoder"
    device: torch.device
    faces: str  # "synthetic" or "lfw"
    runs: Path  # runs/<name>/<faces>/<this process>, for event files; the report is beside it
    _began: float = field(default_factory=time.perf_counter, repr=False)
    _memory: PeakMemory = field(default_factory=PeakMemory, repr=False)

    def report(self, **measured):
        """Prints what the lesson measured, each value beside its baseline; writes report.json,
        which also says where and when that was.

        Every keyword is a snake_case name with the result of `measured(...)`.
        Returns the path of the file, runs/<name>/<faces>/report.json.
        """
        content = {
            "lesson": self.name,
            "faces": self.faces,
            "seconds": round(time.perf_counter() - self._began, 1),
            "peak_memory_mb": self._memory.stop(),
            **where_and_when(self.device),
            "measured": measured,
        }
        print(format_report(content))
        path = self.runs.parent / "report.json"
        try:
            write_text(path, json.dumps(content, indent=2))
        except OSError as error:
            say("lesson_report_not_kept", path=path, error=error.strerror or error)
        return path


def own_folder(base):
    """The folder of this process in `base`, the same however often a lesson is started in it.

    Two that run one lesson, an original and a copy of it, never share one. Folders of processes of
    this computer that have ended are removed; a shared disk may hold those of others, whose
    processes nobody here can see. Where it cannot be made, a reader is told that nothing is kept,
    and it is in the system's temporary folder until this process ends.
    """
    computer = re.sub(r"\W+", "_", platform.node()) or "computer"
    for old in base.glob(f"{computer}-*"):
        number = old.name.removeprefix(f"{computer}-")
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            shutil.rmtree(old, ignore_errors=True)
    mine = base / f"{computer}-{os.getpid()}"
    try:
        mine.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        say("lesson_keeps_nothing", folder=base, error=error.strerror or error)
        with contextlib.suppress(OSError):  # nothing can be written anywhere
            mine = Path(scratch().name, base.name, mine.name)
            mine.mkdir(parents=True, exist_ok=True)
    return mine


@functools.cache
def scratch():
    """A temporary folder that goes when this process ends, the same one every time."""
    return tempfile.TemporaryDirectory(prefix="autoencoder-", ignore_cleanup_errors=True)


def read_study(number, faces="synthetic"):
    """What `python -m helpers study NN` wrote: a dict, of which "results" holds the experiments.

    number: "03"; faces: "synthetic" or "lfw". Raises FileNotFoundError where there is none.
    """
    path = ROOT / "docs" / "studies" / f"{number}{'_lfw' * (faces == 'lfw')}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def measured(value, unit="", better="higher", baseline=None, baseline_name=None):
    """One line of a report. value: a number, or an Interval, whose ends are reported, too.

    better: which direction is good, "higher", "lower" or "neither".
    Raises ValueError for another word, or a value that is no finite number.
    """
    ends = {}
    if isinstance(value, Interval):
        value, low, high = value
        ends = {"low": float(low), "high": float(high)}
    if better not in ("higher", "lower", "neither"):
        takes = "'higher', 'lower', 'neither'"
        raise bad("better", repr(better), takes)
    for name, number in {"value": value, "baseline": baseline, **ends}.items():
        if number is not None and not math.isfinite(number):  # JSON knows no NaN
            raise bad(name, number, "-inf < x < inf")
    line = {"value": float(value), "unit": unit, "better": better}
    if baseline is not None:
        line |= {"baseline": float(baseline), "baseline_name": baseline_name}
    return line | ends


def format_report(content):
    """The text of a report: a dict as report.json holds it -> lines of a table.

    An interval stands in parentheses: 24.3 dB (23.9 to 24.7).
    """
    lines = [f"lesson: {content['lesson']}  faces: {content['faces']}  "
             f"{content['seconds']:.0f} s  {content['peak_memory_mb']} MB at most"]
    ends = {name: f" ({_as_precise(entry, 'low')} to {_as_precise(entry, 'high')})"
            for name, entry in content["measured"].items() if "low" in entry}
    room = max(map(len, ends.values()), default=0)
    gap, width = (" ", 8) if room else ("  ", 9)  # a slide holds lines of 84
    for name, entry in content["measured"].items():
        line = f"{name:24} {_figures(entry['value']):>9} {entry['unit']:5}"
        line += ends.get(name, "").ljust(room)
        if "baseline" in entry:
            line += f"{gap}{_figures(entry['baseline']):>{width}} {entry['baseline_name']}"
        lines.append(line.rstrip())
    return "\n".join(lines)


def _as_precise(entry, end):
    """An end of an interval with as many decimals as its value: 22.26 (22.00 to 22.54)."""
    return f"{entry[end]:,.{len(_figures(entry['value']).partition('.')[2])}f}"


def _figures(value):
    """Four significant figures; large numbers with thousands separators, never 1.9e+05."""
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"


def start(name, seed=0, device=None, lang=None, faces="auto"):
    """Opens the lesson `name`: shows the language picker, prints versions, sets the seed.

    name: the notebook's name without ending. seed: for torch's generators. device: "cuda" if
    there is one, else "cpu", unless named ("mps" has given silently wrong losses, so only
    when asked for). lang: "zh", "en" or "both", the picker's first choice and the language of
    checks and messages; without it, the environment variable COURSE_LANG decides.
    faces: "auto", or "synthetic" for a lesson that needs the true factors: it draws its faces even
    where FACES_SOURCE asks for photographs, and says so.
    Removes what runs of this lesson whose process has ended left in runs/. Returns a Lesson. Raises
    ValueError for another language or another word for `faces`.
    """
    if lang not in (None, *LANGUAGES, "both"):
        takes = "'zh', 'en', 'both'"
        raise bad("lang", repr(lang), takes)
    if faces not in ("auto", "synthetic"):
        takes = "'auto', 'synthetic'"
        raise bad("faces", repr(faces), takes)
    if lang:
        os.environ["COURSE_LANG"] = lang
    _show_picker()
    _say_if_original()
    plt.rcParams.update(STYLE)
    torch.manual_seed(seed)
    share_cores()
    device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    if faces == "auto":
        faces = choose_source()
    elif setting("FACES_SOURCE").lower() == "lfw":
        say("lesson_drawn_only")
    lesson = Lesson(name, device, faces, own_folder(ROOT / "runs" / name / faces))
    helpers.loading.line.remove()
    packages = ", ".join(f"{p} {version(p)}" for p in ("torch", "torchvision", "scikit-learn"))
    print(f"Python {platform.python_version()}, {packages}")
    print(f"device: {device}  threads: {torch.get_num_threads()}  seed: {seed}  faces: {faces}")
    return lesson


def _say_if_original():
    """Where JupyterLab has opened the course's own notebook: that typing changes it."""
    opened = Path(os.environ.get("JPY_SESSION_NAME", ""))  # set by the Jupyter server
    if opened.parent == ROOT / "notebooks":
        say("lesson_original", number=opened.name[:2])


def _show_picker():
    if not in_notebook():
        return
    from IPython.display import display

    plain = "語言 Language: COURSE_LANG=zh | en | both"
    display({"text/html": picker_html(), "text/plain": plain}, raw=True)
