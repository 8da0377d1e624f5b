"""Threads give way to other programs, come back, and never override what a reader has chosen."""

import sys
from types import SimpleNamespace

import pytest
import torch

from helpers import threads
from helpers.threads import CHOSEN, CoreWatch, share_cores, threads_for


@pytest.mark.parametrize(("most", "others", "cores", "left"), [
    (2, 0.0, 2, 2), (2, 0.3, 2, 2),  # nobody; a browser
    (2, 0.67, 2, 1), (2, 1.0, 2, 1),  # one program, beside two threads of ours, beside one
    (8, 0.89, 8, 7), (8, 2.0, 8, 6),
    (4, 1.0, 8, 4),  # as many threads as real cores: there is room
    (4, 50.0, 64, 4), (4, 62.0, 64, 2),  # a few cores of a large shared computer
    (2, 5.0, 2, 1), (2, -0.1, 2, 2),
])
def test_threads_for(most, others, cores, left):
    assert threads_for(most, others, cores) == left


class Computer:
    """A clock, and two cores of which others use `others`."""

    def __init__(self, monkeypatch):
        self.now = self.busy = self.own = 100.0
        monkeypatch.setattr(threads.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(threads.time, "process_time", lambda: self.own)
        monkeypatch.setattr(threads.psutil, "cpu_times", lambda: SimpleNamespace(
            user=self.busy, nice=0.0, system=0.0, idle=9e9, iowait=9e9, guest=9e9))
        monkeypatch.setattr(threads.psutil, "cpu_count", lambda: 2)

    def run(self, seconds, others):
        self.now += seconds
        self.own += 1.3 * seconds
        self.busy += (1.3 + others) * seconds


@pytest.fixture
def computer(monkeypatch):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    for name in CHOSEN:
        monkeypatch.delenv(name, raising=False)
    yield Computer(monkeypatch)
    torch.set_num_threads(before)
    if threads._handle:
        threads._handle.remove()


def test_a_thread_gives_way_and_comes_back(computer):
    watch = CoreWatch()
    seen = []
    for others in (0, 0.2, 0.67, 1, 1, 0.1):
        watch.look()
        computer.run(0.6, others)
        watch.look()
        seen.append(torch.get_num_threads())
        computer.run(0.6, others)
    assert seen == [2, 2, 1, 1, 1, 2]


def test_a_look_too_soon_does_nothing(computer):
    watch = CoreWatch()
    watch.look()
    computer.run(0.1, 2)
    watch.look()
    assert torch.get_num_threads() == 2


def test_a_number_that_somebody_has_set_stays(computer):
    watch = CoreWatch()
    watch.look()
    torch.set_num_threads(1)  # as lessons with tiny networks do
    computer.run(0.6, 0)
    watch.look()
    assert torch.get_num_threads() == 1


def test_any_optimizer_of_a_lesson_looks_and_only_once(computer, monkeypatch):
    looks = []
    monkeypatch.setattr(CoreWatch, "look", lambda self, *_: looks.append(self))
    assert share_cores() and share_cores()  # a reader runs the first cell again
    parameter = torch.nn.Parameter(torch.ones(1))
    for kind in (torch.optim.SGD, torch.optim.Adam):
        parameter.sum().backward()
        kind([parameter], 0.1).step()
    assert len(looks) == 2 and len(set(looks)) == 1


@pytest.mark.parametrize("name", CHOSEN)
def test_who_has_chosen_threads_keeps_them(computer, monkeypatch, name):
    monkeypatch.setenv(name, "2")
    assert not share_cores()


def test_one_thread_cannot_give_way(computer):
    torch.set_num_threads(1)
    assert not share_cores()


def test_in_a_notebook_it_looks_before_every_cell_too(computer, monkeypatch):
    """Not every lesson trains: lesson 07 was 20 times slower beside another program."""
    watching = []
    events = SimpleNamespace(register=lambda event, look: watching.append((event, look)),
                             unregister=lambda event, look: watching.remove((event, look)))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(
        get_ipython=lambda: SimpleNamespace(events=events)))
    assert share_cores() and share_cores()  # a reader runs the first cell again
    ((event, look),) = watching
    assert event == "pre_run_cell" and isinstance(look.__self__, CoreWatch)
    monkeypatch.setenv(CHOSEN[0], "1")
    assert not share_cores() and watching == []
