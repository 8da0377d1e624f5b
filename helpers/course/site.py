"""The course as a small static site: every lesson, an index, the glossary, for any browser."""

import re

from helpers import ROOT
from helpers.course import editions, slides
from helpers.course.notebooks import read_notebook
from helpers.course.run import FOLDER, all_lessons
from helpers.files import write_text
from helpers.messages.picker import picker_html

INDEX = """\
![畫出來的人臉，膚色由淺到深 / drawn faces, light to dark skin](../images/synthetic_faces.png)

<div lang="zh-Hant">

# 自編碼器課程

一門用Jupyter教自編碼器的課。這裡是可以直接閱讀的版本；想自己執行，請安裝課程。

{zh}

</div>
<div lang="en">

# A course on autoencoders

A Jupyter course on autoencoders. These pages are for reading;
to run the lessons yourself, install the course.

{en}

</div>"""


def write_site(folder=ROOT / "build" / "site", offline=False):
    """Writes the site into `folder`, from the stored outputs; returns the index page's path.

    offline: copies MathJax into the folder, so that the site works without a network; raises
    slides.MissingPackages where it is not on the disk.
    """
    from nbformat.v4 import new_markdown_cell, new_notebook

    prefix = slides.copy_packages(folder, ["mathjax"]) if offline else slides.CDN
    lessons = {path.stem: read_notebook(path) for path in all_lessons()}
    items = {"zh": "", "en": ""}
    for name, notebook in lessons.items():
        abouts = re.findall(r"^# +(.+)\n\n(.+)$", notebook.cells[0].source, re.MULTILINE)
        for lang, (title, about) in zip(items, abouts, strict=True):
            items[lang] += f"- [{title}]({name}.html)<br>{about}\n"
    texts = {"index": INDEX.format(**items),
             "glossary": (FOLDER / "glossary.md").read_text(encoding="utf-8")}
    pages = {"index": new_notebook(cells=[new_markdown_cell(texts["index"])]), **lessons,
             "glossary": new_notebook(cells=[new_markdown_cell(texts["glossary"])])}
    titles = {name: headings(notebook.cells[0].source) for name, notebook in pages.items()}
    for name, notebook in pages.items():
        page = render(notebook, name, titles, slides.package_url(prefix, "mathjax"))
        write_text(folder / f"{name}.html", page)
    return folder / "index.html"


def headings(text):
    """The first heading in both languages: {"zh": ..., "en": ...}."""
    zh, en = re.findall(r"^# +(.+)$", text, re.MULTILINE)[:2]
    return {"zh": zh, "en": en}


def render(notebook, name, titles, mathjax):
    """One page of the site: the HTML of a notebook with the bar of links and the picker."""
    from nbconvert import HTMLExporter

    editions.drop_notes(notebook)
    editions.drop_picker(notebook)
    notebook.cells = [cell for cell in notebook.cells
                      if "solution" not in cell.metadata.get("tags", [])
                      or cell.metadata.get("jupyter", {}).get("source_hidden")]
    editions.embed_images(notebook)
    editions.describe_figures(notebook)
    editions.relink(notebook, lambda target: re.sub(r"\.(ipynb|md)(?=$|#)", ".html", target))
    notebook.metadata.title = " / ".join(titles[name].values())
    exporter = HTMLExporter(
        template_name="page", extra_template_basedirs=[slides.TEMPLATES],
        language_code="zh", mathjax_url=f"{mathjax}/es5/tex-svg-full.js",
        exclude_input_prompt=True, exclude_output_prompt=True)
    bar = [{"href": f"{page}.html", "current": page == name, **short(page, title)}
           for page, title in titles.items()]
    page, _ = exporter.from_notebook_node(
        notebook, {"metadata": {"name": name}, "pages": bar, "picker": picker_html()})
    return page.replace('<html lang="zh">', '<html lang="zh-Hant">', 1)


def short(page, title):
    """The words of a link in the bar: a lesson's number, another page's title."""
    number = page[:2]
    return {"zh": f"第{number}課", "en": f"Lesson {number}"} if number.isdigit() else title
