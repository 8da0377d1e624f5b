"""The front door: `python -m helpers` opens the course, its subcommands do the rest."""

import argparse
import os
import signal
import sys
from pathlib import Path

from helpers import ROOT
from helpers.messages import both, chosen_languages, pair, say

LESSON = "notebooks/01_autoencoder.ipynb"


def main(arguments=None):
    """Does what the command line says; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Chinese must not crash a Western Windows console
            stream.reconfigure(encoding="utf-8", errors="replace")
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        if not arguments or arguments[0] not in ("-h", "--help") and arguments[0].startswith("-"):
            return open_course(arguments)
        options = command_line().parse_args(arguments)
        return options.action(options)
    except KeyboardInterrupt:
        print()
        say("front_stopped")
        return 130


def command_line():
    """The parser of all subcommands; each names the function that does it as `action`."""
    parser = argparse.ArgumentParser("python -m helpers", description=both("front_about"),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(metavar="command", required=True)

    def command(name, action):
        text = words(f"front_help_{name}")
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(action=action)
        return added

    command("check", check)
    run = command("run", run_one)
    run.add_argument("lesson", help=words("front_help_lesson"))
    run.add_argument("--faces", choices=("synthetic", "lfw"), default="synthetic",
                     help=words("front_help_source"))
    run.add_argument("--save", action="store_true", help=words("front_help_save"))
    command("lfw", download)
    command("faces", draw_faces).add_argument(
        "--out", type=Path, default=ROOT / "images" / "synthetic_faces.png",
        help=words("front_help_out"))
    return parser


def words(key):
    """A short text for `--help`, in the chosen languages, on one line."""
    texts = pair(key)
    return " / ".join(texts[lang] for lang in chosen_languages())


def open_course(jupyter_options):
    """Checks the environment, trusts the lessons, starts JupyterLab on lesson 01."""
    from helpers.environment import check_environment, print_checks

    if not print_checks(check_environment()):
        say("front_fix_first")
        return 1
    from jupyterlab.labapp import LabApp

    from helpers.notebooks import all_lessons, trust

    trust(all_lessons())
    say("front_starting")
    # The root is the repository: ../images is found, and the browser lists the whole course
    options = [f"--ServerApp.root_dir={ROOT}", "--ServerApp.ip=127.0.0.1",
               f"--LabApp.default_url=/lab/tree/{LESSON}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # in a container the only user is root
    # Where Jupyter does not handle Ctrl-C itself (Windows), it would end without cleaning up
    signal.signal(signal.SIGINT, lambda *_: signal.raise_signal(signal.SIGTERM))
    # In this very process, so that signals reach JupyterLab on every system alike
    LabApp.launch_instance([*options, *jupyter_options])
    return 0


def check(options):
    """Checks the environment only."""
    from helpers.environment import check_environment, print_checks

    fine = print_checks(check_environment())
    say("front_all_ok" if fine else "front_fix_first")
    return 0 if fine else 1


def run_one(options):
    """Runs one lesson without a browser."""
    from helpers.notebooks import find_lesson, run_lesson

    try:
        path = find_lesson(options.lesson)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if run_lesson(path, options.faces, options.save) else 1


def download(options):
    """Downloads LFW."""
    from helpers.lfw_download import LFWDownloadError, download_lfw

    try:
        download_lfw()
    except LFWDownloadError as error:
        print(error, file=sys.stderr)
        return 1
    say("front_lfw_ready")
    return 0


def draw_faces(options):
    """Draws the contact sheet of the synthetic faces."""
    from helpers.plots import contact_sheet

    try:
        path = contact_sheet(options.out.resolve())
    except (OSError, ValueError) as error:  # no such folder, or an ending that is no picture's
        say("front_faces_failed", path=options.out, error=error)
        return 1
    say("front_faces_drawn", path=path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
