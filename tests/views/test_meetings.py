"""Meetings are taken in and edited on the pages, with the office each participant held on the day."""

import datetime
from typing import Any

import pytest
from django.test import Client

from relations.models import Document, Issue, Mandate, Meeting, Person, Relationship
from tests import factories

pytestmark = pytest.mark.django_db


def typed(**fields: Any) -> dict[str, Any]:
    """Return a meeting's form as a browser posts it: one participant, one account, both empty unless given."""
    data = {
        "token": "8b9f0c0e-5d0b-4b4e-9c55-6a3f6d1a0001",
        "title": "Talks in Washington",
        "kind": "talks",
        "state": "held",
        "earliest": "2025-03-25",
        "latest": "",
        "precision": "day",
        "participants-TOTAL_FORMS": "1",
        "participants-INITIAL_FORMS": "0",
        "readouts-TOTAL_FORMS": "1",
        "readouts-INITIAL_FORMS": "0",
    }
    return data | fields


@pytest.fixture
def fidan(db: None) -> Person:
    return factories.make_person()


def new(client: Client, desk: Relationship, **fields: Any) -> Any:
    return client.post(f"/{desk.slug}/meetings/new/", typed(**fields))


def test_a_participant_carries_the_office_held_on_the_day_and_its_party(
    as_analyst: Client, desk: Relationship, issue: Issue, document: Document, fidan: Person
) -> None:
    answer = new(
        as_analyst,
        desk,
        agenda=[issue.pk],
        **{
            "participants-0-person": fidan.pk,
            "readouts-0-side": desk.second_party_id,
            "readouts-0-teller_descriptor": "Turkish diplomatic sources",
            "readouts-0-document": document.pk,
        },
    )
    meeting = Meeting.objects.get()
    assert answer.headers["Location"] == meeting.get_absolute_url()
    participant = meeting.participants.get()
    assert (participant.mandate, participant.party) == (fidan.mandates.get(), desk.second_party)
    assert meeting.agenda.get().issue == issue
    assert meeting.readouts.get().teller == "Turkish diplomatic sources"
    page = as_analyst.get(meeting.get_absolute_url()).content.decode()
    assert f'>{fidan}</a>, <a href="{fidan.mandates.get().post.get_absolute_url()}">Foreign Minister' in page


def test_two_offices_on_one_day_ask_which(as_analyst: Client, desk: Relationship, fidan: Person) -> None:
    post = fidan.mandates.get().post
    other = type(post).objects.create(name="Special envoy", party=post.party)
    Mandate.objects.create(person=fidan, post=other, start=datetime.date(2025, 1, 1), last_attested=factories.DAY)
    answer = new(as_analyst, desk, **{"participants-0-person": fidan.pk})
    assert answer.status_code == 422
    assert "They held more than one office on that day. Choose one." in answer.content.decode()
    assert not Meeting.objects.exists()


def test_no_office_on_the_day_is_flagged_not_guessed(as_analyst: Client, desk: Relationship, fidan: Person) -> None:
    fields = {"participants-0-person": fidan.pk, "earliest": "2020-01-01"}
    assert "Say for which party they took part." in new(as_analyst, desk, **fields).content.decode()
    new(as_analyst, desk, **fields, **{"participants-0-party": desk.second_party_id})
    meeting = Meeting.objects.get()
    assert meeting.participants.get().mandate is None
    assert "office on that day not known" in as_analyst.get(meeting.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"earliest": ""}, "A meeting that was held has a day."),
        ({"earliest": "2999-01-01"}, "A meeting that was held cannot lie in the future."),
        ({"latest": "2999-01-01"}, "A meeting that was held cannot lie in the future."),
        ({"earliest": "2025-02-30"}, "Enter a valid date."),
        ({"earliest": "2025-03-25", "latest": "2025-03-24"}, "The last day cannot come before the first."),
        ({"earliest": "", "latest": "2025-03-24"}, "Give the first day too, or only the first."),
        ({"title": " "}, "This field is required."),
        ({"title": "a\x00b"}, "Null characters are not allowed."),
        ({"summary": "x" * 100_000}, "at most 20000 characters"),
        ({"participants-TOTAL_FORMS": "x"}, "cannot be read"),
        ({"readouts-0-teller_descriptor": "Sources"}, "Say whose account this is."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_stores_nothing(
    as_analyst: Client, desk: Relationship, fields: dict[str, str], sentence: str
) -> None:
    answer = new(as_analyst, desk, **fields)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Meeting.objects.exists()


def test_a_participant_is_a_person_or_as_described(as_analyst: Client, desk: Relationship, fidan: Person) -> None:
    for fields in (
        {"participants-0-party": desk.second_party_id},
        {"participants-0-person": fidan.pk, "participants-0-descriptor": "officials"},
    ):
        answer = new(as_analyst, desk, **fields)
        assert answer.status_code == 422
        assert "Give either a person or how the source describes them." in answer.content.decode()


def test_an_issue_or_document_of_another_desk_is_no_choice(
    as_analyst: Client, desk: Relationship, superuser: Any
) -> None:
    elsewhere = factories.make_desk("gr-de", "GR", "DE")
    foreign = factories.make_issue(elsewhere, "Their issue", author=superuser)
    answer = new(as_analyst, desk, agenda=[foreign.pk])
    assert answer.status_code == 422
    assert "Their issue" not in answer.content.decode()


def test_a_row_more_is_asked_for_without_storing_and_keeps_what_was_typed(
    as_analyst: Client, desk: Relationship
) -> None:
    answer = new(as_analyst, desk, more="participants", **{"participants-0-descriptor": "officials"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="participants-1-person"' in page
    assert 'value="officials"' in page
    assert "Mend what is marked" not in page
    assert not Meeting.objects.exists()


def test_a_second_submit_finds_the_meeting_that_the_first_one_made(as_analyst: Client, desk: Relationship) -> None:
    first, second = new(as_analyst, desk), new(as_analyst, desk)
    assert first.headers["Location"] == second.headers["Location"] == Meeting.objects.get().get_absolute_url()


def test_an_edit_replaces_the_parts_and_one_of_an_older_revision_is_refused(
    as_analyst: Client, desk: Relationship, fidan: Person
) -> None:
    new(as_analyst, desk, **{"participants-0-person": fidan.pk})
    meeting = Meeting.objects.get()
    address = f"{meeting.get_absolute_url()}edit/"
    assert f'<option value="{fidan.pk}" selected>' in as_analyst.get(address).content.decode()
    fields = {"participants-0-descriptor": "officials", "participants-0-party": desk.first_party_id, "revision": "1"}
    token = "8b9f0c0e-5d0b-4b4e-9c55-6a3f6d1a0002"
    assert as_analyst.post(address, typed(**fields, token=token)).status_code == 302
    assert [str(each) for each in meeting.participants.all()] == ["officials"]
    late = typed(**fields, title="An older title", token="8b9f0c0e-5d0b-4b4e-9c55-6a3f6d1a0003")
    answer = as_analyst.post(address, late)
    assert answer.status_code == 409
    assert "An older title" in answer.content.decode()
    meeting.refresh_from_db()
    assert meeting.title == "Talks in Washington"


def test_a_meeting_whose_day_went_by_is_not_ahead_but_asked_about(
    as_analyst: Client, desk: Relationship, analyst: Any
) -> None:
    today = desk.today()
    for title, day in (("Long ago", today - datetime.timedelta(days=9)), ("Today", today), ("Some day", None)):
        Meeting.objects.create(
            relationship=desk,
            title=title,
            state="scheduled",
            earliest=day,
            latest=day,
            author=analyst,
            edited_by=analyst,
        )
    groups = as_analyst.get(f"/{desk.slug}/meetings/").context["groups"]
    assert [(group["title"], {row.title for row in group["rows"]}) for group in groups] == [
        ("Ahead", {"Today", "Some day"}),
        ("The day went by: was it held?", {"Long ago"}),
    ]
