"""An issue's timeline as a brief holds it: who said something when, the meetings, and how the issue stood."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Avg, Count, Min
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relations.briefs.content import Band, Mark, Picture
from relations.briefs.picture import WHOLE
from relations.choices import MeetingState, Side, Status
from relations.models import AgendaItem, Bearing, Issue, Relationship, StatusChange
from relations.reports.audience import ForAudience
from relations.reports.brief_words import day

_SHORTEST = 28  # days; fewer would spread two days of talks over the page
_PLACES = 64  # what stands in one of so many places from left to right is one mark
_LABELS = 7
_SIDES = (Side.FIRST, Side.SECOND, Side.NEITHER, Side.NEITHER)  # by lane
_OTHERS, _MEETINGS = 2, 3


@dataclass(frozen=True)
class Stretch:
    """The days that a picture shows."""

    first: datetime.date
    last: datetime.date

    def place(self, when: datetime.date) -> int:
        """Return where from left to right a day stands; one outside stands at the edge."""
        days = max(1, (self.last - self.first).days)
        return min(WHOLE, max(0, round((when - self.first).days / days * WHOLE)))

    def ticks(self) -> tuple[tuple[int, str], ...]:
        """Return the days to tell along the way: some days, months or years apart."""
        days = (self.last - self.first).days
        if days <= 2 * 31:
            step = max(1, -(-days // _LABELS))
            chosen = [self.first + datetime.timedelta(days=each) for each in range(0, days, step)]
            return tuple((self.place(each), date_format(each, "j M")) for each in chosen)
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        step = next(each for each in (1, 2, 3, 6, 12, 24, 60, 120, 600, 12_000) if months // each <= _LABELS)
        start = self.first.year * 12 + self.first.month  # the month after, counted from the year 0
        counted = [each for each in range(start, start + months) if each % step == 0]
        begun = [datetime.date(each // 12, each % 12 + 1, 1) for each in counted]
        pattern = "Y" if step >= 12 else "M Y"
        return tuple((self.place(each), date_format(each, pattern)) for each in begun)


def pictures(
    relationship: Relationship,
    issues: Sequence[Issue],
    changes: dict[int, list[tuple[StatusChange, bool]]],
    since: datetime.date | None,
    at: ForAudience,
) -> dict[int, Picture]:
    """Return each issue's picture, where anything is known of it; three queries.

    `changes` are an issue's standing changes, earliest first, each with whether this audience may see it.
    """
    last = at.effective or at.known or relationship.today()
    said = Bearing.objects.filter(relationship=relationship, issue__in=issues).standing(at)
    begun = dict(said.order_by().values_list("issue").annotate(Min("statement__earliest")))
    spoken = defaultdict(list)
    for issue, *row in (
        said.filter(statement__earliest__lte=last)
        .order_by()
        .values_list("issue", "statement__on_behalf_of", "statement__earliest", "statement__latest")
        .annotate(Count("statement", distinct=True), Avg("intensity"))
    ):
        spoken[issue].append(row)
    met = defaultdict(list)
    for item in AgendaItem.objects.filter(
        at.recorded("meeting__"),
        issue__in=issues,
        meeting__state=MeetingState.HELD,
        meeting__earliest__lte=at.last_day or last,
    ).select_related("meeting"):
        met[item.issue_id].append(item.meeting)
    drawn = {}
    for issue in issues:
        known = [begun.get(issue.pk), *(change.effective for change, shown in changes.get(issue.pk, [])[:1] if shown)]
        first = min((each for each in known if each), default=None)
        if first is None:
            continue
        stretch = _stretch(since or first, last, is_chosen=since is not None)
        lanes, marks = _in_lanes(
            relationship, [*_said(relationship, spoken[issue.pk], stretch), *_met(met[issue.pk], stretch)]
        )
        drawn[issue.pk] = Picture(
            title=_("Timeline of %(issue)s, %(first)s to %(last)s")
            % {"issue": issue, "first": day(stretch.first), "last": day(stretch.last)},
            lanes=lanes,
            ticks=stretch.ticks(),
            marks=marks,
            bands=_bands(changes.get(issue.pk, []), first, stretch),
            status_word=_("Status"),
        )
    return drawn


def _stretch(first: datetime.date, last: datetime.date, *, is_chosen: bool) -> Stretch:
    """Return the days to show; where none were chosen with room before the first word, and never only a few."""
    first = min(first, last)
    if not is_chosen:
        room = max((last - first).days // 20, _SHORTEST - (last - first).days, 1)
        first = max(datetime.date.min, first - datetime.timedelta(days=min(room, (first - datetime.date.min).days)))
    return Stretch(first, last if last > first else last + datetime.timedelta(days=1))


def _in_lanes(relationship: Relationship, marks: list[Mark]) -> tuple[tuple[tuple[str, str], ...], tuple[Mark, ...]]:
    """Return the lanes, each side's and those others that hold something, and the marks in them."""
    names = (*(party.label for party in relationship.parties), _("Others"), _("Meetings"))
    used = [lane for lane in range(len(names)) if lane < _OTHERS or any(mark.lane == lane for mark in marks)]
    lanes = tuple((names[lane], str(_SIDES[lane])) for lane in used)
    placed = [replace(mark, lane=used.index(mark.lane)) for mark in marks]
    return lanes, tuple(sorted(placed, key=lambda mark: (mark.lane, mark.start)))


def _said(relationship: Relationship, rows: list[list[Any]], stretch: Stretch) -> list[Mark]:
    """Return the statements as marks: those that would cover each other as one, with their number."""
    sides = {relationship.first_party_id: 0, relationship.second_party_id: 1}
    gathered = defaultdict(list)
    for party, earliest, latest, count, intensity in rows:
        if latest < stretch.first or earliest > stretch.last:
            continue
        start, end = stretch.place(earliest), stretch.place(latest)
        is_long = end - start > WHOLE // _PLACES
        key = (sides.get(party, _OTHERS), start if is_long else start * _PLACES // WHOLE, end if is_long else 0)
        gathered[key].append((earliest, latest, count, float(intensity)))
    marks = []
    for (lane, _start, end), told in gathered.items():
        count = sum(each[2] for each in told)
        first, last = min(each[0] for each in told), max(each[1] for each in told)
        words = day(first) if first == last else f"{day(first)} – {day(last)}"
        start = stretch.place(first)
        marks.append(
            Mark(
                start=start,
                end=end or start,
                lane=lane,
                tone=_tone(sum(each[2] * each[3] for each in told) / count),
                count=count,
                title=ngettext("%(number)s statement, %(when)s", "%(number)s statements, %(when)s", count)
                % {"number": count, "when": words},
            )
        )
    return marks


def _tone(intensity: float) -> str:
    return "warm" if intensity >= 1 else "cool" if intensity <= -1 else "plain"


def _met(meetings: list[Any], stretch: Stretch) -> list[Mark]:
    marks = []
    for meeting in meetings:
        if meeting.latest >= stretch.first:
            start = stretch.place(meeting.earliest)
            title = f"{meeting}, {meeting.when}"
            marks.append(Mark(start, max(start, stretch.place(meeting.latest)), _MEETINGS, "plain", 1, title))
    return marks


def _bands(changes: list[tuple[StatusChange, bool]], first: datetime.date, stretch: Stretch) -> tuple[Band, ...]:
    """Return how the issue stood, from the day that it is known; nothing where this audience may not see all of it.

    A gap from the day of a move that it may not see would tell that day.
    """
    if not all(shown for _change, shown in changes):
        return ()
    turns: list[tuple[datetime.date, str]] = [(first, Status.OPEN)]
    turns += [(change.effective, change.to_status) for change, _shown in changes]
    bands = []
    for number, (start, status) in enumerate(turns):
        end = turns[number + 1][0] if number + 1 < len(turns) else stretch.last
        if end >= stretch.first and start <= stretch.last and (end > start or number + 1 == len(turns)):
            bands.append(Band(stretch.place(start), stretch.place(end), str(status), str(Status(status).label)))
    merged: list[Band] = []
    for band in bands:
        if merged and merged[-1].status == band.status and merged[-1].end == band.start:
            merged[-1] = Band(merged[-1].start, band.end, band.status, band.word)
        else:
            merged.append(band)
    return tuple(merged)
