"""A copy's text as the reader shows it. The text of what is made here is the copy's text, character for character.

So a selection in it tells its offsets: nothing here may add or lose a character, and what is drawn beside the text
(the numbers that lead to statements, the signs of invisible characters) is drawn by the style sheet.
"""

from itertools import takewhile
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from relations.templatetags.signs import show_invisibles

register = template.Library()


@register.simple_tag
def copy_text(paragraphs: list[list[Any]]) -> SafeString:
    """Show `paragraphs` (of `Segment`), each in the direction of its own first letter, with their passages marked."""
    parts = []
    for segments in paragraphs:
        parts.append(f'<p dir="auto" data-start="{segments[0].start}">')
        for segment in segments:
            parts.extend(_opened(mark, mark in segment.opening) for mark in segment.marks)
            parts.append(show_invisibles(segment.text))
            # What leads to a statement stands inside the marks that go on, so that they are not broken by it.
            going_on = sum(1 for _mark in takewhile(segment.goes_on, segment.marks))
            parts.append("</mark>" * (len(segment.marks) - going_on))
            parts.extend(_leads(mark) for mark in segment.closing)
            parts.append("</mark>" * going_on)
        parts.append("</p>")
    return mark_safe("".join(parts))


def _opened(mark: Any, begins: bool) -> SafeString:
    """Open a mark; where it begins it carries the name that links lead to."""
    return format_html(
        '<mark class="passage{}" data-note="{}"{}>',
        " passage--moved" if mark.waits else "",
        mark.note.statement.ref,
        format_html(' id="p{}"', mark.passage.pk) if begins else "",
    )


def _leads(mark: Any) -> SafeString:
    """Lead from the end of a mark to its statement; the number is drawn, so that it is no part of the text."""
    label = _("Statement %(number)s: %(words)s") % {
        "number": mark.note.number,
        "words": Truncator(mark.note.statement.text).chars(80),
    }
    return format_html(
        '<a class="noteref" href="#s-{}" data-number="{}" aria-label="{}"></a>',
        mark.note.statement.ref,
        mark.note.number,
        label,
    )
