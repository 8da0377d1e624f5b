"""The two languages of a Markdown cell: Chinese first, and both say the same."""

import re
from collections import Counter

from .markdown import HAN, parse
from .notebook import cells

LANGUAGES = ("zh-Hant", "en")  # the order of the twins in a cell


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
    return blocks, faults + _order_faults([lang for lang, _ in blocks])


def _order_faults(order):
    if not order or tuple(order) != LANGUAGES * (len(order) // 2):
        return [f"its divs are {order}: write pairs, zh-Hant first and en second"]
    return []


def pages(notebook, lang=None):
    """Triples (name, lang, Page) of every language div of every Markdown cell."""
    for name, cell in cells(notebook, "markdown"):
        for found, text in language_blocks(cell["source"])[0]:
            if lang in (None, found):
                yield name, found, parse(text)


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
    return [*_outline_faults(zh, en), *_contents_faults(zh, en), *_alt_faults(zh, en),
            *_translation_faults(zh, en)]


def _outline_faults(zh, en):
    """The first block that the two do not share."""
    for number in range(max(len(zh.outline), len(en.outline))):
        left, right = ([*page.outline, *["nothing"] * 999][number] for page in (zh, en))
        if left != right:
            return [f"block {number + 1} is {left!r} in zh-Hant and {right!r} in en: give "
                    "both the same headings, paragraphs, list items and tables"]
    return []


def _contents_faults(zh, en):
    """Equations, code, links, images and numbers that only one of the two has."""
    faults = []
    for what in ("equations", "code", "links", "images", "numbers"):
        here, there = Counter(getattr(zh, what)), Counter(getattr(en, what))
        for lang, extra in (("zh-Hant", here - there), ("en", there - here)):
            if extra:
                shown = ", ".join(f"{item!r}" for item in extra.elements())
                faults.append(f"{what} that only {lang} has: {shown}; write each as often in both")
    return faults


def _alt_faults(zh, en):
    """Images without an alt text in the language of their page."""
    return [f"image {image!r} needs an alt text in {lang}, not {alt!r}"
            for lang, page in zip(LANGUAGES, (zh, en), strict=True)
            for image, alt in zip(page.images, page.alts, strict=True)
            if not alt.strip() or bool(re.search(f"[{HAN}]", alt)) != (lang == "zh-Hant")]


def _translation_faults(zh, en):
    """A page that is not in its own language."""
    faults = []
    chinese, english = "".join(zh.prose), "".join(en.prose)
    if re.search("[A-Za-z]", chinese) and not re.search(f"[{HAN}]", chinese):
        faults.append("the zh-Hant text has no Chinese character: translate it")
    if len(re.findall(f"[{HAN}]", english)) > len(re.findall("[A-Za-z]", english)):
        faults.append("the en text is mostly Chinese: translate it")
    return faults
