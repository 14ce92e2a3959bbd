"""The marks and bands of a timeline, in its picture and in its table.

There may be a thousand of them, so each is one string, put together here and not by a template's loop.
"""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from relations.choices import Status, Trend
from relations.templatetags.signs import STATUS_DRAWINGS, TREND_DRAWINGS

register = template.Library()


@register.simple_tag
def marks_drawing(line: Any, frame: str, paint: Any, standalone: bool) -> SafeString:
    """Draw the marks of a lane (reports.timeline_lines.Line); each is a link, unless the picture stands alone."""
    return mark_safe(
        "".join(_linked(_mark(mark, frame, paint), mark.url, standalone=standalone) for mark in line.marks)
    )


@register.simple_tag
def band_drawing(band: Any, paint: Any, standalone: bool) -> SafeString:
    """Draw the stretches of a band (reports.timeline_bands.Band); each is a link, unless the picture stands alone."""
    return mark_safe(
        "".join(
            _linked(_segment(segment, band.y, paint), segment.url, standalone=standalone) for segment in band.segments
        )
    )


@register.simple_tag
def mark_rows(marks: Iterable[Any]) -> SafeString:
    """Return a table's rows that say the same as these marks."""
    labels = [escape(label) for label in (_("Who"), _("What"), _("Words"))]
    return mark_safe("".join(_row(mark, labels) for mark in marks))


def _linked(drawn: str, url: str, *, standalone: bool) -> str:
    return f"{drawn}\n" if standalone else f'<a href="{escape(url)}">{drawn}</a>\n'


def _mark(mark: Any, frame: str, paint: Any) -> str:
    """Return a mark's sign, or the number of what is gathered; and its bar, if it has one."""
    bar = ""
    if mark.bar:
        left, right = mark.bar
        bar = f'<path d="M{left} {mark.y}m0-4h2v3H{right - 2}v-3h2v8h-2v-3H{left + 2}v3h-2z"/>'
    if mark.sign:
        shape = f'<use href="#{frame}-{mark.sign}" x="{mark.x}" y="{mark.y}"/>'
    else:
        shape = (
            f'<rect x="{mark.left}" y="{mark.top}" width="{mark.width}" height="15" rx="7"/>'
            f'<text x="{mark.x}" y="{mark.y + 4}" text-anchor="middle" font-size="11" font-weight="600" '
            f"{paint['paper'].fill}>{mark.short}</text>"
        )
    return f"<g {paint[mark.tone].fill}><title>{escape(mark.title)}</title>{bar}{shape}</g>"


def _segment(segment: Any, y: int, paint: Any) -> str:
    """Return a stretch of a band, from `y` on downwards: its line, and as much of its words as has room."""
    colour, ink = paint[segment.stood.status], paint["ink"]
    area = f'x="{segment.x}" y="{y}" width="{segment.width}" height="24"'
    dashes = f' stroke-dasharray="{segment.dashes}"' if segment.dashes else ""
    drawn = [
        f"<g {colour.fill}><title>{escape(segment.title)}</title>",
        # What is known hides the dotted line of what is not.
        f'<rect {area} {paint["paper"].fill}/><rect {area} fill-opacity=".14"/>',
        f'<path d="M{segment.x} {y + 2}h{segment.width}" stroke-width="4"{dashes} {colour.pen}/>',
    ]
    if segment.has_sign:
        sign = STATUS_DRAWINGS[Status(segment.stood.status)].replace("currentColor", colour.colour)
        drawn.append(f'<g transform="translate({segment.sign_x} {y + 7})">{sign}</g>')
    if segment.word:
        drawn.append(f'<text x="{segment.word_x}" y="{y + 19}">{escape(segment.word)}</text>')
    if segment.has_arrow:
        arrow = TREND_DRAWINGS[Trend(segment.stood.trend)].replace("currentColor", ink.colour)
        drawn.append(f'<g transform="translate({segment.arrow_x} {y + 7})" {ink.fill}>{arrow}</g>')
    return "".join([*drawn, "</g>"])


def _row(mark: Any, labels: list[SafeString]) -> str:
    who, what, words = labels
    return format_html(
        '<tr><th scope="row"><a href="{}">{}</a></th><td data-label="{}">{}</td><td data-label="{}">{}</td>'
        '<td data-label="{}">{}</td></tr>\n',
        mark.url, mark.when, who, mark.who, what, mark.what, words, mark.words,
    )  # fmt: skip
