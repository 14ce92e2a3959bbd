"""What changed between two moments, by what the desk had published: on hand-made rows."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from relations.actions.issues import correct_status_change
from relations.actions.reviews import withdraw_statement, withdraw_status_change
from relations.actions.statements import correct_statement
from relations.models import Issue, Relationship, Statement, User
from relations.models.base import moment
from relations.models.moments import Moment
from relations.reports.intervals import Interval
from relations.reports.what_changed import Stood, WhatChanged, new_statements, what_changed
from tests import factories
from tests.factories import DAY

pytestmark = pytest.mark.django_db


def between(
    desk: Relationship, since: datetime.datetime, until: datetime.datetime | None = None, **how: Any
) -> WhatChanged:
    issues = list(Issue.objects.in_board_order())
    return what_changed(desk, Interval(since, until), issues, **how)


def told(changed: WhatChanged) -> dict[str, int]:
    """Return how many statements are new by issue."""
    return {str(new.issue): new.number for new in changed.new}


@pytest.fixture
def say(issue: Issue, analyst: User, reviewer: User) -> Any:
    """Publish what Türkiye said on an issue, by default a request of the usual strength."""

    def publish(act: str = "REQUEST", intensity: str = "0", on: Issue = issue, day: datetime.date = DAY) -> Statement:
        bearing = factories.bearing_on(on, act)
        bearing.intensity = Decimal(intensity)
        return factories.make_published(on, analyst, reviewer, bearings=[bearing], earliest=day, latest=day)

    return publish


def test_the_days_of_an_interval_are_the_desks_both_included(desk: Relationship) -> None:
    interval = Interval.of_days(desk, DAY, DAY)
    assert interval.since == datetime.datetime(2025, 3, 24, 21, tzinfo=datetime.UTC)
    assert interval.until == datetime.datetime(2025, 3, 25, 21, tzinfo=datetime.UTC)
    assert interval.holds(interval.since)
    assert not interval.holds(interval.until)


def test_without_a_visit_it_is_the_last_days_as_far_as_the_calendar_goes(desk: Relationship) -> None:
    assert Interval.since_visit(desk, None, DAY) == Interval.of_days(desk, datetime.date(2025, 2, 24), DAY)
    begin = datetime.date(1, 1, 1)
    assert between(desk, Interval.since_visit(desk, None, begin).since, at=Moment(known=begin)).is_nothing


def test_an_issue_moved_from_where_it_stood_before_to_where_it_stood_after(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User, say: Any
) -> None:
    said, start = say(), moment()
    first = factories.make_move(issue, analyst, reviewer, [said])
    middle = moment()
    second = factories.make_move(issue, analyst, reviewer, [said], to_status="stalled", to_trend="deteriorating")
    (moved,) = between(desk, start).moved
    assert (moved.issue, moved.before, moved.moves) == (issue, Stood("open", "not_assessed"), [second, first])
    assert moved.after == Stood("stalled", "deteriorating")
    (moved,) = between(desk, start, middle).moved
    assert (moved.after, moved.moves) == (Stood("in_talks", "improving"), [first])
    (moved,) = between(desk, middle).moved
    assert (moved.before, moved.moves) == (Stood("in_talks", "improving"), [second])
    assert between(desk, moment()).is_nothing
    assert not between(desk, start, at=Moment(effective=DAY - datetime.timedelta(days=1))).moved


def test_a_withdrawn_move_takes_the_issue_back_and_another_telling_of_a_move_is_none(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User, say: Any
) -> None:
    move, start = factories.make_move(issue, analyst, reviewer, [say()]), moment()
    retold = correct_status_change(actor=analyst, change=move, note="It was said twice.")
    factories.publish(retold, analyst, reviewer)
    changed, corrected = between(desk, start), moment()
    assert not changed.moved
    assert changed.corrections.rows == [retold]
    withdraw_status_change(actor=reviewer, subject=retold, reason="Not said at all.")
    changed = between(desk, corrected)
    assert [(each.before, each.after, each.moves) for each in changed.moved] == [
        (Stood("in_talks", "improving"), Stood(), [])
    ]
    assert changed.withdrawals.rows == [retold]


def test_a_position_shifts_against_the_latest_one_held_before(desk: Relationship, issue: Issue, say: Any) -> None:
    old, start = say("REQUEST", "0"), moment()
    say("REQUEST", "2.5", day=DAY + datetime.timedelta(days=1))
    assert not between(desk, start).shifted
    new = say("REJECT", "-2", day=DAY + datetime.timedelta(days=2))
    say("THREATEN", "-4", day=DAY - datetime.timedelta(days=9))  # published late, said before
    (shifted,) = between(desk, start).shifted
    assert (shifted.issue, shifted.party, shifted.side) == (issue, desk.second_party, "second")
    assert (shifted.before.statement, shifted.after.statement) == (old, new)
    assert not between(desk, start, at=Moment(effective=DAY)).shifted


def test_neither_a_first_position_nor_a_correction_nor_a_withdrawal_is_a_shift(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User, say: Any
) -> None:
    start = moment()
    say("REQUEST")
    assert not between(desk, start).shifted
    later, known = say("REJECT", "-2", day=DAY + datetime.timedelta(days=1)), moment()
    correction = correct_statement(actor=analyst, statement=later)
    factories.rewritten(correction, analyst, "Türkiye threatens.", act="THREATEN")
    factories.publish(correction, analyst, reviewer)
    assert told(between(desk, known)) == {}
    assert not between(desk, known).shifted
    withdraw_statement(actor=reviewer, subject=correction, reason="Not said.")
    assert not between(desk, known).shifted


def test_new_statements_are_told_by_issue_once_and_not_while_they_are_drafts(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User, say: Any
) -> None:
    other = factories.make_issue(desk, "Trade", impact="critical")
    say()
    start = moment()
    both = [factories.bearing_on(each, position_of=party) for each in (issue, other) for party in desk.parties]
    statement = factories.make_published(issue, analyst, reviewer, bearings=both)
    say(on=other)
    factories.make_statement(issue, analyst)
    changed = between(desk, start)
    assert list(told(changed).items()) == [("Trade", 2), ("CAATSA sanctions", 1)]  # as the board orders them
    assert changed.statements == 2
    assert changed.new[1].statements == [statement]
    assert told(between(desk, start, only=issue)) == {"CAATSA sanctions": 1}
    assert not told(between(desk, start, at=Moment(effective=DAY - datetime.timedelta(days=1))))


def test_a_correction_is_as_new_as_what_it_corrects(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User, say: Any
) -> None:
    def correct(statement: Statement) -> Statement:
        draft = correct_statement(actor=analyst, statement=statement, note="Misheard.")
        factories.rewritten(draft, analyst, "Türkiye refuses the sanctions.")
        return factories.publish(draft, analyst, reviewer)

    old, start = say(), moment()
    once = correct(old)
    twice = correct(once)
    assert not told(between(desk, start))
    assert between(desk, start).corrections.rows == [twice, once]
    assert between(desk, start).corrections.rows[1].correction_note == "Misheard."
    new = correct(say())
    changed = between(desk, start)
    assert changed.new[0].statements == [new]
    assert changed.new[0].number == 1
    assert list(new_statements(desk, changed.interval)) == [new]


def test_what_was_published_and_withdrawn_meanwhile_is_a_withdrawal_and_not_new(
    desk: Relationship, analyst: User, reviewer: User, say: Any
) -> None:
    start = moment()
    withdrawn, middle = say(), moment()
    withdraw_statement(actor=reviewer, subject=withdrawn, reason="Not said.")
    changed = between(desk, start)
    assert not changed.new
    assert [(row, row.withdrawal_reason) for row in changed.withdrawals.rows] == [(withdrawn, "Not said.")]
    assert told(between(desk, start, middle)) == {"CAATSA sanctions": 1}
    assert not between(desk, start, middle).withdrawals.number


def test_another_desks_changes_are_not_told(desk: Relationship, say: Any) -> None:
    start = moment()
    say()
    other = factories.make_desk("gr-de", "GR", "DE")
    assert between(other, start).is_nothing


def test_of_thousands_the_latest_are_counted_and_it_is_said(
    desk: Relationship, say: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relations.reports.what_changed.MOST", 2)
    monkeypatch.setattr("relations.reports.what_changed.LINES", 1)
    start = moment()
    say()
    latest = [say() for _each in range(2)]
    assert not between(desk, latest[0].published_at).is_cut
    changed = between(desk, start)
    assert changed.is_cut
    assert changed.new[0].statements == [latest[1]]
