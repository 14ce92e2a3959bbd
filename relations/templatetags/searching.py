"""What was found, with the words marked."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from relations.templatetags.signs import show_invisibles

register = template.Library()


@register.filter
def pieces(found: Iterable[Any]) -> SafeString:
    """Show a text's pieces (of `Piece`), escaped, the marked ones as marks."""
    return format_html_join(
        "",
        "{}",
        (
            (
                format_html("<mark>{}</mark>", show_invisibles(piece.text))
                if piece.is_marked
                else show_invisibles(piece.text),
            )
            for piece in found
        ),
    )
