"""The rules that every lesson keeps, as pure functions: a notebook in, a list of faults out.

A notebook is the dict that `read` makes from the text of an .ipynb file. A fault is one sentence
that names the cell and says what to do. `RULES` at the end lists the rules; test_notebooks.py
applies them to the lessons, and test_notebook_rules.py proves that each one can fail.
"""

import ast
import base64
import html
import json
import re
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import mistune  # nbconvert's Markdown parser: comes with JupyterLab
import nbformat

LANGUAGES = ("zh-Hant", "en")  # the order of the twins in a cell

SLIDE_TYPES = {"slide", "subslide", "fragment", "skip", "notes", "-"}
# Another tag is a typo, or hides a failure from nbval
TAGS = {"solution", "nbval-check-output", "hide-input"}
CELL_METADATA = {
    "slideshow": {"slide_type"}, "tags": None, "jupyter": {"source_hidden", "outputs_hidden"},
    "alt": None,
}
NOTEBOOK_METADATA = {"kernelspec", "language_info", "rise"}
RISE = {"center": False, "scroll": True, "theme": "white"}  # jupyterlab_rise: slides with a kernel

# The fixed order of a lesson; a cell's id is the name of its section, or starts with it and "-"
SECTIONS = ("title", "theory", "data", "model", "training", "learned", "fails", "exercise",
            "quiz", "measured", "reading")

MAX_LINES = 15  # of code in a cell: what a slide shows and a reader takes in at once
MAX_CLASS_LINES = 25  # a class does not split into cells
MAX_COLUMNS = 88
MAX_IMAGE = 100_000  # bytes
MAX_NOTEBOOK = 1_500_000  # bytes
MIN_EXERCISES = 3


# --- notebooks and cells -----------------------------------------------------------------------

def read(text):
    """The notebook in `text` (JSON), with every list of lines joined into one string."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        cell["source"] = _joined(cell["source"])
        for output in cell.get("outputs", []):
            if "text" in output:
                output["text"] = _joined(output["text"])
            for kind, value in output.get("data", {}).items():
                output["data"][kind] = _joined(value) if kind != "application/json" else value
    return notebook


def _joined(value):
    return "".join(value) if isinstance(value, list) else value


def cells(notebook, cell_type=None):
    """Pairs (name for a fault, cell) in order, of one type or of both."""
    for index, cell in enumerate(notebook["cells"]):
        if cell_type in (None, cell["cell_type"]):
            yield f"cell {cell.get('id') or f'number {index} (no id)'}", cell


def tags(cell):
    return set(cell["metadata"].get("tags", []))


def section(cell):
    """The section that the cell's id names, or None."""
    prefix = cell.get("id", "").split("-")[0]
    prefix = {"exercises": "exercise"}.get(prefix, prefix)
    return prefix if prefix in SECTIONS else None


# --- Markdown: what a text is made of ------------------------------------------------------------

# Code comes first in the alternatives: a $ in code is no mathematics
CODE_OR_MATH = re.compile(
    r"(?P<fence>^ *(?P<mark>```+|~~~+).*?^ *(?P=mark) *$)"
    r"|(?P<span>(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<math>\$\$.+?\$\$|\\begin\{(?P<env>\w+\*?)\}.+?\\end\{(?P=env)\}"
    r"|(?<![\\$])\$(?!\$)(?:\\.|[^$\\])+?\$(?!\$))",
    re.DOTALL | re.MULTILINE,
)
MATH, CODE, EDGE = "\ue000", "\ue001", "\ue002"  # placeholders: an equation, code, where markup is
HAN = "\u3400-\u9fff\uf900-\ufaff"
WIDE = "，。；：？！（）「」『』、《》〈〉…—"  # full-width punctuation
NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")
_blocks = mistune.create_markdown(renderer=None, plugins=["table", "strikethrough"])


@dataclass
class Page:
    """What one language of a cell is made of; `prose` holds a text for each paragraph or cell."""

    outline: list = field(default_factory=list)
    prose: list = field(default_factory=list)
    equations: list = field(default_factory=list)
    code: list = field(default_factory=list)
    links: list = field(default_factory=list)
    images: list = field(default_factory=list)
    alts: list = field(default_factory=list)

    @property
    def numbers(self):
        """Numbers in the prose, without thousands separators: 12,288 is 12288."""
        return [n.replace(",", "") for text in self.prose + self.alts for n in NUMBER.findall(text)]


def parse(text):
    """The Page of a Markdown text. Mathematics is lifted out first, as JupyterLab does."""
    page = Page()

    def lift(match):
        if not match["math"]:
            return match[0]
        words = re.sub(r"\\(?:text|mbox|textbf|textit)\{[^{}]*\}", r"\\text{}", match["math"])
        page.equations.append(re.sub(r"\s+", "", words))
        return MATH

    _read_blocks(_blocks(CODE_OR_MATH.sub(lift, text)), page)
    page.prose = [line for line in page.prose if line.strip()]
    return page


def _read_blocks(tokens, page, in_item=False):
    """Adds block tokens to the page. An item's own first paragraph is the item, not one more."""
    for token in tokens:
        kind, children = token["type"], token.get("children", [])
        if kind == "heading":
            page.outline.append(f"heading {token['attrs']['level']}")
            page.prose.append(_inline(children, page))
        elif kind in ("paragraph", "block_text"):
            if not in_item:
                page.outline.append("paragraph")
            in_item = False
            page.prose.append(_inline(children, page))
        elif kind == "list":
            page.outline.append("numbered list" if token["attrs"]["ordered"] else "list")
            _read_blocks(children, page)
        elif kind == "list_item":
            page.outline.append("list item")
            _read_blocks(children, page, in_item=True)
        elif kind == "table":
            head, *body = children
            rows = [head["children"]] + [row["children"] for part in body
                                         for row in part["children"]]
            page.outline.append(f"table {len(rows)}x{len(rows[0])}")
            page.prose += [_inline(cell["children"], page) for row in rows for cell in row]
        elif kind == "block_code":
            page.outline.append("code block")
            page.code.append(token["raw"].strip())
        elif kind == "block_html":
            found = re.findall(r"</?(\w+)", token["raw"])
            page.outline.append("html " + " ".join(found))
            page.prose.append(_html(token["raw"], page))
        elif kind == "block_quote":
            page.outline.append("quote")
            _read_blocks(children, page)
        elif kind != "blank_line":
            page.outline.append(kind.replace("_", " "))


def _inline(tokens, page):
    """The plain text of inline tokens, with placeholders for code, equations and markup."""
    parts = []
    for token in tokens:
        kind, children = token["type"], token.get("children", [])
        if kind == "text":
            parts.append(html.unescape(token["raw"]))
        elif kind == "codespan":
            page.code.append(html.unescape(token["raw"]).strip())
            parts.append(CODE)
        elif kind == "image":
            page.images.append(token["attrs"]["url"])
            page.alts.append(_inline(children, page))
            parts.append(EDGE)
        elif kind == "link":
            url, text = token["attrs"]["url"], _inline(children, page)
            page.links.append(url)
            is_address = text.startswith(("http://", "https://"))  # <https://...> is no prose
            parts.append(EDGE if is_address else EDGE + text + EDGE)
        elif kind == "inline_html":
            parts.append(_html(token["raw"], page))
        elif kind == "softbreak":
            parts.append(" ")  # what a browser shows for it
        elif kind == "linebreak":
            parts.append("\n")
        else:
            parts.append(EDGE + _inline(children, page) + EDGE)
    return "".join(parts)


def _html(raw, page):
    """The text of a piece of HTML; its images and links go to the page."""
    for tag in re.findall(r"<(?:img|a)\b[^>]*>", raw):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if tag.startswith("<img"):
            page.images.append(attributes.get("src", ""))
            page.alts.append(attributes.get("alt", ""))
        elif "href" in attributes:
            page.links.append(attributes["href"])
    raw = re.sub(r"<br\s*/?>|</?(?:summary|details|p|div)\b[^>]*>", "\n", raw)
    return html.unescape(re.sub(r"<[^>]*>", EDGE, raw))


def language_blocks(text):
    """Pairs (lang, text) of a Markdown cell, and the faults of its layout."""
    blocks, faults, lang, begin = [], [], None, 0
    lines = text.strip("\n").split("\n")
    for number, line in enumerate(lines):
        opened = re.fullmatch(r'<div lang="([\w-]+)">', line)
        if opened and lang is None:
            lang, begin = opened[1], number + 1
        elif line == "</div>" and lang is not None:
            body = lines[begin:number]
            if len(body) < 3 or body[0].strip() or body[-1].strip():
                faults.append(f'the {lang} div needs a text, with a blank line after its opening '
                              'tag and one before </div>')
            blocks.append((lang, "\n".join(body)))
            lang = None
        elif "<div" in line or "</div" in line:
            faults.append(f"line {number + 1}, {line.strip()!r}: put the tag of a language alone "
                          "on its line, and no other div into it")
        elif lang is None and line.strip():
            faults.append(f"line {number + 1}, {line.strip()[:40]!r}, is outside the language "
                          "divs: move it into both")
    if lang is not None:
        faults.append(f"the {lang} div is not closed: add a blank line and </div>")
    order = tuple(lang for lang, _ in blocks)
    if not order or order != LANGUAGES * (len(order) // 2):
        faults.append(f"its divs are {list(order)}: write pairs, zh-Hant first and en second")
    return blocks, faults


def pages(notebook, lang=None):
    """Triples (name, lang, Page) of every language div of every Markdown cell."""
    for name, cell in cells(notebook, "markdown"):
        for found, text in language_blocks(cell["source"])[0]:
            if lang in (None, found):
                yield name, found, parse(text)


# --- rules about the two languages ---------------------------------------------------------------

def twins(notebook):
    """Every Markdown cell says the same in both languages, Chinese first."""
    faults = []
    for name, cell in cells(notebook, "markdown"):
        blocks, found = language_blocks(cell["source"])
        if not found:
            for (_, zh), (_, en) in zip(blocks[::2], blocks[1::2], strict=True):
                found += compare(parse(zh), parse(en))
        faults += [f"{name}: {fault}" for fault in found]
    return faults


def compare(zh, en):
    """The faults of two Pages that should say the same in Chinese and in English."""
    faults = []
    for number in range(max(len(zh.outline), len(en.outline))):
        left, right = ([*page.outline, *["nothing"] * 999][number] for page in (zh, en))
        if left != right:
            faults.append(f"block {number + 1} is {left!r} in zh-Hant and {right!r} in en: give "
                          "both the same headings, paragraphs, list items and tables")
            break
    for what in ("equations", "code", "links", "images", "numbers"):
        here, there = Counter(getattr(zh, what)), Counter(getattr(en, what))
        for lang, extra in (("zh-Hant", here - there), ("en", there - here)):
            if extra:
                shown = ", ".join(f"{item!r}" for item in extra.elements())
                faults.append(f"{what} that only {lang} has: {shown}; write each as often in both")
    for lang, page in zip(LANGUAGES, (zh, en), strict=True):
        for image, alt in zip(page.images, page.alts, strict=True):
            if not alt.strip() or bool(re.search(f"[{HAN}]", alt)) != (lang == "zh-Hant"):
                faults.append(f"image {image!r} needs an alt text in {lang}, not {alt!r}")
    if re.search("[A-Za-z]", "".join(zh.prose)) and not re.search(f"[{HAN}]", "".join(zh.prose)):
        faults.append("the zh-Hant text has no Chinese character: translate it")
    if len(re.findall(f"[{HAN}]", "".join(en.prose))) > len(
            re.findall("[A-Za-z]", "".join(en.prose))):
        faults.append("the en text is mostly Chinese: translate it")
    return faults


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

# Simplified characters that Traditional text does not use. Those that it does use (后 里 只 云 面
# 干 系 台 ...) or that some write in it (着) are left out.
SIMPLIFIED = frozenset(
    "这个们为来时对开关车见长东风飞马鸟鱼鸡门问间闻头买卖书写学习实现图络编码数训练测试参损误层输应该"
    "计运动处线维从无还进过样经结变换视觉识别预题组织义语词课讲读认说话让请谁给级单双张强师归当录总统条"
    "杂难观点热爱声乐华军农业两严临举乱争亏亚产亲亿仅仓仪价众伟传伤伦体债倾偿储养兽冲决况冻净减击则刚"
    "创删剂剧劝办务动励劲劳势区医卢卫厅历压厌县发叙叶号叹吓吗启员响围国圆场块坚坛坠垒垫墙壮备够夹夺奋"
    "奖妇妈娱孙宝宠审宪宽宾寻导寿将尔尘尝屿岁岛币帅帐带帮广庆应庙库废弃弹彻径忆忧态恋恳恶悬惯懒戏战户"
    "执扩扫扬抚抛抢护报拟拥择挡挣挤挥捞掷摄摆摇敌断旧显晓晕暂术杀权枪标栏树桥检楼横欢欧毁毕汇汉沟没泪"
    "泽浓润涨渐湿满滚滤灭灯灵灾炉炼烂焕爷牵状犹独狭猎猫献环玛电画畅疗疯监盖盘睁矿砖础积称稳穷竞笔签简"
    "类粮紧纠红约纪纯纱纲纳纵纷纸纹细终绍绕绘绝继绩续综绿缓缘缩罗罚职联聪肤胀脉脏脑脚脱腾艺节药获营萝"
    "蓝虑虚虽蚀补装规览订讨议记许论设访证评诉诗询详诸调谈谢谱贝负财责败货质购贯贴费资赋赛赞赢赵趋跃践"
    "转轮软轴轻载较辅辆边达迁远连迟选递逻遗邮邻酱释鉴针钟钢钱铁银铺销错键镜闪闭闲阅队阳阴阶际陆陈险随"
    "隐雾静韩页顶项顺须顾顿领频颜额饭饱馆驱验骗鲁鲜麦黄齐齿龙龟网据优么机构坏怀极种离适洁触惊扰胜荐"
)


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


def simplified_faults(text):
    """Simplified characters in a Chinese text."""
    found = "".join(dict.fromkeys(char for char in text if char in SIMPLIFIED))
    return [f"Simplified characters {found!r}: write the Traditional ones"] if found else []


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
    faults = []
    for where, pattern, what in rules:
        for match in re.finditer(pattern, where):
            near = where[max(match.start() - 8, 0):match.end() + 8]
            for mark, shown in ((MATH, "$..$"), (CODE, "`..`"), (EDGE, "")):
                near = near.replace(mark, shown)
            faults.append(f"{what}, at {near!r}")
    return faults


def _chinese(notebook, check):
    """Faults of `check` in all Chinese prose and alt text."""
    return [f"{name}: {fault}" for name, _, page in pages(notebook, "zh-Hant")
            for text in page.prose + page.alts for fault in check(text)]


def glossary(notebook, forbidden):
    """Chinese text uses the glossary's words."""
    return _chinese(notebook, lambda text: glossary_faults(text, forbidden))


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


def bold_faults(text):
    """Asterisks of a Markdown text that stay visible instead of making bold or italics.

    This is CommonMark's own algorithm (section 6.2, emphasis), which JupyterLab's parser follows.
    Rendering with mistune and looking for an asterisk would prove less: up to 3.2, which nbconvert
    accepts too, mistune makes such text bold. On 60,000 random texts with full-width punctuation
    the result was markdown-it's.
    """
    # Only what stands beside an asterisk matters. Code keeps its backticks; JupyterLab puts
    # punctuation in the place of mathematics; an escaped asterisk is punctuation.
    text = CODE_OR_MATH.sub(lambda m: "\n\n" if m["fence"] else "``" if m["span"] else "@@", text)
    text = re.sub(r"\\[!-/:-@\[-`{-~]", ";;", text)
    faults = []
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d+[.)])\s)|\n(?=\s*#)|\|", text):
        for position in _literal_asterisks(f" {block} "):
            near = block[max(position - 9, 0):position + 11].strip()
            faults.append(f"the asterisks stay visible at {near!r}: write <strong>, or move the "
                          "punctuation outside")
    return faults


def _literal_asterisks(text):
    """Positions of the runs of asterisks that CommonMark's algorithm leaves unmatched."""
    runs = []  # [position, asterisks left, their number at first, can open, can close]
    for match in re.finditer(r"\*+", text):
        before, after = text[match.start() - 1], text[match.end()]
        left = not after.isspace() and (not _is_punctuation(after) or before.isspace()
                                        or _is_punctuation(before))
        right = not before.isspace() and (not _is_punctuation(before) or after.isspace()
                                          or _is_punctuation(after))
        if not (before.isspace() and after.isspace()):  # " * " is a star, or a list's bullet
            runs.append([match.start(), len(match[0]), len(match[0]), left, right])
    for index, closer in enumerate(runs):
        opener = index - 1
        while closer[4] and closer[1] and opener >= 0:
            start = runs[opener]
            odd = (start[4] or closer[3]) and (start[2] + closer[2]) % 3 == 0 and not (
                start[2] % 3 == 0 and closer[2] % 3 == 0)  # the specification's "multiple of 3"
            if start[3] and start[1] and not odd:
                used = 2 if min(start[1], closer[1]) >= 2 else 1
                start[1] -= used
                closer[1] -= used
                for inner in runs[opener + 1:index]:
                    inner[3] = inner[4] = False  # what lies between can no longer match
            else:
                opener -= 1
    return [run[0] for run in runs if run[1]]


def _is_punctuation(char):
    return unicodedata.category(char)[0] in "PS"


def bold(notebook):
    """Bold text is bold in JupyterLab too, also beside full-width punctuation."""
    return [f"{name}: {fault}" for name, cell in cells(notebook, "markdown")
            for fault in bold_faults(cell["source"])]


# --- rules about the notebook's form -------------------------------------------------------------

def form(notebook):
    """nbformat 4.5, the kernel python3, and no metadata but the course's own."""
    faults = []
    if (notebook["nbformat"], notebook["nbformat_minor"]) != (4, 5):
        faults.append("the notebook is not nbformat 4.5: save it with JupyterLab 4")
    try:
        nbformat.validate(json.loads(json.dumps(notebook)))  # a copy: validate may mend it
    except nbformat.ValidationError as error:
        faults.append(f"the notebook is not valid: {str(error).splitlines()[0]}")
    metadata = notebook["metadata"]
    kernel = metadata.get("kernelspec", {}).get("name")
    if kernel != "python3":
        faults.append(f"the notebook's kernelspec is {kernel!r}: choose python3")
    if metadata.get("rise") != RISE:
        faults.append(f"the notebook's metadata rise is {metadata.get('rise')}: live slides need "
                      f"{RISE}")
    if extra := set(metadata) - NOTEBOOK_METADATA:
        faults.append(f"the notebook's metadata has {sorted(extra)}: remove them")
    for name, cell in cells(notebook):
        if cell["cell_type"] not in ("markdown", "code"):
            faults.append(f"{name}: a {cell['cell_type']} cell; make it Markdown or code")
        if not cell["source"].strip():
            faults.append(f"{name}: it is empty; delete it")
        for key, value in cell["metadata"].items():
            known = CELL_METADATA.get(key, set())
            if key not in CELL_METADATA or (known and set(value) - known):  # known None: any
                faults.append(f"{name}: metadata {key!r}: {value!r} does not belong to the course; "
                              "remove it")
        if unknown := tags(cell) - TAGS:
            faults.append(f"{name}: tags {sorted(unknown)} are unknown; the course has "
                          f"{sorted(TAGS)}")
    return faults


def ids(notebook):
    """Cells have unique, speaking ids that begin with the name of their section."""
    faults = []
    seen = Counter(cell.get("id") for _, cell in cells(notebook))
    for name, cell in cells(notebook):
        text = cell.get("id", "")
        words = text.split("-")
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", text) or any(
                re.fullmatch(r"(?=.*\d)[0-9a-f]{6,}", word) for word in words):
            faults.append(f"{name}: its id should be words like theory-bce-floor")
        elif section(cell) is None:
            faults.append(f"{name}: its id should begin with one of {', '.join(SECTIONS)}")
        if seen[cell.get("id")] > 1:
            faults.append(f"{name}: its id is not unique; rename it")
    return faults


def slides(notebook):
    """Every cell says how it shows on slides, and the first begins a slide."""
    faults = []
    for index, (name, cell) in enumerate(cells(notebook)):
        kind = cell["metadata"].get("slideshow", {}).get("slide_type")
        if kind not in SLIDE_TYPES:
            faults.append(f"{name}: slide_type is {kind!r}; choose one of {sorted(SLIDE_TYPES)}")
        elif index == 0 and kind != "slide":
            faults.append(f"{name}: the first cell has slide_type {kind!r}; make it slide")
    return faults


def notes(notebook):
    """Speaker's notes are folded, give their minutes, and add up to what the first one says."""
    faults, total, whole = [], 0, None
    for name, cell in cells(notebook, "markdown"):
        if cell["metadata"].get("slideshow", {}).get("slide_type") != "notes":
            continue
        minutes = re.findall(r"^<details><summary>(?:講者備註（(\d+)分鐘）|"
                             r"Speaker's note \((\d+) minutes?\))</summary>\n\n",
                             cell["source"], re.MULTILINE)
        if [bool(zh) for zh, _ in minutes] != [True, False]:
            faults.append(f"{name}: begin a note with <details><summary>講者備註（3分鐘）</summary>"
                          " and <details><summary>Speaker's note (3 minutes)</summary>")
            continue
        total += int(minutes[0][0])
        whole = whole or re.search(r"takes about (\d+) minutes", cell["source"])
    if not whole or int(whole[1]) != total:
        faults.append(f"the notes add up to {total} minutes, but the first says "
                      f"{whole[1] if whole else 'nothing'}: write 'takes about {total} minutes'")
    return faults


def anatomy(notebook):
    """The sections of a lesson are all there, in the fixed order."""
    faults = []
    order = list(dict.fromkeys(s for _, cell in cells(notebook) if (s := section(cell))))
    missing = [name for name in SECTIONS if name not in order]
    if missing:
        faults.append(f"the notebook has no section {', '.join(missing)}: give its first cell an "
                      "id that begins so")
    elif tuple(order) != SECTIONS:
        faults.append(f"the sections come in the order {', '.join(order)}: the course's is "
                      f"{', '.join(SECTIONS)}")
    for wanted in order:
        name, cell = next((n, c) for n, c in cells(notebook) if section(c) == wanted)
        level = 1 if wanted == "title" else 2
        if cell["cell_type"] != "markdown" or not re.search(
                rf"^#{{{level}}} ", cell["source"], re.MULTILINE):
            faults.append(f"{name}: section {wanted} should begin with a Markdown cell that has a "
                          f"heading of level {level}")
    places = {"start": "title", "report": "measured"}
    for function, wanted in places.items():
        where = [section(cell) for _, cell, call in calls(notebook) if _called(call) == function]
        if where != [wanted]:
            faults.append(f"the notebook calls {function}() in {where}: call it once, in a code "
                          f"cell of section {wanted}")
    return faults


def quiz(notebook):
    """The quiz's questions have their answers folded away."""
    faults, answers = [], 0
    for name, cell in cells(notebook, "markdown"):
        if section(cell) != "quiz":
            continue
        for lang, text in language_blocks(cell["source"])[0]:
            folded = re.findall(r"<details>.*?</details>", text, re.DOTALL)
            answers += len(folded)
            open_text = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
            if "details>" in open_text:
                faults.append(f"{name}: a <details> in {lang} is not closed")
            if re.search("[?？]", open_text) and not folded:
                faults.append(f"{name}: a question in {lang} without <details> and its answer")
            if re.search(r"(答案|解答)[:：]|\bAnswers?:", open_text):
                faults.append(f"{name}: an answer in {lang} outside <details>")
            for answer in folded:
                if not re.match(r"<details>\s*<summary>[^\n]+</summary>\n\n", answer):
                    faults.append(f"{name}: begin <details> in {lang} with <summary>...</summary> "
                                  "and a blank line, or its Markdown does not render")
    if not answers:
        faults.append("the quiz has no <details>: fold an answer under each question")
    return faults


def links(notebook, folder):
    """Images and linked files exist (relative to `folder`), and addresses look like addresses."""
    return [f"{name}: {fault}" for name, _, page in pages(notebook)
            for fault in page_link_faults(page, folder)]


def page_link_faults(page, folder):
    """The faults of a Page's links and images."""
    faults = [fault for target in page.links if (fault := target_fault(target, folder))]
    for target in page.images:
        if urlsplit(target).scheme:
            faults.append(f"image {target[:60]!r} is not a file of the course: save it in images/")
        elif fault := target_fault(target, folder):
            faults.append(fault)
    for text in page.prose:
        if found := re.search(r"https?://\S+", text):
            faults.append(f"bare address {found[0][:60]!r}: write [text](address) or <address>")
    return faults


def target_fault(target, folder):
    """What is wrong with the target of a link, or None."""
    address = urlsplit(target)
    if address.scheme in ("http", "https"):
        if not re.fullmatch(r"(localhost|[\w-]+(\.[\w-]+)+)(:\d+)?", address.netloc) or re.search(
                r"\s", unquote(target)):
            return f"{target!r} is no sound address: mend it"
    elif address.scheme and address.scheme != "mailto":
        return f"{target!r} is neither https nor a relative path: mend it"
    elif address.path.startswith("/") or "\\" in unquote(target):
        return f"{target!r} should be a relative path with forward slashes"
    elif address.path and not (folder / unquote(address.path)).exists():
        return f"{target!r} does not exist: mend the path, or remove the link"
    elif not target:
        return "a link or image without a target: add it"
    return None


# --- rules about code ----------------------------------------------------------------------------

def plain_python(source):
    """The source with the lines of IPython's magics and shell replaced by `pass`."""
    return re.sub(r"^(\s*)(?:%%?[A-Za-z]|!).*$", r"\1pass", source, flags=re.MULTILINE)


def tree(cell):
    """The syntax tree of a code cell; an empty one where it is not Python."""
    try:
        return ast.parse(plain_python(cell["source"]))
    except SyntaxError:
        return ast.parse("")


def calls(notebook):
    """Triples (name, cell, call) of every call in the code."""
    for name, cell in cells(notebook, "code"):
        for node in ast.walk(tree(cell)):
            if isinstance(node, ast.Call):
                yield name, cell, node


def _called(call):
    """The last name of what is called: `report` for lesson.report(...)."""
    return getattr(call.func, "attr", getattr(call.func, "id", None))


def code_length(notebook):
    """A code cell is Python, and fits on a slide."""
    faults = []
    for name, cell in cells(notebook, "code"):
        lines = cell["source"].strip("\n").split("\n")
        try:
            has_class = any(isinstance(node, ast.ClassDef)
                            for node in ast.walk(ast.parse(plain_python(cell["source"]))))
        except SyntaxError as error:
            faults.append(f"{name}: line {error.lineno} is not Python: {error.msg}; correct it")
            continue
        limit = MAX_CLASS_LINES if has_class else MAX_LINES
        if len(lines) > limit:
            faults.append(f"{name}: {len(lines)} lines of code; split it, {limit} are allowed")
        for number, line in enumerate(lines, 1):
            if len(line) > MAX_COLUMNS:
                faults.append(f"{name}: line {number} has {len(line)} characters; break it, "
                              f"{MAX_COLUMNS} are allowed")
    return faults


MAGICS = {"matplotlib", "time", "timeit", "config"}  # the others start servers, shells, installs
OLD_NUMPY = {"float", "int", "object", "str", "complex", "unicode", "float_"}


def old_api(notebook):
    """No call that newer releases, Windows, an offline laptop or a machine without GPU lack."""
    faults = []
    for name, cell in cells(notebook, "code"):
        found = []
        for line in cell["source"].split("\n"):
            magic = re.match(r"\s*%%?([A-Za-z_]+)", line)
            if re.match(r"\s*!", line) or (magic and magic[1] not in MAGICS):
                found.append(f"{line.strip()!r}: no shell, no server and no installation in a cell")
        nodes = list(ast.walk(tree(cell)))
        tried = [inner for node in nodes if isinstance(node, ast.Try)
                 for line in node.body for inner in ast.walk(line)]
        for node in nodes:  # a lesson may show in try that a download fails
            found += [fault for fault in _old_node(node)
                      if not (node in tried and fault.startswith("download=True"))]
        faults += [f"{name}: {what}" for what in found]
    return faults


def _old_node(node):
    """What is outdated about one node of the syntax tree."""
    if isinstance(node, ast.Attribute):
        dotted = ast.unparse(node)
        if re.fullmatch(r"sys\.path", dotted):
            return ["sys.path: helpers is installed, import it"]
        if re.fullmatch(r"(np|numpy)\.\w+", dotted) and node.attr in OLD_NUMPY:
            return [f"{dotted} is gone from NumPy: write {node.attr.strip('_')}"]
        if dotted == "os.system":
            return ["os.system: no shell commands in a cell"]
    names = [getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "name", None)]
    if "set_matplotlib_formats" in names:
        return ["set_matplotlib_formats is gone from IPython.display: use matplotlib's rcParams"]
    if not isinstance(node, ast.Call):
        return []
    found, function = [], _called(node)
    given = {word.arg: word.value for word in node.keywords}
    if isinstance(node.func, ast.Attribute) and function == "next" and not node.args:
        found.append(".next() is gone from iterators: write next(iterator)")
    if isinstance(node.func, ast.Attribute) and function == "cuda":
        found.append(".cuda() fails without a GPU: write .to(device)")
    if function == "make_grid" and "range" in given:
        found.append("make_grid(range=) is now value_range=")
    if ast.unparse(node.func) == "torch.load" and "weights_only" not in given:
        found.append("torch.load without weights_only=True runs code from the file: add it")
    if "download" in given and getattr(given["download"], "value", None) is True:
        found.append("download=True needs a network: use load_faces()")
    if "num_workers" in given and getattr(given["num_workers"], "value", None) != 0:
        found.append("num_workers other than 0 crashes on Windows and macOS: leave it out")
    return found


MODULES = {"pillow": {"PIL"}, "scikit-learn": {"sklearn"}, "scikit-image": {"skimage"},
           "ipykernel": {"ipykernel", "IPython"}}  # a distribution's modules, where they differ
UNIX_ONLY = {"resource", "fcntl", "pwd", "grp", "pty", "termios", "tty", "posix"}


def modules_of(distributions):
    """The modules that lessons may import when `distributions` are the declared dependencies."""
    return {"helpers"}.union(*(MODULES.get(name, {name.replace("-", "_")})
                               for name in distributions))


def imported_modules(source):
    """The top-level names of the modules that Python code imports, in order."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or ".").split(".")[0]


def imports(notebook, modules):
    """Lessons import the standard library, helpers and declared dependencies only."""
    faults = []
    for name, cell in cells(notebook, "code"):
        for top in imported_modules(ast.unparse(tree(cell))):
            if top in UNIX_ONLY:
                faults.append(f"{name}: {top} is not there on Windows; do without it")
            elif top not in modules and top not in sys.stdlib_module_names:
                faults.append(f"{name}: {top} is no declared dependency; add it to "
                              "pyproject.toml or do without it")
    return faults


def exercises(notebook):
    """Each exercise: stub, check, hidden solution, asserted check; and all works without the
    cells tagged solution.
    """
    faults, found = [], {}
    code = list(cells(notebook, "code"))
    for index, (name, cell) in enumerate(code):
        nodes = list(ast.walk(tree(cell)))
        asserted = [node.test for node in nodes if isinstance(node, ast.Assert)]
        for call in nodes:
            if isinstance(call, ast.Call) and _called(call) == "check":
                args = [getattr(arg, "value", getattr(arg, "id", None)) for arg in call.args]
                if len(args) != 2 or not re.fullmatch(r"\d\d-[a-z0-9-]+", str(args[0])):
                    faults.append(f'{name}: call check("NN-name", function)')
                else:
                    found.setdefault(tuple(args), []).append((index, cell, call in asserted))
    if len(found) < MIN_EXERCISES:
        faults.append(f"the notebook has {len(found)} exercises: {MIN_EXERCISES} or more are due")
    for (exercise, function), checks in found.items():
        stubs = [i for i, (_, cell) in enumerate(code) if "solution" not in tags(cell)
                 for node in tree(cell).body if _is_stub(node) and node.name == function]
        solutions = [i for i, (_, cell) in enumerate(code) if "solution" in tags(cell)
                     and cell["metadata"].get("jupyter", {}).get("source_hidden") is True
                     and _defines(cell, function)]
        first = [i for i, cell, asserted in checks if not asserted and "solution" not in tags(cell)]
        last = [i for i, cell, asserted in checks if asserted and "solution" in tags(cell)]
        parts = [stubs, first, solutions, last]
        if not all(len(part) == 1 for part in parts) or sum(parts, []) != sorted(sum(parts, [])):
            faults.append(
                f"exercise {exercise}: needs, in this order and once each, a stub of {function} "
                f"that raises NotImplementedError, check(...), a solution (tagged solution, "
                f"source_hidden) and assert check(...) (tagged solution); found {parts}")
    return faults + _needs_solutions(code)


def _defines(cell, name):
    return any(isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
               and not _is_stub(node) for node in tree(cell).body)


def _needs_solutions(code):
    """Cells that would fail in the copy without solutions."""
    faults, common, solved, stubs = [], set(), set(), set()
    for name, cell in code:
        if "solution" in tags(cell):
            solved |= _bound(tree(cell), everywhere=False)
            continue
        nodes = list(ast.walk(tree(cell)))
        common |= _bound(tree(cell), everywhere=True)
        stubs -= _bound(tree(cell), everywhere=False)
        used = {node.id for node in nodes
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        called = {_called(node) for node in nodes if isinstance(node, ast.Call)}
        if needed := (used & (solved - common)) | (called & stubs):
            faults.append(f"{name}: it needs {sorted(needed)} from a solution; tag it solution")
        stubs |= {node.name for node in tree(cell).body if _is_stub(node)}
    return faults


def _is_stub(node):
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and any(
        getattr(inner, "id", None) == "NotImplementedError" for inner in ast.walk(node))


def _bound(node, everywhere):
    """Names that code binds: those of the cell itself, or everywhere, inside functions too."""
    names = set()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            names.add(child.name)
            if not everywhere:
                continue
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            names.add(child.id)
        elif isinstance(child, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in child.names}
        elif isinstance(child, ast.arg) and everywhere:
            names.add(child.arg)
        names |= _bound(child, everywhere)
    return names


# --- rules about outputs -------------------------------------------------------------------------

# Lookbehind: "a/tmp/" is a folder of some path, "https://x.org/home/" a page
MACHINE_PATH = re.compile(
    r"(?<![\w.~}])/(?:home|work|root|tmp|Users|private/var)/|\b[A-Za-z]:\\+Users")
LFW_FACES = re.compile(r"""faces["']?\s*[:=]\s*["']?lfw|Dataset\s+\w*LFW""", re.IGNORECASE)


def outputs_of(notebook):
    """Triples (name, cell, output)."""
    for name, cell in cells(notebook, "code"):
        for output in cell.get("outputs", []):
            yield name, cell, output


def texts(output):
    """All text in one output: streams, tracebacks, plain text, HTML, SVG, JSON."""
    found = [output.get("text", ""), *output.get("traceback", [])]
    found += [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
              for kind, value in output.get("data", {}).items()
              if not kind.startswith("image/") or kind == "image/svg+xml"]
    return "\n".join(found)


DRAWS = re.compile(r"show_\w+|plot_\w+|show")


def figures(notebook):
    """A cell that draws has stored figures, and an alt text for each in both languages."""
    faults = []
    for name, cell in cells(notebook, "code"):
        stored = [output for output in cell.get("outputs", [])
                  if any(kind.startswith("image/") for kind in output.get("data", {}))]
        # at the cell's own level: a function that it defines draws when it is called
        draws = [node for top in tree(cell).body if not isinstance(top, ast.FunctionDef)
                 for node in ast.walk(top)
                 if isinstance(node, ast.Call) and DRAWS.fullmatch(_called(node) or "")]
        if draws and not stored:
            faults.append(f"{name}: it draws, but holds no figure; run it")
        alts = cell["metadata"].get("alt", [])
        if len(alts) != len(stored):
            faults.append(f"{name}: {len(stored)} figures and {len(alts)} alt texts; write into "
                          'the cell\'s metadata "alt": [{"zh-Hant": "...", "en": "..."}]')
        for alt in alts:
            if set(alt) != set(LANGUAGES) or not all(alt.values()):
                faults.append(f"{name}: the alt text {alt} needs zh-Hant and en")
                continue
            if not re.search(f"[{HAN}]", alt["zh-Hant"]) or re.search(f"[{HAN}]", alt["en"]):
                faults.append(f"{name}: the alt text {alt} is not in both languages")
    return faults


def executed(notebook):
    """Outputs come from one run from top to bottom, without an error or a warning."""
    faults = []
    for number, (name, cell) in enumerate(cells(notebook, "code"), 1):
        if cell["execution_count"] != number:
            faults.append(f"{name}: its execution count is {cell['execution_count']}, not "
                          f"{number}; restart the kernel and run all cells")
            break  # all later ones are wrong as well
    for name, _, output in outputs_of(notebook):
        if output["output_type"] == "error":
            faults.append(f"{name}: it ended in {output['ename']}; correct it and run again")
        elif output.get("name") == "stderr":
            faults.append(f"{name}: it wrote to stderr: {output['text'][:60]!r}; silence its cause")
        elif "application/vnd.jupyter.widget-view+json" in output.get("data", {}):
            faults.append(f"{name}: a saved widget reopens as an error; print plain text")
    return faults


def checked_outputs(notebook):
    """Cells tagged nbval-check-output have text that nbval can compare, the same on all machines.
    """
    faults, tagged = [], 0
    for name, cell in cells(notebook, "code"):
        if "nbval-check-output" not in tags(cell):
            continue
        tagged += 1
        outputs = cell.get("outputs", [])
        if not any(output.get("name") == "stdout" or "text/plain" in output.get("data", {})
                   for output in outputs):
            faults.append(f"{name}: tagged nbval-check-output without a stored text; run it")
        if any("lang=" in texts(output) for output in outputs):
            faults.append(f"{name}: tagged nbval-check-output, but it shows a bilingual message, "
                          "which depends on the front end; move one of them to another cell")
    if not tagged:
        faults.append("no cell is tagged nbval-check-output: tag those with deterministic text")
    return faults


def synthetic(notebook):
    """Stored outputs show drawn faces: no picture of a real person enters the repository."""
    faults, seen = [], False
    for name, _, output in outputs_of(notebook):
        seen = seen or "faces: synthetic" in texts(output)
        if LFW_FACES.search(texts(output)):
            faults.append(f"{name}: its output was made with LFW; run the lesson with "
                          "FACES_SOURCE=synthetic")
    if not seen:
        faults.append("no output says 'faces: synthetic': run the lesson with "
                      "FACES_SOURCE=synthetic and let report() print it")
    return faults


def sizes(notebook):
    """Figures and the notebook stay small."""
    faults = []
    for name, _, output in outputs_of(notebook):
        embedded = re.findall(r"data:image/[\w.+-]+;base64,([\w+/=]+)", texts(output))
        images = [len(base64.b64decode(text)) for text in embedded]
        for kind, value in output.get("data", {}).items():
            if kind == "image/svg+xml":
                images.append(len(value.encode()))
            elif kind.startswith("image/"):
                images.append(len(base64.b64decode(value)))
        faults += [f"{name}: an image of {size:,} bytes; draw it smaller, {MAX_IMAGE:,} are allowed"
                   for size in images if size > MAX_IMAGE]
    size = len(json.dumps(notebook, indent=1, ensure_ascii=False).encode())
    if size > MAX_NOTEBOOK:
        faults.append(f"the notebook has {size:,} bytes: show fewer or smaller figures, "
                      f"{MAX_NOTEBOOK:,} are allowed")
    return faults


def machine_paths(notebook):
    """Neither text nor outputs name a folder or an address of the machine that ran the lesson."""
    faults = []
    for name, cell in cells(notebook):
        for text in [cell["source"], *map(texts, cell.get("outputs", []))]:
            if found := MACHINE_PATH.search(text):
                near = text[found.start():found.end() + 20].split("\n")[0]
                faults.append(f"{name}: an absolute path, {near!r}; show it from the repository's "
                              "root")
        for output in cell.get("outputs", []):
            if found := re.search(r"\bat 0x[0-9a-fA-F]{6,}", texts(output)):
                faults.append(f"{name}: a memory address, {found[0]!r}; end the cell with ; or "
                              "print something else")
    return faults


RULES = {rule.__name__: rule for rule in (
    twins, glossary, simplified, typography, bold, form, ids, slides, notes, anatomy, quiz, links,
    code_length, old_api, imports, exercises, executed, figures, checked_outputs, synthetic, sizes,
    machine_paths)}
