"""A past view shows what the desk itself showed at the end of that day (R9): a desk is replayed day by day."""

import datetime
import itertools
import zoneinfo
from typing import Any

import pytest
from django.db import transaction
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from relations.actions.reviews import withdraw_statement, withdraw_status_change
from relations.actions.statements import correct_statement
from relations.choices import Role, Status
from relations.models import Document, Issue, Meeting, Statement, StatusChange, User
from relations.models.moments import NOW, Moment, Moments
from relations.reports.board import board_rows, with_line
from relations.reports.dashboard import dashboard
from relations.reports.documents import reader
from relations.reports.feeds import entries
from relations.reports.issue_page import issue_page, issue_record
from relations.reports.months import Month, issue_months, months_until
from relations.reports.spoken import with_last_word
from tests import factories

FIRST = datetime.date(2025, 3, 20)
ISTANBUL = zoneinfo.ZoneInfo("Europe/Istanbul")
# One is the first minute of the desk's day, which is still the day before elsewhere; one the last.
HOURS = [datetime.time(0, 0), datetime.time(12, 0), datetime.time(23, 59)]
ACTS = ("publish", "correct", "withdraw", "move", "withdraw move", "draft", "issue", "meeting")
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.booleans(),  # those in a row with the same one are of one day
        st.sampled_from(HOURS),
        st.integers(0, 3),  # of which statement, or how many days before it was said
    ),
    min_size=4,
    max_size=8,
)
MIDNIGHT, NOON, LAST_MINUTE = HOURS
EVERYTHING = [
    ("publish", False, MIDNIGHT, 0), ("publish", False, NOON, 3), ("move", False, LAST_MINUTE, 1),
    ("correct", True, MIDNIGHT, 0), ("withdraw", False, LAST_MINUTE, 0), ("meeting", True, MIDNIGHT, 0),
    ("withdraw move", False, LAST_MINUTE, 0), ("draft", True, NOON, 0), ("issue", True, LAST_MINUTE, 0),
]  # fmt: skip


class Desk:
    """A desk that things happen to, and who acts at it."""

    def __init__(self) -> None:
        self.relationship = factories.make_desk()
        self.analyst = factories.make_user("analyst", self.relationship)
        self.reviewer = factories.make_user("reviewer", self.relationship, Role.REVIEWER)
        self.reader = factories.make_user("reader", self.relationship, Role.READER)
        self.issue = factories.make_issue(self.relationship, slug="caatsa", author=self.analyst)
        self.document = factories.make_document(self.relationship, self.analyst)

    def happens(self, act: str, number: int, day: datetime.date) -> None:
        """Let something happen; nothing where there is nothing that it could happen to."""
        said = day - datetime.timedelta(days=number)
        standing = list(Statement.objects.standing().order_by("pk"))
        moves = list(StatusChange.objects.standing().order_by("pk"))
        chosen: Any = standing[number % len(standing)] if standing else None
        if act == "publish":
            self._publish(earliest=said, latest=said)
        elif act == "draft":
            factories.make_statement(self.issue, self.analyst, self.document, earliest=said, latest=said)
        elif act == "issue":
            factories.make_issue(self.relationship, author=self.analyst)
        elif act == "meeting":
            Meeting.objects.create(
                relationship=self.relationship, title="Talks", state="held", earliest=said, latest=said,
                author=self.analyst, edited_by=self.analyst,
            ).agenda.create(relationship=self.relationship, issue=self.issue)  # fmt: skip
        elif act == "correct" and chosen:
            factories.publish(correct_statement(actor=self.analyst, statement=chosen), self.analyst, self.reviewer)
        elif act == "withdraw" and chosen:
            withdraw_statement(actor=self.reviewer, subject=chosen, reason="Wrong.")
        elif act == "move" and chosen:
            status = list(Status)[number]
            factories.make_move(self.issue, self.analyst, self.reviewer, [chosen], to_status=status, effective=said)
        elif act == "withdraw move" and moves:
            withdraw_status_change(actor=self.reviewer, subject=moves[number % len(moves)], reason="Wrong.")

    def _publish(self, **fields: Any) -> None:
        factories.make_published(self.issue, self.analyst, self.reviewer, document=self.document, **fields)

    def picture(self, at: Moment, who: User) -> dict[str, Any]:
        """Return what the reports say as of `at`, in values that can be compared."""
        desk = self.relationship
        issues = with_last_word(Issue.objects.visible_to(who, at).at(desk).with_standing(at).order_by("pk"), at)
        months = months_until(Month.of(FIRST).plus(1), 12)
        issue = Issue.objects.with_standing(at).get(pk=self.issue.pk)
        record = issue_record(who, issue, at=at)
        page = issue_page(who, issue, record, at)
        shown = reader(who, Document.objects.get(pk=self.document.pk), at=at)
        assert shown is not None
        home = dashboard(who, Moments({desk.pk: at}) if at.is_past else Moments())[0]
        statements = Statement.objects.visible_to(who, at).with_review_state(at).with_passage_flag(at).order_by("pk")
        return {
            "board": [
                (row.issue.slug, row.issue.status, row.issue.status_since, row.silence, row.flagged, _held(row.second))
                for row in board_rows(desk, with_line(issues, at), at)
            ],
            "months": [(row.issue.pk, row.runs, row.said) for row in issue_months(desk, issues, months, at)],
            "statements": [_state(row) for row in statements],
            "record": [_state(row) for row in record.page.rows],
            "moves": [
                (_state(move.change), move.is_shaken, move.before and move.before.ref, [_state(x) for x in move.evidence])
                for move in page.moves
            ],
            "home": (
                home.changed.statements, [(each.issue.slug, each.before, each.after) for each in home.changed.moved],
                home.changed.corrections.number, home.changed.withdrawals.number, [each.pk for each in home.ahead.rows],
                [(each.issue.slug, each.silence) for each in home.quiet.silent],
                [(each.slug, ribbon.words) for each, ribbon in home.ribbons],
            ),
            "feed": [(entry.title, entry.summary, entry.at) for entry in entries(who, desk, at=at)],
            "now": page.now and page.now.change.ref,
            "proposals": [change.ref for change in page.proposals],
            "meetings": [(meeting.pk, meeting.state) for meeting in page.meetings],
            "notes": [_state(note.statement) for note in shown.notes],
            "flagged": [
                change.ref for change in StatusChange.objects.standing(at).with_evidence_flag(at).order_by("pk")
                if change.evidence_flagged
            ],
        }  # fmt: skip


def _held(held: Any) -> Any:
    return held and (held.bearing.statement.ref, held.how)


def _state(row: Any) -> tuple[Any, ...]:
    return row.ref, row.state(), row.is_standing, row.superseded_at, row.withdrawn_at, row.withdrawal_reason


# Without shrinking, which would replay desks for minutes: what failed is printed, and short.
@pytest.mark.django_db
@settings(max_examples=2, deadline=None, phases=[Phase.explicit, Phase.generate])
@example(events=EVERYTHING)
@given(events=EVENTS)
def test_a_past_view_shows_what_the_desk_showed_at_the_end_of_that_day(events: list[Any]) -> None:
    with transaction.atomic():
        with factories.clock(datetime.datetime.combine(FIRST, datetime.time(9), ISTANBUL)):
            desk = Desk()
        shown: dict[Moment, dict[str, Any]] = {}
        day = FIRST
        for _gap, of_day in itertools.groupby(events, key=lambda event: event[1]):
            for act, _gap, hour, number in sorted(of_day, key=lambda event: event[2]):
                with factories.clock(datetime.datetime.combine(day, hour, ISTANBUL)):
                    desk.happens(act, number, day)
            effective = day - datetime.timedelta(days=2)
            with factories.clock(datetime.datetime.combine(day, datetime.time(23, 59, 59), ISTANBUL)):
                shown[Moment(None, day, desk.relationship.time_zone)] = desk.picture(NOW, desk.reader)
                shown[Moment(effective, day, desk.relationship.time_zone)] = desk.picture(
                    Moment(effective), desk.reader
                )
            day += datetime.timedelta(days=1)

        for at, picture in shown.items():
            # Who writes sees no more of the past than who reads.
            assert desk.picture(at, desk.analyst) == picture, at
        assert desk.picture(at, desk.reader) == picture
        transaction.set_rollback(True)
