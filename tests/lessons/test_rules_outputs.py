"""The rules for stored outputs can fail."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from spoilt_lesson import assert_caught, get, metadata, output, prints, run, samples, shows


def png(width=1, height=1, noise=False):
    """A PNG file as a notebook stores it."""
    pixels = np.random.default_rng(0).integers(0, 256 if noise else 1, (height, width, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


LARGE = png(300, 300, noise=True)  # 270 kB
HOME = "/ho" + "me/me/course"  # in two pieces: test_repository.py looks for such paths

# rule: [(what is wrong, a word that the fault must contain, how to spoil the good lesson), ...]
BAD = {
    "executed": [
        ("not run", "None", lambda nb: get(nb, "title-start").update(execution_count=None)),
        ("not from the top", "not 2", lambda nb: get(nb, "data-shape").update(execution_count=7)),
        ("error", "ValueError", output(
            output_type="error", ename="ValueError", evalue="", traceback=[])),
        ("warning", "stderr", output(output_type="stream", name="stderr", text="UserWarning")),
        ("widget", "widget", shows("application/vnd.jupyter.widget-view+json", {"model_id": "1"})),
    ],
    "figures": [
        ("gone", "holds no figure", lambda nb: get(nb, "training-plot").update(outputs=[])),
        ("no alt", "1 figures and 0 alt texts", lambda nb: get(nb, "training-plot")[
            "metadata"].pop("alt")),
        ("two alts", "1 figures and 2 alt texts", lambda nb: get(nb, "training-plot")[
            "metadata"]["alt"].append({"zh-Hant": "圖", "en": "figure"})),
        ("one language", "not in both languages", lambda nb: get(nb, "training-plot")[
            "metadata"]["alt"][0].update({"zh-Hant": "figure"})),
        ("half", "needs zh-Hant and en", lambda nb: get(nb, "training-plot")[
            "metadata"]["alt"][0].pop("en")),
    ],
    "checked_outputs": [
        ("no output", "without a stored text", lambda nb: get(nb, "data-shape").update(outputs=[])),
        ("picture only", "without a stored text", lambda nb: get(nb, "data-shape").update(outputs=[
            {"output_type": "display_data", "metadata": {}, "data": {"image/png": "AAAA"}}])),
        ("message", "bilingual", lambda nb: get(nb, "data-shape")["outputs"].append(
            {"output_type": "display_data", "metadata": {}, "data": {
                "text/html": '<div lang="en">Right!</div>', "text/plain": "Right!"}})),
        ("no cell", "no cell", metadata("data-shape", tags=[])),
    ],
    "synthetic": [
        ("report of LFW", "made with LFW", prints("lesson: 01  faces: lfw  9 s")),
        ("report as JSON", "made with LFW", prints('{"faces": "lfw"}')),
        ("message", "made with LFW", shows("text/html", "<div>9,525張LFW照片（faces: lfw）</div>")),
        ("description", "made with LFW", prints("Dataset LFW\n    Number of datapoints: 9525")),
        ("nothing said", "no output", lambda nb: [
            cell.update(outputs=[]) for cell in nb["cells"] if cell["cell_type"] == "code"]),
    ],
    "sizes": [
        ("PNG", "250,000 are allowed", shows("image/png", LARGE)),
        ("SVG", "bytes", shows("image/svg+xml", "<svg>" + " " * 250_000)),
        ("in HTML", "250,000 are allowed", shows(
            "text/html", f'<img src="data:image/png;base64,{LARGE}">')),
        ("wide", "1,601 pixels wide", shows("image/png", png(1601))),
        ("JPEG", "blurs", shows("image/jpeg", png())),
        ("notebook", "the notebook has", prints("x" * 3_000_000)),
    ],
    "machine_paths": [
        ("in an output", HOME, prints(f"saved in {HOME}/runs")),
        ("in a dictionary", HOME, shows("application/json", {"path": HOME})),
        ("on macOS", "absolute", prints("/Us" + "ers/me/course")),
        ("on Windows", "absolute", prints("C:\\Us" + "ers\\me")),
        ("temporary", "absolute", prints("at the start\n/t" + "mp/abc")),
        ("in code", "absolute", run(f"root = '{HOME}'")),
        ("address", "memory", prints("<Line2D at 0x7f3a5c0d1e80>")),
    ],
}


@pytest.mark.parametrize(("rule", "word", "spoil"), samples(BAD))
def test_a_bad_lesson_is_caught(rule, word, spoil):
    assert_caught(rule, word, spoil)
