"""What the repository promises beside its code: dependencies, README, links, files."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import notebook_rules as rules
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "helpers").glob("*.py"))
PAGES = ["README.md", "CONTRIBUTING.md", "images/README.md",
         *(f"notebooks/{path.name}" for path in sorted((ROOT / "notebooks").glob("*.md")))]
FORBIDDEN = rules.forbidden_words((ROOT / "notebooks/glossary.md").read_text(encoding="utf-8"))


def read(name):
    path = ROOT / name
    assert path.is_file(), f"{name} is missing"
    return path.read_text(encoding="utf-8")


def project():
    return tomllib.loads(read("pyproject.toml"))["project"]


def declared():
    """(requirement, its line in pyproject.toml) of every dependency and every extra."""
    lines = read("pyproject.toml").splitlines()
    found = list(project()["dependencies"])
    for extra in project()["optional-dependencies"].values():
        found += extra
    return [(Requirement(text), next(line for line in lines if f'"{text}"' in line))
            for text in found]


# --- dependencies --------------------------------------------------------------------------------

def test_every_dependency_has_floor_cap_and_reason():
    faults = []
    for requirement, line in declared():
        operators = {specifier.operator for specifier in requirement.specifier}
        if operators != {">=", "<"}:
            faults.append(f"{requirement}: write a floor and a cap, >=...,<...")
        if len(line.partition("#")[2].split()) < 2:
            faults.append(f"{requirement}: say after a # what it is for")
    assert not faults, "\n".join(faults)


def test_no_dependency_is_declared_twice():
    names = [canonicalize_name(requirement.name) for requirement, _ in declared()]
    assert sorted(names) == sorted(set(names))


def test_constraints_satisfy_pyproject():
    text = read("constraints.txt")
    assert "://" not in text, "constraints.txt holds versions, no addresses"
    pinned, faults = {}, []
    for line in text.splitlines():
        line = line.partition("#")[0].strip()
        if not line:
            continue
        if not re.fullmatch(r"[A-Za-z0-9._-]+==[^\s;*]+(\s*;.+)?", line):
            faults.append(f"{line!r} is not name==version")
            continue
        pin = Requirement(line)
        version = next(iter(pin.specifier)).version
        pinned.setdefault(canonicalize_name(pin.name), []).append(Version(version))
    for requirement, _ in declared():
        versions = pinned.get(canonicalize_name(requirement.name), [])
        if not versions:
            faults.append(f"{requirement} is not in constraints.txt")
        faults += [f"constraints.txt has {requirement.name} {version}, pyproject.toml wants "
                   f"{requirement.specifier}" for version in versions
                   if not requirement.specifier.contains(version, prereleases=True)]
    assert not faults, "compile constraints.txt again:\n" + "\n".join(faults)


# --- README and other pages ----------------------------------------------------------------------

@pytest.mark.parametrize("command", [
    "python -m pip install -e . && python -m helpers",
    'python -m pip install -e ".[test]" && python -m pytest',
])
def test_readme_has_the_command(command):
    lines = [line.strip() for line in read("README.md").splitlines()]
    assert command in lines, "the README has no line that is exactly this command"


def test_readme_speaks_both_languages():
    text = re.sub(r"```.*?```", "", read("README.md"), flags=re.DOTALL)
    assert len(re.findall(f"[{rules.HAN}]", text)) > 300
    assert len(re.findall(r"[A-Za-z]{2,}", text)) > 300


@pytest.mark.parametrize("name", PAGES)
def test_links_and_images_of_page_exist(name):
    faults = rules.page_link_faults(rules.parse(read(name)), (ROOT / name).parent)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", PAGES)
def test_chinese_of_page(name):
    """The Chinese of a page keeps the rules for Chinese text; bold is bold everywhere."""
    text = read(name)
    faults = rules.bold_faults(text)
    parts = re.findall(r'^<div lang="zh-Hant">$(.+?)^</div>$', text, re.DOTALL | re.MULTILINE)
    parts += [text.split("## 中文\n")[1].split("## English\n")[0]] if "## English\n" in text else []
    for part in parts:
        for words in (page := rules.parse(part)).prose + page.alts:
            faults += chinese_faults(words)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_both_halves_of_a_page_have_the_same_parts(name):
    """As many headings, tables' rows and items, the same commands and the same links."""
    text = read(name)
    zh, en = text.split("## 中文\n")[1].split("## English\n")
    for pattern in (r"^#+ ", r"^\|", r"^- ", r"^\d\. "):
        found = [len(re.findall(pattern, half, re.MULTILINE)) for half in (zh, en)]
        assert found[0] == found[1], f"{pattern}: {found}"
    for pattern in (r"^```\n(.+?)^```", r"\]\(([^)]+)\)", r"`(python -m [^`]+)`"):
        found = [sorted(re.findall(pattern, half, re.DOTALL | re.MULTILINE)) for half in (zh, en)]
        assert found[0] == found[1]


def chinese_faults(words):
    return [*rules.glossary_faults(words, FORBIDDEN), *rules.simplified_faults(words),
            *rules.typography_faults(words)]


def test_glossary_page():
    text = read("notebooks/glossary.md")
    table = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in row] for row in table]
    assert rows[0] == ["English", "中文", "不用 not used"]
    assert len(rows) - 2 >= 60
    assert all(len(row) == 3 and row[0] and row[1] for row in rows)
    assert len({row[0] for row in rows}) == len(rows)
    faults = [fault for row in rows[2:] for fault in chinese_faults(row[1])]
    assert not faults, "\n".join(faults)
    divs = re.findall(r'^<div lang="[\w-]+">$.+?^</div>$', text, re.DOTALL | re.MULTILINE)
    cell = {"cell_type": "markdown", "id": "intro", "source": "\n".join(divs)}
    assert rules.twins({"cells": [cell]}) == []


# --- files ---------------------------------------------------------------------------------------

def tracked():
    """The files under version control; in a copy without git, those of the course's folders."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True,
                                encoding="utf-8", check=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = []
    found = [ROOT / name for name in listed if name and (ROOT / name).is_file()]
    if not found:
        folders = ("helpers", "notebooks", "tests", "images", ".ci", ".github")
        found = [path for path in ROOT.glob("*") if path.is_file()]
        found += [path for folder in folders for path in (ROOT / folder).rglob("*")
                  if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & {*path.parts}]
    return sorted(found)


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def test_no_path_of_a_development_machine():
    # /home/you and the like are placeholders for a reader's own name
    machine = re.compile(r"(?<![\w.~}])/(?:work/|root/|(?:home|Users)/(?!you\b|YOU\b)\w)"
                         r"|\b[A-Za-z]:\\+Users\\+(?!you\b|YOU\b)\w")
    faults = []
    for path in tracked():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # a picture
        faults += [f"{name_of(path)}:{number}: {found[0]!r}" for number, line in enumerate(lines, 1)
                   if (found := machine.search(line))]
    assert not faults, "absolute paths:\n" + "\n".join(faults)


def test_no_lock_files_and_no_photographs():
    locks = r"(uv|poetry|pdm|pixi|conda|Pipfile|package|npm|yarn|pnpm|bun)[.-](lock|shrinkwrap).*"
    faults = [f"{name_of(path)}: a lock file holds registry addresses; constraints.txt does it"
              for path in tracked() if re.fullmatch(locks, path.name)]
    faults += [f"{name_of(path)}: JPEG is what photographs of real people come as; save a PNG"
               for path in tracked() if path.suffix.lower() in (".jpg", ".jpeg")]
    assert not faults, "\n".join(faults)


def pictures():
    return [path for path in tracked() if path.parent == ROOT / "images"
            and path.suffix.lower() in (".png", ".svg", ".gif", ".webp")]


def test_pictures_are_small():
    assert pictures(), "no picture in images/ is under version control"
    faults = [f"{name_of(path)}: {path.stat().st_size:,} bytes, 500,000 are allowed"
              for path in pictures() if path.stat().st_size > 500_000]
    assert not faults, "\n".join(faults)


def test_pictures_have_the_command_that_makes_them():
    """images/README.md names each picture, and a command before it names the next one."""
    text = read("images/README.md")
    names = "|".join(re.escape(path.name) for path in pictures())
    parts = re.split(rf"\b({names})\b", text)  # [text, name, text, name, text, ...]
    after = {}
    for name, words in zip(parts[1::2], parts[2::2], strict=True):
        after[name] = after.get(name, "") + words
    faults = [f"{path.name}: images/README.md does not name it" for path in pictures()
              if path.name not in after]
    faults += [f"{name}: images/README.md has no `python ...` command after its name"
               for name, words in after.items() if not re.search(r"\bpython [-\w]", words)]
    assert not faults, "\n".join(faults)


def test_the_readme_repeats_what_the_committed_lesson_measured():
    """The columns of drawn faces, in both languages, against the stored report of lesson 01."""
    report = notebook_report(ROOT / "notebooks" / "01_autoencoder.ipynb")
    rows = re.findall(r"^\|[^|]+\| `(\w+)` \| ([\d.]+)[^|]*\| ([\d.–]+)",
                      read("README.md"), re.MULTILINE)
    assert len(rows) == 16 and len({name for name, _, _ in rows}) == 8
    for name, value, baseline in rows:
        (line,) = (line for line in report if line.split()[0] == name)
        stored = [float(word) for word in line.split()[1:] if re.fullmatch(r"[\d.]+", word)]
        for printed, measured in zip((value, baseline), stored, strict=False):
            digits = len(printed.partition(".")[2])
            assert abs(float(printed) - measured) <= 0.51 * 10**-digits, (name, printed, line)


def test_the_readme_repeats_what_later_lessons_measured():
    """The table of lessons 02, 03, ... in both languages, against their stored reports."""
    reports = {path.name[:2]: notebook_report(path)
               for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")}
    rows = re.findall(r"^\| (\d\d) \|[^|]+\| `(\w+)` \| (-?[\d.]+)[^|]*\| (-?[\d.]+)",
                      read("README.md"), re.MULTILINE)
    assert {number for number, *_ in rows} == set(reports) - {"01"}
    for number, name, *printed in rows:
        assert rows.count((number, name, *printed)) == 2, f"{name}: the same in both languages"
        (line,) = (line for line in reports[number] if line.split()[0] == name)
        line = re.sub(r" of \d+", "", line)  # a unit such as "of 17"
        stored = [float(word) for word in line.split()[1:] if re.fullmatch(r"-?[\d.]+", word)]
        for shown, measured in zip(printed, stored, strict=False):
            digits = len(shown.partition(".")[2])
            assert abs(float(shown) - measured) <= 0.51 * 10**-digits, (name, shown, line)


def notebook_report(path):
    """The lines that report() printed in a committed lesson."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (cell,) = (cell for cell in cells if cell["id"] == "measured-report")
    return "".join(cell["outputs"][0]["text"]).splitlines()
