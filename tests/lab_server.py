"""JupyterLab as the front door starts it, on a free port, for tests."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest


@contextmanager
def jupyterlab(folder):
    """Starts the course without a browser: (process, its runtime file's content, log)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    folders = {f"JUPYTER_{name}_DIR": str(folder / name.lower())
               for name in ("RUNTIME", "DATA", "CONFIG")}  # the reader's own stay untouched
    folders["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    log = folder / "log.txt"
    with log.open("wb") as sink:
        server = subprocess.Popen(
            [sys.executable, "-m", "helpers", "--no-browser", "--port", port], cwd=folder,
            env={**os.environ, **folders}, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)
        try:
            yield server, wait_for(server, folder / "runtime", log), log
        finally:
            server.kill()
            server.wait()


def wait_for(server, runtime, log):
    """The server's own description of itself, once it answers."""
    for _ in range(1200):  # a cold disk is slow to load torch and JupyterLab
        files = list(runtime.glob("jpserver-*.json"))
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            info = json.loads(files[0].read_text(encoding="utf-8"))
            fetch(info, "api/status")
            return info
        except (IndexError, ValueError, urllib.error.URLError):
            time.sleep(0.1)
    pytest.fail(log.read_text(encoding="utf-8"))


def fetch(info, path, token=True):
    headers = {"Authorization": f"token {info['token']}"} if token else {}
    request = urllib.request.Request(info["url"] + path, headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy to 127.0.0.1
    return opener.open(request, timeout=30)
