"""What has gone quiet, against the days that the head of desk allows."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from relations.actions.notes import confirm_issue
from relations.models import Issue, Relationship, User
from relations.models.moments import Moment
from relations.reports.quiet import Quiet, gone_quiet
from tests import factories

pytestmark = pytest.mark.django_db


def ago(desk: Relationship, days: int) -> dict[str, datetime.date]:
    day = desk.today() - datetime.timedelta(days=days)
    return {"earliest": day, "latest": day}


def names(quiet: Quiet) -> tuple[list[str], list[str]]:
    return [str(each.issue) for each in quiet.silent], [str(each.issue) for each in quiet.unconfirmed]


@pytest.fixture
def desk_of_old(desk: Relationship, analyst: User, reviewer: User) -> Relationship:
    """A desk with an old issue each of which the last word is of a certain age; one of them has none."""
    for title, days in (("Ten", 10), ("Thirty", 30), ("Forty", 40), ("None", None)):
        issue = factories.make_issue(desk, title, created_at=datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC))
        if days is not None:
            factories.make_published(issue, analyst, reviewer, **ago(desk, days))
    return desk


def test_an_issue_is_quiet_from_the_day_that_the_desk_set_on(desk_of_old: Relationship, analyst: User) -> None:
    assert names(gone_quiet(desk_of_old, analyst, confirms=True)) == (["None", "Forty", "Thirty"], ["Ten"])
    desk_of_old.quiet_after = 31
    assert names(gone_quiet(desk_of_old, analyst, confirms=True))[0] == ["None", "Forty"]


def test_a_confirmation_is_counted_by_itself_and_ends_no_silence(desk_of_old: Relationship, analyst: User) -> None:
    for issue in Issue.objects.filter(title__in=["Ten", "Forty"]):
        confirm_issue(actor=analyst, issue=issue)
    quiet = gone_quiet(desk_of_old, analyst, confirms=True)
    assert names(quiet) == (["None", "Forty", "Thirty"], [])
    forty, thirty = quiet.silent[1:]
    assert (forty.silence, forty.unconfirmed, forty.confirmed) == (40, 0, desk_of_old.today())
    assert thirty.confirmed is None
    assert thirty.unconfirmed > 30
    was = Moment(known=desk_of_old.today() - datetime.timedelta(days=1), time_zone=desk_of_old.time_zone)
    assert all(each.confirmed is None for each in gone_quiet(desk_of_old, analyst, confirms=True, at=was).silent)


def test_a_reader_meets_no_confirmation(desk_of_old: Relationship, analyst: User, reader: User) -> None:
    for issue in Issue.objects.all():
        confirm_issue(actor=analyst, issue=issue)
    quiet = gone_quiet(desk_of_old, reader, confirms=False)
    assert names(quiet) == (["None", "Forty", "Thirty"], [])
    assert all(each.confirmed is None for each in quiet.silent)


def test_a_resolved_issue_rests_and_a_new_one_is_given_its_days(
    desk_of_old: Relationship, analyst: User, reviewer: User
) -> None:
    forty = Issue.objects.get(title="Forty")
    factories.make_move(forty, analyst, reviewer, [forty.bearings.get().statement], to_status="resolved")
    factories.make_issue(desk_of_old, "New")
    assert names(gone_quiet(desk_of_old, analyst, confirms=True))[0] == ["None", "Thirty"]


@pytest.mark.parametrize("days", [0, 3651])
def test_the_database_takes_a_number_of_days_from_one_to_ten_years(desk: Relationship, days: int) -> None:
    with pytest.raises(IntegrityError, match="relationship_quiet_after_days"), transaction.atomic():
        Relationship.objects.filter(pk=desk.pk).update(quiet_after=days)
    for allowed in (1, 3650):
        Relationship.objects.filter(pk=desk.pk).update(quiet_after=allowed)
