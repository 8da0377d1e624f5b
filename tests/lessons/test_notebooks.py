"""Every lesson keeps every rule of notebook_rules."""

import re
import tomllib
from functools import cache
from pathlib import Path

import notebook_rules as rules
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"
LESSONS = sorted(FOLDER.glob("[0-9]*.ipynb"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


@cache
def lesson(path):
    return rules.read(path.read_text(encoding="utf-8"))


@cache
def facts(rule):
    """What a rule needs to know beside the notebook."""
    if rule == "glossary":
        page = (FOLDER / "glossary.md").read_text(encoding="utf-8")
        return {"forbidden": rules.forbidden_words(page)}
    if rule == "first_use":
        page = (FOLDER / "glossary.md").read_text(encoding="utf-8")
        return {"terms": rules.glossary_terms(page)}
    if rule == "mentions":
        written = [path.name[:2] for path in LESSONS]
        return {"known": {*written, *sum(rules.planned(README), [])}}
    if rule == "links":
        return {"folder": FOLDER}
    if rule == "imports":
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return {"modules": rules.modules_of(Requirement(r).name for r in project["dependencies"])}
    return {}


def test_there_are_lessons():
    assert LESSONS, f"no notebook NN_topic.ipynb in {FOLDER}"


def test_lessons_are_named_and_numbered():
    names = [path.name for path in LESSONS]
    assert [n for n in names if not re.fullmatch(r"\d\d_[a-z][a-z0-9_]*\.ipynb", n)] == []
    numbers = [name[:2] for name in names]
    assert len(set(numbers)) == len(numbers), f"two lessons have one number: {names}"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_starts_under_its_own_name(path):
    assert rules.own_name(lesson(path)) == path.stem


@pytest.mark.parametrize("rule", rules.RULES)
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_keeps_rule(path, rule):
    faults = rules.RULES[rule](lesson(path), **facts(rule))
    assert not faults, "\n".join([f"{path.name}, rule {rule}:", *faults])
