"""What a side said it will do: recorded from a statement, settled by another, refused with a sentence at its field."""

import datetime
from typing import Any

import pytest

from relations.access import NotAllowed
from relations.actions.commitments import revise_commitment, settle_commitment
from relations.actions.refusal import Refused, Stale
from relations.actions.reviews import withdraw_statement
from relations.choices import CommitmentState
from relations.models import Commitment, Issue, Notification, Relationship, Statement, User
from tests import factories

pytestmark = pytest.mark.django_db

LATER = factories.DAY + datetime.timedelta(days=10)


@pytest.fixture
def owed(published: Statement, issue: Issue, analyst: User) -> Commitment:
    return factories.make_commitment(published, issue, analyst)


@pytest.fixture
def later(issue: Issue, analyst: User, reviewer: User) -> Statement:
    return factories.make_published(issue, analyst, reviewer, text="The talks were held.", earliest=LATER, latest=LATER)


def settle(commitment: Commitment, actor: User, state: str, **typed: Any) -> Commitment:
    commitment.refresh_from_db()
    return settle_commitment(
        actor=actor, commitment=commitment, state=state, **{"revision": commitment.revision, **typed}
    )


def test_a_commitment_is_recorded_from_a_published_statement_and_is_open(owed: Commitment, analyst: User) -> None:
    assert owed.state == CommitmentState.OPEN
    assert owed.author == analyst
    assert owed.due == "Apr 2025"


def test_readers_record_revise_and_settle_nothing(owed: Commitment, reader: User) -> None:
    with pytest.raises(NotAllowed):
        factories.make_commitment(owed.statement, owed.issue, reader)
    with pytest.raises(NotAllowed):
        revise_commitment(actor=reader, commitment=owed, revision=1)
    with pytest.raises(NotAllowed):
        settle(owed, reader, "lapsed", note="Nobody asked.")


def test_a_draft_makes_no_commitment(draft: Statement, issue: Issue, analyst: User) -> None:
    with pytest.raises(Refused, match="stands published on this issue") as refused:
        factories.make_commitment(draft, issue, analyst)
    assert refused.value.field == "issue"


def test_a_withdrawn_statement_makes_no_commitment(
    published: Statement, issue: Issue, analyst: User, reviewer: User
) -> None:
    withdraw_statement(actor=reviewer, subject=published, reason="Misheard.")
    with pytest.raises(Refused, match="stands published"):
        factories.make_commitment(published, issue, analyst)


def test_a_statement_on_another_issue_makes_no_commitment_on_this_one(
    published: Statement, desk: Relationship, analyst: User
) -> None:
    with pytest.raises(Refused, match="on this issue"):
        factories.make_commitment(published, factories.make_issue(desk, author=analyst), analyst)


def test_who_owes_it_is_one_of_the_two_sides(published: Statement, issue: Issue, analyst: User) -> None:
    with pytest.raises(Refused, match="One of the two sides") as refused:
        factories.make_commitment(published, issue, analyst, party=factories.make_party("GR", "Greece"))
    assert refused.value.field == "party"


def test_words_and_day_are_revised_and_a_newer_revision_is_not_overwritten(owed: Commitment, analyst: User) -> None:
    owed.text = "Two rounds of technical talks will be held."
    owed.due_earliest = owed.due_latest = None
    revised = revise_commitment(actor=analyst, commitment=owed, revision=1)
    assert (revised.text, revised.due, revised.revision) == (owed.text, "", 2)
    with pytest.raises(Stale):
        revise_commitment(actor=analyst, commitment=owed, revision=1)


def test_it_is_kept_as_a_later_statement_shows(owed: Commitment, later: Statement, analyst: User) -> None:
    settled = settle(owed, analyst, "kept", settled_by=later)
    assert (settled.state, settled.settled_by, settled.settled_on, settled.settler) == ("kept", later, LATER, analyst)


def test_it_lapses_with_a_reason_and_today(owed: Commitment, analyst: User) -> None:
    settled = settle(owed, analyst, "lapsed", note="The delegation was dissolved.")
    assert (settled.settled_on, settled.settling_note) == (
        owed.relationship.today(), "The delegation was dissolved.",
    )  # fmt: skip


def test_it_is_opened_again(owed: Commitment, later: Statement, analyst: User) -> None:
    settle(owed, analyst, "broken", settled_by=later)
    opened = settle(owed, analyst, "open", note="We misread it.")
    assert (opened.state, opened.settled_by, opened.settled_on, opened.settler) == ("open", None, None, None)


def test_a_settlement_over_a_newer_revision_is_refused(owed: Commitment, later: Statement, analyst: User) -> None:
    settle(owed, analyst, "kept", settled_by=later)
    with pytest.raises(Stale):
        settle(owed, analyst, "lapsed", note="Late.", revision=1)


@pytest.mark.parametrize("state", ["kept", "broken"])
def test_kept_and_broken_need_the_statement_that_shows_it(owed: Commitment, analyst: User, state: str) -> None:
    with pytest.raises(Refused, match="shown by a published statement") as refused:
        settle(owed, analyst, state)
    assert refused.value.field == "settled_by"


def test_it_is_not_settled_by_its_own_statement(owed: Commitment, analyst: User) -> None:
    with pytest.raises(Refused, match="that it was taken from"):
        settle(owed, analyst, "kept", settled_by=owed.statement)


def test_it_is_not_settled_by_what_was_said_before(
    owed: Commitment, issue: Issue, analyst: User, reviewer: User
) -> None:
    day = factories.DAY - datetime.timedelta(days=1)
    earlier = factories.make_published(issue, analyst, reviewer, text="Earlier.", earliest=day, latest=day)
    with pytest.raises(Refused, match="before the commitment was made"):
        settle(owed, analyst, "kept", settled_by=earlier)


def test_it_is_not_settled_by_a_draft_or_by_what_no_longer_stands(
    owed: Commitment, draft: Statement, later: Statement, analyst: User, reviewer: User
) -> None:
    with pytest.raises(Refused, match="stands published on this issue"):
        settle(owed, analyst, "kept", settled_by=draft)
    withdraw_statement(actor=reviewer, subject=later, reason="Misheard.")
    with pytest.raises(Refused, match="stands published on this issue"):
        settle(owed, analyst, "kept", settled_by=later)


def test_it_does_not_lapse_without_a_reason_nor_on_a_day_to_come(owed: Commitment, analyst: User) -> None:
    with pytest.raises(Refused, match="Say why it lapsed") as refused:
        settle(owed, analyst, "lapsed", note="  ")
    assert refused.value.field == "note"
    with pytest.raises(Refused, match="lies in the future") as refused:
        settle(owed, analyst, "lapsed", note="Late.", settled_on=datetime.date(2999, 1, 1))
    assert refused.value.field == "settled_on"


def test_what_became_of_it_is_one_of_the_known_ends(owed: Commitment, analyst: User) -> None:
    with pytest.raises(Refused, match="Choose what became of it"):
        settle(owed, analyst, "forgotten")


def test_the_owner_is_told_what_a_side_promised_and_what_became_of_it(
    issue: Issue, published: Statement, analyst: User, reviewer: User
) -> None:
    Issue.objects.filter(pk=issue.pk).update(owner=reviewer)
    commitment = factories.make_commitment(published, issue, analyst)
    settle_commitment(
        actor=analyst, commitment=commitment, state="lapsed", note="Nothing came.", revision=commitment.revision
    )
    told = Notification.objects.filter(user=reviewer, commitment=commitment).order_by("pk")
    assert [each.happening for each in told] == ["commitment_made", "commitment_settled"]
