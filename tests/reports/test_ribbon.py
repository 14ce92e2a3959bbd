"""The ribbon of an issue's months, as it is drawn on the board."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from relations.models import Issue, Statement, User
from relations.models.moments import Moment
from relations.reports.board import board_rows, with_line
from relations.reports.lettering import width_of, wrapped
from relations.reports.months import Month, Run, months_until
from relations.reports.ribbon import Ribbon, ribbon
from relations.reports.spoken import with_last_word
from tests import factories


def run(status: str, trend: str, first: int, last: int) -> Run:
    return Run(status, trend, Month(2025, first), Month(2025, last), last - first + 1)


def test_each_stretch_is_as_wide_as_its_months_and_says_itself_in_words() -> None:
    runs = [
        run("", "", 1, 2),
        run("open", "not_assessed", 3, 3),
        run("in_talks", "improving", 4, 12),
    ]
    drawn = ribbon(months_until(Month(2025, 12), 12), runs)
    assert [(each.x, each.width, each.word, each.has_arrow) for each in drawn.stretches] == [
        (0, 27, "", False),
        (28, 13, "", False),
        (42, 125, "In talks", True),
    ]
    assert drawn.width == 168
    assert drawn.words == (
        "Jan 2025 – Feb 2025: nothing known; Mar 2025: Open; Apr 2025 – Dec 2025: In talks, Improving"
    )


def test_words_are_broken_where_they_would_not_fit() -> None:
    lines = wrapped("S-400 " * 20 + "W" * 60, 200, 13)
    assert "".join(lines).replace(" ", "") == "S-400" * 20 + "W" * 60
    assert max(width_of(line, 13) for line in lines) <= 200
    assert wrapped("", 200, 13) == []


def on_the_board(issue: Issue, day: datetime.date) -> Ribbon:
    at = Moment(effective=day)
    issues = with_line(with_last_word(Issue.objects.filter(pk=issue.pk).with_standing(at), at), at)
    (row,) = board_rows(issue.relationship, issues, at)
    return row.ribbon


@pytest.mark.django_db
def test_a_past_view_ends_with_its_own_month(issue: Issue, published: Statement, analyst: User, reviewer: User) -> None:
    factories.make_move(issue, analyst, reviewer, [published], to_status="stalled", effective=datetime.date(2025, 5, 2))
    then = on_the_board(issue, datetime.date(2025, 4, 1))
    assert (then.last, [each.run.status for each in then.stretches]) == (Month(2025, 4), ["", "open"])
    now = on_the_board(issue, datetime.date(2025, 6, 1))
    assert [each.run.status for each in now.stretches] == ["", "open", "stalled"]


@pytest.mark.django_db
def test_the_board_draws_it_for_each_issue(as_reader: Client, issue: Issue, published: Statement) -> None:
    page = as_reader.get(reverse("board", args=[issue.relationship.slug])).content.decode()
    assert page.count('class="ribbon"') == 1
    assert ": Open</span>" in page
