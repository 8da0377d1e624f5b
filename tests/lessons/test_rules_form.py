"""The rules for form, ids, sections, slides and notes can fail."""

import pytest
from spoilt_lesson import (
    assert_caught,
    drop,
    get,
    metadata,
    move,
    rename,
    replace,
    run,
    samples,
    source,
    text,
)

# rule: [(what is wrong, a word that the fault must contain, how to spoil the good lesson), ...]
BAD = {
    "form": [
        ("live slides", "live slides need", lambda nb: nb["metadata"]["rise"].update(scroll=False)),
        ("old format", "4.5", lambda nb: nb.update(nbformat_minor=4)),
        ("invalid", "not valid", lambda nb: get(nb, "data-shape").pop("outputs")),
        ("kernel", "python3", lambda nb: nb["metadata"]["kernelspec"].update(name="venv")),
        ("metadata of the notebook", "widgets", lambda nb: nb["metadata"].update(widgets={})),
        ("metadata of a cell", "collapsed", metadata("title", collapsed=True)),
        ("metadata of slides", "slideshow", metadata(
            "title", slideshow={"slide_type": "slide", "x": 1})),
        ("typing error in a tag", "solutions", metadata("data-shape", tags=["solutions"])),
        ("tag that hides failures", "nbval-skip", metadata("data-shape", tags=["nbval-skip"])),
        ("raw cell", "raw", lambda nb: get(nb, "title").update(cell_type="raw")),
        ("empty cell", "empty", source(" \n", "training-loop")),
    ],
    "ids": [
        ("none", "no id", lambda nb: get(nb, "theory").pop("id")),
        ("random", "words like", rename("theory", "a1b2c3d4")),
        ("random end", "words like", rename("theory", "theory-3f2a9c1b")),
        ("capitals", "words like", rename("theory", "theory-BCE")),
        ("underscore", "words like", rename("theory", "theory_bce")),
        ("unknown section", "begin with one of", rename("theory", "motivation")),
        ("twice", "unique", rename("theory", "data")),
    ],
    "anatomy": [
        ("missing", "no section fails", drop("fails")),
        ("order", "order", move("quiz", "data")),
        ("no heading", "heading of level 2", text("理論", "theory")),
        ("heading of another level", "heading of level 1", replace("title", "# ", "## ")),
        ("begins with code", "heading of level 2", move("data-shape", "data")),
        ("no start", "start()", source("1", "title-start")),
        ("two reports", "report()", run("lesson.report()")),
    ],
    "slides": [
        ("none", "None", lambda nb: get(nb, "theory")["metadata"].pop("slideshow")),
        ("unknown", "'page'", metadata("theory", slideshow={"slide_type": "page"})),
        ("first", "first cell", metadata("title", slideshow={"slide_type": "subslide"})),
    ],
    "core": [
        ("its heading", "begin its heading", metadata("theory", tags=["optional"])),
        ("a heading without the tag", "tag it so", replace("theory", "## 理論", "## 選讀：理論")),
        ("needed", "core needs ['found']", lambda nb: (
            run("found = 1")(nb), metadata("training-loop", tags=["optional"])(nb),
            source("print(found)", "measured-report")(nb))),
        ("minutes", "add up to 46 minutes", lambda nb: (
            metadata("data-shape", tags=["optional"])(nb),
            replace("training-note", "（2分鐘）", "（44分鐘）")(nb))),
    ],
    "notes": [
        ("sum", "add up to 5 minutes", lambda nb: replace(
            "training-note", "（2分鐘）", "（3分鐘）")(nb)),
        ("open", "begin a note", replace("training-note", "<details>", "")),
        ("one language", "begin a note", replace("training-note", "Speaker's note", "Note")),
        ("none", "but the first says nothing", lambda nb: nb["cells"].remove(
            get(nb, "title-note"))),
    ],
}


@pytest.mark.parametrize(("rule", "word", "spoil"), samples(BAD))
def test_a_bad_lesson_is_caught(rule, word, spoil):
    assert_caught(rule, word, spoil)
