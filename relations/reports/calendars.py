"""A desk's meetings as an iCalendar file (RFC 5545), for calendars that subscribe to it.

It goes to readers outside the program, so it tells what a meeting is, when and where, and links to the rest.
"""

import datetime
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Calendar, Event

from relations.choices import MeetingState, Precision
from relations.models import Meeting, Relationship
from relations.models.base import widen
from relations.models.moments import NOW, Moment
from relations.reports.feeds import absolute, titled

MOST = 1_000  # meetings in one file, the latest first
_STATUS = {MeetingState.EXPECTED: "TENTATIVE", MeetingState.CANCELLED: "CANCELLED"}


@dataclass(frozen=True)
class MeetingEvent:
    """A meeting as a calendar shows it: over whole days, from the first up to, but without, the one after the last."""

    uid: str
    title: str
    first: datetime.date
    after: datetime.date
    status: str
    place: str
    description: str
    url: str
    created_at: datetime.datetime
    edited_at: datetime.datetime
    revision: int


@dataclass(frozen=True)
class MeetingCalendar:
    """A desk's meetings that have a day, and a sentence on those that have none."""

    title: str
    description: str
    events: tuple[MeetingEvent, ...]


def meeting_calendar(user: Any, relationship: Relationship, at: Moment = NOW) -> MeetingCalendar:
    """Return the calendar of the desk's meetings as `user` may see them, as of `at`; two queries."""
    meetings = Meeting.objects.visible_to(user, at).at(relationship)
    counts = meetings.aggregate(
        undated=Count("pk", filter=Q(earliest=None)), dated=Count("pk", filter=~Q(earliest=None))
    )
    told = [_("Meetings of the desk %(desk)s.") % {"desk": relationship}]
    if counts["undated"]:
        told.append(left_out(counts["undated"]))
    if counts["dated"] > MOST:
        told.append(_("Only the latest %(number)s are here.") % {"number": MOST})
    dated = meetings.filter(earliest__isnull=False).order_by("-earliest", "-pk")[:MOST]
    return MeetingCalendar(
        title=titled(_("%(desk)s: meetings") % {"desk": relationship}, at),
        description=" ".join(told),
        events=tuple(_event(meeting, relationship, at) for meeting in dated),
    )


def left_out(number: int) -> str:
    """Return the sentence on meetings whose day is not known."""
    return ngettext(
        "%(number)s meeting whose day is not known is left out.",
        "%(number)s meetings whose day is not known are left out.",
        number,
    ) % {"number": number}


def _event(meeting: Any, relationship: Relationship, at: Moment) -> MeetingEvent:
    meeting.relationship = relationship
    first, last = widen(meeting.earliest, meeting.latest, meeting.precision)
    is_known = at.has_come(meeting.edited_at)
    told = [f"{meeting.get_kind_display()}, {meeting.get_state_display()}."]
    if meeting.precision != Precision.DAY:
        told.append(_("The day is not known: %(when)s.") % {"when": meeting.when})
    return MeetingEvent(
        uid=f"meeting-{meeting.ref}@relations-desk",
        title=_line(meeting.title),
        first=first,
        after=last + datetime.timedelta(days=1) if last < datetime.date.max else last,
        status=_STATUS.get(meeting.state, "CONFIRMED"),
        place=_line(meeting.place),
        description=" ".join(told),
        url=absolute(meeting.get_absolute_url(), at),
        created_at=meeting.created_at,
        edited_at=meeting.edited_at if is_known else meeting.created_at,
        revision=meeting.revision if is_known else 1,
    )


def _line(text: str) -> str:
    """Return a text as one line without control characters, which RFC 5545 does not take."""
    return "".join(sign for sign in " ".join(text.split()) if unicodedata.category(sign) != "Cc")


def ical(calendar: MeetingCalendar) -> bytes:
    """Return the file: in UTF-8, its lines ended by CR LF and folded at 75 octets."""
    file = Calendar()
    file.add("prodid", "-//Relations desk//Meetings//EN")
    file.add("version", "2.0")
    # As RFC 7986 has it, and as those that came before it read it.
    for name in ("name", "x-wr-calname"):
        file.add(name, calendar.title)
    for name in ("description", "x-wr-caldesc"):
        file.add(name, calendar.description)
    for meeting in calendar.events:
        event = Event()
        event.add("uid", meeting.uid)
        event.add("dtstamp", meeting.edited_at)
        event.add("created", meeting.created_at)
        event.add("last-modified", meeting.edited_at)
        event.add("sequence", max(meeting.revision - 1, 0))
        event.add("dtstart", meeting.first)
        if meeting.after > meeting.first:
            event.add("dtend", meeting.after)
        event.add("summary", meeting.title)
        if meeting.place:
            event.add("location", meeting.place)
        event.add("description", meeting.description)
        event.add("url", meeting.url)
        event.add("status", meeting.status)
        event.add("transp", "TRANSPARENT")
        file.add_component(event)
    return file.to_ical()
