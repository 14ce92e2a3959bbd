"""The desk's signs: what a status, a trend, a date, a quotation or a hidden character looks like on every page.

A sign is always drawn and worded: the drawing is hidden from assistive technology, the word is not. Arrows are drawn
because the vendored fonts have none.
"""

import datetime as dt
import difflib
import re
import unicodedata
from decimal import Decimal

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relations.choices import Agreement, MediaType, Precision, ReviewState, Side, Status, Trend, Verdict
from relations.models.base import day_words, signed_words

register = template.Library()

_RING = '<circle cx="7" cy="7" r="5.5" fill="none" stroke="currentColor" stroke-width="1.5"/>'
_ARROW = (
    '<path fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" d="{}"/>'
)

STATUS_DRAWINGS = {
    Status.OPEN: _RING,
    Status.IN_TALKS: _RING + '<path fill="currentColor" d="M7 1.5a5.5 5.5 0 0 0 0 11z"/>',
    Status.STALLED: _RING + '<path stroke="currentColor" stroke-width="1.5" d="M5.5 4.5v5M8.5 4.5v5"/>',
    Status.AGREED: _RING + '<circle cx="7" cy="7" r="2.25" fill="currentColor"/>',
    # The tick is cut out of the disc, so that it shows on any background and in print.
    Status.RESOLVED: (
        '<path fill="currentColor" fill-rule="evenodd" '
        'd="M7 .75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5zM3.3 7.3l1.2-1.2l1.7 1.7l3.4-3.8l1.2 1.1l-4.5 5.1z"/>'
    ),
    Status.DORMANT: (
        '<circle cx="7" cy="7" r="5.5" fill="none" stroke="currentColor" stroke-width="1.5" '
        'stroke-dasharray="2.5 1.82"/>'
    ),
}
TREND_DRAWINGS = {
    Trend.NOT_ASSESSED: _ARROW.format("M4 7h6"),
    Trend.IMPROVING: _ARROW.format("M2.5 11.5L11 3M5 3h6v6"),
    Trend.UNCHANGED: _ARROW.format("M1.5 7h11M8.5 3l4 4l-4 4"),
    Trend.DETERIORATING: _ARROW.format("M2.5 2.5L11 11M5 11h6v-6"),
}
# Two lines, one for each side: whole where it speaks, apart where they differ.
VERDICT_DRAWINGS = {
    Verdict.NOT_JUDGED: _ARROW.format("M2 5h2M6 5h2M10 5h2M2 9h2M6 9h2M10 9h2"),
    Verdict.AGREE: _ARROW.format("M2 5h10M2 9h10"),
    Verdict.PARTLY: _ARROW.format("M2 5c2-2 3-2 5 0s3 2 5 0M2 9.5c2-2 3-2 5 0s3 2 5 0"),
    Verdict.DIFFER: _ARROW.format("M2 5h10M2 9h10M10 1.5l-6 11"),
    Verdict.ONE_SPOKE: _ARROW.format("M2 5h10M2 9h1M6.5 9h1M11 9h1"),
    Verdict.NOTHING_KNOWN: _ARROW.format("M2 5h1M6.5 5h1M11 5h1M2 9h1M6.5 9h1M11 9h1"),
}
ARROW_DRAWINGS = {
    "up": _ARROW.format("M7 12.5v-11M3 5.5l4-4l4 4"),
    "down": _ARROW.format("M7 1.5v11M3 8.5l4 4l4-4"),
    "left": _ARROW.format("M12.5 7h-11M5.5 3l-4 4l4 4"),
    "right": TREND_DRAWINGS[Trend.UNCHANGED],
}
_WARNING = (
    '<path fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" d="M7 1.75L13 12.5H1z"/>'
    '<path stroke="currentColor" stroke-width="1.5" d="M7 5.5v3M7 9.75v1.25"/>'
)
_FULL_BAR = '<path fill="currentColor" d="M{} 1.5h4v11h-4z"/>'
_EMPTY_BAR = '<path fill="none" stroke="currentColor" stroke-width="1" stroke-dasharray="2 1.5" d="M{} 2h4v10h-4z"/>'


def _svg(drawing: str) -> SafeString:
    return mark_safe(f'<svg class="sign" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">{drawing}</svg>')


@register.simple_tag
def status_sign(value: str, label: str = "") -> SafeString:
    """Draw an issue's status and say it."""
    status = Status(value)
    return format_html(
        '<span class="status status--{}">{}<span class="status__word">{}</span></span>',
        status.value,
        _svg(STATUS_DRAWINGS[status]),
        label or status.label,
    )


@register.simple_tag
def trend_sign(value: str, label: str = "", bare: bool = False) -> SafeString:
    """Draw a trend and say it; not assessed, and any under `bare`, is a drawing with its word for listeners alone."""
    trend = Trend(value)
    hidden = bare or trend is Trend.NOT_ASSESSED
    return format_html(
        '<span class="trend trend--{}"{}>{}<span{}>{}</span></span>',
        trend.value,
        format_html(' title="{}"', label or trend.label) if hidden else "",
        _svg(TREND_DRAWINGS[trend]),
        mark_safe(' class="visually-hidden"') if hidden else "",
        label or trend.label,
    )


@register.simple_tag
def status_drawing(value: str) -> SafeString:
    """Return a status's drawing alone, 14 px square, for a picture that says the word itself."""
    return mark_safe(STATUS_DRAWINGS[Status(value)])


@register.simple_tag
def trend_drawing(value: str) -> SafeString:
    """Return a trend's drawing alone, 14 px square, for a picture that says the word itself."""
    return mark_safe(TREND_DRAWINGS[Trend(value)])


@register.simple_tag
def verdict_sign(value: str, label: str = "") -> SafeString:
    """Draw how the sides' positions compare and say it."""
    verdict = Verdict(value)
    return format_html(
        '<span class="verdict verdict--{}">{}<span>{}</span></span>',
        verdict.value,
        _svg(VERDICT_DRAWINGS[verdict]),
        label or verdict.label,
    )


@register.simple_tag
def agreement_sign(value: str, beside: str = "") -> SafeString:
    """Draw what is judged of whether the sides agree and say it; nothing where neither it nor what is `beside` it does."""
    judged = {value, beside} - {Agreement.NOT_JUDGED, "", None}
    return verdict_sign(value) if judged else SafeString("")


@register.simple_tag
def arrow(direction: str) -> SafeString:
    """Draw an arrow (up, down, left, right) beside a word that says the same."""
    return _svg(ARROW_DRAWINGS[direction])


@register.simple_tag
def state_label(value: str, label: str = "") -> SafeString:
    """Say where a statement or a status change stands on its way through review."""
    state = ReviewState(value)
    return format_html('<span class="state state--{}">{}</span>', state.value, label or state.label)


@register.simple_tag
def flag(text: str, grave: bool = False) -> SafeString:
    """Say what a reader should be wary of: 'guessed date', 'office not covered', 'evidence withdrawn'."""
    return format_html('<span class="flag{}">{}{}</span>', " flag--grave" if grave else "", _svg(_WARNING), text)


@register.simple_tag
def one_sided(side: str, text: str) -> SafeString:
    """Say that one side alone (or neither) mentions something: its bar stands full, the other’s place is empty."""
    first, second = (
        _FULL_BAR.format(left) if side == place else _EMPTY_BAR.format(left)
        for left, place in (("1.5", Side.FIRST), ("8.5", Side.SECOND))
    )
    return format_html('<span class="one-sided">{}{}</span>', _svg(first + second), text)


@register.simple_tag
def dagger() -> SafeString:
    """Mark the source's own report; the page ends with `relations/includes/dagger_note.html`."""
    return format_html('<a class="dagger" href="#dagger-note" aria-label="{}">†</a>', _("the source’s own report"))


@register.simple_tag(takes_context=True)
def nav_link(context: Context, url_name: str, label: str, *args: object, shortcut: str = "") -> SafeString:
    """Link to a page by name, by a key too, and tell where the reader is: on it, or (but for the board) below it."""
    href = reverse(url_name, args=args)
    request = context.get("request")
    path = request.path if request else ""
    current = ""
    if path == href:
        current = "page"
    elif url_name not in {"board", "home"} and path.startswith(href):
        current = "true"
    return format_html(
        '<a href="{}"{}{}>{}</a>',
        href,
        format_html(' aria-current="{}"', current) if current else "",
        format_html(' data-shortcut="{}"', shortcut) if shortcut else "",
        label,
    )


@register.simple_tag
def days_since(days: int | None) -> SafeString:
    """Say how long a silence has lasted, briefly: '1 d'; a dash where nothing was ever said."""
    if days is None:
        return format_html('<span aria-hidden="true">–</span><span class="visually-hidden">{}</span>', _("no word"))
    spoken = ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    return format_html(
        '<span class="days"><span aria-hidden="true">{}</span><span class="visually-hidden">{}</span></span>',
        _("%(days)d\N{NO-BREAK SPACE}d") % {"days": days},
        spoken,
    )


_DATE_FORMS = {  # how people and machines read a day
    Precision.DAY.value: ("j M Y", "%Y-%m-%d"),
    Precision.MONTH.value: ("M Y", "%Y-%m"),
    Precision.YEAR.value: ("Y", "%Y"),
    "short": ("j M", "%Y-%m-%d"),
    "time": ("j M Y, H:i", "%Y-%m-%dT%H:%M%z"),
}


@register.filter
def desk_date(value: dt.date | None, form: str = "day") -> SafeString | str:
    """Write a date as the desk does, '25 Mar 2025'; `form` is a Precision, or 'time', or 'short'.

    Short is '25 Mar' in the year that runs; a past or coming one is always told.
    """
    if not value:
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    if form == "short" and value.year != timezone.localdate().year:
        form = Precision.DAY.value
    pattern, machine = _DATE_FORMS[form]
    # A year before 1000 is padded, as the attribute wants four digits.
    return format_html(
        '<time datetime="{}">{}</time>',
        value.strftime(machine).rjust(len("0000") if form == "year" else 0, "0"),
        date_format(value, pattern) if isinstance(value, dt.datetime) else day_words(value, pattern),
    )


@register.filter
def kind_of_file(value: str) -> str:
    """Return the word for a kind of file: `PDF`."""
    return str(MediaType(value).label)


@register.filter
def signed(value: Decimal | float | None) -> str:
    """Write an intensity with its sign, a true minus, and no idle zero: '+2.5', '−3', '0'."""
    return "" if value is None else signed_words(value)


# Characters that show nothing yet change what is read: format characters (bidi controls, zero widths, soft hyphens,
# tags), controls other than tab and line end, and the fillers that fonts draw as nothing.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2028\u2029")
_ODD = re.compile(r"[^\x20-\x7e\n\t\r\u00a0-\u00ac\u00ae-\u024f\u2010-\u2027\u20a0-\u20bf]")


def _is_invisible(character: str) -> bool:
    return character in _FILLERS or unicodedata.category(character) in {"Cf", "Cc"}


@register.filter(is_safe=True)
def show_invisibles(text: str | None) -> SafeString:
    """Escape a text and give every invisible character a labelled sign.

    The character itself stays, isolated so that it can reorder nothing, so that a copy of the text is faithful and
    offsets into it count right; the sign is drawn by the style sheet.
    """

    def mark(match: re.Match[str]) -> str:
        character = match[0]
        if not _is_invisible(character):
            return character
        name = unicodedata.name(character, _("control character")).lower()
        return format_html(
            '<bdi class="invisible" data-code="U+{}" title="{}">{}</bdi>',
            f"{ord(character):04X}",
            name,
            character,
        )

    if text is None:
        return SafeString("")
    return mark_safe(_ODD.sub(mark, conditional_escape(text)))


_QUOTED = re.compile(r"“[^“”\n]+”|&quot;(?:(?!&quot;)[^\n])+&quot;")


@register.filter(is_safe=True)
def voices(text: str | None) -> SafeString:
    """Set what stands in quotation marks in the serif of the world's words, invisible characters shown."""
    return mark_safe(_QUOTED.sub(lambda match: f'<span class="quoted">{match[0]}</span>', show_invisibles(text)))


@register.filter
def in_quotes(text: str | None) -> str:
    """Put real quotation marks around words quoted whole; a text that has marks of its own says itself what is quoted."""
    if not text or any(mark in text for mark in '“”"'):
        return text or ""
    return f"“{text}”"


_WORDS = re.compile(r"\s+|[^\s]+")
_SENTENCES = re.compile(r"[^\n.!?]*[\n.!?]+\s*|[^\n.!?]+")
_DIFF_PIECES = 3000


@register.filter
def word_diff(old: str | None, new: str | None) -> SafeString:
    """Show what changed from one text to the next, word by word; sentence by sentence where the texts are long."""
    before, after = old or "", new or ""
    for pieces in (_WORDS, _SENTENCES):
        left, right = pieces.findall(before), pieces.findall(after)
        if len(left) + len(right) <= _DIFF_PIECES:
            break
    else:
        left, right = [before], [after]
    parts: list[tuple[SafeString]] = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        removed, added = "".join(left[i:j]), "".join(right[k:m])
        if kind == "equal":
            parts.append((show_invisibles(removed),))
            continue
        if removed:
            parts.append((_change("del", _("removed:"), removed),))
        if added:
            parts.append((_change("ins", _("added:"), added),))
    return format_html_join("", "{}", parts)


def _change(tag: str, spoken: str, text: str) -> SafeString:
    return format_html(
        '<{} class="diff"><span class="visually-hidden">{} </span>{}</{}>',
        tag,
        spoken,
        show_invisibles(text),
        tag,
    )
