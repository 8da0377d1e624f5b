"""A lesson in which nothing is wrong: the tests of the rules spoil copies of it."""

import notebook_rules as rules


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
        markdown("title", "# 第01課：自編碼器\n\n需要90分鐘。第05課在後面。",
                 "# Lesson 01: autoencoders\n\nIt takes 90 minutes. Lesson 05 comes later."),
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
