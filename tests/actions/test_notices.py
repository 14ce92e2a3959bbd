"""Who is told of what, and why; who never is. Each act tells inside its own transaction."""

from typing import Any

import pytest

from relations.access import NotAllowed
from relations.actions.editing import save_edited
from relations.actions.following import follow, unfollow
from relations.actions.issues import correct_status_change, revise_status_change
from relations.actions.meetings import save_meeting
from relations.actions.memberships import revoke_membership
from relations.actions.notices import tell_commitment_recorded, tell_commitment_settled
from relations.actions.refusal import Refused
from relations.actions.reviews import approve, return_, withdraw_statement, withdraw_status_change
from relations.actions.statements import correct_statement
from relations.choices import Happening, Reason, Role
from relations.models import (
    AgendaItem,
    Commitment,
    DeskMembership,
    Document,
    Issue,
    Meeting,
    Notification,
    Participant,
    Relationship,
    SavedView,
    Statement,
    User,
    Watch,
)
from tests import factories

pytestmark = pytest.mark.django_db


def told(user: User) -> list[tuple[str, str]]:
    """Return what happened and why of all that `user` was told, oldest first."""
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("happening", "reason"))


def waits_for(user: User) -> list[str]:
    """Return what `user` was told and has not read, oldest first."""
    told_of = Notification.objects.filter(user=user).unread()
    return list(told_of.order_by("pk").values_list("happening", flat=True))


def forget() -> None:
    Notification.objects.all().delete()


def make_view(desk: Relationship, owner: User, query: str, page: str = "statements", **fields: Any) -> SavedView:
    return SavedView.objects.create(
        relationship=desk, owner=owner, page=page, name=query or page, query=query, **fields
    )


# Review


def test_what_is_submitted_is_told_to_those_who_may_decide_and_to_nobody_else(
    draft: Statement, analyst: User, reviewer: User, lead: User, reader: User
) -> None:
    factories.submitted(draft, analyst)
    assert told(reviewer) == told(lead) == [(Happening.SUBMITTED, Reason.REVIEWER)]
    assert told(analyst) == told(reader) == []


def test_a_reviewer_who_wrote_it_is_not_asked_to_review_it(issue: Issue, analyst: User, reviewer: User) -> None:
    factories.submitted(factories.make_statement(issue, reviewer), analyst)
    assert told(reviewer) == []


def test_what_came_back_and_what_was_published_is_told_to_its_author(
    draft: Statement, analyst: User, reviewer: User
) -> None:
    review = factories.submitted(draft, analyst)
    return_(actor=reviewer, review=review, revision=1, comment="When?")
    assert told(analyst) == [(Happening.RETURNED, Reason.AUTHOR)]
    factories.publish(draft, analyst, reviewer)
    assert told(analyst)[1:] == [(Happening.PUBLISHED, Reason.AUTHOR)]


def test_what_waited_for_a_decision_or_a_mending_is_read_once_that_is_done(
    draft: Statement, analyst: User, reviewer: User, lead: User
) -> None:
    review = factories.submitted(draft, analyst)
    assert waits_for(reviewer) == waits_for(lead) == [Happening.SUBMITTED]
    return_(actor=reviewer, review=review, revision=1, comment="When?")
    assert waits_for(reviewer) == waits_for(lead) == []
    assert waits_for(analyst) == [Happening.RETURNED]
    review = factories.submitted(draft, analyst)
    assert waits_for(analyst) == []
    assert waits_for(lead) == [Happening.SUBMITTED]
    approve(actor=lead, review=review, revision=1)
    assert waits_for(reviewer) == waits_for(lead) == []
    assert waits_for(analyst) == [Happening.PUBLISHED]


def test_a_decision_settles_what_was_told_of_its_own_subject_alone(
    issue: Issue, analyst: User, reviewer: User, lead: User
) -> None:
    first, second = (factories.make_statement(issue, analyst, text=text) for text in ("First.", "Second."))
    review = factories.submitted(first, analyst)
    factories.submitted(second, analyst)
    approve(actor=reviewer, review=review, revision=1)
    assert Notification.objects.filter(user=lead).unread().get().statement == second


def test_shaken_evidence_waits_until_the_status_that_rests_on_it_is_corrected_or_withdrawn(
    issue: Issue, analyst: User, reviewer: User, lead: User
) -> None:
    Issue.objects.filter(pk=issue.pk).update(owner=lead)
    for put_right in (True, False):
        gone, stands = (factories.make_told(issue, analyst, reviewer, text=text) for text in ("One.", "Two."))
        status = "in_talks" if put_right else "stalled"
        change = factories.make_move(issue, analyst, reviewer, [gone, stands], to_status=status)
        withdraw_statement(actor=reviewer, subject=gone, reason="Misheard.")
        assert Happening.EVIDENCE_SHAKEN in waits_for(lead)
        if put_right:
            correction = correct_status_change(actor=analyst, change=change)
            correction.rationale = "On the other’s evidence."
            revise_status_change(actor=analyst, change=correction, evidence=[stands], revision=1)
            factories.publish(correction, analyst, reviewer)
        else:
            withdraw_status_change(actor=reviewer, subject=change, reason="Too early.")
        assert Happening.EVIDENCE_SHAKEN not in waits_for(lead)


def test_ones_own_acts_notify_nobody_but_others(issue: Issue, analyst: User, reviewer: User, lead: User) -> None:
    for someone in (reviewer, lead):
        follow(actor=someone, subject=issue)
    factories.make_told(issue, analyst, reviewer)
    assert (Happening.PUBLISHED, Reason.WATCH_ISSUE) in told(lead)
    assert all(happening == Happening.SUBMITTED for happening, _reason in told(reviewer))


def test_a_published_statement_is_told_to_followers_of_its_issue_its_speaker_and_itself(
    draft: Statement, issue: Issue, analyst: User, reviewer: User, reader: User
) -> None:
    by_person, by_statement = (factories.make_user(name, draft.relationship) for name in ("p", "s"))
    follow(actor=reader, subject=issue)
    assert draft.speaker_person is not None
    follow(actor=by_person, subject=draft.speaker_person)
    follow(actor=by_statement, subject=draft)
    factories.publish(draft, analyst, reviewer)
    assert told(reader) == [(Happening.PUBLISHED, Reason.WATCH_ISSUE)]
    assert told(by_person) == [(Happening.PUBLISHED, Reason.WATCH_PERSON)]
    assert told(by_statement) == [(Happening.PUBLISHED, Reason.WATCH_STATEMENT)]


def test_people_found_to_be_one_are_followed_as_one(
    draft: Statement, analyst: User, reviewer: User, reader: User
) -> None:
    other = factories.make_person("H. Fidan", post="Minister")
    assert draft.speaker_person is not None
    other.merged_into = draft.speaker_person
    other.save()
    follow(actor=reader, subject=other)
    factories.publish(draft, analyst, reviewer)
    assert told(reader) == [(Happening.PUBLISHED, Reason.WATCH_PERSON)]


def test_of_several_reasons_each_is_told_once_with_the_strongest(
    draft: Statement, issue: Issue, analyst: User, reviewer: User
) -> None:
    for subject in (draft, issue, draft.speaker_person):
        follow(actor=analyst, subject=subject)  # type: ignore[arg-type]
    factories.publish(draft, analyst, reviewer)
    assert told(analyst) == [(Happening.PUBLISHED, Reason.AUTHOR)]


def test_a_correction_is_told_of_what_it_corrects_and_shakes_the_status_that_rested_on_it(
    published: Statement, issue: Issue, analyst: User, reviewer: User, lead: User, reader: User
) -> None:
    Issue.objects.filter(pk=issue.pk).update(owner=lead)
    change = factories.make_move(issue, analyst, reviewer, [published])
    follow(actor=reader, subject=published)
    forget()
    correction = correct_statement(actor=analyst, statement=published)
    factories.publish(correction, analyst, reviewer)
    assert told(reader) == [(Happening.CORRECTED, Reason.WATCH_STATEMENT)]
    assert Notification.objects.get(user=reader).statement == published
    shaken = Notification.objects.get(user=lead, happening=Happening.EVIDENCE_SHAKEN)
    assert (shaken.reason, shaken.status_change) == (Reason.OWNER, change)


def test_a_withdrawal_is_told_to_author_and_followers_and_shakes_the_status(
    published: Statement, issue: Issue, analyst: User, reviewer: User, lead: User, reader: User
) -> None:
    factories.make_move(issue, analyst, reviewer, [published])
    follow(actor=reader, subject=issue)
    forget()
    withdraw_statement(actor=lead, subject=published, reason="Misheard.")
    assert told(analyst) == [(Happening.WITHDRAWN, Reason.AUTHOR)]
    assert told(reader) == [
        (Happening.WITHDRAWN, Reason.WATCH_ISSUE),
        (Happening.EVIDENCE_SHAKEN, Reason.WATCH_ISSUE),
    ]


def test_a_move_of_a_status_is_told_to_the_owner_and_those_who_follow_the_issue(
    published: Statement, issue: Issue, analyst: User, reviewer: User, lead: User, reader: User
) -> None:
    Issue.objects.filter(pk=issue.pk).update(owner=lead)
    follow(actor=reader, subject=issue)
    forget()
    change = factories.make_move(issue, analyst, reviewer, [published])
    assert told(reader) == [(Happening.STATUS_MOVED, Reason.WATCH_ISSUE)]
    assert told(lead)[-1] == (Happening.STATUS_MOVED, Reason.OWNER)
    assert told(analyst) == [(Happening.STATUS_MOVED, Reason.AUTHOR)]
    forget()
    withdraw_status_change(actor=reviewer, subject=change, reason="Too early.")
    assert told(reader) == [(Happening.WITHDRAWN, Reason.WATCH_ISSUE)]


# Saved views


def test_a_followed_view_tells_of_what_it_shows_and_of_nothing_else(
    issue: Issue, analyst: User, reviewer: User, reader: User
) -> None:
    desk = issue.relationship
    follow(actor=reader, subject=make_view(desk, analyst, "text=sanctions+-trade&sort=-latest", shared=True))
    factories.make_told(issue, analyst, reviewer, text="Türkiye wants trade.")
    assert told(reader) == []
    factories.make_told(issue, analyst, reviewer)
    assert told(reader) == [(Happening.PUBLISHED, Reason.WATCH_VIEW)]


def test_a_followed_view_of_the_board_tells_of_moves(
    issue: Issue, published: Statement, analyst: User, reviewer: User, reader: User
) -> None:
    desk = issue.relationship
    follow(actor=reader, subject=make_view(desk, reader, "status=in_talks", page="board"))
    factories.make_move(issue, analyst, reviewer, [published])
    assert told(reader) == [(Happening.STATUS_MOVED, Reason.WATCH_VIEW)]
    factories.make_move(issue, analyst, reviewer, [published], to_status="stalled")
    assert len(told(reader)) == 1


def test_a_view_that_is_shared_no_longer_tells_its_owner_alone(
    issue: Issue, analyst: User, reviewer: User, reader: User, lead: User
) -> None:
    view = make_view(issue.relationship, lead, "", shared=True)
    for someone in (reader, lead):
        follow(actor=someone, subject=view)
    SavedView.objects.filter(pk=view.pk).update(shared=False)
    factories.make_told(issue, analyst, reviewer)
    assert told(reader) == []
    assert (Happening.PUBLISHED, Reason.WATCH_VIEW) in told(lead)


def test_a_view_whose_filters_cannot_be_read_tells_of_nothing_and_stops_nothing(
    issue: Issue, analyst: User, reviewer: User, reader: User
) -> None:
    follow(actor=reader, subject=make_view(issue.relationship, reader, "kind=bogus"))
    factories.make_told(issue, analyst, reviewer)
    assert told(reader) == []


def test_views_of_lists_of_which_nothing_is_told_are_not_followed(desk: Relationship, reader: User) -> None:
    with pytest.raises(Refused, match="Only views"):
        follow(actor=reader, subject=make_view(desk, reader, "", page="documents"))


# Issues, meetings, commitments


def test_an_edited_issue_is_told_to_its_owner_and_a_new_one_to_nobody(
    desk: Relationship, analyst: User, lead: User
) -> None:
    row = Issue(relationship=desk, title="S-400", slug="s-400", owner=lead)
    issue = save_edited(actor=analyst, row=row)
    assert told(lead) == []
    issue.title = "S-400 systems"
    save_edited(actor=analyst, row=issue, revision=1)
    assert told(lead) == [(Happening.ISSUE_EDITED, Reason.OWNER)]


def test_an_owner_is_someone_who_writes_at_the_desk(desk: Relationship, analyst: User, reader: User) -> None:
    with pytest.raises(Refused, match="someone who writes") as refused:
        save_edited(actor=analyst, row=Issue(relationship=desk, title="S-400", slug="s-400", owner=reader))
    assert refused.value.field == "owner"


def test_an_owner_who_may_no_longer_write_stays_until_another_is_chosen(
    issue: Issue, analyst: User, lead: User
) -> None:
    Issue.objects.filter(pk=issue.pk).update(owner=lead)
    DeskMembership.objects.filter(user=lead).update(role=Role.READER)
    issue.refresh_from_db()
    issue.title = "CAATSA"
    assert save_edited(actor=analyst, row=issue, revision=1).owner == lead


def test_a_meeting_is_told_to_followers_of_its_agenda_and_of_who_takes_part(
    issue: Issue, analyst: User, reader: User, lead: User
) -> None:
    desk = issue.relationship
    person = factories.make_person()
    follow(actor=reader, subject=issue)
    follow(actor=lead, subject=person)
    save_meeting(
        actor=analyst,
        meeting=Meeting(relationship=desk, title="Call"),
        participants=[Participant(party=desk.second_party, person=person)],
        agenda=[AgendaItem(issue=issue)],
        readouts=[],
    )
    assert told(reader) == [(Happening.MEETING_SAVED, Reason.WATCH_ISSUE)]
    assert told(lead) == [(Happening.MEETING_SAVED, Reason.WATCH_PERSON)]


def test_commitments_are_the_desks_own_and_told_to_no_reader(
    issue: Issue, published: Statement, analyst: User, reviewer: User, reader: User
) -> None:
    for someone in (reader, reviewer):
        follow(actor=someone, subject=issue)
    forget()
    commitment = Commitment.objects.create(
        relationship=issue.relationship, issue=issue, statement=published, party=issue.relationship.first_party,
        text="Talks will be held", author=analyst, edited_by=analyst,
    )  # fmt: skip
    tell_commitment_recorded(actor=analyst, commitment=commitment)
    tell_commitment_settled(actor=reviewer, commitment=commitment)
    assert told(reviewer) == [(Happening.COMMITMENT_RECORDED, Reason.WATCH_ISSUE)]
    assert told(analyst) == [(Happening.COMMITMENT_SETTLED, Reason.AUTHOR)]
    assert told(reader) == []


# Who is never told


def test_nobody_follows_what_she_may_not_see(draft: Statement, issue: Issue, reader: User, outsider: User) -> None:
    for who, subject in ((reader, draft), (outsider, issue)):
        with pytest.raises(NotAllowed):
            follow(actor=who, subject=subject)
    assert not Watch.objects.exists()


def test_who_left_the_desk_is_told_nothing_and_shown_nothing_of_before(
    issue: Issue, analyst: User, reviewer: User, reader: User, superuser: User
) -> None:
    follow(actor=reader, subject=issue)
    factories.make_told(issue, analyst, reviewer)
    assert Notification.objects.of(reader).count() == 1
    revoke_membership(actor=superuser, membership=DeskMembership.objects.get(user=reader))
    factories.make_told(issue, analyst, reviewer)
    assert Notification.objects.filter(user=reader).count() == 1
    assert not Notification.objects.of(reader).exists()


def test_who_became_a_reader_is_shown_no_more_of_drafts(draft: Statement, analyst: User, reviewer: User) -> None:
    factories.submitted(draft, analyst)
    assert Notification.objects.of(reviewer).count() == 1
    DeskMembership.objects.filter(user=reviewer).update(role=Role.READER)
    assert not Notification.objects.of(reviewer).exists()


def test_an_account_that_was_ended_is_told_nothing(issue: Issue, analyst: User, reviewer: User, reader: User) -> None:
    follow(actor=reader, subject=issue)
    User.objects.filter(pk=reader.pk).update(is_active=False)
    factories.make_told(issue, analyst, reviewer)
    assert told(reader) == []


def test_a_member_of_another_desk_is_told_nothing_of_this_one(draft: Statement, analyst: User, reviewer: User) -> None:
    foreigner = factories.make_user("foreigner", factories.make_desk("gr-de", "GR", "DE"), Role.LEAD)
    assert draft.speaker_person is not None
    follow(actor=foreigner, subject=draft.speaker_person)
    factories.publish(draft, analyst, reviewer)
    assert told(foreigner) == []


def test_following_twice_is_following_and_unfollowing_ends_it(
    issue: Issue, analyst: User, reviewer: User, reader: User
) -> None:
    follow(actor=reader, subject=issue)
    follow(actor=reader, subject=issue)
    assert Watch.objects.count() == 1
    unfollow(actor=reader, subject=issue)
    factories.make_told(issue, analyst, reviewer)
    assert told(reader) == []


def test_an_act_that_is_refused_tells_nobody(draft: Statement, analyst: User, reviewer: User) -> None:
    review = factories.submitted(draft, analyst)
    forget()
    for revision in (1, 7):
        with pytest.raises(Refused):
            approve(actor=reviewer if revision == 7 else analyst_as_reviewer(analyst), review=review, revision=revision)
    assert not Notification.objects.exists()


def analyst_as_reviewer(analyst: User) -> User:
    DeskMembership.objects.filter(user=analyst).update(role=Role.REVIEWER)
    return analyst


def test_throwing_a_draft_away_takes_what_was_told_of_it_along(
    issue: Issue, document: Document, analyst: User, reviewer: User
) -> None:
    from relations.actions.statements import discard_statement

    draft = factories.make_statement(issue, analyst, document)
    follow(actor=reviewer, subject=draft)
    discard_statement(actor=analyst, statement=draft)
    assert not Watch.objects.exists()
