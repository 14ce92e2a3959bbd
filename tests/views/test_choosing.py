"""Type-aheads: what is found by a few letters, who is offered what, and what can be added on the way."""

import datetime
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from relations.choices import Role
from relations.forms.choosing import ChosenField, Words
from relations.models import Issue, Mandate, Organisation, Party, Person, Post, Publisher, Relationship, User
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
