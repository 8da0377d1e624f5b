"""Takes images/Autoencoder.png: lesson 01's curves in TensorBoard, in a real browser.

    python -m pip install playwright
    python -m helpers run 01
    python images/screenshot_tensorboard.py [path of Chromium or Chrome]

Starts TensorBoard on 127.0.0.1, opens it without a window, and ends both.
"""

import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from helpers import ROOT
from helpers.browser import find_browser, open_browser

LOGS = ROOT / "runs" / "01_autoencoder" / "synthetic"  # never LFW: its faces are not published
PORT = 6016
ADDRESS = f"http://127.0.0.1:{PORT}"


def wait_for_server(seconds=60):
    for _ in range(seconds * 2):
        try:
            return urllib.request.urlopen(f"{ADDRESS}/data/runs", timeout=5).read()
        except OSError:
            time.sleep(0.5)
    raise SystemExit("TensorBoard did not start.")


def main():
    if not list(LOGS.glob("events.out.tfevents.*")):
        raise SystemExit("No logs yet; first: python -m helpers run 01")
    browser_path = sys.argv[1] if len(sys.argv) > 1 else find_browser()
    if not browser_path:
        raise SystemExit("No Chromium or Chrome found; give its path.")
    server = subprocess.Popen(
        [sys.executable, "-m", "tensorboard.main", "--logdir", str(LOGS), "--host", "127.0.0.1",
         "--port", str(PORT), "--load_fast", "false"], stderr=subprocess.DEVNULL)
    try:
        wait_for_server()
        with open_browser(browser_path) as browser:
            page = browser.new_page(viewport={"width": 960, "height": 650}, device_scale_factor=1.3)
            page.goto(f"{ADDRESS}/?smoothing=0#timeseries")  # the curves as they were measured
            page.wait_for_selector("scalar-card svg", timeout=60_000)
            page.get_by_label("Ignore outliers in chart scaling").uncheck()  # the first epoch, too
            page.get_by_label("Toggle settings side pane").click()
            page.get_by_label("Toggle full size mode").first.click()
            page.wait_for_timeout(6000)  # curves and pictures are drawn after the cards
            page.screenshot(path=str(Path(__file__).with_name("Autoencoder.png")))
    finally:
        server.terminate()
        server.wait(timeout=30)


if __name__ == "__main__":
    main()
