"""Web pages: their text alone. Nothing is fetched and nothing in them is run."""

import datetime
from typing import Any

import trafilatura
from lxml import etree
from trafilatura.utils import load_html

from relations.choices import MediaType
from relations.extraction.charsets import decoded_markup
from relations.extraction.languages import language_code
from relations.extraction.results import CannotRead, Extracted, Fault

# trafilatura tells an article from what stands around it, at 6 s a megabyte; of longer pages all text is taken.
_LONGEST_JUDGED = 1_000_000
# As a PDF's pages are counted: a page of 10 MB holds fewer, and each costs memory and time whatever its length.
_MOST_TAGS = 500_000
_OPENING = 200_000
_NEVER_TEXT = ("noscript", "iframe", "template", "svg", "object", etree.Comment)
_NOT_TEXT = (*_NEVER_TEXT, "script", "style", "head", "select", "button")

_BLOCKS = (
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul",
)  # fmt: skip


def read_page(content: bytes) -> Extracted:
    """Return a web page's text, and its title, site, address, day and language where it carries them."""
    return read_markup(decoded_markup(content))


def read_markup(markup: str) -> Extracted:
    """Return the text of a page that is decoded already. Raises `CannotRead` where it holds none, or too many tags."""
    if markup.count("<") > _MOST_TAGS:
        raise CannotRead(Fault.TOO_MUCH_WORK)
    if "<html" not in markup[:_OPENING].lower():
        markup = f"<html><body>{markup}</body></html>"
    tree = load_html(markup)
    if tree is None:
        raise CannotRead(Fault.NO_TEXT)
    etree.strip_elements(tree, *_NEVER_TEXT, with_tail=False)
    language = language_code(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"))
    text = ""
    if len(markup) <= _LONGEST_JUDGED:
        page: Any = trafilatura.bare_extraction(tree, with_metadata=True, include_comments=False, favor_recall=True)
        text = page.text if page else ""
    else:
        page = trafilatura.extract_metadata(load_html(markup[:_OPENING]))
    text = text or _whole_text(load_html(markup))
    if not page:
        return Extracted(text, MediaType.HTML, language=language)
    return Extracted(
        text,
        MediaType.HTML,
        title=page.title or "",
        publisher=page.sitename or "",
        url=page.url or "",
        date=datetime.date.fromisoformat(page.date) if page.date else None,
        language=language,
    )


def _whole_text(tree: Any) -> str:
    """Return all that a reader would see of a page, a line for each of its blocks."""
    etree.strip_elements(tree, *_NOT_TEXT, with_tail=False)
    for block in tree.iter(*_BLOCKS):
        block.text = f"\n{block.text or ''}"
        block.tail = f"\n{block.tail or ''}"
    lines = ("".join(tree.itertext())).split("\n")
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)
