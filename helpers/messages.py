"""The two languages of everything helpers says.

`TEXTS` maps a key to its Chinese and its English sentence, both with the same `{fields}`; most
stand in texts_*.py, by subject.
`say` shows one to a reader, `both` puts one into an exception.
"""

import html
import os
import re

from helpers import texts_environment, texts_faces, texts_front, texts_training

LANGUAGES = {"zh": "zh-Hant", "en": "en"}  # COURSE_LANG value -> HTML lang attribute

TEXTS = {
    "bad_argument": (
        "參數{name}收到{got}；它只接受：{takes}。",
        "Argument {name} got {got}; it takes: {takes}.",
    ),
    "check_right": ("正確！", "Right!"),
    "check_unfinished": (
        "還沒有完成：請把`raise NotImplementedError`換成你的程式碼，再執行一次。",
        "Not done yet: replace `raise NotImplementedError` with your code and run it again.",
    ),
    "check_crashed": (
        "你的程式碼執行時出錯：{error}",
        "Your code raised an error: {error}",
    ),
    "lesson_drawn_only": (
        "這一課需要每張臉的真實因素，所以只用畫出來的人臉，不用LFW。",
        "This lesson needs the true factors of every face, so it uses drawn faces only, not LFW.",
    ),
}
for subject in (texts_environment, texts_faces, texts_front, texts_training):
    TEXTS |= subject.TEXTS


# Radio buttons and CSS only: no script, no extension. :has() works page-wide in JupyterLab,
# and in exported HTML. Every rule is scoped, since JupyterLab's page itself is lang="en".
PICKER = """\
<style>
.course-picker label {{ margin-right: 1.2em; cursor: pointer; }}
:root:has(#pick-zh:checked) :is(.jp-RenderedMarkdown, .jp-RenderedHTMLCommon) [lang=en],
:root:has(#pick-en:checked) :is(.jp-RenderedMarkdown, .jp-RenderedHTMLCommon) [lang=zh-Hant]
{{ display: none; }}
</style>
<fieldset class="course-picker" style="border: 1px solid #888; padding: .4em 1em">
<legend>語言 Language</legend>
<label><input type="radio" name="course-language" id="pick-zh" {zh}> 中文</label>
<label><input type="radio" name="course-language" id="pick-en" {en}> English</label>
<label><input type="radio" name="course-language" id="pick-both" {both}> 兩者 both</label>
</fieldset>"""


def picker_html():
    """The language picker as HTML; COURSE_LANG (zh, en, both) is its first choice."""
    choice = os.environ.get("COURSE_LANG", "both").lower()
    choice = choice if choice in LANGUAGES else "both"
    return PICKER.format(**{c: "checked" if c == choice else "" for c in (*LANGUAGES, "both")})


class CourseError(RuntimeError):
    """Something that a reader can mend; its text says how, in both languages."""


def chosen_languages():
    """The languages to show in plain text: `("zh", "en")`, or the one that COURSE_LANG names."""
    choice = os.environ.get("COURSE_LANG", "both").lower()
    return (choice,) if choice in LANGUAGES else tuple(LANGUAGES)


def pair(key, **values):
    """The two sentences of `key`, filled in: `{"zh": ..., "en": ...}`.

    Raises KeyError for an unknown key or a missing field.
    """
    return {lang: text.format(**values) for lang, text in zip(LANGUAGES, TEXTS[key], strict=True)}


def both(key, **values):
    """The sentences of `key`, one under the other: the text of an exception."""
    return "\n".join(pair(key, **values).values())


def in_notebook():
    """True where the reader sees HTML: inside a Jupyter kernel."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return hasattr(get_ipython(), "kernel")


def say(key, **values):
    """Shows the message `key`: HTML with a `lang` div each in a notebook, plain text elsewhere."""
    show(pair(key, **values))


def _to_html(text):
    text = html.escape(text, quote=False).replace("\n", "<br>")
    return re.sub("`([^`]+)`", r"<code>\1</code>", text)


def show(texts):
    """Shows `{"zh": ..., "en": ...}` as `say` does; line breaks are kept."""
    if in_notebook():
        from IPython.display import display

        divs = "".join(
            f'<div lang="{LANGUAGES[lang]}">{_to_html(text)}</div>' for lang, text in texts.items()
        )
        display({"text/html": divs, "text/plain": "\n".join(texts.values())}, raw=True)
        return
    plain = "\n".join(texts[lang] for lang in chosen_languages())
    try:
        print(plain)
    except UnicodeEncodeError:  # a Windows console with a Western code page
        print(plain.encode("ascii", "replace").decode())
