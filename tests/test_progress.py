"""Progress: a bar in a terminal, in a notebook a line that goes when the work is done."""

import subprocess
import sys

import pytest

from helpers import ROOT, progress
from helpers.progress import Line, tqdm


class Handle:
    def __init__(self, shown):
        self.shown = shown

    def update(self, data, raw):
        self.shown[-1].append(data)


@pytest.fixture
def notebook(monkeypatch):
    """What a notebook was asked to show: a list of what each output held, one after the other."""
    shown = []

    def display(data, raw, display_id):
        shown.append([data])
        return Handle(shown)

    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr(progress, "in_notebook", lambda: True)
    return shown


def test_a_line_is_updated_in_place_and_removed(notebook):
    line = Line()
    line.show("one")
    line.show("two")
    line.remove()
    line.remove()
    assert notebook == [[{"text/plain": "one"}, {"text/plain": "two"}, {}]]


def test_a_bar_in_a_notebook_is_one_line_that_goes(notebook, capsys):
    assert list(tqdm(range(3), desc="epoch 1", mininterval=0)) == [0, 1, 2]
    (output,) = notebook
    assert output[-1] == {} and len(output) > 3
    texts = [data["text/plain"] for data in output[:-1]]
    assert texts[0].startswith("epoch 1:   0%") and any("2/3" in text for text in texts)
    assert max(map(len, texts)) <= 80 and not any("\r" in text for text in texts)
    assert capsys.readouterr() == ("", ""), "nothing red"


def test_a_bar_goes_when_the_work_fails(notebook):
    with pytest.raises(KeyboardInterrupt), tqdm(total=3) as bar:
        bar.update()
        raise KeyboardInterrupt
    assert notebook[0][-1] == {}


def test_quick_work_shows_nothing_and_disabled_bars_neither(notebook):
    list(tqdm(range(3), delay=5))
    list(tqdm(range(3), disable=True))
    assert notebook == []


def test_in_a_terminal_it_is_tqdm_on_stderr(capsys):
    assert list(tqdm(range(3), desc="epoch 1")) == [0, 1, 2]
    out, err = capsys.readouterr()
    assert not out and "epoch 1" in err and err.endswith("\r"), "and it is wiped in the end"


@pytest.mark.parametrize("notebook_there", [True, False])
def test_the_first_import_says_at_once_what_it_waits_for(notebook_there):
    """Before torch is loaded, and only where a reader sees it."""
    code = f"""
import sys
import helpers.messages
helpers.messages.in_notebook = lambda: {notebook_there}
import IPython.display
def display(data, **_):
    print("torch" in sys.modules, data["text/plain"])
    return type("Handle", (), {{"update": lambda self, data, raw: print(data)}})()
IPython.display.display = display
import helpers.loading
helpers.loading.line.remove()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8",
                          cwd=ROOT, timeout=100, env=None)
    said = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    if notebook_there:
        assert said[0].startswith("False ") and "PyTorch" in said[0] and "PyTorch" in said[1]
        assert said[2:] == ["{}"]
    else:
        assert said == []
