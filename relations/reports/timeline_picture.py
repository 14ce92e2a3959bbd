"""A timeline as a picture: an SVG, for a page, which colours and links it, or to stand alone in a document."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from relations.reports.timeline import Timeline
from relations.reports.timeline_signs import SHAPES

# What a picture that stands alone is painted with: the colours of static/css/tokens.css on paper. On a page the same
# names are classes, so that the page's own colours, light or dark, hold.
COLOURS = {
    "paper": "#ffffff",
    "ink": "#1a1e23",
    "quiet": "#4a525b",
    "rule": "#d8dad4",
    "edge": "#7f868d",
    "first": "#3b4b8f",
    "second": "#86500a",
    "neither": "#1a1e23",
    "friendly": "#0b5563",
    "neutral": "#4a525b",
    "hostile": "#a3242b",
    "plain": "#1a1e23",
    "open": "#5a626b",
    "in_talks": "#1f5fa8",
    "stalled": "#9a4b00",
    "agreed": "#6b3fa0",
    "resolved": "#176b4d",
    "dormant": "#646c75",
}
_LETTERS = mark_safe('font-family="Source Sans 3, Liberation Sans, Arial, sans-serif" font-size="13"')


@dataclass(frozen=True)
class Paint:
    """What an element bears to have a colour: `fill` where it is an area or words, `pen` where it is a line.

    `colour` is what drawings made for any colour are to take.
    """

    fill: SafeString
    pen: SafeString
    colour: str


ON_PAGE = {
    name: Paint(mark_safe(f'class="paint-{name}"'), mark_safe(f'class="pen-{name}"'), "currentColor")
    for name in COLOURS
}  # fmt: skip
ALONE = {
    name: Paint(mark_safe(f'fill="{colour}"'), mark_safe(f'fill="none" stroke="{colour}"'), colour)
    for name, colour in COLOURS.items()
}


def timeline_svg(timeline: Timeline, *, standalone: bool = False) -> SafeString:
    """Return the timeline's SVG: with links and classes for a page; `standalone`, with its own colours and no link."""
    paint = ALONE if standalone else ON_PAGE
    context: dict[str, Any] = {
        "timeline": timeline,
        "frame": timeline.frame,
        "axis": timeline.axis,
        "standalone": standalone,
        "letters": _LETTERS if standalone else "",
        "paint": paint,
        "signs": [(entry.sign, SHAPES[entry.sign]) for entry in timeline.legend if entry.sign],
        "lines": [(line, paint[line.side]) for line in timeline.all_lines],
        "legend": [(entry, paint[entry.tone].fill) for entry in timeline.legend],
    }
    return mark_safe(render_to_string("relations/timelines/picture.html", context))
