"""`python -m helpers` as a reader types it."""

import os
import signal
import subprocess
import sys

import pytest

from helpers import ROOT
from helpers.__main__ import LESSON, command_line, main
from helpers.course import editions, environment, run, slides

FAULT = [(False, "env_course_missing", {})]


def front_door(*arguments, cwd=ROOT, **variables):
    """Runs the front door in a process of its own: (exit code, stdout, stderr)."""
    done = subprocess.run([sys.executable, "-m", "helpers", *arguments], cwd=cwd, timeout=100,
                          capture_output=True, encoding="utf-8", env={**os.environ, **variables})
    return done.returncode, done.stdout, done.stderr


def test_check_passes_here_even_on_a_western_console():
    code, out, err = front_door("check", PYTHONIOENCODING="cp1252", COURSE_LANG="both")
    assert code == 0, out + err
    assert out.count("[OK]") == 5 and "[FAIL]" not in out
    assert "環境沒有問題" in out and "The environment is fine" in out


def test_help_is_short_and_in_both_languages(tmp_path):
    code, out, _ = front_door("--help", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert code == 0 and len(out.splitlines()) < 24
    for command in ("check", "run", "slides", "site", "copy", "measured", "lfw"):
        assert f"    {command} " in out
    assert "自編碼器課程" in out and "The autoencoder course" in out


def test_help_is_fast_because_nothing_heavy_is_imported():
    code = ("import sys; from helpers.__main__ import command_line; command_line(); "
            "print(sorted({'torch', 'numpy', 'nbformat', 'jupyterlab'} & set(sys.modules)))")
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert out.stdout.strip() == "[]", out.stderr


def test_unknown_lesson_lists_those_there_are(capsys):
    assert main(["run", "99"]) == 1
    error = capsys.readouterr().err
    assert "沒有第99課" in error and "There is no lesson 99" in error
    for path in run.all_lessons():
        assert path.stem in error


def test_unknown_subcommand_is_refused(capsys):
    with pytest.raises(SystemExit) as refusal:
        main(["nonsense"])
    assert refusal.value.code == 2
    assert "nonsense" in capsys.readouterr().err


@pytest.fixture
def launched(monkeypatch):
    """What would have been handed to JupyterLab, and what was trusted; nothing starts."""
    from jupyterlab.labapp import LabApp

    calls = []
    monkeypatch.setattr(LabApp, "launch_instance", lambda argv: calls.append(argv))
    monkeypatch.setattr(run, "trust", lambda paths: None)
    before = signal.getsignal(signal.SIGINT)
    yield calls
    signal.signal(signal.SIGINT, before)  # pytest's own Ctrl-C


def test_nothing_starts_in_a_broken_environment(monkeypatch, capsys, launched):
    monkeypatch.setattr(environment, "check_environment", lambda: FAULT)
    assert main([]) == 1 and main(["--no-browser"]) == 1
    assert launched == []
    out = capsys.readouterr().out
    assert "[FAIL]" in out and "python -m pip install -e ." in out


def test_failing_check_exits_with_1(monkeypatch, capsys):
    monkeypatch.setattr(environment.metadata, "requires", lambda name: ["torch>=999"])
    monkeypatch.setattr(environment, "check_torch", lambda: [])
    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert "[FAIL]" in out and "torch" in out and ">=999" in out and "python -m pip" in out


@pytest.mark.parametrize("euid, allowed", [(0, True), (1000, False), (None, False)])
def test_root_is_allowed_only_where_the_user_is_root(monkeypatch, launched, euid, allowed):
    monkeypatch.setattr(environment, "check_environment", lambda: [])
    if euid is None:  # Windows
        monkeypatch.delattr(os, "geteuid", raising=False)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: euid, raising=False)
    assert main(["--no-browser", "--port", "9999"]) == 0
    assert ("--allow-root" in launched[0]) is allowed
    assert launched[0][-3:] == ["--no-browser", "--port", "9999"]


def test_ctrl_c_ends_without_a_traceback(monkeypatch, capsys):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "check_environment", interrupted)
    assert main([]) == 130
    assert "Stopped" in capsys.readouterr().out


def answer(monkeypatch, *words):
    """Somebody sits at the terminal and types these answers, one a question."""
    typed = iter(words)
    monkeypatch.setattr(environment, "check_environment", lambda: [])
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))


def opened_after(answers, monkeypatch, launched):
    """What JupyterLab opens after each of the answers."""
    answer(monkeypatch, *answers)
    for _ in answers:
        assert main([]) == 0
    return [option.partition("/lab/tree/")[2] for call in launched for option in call
            if "default_url" in option]


def test_a_reader_is_offered_their_own_copy(monkeypatch, tmp_path, launched):
    monkeypatch.setattr(editions, "WORK", tmp_path)
    opened = opened_after(["", "Y", "是", "o", "N", "否"], monkeypatch, launched)
    assert opened == ["work/01_autoencoder.ipynb"] * 3 + [LESSON] * 3
    assert [path.name for path in tmp_path.iterdir()] == ["01_autoencoder.ipynb"]


def test_the_copy_they_worked_on_last_is_offered_as_it_is(monkeypatch, tmp_path, launched):
    monkeypatch.setattr(editions, "WORK", tmp_path)
    for age, name in enumerate(["01_autoencoder.zh.ipynb", "01_autoencoder.ipynb"], 1):
        (tmp_path / name).write_text("mine", encoding="utf-8")
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    assert opened_after([""], monkeypatch, launched) == ["work/01_autoencoder.zh.ipynb"]
    assert {path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {"mine"}


def test_nobody_at_the_terminal_is_not_asked(monkeypatch, launched):
    monkeypatch.setattr(environment, "check_environment", lambda: [])
    monkeypatch.setattr("builtins.input", lambda prompt: pytest.fail("asked"))
    assert main([]) == 0
    assert any(option.endswith(LESSON) for option in launched[0])


def test_copy_says_where_it_is_and_never_overwrites(monkeypatch, tmp_path, capsys):
    original = editions.copy_lesson
    monkeypatch.setattr(editions, "copy_lesson", lambda *given: original(*given, tmp_path))
    arguments = ["copy", "01", "--lang", "en", "--without-solutions"]
    assert main(arguments) == 0
    assert "01_autoencoder.en.exercises.ipynb" in capsys.readouterr().out
    text = (tmp_path / "01_autoencoder.en.exercises.ipynb").read_text(encoding="utf-8")
    assert '"solution"' not in text and "編碼器" not in text
    assert main(arguments) == 1
    assert "已經存在" in capsys.readouterr().err


@pytest.mark.parametrize("arguments, made", [
    ([], ["zh", "en"]), (["01", "--lang", "en"], ["en"]), (["1", "--core"], ["zh", "en"])])
def test_slides_of_one_lesson_or_all(monkeypatch, tmp_path, capsys, arguments, made):
    decks = []
    monkeypatch.setattr(slides, "write_deck", lambda path, lang, offline, core: decks.append(
        (path.stem, lang, offline, core)) or tmp_path / "deck.html")
    assert main(["slides", *arguments, "--offline"]) == 0
    lessons = [path.stem for path in run.all_lessons()][:1 if arguments else None]
    core = "--core" in arguments
    assert decks == [(name, lang, True, core) for name in lessons for lang in made]
    assert "deck.html" in capsys.readouterr().out


@pytest.mark.parametrize("browser, playwright, key", [
    (None, True, "none was found"), ("chromium", None, "pip install playwright")])
def test_pdf_says_what_is_missing(monkeypatch, tmp_path, capsys, browser, playwright, key):
    monkeypatch.setattr(slides, "write_deck", lambda *_, **__: tmp_path / "deck.html")
    monkeypatch.setattr("helpers.course.browser.find_browser", lambda: browser)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: playwright)
    assert main(["slides", "01", "--pdf"]) == 1
    out = capsys.readouterr().out
    assert key in out and "deck.html" in out


@pytest.mark.parametrize("answers", [True, False])
def test_answers_are_opened_in_a_pdf_only_when_asked_for(monkeypatch, tmp_path, answers):
    asked = []
    monkeypatch.setattr(slides, "write_deck", lambda *_, **__: tmp_path / "deck.html")
    monkeypatch.setattr("helpers.course.browser.find_browser", lambda: "chromium")
    monkeypatch.setattr("helpers.course.browser.print_deck",
                        lambda *_, answers: asked.append(answers))
    assert main(["slides", "01", "--pdf", *["--answers"] * answers]) == 0
    assert asked == [answers] * 2


def test_failed_print_is_one_message(monkeypatch, tmp_path, capsys):
    def fail(*_, **__):
        raise OSError("no reveal")

    monkeypatch.setattr(slides, "write_deck", lambda *_, **__: tmp_path / "deck.html")
    monkeypatch.setattr("helpers.course.browser.find_browser", lambda: "chromium")
    monkeypatch.setattr("helpers.course.browser.print_deck", fail)
    assert main(["slides", "01", "--pdf"]) == 1
    out = capsys.readouterr().out
    assert "no reveal" in out and "--offline" in out


def test_missing_packages_end_in_one_message(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(slides, "NPM", tmp_path)
    monkeypatch.setattr(slides, "ROOT", tmp_path)
    assert main(["slides", "01", "--offline"]) == 1
    assert slides.FETCH in capsys.readouterr().err


@pytest.mark.parametrize("fine, code", [(True, 0), (False, 1)])
def test_run_passes_its_options_on(monkeypatch, tmp_path, fine, code):
    calls = []
    monkeypatch.setattr(run, "find_lesson", lambda number: tmp_path / number)
    monkeypatch.setattr(run, "run_lesson", lambda *given: calls.append(given) or fine)
    assert main(["run", "07"]) == main(["run", "07", "--faces", "lfw", "--save"]) == code
    assert calls == [(tmp_path / "07", "synthetic", False), (tmp_path / "07", "lfw", True)]


def test_failed_download_is_one_message_and_exit_1(monkeypatch, capsys):
    from helpers.lfw import download

    def fail():
        raise download.LFWDownloadError("下載失敗。\nThe download failed.")

    monkeypatch.setattr(download, "download_lfw", fail)
    assert main(["lfw"]) == 1
    assert capsys.readouterr().err == "下載失敗。\nThe download failed.\n"
    monkeypatch.setattr(download, "download_lfw", lambda: None)
    assert main(["lfw"]) == 0
    assert "LFW is ready" in capsys.readouterr().out


def test_readers_options_are_not_swallowed():
    assert command_line().parse_args(["run", "01"]).faces == "synthetic"
