"""The rules for lessons named by number and for the word "seed" can fail."""

import notebook_rules as rules
import pytest
from good_lesson import GOOD
from spoilt_lesson import assert_caught, prints, rename, replace, run, samples, source, text, zh

# rule: [(what is wrong, a word that the fault must contain, how to spoil the good lesson), ...]
BAD = {
    "mentions": [
        ("no such lesson", "no lesson 08", zh("見第08課")),
        ("in English", "no lesson 08", text("中", "see lesson 08")),
        ("one of two", "no lesson 06", zh("見第02、06課")),
        ("one of two in English", "no lesson 06", text("中", "lessons 02 (probes) and 06 do")),
        ("inside a range", "no lesson 03", zh("第02到05課")),
        ("inside a range in English", "no lesson 04", text("中", "Lessons 02 to 05")),
        ("one digit", "no lesson 2,", zh("第2課")),
        ("in code", "no lesson 08", run("x = 1  # lesson 08")),
        ("link to another", "leads to 02_latent", zh("[第01課](02_latent_space.ipynb)")),
        ("title", "have the numbers ['02', '01']", replace("title", "第01課", "第02課")),
        ("English title", "['01', '02']", replace("title", "Lesson 01", "Lesson 02")),
        ("no number in the title", "numbers ['01']", replace("title", "# 第01課：", "# ")),
        ("another file", "start() has '05'", replace("title-start", "01_", "05_")),
        ("no file", "start() has ''", source("1", "title-start")),
    ],
    "seed": [
        (words, words, text("中", f"this is {words} here"))
        for words in ("seed's loop", "seed lessons", "Seed loop", "seed\u2019s loader")
    ] + [
        ("in Chinese", "種子課", zh("種子課教過")),
        ("in code", "seed_loader", run("seed_loader = 1")),
        ("a file's name", "seed_vs", run("# python seed_vs_course.py")),
        ("in an output", "seed_share", prints("seed_share  0.47")),
        ("in an id", "seed-loop", rename("training-loop", "training-seed-loop")),
    ],
}


@pytest.mark.parametrize(("rule", "word", "spoil"), samples(BAD))
def test_a_bad_lesson_is_caught(rule, word, spoil):
    assert_caught(rule, word, spoil)


@pytest.mark.parametrize(("words", "numbers"), [
    ("第08課", ["08"]), ("第02、06課和第10課", ["02", "06", "10"]),
    ("第02到04課", ["02", "03", "04"]), ("第一課，上課，第3排", []),
    ("lesson 08's loop", ["08"]), ("Lesson 01, 10 epochs", ["01"]),
    ("lessons 02 (probes) and 06", ["02", "06"]), ("Lessons 02 to 04 and 10", [
        "02", "03", "04", "10"]), ("lessons 02, 03, and 05", ["02", "03", "05"]),
    ("lesson: 01  faces", []), ("a lesson\n05", ["05"]), ("no lesson plan", []),
    ("## Changing a lesson\n\n1. Edit it", []),
])
def test_numbers_of_lessons(words, numbers):
    assert rules.lesson_numbers(words) == numbers


def test_own_name():
    assert rules.own_name(GOOD) == "01_autoencoder"


README = """
| [第01課：甲<br>Lesson 01: a](notebooks/01_a.ipynb) | 見第03課<br>see lesson 03 |
| [第02課：乙<br>Lesson 02: b](notebooks/02_b.ipynb) | 丙<br>c |

<div lang="zh-Hant">

還在寫：03丙、04丁。

</div>
<div lang="en">

More are being written: 03 c, 04 d. Good.

</div>
"""
FILES = ["01_a.ipynb", "02_b.ipynb"]


def test_a_good_readme_passes():
    assert rules.readme_faults(README, FILES) == []
    assert rules.planned(README) == (["03", "04"], ["03", "04"])
    assert rules.mention_faults(README, {"01", "02", "03", "04"}) == []


@pytest.mark.parametrize(("old", "new", "word"), [
    ("第02課：乙", "第03課：乙", "the table links ['01_a"),
    ("Lesson 02: b", "Lesson 03: b", "the table links ['01_a"),
    ("第02課：乙<br>Lesson 02: b", "第02課：乙", "the table links ['01_a"),
    ("第02課：乙<br>Lesson 02: b", "Lesson 02: b", "the table links ['01_a"),
    ("02_b.ipynb", "04_b.ipynb", "table"), ("03丙、04丁", "03丙", "planned are ['03']"),
    ("03 c, 04 d", "03 c, 05 d", "planned are"), ("03", "02", "02 is called planned, but"),
    ("see lesson 03", "see lesson 04", "in Chinese"), ("還在寫", "待寫", "planned are []"),
])
def test_a_bad_readme_is_caught(old, new, word):
    found = rules.readme_faults(README.replace(old, new), FILES)
    assert any(word in fault for fault in found), found


def test_a_lesson_that_the_readme_does_not_list_is_found():
    assert any("the table links" in fault
               for fault in rules.readme_faults(README, ["01_a.ipynb"]))
    assert rules.readme_faults(README, [*FILES, "05_e.ipynb"])


@pytest.mark.parametrize("words", [
    "the same seed, two seeds", "seed=0", "torch.manual_seed(1)", "seed_everything(0)",
    "the seed's value", "seeds vary", "亂數種子", "換一個種子", "加上固定種子的噪聲",
])
def test_the_random_seed_is_allowed(words):
    assert rules.seed_faults(words) == []
