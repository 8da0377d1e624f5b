"""Can this computer run the course? Each check answers with what to do when it cannot.

A check returns a list of results `(ok, key, values)`; `key` and `values` name the sentence in
`messages`. Nothing here needs an installed package: a broken environment is the usual case.
"""

import importlib.metadata as metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from helpers import ROOT
from helpers.messages import chosen_languages, pair, show

DISTRIBUTION = "autoencoder-course"
DISK_GB = 1  # synthetic faces, runs and figures of all lessons, several times over


def check_environment():
    """All checks in turn: a list of `(ok, key, values)`."""
    python = check_python()
    if not python[0][0]:
        return python  # nothing else can be right
    checks = (check_course, check_packages, check_torch, check_folder)
    return python + [result for check in checks for result in check()]


def print_checks(results):
    """Prints one [OK] or [FAIL] a result, in the chosen languages; True if all are OK."""
    first = chosen_languages()[0]
    for ok, key, values in results:
        mark = "[OK]  " if ok else "[FAIL]"
        texts = pair(key, **values)
        show({lang: f"{mark if lang == first else '      '} {texts[lang]}" for lang in texts})
    return all(ok for ok, _, _ in results)


def check_python():
    """Python 3.11 or newer, 64-bit: what torch is built for."""
    bits = 64 if sys.maxsize > 2**32 else 32
    ok = sys.version_info >= (3, 11) and bits == 64
    version = ".".join(str(part) for part in sys.version_info[:3])
    return [(ok, "env_python_ok" if ok else "env_python_bad", {"version": version, "bits": bits})]


def check_course():
    """A lesson's `import helpers` finds this repository, whatever else is called helpers."""
    if not ((ROOT / "notebooks").is_dir() and (ROOT / "pyproject.toml").is_file()):
        return [(False, "env_course_folder", {"root": ROOT})]
    found = helpers_of_a_lesson()
    if not found or not is_installed(DISTRIBUTION):
        return [(False, "env_course_missing", {})]
    if Path(found).resolve() == ROOT / "helpers" / "__init__.py":
        return [(True, "env_course_ok", {"root": ROOT})]
    key = "env_course_conflict" if is_installed("helpers") else "env_course_elsewhere"
    return [(False, key, {"found": found})]


def helpers_of_a_lesson():
    """The file that `import helpers` finds where the current folder does not count, or ""."""
    code = "import importlib.util as u; s = u.find_spec('helpers'); print(s.origin if s else '')"
    # -P: this process may have found helpers in the current folder, a lesson's kernel does not
    return run_python("-P", "-c", code).stdout.strip()


def is_installed(name):
    """True if the distribution `name` is installed."""
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def check_packages():
    """Every dependency that the installed course declares, in a version that satisfies it."""
    try:
        from packaging.requirements import Requirement
    except ImportError:
        return [(False, "env_package_missing", {"name": "packaging", "spec": "packaging"})]
    try:
        requirements = [Requirement(line) for line in metadata.requires(DISTRIBUTION) or []]
    except metadata.PackageNotFoundError:
        return []  # check_course has said so
    needed = [r for r in requirements if r.marker is None or r.marker.evaluate({"extra": ""})]
    faults = [fault for fault in map(package_fault, needed) if fault]
    return faults or [(True, "env_packages_ok", {"count": len(needed)})]


def package_fault(requirement):
    """What is wrong with one dependency, or None."""
    values = {"name": requirement.name, "spec": str(requirement.specifier)}
    try:
        found = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return False, "env_package_missing", values
    if not requirement.specifier.contains(found, prereleases=True):
        return False, "env_package_version", {**values, "found": found}
    return None


def check_torch():
    """torch computes and torchvision's operators load; on which device, with how many cores."""
    if not all(importlib.util.find_spec(name) for name in ("torch", "torchvision")):
        return []  # check_packages has said so
    # In a process of its own: a broken torch may crash it, and a sound one takes much memory
    probe = run_python("-c", "from helpers.course.environment import probe_torch; probe_torch()")
    if probe.returncode == 0:
        return [(True, "env_torch_ok", json.loads(probe.stdout.splitlines()[-1]))]
    key, error = diagnose(probe.stderr, probe.returncode)
    return [(False, key, {"error": error})]


def probe_torch():
    """Convolves ones on the device that lessons use and prints versions, device, cores as JSON."""
    import torch
    import torchvision

    device = "cuda" if torch.cuda.is_available() else "cpu"
    sums = torch.nn.functional.conv2d(torch.ones(1, 1, 4, 4, device=device),
                                      torch.ones(1, 1, 3, 3, device=device))
    if sums.tolist() != [[[[9.0, 9.0], [9.0, 9.0]]]]:
        raise ArithmeticError(f"conv2d: {sums.tolist()}, not 9")
    torchvision.ops.nms(torch.tensor([[0.0, 0.0, 1.0, 1.0]]), torch.ones(1), 0.5)
    name = f"cuda ({torch.cuda.get_device_name()})" if device == "cuda" else device
    # in a container the process may use fewer cores than the machine has
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(json.dumps({"torch": torch.__version__, "torchvision": torchvision.__version__,
                      "device": name, "cores": cores}))


def diagnose(stderr, returncode):
    """The message key and the last line of what a failed probe wrote."""
    lines = stderr.strip().splitlines()
    error = lines[-1].strip().rstrip(".") if lines else f"exit code {returncode}"
    if "torchvision::nms" in stderr or "custom C++ ops" in stderr:
        return "env_torch_pair", error
    if "OSError" in error and ("DLL" in error or "WinError" in error):
        return "env_torch_dll", error
    if "CUDA" in error:
        return "env_torch_gpu", error
    return "env_torch_broken", error


def check_folder():
    """The repository's folder can be written to and its disk has room."""
    try:
        with tempfile.TemporaryFile(dir=ROOT):
            pass
    except OSError as error:
        return [(False, "env_folder_bad", {"error": error})]
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < DISK_GB:
        return [(False, "env_disk_bad", {"free": free, "needed": DISK_GB})]
    return [(True, "env_folder_ok", {"free": free})]


def run_python(*arguments):
    """Runs this very interpreter at the repository's root and returns what it said."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}  # a Windows pipe is not, by itself
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment,
                          capture_output=True, encoding="utf-8", errors="replace")
