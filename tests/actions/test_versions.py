"""A return to an earlier version: a correction like any other, with the earlier fields and parts (R3, R4)."""

import pytest

from relations.access import NotAllowed
from relations.actions.issues import correct_status_change, revise_status_change
from relations.actions.refusal import Refused
from relations.actions.reviews import approve, withdraw_statement
from relations.actions.statements import correct_statement, save_statement
from relations.actions.versions import restore_statement, restore_status_change
from relations.models import Issue, Statement, StatusChange, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved(issue: Issue, published: Statement, analyst: User, reviewer: User) -> tuple[StatusChange, StatusChange]:
    """A status change and the correction that stands in its place."""
    change = factories.make_move(issue, analyst, reviewer, [published])
    draft = correct_status_change(actor=analyst, change=change)
    draft.to_status, draft.rationale = "stalled", "The last word before the silence."
    revise_status_change(actor=analyst, change=draft, evidence=[published], revision=draft.revision)
    factories.publish(draft, analyst, reviewer)
    change.refresh_from_db()
    return change, draft


def test_a_superseded_statement_returns_by_a_correction_with_its_words_passages_and_bearings(
    published: Statement, corrected: Statement, analyst: User, reviewer: User, lead: User
) -> None:
    draft = restore_statement(
        actor=reviewer, statement=published, version=factories.last_version(published), note="It was right."
    )
    assert draft.supersedes == corrected
    assert draft.text == published.text
    assert draft.correction_note == "It was right."
    assert [passage.exact for passage in draft.passages.all()] == ["We want the sanctions lifted"]
    assert [bearing.act for bearing in draft.bearings.all()] == ["REQUEST"]
    assert draft.author == reviewer
    assert draft.published_at is None
    review = factories.submitted(draft, reviewer)
    with pytest.raises(Refused, match="someone else"):
        approve(actor=reviewer, review=review, revision=draft.revision)
    approve(actor=lead, review=review, revision=draft.revision)
    corrected.refresh_from_db()
    assert corrected.superseded_at is not None
    assert Statement.objects.standing().get().text == published.text


# A version is what one transaction left, so each act here is one of its own.
@pytest.mark.django_db(transaction=True)
def test_what_was_written_before_it_was_published_can_be_returned_to(
    draft: Statement, analyst: User, reviewer: User
) -> None:
    first = factories.last_version(draft)
    factories.rewritten(draft, analyst, "Türkiye refuses.")
    factories.publish(draft, analyst, reviewer)
    restored = restore_statement(actor=reviewer, statement=draft, version=first)
    assert restored.text == "Türkiye wants the sanctions lifted."
    assert restored.passages.get().exact == "We want the sanctions lifted"
    assert restored.bearings.get().act == "REQUEST"


def test_an_analyst_cannot_propose_a_return(published: Statement, corrected: Statement, analyst: User) -> None:
    with pytest.raises(NotAllowed, match="Reviewer"):
        restore_statement(actor=analyst, statement=published, version=factories.last_version(published))


def test_a_return_to_what_stands_is_refused(published: Statement, reviewer: User) -> None:
    with pytest.raises(Refused, match="is what stands now"):
        restore_statement(actor=reviewer, statement=published, version=factories.last_version(published))


def test_a_version_that_the_record_does_not_hold_is_refused(
    published: Statement, corrected: Statement, reviewer: User
) -> None:
    for number in (factories.last_version(corrected) + 1000, factories.last_version(corrected)):
        with pytest.raises(Refused, match="holds no such version"):
            restore_statement(actor=reviewer, statement=published, version=number)


def test_a_return_beside_a_correction_under_way_is_refused(
    published: Statement, corrected: Statement, analyst: User, reviewer: User
) -> None:
    correct_statement(actor=analyst, statement=corrected)
    with pytest.raises(Refused, match="A correction of this is under way"):
        restore_statement(actor=reviewer, statement=published, version=factories.last_version(published))


def test_what_was_withdrawn_returns_to_nothing(published: Statement, corrected: Statement, reviewer: User) -> None:
    withdraw_statement(actor=reviewer, subject=corrected, reason="Misheard.")
    with pytest.raises(Refused, match="Only what stands published"):
        restore_statement(actor=reviewer, statement=published, version=factories.last_version(published))


def test_a_version_that_names_what_was_removed_since_is_refused(
    draft: Statement, analyst: User, reviewer: User
) -> None:
    person = draft.speaker_person
    first = factories.last_version(draft)
    draft.refresh_from_db()
    draft.speaker_person, draft.speaker_descriptor, draft.basis = None, "Turkish sources", "background"
    save_statement(
        actor=analyst,
        statement=draft,
        passages=[factories.passage_of(draft.document)],
        bearings=[factories.bearing_on(draft.bearings.get().issue)],
        revision=draft.revision,
    )
    factories.publish(draft, analyst, reviewer)
    assert person is not None
    person.mandates.all().delete()
    person.delete()
    with pytest.raises(Refused, match="removed since: who said it"):
        restore_statement(actor=reviewer, statement=draft, version=first)


def test_a_version_looser_than_its_document_is_now_is_refused(
    published: Statement, corrected: Statement, reviewer: User
) -> None:
    type(published.document).objects.filter(pk=published.document_id).update(marking="RED")
    with pytest.raises(Refused, match="more people than its document"):
        restore_statement(actor=reviewer, statement=published, version=factories.last_version(published))


def test_a_status_change_returns_with_the_evidence_it_had(
    moved: tuple[StatusChange, StatusChange], published: Statement, reviewer: User, lead: User
) -> None:
    change, standing = moved
    draft = restore_status_change(actor=reviewer, change=change, version=factories.last_version(change))
    assert draft.supersedes == standing
    assert (draft.to_status, draft.to_trend, draft.rationale) == ("in_talks", "improving", "Talks were announced.")
    assert [row.statement for row in draft.evidence.all()] == [published]
    approve(actor=lead, review=factories.submitted(draft, reviewer), revision=draft.revision)
    assert StatusChange.objects.standing().get() == draft


def test_a_status_change_whose_evidence_was_withdrawn_since_is_not_restored(
    moved: tuple[StatusChange, StatusChange], published: Statement, reviewer: User
) -> None:
    withdraw_statement(actor=reviewer, subject=published, reason="Misheard.")
    change = moved[0]
    with pytest.raises(Refused, match="withdrawn or corrected since"):
        restore_status_change(actor=reviewer, change=change, version=factories.last_version(change))
