"""The language picker: radio buttons that hide the other language of a page."""

from helpers.messages import LANGUAGES
from helpers.messages.settings import setting

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


def is_picker(text):
    """Whether `text` is picker_html(), whatever its first choice."""
    return text.replace(" checked>", " >") == PICKER.format(zh="", en="", both="")


def picker_html():
    """The language picker as HTML; COURSE_LANG (zh, en, both) is its first choice."""
    choice = setting("COURSE_LANG").lower()
    choice = choice if choice in LANGUAGES else "both"
    return PICKER.format(**{c: "checked" if c == choice else "" for c in (*LANGUAGES, "both")})
