"""Notes and confirmations on an issue's page."""

import datetime
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from relations.actions.notes import confirm_issue, save_note
from relations.models import Confirmation, FormDraft, Issue, Note, User
from tests.views.test_conflicts import choices

pytestmark = pytest.mark.django_db


def write(issue: Issue, actor: User, text: str = "Ask the ministry.") -> Note:
    return save_note(actor=actor, note=Note(relationship=issue.relationship, issue=issue, text=text))


def address(name: str, issue: Issue, ref: str = "") -> str:
    return reverse(name, args=[issue.relationship.slug, ref or issue.slug])


def typed(**more: str) -> dict[str, str]:
    return {"token": str(uuid.uuid4()), **more}


def test_a_note_is_written_on_the_issue_page_and_names_whom_it_tells(
    issue: Issue, as_analyst: Client, reviewer: User
) -> None:
    data = typed(text="Ask **@reviewer** today.")
    answer = as_analyst.post(address("note_new", issue), data)
    note = Note.objects.get()
    assert answer["Location"] == f"{issue.get_absolute_url()}#note-{note.ref}"
    page = as_analyst.get(issue.get_absolute_url()).content.decode()
    assert "<strong>@reviewer</strong>" in page
    assert "names reviewer" in " ".join(page.split())
    as_analyst.post(address("note_new", issue), data)
    assert Note.objects.count() == 1


def test_the_form_says_who_can_be_told(issue: Issue, as_analyst: Client, reviewer: User, reader: User) -> None:
    page = as_analyst.get(issue.get_absolute_url()).content.decode()
    assert "@analyst, @reviewer." in page
    assert "@reader" not in page


def test_readers_neither_see_nor_count_notes_and_confirmations(issue: Issue, analyst: User, as_reader: Client) -> None:
    write(issue, analyst)
    confirm_issue(actor=analyst, issue=issue)
    page = as_reader.get(issue.get_absolute_url()).content.decode()
    for words in ("Ask the ministry", "Notes", "confirmed", "Still stands so"):
        assert words not in page
    for name in ("note_new", "issue_confirm"):
        assert as_reader.post(address(name, issue), typed(text="x")).status_code == 404


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "This field is required"), ("  ", "This field is required"), ("x" * 20_001, "at most"), ("a\x00b", "Null")],
)
def test_a_note_that_cannot_be_stored_is_refused_at_its_field(
    issue: Issue, as_analyst: Client, text: str, said: str
) -> None:
    answer = as_analyst.post(address("note_new", issue), typed(text=text))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Note.objects.exists()


def test_a_note_is_edited_and_removed_by_who_wrote_it(
    issue: Issue, analyst: User, as_analyst: Client, as_reviewer: Client
) -> None:
    note = write(issue, analyst)
    edit, remove = address("note_edit", issue, note.ref), address("note_remove", issue, note.ref)
    assert as_reviewer.get(edit).status_code == 403
    assert as_reviewer.post(remove).status_code == 403
    assert edit not in as_reviewer.get(issue.get_absolute_url()).content.decode()
    assert as_analyst.post(edit, typed(text="Ask the embassy.", revision="1")).status_code == 302
    page = as_analyst.post(remove, follow=True).content.decode()
    assert "the history keeps it" in page
    assert "Ask the embassy." not in page


def test_a_save_over_a_newer_note_shows_both_and_loses_nothing(issue: Issue, analyst: User, as_analyst: Client) -> None:
    note = write(issue, analyst)
    edit = address("note_edit", issue, note.ref)
    as_analyst.post(edit, typed(text="First.", revision="1"))
    answer = as_analyst.post(edit, typed(text="Second.", revision="1"))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert choices(page) == {"take-text": "mine"}
    assert "First." in page
    assert "Second." in page
    assert Note.objects.get().text == "First."
    for taken, text in (("theirs", "First."), ("mine", "Second.")):
        again = typed(text="Second.", revision=str(Note.objects.get().revision), **{"take-text": taken})
        assert as_analyst.post(edit, again).status_code == 302
        assert Note.objects.get().text == text


def test_in_part_a_note_is_added_edited_and_removed_in_its_place(
    issue: Issue, analyst: User, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(analyst, htmx=True)
    kept = address("note_new", issue)
    FormDraft.objects.create(user=analyst, address=kept, fields={"text": ["Ask"]})
    added = client.post(kept, typed(text="Ask the ministry.", kept=kept))
    note = Note.objects.get()
    page = added.content.decode()
    assert added["HX-Retarget"] == "#desk-notes"
    assert "<html" not in page
    assert 'data-announce="The note is added"' in page
    assert f'id="note-{note.ref}" tabindex="-1" data-focus' in page
    assert not FormDraft.objects.exists()  # what is stored is no longer kept, though the page stays
    edit, remove = address("note_edit", issue, note.ref), address("note_remove", issue, note.ref)
    form = client.get(edit).content.decode()
    assert "<html" not in form
    assert "data-focus" in form
    assert f'hx-get="{address("note", issue, note.ref)}"' in form
    alone = client.get(address("note", issue, note.ref))
    assert alone["HX-Retarget"] == f"#note-{note.ref}"
    assert "Ask the ministry." in alone.content.decode()
    refused = client.post(edit, typed(text="", revision="1"))
    assert (refused.status_code, "HX-Retarget" in refused) == (422, False)
    assert "<html" not in refused.content.decode()
    saved = client.post(edit, typed(text="Ask the embassy.", revision="1"))
    assert saved["HX-Retarget"] == f"#note-{note.ref}"
    assert 'data-announce="The note is saved"' in saved.content.decode()
    assert "Ask the embassy." in saved.content.decode()
    late = client.post(edit, typed(text="Ask nobody.", revision="1"))
    assert late.status_code == 409
    assert "embassy" in late.content.decode()
    removed = client.post(remove).content.decode()
    assert "the history keeps it" in removed
    assert '<h2 id="notes" tabindex="-1" data-focus>' in removed
    assert "Ask" not in removed
    assert "HX-Redirect" not in client.post(address("note_new", issue), typed(text=""))


def test_a_notes_own_address_leads_to_its_place_on_the_issue_page(
    issue: Issue, analyst: User, as_analyst: Client
) -> None:
    note = write(issue, analyst)
    assert as_analyst.get(address("note", issue, note.ref))["Location"] == note.get_absolute_url()


def test_an_issue_is_confirmed_with_one_click_which_says_who_and_when(issue: Issue, as_analyst: Client) -> None:
    data = typed(review_due="")
    for _click in range(2):
        as_analyst.post(address("issue_confirm", issue), data)
    assert Confirmation.objects.count() == 1
    page = " ".join(as_analyst.get(issue.get_absolute_url()).content.decode().split())
    assert "Last confirmed" in page
    assert "by analyst" in page
    assert "last edited" in page


def test_confirming_in_part_answers_with_the_part(
    issue: Issue, analyst: User, signed_in: Callable[..., Client]
) -> None:
    day = issue.relationship.today() + datetime.timedelta(days=30)
    answer = signed_in(analyst, htmx=True).post(address("issue_confirm", issue), typed(review_due=day.isoformat()))
    page = answer.content.decode()
    assert "<html" not in page
    assert "Last confirmed" in page
    issue.refresh_from_db()
    assert issue.review_due == day


def test_a_review_day_that_is_past_is_refused_at_its_field(issue: Issue, as_analyst: Client) -> None:
    for day, said in (("2020-01-01", "Give a day to come."), ("2025-02-30", "valid date")):
        answer = as_analyst.post(address("issue_confirm", issue), typed(review_due=day))
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert not Confirmation.objects.exists()


def test_notes_are_paged_by_key(issue: Issue, analyst: User, as_analyst: Client) -> None:
    for number in range(25):
        write(issue, analyst, f"Note number {number:02}.")
    first = as_analyst.get(issue.get_absolute_url()).content.decode()
    assert "Note number 24." in first
    assert "Note number 04." not in first
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split("#")[0]
    assert "Note number 04." in as_analyst.get(issue.get_absolute_url() + older).content.decode()


@pytest.mark.parametrize("rows", [1, 15])
def test_the_issue_page_takes_the_same_queries_for_one_note_and_many(
    issue: Issue, analyst: User, reviewer: User, as_analyst: Client,
    django_assert_num_queries: DjangoAssertNumQueries, rows: int,
) -> None:  # fmt: skip
    for number in range(rows):
        write(issue, analyst, f"Note {number} to @reviewer.")
    with django_assert_num_queries(17):
        as_analyst.get(issue.get_absolute_url())


def test_a_note_can_be_the_desks_judgement_which_alone_says_how_likely(issue: Issue, as_analyst: Client) -> None:
    sure = {"likelihood": "likely", "confidence": "low", "marking": "GREEN"}
    refused = as_analyst.post(address("note_new", issue), typed(text="Talks will fail.", **sure))
    assert refused.status_code == 422
    assert "This is told of a judgement." in refused.content.decode()
    as_analyst.post(address("note_new", issue), typed(text="Talks will fail.", is_judgement="on", **sure))
    note = Note.objects.get()
    assert (note.kind, note.likelihood, note.confidence, note.marking) == ("judgement", "likely", "low", "GREEN")
    page = as_analyst.get(issue.get_absolute_url()).content.decode()
    assert "likely (55–80 %)" in page
    assert "confidence low" in page
    edit = as_analyst.get(address("note_edit", issue, note.ref)).content.decode()
    assert 'name="is_judgement"' in edit
    as_analyst.post(address("note_edit", issue, note.ref), typed(text="A plain note.", revision=1))
    note.refresh_from_db()
    assert (note.kind, note.likelihood, note.marking) == ("note", "", "AMBER+STRICT")
