"""Notes: who writes, edits and removes them, whom they name; and confirming that an issue still stands so."""

import datetime
import uuid

import pytest

from relations.access import NotAllowed
from relations.actions.following import follow
from relations.actions.notes import confirm_issue, remove_note, save_note
from relations.actions.refusal import Refused, Stale
from relations.choices import Happening, Reason
from relations.models import Confirmation, Issue, Note, Notification, User
from tests.actions.test_notices import forget, told

pytestmark = pytest.mark.django_db


def write(issue: Issue, actor: User, text: str = "Ask the ministry.") -> Note:
    return save_note(actor=actor, note=Note(relationship=issue.relationship, issue=issue, text=text))


def test_a_note_is_told_to_owner_and_followers_and_to_no_reader(
    issue: Issue, analyst: User, reviewer: User, lead: User, reader: User
) -> None:
    Issue.objects.filter(pk=issue.pk).update(owner=lead)
    for someone in (reader, reviewer):
        follow(actor=someone, subject=issue)
    note = write(issue, analyst)
    assert (note.author, note.revision) == (analyst, 1)
    assert told(lead) == [(Happening.NOTED, Reason.OWNER)]
    assert told(reviewer) == [(Happening.NOTED, Reason.WATCH_ISSUE)]
    assert told(reader) == []


def test_a_reader_writes_no_note(issue: Issue, reader: User, outsider: User) -> None:
    for who in (reader, outsider):
        with pytest.raises(NotAllowed):
            write(issue, who)


@pytest.mark.parametrize(
    "text",
    ["Ask @reviewer.", "@Reviewer, please", "(@reviewer)", "Ask @lead and @reviewer…", "so\n@reviewer: look"],
)
def test_a_member_named_with_an_at_is_told_once(
    issue: Issue, analyst: User, reviewer: User, lead: User, text: str
) -> None:
    follow(actor=reviewer, subject=issue)
    note = write(issue, analyst, text)
    assert told(reviewer) == [(Happening.MENTIONED, Reason.MENTION)]
    assert note.mentions.filter(user=reviewer).count() == 1


@pytest.mark.parametrize("text", ["@nobody", "@reader", "mail x@reviewer.org", "@outsider", "@@reviewer", "a@reviewer"])
def test_what_names_no_member_who_reads_notes_stays_text(
    issue: Issue, analyst: User, reviewer: User, reader: User, outsider: User, text: str
) -> None:
    note = write(issue, analyst, text)
    assert note.text == text
    assert not note.mentions.exists()
    assert not Notification.objects.exists()


def test_only_those_newly_named_are_told_of_an_edit(issue: Issue, analyst: User, reviewer: User, lead: User) -> None:
    note = write(issue, analyst, "Ask @reviewer.")
    forget()
    note.text = "Ask @lead."
    note = save_note(actor=analyst, note=note, revision=1)
    assert told(reviewer) == []
    assert told(lead) == [(Happening.MENTIONED, Reason.MENTION)]
    assert [mention.user for mention in note.mentions.all()] == [lead]


def test_a_note_is_edited_and_removed_by_its_author_alone(issue: Issue, analyst: User, lead: User) -> None:
    note = write(issue, analyst)
    with pytest.raises(NotAllowed):
        save_note(actor=lead, note=note, revision=1)
    with pytest.raises(NotAllowed):
        remove_note(actor=lead, note=note)
    remove_note(actor=analyst, note=note)
    with pytest.raises(Refused, match="removed meanwhile"):
        remove_note(actor=analyst, note=note)


def test_a_save_over_a_newer_note_is_refused_with_what_stands(issue: Issue, analyst: User) -> None:
    note = write(issue, analyst)
    first, second = Note.objects.get(pk=note.pk), Note.objects.get(pk=note.pk)
    first.text = "One."
    save_note(actor=analyst, note=first, revision=1)
    second.text = "Two."
    with pytest.raises(Stale) as stale:
        save_note(actor=analyst, note=second, revision=1)
    assert stale.value.current.text == "One."


def test_the_history_keeps_a_removed_note(issue: Issue, analyst: User, reviewer: User) -> None:
    note = write(issue, analyst, "Ask @reviewer.")
    pk = note.pk
    remove_note(actor=analyst, note=note)
    events = Note.pgh_event_model.objects.filter(pgh_obj=pk).order_by("pgh_id")  # type: ignore[attr-defined]
    assert [(event.pgh_label, event.text) for event in events] == [
        ("insert", "Ask @reviewer."),
        ("delete", "Ask @reviewer."),
    ]
    assert events.last().pgh_context["user"] == analyst.pk


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_note_is_refused(issue: Issue, analyst: User, text: str) -> None:
    with pytest.raises(Refused, match="may not be empty"):
        write(issue, analyst, text)


# Confirming


def test_confirming_says_who_and_when_and_is_no_edit(issue: Issue, analyst: User, lead: User) -> None:
    Issue.objects.filter(pk=issue.pk).update(owner=analyst)
    edited = (issue.edited_by, issue.edited_at, issue.revision)
    confirmation = confirm_issue(actor=lead, issue=issue)
    assert (confirmation.confirmed_by, confirmation.issue) == (lead, issue)
    issue.refresh_from_db()
    assert (issue.edited_by, issue.edited_at, issue.revision) == edited
    assert told(analyst) == [(Happening.CONFIRMED, Reason.OWNER)]


def test_confirming_may_move_the_review_on(issue: Issue, analyst: User) -> None:
    day = issue.relationship.today() + datetime.timedelta(days=90)
    edited = issue.edited_at
    confirm_issue(actor=analyst, issue=issue, review_due=day)
    issue.refresh_from_db()
    assert (issue.review_due, issue.edited_at, issue.revision) == (day, edited, 2)


def test_a_review_day_that_is_past_confirms_nothing(issue: Issue, analyst: User) -> None:
    with pytest.raises(Refused, match="a day to come") as refused:
        confirm_issue(actor=analyst, issue=issue, review_due=issue.relationship.today())
    assert refused.value.field == "review_due"
    assert not Confirmation.objects.exists()


def test_a_confirmation_sent_twice_is_one(issue: Issue, analyst: User) -> None:
    token = uuid.uuid4()
    first = confirm_issue(actor=analyst, issue=issue, token=token)
    assert confirm_issue(actor=analyst, issue=issue, token=token) == first
    assert Confirmation.objects.count() == 1


def test_a_reader_confirms_nothing(issue: Issue, reader: User) -> None:
    with pytest.raises(NotAllowed):
        confirm_issue(actor=reader, issue=issue)


def test_a_confirmation_is_never_changed(issue: Issue, analyst: User, lead: User) -> None:
    from django.db import DatabaseError

    confirmation = confirm_issue(actor=analyst, issue=issue)
    confirmation.confirmed_by = lead
    with pytest.raises(DatabaseError, match="cannot be changed"):
        confirmation.save()
