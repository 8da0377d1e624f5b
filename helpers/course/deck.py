"""A lesson as a talk: its cells, arranged into slides.

A slide is a list of cells, the first of which begins it. Every slide has a heading: its own, the
one that its first cell carries as metadata ({"heading": {"zh-Hant": ..., "en": ...}}), or its
topic once more. Tags of cells: `optional` is left out of the core, `hide-input` shows its output
only, `appendix` shows its output and has its code at the end, behind a link.
"""

import html
import io
import re
from base64 import b64decode

from helpers.course import editions
from helpers.messages import LANGUAGES, CourseError, both, pair

MAX_LINES, COLUMNS = 20, 90  # of code and printed text on one slide
LINE, TEXT_WIDTH = 28, 1184  # pixels: the height of such a line, the width of a slide's contents
HEADING = re.compile(r"^#{1,3} +(.+)$", re.MULTILINE)
# The last five characters of a Chinese paragraph: no line holds one or two of them alone
ENDING = re.compile(r"^(?![#|<])(.*[\u4e00-\u9fff，、]{2})([\u4e00-\u9fff，、]{4}[。！？：；]?)$",
                    re.MULTILINE)
# An inline formula and the punctuation after it; two dollars make a displayed one
FORMULA = re.compile(r"(?<![\$\\])(\$[^$\n]+\$)([，。；：、！？）」,.;:!?)]+)")


def deck(notebook, lang, core=False):
    """The notebook as a deck: one language, no solutions, cells arranged into slides.

    core: without the cells tagged `optional`. Raises CourseError where the notebook does not begin
    with a slide that has a title.
    """
    editions.drop_solutions(notebook)
    if core:
        editions.drop_optional(notebook)
    editions.keep_language(notebook, lang)
    editions.unfold_notes(notebook)
    editions.embed_images(notebook)
    first = notebook.cells[0] if notebook.cells else None
    named = first and re.search(r"^# +(.+)$", first.source, re.MULTILINE)
    if not named or first.cell_type != "markdown" or editions.slide_type(first) != "slide":
        raise CourseError(both("slides_no_title", lang=LANGUAGES[lang]))
    notebook.metadata.title = named[1]
    first.source = f'<p class="course">{pair("course_name")[lang]}</p>\n\n{first.source}'
    slides, aside = arrange(notebook.cells)
    topic, appendix = named[1], []
    for slide, code in zip(slides, aside, strict=True):
        topic = give_heading(slide, topic)
        place_figures(slide)
        appendix += put_aside(slide, code, lang) if code else []
    slides += appendix
    notebook.cells = [keep_together(cell) for slide in slides for cell in slide]
    editions.describe_figures(notebook)
    return notebook


def arrange(cells):
    """The cells as slides, and the cells whose code each of them leaves to the appendix."""
    slides, aside = [], []
    for cell in cells:
        used = 0 if begins(cell) else sum(map(height, slides[-1]))
        for part in split(cell, used):
            if begins(part):
                slides.append([])
                aside.append([])
            slides[-1].append(part)
        if "appendix" in tags(cell):
            aside[-1].append(cell)
    return slides, aside


def tags(cell):
    """The tags of a cell."""
    return cell.metadata.get("tags", [])


def begins(cell):
    """Whether a cell begins a slide."""
    return editions.slide_type(cell) in ("slide", "subslide")


def height(cell):
    """About how many lines of code a cell takes the place of on a slide."""
    if editions.slide_type(cell) in ("notes", "skip"):
        return 0
    if cell.cell_type == "code":
        return (cell.source.count("\n") + 1 if cell.source else 0) + len(printed(cell))
    words = re.sub(r"<[^>]+>", "", cell.source)  # pictures are in tags, as data
    wide = sum(2 if character > "\u2e80" else 1 for character in words)
    return 1.5 * wide / 80 + 0.6 * words.count("\n\n")


def printed(cell):
    """The lines of text that a code cell has printed, as they break on a slide."""
    return [line[start:start + COLUMNS] for output in cell.outputs if "text" in output
            for line in output.text.rstrip().split("\n")
            for start in range(0, len(line) or 1, COLUMNS)]


def figures(cell):
    """The sizes of the figures in a code cell's outputs, in pixels."""
    from PIL import Image

    kinds = [(output, editions.figure_type(output)) for output in cell.get("outputs", [])]
    return [Image.open(io.BytesIO(b64decode(output.data[kind]))).size
            for output, kind in kinds if kind]


def split(cell, used=0):
    """A code cell as one or two cells, so that code and what it shows both fit their slides.

    used: lines that the slide holds already.
    """
    from nbformat import from_dict

    kind = editions.slide_type(cell)
    if cell.cell_type != "code" or kind == "skip":
        return [cell]
    output_only = {"hide-input", "appendix"} & set(tags(cell))
    room = 0.8 * sum(min(520, TEXT_WIDTH * high / wide) for wide, high in figures(cell)) / LINE
    if output_only and not cell.outputs:
        return []
    if not output_only and (not cell.outputs or used + height(cell) + room <= MAX_LINES):
        return [cell]
    shown = from_dict({**cell, "id": f"{cell.id}-shown", "source": ""})
    shown.metadata = from_dict({
        **cell.metadata, "slideshow": {"slide_type": kind if output_only else "subslide"},
        "transient": {"remove_source": True}})
    code = from_dict({**cell, "outputs": []})
    return [shown] if output_only else [code, shown]


def give_heading(slide, topic):
    """Lets a slide begin with a heading; returns its topic, which later slides may repeat."""
    from nbformat.v4 import new_markdown_cell

    first = slide[0]
    if first.cell_type == "markdown" and (found := HEADING.search(first.source)):
        return topic if found[0].startswith("###") else found[1]
    own = "".join(first.metadata.get("heading", {}).values())
    source = f"## {own}" if own else f'<div class="continued">\n\n## {topic}\n\n</div>'
    show = first.metadata.pop("slideshow")
    first.metadata.slideshow = {"slide_type": "-"}
    slide.insert(0, new_markdown_cell(source, id=f"{first.id}-title",
                                      metadata={"slideshow": show}))
    return topic


def place_figures(slide):
    """A figure that is not wide stands beside the words that follow it, if there are any."""
    drawn = [number for number, cell in enumerate(slide) if figures(cell)]
    sizes = [size for cell in slide for size in figures(cell)]
    if sizes:
        beside = (len(sizes) == 1 and sizes[0][0] < 1.9 * sizes[0][1]
                  and any(map(has_words, slide[drawn[0]:])))
        slide[0].metadata.slideshow.data = {"layout": "beside" if beside else "across"}


def has_words(cell):
    """Whether a slide shows words of a cell, beside headings and pictures."""
    if editions.slide_type(cell) in ("notes", "skip"):
        return False
    if cell.cell_type == "code":
        return bool(cell.source or printed(cell))
    return bool(re.sub(r"<[^>]+>", "", HEADING.sub("", cell.source)).strip())


def put_aside(slide, code, lang):
    """The slides of the appendix that hold the cells `code`; `slide` gets a link to the first."""
    from nbformat.v4 import new_code_cell, new_markdown_cell

    there, back, appendix = (pair(f"slides_{key}")[lang]
                             for key in ("to_code", "from_code", "appendix"))
    title = f"## {appendix}{HEADING.search(slide[0].source)[1]}\n\n{jump(slide[0].id, back)}"
    found = []
    for cell in code:
        lines = cell.source.count("\n") + 2
        if not found or sum(map(height, found[-1])) + lines > MAX_LINES:
            found.append([new_markdown_cell(title, id=f"{cell.id}-aside", metadata={
                "slideshow": {"slide_type": "subslide" if found else "slide"}})])
        found[-1].append(new_code_cell(cell.source, id=f"{cell.id}-code", metadata={
            "slideshow": {"slide_type": "-"}}))
    slide.append(new_markdown_cell(jump(found[0][0].id, there), id=f"{slide[0].id}-link",
                                   metadata={"slideshow": {"slide_type": "-"}}))
    return found


def jump(cell_id, words):
    """A link to the slide of another cell; the deck's script knows where that is."""
    return f'<p class="jump"><a href="#" data-to="cell-id={cell_id}">{html.escape(words)}</a></p>'


def keep_together(cell):
    """A formula and its punctuation, the end of a paragraph: each on one line. Steps of code."""
    if cell.cell_type == "markdown":
        cell.source = FORMULA.sub(r'<span class="together">\1\2</span>', cell.source)
        cell.source = ENDING.sub(r'\1<span class="together">\2</span>', cell.source)
    return stepped(cell) if cell.cell_type == "code" and "steps" in cell.metadata else cell


def stepped(cell):
    """A code cell that is gone through in steps, "1-3|5-8": lines that stand out, one by one.

    reveal's own highlighting does it, which needs the code as it is, in a pre element.
    """
    from nbformat.v4 import new_markdown_cell

    return new_markdown_cell(
        f'<pre class="stepped"><code class="language-python" data-line-numbers="'
        f'{cell.metadata.steps}">{html.escape(cell.source)}</code></pre>',
        id=cell.id, metadata={"slideshow": cell.metadata.slideshow})
