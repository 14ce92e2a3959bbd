"""A desk's meetings as a calendar that other programs read (RFC 5545)."""

import datetime
from typing import Any

import pytest
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from relations.models import Meeting, Relationship, User
from relations.reports import calendars
from relations.reports.calendars import ical, meeting_calendar
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(desk: Relationship, analyst: User) -> Any:
    def hold(title: str = "Talks", earliest: datetime.date | None = factories.DAY, **fields: Any) -> Meeting:
        fields = {"state": "scheduled", "latest": earliest, **fields}
        return Meeting.objects.create(
            relationship=desk, title=title, earliest=earliest, author=analyst, edited_by=analyst, **fields
        )

    return hold


def file_of(user: User, desk: Relationship) -> bytes:
    return ical(meeting_calendar(user, desk))


def events(user: User, desk: Relationship) -> list[Any]:
    """Return the events as another program reads them."""
    return list(Calendar.from_ical(file_of(user, desk)).walk("VEVENT"))


def test_a_meeting_takes_up_its_days_and_an_imprecise_one_all_it_can_mean(
    held: Any, desk: Relationship, reader: User
) -> None:
    held("Day")
    held("Days", latest=datetime.date(2025, 3, 27))
    held("Month", precision="month")
    held("Year", precision="year")
    days = {
        str(event["SUMMARY"]): (event.decoded("DTSTART").isoformat(), event.decoded("DTEND").isoformat())
        for event in events(reader, desk)
    }
    assert days == {
        "Day": ("2025-03-25", "2025-03-26"),
        "Days": ("2025-03-25", "2025-03-28"),
        "Month": ("2025-03-01", "2025-04-01"),
        "Year": ("2025-01-01", "2026-01-01"),
    }
    assert b"DTSTART;VALUE=DATE:20250325" in file_of(reader, desk)
    (month,) = (event for event in events(reader, desk) if event["SUMMARY"] == "Month")
    assert "The day is not known: Mar 2025." in month["DESCRIPTION"]


def test_the_calendars_ends_are_no_error(held: Any, desk: Relationship, reader: User) -> None:
    held("Last", datetime.date.max)
    held("First", datetime.date.min)
    last, first = events(reader, desk)
    assert "DTEND" not in last  # one day, then
    assert first.decoded("DTSTART") == datetime.date.min


def test_a_meeting_without_a_day_is_left_out_and_that_is_said(held: Any, desk: Relationship, reader: User) -> None:
    held("Undated", None)
    assert events(reader, desk) == []
    assert "1 meeting whose day is not known is left out." in meeting_calendar(reader, desk).description
    held("Undated too", None)
    calendar = Calendar.from_ical(file_of(reader, desk))
    assert "2 meetings whose day is not known are left out." in calendar["X-WR-CALDESC"]


def test_the_state_is_told_in_the_standards_words(held: Any, desk: Relationship, reader: User) -> None:
    words = {"expected": "TENTATIVE", "scheduled": "CONFIRMED", "held": "CONFIRMED", "cancelled": "CANCELLED"}
    for state in words:
        held(state, state=state)
    assert {str(event["SUMMARY"]): str(event["STATUS"]) for event in events(reader, desk)} == words


def test_a_meeting_keeps_its_name_when_it_is_edited(held: Any, desk: Relationship, reader: User) -> None:
    meeting = held()
    (before,) = events(reader, desk)
    Meeting.objects.filter(pk=meeting.pk).update(title="Other talks", earliest=None, latest=None, revision=2)
    Meeting.objects.filter(pk=meeting.pk).update(earliest="2025-04-01", latest="2025-04-01", revision=3)
    (after,) = events(reader, desk)
    assert before["UID"] == after["UID"]
    assert meeting.ref in after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 2)
    assert after["URL"].endswith(meeting.get_absolute_url())


def test_any_title_is_one_folded_and_escaped_line(held: Any, desk: Relationship, reader: User) -> None:
    titles = ["Ş" * 200, "Talks; on, trade\\and more", "Two\r\nlines\tand \x07 a bell", "BEGIN:VEVENT\nSUMMARY:Other"]
    for title in titles:
        held(title, place=title[:160])
    told = {" ".join(str(event["SUMMARY"]).split()) for event in events(reader, desk)}
    assert told == {" ".join(title.replace("\x07", "").split()) for title in titles}
    lines = file_of(reader, desk).split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(sign in line for line in lines for sign in (b"\x07", b"\n", b"\r"))


def test_it_is_of_one_desk_and_takes_two_queries(
    held: Any, desk: Relationship, reader: User, outsider: User, django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    held()
    assert events(outsider, desk) == []
    for number in (1, 30):
        while Meeting.objects.count() < number:
            held()
        with django_assert_num_queries(2):
            assert len(meeting_calendar(reader, desk).events) == number
    monkeypatch.setattr(calendars, "MOST", 3)
    assert len(meeting_calendar(reader, desk).events) == 3
    assert "Only the latest 3 are here." in meeting_calendar(reader, desk).description
