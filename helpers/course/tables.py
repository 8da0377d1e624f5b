"""Tables of docs/measured.md: numbers in figures, names in the words of both languages."""

import re

from helpers.messages import TEXTS, pair

UNITS = {"": "", "x": "×", "deg": "°"}  # others follow their number after a space


def unit(name):
    """The unit that a name implies; reports say it themselves."""
    return "dB" if "psnr" in name else "nats" if "bce" in name else ""


def called(name, kind="measured", between="<br>"):
    """A name in words of both languages; in code where the course has no words for it."""
    for known in (name, re.sub(r"\d+", "N", name)):  # pca_64_psnr, pca_N_psnr
        key = f"{kind}_" + re.sub(r"\W+", "_", known)
        if key in TEXTS:
            return between.join(pair(key, n="".join(re.findall(r"\d+", name))).values())
    return f"`{name}`"


def with_interval(entry, of=""):
    """A value with its unit and, where it has one, its interval: 22.26 dB (22.02–22.51), 14/17."""
    mark = "/" + of[3:] if of.startswith("of ") else UNITS.get(of, f" {of}")
    text = shown(entry["value"]) + mark
    if "low" in entry:
        text += f" ({figures(entry['low'])}–{figures(entry['high'])})"
    return text


def shown(value):
    """A number in figures; a word, such as float32, in code; a dash for None."""
    if value is None:
        return "–"
    return f"`{value}`" if isinstance(value, str) else figures(value)


def figures(value):
    """Four significant figures; large numbers whole, with thousands separators."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def cell(key):
    """A sentence in both languages, one under the other in a cell."""
    return "<br>".join(pair(key).values())


def line(key):
    """A sentence in both languages, side by side."""
    return " · ".join(pair(key).values())


def table(heads, rows):
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in lines)
