"""The house: arrows between its rooms, names that exist, packages and files that are there."""

import ast
import os
import subprocess
import sys
import tomllib
import warnings
from importlib import metadata
from pathlib import Path

import nbformat
import notebook_rules as rules
import pytest
from packaging.requirements import Requirement
from setuptools import find_packages

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "helpers").rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def name_of(path):
    """helpers/lfw/reader.py -> helpers.lfw.reader; helpers/lfw/__init__.py -> helpers.lfw"""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def run(*command, cwd=ROOT, **settings):
    return subprocess.run([sys.executable, *command], cwd=cwd, capture_output=True,
                          encoding="utf-8", errors="replace", timeout=300, **settings)


LINT = ("-c", "from importlinter.cli import lint_imports_command as lint; lint()")


def test_arrows_go_down_only():
    """import-linter holds the contract in pyproject.toml, indirect imports included."""
    done = run(*LINT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kept, 0 broken" in done.stdout


@pytest.mark.parametrize(("files", "found"), [
    ({}, None),
    ({"files": "import helpers.lesson"}, "helpers.files -> helpers.lesson"),
    ({"data": "import helpers.plots"}, "helpers.data -> helpers.plots"),
    ({"exercises": "import helpers.hall", "hall": "import helpers.engine"}, "hall"),
    ({"attic": ""}, "attic"),
])
def test_a_fault_of_the_plan_is_found(files, found, tmp_path):
    """Our own contract, on a house with empty rooms: an arrow that goes up, or across; a room
    that stands on no floor."""
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    rooms = dict.fromkeys(" | ".join(layers).split(" | "), "") | {"__init__": ""} | files
    (tmp_path / "helpers").mkdir()
    for room, text in rooms.items():
        (tmp_path / "helpers" / f"{room}.py").write_text(text, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    done = run(*LINT, cwd=tmp_path)
    assert done.returncode == (found is not None), done.stdout
    assert (found or "1 kept") in done.stdout


def test_no_assert_of_a_test_gives_a_name():
    """pytest before 9.2 puts what a later assert names with := in the place of an earlier name."""
    named = [f"{path}:{node.lineno}" for path in sorted((ROOT / "tests").rglob("*.py"))
             for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
             if isinstance(node, ast.Assert)
             and any(isinstance(part, ast.NamedExpr) for part in ast.walk(node))]
    assert not named, named


def test_names_exist_and_docstrings_are_there():
    """ruff reads every module, test and notebook without running it."""
    done = run("-m", "ruff", "check", "--output-format", "concise", ".")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("name", "text", "fault"), [
    ("helpers/new.py", '"""Doc."""\n\n\ndef public():\n    return 1\n', "D103"),
    ("helpers/new.py", "VALUE = 1\n", "D100"),
    ("helpers/new.py", '"""Doc."""\n\nprint(lost)\n', "F821"),
    ("notebooks/new.ipynb", '{"cells": [{"cell_type": "code", "id": "a", "metadata": {}, '
     '"outputs": [], "execution_count": 1, "source": ["print(lost)"]}], "metadata": {}, '
     '"nbformat": 4, "nbformat_minor": 5}', "F821"),
])
def test_ruff_finds_what_is_missing(name, text, fault, tmp_path):
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_text(text, encoding="utf-8")
    done = run("-m", "ruff", "check", "--no-cache", "--output-format", "concise", ".",
               cwd=tmp_path)
    assert done.returncode == 1 and fault in done.stdout


def warns(module):
    """Whether a warning that is blamed on `module` is an error here."""
    try:
        warnings.warn_explicit("will go away", FutureWarning, "somewhere.py", 1, module)
    except FutureWarning:
        return True
    return False


def test_a_warning_of_our_own_code_is_an_error():
    ours = [name_of(path) for path in MODULES]
    ours += [path.stem for path in (ROOT / "tests").rglob("*.py") if path.stem != "__init__"
             and path.parent.name != "notebook_rules"]
    ours += ["notebook_rules", "notebook_rules.form", "conftest", __name__]
    assert [name for name in ours if not warns(name)] == []


@pytest.mark.filterwarnings("ignore:will go away")
def test_a_test_may_still_ask_for_a_warning_to_be_ignored():
    assert not warns("helpers.plots")


def test_a_warning_of_another_package_is_its_own_business():
    with warnings.catch_warnings(record=True) as seen:
        assert not any(map(warns, ["torch.nn.modules", "sklearn.decomposition", "helpers_of_others",
                                   "code", "links"]))
    assert len(seen) == 5


def test_a_warning_of_a_lessons_cell_is_an_error(tmp_path):
    """As nbval runs it: a kernel gets the environment of the tests."""
    for code, fails in (("warnings.warn('x')", True), ("np.array([1]) / 0", True),
                        ("json.loads('1')", False)):
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [nbformat.v4.new_code_cell(f"import json, warnings\nimport numpy as np\n"
                                                    f"{code}")]
        nbformat.write(notebook, tmp_path / "a.ipynb")
        done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax",
                   "--nbval-current-env", str(tmp_path / "a.ipynb"))
        assert done.returncode == fails, done.stdout


def test_what_lessons_import_is_there_without_the_wings():
    """Lesson 01 needs neither the engine (and with it torch.distributed) nor the course's."""
    code = ("import sys, helpers.lesson, helpers.exercises, helpers.training, helpers.plots\n"
            "print(*sorted(name for name in sys.modules if name.startswith('helpers.')))")
    done = run("-c", code)
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split()
    assert "helpers.training" in loaded
    assert not [name for name in loaded if name.startswith(("helpers.engine", "helpers.course"))]


def test_helpers_import_declared_dependencies_and_no_notebook():
    allowed = rules.modules_of(Requirement(r).name for r in PROJECT["project"]["dependencies"])
    # What a declared dependency is made of, and always brings along
    allowed |= {"nbformat", "jupyter_client", "jupyter_core", "jupyter_server"}
    allowed |= {"playwright"}  # inside a function, for those who print PDF files
    faults = []
    for path in MODULES:
        for name in rules.imported_modules(path.read_text(encoding="utf-8")):
            if name in rules.UNIX_ONLY:
                faults.append(f"{path.name} imports {name}, which Windows has not")
            elif name not in allowed and name not in sys.stdlib_module_names:
                faults.append(f"{path.name} imports {name}")
    assert not faults, "\n".join(faults)


def test_every_room_is_installed():
    """Packages and package data: a wheel would miss what pyproject.toml does not find."""
    settings = PROJECT["tool"]["setuptools"]
    found = find_packages(ROOT, include=settings["packages"]["find"]["include"])
    assert sorted(found) == sorted({name_of(path.parent / "__init__.py") for path in MODULES})
    data = {path for package, patterns in settings["package-data"].items()
            for pattern in patterns
            for path in (ROOT / package.replace(".", "/")).glob(pattern) if path.is_file()}
    others = {path for path in (ROOT / "helpers").rglob("*")
              if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert data == others


def test_helpers_import_from_any_folder(tmp_path):
    try:
        metadata.version("autoencoder-course")
    except metadata.PackageNotFoundError:
        pytest.skip("the course is not installed: python -m pip install -e .")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    # Without torch, to save ten seconds: nbval imports the rest from the kernel's own folder
    code = ("import pkgutil, sys, importlib.util, helpers.messages, helpers.course.environment\n"
            "names = [m.name for m in pkgutil.walk_packages(helpers.__path__, 'helpers.')\n"
            "         if not m.name.startswith('helpers.exercises.')]\n"
            "print(*(importlib.util.find_spec(name).origin for name in names), sep='\\n')")
    done = run("-c", code, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    found = {Path(line).resolve() for line in done.stdout.splitlines()}
    assert found == {path for path in MODULES if path != ROOT / "helpers" / "__init__.py"
                     and path.parent.name != "exercises"} | {
                         ROOT / "helpers" / "exercises" / "__init__.py"}
    assert list(tmp_path.iterdir()) == [], "an import wrote into the current folder"


def test_git_ignores_what_the_course_makes_and_nothing_else():
    """A pattern such as lfw*/ would swallow a room of the house."""
    if not (ROOT / ".git").exists():
        pytest.skip("this copy of the course is not under version control")
    made = ["data/lfw-py/x.txt", "runs/01/report.json", "build/site/index.html", "work/01.ipynb",
            "wheels/x.whl", "lfw/somebody/picture.png", "lfw-deepfunneled/x/y.png",
            "notebooks/face.jpg", "helpers/lfw/__pycache__/reader.pyc"]
    rooms = [path.relative_to(ROOT).as_posix() for path in MODULES]
    rooms += ["helpers/lfw/new.py", "helpers/data/new.py", "tests/lfw/test_new.py",
              "docs/runs/new.json", "helpers/build/new.py"]
    ignored = subprocess.run(["git", "check-ignore", "--no-index", "--stdin"], cwd=ROOT,
                             input="\n".join([*made, *rooms]), capture_output=True,
                             encoding="utf-8").stdout.splitlines()
    assert ignored == made
