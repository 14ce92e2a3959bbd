"""A save over a newer revision: both sides shown, either taken field by field, nothing typed lost (R5)."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from relations.models import Issue, Meeting, Statement, StatusChange, User
from tests import factories
from tests.views.test_pages import at, composed

# What was opened is read from the history, whose moments differ on real transactions alone.
pytestmark = pytest.mark.django_db(transaction=True)


def said(answer: Any) -> str:
    return str(answer.content.decode())


def choices(page: str) -> dict[str, str]:
    """Return each choice that the page offers, with the side that it proposes."""
    found = re.findall(r'type="radio" name="(take-[^"]+)" value="(\w+)"( checked)?', page)
    return {key: side for key, side, checked in found if checked}


def stored(draft: Statement, issue: Issue, **typed: str) -> dict[str, str]:
    """Return what the composer would post of `draft` as it stands."""
    bearing = draft.bearings.get()
    whole = {
        "token": str(uuid.uuid4()), "revision": str(draft.revision), "draft": "1", "text": draft.text,
        "kind": draft.kind, "speaker_descriptor": "", "speaker_person": str(draft.speaker_person_id),
        "earliest": str(draft.earliest), "latest": str(draft.latest), "basis": draft.basis,
        "credibility": str(draft.credibility), "marking": draft.marking, "mandate": str(draft.mandate_id or ""),
        "on_behalf_of": str(draft.on_behalf_of_id), "note": draft.note,
        "bearings-0-intensity": str(bearing.intensity), "bearings-0-position_of": str(bearing.position_of_id),
    }  # fmt: skip
    return composed(issue, **(whole | typed))


@pytest.fixture
def draft(issue: Issue, analyst: User) -> Statement:
    person = factories.make_person()
    return factories.make_statement(issue, analyst, speaker_person=person, mandate=person.mandates.get())


@pytest.fixture
def clash(draft: Statement, issue: Issue, as_analyst: Client, as_reviewer: Client) -> tuple[Any, dict[str, str]]:
    """The reviewer saved words, note, passage and bearing; the analyst, words, credibility and bearing, over them."""
    edit = at("statement_edit", draft.relationship, draft.ref)
    theirs = {
        "text": "Türkiye asks for the sanctions to be lifted.", "note": "Heard twice.",
        "passages-0-words": "Talks are good for both", "bearings-0-act": "ACCUSE", "bearings-0-intensity": "-3",
    }  # fmt: skip
    mine = {
        "text": "Türkiye insists on it.",
        "credibility": "3",
        "bearings-0-act": "REJECT",
        "bearings-0-intensity": "-4",
    }
    typed = stored(draft, issue, **mine)
    assert as_reviewer.post(edit, stored(draft, issue, **theirs)).status_code == 302
    return as_analyst.post(edit, typed), typed


def test_each_field_in_which_they_differ_is_shown_with_what_is_proposed(clash: tuple[Any, dict[str, str]]) -> None:
    answer, _typed = clash
    page = said(answer)
    assert answer.status_code == 409
    assert choices(page) == {
        "take-text": "mine",
        "take-credibility": "mine",  # which they left alone
        "take-note": "theirs",  # which I left alone
        "take-passages": "theirs",
        "take-bearings": "mine",
    }
    assert "Türkiye asks for the sanctions to be lifted." in page
    assert re.search(r"<ins[^>]*>.*?insists", page)
    assert "Talks are good for both" in page
    assert "Criticises or accuses" in page


def test_saving_again_takes_of_each_field_the_side_that_was_chosen(
    clash: tuple[Any, dict[str, str]], draft: Statement, as_analyst: Client
) -> None:
    answer, typed = clash
    draft.refresh_from_db()
    again = {**typed, "revision": str(draft.revision), **choices(said(answer)), "take-text": "theirs"}
    edit = at("statement_edit", draft.relationship, draft.ref)
    assert as_analyst.post(edit, {**again, "token": str(uuid.uuid4())}).status_code == 302
    draft = Statement.objects.get(pk=draft.pk)
    assert draft.text == "Türkiye asks for the sanctions to be lifted."
    assert draft.note == "Heard twice."
    assert draft.credibility == 3
    assert draft.passages.get().exact == "Talks are good for both"
    assert draft.bearings.get().act == "REJECT"


def test_taking_mine_everywhere_puts_mine_in_place_and_theirs_stays_in_the_history(
    clash: tuple[Any, dict[str, str]], draft: Statement, as_analyst: Client
) -> None:
    answer, typed = clash
    draft.refresh_from_db()
    mine = dict.fromkeys(choices(said(answer)), "mine")
    edit = at("statement_edit", draft.relationship, draft.ref)
    again = {**typed, **mine, "revision": str(draft.revision), "token": str(uuid.uuid4())}
    assert as_analyst.post(edit, again).status_code == 302
    draft = Statement.objects.get(pk=draft.pk)
    assert (draft.text, draft.note) == ("Türkiye insists on it.", "")
    assert draft.passages.get().exact == "We want the sanctions lifted"
    assert Statement.pgh_event_model.objects.filter(pgh_obj=draft.pk, note="Heard twice.").exists()


def test_a_third_save_meanwhile_is_shown_again(
    clash: tuple[Any, dict[str, str]], draft: Statement, issue: Issue, as_analyst: Client, as_reviewer: Client
) -> None:
    answer, typed = clash
    draft = Statement.objects.get(pk=draft.pk)
    edit = at("statement_edit", draft.relationship, draft.ref)
    third = stored(draft, issue, text="A third text.", **{"passages-0-words": "Talks are good for both"})
    assert as_reviewer.post(edit, third).status_code == 302
    again = {**typed, **choices(said(answer)), "revision": str(draft.revision), "token": str(uuid.uuid4())}
    answer = as_analyst.post(edit, again)
    assert answer.status_code == 409
    assert "A third text." in said(answer)
    assert "Türkiye insists on it." in said(answer)


def test_choices_nobody_offered_change_nothing(draft: Statement, issue: Issue, as_analyst: Client) -> None:
    edit = at("statement_edit", draft.relationship, draft.ref)
    opened = {**stored(draft, issue, text="Too late."), "take-revision": "theirs", "take-token": "theirs"}
    odd = {"take-shoe_size": "theirs", "take-text": "nobody's", "take-passages": "\x00", "take-token": "theirs"}
    assert as_analyst.post(edit, stored(draft, issue, text="Quite new.", **odd)).status_code == 302
    assert as_analyst.post(edit, {**opened, "token": str(uuid.uuid4())}).status_code == 409
    draft.refresh_from_db()
    assert draft.text == "Quite new."


def test_a_new_statement_has_no_other_side(issue: Issue, as_analyst: Client) -> None:
    document = factories.make_document(issue.relationship, issue.author)
    url = f"{at('statement_new', issue.relationship)}?document={document.ref}"
    assert as_analyst.post(url, composed(issue, draft="1", **{"take-text": "theirs"})).status_code == 302
    assert Statement.objects.get().text == "Türkiye wants the sanctions lifted."


def test_an_issue_is_settled_the_same_way(issue: Issue, as_analyst: Client, as_reviewer: Client) -> None:
    edit = at("issue_edit", issue.relationship, issue.slug)
    as_stored = {
        "title": issue.title,
        "summary": "",
        "topic": issue.topic,
        "impact": issue.impact,
        "scope": issue.scope,
    }
    opened = {**as_stored, "revision": "1"}
    assert as_reviewer.post(edit, {**opened, "summary": "Six jets.", "impact": "critical"}).status_code == 302
    answer = as_analyst.post(edit, {**opened, "summary": "Six aircraft."})
    assert answer.status_code == 409
    assert choices(said(answer)) == {"take-summary": "mine", "take-impact": "theirs"}
    again = {**opened, "summary": "Six aircraft.", "revision": "2", **choices(said(answer))}
    assert as_analyst.post(edit, again).status_code == 302
    issue.refresh_from_db()
    assert (issue.summary, issue.impact) == ("Six aircraft.", "critical")


def test_a_status_change_is_settled_with_its_evidence(
    issue: Issue, published: Statement, analyst: User, reviewer: User, as_analyst: Client, as_reviewer: Client
) -> None:
    second = factories.make_published(issue, analyst, reviewer, text="A second piece.")
    change = factories.propose(issue, analyst, [published]).status_change
    assert change is not None
    edit = at("status_change_edit", issue.relationship, change.ref)
    opened = {
        "revision": "1", "to_status": "in_talks", "to_trend": "improving", "to_agreement": "not_judged",
        "effective": "2025-03-25", "rationale": "Talks were announced.", "evidence": [str(published.pk)],
    }  # fmt: skip
    theirs = {**opened, "token": str(uuid.uuid4()), "evidence": [str(published.pk), str(second.pk)]}
    assert as_reviewer.post(edit, theirs).status_code == 302
    answer = as_analyst.post(edit, {**opened, "token": str(uuid.uuid4()), "rationale": "They met."})
    assert answer.status_code == 409
    assert choices(said(answer)) == {"take-rationale": "mine", "take-evidence": "theirs"}
    assert "A second piece." in said(answer)
    now = StatusChange.objects.get(pk=change.pk).revision
    again = {**opened, "token": str(uuid.uuid4()), "rationale": "They met.", "revision": str(now)}
    assert as_analyst.post(edit, {**again, **choices(said(answer))}).status_code == 302
    change = StatusChange.objects.get(pk=change.pk)
    assert change.rationale == "They met."
    assert set(change.statements.all()) == {published, second}


def test_a_meeting_is_settled_with_who_took_part_and_its_agenda(
    issue: Issue, as_analyst: Client, as_reviewer: Client
) -> None:
    desk = issue.relationship
    fidan, other = factories.make_person(), factories.make_person("Marco Rubio", "US", "Secretary of State")
    opened = {
        "title": "Talks", "kind": "talks", "state": "held", "earliest": "2025-03-25", "latest": "2025-03-25",
        "precision": "day", "place": "", "summary": "", "agenda": [], "participants-TOTAL_FORMS": "2",
        "participants-INITIAL_FORMS": "0", "participants-0-person": str(fidan.pk),
        "participants-0-mandate": str(fidan.mandates.get().pk), "participants-0-party": str(desk.second_party_id),
        "readouts-TOTAL_FORMS": "0", "readouts-INITIAL_FORMS": "0",
    }  # fmt: skip

    def post(client: Client, url: str, **typed: Any) -> Any:
        return client.post(url, {**opened, "token": str(uuid.uuid4()), **typed})

    assert post(as_analyst, at("meeting_new", desk)).status_code == 302
    meeting = Meeting.objects.get()
    edit = at("meeting_edit", desk, meeting.ref)
    second = {
        "participants-1-person": str(other.pk), "participants-1-mandate": str(other.mandates.get().pk),
        "participants-1-party": str(desk.first_party_id),
    }  # fmt: skip
    theirs = post(as_reviewer, edit, revision="1", summary="They met.", agenda=[str(issue.pk)], **second)
    assert theirs.status_code == 302
    answer = post(as_analyst, edit, revision="1", summary="Both met.")
    assert answer.status_code == 409
    sides = choices(said(answer))
    assert sides == {"take-summary": "mine", "take-agenda": "theirs", "take-participants": "theirs"}
    assert post(as_analyst, edit, revision="2", summary="Both met.", **sides).status_code == 302
    meeting.refresh_from_db()
    assert meeting.summary == "Both met."
    assert meeting.agenda.get().issue == issue
    assert [row.person for row in meeting.participants.all()] == [fidan, other]
