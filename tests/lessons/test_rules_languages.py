"""The rule that both languages say the same can fail."""

import pytest
from good_lesson import twin
from spoilt_lesson import assert_caught, samples, source, text

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
}


@pytest.mark.parametrize(("rule", "word", "spoil"), samples(BAD))
def test_a_bad_lesson_is_caught(rule, word, spoil):
    assert_caught(rule, word, spoil)
