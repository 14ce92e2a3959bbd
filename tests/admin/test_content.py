"""What the admin saves goes through the same actions as the pages, and keeps the same rules."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from relations.models import (
    Document,
    Issue,
    IssueLink,
    Meeting,
    Note,
    PassageCheck,
    Person,
    Relationship,
    Review,
    Statement,
    StatusChange,
    User,
)
from tests.admin.filling import errors, filled, save
from tests.factories import TEXT, make_issue, make_person, make_published, make_statement, submitted

SignIn = Callable[..., Client]
pytestmark = pytest.mark.django_db


def change(row: Any) -> str:
    return f"/admin/relations/{row._meta.model_name}/{row.pk}/change/"


# Statements


def new_statement(client: Client, document: Document, issue: Issue, **changes: object) -> Any:
    person = Person.objects.first() or make_person()
    typed = {
        "text": "Türkiye wants the sanctions lifted.",
        "kind": "paraphrase",
        "speaker_person": person.pk,
        "earliest": "2025-03-25",
        "passages-0-exact": "We want the sanctions lifted",
        "bearings-0-issue": issue.pk,
        "bearings-0-act": "REQUEST",
        **changes,
    }
    return save(client, "/admin/relations/statement/add/", f"?document={document.pk}", **typed)


def test_a_statement_is_written_with_its_passage_and_bearing(
    as_analyst: Client, analyst: User, document: Document, issue: Issue
) -> None:
    answer = new_statement(as_analyst, document, issue)
    statement = Statement.objects.get()
    assert answer.headers["Location"] == change(statement)
    assert (statement.author, statement.latest.isoformat()) == (analyst, "2025-03-25")
    assert str(statement.mandate) == "Hakan Fidan, Foreign Minister"
    assert statement.on_behalf_of == document.relationship.second_party
    passage = statement.passages.get()
    assert (passage.exact, TEXT[passage.start : passage.end]) == ("We want the sanctions lifted",) * 2
    bearing = statement.bearings.get()
    assert (bearing.issue, bearing.position_of, bearing.intensity) == (issue, statement.on_behalf_of, 0)


def test_a_double_submit_writes_one(as_analyst: Client, document: Document, issue: Issue) -> None:
    make_person()
    address = "/admin/relations/statement/add/"
    page = as_analyst.get(f"{address}?document={document.pk}")
    data = filled(
        page,
        **{
            "text": "It was said.", "kind": "reported", "earliest": "2025-03-25", "passages-0-exact": None,
            "passages-TOTAL_FORMS": 0, "bearings-TOTAL_FORMS": 0,
        },
    )  # fmt: skip
    first, second = as_analyst.post(address, data), as_analyst.post(address, data)
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert Statement.objects.count() == 1


def test_words_that_do_not_stand_in_the_document_are_refused_and_kept(
    as_analyst: Client, document: Document, issue: Issue
) -> None:
    page = new_statement(as_analyst, document, issue, **{"passages-0-exact": "We want the moon"})
    assert page.status_code == 422
    assert errors(page)["exact"] == ["These words do not stand in our copy of the document."]
    assert "We want the moon" in page.content.decode()
    assert not Statement.objects.exists()


def test_words_that_stand_twice_ask_which_place(as_analyst: Client, document: Document, issue: Issue) -> None:
    page = new_statement(as_analyst, document, issue, **{"passages-0-exact": "alks"})
    assert errors(page)["place"] == ["These words stand more than once. Say which place you mean."]
    second = TEXT.rindex("alks")
    again = as_analyst.post("/admin/relations/statement/add/", filled(page, **{"passages-0-place": second}))
    assert again.status_code == 302
    assert Statement.objects.get().passages.get().start == second


def test_a_database_rule_is_told_at_its_field(as_analyst: Client, document: Document, issue: Issue) -> None:
    Document.objects.filter(pk=document.pk).update(marking="RED")
    page = new_statement(as_analyst, document, issue)
    assert page.status_code == 422
    assert errors(page)["marking"] == ["A statement cannot be seen by more people than its document."]
    page = new_statement(as_analyst, document, issue, marking="RED", earliest="2999-01-01")
    assert errors(page)["earliest"] == ["This day lies in the future."]
    page = new_statement(as_analyst, document, issue, marking="RED", **{"bearings-0-act": "SANCTION"})
    assert "Deeds are told by" in str(errors(page))


def test_saving_without_a_change_makes_no_revision(as_reviewer: Client, draft: Statement, reviewer: User) -> None:
    assert save(as_reviewer, change(draft)).status_code == 302
    draft.refresh_from_db()
    assert draft.revision == 1
    assert not draft.contributions.filter(user=reviewer).exists()


def test_an_edit_is_a_revision_and_its_editor_can_no_longer_approve(
    as_reviewer: Client, draft: Statement, reviewer: User
) -> None:
    before = draft.passages.get()
    assert save(as_reviewer, change(draft), text="Türkiye asks that the sanctions be lifted.").status_code == 302
    draft.refresh_from_db()
    assert (draft.revision, draft.edited_by) == (2, reviewer)
    assert draft.passages.get().pk == before.pk
    submitted(draft, draft.author)
    page = as_reviewer.post(
        f"/admin/relations/statement/{draft.pk}/do/approve/",
        {"token": "6f3f7e4e-6b2f-4b1f-8f5d-2d3e4c5b6a70", "revision": draft.revision},
    )
    assert page.status_code == 422
    assert "someone else has to decide" in page.content.decode()


def test_a_stale_save_shows_both_texts_and_loses_nothing(
    as_analyst: Client, as_reviewer: Client, draft: Statement
) -> None:
    address = change(draft)
    opened = as_analyst.get(address)
    save(as_reviewer, address, **{"text": "The reviewer’s words.", "passages-0-DELETE": "on", "cited_place": "para 2"})
    page = as_analyst.post(address, filled(opened, text="The analyst’s words."))
    assert page.status_code == 409
    text = page.content.decode()
    assert "The reviewer’s words." in text
    assert "The analyst’s words." in text
    assert "We want the sanctions lifted" in text
    draft.refresh_from_db()
    assert draft.text == "The reviewer’s words."
    assert as_analyst.post(address, filled(page)).status_code == 302
    draft.refresh_from_db()
    assert (draft.text, draft.revision, draft.passages.count()) == ("The analyst’s words.", 3, 1)


def test_what_is_published_is_looked_at_and_corrected_never_edited(
    as_analyst: Client, as_reviewer: Client, published: Statement
) -> None:
    address = change(published)
    for client in (as_analyst, as_reviewer):
        page = client.get(address)
        assert 'name="_save"' not in page.content.decode()
        assert ">Correct<" in page.content.decode()
        assert client.post(address, {"text": "Other words."}).status_code == 404
    step = f"/admin/relations/statement/{published.pk}/do/correct/"
    answer = as_analyst.post(step, step_data(as_analyst, step, note="Wrong word"))
    draft = published.corrections.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, change(draft))
    assert draft.correction_note == "Wrong word"


# The way through review


def step_data(client: Client, address: str, **typed: object) -> dict[str, object]:
    form = client.get(address).context["form"]
    return {bound.html_name: bound.value() or "" for bound in form} | typed


def test_submit_return_submit_approve_withdraw(as_analyst: Client, as_reviewer: Client, draft: Statement) -> None:
    base = f"/admin/relations/statement/{draft.pk}/do"

    def step(client: Client, name: str, **typed: object) -> int:
        return client.post(f"{base}/{name}/", step_data(client, f"{base}/{name}/", **typed)).status_code

    assert step(as_analyst, "submit") == 302
    assert step(as_reviewer, "return") == 422  # wants to know what should be changed
    assert step(as_reviewer, "return", comment="Say when.") == 302
    assert step(as_analyst, "submit") == 302
    assert step(as_reviewer, "approve") == 302
    draft.refresh_from_db()
    assert draft.published_at
    assert step(as_reviewer, "withdraw") == 422
    assert step(as_reviewer, "withdraw", reason="It was a hoax.") == 302
    draft.refresh_from_db()
    assert draft.withdrawal_reason == "It was a hoax."


def test_a_reviewer_returns_with_comments_at_fields_and_words_as_on_the_page(
    as_reviewer: Client, draft: Statement
) -> None:
    review = submitted(draft, draft.author)
    address = f"/admin/relations/statement/{draft.pk}/do/return/"
    typed = {
        **step_data(as_reviewer, address), "comments-TOTAL_FORMS": "3", "comments-INITIAL_FORMS": "0",
        "comments-0-field": "text", "comments-0-words": "the moon", "comments-0-text": "Which ones?",
    }  # fmt: skip
    page = as_reviewer.get(address).content.decode()
    assert all(f'name="comments-0-{name}"' in page for name in ("field", "words", "text"))
    for wrong, why in (
        ({}, "These words do not stand in that field."),
        ({"comments-0-words": "", "comments-0-field": ""}, "Say which field this is about."),
        ({"comments-0-words": "bad\x00byte"}, "Null characters"),
        ({"comments-TOTAL_FORMS": "many"}, "This form cannot be read."),
        ({"comments-0-words": "", "comments-0-text": ""}, "Say what should be changed."),
    ):
        answer = as_reviewer.post(address, {**typed, **wrong})
        assert answer.status_code == 422, wrong
        assert why in answer.content.decode(), wrong
    assert as_reviewer.post(address, {**typed, "comments-0-words": "the sanctions"}).status_code == 302
    comment = review.comments.get()
    assert (comment.field, comment.words, comment.text) == ("text", "the sanctions", "Which ones?")
    draft.refresh_from_db()
    assert draft.state() == "returned"


def test_no_head_of_a_table_of_parts_is_empty(as_analyst: Client, draft: Statement) -> None:
    for address in (change(draft), "/admin/relations/meeting/add/", "/admin/relations/statuschange/add/"):
        page = as_analyst.get(address).content.decode()
        assert "<th" in page
        assert not re.search(r"<th[^>]*>\s*</th>", page), address


def test_analysts_have_no_decisions_and_authors_none_on_their_own(
    as_analyst: Client, signed_in: SignIn, draft: Statement, analyst: User, lead: User
) -> None:
    submitted(draft, lead)
    base = f"/admin/relations/statement/{draft.pk}"
    assert as_analyst.get(f"{base}/do/approve/").status_code == 404
    assert "Approve" not in as_analyst.get(f"{base}/change/").content.decode()
    assert "Approve" not in signed_in(lead).get(f"{base}/change/").content.decode()
    page = signed_in(lead).post(f"{base}/do/approve/", step_data(signed_in(lead), f"{base}/do/approve/"))
    assert page.status_code == 422
    draft.refresh_from_db()
    assert draft.published_at is None


def test_a_decision_on_another_revision_is_refused_and_shown_again(as_reviewer: Client, draft: Statement) -> None:
    submitted(draft, draft.author)
    base = f"/admin/relations/statement/{draft.pk}/do/approve/"
    page = as_reviewer.post(base, step_data(as_reviewer, base, revision=77))
    assert page.status_code == 409
    assert "The text moved" in page.content.decode()
    draft.refresh_from_db()
    assert draft.published_at is None


def test_a_double_approval_answers_as_the_first(as_reviewer: Client, draft: Statement) -> None:
    submitted(draft, draft.author)
    base = f"/admin/relations/statement/{draft.pk}/do/approve/"
    data = step_data(as_reviewer, base)
    assert as_reviewer.post(base, data).status_code == 302
    assert as_reviewer.post(base, data).status_code == 302
    assert Review.objects.count() == 1


def test_the_chosen_drafts_are_submitted_and_the_others_say_why(
    as_analyst: Client, issue: Issue, analyst: User, draft: Statement
) -> None:
    lame = make_statement(issue, analyst, text="He said “no such words”.")
    page = as_analyst.post(
        "/admin/relations/statement/",
        {"action": "submit_selected", "_selected_action": [draft.pk, lame.pk, "x", "9" * 30]},
        follow=True,
    )
    text = page.content.decode()
    assert "Waiting for review now: 1." in text
    assert "These quoted words do not stand" in text
    assert "delete_selected" not in text


def test_a_draft_is_thrown_away_only_before_it_was_submitted(as_analyst: Client, draft: Statement) -> None:
    base = f"/admin/relations/statement/{draft.pk}/do/discard/"
    data = step_data(as_analyst, base)
    submitted(draft, draft.author)
    assert as_analyst.post(base, data).status_code == 422
    assert as_analyst.post(f"/admin/relations/statement/{draft.pk}/delete/", {"post": "yes"}).status_code == 404
    assert Statement.objects.count() == 1


# Status changes


def test_a_status_change_is_proposed_with_its_evidence(
    as_analyst: Client, as_reviewer: Client, issue: Issue, published: Statement
) -> None:
    typed = {
        "to_status": "in_talks", "to_trend": "improving", "to_agreement": "not_judged",
        "effective": "2025-03-25", "rationale": "Talks were announced.",
        "evidence-0-statement": published.pk,
    }  # fmt: skip
    add = "/admin/relations/statuschange/add/"
    assert save(as_analyst, add, f"?issue={issue.pk}", **typed).status_code == 302
    move = StatusChange.objects.get()
    assert (move.state(), move.evidence.get().statement) == ("in_review", published)
    step = f"/admin/relations/statuschange/{move.pk}/do/approve/"
    assert as_reviewer.post(step, step_data(as_reviewer, step)).status_code == 302
    assert Issue.objects.with_standing().get(pk=issue.pk).status == "in_talks"


def test_a_status_change_needs_evidence_on_its_issue_and_a_day_that_came(
    as_analyst: Client, analyst: User, reviewer: User, issue: Issue, desk: Relationship
) -> None:
    other = make_published(make_issue(desk, "Other"), analyst, reviewer)
    add = "/admin/relations/statuschange/add/"
    typed = {"to_status": "in_talks", "effective": "2025-03-25", "rationale": "Because."}
    page = save(as_analyst, add, f"?issue={issue.pk}", **typed, **{"evidence-TOTAL_FORMS": 0})
    assert "at least one published statement" in str(errors(page))
    page = save(as_analyst, add, f"?issue={issue.pk}", **typed, **{"evidence-0-statement": other.pk})
    assert "One of these is not" in str(errors(page))
    assert "Because." in page.content.decode()
    page = save(as_analyst, add, f"?issue={issue.pk}", **{**typed, "effective": "2999-01-01"})
    assert errors(page)["effective"] == ["A status change cannot be dated in the future."]
    assert not StatusChange.objects.exists()


# Issues, meetings, documents


def test_an_issue_is_opened_edited_and_linked(
    as_analyst: Client, issue: Issue, analyst: User, desk: Relationship
) -> None:
    answer = save(as_analyst, "/admin/relations/issue/add/", title="The F-35", slug="f-35", owner=analyst.pk)
    assert answer.status_code == 302
    made = Issue.objects.get(slug="f-35")
    page = as_analyst.get(change(made))
    data = filled(page, summary="Six aircraft.")
    data |= {"links-TOTAL_FORMS": 1, "links-0-kind": "arises_from", "links-0-to_issue": issue.pk}
    assert as_analyst.post(change(made), data).status_code == 302
    made.refresh_from_db()
    assert (made.summary, made.revision, made.links.get().to_issue) == ("Six aircraft.", 2, issue)
    stale = as_analyst.post(change(made), {**data, "summary": "Seven.", "links-TOTAL_FORMS": 0})
    assert stale.status_code == 409
    assert "Six aircraft." in stale.content.decode()
    link = IssueLink.objects.get()
    page = as_analyst.get(change(made))
    assert as_analyst.post(change(made), filled(page, **{"links-0-DELETE": "on"})).status_code == 302
    assert not IssueLink.objects.filter(pk=link.pk).exists()


def test_an_issue_is_owned_by_a_writer_of_its_desk(
    as_analyst: Client, issue: Issue, outsider: User, reader: User
) -> None:
    for stranger in (outsider, reader):
        page = save(as_analyst, change(issue), owner=stranger.pk)
        assert page.status_code == 422
        assert "owner" in errors(page)


def test_a_slug_is_unique_at_a_desk(as_analyst: Client, issue: Issue) -> None:
    page = save(as_analyst, "/admin/relations/issue/add/", title="Again", slug=issue.slug)
    assert page.status_code == 422
    assert "already has an issue with this slug" in str(errors(page))


def test_a_meeting_is_stored_with_its_parts(
    as_analyst: Client, issue: Issue, document: Document, desk: Relationship
) -> None:
    person = make_person()
    page = as_analyst.get("/admin/relations/meeting/add/")
    data = filled(page, title="Talks", state="held", earliest="2025-03-25")
    data |= {
        "participants-TOTAL_FORMS": 2, "participants-0-person": person.pk, "participants-0-party": desk.second_party_id,
        "participants-1-descriptor": "officials", "participants-1-party": desk.first_party_id,
        "agenda-TOTAL_FORMS": 1, "agenda-0-issue": issue.pk,
        "readouts-TOTAL_FORMS": 1, "readouts-0-side": desk.second_party_id, "readouts-0-document": document.pk,
        "readouts-0-teller_person": person.pk,
    }  # fmt: skip
    answer = as_analyst.post("/admin/relations/meeting/add/", data)
    assert answer.status_code == 302, errors(answer)
    meeting = Meeting.objects.get()
    assert [str(each) for each in meeting.participants.all()] == ["Hakan Fidan", "officials"]
    assert (meeting.agenda.get().issue, meeting.readouts.get().document) == (issue, document)
    kept = meeting.readouts.get().pk
    page = as_analyst.get(change(meeting))
    assert as_analyst.post(change(meeting), filled(page)).status_code == 302
    meeting.refresh_from_db()
    assert meeting.revision == 1
    page = as_analyst.get(change(meeting))
    as_analyst.post(change(meeting), filled(page, **{"participants-0-DELETE": "on"}))
    meeting.refresh_from_db()
    assert (meeting.revision, meeting.readouts.get().pk) == (2, kept)
    assert [(each.number, str(each)) for each in meeting.participants.all()] == [(1, "officials")]


def test_a_meeting_held_in_the_future_is_refused_at_its_day(as_analyst: Client, desk: Relationship) -> None:
    page = save(as_analyst, "/admin/relations/meeting/add/", title="Talks", state="held", earliest="2999-01-01")
    assert page.status_code == 422
    assert errors(page)["earliest"] == ["A meeting that was held cannot lie in the future."]


@pytest.mark.parametrize("precision", ["day", "month", "year"])
def test_a_span_that_ends_in_days_to_come_is_refused_at_its_end(
    as_analyst: Client, document: Document, issue: Issue, precision: str
) -> None:
    page = new_statement(as_analyst, document, issue, latest="9999-12-31", precision=precision)
    assert page.status_code == 422
    assert errors(page)["latest"] == ["This day lies in the future."]
    typed = {"title": "Visit", "state": "held", "earliest": "2025-03-25", "latest": "9999-12-31"}
    page = save(as_analyst, "/admin/relations/meeting/add/", precision=precision, **typed)
    assert errors(page)["latest"] == ["A meeting that was held cannot lie in the future."]


def test_a_document_is_taken_in_and_a_better_copy_checks_its_passages(
    as_analyst: Client, draft: Statement, document: Document
) -> None:
    publisher = document.publisher_id
    typed = {"title": "New", "publisher": publisher, "date_published": "2025-03-26", "url": "https://a.example/1"}
    page = save(as_analyst, "/admin/relations/document/add/", **typed)
    assert page.status_code == 422
    assert "Paste the document’s text" in str(errors(page))
    answer = save(as_analyst, "/admin/relations/document/add/", **typed, **{"captures-0-text": "The text.\r\nTwo."})
    assert answer.status_code == 302
    capture = Document.objects.get(title="New").captures.get()
    assert capture.text == "The text.\nTwo."
    cited = draft.document
    page = as_analyst.get(change(cited))
    data = filled(page)
    prefix = page.context["inline_admin_formsets"][-1].formset.prefix
    data |= {f"{prefix}-TOTAL_FORMS": 1, f"{prefix}-0-text": "Other words.", f"{prefix}-0-extent": "full"}
    assert as_analyst.post(change(cited), data).status_code == 302
    assert cited.captures.count() == 2
    assert PassageCheck.objects.get().state == "lost"


def test_an_address_is_web_or_nothing(as_analyst: Client, document: Document) -> None:
    page = save(as_analyst, change(document), url="javascript:alert(1)")
    assert page.status_code == 422
    assert "url" in errors(page)
    page = save(as_analyst, "/admin/relations/publisher/add/", name="Evil", url="javascript:alert(1)")
    assert "url" in errors(page)


# Notes


def test_a_note_is_written_edited_and_removed_in_the_admin_by_its_author_alone(
    as_analyst: Client, as_reviewer: Client, as_reader: Client, issue: Issue, reviewer: User
) -> None:
    answer = save(as_analyst, "/admin/relations/note/add/", issue=issue.pk, text="Ask @reviewer.")
    assert answer.status_code == 302
    note = Note.objects.get()
    assert note.mentions.get().user == reviewer
    assert save(as_analyst, change(note), text="Ask the embassy.").status_code == 302
    note.refresh_from_db()
    assert (note.text, note.revision, note.mentions.count()) == ("Ask the embassy.", 2, 0)
    assert 'name="_save"' not in as_reviewer.get(change(note)).content.decode()
    remove = f"/admin/relations/note/{note.pk}/delete/"
    assert as_reviewer.post(remove, {"post": "yes"}).status_code == 404
    assert as_reader.get("/admin/relations/note/").status_code == 404
    assert as_analyst.post(remove, {"post": "yes"}).status_code == 302
    assert not Note.objects.exists()


def test_a_stale_note_in_the_admin_shows_both_texts(as_analyst: Client, issue: Issue) -> None:
    save(as_analyst, "/admin/relations/note/add/", issue=issue.pk, text="One.")
    note = Note.objects.get()
    opened = as_analyst.get(change(note))
    save(as_analyst, change(note), text="Two.")
    page = as_analyst.post(change(note), filled(opened, text="Three."))
    assert page.status_code == 409
    assert "Two." in page.content.decode()
    assert "Three." in page.content.decode()
