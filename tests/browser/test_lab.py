"""JupyterLab: a live kernel, the picker, diagrams, mathematics, Chinese, sliders."""

import json
import os
import re
import shutil
import signal
import urllib.error

import pytest
from lab_server import fetch, jupyterlab
from playwright.sync_api import TimeoutError

from helpers import ROOT
from helpers.__main__ import LESSON
from helpers.course import run

VISIBLE = ("lang => [...document.querySelectorAll(`.jp-Notebook .jp-RenderedHTMLCommon "
           "[lang=${lang}]`)].filter(e => e.offsetParent).length")

# What progress must not leave: something red, or an empty box that takes room
LEFT = """() => [...document.querySelectorAll('.jp-OutputArea-child')]
    .filter((e) => e.querySelector('[data-mime-type$=stderr]')
        || e.offsetHeight > 1 && !e.innerText.trim() && !e.querySelector('img, svg, input'))
    .map((e) => `${e.offsetHeight} px: ${e.innerHTML.slice(0, 200)}`)"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """What the server says of itself; in the end Ctrl-C stops it, and it leaves nothing behind."""
    folder = tmp_path_factory.mktemp("lab")
    # All cells stand in the page, not only those on the screen: so the test can reach each
    settings = folder / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    with jupyterlab(folder) as (server, info, log):
        yield info
        if os.name == "posix":
            server.send_signal(signal.SIGINT)  # what Ctrl-C sends
            assert server.wait(60) == 0
            assert "Traceback" not in log.read_text(encoding="utf-8")
            assert not list((folder / "runtime").glob("jpserver-*"))


@pytest.fixture
def copy():
    """A copy of lesson 01 whose code has no outputs: the lesson's own file stays untouched."""
    path = ROOT / "work" / f"test-{os.getpid()}.ipynb"
    lesson = json.loads((ROOT / LESSON).read_text(encoding="utf-8"))
    for cell in lesson["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    existed = path.parent.exists()
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(lesson), encoding="utf-8")
    yield path
    path.unlink()
    if not existed:
        shutil.rmtree(path.parent, ignore_errors=True)  # with JupyterLab's checkpoints


def run_until(page, cell, sign):
    """Runs a cell without leaving it; again, if JupyterLab was not ready to listen."""
    for _ in range(10):
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        try:
            return sign.wait_for(timeout=5_000)
        except TimeoutError:
            continue
    sign.wait_for(timeout=5_000)


def test_jupyterlab_opens_the_course(lab):
    assert lab["hostname"] == "127.0.0.1" and len(lab["token"]) >= 32
    with pytest.raises(urllib.error.HTTPError, match="403"):
        fetch(lab, "api/contents/notebooks", token=False)
    names = {entry["name"] for entry in json.load(fetch(lab, "api/contents"))["content"]}
    assert {"notebooks", "helpers", "pyproject.toml"} <= names  # the root is the repository
    assert fetch(lab, "").url.endswith(f"/lab/tree/{LESSON}")
    for path in run.all_lessons():
        lesson = json.load(fetch(lab, f"api/contents/notebooks/{path.name}"))["content"]
        assert all(cell["metadata"]["trusted"] for cell in lesson["cells"]
                   if cell["cell_type"] == "code"), path.name


def test_lesson_runs_and_speaks_each_language(page, copy, lab, boxes):
    page.set_viewport_size({"width": 1280, "height": 1000})
    where = copy.relative_to(ROOT).as_posix()
    page.goto(f"{lab['url']}lab/tree/{where}?token={lab['token']}&reset")
    page.locator(".jp-Notebook .jp-RenderedMarkdown h1").first.wait_for(timeout=90_000)

    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for(timeout=90_000)
    page.wait_for_timeout(2_000)  # JupyterLab's question about news comes late
    assert page.locator(".Toastify__toast, .jp-Dialog").all_inner_texts() == []
    first = page.locator(".jp-CodeCell").first
    run_until(page, first, first.get_by_text(re.compile(r"^\[[*1]\]:$")))
    first.get_by_text("Loading PyTorch takes").wait_for(timeout=60_000)
    first.locator("#pick-en").wait_for(timeout=120_000)  # the kernel imports torch
    first.get_by_text("faces: synthetic").wait_for()
    assert first.get_by_text("Loading PyTorch takes").count() == 0
    assert page.evaluate(LEFT) == []
    assert first.locator(".jp-InputPrompt").inner_text() == "[1]:"

    for choice, hidden, shown in (("en", "zh-Hant", "en"), ("zh", "en", "zh-Hant")):
        page.check(f"#pick-{choice}")
        assert page.evaluate(VISIBLE, hidden) == 0 < page.evaluate(VISIBLE, shown)
    page.check("#pick-both")
    assert page.evaluate(VISIBLE, "en") == page.evaluate(VISIBLE, "zh-Hant") > 0
    assert page.locator("#jp-top-bar, #jp-top-panel").first.is_visible()  # Lab itself stays

    diagram = page.locator("img[alt*='encoder']").first
    diagram.scroll_into_view_if_needed()
    page.wait_for_function("e => e.naturalWidth > 0", arg=diagram.element_handle())
    page.locator("mjx-container:visible").first.wait_for()
    assert page.locator("mjx-merror").count() == 0
    assert boxes(".jp-RenderedHTMLCommon [lang='zh-Hant']") == []

    second = page.locator(".jp-CodeCell").nth(1)  # draws the first figure
    run_until(page, second, second.get_by_text(re.compile(r"^\[[*2]\]:$")))
    second.locator(".jp-OutputArea-output img").wait_for(timeout=120_000)
    assert not page.locator("[data-mime-type='application/vnd.jupyter.error']").count()

    second.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("import time; from helpers.progress import tqdm\nprint('before')\n"
                       "for i in tqdm(range(30), desc='epoch 1'): time.sleep(0.1)\nprint('after')")
    page.keyboard.press("Control+Enter")
    second.get_by_text(re.compile("epoch 1: +[1-9]")).wait_for(timeout=20_000)
    second.get_by_text("after", exact=True).wait_for(timeout=20_000)
    assert second.locator(".jp-OutputArea").inner_text().split() == ["before", "after"]
    assert page.evaluate(LEFT) == []


SLIDERS = """import torch
from helpers.models import VAE
from helpers.sliders import explore
torch.manual_seed(0)
model = VAE(code=2)
explore(model.decode, torch.zeros(2), ["z[0]", "z[1]"])
"""


def test_sliders_move_the_face(page, copy, lab):
    """As lesson 06 shows them: beside the figure that a saved notebook has."""
    lesson = json.loads(copy.read_text(encoding="utf-8"))
    code = next(cell for cell in lesson["cells"] if cell["cell_type"] == "code")
    copy.write_text(json.dumps(lesson | {"cells": [code | {"source": SLIDERS}]}), encoding="utf-8")
    page.goto(f"{lab['url']}lab/tree/{copy.relative_to(ROOT).as_posix()}?token={lab['token']}&reset")
    cell = page.locator(".jp-CodeCell").first
    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for(timeout=90_000)
    run_until(page, cell, cell.get_by_text(re.compile(r"^\[[*1]\]:$")))
    face = cell.locator("img.widget-image")
    face.wait_for(timeout=120_000)
    assert cell.locator(".jp-OutputArea-output img").count() == 2, "the figure, and the face"
    assert cell.locator(".widget-slider").count() == 2 and "No sliders" not in cell.inner_text()

    def changed(act):
        before = face.get_attribute("src")
        act()
        page.wait_for_function("([e, before]) => e.src !== before",
                               arg=[face.element_handle(), before], timeout=20_000)

    handle = cell.locator(".noUi-handle").first
    changed(lambda: (handle.focus(), page.keyboard.press("End")))
    assert float(cell.locator(".widget-readout").first.inner_text()) == 2
    changed(lambda: cell.get_by_role("button", name="random code").click())
