"""Pages beside the notebooks (README.md, docs/): both languages side by side.

Chinese stands in a <div lang="zh-Hant">, English in the <div lang="en"> right after it, as in a
lesson. What both share stands outside: code, and headings, table cells and captions that say it
twice, as "中文 · English", or one under the other with <br>.
"""

import re

from .chinese import glossary_faults, manner_faults, simplified_faults, typography_faults
from .languages import LANGUAGES, twins
from .markdown import EDGE, HAN, WIDE, bold_faults, parse

DIV = re.compile(r'^<div lang="([\w-]+)">$\n(.*?)\n^</div>$', re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TWO = re.compile(r"\n| · | / |<br>")  # between two languages in one cell or line
ENGLISH = re.compile(r"\b[a-z]{3,}\b")


def shared(page):
    """What stands outside the language divs."""
    return DIV.sub("", page)


def halves(page):
    """The Chinese and the English of a page, those of the shared lines among them."""
    sides = {lang: [text for found, text in DIV.findall(page) if found == lang]
             for lang in LANGUAGES}
    prose = re.sub(r"^```.*?^```$", "", shared(page), flags=re.DOTALL | re.MULTILINE)
    for part in re.split(r"\n|\||<br>| · ", prose):
        sides[LANGUAGES[not re.search(f"[{HAN}]", part)]].append(part)
    return tuple("\n".join(sides[lang]) for lang in LANGUAGES)


def page_faults(page, forbidden):
    """What is wrong with the two languages of a page."""
    divs = "\n".join(match[0] for match in DIV.finditer(page))
    faults = twins({"cells": [{"cell_type": "markdown", "id": "page", "source": divs}]})
    faults += bold_faults(page)
    for lang, text in DIV.findall(page):
        for words in (found := parse(text)).prose + found.alts:
            faults += language_faults(words, lang, forbidden)
        if HEADING.search(re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)):
            faults.append("headings stand outside the divs, once, as ## 中文 · English")
    outside = parse(shared(page))
    for words in outside.prose + outside.alts:
        faults += shared_faults(words, forbidden)
    return faults + [f"heading {words!r}: write ## 中文 · English" for words in HEADING.findall(
        re.sub(r"^```.*?^```$", "", shared(page), flags=re.DOTALL | re.MULTILINE))
        if re.search("[A-Za-z]", words) and not re.search(f"[{HAN}].* · .*[A-Za-z]", words)]


def language_faults(words, lang, forbidden):
    """Faults of a text in one language."""
    if lang == "zh-Hant":
        return [*glossary_faults(words, forbidden), *manner_faults(words),
                *simplified_faults(words), *typography_faults(words)]
    found = re.findall(f"[{WIDE.replace('…', '').replace('—', '')}]", words)
    return [f"full-width {''.join(found)!r} in English: write half-width"] if found else []


def shared_faults(words, forbidden):
    """Faults of a text that should say it in both languages, or is a number, a name or code."""
    parts = [part for part in TWO.split(words) if part.replace(EDGE, "").strip()]
    zh = [part for part in parts if re.search(f"[{HAN}]", part)]
    en = [part for part in parts if part not in zh and re.search("[A-Za-z]", part)]
    faults = [fault for part in zh for fault in language_faults(part, "zh-Hant", forbidden)]
    faults += [fault for part in en for fault in language_faults(part, "en", forbidden)]
    if len(zh) > len(en) or not zh and len(ENGLISH.findall(words)) >= 3:
        faults.append(f"{words[:60]!r} is in one language only: write 中文 · English, or move it "
                      "into the divs")
    return faults
