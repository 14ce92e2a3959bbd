"""The marks and bands of a timeline's picture. There are many of them, so each is one string and not a template's loop."""

from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from relations.choices import Status, Trend
from relations.templatetags.signs import STATUS_DRAWINGS, TREND_DRAWINGS

register = template.Library()


@register.simple_tag
def mark_drawing(mark: Any, frame: str, fill: str, paper: str) -> SafeString:
    """Draw a mark (reports.timeline_lines.Mark): its sign, or the number of what is gathered; and its bar, if it has one."""
    bar = ""
    if mark.bar:
        left, right = mark.bar
        bar = f'<path d="M{left} {mark.y}m0-4h2v3H{right - 2}v-3h2v8h-2v-3H{left + 2}v3h-2z"/>'
    if mark.sign:
        shape = f'<use href="#{frame}-{mark.sign}" x="{mark.x}" y="{mark.y}"/>'
    else:
        shape = (
            f'<rect x="{mark.left}" y="{mark.top}" width="{mark.width}" height="15" rx="7"/>'
            f'<text x="{mark.x}" y="{mark.y + 4}" text-anchor="middle" font-size="11" font-weight="600" {paper}>'
            f"{mark.short}</text>"
        )
    return mark_safe(f"<g {fill}><title>{escape(mark.title)}</title>{bar}{shape}</g>")


@register.simple_tag
def segment_drawing(segment: Any, y: int, colour: Any, paint: Any) -> SafeString:
    """Draw a stretch of a band (reports.timeline_bands.Segment) from `y` on: its line, and as much as has room."""
    area = f'x="{segment.x}" y="{y}" width="{segment.width}" height="24"'
    dashes = f' stroke-dasharray="{segment.dashes}"' if segment.dashes else ""
    drawn = [
        f"<title>{escape(segment.title)}</title>",
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
        ink = paint["ink"]
        arrow = TREND_DRAWINGS[Trend(segment.stood.trend)].replace("currentColor", ink.colour)
        drawn.append(f'<g transform="translate({segment.arrow_x} {y + 7})" {ink.fill}>{arrow}</g>')
    return mark_safe("".join(drawn))
