"""Any day in the past (R9): what stood then, of what the desk had published by then."""

import datetime

import pytest

from relations.models import Bearing, Issue, Statement, User
from relations.models.moments import NOW, Moment
from tests.factories import DAY, make_published

pytestmark = pytest.mark.django_db


def test_the_day_known_ends_in_the_desks_time_zone() -> None:
    known = Moment(known=datetime.date(2025, 3, 25), time_zone="America/New_York")
    assert known.known_until == datetime.datetime(2025, 3, 26, 4, tzinfo=datetime.UTC)
    assert NOW.known_until is None
    assert not NOW.is_past


def test_a_statement_stood_from_its_day_on_and_not_before(published: Statement) -> None:
    day_before = Moment(effective=DAY - datetime.timedelta(days=1))
    assert list(Statement.objects.standing(Moment(effective=DAY))) == [published]
    assert not Statement.objects.standing(day_before).exists()
    assert not Bearing.objects.standing(day_before).exists()


def test_what_was_published_later_was_not_known(issue: Issue, analyst: User, reviewer: User) -> None:
    statement = make_published(issue, analyst, reviewer)
    assert statement.published_at is not None
    published_on = statement.published_at.astimezone(datetime.UTC).date()
    assert list(Statement.objects.standing(Moment(known=published_on))) == [statement]
    assert not Statement.objects.standing(Moment(known=published_on - datetime.timedelta(days=1))).exists()
