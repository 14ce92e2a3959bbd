"""What stood at a revision, by the history, and what moved since; on real transactions, whose moments differ."""

import datetime

import pytest
from django.db import transaction

from relations.actions.issues import revise_status_change
from relations.actions.reviews import return_
from relations.actions.statements import save_statement
from relations.models import Issue, Meeting, Relationship, Review, Statement, User
from relations.models.moments import Moment
from relations.models.versions import known_version, version_at, version_now
from relations.reports.reviews import moved_since, reading
from relations.reports.versions import differences, words_changed
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def returned_and_sent_again(draft: Statement, issue: Issue, analyst: User, reviewer: User) -> Review:
    """Return the second round: the passage, the act and a word were changed, in two saves."""
    first = factories.submitted(draft, analyst)
    return_(actor=reviewer, review=first, revision=1, comment="Not yet.")
    for text, words, act in (
        ("Türkiye demands the sanctions lifted.", "Talks are good for both", "REQUEST"),
        ("Türkiye requests the sanctions lifted.", "Talks are good for both", "REJECT"),
    ):
        draft.refresh_from_db()
        draft.text = text
        save_statement(
            actor=analyst, statement=draft, passages=[factories.passage_of(draft.document, words)],
            bearings=[factories.bearing_on(issue, act)], revision=draft.revision,
        )  # fmt: skip
    return factories.submitted(draft, analyst)


def test_since_the_last_round_counts_passages_and_bearings(
    draft: Statement, issue: Issue, analyst: User, reviewer: User
) -> None:
    review = returned_and_sent_again(draft, issue, analyst, reviewer)
    read = reading(reviewer, review)
    assert read.since is not None
    found = {each.name: (each.old, each.new) for each in read.since}
    assert found == {
        "text": ("Türkiye wants the sanctions lifted.", "Türkiye requests the sanctions lifted."),
        "passages": ("We want the sanctions lifted", "Talks are good for both"),
        "bearings": (
            "CAATSA sanctions: Asks, position: Türkiye (+0)",
            "CAATSA sanctions: Refuses, position: Türkiye (-2)",
        ),
    }
    assert read.words_since == 1 + 5 + 2
    assert read.returned is not None
    assert read.returned.comment == "Not yet."


def test_every_revision_is_found_again_as_it_stood(
    draft: Statement, issue: Issue, analyst: User, reviewer: User
) -> None:
    returned_and_sent_again(draft, issue, analyst, reviewer)
    draft.refresh_from_db()
    first, last = version_at(draft, 1), version_at(draft, draft.revision)
    assert first is not None
    assert last is not None
    assert first.row.text == "Türkiye wants the sanctions lifted."
    assert [part.exact for part in first.parts["passages"]] == ["We want the sanctions lifted"]
    assert [part.act for part in first.parts["bearings"]] == ["REQUEST"]
    assert differences(last, version_now(draft)) == []
    assert version_at(draft, 99) is None


def test_a_part_that_moved_while_a_reviewer_read_is_told(draft: Statement, issue: Issue, analyst: User) -> None:
    factories.submitted(draft, analyst)
    save_statement(
        actor=analyst, statement=draft, passages=[factories.passage_of(draft.document)],
        bearings=[factories.bearing_on(issue, "REQUEST", stated=False)], revision=1,
    )  # fmt: skip
    draft.refresh_from_db()
    [moved] = moved_since(draft, 1)
    assert moved.name == "bearings"
    assert "our reading" in moved.new
    assert "our reading" not in moved.old


def test_evidence_that_moved_since_the_last_round_is_told(
    issue: Issue, published: Statement, analyst: User, reviewer: User
) -> None:
    second = factories.make_published(issue, analyst, reviewer, text="A second piece.")
    first = factories.propose(issue, analyst, [published])
    return_(actor=reviewer, review=first, revision=1, comment="More, please.")
    change = first.status_change
    assert change is not None
    change.refresh_from_db()
    revise_status_change(actor=analyst, change=change, evidence=[published, second], revision=change.revision)
    read = reading(reviewer, factories.submitted(change, analyst))
    assert read.since is not None
    assert [(each.name, each.new) for each in read.since] == [
        ("evidence", "A second piece.\nTürkiye wants the sanctions lifted.")
    ]


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        ("", "", 0),
        ("a b c", "a b c", 0),
        ("a b c", "a x c", 1),
        ("a b", "a b c d", 2),
        ("a b c", "", 3),
        ("a", "b c", 2),
    ],
)
def test_a_word_in_anothers_place_counts_once(old: str, new: str, count: int) -> None:
    assert words_changed(old, new) == count


class At(Moment):
    """A past moment that does not end with a day."""

    until: datetime.datetime

    @property
    def known_until(self) -> datetime.datetime:
        return self.until


def test_a_meeting_is_known_with_the_parts_that_it_had_by_then_and_before_its_record_with_its_first_ones(
    desk: Relationship, analyst: User
) -> None:
    with transaction.atomic():
        talks = Meeting.objects.create(relationship=desk, title="Talks", author=analyst, edited_by=analyst)
        gone = talks.participants.create(relationship=desk, number=1, party=desk.first_party, descriptor="At first")
    began = talks.pgh_event_model.objects.latest("pgh_id").pgh_created_at
    gone.delete()
    talks.participants.create(relationship=desk, number=2, party=desk.second_party, descriptor="Added")
    Meeting.objects.filter(pk=talks.pk).update(title="Talks again", revision=2)
    ended = talks.pgh_event_model.objects.latest("pgh_id").pgh_created_at
    moment = datetime.timedelta(microseconds=1)
    for until, title, who in (
        (began - datetime.timedelta(days=1), "Talks", ["At first"]),
        (began + moment, "Talks", ["At first"]),
        (ended, "Talks", ["Added"]),
        (ended + moment, "Talks again", ["Added"]),
    ):
        at = At()
        object.__setattr__(at, "until", until)
        then = known_version(talks, at)
        assert (then.row.title, [each.descriptor for each in then.parts["participants"]]) == (title, who), until
