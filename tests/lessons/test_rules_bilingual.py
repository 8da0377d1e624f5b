"""The rule for pages in two languages can fail."""

import notebook_rules as rules
import pytest
from good_lesson import twin

BAD = {}  # no rule for lessons: see test_rules.py

PAGE = f"""# 標題 · Title

![畫出來的臉 / drawn faces](images/a.png)

{twin("第一段，見第03課，`pip`和3張", "one, see lesson 03, `pip` and 3 pictures")}

```
python -m helpers run 01
```

## 表 · A table

| 指令<br>command | torch | 值 · value |
| --- | --- | --- |
| `run`<br>跑一次，見第02課<br>run it once, see lesson 02 | 2.14 | 22.3 dB<br>平均臉 · mean face |

## 1.0.0 (2026-11-26)
"""


def test_a_good_page_passes():
    assert rules.page_faults(PAGE, ["資料"]) == []
    assert rules.half_faults(*rules.halves(PAGE)) == []
    numbers = [sorted(rules.lesson_numbers(half)) for half in rules.halves(PAGE)]
    assert numbers == [["02", "03"], ["02", "03"]]


@pytest.mark.parametrize(("old", "new", "word"), [
    ("第一段，", "第一段,", "half-width punctuation"), ("第一段", "資料", "'資料'"),
    ("第一段", "这段", "Simplified"), ("第一段，", "第一段**「重」**吧，", "asterisks"),
    ("and 3 pictures", "and 4 pictures", "numbers that only"), ("`pip` and", "and", "code that"),
    ("one, see", "one，see", "full-width"), ("one, see", "[one](b.md), see", "links that only"),
    ('<div lang="en">', '<div lang="zh-Hant">', "its divs are"),
    ("## 表 · A table", "## A table", "heading 'A table'"),
    ("## 表 · A table", "## 表", "one language"),
    ("跑一次，見第02課<br>", "", "one language only"),
    ("<br>run it once, see lesson 02", "", "one language only"),
    ("跑一次", "跑 2 次", "space"), ("mean face", "mean，face", "full-width"),
    ("第一段", "## 第一段\n\n第一段", "block 1"), (" / drawn faces", "", "one language only"),
])
def test_a_bad_page_is_caught(old, new, word):
    assert PAGE.count(old) >= 1
    found = rules.page_faults(PAGE.replace(old, new, 1), ["資料"])
    assert any(word in fault for fault in found), found


def test_a_lesson_that_one_language_leaves_out_is_found():
    for words in ("，見第03課", ", see lesson 03", "，見第02課", ", see lesson 02"):
        assert rules.half_faults(*rules.halves(PAGE.replace(words, "")))
