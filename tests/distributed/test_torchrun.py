"""Several processes, several nodes, killed workers: the loss curve of one process."""

import contextlib
import json
import os
import random
import socket
import subprocess
import sys
import time

import psutil
import pytest
import torch

from helpers import ROOT, train

# 193 pictures in batches of 16: the last batch is one picture for two processes
DATA = ["--data", "drawn:193", "--size", "32", "--batch-size", "16", "--epochs", "10",
        "--dtype", "float32", "--schedule", "onecycle", "--lr", "0.003", "--every", "3"]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run"]
ALONE = ["--standalone", "--nproc-per-node=2"]
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "COURSE_LANG": "both", "PYTHONUTF8": "1"}
if sys.platform == "win32":
    ENVIRONMENT["USE_LIBUV"] = "0"  # PyTorch for Windows is built without it


def start(command, out, *more):
    return subprocess.Popen([*command, "-m", "helpers.train", *DATA, "--out", str(out), *more],
                            cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, encoding="utf-8")


def finish(process):
    """Waits; what it printed and its history. Fails if it failed."""
    try:
        printed, _ = process.communicate(timeout=150)
    finally:
        end(process)
    assert process.returncode == 0, printed
    return printed


def end(process):
    """Ends a process with all that it started."""
    if process.poll() is None:
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()  # first, or it would deal with the end of the others
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        process.communicate()


def history(out):
    return json.loads((out / "history.json").read_text(encoding="utf-8"))


def same(a, b, within):
    for split in ("train", "test"):
        assert len(a[split]) == len(b[split]) == 10
        assert a[split] == pytest.approx(b[split], rel=within), split


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """One process, never disturbed: this one."""
    out = tmp_path_factory.mktemp("alone")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as ENVIRONMENT says for the others
    try:
        assert train.main([*DATA, "--out", str(out)]) == 0
    finally:
        torch.set_num_threads(threads)
    found = history(out)
    assert found["train"][-1] < 0.97 * found["train"][0], "it learns, or the test says nothing"
    return found


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two processes, never disturbed: (history, what they printed)."""
    out = tmp_path_factory.mktemp("two")
    printed = finish(start([*TORCHRUN, *ALONE], out))
    assert os.listdir(os.environ["PET_LOG_DIR"]), "its logs, which go when the tests end"
    return history(out), printed


def test_two_processes_have_the_curve_of_one(alone, two):
    same(two[0], alone, 1e-3)


def test_only_one_process_prints(two):
    assert two[1].count("epoch 10/10") == 1 and "processes: 2" in two[1]


def test_processes_that_draw_codes_learn_together(tmp_path):
    """Each draws its own codes, so the curves are alike, not equal."""
    options = ["--model", "vae", "--code", "8"]
    printed = finish(start([*TORCHRUN, *ALONE], tmp_path / "two", *options))
    finish(start([sys.executable], tmp_path / "one", *options))
    two, one = history(tmp_path / "two"), history(tmp_path / "one")
    assert "processes: 2" in printed
    for split in ("train", "test"):
        learned = one[split][0] - one[split][-1]
        assert learned > 100, "nats a picture"
        assert abs(two[split][-1] - one[split][-1]) < learned / 5
    model = torch.load(tmp_path / "two" / "checkpoint.pt", weights_only=True)["model"]
    assert all(part.isfinite().all() for part in model.values())


def test_processes_change_their_rate_together(tmp_path):
    constant = ["--schedule", "constant", "--lr", "0.003"]
    changed = [*constant, "--epochs", "4", "--new-lr", "0.0003"]
    refused = start([*TORCHRUN, *ALONE], tmp_path / "two", *changed)
    printed, _ = refused.communicate(timeout=150)
    assert refused.returncode == 1 and printed.count("for a new training use --lr") == 1
    finish(start([*TORCHRUN, *ALONE], tmp_path / "two", *constant, "--epochs", "2"))
    assert finish(start([*TORCHRUN, *ALONE], tmp_path / "two", *changed)).count("no longer") == 1
    for options in ([*constant, "--epochs", "2"], changed):
        assert train.main([*DATA, "--out", str(tmp_path / "one"), *options]) == 0
    two, one = history(tmp_path / "two"), history(tmp_path / "one")
    assert two["new_lr"] == one["new_lr"] == [{"epochs": 2, "steps": 0, "lr": 0.0003}]
    for split in ("train", "test"):
        assert two[split] == pytest.approx(one[split], rel=1e-3)


def as_two_nodes():
    """Options of torchrun for each of two agents that meet at a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return ["--nnodes=2", "--nproc-per-node=1", "--rdzv-id=test", "--rdzv-backend=c10d",
            f"--rdzv-endpoint=127.0.0.1:{port}", "--local-addr=127.0.0.1"]


def wait_for(condition, process):
    deadline = time.monotonic() + 120
    while not condition():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline, "nothing happened for two minutes"
        time.sleep(0.01)


def test_a_job_killed_at_random_moments_ends_as_if_it_had_not_been(alone, tmp_path):
    checkpoint, killed = tmp_path / "checkpoint.pt", 0
    for _ in range(2):
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        process = start([sys.executable], tmp_path)
        wait_for(lambda b=before: checkpoint.exists() and checkpoint.stat().st_mtime_ns != b,
                 process)
        time.sleep(random.uniform(0, 0.3))
        killed += process.poll() is None
        end(process)
    assert killed == 2, "it was over before it was killed"
    printed = finish(start([sys.executable], tmp_path))
    assert "Resumed from the checkpoint" in printed
    same(history(tmp_path), alone, 1e-6)


def test_processes_with_other_pictures_are_told(tmp_path):
    """As if one of two computers had a picture less."""
    rendezvous = as_two_nodes()
    nodes = [start([*TORCHRUN, *rendezvous], tmp_path / "out", "--data", data)
             for data in ("drawn:193", "drawn:192")]
    printed = ""
    for node in nodes:
        printed += node.communicate(timeout=150)[0]
        end(node)
    assert all(node.returncode for node in nodes)
    assert "found different pictures" in printed
    assert not (tmp_path / "out" / "history.json").exists()


def workers_of(agents):
    """The processes that train, not those that watch them."""
    return [p for agent in agents for p in psutil.Process(agent.pid).children(recursive=True)
            if "helpers.train" in " ".join(p.cmdline())]


@pytest.mark.parametrize("nodes", [1, 2])
def test_torchrun_starts_a_killed_worker_again(nodes, two, tmp_path):
    rendezvous = ALONE if nodes == 1 else as_two_nodes()
    agents = [start([*TORCHRUN, *rendezvous, "--max-restarts=2"], tmp_path) for _ in range(nodes)]
    try:
        for agent in agents:
            wait_for((tmp_path / "checkpoint.pt").exists, agent)
        time.sleep(random.uniform(0, 0.3))
        workers = workers_of(agents)
        assert len(workers) == 2
        random.choice(workers).kill()
        printed = "".join(finish(agent) for agent in agents)
    finally:
        for agent in agents:
            end(agent)
    assert "Resumed from the checkpoint" in printed and "processes: 2" in printed
    same(history(tmp_path), two[0], 1e-6)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_damaged_checkpoint_is_one_sentence_and_stays(processes, tmp_path):
    (tmp_path / "checkpoint.pt").write_bytes(b"PK\x03\x04 torn off")
    command = [sys.executable] if processes == 1 else [*TORCHRUN, *ALONE]
    process = start(command, tmp_path)
    printed, _ = process.communicate(timeout=150)
    assert process.returncode != 0
    assert printed.count("is damaged, or no checkpoint at all") == 1
    assert processes > 1 or "Traceback" not in printed
    assert (tmp_path / "checkpoint.pt").read_bytes() == b"PK\x03\x04 torn off"
    assert not (tmp_path / "history.json").exists()
