"""Month by month: how an issue stood as each month ended, and how much each side said."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from relations.actions.reviews import withdraw_statement
from relations.models import Issue, Relationship, Statement, User
from relations.reports.months import Month, issue_months, months_until
from tests import factories

pytestmark = pytest.mark.django_db


def day(month: int, number: int = 10) -> datetime.date:
    return datetime.date(2025, month, number)


@pytest.fixture
def said(issue: Issue, analyst: User, reviewer: User) -> Statement:
    return factories.make_published(issue, analyst, reviewer, earliest=day(2), latest=day(2))


@pytest.fixture
def moved(issue: Issue, analyst: User, reviewer: User, said: Statement) -> None:
    for month, status, trend in ((3, "in_talks", "improving"), (5, "stalled", "deteriorating")):
        factories.make_move(issue, analyst, reviewer, [said], to_status=status, to_trend=trend, effective=day(month))


def shown(client: Client, desk: Relationship, **asked: Any) -> Any:
    return client.get(reverse("months", args=[desk.slug]), asked)


def runs(desk: Relationship, until: Month, span: int = 12) -> list[tuple[str, str, int]]:
    (row,) = issue_months(desk, Issue.objects.all(), months_until(until, span))
    return [(run.status, run.trend, run.length) for run in row.runs]


def test_a_bar_shows_the_status_that_each_month_ended_with(desk: Relationship, moved: None) -> None:
    assert runs(desk, Month(2025, 6)) == [
        ("", "", 7),  # nothing was known before February
        ("open", "not_assessed", 1),
        ("in_talks", "improving", 2),
        ("stalled", "deteriorating", 2),
    ]
    assert runs(desk, Month(2025, 3), 12)[-1] == ("in_talks", "improving", 1)


def test_what_was_said_before_the_months_shown_is_known_in_all_of_them(desk: Relationship, said: Statement) -> None:
    assert runs(desk, Month(2026, 4), 12) == [("open", "not_assessed", 12)]


def test_a_move_withdrawn_or_a_draft_is_in_no_bar(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User, said: Statement
) -> None:
    factories.propose(issue, analyst, [said], to_status="stalled", effective=day(3))
    assert runs(desk, Month(2025, 4), 3) == [("open", "not_assessed", 3)]


def test_statements_are_counted_by_side_in_the_month_they_were_made(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User, said: Statement
) -> None:
    for number in (1, 2):
        factories.make_published(
            issue, analyst, reviewer, text=f"US says {number}.", earliest=day(2), latest=day(2),
            on_behalf_of=desk.first_party,
        )  # fmt: skip
    (row,) = issue_months(desk, [issue], months_until(Month(2025, 3), 12))
    assert [(each.first, each.second, each.neither) for each in row.said[-2:]] == [(2, 1, 0), (0, 0, 0)]
    withdraw_statement(actor=reviewer, subject=said, reason="Not said.")
    (row,) = issue_months(desk, [issue], months_until(Month(2025, 3), 12))
    assert row.said[-2].second == 0


def test_the_page_says_it_in_words_and_leads_to_the_statements(
    as_reader: Client, desk: Relationship, moved: None
) -> None:
    page = shown(as_reader, desk, until="2025-06").content.decode()
    for words in ("In talks", "Stalled", "Deteriorating", "nothing known"):
        assert words in page
    assert "?issue=caatsa&amp;since=2025-02-01&amp;until=2025-02-28" in page
    assert "2025-06" not in shown(as_reader, desk).content.decode().split("<form", 1)[0]


def test_the_address_leads_earlier_and_later_and_never_ahead(
    as_reader: Client, desk: Relationship, moved: None
) -> None:
    page = shown(as_reader, desk, until="2025-06", span="24").content.decode()
    assert "?span=24&amp;until=2023-06" in page
    assert f"?span=24&amp;until={Month.of(desk.today())}" in page
    assert "Later" not in shown(as_reader, desk).content.decode()


@pytest.mark.parametrize(
    "asked",
    [{"until": "9999-12"}, {"until": "2025-13"}, {"until": "x"}, {"until": "0000-01"}, {"span": "7"}, {"span": "x"},
     {"until": "٢٠٢٥-٠٣"}],
)  # fmt: skip
def test_a_bad_month_is_told_and_the_last_year_shown(
    as_reader: Client, desk: Relationship, moved: None, asked: dict[str, str]
) -> None:
    answer = shown(as_reader, desk, **asked)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert len(answer.context["months"]) == 12


def test_months_without_a_statement_say_so(as_reader: Client, desk: Relationship, said: Statement) -> None:
    silence = "The desk holds no statement from these months."
    assert silence in shown(as_reader, desk, until="2020-12").content.decode()
    assert silence not in shown(as_reader, desk, until=f"{said.latest:%Y-%m}").content.decode()


def test_the_first_years_of_the_calendar_break_nothing(as_reader: Client, desk: Relationship, moved: None) -> None:
    page = shown(as_reader, desk, until="0001-02", span="60")
    assert page.status_code == 200
    assert len(page.context["months"]) == 2


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_asks_the_same_number_of_times(
    as_reader: Client, desk: Relationship, analyst: User, reviewer: User, number: int
) -> None:
    for _each in range(number):
        factories.make_published(factories.make_issue(desk), analyst, reviewer)
    with CaptureQueriesContext(connection) as captured:
        assert shown(as_reader, desk).status_code == 200
    assert len(captured) == 9
