"""TensorBoard shows what cells of the lessons have written: curves, images, graph, projector."""

import socket
import subprocess
import sys
import time
import urllib.request
from types import SimpleNamespace

import lesson_code
import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

LESSON = "01_autoencoder"


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    """The folder into which the lesson's cells wrote a short training on noise."""
    folder = tmp_path_factory.mktemp("runs")
    x = torch.rand(32, 3, 64, 64)
    loader = DataLoader(TensorDataset(x, torch.zeros(32)), 32)
    names = lesson_code.run(
        LESSON, "model-class", torch=torch, nn=torch.nn, x_test=x, train_loader=loader,
        test_loader=loader, fast=torch.channels_last,
        lesson=SimpleNamespace(device="cpu", runs=folder))
    names["model"] = names["Autoencoder"]()
    lesson_code.run(LESSON, "training-epoch", "training-test", "training-run",
                    "training-tensorboard-write", **names)
    codes = np.random.default_rng(0).normal(size=(20, 16)).astype(np.float32)
    factors = {name: np.linspace(0, 1, 20) for name in ("skin_tone", "background_light")}
    lesson_code.run(
        "02_latent_space", "learned-projector", torch=torch, np=np, code_test=codes,
        test_pictures=torch.rand(20, 3, 32, 32), lesson=SimpleNamespace(runs=folder),
        every=SimpleNamespace(test=SimpleNamespace(factors=factors)))
    return folder


@pytest.fixture(scope="module")
def tensorboard(logs):
    """The address of a TensorBoard that shows the logs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "tensorboard.main", "--logdir", str(logs), "--host", "127.0.0.1",
         "--port", str(port), "--load_fast", "false"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(240):
            assert server.poll() is None
            try:
                with urllib.request.urlopen(f"{address}/data/runs", timeout=5) as reply:
                    assert b"BCE_test" in reply.read()
                    break
            except (OSError, AssertionError):
                time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_scalars_and_images_show(page, tensorboard):
    page.goto(f"{tensorboard}/#timeseries")
    page.locator("scalar-card svg").first.wait_for(timeout=60_000)
    assert page.locator("scalar-card").get_by_text("BCE", exact=True).count()
    page.locator("image-card img").first.scroll_into_view_if_needed()
    picture = page.locator("image-card img").first
    page.wait_for_function("e => e.complete && e.naturalWidth > 0", arg=picture.element_handle())
    tags = " ".join(page.locator("image-card").all_inner_texts())
    assert "original" in tags


def test_graph_of_the_model_shows(page, tensorboard):
    page.goto(f"{tensorboard}/#graphs")
    graph = page.locator("tf-graph-scene svg text")
    graph.first.wait_for(timeout=60_000)
    assert any("Autoencoder" in text for text in graph.all_text_contents())


def test_projector_shows_codes_and_thumbnails(page, tensorboard):
    asked = []
    page.on("response", lambda reply: asked.append((reply.url, reply.status)))
    page.goto(f"{tensorboard}/#projector")
    frame = page.frame_locator("iframe").frame_locator("iframe")
    points = frame.get_by_text("Points:")
    points.first.wait_for(timeout=60_000)
    for _ in range(60):  # the codes are read after the page
        if "20" in points.first.inner_text() and any("sprite" in url for url, _ in asked):
            break
        page.wait_for_timeout(250)
    assert "20" in points.first.inner_text()
    assert [status for url, status in asked if "/sprite_image" in url] == [200]
    assert frame.locator("canvas").count() >= 1
