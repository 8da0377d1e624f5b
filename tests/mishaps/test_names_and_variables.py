"""What readers type: an empty name, a name that means two things, spaces and quotation marks."""

import re

import pytest
from lfw_fixtures import check_message, make_lfw
from picture_files import save_picture, save_pictures

from helpers import ROOT, sample, score, train
from helpers.data import choose_source
from helpers.engine import sources
from helpers.lfw.reader import find_lfw
from helpers.messages import chosen_languages, show
from helpers.messages.picker import picker_html
from helpers.messages.settings import setting


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.engine.store.ROOT", tmp_path / "course")
    monkeypatch.chdir(tmp_path)


def run(*options):
    return train.main(["--size", "8", "--batch-size", "4", "--epochs", "1", "--dtype", "float32",
                       "--device", "cpu", "--out", "out", *options])


# Kind: a name of nothing, or of two things


@pytest.mark.parametrize("empty", ["", " ", "\t"])
def test_an_empty_name_is_no_folder(empty, tmp_path, capsys):
    """Such as a variable that is not set: it would have trained on the current folder."""
    save_pictures(tmp_path, 5)
    with pytest.raises(SystemExit):
        run("--data", empty)
    said = capsys.readouterr().err
    assert "--data is empty" in said and "--data是空的" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("command", "option"), [
    (train, "--out"), (sample, "--run"), (sample, "--out"), (sample, "--data"), (score, "--run"),
    (score, "--out"), (score, "--data"), (score, "--trained-on")])
def test_no_option_that_names_a_folder_may_be_empty(command, option, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main([option, " "])
    assert ended.value.code == 2 and not list(tmp_path.iterdir())
    said = capsys.readouterr().err
    assert f"{option} is empty" in said and f"{option}是空的" in said


@pytest.mark.parametrize("name", ["lfw", "drawn", "drawn:3"])
def test_a_folder_goes_before_a_word_of_the_course(name, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sources, "find_lfw", lambda: None)
    save_pictures(tmp_path / name, 5)
    assert run("--data", name) == 0
    assert str(tmp_path / name) in capsys.readouterr().out


def test_a_folder_called_lfw_that_holds_lfw_is_split_by_its_people(tmp_path, capsys):
    for i, path in enumerate(sorted(make_lfw(tmp_path / "lfw").rglob("*.jpg"))):
        save_picture(path, i)
    assert run("--data", "lfw") == 0
    assert "split as the data set itself says" in capsys.readouterr().out


def test_the_help_says_so(capsys):
    with pytest.raises(SystemExit):
        train.main(["--help"])
    assert "which goes first" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("name", ["nowhere", "~nobody-of-this-name/x", "a" * 300, "nul\0byte"])
def test_what_cannot_be_a_folder_is_said_in_words(name, capsys):
    assert run("--data", name) == 1
    check_message(capsys.readouterr().err)


def test_one_picture_ends_in_words(tmp_path, capsys):
    save_pictures(tmp_path / "mine", 1)
    assert run("--data", "mine") == 1
    assert "At least two are needed" in check_message(capsys.readouterr().err, tmp_path / "mine")[1]


def test_a_folder_with_a_bit_of_everything_is_trained_on(tmp_path, capsys):
    save_pictures(tmp_path / "mine", 12)
    save_pictures(tmp_path / "mine" / ".thumbnails", 12)
    (tmp_path / "mine" / "._0.png").write_bytes(b"\0\5\x16\7" + b"\0" * 100)
    (tmp_path / "mine" / "empty.jpg").write_bytes(b"")
    (tmp_path / "mine" / "notes.txt").write_text("hello")
    assert run("--data", "mine") == 0
    said = capsys.readouterr().out
    assert "13 hidden" in said and "1 empty (empty.jpg)" in said and ".txt" in said
    assert run("--data", "mine", "--out", "other") == 0
    assert "Decoding" not in capsys.readouterr().out, "the second time nothing is decoded"


# Kind: spaces and quotation marks around a variable


MARKS = ["{} ", " {}", '"{}"', "'{}'", '"{}" ', "{}\r", "\t{}\n"]


@pytest.mark.parametrize("marks", MARKS)
def test_variables_mean_what_is_between_the_marks(marks, tmp_path, monkeypatch):
    make_lfw(tmp_path / "my faces" / "lfw_funneled")
    monkeypatch.setenv("LFW_ROOT", marks.format(tmp_path / "my faces"))
    assert find_lfw() == tmp_path / "my faces"
    monkeypatch.setenv("FACES_SOURCE", marks.format("LFW"))
    assert choose_source("synthetic") == "lfw"
    monkeypatch.setenv("COURSE_LANG", marks.format("en"))
    assert chosen_languages() == ("en",)
    assert 'id="pick-en" checked' in picker_html()


@pytest.mark.parametrize("nothing", ["", " ", '""', "' '"])
def test_a_variable_of_nothing_is_not_set(nothing, tmp_path, monkeypatch):
    for name in ("LFW_ROOT", "FACES_SOURCE", "COURSE_LANG"):
        monkeypatch.setenv(name, nothing)
        assert setting(name) == ""
    assert find_lfw(tmp_path) is None and choose_source("auto", tmp_path) == "synthetic"
    assert chosen_languages() == ("zh", "en")


# Kind: a console that lacks a sign


@pytest.mark.parametrize(("encoding", "kept"), [
    ("cp950", "正確"), ("cp1252", "Right!"), ("cp437", "Right!"), ("ascii", "Right!")])
def test_only_the_sign_that_a_console_lacks_is_replaced(encoding, kept, tmp_path, monkeypatch):
    with open(tmp_path / "out", "w", encoding=encoding) as console:
        monkeypatch.setattr("sys.stdout", console)
        show({"zh": "✓ 正確！", "en": "✓ Right! 臉"})
    said = (tmp_path / "out").read_text(encoding=encoding)
    assert kept in said
    assert said.count("?") == 2 if encoding == "cp950" else said.endswith("? Right! ?\n")


def test_one_place_reads_them():
    readers = [path.name for path in (ROOT / "helpers").rglob("*.py")
               if re.search(r"environ(\.get\(|\[)\"(LFW_ROOT|FACES_SOURCE|COURSE_LANG)\"[,)]",
                            path.read_text(encoding="utf-8"))]
    assert readers == []
