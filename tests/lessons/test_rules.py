"""A good lesson passes every rule, and every rule has a lesson that it does not let pass."""

import copy
import importlib
import json
from pathlib import Path

import notebook_rules as rules
import pytest
from good_lesson import GOOD
from spoilt_lesson import faults, get, shows, spoilt, text


def test_every_rule_has_a_bad_sample():
    subjects = sorted(Path(__file__).parent.glob("test_rules_*.py"))
    samples = [importlib.import_module(path.stem).BAD for path in subjects]
    assert all(bad for part in samples for bad in part.values())
    assert sorted(rule for part in samples for rule in part) == sorted(rules.RULES)


@pytest.mark.parametrize("rule", rules.RULES)
def test_a_good_lesson_passes(rule):
    assert faults(rule, copy.deepcopy(GOOD)) == []


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
    assert faults(rule, spoilt(text(chinese, english))) == []


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
