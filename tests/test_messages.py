"""What helpers says, in a notebook and in a terminal, in one language or both."""

import importlib
import pkgutil
import sys
from collections import Counter

import pytest

from helpers import messages
from helpers.messages import both, pair, say, show


def test_both_has_chinese_first():
    chinese, english = both("bad_argument", name="n", got="-1", takes="int >= 1").split("\n")
    assert chinese == "參數n收到-1；它只接受：int >= 1。"
    assert english == "Argument n got -1; it takes: int >= 1."


@pytest.mark.parametrize("choice, zh, en", [
    ("zh", True, False), ("en", False, True), ("EN", False, True), ("both", True, True),
    ("", True, True), ("fr", True, True), (None, True, True),
])
def test_plain_text_follows_the_chosen_language(monkeypatch, capsys, choice, zh, en):
    monkeypatch.delenv("COURSE_LANG", raising=False)
    if choice is not None:
        monkeypatch.setenv("COURSE_LANG", choice)
    say("check_right")
    said = capsys.readouterr().out
    assert ("正確" in said, "Right" in said) == (zh, en)


def test_a_notebook_gets_one_div_a_language(monkeypatch):
    shown = []
    monkeypatch.setattr(messages, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    show({"zh": "第一行\n`x < 1`", "en": "line one\n`x < 1`"})
    (data,) = shown
    assert data["text/html"] == ('<div lang="zh-Hant">第一行<br><code>x &lt; 1</code></div>'
                                 '<div lang="en">line one<br><code>x &lt; 1</code></div>')
    assert data["text/plain"] == "第一行\n`x < 1`\nline one\n`x < 1`"


def test_this_is_no_notebook():
    assert messages.in_notebook() is False


def test_a_western_console_does_not_crash(monkeypatch, tmp_path):
    with open(tmp_path / "out", "w", encoding="cp1252") as console:
        monkeypatch.setattr(sys, "stdout", console)
        say("check_right")
    assert "Right!" in (tmp_path / "out").read_text(encoding="cp1252")


def test_unknown_keys_and_missing_fields_are_errors():
    with pytest.raises(KeyError):
        pair("no_such_message")
    with pytest.raises(KeyError):
        pair("bad_argument", name="n")


def test_no_sentence_hides_another():
    """Subjects share one table: a key of two subjects would show the wrong sentence."""
    keys = [key for module in pkgutil.iter_modules(messages.__path__)
            for key in getattr(importlib.import_module(f"helpers.messages.{module.name}"),
                               "TEXTS", {})]
    assert [key for key, n in Counter(keys).items() if n > 1] == []
