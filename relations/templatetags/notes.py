"""How a note's Markdown comes out as HTML: here alone, so that one list says what may stand in it."""

import html
from typing import Any

import nh3
from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from markdown_it import MarkdownIt

from relations.templatetags.signs import show_invisibles

register = template.Library()

# A heading would break the page's outline, and an image would load from elsewhere.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["heading", "lheading", "image"])
_TAGS = {"p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"}


@register.filter(is_safe=True)
def note_markdown(text: str) -> SafeString:
    """Render Markdown (CommonMark, no HTML of its own, no images) with every invisible character shown."""
    clean = nh3.clean(
        _MARKDOWN.render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener",
    )
    # nh3 leaves an attribute but on links, and their addresses are percent-encoded, so the signs fall into text alone.
    return show_invisibles(mark_safe(clean))


@register.filter(is_safe=True)
def note_line(text: str) -> SafeString:
    """Return how a note begins, without its Markdown, for a line that leads to it."""
    bare: Any = nh3.clean(_MARKDOWN.render(text), tags=set())
    return show_invisibles(Truncator(" ".join(html.unescape(bare).split())).chars(100))
