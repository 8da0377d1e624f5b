"""The two languages of everything helpers says.

`TEXTS` maps a key to its Chinese and its English sentence, both with the same `{fields}`; they
stand in the modules of this package, by subject. `say` shows one to a reader, `both` puts one
into an exception, `bad` makes the exception for a wrong argument.
"""

import html
import re
import sys

from helpers.messages import (
    environment,
    faces,
    front,
    lessons,
    measured,
    pictures,
    scores,
    training,
)
from helpers.messages.settings import setting

LANGUAGES = {"zh": "zh-Hant", "en": "en"}  # COURSE_LANG value -> HTML lang attribute
TEXTS = {key: texts
         for subject in (environment, faces, front, lessons, measured, pictures, scores,
                         training)
         for key, texts in subject.TEXTS.items()}


class CourseError(RuntimeError):
    """Something that a reader can mend; its text says how, in both languages."""


def chosen_languages():
    """The languages to show in plain text: `("zh", "en")`, or the one that COURSE_LANG names."""
    choice = setting("COURSE_LANG").lower()
    return (choice,) if choice in LANGUAGES else tuple(LANGUAGES)


def pair(key, **values):
    """The two sentences of `key`, filled in: `{"zh": ..., "en": ...}`.

    Raises KeyError for an unknown key or a missing field.
    """
    return {lang: text.format(**values) for lang, text in zip(LANGUAGES, TEXTS[key], strict=True)}


def both(key, **values):
    """The sentences of `key`, one under the other: the text of an exception."""
    return "\n".join(pair(key, **values).values())


def bad(name, got, takes):
    """The ValueError for an argument `name` that got something else than it `takes`.

    got, takes: texts, or anything whose str() tells what it is.
    """
    return ValueError(both("bad_argument", name=name, got=got, takes=takes))


def words(key, **values):
    """A short text for `--help` or a table, in the chosen languages, on one line."""
    texts = pair(key, **values)
    return " / ".join(texts[lang] for lang in chosen_languages())


def speak_utf8():
    """Lets this program print Chinese whatever the console is: a Western Windows console too."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


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
    """Shows `{"zh": ..., "en": ...}` as `say` does; line breaks are kept.

    A sign that the console's code page lacks becomes "?", and no other one.
    """
    if in_notebook():
        from IPython.display import display

        divs = "".join(
            f'<div lang="{LANGUAGES[lang]}">{_to_html(text)}</div>' for lang, text in texts.items()
        )
        display({"text/html": divs, "text/plain": "\n".join(texts.values())}, raw=True)
        return
    plain = "\n".join(texts[lang] for lang in chosen_languages())
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(plain.encode(encoding, "replace").decode(encoding))
