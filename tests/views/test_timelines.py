"""The pages of timelines: the days an address asks for, what is told where nothing is, and the same in words."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from relations.models import Issue, Relationship, Statement, User
from tests import factories

pytestmark = pytest.mark.django_db


def shown(client: Client, issue: Issue, **asked: str) -> Any:
    return client.get(reverse("issue_timeline", args=[issue.relationship.slug, issue.slug]), asked)


def page(client: Client, issue: Issue, **asked: str) -> str:
    answer = shown(client, issue, **asked)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_picture_and_its_table_tell_the_same(as_reader: Client, issue: Issue, published: Statement) -> None:
    text = page(as_reader, issue, since="2025-03-24", until="2025-03-30")
    assert text.count('class="timeline timeline--') == 2  # for a wide page and for a narrow one
    assert "25 Mar 2025 · Hakan Fidan · Asks, 0 · Türkiye wants the sanctions lifted.</title>" in text
    table = text.split("<table", 1)[1]
    for words in ("25 Mar 2025", "Hakan Fidan", "Asks, 0", published.text, published.get_absolute_url(), "Open"):
        assert words in table


def test_the_title_says_what_and_when(as_reader: Client, issue: Issue, published: Statement) -> None:
    text = page(as_reader, issue, since="2025-03-24", until="2025-03-30")
    title = text.split("<title>", 1)[1].split("</title>", 1)[0]
    assert title.startswith("Timeline of CAATSA sanctions, 24 Mar 2025 – 30 Mar 2025 · United States – Türkiye")


def test_a_part_brings_the_title_along(
    signed_in: Callable[..., Client], reader: User, issue: Issue, published: Statement
) -> None:
    part = page(signed_in(reader, htmx=True), issue, since="2025-03-24", until="2025-03-30")
    assert "<html" not in part
    assert "<title>Timeline of CAATSA sanctions, 24 Mar 2025 – 30 Mar 2025 ·" in part


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"since": "2025-04-01", "until": "2025-03-01"}, "This day comes before the first one."),
        ({"since": "nonsense"}, "Enter a valid date."),
        ({"until": "2025-02-30"}, "Enter a valid date."),
        ({"since": "0001-01-01", "until": "1999-12-31"}, "Nothing was said and nobody met on these days"),
        ({"since": "2050-01-01", "until": "2050-01-07"}, "What is known is of 25 Mar 2025."),
        ({"since": "9999-12-31"}, "Nothing was said and nobody met on these days"),
        ({"until": "0001-01-01"}, "Nothing was said and nobody met on these days"),
        ({"since": "0001-01-01", "until": "9999-12-31"}, "1 Jan 0001 – 31 Dec 9999"),
        ({"since": "2025-03-25", "until": "2025-03-25"}, "Hakan Fidan"),
    ],
)
def test_any_days_get_a_picture_or_a_message(
    as_reader: Client, issue: Issue, published: Statement, asked: dict[str, str], words: str
) -> None:
    assert words in page(as_reader, issue, **asked)


def test_an_issue_without_anything_says_so_and_what_to_do(as_reader: Client, as_analyst: Client, issue: Issue) -> None:
    assert "No statement, meeting or move yet." in page(as_reader, issue)
    assert "Add a statement" not in page(as_reader, issue)
    assert f"?issue={issue.slug}" in page(as_analyst, issue)


def test_one_goes_to_a_week_a_year_all_and_to_what_came_before(
    as_reader: Client, issue: Issue, published: Statement
) -> None:
    text = page(as_reader, issue, since="2025-03-01", until="2025-03-31")
    for days in (
        "?since=2025-02-01&amp;until=2025-02-28",  # earlier
        "?since=2025-03-24&amp;until=2025-03-30",  # the week of the last word
        "?since=2025-01-01&amp;until=2025-12-31",
        "?since=2016-01-01&amp;until=2025-12-31",
        "?since=2025-04-01&amp;until=2025-04-30",  # later
    ):
        assert f'href="{days}" hx-get="{days}"' in text
    assert 'aria-current="true">Month</a>' in text
    assert 'aria-current="true">All</a>' in page(as_reader, issue)


def test_a_draft_is_on_no_timeline(as_analyst: Client, issue: Issue, draft: Statement) -> None:
    assert draft.text not in page(as_analyst, issue)


def test_the_picture_alone_is_an_svg_at_an_address_of_its_own(
    as_reader: Client, issue: Issue, published: Statement
) -> None:
    for name, args in (("issue_timeline_picture", [issue.slug]), ("desk_timeline_picture", [])):
        answer = as_reader.get(reverse(name, args=[issue.relationship.slug, *args]), {"since": "2025-03-01"})
        assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
        assert answer.content.decode().startswith("<svg")
        assert "Türkiye wants the sanctions lifted." in answer.content.decode()


def test_the_board_the_months_and_the_issue_lead_to_it(as_reader: Client, issue: Issue, published: Statement) -> None:
    desk = issue.relationship
    for name in ("board", "months"):
        assert (
            reverse("desk_timeline", args=[desk.slug])
            in as_reader.get(reverse(name, args=[desk.slug])).content.decode()
        )
    text = as_reader.get(issue.get_absolute_url()).content.decode()
    assert reverse("issue_timeline", args=[desk.slug, issue.slug]) in text
    assert 'class="ribbon"' in text


@pytest.mark.parametrize("number", [1, 30])
def test_a_page_takes_the_same_queries_for_one_issue_and_thirty(
    as_reader: Client,
    desk: Relationship,
    analyst: User,
    reviewer: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    number: int,
) -> None:
    for each in range(number):
        # The first stands alone in every picture, so that each asks for what stands alone.
        day = factories.DAY - datetime.timedelta(days=40 * each if each else 5000)
        issue = factories.make_issue(desk, f"Issue {each}", author=analyst)
        if each < 3:
            factories.make_published(issue, analyst, reviewer, earliest=day, latest=day)
    with django_assert_num_queries(11):
        assert as_reader.get(reverse("desk_timeline", args=[desk.slug])).status_code == 200
