"""check() accepts what is right, names what is wrong, and never raises for a student's code."""

import ast
import importlib
import json
import math
import os
import random
import re
import sys
import threading
import time
from pathlib import Path

import answers_01
import answers_02
import answers_03
import answers_04
import answers_05
import answers_06
import answers_07
import answers_08
import answers_10
import lesson_code
import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture
from torch import nn

from helpers import ROOT, judges
from helpers.exercises import CHECKS, MISTAKES, check, compare
from helpers.models import VAE, Autoencoder, Recipe, mirror
from helpers.studies import alarms
from helpers.variational import kl_to_prior

RIGHT, WRONG = {}, {}
for lesson in (answers_01, answers_02, answers_03, answers_04, answers_05, answers_06,
               answers_07, answers_08, answers_10):
    RIGHT |= lesson.RIGHT
    WRONG |= lesson.WRONG
MODULES = sorted(ROOT.glob("helpers/exercises/*.py"))


@pytest.fixture(autouse=True)
def both_languages(monkeypatch):
    monkeypatch.delenv("COURSE_LANG", raising=False)


@pytest.fixture
def tidy():
    """Puts back what a test sets for the whole of torch."""
    yield
    torch.set_default_dtype(torch.float32)
    torch.set_grad_enabled(True)


def cases(table):
    return [pytest.param(name, answer, id=f"{name}-{i}")
            for name, answers in table.items() for i, answer in enumerate(answers)]


def said(name, answer, capsys):
    """What check() says about a wrong answer: the Chinese and the English sentence."""
    capsys.readouterr()
    assert check(name, answer) is False
    start = f"✗ {name}  "
    chinese, english = capsys.readouterr().out.removesuffix("\n").split("\n" + start)
    return chinese.removeprefix(start), english


def test_every_check_has_right_and_wrong_answers_here():
    assert set(RIGHT) == set(WRONG) == set(CHECKS) >= set(MISTAKES)
    assert all(len(wrong) >= 6 for wrong in WRONG.values())
    assert all(len(right) >= 6 for right in RIGHT.values())


@pytest.mark.parametrize("name, answer", cases(RIGHT))
def test_right_answers_pass(name, answer, capsys):
    start = time.perf_counter()
    assert check(name, answer) is True, capsys.readouterr().out
    out = capsys.readouterr().out
    assert "✓" in out and "正確" in out and "Right" in out
    assert time.perf_counter() - start < 15, "a second or two, and more on a busy machine"


@pytest.mark.parametrize("name, answer", cases(RIGHT))
@pytest.mark.parametrize("elsewhere", [
    lambda: torch.set_default_dtype(torch.float64), lambda: torch.set_grad_enabled(False)])
def test_right_answers_pass_whatever_the_notebook_has_set(name, answer, elsewhere, tidy, capsys):
    elsewhere()
    assert check(name, answer) is True, capsys.readouterr().out


@pytest.mark.parametrize("name, wrong", cases(WRONG))
def test_wrong_answers_get_the_hint_that_fits(name, wrong, capsys):
    answer, expected = wrong
    chinese, english = said(name, answer, capsys)
    assert expected.lower() in english.lower() and chinese


@pytest.mark.parametrize("name, mistake", cases(MISTAKES))
@pytest.mark.parametrize("tolerance", [compare.TOLERANCE / 10, compare.TOLERANCE,
                                       10 * compare.TOLERANCE])
def test_every_likely_mistake_gets_its_own_hint(name, mistake, tolerance, capsys, monkeypatch):
    """So no hint is out of reach, and on these inputs no mistake equals another or the right
    answer, not even nearly: the tolerance may be ten times as large or as small."""
    monkeypatch.setattr(compare, "TOLERANCE", tolerance)
    wrong, why = mistake
    assert said(name, wrong, capsys) == (why["zh"], why["en"])


def written_hints():
    """(module, line) of every hint(...) inside a function: those of tables are walked above."""
    for path in MODULES:
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "hint":
                        yield path.stem, node.lineno


def test_every_other_hint_is_reached_by_a_wrong_answer(monkeypatch):
    reached = set()

    def noted(zh, en):
        frame = sys._getframe(1)
        reached.add((frame.f_globals["__name__"].split(".")[-1], frame.f_lineno))
        return {"zh": zh, "en": en}

    for path in MODULES:
        module = importlib.import_module(f"helpers.exercises.{path.stem}".removesuffix(".__init__"))
        if hasattr(module, "hint"):
            monkeypatch.setattr(module, "hint", noted)
    for name, answers in WRONG.items():
        for answer, _ in answers:
            check(name, answer)
    assert set(written_hints()) - reached == set()


@pytest.mark.parametrize("name", CHECKS)
def test_a_stub_and_a_crash_are_feedback(name, capsys):
    def stub(*_):
        raise NotImplementedError("your code here")

    def crash(*_):
        raise ZeroDivisionError("by zero")

    assert check(name, stub) is False
    out = capsys.readouterr().out
    assert "✎" in out and "Not done yet" in out
    assert check(name, crash) is False
    assert "ZeroDivisionError: by zero" in capsys.readouterr().out


def test_a_module_without_forward_is_no_stub(capsys):
    class Typo(nn.Module):
        def __init__(self):
            super().__init__()
            self.decoder = self.get_encoded_output = nn.Flatten()

        def foward(self, x):
            return x

    assert check("01-small-code", lambda: Typo()) is False
    assert "✎" not in capsys.readouterr().out


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("answer", [None, 3, "psnr", lambda: None, lambda *_: None,
                                    lambda *_: "text", lambda *_: [], lambda *_: {}])
def test_something_that_is_no_answer_never_raises(name, answer):
    assert check(name, answer) is False


def test_unknown_exercise():
    with pytest.raises(ValueError, match="01-psnr"):
        check("01-nothing", print)


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_leaves_no_trace_in_the_notebook(name, tidy):
    """Random numbers, number format, gradients and what the answer uses are as before."""
    names = dict(vars(answers_10))
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)

    def drawn():
        for seed in (random.seed, np.random.seed, torch.manual_seed):
            seed(3)
        check(name, RIGHT[name][0])
        return random.random(), np.random.random(), torch.rand(1).item()

    one = drawn()
    random.seed(3), np.random.seed(3), torch.manual_seed(3)
    assert one == (random.random(), np.random.random(), torch.rand(1).item())
    assert torch.get_default_dtype() == torch.float64 and not torch.is_grad_enabled()
    assert vars(answers_10) == names


def test_an_answer_gets_copies_and_cannot_spoil_what_is_expected():
    """Nested lists, too: an answer that wipes out all that it gets is judged by what it returns."""
    def wiped(function):
        def answer(*given):
            result = function(*compare.fresh(given))
            for thing in given:
                for part in thing if isinstance(thing, list | tuple) else [thing]:
                    if torch.is_tensor(part):
                        part.zero_()
                if isinstance(thing, list):
                    thing.clear()
            return result
        return answer

    for name in set(MISTAKES) - {"03-denoising-loss", "03-uniform-noise"}:
        assert check(name, wiped(RIGHT[name][0])), name


def given_to(name):
    """The arguments of every call that a check makes."""
    calls = []

    def listening(*given):
        calls.append(compare.fresh(given))
        return RIGHT[name][0](*given)

    assert check(name, listening)
    return calls


def test_neighbours_at_the_border_are_no_matter_of_rounding():
    """No two neighbours are equally far where one of them counts and the other does not."""
    for codes, batch, k in given_to("02-same-batch"):
        distance = torch.cdist(codes.double(), codes.double()).fill_diagonal_(torch.inf)
        last, beyond = distance.sort(dim=1).values[:, k - 1:k + 1].T
        assert ((beyond - last) / last > 1e-3).all()
        assert len(batch.unique()) in (2, 4)
    for codes, i, k in given_to("02-nearest"):
        distance = (codes - codes[i]).double().norm(dim=1)
        distance[i] = torch.inf
        distance = distance.sort().values[:k + 1]
        assert (distance.diff() > 1e-3).all()


def test_noise_is_judged_alike_for_many_seeds():
    """Right noise of 40 other seeds passes, and near misses never do."""
    from helpers.exercises import noise as judge

    for seed in range(40):
        draw = dict(generator=torch.Generator().manual_seed(seed))
        gauss = torch.randn(judge.SHAPE, **draw)
        flat = math.sqrt(12) * (torch.rand(judge.SHAPE, **draw) - 0.5)
        assert judge.fits(gauss, "norm") and judge.fits(flat, *judge.UNIFORM)
        assert not judge.fits(flat, "norm") and not judge.fits(gauss, *judge.UNIFORM)
        assert not judge.fits(gauss * 1.05, "norm") and not judge.fits(gauss + 0.05, "norm")
        assert not judge.fits(gauss.clamp(-2, 2), "norm")
        assert not judge.shared(gauss) and not judge.shared(flat)
        assert not judge.repeated(gauss) and not judge.repeated(flat)
        signs = torch.randn(judge.SHAPE, **draw).sign()
        assert judge.shared(gauss[:1].abs() * signs), "one strength for all pictures"


def solutions():
    """(lesson, cell, function, exercise) of every solution in the notebooks."""
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")):
        code = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
                if cell["cell_type"] == "code"]
        for cell, after in zip(code, code[1:], strict=False):
            if found := re.search(r'^assert check\("(.+)", (\w+)\)', "".join(after["source"])):
                yield path.stem, cell["id"], found[2], found[1]


def test_saving_is_judged_alike_while_other_threads_open_files():
    done = threading.Event()

    def look():
        while not done.is_set():
            Path(os.devnull).read_bytes()

    other = threading.Thread(target=look)
    other.start()
    try:
        hints = [CHECKS["10-safe-save"](RIGHT["10-safe-save"][0]) for _ in range(30)]
    finally:
        done.set()
        other.join()
    assert not any(hints), "what another thread opens is taken for a step of the answer"


def test_every_exercise_has_a_solution_in_its_lesson():
    assert sorted(exercise for *_, exercise in solutions()) == sorted(CHECKS)


@pytest.mark.parametrize("lesson, cell, function, exercise", list(solutions()))
def test_the_lessons_solutions_are_right(lesson, cell, function, exercise):
    names = lesson_code.run(lesson, cell, math=math, torch=torch, nn=nn, Autoencoder=Autoencoder,
                            VAE=VAE, kl_to_prior=kl_to_prior, np=np, sqrtm=sqrtm,
                            GaussianMixture=GaussianMixture, frechet=judges.frechet,
                            PCA=PCA, variation=alarms.variation,
                            together=lambda *given: alarms.Usual(*given),
                            Recipe=Recipe, mirror=mirror,
                            halve=dict(kernel_size=4, stride=2, padding=1))
    assert check(exercise, names[function])


def test_a_design_is_scored_by_what_it_learns(capsys):
    """Two answers that are right: one learns in the steps given, the other hardly."""
    scores = []
    for answer in (RIGHT["01-small-code"][0], RIGHT["01-small-code"][-1]):
        assert check("01-small-code", answer)
        own, mean_face = re.search(r"Score: .* ([\d.]+) dB on .* has ([\d.]+) dB",
                                   capsys.readouterr().out).groups()
        scores.append(float(own))
        assert 13 < float(mean_face) < 15
    assert scores[0] > scores[1] + 1
