"""A page of the least and the most normal pictures: one HTML file, without scripts or a network.

Shape letters: C, H, W.
"""

import base64
import html
import io
from typing import NamedTuple

import matplotlib
import numpy as np
import torch
from PIL import Image
from torch.nn.functional import adaptive_avg_pool2d

from helpers.engine.left_out import shown as one_line
from helpers.messages import LANGUAGES, pair
from helpers.messages.picker import picker_html

SIDE = 256  # pixels that a picture of the page has, at most
COLOURS = "magma"  # even steps for the eye, with or without colour; black: no error

# Nothing is fetched and nothing runs, whatever a file's name may hold
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b2730; --soft: #51606b; --line: #c8d0d6;
  --alarm: #a33b00; }
@media (prefers-color-scheme: dark) { :root { --paper: #14191d; --ink: #e8edf0; --soft: #a9b6bf;
  --line: #3d4a54; --alarm: #ff9d5c; } }
body { max-width: 1400px; margin: 0 auto; padding: 16px 24px 60px; background: var(--paper);
  color: var(--ink); font: 18px/1.5 "Noto Sans", "Segoe UI", "Helvetica Neue", Arial,
  "Noto Sans CJK TC", "PingFang TC", "Microsoft JhengHei", sans-serif; }
h1 { font-size: 1.7em; line-height: 1.3; margin: .6em 0; overflow-wrap: anywhere; }
h2 { font-size: 1.35em; margin: 1.6em 0 .6em; }
h1 span, h2 span { display: block; }
.course-picker { border-color: var(--line); max-width: max-content; }
.said { display: grid; margin: .5em 0; gap: 0 2em;
  grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); }
.scale { display: flex; flex-wrap: wrap; gap: 2px 14px; align-items: center; }
.scale img { width: 260px; height: 22px; border: 1px solid var(--line); }
ol { list-style: none; margin: 0; padding: 0; display: grid; gap: 18px;
  grid-template-columns: repeat(auto-fill, minmax(410px, 1fr)); }
li { border: 1px solid var(--line); border-radius: 6px; padding: 10px 12px; break-inside: avoid; }
li.alarm { border: 3px solid var(--alarm); padding: 8px 10px; }
li p { margin: 0; overflow-wrap: anywhere; }
.numbers { display: flex; flex-wrap: wrap; gap: 0 14px; font-variant-numeric: tabular-nums; }
.numbers .place { color: var(--soft); }
.numbers .raised { color: var(--alarm); font-weight: 700; }
.pictures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px; margin: 6px 0; }
figure { margin: 0; }
figure img { display: block; width: 100%; aspect-ratio: 1; }
.pixels img { image-rendering: pixelated; }
figcaption, .file { font-size: 15px; color: var(--soft); }
@media (max-width: 480px) { ol { grid-template-columns: 1fr; } body { padding: 8px; } }
@media print { body { font-size: 11pt; max-width: none; padding: 0; }
  :root { --paper: #fff; --ink: #000; --soft: #333; --line: #999; --alarm: #a33b00; }
  .course-picker { display: none; } img { print-color-adjust: exact; }
  ol { grid-template-columns: repeat(2, 1fr); } }
"""


class Shown(NamedTuple):
    """A picture of the page: (3, H, W) float, its reconstruction, and (H, W) their difference."""

    place: int  # 1: the least normal of all
    file: str
    score: float
    p_value: float
    picture: torch.Tensor
    reconstruction: torch.Tensor
    error: torch.Tensor


def shrunk(x):
    """A picture (C, H, W) with SIDE pixels a side, if it has more."""
    return adaptive_avg_pool2d(x, SIDE) if x.shape[-1] > SIDE else x


def write_page(name, sentences, least, most, rate):
    """The page, a text. name: of the folder. sentences: what stands above, (key, values) each.

    least, most: lists of Shown, in the order of the page. rate: the p-value that is an alarm.
    """
    name, shown = one_line(name), [*least, *most]
    top = max(0.01, float(np.quantile(np.stack([item.error for item in shown]), 0.99)))
    kind = ' class="pixels"' if shown[0].picture.shape[-1] < 128 else ""  # sharp squares
    parts = [picker_html(), f"<h1>{twins('score_page_title', name=name)}</h1>",
             *(paragraph(key, **values) for key, values in sentences), scale(top)]
    for key, items in (("score_page_least", least), ("score_page_most", most)):
        if items:
            cards = "\n".join(card(item, top, rate) for item in items)
            parts.append(f"<h2>{twins(key, n=len(items))}</h2>\n<ol{kind}>\n{cards}\n</ol>")
    title = html.escape(" · ".join(pair("score_page_title", name=name).values()))
    body = "\n".join(parts)
    return f"""<!DOCTYPE html>
<html lang="zh-Hant">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<main class="jp-RenderedHTMLCommon">
{body}
</main>
</body>
</html>
"""


def twins(key, **values):
    """The sentences of `key`, escaped, each in a span of its language."""
    return " ".join(f'<span lang="{LANGUAGES[lang]}">{html.escape(text)}</span>'
                    for lang, text in pair(key, **values).items())


def paragraph(key, **values):
    """The sentences of `key` beside one another, or under one another where there is no room."""
    return f'<p class="said">{twins(key, **values)}</p>'


def scale(top):
    """The bar of colours with its numbers, 0 to `top`."""
    words = " ".join(pair("score_page_scale").values())
    bar = image(coloured(torch.arange(256)[None] / 255, 1), words)
    return (f'{paragraph("score_page_scale")}\n<p class="scale"><span>0</span> {bar} '
            f'<span>{top:.2f} {twins("score_page_and_more")}</span></p>')


def card(item, top, rate):
    """The three pictures of a Shown, and its numbers."""
    alarm, file = item.p_value <= rate, one_line(item.file)
    raised = f'<span class="raised">{twins("score_page_alarm")}</span>' if alarm else ""
    figures = "".join(
        f"<figure>{image(pixels, described(name, file))}"
        f"<figcaption>{twins(f'score_page_{name}')}</figcaption></figure>"
        for name, pixels in (("picture", plain(item.picture)),
                             ("reconstruction", plain(item.reconstruction)),
                             ("error", coloured(item.error, top))))
    return f"""<li{' class="alarm"' if alarm else ""}>
<p class="numbers"><span class="place">{item.place}</span>
<span>{twins("score_page_value")} {item.score:.2f}</span>
<span>p = {item.p_value:.3g}</span> {raised}</p>
<div class="pictures">{figures}</div>
<p class="file">{html.escape(file)}</p>
</li>"""


def described(name, file):
    """What a picture of the page shows, in both languages, for who cannot see it."""
    return f"{' '.join(pair(f'score_page_{name}_of').values())} {file}"


def plain(x):
    """(3, H, W) in [0, 1] -> a picture."""
    return Image.fromarray((255 * x).round().to(torch.uint8).permute(1, 2, 0).numpy())


def coloured(error, top):
    """(H, W) -> a picture in COLOURS, from 0 to `top` and above."""
    picture = Image.fromarray((255 * (error / top).clamp(0, 1)).round().to(torch.uint8).numpy())
    colours = matplotlib.colormaps[COLOURS](np.arange(256))[:, :3]
    picture.putpalette((255 * colours).round().astype(np.uint8).tobytes())
    return picture


def image(picture, alt):
    """An <img> that holds the picture itself."""
    stored = io.BytesIO()
    picture.save(stored, "PNG", optimize=True)
    data = base64.b64encode(stored.getvalue()).decode()
    return f'<img src="data:image/png;base64,{data}" alt="{html.escape(alt)}">'
