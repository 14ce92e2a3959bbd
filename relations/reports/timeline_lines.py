"""The lanes of a timeline: one for each party, one for who is neither, one for meetings."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relations.choices import MeetingState, Precision, Side, StatementKind
from relations.models.base import span_words
from relations.reports.lettering import wrapped
from relations.reports.time_axis import LETTERS, Axis, Days
from relations.reports.timeline_marks import ROW, Cell, Item, Placed, cells_of, place
from relations.reports.timeline_signs import ROW_EDGES, ROWS, TONES, Tone, act_words, sign_of_act, sign_of_meeting
from relations.reports.timeline_view import View

LINE = 18  # px, a line of a lane's name
GAP = 14  # px between two lanes
QUOTED = 120  # characters of a statement that its mark tells


@dataclass(frozen=True)
class Mark:
    """A mark as it is drawn, and the same in words."""

    x: int
    y: int
    sign: str  # its shape; empty for what is gathered
    tone: Tone
    bar: tuple[int, int] | None
    number: int
    short: str
    width: int
    days: Days
    when: str
    what: str
    who: str
    words: str
    url: str

    @property
    def left(self) -> int:
        """Where what is gathered begins."""
        return self.x - self.width // 2

    @property
    def top(self) -> int:
        """Where what is gathered has its upper edge."""
        return self.y - 7

    @property
    def title(self) -> str:
        """All of it in one line."""
        return " · ".join(filter(None, [self.when, self.who, self.what, self.words]))


@dataclass(frozen=True)
class Line:
    """A lane: its name, the rows from friendly to hostile, and what cannot be told to one stretch beneath them."""

    side: Side
    name: list[str]
    top: int
    rows: int
    span_rows: int
    marks: list[Mark]

    @property
    def first_row(self) -> int:
        """Where its rows begin, beneath its name."""
        return self.top + LINE * len(self.name)

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.first_row + ROW * (self.rows + self.span_rows)

    @property
    def last_row(self) -> int:
        """Where the most hostile row begins."""
        return self.first_row + ROW * (self.rows - 1)

    @property
    def middle(self) -> int:
        """The height of what is neither friendly nor hostile."""
        return self.first_row + ROW * self.rows // 2

    @property
    def names(self) -> list[tuple[int, str]]:
        """The lines of its name, each with its height."""
        return [(self.top + LINE * number + LINE - 5, line) for number, line in enumerate(self.name)]

    @property
    def is_graded(self) -> bool:
        """Whether its rows go from friendly to hostile."""
        return self.rows > 1


def said_lines(view: View, axis: Axis, by_side: Mapping[str, list[Cell]], top: int) -> list[Line]:
    """Return a lane for each party, and one for what neither said where there is such, of the cells `said_on` returns."""
    first, second = view.relationship.parties
    names = {Side.FIRST: first.label, Side.SECOND: second.label, Side.NEITHER: _("Others, and sources’ own reports")}
    lines = []
    for side, name in names.items():
        if side is Side.NEITHER and side not in by_side:
            continue
        placed, span_rows = place(axis, by_side.get(side, []), ROWS)
        line = Line(side, wrapped(name, axis.right, LETTERS), top, ROWS, span_rows, [])
        line.marks.extend(_said_mark(view, axis, line, each) for each in placed)
        lines.append(line)
        top = line.bottom + GAP
    return lines


def meetings_line(view: View, axis: Axis, meetings: Iterable[Any], top: int) -> Line:
    """Return the lane of meetings."""
    items = [Item(each.earliest, each.latest, each) for each in meetings if each.earliest]
    placed, span_rows = place(axis, cells_of(axis, items), 1)
    line = Line(Side.NEITHER, [_("Meetings")], top, 1, span_rows, [])
    line.marks.extend(_met_mark(view, axis, line, each) for each in placed)
    return line


def _said_mark(view: View, axis: Axis, line: Line, placed: Placed) -> Mark:
    if placed.item is None:
        number = ngettext("%(number)s statement", "%(number)s statements", placed.number) % {"number": placed.number}
        tone = TONES[placed.row] if placed.row < ROWS else Tone.PLAIN
        return _mark(
            line, placed, sign="", tone=tone, what=number, url=_gathered_url(view, axis, placed, "statement_list")
        )
    row = placed.item.what
    told = row["statement__on_behalf_of"] and row["position_of"] != row["statement__on_behalf_of"]
    what = act_words(row["act"], row["intensity"])
    if told:
        party = row["position_of__short_name"] or row["position_of__name"]
        what = _("tells of %(party)s: %(what)s") % {"party": party, "what": what}
    elif row["statement__kind"] == StatementKind.REPORTED:
        what = _("%(what)s (the source’s own report)") % {"what": what}
    return _mark(
        line,
        placed,
        sign=sign_of_act(row["act"]),
        tone=_tone(row["intensity"]),
        who=row["speaker"] or (_("Text agreed by both") if row["statement__kind"] == StatementKind.JOINT else ""),
        what=what,
        when=_when(row["statement__earliest"], row["statement__latest"], row["statement__precision"]),
        words=_beginning(row["statement__text"]),
        url=view.address("statement", row["statement__ref"]),
    )


def _met_mark(view: View, axis: Axis, line: Line, placed: Placed) -> Mark:
    if placed.item is None:
        number = ngettext("%(number)s meeting", "%(number)s meetings", placed.number) % {"number": placed.number}
        url = _gathered_url(view, axis, placed, "meeting_list")
        return _mark(line, placed, sign="", tone=Tone.PLAIN, what=number, url=url)
    meeting = placed.item.what
    state = "" if meeting.state == MeetingState.HELD else f", {meeting.get_state_display()}"
    return _mark(
        line,
        placed,
        sign=sign_of_meeting(meeting.kind, meeting.state),
        tone=Tone.PLAIN,
        what=f"{meeting.get_kind_display()}{state}",
        when=meeting.when,
        words=str(meeting),
        url=view.address("meeting", meeting.ref),
    )


def _mark(line: Line, placed: Placed, *, sign: str, tone: Tone, what: str, url: str, **told: str) -> Mark:
    return Mark(
        x=placed.x,
        y=line.first_row + ROW * placed.row + ROW // 2,
        sign=sign,
        tone=tone,
        bar=placed.bar,
        number=placed.number,
        short="" if sign else placed.short_number,
        width=placed.width,
        days=Days(placed.earliest, placed.latest),
        what=what,
        url=url,
        **{"when": Days(placed.earliest, placed.latest).words, "who": "", "words": ""} | told,
    )


def _beginning(text: str) -> str:
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 1].rstrip()}…"


def _when(earliest: datetime.date, latest: datetime.date, precision: str) -> str:
    exact = precision == Precision.DAY
    return Days(earliest, latest).words if exact else span_words(earliest, latest, precision)


def _tone(intensity: Decimal) -> Tone:
    return TONES[ROWS - 1 - sum(edge <= intensity for edge in ROW_EDGES)]


def _gathered_url(view: View, axis: Axis, placed: Placed, listed: str) -> str:
    """Return where to see them one by one: closer, where that tells them apart, else in the list."""
    days = Days(placed.earliest, placed.latest)
    if placed.bar or days.first == days.last or axis.grain.days == 1:
        return view.listed(listed, days)
    return view.closer(days)
