"""Pages and helpers name lessons that exist or are planned, and "seed" is the random seed.

That each of these rules can fail is proved in tests/lessons/test_rules_mentions.py.
"""

import re
from pathlib import Path

import notebook_rules as rules
import pytest

from helpers.messages import TEXTS

ROOT = Path(__file__).resolve().parents[1]
LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
KNOWN = {*(name[:2] for name in LESSONS), *sum(rules.planned(README), [])}
TWO_LANGUAGES = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
                 *sorted((ROOT / "docs").glob("*.md"))]
PAGES = [*TWO_LANGUAGES, ROOT / "notebooks" / "glossary.md", ROOT / "images" / "README.md"]
MODULES = sorted((ROOT / "helpers").rglob("*.py"))
BENCHMARKS = sorted((ROOT / "tests" / "benchmarks").rglob("*.py"))


def name_of(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", [*PAGES, *MODULES], ids=name_of)
def test_lessons_that_a_file_names_are_there(path):
    faults = rules.mention_faults(path.read_text(encoding="utf-8"), KNOWN)
    assert not faults, "\n".join(faults)


def test_the_readme_lists_the_lessons():
    faults = rules.readme_faults(README, LESSONS)
    assert not faults, "\n".join(faults)


def test_sentences_name_the_same_lessons_in_both_languages():
    faults = [f"{key}: {fault}" for key, pair in TEXTS.items()
              for fault in rules.half_faults(*pair)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("path", TWO_LANGUAGES, ids=name_of)
def test_a_page_names_the_same_lessons_in_both_languages(path):
    text = re.sub(r"`[^`\n]+`", "", path.read_text(encoding="utf-8"))  # names in code are in both
    assert rules.half_faults(*rules.halves(text)) == []


@pytest.mark.parametrize("path", [*PAGES, *MODULES, *BENCHMARKS], ids=name_of)
def test_a_seed_is_the_random_seed(path):
    faults = rules.seed_faults(f"{name_of(path)}\n{path.read_text(encoding='utf-8')}")
    assert not faults, "\n".join(faults)
