"""The two languages of everything helpers says.

`TEXTS` maps a key to its Chinese and its English sentence, both with the same `{fields}`.
`say` shows one to a reader, `both` puts one into an exception.
"""

import html
import os

LANGUAGES = {"zh": "zh-Hant", "en": "en"}  # COURSE_LANG value -> HTML lang attribute

TEXTS = {
    "bad_argument": (
        "參數 {name} 得到 {got}，它只接受：{takes}。",
        "Argument {name} got {got}; it takes: {takes}.",
    ),
}


def chosen_languages():
    """The languages to show in plain text: `("zh", "en")`, or the one that COURSE_LANG names."""
    choice = os.environ.get("COURSE_LANG", "both").lower()
    return (choice,) if choice in LANGUAGES else tuple(LANGUAGES)


def pair(key, **values):
    """The two sentences of `key`, filled in: `{"zh": ..., "en": ...}`.

    Raises KeyError for an unknown key or a missing field.
    """
    return {lang: text.format(**values) for lang, text in zip(LANGUAGES, TEXTS[key])}


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
    """Shows the message `key`: HTML with one `lang` div a language in a notebook, plain elsewhere."""
    show(pair(key, **values))


def show(texts):
    """Shows `{"zh": ..., "en": ...}` as `say` does; line breaks are kept."""
    if in_notebook():
        from IPython.display import display

        divs = "".join(
            f'<div lang="{LANGUAGES[lang]}">{html.escape(text)}</div>'.replace("\n", "<br>")
            for lang, text in texts.items()
        )
        display({"text/html": divs, "text/plain": "\n".join(texts.values())}, raw=True)
        return
    plain = "\n".join(texts[lang] for lang in chosen_languages())
    try:
        print(plain)
    except UnicodeEncodeError:  # a Windows console with a Western code page
        print(plain.encode("ascii", "replace").decode())
