"""The timeline of an issue or of a relationship: who said what when, who met, and how it stood all the while.

What is drawn is worked out here, in pixels; `templates/relations/timelines/picture.html` draws it.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relations.models import Issue, Meeting, Relationship, StatusChange
from relations.models.moments import NOW, Moment
from relations.reports.months import Month, months_until
from relations.reports.spoken import Spoken, spoken
from relations.reports.time_axis import Axis, Days, axis_of, written
from relations.reports.timeline_bands import LINE, Band, Stood, band, stood
from relations.reports.timeline_legend import Entry, legend
from relations.reports.timeline_lines import Line, Mark, meetings_line, said_lines
from relations.reports.timeline_marks import ROW, Cell
from relations.reports.timeline_said import said_on
from relations.reports.timeline_view import View

BANDS = 24  # issues whose status is drawn beneath; the others are counted
LATELY = 24  # months that are shown in little
GAP = 14  # px between what stands beneath each other
HEAD = 40  # px, the axis with its two lines of words


@dataclass(frozen=True)
class Frame:
    """How wide a picture is, and the margin where its lanes say up and down."""

    name: str
    width: int
    margin: int


WIDE = Frame("wide", 1000, 28)
NARROW = Frame("narrow", 328, 16)


@dataclass(frozen=True)
class Subject:
    """What a timeline is of, and what is known of it: read once, drawn in as many frames as one likes."""

    relationship: Relationship
    issues: list[Issue]
    issue: Issue | None  # None where it is of the whole relationship
    at: Moment
    changes: dict[int, list[StatusChange]]
    meetings: list[Meeting]
    first_words: dict[int, datetime.date]  # by issue, the last day that the first word on it can be of
    said: Days | None  # from the first word to the last

    @property
    def today(self) -> datetime.date:
        """The day it is looked from."""
        return self.at.effective or self.at.known or self.relationship.today()

    @cached_property
    def known(self) -> Days | None:
        """All days that anything is known of; None where nothing is."""
        days = [day for change in self.changes.values() for day in (change[0].effective, change[-1].effective)]
        days += [day for each in self.meetings if each.earliest and each.latest for day in (each.earliest, each.latest)]
        if self.said:
            days += [self.said.first, self.said.last]
        return Days(min(days), max(days)) if days else None

    @property
    def usual(self) -> Days:
        """The days to show where none were chosen: from the first that is known to today or what is planned beyond."""
        if self.known is None:
            return Days(self.today.replace(day=1), self.today)
        return Days(self.known.first, max(self.known.last, self.today))

    @property
    def lately(self) -> Days:
        """The days to show in little: all the usual ones, or where they are many the last two years known of."""
        usual = self.usual
        last = usual.last
        if self.known is not None and self.known.last < _begins(last):
            last = self.known.last
        return Days(max(usual.first, _begins(last)), last)

    def stood(self, issue: Issue) -> list[Stood]:
        """Return how this issue stood, until today."""
        return stood(self.changes.get(issue.pk, []), self.first_words.get(issue.pk), self.today)

    @property
    def undated(self) -> list[Meeting]:
        """Meetings whose day is not known: no place on an axis is theirs."""
        return [meeting for meeting in self.meetings if meeting.earliest is None]


def _begins(last: datetime.date) -> datetime.date:
    return months_until(Month.of(last), LATELY)[0].first


@dataclass(frozen=True)
class More:
    """Issues that are not drawn: how many, where that is told, and where they are shown."""

    number: int
    y: int
    url: str

    @property
    def words(self) -> str:
        """What is told of them."""
        return ngettext(
            "And %(number)s more issue, month by month",
            "And %(number)s more issues, month by month",
            self.number,
        ) % {"number": self.number}


@dataclass(frozen=True)
class Timeline:
    """A timeline as it is drawn, with everything's place in pixels."""

    subject: Subject
    frame: Frame
    axis: Axis
    lines: list[Line]
    meetings: Line
    bands: list[Band]
    more: More | None  # the issues whose band is not drawn
    today_x: int | None  # where today ends; None where that is not shown
    legend: list[Entry]
    foot: int  # the top of the axis's words beneath
    height: int

    @property
    def title(self) -> str:
        """What it shows, in words."""
        return f"{self.subject.issue or self.subject.relationship.title}, {self.axis.days.words}"

    @property
    def all_lines(self) -> list[Line]:
        """Every lane, that of meetings last."""
        return [*self.lines, self.meetings]

    @property
    def has_marks(self) -> bool:
        """Whether anything was said or anybody met on the days shown."""
        return any(line.marks for line in self.all_lines)


def subject_of(relationship: Relationship, issues: Sequence[Issue], issue: Issue | None, at: Moment = NOW) -> Subject:
    """Return what is known, as of `at`, of `issue` or of all these issues of the relationship; three queries."""
    changes = StatusChange.objects.filter(relationship=relationship).standing(at)
    meetings = Meeting.objects.filter(at.recorded(), relationship=relationship)
    if issue is not None:
        changes = changes.filter(issue=issue)
        meetings = meetings.filter(agenda__issue=issue)
    if at.is_past:  # what a meeting became is not to be told before its day
        meetings = meetings.exclude(latest__gt=at.last_day)
    by_issue: dict[int, list[StatusChange]] = defaultdict(list)
    for change in changes.order_by("effective", "published_at", "pk"):
        change.relationship = relationship
        by_issue[change.issue_id].append(change)
    drawn = list(issues) if issue is None else [issue]
    words = spoken([each.pk for each in drawn], at)
    met = list(meetings.order_by("earliest", "latest", "pk").distinct())
    for meeting in met:
        meeting.relationship = relationship
    return _subject(relationship, drawn, issue, at, by_issue, met, words)


def subject_of_issue(
    issue: Issue, at: Moment, changes: Iterable[StatusChange], meetings: Iterable[Meeting], words: Spoken | None
) -> Subject:
    """Return the same of one issue from what of it was read already: its standing changes, in order, and its meetings."""

    def lies_ahead(meeting: Meeting) -> bool:
        return bool(at.last_day and meeting.latest and meeting.latest > at.last_day)

    met = sorted(
        (meeting for meeting in meetings if not lies_ahead(meeting)),
        key=lambda each: (
            each.earliest is None,
            each.earliest or datetime.date.max,
            each.latest or datetime.date.max,
            each.pk,
        ),
    )
    by_issue = {issue.pk: [*changes]}
    return _subject(issue.relationship, [issue], issue, at, by_issue, met, {issue.pk: words} if words else {})


def _subject(
    relationship: Relationship,
    issues: list[Issue],
    issue: Issue | None,
    at: Moment,
    changes: dict[int, list[StatusChange]],
    meetings: list[Meeting],
    words: Mapping[int, Spoken],
) -> Subject:
    return Subject(
        relationship=relationship,
        issues=issues,
        issue=issue,
        at=at,
        changes={key: theirs for key, theirs in changes.items() if theirs},
        meetings=meetings,
        first_words={key: days.first for key, days in words.items()},
        said=_all(words.values()),
    )


def _all(words: Collection[Spoken]) -> Days | None:
    return Days(min(days.since for days in words), max(days.last for days in words)) if words else None


def timeline(subject: Subject, days: Days | None = None, frame: Frame = WIDE) -> Timeline:
    """Return the timeline of these days (by default all that anything is known of) in this frame; two queries."""
    return timelines(subject, days, [frame])[0]


def timelines(subject: Subject, days: Days | None = None, frames: Sequence[Frame] = (WIDE, NARROW)) -> list[Timeline]:
    """Return the same in each of these frames; two queries too."""
    view = View(subject.relationship, subject.issue, subject.at)
    axes = [axis_of(days or subject.usual, frame.margin, frame.width - 2) for frame in frames]
    said = said_on(view, axes)
    return [
        _drawn(subject, view, frame, axis, by_side) for frame, axis, by_side in zip(frames, axes, said, strict=True)
    ]


def _drawn(subject: Subject, view: View, frame: Frame, axis: Axis, said: Mapping[str, list[Cell]]) -> Timeline:
    lines = said_lines(view, axis, said, HEAD + GAP)
    meetings = meetings_line(view, axis, subject.meetings, lines[-1].bottom + GAP)
    y = meetings.bottom + GAP
    bands: list[Band] = []
    for issue in subject.issues[:BANDS]:
        drawn = band(axis, issue, subject.stood(issue), view, y)
        bands.append(drawn)
        y = drawn.bottom + (GAP // 2)
    more = None
    if len(subject.issues) > BANDS:
        more = More(len(subject.issues) - BANDS, y + LINE - 5, view.address("months"))
        y += LINE
    foot = y + GAP // 2
    today_x = axis.end(subject.today) if axis.days.first <= subject.today < axis.days.last else None
    told = _told(subject, axis, [*lines, meetings], bands, today_x)
    shown = legend([*lines, meetings], told, frame.width, foot + HEAD + GAP)
    return Timeline(
        subject=subject,
        frame=frame,
        axis=axis,
        lines=lines,
        meetings=meetings,
        bands=bands,
        more=more,
        today_x=today_x,
        legend=shown,
        foot=foot,
        height=shown[-1].y + ROW if shown else foot + HEAD,
    )


def _told(subject: Subject, axis: Axis, lines: list[Line], bands: list[Band], today_x: int | None) -> list[str]:
    """Return where marks stand that have no room at their day, and what the dashed and dotted lines say, where drawn."""
    told = []
    if any(_is_moved(axis, mark) for line in lines for mark in line.marks):
        told.append(_("A mark without room at its day stands beside it, between the same two ticks."))
    if today_x is not None:
        told.append(_("The dashed line: %(day)s.") % {"day": written(subject.today)})
    until = today_x if today_x is not None else axis.right
    if any(not each.segments or each.segments[0].x > axis.left or until < axis.right for each in bands):
        told.append(_("A thin dotted line: nothing known of it then."))
    return told


def _is_moved(axis: Axis, mark: Mark) -> bool:
    return not axis.x(mark.days.first) <= mark.x <= axis.end(mark.days.last)
