"""Type-aheads: what is found by a few letters, who is offered what, and what can be added on the way."""

import datetime
import html
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from relations.choices import Role
from relations.forms.choosing import ChosenField, Words
from relations.models import (
    Document,
    Issue,
    Mandate,
    Organisation,
    Participant,
    Party,
    Person,
    Post,
    Publisher,
    Relationship,
    Statement,
    User,
)
from relations.reports.choosing import KINDS
from tests import factories

pytestmark = pytest.mark.django_db


def labels(answer: Any) -> list[str]:
    return [html.unescape(label) for label in re.findall(r'data-label="([^"]*)"', answer.content.decode())]


@pytest.fixture
def people(desk: Relationship) -> dict[str, Person]:
    names = ("Recep Tayyip Erdoğan", "Hakan Fidan", "Marco Rubio", "İbrahim Kalın")
    return {name: factories.make_person(name) for name in names}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("erdogan", "Recep Tayyip Erdoğan"),
        ("ERDOĞAN tay", "Recep Tayyip Erdoğan"),
        ("ibrahim kalin", "İbrahim Kalın"),
        ("rub", "Marco Rubio"),
    ],
)
def test_a_person_is_found_whatever_the_diacritics(
    as_reader: Client, people: dict[str, Person], words: str, found: str
) -> None:
    assert labels(as_reader.get("/choose/person/", {"q": words})) == [found]


def test_a_finding_says_which_office_tells_it_from_its_namesakes(as_reader: Client, people: Any) -> None:
    assert "Foreign Minister" in as_reader.get("/choose/person/", {"q": "fidan"}).content.decode()


def test_a_name_that_begins_with_the_words_comes_first(as_reader: Client, desk: Relationship) -> None:
    for name in ("Ann Marc", "Marc Ann"):
        Person.objects.create(name=name)
    assert labels(as_reader.get("/choose/person/", {"q": "marc"})) == ["Marc Ann", "Ann Marc"]


def test_people_joined_into_another_are_not_offered(as_reader: Client, people: dict[str, Person]) -> None:
    Person.objects.create(name="H. Fidan", merged_into=people["Hakan Fidan"])
    assert labels(as_reader.get("/choose/person/", {"q": "fidan"})) == ["Hakan Fidan"]


def test_the_list_is_bounded_and_says_so(
    as_reader: Client, desk: Relationship, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        factories.make_person(f"Person {number:02}", post=f"Post {number}")
    with django_assert_num_queries(4):  # session, user, people, their offices
        answer = as_reader.get("/choose/person/", {"q": "person"})
    assert len(labels(answer)) == 20
    assert "Type more of the name" in answer.content.decode()


def test_every_kind_answers(as_analyst: Client, issue: Issue) -> None:
    for name in KINDS:
        assert as_analyst.get(f"/choose/{name}/", {"desk": issue.relationship.slug, "q": "a"}).status_code == 200
    assert as_analyst.get("/choose/secret/").status_code == 404


def test_a_desks_own_rows_are_offered_to_its_members_alone(
    issue: Issue, as_reader: Client, outsider: User, signed_in: Callable[..., Client]
) -> None:
    here = {"desk": issue.relationship.slug, "q": "caatsa"}
    assert labels(as_reader.get("/choose/issue/", here)) == ["CAATSA sanctions"]
    assert signed_in(outsider).get("/choose/issue/", here).status_code == 404
    assert as_reader.get("/choose/issue/", {"q": "caatsa"}).status_code == 404
    other = factories.make_desk("gr-de", "GR", "DE")
    foreigner = factories.make_user("foreigner", other, Role.LEAD)
    assert labels(signed_in(foreigner).get("/choose/issue/", {"desk": "gr-de", "q": "caatsa"})) == []


@pytest.mark.parametrize("words", ["%", "_", "\\", "'; --", "x" * 5000, "😀"])
def test_odd_words_find_nothing_and_break_nothing(as_reader: Client, people: Any, words: str) -> None:
    answer = as_reader.get("/choose/person/", {"q": words})
    assert answer.status_code == 200
    assert labels(answer) == []


# The field, sent with JavaScript (a key and its name) and without (words alone)


class PersonForm(forms.Form):
    who = ChosenField(Person.objects.none(), kind="person", label="Who")

    def __init__(self, data: str) -> None:
        super().__init__(QueryDict(data))
        self.fields["who"].queryset = Person.objects.all()  # type: ignore[attr-defined]


def test_a_chosen_row_and_typed_words_both_answer(people: dict[str, Person]) -> None:
    fidan = people["Hakan Fidan"]
    for data in (f"who={fidan.pk}", f"who={fidan.pk}&who-words=Hakan Fidan", "who=&who-words=fidan"):
        form = PersonForm(data)
        assert form.is_valid(), data
        assert form.cleaned_data["who"] == fidan


def test_words_typed_over_an_earlier_choice_replace_it(people: dict[str, Person]) -> None:
    form = PersonForm(f"who={people['Hakan Fidan'].pk}&who-words=rubio")
    assert form.is_valid()
    assert form.cleaned_data["who"] == people["Marco Rubio"]


def test_an_emptied_box_chooses_nothing(people: dict[str, Person]) -> None:
    assert not PersonForm(f"who={people['Hakan Fidan'].pk}&who-words=").is_valid()


def test_words_that_find_several_come_back_as_a_list_to_choose_from(people: dict[str, Person]) -> None:
    other = factories.make_person("Merve Fidan", post="Deputy Minister")
    form = PersonForm("who=&who-words=fidan")
    assert form.errors["who"] == ["Several match. Choose one."]
    page = str(form["who"])
    assert "Hakan Fidan (Foreign Minister, Türkiye)" in page
    assert "Merve Fidan (Deputy Minister, Türkiye)" in page
    assert PersonForm(f"who={other.pk}&who-words=fidan").is_valid()


@pytest.mark.parametrize("words", ["United States", "us", "U.S."])
def test_a_whole_name_is_that_row_though_others_hold_it_too(desk: Relationship, words: str) -> None:
    party = desk.first_party
    party.short_name = "U.S."
    party.save()
    factories.make_party("UM", "United States Minor Outlying Islands")
    field = ChosenField(Party.objects.all(), kind="party", label="Party")
    assert field.clean(Words(words)) == party


@pytest.mark.parametrize(
    "data", ["who-words=nobody", "who=x", "who=99999999999999999999", "who=1&who-words=%00", "who="]
)
def test_what_names_no_row_is_refused(people: dict[str, Person], data: str) -> None:
    form = PersonForm(data)
    assert not form.is_valid()
    str(form)


def test_the_page_carries_the_chosen_row_alone(people: dict[str, Person]) -> None:
    page = str(PersonForm(f"who={people['Hakan Fidan'].pk}")["who"])
    assert page.count("<option") == 1
    assert 'value="Hakan Fidan"' in page


# Adding what was not found


def test_a_person_is_added_with_the_office_of_the_day_and_chosen(
    signed_in: Callable[..., Client], analyst: User
) -> None:
    client = signed_in(analyst, htmx=True)
    party = factories.make_party("US", "United States")
    page = client.get("/choose/person/new/?name=Tammy+Bruce&day=2025-03-25").content.decode()
    assert 'value="Tammy Bruce"' in page
    assert "<html" not in page
    typed = {"name": "Tammy Bruce", "office-words": "Spokesperson", "party": str(party.pk), "day": "2025-03-25"}
    answer = client.post("/choose/person/new/", typed)
    person = Person.objects.get()
    assert f'"value": {person.pk}' in answer["HX-Trigger"]
    mandate = person.mandates.get()
    assert (str(mandate.post), mandate.post.party) == ("Spokesperson", party)
    assert mandate.first_attested == mandate.last_attested == datetime.date(2025, 3, 25)


def test_an_office_that_is_known_is_not_made_twice(as_analyst: Client, people: dict[str, Person]) -> None:
    known = people["Hakan Fidan"].mandates.get().post
    Mandate.objects.exclude(post=known).delete()
    Post.objects.exclude(pk=known.pk).delete()
    typed = {"person": str(people["Marco Rubio"].pk), "office-words": "foreign minister", "since": "2025-01-21"}
    answer = as_analyst.post("/choose/mandate/new/?day=2025-03-25", typed)
    assert answer.status_code == 302
    assert people["Marco Rubio"].mandates.get().post == known


def test_an_organisation_and_a_publisher_are_added(as_analyst: Client) -> None:
    assert as_analyst.post("/choose/organisation/new/", {"name": "Ministry"}).status_code == 302
    assert (
        as_analyst.post("/choose/publisher/new/", {"name": "Daily", "url": "https://daily.example"}).status_code == 302
    )
    assert Organisation.objects.get().name == "Ministry"
    assert Publisher.objects.get().url == "https://daily.example"


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("person", {"name": ""}, "This field is required"),
        ("person", {"name": "A\x00"}, "Null characters"),
        ("person", {"name": "A", "office-words": "Chief"}, "Say which party"),
        ("person", {"name": "A", "office-words": "C", "party-words": "TR", "since": "2025-02-01", "until": "2025-01-01"},
         "cannot end before it starts"),
        ("person", {"name": "A", "office-words": "C\x00"}, "Null characters"),
        ("organisation", {"name": "A", "party": "999"}, "not one of the available choices"),
        ("publisher", {"name": "A", "url": "javascript:alert(1)"}, "valid URL"),
        ("mandate", {"person": ""}, "This field is required"),
    ],
)  # fmt: skip
def test_an_addition_refuses_with_a_message_and_adds_nothing(
    as_analyst: Client, desk: Relationship, kind: str, typed: dict[str, str], said: str
) -> None:
    answer = as_analyst.post(f"/choose/{kind}/new/", typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Person.objects.exists()
    assert not Post.objects.exists()


def test_who_may_not_add_is_not_offered_it(as_reader: Client, as_analyst: Client) -> None:
    asked = {"q": "Nobody yet", "add": "1"}
    assert "data-add" in as_analyst.get("/choose/person/", asked).content.decode()
    assert "data-add" not in as_reader.get("/choose/person/", asked).content.decode()
    assert as_reader.post("/choose/person/new/", {"name": "X"}).status_code == 404
    assert not Person.objects.exists()


# The forms that choose by typing


def typeaheads(page: str) -> set[tuple[str, str]]:
    """Return the name of each field that is chosen by typing, with the kind of row that it asks for."""
    boxes = re.findall(r'data-typeahead="/choose/(\w+)/[^"]*"[^>]*>\s*<input[^>]* name="([\w-]+)-words"', page)
    return {(name, kind) for kind, name in boxes}


def test_the_forms_choose_rows_by_typing_and_list_none_of_them(
    published: Statement, analyst: User, as_reviewer: Client
) -> None:
    desk, person = published.relationship, published.speaker_person
    assert person is not None
    owed = factories.make_commitment(published, Issue.objects.get(), analyst)
    participants = {("person", "person"), ("party", "party"), ("mandate", "mandate")}
    accounts = {("side", "party"), ("teller_person", "person"), ("document", "document")}
    document = {("publisher", "publisher"), ("reprints", "document")}
    expected = {
        reverse("meeting_new", args=[desk.slug]): {(f"participants-0-{name}", kind) for name, kind in participants}
        | {(f"readouts-0-{name}", kind) for name, kind in accounts},
        reverse("document_new", args=[desk.slug]): document,
        reverse("document_import", args=[desk.slug]): {("publisher", "publisher")},
        reverse("document_edit", args=[desk.slug, published.document.ref]): document,
        reverse("commitment_settle", args=[desk.slug, owed.ref]): {("settled_by", "statement")},
        reverse("person_edit", args=[person.ref]): {("merged_into", "person")},
        reverse("mandate_new", args=[person.ref]): {("post", "post")},
        reverse("post_new"): {("party", "party"), ("organisation", "organisation")},
        reverse("organisation_new"): {("party", "party")},
        reverse("publisher_new"): {("party", "party")},
    }
    for number in range(3):
        factories.make_person(f"Stranger {number}")
    for address, fields in expected.items():
        page = as_reviewer.get(address).content.decode()
        assert typeaheads(page) == fields, address
        assert "Stranger" not in page, address


def test_words_sent_without_javascript_choose_the_row_they_find(
    as_reviewer: Client, desk: Relationship, issue: Issue
) -> None:
    person = factories.make_person()
    typed = {
        "token": str(uuid.uuid4()), "title": "Call", "kind": "call", "state": "held", "earliest": "2025-03-25",
        "precision": "day", "participants-TOTAL_FORMS": "1", "participants-INITIAL_FORMS": "0",
        "readouts-TOTAL_FORMS": "0", "readouts-INITIAL_FORMS": "0",
        "participants-0-person-words": "fidan", "participants-0-party-words": "turkiye",
    }  # fmt: skip
    assert as_reviewer.post(reverse("meeting_new", args=[desk.slug]), typed).status_code == 302
    assert Participant.objects.get().person == person
    as_reviewer.post(reverse("post_new"), {"name": "Envoy", "party-words": "TR"})
    assert Post.objects.get(name="Envoy").party == desk.second_party
    refused = as_reviewer.post(reverse("post_new"), {"name": "Consul", "party-words": "Atlantis"})
    assert refused.status_code == 422
    assert "Nothing here is called “Atlantis”" in refused.content.decode()
    assert 'value="Atlantis"' in refused.content.decode()


def test_words_typed_beside_a_file_stay_while_it_is_read(as_analyst: Client, desk: Relationship) -> None:
    file = SimpleUploadedFile("talks.txt", b"Talks were held in Ankara on Tuesday.")
    typed = {"token": str(uuid.uuid4()), "publisher-words": "Hürriyet", "publisher": "", "file": file, "text": ""}
    page = as_analyst.post(reverse("document_new", args=[desk.slug]), typed).content.decode()
    assert "Talks were held in Ankara" in page
    assert 'name="publisher-words" value="Hürriyet"' in page


def test_theirs_taken_stands_over_what_was_typed_to_choose_by(
    document: Document, as_analyst: Client, as_reviewer: Client
) -> None:
    mine, theirs = Publisher.objects.create(name="Mine"), Publisher.objects.create(name="Theirs")
    edit = reverse("document_edit", args=[document.relationship.slug, document.ref])
    typed = {"title": "T", "url": document.url, "date_published": "2025-03-26", "language": "en", "marking": "CLEAR"}
    sent = {**typed, "revision": "1", "publisher": str(theirs.pk), "publisher-words": "Theirs"}
    assert as_reviewer.post(edit, sent).status_code == 302
    sent = {**typed, "revision": "1", "publisher": str(mine.pk), "publisher-words": "Mine"}
    assert as_analyst.post(edit, sent).status_code == 409
    assert as_analyst.post(edit, {**sent, "revision": "2", "take-publisher": "theirs"}).status_code == 302
    document.refresh_from_db()
    assert document.publisher == theirs


def test_statements_are_offered_that_may_show_what_became_of_a_commitment(
    published: Statement, draft: Statement, analyst: User, reviewer: User, as_reader: Client
) -> None:
    issue, other = Issue.objects.get(), factories.make_issue(published.relationship, "Visas", slug="visas")
    elsewhere = factories.make_published(other, analyst, reviewer, text="On visas.")
    asked = {"desk": published.relationship.slug, "q": ""}
    assert set(labels(as_reader.get("/choose/statement/", asked))) == {published.text, elsewhere.text}
    asked |= {"issue": issue.slug}
    assert labels(as_reader.get("/choose/statement/", asked)) == [published.text]
    assert labels(as_reader.get("/choose/statement/", asked | {"since": "2025-03-26"})) == []
    assert labels(as_reader.get("/choose/statement/", asked | {"since": "2025-02-31"})) == [published.text]


def test_what_is_typed_beside_a_file_of_many_documents_is_kept(as_analyst: Client, desk: Relationship) -> None:
    page = as_analyst.get(reverse("document_import", args=[desk.slug])).content.decode()
    assert re.search(r'<form[^>]*enctype="multipart/form-data" data-keep>', page)
