"""The small package around the lessons: what an earlier lesson has taught, later ones import.

What a lesson imports, in the order to read it:
    faces        SyntheticFaces, drawn from known factors  (portraits draws them; skip it at first)
    data         load_faces(): drawn faces, or LFW where it is on the disk
    models       networks that a lesson has taught
    variational  what a variational autoencoder minimises, term by term
    corruptions  noise, salt and pepper, a box: ways to spoil pictures, with a seed
    training     fit(): the loop that lesson 01 writes out by hand
    metrics      psnr, bce_floor, ...
    intervals    interval(): how sure a number is; verdict(): who wins  (weighted computes)
    plots        figures of faces, codes and curves
    judges       what pictures that were generated are judged by
    anomalies    faces with something wrong on purpose
    lesson       start() and report(): how a lesson begins and ends
    sliders      explore(): what each number of a code moves
    progress     tqdm: a bar that leaves nothing behind
    files        whole_file(): a file that is there whole or not at all
    exercises/   check(): feedback on an answer, lesson by lesson
    lfw/         photographs: the reader, the official split, the download
    messages/    the two languages of all that helpers says, by subject
Wings that nobody must read to follow a lesson:
    engine/      long training, in one process or many; `helpers.train` is its command line, and
                 `helpers.sample` draws new pictures with what that has trained, and
                 `helpers.score` finds pictures that are unlike those
    course/      the check of a computer, runs, copies, slides, site and the page of what was
                 measured; `python -m helpers`
    studies/     experiments too long for a lesson; `python -m helpers study`
An import goes down only, from the wings to messages: pyproject.toml has the floors.
"""

import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036  older ones get as far as this, too
    sys.exit("這是Python {0}，課程需要Python 3.11或更新版本。請安裝它，再用它建立虛擬環境。\n"
             "This is Python {0}; the course needs Python 3.11 or newer. Install one and make the "
             "virtual environment with it.".format(".".join(map(str, sys.version_info[:3]))))

# data/, runs/ and every other folder is found from here, never from the kernel's directory
ROOT = Path(__file__).resolve().parent.parent
