"""Every slide of every deck fits 1280 x 720; an offline deck needs nothing but its folder."""

import re
import subprocess
import sys

import pytest

from helpers import ROOT
from helpers.course import slides
from helpers.course.browser import find_browser
from helpers.course.run import all_lessons
from helpers.messages import LANGUAGES

DECKS = [pytest.param(path, lang, id=f"{path.stem}-{lang}")
         for path in all_lessons() for lang in LANGUAGES]

# Goes through all slides: what sticks out, is cut, broken, covered or too small; answers open, too
FAULTS = """async () => {
 const found = [];
 for (let number = 1; ; number++) {
  await new Promise(requestAnimationFrame);  // a slide is drawn when the next frame comes
  const slide = Reveal.getCurrentSlide(), faults = [];
  const name = (e) => `<${e.tagName.toLowerCase()}> ${e.innerText?.trim().slice(0, 40) ?? ''}`;
  const size = (e) => parseFloat(getComputedStyle(e).fontSize);
  const folded = slide.querySelectorAll('details:not([open])');
  folded.forEach((details) => { details.open = true; });
  const furniture = [...document.querySelectorAll('.slide-number, .controls button.enabled')]
    .map((e) => e.getBoundingClientRect());
  const over = (a, b) => a.left < b.right && b.left < a.right
    && a.top < b.bottom && b.top < a.bottom;
  for (const e of slide.querySelectorAll(':not(aside, aside *, mjx-container *)')) {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (!box.width || !box.height) continue;
    if (box.left < -0.5 || box.top < -0.5 || box.right > innerWidth + 0.5
        || box.bottom > innerHeight + 0.5) faults.push(`leaves the slide: ${name(e)}`);
    if ((e.scrollWidth > e.clientWidth + 1 && style.overflowX !== 'visible')
        || (e.scrollHeight > e.clientHeight + 1 && style.overflowY !== 'visible'))
      faults.push(`is cut: ${name(e)}`);
    const drawn = document.createRange();
    drawn.selectNodeContents(e);
    const ink = e.matches('img') ? [box]
      : e.matches('pre, p, li, td') ? [...drawn.getClientRects()] : [];
    if (ink.some((rect) => furniture.some((other) => over(rect, other))))
      faults.push(`lies under the slide's number or arrows: ${name(e)} ${e.alt ?? ''}`);
    if (e.innerText?.trim() && !e.children.length && size(e) < (e.closest('pre') ? 20.9 : 17))
      faults.push(`too small to read: ${name(e)}`);
    if (e.matches('pre')) {
      const inside = drawn.getBoundingClientRect();
      if (inside.left < box.left || inside.right > box.right + 0.5 || inside.top < box.top)
        faults.push(`letters outside their box: ${name(e)}`);
      const lines = e.textContent.replace(/\\s+$/, '').split('\\n');
      const rows = Math.round((e.clientHeight - 18) / (1.32 * size(e)));
      if (rows > lines.length && Math.max(...lines.map((line) => line.length)) <= 90)
        faults.push(`a broken line: ${name(e)}`);
    }
    if (e.matches('img') && !e.naturalWidth) faults.push(`no picture: ${e.alt}`);
  }
  const pictures = [...slide.querySelectorAll('img:not(.roadmap, .title)')];
  const large = (e) => {  // what the picture itself takes of its box
    const box = e.getBoundingClientRect();
    const scale = Math.min(box.width / e.naturalWidth, box.height / e.naturalHeight);
    return [scale * e.naturalWidth / innerWidth, scale * e.naturalHeight / innerHeight];
  };
  if (pictures.length === 1) {
    const [wide, high] = large(pictures[0]);
    if (wide < 0.65 && high < 0.45)
      faults.push(`a small picture, ${wide.toFixed(2)} x ${high.toFixed(2)}: ${pictures[0].alt}`);
  }
  folded.forEach((details) => { details.open = false; });
  const title = slide.innerText.trim().split('\\n')[0];
  found.push(...faults.slice(0, 3).map((fault) => `slide ${number}, ${title}: ${fault}`));
  if (Reveal.isLastSlide()) return [number, found];
  while (Reveal.availableFragments().next) Reveal.nextFragment();
  Reveal.next();
 }
}"""


@pytest.fixture(scope="module")
def stick(tmp_path_factory, packages):
    """A folder, as on a memory stick, with all offline decks."""
    folder = tmp_path_factory.mktemp("stick")
    return {(path.stem, lang): slides.write_deck(path, lang, folder, offline=True)
            for path in all_lessons() for lang in LANGUAGES}


def open_deck(page, deck):
    page.goto(deck.as_uri())
    page.wait_for_function("window.MathJax?.startup?.promise && Reveal.isReady()")
    page.evaluate("MathJax.startup.promise.then(() => 0)")


@pytest.mark.parametrize("path, lang", DECKS)
def test_every_slide_fits(page, stick, path, lang, boxes):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    open_deck(page, stick[path.stem, lang])
    page.wait_for_timeout(200)
    count, faults = page.evaluate(FAULTS)
    assert faults == [], "\n".join(faults)
    assert count == page.evaluate("Reveal.getTotalSlides()")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")  # no field of the deck eats the arrow keys
    assert page.evaluate("Reveal.getSlidePastCount()") == 1
    assert boxes(".reveal .jp-RenderedHTMLCommon") == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert page.said == []


def test_the_overview_shows_the_figures(page, stick):
    open_deck(page, stick["01_autoencoder", "en"])
    page.evaluate("""(() => { const at = Reveal.getIndices(
        document.querySelectorAll('.slides img.figure')[8].closest('section'));
        Reveal.slide(at.h, at.v); })()""")
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    sizes = page.evaluate("""[...document.querySelectorAll('.slides img.figure')]
        .filter((e) => e.closest('section').style.display !== 'none'
            && e.closest('section').parentElement.style.display !== 'none')
        .map((e) => [e.clientWidth, e.clientHeight])""")  # reveal hides those far away
    assert len(sizes) > 1 and all(wide > 300 and high > 80 for wide, high in sizes), sizes


def test_code_is_gone_through_line_by_line(page, stick):
    """The model's class: one group of lines after another stands out, all of them are there."""
    open_deck(page, stick["01_autoencoder", "en"])
    there = """(() => { const found = document.querySelector('pre.stepped').closest('section');
        const at = Reveal.getIndices(found); Reveal.slide(at.h, at.v); })()"""
    page.evaluate(there)
    bright = """[...Reveal.getCurrentSlide().querySelectorAll('code:not(.fragment:not(.visible))')]
        .pop().querySelectorAll('tr.highlight-line').length"""
    steps = []
    for _ in range(3):
        steps.append(page.evaluate(bright))
        page.keyboard.press("ArrowRight")
    assert steps == [9, 6, 5]
    lines = page.locator("pre.stepped").first.locator("code").first.locator("tr")
    assert lines.count() == 21
    assert lines.nth(5).inner_text().strip("\n\t0123456789 ").startswith("nn.Conv2d")
    assert "            nn.Conv2d" in lines.nth(5).text_content(), "indented as in the notebook"


def test_a_link_leads_to_the_code_and_back(page, stick):
    open_deck(page, stick["01_autoencoder", "en"])
    page.evaluate("""(() => { const at = Reveal.getIndices(
        document.querySelector('.jump').closest('section')); Reveal.slide(at.h, at.v); })()""")
    heading = "Reveal.getCurrentSlide().querySelector('h2, h3').innerText"
    here = page.evaluate(heading)
    page.locator("section.present section.present .jump a").click()
    assert page.evaluate(heading) == f"Appendix: {here}"
    page.locator("section.present section.present .jump a").click()
    assert page.evaluate(heading) == here


@pytest.mark.parametrize("lang", LANGUAGES)
def test_mathematics_renders(page, stick, lang):
    open_deck(page, stick["01_autoencoder", lang])
    assert page.locator("mjx-container").count() > 20
    assert page.locator("mjx-merror").count() == 0
    words = page.evaluate("document.querySelector('.slides').textContent")
    assert not re.search(r"\\frac|\\sum|\\hat|\$", words)


def test_speaker_view_shows_the_note(page, stick):
    open_deck(page, stick["01_autoencoder", "en"])
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    notes = popup.value.locator(".speaker-controls-notes .value")
    notes.get_by_text("Speaker's note").wait_for()
    assert "minute" in notes.inner_text()


def test_slide_numbers_count_all_slides(page, stick):
    open_deck(page, stick["01_autoencoder", "zh"])
    page.keyboard.press("ArrowRight")
    count = page.evaluate("Reveal.getTotalSlides()")
    assert page.locator(".slide-number").inner_text().split() == ["2", "/", str(count)]


def print_in_its_own_process(deck, pdf, seconds, browser=None):
    code = ("import sys; from helpers.course.browser import print_deck; print(print_deck("
            "*sys.argv[1:4], float(sys.argv[4])))")
    arguments = [browser or find_browser(), deck.as_uri(), str(pdf), str(seconds)]
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True,
                          encoding="utf-8", cwd=ROOT)


def test_pdf_has_a_page_for_each_slide(chromium, stick, tmp_path):
    done = print_in_its_own_process(stick["01_autoencoder", "en"], tmp_path / "deck.pdf", 60)
    assert done.returncode == 0, done.stderr
    pdf = (tmp_path / "deck.pdf").read_bytes()
    pages = re.findall(rb"/Type\s*/Page\b", pdf)
    assert pdf.startswith(b"%PDF") and len(pages) == int(done.stdout) > 40


def test_pdf_of_a_page_without_reveal_fails_in_words(chromium, tmp_path):
    (tmp_path / "page.html").write_text("<p>no reveal</p>", encoding="utf-8")
    done = print_in_its_own_process(tmp_path / "page.html", tmp_path / "x.pdf", 1)
    assert "OSError: " in done.stderr and "Timeout" in done.stderr
    assert not (tmp_path / "x.pdf").exists()


def test_a_browser_that_does_not_start_fails_in_words(tmp_path):
    done = print_in_its_own_process(tmp_path / "page.html", tmp_path / "x.pdf", 5, sys.executable)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("OSError: ") and "playwright" not in last
