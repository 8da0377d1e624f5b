"""Chinese text: the glossary's words, Traditional characters, full-width punctuation, bold."""

import re

from .languages import pages
from .markdown import EDGE, HAN, WIDE, bold_faults, near
from .notebook import cells

# Innocent words that contain a forbidden one
INNOCENT = {
    "資料": ("資料夾",),
    "標記": ("標記語言",),
    "取樣": ("取樣本",),  # 抽取樣本, 選取樣本
    "內插": ("內插入",),
    "前處理": ("目前處理", "之前處理", "先前處理", "以前處理", "當前處理", "提前處理"),
    "影像": ("陰影像", "投影像", "光影像", "倒影像", "剪影像", "電影像"),
    "回合": ("返回合", "傳回合", "回合併", "回合適", "回合成", "回合理"),
    "週期": ("週期性", "週期函數", "週期間"),
    "雜訊": ("複雜訊號", "複雜訊息"),
    "重構": ("多重構", "雙重構", "三重構"),
    "步長": ("逐步長", "進一步長"),
    "非監督學習": ("並非監督學習", "而非監督學習"),
    "反卷積": ("不是反卷積", "並非反卷積", "不等於反卷積"),  # lesson 05 says so
    "畫素": ("繪畫素", "畫素材"),
}

# Traditional text is written with the characters of Big5, in Microsoft's version (cp950), which
# has 裏 as well; Hong Kong's (big5hkscs) holds more than a hundred common Simplified characters.
# What is Simplified in one sense and Traditional in another (后 里 云 干 ...) is not listed.
SIMPLIFIED_IN_BIG5 = set("么价优体坏怀惊扰据机极构洁离种网胜荐触适万儿党吨听圣复岭异气确赶并")
TRADITIONAL_BEYOND_BIG5 = set("着峯羣牀衞綫酶肽")

# What a class would notice as translated, or does not say here; and what it says instead
MANNER = {
    "(?<![指命號])令": "讓", "叫作": "叫做", "(?<!應用)程序": "進程 or 程式", "偵測": "檢測",
    "亂數的": "隨機的", "抄寫": "複製", "量一量|來量(?!化)|要量(?!化)": "測量 or 比較",
    "一次過": "一次", "(?<=[0-9])兆": "$10^{12}$", "舊版": "what it is, 網上常見的寫法",
    "老對手|這扇門|一把好尺": "the plain thing", "每一張圖像一行": "第0維",
}

# Words that need no English beside them
KNOWN = {"圖像", "數據", "標籤", "參數", "表示", "樣本", "線性", "活躍", "解碼", "因素", "對照"}


def forbidden_words(glossary):
    """The words in the last column of the glossary's table, which stand between " / "."""
    rows = [line.strip().strip("|").split("|") for line in glossary.splitlines()
            if line.startswith("|")]
    last = [cell for row in rows[2:] for cell in row[2:3]]
    return [word.strip() for cell in last for word in cell.split(" / ") if word.strip()]


def glossary_faults(text, forbidden):
    """Words of a Chinese text that the glossary replaces by another."""
    faults = []
    for word in forbidden:
        rest = text.replace(EDGE, "")
        for innocent in INNOCENT.get(word, ()):
            rest = rest.replace(innocent, EDGE)
        if word in rest:
            faults.append(f"{word!r} is not the course's word: take the one in glossary.md")
    return faults


def manner_faults(text):
    """Words of a Chinese text that sound translated."""
    flat = text.replace(EDGE, "")
    return [f"{near(flat, match)!r}: write {instead}" for pattern, instead in MANNER.items()
            for match in re.finditer(pattern, flat)]


def simplified_faults(text):
    """Characters of a Chinese text that Traditional Chinese does not use."""
    han = re.findall(f"[{HAN}\U00020000-\U0003ffff]", text)
    found = "".join(dict.fromkeys(char for char in han if not _is_traditional(char)))
    return [f"Simplified characters {found!r}: write the Traditional ones"] if found else []


def _is_traditional(char):
    try:
        char.encode("cp950")
    except UnicodeEncodeError:
        return char in TRADITIONAL_BEYOND_BIG5
    return char not in SIMPLIFIED_IN_BIG5


def typography_faults(text):
    """Half-width punctuation, Western quotes and stray spaces in a Chinese text (of a Page)."""
    flat = text.replace(EDGE, "")
    rules = [
        (flat, f"(?<=[{HAN}{WIDE}])[,;:?!()]|[,;:?!()](?=[{HAN}])|(?<=[{HAN}{WIDE}])\\.(?!\\w)",
         "half-width punctuation beside Chinese: write ，；：？！（）。"),
        (flat, '[“”‘’"]', "Western quotation marks: write 「」"),
        (text, f"[{HAN}] +[A-Za-z0-9]|[A-Za-z0-9%] +[{HAN}]",
         "space (or line break) between Chinese and Latin letters or digits: close it up"),
        (flat, "[０-９Ａ-Ｚａ-ｚ\u3000]", "full-width letter, digit or space: write it half-width"),
    ]
    return [f"{what}, at {near(where, match)!r}" for where, pattern, what in rules
            for match in re.finditer(pattern, where)]


def _chinese(notebook, check):
    """Faults of `check` in all Chinese prose and alt text."""
    return [f"{name}: {fault}" for name, _, page in pages(notebook, "zh-Hant")
            for text in page.prose + page.alts for fault in check(text)]


def glossary(notebook, forbidden):
    """Chinese text uses the glossary's words."""
    return _chinese(notebook, lambda text: glossary_faults(text, forbidden))


def manner(notebook):
    """Chinese text is what a teacher would say."""
    return _chinese(notebook, manner_faults)


def simplified(notebook):
    """Chinese text is Traditional Chinese."""
    return _chinese(notebook, simplified_faults)


def typography(notebook):
    """Chinese text has full-width punctuation and no stray spaces; English text has neither."""
    faults = _chinese(notebook, typography_faults)
    for name, _, page in pages(notebook, "en"):
        for text in page.prose + page.alts:
            if found := re.findall(f"[{WIDE.replace('…', '').replace('—', '')}]", text):
                faults.append(f"{name}: full-width {''.join(found)!r} in English: write half-width")
    return faults


def bold(notebook):
    """Bold text is bold in JupyterLab too, also beside full-width punctuation."""
    return [f"{name}: {fault}" for name, cell in cells(notebook, "markdown")
            for fault in bold_faults(cell["source"])]


def glossary_terms(glossary):
    """(Chinese, English) of every term in the glossary's table, the longest Chinese first."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in glossary.splitlines() if line.startswith("|")][2:]
    terms = []
    for english, chinese, *_ in rows:
        words = re.sub(r"[（(].*?[)）]", "", chinese).split(" / ")
        named = re.sub(r"\(.*?\)", "", english).split(" / ")
        terms += [(zh.strip(), en.strip()) for zh, en in zip(words, named, strict=False)]
    return sorted((term for term in terms if len(term[0]) > 1), key=lambda term: -len(term[0]))


def first_use(notebook, terms):
    """A term of the glossary has its English in parentheses where a lesson first uses it.

    Headings do not count, nor do speaker's notes; nor the words that everybody knows.
    """
    text = "\n".join(
        re.sub(r"</?strong>|`[^`]*`|^#.*$|^!\[.*$", "", source, flags=re.MULTILINE)
        for name, cell in cells(notebook, "markdown")
        if cell["metadata"].get("slideshow", {}).get("slide_type") != "notes"
        for source in re.findall(r'<div lang="zh-Hant">(.*?)\n</div>', cell["source"], re.DOTALL))
    faults = []
    for zh, en in terms:
        at = text.find(zh)
        text_after = text[at + len(zh):at + len(zh) + 60].lower()
        word = re.split(r"[\s(,-]", en.lower().removeprefix("to "))[0][:5]
        named = re.match(rf"(?:[^（。，]{{0,6}}（[^）]*|，){word}", text_after)
        if at >= 0 and zh not in KNOWN and not named:
            faults.append(f"the first {zh!r}, at {text[max(0, at - 6):at + 12]!r}, has no English: "
                          f"write {zh}（{en}）")
        text = text.replace(zh, EDGE)  # inside a longer term it is no use of the shorter
    return faults
