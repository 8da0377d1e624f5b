"""check() accepts what is right, names what is wrong, and never raises for a student's code."""

import json
import math
import re

import answers_02
import answers_03
import answers_04
import answers_10
import lesson_code
import pytest
import torch
from torch import nn

from helpers import ROOT
from helpers.exercises import CHECKS, check
from helpers.models import Autoencoder


def entropy(x):
    return -(torch.xlogy(x, x) + torch.xlogy(1 - x, 1 - x))


def mean_square(x, y):
    return (x - y).square().mean().item()


def small(**changes):
    """An autoencoder with a code of 512, with one thing changed."""
    model = Autoencoder()
    model.encoder[6] = nn.Conv2d(64, changes.get("channels", 8), 3, padding=1)
    up = dict(kernel_size=3, stride=2, padding=1, output_padding=1)
    model.decoder[0] = nn.ConvTranspose2d(changes.get("channels", 8), 64, **up)
    if changes.get("without") == "a matching decoder":
        model.decoder[0] = nn.ConvTranspose2d(128, 64, **up)
    if changes.get("without") == "sigmoid":
        model.decoder = model.decoder[:-1]
    if changes.get("without") == "a stage":
        model.decoder = nn.Sequential(*model.decoder[:4], nn.Conv2d(32, 3, 1), nn.Sigmoid())
    if changes.get("without") == "input":
        model.encoder = nn.Sequential(*model.encoder, nn.Threshold(1e9, 0.5))
    if changes.get("unused"):
        model.spare = nn.Linear(2, 2)
    return model


class Bypass(nn.Module):
    def __init__(self):
        super().__init__()
        inner = small()
        self.encoder, self.decoder = inner.encoder, inner.decoder
        self.get_encoded_output = inner.encoder

    def forward(self, x):
        return 0.5 * self.decoder(self.encoder(x)) + 0.5 * x


def returning(thing):
    """A model whose forward() gives back something else than a picture."""
    model = small()
    model.forward = lambda x: thing
    return model


class Sleeper(nn.Module):
    """All units of its code are 0 in the first models that are built, by chance."""

    built = 0

    def __new__(cls):
        cls.built += 1
        model = small()
        if cls.built % 4:
            nn.init.constant_(model.encoder[6].bias, -100.0)
        return model


RIGHT = {
    "01-psnr": [lambda x, y: -10 * math.log10(mean_square(x, y)),
                lambda x, y: 10 * torch.log10(1 / (x - y).pow(2).mean())],  # a tensor is fine
    "01-bce-floor": [lambda x: entropy(x).mean().item(),
                     lambda x: entropy(x).mean((1, 2, 3)).mean(),
                     lambda x: nn.functional.binary_cross_entropy(x, x).item()],
    "01-epoch-mean": [lambda a, n: sum(map(math.prod, zip(a, n, strict=True))) / sum(n)],
    "01-small-code": [small, lambda: small(channels=4), Sleeper],
}

WRONG = {
    "01-psnr": [
        (lambda x, y: 10 * math.log10(mean_square(x, y)), "sign"),
        (lambda x, y: -10 * math.log(mean_square(x, y)), "natural"),
        (lambda x, y: -20 * math.log10(mean_square(x, y)), "already a square"),
        (lambda x, y: sum(-10 * math.log10(mean_square(a, b)) for a, b in zip(x, y, strict=True))
         / len(x),
         "each picture"),
        (lambda x, y: -10 * math.log10((x - y).square().sum().item()), "sum"),
        (lambda x, y: -10 * math.log10((x - y).abs().mean().item()), "absolute"),
        (lambda x, y: 10 * math.log10(x.max().item() ** 2 / mean_square(x, y)), "You get"),
        (lambda x, y: sum(-10 * math.log10(mean_square(x[:, c], y[:, c])) for c in range(3)) / 3,
         "You get"),
        (lambda x, y: 30.0, "You get 30"),
        (lambda x, y: None, "NoneType"),
        (lambda x, y: (x - y) ** 2, "Tensor"),
    ],
    "01-bce-floor": [
        (lambda x: -(x * x.log() + (1 - x) * (1 - x).log()).mean().item(), "xlogy"),
        (lambda x: -entropy(x).mean().item(), "minus"),
        (lambda x: entropy(x).mean().item() / math.log(2), "base 2"),
        (lambda x: entropy(x).sum().item(), "sum"),
        (lambda x: -torch.xlogy(x, x).mean().item(), "half"),
        (lambda x: 0.0, "not 0"),
        (lambda x: entropy(x[(x > 0) & (x < 1)]).mean().item(), "still counts"),
        (lambda x: (entropy(x) * (x > 0) * (x < 0.6)).mean().item() + 0.1, "You get"),
    ],
    "01-epoch-mean": [
        (lambda a, n: a[-1], "last batch"),
        (lambda a, n: sum(a) / sum(n), "Multiply each batch's loss"),
        (lambda a, n: sum(a) / len(a), "4 pictures"),
        (lambda a, n: sum(a), "sum"),
        (lambda a, n: sum(map(math.prod, zip(a, n, strict=True))), "now divide"),
        (lambda a, n: sum(map(math.prod, zip(a, n, strict=True))) / len(a), "number of batches"),
        (lambda a, n: a, "list"),
    ],
    "01-small-code": [
        (lambda: Autoencoder, "the class"),
        (lambda: returning(None), "each return one tensor"),
        (lambda: returning((1, 2)), "each return one tensor"),
        (Autoencoder, "8,192"),
        (lambda: small(without="a matching decoder"), "as many as the code has"),
        (lambda: small(channels=9), "576"),
        (lambda: small(without="sigmoid"), "Sigmoid"),
        (lambda: small(without="input"), "does not use its input"),
        (lambda: small(without="a stage"), "(3, 3, 32, 32)"),
        (lambda: small(unused=True), "gradient"),
        (Bypass, "bottleneck"),
        (lambda: nn.Identity(), "get_encoded_output"),
    ],
}
for lesson in (answers_02, answers_03, answers_04, answers_10):
    RIGHT |= lesson.RIGHT
    WRONG |= lesson.WRONG


@pytest.fixture(autouse=True)
def both_languages(monkeypatch):
    monkeypatch.delenv("COURSE_LANG", raising=False)


def cases(table):
    return [(name, answer) for name, answers in table.items() for answer in answers]


def test_every_check_has_right_and_wrong_answers_here():
    assert set(RIGHT) == set(WRONG) == set(CHECKS)
    assert all(len(wrong) >= 3 for wrong in WRONG.values())


@pytest.mark.parametrize("name, answer", cases(RIGHT))
def test_right_answers_pass(name, answer, capsys):
    assert check(name, answer) is True
    assert "✓" in (said := capsys.readouterr().out) and "正確" in said and "Right" in said


@pytest.mark.parametrize("name, wrong", cases(WRONG))
def test_wrong_answers_get_the_hint_that_fits(name, wrong, capsys):
    answer, hint = wrong
    assert check(name, answer) is False
    said = capsys.readouterr().out
    chinese, english = said.strip().split("\n")
    assert chinese.startswith("✗") and english.startswith("✗") and hint in english


@pytest.mark.parametrize("name", CHECKS)
def test_a_stub_and_a_crash_are_feedback(name, capsys):
    def stub(*_):
        raise NotImplementedError("your code here")

    def crash(*_):
        raise ZeroDivisionError("by zero")

    assert check(name, stub) is False
    assert "✎" in (said := capsys.readouterr().out) and "Not done yet" in said
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
@pytest.mark.parametrize("answer", [None, 3, "psnr", lambda: None])
def test_something_that_is_no_answer_never_raises(name, answer):
    assert check(name, answer) is False


def test_an_answer_may_change_its_arguments():
    def careless(x, y):
        result = -10 * math.log10(mean_square(x, y))
        x.zero_(), y.zero_()
        return result

    assert check("01-psnr", careless)


def test_unknown_exercise():
    with pytest.raises(ValueError, match="01-psnr"):
        check("01-nothing", print)


def solutions():
    """(lesson, cell, function, exercise) of every solution in the notebooks."""
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")):
        code = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
                if cell["cell_type"] == "code"]
        for cell, after in zip(code, code[1:], strict=False):
            if found := re.search(r'^assert check\("(.+)", (\w+)\)', "".join(after["source"])):
                yield path.stem, cell["id"], found[2], found[1]


def test_every_exercise_has_a_solution_in_its_lesson():
    assert sorted(exercise for *_, exercise in solutions()) == sorted(CHECKS)


@pytest.mark.parametrize("lesson, cell, function, exercise", list(solutions()))
def test_the_lessons_solutions_are_right(lesson, cell, function, exercise):
    names = lesson_code.run(lesson, cell, math=math, torch=torch, nn=nn, Autoencoder=Autoencoder)
    assert check(exercise, names[function])
