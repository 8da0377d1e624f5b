"""The rules for exercises and the quiz can fail."""

import copy

import pytest
from good_lesson import GOOD, twin
from spoilt_lesson import assert_caught, drop, faults, metadata, move, replace, samples, source

# rule: [(what is wrong, a word that the fault must contain, how to spoil the good lesson), ...]
BAD = {
    "exercises": [
        ("two only", "3 or more", drop(
            *(c["id"] for c in GOOD["cells"] if c["id"].startswith("exercise-3")))),
        ("no stub", "exercise 01-psnr", source("1", "exercise-1-psnr")),
        ("no first check", "exercise 01-psnr", drop("exercise-1-check")),
        ("no solution", "exercise 01-psnr", drop("exercise-1-solution")),
        ("no proof", "exercise 01-psnr", drop("exercise-1-proof")),
        ("solution without its tag", "exercise 01-psnr", metadata("exercise-1-solution", tags=[])),
        ("solution shown", "exercise 01-psnr", metadata("exercise-1-solution", jupyter={})),
        ("proof not asserted", "exercise 01-psnr", replace("exercise-1-proof", "assert ", "")),
        ("first check asserted", "exercise 01-psnr",
         replace("exercise-1-check", "check(", "assert check(")),
        ("proof without its tag", "exercise 01-psnr", metadata("exercise-1-proof", tags=[])),
        ("solution before check", "exercise 01-psnr",
         move("exercise-1-solution", "exercise-1-check")),
        ("solution not done", "exercise 01-psnr",
         replace("exercise-1-solution", "return x", "raise NotImplementedError")),
        ("name", "NN-name", replace("exercise-1-check", "01-psnr", "psnr")),
        ("no function", "NN-name", replace("exercise-1-check", "01-psnr\", psnr", "01-psnr\"")),
        ("a solution called", "tag it", source("psnr(1)", "measured-report")),
        ("a solution's name", "tag it", lambda nb: (
            replace("exercise-1-proof", "assert", "best = 1\nassert")(nb),
            source("print(best)", "measured-report")(nb))),
    ],
    "quiz": [
        ("no answer", "without <details>", source(twin("為何？", "Why?"), "quiz")),
        ("answer in one language only", "in en", source(twin(
            "為何？\n\n<details><summary>看</summary>\n\n因為\n\n</details>", "Why?"), "quiz")),
        ("open answer", "outside", replace("quiz", "negative?", "negative?\n\nAnswer: no")),
        ("not closed", "not closed", replace("quiz", "</details>", "")),
        ("no blank line", "blank line", replace("quiz", "</summary>\n\n", "</summary>\n")),
        ("no question", "no <details>", source(twin("沒有", "None"), "quiz")),
    ],
}


@pytest.mark.parametrize(("rule", "word", "spoil"), samples(BAD))
def test_a_bad_lesson_is_caught(rule, word, spoil):
    assert_caught(rule, word, spoil)


def test_an_exercise_may_ask_for_a_class():
    notebook = copy.deepcopy(GOOD)
    for cell in notebook["cells"]:
        if cell["id"] in ("exercise-1-psnr", "exercise-1-solution"):
            cell["source"] = cell["source"].replace("def psnr(x)", "class psnr")
    assert faults("exercises", notebook) == []
