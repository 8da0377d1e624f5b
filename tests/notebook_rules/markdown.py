"""What a Markdown text is made of, as CommonMark reads it; bold that is not bold."""

import html
import re
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

# Code comes first in the alternatives: a $ in code is no mathematics
CODE_OR_MATH = re.compile(
    r"(?P<fence>^ *(?P<mark>```+|~~~+).*?^ *(?P=mark) *$)"
    r"|(?P<span>(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<math>\$\$.+?\$\$|\\begin\{(?P<env>\w+\*?)\}.+?\\end\{(?P=env)\}"
    r"|(?<![\\$])\$(?!\$)(?:\\.|[^$\\])+?\$(?!\$))",
    re.DOTALL | re.MULTILINE,
)
# What stands in the place of an equation is punctuation, as JupyterLab's @@ is: bold ends at it
MATH = "\u205c"
CODE, EDGE = "\ue001", "\ue002"  # in the place of code; where markup was
STAR = "\u2217"  # an asterisk that the author wants to be seen: \*
HAN = "\u3400-\u9fff\uf900-\ufaff"
WIDE = "，。；：？！（）「」『』、《》〈〉…—"  # full-width punctuation
NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")
OUTLINE = {"bullet_list": "list", "ordered_list": "numbered list", "blockquote": "quote",
           "hr": "thematic break"}

# Without text_join an escaped character stays apart from the text around it
_parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")
_parser.validateLink = lambda url: True  # the rule for links judges them all, as they are written
_parser.normalizeLink = lambda url: url


@dataclass
class Page:
    """What a Markdown text is made of; `prose` holds a text for each paragraph or table's cell."""

    outline: list = field(default_factory=list)
    prose: list = field(default_factory=list)
    equations: list = field(default_factory=list)
    code: list = field(default_factory=list)
    links: list = field(default_factory=list)
    images: list = field(default_factory=list)
    alts: list = field(default_factory=list)

    @property
    def numbers(self):
        """Numbers in the prose, without thousands separators: 12,288 is 12288."""
        return [n.replace(",", "") for text in self.prose + self.alts for n in NUMBER.findall(text)]


def parse(text):
    """The Page of a Markdown text. Mathematics is lifted out first, as JupyterLab does."""
    page = Page()

    def lift(match):
        if not match["math"]:
            return match[0]
        words = re.sub(r"\\(?:text|mbox|textbf|textit)\{[^{}]*\}", r"\\text{}", match["math"])
        page.equations.append(re.sub(r"\s+", "", words))
        return MATH

    text = CODE_OR_MATH.sub(lift, text)
    # The parser strips full-width spaces from a paragraph's ends, where the rules look for them
    tokens = _parser.parse(re.sub("(?<!\\*)(?=\u3000)|(?<=\u3000)(?!\\*)", EDGE, text))
    _read_blocks(SyntaxTreeNode(tokens).children, page)
    page.prose = [line for line in page.prose if line.strip()]
    return page


def _read_blocks(nodes, page):
    """Adds block nodes and what is inside them to the page."""
    for node in nodes:
        if node.type == "inline":
            page.prose.append(_inline(node, page))
        elif node.type in ("fence", "code_block"):
            page.outline.append("code block")
            page.code.append(node.content.strip())
        elif node.type == "html_block":
            page.outline.append("html " + " ".join(re.findall(r"</?(\w+)", node.content)))
            page.prose.append(_html(node.content, page))
        elif node.type == "table":
            rows = [row.children for part in node.children for row in part.children]
            page.outline.append(f"table {len(rows)}x{len(rows[0])}")
            _read_blocks([text for row in rows for cell in row for text in cell.children], page)
        else:
            if not _is_item_text(node):
                level = f" {node.tag[1]}" if node.type == "heading" else ""
                page.outline.append(OUTLINE.get(node.type, node.type.replace("_", " ")) + level)
            _read_blocks(node.children, page)


def _is_item_text(node):
    """An item's own first paragraph is the item, not one more."""
    return (node.type == "paragraph" and node.parent.type == "list_item"
            and node.previous_sibling is None)


def _inline(node, page):
    """The plain text inside a node, with placeholders for code, equations and markup."""
    return "".join(_words(child, page) for child in node.children)


def _words(node, page):
    """The plain text of one inline node; code, links and images go to the page."""
    if node.type == "text":
        return node.content
    if node.type == "text_special":  # \* or &#42;
        return node.content.replace("*", STAR)
    if node.type == "code_inline":
        page.code.append(node.content.strip())
        return CODE
    if node.type == "html_inline":
        return _html(node.content, page)
    if node.type in ("softbreak", "hardbreak"):
        return " " if node.type == "softbreak" else "\n"  # what a browser shows for it
    text = _inline(node, page)
    if node.type == "image":
        page.images.append(node.attrs["src"])
        page.alts.append(text)
        return EDGE
    if node.type == "link":
        page.links.append(node.attrs["href"])
        if text.startswith(("http://", "https://")):  # <https://...> is no prose
            return EDGE
    return EDGE + text + EDGE


def _html(raw, page):
    """The text of a piece of HTML; its images and links go to the page."""
    for tag in re.findall(r"<(?:img|a)\b[^>]*>", raw):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if tag.startswith("<img"):
            page.images.append(attributes.get("src", ""))
            page.alts.append(attributes.get("alt", ""))
        elif "href" in attributes:
            page.links.append(attributes["href"])
    raw = re.sub(r"<br\s*/?>|</?(?:summary|details|p|div)\b[^>]*>", "\n", raw)
    return html.unescape(re.sub(r"<[^>]*>", EDGE, raw))


def near(text, match):
    """The surroundings of a match in prose, as a reader sees them."""
    words = text[max(match.start() - 8, 0):match.end() + 8]
    for mark, shown in ((MATH, "$..$"), (CODE, "`..`"), (EDGE, ""), (STAR, "*")):
        words = words.replace(mark, shown)
    return words


def bold_faults(text):
    """Asterisks of a Markdown text that stay visible instead of making bold or italics."""
    page = parse(text)
    return [f"the asterisks stay visible at {near(words, match)!r}: write <strong>, or move the "
            "punctuation outside"
            for words in page.prose + page.alts  # " * " is a star
            for match in re.finditer(r"\*\*+|(?<=[^\s*])\*|\*(?=[^\s*])", words)]
