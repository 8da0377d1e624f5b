"""Takes Autoencoder.png and projector.png: lessons 01 and 02 in TensorBoard, in a real browser.

    python -m pip install playwright
    python -m helpers run 01
    python -m helpers run 02
    python images/screenshot_tensorboard.py [path of Chromium or Chrome]

Starts TensorBoard on 127.0.0.1, opens it without a window, and ends both.
"""

import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from helpers import ROOT
from helpers.course.browser import find_browser, open_browser

RUNS = ROOT / "runs"
PORT = 6016
ADDRESS = f"http://127.0.0.1:{PORT}"


@contextmanager
def tensorboard(lesson):
    """TensorBoard on the lesson's logs of drawn faces: never LFW's, which are not published."""
    events = (RUNS / lesson / "synthetic").glob("*/events.out.tfevents.*")
    newest = max(events, key=lambda path: path.stat().st_mtime, default=None)
    if not newest:
        raise SystemExit(f"No logs yet; first: python -m helpers run {lesson[:2]}")
    logs = newest.parent
    server = subprocess.Popen(
        [sys.executable, "-m", "tensorboard.main", "--logdir", str(logs), "--host", "127.0.0.1",
         "--port", str(PORT), "--load_fast", "false"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{ADDRESS}/data/runs", timeout=5).read()
                break
            except OSError:
                time.sleep(0.5)
        else:
            raise SystemExit("TensorBoard did not start.")
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def curves(page):
    page.goto(f"{ADDRESS}/?smoothing=0#timeseries")  # the curves as they were measured
    page.wait_for_selector("scalar-card svg", timeout=60_000)
    page.get_by_label("Ignore outliers in chart scaling").uncheck()  # the first epoch, too
    page.get_by_label("Toggle settings side pane").click()
    page.get_by_label("Toggle full size mode").first.click()


def projector(page):
    page.goto(f"{ADDRESS}/#projector")  # a page of its own in a frame
    page.wait_for_selector("iframe", timeout=60_000)
    page.set_viewport_size({"width": 1250, "height": 680})  # room for the cloud


def main():
    browser_path = sys.argv[1] if len(sys.argv) > 1 else find_browser()
    if not browser_path:
        raise SystemExit("No Chromium or Chrome found; give its path.")
    shots = {"Autoencoder.png": ("01_autoencoder", curves, 650),
             "projector.png": ("02_latent_space", projector, 600)}
    for name, (lesson, look, height) in shots.items():
        with tensorboard(lesson), open_browser(browser_path) as browser:
            page = browser.new_page(viewport={"width": 960, "height": height},
                                    device_scale_factor=1.3)
            look(page)
            page.wait_for_timeout(8000)  # curves and pictures are drawn after the cards
            page.screenshot(path=str(Path(__file__).with_name(name)))


if __name__ == "__main__":
    main()
