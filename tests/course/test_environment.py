"""The [OK]/[FAIL] check, environment.yml and the workflow: what a fresh computer meets first."""

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from collections import namedtuple

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from helpers import ROOT
from helpers.__main__ import command_line
from helpers.course import environment
from helpers.course.slides import FETCH
from helpers.messages import TEXTS, pair


def keys(results):
    """The message keys of a check; every sentence must be complete in both languages."""
    for _, key, values in results:
        assert all(pair(key, **values).values())
    return [key for _, key, _ in results]


def failed(results):
    assert results and not any(ok for ok, _, _ in results)
    return keys(results)


def test_old_or_32_bit_python_is_the_only_fault_named(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 14, "final", 0))
    assert failed(environment.check_environment()) == ["env_python_bad"]
    monkeypatch.undo()
    monkeypatch.setattr(sys, "maxsize", 2**31 - 1)
    (_, key, values), = environment.check_environment()
    assert key == "env_python_bad" and values["bits"] == 32


def test_packages_of_this_environment_fit():
    """The metadata is that of pyproject.toml; a changed list asks for a new `pip install -e .`"""
    results = environment.check_packages()
    assert keys(results) == ["env_packages_ok"]
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert results[0][2]["count"] == len(declared["dependencies"])


@pytest.mark.parametrize("line, key", [
    ("no-such-package-anywhere>=1", "env_package_missing"),
    ("numpy>=999", "env_package_version"),
    ("numpy<1", "env_package_version"),
])
def test_missing_or_unfit_package(monkeypatch, line, key):
    lines = ["pytest", line, "absent-too; sys_platform == 'nowhere'", "absent-three; extra == 'x'"]
    monkeypatch.setattr(environment.metadata, "requires", lambda name: lines)
    assert failed(environment.check_packages()) == [key]


def test_course_not_installed(monkeypatch):
    monkeypatch.setattr(environment, "DISTRIBUTION", "no-such-package-anywhere")
    assert failed(environment.check_course()) == ["env_course_missing"]
    assert environment.check_packages() == []  # one fault, one line


def test_lesson_finds_this_helpers():
    assert keys(environment.check_course()) == ["env_course_ok"]


def test_another_package_called_helpers_is_named(monkeypatch, tmp_path):
    (tmp_path / "helpers").mkdir()
    other = tmp_path / "helpers" / "__init__.py"
    other.write_text("raise SystemExit('a foreign package must not run')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))  # first on the path of every new process
    assert failed(environment.check_course()) == ["env_course_elsewhere"]
    info = tmp_path / "helpers-0.2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: helpers\nVersion: 0.2.0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    (_, key, values), = environment.check_course()
    assert key == "env_course_conflict" and values["found"] == str(other)


def test_not_the_course_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    assert failed(environment.check_course()) == ["env_course_folder"]


@pytest.mark.parametrize("module, code, key", [
    ("torch", "raise OSError('[WinError 126] Error loading c10.dll')", "env_torch_dll"),
    ("torch", "raise ImportError('libtorch.so: undefined symbol')", "env_torch_broken"),
    ("torch", "import os; os._exit(3)", "env_torch_broken"),
    ("torchvision", "raise RuntimeError('operator torchvision::nms does not exist')",
     "env_torch_pair"),
])
def test_broken_torch_is_told_apart(monkeypatch, tmp_path, module, code, key):
    (tmp_path / "torch.py").write_text("", encoding="utf-8")
    (tmp_path / f"{module}.py").write_text(code, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert failed(environment.check_torch()) == [key]


def test_torch_absent_or_gpu_broken(monkeypatch):
    gpu = "torch.AcceleratorError: CUDA error: no kernel image is available"
    assert environment.diagnose(gpu, 1) == ("env_torch_gpu", gpu)
    assert environment.diagnose("", -11) == ("env_torch_broken", "exit code -11")
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    assert environment.check_torch() == []  # check_packages names it


def test_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    assert keys(environment.check_folder()) == ["env_folder_ok"]
    assert list(tmp_path.iterdir()) == []  # the trial file is gone
    usage = namedtuple("usage", "total used free")(10**10, 10**10, 10**8)
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda path: usage)
    assert failed(environment.check_folder()) == ["env_disk_bad"]
    monkeypatch.setattr(environment, "ROOT", tmp_path / "absent")
    assert failed(environment.check_folder()) == ["env_folder_bad"]


@pytest.mark.parametrize("language, lines", [("both", 2), ("zh", 1), ("en", 1)])
def test_each_result_has_one_mark(monkeypatch, capsys, language, lines):
    monkeypatch.setenv("COURSE_LANG", language)
    results = [(True, "env_python_ok", {"version": "3.12.1", "bits": 64}),
               (False, "env_course_missing", {})]
    assert environment.print_checks(results) is False
    assert environment.print_checks(results[:1]) is True
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 3 * lines
    assert [line[:6].strip() for line in printed[::lines]] == ["[OK]", "[FAIL]", "[OK]"]
    assert all("[" not in line[:7] for line in printed[1::2] if lines == 2)


def test_every_fault_says_what_to_do():
    faults = {k: texts for k, texts in TEXTS.items() if k.startswith("env_") and k[-3:] != "_ok"}
    assert len(faults) >= 12
    for key, (chinese, english) in faults.items():
        assert "請" in chinese, key
        assert re.search(r"Run|run|[Ii]nstall|Move|Delete|Set ", english), key
        commands = [re.findall(r"[「\"](python .+?)[」\"]", text) for text in (chinese, english)]
        assert commands[0] == commands[1] and len(commands[0]) <= 1, key


def test_conda_environment_lists_no_dependency_twice():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert conda["channels"] == ["conda-forge"]
    *packages, pip = conda["dependencies"]
    assert [re.split(r"[ <>=]", name)[0] for name in packages] == ["python", "pip"]
    assert pip == {"pip": ["-e .[test]"]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert conda["name"] == project["name"]
    lowest = Requirement(packages[0].replace(" ", "")).specifier
    assert not lowest.contains("3.10") and lowest.contains("3.11")
    assert lowest == SpecifierSet(project["requires-python"])


def jobs():
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    return yaml.load(text, yaml.BaseLoader)  # BaseLoader: `on` is a word, not True


def steps():
    return [step for job in jobs()["jobs"].values() for step in job["steps"]]


def test_workflow_is_careful():
    flow = jobs()
    assert set(flow["on"]) == {"push", "pull_request", "schedule"}
    assert flow["permissions"] == {"contents": "read"}
    assert "group" in flow["concurrency"]
    assert all(int(job["timeout-minutes"]) <= 90 for job in flow["jobs"].values())
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", s["uses"]) for s in steps() if "uses" in s)
    rows = flow["jobs"]["windows-and-macos"]["strategy"]["matrix"]["include"]
    systems = {(row["os"], row["shell"]) for row in rows}
    assert {("windows-latest", "powershell"), ("macos-latest", "bash")} <= systems


def test_workflow_names_commands_that_exist():
    commands = [step["run"] for step in steps() if "run" in step]
    assert len(commands) >= 9 and not any("\n" in command for command in commands)
    for command in commands:
        match shlex.split(command):
            case ["bash", script]:
                assert (ROOT / script).is_file(), command
            case ["python", "-m", "helpers", *arguments]:
                command_line().parse_args(arguments)  # exits on an unknown one
            case ["python", "-m", "pytest", *folders]:
                assert all((ROOT / folder).is_dir() for folder in folders), command
            case ["python", "-m", "pip", "install", *arguments]:
                assert arguments[-2:] == ["-e", ".[test]"] or arguments == ["pip-audit"], command
                for flag, value in zip(arguments, arguments[1:], strict=False):
                    assert flag != "-c" or (ROOT / value).is_file(), command
            case ["python", "-m", "pip_audit", *arguments]:
                assert arguments == ["--skip-editable"], command  # the course itself
            case ["python", script, *options] if script.startswith("tests/benchmarks/"):
                text = (ROOT / script).read_text(encoding="utf-8")
                assert all(f'"{o}"' in text for o in options if o.startswith("--")), command
            case ["npm", *_]:
                assert command == FETCH
            case ["sudo", "apt-get", "update"] | ["sudo", "apt-get", "install", "-y", *_]:
                pass
            case _:
                pytest.fail(f"unknown command in the workflow: {command}")


def test_newest_releases_once_a_week_tested_ones_otherwise():
    installs = {"==": [], "!=": []}
    for job in jobs()["jobs"].values():
        for step in job["steps"]:
            if re.search("pip install.*-e|.ci/run", step.get("run", "")):
                condition = step.get("if") or job["if"]
                sign = re.fullmatch("github.event_name (..) 'schedule'", condition)[1]
                installs[sign].append(step["run"])
    newest = 'python -m pip install --upgrade --upgrade-strategy eager -e ".[test]"'
    tested = 'python -m pip install -c constraints.txt -e ".[test]"'
    assert installs["=="] == [newest, tested, newest]  # Linux, the audit, the others
    assert installs["!="] == ["bash .ci/run", tested]


def test_every_week_the_oldest_and_the_newest_python_that_pyproject_allows():
    allowed = SpecifierSet(tomllib.loads(
        (ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"])
    weekly = jobs()["jobs"]["linux-newest"]
    assert weekly["if"] == "github.event_name == 'schedule'"
    there = [f"3.{minor}" for minor in range(40) if allowed.contains(f"3.{minor}")]
    assert weekly["strategy"]["matrix"]["python"] == [there[0], there[-1]]


def test_an_old_python_is_told_so_before_it_meets_what_it_cannot_read(monkeypatch):
    """helpers/__init__.py is all that it reads: it parses there, and ends the program in words."""
    source = (ROOT / "helpers" / "__init__.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 7))
    assert not any(isinstance(node, ast.JoinedStr | ast.NamedExpr) for node in ast.walk(tree))
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    with pytest.raises(SystemExit) as ended:
        exec(compile(source, "__init__.py", "exec"), {"__file__": str(ROOT / "helpers/x.py")})
    chinese, english = str(ended.value.code).split("\n")
    assert "Python 3.9.18" in chinese and "需要Python 3.11" in chinese
    assert "Python 3.9.18" in english and "needs Python 3.11" in english


def test_check_needs_no_installed_package():
    """A broken environment must still get as far as its own diagnosis."""
    code = ("import sys; sys.path.insert(0, '.'); import helpers.__main__ as front; "
            "from helpers.course import environment; "
            "front.command_line(); environment.check_python()")
    # -S: no site-packages at all
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
