"""The rules for Chinese text can fail."""

import notebook_rules as rules
import pytest
from spoilt_lesson import FACTS, assert_caught, samples, text, zh

# rule: [(what is wrong, a word that the fault must contain, how to spoil the good lesson), ...]
BAD = {
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
        ("spaces inside", "<strong>", zh("** 注意 **")),
        ("in HTML", "<strong>", zh("<details><summary>**注意**</summary>")),
        ("in an alt text", "<strong>", zh("![**注意**：：**圖](a.png)")),
    ],
}


@pytest.mark.parametrize(("rule", "word", "spoil"), samples(BAD))
def test_a_bad_lesson_is_caught(rule, word, spoil):
    assert_caught(rule, word, spoil)


@pytest.mark.parametrize(("words", "broken"), [  # from the examples of CommonMark 0.31.2
    ("foo*bar*", False), ('a*"foo"*', True), ("**foo bar **", True), ("*foo**bar**baz*", False),
    ("**foo*bar**", True), ("foo***bar***baz", False), ("*foo**bar*", True), ("a * b", False),
    ("***foo** bar*", False), ("**foo\\**", True),
    ("**a `**` b**", False), ("**文**（字）**文**", False),
])
def test_bold_is_commonmark(words, broken):
    assert bool(rules.bold_faults(words)) == broken


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
