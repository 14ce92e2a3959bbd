"""The home page's several desks, each as its own member meets it."""

import datetime
from typing import Any

import pytest

from relations.actions.documents import add_capture
from relations.choices import Role
from relations.models import DeskMembership, Meeting, Relationship, User
from relations.models.moments import Moment, Moments
from relations.reports.dashboard import DeskSummary, dashboard
from tests import factories

pytestmark = pytest.mark.django_db

DAYS = (-40, -1, 0, 1)  # of the meetings and commitments, from today


@pytest.fixture
def other(desk: Relationship, analyst: User, reviewer: User) -> Relationship:
    """A second desk, half a day away, at which the same people work; both with something of every kind."""
    other = factories.make_desk("de-gr", "DE", "GR")
    other.time_zone = "Pacific/Auckland"
    other.save()
    for user, role in ((analyst, Role.ANALYST), (reviewer, Role.REVIEWER)):
        DeskMembership.objects.create(user=user, relationship=other, role=role)
    for here in (desk, other):
        today = here.today()
        issues = [factories.make_issue(here, f"{title} of {here.slug}", author=analyst) for title in ("B", "A")]
        for issue in issues:
            document = factories.make_document(here, analyst)
            said = factories.make_published(issue, analyst, reviewer, document=document)
            factories.make_move(issue, analyst, reviewer, [said])
            add_capture(actor=analyst, document=document, text="Other words.")
            draft = factories.make_statement(issue, analyst, factories.make_document(here, analyst))
            factories.submitted(draft, analyst)
            factories.make_statement(issue, reviewer, factories.make_document(here, reviewer))
            for day in (today + datetime.timedelta(days=days) for days in DAYS):
                factories.make_commitment(said, issue, analyst, due_earliest=day, due_latest=day)
                Meeting.objects.create(
                    relationship=here, title=f"Talks of {here.slug}", earliest=day, latest=day, author=analyst,
                    edited_by=analyst,
                )  # fmt: skip
    return other


def told(summary: DeskSummary) -> dict[str, Any]:
    """Return what a summary says, in values that can be compared."""
    few = (summary.to_review, summary.mine, summary.to_settle, summary.overdue, summary.due, summary.ahead)
    return {
        "few": [([getattr(row, "ref", row) for row in each.rows], each.more) for each in few],
        "settle": summary.to_settle.rows,
        "moved": [(str(each.issue), each.before, each.after, each.moves) for each in summary.changed.moved],
        "new": [(str(each.issue), each.number) for each in summary.changed.new],
        "statements": summary.changed.statements,
        "quiet": summary.quiet,
        "ribbons": [(str(issue), ribbon.words) for issue, ribbon in summary.ribbons],
        "issues": summary.issues,
        "desks": {row.relationship for each in few if each is not summary.to_settle for row in each.rows},
    }


@pytest.mark.parametrize("back", [None, 0, 45])
def test_each_of_several_desks_is_told_as_if_it_were_the_only_one(
    desk: Relationship, other: Relationship, reviewer: User, back: int | None
) -> None:
    at = Moments()
    if back is not None:
        day = min(desk.today(), other.today()) - datetime.timedelta(days=back)
        at = Moments({each.pk: Moment(known=day, time_zone=each.time_zone) for each in (desk, other)})
    together = {each.relationship: told(each) for each in dashboard(reviewer, at)}
    assert set(together) == {desk, other}
    for here, away in ((desk, other), (other, desk)):
        assert together[here]["desks"] <= {here}
        DeskMembership.objects.filter(user=reviewer, relationship=away).delete()
        (alone,) = dashboard(reviewer, at)
        assert told(alone) == together[here]
        DeskMembership.objects.create(user=reviewer, relationship=away, role=Role.REVIEWER)
    if back is None:
        assert [len(rows) for rows, _more in together[desk]["few"]] == [2, 2, 2, 3, 3, 4]
        assert [number for _issue, number in together[desk]["new"]] == [1, 1]


def test_who_reads_at_one_desk_and_writes_at_another_has_work_at_that_one_alone(
    desk: Relationship, other: Relationship, reviewer: User
) -> None:
    DeskMembership.objects.filter(user=reviewer, relationship=desk).update(role=Role.READER)
    there, here = dashboard(reviewer)
    assert (here.relationship, here.waits, there.waits) == (desk, False, True)
    assert (len(here.ahead.rows), len(here.changed.moved), here.quiet.unconfirmed) == (4, 2, [])
