"""Every rule for notebooks catches what it should and lets a good lesson pass."""

import base64
import copy
import json
from pathlib import Path

import notebook_rules as rules
import pytest

ROOT = Path(__file__).resolve().parents[2]
FACTS = {
    "glossary": {"forbidden": rules.forbidden_words(
        (ROOT / "notebooks" / "glossary.md").read_text(encoding="utf-8"))},
    "links": {"folder": ROOT / "notebooks"},
    "imports": {"modules": rules.modules_of(["torch", "scikit-learn", "ipykernel"])},
}
HOME = "/ho" + "me/me/course"  # in two pieces: test_repository.py looks for such paths


def twin(zh, en):
    return f'<div lang="zh-Hant">\n\n{zh}\n\n</div>\n<div lang="en">\n\n{en}\n\n</div>'


def markdown(cell_id, zh, en):
    return {"cell_type": "markdown", "id": cell_id, "source": twin(zh, en),
            "metadata": {"slideshow": {"slide_type": "slide"}}}


def note(cell_id, zh, en):
    """A speaker's note of two minutes."""
    folded = "<details><summary>{}</summary>\n\n{}\n\n</details>"
    cell = markdown(cell_id, folded.format("講者備註（2分鐘）", zh),
                    folded.format("Speaker's note (2 minutes)", en))
    cell["metadata"]["slideshow"]["slide_type"] = "notes"
    return cell


def code(cell_id, source, text="", tags=(), hidden=False, figures=()):
    metadata = {"slideshow": {"slide_type": "fragment"}}
    if tags:
        metadata["tags"] = list(tags)
    if hidden:
        metadata["jupyter"] = {"source_hidden": True}
    outputs = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
    if figures:
        metadata["alt"] = [{"zh-Hant": zh, "en": en} for zh, en in figures]
        outputs += [{"output_type": "display_data", "data": {"image/png": "AA=="}, "metadata": {}}
                    for _ in figures]
    return {"cell_type": "code", "id": cell_id, "source": source, "metadata": metadata,
            "execution_count": None, "outputs": outputs}


def exercise(number, name):
    function = name.replace("-", "_")
    stub = f"def {function}(x):\n    raise NotImplementedError"
    return [
        code(f"exercise-{number}-{name}", f"from helpers.exercises import check\n\n{stub}"),
        code(f"exercise-{number}-check", f'check("01-{name}", {function})'),
        code(f"exercise-{number}-solution", stub.replace("raise NotImplementedError", "return x"),
             tags=["solution"], hidden=True),
        code(f"exercise-{number}-proof", f'assert check("01-{name}", {function})',
             tags=["solution"]),
    ]


def good_lesson():
    """A small lesson in which nothing is wrong, made to look like what could be mistaken."""
    nice = [
        markdown("title", "# 自編碼器\n\n需要90分鐘。", "# Autoencoders\n\nIt takes 90 minutes."),
        note("title-note", "整份講完約4分鐘。", "The deck takes about 4 minutes."),
        code("title-start", 'from helpers.lesson import start\n\nlesson = start("01_autoencoder")',
             "faces: synthetic\n"),
        markdown("theory", "## 理論\n\n均方誤差（MSE）是$\\frac{1}{N} \\sum x^2$，共12,288個值，"
                 "見[論文](https://arxiv.org/abs/1907.06845)：\n\n"
                 "$$a \\text{ 若 } b$$\n\n- **誤差**愈小愈好\n- `x * y`和`$HOME`、`a, b`\n\n"
                 "| 方法 | PSNR |\n| --- | --- |\n| 基線 | 11.6 |",
                 "## Theory\n\nMean squared error (MSE) is $\\frac{1}{N}\\sum x^2$, over 12,288 "
                 "values, see [the paper](https://arxiv.org/abs/1907.06845):\n\n"
                 "$$a \\text{ if } b$$\n\n- the smaller the **error**, the better\n"
                 "- `$HOME`, `a, b` and `x * y`\n\n"
                 "| method | PSNR |\n| --- | --- |\n| baseline | 11.6 |"),
        markdown("data", "## 數據\n\n圖像在資料夾裡，用 **Resize** 變成`(3, 64, 64)`；"
                 "抽取樣本，陰影像一頂帽子。\n\n![合成人臉](../images/synthetic_faces.png)",
                 "## Data\n\nThe pictures lie in a folder; **Resize** makes them `(3, 64, 64)`; "
                 "draw a sample, a shadow like a hat."
                 "\n\n![drawn faces](../images/synthetic_faces.png)"),
        code("data-shape", "import torch\nfrom sklearn.decomposition import PCA\n"
             "print(torch.zeros(3, 64, 64).shape, PCA)", "torch.Size([3, 64, 64])\n",
             tags=["nbval-check-output"]),
        markdown("model", "## 模型\n\n<strong>「編碼器」</strong>在前。",
                 "## Model\n\nThe <strong>encoder</strong> comes first."),
        code("model-class", "class Autoencoder:\n" + "    x = 1\n" * 22),
        markdown("training", "## 訓練\n\n先看，再說。", "## Training\n\nLook first, then speak."),
        note("training-note", "先問。", "Ask first."),
        code("training-plot", "import helpers.plots\n\nhelpers.plots.plot_losses({})",
             figures=[("損失下降", "the loss falls")]),
        code("training-loop", "%matplotlib inline\nlosses = [next(iter([0.5]))]\nlosses"),
        markdown("learned", "## 學到什麼\n\n很多。", "## What it learned\n\nA lot."),
        markdown("fails", "## 失敗之處\n\n也很多。", "## Where it fails\n\nA lot, too."),
        markdown("exercises", "## 練習\n\n三題。", "## Exercises\n\nThree of them."),
        *exercise(1, "psnr"), *exercise(2, "floor"), *exercise(3, "mean"),
        markdown("quiz", "## 測驗\n\n熵會是負的嗎？\n\n<details><summary>看看</summary>\n\n"
                 "不會。\n\n</details>", "## Quiz\n\nCan an entropy be negative?\n\n<details>"
                 "<summary>Look</summary>\n\nNo.\n\n</details>"),
        markdown("measured", "## 測得什麼\n\n見下。", "## What we measured\n\nSee below."),
        code("measured-report", "lesson.report()", "lesson: 01  faces: synthetic\n"),
        markdown("reading", "## 延伸閱讀\n\n<https://distill.pub/2016/misread-tsne/>",
                 "## Further reading\n\n<https://distill.pub/2016/misread-tsne/>"),
    ]
    for count, cell in enumerate((c for c in nice if c["cell_type"] == "code"), 1):
        cell["execution_count"] = count
    return {"nbformat": 4, "nbformat_minor": 5, "cells": nice, "metadata": {
        "rise": dict(rules.RISE), "kernelspec": {
            "display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}}


GOOD = good_lesson()


def faults(rule, notebook):
    return rules.RULES[rule](notebook, **FACTS.get(rule, {}))


def get(notebook, cell_id):
    return next(cell for cell in notebook["cells"] if cell.get("id") == cell_id)


# --- ways to spoil the good lesson; each returns a function notebook -> None ---------------------

def text(zh, en):
    """Another text in the cell theory."""
    return lambda nb: get(nb, "theory").update(source=twin(zh, en))


def zh(words):
    """Another Chinese text, with its English beyond reproach."""
    return text(f"## 理論\n\n{words}", "## Theory\n\nfine")


def source(words, cell_id="theory"):
    return lambda nb: get(nb, cell_id).update(source=words)


def replace(cell_id, old, new):
    def spoil(nb):
        cell = get(nb, cell_id)
        assert old in cell["source"]
        cell["source"] = cell["source"].replace(old, new)
    return spoil


def run(words):
    """Other code in the cell training-loop."""
    return source(words, "training-loop")


def output(**fields):
    """One more output under the cell training-loop."""
    return lambda nb: get(nb, "training-loop")["outputs"].append(fields)


def shows(kind, value):
    return output(output_type="display_data", metadata={}, data={kind: value})


def prints(words):
    return output(output_type="stream", name="stdout", text=words)


def metadata(cell_id, **fields):
    return lambda nb: get(nb, cell_id)["metadata"].update(fields)


def rename(old, new):
    return lambda nb: get(nb, old).update(id=new)


def drop(*cell_ids):
    return lambda nb: nb.update(cells=[c for c in nb["cells"] if c["id"] not in cell_ids])


def move(cell_id, before):
    def spoil(nb):
        cell = get(nb, cell_id)
        nb["cells"].remove(cell)
        nb["cells"].insert(nb["cells"].index(get(nb, before)), cell)
    return spoil


PNG = base64.b64encode(bytes(100_001)).decode()

# rule: [(what is wrong, a word that the fault must contain, how to spoil the good lesson), ...]
BAD = {
    "twins": [
        ("no div", "outside", source("# 自編碼器")),
        ("English first", "zh-Hant first", source(
            '<div lang="en">\n\na\n\n</div>\n<div lang="zh-Hant">\n\n中\n\n</div>')),
        ("no English", "write pairs", source('<div lang="zh-Hant">\n\n中\n\n</div>')),
        ("simplified language", "write pairs", source(twin("中", "a").replace("Hant", "Hans"))),
        ("no blank line first", "blank line", source(twin("中", "a").replace("\n\n中", "\n中"))),
        ("no blank line last", "blank line", source(twin("中", "a").replace("a\n\n", "a\n"))),
        ("text between", "outside", source(twin("中", "a").replace("</div>\n", "</div>\nx\n"))),
        ("not closed", "not closed", source(twin("中", "a").removesuffix("</div>"))),
        ("tag not alone", "alone", source(twin("中", "a").replace('"en">', '"en"> '))),
        ("heading level", "heading 2", text("## 理論", "### Theory")),
        ("one paragraph more", "paragraph", text("一\n\n二", "one")),
        ("one item more", "list item", text("- 一\n- 二", "- one")),
        ("a paragraph more in an item", "paragraph", text("- 一\n\n  二\n- 三", "- one\n- three")),
        ("table of another shape", "table 3x2", text(
            "| 甲 | 乙 |\n| - | - |\n| 丙 | 丁 |\n| 戊 | 己 |", "| a | b |\n| - | - |\n| c | d |")),
        ("display equation", "equations", text("中\n\n$$a=b$$", "a\n\n$$a=c$$")),
        ("inline equation", "equations", text("中$x$", "a $y$")),
        ("code span", "code", text("中`x`", "a `y`")),
        ("fenced code", "code", text("```\nx\n```", "```\ny\n```")),
        ("link", "links", text("[中](a.md)", "[a](b.md)")),
        ("link in HTML", "links", text('<a href="a">中</a>', '<a href="b">a</a>')),
        ("image", "images", text("![中](a.png)", "![a](b.png)")),
        ("image in HTML", "images", text('<img src="a" alt="中">', '<img src="b" alt="a">')),
        ("number", "'22.8'", text("中22.9", "a 22.8")),
        ("number, once more", "numbers", text("中22.9、22.9", "a 22.9")),
        ("number in the alt text", "'2'", text("![圖2](a.png)", "![figure](a.png)")),
        ("no alt text", "alt text in en", text("![圖](a.png)", "![](a.png)")),
        ("English alt text in Chinese", "alt text in zh-Hant", text("![a](a.png)", "![a](a.png)")),
        ("not translated", "translate", text("theory", "theory")),
        ("not translated back", "translate", text("理論", "理論")),
    ],
    "glossary": [
        (word, repr(word), zh(sentence)) for word, sentence in [
            ("資料", "把資料放進資料夾。"), ("影像", "這張影像很暗。"), ("取樣", "從中取樣。"),
            ("標記", "每張都有標記。"), ("回合", "訓練十個回合。"), ("週期", "十個週期。"),
            ("前處理", "先做前處理。"), ("雜訊", "加上雜訊。"), ("神經網路", "**神經**網路。"),
            ("內插", "## 內插"), ("重構", "| 重構 | 乙 |\n| --- | --- |\n| 丙 | 丁 |"),
            ("視覺化", "![視覺化](a.png)"), ("畫素", "<details><summary>畫素</summary>"),
        ]
    ],
    "simplified": [("Simplified", "'损为'", zh("损失為何不为零？")),
                   ("in an alt text", "'图'", zh("![图](a.png)"))],
    "typography": [
        ("comma", "half-width", zh("先看,再說")),
        ("colon after bold", "half-width", zh("**注意**:這裡")),
        ("question mark", "half-width", zh("好嗎?")),
        ("parenthesis", "half-width", zh("均方誤差(MSE)")),
        ("parenthesis around Chinese", "half-width", zh("MSE (均方誤差)")),
        ("comma before Chinese", "half-width", zh("PSNR,然後")),
        ("full stop", "half-width", zh("完了.")),
        ("after a closing quote", "half-width", zh("「好」,走")),
        ("quotes", "「」", zh("這叫“編碼”。")),
        ("straight quotes", "「」", zh('這叫"編碼"。')),
        ("space before Latin", "space", zh("使用 PCA比較")),
        ("space after a digit", "space", zh("共64 個")),
        ("line break before Latin", "space", zh("使用\nPCA比較")),
        ("full-width digit", "full-width", zh("共６４個")),
        ("full-width space", "full-width", zh("\u3000共64個")),
        ("full-width comma in English", "in English", text("中", "first，then")),
    ],
    "bold": [
        ("quotation marks", "<strong>", zh("後面**「引號」**文字")),
        ("colon", "<strong>", zh("**注意:**接著")),
        ("full-width colon", "<strong>", zh("**注意：**接著")),
        ("italics", "<strong>", zh("後面*「引號」*文字")),
        ("before mathematics", "<strong>", zh("後面**$x$**文字")),
        ("before code", "<strong>", zh("後面**`x`**文字")),
        ("in a list", "<strong>", zh("- 一\n- **注意：**接著")),
        ("in a table", "<strong>", zh("| 甲**（乙）**丙 | 丁 |\n| --- | --- |\n| 戊 | 己 |")),
        ("forgotten", "<strong>", zh("**注意")),
    ],
    "form": [
        ("live slides", "live slides need", lambda nb: nb["metadata"]["rise"].update(scroll=False)),
        ("old format", "4.5", lambda nb: nb.update(nbformat_minor=4)),
        ("invalid", "not valid", lambda nb: get(nb, "data-shape").pop("outputs")),
        ("kernel", "python3", lambda nb: nb["metadata"]["kernelspec"].update(name="venv")),
        ("metadata of the notebook", "widgets", lambda nb: nb["metadata"].update(widgets={})),
        ("metadata of a cell", "collapsed", metadata("title", collapsed=True)),
        ("metadata of slides", "slideshow", metadata(
            "title", slideshow={"slide_type": "slide", "x": 1})),
        ("typing error in a tag", "solutions", metadata("data-shape", tags=["solutions"])),
        ("tag that hides failures", "nbval-skip", metadata("data-shape", tags=["nbval-skip"])),
        ("raw cell", "raw", lambda nb: get(nb, "title").update(cell_type="raw")),
        ("empty cell", "empty", source(" \n", "training-loop")),
    ],
    "ids": [
        ("none", "no id", lambda nb: get(nb, "theory").pop("id")),
        ("random", "words like", rename("theory", "a1b2c3d4")),
        ("random end", "words like", rename("theory", "theory-3f2a9c1b")),
        ("capitals", "words like", rename("theory", "theory-BCE")),
        ("underscore", "words like", rename("theory", "theory_bce")),
        ("unknown section", "begin with one of", rename("theory", "motivation")),
        ("twice", "unique", rename("theory", "data")),
    ],
    "slides": [
        ("none", "None", lambda nb: get(nb, "theory")["metadata"].pop("slideshow")),
        ("unknown", "'page'", metadata("theory", slideshow={"slide_type": "page"})),
        ("first", "first cell", metadata("title", slideshow={"slide_type": "subslide"})),
    ],
    "anatomy": [
        ("missing", "no section fails", drop("fails")),
        ("order", "order", move("quiz", "data")),
        ("no heading", "heading of level 2", text("理論", "theory")),
        ("heading of another level", "heading of level 1", replace("title", "# ", "## ")),
        ("begins with code", "heading of level 2", move("data-shape", "data")),
        ("no start", "start()", source("1", "title-start")),
        ("two reports", "report()", run("lesson.report()")),
    ],
    "quiz": [
        ("no answer", "without <details>", source(twin("為何？", "Why?"), "quiz")),
        ("answer in one language only", "in en", source(twin(
            "為何？\n\n<details><summary>看</summary>\n\n因為\n\n</details>", "Why?"), "quiz")),
        ("open answer", "outside", replace("quiz", "negative?", "negative?\n\nAnswer: no")),
        ("not closed", "not closed", replace("quiz", "</details>", "")),
        ("no blank line", "blank line", replace("quiz", "</summary>\n\n", "</summary>\n")),
        ("no question", "no <details>", source(twin("沒有", "None"), "quiz")),
    ],
    "links": [
        ("no such image", "does not exist", zh("![圖](../images/none.png)")),
        ("no such image in HTML", "does not exist", zh('<img src="../images/none.png" alt="圖">')),
        ("no such lesson", "does not exist", zh("[課](99_none.ipynb)")),
        ("image from the web", "not a file", zh("![圖](https://x.org/a.png)")),
        ("attachment", "not a file", zh("![圖](attachment:a.png)")),
        ("absolute", "relative path", zh("[課](/notebooks/01_autoencoder.ipynb)")),
        ("backslash", "forward slashes", zh("[課](..\\README.md)")),
        ("address without host", "sound", zh("[課](https:///abs/1)")),
        ("address with half a host", "sound", zh("[課](https://arxiv/abs/1)")),
        ("space in the address", "sound", zh("[課](<https://arxiv.org/abs/1 2>)")),
        ("bare address", "bare", zh("見https://arxiv.org/abs/1。")),
        ("other scheme", "neither", zh("[課](file:///etc/hosts)")),
        ("no target", "without a target", zh("[課]()")),
    ],
    "code_length": [
        ("lines", "16 lines", run("x = 1\n" * 16)),
        ("lines of a class", "26 lines", run("class A:\n" + "    x = 1\n" * 25)),
        ("columns", "89 characters", run("x = '" + "a" * 83 + "'")),
        ("no Python", "not Python", run("x = = 1")),
    ],
    "old_api": [(line, word, run(line)) for line, word in [
        ("dataiter.next()", "next(iterator)"), ("make_grid(x, range=(0, 1))", "value_range"),
        ("from IPython.display import set_matplotlib_formats", "set_matplotlib_formats"),
        ("display.set_matplotlib_formats('svg')", "set_matplotlib_formats"),
        ("import sys\nsys.path.append('..')", "sys.path"), ("!git clone x", "shell"),
        ("  !pip install x", "shell"), ("%pip install x", "shell"), ("%%bash\nls", "shell"),
        ("%tensorboard --logdir runs", "server"), ("%load_ext tensorboard", "server"),
        ("LFWPeople('data', download=True)", "network"), ("x.astype(np.float)", "np.float"),
        ("torch.load('a.pt')", "weights_only"), ("DataLoader(x, num_workers=4)", "num_workers"),
        ("DataLoader(x, num_workers=n)", "num_workers"), ("model.cuda()", "GPU"),
        ("os.system('ls')", "shell"),
    ]],
    "imports": [(line, word, run(line)) for line, word in [
        ("import pandas", "pandas"), ("import numpy.linalg", "numpy"),
        ("from umap import UMAP", "umap"), ("from . import x", "."), ("import resource", "Windows"),
        ("def f():\n    import cv2", "cv2"),
    ]],
    "exercises": [
        ("two only", "3 or more", drop(
            *(c["id"] for c in GOOD["cells"] if c["id"].startswith("exercise-3")))),
        ("no stub", "exercise 01-psnr", source("1", "exercise-1-psnr")),
        ("no first check", "exercise 01-psnr", drop("exercise-1-check")),
        ("no solution", "exercise 01-psnr", drop("exercise-1-solution")),
        ("no proof", "exercise 01-psnr", drop("exercise-1-proof")),
        ("solution without its tag", "exercise 01-psnr", metadata("exercise-1-solution", tags=[])),
        ("solution shown", "exercise 01-psnr", metadata("exercise-1-solution", jupyter={})),
        ("proof not asserted", "exercise 01-psnr", replace("exercise-1-proof", "assert ", "")),
        ("first check asserted", "exercise 01-psnr",
         replace("exercise-1-check", "check(", "assert check(")),
        ("proof without its tag", "exercise 01-psnr", metadata("exercise-1-proof", tags=[])),
        ("solution before check", "exercise 01-psnr",
         move("exercise-1-solution", "exercise-1-check")),
        ("solution not done", "exercise 01-psnr",
         replace("exercise-1-solution", "return x", "raise NotImplementedError")),
        ("name", "NN-name", replace("exercise-1-check", "01-psnr", "psnr")),
        ("no function", "NN-name", replace("exercise-1-check", "01-psnr\", psnr", "01-psnr\"")),
        ("a solution called", "tag it", source("psnr(1)", "measured-report")),
        ("a solution's name", "tag it", lambda nb: (
            replace("exercise-1-proof", "assert", "best = 1\nassert")(nb),
            source("print(best)", "measured-report")(nb))),
    ],
    "executed": [
        ("not run", "None", lambda nb: get(nb, "title-start").update(execution_count=None)),
        ("not from the top", "not 2", lambda nb: get(nb, "data-shape").update(execution_count=7)),
        ("error", "ValueError", output(
            output_type="error", ename="ValueError", evalue="", traceback=[])),
        ("warning", "stderr", output(output_type="stream", name="stderr", text="UserWarning")),
        ("widget", "widget", shows("application/vnd.jupyter.widget-view+json", {"model_id": "1"})),
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
        ("PNG", "100,001 bytes", shows("image/png", PNG)),
        ("SVG", "bytes", shows("image/svg+xml", "<svg>" + " " * 100_000)),
        ("in HTML", "100,001 bytes", shows(
            "text/html", f'<img src="data:image/png;base64,{PNG}">')),
        ("notebook", "the notebook has", prints("x" * 1_500_000)),
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
    "notes": [
        ("sum", "add up to 5 minutes", lambda nb: replace(
            "training-note", "（2分鐘）", "（3分鐘）")(nb)),
        ("open", "begin a note", replace("training-note", "<details>", "")),
        ("one language", "begin a note", replace("training-note", "Speaker's note", "Note")),
        ("none", "but the first says nothing", lambda nb: nb["cells"].remove(
            get(nb, "title-note"))),
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
}


def test_every_rule_has_a_bad_sample():
    assert set(BAD) == set(rules.RULES) and all(BAD.values())


@pytest.mark.parametrize("rule", rules.RULES)
def test_a_good_lesson_passes(rule):
    assert faults(rule, copy.deepcopy(GOOD)) == []


@pytest.mark.parametrize(
    ("rule", "word", "spoil"),
    [pytest.param(rule, word, spoil, id=f"{rule}-{what}")
     for rule, samples in BAD.items() for what, word, spoil in samples])
def test_a_bad_lesson_is_caught(rule, word, spoil):
    notebook = copy.deepcopy(GOOD)
    spoil(notebook)
    found = faults(rule, notebook)
    assert any(word in fault for fault in found), found
    assert all(fault.startswith(("cell ", "exercise ", "the ", "no ")) for fault in found)


# Likely false alarms: texts that a teacher may well write
@pytest.mark.parametrize(("chinese", "english"), [
    ("形狀`(B, C)`, `(B, Z)`", "shapes `(B, C)`, `(B, Z)`"),
    ("**誤差**：愈小愈好，用 **Adam** 和 `x` 試", "**error**: the less the better; **Adam**, `x`"),
    ("見[第2課](glossary.md)（約3分鐘）", "see [lesson 2](glossary.md) (about 3 minutes)"),
    ("他說：「好。」<br>「為什麼？」", "He says: good.<br>Why?"),
    ("64×64的圖像，1.5倍，5%的像素，$-10\\log_{10}$，0.46～0.47", "64×64 pictures, 1.5 times, "
     "5 % of the pixels, $-10 \\log_{10}$, 0.46 to 0.47"),
    ("目前處理得不好，返回合適的值，複雜訊號", "handled badly, returns a value, a signal"),
    ("轉置卷積不是反卷積，標記語言、週期性也一樣", "no deconvolution, nor markup, nor periodic"),
    ("一  \n二\n\n---\n\n***三***", "one  \ntwo\n\n---\n\n***three***"),
    ("> 引文\n\n1. 一\n2. 二", "> quote\n\n1. one\n2. two"),
    ("```python\nx = '資料,影像'  # ** 12\n```", "```python\nx = '資料,影像'  # ** 12\n```"),
    ("$$\na_1 *  b * c\n$$", "$$\na_1 * b * c\n$$"),
    ("價格是`$5`和`$6`", "it costs `$5` and `$6`"),
    ("<https://example.org/a,b?c=資料>", "<https://example.org/a,b?c=資料>"),
    ("第一段\n\n</div>\n<div lang=\"en\">\n\nfirst\n\n</div>\n<div lang=\"zh-Hant\">\n\n第二段",
     "second"),
])
@pytest.mark.parametrize("rule", ["twins", "glossary", "simplified", "typography", "bold", "links"])
def test_no_false_alarm_in_text(rule, chinese, english):
    notebook = copy.deepcopy(GOOD)
    text(chinese, english)(notebook)
    assert faults(rule, notebook) == []


@pytest.mark.parametrize(("rule", "python"), [
    ("old_api", "print(hasattr(iterator, 'next'), 'dataiter.next() and !git are gone')"),
    ("old_api", "loader = DataLoader(x, num_workers=0)\ntorch.load(f, weights_only=True)"),
    ("old_api", "try:\n    LFWPeople('.', download=True)\nexcept ValueError:\n    pass"),
    ("old_api", "%%time\nprint(7\n      % 4)"),
    ("imports", "import json, torch.nn as nn\nfrom IPython.display import Image"),
    ("code_length", "class A:\n" + "    x = 1\n" * 24),
    ("machine_paths", "url = 'https://example.org/ho" + "me/'; folder = 'build/wo" + "rk/'"),
    ("exercises", "def f(best):\n    return best\nf(1)"),
    ("exercises", "from helpers.metrics import psnr\npsnr(1, 2)"),  # before the stub of that name
])
def test_no_false_alarm_in_code(rule, python):
    notebook = copy.deepcopy(GOOD)
    run(python)(notebook)
    assert faults(rule, notebook) == []


@pytest.mark.parametrize(("words", "broken"), [  # from the examples of CommonMark 0.31.2
    ("foo*bar*", False), ('a*"foo"*', True), ("**foo bar **", True), ("*foo**bar**baz*", False),
    ("**foo*bar**", True), ("foo***bar***baz", False), ("*foo**bar*", True), ("a * b", False),
    ("***foo** bar*", False), ("**foo\\**", True),
    ("**a `**` b**", False), ("**文**（字）**文**", False),
])
def test_bold_is_commonmark(words, broken):
    assert bool(rules.bold_faults(words)) == broken


def test_an_exercise_may_ask_for_a_class():
    notebook = copy.deepcopy(GOOD)
    for cell in notebook["cells"]:
        if cell["id"] in ("exercise-1-psnr", "exercise-1-solution"):
            cell["source"] = cell["source"].replace("def psnr(x)", "class psnr")
    assert faults("exercises", notebook) == []


def test_read_joins_lines():
    notebook = copy.deepcopy(GOOD)
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
        for one in cell.get("outputs", []):
            if "text" in one:
                one["text"] = one["text"].splitlines(keepends=True)
    shows("text/html", ["<b>", "x"])(notebook)
    found = rules.read(json.dumps(notebook))
    assert get(found, "training-loop")["outputs"].pop()["data"] == {"text/html": "<b>x"}
    assert found == GOOD


def test_the_glossary_is_read():
    forbidden = FACTS["glossary"]["forbidden"]
    assert {"資料", "資料集", "隱空間", "隱變量", "跳接"} <= set(forbidden)
    assert set(rules.INNOCENT) <= set(forbidden)
    assert all(" " not in word for word in forbidden)


def test_simplified_characters_are_not_traditional_ones():
    """Big5 holds the Traditional characters, and few others by chance."""
    chance = set("价体网据优么机构坏怀极种离适洁触惊扰胜荐")  # in Big5, but in no Traditional text
    traditional = set()
    for char in rules.SIMPLIFIED - chance:
        try:
            char.encode("big5")
            traditional.add(char)
        except UnicodeEncodeError:
            pass
    assert not traditional
