"""The page of python -m helpers.score in a browser: complete, readable, in one language or two."""

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe

from helpers.engine.gallery import Shown, write_page

VISIBLE = ("lang => [...document.querySelectorAll(`main [lang=${lang}]`)]"
           ".filter(e => e.offsetParent).length")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A page of two pictures, one of them with an alarm and a name that is long."""
    x = torch.rand(2, 3, 32, 32, generator=torch.manual_seed(0))
    least, most = (Shown(place, name, score, p, x[0], x[1], (x[0] - x[1]).abs().mean(0))
                   for place, name, score, p in ((1, "long" * 60 + "<b>.png", 9.5, 0.01),
                                                 (2, "自拍.png", 0.5, 0.9)))
    path = tmp_path_factory.mktemp("page") / "index.html"
    told = [("score_page_score", {}), ("score_page_p_value", {})]
    text = write_page("faces", told, [least], [most], 0.05)
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_the_page_is_complete_and_accessible(scheme, width, page, address, boxes):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 720})
    page.goto(address)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert page.said == []
    assert page.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.alt)") == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert boxes("body") == []
    found = Axe().run(page, None, {"resultTypes": ["violations"]}).response["violations"]
    assert [f"{v['id']}: {v['nodes'][0]['html'][:100]}" for v in found] == []


def test_one_language_can_be_chosen_and_the_choice_is_not_printed(page, address):
    page.goto(address)
    assert page.evaluate(VISIBLE, "en") == page.evaluate(VISIBLE, "zh-Hant") > 0
    page.check("#pick-en")
    assert page.evaluate(VISIBLE, "zh-Hant") == 0 < page.evaluate(VISIBLE, "en")
    page.emulate_media(media="print")
    assert not page.is_visible(".course-picker")
