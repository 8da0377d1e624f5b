"""The front door: `python -m helpers` opens the course, its subcommands do the rest."""

import argparse
import importlib.util
import os
import signal
import sys
from pathlib import Path

from helpers import ROOT
from helpers.messages import (
    LANGUAGES,
    CourseError,
    both,
    chosen_languages,
    pair,
    say,
    speak_utf8,
    words,
)

LESSON = "notebooks/01_autoencoder.ipynb"


def main(arguments=None):
    """Does what the command line says; returns the exit code."""
    speak_utf8()
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        first = arguments[0] if arguments else "-"
        if first.startswith("-") and first not in ("-h", "--help"):
            return open_course(arguments)
        options = command_line().parse_args(arguments)
        return options.action(options)
    except KeyboardInterrupt:
        print()
        say("front_stopped")
        return 130
    except CourseError as error:  # it says itself what to do
        print(error, file=sys.stderr)
        return 1
    except Exception as error:
        from helpers.faults import last_word

        print(last_word(error), file=sys.stderr)
        return 1


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
    slides = command("slides", make_slides)
    slides.add_argument("lesson", nargs="?", help=words("front_help_lesson"))
    slides.add_argument("--lang", choices=LANGUAGES, help=words("front_help_lang"))
    slides.add_argument("--offline", action="store_true", help=words("front_help_offline"))
    slides.add_argument("--core", action="store_true", help=words("front_help_core"))
    slides.add_argument("--pdf", action="store_true", help=words("front_help_pdf"))
    slides.add_argument("--answers", action="store_true", help=words("front_help_answers"))
    command("site", make_site).add_argument("--offline", action="store_true",
                                            help=words("front_help_offline"))
    copy = command("copy", make_copy)
    copy.add_argument("lesson", help=words("front_help_lesson"))
    copy.add_argument("--lang", choices=LANGUAGES, help=words("front_help_lang"))
    copy.add_argument("--without-solutions", action="store_true",
                      help=words("front_help_without_solutions"))
    study = command("study", make_study)
    study.add_argument("lesson", help=words("front_help_lesson"))
    study.add_argument("--faces", choices=("synthetic", "lfw"), default="synthetic",
                       help=words("front_help_source"))
    study.add_argument("--dry-run", action="store_true", help=words("front_help_dry"))
    command("measured", make_measured)
    command("lfw", download)
    return parser


def open_course(jupyter_options):
    """Checks the environment, trusts the lessons, starts JupyterLab on lesson 01."""
    from helpers.course.environment import check_environment, print_checks

    if not print_checks(check_environment()):
        say("front_fix_first")
        return 1
    from jupyterlab.labapp import LabApp

    from helpers.course.editions import WORK
    from helpers.course.run import all_lessons, trust

    lesson = offer_copy() or LESSON
    trust([*all_lessons(), *WORK.glob("*.ipynb")])
    say("front_starting")
    # The root is the repository: ../images is found, and the browser lists the whole course
    options = [f"--ServerApp.root_dir={ROOT}", "--ServerApp.ip=127.0.0.1",
               f"--LabApp.default_url=/lab/tree/{lesson}"]
    # No question about news, nothing fetched from elsewhere: labconfig/page_config.json says so
    paths = [str(ROOT / "helpers" / "course" / "templates" / "jupyterlab"),
             os.environ.get("JUPYTER_CONFIG_PATH")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # in a container the only user is root
    # Where Jupyter does not handle Ctrl-C itself (Windows), it would end without cleaning up
    signal.signal(signal.SIGINT, lambda *_: signal.raise_signal(signal.SIGTERM))
    # In this very process, so that signals reach JupyterLab on every system alike
    LabApp.launch_instance([*options, *jupyter_options])
    return 0


def offer_copy():
    """Asks whoever sits at a terminal: the path of their own copy of the lesson, or None."""
    if not (sys.stdin and sys.stdin.isatty()):
        return None  # started by another program: nobody to ask
    from helpers.course.editions import WORK, copy_lesson

    copies = sorted(WORK.glob(f"{Path(LESSON).stem}*.ipynb"), key=os.path.getmtime)
    name = copies[-1].name if copies else Path(LESSON).name
    texts = pair("copy_offer", name=name)
    try:
        answer = input("\n".join(texts[lang] for lang in chosen_languages()))
    except EOFError:
        return None
    if answer.strip().lower() not in ("", "y", "yes", "是", "好"):
        return None
    if not copies:
        say("copy_written", path=copy_lesson(ROOT / LESSON))
    return f"work/{name}"


def check(options):
    """Checks the environment only."""
    from helpers.course.environment import check_environment, print_checks

    fine = print_checks(check_environment())
    say("front_all_ok" if fine else "front_fix_first")
    return 0 if fine else 1


def lessons(number):
    """The paths of the lesson that the reader names, or of all lessons."""
    from helpers.course.run import all_lessons, find_lesson

    try:
        return [find_lesson(number)] if number else all_lessons()
    except ValueError as error:
        raise CourseError(error) from error


def run_one(options):
    """Runs one lesson without a browser."""
    from helpers.course.run import run_lesson

    (path,) = lessons(options.lesson)
    return 0 if run_lesson(path, options.faces, options.save) else 1


def make_slides(options):
    """Writes decks of slides, as HTML and, if asked to, as PDF."""
    from helpers.course.slides import write_deck

    decks = [write_deck(path, lang, offline=options.offline, core=options.core)
             for path in lessons(options.lesson)
             for lang in ([options.lang] if options.lang else LANGUAGES)]
    for deck in decks:
        say("slides_written", path=deck)
    return make_pdfs(decks, options.answers) if options.pdf else 0


def make_pdfs(decks, answers):
    """Prints decks as PDF files beside them, the answers of the quiz open or folded."""
    from helpers.course.browser import find_browser, print_deck

    browser = find_browser()
    if not browser or not importlib.util.find_spec("playwright"):
        say("slides_no_playwright" if browser else "slides_no_browser")
        return 1
    for deck in decks:
        pdf = deck.with_suffix(".pdf")
        try:
            print_deck(browser, deck.as_uri(), pdf, answers=answers)
        except OSError as error:
            say("slides_pdf_failed", error=error, browser=browser)
            return 1
        say("slides_written", path=pdf)
    return 0


def make_site(options):
    """Writes the course as a static site."""
    from helpers.course.site import write_site

    say("site_written", path=write_site(offline=options.offline))
    return 0


def make_copy(options):
    """Makes a reader's own copy of a lesson in work/."""
    from helpers.course.editions import copy_lesson

    (path,) = lessons(options.lesson)
    try:
        copy = copy_lesson(path, options.lang, not options.without_solutions)
    except FileExistsError as error:
        raise CourseError(error) from error
    say("copy_written", path=copy)
    return 0


def make_study(options):
    """Runs the long experiments of a lesson."""
    from helpers.studies import run_study

    run_study(options.lesson, options.faces, options.dry_run)
    return 0


def make_measured(options):
    """Writes docs/measured.md from the reports, studies and benchmarks."""
    from helpers.course.measured import write_measured

    say("measured_written", path=write_measured())
    return 0


def download(options):
    """Downloads LFW."""
    from helpers.lfw.download import download_lfw

    download_lfw()
    say("front_lfw_ready")
    return 0


if __name__ == "__main__":
    sys.exit(main())
