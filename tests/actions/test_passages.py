"""A later copy flags what it moved or lost; a person settles it; nothing moves by itself (R1)."""

import pytest

from relations.access import NotAllowed
from relations.actions.documents import add_capture
from relations.actions.passages import settle_passage
from relations.actions.refusal import Refused
from relations.actions.reviews import withdraw_statement
from relations.actions.statements import correct_statement, save_statement
from relations.choices import PassageState, Settlement
from relations.models import Issue, Passage, PassageCheck, PassageSettlement, Statement, User
from relations.reports.passages import documents_to_settle
from tests import factories

pytestmark = pytest.mark.django_db


def text_of(statement: Statement) -> str:
    capture = statement.document.newest_capture()
    assert capture is not None
    return capture.text


def moved(statement: Statement, actor: User) -> Passage:
    add_capture(actor=actor, document=statement.document, text=f"Ankara. {text_of(statement)}")
    return Passage.objects.with_state().get(statement=statement)


def lost(statement: Statement, actor: User) -> Passage:
    text = text_of(statement).replace("We want the sanctions lifted", "We wish that sanctions end")
    add_capture(actor=actor, document=statement.document, text=text)
    return Passage.objects.with_state().get(statement=statement)


def flagged(statement: Statement) -> bool:
    return Statement.objects.with_passage_flag().get(pk=statement.pk).passage_flag  # type: ignore[no-any-return]


def test_a_moved_passage_flags_its_statement_until_a_person_settles_it(published: Statement, analyst: User) -> None:
    assert not flagged(published)
    passage, desk = moved(published, analyst), published.relationship_id
    assert flagged(published)
    assert [waiting.number for waiting in documents_to_settle([desk])[desk]] == [1]
    settle_passage(actor=analyst, passage=passage, copy=2, outcome=Settlement.SAME_WORDS, note=" The title was added. ")
    settled = Passage.objects.with_state().get(pk=passage.pk)
    assert not flagged(published)
    assert not documents_to_settle([published.relationship_id])
    assert (settled.state, settled.outcome, settled.found) == (
        PassageState.MOVED,
        Settlement.SAME_WORDS,
        "The same words, at another place",
    )
    assert (settled.exact, settled.start, settled.capture.number) == (passage.exact, passage.start, 1)
    assert PassageSettlement.objects.get().note == "The title was added."


def test_a_newer_copy_raises_the_flag_again(published: Statement, analyst: User) -> None:
    passage = lost(published, analyst)
    settle_passage(actor=analyst, passage=passage, copy=2, outcome=Settlement.SOURCE_CHANGED)
    add_capture(actor=analyst, document=published.document, text="Nothing of it is left.")
    assert flagged(published)
    with pytest.raises(Refused, match="newer copy came"):
        settle_passage(actor=analyst, passage=passage, copy=2, outcome=Settlement.COPY_LACKS_IT)
    settle_passage(actor=analyst, passage=passage, copy=3, outcome=Settlement.COPY_LACKS_IT)
    assert not flagged(published)


def test_a_copy_that_has_the_passage_again_takes_the_flag_away(published: Statement, analyst: User) -> None:
    text = text_of(published)
    lost(published, analyst)
    add_capture(actor=analyst, document=published.document, text=text)
    assert not flagged(published)
    with pytest.raises(Refused, match="nothing to settle"):
        settle_passage(actor=analyst, passage=published.passages.get(), copy=3, outcome=Settlement.COPY_LACKS_IT)


def test_a_passage_of_the_newest_copy_has_nothing_to_settle(published: Statement, analyst: User) -> None:
    with pytest.raises(Refused, match="nothing to settle"):
        settle_passage(actor=analyst, passage=published.passages.get(), copy=1, outcome=Settlement.SOURCE_CHANGED)


def test_a_lost_passage_is_not_settled_as_the_same_words(published: Statement, analyst: User) -> None:
    passage = lost(published, analyst)
    with pytest.raises(Refused, match="do not stand in this copy") as refused:
        settle_passage(actor=analyst, passage=passage, copy=2, outcome=Settlement.SAME_WORDS)
    assert refused.value.field == "outcome"


def test_a_reader_settles_nothing(published: Statement, analyst: User, reader: User) -> None:
    passage = lost(published, analyst)
    with pytest.raises(NotAllowed):
        settle_passage(actor=reader, passage=passage, copy=2, outcome=Settlement.SOURCE_CHANGED)


def test_the_first_who_settles_it_has_settled_it(published: Statement, analyst: User, reviewer: User) -> None:
    passage = lost(published, analyst)
    first = settle_passage(actor=analyst, passage=passage, copy=2, outcome=Settlement.SOURCE_CHANGED)
    again = settle_passage(actor=analyst, passage=passage, copy=2, outcome=Settlement.SOURCE_CHANGED)
    assert again == first
    with pytest.raises(Refused, match="analyst settled this before you"):
        settle_passage(actor=reviewer, passage=passage, copy=2, outcome=Settlement.COPY_LACKS_IT)


def test_settling_is_recorded_with_its_author(published: Statement, analyst: User) -> None:
    passage = lost(published, analyst)
    settle_passage(actor=analyst, passage=passage, copy=2, outcome=Settlement.SOURCE_CHANGED)
    event = PassageSettlement.pgh_event_model.objects.get()  # type: ignore[attr-defined]
    assert event.pgh_context["user"] == analyst.pk
    assert event.pgh_context["action"] == "settle_passage"


def test_what_was_withdrawn_waits_for_nobody(published: Statement, analyst: User, reviewer: User) -> None:
    lost(published, analyst)
    withdraw_statement(actor=reviewer, subject=published, reason="Said by nobody.")
    assert not flagged(published)
    assert not documents_to_settle([published.relationship_id])


def test_a_correction_of_a_lost_passage_starts_flagged_and_can_keep_or_replace_it(
    published: Statement, issue: Issue, analyst: User
) -> None:
    lost(published, analyst)
    draft = correct_statement(actor=analyst, statement=published)
    assert Passage.objects.with_state().get(statement=draft).state == PassageState.LOST
    bearings = [factories.bearing_on(issue)]
    kept = draft.passages.get()
    save_statement(
        actor=analyst, statement=draft, passages=[Passage.objects.get(pk=kept.pk)], bearings=bearings, revision=1
    )
    assert draft.passages.get() == kept
    assert flagged(draft)
    replaced = factories.passage_of(published.document, "We wish that sanctions end")
    save_statement(actor=analyst, statement=draft, passages=[replaced], bearings=bearings, revision=2)
    assert not flagged(draft)
    assert not PassageCheck.objects.filter(passage__statement=draft).exists()


def test_a_passage_saved_on_an_older_copy_is_checked_at_once(issue: Issue, analyst: User, published: Statement) -> None:
    passage = factories.passage_of(published.document)
    add_capture(actor=analyst, document=published.document, text="Nothing of it is left.")
    late = factories.make_statement(issue, analyst, document=published.document, passages=[passage])
    assert flagged(late)
