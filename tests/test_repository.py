"""What the repository promises beside its code: dependencies, README, links, files."""

import ast
import json
import re
import subprocess
import tomllib
from pathlib import Path

import notebook_rules as rules
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "helpers").glob("*.py"))
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "images/README.md",
         *(f"{folder}/{path.name}" for folder in ("docs", "notebooks")
           for path in sorted((ROOT / folder).glob("*.md")))]
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
    assert lines.count(command) == 1, "the README has no line that is exactly this command, once"


def test_readme_is_a_door_and_opens_in_both_languages():
    text = read("README.md")
    assert len(text.encode()) <= 9000, "what does not fit belongs into docs/"
    assert len(re.findall(f"[{rules.HAN}]", text)) > 300
    assert len(re.findall(r"[A-Za-z]{2,}", re.sub(r"```.*?```", "", text, flags=re.DOTALL))) > 300
    for lang in ("zh-Hant", "en"):
        assert f'<div lang="{lang}">' in text.splitlines()[:20], f"{lang} begins too far down"


def test_the_readme_names_what_to_read_in_helpers_in_the_order_of_helpers():
    modules = re.findall(r"^- `(\w+)`：", read("README.md"), re.MULTILINE)
    listed = re.findall(r"^    (\w+)/?  +\w", read("helpers/__init__.py"), re.MULTILINE)
    assert len(modules) == 10
    assert modules == [name for name in listed if name in modules]


def test_the_map_in_contributing_has_the_floors_of_pyproject():
    linter = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]
    floors = re.findall(r"^ +(\w+(?: \| \w+)*)(?:  .*)?$", read("CONTRIBUTING.md"), re.MULTILINE)
    assert floors == linter["contracts"][0]["layers"]


@pytest.mark.parametrize("name", PAGES)
def test_links_and_images_of_page_exist(name):
    faults = rules.page_link_faults(rules.parse(read(name)), (ROOT / name).parent)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", [name for name in PAGES if name != "notebooks/glossary.md"])
def test_both_languages_of_page(name):
    """Chinese, then English, and both say the same: paragraphs, items, commands, links, numbers;
    the Chinese keeps the rules for Chinese text; bold is bold; what both share says it twice."""
    faults = rules.page_faults(read(name), FORBIDDEN)
    assert not faults, "\n".join(faults)


def chinese_faults(words):
    return [*rules.glossary_faults(words, FORBIDDEN), *rules.manner_faults(words),
            *rules.simplified_faults(words), *rules.typography_faults(words)]


def test_security_names_tests_that_exist():
    named = set(re.findall(r"`(tests/[^`]+)`", read("SECURITY.md")))
    assert len(named) >= 5
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_nothing_is_run_through_a_shell():
    """No os.system, no shell=True, no exec of what was read; what helpers start are lists."""
    faults = []
    for path in sorted((ROOT / "helpers").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            if name in ("os.system", "os.popen", "eval", "exec", "pickle.load", "pickle.loads",
                        "subprocess.getoutput", "subprocess.getstatusoutput"):
                faults.append(f"{path.name}:{node.lineno}: {name}")
            if name == "torch.load" and "weights_only=True" not in ast.unparse(node):
                faults.append(f"{path.name}:{node.lineno}: {name} without weights_only")
            faults += [f"{path.name}:{node.lineno}: shell=" for keyword in node.keywords
                       if keyword.arg == "shell"]
    assert faults == []


def test_pages_name_no_registry():
    """Links lead to pages for people; where pip finds a package is pip's business."""
    hosts = re.compile(r"https?://(?:download\.|files\.|test\.)?"
                       r"(?:pypi|pythonhosted|pytorch\.org/whl|anaconda|npmjs)[\w./-]*|--index-url")
    faults = [f"{name}: {found[0]}" for name in PAGES if (found := hosts.search(read(name)))]
    assert not faults, "\n".join(faults)


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
    assert rules.bold_faults(text) == []
    divs = re.findall(r'^<div lang="[\w-]+">$.+?^</div>$', text, re.DOTALL | re.MULTILINE)
    cell = {"cell_type": "markdown", "id": "intro", "source": "\n".join(divs)}
    assert rules.twins({"cells": [cell]}) == []
    zh = rules.parse(divs[0])
    assert [fault for words in zh.prose + zh.alts for fault in chinese_faults(words)] == []


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
        folders = ("helpers", "notebooks", "tests", "images", "docs", ".ci", ".github")
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


# --- numbers -------------------------------------------------------------------------------------

def measured(number):
    """{name: [value, baseline]} of a lesson: from docs/reports, else as its notebook printed it."""
    kept = ROOT / "docs" / "reports" / f"{number}.json"
    if kept.is_file():
        report = json.loads(kept.read_text(encoding="utf-8"))["measured"]
        return {name: [line[key] for key in ("value", "baseline") if key in line]
                for name, line in report.items()}
    (path,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
    lines = [re.sub(r" of \d+| \([^()]* to [^()]*\)", "", line).split()
             for line in printed_report(path).splitlines()[1:]]
    return {name: [float(word) for word in words if re.fullmatch(r"-?[\d.]+", word)]
            for name, *words in lines}


def printed_report(path):
    """What report() printed in a committed lesson."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (cell,) = (cell for cell in cells if cell["id"] == "measured-report")
    return "".join(cell["outputs"][0]["text"]).strip()


def agrees(printed, value):
    """A printed number is the measured one, rounded."""
    return abs(float(printed) - value) <= 0.51 * 10**-len(printed.partition(".")[2])


def test_the_readme_repeats_what_was_measured():
    """The four numbers, their baselines and PCA's, against the reports."""
    readme = read("README.md")
    rows = re.findall(r"^\| (\d\d) \|[^|]+\| `(\w+)` \| (-?[\d.]+)[^|]*\| (-?[\d.]+)", readme,
                      re.MULTILINE)
    assert [number for number, *_ in rows] == ["01", "02", "03", "04"]
    for number, name, *printed in rows:
        stored = measured(number)[name]
        assert len(stored) >= 2, f"{name} has no baseline"
        for shown, value in zip(printed, stored, strict=False):
            assert agrees(shown, value), (name, shown, value)
    pca = re.findall(r"PCA ?[（(](\d+)[^）)]*[）)] ?([\d.]+) dB", readme)
    assert len(pca) == 2 and pca[0] == pca[1]
    assert agrees(pca[0][1], measured("01")[f"pca_{pca[0][0]}_psnr"][0])


def test_a_report_is_the_one_that_its_notebook_printed():
    from helpers.lesson import format_report

    for path in sorted((ROOT / "docs" / "reports").glob("[0-9][0-9].json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        printed = printed_report(ROOT / "notebooks" / f"{content['lesson']}.ipynb")
        assert format_report(content) == printed, f"run: {content['command']} --save"


def minutes():
    """{number: [reading, exercises, running]} from the README's table of lessons."""
    rows = re.findall(r"\(notebooks/(\d\d)_[^|]+\|[^|]+\| (\d+), (\d+), (\d+) \|",
                      read("README.md"))
    return {number: times for number, *times in rows}


def test_the_readme_gives_the_times_that_lessons_give():
    assert minutes()
    for number, times in minutes().items():
        (path,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
        text = path.read_text(encoding="utf-8")
        (said,) = re.findall(r"<strong>時間</strong>：[^\"]*", text)
        assert set(times) <= set(re.findall(r"\d+", said)), (number, times, said)


def test_the_plans_for_teaching_add_up():
    text = read("docs/teaching.md")
    day = [(int(hour) * 60 + int(minute), int(length)) for hour, minute, length in re.findall(
        r"^\| (\d\d):(\d\d) \|[^|]+\| (\d+) \|$", text, re.MULTILINE)]
    assert len(day) > 10
    for (start, length), (following, _) in zip(day, day[1:], strict=False):
        assert start + length == following, f"{start // 60}:{start % 60:02}"
    weeks = [int(week) for week in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)]
    assert weeks == list(range(1, 15))
    points = re.findall(r"^\| \D[^|]*\|[^|]+\| (\d+) \|$", text, re.MULTILINE)
    assert len(points) == 7 and sum(map(int, points)) == 100
    reading = sorted({int(times[0]) for times in minutes().values()})
    assert f"閱讀共{'或'.join(map(str, reading))}分鐘" in text
    assert f"約{reading[0] - 45}到{reading[-1] - 45}分鐘" in text
    assert {times[1] for times in minutes().values()} == {"35"} and "練習（35分鐘）" in text


# --- citation and releases -----------------------------------------------------------------------

def test_the_citation_is_of_this_release():
    cff, version = yaml.safe_load(read("CITATION.cff")), project()["version"]
    assert cff["cff-version"] == "1.2.0" and cff["type"] == "software"
    assert set(cff) <= {"cff-version", "message", "type", "title", "abstract", "authors",
                        "version", "date-released", "license", "keywords"}
    assert cff["message"] and cff["title"] and cff["authors"] == [
        {"name": "The authors of the course"}]
    assert str(cff["version"]) == version and cff["license"] in project()["license"].split()
    newest, date = re.findall(r"^## (\d+\.\d+\.\d+) \((.+)\)$", read("CHANGELOG.md"),
                              re.MULTILINE)[0]
    assert (newest, date) == (version, cff["date-released"].isoformat())
