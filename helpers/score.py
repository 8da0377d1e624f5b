"""Which pictures of a folder are unlike those that `python -m helpers.train` has trained on.

    python -m helpers.score --run FOLDER --data FOLDER --out FOLDER

engine.alarm has the score. Pictures are decoded block by block and not kept, so that neither
memory nor disk grows with them; each has a line in memory. Shape letters: N pictures.
"""

import argparse
import csv
import io
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from helpers import ROOT
from helpers.engine import left_out
from helpers.engine.alarm import (
    BATCH,
    LEAST,
    Alarm,
    expected_alarms,
    p_values,
    pictures_needed,
)
from helpers.engine.batches import Batches
from helpers.engine.decode import decode_blocks
from helpers.engine.folders import list_all
from helpers.engine.gallery import Shown, shrunk, write_page
from helpers.engine.options import given, number
from helpers.engine.runs import open_run
from helpers.engine.sources import folder_of
from helpers.faults import exit_code
from helpers.files import fresh_folder, whole_file
from helpers.messages import both, pair, say, show, speak_utf8, words
from helpers.threads import CoreWatch, share_cores

SHOWN = 20  # pictures of the page, of either kind
TOLD = 5  # that are named in the terminal
FORMULAS = "=+-@\t\r\n＝＋－＠"  # what begins with one of these, a spreadsheet computes


class Scored(NamedTuple):
    """A line of scores.csv."""

    file: str  # relative to the folder
    score: float
    p_value: float
    error: float  # mean squared
    variation: float
    code: float  # nats


def order(scored):
    """The least normal goes first; of equals, the first name."""
    return -scored.score, scored.file


class Extremes:
    """The least and the most normal of all pictures so far, `n` each, with their pixels."""

    def __init__(self, n):
        self.n, self.least, self.most = n, [], []

    def add(self, scored, x, x_hat):
        """Takes in a list of Scored and their pictures, (N, 3, H, W) each."""
        error = (x - x_hat).abs().mean(1, keepdim=True)
        new = [(line, [shrunk(part).clone() for part in pixels])
               for line, *pixels in zip(scored, x, x_hat, error, strict=True)]
        self.least = sorted([*self.least, *new], key=lambda item: order(item[0]))[:self.n]
        self.most = sorted([*self.most, *new], key=lambda item: order(item[0]))[-self.n:]

    def shown(self, count):
        """Two lists of Shown, the most extreme first, of `count` pictures; none is in both."""
        def show_one(place, line, pixels):
            x, x_hat, error = pixels
            return Shown(place, line.file, line.score, line.p_value, x, x_hat, error[0])

        first = count - len(self.most) + 1
        least = [show_one(place, *item) for place, item in enumerate(self.least, 1)]
        most = [show_one(place, *item) for place, item in enumerate(self.most, first)]
        return least, [item for item in most if item.place > len(least)][::-1]


def score_folder(listing, alarm, look=lambda: None):
    """Scores all pictures of a Listing: a list of Scored in order, the Extremes, what was left out.

    Raises CourseError where no picture can be used.
    """
    paths, missing = listing.paths["all"], {reason: [*n] for reason, n in listing.left_out.items()}
    scored, extremes = [], Extremes(SHOWN)
    with tqdm(total=len(paths), desc="scoring", unit="picture", delay=1, leave=False) as bar:
        for block in decode_blocks(paths, alarm.run.size, bar.update):
            found = {}
            for path, reason, pixels in block:
                name = path.relative_to(listing.folder).as_posix()
                if pixels is None:
                    left_out.note(missing, reason, name)
                else:
                    found[name] = pixels
            if found:
                scored += score_pictures(found, alarm, extremes, look)
    if not scored:
        raise left_out.no_pictures(listing.folder, missing)
    return sorted(scored, key=order), extremes, missing


def score_pictures(found, alarm, extremes, look):
    """Scores pictures {name: (H, W, 3) uint8}: a list of Scored."""
    scored, names = [], list(found)
    for x, rows, _ in Batches(np.stack(list(found.values())), BATCH):
        look()
        numbers, x_hat = alarm.measure(x)
        scores = alarm.score(numbers)
        told = zip(scores, p_values(scores, alarm.held_out), *numbers.T, strict=True)
        some = [Scored(names[row], *map(float, line)) for row, line in zip(rows, told, strict=True)]
        extremes.add(some, x, x_hat)
        scored += some
    return scored


def harmless(name):
    """A file's name that no spreadsheet takes for a formula: ./ before it names the same file."""
    return f"./{name}" if name.startswith(tuple(FORMULAS)) else name


def table(scored, missing):
    """The text of scores.csv: a line for each Scored, then one for each file that was left out.

    missing: {reason: [name, ...]}. Begins with a byte order mark: without one, Excel reads UTF-8
    as the system's old code page, and Chinese names turn into rubbish. pandas skips it, Python's
    own reader does as "utf-8-sig".
    """
    text = io.StringIO(newline="")
    text.write("\ufeff")
    # Ends lines as csv does by default: it quotes a name with one of these two signs, and no other
    write = csv.writer(text).writerow
    write([*Scored._fields, "left_out"])
    for line in scored:
        write([harmless(line.file), *(f"{value:.6g}" for value in line[1:]), ""])
    for reason, names in missing.items():
        if reason != "ending":  # no pictures, and not named one by one
            for name in names:
                write([harmless(Path(name).as_posix()), *[""] * (len(Scored._fields) - 1), reason])
    return text.getvalue()


def what_it_means(scored, alarm, rate):
    """What is to be said of the numbers of alarms: a list of (key, values)."""
    k, n = len(alarm.held_out), len(scored)
    test = len(alarm.run.test.dataset)
    least = f"{1 / (k + 1):.3g}"
    said = [("score_held_out", dict(test=f"{test:,}", known=f"{test - k:,}", held_out=f"{k:,}",
                                    most=k + 1, least=least))]
    expected, low, high = expected_alarms(n, rate, k)
    if not expected:
        return [*said, ("score_no_alarm", dict(rate=rate, least=least,
                                               needed=pictures_needed(rate)))]
    alarms = sum(line.p_value <= rate for line in scored)
    said.append(("score_alarms", dict(rate=rate, n=f"{n:,}", alarms=f"{alarms:,}",
                                      expected=expected, low=f"{low:,}", high=f"{high:,}")))
    return [*said, ("score_false_alarms", {})] if expected >= 1 else said


def score(options):
    """Does what the options say. Writes once everything is computed."""
    listing = list_all(options.data)
    if not listing.paths["all"]:
        raise left_out.no_pictures(listing.folder, listing.left_out)
    run_folder = options.run.expanduser().absolute()
    run = open_run(run_folder, options.trained_on, LEAST, "--trained-on")
    if (seen := folder_of(run.data)) and (
            listing.folder.is_relative_to(seen) or seen.is_relative_to(listing.folder)):
        say("score_seen", data=listing.folder)
    out = options.out.expanduser().absolute()
    fresh_folder(out)
    look = CoreWatch().look if share_cores() else lambda: None  # no optimizer steps, which would
    alarm = Alarm(run, options.seed, look)
    scored, extremes, missing = score_folder(listing, alarm, look)
    means = what_it_means(scored, alarm, options.alarms)
    about = dict(run=run_folder.name, n=f"{len(scored):,}",
                 left_out=f"{sum(map(len, missing.values())):,}")
    page = write_page(listing.folder.name, [
        ("score_page_model", about), *means, ("score_page_score", {}), ("score_page_p_value", {}),
    ], *extremes.shown(len(scored)), options.alarms)
    for name, text in (("scores.csv", table(scored, missing)), ("index.html", page)):
        with whole_file(out / name) as file:
            file.write(text.encode(errors="backslashreplace"))  # names of another encoding
    tell(listing.folder, scored, missing, means)
    say("score_written", out=out)


def tell(folder, scored, missing, means):
    """Prints the least normal pictures, what was left out, and what the numbers mean."""
    print(f"\n{'score':>10} {'p-value':>9}  file")
    for line in scored[:TOLD]:
        print(f"{line.score:10.2f} {line.p_value:9.3g}  {left_out.shown(line.file)}")
    why = left_out.words(missing)
    show({lang: text + why[lang] for lang, text in
          pair("score_summary", folder=folder, n=f"{len(scored):,}").items()})
    for key, values in means:
        say(key, **values)


def command_line():
    """The parser of all options."""
    parser = argparse.ArgumentParser("python -m helpers.score", description=both("score_about"),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--run", type=given("--run", Path), default=ROOT / "runs" / "train",
        help=words("sample_help_run"))
    add("--data", type=given("--data"), required=True, help=words("score_help_data"))
    add("--out", type=given("--out", Path), default=ROOT / "runs" / "score",
        help=words("score_help_out"))
    add("--alarms", default=0.05, metavar="RATE", help=words("score_help_alarms"),
        type=number("--alarms", float, lambda rate: 0 < rate < 1, "0 < RATE < 1"))
    add("--seed", default=0, help=words("score_help_seed"),
        type=number("--seed", int, lambda n: 0 <= n < 2**32, "0, 1, ..., 4294967295"))
    add("--trained-on", type=given("--trained-on"), metavar="DATA",
        help=words("sample_help_data"))
    return parser


def main(arguments=None):
    """Scores as the command line says; returns the exit code."""
    speak_utf8()
    options = command_line().parse_args(arguments)
    return exit_code(lambda: score(options))


if __name__ == "__main__":
    sys.exit(main())
