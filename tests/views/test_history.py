"""The history of each object at its page: who sees it, what it tells, what it costs, and the way back."""

import re
import uuid
from collections.abc import Callable

import pghistory
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from relations.actions.editing import save_edited
from relations.actions.meetings import save_meeting
from relations.actions.reviews import FieldComment, return_
from relations.actions.statements import save_statement
from relations.models import (
    AgendaItem,
    Document,
    Issue,
    Meeting,
    Note,
    Participant,
    Person,
    Publisher,
    Relationship,
    Statement,
    User,
)
from relations.reports.history import history_page
from tests import factories

pytestmark = pytest.mark.django_db


def history(row: object) -> str:
    return f"{row.get_absolute_url()}history/"  # type: ignore[attr-defined]


def retitle(issue: Issue, actor: User, title: str) -> None:
    issue.refresh_from_db()
    issue.title = title
    save_edited(actor=actor, row=issue, revision=issue.revision)


def test_a_statements_history_marks_word_by_word_what_changed_who_did_it_and_its_parts(
    draft: Statement, analyst: User, as_analyst: Client
) -> None:
    draft.text = "Türkiye wants the sanctions ended."
    save_statement(
        actor=analyst,
        statement=draft,
        passages=[factories.passage_of(draft.document)],
        bearings=[factories.bearing_on(draft.bearings.get().issue, "REJECT")],
        revision=1,
    )
    page = as_analyst.get(history(draft)).content.decode()
    assert re.search(r"<del[^>]*>.*?lifted", page, re.DOTALL)
    assert re.search(r"<ins[^>]*>.*?ended", page, re.DOTALL)
    assert "Refuses" in page
    assert "analyst" in page
    assert "Added: passage" in page
    assert history(draft) in as_analyst.get(draft.get_absolute_url()).content.decode()


def test_what_a_reviewer_said_of_a_field_is_in_the_history(
    draft: Statement, issue: Issue, published: Statement, analyst: User, reviewer: User, as_analyst: Client
) -> None:
    review = factories.submitted(draft, analyst)
    comments = [FieldComment("Which ones?", "text", "the sanctions")]
    return_(actor=reviewer, review=review, revision=1, comments=comments)
    review = factories.propose(issue, analyst, [published])
    return_(actor=reviewer, review=review, revision=1, comments=[FieldComment("One more.", "evidence")])
    page = as_analyst.get(history(draft)).content.decode()
    told = page[page.index("Added: comment at a field") :].partition("</section>")[0]
    told = re.sub(r"<[^>]+>|\s+", " ", told)
    for each in (r"Field\s+Words", r"Which words\s+the sanctions", r"Comment\s+Which ones\?"):
        assert re.search(each, told), each
    page = as_analyst.get(history(review.subject)).content.decode()
    assert "One more." in page
    assert "Which ones?" not in page


def test_one_save_that_moves_the_revision_with_each_part_is_told_once(
    draft: Statement, issue: Issue, analyst: User, as_analyst: Client
) -> None:
    factories.submitted(draft, analyst)
    with pghistory.context(url="/here/"):  # as a request has it
        factories.rewritten(draft, analyst, "Türkiye refuses the sanctions.")
    draft.refresh_from_db()
    assert draft.revision > 2
    changed = [entry for entry in history_page(draft).entries if entry.label == "update" and not entry.part]
    assert len(changed) == 1
    told = {change.label: (change.old, change.new) for change in changed[0].changes}
    assert told["Revision"] == ("1", str(draft.revision))
    assert told["Words"][1] == "Türkiye refuses the sanctions."
    assert changed[0].is_current


def test_readers_read_no_history_of_a_desk(
    published: Statement, issue: Issue, as_reader: Client, as_analyst: Client
) -> None:
    for row in (published, issue, published.document):
        assert as_reader.get(history(row)).status_code == 404
        assert "history/" not in as_reader.get(row.get_absolute_url()).content.decode()
        assert as_analyst.get(history(row)).status_code == 200


def test_the_head_of_desk_alone_reads_who_came_to_the_desk(
    desk: Relationship, lead: User, as_reviewer: Client, signed_in: Callable[..., Client]
) -> None:
    address = reverse("desk_history", args=[desk.slug])
    assert as_reviewer.get(address).status_code == 404
    client = signed_in(lead)
    page = client.get(address).content.decode()
    assert "Head of desk" in page
    assert address in client.get(desk.get_absolute_url()).content.decode()


def test_a_note_has_its_history(issue: Issue, analyst: User, as_analyst: Client) -> None:
    note = Note.objects.create(
        relationship=issue.relationship, issue=issue, text="Ask again.", author=analyst, edited_by=analyst
    )
    address = reverse("note_history", args=[issue.relationship.slug, note.ref])
    assert "Ask again." in as_analyst.get(address).content.decode()


def test_the_history_of_what_all_desks_share_names_no_desk_and_no_errand_of_one(
    desk: Relationship, analyst: User, outsider: User, signed_in: Callable[..., Client]
) -> None:
    person = Person(name="Hakan Fidan")
    with pghistory.context(user=analyst.pk, action="save_meeting", url="/us-turkiye/meetings/new/"):
        person.save()
    page = signed_in(outsider).get(reverse("person_history", args=[person.ref])).content.decode()
    assert "Hakan Fidan" in page
    assert "analyst" in page
    assert "meeting" not in page.lower().split("<main", 1)[1]
    assert "us-turkiye" not in page
    publisher = Publisher.objects.create(name="The Daily")
    assert signed_in(outsider).get(reverse("publisher_history", args=[publisher.ref])).status_code == 200


def test_a_history_costs_the_same_at_one_change_and_at_thirty(
    issue: Issue, analyst: User, as_analyst: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    retitle(issue, analyst, "Title 0")
    as_analyst.get(history(issue))  # her visit is noted once, not with every page
    with django_assert_num_queries(10):
        as_analyst.get(history(issue))
    for number in range(1, 30):
        retitle(issue, analyst, f"Title {number}")
    with django_assert_num_queries(10):
        as_analyst.get(history(issue))


def test_a_long_history_is_paged_by_key_both_ways_and_a_broken_cursor_means_its_first_page(
    issue: Issue, analyst: User, as_analyst: Client
) -> None:
    for number in range(60):
        retitle(issue, analyst, f"Title {number}.")
    first = as_analyst.get(history(issue)).content.decode()
    assert "</span>58.</ins>" in first
    assert "</span>5.</ins>" not in first
    older = re.search(r'\?page=([^"]+)" rel="next"', first)
    assert older is not None
    second = as_analyst.get(history(issue), {"page": older[1]}).content.decode()
    assert "</span>5.</ins>" in second
    assert "CAATSA sanctions" in second
    newer = re.search(r'\?page=([^"]+)" rel="prev"', second)
    assert newer is not None
    assert "</span>58.</ins>" in as_analyst.get(history(issue), {"page": newer[1]}).content.decode()
    for broken in ("x", older[1][:-4], "WyJuZXh0IiwgIjEiLCAiMiIsICIzIl0"):
        assert "</span>58.</ins>" in as_analyst.get(history(issue), {"page": broken}).content.decode()


def test_a_documents_history_does_not_hold_its_whole_text(document: Document, as_analyst: Client) -> None:
    page = as_analyst.get(history(document)).content.decode()
    assert document.newest_capture().sha256 in page  # type: ignore[union-attr]
    assert "We want the sanctions lifted" not in page


# The way back


def test_a_reviewer_proposes_a_return_from_the_history_and_an_analyst_is_not_offered_it(
    published: Statement, corrected: Statement, as_reviewer: Client, as_analyst: Client
) -> None:
    assert "Propose a return" not in as_analyst.get(history(published)).content.decode()
    page = as_reviewer.get(history(published)).content.decode()
    assert "Published versions" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    address = reverse("statement_restore", args=[published.relationship.slug, published.ref])
    typed = {"token": str(uuid.uuid4()), "version": version[1]}
    assert as_analyst.post(address, typed).status_code == 404
    answer = as_reviewer.post(address, typed, follow=True)
    assert "This draft holds the earlier version." in answer.content.decode()
    draft = corrected.corrections.get()
    assert draft.text == published.text
    assert draft.correction_note.startswith("Returns to the version of ")
    assert as_reviewer.post(address, typed).url == draft.get_absolute_url()  # type: ignore[attr-defined]
    assert corrected.corrections.count() == 1
    assert "A correction is under way." in as_reviewer.get(history(corrected)).content.decode()


def test_a_return_that_is_refused_says_why_at_the_history(published: Statement, as_reviewer: Client) -> None:
    address = reverse("statement_restore", args=[published.relationship.slug, published.ref])
    typed = {"token": str(uuid.uuid4()), "version": str(factories.last_version(published))}
    assert "is what stands now" in as_reviewer.post(address, typed, follow=True).content.decode()
    for wrong in ("", "x", "0", "9" * 30):
        answer = as_reviewer.post(address, {**typed, "version": wrong}, follow=True)
        assert "cannot be read" in answer.content.decode()


# A version is what one transaction left, so each act here is one of its own.
@pytest.mark.django_db(transaction=True)
def test_an_issue_returns_to_an_earlier_version_by_its_own_form_and_a_newer_revision_is_not_lost(
    issue: Issue, analyst: User, as_analyst: Client
) -> None:
    retitle(issue, analyst, "A title that came later")
    page = as_analyst.get(history(issue)).content.decode()
    links = re.findall(r'href="([^"]+edit/\?version=\d+)"', page)
    assert len(links) == 1
    form = as_analyst.get(links[0]).content.decode()
    assert 'value="CAATSA sanctions"' in form
    assert "Nothing is changed until you save." in form
    issue.refresh_from_db()
    typed = {"title": "CAATSA sanctions", "topic": issue.topic, "impact": issue.impact, "scope": issue.scope}
    answer = as_analyst.post(links[0], {**typed, "revision": "1"})
    assert answer.status_code == 409
    assert as_analyst.post(links[0], {**typed, "revision": str(issue.revision)}).status_code == 302
    issue.refresh_from_db()
    assert issue.title == "CAATSA sanctions"
    assert issue.revision == 3


# A version is what one transaction left, so each act here is one of its own.
@pytest.mark.django_db(transaction=True)
def test_a_document_is_edited_and_returns_to_an_earlier_version(document: Document, as_analyst: Client) -> None:
    edit = reverse("document_edit", args=[document.relationship.slug, document.ref])
    typed = {
        "title": "Another title",
        "publisher": str(document.publisher_id),
        "url": document.url,
        "date_published": "2025-03-26",
        "language": "en",
        "marking": "CLEAR",
        "revision": "1",
    }
    assert as_analyst.post(edit, {**typed, "date_published": "2999-01-01"}).status_code == 422
    assert as_analyst.post(edit, typed).status_code == 302
    answer = as_analyst.post(edit, {**typed, "title": "A third title"})
    assert answer.status_code == 409
    assert "A third title" in answer.content.decode()
    page = as_analyst.get(history(document)).content.decode()
    link = re.search(r'href="([^"]+edit/\?version=\d+)"', page)
    assert link is not None
    assert f'value="{document.title}"' in as_analyst.get(link[1]).content.decode()


@pytest.mark.parametrize("version", ["0", "x", "9" * 40, "999999999", "²"])
def test_a_version_that_is_not_in_the_record_is_not_found(issue: Issue, as_analyst: Client, version: str) -> None:
    edit = reverse("issue_edit", args=[issue.relationship.slug, issue.slug])
    assert as_analyst.get(edit, {"version": version}).status_code == 404


# A version is what one transaction left, so each act here is one of its own.
@pytest.mark.django_db(transaction=True)
def test_a_meeting_returns_with_its_parts_by_the_form_that_edits_it(
    issue: Issue, analyst: User, as_analyst: Client
) -> None:
    desk = issue.relationship
    meeting = Meeting(relationship=desk, title="Talks in Ankara", state="expected")
    told = Participant(party=desk.second_party, descriptor="A deputy minister")
    save_meeting(actor=analyst, meeting=meeting, participants=[told], agenda=[AgendaItem(issue=issue)], readouts=[])
    meeting.title = "Talks in Washington"
    save_meeting(actor=analyst, meeting=meeting, participants=[], agenda=[], readouts=[], revision=1)
    page = as_analyst.get(history(meeting)).content.decode()
    link = re.search(r'href="([^"]+edit/)\?version=(\d+)"', page)
    assert link is not None
    form = as_analyst.get(link[1], {"version": link[2]})
    assert "Nothing is changed until you save." in form.content.decode()
    sent = {
        bound.html_name: value
        for each in (form.context["form"], *form.context["participants"].forms, *form.context["readouts"].forms)
        for bound in each
        if (value := bound.value()) is not None
    }
    for part in ("participants", "readouts"):
        count = len(form.context[part].forms)
        sent |= {f"{part}-TOTAL_FORMS": str(count), f"{part}-INITIAL_FORMS": "0"}
    assert as_analyst.post(link[1], {**sent, "token": str(uuid.uuid4()), "revision": "1"}).status_code == 409
    assert as_analyst.post(link[1], sent).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.title, meeting.revision) == ("Talks in Ankara", 3)
    assert [row.descriptor for row in meeting.participants.all()] == ["A deputy minister"]
    assert [row.issue for row in meeting.agenda.all()] == [issue]
    assert as_analyst.get(link[1], {"version": "x"}).status_code == 404
